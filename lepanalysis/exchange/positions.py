"""Positions in many texts at once: from bytes, UTF-16 units and line ends of any sort to code points with LF.

All texts are looked at as one long row of code points. Only characters that count other than one (line ends, what lies
beyond ASCII or beyond U+FFFF) are noted, so that a plain text costs next to nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.exchange.offsets import SourceText

BOM = "\ufeff"
_LF = 0x0A
# How many UTF-16 units or UTF-8 bytes a character takes more than one, from which code point on.
_WIDER = {"codepoint": (), "utf16": (0x10000,), "utf8": (0x80, 0x800, 0x10000)}
# The marks of one end of a segment that lies outside its text or inside a character.
_OUTSIDE = -1.0
# The mark of an end of a segment that is white space.
_SPACED = 0.5
_LARGEST = 1 << 60
_SPACE, _WORD, _OTHER = 0, 1, 2
_JOINER = 0x200D


def normal_text(text: str) -> str:
    """Return a text without its byte order mark and with LF line ends; nothing else is changed.

    Parameters
    ----------
    text : str
    """
    return text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n")


class Texts:
    """Texts and the segments in them, side by side in long arrays.

    Parameters
    ----------
    sources : sequence of SourceText
    """

    def __init__(self, sources: Sequence[SourceText]) -> None:
        """Bring the texts into their normal form and note what counts other than one."""
        self.texts = [normal_text(source.text) for source in sources]
        counts = np.array([len(source.starts) for source in sources], dtype=np.int64)
        self.source = np.repeat(np.arange(len(sources)), counts)
        self.bounds = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.starts, self.ends = (_joined([getattr(one, name) for one in sources]) for name in ("starts", "ends"))
        self.has_bom = np.array([source.text.startswith(BOM) for source in sources], dtype=bool)
        self.any_bom = bool((self.has_bom & (counts > 0)).any())
        # A text without segments is not looked at.
        lengths = np.array([len(text) for text in self.texts], dtype=np.int64) * (counts > 0)
        self.begins = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        self.lengths = lengths
        self.points = np.empty(int(self.begins[-1]), dtype=np.uint32)
        for place in np.flatnonzero(lengths).tolist():
            data = self.texts[place].encode("utf-32-le", "surrogatepass")
            self.points[self.begins[place] : self.begins[place + 1]] = np.frombuffer(data, dtype=np.uint32)
        self._raw = [source.text for source in sources]
        self._found: dict[tuple[str, str], tuple[np.ndarray, np.ndarray, np.ndarray]] = {}

    @cached_property
    def _line_ends(self) -> np.ndarray:
        return np.flatnonzero(self.points == _LF)

    @cached_property
    def _pairs(self) -> np.ndarray:
        """The line ends that are CR and LF in their file."""
        found = [np.zeros(0, dtype=np.int64)]
        for place in np.flatnonzero(self.lengths).tolist():
            raw = self._raw[place].removeprefix(BOM)
            if "\r\n" in raw:
                # The CR of each pair before it is gone from the normal text.
                starts = np.array([match.start() for match in re.finditer("\r\n", raw)], dtype=np.int64)
                found.append(self.begins[place] + starts - np.arange(len(starts)))
        return np.concatenate(found)

    def _special(self, unit: str, newline: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return where characters stand that count other than one, how much more is counted before each, and which.

        Returns
        -------
        places : numpy.ndarray
            In the row of all texts, ascending.
        before : numpy.ndarray
            The sum of what the characters before count beyond one; one longer than `places`.
        is_line_end : numpy.ndarray
        """
        if (unit, newline) not in self._found:
            line_ends = {"one": self._line_ends[:0], "two": self._line_ends, "file": self._pairs}[newline]
            wide = [np.flatnonzero(self.points >= first) for first in _WIDER[unit]]
            places = np.concatenate([*wide[:1], line_ends]).astype(np.int64)
            order = np.argsort(places, kind="stable")
            places = places[order]
            points = self.points[places]
            extra = sum((points >= first).astype(np.int64) for first in _WIDER[unit]) + (points == _LF)
            before = np.concatenate([[0], np.cumsum(extra)]).astype(np.int64)
            self._found[unit, newline] = places, before, points == _LF
        return self._found[unit, newline]

    def segments(
        self, unit: str, bom: str, newline: str, end: str, *, lenient: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return all segments in code points of the normal texts, -1 where there is none under this reading.

        Parameters
        ----------
        unit, bom, newline, end : str
            The reading, as `lepanalysis.exchange.offsets.OffsetReading` names it.
        lenient : bool
            Whether an offset between the CR and the LF of one line end stands for the place before it.
        """
        shift = 0
        if bom == "counted":
            shift = self.has_bom[self.source] * {"codepoint": 1, "utf16": 1, "utf8": 3}[unit]
        starts = self._code_points(self.starts - shift, unit, newline, lenient=lenient)
        ends = self._code_points(self.ends - shift + (end == "inclusive"), unit, newline, lenient=lenient)
        wrong = (starts < 0) | (ends < starts)
        return np.where(wrong, -1, starts), np.where(wrong, -1, ends)

    def _code_points(self, offsets: np.ndarray, unit: str, newline: str, *, lenient: bool) -> np.ndarray:
        """Return offsets within each segment's text as code points, -1 outside it and inside a character."""
        places, before, is_line_end = self._special(unit, newline)
        counted = self.begins + before[np.searchsorted(places, self.begins)]
        first, last = counted[self.source], counted[self.source + 1]
        inside = (offsets >= 0) & (offsets <= last - first)
        row = first + np.where(inside, offsets, 0)
        passed = np.searchsorted(places + before[:-1], row)
        found = row - before[passed]
        if len(places):
            previous = np.maximum(passed - 1, 0)
            split = (passed > 0) & (found <= places[previous])
            inside &= ~split | (is_line_end[previous] & lenient)
        return np.where(inside, found - self.begins[self.source], -1)

    def slice(self, place: int, start: int, end: int) -> str:
        """Return the words of a segment."""
        return self.texts[self.source[place]][start:end]

    def edges(self, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return which segments hold something, and the first and last code point of those."""
        some = np.flatnonzero((starts >= 0) & (ends > starts))
        begins = self.begins[self.source[some]]
        return some, self.points[begins + starts[some]], self.points[begins + ends[some] - 1]

    def marks(self, starts: np.ndarray, ends: np.ndarray) -> tuple[float, int]:
        """Return the marks of segments, one for each end that is the end of a word, and how many were judged.

        White space at an end is half a mark: lines are coded with their line end, but no reading may win by parting
        words. A segment to which the file gives no length is not judged: it has no words under the plain reading.
        """
        judged = self.starts != self.ends
        some, first, last = self.edges(starts, ends)
        some, first, last = (values[judged[some]] for values in (some, first, last))
        source = self.source[some]
        row = self.begins[source]
        start, end = starts[some], ends[some]
        top = max(len(self.points) - 1, 0)
        before = np.where(start > 0, self.points[np.maximum(row + start - 1, 0)], _LF) if len(some) else first
        after = (
            np.where(end < self.lengths[source], self.points[np.minimum(row + end, top)], _LF) if len(some) else last
        )
        kinds = _kinds(np.stack([before, first, last, after]))
        good = np.where(kinds[1:3] == _SPACE, _SPACED, 1.0)
        good[(kinds[0:3:2] == _WORD) & (kinds[1:4:2] == _WORD)] = 0.0
        outside = int(judged.sum()) - len(some)
        return float(good.sum()) + 2 * outside * _OUTSIDE, int(judged.sum())

    def by_source(self, starts: np.ndarray, ends: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return the segments of each text."""
        cuts = self.bounds[1:-1]
        return list(zip(np.split(starts, cuts), np.split(ends, cuts), strict=True)) if len(self.bounds) > 1 else []


def _joined(parts: Sequence[Sequence[int]]) -> np.ndarray:
    """Return offsets as one array; what is beyond any text stays beyond it."""
    numbers = [offset for part in parts for offset in part]
    try:
        found = np.array(numbers, dtype=np.int64)
    except OverflowError:
        found = np.array([max(min(int(offset), _LARGEST), -_LARGEST) for offset in numbers], dtype=np.int64)
    return np.clip(found, -_LARGEST, _LARGEST)


def is_of_word(points: np.ndarray) -> np.ndarray:
    """Return of each code point whether it is of a word: a letter, a digit, or a mark on one.

    Parameters
    ----------
    points : numpy.ndarray
    """
    return _kinds(points) == _WORD


def _kinds(points: np.ndarray) -> np.ndarray:
    """Return of each code point whether it is white space, of a word, or neither."""
    distinct, number = np.unique(points, return_inverse=True)
    return np.array([_kind(point) for point in distinct.tolist()], dtype=np.int8)[number].reshape(points.shape)


def _kind(point: int) -> int:
    character = chr(point)
    if character.isspace():
        return _SPACE
    # A combining mark and a joiner belong to the character before them: nothing begins or ends there.
    return _WORD if unicodedata.category(character)[0] in "LNM" or point == _JOINER else _OTHER
