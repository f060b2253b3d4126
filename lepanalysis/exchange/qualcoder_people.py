"""Cases of QualCoder become participants, and attributes what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.classes import class_in, is_mark
from lepanalysis.exchange.codetree import one_line
from lepanalysis.exchange.offsets import normal_text
from lepanalysis.exchange.qualcoder_parts import external_id, moment_of
from lepanalysis.exchange.sqlitefile import integer, text
from lepanalysis.schema import PARTICIPANTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepanalysis.exchange.qualcoder_parts import Parts, Source
    from lepanalysis.exchange.sqlitefile import Database

_LINKS = "links of cases to texts"


def read_people(database: Database, parts: Parts) -> None:
    """Read cases and attributes, and give each text the one who speaks in it.

    Parameters
    ----------
    database : Database
    parts : Parts
        Has the texts; takes messages and participants in.
    """
    names: set[str] = set()
    for row in database.rows("cases", ("caseid", "name", "memo", "owner", "date")):
        number, name = integer(row["caseid"]), one_line(text(row["name"]))
        parts.ledger.came("participants")
        person = _add_person(("case", number), name, name, names, parts)
        parts.external_ids.append(external_id("participant", person, number))
        memo = text(row["memo"]).strip()
        if memo:
            parts.ledger.came("memos")
            parts.ledger.changed("memos", f"case {name}", "a memo is not about a participant: it begins with the name")
            parts.add_memo(f"case-{number}", f"{name}: {memo}", row["owner"], moment_of(row["date"]))
    links = _links(database, parts)
    texts: dict[object, list[int]] = {}  # the texts of each participant
    for number, source in parts.sources.items():
        person = _person(source, links.get(number, {}), names, parts)
        texts.setdefault(person, []).append(number)
        parts.messages.append(
            {
                "message_id": source.message,
                "thread_id": parts.thread_ids.of(number),
                "participant_id": parts.participants[person]["participant_id"],
                "text": normal_text(source.text),
            }
        )
        if normal_text(source.text) != source.text:
            why = "line ends are now LF, a byte order mark is gone; offsets moved accordingly"
            parts.ledger.changed("messages", source.name, why)
    _attributes(database, texts, parts)


def _add_person(key: object, wanted: str, name: str, names: set[str], parts: Parts) -> str:
    """Add a participant under a code name of their own, and return the id."""
    person = parts.people_ids.of(key, wanted)
    code_name = f"{name} ({person})" if name.casefold() in names else name
    if code_name != name:
        parts.ledger.note("Participants of one name have their id behind it.")
    names.add(code_name.casefold())
    parts.participants[key] = {"participant_id": person, "code_name": code_name}
    return person


def _links(database: Database, parts: Parts) -> dict[int, dict[int, list[tuple[int, int]]]]:
    """Return by text and case which parts of the text belong to the case."""
    found: dict[int, dict[int, list[tuple[int, int]]]] = {}
    for row in database.rows("case_text", ("id", "caseid", "fid", "pos0", "pos1")):
        case, source = integer(row["caseid"]), integer(row["fid"])
        key = (case, source, integer(row["pos0"]))
        parts.ledger.came(_LINKS)
        if source not in parts.sources or ("case", case) not in parts.participants:
            parts.ledger.dropped(_LINKS, (*key, row["id"]), "its text or its case is not there")
            continue
        part = (integer(row["pos0"]) or 0, integer(row["pos1"]) or 0)
        found.setdefault(source or 0, {}).setdefault(case or 0, []).append(part)
    return found


def _person(
    source: Source, cases: Mapping[int, list[tuple[int, int]]], names: set[str], parts: Parts
) -> tuple[str, int]:
    """Return who speaks in a text: its one case, else somebody who stands for the text."""
    if len(cases) == 1:
        ((case, places),) = cases.items()
        whole = any((start <= 0 and end >= len(source.text) - 1) or (start, end) == (0, 0) for start, end in places)
        if not whole:
            for place in places:
                key = (parts.participants["case", case]["code_name"], source.name, *place)
                parts.ledger.changed(_LINKS, key, "the case has parts of the text; now all of it")
        return "case", case
    for case, places in cases.items():
        for place in places:
            key = (parts.participants["case", case]["code_name"], source.name, *place)
            parts.ledger.dropped(_LINKS, key, "several cases have a part in the text; a message has one participant")
    _add_person(("source", source.number), "", one_line(source.name), names, parts)
    parts.ledger.note("A text that belongs to no case, or to several, has a participant of its own, named after it.")
    return "source", source.number


def _attributes(database: Database, texts: Mapping[object, list[int]], parts: Parts) -> None:
    """Give participants the attributes of their cases, and those of a text if it is their only one."""
    speaker = {numbers[0]: person for person, numbers in texts.items() if len(numbers) == 1}
    known = {column.name for column in PARTICIPANTS.columns}
    messages = {row["message_id"]: row for row in parts.messages}
    records = {("file", number): messages[source.message] for number, source in parts.sources.items()}
    records |= {key: row for key, row in parts.participants.items() if isinstance(key, tuple) and key[0] == "case"}
    for row in database.rows("attribute", ("attrid", "name", "attr_type", "value", "id")):
        name, value, kind = one_line(text(row["name"])), text(row["value"]), text(row["attr_type"])
        if not value.strip():
            continue
        key = (name, kind, integer(row["id"]), integer(row["attrid"]))
        parts.ledger.came("attributes")
        if _is_marked(name, value, records.get((kind, integer(row["id"])))):
            continue
        person: Any = ("case", integer(row["id"])) if kind == "case" else None
        if kind == "file":
            person = speaker.get(integer(row["id"]) or -1)
        if person not in parts.participants:
            why = "they are of a text whose participant has several, or that is not there; a message has no attributes"
            parts.ledger.dropped("attributes", key, why if kind == "file" else "they are of neither a case nor a text")
            continue
        column = f"{name} (attribute)" if name in known or not name.isprintable() else name
        column = "".join(character if character.isprintable() else "\ufffd" for character in column)
        if column in parts.participants[person]:
            column = f"{column} ({kind})"
        if column in parts.participants[person]:
            parts.ledger.dropped("attributes", key, "the participant has one of that name already")
            continue
        if column != name:
            parts.ledger.changed("attributes", key, "renamed: its name was taken")
        elif kind == "file":
            parts.ledger.changed("attributes", key, "was an attribute of a text; now of the one who speaks in it")
        parts.participants[person][column] = value


def _is_marked(name: str, value: str, record: dict[str, Any] | None) -> bool:
    """Whether an attribute says of which class a text or a case is; that says the record itself then."""
    if record is None or not is_mark(name) or not class_in(value):
        return False
    record["class"] = class_in(value)
    return True
