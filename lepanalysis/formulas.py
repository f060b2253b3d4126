"""The formulas of the coefficients over sums of units; NaN where one is undefined.

Each takes `tallies.Sums` with any axes in front (codes, replicates of a bootstrap) and returns an array over those.
They hold for complex numbers too, so that `intervals` gets exact derivatives from them. What a person calls, with a
reason in words instead of NaN, stands in `coefficients` and `alpha`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.tallies import Sums

WEIGHTS = ("linear", "quadratic", "ordinal")
LEVELS = ("nominal", "ordinal", "interval", "ratio")
# What a denominator may be away from 0 by rounding alone.
ROUNDING = 1e-12


def ratio(above: np.ndarray, below: np.ndarray, least: float = ROUNDING) -> np.ndarray:
    """Return a quotient, NaN where the denominator is 0 (up to rounding).

    Examples
    --------
    >>> ratio(np.array([1.0, 1.0]), np.array([4.0, 0.0])).tolist()
    [0.25, nan]
    """
    usable = np.abs(np.real(below)) > least
    return np.where(usable, above / np.where(usable, below, 1.0), np.nan)


def weight_table(weights: str | None, positions: Sequence[float]) -> np.ndarray:
    """Return how far each pair of categories agrees, from 1 (the same) to 0.

    Parameters
    ----------
    weights : str or None
        None for 1 or 0; ``linear`` (Cicchetti & Allison, 1971), ``quadratic`` (Fleiss & Cohen, 1973): 1 less the
        distance, or its square, over the largest one; ``ordinal`` (Gwet, 2014, ch. 3): 1 less the number of
        pairs of categories from the one to the other over that of all.
    positions : sequence of float
        Where the categories lie; of ``ordinal`` only their order counts.

    Raises
    ------
    ValueError
        When the weights are not known.

    Examples
    --------
    >>> weight_table("linear", [1, 2, 3])[0].tolist()
    [1.0, 0.5, 0.0]
    """
    q = len(positions)
    if weights is None or q < 2:
        return np.eye(q)
    if weights == "ordinal":
        steps = np.abs(np.subtract.outer(np.arange(q), np.arange(q)))
        return 1 - steps * (steps + 1) / (q * (q - 1))
    if weights not in WEIGHTS:
        raise ValueError(f"{weights!r} are no weights; use {', '.join(WEIGHTS)}")
    distance = np.abs(np.subtract.outer(positions, positions)) / np.ptp(positions)
    return 1 - (distance if weights == "linear" else distance**2)


def percent_agreement(s: Sums) -> np.ndarray:
    """Mean over pairs of coders of the share of units with the same category.

    Examples
    --------
    >>> from lepanalysis.tallies import sums, tally
    >>> print(percent_agreement(sums(tally([[1, 1, 2, 2], [1, 2, 2, 2]]))).round(3))
    0.75
    """
    return ratio(np.trace(s.tables, axis1=-2, axis2=-1), s.tables.sum(axis=(-2, -1))).mean(axis=-1)


def unanimous_agreement(s: Sums) -> np.ndarray:
    """Share of the units with two judgements or more of which all are the same.

    Examples
    --------
    >>> from lepanalysis.tallies import sums, tally
    >>> print(unanimous_agreement(sums(tally([[1, 1, 2, 2], [1, 2, 2, 2]]))).round(3))
    0.75
    """
    return ratio(s.unanimous, s.paired)


def cohen_kappa(s: Sums, w: np.ndarray | None = None) -> np.ndarray:
    """Cohen (1960; with weights 1968); more than two coders: mean over pairs (Light, 1971).

    Examples
    --------
    >>> from lepanalysis.tallies import sums, tally
    >>> print(cohen_kappa(sums(tally([[1, 1, 2, 2], [1, 2, 2, 2]]))))
    0.5
    """
    observed, expected = observed_and_expected(s.tables, w)
    return ratio(observed - expected, 1 - expected).mean(axis=-1)


def observed_and_expected(tables: np.ndarray, w: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the agreement in each table, and that of its margins if they were independent.

    Examples
    --------
    >>> [float(part) for part in observed_and_expected(np.array([[40.0, 10.0], [10.0, 40.0]]))]
    [0.8, 0.5]
    """
    w = np.eye(tables.shape[-1]) if w is None else w
    total = tables.sum(axis=(-2, -1))
    observed = ratio((tables * w).sum(axis=(-2, -1)), total)
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    return observed, ratio(((rows @ w) * columns).sum(axis=-1), total * total)


def scott_pi(s: Sums) -> np.ndarray:
    """Scott (1955); more than two coders: mean over pairs.

    Examples
    --------
    >>> from lepanalysis.tallies import sums, tally
    >>> print(scott_pi(sums(tally([[1, 1, 2, 2], [1, 2, 2, 2]]))).round(3))
    0.467
    """
    total = s.tables.sum(axis=(-2, -1))
    observed = ratio(np.trace(s.tables, axis1=-2, axis2=-1), total)
    both = s.tables.sum(axis=-1) + s.tables.sum(axis=-2)
    expected = ratio((both * both).sum(axis=-1), 4 * total * total)
    return ratio(observed - expected, 1 - expected).mean(axis=-1)


def _chance_corrected(s: Sums, w: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return the weighted agreement of units beyond what was to be expected."""
    observed = ratio((s.meetings * w).sum(axis=(-2, -1)), s.paired)
    return ratio(observed - expected, 1 - expected)


def fleiss_kappa(s: Sums, w: np.ndarray | None = None) -> np.ndarray:
    """Fleiss (1971); with judgements missing as in Gwet (2014, ch. 2).

    Examples
    --------
    >>> from lepanalysis.tallies import sums, tally
    >>> print(fleiss_kappa(sums(tally([[1, 1, 2, 2], [1, 2, 2, 2]]))).round(3))
    0.467
    """
    w = np.eye(s.shares.shape[-1]) if w is None else w
    pi = ratio(s.shares, s.judged[..., None])
    return _chance_corrected(s, w, ((pi @ w) * pi).sum(axis=-1))


def gwet_ac(s: Sums, w: np.ndarray | None = None) -> np.ndarray:
    """AC1 (Gwet, 2008), with weights AC2 (Gwet, 2014, ch. 3).

    Examples
    --------
    >>> from lepanalysis.tallies import sums, tally
    >>> print(gwet_ac(sums(tally([[1, 1, 1, 2], [1, 1, 1, 1]]))).round(3))
    0.68
    """
    q = s.shares.shape[-1]
    w = np.eye(q) if w is None else w
    if q < 2:
        return np.full(s.judged.shape, np.nan)
    pi = ratio(s.shares, s.judged[..., None])
    return _chance_corrected(s, w, w.sum() / (q * (q - 1)) * (pi * (1 - pi)).sum(axis=-1))


def brennan_prediger(s: Sums, w: np.ndarray | None = None) -> np.ndarray:
    """Brennan and Prediger (1981): every category is as likely by chance as any other.

    Examples
    --------
    >>> from lepanalysis.tallies import sums, tally
    >>> print(brennan_prediger(sums(tally([[1, 1, 2, 2], [1, 2, 2, 2]]))).round(3))
    0.5
    """
    q = s.shares.shape[-1]
    w = np.eye(q) if w is None else w
    if q < 2:
        return np.full(s.judged.shape, np.nan)
    return _chance_corrected(s, w, np.asarray(w.sum() / (q * q)))


def krippendorff_alpha(s: Sums, level: str = "nominal", positions: Sequence[float] = ()) -> np.ndarray:
    """Krippendorff (2011, section D): 1 - (n - 1) sum o_ck d_ck / sum n_c n_k d_ck.

    Examples
    --------
    >>> from lepanalysis.tallies import sums, tally
    >>> print(krippendorff_alpha(sums(tally([[1, 1, 2, 2], [1, 2, 2, 2]]))).round(3))
    0.533
    """
    totals = s.coincidences.sum(axis=-1)
    distances = metric(level, totals, positions)
    n = totals.sum(axis=-1)
    observed = (s.coincidences * distances).sum(axis=(-2, -1))
    expected = (totals[..., :, None] * totals[..., None, :] * distances).sum(axis=(-2, -1))
    return 1 - (n - 1) * ratio(observed, expected, 0.0)


def metric(level: str, totals: np.ndarray, positions: Sequence[float] = ()) -> np.ndarray:
    """Return the squared difference of each pair of values (Krippendorff, 2011, section D).

    Parameters
    ----------
    level : str
        One of `LEVELS`.
    totals : numpy.ndarray
        How often each value occurs in pairs; what lies between two values on an ordinal scale depends on it.
    positions : sequence of float
        The values, for an interval or ratio scale.

    Examples
    --------
    >>> metric("interval", np.ones(3), [1, 2, 4]).tolist()
    [[0.0, 1.0, 9.0], [1.0, 0.0, 4.0], [9.0, 4.0, 0.0]]
    """
    if level == "nominal":
        return 1 - np.eye(totals.shape[-1])
    if level == "ordinal":
        below = np.cumsum(totals, axis=-1) - totals / 2
        return (below[..., :, None] - below[..., None, :]) ** 2
    at = np.asarray(positions, dtype=np.float64)
    difference = np.subtract.outer(at, at)
    if level == "interval":
        return difference**2
    total = np.add.outer(at, at)
    return np.divide(difference, total, out=np.zeros_like(total), where=total != 0) ** 2


def pooled_kappa(tables: np.ndarray) -> np.ndarray:
    """De Vries, Elliott, Kanouse and Teleki (2008): agreements are averaged over codes, then kappa taken.

    Parameters
    ----------
    tables : numpy.ndarray
        Codes x pairs of coders x 2 x 2, axes in front free.

    Examples
    --------
    >>> print(pooled_kappa(np.array([[[[40.0, 5.0], [5.0, 50.0]]], [[[95.0, 0.0], [5.0, 0.0]]]])).round(3))
    0.725
    """
    observed, expected = observed_and_expected(tables)
    observed, expected = observed.mean(axis=-2), expected.mean(axis=-2)
    return ratio(observed - expected, 1 - expected).mean(axis=-1)


def positive_agreement(s: Sums) -> np.ndarray:
    """Share of the "yes" that met a "yes": 2a / (2a + b + c) (Cicchetti & Feinstein, 1990).

    Examples
    --------
    >>> from lepanalysis.tallies import sums, tally
    >>> print(positive_agreement(sums(tally([[1, 1, 1, 0], [1, 1, 0, 0]], [0, 1]))).round(3))
    0.8
    """
    return _specific(s.tables, 1)


def negative_agreement(s: Sums) -> np.ndarray:
    """Share of the "no" that met a "no": 2d / (2d + b + c) (Cicchetti & Feinstein, 1990).

    Examples
    --------
    >>> from lepanalysis.tallies import sums, tally
    >>> print(negative_agreement(sums(tally([[1, 1, 1, 0], [1, 1, 0, 0]], [0, 1]))).round(3))
    0.667
    """
    return _specific(s.tables, 0)


def _specific(tables: np.ndarray, category: int) -> np.ndarray:
    """Return specific agreement, over the pairs of all coders together."""
    pooled = tables.sum(axis=-3)
    given = pooled[..., category, :].sum(axis=-1) + pooled[..., :, category].sum(axis=-1)
    return ratio(2 * pooled[..., category, category], given)


def prevalence_index(s: Sums) -> np.ndarray:
    """(a - d) / n: 1 when all is "yes", -1 when all is "no" (Byrt, Bishop & Carlin, 1993); mean over pairs.

    Examples
    --------
    >>> from lepanalysis.tallies import sums, tally
    >>> print(prevalence_index(sums(tally([[1, 1, 1, 0], [1, 1, 0, 0]], [0, 1]))).round(3))
    0.25
    """
    return ratio(s.tables[..., 1, 1] - s.tables[..., 0, 0], s.tables.sum(axis=(-2, -1))).mean(axis=-1)


def bias_index(s: Sums) -> np.ndarray:
    """(b - c) / n: how much oftener the first coder said "yes" (Byrt, Bishop & Carlin, 1993); two coders only.

    Examples
    --------
    >>> from lepanalysis.tallies import sums, tally
    >>> print(bias_index(sums(tally([[1, 1, 1, 0], [1, 1, 0, 0]], [0, 1]))).round(3))
    0.25
    """
    if s.tables.shape[-3] != 1:
        return np.full(s.judged.shape, np.nan)
    return ratio(s.tables[..., 1, 0] - s.tables[..., 0, 1], s.tables.sum(axis=(-2, -1))).mean(axis=-1)


# What is computed of the yes and no of a code.
OF_YES_AND_NO = {
    "percent_agreement": percent_agreement,
    "cohen_kappa": cohen_kappa,
    "scott_pi": scott_pi,
    "fleiss_kappa": fleiss_kappa,
    "krippendorff_alpha": krippendorff_alpha,
    "gwet_ac1": gwet_ac,
    "brennan_prediger": brennan_prediger,
    "unanimous_agreement": unanimous_agreement,
    "positive_agreement": positive_agreement,
    "negative_agreement": negative_agreement,
    "prevalence_index": prevalence_index,
    "bias_index": bias_index,
}
