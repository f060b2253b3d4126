"""Coefficients of agreement over plain arrays; each is a number, or a reason in words why there is none.

Missing judgements (None or NaN) are left out: of a unit only the judgements that were made count.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

NO_UNIT = "no unit was judged by two coders"
ONE_VALUE = "every judgement is the same, so none can be told from chance"
# Distances between distinct sets are taken this many rows at a time: they would not fit in memory at once.
BLOCK = 512


@dataclass(frozen=True)
class Coefficient:
    """A coefficient, or why there is none.

    Parameters
    ----------
    value : float or None
        Never NaN.
    reason : str
        Empty where there is a value.
    """

    value: float | None
    reason: str = ""


def percent_agreement(a: Sequence[object], b: Sequence[object]) -> Coefficient:
    """Return the share of units to which two coders gave the same value.

    Parameters
    ----------
    a, b : sequence
        The values of the two, unit by unit; None or NaN where one made no judgement.

    Returns
    -------
    Coefficient
        Between 0 and 1.
    """
    return percent_of_table(_cross_table(a, b))


def cohen_kappa(a: Sequence[object], b: Sequence[object]) -> Coefficient:
    """Return kappa: the agreement of two coders beyond what their own distributions of values let expect.

    Parameters
    ----------
    a, b : sequence
        The values of the two, unit by unit; None or NaN where one made no judgement.

    Returns
    -------
    Coefficient
        ``(p_o - p_e) / (1 - p_e)`` (Cohen, 1960, eq. 1).
    """
    return kappa_of_table(_cross_table(a, b))


def krippendorff_alpha(ratings: Sequence[Sequence[object]]) -> Coefficient:
    """Return alpha for nominal values, any number of coders and missing judgements.

    Parameters
    ----------
    ratings : sequence of sequences
        One row a coder, one value a unit; None or NaN where a coder made no judgement.

    Returns
    -------
    Coefficient
        ``1 - D_o / D_e``, by the coincidences of values (Krippendorff, 2011, section C; 2019, ch. 12).

    Raises
    ------
    ValueError
        When the rows are not of one length.
    """
    codes, values = _factorised(ratings)
    counts = np.array([(codes == value).sum(axis=0) for value in range(values)])
    counts = counts.reshape(values, codes.shape[1])
    return alpha_of_counts(counts.T, np.ones(codes.shape[1]))


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
    """
    rows = [[None if given is None else frozenset(given) for given in row] for row in sets_by_coder]
    codes, _ = _factorised(rows)
    distinct: dict[int, frozenset[object]] = {}
    for row, numbers in zip(rows, codes, strict=True):
        distinct.update((int(number), given) for number, given in zip(numbers, row, strict=True) if given is not None)
    members = {member: place for place, member in enumerate({m: None for given in distinct.values() for m in given})}
    table = np.zeros((len(distinct), len(members)), dtype=bool)
    for number, given in distinct.items():
        table[number, [members[member] for member in given]] = True
    return alpha_of_distinct_sets(codes, table, np.ones(codes.shape[1]), distance)


def _factorised(ratings: Sequence[Sequence[object]]) -> tuple[np.ndarray, int]:
    """Return values as whole numbers from 0 (-1: missing), coders x units, and how many values there are."""
    lengths = {len(row) for row in ratings}
    if len(lengths) > 1:
        raise ValueError(f"every coder needs one value a unit; the rows have {sorted(lengths)} values")
    flat = np.empty(sum(len(row) for row in ratings), dtype=object)
    flat[:] = [value for row in ratings for value in row]
    codes, values = pd.factorize(flat)
    return codes.reshape(len(ratings), max(lengths, default=0)), len(values)


def _cross_table(a: Sequence[object], b: Sequence[object]) -> np.ndarray:
    """Return how many units have each pair of values."""
    codes, values = _factorised([a, b])
    first, second = codes[:, (codes >= 0).all(axis=0)]
    table = np.zeros((values, values))
    np.add.at(table, (first, second), 1)
    return table


def percent_of_table(table: np.ndarray) -> Coefficient:
    """Return the share of a square table of counts that stands on its diagonal."""
    total = table.sum()
    if total == 0:
        return Coefficient(None, NO_UNIT)
    return Coefficient(float(np.trace(table) / total))


def kappa_of_table(table: np.ndarray) -> Coefficient:
    """Return kappa of a square table of counts (Cohen, 1960, eq. 1)."""
    total = table.sum()
    if total == 0:
        return Coefficient(None, NO_UNIT)
    expected = float(table.sum(axis=0) @ table.sum(axis=1))
    # Compared in counts: both coders gave one and the same value to everything.
    if expected == total * total:
        return Coefficient(None, ONE_VALUE)
    observed, expected = np.trace(table) / total, expected / total**2
    return Coefficient(float((observed - expected) / (1 - expected)))


def mean_of(coefficients: Sequence[Coefficient]) -> Coefficient:
    """Return the mean over pairs of coders (for kappa: Light, 1971); none where one of them has none."""
    if not coefficients:
        return Coefficient(None, "there are fewer than two coders")
    for coefficient in coefficients:
        if coefficient.value is None:
            return coefficient
    return Coefficient(float(np.mean([coefficient.value for coefficient in coefficients])))


def alpha_of_counts(counts: np.ndarray, weights: np.ndarray) -> Coefficient:
    """Return nominal alpha from how often each unit got each value.

    Parameters
    ----------
    counts : numpy.ndarray
        Units x values.
    weights : numpy.ndarray
        How many times each unit stands for itself (a stretch of text: its characters).

    Returns
    -------
    Coefficient
        ``1 - (n - 1) (n - sum o_cc) / (n^2 - sum n_c^2)`` (Krippendorff, 2011, section C).
    """
    return alpha_of_coincidences(*coincidences(counts, weights))


def coincidences(counts: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the coincidences of each value with itself, and how often each value occurs in pairs.

    Parameters
    ----------
    counts, weights : numpy.ndarray
        As for `alpha_of_counts`.
    """
    judged = counts.sum(axis=1)
    pairable = judged > 1
    counts, judged, weights = counts[pairable], judged[pairable], weights[pairable]
    agreeing = (weights / (judged - 1)) @ (counts * (counts - 1))
    return agreeing, weights @ counts


def alpha_of_coincidences(agreeing: np.ndarray, totals: np.ndarray) -> Coefficient:
    """Return nominal alpha from what `coincidences` gives."""
    n = float(totals.sum())
    if n == 0:
        return Coefficient(None, NO_UNIT)
    expected = n * n - float(totals @ totals)
    if expected == 0:
        return Coefficient(None, ONE_VALUE)
    return Coefficient(float(1 - (n - 1) * (n - agreeing.sum()) / expected))


def alpha_of_distinct_sets(numbers: np.ndarray, table: np.ndarray, weights: np.ndarray, distance: str) -> Coefficient:
    """Return alpha over sets that are given by number.

    Parameters
    ----------
    numbers : numpy.ndarray
        Coders x units: the row of `table` that holds the set, -1 where there is no judgement.
    table : numpy.ndarray
        Sets x members, True where the set holds the member.
    weights : numpy.ndarray
        As for `alpha_of_counts`.
    distance : str
        ``masi`` or ``jaccard``.
    """
    if distance not in {"masi", "jaccard"}:
        raise ValueError(f"{distance!r} is no distance between sets; use masi or jaccard")
    judged = (numbers >= 0).sum(axis=0)
    pairable = judged > 1
    numbers, weights, judged = numbers[:, pairable], weights[pairable], judged[pairable]
    if not pairable.any():
        return Coefficient(None, NO_UNIT)
    sets = table.astype(np.float64)
    observed = 0.0
    for first, second in combinations(numbers, 2):
        both = (first >= 0) & (second >= 0)
        left, right = sets[first[both]], sets[second[both]]
        shared = np.einsum("ij,ij->i", left, right)
        apart = _distance(shared, left.sum(axis=1), right.sum(axis=1), distance)
        observed += 2 * float((weights[both] / (judged[both] - 1)) @ apart)
    present = numbers >= 0
    occurrences = np.bincount(
        numbers[present], weights=np.broadcast_to(weights, numbers.shape)[present], minlength=len(sets)
    )
    sizes = sets.sum(axis=1)
    expected = 0.0
    for start in range(0, len(sets), BLOCK):
        rows = slice(start, start + BLOCK)
        apart = _distance(sets[rows] @ sets.T, sizes[rows, None], sizes[None, :], distance)
        expected += float(occurrences[rows] @ apart @ occurrences)
    if expected == 0:
        return Coefficient(None, ONE_VALUE)
    return Coefficient(float(1 - observed * (occurrences.sum() - 1) / expected))


def _distance(shared: np.ndarray, left: np.ndarray, right: np.ndarray, distance: str) -> np.ndarray:
    """Return distances of sets from the sizes of their intersections and their own."""
    union = left + right - shared
    jaccard = np.divide(shared, union, out=np.ones_like(shared), where=union > 0)
    if distance == "jaccard":
        return 1 - jaccard
    equal = shared == union
    within = shared == np.minimum(left, right)
    monotonicity = np.select([equal, within, shared > 0], [1.0, 2 / 3, 1 / 3], 0.0)
    return 1 - jaccard * monotonicity
