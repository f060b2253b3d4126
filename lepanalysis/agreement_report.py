"""All that `lepanalysis agree` says: the coefficients with what they were taken over, and the disagreements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lepanalysis import agreement_scaled, agreement_scaled_tables
from lepanalysis.agreement import prevalences
from lepanalysis.agreement_estimates import of_all, of_codes, of_values, one_of, sums_of_codes
from lepanalysis.applications import coded
from lepanalysis.codes import code_names
from lepanalysis.differences import differences
from lepanalysis.disagreements import disagreements
from lepanalysis.judgements import Judgements, judgements
from lepanalysis.tables import split_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lepanalysis.agreement_intervals import Settings
    from lepanalysis.study import Study

CODED_IS_BIASED = (
    "Only units that a coder coded are taken. Units that all coders left without a code are agreement too; without "
    "them the shares of yes and no, from which the agreement to be expected by chance is computed, come from a "
    "selection that the coders' own yes has made. This biases kappa, pi, alpha and AC1: do not compare them with those "
    "over all units."
)
ALL_ARE_TAKEN = "All units that two coders or more have read are taken, also those that nobody coded."
NO_ASSIGNMENTS = "The study has no assignments.csv: every coder is taken to have read everything."
REFLEXIVE = (
    "The study takes a reflexive approach, in which agreement is no measure of quality; read this as a list of what to "
    "talk about."
)
METHOD_NAMES = {"bootstrap": "percentile bootstrap", "analytic": "linearised, Student's t"}
HEADINGS = {
    "percent_agreement": "Agreement",
    "cohen_kappa": "Cohen's kappa",
    "krippendorff_alpha": "Krippendorff's alpha",
    "gwet_ac1": "Gwet's AC1",
}
OVERALL_HEADINGS = {
    "percent_agreement": "Percent agreement (pairwise)",
    "unanimous_agreement": "Percent agreement (all coders)",
    "cohen_kappa": "Cohen's kappa",
    "scott_pi": "Scott's pi",
    "fleiss_kappa": "Fleiss' kappa",
    "krippendorff_alpha": "Krippendorff's alpha",
    "gwet_ac1": "Gwet's AC1",
    "brennan_prediger": "Brennan and Prediger",
    "positive_agreement": "Agreement on yes",
    "negative_agreement": "Agreement on no",
    "prevalence_index": "Prevalence index",
    "bias_index": "Bias index",
    "pooled_kappa": "Pooled kappa",
    "krippendorff_alpha_masi": "Alpha over sets of codes (MASI)",
    "krippendorff_alpha_jaccard": "Alpha over sets of codes (Jaccard)",
}


def report(study: Study, settings: Settings) -> dict[str, Any]:
    """Return agreement as one record, ready for JSON.

    Parameters
    ----------
    study : Study
    settings : Settings

    Returns
    -------
    dict
        unit, universe, n_units, coders, interval, notes, left_out (codings without a shared code), overall, per_code
        and disagreements.

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.

    Examples
    --------
    >>> from lepanalysis.agreement_intervals import Settings
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = report(study, Settings(method="none"))
    >>> found["unit"], found["n_units"], found["disagreements"][0]
    ('message', 131, {'unit': '1', 'code_id': 'S24', 'coders': ('A', 'B'), 'kind': 'boundary'})
    """
    judged = judgements(study, settings.unit, settings.universe)
    return {
        "unit": settings.unit,
        "universe": settings.universe,
        "n_units": judged.n_units,
        "coders": list(judged.coders),
        "interval": _interval(settings),
        "notes": notes(study, settings),
        "left_out": len(study.codings) - len(coded(study).code),
        "overall": {name: found.as_record() for name, found in of_all(judged, settings).items()},
        "per_code": list(_per_code(study, judged, settings)),
        "disagreements": _disagreements(study, judged, settings),
    }


def _interval(settings: Settings) -> dict[str, Any]:
    """Return how the intervals were made; null for what does not apply."""
    drawn = settings.method == "bootstrap"
    made = settings.method != "none"
    return {
        "method": METHOD_NAMES.get(settings.method),
        "level": settings.level if made else None,
        "replicates": settings.replicates if drawn else None,
        "cluster": settings.drawn if made else None,
        "seed": settings.seed if drawn else None,
    }


def notes(study: Study, settings: Settings) -> list[str]:
    """Return the sentences without which the numbers are not to be read.

    Examples
    --------
    >>> from lepanalysis.agreement_intervals import Settings
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> notes(study, Settings())
    ['All units that two coders or more have read are taken, also those that nobody coded.']
    """
    found = [CODED_IS_BIASED if settings.universe == "coded" else ALL_ARE_TAKEN]
    if not study.has("assignments"):
        found.append(NO_ASSIGNMENTS)
    if study.record.approach == "reflexive":
        found.append(REFLEXIVE)
    return found


def _per_code(study: Study, judged: Judgements, settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield the record of each code."""
    given, shares = sums_of_codes(judged), prevalences(judged)
    of_scaled = {values.code: values for values in agreement_scaled.values_of_codes(study, judged)}
    for place, (code, found) in enumerate(zip(judged.codes, of_codes(judged, settings), strict=True)):
        record: dict[str, Any] = {"code_id": code, "n": judged.n_units, "prevalence": shares[place]}
        if len(judged.coders) == 2:
            (neither, second), (first, both) = np.rint(one_of(given, place).tables[0]).astype(np.int64).tolist()
            record |= {"n_both": both, "n_first": first, "n_second": second, "n_neither": neither}
        record |= {name: estimate.as_record() for name, estimate in found.items()}
        if code in judged.scaled:
            scaled = judged.scaled[code]
            n = int(judged.weights[(scaled.numbers >= 0).sum(axis=0) > 1].sum())
            values = {name: estimate.as_record() for name, estimate in of_values(judged, code, settings).items()}
            record["values"] = {"scale": scaled.scale, "n": n, "several_values": scaled.several, **values}
            if code in of_scaled and len(judged.coders) > 1:
                record["values"] |= agreement_scaled_tables.as_record(of_scaled[code], settings)
        yield record


def _disagreements(study: Study, judged: Judgements, settings: Settings) -> list[dict[str, Any]]:
    """Return on which units and codes the coders differ."""
    if len(judged.coders) < 2:
        return []
    if settings.unit in {"thread", "participant"}:
        return list(_of_large_units(study, settings.unit))
    # A boundary is a difference in every character; messages and segments differ where boundaries do not meet.
    frame = differences(study, boundaries="any" if settings.unit == "character" else "apart")
    # There may be millions of rows, but who applied a code is said in a few ways only, of which each is made once.
    ids = {coders: tuple(split_ids(coders)) for coders in frame["coders"].unique()}
    columns = [frame[name].to_numpy(dtype=object).tolist() for name in ("message_id", "code_id", "coders", "kind")]
    return [
        {"unit": unit, "code_id": code, "coders": ids[coders], "kind": kind}
        for unit, code, coders, kind in zip(*columns, strict=True)
    ]


def _of_large_units(study: Study, unit: str) -> Iterator[dict[str, Any]]:
    """Yield the disagreements over threads or participants: a code that some of those who read it all gave it."""
    judged = judgements(study, unit)
    _, names = pd.factorize(study.messages.frame[f"{unit}_id"])
    yes = judged.applied.sum(axis=0)
    readers = judged.read.sum(axis=0)[:, None]
    for place, code in zip(*np.nonzero((yes > 0) & (yes < readers)), strict=True):
        coders = tuple(name for name, row in zip(judged.coders, judged.applied, strict=True) if row[place, code])
        yield {"unit": str(names[place]), "code_id": judged.codes[code], "coders": coders, "kind": "missed"}


def as_text(study: Study, record: dict[str, Any], limit: int = 30) -> str:
    """Return the record for people: what was compared, the tables, and the disagreements with their words.

    Parameters
    ----------
    study : Study
    record : dict
        From `report`.
    limit : int
        How many disagreements are shown; 0 for all.

    Examples
    --------
    >>> from lepanalysis.agreement_intervals import Settings
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = as_text(study, report(study, Settings(method="none")), limit=1)
    >>> print(found.splitlines()[0])
    Agreement of Coder A (invented), Coder B (invented)
    """
    names = code_names(study)
    coders = {coder.id: coder.name for coder in study.coders}
    parts = [
        f"Agreement of {_listed([coders[coder] for coder in record['coders']]) or 'nobody'}",
        f"Unit: {record['unit']}. Universe: {record['universe']} (n = {record['n_units']} units).",
        *record["notes"],
        _interval_in_words(record["interval"]),
    ]
    if record["left_out"]:
        parts.append(f"Left out: {record['left_out']} codings under codes that lead to no shared code.")
    rows = [["Code", "Yes", *HEADINGS.values()]]
    rows += [
        [names[found["code_id"]], _share(found["prevalence"]), *(_cell(found[name]) for name in HEADINGS)]
        for found in record["per_code"]
    ]
    parts += ["", *_table(rows), "", *_table(_overall_rows(record["overall"]))]
    parts += _scaled_lines(record, names)
    for found in record["per_code"]:
        if "pairs" in found.get("values", {}):
            for table in agreement_scaled_tables.as_text(found["values"], names[found["code_id"]], coders):
                parts += ["", *_table(table)]
    parts += _why([(names[found["code_id"]], found) for found in record["per_code"]], record["overall"])
    return "\n".join([*parts, "", *_disagreement_lines(study, record, names, limit)])


def _overall_rows(overall: dict[str, Any]) -> list[list[str]]:
    """Return the table over all codes."""
    rows = [["Over all codes", "Value"]]
    return rows + [[heading, _cell(overall[name])] for name, heading in OVERALL_HEADINGS.items()]


def _scaled_lines(record: dict[str, Any], names: dict[str, str]) -> list[str]:
    """Return a table of the codes whose codings carry values."""
    found = [(names[code["code_id"]], code["values"]) for code in record["per_code"] if "values" in code]
    if not found:
        return []
    rows = [["Values of", "Scale", "n", "Krippendorff's alpha", "Gwet's AC2", "Weighted kappa"]]
    rows += [
        [
            name,
            values["scale"],
            str(values["n"]),
            *(_cell(values[key]) for key in ("krippendorff_alpha", "gwet_ac2", "cohen_kappa")),
        ]
        for name, values in found
    ]
    return ["", *_table(rows)]


def _why(codes: Sequence[tuple[str, dict[str, Any]]], overall: dict[str, Any]) -> list[str]:
    """Return each reason for a missing number once, with what it keeps away."""
    kept: dict[str, list[str]] = {}
    for where, values, headings in [*((n, c, HEADINGS) for n, c in codes), ("all codes", overall, OVERALL_HEADINGS)]:
        for name, heading in headings.items():
            if values[name].get("reason"):
                kept.setdefault(values[name]["reason"], []).append(f"{heading} of {where}")
    return ["", *(f"{reason}: {_listed(what[:6], len(what))}" for reason, what in kept.items())] if kept else []


def _disagreement_lines(study: Study, record: dict[str, Any], names: dict[str, str], limit: int) -> list[str]:
    """Return the disagreements as lines."""
    found = record["disagreements"]
    if not found:
        return ["No disagreements."]
    lines = [f"Disagreements: {len(found)}"]
    if record["unit"] in {"thread", "participant"}:
        shown = found[: limit or None]
        lines += [f"  {row['unit']}: {names[row['code_id']]}, only {', '.join(row['coders'])}" for row in shown]
    else:
        frame = disagreements(study, order="themes", boundaries="any" if record["unit"] == "character" else "apart")
        shown = frame.head(limit or len(frame)).to_dict("records")
        for row in shown:
            instead = f" (instead: {row['other_codes']})" if row["other_codes"] else ""
            lines.append(
                f"  {row['message_id']}: {row['code']}, {row['kind']}, {row['coders']}{instead}: {row['text']}"
            )
    if len(shown) < len(found):
        lines.append(f"  and {len(found) - len(shown)} more; --show 0 lists all of them.")
    return lines


def _interval_in_words(interval: dict[str, Any]) -> str:
    """Return how the intervals were made, as a sentence."""
    if interval["method"] is None:
        return "Intervals: none."
    drawn = f", {interval['replicates']} replicates, seed {interval['seed']}" if interval["replicates"] else ""
    what = f"drawn by {interval['cluster']}" if drawn else f"{interval['cluster']}s independent"
    return f"Intervals: {interval['method']}, level {interval['level']:.0%}, {what}{drawn}."


def _cell(value: dict[str, Any]) -> str:
    """Return a coefficient with its interval."""
    if value["value"] is None:
        return "-"
    ends = "" if value["low"] is None else f" [{_number(value['low'])}, {_number(value['high'])}]"
    return f"{_number(value['value'])}{ends}{'*' if value.get('method') == 'linearised' else ''}"


def _number(value: float) -> str:
    """Return a number with two places, and no -0.00."""
    return f"{round(value, 2) + 0.0:.2f}"


def _share(value: float | None) -> str:
    """Return a share in percent."""
    return "-" if value is None else f"{value:.1%}"


def _listed(words: Sequence[str], count: int | None = None) -> str:
    """Return words as a list in a sentence."""
    more = (count or len(words)) - len(words)
    return ", ".join(words) + (f" and {more} more" if more else "")


def _table(rows: list[list[str]]) -> list[str]:
    """Return rows set in columns, the first flush left and the others flush right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return [lines[0], "-" * len(lines[0]), *lines[1:]]
