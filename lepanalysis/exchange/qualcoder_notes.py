"""Journals, annotations and memos of QualCoder become memos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.classes import marks_in
from lepanalysis.exchange.codetree import one_line
from lepanalysis.exchange.offsets import OffsetReading, SourceText, normal_text, to_code_points
from lepanalysis.exchange.qualcoder_parts import moment_of
from lepanalysis.exchange.refi_rest import NAME, ORIGIN
from lepanalysis.exchange.sqlitefile import integer, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.exchange.qualcoder_parts import Parts
    from lepanalysis.exchange.sqlitefile import Database


def read_notes(database: Database, parts: Parts) -> None:
    """Read the journals, the annotations and the memos of attributes.

    Parameters
    ----------
    database : Database
    parts : Parts
        Has the texts and the reading of the offsets; takes the memos in.
    """
    ledger = parts.ledger
    for place, row in enumerate(database.rows("journal", ("jid", "name", "jentry", "date", "owner")), start=1):
        number, name, entry = integer(row["jid"]) or place, one_line(text(row["name"])), text(row["jentry"]).strip()
        if entry.startswith("{") and (name.startswith(NAME) or f'"of": "{ORIGIN}"' in entry[:200]):
            # The project came from a file of ours; its note no longer goes with what QualCoder made of it.
            parts.marks += marks_in(entry)
            ledger.came("notes of lepanalysis")
            ledger.dropped("notes of lepanalysis", f"journal {name}", "it goes with the file that held it alone")
            continue
        ledger.came("memos")
        if not entry:
            ledger.dropped("memos", f"journal {name}", "there is nothing in it")
            continue
        ledger.changed("memos", f"journal {name}", "was a journal; its name is the first line")
        parts.add_memo(f"journal-{number}", f"{name}\n\n{entry}", row["owner"], moment_of(row["date"]))
    _annotations(database, parts)
    for place, row in enumerate(database.rows("attribute_type", ("name", "memo", "owner", "date")), start=1):
        memo = text(row["memo"]).strip()
        if memo:
            name = one_line(text(row["name"]))
            ledger.came("memos")
            ledger.changed("memos", f"attribute {name}", "a memo is not about an attribute: it begins with the name")
            parts.add_memo(f"attribute-{place}", f"{name}: {memo}", row["owner"], moment_of(row["date"]))


def _annotations(database: Database, parts: Parts) -> None:
    """Read the annotations: memos about a text, with the words that they stand at."""
    names = ("anid", "fid", "pos0", "pos1", "memo", "owner", "date")
    rows = list(database.rows("annotation", names))
    spots = _spots(rows, parts)
    for place, row in enumerate(rows):
        number, memo = integer(row["anid"]) or place + 1, text(row["memo"]).strip()
        source = parts.sources.get(integer(row["fid"]) or -1)
        parts.ledger.came("memos")
        if source is None or not memo:
            why = "there is nothing in it" if source else "its text is not in the project, or there is none in it"
            parts.ledger.dropped("memos", f"annotation {number}", why)
            continue
        words = spots[place]
        written = f"{memo}\n\n[{words}]" if words else memo
        parts.ledger.changed("memos", f"annotation {number}", "was an annotation; the words that it stood at follow it")
        parts.add_memo(f"annotation-{number}", written, row["owner"], moment_of(row["date"]), about=source.message)


def _spots(rows: Sequence[Mapping[str, Any]], parts: Parts) -> dict[int, str]:
    """Return the words that each annotation stands at, each text looked at once."""
    by_source: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        by_source.setdefault(integer(row["fid"]) or -1, []).append(place)
    found: dict[int, str] = {}
    for number, places in by_source.items():
        source = parts.sources.get(number)
        if source is None:
            continue
        starts, ends = (
            [-1 if (offset := integer(rows[place][name])) is None else offset for place in places]
            for name in ("pos0", "pos1")
        )
        ((begins, stops),) = to_code_points([SourceText(source.text, starts, ends)], parts.reading or OffsetReading())
        words = normal_text(source.text)
        for place, begin, stop in zip(places, begins.tolist(), stops.tolist(), strict=True):
            found[place] = words[begin:stop] if begin >= 0 else ""
    return found
