"""Units and codings as the draft of a study: ids, threads, participants, codebook, assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.classes import STAND_IN, joined_marks
from lepanalysis.exchange.draft import Draft
from lepanalysis.exchange.ids import Ids
from lepanalysis.exchange.sheets_settled import iso_date
from lepanalysis.tables import LONGEST_INTEGER, moment, zoned_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from lepanalysis.exchange.losses import Ledger
    from lepanalysis.exchange.sheets_marks import Marks
    from lepanalysis.exchange.sheets_plan import Plan
    from lepanalysis.exchange.sheets_rows import Key, Unit

PROGRAM = "spreadsheet"
NO_DEFINITION = "(no definition)"
MESSAGES, CODES = "messages", "codes"
UNSTATED = "unstated"
_OF_PERSON = frozenset({"participant_id", "code_name", "class"})
# A date without a time is this long.
_DAY = len("2013-09-30")


def made_draft(
    units: Mapping[Key, Unit], marks: Marks, plan: Plan, path: Path, ledger: Ledger
) -> tuple[Draft, tuple[dict[str, str], ...]]:
    """Return the draft, and the coders as the mapping file lists them.

    Parameters
    ----------
    units : mapping
    marks : Marks
    plan : Plan
    path : Path
        What was read.
    ledger : Ledger
    """
    foreign: list[dict[str, str]] = []
    coders, coder_ids = _coders(marks, plan)
    message_ids = _ids("message", "m", ((unit.key, unit.name) for unit in units.values()), foreign)
    ledger.came(MESSAGES, len(units))
    threads, thread_of = _threads(units, path, foreign)
    people, person_of = _participants(units, ledger, foreign)
    messages = _messages(units, plan, ledger, (message_ids, thread_of, person_of))
    for unit in units.values():
        foreign += [
            {"kind": "message", "id": message_ids[unit.key], "program": program, "external_id": cell}
            for program, cell in unit.external.items()
        ]
    codes, code_ids = _codebook(marks, plan, ledger, foreign)
    codings = [
        {
            "coder": coder_ids[mark.coder],
            "message_id": message_ids[mark.key],
            "code_id": code_ids[mark.code],
            "start": mark.start,
            "end": mark.end,
            "value": mark.value,
            "memo": mark.memo,
        }
        for mark in marks.marks
    ]
    study: dict[str, Any] = {**plan.study, "coders": coders}
    study.setdefault("title", path.stem.replace("_", " ").strip() or "Untitled")
    study.setdefault("source", f"{path.name} (spreadsheet)")
    study.setdefault("licence", "not stated")
    # What one table says is invented and another says is not: the draft decides.
    against = {one for unit in units.values() if STAND_IN in unit.marks for one in unit.marks & {"restricted", "open"}}
    draft = Draft(
        study=study,
        marks=tuple(sorted(against)),
        messages=tuple(messages),
        threads=tuple(threads),
        participants=tuple(people),
        codings=tuple(codings),
        assignments=tuple(_assignments(units, marks, plan, (coder_ids, message_ids))),
        external_ids=tuple(foreign),
        codes=tuple(codes),
    )
    return draft, tuple(coders)


def _ids(kind: str, prefix: str, wanted: Iterable[tuple[Any, str]], foreign: list[dict[str, str]]) -> dict[Any, str]:
    """Return an id for each record; a name that can be none is kept as a foreign id."""
    pairs = list(dict(wanted).items())
    # Names that are ids first: a numbered one must not take what stands in the table.
    ids = Ids(prefix, {name for _, name in pairs})
    sound = Ids(prefix)
    found = {}
    for key, name in pairs:
        given = sound.of(key, name)
        if given != name:
            given = ids.of(key)
            if name:
                foreign.append({"kind": kind, "id": given, "program": PROGRAM, "external_id": name})
        found[key] = given
    return found


def _coders(marks: Marks, plan: Plan) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Return the coders of the mapping and those of the tables, and the id of each by what the tables call them."""
    known = {str(coder["id"]): dict(coder) for coder in plan.coders}
    by_name = {name: coder for coder in known for name in (coder, known[coder].get("name", coder))}
    new = [name for name in marks.coders if name not in by_name]
    # What the tables call a coder stays as the name, whatever the id becomes.
    ids = _ids("coder", "coder", ((name, name) for name in new), [])
    coders = [{"id": coder, "name": one.get("name", coder)} for coder, one in known.items()]
    coders += [{"id": ids[name], "name": name} for name in new]
    return coders, {**by_name, **ids}


def _threads(
    units: Mapping[Key, Unit], path: Path, foreign: list[dict[str, str]]
) -> tuple[list[dict[str, str]], dict[Key, str]]:
    """Return the threads, and the thread of each unit; one for all where the tables name none."""
    names = {key: unit.about.get("thread") or unit.about.get("title") or "" for key, unit in units.items()}
    if not any(names.values()):
        return [{"thread_id": "t1", "title": path.stem}], dict.fromkeys(units, "t1")
    ids = _ids("thread", "t", ((name, name or UNSTATED) for name in names.values()), foreign)
    rows: dict[str, dict[str, str]] = {}
    for key, unit in units.items():
        row = rows.setdefault(ids[names[key]], {"thread_id": ids[names[key]], "title": "", "category": ""})
        for column in ("title", "category"):
            row[column] = row[column] or unit.about.get(column, "")
    return list(rows.values()), {key: ids[name] for key, name in names.items()}


def _participants(
    units: Mapping[Key, Unit], ledger: Ledger, foreign: list[dict[str, str]]
) -> tuple[list[dict[str, str]], dict[Key, str]]:
    """Return the people, and who wrote each unit; one of whom nothing is stated where the tables name none."""
    names = {key: unit.about.get("participant", "") for key, unit in units.items()}
    if not any(names.values()):
        ledger.note("No column says who wrote what: all units are of one participant of whom nothing is stated.")
    ids = _ids("participant", "p", ((name, name or UNSTATED) for name in names.values()), foreign)
    rows: dict[str, dict[str, str]] = {}
    taken: set[str] = set()
    for key, unit in units.items():
        person = ids[names[key]]
        if person not in rows:
            rows[person] = {"participant_id": person, "code_name": _unique(names[key] or UNSTATED, taken)}
        for column, cell in unit.attributes.items():
            name = f"attribute_{column}" if column in _OF_PERSON else column
            if rows[person].setdefault(name, cell) != cell:
                ledger.came("attributes")
                why = "another value stands for the same person above"
                ledger.dropped("attributes", f"{column} {cell} of {person}", why)
    return list(rows.values()), {key: ids[name] for key, name in names.items()}


def _unique(name: str, taken: set[str]) -> str:
    """Return a name that differs from all others not only in case or spaces."""
    found, count = name, 1
    while " ".join(found.split()).casefold() in taken:
        count += 1
        found = f"{name} ({count})"
    taken.add(" ".join(found.split()).casefold())
    return found


def _messages(
    units: Mapping[Key, Unit],
    plan: Plan,
    ledger: Ledger,
    ids: tuple[Mapping[Key, str], Mapping[Key, str], Mapping[Key, str]],
) -> list[dict[str, Any]]:
    """Return the messages; dates, positions and replies that a study cannot hold are left out and counted."""
    message_ids, thread_of, person_of = ids
    rows: list[dict[str, Any]] = []
    for key, unit in units.items():
        date = unit.about.get("date", "")
        when = iso_date(date, plan.dates) if date else ""
        if when is None:
            ledger.changed(MESSAGES, message_ids[key], "its date could not be read and was left out")
        rows.append(
            {
                "message_id": message_ids[key],
                "thread_id": thread_of[key],
                "participant_id": person_of[key],
                "text": unit.text,
                "posted_at": when or "",
                "position": unit.about.get("position", ""),
                "reply_to": unit.about.get("reply_to", ""),
                "class": joined_marks(unit.marks),
            }
        )
    _mend_zones(rows, ledger)
    _mend_positions(rows, ledger)
    _mend_replies(rows, {unit.name: message_ids[key] for key, unit in units.items() if unit.name}, ledger)
    return rows


def _mend_zones(rows: Sequence[dict[str, Any]], ledger: Ledger) -> None:
    """Take the zones away where some times have one and others do not: they could not be compared."""
    times = [row for row in rows if len(row["posted_at"]) > _DAY]
    zoned = [row for row in times if zoned_moment(row["posted_at"]).tzinfo is not None]  # type: ignore[union-attr]
    if len(zoned) in {0, len(times)}:
        return
    for row in zoned:
        row["posted_at"] = moment(row["posted_at"]).isoformat()  # type: ignore[union-attr]
        ledger.changed(MESSAGES, row["message_id"], "the zone of its time was left out, as other times have none")


def _mend_positions(rows: Sequence[dict[str, Any]], ledger: Ledger) -> None:
    """Leave out positions that are no numbers or are taken."""
    taken: set[tuple[str, int]] = set()
    for row in rows:
        cell = row["position"]
        if not cell:
            continue
        place = (row["thread_id"], int(cell)) if cell.isdecimal() and len(cell) <= LONGEST_INTEGER else None
        if place is None or place in taken:
            row["position"] = ""
            why = "its position is no number" if place is None else "its position in the thread is taken"
            ledger.changed(MESSAGES, row["message_id"], f"{why} and was left out")
        else:
            taken.add(place)
            row["position"] = place[1]


def _mend_replies(rows: Sequence[dict[str, Any]], ids: Mapping[str, str], ledger: Ledger) -> None:
    """Leave out replies to what is not an earlier message of the thread."""
    places = {row["message_id"]: place for place, row in enumerate(rows)}
    for place, row in enumerate(rows):
        if not row["reply_to"]:
            continue
        target = ids.get(row["reply_to"], "")
        other = rows[places[target]] if target in places else None
        sound = other is not None and places[target] < place and other["thread_id"] == row["thread_id"]
        if sound and other is not None:
            for column in ("position", "posted_at"):
                both = (other[column], row[column])
                if "" not in both:
                    earlier = both if column == "position" else tuple(_comparable(cell, both) for cell in both)
                    sound = sound and (earlier[0] < earlier[1] if column == "position" else earlier[0] <= earlier[1])
        row["reply_to"] = target if sound else ""
        if not sound:
            ledger.changed(
                MESSAGES, row["message_id"], "it answers no earlier message of its thread; that was left out"
            )


def _comparable(cell: str, both: Sequence[str]) -> str:
    """Return a time so that two compare: by the day where one has no time."""
    when = moment(cell)
    iso = when.isoformat() if when else ""
    return iso[:_DAY] if min(map(len, both)) == _DAY else iso


def _codebook(
    marks: Marks, plan: Plan, ledger: Ledger, foreign: list[dict[str, str]]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the codebook, and the id of each code by what the tables call it."""
    known = {str(code["id"]): dict(code) for code in plan.codes}
    by_name = {str(code.get("name", name)): name for name, code in known.items()} | {name: name for name in known}
    new = [name for name in dict.fromkeys(mark.code for mark in marks.marks) if name not in by_name]
    entries = [{**code, "id": name} for name, code in known.items()]
    entries += [{"id": name, "name": name} for name in new]
    ids = _ids("code", "c", ((entry["id"], entry["id"]) for entry in entries), foreign)
    ledger.came(CODES, len(entries))
    taken: dict[tuple[str, str], set[str]] = {}
    codes = []
    for entry in entries:
        name = str(entry.get("name") or entry["id"])
        # Under one parent and coder names differ not only in case.
        place = (str(entry.get("coder", "")), str(entry.get("parent", "")))
        unique = _unique(name, taken.setdefault(place, set()))
        if unique != name:
            ledger.changed(
                CODES, entry["id"], "another code has its name but for upper and lower case; it was numbered"
            )
        if not entry.get("definition"):
            ledger.changed(CODES, entry["id"], f"no definition is given; it reads {NO_DEFINITION}")
        parent = {"parent": ids.get(by_name.get(entry["parent"], ""), "")} if entry.get("parent") else {}
        made = {**entry, "id": ids[entry["id"]], "name": unique, **parent}
        codes.append({**made, "definition": entry.get("definition") or NO_DEFINITION})
    return codes, {**{name: ids[code] for name, code in by_name.items()}, **{name: ids[name] for name in new}}


def _assignments(
    units: Mapping[Key, Unit], marks: Marks, plan: Plan, ids: tuple[Mapping[str, str], Mapping[Key, str]]
) -> list[dict[str, str]]:
    """Return who read what: what a coder coded or judged without a code; empty cells and marks as the mapping says."""
    coder_ids, message_ids = ids
    coded = {(mark.coder, mark.key) for mark in marks.marks}
    rows = []
    for coder in marks.coders:
        stated = plan.blank if coder in marks.crosses else plan.empty
        if not isinstance(stated, str):
            stated = stated.get(coder_ids[coder], stated.get(coder, "unread"))
        nothing = stated in {"read", "nothing_to_code"}
        for key in units:
            filled = marks.read.get((coder, key))
            if (coder, key) in coded:
                status = "read"
            elif filled or (nothing and (filled is not None or coder in marks.long)):
                status = "nothing_to_code"
            else:
                continue
            rows.append({"coder": coder_ids[coder], "message_id": message_ids[key], "status": status})
    return rows
