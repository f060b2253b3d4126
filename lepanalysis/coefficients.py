"""Coefficients of agreement over plain arrays; each is a number, or a reason in words why there is none.

Missing judgements (None or NaN) are left out: of a unit only the judgements that were made count. The formulas stand
in `formulas`; Krippendorff's alpha is in `alpha`, intervals are in `intervals`; docs/agreement.md says when to use
which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lepanalysis import formulas
from lepanalysis.tallies import Sums, sums, tally

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NO_UNIT = "no unit was judged by two coders"
ONE_VALUE = "every judgement is the same, so none can be told from chance"
FEW_CODERS = "there are fewer than two coders"
NO_CODE = "the coders share no code"
ONE_CATEGORY = "there is only one category, so that nothing was to be decided"
NOT_TWO_CODERS = "it is defined for two coders only"
NOBODY = {"positive_agreement": "nobody said yes", "negative_agreement": "nobody said no"}


@dataclass(frozen=True)
class Coefficient:
    """A coefficient, or why there is none.

    Parameters
    ----------
    value : float or None
        Never NaN.
    reason : str
        Empty where there is a value.

    Examples
    --------
    >>> cohen_kappa([1, 1], [1, 1])
    Coefficient(value=None, reason='every judgement is the same, so none can be told from chance')
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

    Examples
    --------
    >>> percent_agreement(["room", "train", None, "room"], ["room", "room", "room", "room"])
    Coefficient(value=0.6666666666666666, reason='')
    """
    return _of([a, b], formulas.percent_agreement, None)


def cohen_kappa(
    a: Sequence[object],
    b: Sequence[object],
    weights: str | None = None,
    categories: Sequence[object] | None = None,
) -> Coefficient:
    """Return kappa: the agreement of two coders beyond what their own distributions of values let expect.

    Parameters
    ----------
    a, b : sequence
        The values of the two, unit by unit; None or NaN where one made no judgement.
    weights : str, optional
        ``linear``, ``quadratic`` or ``ordinal`` for categories that have an order; see `formulas.weight_table`.
    categories : sequence, optional
        All categories, lowest first; without it those that occur, sorted.

    Returns
    -------
    Coefficient
        ``(p_o - p_e) / (1 - p_e)`` (Cohen, 1960; with weights Cohen, 1968).

    Examples
    --------
    >>> round(cohen_kappa([1, 1, 2, 3], [1, 2, 2, 3]).value, 3)
    0.636
    >>> round(cohen_kappa([1, 1, 2, 3], [1, 2, 2, 3], weights="quadratic").value, 3)
    0.8
    """
    return _of([a, b], formulas.cohen_kappa, weights, categories)


def scott_pi(a: Sequence[object], b: Sequence[object]) -> Coefficient:
    """Return pi: as kappa, but chance follows the distribution of both coders' values together.

    Parameters
    ----------
    a, b : sequence
        The values of the two, unit by unit; None or NaN where one made no judgement.

    Returns
    -------
    Coefficient
        ``(p_o - p_e) / (1 - p_e)`` with ``p_e`` the sum of the squared mean shares (Scott, 1955).

    Examples
    --------
    >>> round(scott_pi([1, 1, 2, 2], [1, 2, 2, 2]).value, 3)
    0.467
    """
    return _of([a, b], formulas.scott_pi, None)


def fleiss_kappa(ratings: Sequence[Sequence[object]] | np.ndarray) -> Coefficient:
    """Return Fleiss' kappa: Scott's pi for any number of coders, who need not be the same for every unit.

    Parameters
    ----------
    ratings : sequence of sequences or numpy.ndarray
        One row a coder, one value a unit; None or NaN where a coder made no judgement.

    Returns
    -------
    Coefficient
        As Fleiss (1971) defines it where each unit has as many judgements as any other; else agreement is taken
        over the units with two or more, chance over all (Gwet, 2014, ch. 2).

    Examples
    --------
    >>> round(fleiss_kappa([[1, 1, 2, 2], [1, 2, 2, 2], [1, 1, 2, 1]]).value, 3)
    0.333
    """
    return _of(ratings, formulas.fleiss_kappa, None)


def gwet_ac1(
    ratings: Sequence[Sequence[object]] | np.ndarray, categories: Sequence[object] | None = None
) -> Coefficient:
    """Return AC1: agreement beyond chance where only hard units are taken to be judged by chance.

    Parameters
    ----------
    ratings : sequence of sequences or numpy.ndarray
        One row a coder, one value a unit; None or NaN where a coder made no judgement.
    categories : sequence, optional
        All that could have been chosen; without it those that occur. Chance depends on their number.

    Returns
    -------
    Coefficient
        ``(p_a - p_e) / (1 - p_e)``, ``p_e = sum pi (1 - pi) / (q - 1)`` (Gwet, 2008; missing judgements as in Gwet,
        2014, ch. 2).

    Examples
    --------
    >>> round(gwet_ac1([[1, 1, 1, 2], [1, 1, 1, 1]]).value, 3)
    0.68
    """
    return _of(ratings, formulas.gwet_ac, None, categories)


def gwet_ac2(
    ratings: Sequence[Sequence[object]] | np.ndarray,
    weights: str = "quadratic",
    categories: Sequence[object] | None = None,
) -> Coefficient:
    """Return AC2: AC1 for categories that have an order, so that near misses count in part.

    Parameters
    ----------
    ratings : sequence of sequences or numpy.ndarray
        One row a coder, one value a unit; None or NaN where a coder made no judgement.
    weights : str
        ``linear``, ``quadratic`` or ``ordinal``; see `formulas.weight_table`.
    categories : sequence, optional
        All that could have been chosen, lowest first; without it those that occur, sorted.

    Returns
    -------
    Coefficient
        As AC1 with weights in the agreement, and ``p_e = sum w / (q (q - 1)) x sum pi (1 - pi)`` (Gwet, 2014, ch. 3).

    Examples
    --------
    >>> round(gwet_ac2([[1, 1, 2, 3], [1, 2, 2, 3]], weights="linear").value, 3)
    0.724
    """
    return _of(ratings, formulas.gwet_ac, weights, categories)


def brennan_prediger(
    ratings: Sequence[Sequence[object]] | np.ndarray,
    categories: Sequence[object] | None = None,
    weights: str | None = None,
) -> Coefficient:
    """Return agreement beyond a chance that takes every category to be as likely as any other.

    Parameters
    ----------
    ratings : sequence of sequences or numpy.ndarray
        One row a coder, one value a unit; None or NaN where a coder made no judgement.
    categories : sequence, optional
        All that could have been chosen; without it those that occur. Chance depends on their number.
    weights : str, optional
        As for `gwet_ac2` (Gwet, 2014, ch. 3).

    Returns
    -------
    Coefficient
        ``(p_a - 1/q) / (1 - 1/q)`` (Brennan & Prediger, 1981); for two categories ``2 p_a - 1``, also called S
        (Bennett, Alpert & Goldstein, 1954) and PABAK (Byrt, Bishop & Carlin, 1993).

    Examples
    --------
    >>> brennan_prediger([["yes", "no", "no", "no"], ["yes", "no", "no", "yes"]]).value
    0.5
    """
    return _of(ratings, formulas.brennan_prediger, weights, categories)


def unanimous_agreement(ratings: Sequence[Sequence[object]] | np.ndarray) -> Coefficient:
    """Return the share of units on which all coders who judged them (two at least) gave one value.

    Parameters
    ----------
    ratings : sequence of sequences or numpy.ndarray
        One row a coder, one value a unit; None or NaN where a coder made no judgement.

    Examples
    --------
    >>> unanimous_agreement([[1, 1, 2, 2], [1, 2, 2, 2], [1, 1, 2, None]]).value
    0.75
    """
    return _of(ratings, formulas.unanimous_agreement, None)


def pooled_kappa(tables: Sequence[Sequence[Sequence[float]]]) -> Coefficient:
    """Return one kappa over several codes: observed and expected agreement are averaged before it is taken.

    Parameters
    ----------
    tables : sequence
        One 2 x 2 table of counts a code: rows the first coder's no and yes, columns the second's.

    Returns
    -------
    Coefficient
        De Vries, Elliott, Kanouse & Teleki (2008). Unlike a mean of kappas it has a value when one code has none,
        and is not swayed by rare codes.

    Examples
    --------
    >>> round(pooled_kappa([[[40, 5], [5, 50]], [[95, 0], [5, 0]]]).value, 3)
    0.725
    """
    given = np.asarray(tables, dtype=np.float64)
    if given.size == 0 or (given.sum(axis=(1, 2)) == 0).any():
        return Coefficient(None, NO_UNIT)
    return coefficient(float(formulas.pooled_kappa(given[:, None])), ONE_VALUE)


def indices(a: Sequence[object], b: Sequence[object]) -> dict[str, Coefficient]:
    """Return what tells apart why kappa is low: prevalence, bias, agreement on yes and on no.

    Parameters
    ----------
    a, b : sequence
        True or False (1 or 0) unit by unit; None or NaN where one made no judgement.

    Returns
    -------
    dict
        prevalence_index and bias_index (Byrt, Bishop & Carlin, 1993, signed: 1 if all is yes; 1 if only the first
        coder says yes), positive_agreement and negative_agreement (Cicchetti & Feinstein, 1990).

    Examples
    --------
    >>> found = indices([1, 1, 1, 0], [1, 1, 0, 0])
    >>> found["prevalence_index"].value, found["bias_index"].value, found["positive_agreement"].value
    (0.25, 0.25, 0.8)
    """
    given = sums(tally([a, b], categories=[0, 1]))
    names = ("prevalence_index", "bias_index", "positive_agreement", "negative_agreement")
    return {name: coefficient(float(formulas.OF_YES_AND_NO[name](given)), reason(given, name)) for name in names}


def _of(
    ratings: Sequence[Sequence[object]] | np.ndarray,
    formula: Callable[..., np.ndarray],
    weights: str | None,
    categories: Sequence[object] | None = None,
) -> Coefficient:
    """Return what a formula makes of ratings."""
    patterns = tally(ratings, categories)
    given = sums(patterns)
    why = reason(given, formula.__name__)
    if why == NO_UNIT:
        return Coefficient(None, why)
    table = [formulas.weight_table(weights, range(len(patterns.categories)))] if weights else []
    return coefficient(float(formula(given, *table)), why)


def coefficient(value: float, why: str) -> Coefficient:
    """Return a formula's result, with the reason where it is NaN.

    Examples
    --------
    >>> coefficient(float("nan"), ONE_VALUE).reason
    'every judgement is the same, so none can be told from chance'
    """
    return Coefficient(None, why) if np.isnan(value) else Coefficient(value)


def reason(given: Sums, name: str) -> str:
    """Return why a coefficient has no value over these sums, if it has none.

    Parameters
    ----------
    given : Sums
        Without free axes.
    name : str
        The coefficient's.

    Examples
    --------
    >>> reason(sums(tally([[1, None], [None, 1]])), "cohen_kappa")
    'no unit was judged by two coders'
    """
    if not given.paired > 0:
        return NO_UNIT
    if (
        name in {"cohen_kappa", "scott_pi", "percent_agreement", "prevalence_index"}
        and (given.tables.sum(axis=(-2, -1)) == 0).any()
    ):
        return NO_UNIT
    if name == "bias_index":
        return NOT_TWO_CODERS
    if name in {"gwet_ac", "gwet_ac1", "brennan_prediger"}:
        return ONE_CATEGORY
    return NOBODY.get(name, ONE_VALUE)


def percent_of_table(table: np.ndarray) -> Coefficient:
    """Return the share of a square table of counts that stands on its diagonal.

    Examples
    --------
    >>> import numpy as np
    >>> percent_of_table(np.array([[40, 9], [6, 45]])).value
    0.85
    """
    total = table.sum()
    if total == 0:
        return Coefficient(None, NO_UNIT)
    return Coefficient(float(np.trace(table) / total))


def kappa_of_table(table: np.ndarray, weights: str | None = None) -> Coefficient:
    """Return kappa of a square table of counts (Cohen, 1960; with weights Cohen, 1968).

    Examples
    --------
    >>> import numpy as np
    >>> round(kappa_of_table(np.array([[40, 9], [6, 45]])).value, 3)
    0.7
    """
    given = np.asarray(table, dtype=np.float64)
    if given.sum() == 0:
        return Coefficient(None, NO_UNIT)
    observed, expected = formulas.observed_and_expected(given, formulas.weight_table(weights, range(len(given))))
    return coefficient(float(formulas.ratio(observed - expected, 1 - expected)), ONE_VALUE)


def kappa_of_codes(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the kappa of two coders for many codes at once.

    Parameters
    ----------
    first, second : numpy.ndarray
        Units x codes, True where the coder applied the code; all units were judged by both.

    Returns
    -------
    numpy.ndarray
        One a code; NaN where both coders gave it to no unit, or to all.

    Examples
    --------
    >>> a = np.array([[True, False], [True, False], [False, False]])
    >>> b = np.array([[True, False], [False, False], [False, False]])
    >>> kappa_of_codes(a, b).round(3).tolist()
    [0.4, nan]
    """
    n = len(first)
    both, a, b = (column_counts(table) for table in (first & second, first, second))
    tables = np.stack([n - a - b + both, b - both, a - both, both], axis=-1).reshape(-1, 2, 2).astype(np.float64)
    observed, expected = formulas.observed_and_expected(tables)
    return formulas.ratio(observed - expected, 1 - expected)


def column_counts(table: np.ndarray) -> np.ndarray:
    """Return how often each column of a table of True and False is True.

    Examples
    --------
    >>> column_counts(np.array([[True, False], [True, True]])).tolist()
    [2, 1]
    """
    # A byte counts up to 255: adding bytes is what a processor does many at a time.
    whole = len(table) // 255 * 255
    flags = np.ascontiguousarray(table).view(np.uint8)
    blocks = flags[:whole].reshape(whole // 255, 255, table.shape[1]).sum(axis=1, dtype=np.uint8)
    return blocks.sum(axis=0, dtype=np.int64) + flags[whole:].sum(axis=0, dtype=np.int64)


def alpha_of_coincidences(agreeing: np.ndarray, totals: np.ndarray) -> Coefficient:
    """Return nominal alpha from how often each value coincides with itself, and how often it occurs in pairs.

    Returns
    -------
    Coefficient
        ``1 - (n - 1) (n - sum o_cc) / (n^2 - sum n_c^2)`` (Krippendorff, 2011, section C).

    Examples
    --------
    >>> import numpy as np
    >>> round(alpha_of_coincidences(np.array([80.0, 90.0]), np.array([95.0, 105.0])).value, 3)
    0.701
    """
    n = float(totals.sum())
    if n == 0:
        return Coefficient(None, NO_UNIT)
    expected = n * n - float(totals @ totals)
    if expected == 0:
        return Coefficient(None, ONE_VALUE)
    return Coefficient(float(1 - (n - 1) * (n - agreeing.sum()) / expected))


def mean_of(coefficients: Sequence[Coefficient]) -> Coefficient:
    """Return the mean over pairs of coders (for kappa: Light, 1971); none where one of them has none.

    Examples
    --------
    >>> mean_of([Coefficient(0.5), Coefficient(None, "none"), Coefficient(1.0)])
    Coefficient(value=None, reason='none')
    """
    if not coefficients:
        return Coefficient(None, FEW_CODERS)
    for given in coefficients:
        if given.value is None:
            return given
    return Coefficient(float(np.mean([given.value for given in coefficients])))
