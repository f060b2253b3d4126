"""What was coded in the sources of a REFI-QDA project becomes the codings of a study."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.draft import coding_id
from lepanalysis.exchange.ids import Ids, guid
from lepanalysis.exchange.refi_people import moment_of
from lepanalysis.exchange.refi_records import key_of
from lepanalysis.exchange.refi_rest import Guids

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from lepanalysis.exchange.losses import Ledger
    from lepanalysis.exchange.refi_codes import Codes
    from lepanalysis.exchange.refi_people import Coders
    from lepanalysis.exchange.refi_records import Coding, Selection, Source

_CODING = "coding"


@dataclass
class Messages:
    """What the sources became.

    `about` says by GUID what a note on something is about, `keys` by id how the report names a message.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    threads: dict[str, dict[str, Any]] = field(default_factory=dict)
    codings: list[dict[str, Any]] = field(default_factory=list)
    memos: list[dict[str, Any]] = field(default_factory=list)
    about: dict[str, tuple[str, str]] = field(default_factory=dict)
    keys: dict[str, object] = field(default_factory=dict)
    foreign: list[tuple[str, str, str]] = field(default_factory=list)


class Codings:
    """Turns what was coded into rows, which it adds to the messages that were found.

    Parameters
    ----------
    coders : Coders
    codes : Codes
    rest : mapping
        What a note of ours says, empty where there is none.
    found : Messages
    ledger : Ledger
    """

    def __init__(self, coders: Coders, codes: Codes, rest: Mapping[str, Any], found: Messages, ledger: Ledger) -> None:
        self.coders = coders
        self.codes = codes
        self.found = found
        self.ledger = ledger
        self.ours = bool(rest)
        self.times = rest.get("times", {})
        self.order = rest.get("codings", ())
        self.listed = set(self.order)
        self.known = Guids(rest.get("external_ids", ())).known("coding", [*self.order, *self.times])
        self.ids = Ids("k", self.order)
        self.used: set[str] = set()
        self.met = 0
        # Selections that are somebody's turn in a conversation, and no segments.
        self.turns: set[str] = set()
        self.twins: set[tuple[object, ...]] = set()

    def of_source(
        self,
        source: Source,
        readable: list[Selection],
        starts: np.ndarray,
        ends: np.ndarray,
        rows: list[tuple[int, int, dict[str, Any]]],
    ) -> None:
        """Take in what was coded in a source: its segments in their order, then the source as a whole.

        Parameters
        ----------
        source : Source
        readable : list of Selection
            Those that have offsets.
        starts, ends : numpy.ndarray
            Where each of these begins and ends in the text that is kept, -1 where nowhere.
        rows : list of (int, int, dict)
            Where each message that the source became begins and ends, and the message.
        """
        for one, start, end in zip(readable, starts.tolist(), ends.tolist(), strict=True):
            why = ""
            if start < 0:
                why = "its offsets lie outside of the text, or inside a character"
            elif start == end:
                why = "its segment has no length"
            self._selection(source, one, start, end, rows, why)
        for one in source.selections:
            if one.start is None or one.end is None:
                self._selection(source, one, -1, -1, rows, "its segment has no offsets")
        self.ledger.came("codings", len(source.codings))
        for coding in source.codings:
            key = self._key(source, coding)
            if len(rows) > 1:
                self.ledger.changed("codings", key, "the whole source was coded; it stands in each of its messages")
            for _, _, row in rows:
                self._coding(coding, None, None, row, key)

    def _selection(  # noqa: PLR0917 - one step of `of_source`
        self,
        source: Source,
        one: Selection,
        start: int,
        end: int,
        rows: list[tuple[int, int, dict[str, Any]]],
        why: str,
    ) -> None:
        """Take in one segment and what hangs on it."""
        self.ledger.came("codings", len(one.codings))
        if why:
            for coding in one.codings:
                self.ledger.dropped("codings", self._key(source, coding), why)
        inside = [(max(start, a), min(end, b), a, row) for a, b, row in rows if max(start, a) < min(end, b)]
        made: list[tuple[str, dict[str, Any]]] = []
        for coding in () if why else one.codings:
            key = self._key(source, coding)
            if not inside:
                self.ledger.dropped("codings", key, "there is only white space in its segment")
            if len(inside) > 1:
                self.ledger.changed("codings", key, "its segment goes over several messages; it stands in each")
            for first, last, begin, row in inside:
                found = self._coding(coding, one, (first - begin, last - begin), row, key)
                if found is not None:
                    made.append(found)
        self._hang(source, one, made, rows, why)

    def _hang(
        self, source: Source, one: Selection, made: list[tuple[str, dict[str, Any]]], rows: list[Any], why: str
    ) -> None:
        """Give a segment's comment and notes to its first coding; without one to the message."""
        target = (_CODING, made[0][0]) if made else ("message", rows[0][2]["message_id"])
        self.found.about.setdefault(key_of(one.guid), target)
        self.met += 1
        key = (source.name, one.guid, self.met)
        if not one.codings and not why and key_of(one.guid) not in self.turns:
            self.ledger.came("segments without a code")
            if not one.description.strip():
                self.ledger.dropped("segments without a code", key, "no code was applied to it")
        if not one.description.strip():
            return
        self.ledger.came("comments on segments")
        if not made:
            self.ledger.changed("comments on segments", key, "it stands as a memo on its message")
            memo = {"about": "message", "about_id": target[1], "text": one.description, "at": moment_of(one.date)}
            self.found.memos.append(memo | {"coder": self.coders.of(one.user)})
            return
        made[0][1]["memo"] = one.description
        if len(made) > 1:
            why = "it stands with the first of the segment's codings"
            self.ledger.changed("comments on segments", key, why)

    def _coding(
        self,
        coding: Coding,
        one: Selection | None,
        segment: tuple[int, int] | None,
        row: dict[str, Any],
        key: object,
    ) -> tuple[str, dict[str, Any]] | None:
        """Return the id of a coding and its row; None where it cannot be one."""
        code, value = self.codes.targets.get(coding.code, ("", None))
        if not code:
            self.ledger.dropped("codings", key, "its code is not in the file")
            return None
        coder = self.coders.of_coding(coding.user, one.user if one else "", key)
        message, text = row["message_id"], row["text"]
        start, end = segment or (0, len(text))
        twin = (coder, message, code, start, end)
        if twin in self.twins:
            self.ledger.dropped("codings", key, "the same coder gave the same segment the same code already")
            return None
        self.twins.add(twin)
        made: dict[str, Any] = {"coder": coder, "message_id": message, "code_id": code}
        if segment is not None:
            made |= {"start": start, "end": end, "quote": text[start:end]}
            if not made["quote"].strip():
                del made["quote"]
        made["value"] = value
        name = self._name(coding, made)
        time = moment_of(self.times.get(name, "")) if self.times else ""
        made["created_at"] = time or moment_of(coding.date or (one.date if one else ""))
        self.found.codings.append(made)
        return name, made

    def _name(self, coding: Coding, made: dict[str, Any]) -> str:
        """Give a coding its id and return it: as our note has it, derived where ours was, else a numbered one."""
        given = key_of(coding.guid)
        known = self.known.get(given, "")
        derived = coding_id(made) if self.ours else ""
        if known in self.listed and known not in self.used:
            made["coding_id"] = known
        elif not self.ours or (known != derived and guid(_CODING, derived) != given):
            made["coding_id"] = self.ids.of(len(self.found.codings))
        name = made.get("coding_id") or derived
        self.used.add(name)
        if given:
            self.found.about.setdefault(given, (_CODING, name))
            if known != name and (not self.ours or guid(_CODING, name) != given):
                self.found.foreign.append((_CODING, name, coding.guid))
        return name

    def _key(self, source: Source, coding: Coding) -> tuple[object, ...]:
        """Return what tells a coding from the others in the report, also from one of the same GUID."""
        self.met += 1
        return (source.name or source.guid, coding.guid, self.met)

    def settle(self) -> None:
        """Give the codings the order that our note has."""
        if self.order:
            places = {name: place for place, name in enumerate(self.order)}
            self.found.codings.sort(key=lambda row: places.get(row.get("coding_id"), len(places)))
