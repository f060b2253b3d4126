"""Sources of a REFI-QDA project become the messages of a study."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.ids import Ids, guid
from lepanalysis.exchange.offsets import OffsetReading, SourceText, normal_text, read_segments, to_code_points
from lepanalysis.exchange.refi_codings import Codings, Messages
from lepanalysis.exchange.refi_container import is_bare
from lepanalysis.exchange.refi_people import UNKNOWN, moment_of, unlike
from lepanalysis.exchange.refi_records import key_of
from lepanalysis.exchange.refi_rest import ORIGIN, Guids
from lepanalysis.known import on_circles
from lepanalysis.schema import Column
from lepanalysis.tables import fault_of_cell, whole_number, zoned_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from lepanalysis.exchange.losses import Ledger
    from lepanalysis.exchange.refi_codes import Codes
    from lepanalysis.exchange.refi_container import Container
    from lepanalysis.exchange.refi_people import Coders, People, Variables
    from lepanalysis.exchange.refi_records import Project, Selection, Source

_NEARLY_ALL = 0.9
_THREAD = Column("thread_id", "id", required=True)


def text_of(source: Source, container: Container, ledger: Ledger, kind: str, key: object) -> str | None:
    """Return the text of a source or note as it is in the file; None where there is none.

    Parameters
    ----------
    source : Source
    container : Container
    ledger : Ledger
    kind : str
        As what the report counts it.
    key : hashable
    """
    if source.path:
        if is_bare(source.path):
            ledger.note("Some paths of sources lack internal://; they were looked for in the archive all the same.")
        member = container.member(source.path)
        if member is not None:
            text, guessed = container.text(member)
            if guessed:
                ledger.changed(kind, key, f"its file is not UTF-8; it was read as {guessed}")
            return text
    return source.content


def read_messages(  # noqa: PLR0917 - all that codings rest on
    project: Project,
    container: Container,
    coders: Coders,
    people: People,
    variables: Variables,
    codes: Codes,
    rest: Mapping[str, Any],
    offsets: str,
    ledger: Ledger,
) -> Messages:
    """Return the messages, threads and codings of a project; participants that are missing are added to `people`.

    Parameters
    ----------
    project : Project
    container : Container
    coders : Coders
    people : People
    variables : Variables
    codes : Codes
    rest : mapping
    offsets : str
        How offsets are to be read where that is known.
    ledger : Ledger
    """
    found = Messages()
    texts = _texts(project, container, ledger)
    together = enumerate(zip(project.sources, texts, strict=True))
    places = [place for place, (_, text) in together if text is not None]
    kept = [(project.sources[place], text) for place in places if (text := texts[place]) is not None]
    ours = bool(rest) and project.origin == ORIGIN
    segments = _segments(kept, offsets, container.archive.path.name, project.origin, ledger, ours=ours)
    authors = _Authors(kept, people, variables, ledger)
    ids = _MessageIds(rest, found, ledger)
    codings = Codings(coders, codes, rest, found, ledger)
    for place, (source, text), (starts, ends) in zip(places, kept, segments, strict=True):
        readable = [one for one in source.selections if one.start is not None and one.end is not None]
        words = normal_text(text)
        pieces = _pieces(readable, starts, ends, people, words)
        if pieces:
            # The turns of several people in one source are a thread.
            rows = ids.thread(source, place, pieces, words, authors)
            _mark_turns(rows, source, variables, ledger)
            codings.turns.update(people.of_selection)
        else:
            cells, others = variables.message_cells(source, ledger)
            name = ids.of(source, place)
            row = {"message_id": name, "thread_id": name, "participant_id": authors.of(source, name, others)}
            rows = [(0, len(words), row | cells | {"text": words})]
            found.rows.append(rows[0][2])
        codings.of_source(source, readable, starts, ends, rows)
        if source.description.strip():
            ledger.came("descriptions of sources")
            memo = {"about": "message", "about_id": rows[0][2]["message_id"], "text": source.description}
            found.memos.append(memo)
    _settle(found, rest, ledger)
    codings.settle()
    return found


def _texts(project: Project, container: Container, ledger: Ledger) -> list[str | None]:
    """Return the texts of the sources; what has none is dropped with its codings."""
    texts: list[str | None] = []
    number = 0
    for place, source in enumerate(project.sources):
        key = _source_key(source, place)
        kind = "messages" if source.has_text else source.kind
        ledger.came(kind)
        text = text_of(source, container, ledger, kind, key) if source.has_text else None
        why = "only texts are read" if not source.has_text else "its text is not in the file"
        if text is not None and source.made_of:
            ledger.changed("messages", key, f"it is {source.made_of}")
        lost = [(coding, reason) for coding, reason in source.elsewhere]
        if text is None:
            ledger.dropped(kind, key, why)
            inside = [coding for selection in source.selections for coding in selection.codings]
            lost += [(coding, f"its source is left out: {why}") for coding in (*source.codings, *inside)]
        for coding, reason in lost:
            number += 1
            ledger.came("codings")
            ledger.dropped("codings", (source.name, coding.guid, f"left out {number}"), reason)
        texts.append(text)
    return texts


def _source_key(source: Source, place: int) -> tuple[object, ...]:
    """Return what tells a source from the others in the report."""
    return (source.name or source.guid, place + 1)


def _segments(
    kept: list[tuple[Source, str]], offsets: str, name: str, origin: str, ledger: Ledger, *, ours: bool
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return where each selection with offsets begins and ends in the text that is kept."""
    sources = []
    for source, text in kept:
        readable = [one for one in source.selections if one.start is not None and one.end is not None]
        sources.append(
            SourceText(
                text,
                [one.start for one in readable],
                [one.end for one in readable],
                [one.name or None for one in readable],
                source.name,
            )
        )
    if any("\r" in text for _, text in kept):
        ledger.note("Line ends are LF now, and every offset was moved accordingly.")
    if ours and not offsets:
        segments = to_code_points(sources, OffsetReading())
        if _fit(sources, segments):
            ledger.note("Offsets: code points, end exclusive, as lepanalysis writes them.")
            return segments
    reading, segments = read_segments(sources, offsets, name, origin)
    if any(source.starts for source in sources):
        ledger.note(reading.sentence)
    return segments


def _fit(sources: list[SourceText], segments: list[tuple[np.ndarray, np.ndarray]]) -> bool:
    """Whether the words of nearly all segments are those that the file quotes, so that nobody moved anything."""
    named = fitting = 0
    for source, (starts, ends) in zip(sources, segments, strict=True):
        text = normal_text(source.text)
        for quote, start, end in zip(source.quotes or (), starts.tolist(), ends.tolist(), strict=True):
            if quote:
                named += 1
                fitting += start >= 0 and text[start:end].startswith(quote.removesuffix("…"))
    return fitting >= _NEARLY_ALL * named


def _pieces(
    readable: list[Selection], starts: np.ndarray, ends: np.ndarray, people: People, text: str
) -> list[tuple[int, int, str]]:
    """Return the turns of a source that its cases' selections divide; none where they do not or overlap."""
    if not people.of_selection:
        return []
    turns = sorted(
        (int(start), int(end), people.of_selection[key_of(one.guid)])
        for one, start, end in zip(readable, starts, ends, strict=True)
        if key_of(one.guid) in people.of_selection and 0 <= start < end
    )
    turns = list(dict.fromkeys(turns))
    if not turns or any(turn[1] > after[0] for turn, after in pairwise(turns)):
        return []
    pieces, reached = [], 0
    for start, end, person in [*turns, (len(text), len(text), "")]:
        if text[reached:start].strip():
            pieces.append((reached, start, ""))
        if text[start:end].strip():
            pieces.append((start, end, person))
        reached = end
    return pieces


class _Authors:
    """Who wrote what: a source's case; without any cases every source speaks for somebody of its own."""

    def __init__(self, kept: list[tuple[Source, str]], people: People, variables: Variables, ledger: Ledger) -> None:
        self.people = people
        self.variables = variables
        self.ledger = ledger
        self.names = {" ".join(row["code_name"].split()).casefold() for row in people.rows}
        self.ids = Ids("p", [row["participant_id"] for row in people.rows])
        self.each = not people.rows
        self.rows = {row["participant_id"]: row for row in people.rows}
        counts: dict[str, int] = {}
        for source, _ in kept:
            name = people.of_source.get(key_of(source.guid), "")
            counts[name] = counts.get(name, 0) + 1
        self.once = {name for name, count in counts.items() if count == 1}

    def of(self, source: Source, name: str, others: Mapping[str, str]) -> str:
        """Return the participant who wrote a source; what its variables say besides goes to them where it can."""
        person = self.people.of_source.get(key_of(source.guid), "")
        if not person and self.each:
            self.ledger.note("No case names the author of a source: each source has a participant of its own.")
            person = self._add(("source", name), name)
        elif not person:
            person = self.unknown()
        row = self.rows[person]
        if others and (self.each or person in self.once):
            for column, value in others.items():
                row.setdefault(column, value)
        for column, value in others.items():
            self.ledger.came("values of variables")
            if row.get(column) != value:
                why = "a message has no such column, and its author has other messages too"
                self.ledger.dropped("values of variables", (name, column), why)
        return person

    def unknown(self) -> str:
        """Return the participant who stands for all whom no case names."""
        self.ledger.note(f"Texts that belong to no case are given to one participant, {UNKNOWN!r}.")
        return self._add(UNKNOWN, UNKNOWN)

    def _add(self, key: object, name: str) -> str:
        if key not in self.ids:
            row = {"participant_id": self.ids.of(key, name), "code_name": unlike(name, self.names)}
            self.people.rows.append(row)
            self.rows[row["participant_id"]] = row
        return self.ids.of(key)


class _MessageIds:
    """Names messages and threads."""

    def __init__(self, rest: Mapping[str, Any], found: Messages, ledger: Ledger) -> None:
        given = rest.get("messages", ())
        self.known = Guids(rest.get("external_ids", ())).known("message", given)
        self.ids = Ids("m", given)
        self.found = found
        self.ledger = ledger
        self.seen: set[str] = set()

    def of(self, source: Source, place: int) -> str:
        """Return the id of a source that is one message."""
        key = key_of(source.guid)
        unique = key if key and key not in self.seen else f"source {place + 1}"
        self.seen.add(unique)
        if unique == key and key in self.known:
            name = self.known[key]
        else:
            name = self.ids.of(unique, source.name.strip())
            if source.name.strip() not in {"", name}:
                self.found.threads[name] = {"thread_id": name, "title": source.name.strip()}
        self.found.about.setdefault(key, ("message", name))
        self.found.keys[name] = _source_key(source, place)
        if source.guid and key_of(guid("message", name)) != key:
            self.found.foreign.append(("message", name, source.guid))
        return name

    def thread(
        self, source: Source, place: int, pieces: list[tuple[int, int, str]], text: str, authors: _Authors
    ) -> list[tuple[int, int, dict[str, Any]]]:
        """Return the turns of a source as messages with where each begins and ends."""
        key = key_of(source.guid)
        thread = self.ids.of(("thread", key), source.name.strip())
        self.found.threads[thread] = {"thread_id": thread, "title": source.name}
        why = "the turns of its speakers became messages of one thread"
        self.ledger.changed("messages", _source_key(source, place), why)
        rows = []
        for number, (start, end, person) in enumerate(pieces, 1):
            row = {
                "message_id": self.ids.of((key, number), f"{thread}-{number}"),
                "thread_id": thread,
                "participant_id": person or authors.unknown(),
                "position": number,
                "text": text[start:end],
            }
            rows.append((start, end, row))
            self.found.rows.append(row)
        self.found.about.setdefault(key, ("message", rows[0][2]["message_id"]))
        return rows


def _mark_turns(
    rows: list[tuple[int, int, dict[str, Any]]], source: Source, variables: Variables, ledger: Ledger
) -> None:
    """Give the turns of a source its class; what else its variables say is of none of them."""
    cells, others = variables.message_cells(source, ledger)
    if class_ := cells.pop("class", ""):
        for _, _, row in rows:
            row["class"] = class_
    for column in (*cells, *others):
        ledger.came("values of variables")
        why = "the source is a conversation of several people; none of its turns has it"
        ledger.dropped("values of variables", (source.name, source.guid, column), why)


def _settle(found: Messages, rest: Mapping[str, Any], ledger: Ledger) -> None:
    """Hold what variables say of messages against each other, and complete the threads."""
    _name_threads(found)
    taken: set[tuple[str, str]] = set()
    for row in found.rows:
        name = found.keys.get(row["message_id"], row["message_id"])
        position = str(row.get("position", ""))
        if position and (whole_number(position) is None or position[0] == "-" or (row["thread_id"], position) in taken):
            row["position"] = ""
            ledger.changed("messages", name, "its position was no number, or another's in the thread")
        taken.add((row["thread_id"], position))
        if row.get("posted_at") and not moment_of(str(row["posted_at"])):
            row["posted_at"] = ""
            ledger.changed("messages", name, "its date was none")
    _replies(found, ledger)
    threads = {row["thread_id"]: row for row in rest.get("threads", ()) if row.get("thread_id")}
    ledger.came("threads", len(threads))
    used = dict.fromkeys(str(row["thread_id"]) for row in found.rows)
    for name in [name for name in found.threads if name not in used]:
        ledger.changed("messages", found.keys.get(name, name), "its name cannot be an id and was left out")
    threads |= {name: row for name, row in found.threads.items() if name in used and name not in threads}
    if threads:
        threads |= {name: {"thread_id": name} for name in used if name not in threads}
    found.threads = threads


def _name_threads(found: Messages) -> None:
    """Give threads whose name cannot be an id a numbered one, and keep the name as the title."""
    ids = Ids("T", [str(row["thread_id"]) for row in found.rows])
    for row in found.rows:
        name = str(row["thread_id"])
        if fault_of_cell(name, _THREAD) is not None:
            row["thread_id"] = ids.of(name)
            title = {"title": name} if name.strip() else {}
            found.threads.setdefault(row["thread_id"], {"thread_id": row["thread_id"], **title})


def _replies(found: Messages, ledger: Ledger) -> None:
    """Let messages answer only earlier ones of their own thread."""
    links = {row["message_id"]: str(row.get("reply_to") or "") for row in found.rows}
    if not any(links.values()):
        return
    by_id = {row["message_id"]: row for row in found.rows}
    circles = on_circles(links)
    for row in found.rows:
        target = by_id.get(row.get("reply_to") or "")
        if row.get("reply_to") and (
            target is None
            or row["message_id"] in circles
            or target["thread_id"] != row["thread_id"]
            or _later(target, row)
        ):
            row["reply_to"] = ""
            why = "what it answered is not in its thread, or stands after it"
            ledger.changed("messages", found.keys.get(row["message_id"], row["message_id"]), why)


def _later(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether something speaks against the one message standing before the other."""
    places = [whole_number(str(row.get("position") or "")) for row in (one, other)]
    if None not in places and places[0] >= places[1]:  # type: ignore[operator]
        return True
    cells = [str(row.get("posted_at") or "") for row in (one, other)]
    times = [zoned_moment(cell) for cell in cells]
    if None in times:
        return False
    if min(map(len, cells)) == len("2013-09-30"):
        return times[0].date() > times[1].date()  # type: ignore[union-attr]
    if any(time.tzinfo is None for time in times):  # type: ignore[union-attr]
        times = [time.replace(tzinfo=None) for time in times]  # type: ignore[union-attr]
    return times[0] > times[1]  # type: ignore[operator]
