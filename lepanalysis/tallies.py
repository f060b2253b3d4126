"""What the coefficients are computed from: how many units got which pattern of judgements, and sums over them.

All coefficients are functions of a few sums over units. Units with the same judgements add the same to each sum,
so that a million units come down to their distinct patterns, and a bootstrap to drawing how often each occurs.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

# Whole numbers in a range up to this are given their category by a table instead of by sorting.
RANGE = 1 << 16
# Patterns are counted in an array of up to this many places; beyond that their numbers are made dense first.
PLACES = 1 << 20


@dataclass(frozen=True, eq=False)
class Patterns:
    """The distinct patterns of judgements that units got.

    Parameters
    ----------
    values : numpy.ndarray
        Patterns x coders: the number of the category, -1 where the coder made no judgement.
    counts : numpy.ndarray
        How many units have each pattern.
    categories : tuple
        The categories, in order.

    Examples
    --------
    >>> found = tally([["yes", "no"], ["yes", None]])
    >>> found.categories, found.counts.tolist()
    (('no', 'yes'), [1.0, 1.0])
    """

    values: np.ndarray
    counts: np.ndarray
    categories: tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over units from which every coefficient follows; the axes before those named here are free.

    Parameters
    ----------
    tables : numpy.ndarray
        Pairs of coders x q x q: how many units have each pair of categories.
    coincidences : numpy.ndarray
        q x q: a unit with r judgements adds each ordered pair of two of them with weight 1 / (r - 1)
        (Krippendorff, 2011, section C).
    meetings : numpy.ndarray
        q x q: likewise with weight 1 / (r (r - 1)), so that each unit counts once (Fleiss, 1971).
    shares : numpy.ndarray
        q: a unit adds to each category the share of its judgements that name it.
    judged : numpy.ndarray
        How many units have a judgement.
    unanimous : numpy.ndarray
        How many units have two judgements or more, and all the same.

    Examples
    --------
    >>> given = sums(tally([[1, 1, 2], [1, 2, 2]]))
    >>> print(given.paired, given.unanimous, given.coincidences.tolist())
    3.0 2.0 [[2.0, 1.0], [1.0, 2.0]]
    """

    tables: np.ndarray
    coincidences: np.ndarray
    meetings: np.ndarray
    shares: np.ndarray
    judged: np.ndarray
    unanimous: np.ndarray

    @classmethod
    def of(cls, flat: np.ndarray, coders: int, q: int) -> Sums:
        """Return the sums that stand behind each other on the last axis of what `features` adds up to."""
        pairs, square = coders * (coders - 1) // 2, q * q
        lead = flat.shape[:-1]
        ends = np.cumsum([pairs * square, square, square, q])
        tables, coincidences, meetings, shares, rest = np.split(flat, ends, axis=-1)
        return cls(
            tables.reshape(*lead, pairs, q, q),
            coincidences.reshape(*lead, q, q),
            meetings.reshape(*lead, q, q),
            shares,
            rest[..., 0],
            rest[..., 1],
        )

    @property
    def paired(self) -> np.ndarray:
        """How many units have two judgements or more."""
        return self.meetings.sum(axis=(-2, -1))


def numbered(
    ratings: Sequence[Sequence[object]] | np.ndarray, categories: Sequence[object] | None = None
) -> tuple[np.ndarray, tuple[object, ...]]:
    """Return values as whole numbers, coders x units (-1: no judgement), and what the numbers stand for.

    Parameters
    ----------
    ratings : sequence of sequences or numpy.ndarray
        One row a coder, one value a unit; None or NaN where there is no judgement.
    categories : sequence, optional
        The categories in order. Without it those that occur, sorted where they can be.

    Raises
    ------
    ValueError
        When the rows are not of one length, or a value is no category.

    Examples
    --------
    >>> numbers, categories = numbered([["no", "yes", None], ["yes", "yes", "no"]])
    >>> numbers.tolist(), categories
    ([[0, 1, -1], [1, 1, 0]], ('no', 'yes'))
    """
    if isinstance(ratings, np.ndarray) and ratings.ndim == 2 and ratings.dtype.kind in "iufb":
        numbers, found = _numbered_array(ratings)
    else:
        lengths = {len(row) for row in ratings}
        if len(lengths) > 1:
            raise ValueError(f"every coder needs one value a unit; the rows have {sorted(lengths)} values")
        flat = np.empty(sum(len(row) for row in ratings), dtype=object)
        flat[:] = [value for row in ratings for value in row]
        codes, values = pd.factorize(flat)
        numbers, found = _in_order(codes, list(values))
        numbers = numbers.reshape(len(ratings), max(lengths, default=0))
    if categories is None:
        return numbers, found
    place = {category: number for number, category in enumerate(categories)}
    unknown = [value for value in found if value not in place]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no category; the categories are {list(categories)}")
    table = np.array([place[value] for value in found] + [-1], dtype=np.int64)
    return table[numbers], tuple(categories)


def _numbered_array(ratings: np.ndarray) -> tuple[np.ndarray, tuple[object, ...]]:
    """Return `numbered` of an array of numbers."""
    given = ratings == ratings if ratings.dtype.kind == "f" else np.ones(ratings.shape, dtype=bool)  # noqa: PLR0124
    everything = bool(given.all())
    present = ratings if everything else ratings[given]
    if present.size == 0:
        return np.full(ratings.shape, -1), ()
    low, high = present.min(), present.max()
    if ratings.dtype.kind == "b" or (np.isfinite([low, high]).all() and float(high) - float(low) < RANGE):
        steps = np.subtract(present, low, dtype=present.dtype if present.dtype.kind == "f" else np.int64)
        whole = steps.astype(np.int64)
        if present.dtype.kind != "f" or (float(low).is_integer() and (whole == steps).all()):
            occurs = np.bincount(whole.ravel()) > 0
            table = np.cumsum(occurs) - 1
            values = np.flatnonzero(occurs) + int(low)
            return _spread(table[whole], given, everything=everything), tuple(values.tolist())
    values, inverse = np.unique(present, return_inverse=True)
    return _spread(inverse.reshape(present.shape), given, everything=everything), tuple(values.tolist())


def _spread(present: np.ndarray, given: np.ndarray, *, everything: bool) -> np.ndarray:
    """Return the numbers in their places, -1 in the others."""
    if everything:
        return present
    numbers = np.full(given.shape, -1, dtype=np.int64)
    numbers[given] = present
    return numbers


def _in_order(codes: np.ndarray, values: list[object]) -> tuple[np.ndarray, tuple[object, ...]]:
    """Number the values in their own order where they have one (sets have none, nor have words and numbers)."""
    if any(isinstance(value, frozenset) for value in values):
        return codes, tuple(values)
    try:
        order = sorted(range(len(values)), key=values.__getitem__)
    except TypeError:
        return codes, tuple(values)
    table = np.full(len(values) + 1, -1, dtype=np.int64)
    table[order] = np.arange(len(values))
    return table[codes], tuple(values[place] for place in order)


def tally(
    ratings: Sequence[Sequence[object]] | np.ndarray,
    categories: Sequence[object] | None = None,
    weights: np.ndarray | None = None,
) -> Patterns:
    """Return which patterns of judgements the units got, and how many units each.

    Parameters
    ----------
    ratings, categories
        As for `numbered`.
    weights : numpy.ndarray, optional
        How many units each stands for; 1 without it.

    Examples
    --------
    >>> found = tally([["yes", "no", "no"], ["yes", "no", None]])
    >>> found.categories, found.values.tolist(), found.counts.tolist()
    (('no', 'yes'), [[0, -1], [0, 0], [1, 1]], [1.0, 1.0, 1.0])
    """
    numbers, found = numbered(ratings, categories)
    key, places, first = distinct(numbers, len(found))
    counts = np.bincount(key, weights=weights, minlength=places).astype(np.float64)
    return Patterns(numbers[:, first].T, counts, found)


def distinct(numbers: np.ndarray, q: int) -> tuple[np.ndarray, int, np.ndarray]:
    """Number the distinct columns of a table.

    Parameters
    ----------
    numbers : numpy.ndarray
        Rows x columns, whole numbers from -1 to q - 1.
    q : int

    Returns
    -------
    key : numpy.ndarray
        For each column its number, from 0 without gaps.
    places : int
        How many distinct columns there are.
    first : numpy.ndarray
        For each number a column that has it.

    Examples
    --------
    >>> key, places, _ = distinct(np.array([[0, 1, 0], [1, 1, 1]]), q=2)
    >>> key.tolist(), places
    ([0, 1, 0], 2)
    """
    n = numbers.shape[1]
    key, bound = np.zeros(n, dtype=np.int64), 1
    for row in numbers:
        if bound * (q + 1) >= 1 << 62:
            key, bound = _dense(key)
        key = key * (q + 1)
        key += row
        key += 1
        bound *= q + 1
    if bound > max(PLACES, 2 * n):
        key, bound = _dense(key)
    where = np.full(bound, -1, dtype=np.int64)
    where[key] = np.arange(n)
    kept = where >= 0
    first = where[kept]
    if not kept.all():
        key = (np.cumsum(kept) - 1)[key]
    return key, len(first), first


def _dense(key: np.ndarray) -> tuple[np.ndarray, int]:
    """Return keys numbered from 0 without gaps, and how many there are."""
    codes, values = pd.factorize(key)
    return codes.astype(np.int64), max(len(values), 1)


def features(values: np.ndarray, q: int) -> sparse.csr_array:
    """Return what a unit of each pattern adds to the `Sums`.

    Parameters
    ----------
    values : numpy.ndarray
        Patterns x coders, from 0 to q - 1, or -1.
    q : int
        The number of categories.

    Returns
    -------
    scipy.sparse.csr_array
        Patterns x sums, as `Sums.of` takes them.

    Examples
    --------
    >>> features(np.array([[0, 1], [1, 1]]), q=2).shape
    (2, 16)
    """
    coders, square = values.shape[1], q * q
    pairs = list(combinations(range(coders), 2))
    begins = np.cumsum([0, len(pairs) * square, square, square, q])
    judged = (values >= 0).sum(axis=1)
    rows, columns, entries = [], [], []

    def add(where: np.ndarray, column: np.ndarray | int, entry: np.ndarray | float) -> None:
        rows.append(where)
        columns.append(np.broadcast_to(column, where.shape))
        entries.append(np.broadcast_to(entry, where.shape))

    for place, (first, second) in enumerate(pairs):
        both = np.flatnonzero((values[:, first] >= 0) & (values[:, second] >= 0))
        a, b, r = values[both, first], values[both, second], judged[both].astype(np.float64)
        add(both, place * square + a * q + b, 1.0)
        for one, other in ((a, b), (b, a)):
            add(both, begins[1] + one * q + other, 1 / (r - 1))
            add(both, begins[2] + one * q + other, 1 / (r * (r - 1)))
    for coder in range(coders):
        made = np.flatnonzero(values[:, coder] >= 0)
        add(made, begins[3] + values[made, coder], 1 / judged[made])
    add(np.flatnonzero(judged > 0), begins[4], 1.0)
    highest = values.max(axis=1, initial=-1)
    same = ((values == highest[:, None]) | (values < 0)).all(axis=1) & (judged > 1)
    add(np.flatnonzero(same), begins[4] + 1, 1.0)
    shape = (len(values), int(begins[4]) + 2)
    places = (np.concatenate(rows), np.concatenate(columns))
    return sparse.coo_array((np.concatenate(entries), places), shape=shape).tocsr()


def sums(patterns: Patterns) -> Sums:
    """Return the sums over the units of all patterns.

    Examples
    --------
    >>> found = sums(tally([[1, 2, 1], [1, 2, 2]]))
    >>> found.tables.tolist()
    [[[1.0, 1.0], [0.0, 1.0]]]
    """
    q = len(patterns.categories)
    return Sums.of(patterns.counts @ features(patterns.values, q), patterns.values.shape[1], q)
