"""Offsets of other programs: which of the ways of counting a file used is found out by trial, not assumed.

A way of counting (a *reading*) says what is counted (code points, UTF-16 units or UTF-8 bytes), whether a byte order
mark counts, whether a line end counts one or two, and whether the end is the last character or the one after it. Each
is tried on all segments of a file; the one under which most segments give the words that the file quotes, or else begin
and end where words do, is taken. Where two are as good as each other and lead to other segments, nobody knows, and the
user is asked.

Texts are given as they stand in the file. What comes back counts code points from 0 in the text with LF line ends and
without byte order mark, end exclusive: `normal_text`.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from lepanalysis.exchange.offsets_ties import later_end, of_origin
from lepanalysis.exchange.positions import Texts, normal_text
from lepanalysis.faults import LepanalysisError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lepanalysis.exchange.offsets_ties import Names

__all__ = ["OffsetReading", "SourceText", "detect", "normal_text", "parse_choice", "read_segments", "to_code_points"]

UNITS = ("codepoint", "utf16", "utf8")
BOMS = ("not", "counted")
NEWLINES = ("one", "two", "file")
ENDS = ("exclusive", "inclusive")
# A quotation that a program cut short is compared as far as it goes, from this length on.
_SHORTEST_CUT = 10
# A file of which fewer quotations than this share read back under any reading quotes nothing.
_FEWEST_QUOTED = 0.1
_CUT = re.compile(r"\s*(…|\.\.\.|\[\.\.\.\])$")
_SPACES = str.maketrans("\n\t\r", "   ")


@dataclass(frozen=True)
class SourceText:
    """A text with its segments, as a file has them.

    Parameters
    ----------
    text : str
        As decoded, with its byte order mark (U+FEFF at the beginning) and its line ends.
    starts, ends : sequence of int
        The offsets as the file gives them.
    quotes : sequence of (str or None), optional
        The words that the file says each segment has; None where it says none.
    name : str
        How to name the text to a person.
    """

    text: str
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()
    quotes: Sequence[str | None] | None = None
    name: str = ""


@dataclass(frozen=True)
class OffsetReading:
    """A way of counting, and how well it did.

    Parameters
    ----------
    unit : str
        ``codepoint``, ``utf16`` or ``utf8``.
    bom : str
        ``counted`` or ``not``.
    newline : str
        ``one`` or ``two`` for every line end, or ``file`` for as many as the file has characters there.
    end : str
        ``exclusive`` or ``inclusive``.
    score : float
        The share of judged segments that it reads well, from 0 to 1.
    margin : float
        By how much that is more than under the best reading that leads to other segments.
    judged : int
        Segments by which the readings were judged.
    by : str
        ``quotation``, ``words``, ``choice`` or ``nothing``.
    tried : tuple of (str, float)
        Each reading that leads to segments of its own, with its score, the best first.
    tie : str
        Why it was taken where another is as good; empty where none is.
    """

    unit: str = "codepoint"
    bom: str = "not"
    newline: str = "one"
    end: str = "exclusive"
    score: float = 1.0
    margin: float = 1.0
    judged: int = 0
    by: str = "nothing"
    tried: tuple[tuple[str, float], ...] = field(default=(), repr=False)
    tie: str = ""

    @property
    def spec(self) -> str:
        """What to say with --offsets to have this reading."""
        newline = {"one": "1", "two": "2", "file": "file"}[self.newline]
        return f"{self.unit},crlf={newline},bom={self.bom},end={self.end}"

    @property
    def words(self) -> str:
        """The reading in words."""
        unit = {"codepoint": "code points", "utf16": "UTF-16 units", "utf8": "UTF-8 bytes"}[self.unit]
        newline = {"one": "a line end as one", "two": "a line end as two", "file": "line ends as in the file"}
        bom = ", the byte order mark counted" if self.bom == "counted" else ""
        return f"{unit}, {newline[self.newline]}{bom}, end {self.end}"

    @property
    def sentence(self) -> str:
        """What a loss report says of it."""
        if self.by == "nothing":
            return "Offsets: nothing to judge by; read as " + self.words + "."
        if self.by == "choice":
            return f"Offsets: read as {self.words}, as --offsets says."
        basis = {"quotation": "give the quoted words", "words": "begin and end where words do"}[self.by]
        only = "no other reading leads to other segments" if len(self.tried) < 2 else f"margin {self.margin:.1%}"
        read = f"Offsets: {self.words}; {self.score:.1%} of {self.judged} segments {basis}"
        return f"{read}. {self.tie}" if self.tie else f"{read} ({only})."

    def as_record(self) -> dict[str, Any]:
        """Return the reading as plain data for JSON."""
        return {**asdict(self), "spec": self.spec}


def parse_choice(choice: str) -> dict[str, str]:
    """Return what ``--offsets`` fixes: ``codepoint,crlf=2,bom=counted,end=inclusive``, or a part of it.

    Parameters
    ----------
    choice : str

    Raises
    ------
    UsageError
    """
    fixed: dict[str, str] = {}
    aliases = {"1": "one", "2": "two"}
    for part in filter(None, (part.strip().lower() for part in choice.split(","))):
        name, _, value = part.partition("=")
        if not value:
            name, value = "unit", name
        name = {"crlf": "newline", "lf": "newline"}.get(name, name)
        if name == "newline":
            value = aliases.get(value, value)
        if name == "bom":
            value = {"1": "counted", "0": "not", "yes": "counted", "no": "not"}.get(value, value)
        if value not in {"unit": UNITS, "newline": NEWLINES, "bom": BOMS, "end": ENDS}.get(name, ()):
            known = "codepoint, utf16 or utf8; crlf=1, 2 or file; bom=counted or not; end=exclusive or inclusive"
            raise UsageError(f"--offsets {choice}: {part!r} is not known; say {known}")
        fixed[name] = value
    return fixed


def detect(sources: Sequence[SourceText], choose: str = "", name: str = "the file", origin: str = "") -> OffsetReading:
    """Return how the offsets of a file are to be read.

    Parameters
    ----------
    sources : sequence of SourceText
        All texts of the file: they are read in one way.
    choose : str
        What the user fixed with ``--offsets``.
    name : str
        How a refusal names the file.
    origin : str
        Which program the file says wrote it.

    Raises
    ------
    LepanalysisError
        When two readings are as good as each other, lead to other segments, and nothing else speaks for one of them;
        the sentence says how to choose.
    """
    return read_segments(sources, choose, name, origin)[0]


def to_code_points(sources: Sequence[SourceText], reading: OffsetReading) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the starts and ends of each source's segments in its `normal_text`.

    Parameters
    ----------
    sources : sequence of SourceText
    reading : OffsetReading

    Returns
    -------
    list of (numpy.ndarray, numpy.ndarray)
        Code points, end exclusive; both -1 where an offset lies outside the text or inside a character, or the end
        lies before the start. An end that is the start is kept: some programs make segments of no length.
    """
    texts = Texts(sources)
    return texts.by_source(*texts.segments(reading.unit, reading.bom, reading.newline, reading.end, lenient=True))


def read_segments(
    sources: Sequence[SourceText], choose: str = "", name: str = "the file", origin: str = ""
) -> tuple[OffsetReading, list[tuple[np.ndarray, np.ndarray]]]:
    """Return how offsets are to be read, and the segments so read: `detect` and `to_code_points` at once.

    Parameters
    ----------
    sources : sequence of SourceText
    choose : str
    name : str
    origin : str
    """
    fixed = parse_choice(choose)
    texts = Texts(sources)
    groups = _distinct(texts, fixed)
    judge = _Judge(sources, texts)
    scores = [judge.score(*group.segments) for group in groups]
    if max(matched for matched, _ in scores) < judge.quoted * _FEWEST_QUOTED:
        # What the file calls its segments is no quotation of them; a few agree by chance.
        scores = [(0, marks) for _, marks in scores]
    by_quotation = max(scores)[0] > 0
    ranked = sorted(range(len(groups)), key=lambda place: scores[place], reverse=True)
    tied = [groups[place] for place in ranked if scores[place] == scores[ranked[0]]]
    best, tie = _settled(texts, tied, origin, sources, name) if len(tied) > 1 else (tied[0], "")
    ranked.sort(key=lambda place: groups[place] is not best)
    words = int((texts.starts != texts.ends).sum())
    judged = judge.quoted if by_quotation else words
    shares = [
        (scores[place][0] / judged if by_quotation else max(scores[place][1], 0.0) / (2 * judged)) if judged else 1.0
        for place in ranked
    ]
    tried = tuple((_spec(groups[place].names), round(share, 6)) for place, share in zip(ranked, shares, strict=True))
    by = "choice" if fixed and len(groups) == 1 else "quotation" if by_quotation else "words" if judged else "nothing"
    margin = shares[0] - shares[1] if len(shares) > 1 else 1.0
    reading = OffsetReading(*best.names, round(shares[0], 6), round(margin, 6), judged, by, tried, tie)
    return reading, texts.by_source(*texts.segments(*best.names, lenient=True))


@dataclass(frozen=True, eq=False)
class _Group:
    """Readings that lead to the same segments, under the name of the plainest of them, the first."""

    readings: list[Names]
    segments: tuple[np.ndarray, np.ndarray]

    @property
    def names(self) -> Names:
        """The plainest."""
        return self.readings[0]


def _spec(names: Names) -> str:
    return OffsetReading(*names).spec


def _readings(fixed: dict[str, str], *, bom: bool) -> Iterator[Names]:
    """Yield the readings that are open, the plainest first."""
    units, boms, newlines, ends = (
        (fixed[name],) if name in fixed else values
        for name, values in (("unit", UNITS), ("bom", BOMS if bom else BOMS[:1]), ("newline", NEWLINES), ("end", ENDS))
    )
    for end, mark, newline, unit in product(ends, boms, newlines, units):
        yield unit, mark, newline, end


def _distinct(texts: Texts, fixed: dict[str, str]) -> list[_Group]:
    """Return one group for all readings that lead to the same segments."""
    groups: dict[bytes, _Group] = {}
    for names in _readings(fixed, bom=texts.any_bom):
        segments = texts.segments(*names)
        key = segments[0].tobytes() + segments[1].tobytes()
        groups.setdefault(key, _Group([], segments)).readings.append(names)
    return list(groups.values())


class _Judge:
    """Scores segments: by the quoted words where the file gives any that are found, else by the ends of words."""

    def __init__(self, sources: Sequence[SourceText], texts: Texts) -> None:
        """Gather the quotations."""
        self.texts = texts
        given = [quote for source in sources for quote in (source.quotes or (None,) * len(source.starts))]
        self.quotes = [_spaces(quote) if quote else "" for quote in given]
        self.lengths = np.array([len(quote) for quote in self.quotes], dtype=np.int64)
        # What a quotation begins and ends with; a space stands for any white space, and for no quotation at all.
        edges = [(quote[0], quote[-1]) if quote else " " for quote in self.quotes]
        self.first = np.array([ord(edge[0]) for edge in edges], dtype=np.uint32)
        self.last = np.array([ord(edge[-1]) for edge in edges], dtype=np.uint32)
        self.cut = {place: cut for place, quote in enumerate(self.quotes) if (cut := _uncut(quote))}
        self.quoted = int((self.lengths > 0).sum())

    def score(self, starts: np.ndarray, ends: np.ndarray) -> tuple[int, float]:
        """Return how many quotations read back to the letter, and the marks for the ends of words."""
        matched = self._matched(starts, ends) if self.quoted else 0
        return matched, self.texts.marks(starts, ends)[0]

    def _matched(self, starts: np.ndarray, ends: np.ndarray) -> int:
        texts = self.texts
        some, first, last = texts.edges(starts, ends)
        # Most segments of a wrong reading are told by their length or by one of their ends.
        likely = (self.lengths[some] == ends[some] - starts[some]) & (self.lengths[some] > 0)
        for wanted, found in ((self.first[some], first), (self.last[some], last)):
            likely &= (wanted == found) | (wanted == ord(" "))
        places = some[likely]
        whole = {
            place
            for place, start, end in zip(places.tolist(), starts[places].tolist(), ends[places].tolist(), strict=True)
            if texts.slice(place, start, end).translate(_SPACES) == self.quotes[place]
        }
        begun = sum(
            place not in whole
            and starts[place] >= 0
            and texts.slice(place, starts[place], ends[place]).translate(_SPACES).startswith(quote)
            for place, quote in self.cut.items()
        )
        return len(whole) + begun


def _spaces(text: str) -> str:
    """Return a text with every white space a space: attributes of XML hold no other."""
    return normal_text(text).translate(_SPACES)


def _uncut(quote: str) -> str:
    """Return how far a quotation goes that a program cut short; empty where it did not."""
    cut = _CUT.search(quote)
    return quote[: cut.start()] if cut is not None and cut.start() >= _SHORTEST_CUT else ""


def _settled(
    texts: Texts, tied: list[_Group], origin: str, sources: Sequence[SourceText], name: str
) -> tuple[_Group, str]:
    """Return which of several readings that are as good as each other is taken, and why; refuse where nothing says."""
    likely, program = of_origin([group.readings for group in tied], origin)
    known = f"Another reading is as good; {program}, which the file names as its origin, is known to count so."
    if len(likely) == 1:
        return tied[likely[0]], known
    left = [tied[place] for place in likely] or tied
    if len(left) == 2:
        one, other = sorted(left, key=lambda group: ENDS.index(group.names[-1]))
        why = later_end(texts, (one.names, other.names), (one.segments, other.segments))
        if why is not None:
            return one, why if len(left) == len(tied) else f"{known} {why}"
    _refuse_tie(texts, left[0], left[1], sources, name)
    raise AssertionError("a tie was refused")


def _refuse_tie(texts: Texts, one: _Group, other: _Group, sources: Sequence[SourceText], name: str) -> None:
    """Say that two readings cannot be told apart, with a segment that shows it."""
    differ = np.flatnonzero((one.segments[0] != other.segments[0]) | (one.segments[1] != other.segments[1]))
    place = int(differ[0])
    shown = [_shown(texts, place, *(int(offsets[place]) for offsets in group.segments)) for group in (one, other)]
    source = sources[int(texts.source[place])]
    where = f"{source.name}: " if source.name else ""
    readings = [OffsetReading(*group.names) for group in (one, other)]
    raise LepanalysisError(
        f"the offsets of {name} can be read in two ways and nothing in it tells which: as {readings[0].words}, or as "
        f"{readings[1].words}. {len(differ)} of {len(texts.source)} segments differ, such as {where}{shown[0]} or "
        f"{shown[1]}. Look it up in the program that wrote the file, and say --offsets {readings[0].spec} or "
        f"--offsets {readings[1].spec}"
    )


def _shown(texts: Texts, place: int, start: int, end: int) -> str:
    if start < 0:
        return "none at all"
    text = texts.slice(place, start, end)
    return repr(text if len(text) <= 40 else text[:18] + " … " + text[-18:])
