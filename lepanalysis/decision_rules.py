"""What the decisions of a study must hold: outcomes of their kind, about things that exist, one in force on each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from lepanalysis.known import REMEDIES, faults_of_segment, on_circles
from lepanalysis.schema import OUTCOMES
from lepanalysis.tables import split_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lepanalysis.faults import Fault
    from lepanalysis.known import Files, Known
    from lepanalysis.tables import Row

# What the subjects of a decision are, and what it may lead to, by its kind.
_SUBJECTS = {"code": "code", "coding": "coding", "candidate": "candidate theme", "theme": "agreed theme"}
_TARGETS = {"code": "code", "candidate": "agreed theme", "theme": "agreed theme"}


def faults_of_decisions(files: Files, known: Known) -> Iterator[Fault]:
    """Yield every fault of decisions.csv.

    Parameters
    ----------
    files : Files
    known : Known
    """
    rows = files.rows.get("decisions", [])
    for row in rows:
        kind, outcome = row.cells.get("kind", ""), row.cells.get("outcome", "")
        if kind in OUTCOMES:
            if outcome and outcome not in OUTCOMES[kind]:
                problem = f"a decision on a {kind} cannot be {outcome!r}"
                yield files.fault("decisions", row, "outcome", problem, f"use {', '.join(sorted(OUTCOMES[kind]))}")
            else:
                yield from _leads_to(files, known, row)
                yield from _segment(files, known, row)
            yield from _subjects(files, known, row, _SUBJECTS[kind])
    yield from _replaced(files, rows)
    yield from _decided_twice(files, rows)


def _replaced(files: Files, rows: list[Row]) -> Iterator[Fault]:
    """What a decision supersedes was decided earlier, and on the same."""
    circles = on_circles({row.cells.get("decision_id", ""): row.cells.get("supersedes", "") for row in rows})
    known = {row.cells.get("decision_id", "") for row in rows}
    earlier: dict[str, Row] = {}
    for row in rows:
        name, replaced = row.cells.get("decision_id", ""), row.cells.get("supersedes", "")
        remedy = "name one that stands above"
        if replaced in earlier:
            yield from _on_the_same(files, row, earlier[replaced])
        elif replaced and name in circles:
            problem = f"there is no earlier decision {replaced!r}: superseding it leads back to this one"
            yield files.fault("decisions", row, "supersedes", problem, "break the circle: " + remedy)
        elif replaced in known and replaced:
            problem = f"there is no earlier decision {replaced!r}: it stands below this one"
            yield files.fault("decisions", row, "supersedes", problem, remedy)
        elif replaced and "decisions.csv" not in files.unsure:
            yield files.fault("decisions", row, "supersedes", f"there is no earlier decision {replaced!r}", remedy)
        earlier.setdefault(name, row)


def _on_the_same(files: Files, row: Row, other: Row) -> Iterator[Fault]:
    """A decision supersedes one of its own kind that has a subject in common with it."""
    kinds = [one.cells.get("kind", "") for one in (row, other)]
    subjects = [set(split_ids(one.cells.get("subjects", ""))) for one in (row, other)]
    if kinds[0] != kinds[1]:
        problem = f"the decision in line {other.line} is on a {kinds[1]}, this one on a {kinds[0]}"
    elif not subjects[0] & subjects[1]:
        problem = f"the decision in line {other.line} is on none of these subjects"
    else:
        return
    yield files.fault("decisions", row, "supersedes", problem, "supersede a decision on the same, or leave it empty")


def _subjects(files: Files, known: Known, row: Row, what: str) -> Iterator[Fault]:
    """What is decided on exists, and is of the message that is named."""
    message = row.cells.get("message_id", "")
    for subject in split_ids(row.cells.get("subjects", "")):
        if known.lacks(what, subject):
            yield files.fault("decisions", row, "subjects", f"there is no {what} {subject!r}", REMEDIES[what])
        coding = known.codings.get(subject) if what == "coding" else None
        if coding is not None and message and coding.cells.get("message_id") != message:
            problem = f"coding {subject!r} is of message {coding.cells.get('message_id')!r}"
            yield files.fault("decisions", row, "message_id", problem, "name that message, or leave the cell empty")


def _leads_to(files: Files, known: Known, row: Row) -> Iterator[Fault]:
    """An outcome that leads somewhere says where: to shared codes or agreed themes, or to a new wording."""
    kind, outcome = row.cells["kind"], row.cells.get("outcome", "")
    code = known.codes.get(row.cells.get("code_id", ""))
    if outcome == "assign" and not row.cells.get("code_id"):
        yield files.fault("decisions", row, "code_id", "assign without a code", "name the code")
    elif outcome in {"assign", "redraw"} and code is not None and code.value.get("coder"):
        problem = f"{code.value['id']!r} is one coder's own code"
        yield files.fault("decisions", row, "code_id", problem, f"{outcome} to a shared code")
    if outcome not in {"map", "merge", "split", "rename"}:
        return
    targets = split_ids(row.cells.get("target", ""))
    if not targets:
        yield files.fault("decisions", row, "target", f"{outcome} without a target", "say what it leads to")
    if outcome in {"map", "merge"} and len(targets) > 1:
        yield files.fault("decisions", row, "target", f"{outcome} leads to one target", "use split for several")
    what = _TARGETS.get(kind)
    if outcome == "rename" or what is None:
        return
    for target in targets:
        if known.lacks(what, target):
            yield files.fault("decisions", row, "target", f"there is no {what} {target!r}", REMEDIES[what])
        elif what == "code" and target in known.codes and known.codes[target].value.get("coder"):
            problem = f"{target!r} is one coder's own code"
            yield files.fault("decisions", row, "target", problem, "lead to a shared code")


def _segment(files: Files, known: Known, row: Row) -> Iterator[Fault]:
    """A segment that is drawn anew has a message and offsets in it."""
    start, end, name = (row.cells.get(column, "") for column in ("start", "end", "message_id"))
    message = known.messages.get(name)
    redraw = row.cells.get("outcome") == "redraw"
    if redraw and not (start or end):
        yield files.fault("decisions", row, "start", "redraw without offsets", "give start and end")
    if (redraw or start or end) and not name:
        yield files.fault("decisions", row, "message_id", "a segment without a message", "name the message")
    elif message is not None:
        yield from faults_of_segment(files, "decisions", row, message.cells.get("text", ""))


def _decided_twice(files: Files, rows: list[Row]) -> Iterator[Fault]:
    """At most one decision is in force on any one subject."""
    superseded = {row.cells.get("supersedes", "") for row in rows}
    in_force: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.cells.get("decision_id") not in superseded:
            for subject in split_ids(row.cells.get("subjects", "")):
                in_force[row.cells.get("kind", ""), subject].append(row)
    for (kind, subject), (first, *others) in in_force.items():
        for row in others:
            problem = f"{kind} {subject!r} is decided in line {first.line} as well"
            remedy = "let the later decision supersede the earlier one"
            yield files.fault("decisions", row, "subjects", problem, remedy)
