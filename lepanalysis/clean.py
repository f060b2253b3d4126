"""Quick looks over whole columns that tell where nothing can be wrong, so that only the rest is looked at by record.

Each function says "surely in order" or "perhaps not"; what is wrong, and where, `lepanalysis.rules` says alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lepanalysis.rows import Rows, are_unique, rows_of
from lepanalysis.tables import moment, whole_number, zoned_moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lepanalysis.known import Files, Known
    from lepanalysis.rows import Cells

# A date without a time is this long.
_DAY = len("2013-09-30")
# Stands for an empty cell and for one that is no whole number.
EMPTY, WRONG = -1, -2


def table_of(files: Files, name: str) -> Rows:
    """Return the records of a file; none where it is absent."""
    rows = files.rows.get(name, [])
    return rows if isinstance(rows, Rows) else rows_of(rows, list(rows[0].cells) if rows else [])


def offsets(cells: Cells) -> np.ndarray:
    """Return the whole number of each record, `EMPTY` where the cell is, `WRONG` where it reads as none or below 0."""
    read = [EMPTY if cell == "" else whole_number(cell) for cell in cells.distinct]
    numbers = np.array([WRONG if one is None else one for one in read], dtype=np.int64)
    below = np.array([cell.startswith("-") for cell in cells.distinct], dtype=bool)
    numbers[below] = WRONG
    return numbers[cells.number] if len(numbers) else np.zeros(0, dtype=np.int64)


def positions_in_order(files: Files) -> bool:
    """Whether the positions of messages are whole numbers from 0 and no two of a thread are the same."""
    rows = table_of(files, "messages")
    position, thread = offsets(rows.column("position")), rows.column("thread_id")
    given = position != EMPTY
    if (position == WRONG).any():
        return False
    largest = int(position.max(initial=0)) + 1
    return are_unique([(thread.number[given].astype(np.int64), len(thread.distinct)), (position[given], largest)])


def times_in_order(files: Files) -> bool:
    """Whether all times lie in the period, and all or none name their zone."""
    first, last = files.record.period_from, files.record.period_to
    zones = set()
    for cell in table_of(files, "messages").column("posted_at").distinct:
        when = zoned_moment(cell)
        if when is None:
            continue
        if (first and when.date() < first) or (last and when.date() > last):
            return False
        if len(cell) > _DAY:
            zones.add(when.tzinfo is not None)
    return len(zones) < 2


def replies_in_order(files: Files, known: Known) -> bool:
    """Whether each reply surely answers an earlier message of its thread, by its position and its time."""
    rows = table_of(files, "messages")
    reply = rows.column("reply_to")
    if set(reply.distinct) <= {""}:
        return True
    ids = rows.column("message_id").distinct
    if "" in ids or len(ids) < len(rows):
        return False
    places = np.array([known.messages.places.get(cell, -1) for cell in reply.distinct], dtype=np.int64)[reply.number]
    child = np.flatnonzero(places >= 0)
    parent = places[child]
    position, thread = offsets(rows.column("position")), rows.column("thread_id").number
    if (thread[child] != thread[parent]).any() or (position[child] <= position[parent]).any():
        return False
    if (position[parent] < 0).any():
        return False
    cells = rows.column("posted_at")
    days = any(len(cell) == _DAY for cell in cells.distinct)
    zoned = any((when := zoned_moment(cell)) is not None and when.tzinfo is not None for cell in cells.distinct)
    if days or zoned:
        return False
    whens = [moment(cell) for cell in cells.distinct]
    when = np.array([np.datetime64("NaT") if one is None else one for one in whens], dtype="datetime64[us]")
    earlier, later = when[cells.number[parent]], when[cells.number[child]]
    return not (later < earlier).any()


def codings_are_single(files: Files, known: Known) -> bool:
    """Whether no coding stands twice and no two ids can be the same (but for the key of the file)."""
    rows = table_of(files, "codings")
    names = [rows.column(name) for name in ("coder", "message_id", "code_id")]
    lengths = lengths_of_messages(names[1], known)
    start, end = (offsets(rows.column(name)) for name in ("start", "end"))
    if (start == WRONG).any() or (end == WRONG).any():
        return False
    start = np.where(start == EMPTY, 0, start)
    # Of a message that is not known there is no length: what is empty there stays apart from all numbers.
    end = np.where(end == EMPTY, np.where(lengths < 0, 0, lengths), end)
    parts = [(cells.number.astype(np.int64), len(cells.distinct)) for cells in names]
    parts += [(offset, int(offset.max(initial=0)) + 1) for offset in (start, end)]
    if not are_unique(parts):
        return False
    ids = rows.column("coding_id").distinct
    if "" not in ids:
        return True
    return set(ids) <= {""} and not any("/" in cell or not cell for cells in names for cell in cells.distinct)


def lengths_of_messages(cells: Cells, known: Known) -> np.ndarray:
    """Return the length of the text of each record's message, -1 where there is no such message."""
    messages = known.messages
    texts = messages.rows.column("text")
    lengths = np.array([*(len(text) for text in texts.distinct), -1], dtype=np.int64)
    places = np.array([*(messages.places.get(cell, -1) for cell in cells.distinct), -1], dtype=np.int64)
    number = np.append(texts.number, len(texts.distinct))[places]
    return lengths[number][cells.number]


def doubtful_codings(files: Files, known: Known) -> Iterable[int]:
    """Return the places of the codings whose offsets, code or value may be wrong."""
    rows = table_of(files, "codings")
    lengths = lengths_of_messages(rows.column("message_id"), known)
    start, end = (offsets(rows.column(name)) for name in ("start", "end"))
    whole = (start == EMPTY) & (end == EMPTY)
    quoted = _filled(rows.column("quote"))
    in_order = whole | ((start >= 0) & (start < end) & (end <= lengths))
    doubtful = (~in_order | quoted) & (lengths >= 0)
    doubtful[_quoted_to_the_letter(rows, known, start, end, doubtful & in_order & ~whole)] = False
    # The owner of a code and its scale are the same for all records with one coder, code and value.
    names = [rows.column(name) for name in ("coder", "code_id", "value")]
    combined = np.zeros(len(rows), dtype=np.int64)
    for cells in names:
        combined = combined * max(len(cells.distinct), 1) + cells.number
        combined = np.unique(combined, return_inverse=True)[1].ravel()
    _, first = np.unique(combined, return_index=True)
    wrong = [place for place in first.tolist() if _code_is_doubtful(rows, place, known)]
    doubtful |= np.isin(combined, combined[wrong])
    return np.flatnonzero(doubtful).tolist()


def _quoted_to_the_letter(rows: Rows, known: Known, start: np.ndarray, end: np.ndarray, among: np.ndarray) -> list[int]:
    """Return the places of the codings, among some, whose quote is what stands between their offsets."""
    places = np.flatnonzero(among)
    quotes, messages = rows.column("quote"), rows.column("message_id")
    texts = known.messages.rows.column("text")
    number = [texts.number[known.messages.places[name]] if name in known.messages else -1 for name in messages.distinct]
    cut = zip(
        places.tolist(),
        start[places].tolist(),
        end[places].tolist(),
        quotes.number[places].tolist(),
        messages.number[places].tolist(),
        strict=True,
    )
    return [
        place
        for place, first, last, quote, message in cut
        if quotes.distinct[quote] == texts.distinct[number[message]][first:last]
    ]


def _code_is_doubtful(rows: Rows, place: int, known: Known) -> bool:
    """Whether the coder of a record may not use its code, or its value may not go with it."""
    cells = rows[place].cells
    code = known.codes.get(cells.get("code_id", ""))
    if code is None:
        return False
    owner = code.value.get("coder", "")
    return bool((owner and owner != cells.get("coder")) or cells.get("value"))


def _filled(cells: Cells) -> np.ndarray:
    """Whether each record's cell holds something."""
    filled = np.array([bool(cell) for cell in cells.distinct], dtype=bool)
    return filled[cells.number] if len(filled) else np.zeros(0, dtype=bool)


def unread_codings(files: Files) -> Iterable[int]:
    """Return the places of the codings whose coder may not have read the message, by assignments.csv."""
    codings, given = table_of(files, "codings"), table_of(files, "assignments")
    number = []
    for name in ("coder", "message_id"):
        mine, theirs = codings.column(name), given.column(name)
        known = {cell: place for place, cell in enumerate(theirs.distinct)}
        places = np.array([*(known.get(cell, -1) for cell in mine.distinct), -1], dtype=np.int64)
        number.append((places[mine.number], theirs.number.astype(np.int64), max(len(theirs.distinct), 1)))
    (coder, by, _), (message, of, many) = number
    status = given.column("status")
    fine = np.array([cell == "read" for cell in status.distinct], dtype=bool)
    read = fine[status.number] if len(fine) else np.zeros(0, dtype=bool)
    # Read in one line and not in another: then the later one holds, and the record is looked at.
    never = np.unique((by * many + of)[~read])
    ever = np.setdiff1d((by * many + of)[read], never)
    pair = np.where((coder >= 0) & (message >= 0), coder * many + message, -1)
    return np.flatnonzero(~np.isin(pair, ever)).tolist()


def doubtful_digests(files: Files) -> Iterable[int]:
    """Return the places of the assignments that say what was read."""
    return np.flatnonzero(_filled(table_of(files, "assignments").column("text_sha256"))).tolist()
