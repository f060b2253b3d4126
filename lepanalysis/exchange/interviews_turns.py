"""Who speaks when in a transcript: each way of marking turns is tried on the file, and the best one is taken."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lepanalysis.exchange.interviews_text import Transcript

_NAME = r"(?P<name>[^\W_](?:[\w.'’/&-]|[ ](?=\S)){0,38}(?:\s?\([^()\n]{1,20}\))?)"
_TIME = r"(?P<time>[\[(<#]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,-]\d{1,3})?[\])>#]?)"
# The ways, the most particular first. Asterisks and underscores are Markdown's.
WAYS: dict[str, re.Pattern[str]] = {
    "time-name": re.compile(rf"[*_]{{0,3}}{_TIME}[ \t*_-]{{1,5}}{_NAME}[*_]{{0,3}}\s?:[*_]{{0,3}}(?:[ \t]+|$)"),
    "name-time": re.compile(
        rf"[*_]{{0,3}}{_NAME}[*_]{{0,3}}[ \t,]{{1,5}}{_TIME}[*_]{{0,3}}\s?:?[*_]{{0,3}}(?:[ \t]+|$)"
    ),
    "name": re.compile(rf"[*_]{{0,3}}{_NAME}[*_]{{0,3}}\s?:[*_]{{0,3}}(?:[ \t]+|$)"),
    "tab": re.compile(rf"[*_]{{0,3}}{_NAME}[*_]{{0,3}}:?\t+"),
}
# A time at the end of what somebody says, or by itself on a line.
_MARK = re.compile(r"(?<!\S)[\[(<#]\d{1,2}:\d{2}(?::\d{2})?(?:[.,-]\d{1,3})?[\])>#](?!\S)")
_HEADING = re.compile(r"#{1,6} ")
INTERVIEWERS = frozenset(
    {
        *("i", "int", "int.", "interviewer", "interviewerin", "iv", "ir", "q", "question", "moderator", "moderatorin"),
        *("researcher", "facilitator", "interviewer 1", "interviewer 2", "i1", "i2", "intervieweur", "entrevistador"),
    }
)
# The least share of paragraphs that begin a turn where the file has turns, and the most words of a speaker's name.
_LEAST_SHARE = 0.25
_MOST_WORDS = 4
_TIMED = frozenset({"time-name", "name-time"})
_DIGITS = re.compile(r"\d+")
# Names are compared where they are so few.
MOST_SINGLE = 100
# How much of two names is the same where one is the other, mistyped.
_SLIP = 0.85


@dataclass(frozen=True)
class Turn:
    """What one person says before another does.

    Parameters
    ----------
    speaker : str
        As the file names the person; empty where it names nobody.
    text : str
    """

    speaker: str
    text: str


@dataclass(frozen=True)
class Reading:
    """A transcript in turns.

    Parameters
    ----------
    turns : tuple of Turn
        One, of nobody, where the file has no turns.
    way : str
        One of `WAYS`, or ``none``.
    share : float
        The share of paragraphs that begin a turn so.
    margin : float
        By how much that is more than under the next best way, or than what turns need.
    above : int
        Lines above the first turn, which nobody says.
    times : int
        Marks of time that were left out.
    headings : int
        Headings between the turns, which nobody says.
    """

    turns: tuple[Turn, ...]
    way: str
    share: float
    margin: float
    above: int = 0
    times: int = 0
    headings: int = 0


@dataclass(frozen=True)
class _Try:
    """One way tried: the lines that begin a turn, with the speaker and where the words begin."""

    way: str
    begins: dict[int, tuple[str, int]]
    share: float


def turns_of(transcript: Transcript, way: str = "") -> Reading:
    """Return a transcript in turns.

    Parameters
    ----------
    transcript : Transcript
    way : str
        One of `WAYS` or ``none``, as stated; empty: found.
    """
    lines = [line for block in transcript.blocks for line in (*block.split("\n"), "")]
    tried = [_tried(name, lines, len(transcript.blocks)) for name in WAYS if way in {"", name}]
    tried.sort(key=lambda one: one.share, reverse=True)
    best = tried[0] if tried else _Try("none", {}, 0.0)
    enough = bool(best.begins) and (best.share >= _LEAST_SHARE or bool(way))
    others = [one.share for one in tried[1:] if one.begins != best.begins]
    if not enough:
        text = _joined(lines, wrapped=transcript.is_wrapped)
        share = 0.0 if way == "none" else best.share
        return Reading((Turn("", text),), "none", share, max(0.0, _LEAST_SHARE - share))
    margin = best.share - max([*others, 0.0 if way else _LEAST_SHARE])
    return _cut(lines, best, max(margin, 0.0), transcript)


def _tried(way: str, lines: list[str], blocks: int) -> _Try:
    """Return what a way of marking makes of a file; who speaks once only is known by an interviewer beside them."""
    found: dict[int, tuple[str, int]] = {}
    for place, line in enumerate(lines):
        match = WAYS[way].match(line, len(line) - len(line.lstrip()))
        if match is None or len(match["name"].split()) > _MOST_WORDS or match["name"].isdecimal():
            continue
        found[place] = (" ".join(match["name"].split()), match.end())
    counts = Counter(name.casefold() for name, _ in found.values())
    # Two people at least, each with several turns or with an interviewer's name.
    speakers = {name for name, count in counts.items() if count > 1 or name in INTERVIEWERS}
    if len(speakers) < 2 and not (len(counts) >= 2 and speakers & INTERVIEWERS):
        return _Try(way, {}, 0.0)
    if len(speakers) < 2:
        speakers = set(counts)
    begins = {place: one for place, one in found.items() if one[0].casefold() in speakers}
    first = min(begins)
    # Whoever speaks once, among the others: in a way that names times, or under a name like theirs.
    once = {place: one[0].casefold() for place, one in found.items() if place > first and place not in begins}
    few = len(once) <= MOST_SINGLE and len(speakers) <= MOST_SINGLE
    begins |= {
        place: found[place] for place, name in once.items() if way in _TIMED or (few and _is_alike(name, speakers))
    }
    begins = dict(sorted(begins.items()))
    return _Try(way, begins, len(begins) / max(blocks, len(begins)))


def _is_alike(name: str, speakers: set[str]) -> bool:
    """Whether a name is one of some names but for a slip of the keyboard or for its number."""
    if _DIGITS.sub("#", name) in {_DIGITS.sub("#", other) for other in speakers}:
        return True
    return bool(slips_of(name, speakers))


def slips_of(name: str, names: Iterable[str]) -> list[str]:
    """Return which of some names another is but for a slip of the keyboard; names with numbers are none.

    Parameters
    ----------
    name : str
    names : iterable of str
    """
    plain = [other for other in names if not _DIGITS.search(other)]
    return [] if _DIGITS.search(name) else get_close_matches(name, plain, 1, _SLIP)


def _cut(lines: list[str], best: _Try, margin: float, transcript: Transcript) -> Reading:
    """Return the turns that begin where the best way says."""
    places = [*best.begins, len(lines)]
    spelling: dict[str, str] = {}
    turns: list[Turn] = []
    times = headings = 0
    for place, following in pairwise(places):
        name, begin = best.begins[place]
        own = [lines[place][begin:], *lines[place + 1 : following]]
        kept = []
        for line in own:
            if transcript.is_markdown and _HEADING.match(line):
                headings += 1
                continue
            bare, count = _MARK.subn("", line)
            times += count
            if bare.strip() or not count:
                kept.append(bare.rstrip() if count else line)
        times += best.way in {"time-name", "name-time"}
        speaker = spelling.setdefault(name.casefold(), name)
        turns.append(Turn(speaker, _joined(kept, wrapped=transcript.is_wrapped)))
    above = sum(bool(line.strip()) for line in lines[: places[0]])
    return Reading(tuple(turns), best.way, best.share, margin, above, times, headings)


def _joined(lines: list[str], *, wrapped: bool) -> str:
    """Return lines as text; those of a page become paragraphs."""
    text = "\n".join(line.rstrip() for line in lines)
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text) if wrapped else text
