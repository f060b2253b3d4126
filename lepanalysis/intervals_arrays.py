"""Coefficients over plain arrays, each with its interval; over a study, `agreement.coefficients` gives them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lepanalysis import formulas
from lepanalysis.alpha import positions_of
from lepanalysis.coefficients import NO_UNIT, Coefficient, coefficient, reason
from lepanalysis.intervals import (
    FEW_GROUPS,
    LEVEL,
    REPLICATES,
    Interval,
    Way,
    influences,
    intervals_around,
    members_of,
    standard_error,
    wilson,
)
from lepanalysis.tallies import Patterns, Sums, distinct, features, numbered, tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy import sparse

    from lepanalysis.intervals import Statistic

SCORE = "Wilson score"
YES_AND_NO = (0, 1)
INDICES = ("prevalence_index", "bias_index", "positive_agreement", "negative_agreement")


def coefficient_with_interval(
    ratings: Sequence[Sequence[object]] | np.ndarray,
    name: str = "krippendorff_alpha",
    *,
    method: str = "bootstrap",
    clusters: Sequence[object] | None = None,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
    categories: Sequence[object] | None = None,
    weights: str | None = None,
    scale: str = "nominal",
) -> Interval:
    """Return a coefficient over plain arrays, with its interval.

    Parameters
    ----------
    ratings : sequence of sequences or numpy.ndarray
        One row a coder, one value a unit; None or NaN where a coder made no judgement.
    name : str
        percent_agreement, unanimous_agreement, cohen_kappa, scott_pi, fleiss_kappa, krippendorff_alpha, gwet_ac1,
        gwet_ac2 or brennan_prediger; of yes and no (1 or True, 0 or False) also positive_agreement,
        negative_agreement, prevalence_index and bias_index. More than two coders: percent agreement, kappa, pi and
        the prevalence index are means over pairs, and there is no bias index.
    method : str
        ``bootstrap``, or ``analytic``: for percent agreement of two coders `wilson`, for the others `standard_error`.
    clusters : sequence, optional
        What each unit belongs to (its thread, its author): whole clusters are drawn, not single units.
    level, replicates, seed
        Of the interval.
    categories, weights, scale
        As for the coefficient: weights of kappa and AC2, scale (level of measurement) of alpha.

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        When name or method is not known, the values are none of yes and no for a coefficient of these, or there is
        not one cluster for each unit.

    Examples
    --------
    >>> ratings = [[1, 1, 2, 2, 1, 1, 2, 1, 2, 2], [1, 1, 2, 2, 1, 2, 2, 1, 2, 1]]
    >>> found = coefficient_with_interval(ratings, "cohen_kappa", method="analytic")
    >>> round(found.value, 3), round(found.standard_error, 3)
    (0.6, 0.267)
    """
    known = {**formulas.OF_YES_AND_NO, "gwet_ac2": formulas.gwet_ac}
    if name not in known:
        raise ValueError(f"{name!r} is no coefficient; use one of {', '.join(known)}")
    if name in INDICES:
        categories = YES_AND_NO
    way = Way.over(clusters, method, level, replicates, seed)
    patterns = tally(ratings, categories)
    rows, counts = _rows(ratings, patterns, clusters)
    coders, q = patterns.values.shape[1], len(patterns.categories)
    options = _options(name, patterns, weights, scale)

    def statistic(flat: np.ndarray) -> dict[str, np.ndarray]:
        return {name: known[name](Sums.of(flat, coders, q), *options)}

    total = counts @ rows
    value = _value(name, total, statistic, coders, q)
    if name == "percent_agreement" and method == "analytic" and coders == 2 and clusters is None:
        if value.value is None or counts.sum() < 2:
            return Interval(value.value, None, None, None, SCORE, level, value.reason or FEW_GROUPS)
        error = standard_error(influences(rows, total, statistic)[name], counts)
        ends = wilson(value.value, float(Sums.of(total, coders, q).paired), level)
        return Interval(value.value, *ends, error, SCORE, level)
    return intervals_around({name: value}, rows, counts, statistic, way)[name]


def indices_with_intervals(
    a: Sequence[object],
    b: Sequence[object],
    *,
    method: str = "bootstrap",
    clusters: Sequence[object] | None = None,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> dict[str, Interval]:
    """Return prevalence and bias index, positive and negative agreement of two coders, each with its interval.

    Parameters
    ----------
    a, b : sequence
        True or False (1 or 0) unit by unit; None or NaN where one made no judgement.
    method : str
        ``bootstrap``, or ``analytic``: for positive and negative agreement the error of Graham and Bull (1998), for
        the indices that of a mean, both with n - 1 for n (`standard_error`).
    clusters : sequence, optional
        What each unit belongs to: whole clusters are drawn, not single units.
    level, replicates, seed
        Of the interval.

    Returns
    -------
    dict
        From prevalence_index, bias_index, positive_agreement and negative_agreement to `Interval`.

    Raises
    ------
    ValueError
        When the method is not known, a value is neither yes nor no, or there is not one cluster for each unit.

    Examples
    --------
    >>> found = indices_with_intervals([1, 1, 1, 0, 0, 1], [1, 1, 0, 0, 1, 1], method="analytic")
    >>> round(found["positive_agreement"].value, 3), round(found["positive_agreement"].standard_error, 3)
    (0.75, 0.188)
    """
    way = Way.over(clusters, method, level, replicates, seed)
    patterns = tally([a, b], YES_AND_NO)
    rows, counts = _rows([a, b], patterns, clusters)

    def statistic(flat: np.ndarray) -> dict[str, np.ndarray]:
        return {name: formulas.OF_YES_AND_NO[name](Sums.of(flat, 2, 2)) for name in INDICES}

    total = counts @ rows
    values = {name: _value(name, total, statistic, 2, 2) for name in INDICES}
    return intervals_around(values, rows, counts, statistic, way)


def _rows(
    ratings: Sequence[Sequence[object]] | np.ndarray, patterns: Patterns, clusters: Sequence[object] | None
) -> tuple[sparse.csr_array, np.ndarray]:
    """Return what each kind of unit, or each cluster, adds to the sums, and how many there are of each."""
    rows = features(patterns.values, len(patterns.categories))
    if clusters is None:
        return rows, patterns.counts
    numbers, _ = numbered(ratings, patterns.categories)
    key, places, _ = distinct(numbers, len(patterns.categories))
    member = members_of(clusters, key, places)
    return member @ rows, np.ones(member.shape[0])


def _options(name: str, patterns: Patterns, weights: str | None, scale: str) -> tuple[object, ...]:
    """Return what a formula takes beside the sums."""
    if name == "krippendorff_alpha":
        return scale, positions_of(patterns.categories, scale)
    if name in {"gwet_ac2", "cohen_kappa", "fleiss_kappa", "brennan_prediger"}:
        given = weights or ("quadratic" if name == "gwet_ac2" else None)
        return (formulas.weight_table(given, range(len(patterns.categories))),)
    return ()


def _value(name: str, total: np.ndarray, statistic: Statistic, coders: int, q: int) -> Coefficient:
    """Return the coefficient itself."""
    why = reason(Sums.of(total, coders, q), name)
    if why == NO_UNIT:
        return Coefficient(None, why)
    return coefficient(float(statistic(total)[name]), why)
