"""Decisions that decide nothing, found by what they do to codings; what one file shows by itself is not looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepanalysis.applications import applications, codings_of, left_out, readings
from lepanalysis.codes import fates, in_force
from lepanalysis.faults import Fault
from lepanalysis.known import coding_id_of
from lepanalysis.schema import CODINGS, DECISIONS
from lepanalysis.tables import read_rows, read_utf8

if TYPE_CHECKING:
    from lepanalysis.schema import TableSchema
    from lepanalysis.study import Study


def check_decisions(study: Study) -> list[Fault]:
    """Return decisions that decide nothing: on what nobody disputes, on what counts nowhere, or left half done.

    Parameters
    ----------
    study : Study
        Without other faults.

    Returns
    -------
    list of Fault
        In decisions.csv, with the line at which the decision begins: an ``accept`` of a coding whose code everyone
        who read the message applied to the same words, and an ``accept``, ``both`` or ``redraw`` of a coding that
        leads to no shared code. In codings.csv: a coding whose code was split and that no decision assigns.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> check_decisions(study)
    []
    """
    if not study.has("decisions") or not study.has("codings"):
        return []
    out = left_out(study)
    nowhere = dict(zip(out["coding_id"], out["reason"], strict=True))
    agreed = _agreed_codings(study)
    path, lines = _lines(study, DECISIONS)
    faults = []
    for decision in in_force(study, "coding"):
        for subject in decision["subjects"]:  # type: ignore[attr-defined]
            if subject in nowhere and decision["outcome"] in {"accept", "both", "redraw"}:
                problem = f"coding {subject!r} counts nowhere: {nowhere[subject]}"
                remedy = "decide on its code first, or reject the coding"
            elif decision["outcome"] == "accept" and subject in agreed:
                problem = f"coding {subject!r} is not disputed: everyone who read the message has that code there"
                remedy = "take it out of the decision; it stands without one"
            else:
                continue
            faults.append(Fault(path, lines.get(str(decision["decision_id"]), 0), "subjects", problem, remedy))
    return sorted([*faults, *_unassigned(study)])


def _unassigned(study: Study) -> list[Fault]:
    """Return the codings of split codes that no decision assigns to one of the codes."""
    known = fates(study)
    codings = codings_of(study)
    split = codings["own_code_id"].map(known.is_split).to_numpy(dtype=bool)
    assigned = {
        subject
        for decision in in_force(study, "coding")
        if decision["outcome"] == "assign"
        for subject in decision["subjects"]  # type: ignore[attr-defined]
    }
    waiting = codings[split & ~codings["coding_id"].isin(assigned).to_numpy()]
    if waiting.empty:
        return []
    path, lines = _lines(study, CODINGS)
    return [
        Fault(
            path,
            lines.get(row.coding_id, 0),
            "code_id",
            f"code {row.own_code_id!r} was split, and no decision assigns coding {row.coding_id!r}",
            "add a decision assign on the coding to decisions.csv",
        )
        for row in waiting.itertuples()
    ]


def _lines(study: Study, schema: TableSchema) -> tuple[str, dict[str, int]]:
    """Return the path of a file and the line at which each of its records begins."""
    path = study.folder / schema.file
    rows, _, _ = read_rows(read_utf8(path, str(path))[0], schema, str(path))
    ids = [coding_id_of(row.cells) if schema is CODINGS else row.cells.get(schema.key[0], "") for row in rows]
    return str(path), {name: row.line for name, row in zip(ids, rows, strict=True)}


def _agreed_codings(study: Study) -> set[str]:
    """Return the codings on which all who read the message are at one, their words meeting each other's."""
    applied = applications(study)
    seen = readings(study)
    readers = dict(zip(seen.index, seen.to_numpy().sum(axis=1).tolist(), strict=True))
    groups: dict[tuple[str, str], list[tuple[str, str, int, int]]] = {}
    columns = ["message_id", "code_id", "coder", "coding_id", "start", "end"]
    for row in applied[columns].itertuples():
        groups.setdefault((row.message_id, row.code_id), []).append((row.coder, row.coding_id, row.start, row.end))
    found = set()
    for (message, _), rows in groups.items():
        for _, coding, start, end in rows:
            meeting = {coder for coder, _, first, last in rows if first < end and start < last}
            if len(meeting) >= readers[message]:
                found.add(coding)
    return found
