"""Agreement between coders over the shared codes, and where they differ.

Agreement describes what coders did apart from each other, before any decision on a coding; a decision matters
only for which shared code an own code leads to. What a coder has not read is missing, not a "no".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis.agreement_estimates import of_all, of_codes, one_of, sums_of_codes, values_of
from lepanalysis.agreement_intervals import Settings
from lepanalysis.alpha import alpha_of_sets, krippendorff_alpha
from lepanalysis.applications import applications
from lepanalysis.characters import reasons_of
from lepanalysis.codes import code_names
from lepanalysis.coefficients import (
    Coefficient,
    brennan_prediger,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    gwet_ac2,
    indices,
    percent_agreement,
    pooled_kappa,
    scott_pi,
    unanimous_agreement,
)
from lepanalysis.disagreements import disagreements
from lepanalysis.intervals import Interval
from lepanalysis.intervals_arrays import coefficient_with_interval, indices_with_intervals
from lepanalysis.intervals_joint import alpha_of_sets_with_interval, pooled_kappa_with_interval
from lepanalysis.judgements import UNITS, UNIVERSES, Judgements, judgements

if TYPE_CHECKING:
    from lepanalysis.study import Study

__all__ = [
    "UNITS",
    "UNIVERSES",
    "Coefficient",
    "Interval",
    "Judgements",
    "Settings",
    "alpha_of_sets",
    "alpha_of_sets_with_interval",
    "applications",
    "brennan_prediger",
    "by_code",
    "coefficient_with_interval",
    "coefficients",
    "cohen_kappa",
    "disagreements",
    "fleiss_kappa",
    "gwet_ac1",
    "gwet_ac2",
    "indices",
    "indices_with_intervals",
    "judgements",
    "krippendorff_alpha",
    "overall",
    "percent_agreement",
    "pooled_kappa",
    "pooled_kappa_with_interval",
    "scott_pi",
    "unanimous_agreement",
]

_NUMBERS = ("prevalence", "percent_agreement", "cohen_kappa", "krippendorff_alpha")
_COUNTS = ("n_both", "n_first", "n_second", "n_neither")
_OVERALL = (*_NUMBERS[1:], "krippendorff_alpha_masi", "krippendorff_alpha_jaccard")
_LONG = ("code_id", "code", "measure", "value", "low", "high", "n_units", "reason")


def by_code(study: Study, unit: str = "message", universe: str = "all") -> pd.DataFrame:
    """Return how far the coders agree on each shared code; `coefficients` has more of them, with intervals.

    Parameters
    ----------
    study : Study
    unit, universe : str
        See `judgements`.

    Returns
    -------
    pandas.DataFrame
        code_id, code, n_units (that two coders or more judged), prevalence (mean share of them that a coder
        judged to have the code), n_both, n_first, n_second, n_neither (exactly two coders; else empty),
        percent_agreement and cohen_kappa (more than two coders: the mean over pairs), krippendorff_alpha,
        reason. A coefficient that cannot be had is NaN, and the reason says why.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = by_code(study)
    >>> print(*found.loc[0, ["code_id", "n_both", "n_first", "n_second"]])
    S01 13 1 2
    >>> print(round(found.loc[0, "cohen_kappa"], 3))
    0.884
    """
    judged = judgements(study, unit, universe)
    names = code_names(study)
    given = sums_of_codes(judged)
    shares = prevalences(judged)
    rows = []
    for place, code in enumerate(judged.codes):
        of_code = one_of(given, place)
        found = values_of(of_code, _NUMBERS[1:])
        row = {
            "code_id": code,
            "code": names[code],
            "n_units": judged.n_units,
            "prevalence": shares[place],
            **{name: value.value for name, value in found.items()},
            "reason": reasons_of(found),
        }
        if len(judged.coders) == 2:
            (neither, second), (first, both) = np.rint(of_code.tables[0]).astype(np.int64).tolist()
            row |= {"n_both": both, "n_first": first, "n_second": second, "n_neither": neither}
        rows.append(row)
    columns = ["code_id", "code", "n_units", "prevalence", *_COUNTS, *_NUMBERS[1:], "reason"]
    frame = pd.DataFrame(rows, columns=columns)
    kinds = {**dict.fromkeys(_NUMBERS, "float64"), "n_units": "int64"}
    kinds |= dict.fromkeys(_COUNTS, "int64" if len(judged.coders) == 2 else "Int64")
    return frame.astype({name: kinds.get(name, "str") for name in columns})


def prevalences(judged: Judgements) -> list[float | None]:
    """Return for each code the mean over coders of the share of units, judged by two or more, that have it.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> round(prevalences(judgements(study))[0], 3)
    0.111
    """
    values, counts = judged.patterns
    paired = (values >= 0).sum(axis=1) > 1
    values, counts = values[paired], counts[:, paired]
    read, yes = counts @ (values >= 0), counts @ (values == 1)
    return [
        float(np.mean(given[seen > 0] / seen[seen > 0])) if (seen > 0).any() else None
        for seen, given in zip(read, yes, strict=True)
    ]


def overall(study: Study, unit: str = "message", universe: str = "all") -> pd.DataFrame:
    """Return how far the coders agree over all shared codes; `coefficients` has more, with intervals.

    Parameters
    ----------
    study : Study
    unit, universe : str
        See `judgements`.

    Returns
    -------
    pandas.DataFrame
        measure, value (NaN where it cannot be had), n_units, reason. percent_agreement, cohen_kappa and
        krippendorff_alpha are taken over all yes and no of unit and code together, krippendorff_alpha_masi
        and krippendorff_alpha_jaccard over the sets of codes that units have.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = overall(study).set_index("measure")
    >>> print(round(found.loc["krippendorff_alpha", "value"], 3))
    0.839
    """
    judged = judgements(study, unit, universe)
    found = of_all(judged, Settings(unit, universe, method="none"))
    rows = [(name, found[name].value, judged.n_units, found[name].reason) for name in _OVERALL]
    frame = pd.DataFrame(rows, columns=["measure", "value", "n_units", "reason"])
    return frame.astype({"measure": "str", "value": "float64", "n_units": "int64", "reason": "str"})


def coefficients(study: Study, settings: Settings | None = None) -> pd.DataFrame:
    """Return every coefficient of every shared code and over all of them, with its interval.

    Parameters
    ----------
    study : Study
    settings : Settings, optional
        Unit, universe, and how intervals are made; by default messages, all of them, bootstrap.

    Returns
    -------
    pandas.DataFrame
        code_id and code (empty: over all codes), measure, value, low, high (NaN where they cannot be had), n_units,
        reason.

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> frame = coefficients(open_study("data/standin"), Settings(unit="thread", method="analytic"))
    >>> frame.loc[frame["code_id"] == "S01", ["measure", "n_units"]].head(2).values.tolist()
    [['percent_agreement', 36], ['cohen_kappa', 36]]
    """
    settings = settings or Settings()
    judged = judgements(study, settings.unit, settings.universe)
    names = code_names(study)
    parts = [("", "", of_all(judged, settings))]
    parts += [(code, names[code], found) for code, found in zip(judged.codes, of_codes(judged, settings), strict=True)]
    rows = [
        (code, name, measure, found.value, found.low, found.high, judged.n_units, found.reason)
        for code, name, estimates in parts
        for measure, found in estimates.items()
    ]
    numbers = {**dict.fromkeys(("value", "low", "high"), "float64"), "n_units": "int64"}
    frame = pd.DataFrame(rows, columns=list(_LONG))
    return frame.astype({name: numbers.get(name, "str") for name in _LONG})
