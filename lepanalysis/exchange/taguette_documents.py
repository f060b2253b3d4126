"""Documents of Taguette become messages, and highlights codings."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from lepanalysis import schema
from lepanalysis.exchange.classes import class_in
from lepanalysis.exchange.ids import is_id
from lepanalysis.exchange.sqlitefile import integer, text
from lepanalysis.exchange.taguette_log import NO_DATE
from lepanalysis.exchange.taguette_record import split_record
from lepanalysis.exchange.taguette_text import document_text
from lepanalysis.tables import fault_of_cell, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lepanalysis.exchange.losses import Ledger
    from lepanalysis.exchange.sqlitefile import Database
    from lepanalysis.exchange.taguette_log import Log
    from lepanalysis.exchange.taguette_text import DocumentText

PROGRAM = "Taguette"
# Highlights that stand in no log belong to this coder.
NOBODY = "unknown"
_OURS = (schema.MESSAGES, schema.THREADS, schema.PARTICIPANTS)
_UNTAGGED = "highlights without a tag"


@dataclass(frozen=True)
class Project:
    """What is known of a project before its documents are read.

    Parameters
    ----------
    id : int
    name, description : str
    record : mapping
        What our own writer put into the description.
    log : Log
    ledger : Ledger
    coders : mapping
        By login the id and the name of a coder.
    """

    id: int
    name: str
    description: str
    record: Mapping[str, Any]
    log: Log
    ledger: Ledger
    coders: Mapping[str, tuple[str, str]]


@dataclass
class Parts:
    """The parts of a draft as they come together; local to one reading.

    Parameters
    ----------
    project : Project
    codes : mapping
        By id.
    code_ids : mapping
        By number of a tag.
    """

    project: Project
    codes: Mapping[str, Mapping[str, Any]]
    code_ids: Mapping[object, str]
    messages: list[dict[str, Any]] = field(default_factory=list)
    threads: dict[str, dict[str, Any]] = field(default_factory=dict)
    participants: dict[str, dict[str, Any]] = field(default_factory=dict)
    codings: list[dict[str, Any]] = field(default_factory=list)
    memos: list[dict[str, Any]] = field(default_factory=list)
    external_ids: list[dict[str, Any]] = field(default_factory=list)
    ids: dict[tuple[str, object], str] = field(default_factory=dict)  # by kind and what the record is known by
    taken: dict[str, set[str]] = field(default_factory=dict)  # the ids given, by kind
    names: set[str] = field(default_factory=set)  # code names that are taken
    broken: int = 0  # texts that got line ends
    quoted: int = 0  # highlights with words
    differ: int = 0  # of those the ones of which Taguette keeps other words

    @property
    def ledger(self) -> Ledger:
        """Where everything is counted."""
        return self.project.ledger


def external_id(kind: str, name: str, foreign: object) -> dict[str, Any]:
    """Return a row of external_ids.csv.

    Parameters
    ----------
    kind, name : str
    foreign : object
        The number that Taguette gave.
    """
    return {"kind": kind, "id": name, "program": PROGRAM, "external_id": str(foreign)}


def read_documents(database: Database, parts: Parts) -> None:
    """Read the documents of a project, one after the other, with their highlights.

    Parameters
    ----------
    database : Database
    parts : Parts
        Takes them in.
    """
    tags: dict[int, list[int]] = {}
    for row in database.rows("highlight_tags", ("highlight_id", "tag_id")):
        highlight, tag = integer(row["highlight_id"]), integer(row["tag_id"])
        if highlight is not None and tag is not None:
            tags.setdefault(highlight, []).append(tag)
    highlights = _highlights_of(database, tags, parts)
    names = ("id", "name", "description", "filename", "text_direction", "contents")
    for row in database.rows("documents", names, ("project_id", parts.project.id)):
        number = integer(row["id"])
        if number is None:
            continue
        document = document_text(text(row["contents"]))
        message = _message(number, row, document, parts)
        _highlights(message, document, highlights.get(number, ()), tags, parts)
    ledger = parts.ledger
    ledger.note(
        "Offsets: UTF-8 bytes of the text without its tags, end exclusive, as Taguette counts; now code points. "
        f"{parts.quoted - parts.differ} of {parts.quoted} highlights hold the words that Taguette keeps of them."
    )
    if parts.broken:
        ledger.note(
            f"Taguette puts nothing between two paragraphs; line ends were put back in {parts.broken} texts, and every "
            "offset moved accordingly."
        )


def _highlights_of(
    database: Database, tags: Mapping[int, Sequence[int]], parts: Parts
) -> dict[int | None, list[Mapping[str, Any]]]:
    """Return the highlights of each document, in the order of their numbers; those of no document are noted."""
    found: dict[int | None, list[Mapping[str, Any]]] = {}
    names = ("id", "document_id", "start_offset", "end_offset", "snippet")
    for row in sorted(database.rows("highlights", names), key=lambda row: integer(row["id"]) or 0):
        found.setdefault(integer(row["document_id"]), []).append(row)
    documents = {integer(row["id"]) for row in database.rows("documents", ("id",))}
    for number in [number for number in found if number not in documents]:
        for row in found.pop(number):
            mine = [tag for tag in tags.get(integer(row["id"]) or 0, ()) if tag in parts.code_ids]
            for tag in mine:
                parts.ledger.came("codings")
                parts.ledger.dropped("codings", (integer(row["id"]), tag), "its document is not in the file")
    return found


def _message(number: int, row: Mapping[str, Any], document: DocumentText, parts: Parts) -> str | None:
    """Add a document as a message, and return its id; None where there is no text in it."""
    ledger, name = parts.ledger, text(row["name"])
    ledger.came("messages")
    if not document.readable.strip():
        ledger.dropped("messages", name or number, "there is no text in it")
        return None
    parts.broken += document.added > 0
    description, records = split_record(text(row["description"]), *(table.name[:-1] for table in _OURS))
    known = {table.name[:-1]: _known(table, records[table.name[:-1]]) for table in _OURS}
    is_ours = all(record.get(f"{kind}_id") for kind, record in known.items())
    if is_ours:
        message = _add_ours(number, known, document, parts)
    else:
        message = _add_plain(number, name, document, parts)
        filename = text(row["filename"])
        if filename not in {"", name}:
            ledger.came("names of uploaded files")
            ledger.dropped("names of uploaded files", filename, "a study has no place for them")
    if description.strip():
        ledger.came("memos")
        ledger.changed("memos", name, "what was a document's description is now a memo about its message")
        memo = {"memo_id": f"description-{number}", "about": "message", "about_id": message}
        parts.memos.append({**memo, "text": description.strip()})
    if text(row["text_direction"]) == "RIGHT_TO_LEFT":
        ledger.note("Documents set from right to left are texts like any other; a study does not say how they run.")
    parts.external_ids.append(external_id("message", message, number))
    return message


def _add_ours(number: int, known: Mapping[str, Mapping[str, Any]], document: DocumentText, parts: Parts) -> str:
    """Add a message whose thread and participant stand in the document's description."""
    message, thread, person = known["message"], known["thread"], known["participant"]
    name = _id(parts, "message", number, str(message["message_id"]))
    thread_id, person_id = (
        _id(parts, kind, wanted, wanted)
        for kind in ("thread", "participant")
        if (wanted := str(known[kind][f"{kind}_id"]))
    )
    ids = {"message_id": name, "thread_id": thread_id, "participant_id": person_id}
    if name != message["message_id"]:
        # A copy, made in Taguette: it has no place in the thread of its own.
        message = {key: value for key, value in message.items() if key not in {"position", "reply_to"}}
        parts.ledger.changed("messages", name, "its id is that of another message; numbered, without place and reply")
    parts.messages.append({**message, **ids, "text": document.readable})
    parts.threads.setdefault(thread_id, {**thread, "thread_id": thread_id})
    if person_id not in parts.participants:
        code_name = _free_name(str(person.get("code_name") or person_id), person_id, parts)
        parts.participants[person_id] = {**person, "participant_id": person_id, "code_name": code_name}
    return name


def _add_plain(number: int, name: str, document: DocumentText, parts: Parts) -> str:
    """Add a message of which nothing is known but the name of its document."""
    message = _id(parts, "message", number, name if is_id(name) else "")
    thread, person = (_id(parts, kind, number) for kind in ("thread", "participant"))
    ids = {"message_id": message, "thread_id": thread, "participant_id": person}
    parts.messages.append({**ids, "text": document.readable})
    parts.threads[thread] = {"thread_id": thread, "title": name}
    parts.participants[person] = {"participant_id": person, "code_name": _free_name(name, person, parts)}
    parts.ledger.note("Taguette does not say who speaks: each document is a thread and a participant, named after it.")
    return message


def _id(parts: Parts, kind: str, key: object, wanted: str = "") -> str:
    """Return the id of a record: the wanted one where it is free, else a numbered one."""
    if (kind, key) not in parts.ids:
        taken = parts.taken.setdefault(kind, set())
        if not wanted or wanted in taken:
            # As many ids are taken as there are records: the search begins there, not at 1 each time.
            numbered = (f"{kind[0]}{number}" for number in count(len(taken) + 1))
            wanted = next(name for name in numbered if name not in taken)
        parts.ids[kind, key] = wanted
        taken.add(wanted)
    return parts.ids[kind, key]


def _free_name(name: str, person: str, parts: Parts) -> str:
    """Return a code name that nobody has yet."""
    name = " ".join(name.split()) or person
    if name.casefold() in parts.names:
        name = f"{name} ({person})"
    parts.names.add(name.casefold())
    return name


def _known(table: schema.TableSchema, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a table can hold of a record."""
    found: dict[str, Any] = {"class": class_in(record["class"])} if class_in(record.get("class")) else {}
    for name, value in record.items():
        column = table.column(name)
        if name in {"class", "context_class", "text"} or not isinstance(value, str | int) or value == "":
            continue
        if column is None:
            sound = table.attributes and bool(name.strip()) and name.isprintable()
        else:
            sound = fault_of_cell(str(value), column) is None
        if sound:
            found[name] = value
    return found


def _highlights(
    message: str | None,
    document: DocumentText,
    rows: Sequence[Mapping[str, Any]],
    tags: Mapping[int, Sequence[int]],
    parts: Parts,
) -> None:
    """Add the highlights of a document: a coding for each tag, a memo where there is none."""
    starts, split_starts = document.characters(_offsets(rows, "start_offset"))
    ends, split_ends = document.characters(_offsets(rows, "end_offset"))
    seen: set[tuple[object, ...]] = set()
    for place, row in enumerate(rows):
        number = integer(row["id"]) or 0
        keys = [(number, tag) for tag in sorted(tags.get(number, ()))]
        kind = "codings" if keys else _UNTAGGED
        parts.ledger.came(kind, max(len(keys), 1))
        start, end = int(starts[place]), int(ends[place])
        segment = document.segment(start, end) if 0 <= start < end else None
        if message is None or segment is None:
            why = "there is no text in its document" if message is None else "no words stand at its offsets"
            for key in keys or [number]:
                parts.ledger.dropped(kind, key, why)
            continue
        is_split = bool(split_starts[place] or split_ends[place])
        noted = document_text(text(row["snippet"])).counted.split()
        parts.quoted += 1
        parts.differ += not is_split and noted != document.counted[start:end].split()
        if not keys:
            _add_memo(number, message, document.readable[segment[0] : segment[1]], parts)
        for key in keys:
            if is_split:
                parts.ledger.changed(kind, key, "an offset stood inside a character and is now at its end")
            coding = _coding(key, message, segment, parts)
            same = None if coding is None else tuple(coding[name] for name in ("coder", "code_id", "start", "end"))
            if coding is None or same in seen:
                why = "its tag is not in the project" if coding is None else "the coder gave these words this tag twice"
                parts.ledger.dropped(kind, key, why)
                continue
            seen.add(same)
            coding["coding_id"] = f"h{number}" if len(keys) == 1 else f"h{number}-{key[1]}"
            parts.codings.append({**coding, "quote": document.readable[segment[0] : segment[1]]})
            parts.external_ids.append(external_id("coding", coding["coding_id"], number))


def _offsets(rows: Iterable[Mapping[str, Any]], name: str) -> list[int]:
    """Return the offsets in a column; -1 where there is none."""
    return [-1 if (offset := integer(row[name])) is None else offset for row in rows]


def _coder(by: tuple[str, str] | None, parts: Parts) -> str:
    return parts.project.coders.get(by[0] if by else NOBODY, (NOBODY, ""))[0]


def _coding(key: tuple[int, int], message: str, segment: tuple[int, int], parts: Parts) -> dict[str, Any] | None:
    """Return the coding of a highlight and a tag; None where the tag is of another project."""
    code = parts.codes.get(parts.code_ids.get(key[1], ""))
    if code is None:
        return None
    log = parts.project.log
    by = log.givers.get(key) or log.makers.get(key[0])
    coder = _coder(by, parts)
    if code.get("coder") and code["coder"] != coder:
        coder = code["coder"]
        parts.ledger.note("What is coded with a code of one coder's own is that coder's, whoever the log names.")
    elif by is None:
        parts.ledger.changed("codings", key, f"the log does not say who made it; its coder is {NOBODY!r}")
    ids = {"coder": coder, "message_id": message, "code_id": code["id"]}
    return {**ids, "start": segment[0], "end": segment[1], "created_at": _when(by[1] if by else "")}


def _add_memo(number: int, message: str, words: str, parts: Parts) -> None:
    """Add a memo for a highlight without a tag."""
    by = parts.project.log.makers.get(number)
    memo = {"memo_id": f"highlight-{number}", "coder": _coder(by, parts), "about": "message", "about_id": message}
    parts.memos.append({**memo, "text": f"Highlight without a tag: {words}", "at": _when(by[1] if by else "")})
    parts.ledger.changed(_UNTAGGED, number, "nothing is coded there; now a memo about the message, with the words")


def _when(written: str) -> str:
    """Return a time as a study writes it; empty where there is none."""
    if written[:19] == NO_DATE[:19]:
        return ""
    plain = written.removesuffix(".000000")
    return plain.replace(" ", "T") if moment(plain) else ""
