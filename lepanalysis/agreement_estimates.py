"""The coefficients of a study's codes with their intervals, from the coders' judgements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from lepanalysis import formulas, intervals
from lepanalysis.agreement_intervals import Estimate, Kinds, Settings, with_ends, without_interval
from lepanalysis.agreement_joint import NAMES as JOINT
from lepanalysis.agreement_joint import Joint
from lepanalysis.alpha import positions_of
from lepanalysis.coefficients import FEW_CODERS, NO_CODE, NO_UNIT, Coefficient, coefficient, reason
from lepanalysis.judgements import grouped, pattern_counts, sums_of_clusters
from lepanalysis.tallies import Patterns, Sums, distinct, features

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.judgements import Judgements

OF_VALUES = ("krippendorff_alpha", "gwet_ac2", "cohen_kappa")
LINEARISED = "linearised"


def values_of(given: Sums, names: Sequence[str] = tuple(formulas.OF_YES_AND_NO)) -> dict[str, Coefficient]:
    """Return the coefficients of yes and no over sums without free axes.

    Examples
    --------
    >>> from lepanalysis.tallies import sums, tally
    >>> round(values_of(sums(tally([[1, 1, 0, 0], [1, 0, 0, 0]])), ["cohen_kappa"])["cohen_kappa"].value, 3)
    0.5
    """
    if given.tables.shape[-3] == 0:
        return {name: Coefficient(None, FEW_CODERS) for name in names}
    found = {name: float(formulas.OF_YES_AND_NO[name](given)) for name in names}
    return {name: coefficient(value, reason(given, name)) for name, value in found.items()}


def sums_of_codes(judged: Judgements) -> Sums:
    """Return the sums of each code over the units.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> from lepanalysis.judgements import judgements
    >>> judged = judgements(study)
    >>> sums_of_codes(judged).tables.shape
    (24, 1, 2, 2)
    """
    values, counts = judged.patterns
    return Sums.of(counts @ features(values, 2), len(judged.coders), 2)


def one_of(given: Sums, place: int) -> Sums:
    """Return the sums of one code.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> from lepanalysis.judgements import judgements
    >>> judged = judgements(study)
    >>> one_of(sums_of_codes(judged), 0).tables.tolist()
    [[[115.0, 2.0], [1.0, 13.0]]]
    """
    names = ("tables", "coincidences", "meetings", "shares", "judged", "unanimous")
    return Sums(*(getattr(given, name)[place] for name in names))


def all_of(given: Sums) -> Sums:
    """Return the sums over all codes together.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> from lepanalysis.judgements import judgements
    >>> judged = judgements(study)
    >>> all_of(sums_of_codes(judged)).tables.tolist()
    [[[2883.0, 17.0], [51.0, 193.0]]]
    """
    names = ("tables", "coincidences", "meetings", "shares", "judged", "unanimous")
    return Sums(*(getattr(given, name).sum(axis=0) for name in names))


def of_codes(judged: Judgements, settings: Settings) -> list[dict[str, Estimate]]:
    """Return the coefficients of each code, in the order of `judged.codes`.

    Parameters
    ----------
    judged : Judgements
    settings : Settings

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> from lepanalysis.judgements import judgements
    >>> judged = judgements(study)
    >>> found = of_codes(judged, Settings(method="analytic"))[0]["cohen_kappa"]
    >>> round(found.low, 2), round(found.value, 2), round(found.high, 2)
    (0.75, 0.88, 1.0)
    """
    given = sums_of_codes(judged)
    owner = settings.owner(judged)
    found = []
    for place in range(len(judged.codes)):
        values = values_of(one_of(given, place))
        if settings.method == "none" or len(judged.coders) < 2 or not len(judged.weights):
            found.append({name: without_interval(value) for name, value in values.items()})
            continue
        patterns, rows, multiplicities = sums_of_clusters(judged, place, owner)
        rows = sparse.csr_array(rows) @ features(patterns, 2)
        random = np.random.default_rng([settings.seed, place])
        found.append(_yes_and_no(values, Kinds(rows, multiplicities), len(judged.coders), settings, random))
    return found


def of_all(judged: Judgements, settings: Settings) -> dict[str, Estimate]:
    """Return the coefficients over all codes: of the pooled yes and no, of the sets of codes, and pooled kappa.

    Parameters
    ----------
    judged : Judgements
    settings : Settings

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> from lepanalysis.judgements import judgements
    >>> judged = judgements(study)
    >>> round(of_all(judged, Settings(method="none"))["pooled_kappa"].value, 3)
    0.836
    """
    if len(judged.coders) < 2 or not judged.codes:
        why = FEW_CODERS if len(judged.coders) < 2 else NO_CODE
        return {name: Estimate(None, reason=why) for name in (*formulas.OF_YES_AND_NO, *JOINT)}
    values = values_of(all_of(sums_of_codes(judged)))
    if settings.method == "none" or not len(judged.weights):
        found = {name: without_interval(value) for name, value in values.items()}
    else:
        owner = settings.owner(judged)
        patterns, counts = pattern_counts(judged, "units")
        rows, multiplicities = grouped(counts * judged.weights[:, None] if owner is not None else counts, owner)
        rows = sparse.csr_array(rows) @ features(patterns, 2)
        random = np.random.default_rng([settings.seed, len(judged.codes)])
        found = _yes_and_no(values, Kinds(rows, multiplicities), len(judged.coders), settings, random)
    return found | Joint(judged, settings).estimates()


def of_values(judged: Judgements, code: str, settings: Settings) -> dict[str, Estimate]:
    """Return how far the values agree that coders gave with a scaled code, over units with two values or more.

    Parameters
    ----------
    judged : Judgements
    code : str
        With a scale.
    settings : Settings

    Returns
    -------
    dict
        krippendorff_alpha at the level of the scale; gwet_ac2 and cohen_kappa, with quadratic weights by the place of
        the value in the order (of a nominal scale: without weights).

    Examples
    --------
    >>> from lepanalysis.judgements import Judgements, Scaled
    >>> none = np.zeros((2, 3, 1), dtype=bool)
    >>> scaled = Scaled("ordinal", ("low", "mid", "high"), np.array([[0, 1, 2], [0, 2, 2]]), several=0)
    >>> judged = Judgements(("A", "B"), ("c1",), none, np.ones((2, 3), dtype=bool), np.ones(3), {}, {"c1": scaled})
    >>> round(of_values(judged, "c1", Settings(method="none"))["krippendorff_alpha"].value, 3)
    0.778
    """
    scaled = judged.scaled[code]
    q, coders = len(scaled.categories), len(judged.coders)
    try:
        positions = positions_of(scaled.categories, scaled.scale)
    except ValueError as error:
        return {name: Estimate(None, reason=str(error)) for name in OF_VALUES}
    key, places, first = distinct(scaled.numbers, q)
    patterns = Patterns(scaled.numbers[:, first].T, np.ones(places), scaled.categories)
    rows = features(patterns.values, q)
    owner = settings.owner(judged)
    if owner is None:
        multiplicities = np.bincount(key, minlength=places).astype(np.float64)
    else:
        size = int(owner.max(initial=-1)) + 1
        rows = sparse.coo_array((judged.weights, (owner, key)), shape=(size, places)).tocsr() @ rows
        multiplicities = np.ones(size)
    weights = formulas.weight_table(None if scaled.scale == "nominal" else "quadratic", range(q))

    def statistic(flat: np.ndarray) -> dict[str, np.ndarray]:
        given = Sums.of(flat, coders, q)
        return {
            "krippendorff_alpha": formulas.krippendorff_alpha(given, scaled.scale, positions),
            "gwet_ac2": formulas.gwet_ac(given, weights),
            "cohen_kappa": formulas.cohen_kappa(given, weights),
        }

    total = multiplicities @ rows
    given = Sums.of(total, coders, q)
    if coders < 2 or not given.paired > 0:
        return {name: Estimate(None, reason=FEW_CODERS if coders < 2 else NO_UNIT) for name in OF_VALUES}
    values = {name: coefficient(float(value), reason(given, name)) for name, value in statistic(total).items()}
    random = np.random.default_rng([settings.seed, judged.codes.index(code), 1])
    return with_ends(values, Kinds(rows, multiplicities), statistic, settings, random)


def _yes_and_no(
    values: dict[str, Coefficient],
    kinds: Kinds,
    coders: int,
    settings: Settings,
    random: np.random.Generator,
) -> dict[str, Estimate]:
    """Return coefficients of yes and no with their intervals."""
    defined = [name for name, value in values.items() if value.value is not None]

    def statistic(flat: np.ndarray) -> dict[str, np.ndarray]:
        given = Sums.of(flat, coders, 2)
        return {name: formulas.OF_YES_AND_NO[name](given) for name in defined}

    found = with_ends(values, kinds, statistic, settings, random)
    alone = settings.method == "analytic" and coders == 2 and (kinds.rows[:, [-2]].toarray() <= 1).all()
    if alone and found["percent_agreement"].low is not None:
        share = found["percent_agreement"].value or 0.0
        n = float(Sums.of(kinds.total, coders, 2).paired)
        found["percent_agreement"] = Estimate(share, *intervals.wilson(share, n, settings.level), method="Wilson score")
    return found
