"""Over which thresholds, for whose codings and over which units a claim holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis import claim_records
from lepanalysis.claim_rules import OVER_CODES, RULES, UNITS
from lepanalysis.claim_tests import THRESHOLDS, claim_of, counts_of
from lepanalysis.claim_units import LackingError, materials_of, stated_coders

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.article import Article
    from lepanalysis.claim_tests import Claim
    from lepanalysis.claim_units import Material
    from lepanalysis.entries import Entry
    from lepanalysis.study import Study

COLUMNS = ("coders", "unit", "threshold", "value", "holds")
SUMMARY_COLUMNS = ("coders", "unit", "value", "holds", "share_of_range", "held_from", "held_to")
OVERVIEW_COLUMNS = (
    "claim_id",
    "statement",
    "quantifier",
    "scale",
    "at_most",
    "coders",
    "unit",
    "value",
    "threshold",
    "threshold_from",
    "threshold_to",
    "holds",
    "share_of_range",
    "stated",
)
STEPS = 41
_OVER_CODES = frozenset(rule.name for rule in OVER_CODES)


def thresholds_of(claim: Claim) -> np.ndarray:
    """Return the thresholds of the stated range: whole numbers for a count, else some forty steps and the stated one.

    Parameters
    ----------
    claim : Claim
    """
    if RULES[claim.check].scale == "count":
        return np.arange(claim.first, claim.last + 1)
    # Rounded, since a step that is meant to be 0.3 would otherwise lie a hair above it.
    return np.unique(np.round([*np.linspace(claim.first, claim.last, STEPS), claim.threshold], 12))


def sensitivity_of(
    entry: Entry,
    study: Study,
    article: Article | None = None,
    *,
    materials: Mapping[str, Material] | None = None,
) -> pd.DataFrame:
    """Return whether a claim holds at each threshold of its stated range, for whose codings and over which units.

    Parameters
    ----------
    entry : Entry
    study : Study
    article : Article, optional
        Not needed; taken so that all that is asked of an entry is asked alike.
    materials : mapping, optional
        What `materials_of` returns, where several claims are asked for.

    Returns
    -------
    pandas.DataFrame
        coders (a coder's id, any, all, consensus), unit, threshold, value (a share, or a number of units; NaN where
        there is none), holds. Empty where the claim has no test with a threshold, or nothing that it needs is there.
    """
    del article
    if not _ranged(entry.check) or entry.kind != "claim":
        return _frame([])
    claim = claim_of(entry.record, study)
    try:
        if entry.check not in _OVER_CODES:
            return _frame(_rows(claim, "all", "message", claim_records.same_patterns(study).value))
        claim_records.need(study, "codings", "codebook")
    except LackingError:
        return _frame([])
    rows = []
    for who, material in (materials or materials_of(study)).items():
        for unit in UNITS:
            try:
                value = counts_of(material, claim, unit).value
            except LackingError:
                continue
            rows += _rows(claim, who, unit, value)
    return _frame(rows)


def _rows(claim: Claim, who: str, unit: str, value: float) -> list[tuple[str, str, float, float, bool]]:
    """Return one row a threshold."""
    return [(who, unit, float(limit), value, bool(claim.holds(value, limit))) for limit in thresholds_of(claim)]


def _frame(rows: list[tuple[str, str, float, float, bool]]) -> pd.DataFrame:
    """Return rows as a frame, also where there is none."""
    kinds = {"coders": "str", "unit": "str", "threshold": "float64", "value": "float64", "holds": "bool"}
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(kinds)


def summary_of(table: pd.DataFrame, threshold: float | None = None) -> pd.DataFrame:
    """Return over what part of its range a claim holds, for whose codings and over which units.

    Parameters
    ----------
    table : pandas.DataFrame
        What `sensitivity_of` returns.
    threshold : float, optional
        The claim's own threshold, for `holds`; without it that column says whether it holds anywhere.

    Returns
    -------
    pandas.DataFrame
        coders, unit, value, holds, share_of_range (of the thresholds), held_from, held_to (the thresholds between
        which it holds; NaN where it holds at none).
    """
    rows = []
    for (who, unit), part in table.groupby(["coders", "unit"], sort=False):
        held = part.loc[part["holds"], "threshold"]
        at = part["holds"] if threshold is None else part.loc[np.isclose(part["threshold"], threshold), "holds"]
        rows.append(
            (who, unit, part["value"].iloc[0], bool(at.any()), float(part["holds"].mean()), held.min(), held.max())
        )
    kinds = dict.fromkeys(SUMMARY_COLUMNS, "float64") | {"coders": "str", "unit": "str", "holds": "bool"}
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS)).astype(kinds)


def overview_of(entries: Sequence[Entry], study: Study, article: Article | None = None) -> pd.DataFrame:
    """Return for every claim with a threshold what it comes to by each coding and unit.

    Parameters
    ----------
    entries : sequence of Entry
        Those without such a test are left out.
    study : Study
    article : Article, optional

    Returns
    -------
    pandas.DataFrame
        claim_id, statement, quantifier, scale (``share`` or ``count``), at_most, coders, unit, value, threshold,
        threshold_from, threshold_to, holds (at the threshold), share_of_range (the part of it over which it holds),
        stated (whether the claim is tested over these codings and this unit).
    """
    tested = [entry for entry in entries if entry.kind == "claim" and _ranged(entry.check)]
    materials = materials_of(study) if tested and study.has("codings") and study.has("codebook") else {}
    rows = []
    for entry in tested:
        rule, record = RULES[entry.check], entry.record
        table = sensitivity_of(entry, study, article, materials=materials)
        found = summary_of(table, record["threshold"])
        whose = ("all", "message") if rule.name == "same-patterns" else (stated_coders(study), record["unit"])
        given = (entry.id, entry.statement, record.get("quantifier") or "", rule.scale, rule.at_most)
        limits = tuple(float(record[name]) for name in THRESHOLDS)
        rows += [
            (*given, row.coders, row.unit, row.value, *limits, row.holds, row.share_of_range,
             (row.coders, row.unit) == whose)
            for row in found.itertuples()
        ]  # fmt: skip
    kinds = dict.fromkeys(OVERVIEW_COLUMNS, "float64")
    kinds |= dict.fromkeys(("claim_id", "statement", "quantifier", "scale", "coders", "unit"), "str")
    kinds |= dict.fromkeys(("at_most", "holds", "stated"), "bool")
    return pd.DataFrame(rows, columns=list(OVERVIEW_COLUMNS)).astype(kinds)


def _ranged(check: str) -> bool:
    """Whether a test has a threshold with a range."""
    return check in RULES and bool(RULES[check].scale)
