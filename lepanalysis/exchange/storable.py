"""What a study's files cannot hold is mended before they are written, whatever reader a draft comes from.

No file of a study holds a carriage return, NUL or half a surrogate pair, and no message is empty. Line ends become LF
and the offsets of what was coded move with them; the other characters become U+FFFD, one for one; empty messages go,
with what hangs on them. What only other programs tell apart, `lepanalysis.exchange.twins` brings together or names.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from lepanalysis.exchange.draft import TABLES, Draft, coding_id
from lepanalysis.exchange.losses import Ledger
from lepanalysis.exchange.twins import with_names_of_their_own, without_twins
from lepanalysis.tables import LARGEST_CELL, split_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lepanalysis.exchange.losses import LossReport

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_TO_MEND = re.compile("[\x00\r\ud800-\udfff]")
_ANCHORED = ("codings", "decisions")
_IDS = {"messages": "message_id", "threads": "thread_id", "participants": "participant_id", "memos": "memo_id"}


def storable(draft: Draft, source: str) -> tuple[Draft, LossReport | None]:
    """Return a draft that a study's files can hold, and a report where that took anything.

    Parameters
    ----------
    draft : Draft
    source : str
        The file's name for the report.
    """
    ledger = Ledger(source, "what a study's files cannot hold")
    for kind, count in draft.counts().items():
        ledger.came(kind, count)
    if _any_text(draft, _TO_MEND):
        draft = _with_characters(_with_lf(draft, ledger), ledger)
    draft = _without_empty(draft, ledger)
    draft = with_names_of_their_own(without_twins(draft, ledger), ledger)
    report = ledger.report(draft.counts())
    touched = {loss.kind for loss in report.losses}
    if not touched:
        return draft, None
    return draft, dataclasses.replace(report, tallies=tuple(one for one in report.tallies if one.kind in touched))


def moved_to_lf(text: str, offsets: Iterable[int | None]) -> list[int | None]:
    """Return where offsets into a text lie once its line ends are LF.

    Parameters
    ----------
    text : str
    offsets : iterable of (int or None)
    """
    pairs = np.array([match.start() for match in re.finditer("\r\n", text)], dtype=np.int64)
    return [None if one is None else one - int(np.searchsorted(pairs, one)) for one in offsets]


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _whole(cell: object) -> int | None:
    try:
        return int(str(cell))
    except ValueError:
        return None


def _with_lf(draft: Draft, ledger: Ledger) -> Draft:
    """Return a draft with LF line ends in all texts, offsets moved."""
    texts = {row["message_id"]: text for row in draft.messages if "\r" in (text := str(row.get("text") or ""))}
    changes: dict[str, Any] = {}
    for name in _ANCHORED if texts else ():
        rows = []
        for row in getattr(draft, name):
            text = texts.get(row.get("message_id"))
            offsets = [_whole(row.get(column)) for column in ("start", "end")]
            if text is not None and None not in offsets:
                start, end = moved_to_lf(text, offsets)
                if start == end and name == "codings":
                    ledger.dropped(name, coding_id(row), "it holds half a line end and nothing else")
                    continue
                row = {**row, "start": start, "end": end}  # noqa: PLW2901 - the row as it will stand
            rows.append(row)
        changes[name] = tuple(rows)
    for name in texts:
        ledger.changed("messages", name, "line ends are now LF, offsets moved accordingly")
    return _mapped(dataclasses.replace(draft, **changes), lambda text: _lf(text) if "\r" in text else text)


def _with_characters(draft: Draft, ledger: Ledger) -> Draft:
    """Return a draft without NUL and half surrogate pairs."""
    for kind, rows in (*((name, getattr(draft, name)) for name in TABLES), ("codes", draft.codes)):
        for place, row in enumerate(rows):
            if any(isinstance(cell, str) and _UNSTORABLE.search(cell) for cell in row.values()):
                key = row.get(_IDS.get(kind, "id")) or f"row {place + 1}"
                why = "NUL or half a surrogate pair became U+FFFD"
                ledger.changed(kind.replace("_", " "), key, why)
    return _mapped(draft, lambda text: _UNSTORABLE.sub("\ufffd", text))


def _any_text(draft: Draft, pattern: re.Pattern[str]) -> bool:
    """Whether any text of a draft holds something; most drafts hold nothing to be mended, and are not built anew."""

    def holds(given: Any) -> bool:  # noqa: ANN401 - any plain value
        if isinstance(given, str):
            return pattern.search(given) is not None
        if isinstance(given, list | tuple):
            return any(map(holds, given))
        return hasattr(given, "items") and any(holds(one) for pair in given.items() for one in pair)

    for one in dataclasses.fields(draft):
        found = getattr(draft, one.name)
        if one.name not in TABLES or one.name == "participants":
            if holds(found):
                return True
        # There are very many of these, of columns that have fixed names.
        elif any(isinstance(cell, str) and pattern.search(cell) for row in found for cell in row.values()):
            return True
    return False


def _mapped(draft: Draft, change: Callable[[str], str]) -> Draft:
    """Return a draft with every text changed."""

    def value(given: Any) -> Any:  # noqa: ANN401 - any plain value
        if isinstance(given, str):
            return change(given)
        if isinstance(given, list | tuple):
            return tuple(map(value, given))
        return {value(key): value(item) for key, item in given.items()} if hasattr(given, "items") else given

    return Draft(**{one.name: value(getattr(draft, one.name)) for one in dataclasses.fields(draft)})


def _without_empty(draft: Draft, ledger: Ledger) -> Draft:
    """Return a draft without messages that have no words or too many, and without what hangs on those."""
    gone = set()
    for row in draft.messages:
        text = str(row.get("text") or "")
        if not text.strip():
            ledger.dropped("messages", row["message_id"], "there is no text in it")
        elif len(text) > LARGEST_CELL:
            ledger.dropped("messages", row["message_id"], f"it is longer than {LARGEST_CELL:,} characters")
        else:
            continue
        gone.add(row["message_id"])
    if not gone:
        return draft
    return _without(draft, gone, ledger)


def _without(draft: Draft, gone: set[str], ledger: Ledger) -> Draft:
    """Return a draft without some messages."""
    why = "the message it belongs to was left out"
    codings = {coding_id(row) for row in draft.codings if row.get("message_id") in gone}
    messages = []
    for row in draft.messages:
        if row["message_id"] in gone:
            continue
        if row.get("reply_to") in gone:
            ledger.changed("messages", row["message_id"], "what it answered was left out")
        messages.append({**row, "reply_to": None} if row.get("reply_to") in gone else row)

    def hangs(name: str, row: Mapping[str, Any]) -> bool:
        about = (row.get("about") or row.get("kind"), row.get("about_id") or row.get("id"))
        if name == "decisions" and row.get("kind") == "coding":
            return row.get("message_id") in gone or not set(split_ids(str(row.get("subjects") or ""))).isdisjoint(
                codings
            )
        if name in {"memos", "external_ids"}:
            return about[1] in {"message": gone, "coding": codings}.get(str(about[0]), ())
        return row.get("message_id") in gone

    changes: dict[str, Any] = {"messages": tuple(messages)}
    keys = {"codings": "coding_id", "decisions": "decision_id", "quotations": "quotation_id", "memos": "memo_id"}
    for name in ("codings", "assignments", "memos", "decisions", "quotations", "external_ids"):
        kept = []
        for place, row in enumerate(getattr(draft, name)):
            if hangs(name, row):
                key = row.get(keys.get(name, "")) or (row.get("message_id") or row.get("id"), place + 1)
                ledger.dropped(name.replace("_", " "), key, why)
            else:
                kept.append(row)
        changes[name] = tuple(kept)
    return dataclasses.replace(draft, **changes, agreed=_not_named_in(draft.agreed, gone, ledger))


def _not_named_in(agreed: Iterable[Mapping[str, Any]], gone: set[str], ledger: Ledger) -> tuple[Mapping[str, Any], ...]:
    """Return agreed themes that are not named in messages that were left out."""
    themes = []
    for theme in agreed:
        named = [str(name) for name in theme.get("named_in") or ()]
        if not gone.isdisjoint(named):
            ledger.changed("agreed themes", theme.get("id"), "a message that it is named in was left out")
        themes.append({**theme, "named_in": tuple(name for name in named if name not in gone)})
    return tuple(themes)
