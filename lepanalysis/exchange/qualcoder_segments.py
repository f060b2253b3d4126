"""Codings of QualCoder: each at the offsets that give the words which QualCoder keeps of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.offsets import OffsetReading, SourceText, normal_text, read_segments, to_code_points
from lepanalysis.exchange.qualcoder_parts import external_id, moment_of
from lepanalysis.exchange.sqlitefile import integer, text
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from lepanalysis.exchange.qualcoder_parts import Parts, Source
    from lepanalysis.exchange.sqlitefile import Database

    Segments = Sequence[tuple[np.ndarray, np.ndarray]]

# Qt puts these where a text has a line end.
_LINE_ENDS = str.maketrans("\u2029\u2028", "\n\n")
_UNITS = ("codepoint", "utf16")
# Words that are not at their offsets are looked for so far around.
_NEAR = 2000
_NAMES = ("ctid", "cid", "fid", "seltext", "pos0", "pos1", "owner", "date", "memo", "avid", "important")


def read_codings(database: Database, parts: Parts, choose: str, name: str) -> None:
    """Read the codings of texts, and find out how the project counts.

    Parameters
    ----------
    database : Database
    parts : Parts
        Takes codings and coders in, and the reading of the offsets.
    choose : str
        What the user fixed with ``--offsets``.
    name : str
        How a refusal names the project.
    """
    by_source: dict[int, list[Mapping[str, Any]]] = {number: [] for number in parts.sources}
    for place, row in enumerate(database.rows("code_text", _NAMES), start=1):
        parts.ledger.came("codings")
        # Before version 4 codings had no number.
        row = {**row, "ctid": integer(row["ctid"]) or place}  # noqa: PLW2901 - the row as it will be read
        if integer(row["fid"]) not in by_source:
            parts.ledger.dropped("codings", row["ctid"], "its text is not in the project, or there is none in it")
        elif ("code", integer(row["cid"])) not in parts.codes:
            parts.ledger.dropped("codings", row["ctid"], "its code is not in the project")
        else:
            by_source[integer(row["fid"]) or 0].append(row)
    texts = [_source_text(parts.sources[number], rows) for number, rows in by_source.items()]
    parts.reading, ways = _ways(texts, choose, name)
    parts.ledger.note(parts.reading.sentence)
    for place, (number, rows) in enumerate(by_source.items()):
        _codings(parts.sources[number], rows, [way[place] for way in ways], parts)


def _source_text(source: Source, rows: Sequence[Mapping[str, Any]]) -> SourceText:
    """Return a text with its codings."""
    starts, ends = (
        [-1 if (offset := integer(row[name])) is None else offset for row in rows] for name in ("pos0", "pos1")
    )
    quotes = [text(row["seltext"]).translate(_LINE_ENDS) for row in rows]
    return SourceText(source.text, starts, ends, quotes, source.name)


def _ways(texts: Sequence[SourceText], choose: str, name: str) -> tuple[OffsetReading, list[Segments]]:
    """Return how the project counts, and the segments as they are so and where another unit is counted."""
    try:
        reading, segments = read_segments(texts, choose, name)
    except LepanalysisError:
        # As many codings speak for one reading as for another. Each coding's own words may tell.
        reading = OffsetReading()
        segments = to_code_points(texts, reading)
        ways = [segments, *_other_segments(texts, reading)]
        if choose or not _all_told(texts, ways):
            raise
        return reading, ways
    return reading, [segments] if choose else [segments, *_other_segments(texts, reading)]


def _other_segments(texts: Sequence[SourceText], reading: OffsetReading) -> list[Segments]:
    """Return the segments as they are where something else is counted."""
    units = [unit for unit in _UNITS if unit != reading.unit]
    return [to_code_points(texts, replace(reading, unit=unit)) for unit in units]


def _all_told(texts: Sequence[SourceText], ways: Sequence[Segments]) -> bool:
    """Whether every coding has its words under one of the ways."""
    for place, source in enumerate(texts):
        words = normal_text(source.text)
        for number, quote in enumerate(source.quotes or ()):
            found = ((int(way[place][0][number]), int(way[place][1][number])) for way in ways)
            if not any(start >= 0 and words[start:end] == quote for start, end in found):
                return False
    return True


def _codings(source: Source, rows: Sequence[Mapping[str, Any]], ways: Segments, parts: Parts) -> None:
    """Add the codings of a text."""
    words = normal_text(source.text)
    seen: set[tuple[object, ...]] = set()
    for place, row in enumerate(rows):
        key = row["ctid"]
        tries = [(int(starts[place]), int(ends[place])) for starts, ends in ways]
        segment = _segment(words, text(row["seltext"]), tries, key, parts)
        if segment is None:
            parts.ledger.dropped("codings", key, "no words stand at its offsets")
            continue
        coding = {
            "coder": parts.coder(row["owner"]),
            "message_id": source.message,
            "code_id": parts.codes["code", integer(row["cid"])],
            "start": segment[0],
            "end": segment[1],
        }
        if tuple(coding.values()) in seen:
            parts.ledger.dropped("codings", key, "the coder gave these words this code twice")
            continue
        seen.add(tuple(coding.values()))
        coding |= {"coding_id": f"ct{key}", "quote": words[segment[0] : segment[1]], "memo": _memo(row, parts)}
        parts.codings.append({**coding, "created_at": moment_of(row["date"])})
        parts.external_ids.append(external_id("coding", coding["coding_id"], key))


def _segment(
    words: str, kept: str, tries: Sequence[tuple[int, int]], key: object, parts: Parts
) -> tuple[int, int] | None:
    """Return where a coding stands: at the offsets that give its words, else near them, else at the offsets."""
    quote = normal_text(kept.translate(_LINE_ENDS))
    for place, (start, end) in enumerate(tries):
        if 0 <= start < end and (not quote or words[start:end] == quote):
            if place:
                parts.ledger.changed(
                    "codings", key, "counted in another unit than the project is said to be; the words decide"
                )
            return start, end
    start, end = tries[0]
    if quote and start >= 0:
        found = _nearest(words, quote, start)
        if found is not None:
            parts.ledger.changed("codings", key, "its words stood beside its offsets; moved to them")
            return found
    if 0 <= start < end:
        parts.ledger.changed("codings", key, "at its offsets stand other words than QualCoder keeps; the offsets stand")
        return start, end
    return None


def _nearest(words: str, quote: str, start: int) -> tuple[int, int] | None:
    """Return where words stand nearest to a place."""
    first = max(start - _NEAR, 0)
    piece = words[first : start + _NEAR + len(quote)]
    before = piece.rfind(quote, 0, start - first + len(quote))
    after = piece.find(quote, start - first)
    found = [first + place for place in (before, after) if place >= 0]
    if not found:
        return None
    nearest = min(found, key=lambda place: abs(place - start))
    return nearest, nearest + len(quote)


def _memo(row: Mapping[str, Any], parts: Parts) -> str:
    """Return the memo of a coding, with what else QualCoder keeps of it."""
    memo = text(row["memo"]).strip()
    if integer(row["important"]):
        parts.ledger.changed("codings", row["ctid"], "that it is marked as important stands in its memo")
        memo = f"{memo}\n\n[important]" if memo else "[important]"
    if integer(row["avid"]) is not None:
        parts.ledger.changed("codings", row["ctid"], "its link to a place in a recording was not kept")
    return memo
