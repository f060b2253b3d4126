"""A part of a study: the work of some of its coders."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.draft import coding_id
from lepanalysis.exchange.losses import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lepanalysis.exchange.draft import Draft, Rows
    from lepanalysis.exchange.losses import LossReport

_WHY = "the work of another coder"


def of_coders(draft: Draft, coders: Sequence[str], source: str) -> tuple[Draft, LossReport]:
    """Return a study with the codings, readings, memos, codes and candidate themes of some coders only.

    What the coders decided together goes too: it is about the work of all of them.

    Parameters
    ----------
    draft : Draft
    coders : sequence of str
        Their ids.
    source : str
        The study's name for the report.
    """
    ledger = Ledger(source, f"the work of {', '.join(coders)}")
    codes = _kept(ledger, "codes", draft.codes, "id", lambda code: not code.get("coder") or code["coder"] in coders)
    themes = [(coder, theme) for coder, found in draft.candidate.items() for theme in found]
    ledger.came("candidate themes", len(themes))
    for coder, theme in themes:
        if coder not in coders:
            ledger.dropped("candidate themes", theme["id"], _WHY)
    codings = _kept(ledger, "codings", draft.codings, "coding_id", lambda row: row["coder"] in coders)
    gone = {
        "code": _ids(draft.codes, codes, "id"),
        "coding": {coding_id(row) for row in draft.codings} - {coding_id(row) for row in codings},
        "theme": {theme["id"] for coder, theme in themes if coder not in coders},
    }

    def hangs(kind: object, name: object) -> bool:
        return name in gone.get(str(kind).replace("candidate ", ""), ())

    def is_theirs(row: Mapping[str, Any]) -> bool:
        return row.get("coder", coders[0]) in coders and not hangs(row.get("about"), row.get("about_id"))

    ledger.came("decisions", len(draft.decisions))
    for row in draft.decisions:
        ledger.dropped("decisions", row["decision_id"], "it is about the work of all coders")
    if draft.claims:
        ledger.came("claims")
        ledger.dropped("claims", "claims.yaml", "it is about the work of all coders")
    part = dataclasses.replace(
        draft,
        study={name: value for name, value in draft.study.items() if name not in {"ledger", "template"}},
        codes=tuple(_without_links(code, gone["code"], ledger) for code in codes),
        codings=codings,
        assignments=_kept(ledger, "assignments", draft.assignments, "", lambda row: row["coder"] in coders),
        memos=_kept(ledger, "memos", draft.memos, "memo_id", is_theirs),
        external_ids=_kept(
            ledger, "external ids", draft.external_ids, "external_id", lambda row: not hangs(row["kind"], row["id"])
        ),
        candidate={coder: found for coder, found in draft.candidate.items() if coder in coders},
        decisions=(),
        claims=None,
    )
    return part, ledger.report()


def _kept(ledger: Ledger, kind: str, rows: Rows, key: str, is_theirs: Callable[[Mapping[str, Any]], bool]) -> Rows:
    """Return the records that stay, and note the others."""
    ledger.came(kind, len(rows))
    kept = []
    for place, row in enumerate(rows):
        if is_theirs(row):
            kept.append(row)
        else:
            ledger.dropped(kind, (row.get(key), place + 1) if row.get(key) else f"row {place + 1}", _WHY)
    return tuple(kept)


def _ids(rows: Rows, kept: Rows, key: str) -> set[str]:
    return {row[key] for row in rows} - {row[key] for row in kept}


def _without_links(code: Mapping[str, Any], gone: set[str], ledger: Ledger) -> Mapping[str, Any]:
    """Return a code that names no other code that is not there."""
    lost = [name for name in ("parent", "merged_into") if code.get(name) in gone]
    if lost:
        ledger.changed("codes", code["id"], "the code that it named was the work of another coder")
    return {name: value for name, value in code.items() if name not in lost}
