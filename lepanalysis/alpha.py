"""Krippendorff's alpha: nominal, ordinal, interval and ratio values, and sets of codes."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, combinations, count
from math import comb
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis import formulas
from lepanalysis.coefficients import NO_UNIT, ONE_VALUE, Coefficient, coefficient, reason
from lepanalysis.tallies import distinct, numbered, sums, tally

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

DISTANCES = ("masi", "jaccard")
# Distances between distinct sets are taken this many rows at a time: they would not fit in memory at once.
BLOCK = 128
# What one subset of a set costs, counted in distances between two sets (see `_holders`).
DISTANCES_PER_SUBSET = 30
LARGEST_SET = 16


def krippendorff_alpha(
    ratings: Sequence[Sequence[object]] | np.ndarray,
    level: str = "nominal",
    categories: Sequence[object] | None = None,
) -> Coefficient:
    """Return alpha for any number of coders and missing judgements.

    Parameters
    ----------
    ratings : sequence of sequences or numpy.ndarray
        One row a coder, one value a unit; None or NaN where a coder made no judgement.
    level : str
        ``nominal``; ``ordinal`` (values in their own order, or in that of `categories`); ``interval`` or ``ratio``
        (values are numbers).
    categories : sequence, optional
        All values, lowest first.

    Returns
    -------
    Coefficient
        ``1 - D_o / D_e``, by the coincidences of values (Krippendorff, 2011, sections C and D; 2019, ch. 12).

    Raises
    ------
    ValueError
        When the rows are not of one length, the level is not known, or the values do not go with it.

    Examples
    --------
    >>> ratings = [[1, 2, 3, 3, None], [1, 2, 3, 4, 2], [None, 3, 3, 4, 2]]
    >>> [round(krippendorff_alpha(ratings, level).value, 3) for level in ("nominal", "ordinal", "interval", "ratio")]
    [0.6, 0.819, 0.836, 0.892]
    """
    if level not in formulas.LEVELS:
        raise ValueError(f"{level!r} is no level of measurement; use {', '.join(formulas.LEVELS)}")
    patterns = tally(ratings, categories)
    positions = positions_of(patterns.categories, level)
    given = sums(patterns)
    why = reason(given, "krippendorff_alpha")
    if why != ONE_VALUE:
        return Coefficient(None, why)
    return coefficient(float(formulas.krippendorff_alpha(given, level, positions)), why)


def positions_of(categories: Sequence[object], level: str) -> list[float]:
    """Return where values lie on a scale.

    Raises
    ------
    ValueError
        When they have no order (ordinal), are not numbers (interval), or are below 0 (ratio).

    Examples
    --------
    >>> positions_of(["low", "mid", "high"], "ordinal")
    [0.0, 1.0, 2.0]
    """
    if level == "nominal":
        return []
    if level == "ordinal":
        if len({isinstance(category, str) for category in categories}) > 1:
            raise ValueError("values that are words and numbers have no order of their own; give the categories")
        return [float(place) for place in range(len(categories))]
    try:
        positions = [float(category) for category in categories]  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"the values of a scale of kind {level} are numbers, not {list(categories)}") from None
    if level == "ratio" and min(positions, default=0) < 0:
        raise ValueError(f"a ratio scale begins at 0, and {min(positions):g} lies below it")
    return positions


def alpha_of_sets(sets_by_coder: Sequence[Sequence[Collection[object] | None]], distance: str = "masi") -> Coefficient:
    """Return alpha where each judgement is a set of codes.

    Two empty sets are at distance 0, an empty and a non-empty one at distance 1.

    Parameters
    ----------
    sets_by_coder : sequence of sequences
        One row a coder, one set a unit; None where a coder made no judgement.
    distance : str
        ``jaccard`` (1 - intersection / union) or ``masi`` (1 - Jaccard x monotonicity; Passonneau, 2006, p.
        832: monotonicity 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, else 0).

    Returns
    -------
    Coefficient
        ``1 - D_o / D_e`` (Krippendorff, 2019, ch. 12) with that distance.

    Raises
    ------
    ValueError
        When the rows are not of one length, or the distance is not known.

    Examples
    --------
    >>> round(alpha_of_sets([[{"room"}, {"room", "train"}, set()], [{"room"}, {"train"}, set()]]).value, 3)
    0.722
    """
    numbers, table = numbered_sets(sets_by_coder)
    return alpha_of_distinct_sets(numbers, table, np.ones(numbers.shape[1]), distance)


def numbered_sets(sets_by_coder: Sequence[Sequence[Collection[object] | None]]) -> tuple[np.ndarray, np.ndarray]:
    """Return sets as numbers, coders x units (-1: no judgement), and which members the set of each number holds.

    Examples
    --------
    >>> numbers, table = numbered_sets([[{"room"}, {"room", "train"}], [{"room"}, None]])
    >>> numbers.tolist(), table.sum(axis=1).tolist()
    ([[0, 1], [0, -1]], [1, 2])
    """
    rows = [[None if given is None else frozenset(given) for given in row] for row in sets_by_coder]
    numbers, found = numbered(rows)
    # A member that was not met before gets the next number.
    members: defaultdict[object, int] = defaultdict(count().__next__)
    columns = list(map(members.__getitem__, chain.from_iterable(found)))  # type: ignore[arg-type]
    table = np.zeros((len(found), len(members)), dtype=bool)
    table[np.repeat(np.arange(len(found)), list(map(len, found))), columns] = True  # type: ignore[arg-type]
    return numbers, table


def alpha_of_distinct_sets(numbers: np.ndarray, table: np.ndarray, weights: np.ndarray, distance: str) -> Coefficient:
    """Return alpha over sets that are given by number.

    Parameters
    ----------
    numbers : numpy.ndarray
        Coders x units: the row of `table` that holds the set, -1 where there is no judgement.
    table : numpy.ndarray
        Sets x members, True where the set holds the member; no two rows alike.
    weights : numpy.ndarray
        How many times each unit stands for itself (a stretch of text: its characters).
    distance : str
        ``masi`` or ``jaccard``.

    Examples
    --------
    >>> numbers, table = numbered_sets([[{"room"}, {"room", "train"}], [{"room"}, {"train"}]])
    >>> round(alpha_of_distinct_sets(numbers, table, np.array([3.0, 1.0]), "jaccard").value, 3)
    0.632
    """
    check_distance(distance)
    judged = (numbers >= 0).sum(axis=0)
    pairable = judged > 1
    if not pairable.any():
        return Coefficient(None, NO_UNIT)
    numbers, weights = numbers[:, pairable], weights[pairable]
    observed = float(weights @ disagreement_of_units(numbers, table, distance))
    occurrences = occurrences_of(numbers, weights, len(table))
    expected = expected_disagreement(table, occurrences, distance)
    if expected == 0:
        return Coefficient(None, ONE_VALUE)
    return Coefficient(float(1 - observed * (occurrences.sum() - 1) / expected))


def check_distance(distance: str) -> None:
    """Refuse what is no distance between sets.

    Raises
    ------
    ValueError
        When it is neither ``masi`` nor ``jaccard``.

    Examples
    --------
    >>> check_distance("masi")
    """
    if distance not in DISTANCES:
        raise ValueError(f"{distance!r} is no distance between sets; use masi or jaccard")


def disagreement_of_units(numbers: np.ndarray, table: np.ndarray, distance: str) -> np.ndarray:
    """Return for each unit the sum of distances over ordered pairs of its sets, over its judgements less one.

    Examples
    --------
    >>> numbers, table = numbered_sets([[{"room"}, {"room", "train"}], [{"room"}, {"train"}]])
    >>> disagreement_of_units(numbers, table, "jaccard").tolist()
    [0.0, 1.0]
    """
    packed = np.packbits(table, axis=1)
    sizes = table.sum(axis=1)
    judged = (numbers >= 0).sum(axis=0)
    found = np.zeros(numbers.shape[1])
    for first, second in combinations(numbers, 2):
        both = (first >= 0) & (second >= 0)
        left, right = first[both], second[both]
        shared = np.bitwise_count(packed[left] & packed[right]).sum(axis=1, dtype=np.int64)
        found[both] += 2 * distance_of(shared, sizes[left], sizes[right], distance) / (judged[both] - 1)
    return found


def occurrences_of(numbers: np.ndarray, weights: np.ndarray, sets: int) -> np.ndarray:
    """Return how often each set occurs.

    Examples
    --------
    >>> occurrences_of(np.array([[0, 1], [0, -1]]), np.ones(2), sets=2).tolist()
    [2.0, 1.0]
    """
    present = numbers >= 0
    return np.bincount(numbers[present], weights=np.broadcast_to(weights, numbers.shape)[present], minlength=sets)


def expected_disagreement(table: np.ndarray, occurrences: np.ndarray, distance: str) -> float:
    """Return the sum of distances over all ordered pairs of occurrences of sets.

    Examples
    --------
    >>> table = np.array([[True, False], [True, True]])
    >>> expected_disagreement(table, np.array([2.0, 1.0]), "jaccard")
    2.0
    """
    kept = np.flatnonzero(occurrences)
    table, occurrences = table[kept], occurrences[kept]
    if not _have_few_subsets(table):
        return float(occurrences @ distances_to_all(table, occurrences, [distance])[0])
    subsets, _, holding = _holders(table, occurrences)
    held = np.bitwise_count(subsets)
    largest = holding.shape[1]
    of_size = [holding[held == t] for t in range(largest)]
    common = np.stack([holders.T @ holders for holders in of_size])
    return float(_weighed(common, np.arange(largest)[:, None], distance).sum())


def distances_to_all(table: np.ndarray, occurrences: np.ndarray, distances: Sequence[str]) -> list[np.ndarray]:
    """Return for each set the sum of its distances to all occurrences of sets; no two sets are alike.

    Parameters
    ----------
    table : numpy.ndarray
        Sets x members.
    occurrences : numpy.ndarray
        How often each set occurs.
    distances : sequence of str
        ``masi``, ``jaccard``: one array for each.

    Examples
    --------
    >>> table = np.array([[True, False], [True, True]])
    >>> distances_to_all(table, np.array([2.0, 1.0]), ["jaccard"])[0].tolist()
    [0.5, 1.0]
    """
    found = [np.empty(len(table)) for _ in distances]
    if not _have_few_subsets(table):
        for sums_, distance in zip(found, distances, strict=True):
            for rows, block in _distances(table, distance):
                sums_[rows] = block @ occurrences
        return found
    sizes = table.sum(axis=1)
    _, numbers, holding = _holders(table, occurrences)
    for size in range(holding.shape[1]):
        rows = np.flatnonzero(sizes == size)
        common = np.zeros((size + 1, len(rows), holding.shape[1]))
        for subset in range(1 << size):
            common[subset.bit_count()] += holding[numbers[size][subset]]
        for sums_, distance in zip(found, distances, strict=True):
            sums_[rows] = _weighed(common, np.full((1, 1), size), distance)
    return found


def distances_between(table: np.ndarray, distance: str) -> np.ndarray:
    """Return the distances between sets, sets x sets.

    Examples
    --------
    >>> import numpy as np
    >>> distances_between(np.array([[True, False], [True, True]]), "jaccard").round(2).tolist()
    [[0.0, 0.5], [0.5, 0.0]]
    """
    found = np.zeros((len(table), len(table)))
    for rows, block in _distances(table, distance):
        found[rows] = block
    return found


def _distances(table: np.ndarray, distance: str) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield the distances of some sets to all, a block of rows at a time; no two sets are alike."""
    members = table.astype(np.float32)
    sizes = table.sum(axis=1).astype(np.float64)
    for start in range(0, len(table), BLOCK):
        rows = slice(start, min(start + BLOCK, len(table)))
        shared = (members[rows] @ members.T).astype(np.float64)
        apart = sizes[rows, None] + sizes
        apart -= shared
        np.maximum(apart, 1.0, out=apart)
        np.divide(shared, apart, out=apart)
        if distance == "masi":
            # A third for an overlap, and a third more where one set holds the other; equal sets are set below.
            apart *= (1 + (shared == np.minimum(sizes[rows, None], sizes))) / 3
        np.subtract(1.0, apart, out=apart)
        apart[np.arange(rows.stop - rows.start), np.arange(rows.start, rows.stop)] = 0.0
        yield rows, apart


def _have_few_subsets(table: np.ndarray) -> bool:
    """Whether it takes less to go through the subsets of all sets than to compare each set with each."""
    sizes = table.sum(axis=1)
    small = sizes.max(initial=0) <= LARGEST_SET and table.shape[1] < 63
    return bool(small and (2.0**sizes).sum() * DISTANCES_PER_SUBSET < float(len(table)) ** 2)


def _holders(table: np.ndarray, occurrences: np.ndarray) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Return the subsets of all sets, and how many occurrences of sets hold each.

    Two sets that share s members have C(s, t) subsets of t members in common. So what is held, multiplied and added
    up over subsets of each size, tells how many pairs of sets share how much, without any two being compared; and
    their distance depends on nothing but this and their sizes.

    Returns
    -------
    subsets : numpy.ndarray
        Each as a number whose bits are its members.
    numbers : list of numpy.ndarray
        For sets of each size their subsets, subsets x sets, as places in `subsets`.
    holding : numpy.ndarray
        Subsets x sizes of sets.
    """
    sizes = table.sum(axis=1)
    of_size = [np.flatnonzero(sizes == size) for size in range(int(sizes.max(initial=0)) + 1)]
    keys = [_subsets_of(table[rows], size) for size, rows in enumerate(of_size)]
    every = np.concatenate([key.ravel() for key in keys])
    # Many sets share their subsets; the hint spares the table of those that were met from growing step by step.
    number, subsets = pd.factorize(every, size_hint=len(every) // 4)
    ends = np.cumsum([key.size for key in keys])[:-1]
    numbers = [part.reshape(key.shape) for part, key in zip(np.split(number, ends), keys, strict=True)]
    weights = np.concatenate([np.tile(occurrences[rows], 1 << size) for size, rows in enumerate(of_size)])
    places = number * len(keys) + np.repeat(np.arange(len(keys)), [key.size for key in keys])
    holding = np.bincount(places, weights=weights, minlength=len(subsets) * len(keys)).reshape(-1, len(keys))
    return subsets, numbers, holding


def _weighed(common: np.ndarray, size: np.ndarray, distance: str) -> np.ndarray:
    """Return sums of distances from how many sets have subsets in common.

    Parameters
    ----------
    common : numpy.ndarray
        Size t of a subset x rows x size of the other set: the sum over s of C(s, t) x (those that share s).
    size : numpy.ndarray
        The size of each row's own set, as a column.
    distance : str
    """
    sharing = common.copy()
    for t in range(len(common) - 1, -1, -1):
        for s in range(t + 1, len(common)):
            sharing[t] -= comb(s, t) * sharing[s]
    shared, other = np.arange(len(common))[:, None, None], np.arange(common.shape[2])
    own = np.broadcast_to(size, (1, *np.broadcast_shapes(size.shape, (1, len(other)))))
    most = np.minimum(own, other)
    return (sharing * distance_of(np.minimum(shared, most), own, other, distance)).sum(axis=(0, 2))


def _subsets_of(table: np.ndarray, size: int) -> np.ndarray:
    """Return the subsets of sets of one size, subsets x sets, each as a number whose bits are its members."""
    bits = np.left_shift(np.int64(1), np.nonzero(table)[1].reshape(len(table), size)).T
    found = np.zeros((1 << size, len(table)), dtype=np.int64)
    for place in range(size):
        half = 1 << place
        np.add(found[:half], bits[place], out=found[half : 2 * half])
    return found


def distance_of(shared: np.ndarray, left: np.ndarray, right: np.ndarray, distance: str) -> np.ndarray:
    """Return distances of sets from the sizes of their intersections and their own.

    Examples
    --------
    >>> distance_of(np.array([1]), np.array([1]), np.array([2]), "masi").round(3).tolist()
    [0.667]
    """
    union = (left + right - shared).astype(np.float64)
    jaccard = np.divide(shared, union, out=np.ones_like(union), where=union > 0)
    if distance == "jaccard":
        return 1 - jaccard
    equal = shared == union
    within = (shared == np.minimum(left, right)) & (shared > 0)
    monotonicity = np.select([equal, within, shared > 0], [1.0, 2 / 3, 1 / 3], 0.0)
    return 1 - jaccard * monotonicity


def distinct_rows(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return one place of each distinct row of a table of True and False, and the number of every row.

    Examples
    --------
    >>> first, number = distinct_rows(np.array([[True, False], [False, False], [True, False]]))
    >>> table = np.array([[True, False], [False, False], [True, False]])
    >>> bool((table[first][number] == table).all()), len(first)
    (True, 2)
    """
    packed = np.packbits(table, axis=1)
    wide = np.zeros((len(table), -(-packed.shape[1] // 4) * 4), dtype=np.uint8)
    wide[:, : packed.shape[1]] = packed
    words = wide.view(np.uint32).T.astype(np.int64)
    number, _, first = distinct(words, 1 << 32)
    return first, number
