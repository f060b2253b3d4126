"""Names in texts: found as whole words, whatever their case and however their letters with accents are written.

Texts are compared folded: composed (NFC), without case, with plain apostrophes and hyphens, without characters that
nobody sees. What is found is told in offsets of the text as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W_]+")
# Characters inside words that nobody sees: soft hyphen, joiners. Marks of direction part words as signs do.
_UNSEEN = "\u00ad\u200c\u200d\u2060"
_PLAIN = str.maketrans(
    {**dict.fromkeys("\u2019\u2018\u02bc\u2032\u00b4`", "'"), **dict.fromkeys("\u2010\u2011\u2012\u2013", "-")}
    | dict.fromkeys(_UNSEEN)
)
# Scripts that do not part words by spaces, or hang endings on names: there a name is found inside longer words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_FIRST_MARK = 0x300
_JAMO = range(0x1160, 0x1200)


@dataclass(frozen=True)
class Edit:
    """What stands from `start` to `end` becomes `new`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Found:
    """A name in a text: its place, and which of the names it is."""

    start: int
    end: int
    name: int


def folded(text: str) -> str:
    """Return a text as names are compared.

    Parameters
    ----------
    text : str
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.translate(_PLAIN)).casefold())


def words_of(text: str) -> set[str]:
    """Return the words of a text, folded.

    Parameters
    ----------
    text : str
    """
    return set(_WORD.findall(folded(text)))


def bare_name(name: str) -> str:
    """Return a name without the spaces and signs around it.

    Parameters
    ----------
    name : str
    """
    found = [place for place, letter in enumerate(name) if letter.isalnum()]
    if not found:
        return ""
    # What belongs to the last letter, such as an accent that is written by itself, stays with it.
    end = found[-1] + 1
    while end < len(name) and _joins(name[end]):
        end += 1
    return " ".join(name[found[0] : end].split())


def _joins(letter: str) -> bool:
    """Whether a character is one with the one before it."""
    code = ord(letter)
    return (code >= _FIRST_MARK and (unicodedata.category(letter)[0] == "M" or code in _JAMO)) or letter in _UNSEEN


@lru_cache(maxsize=4096)
def _folded_cluster(cluster: str) -> str:
    return folded(cluster)


def _with_places(text: str) -> tuple[str, Sequence[int]]:
    """Return a text folded, and for each place in that the place in the text."""
    if text.isascii():
        return folded(text), range(len(text) + 1)
    parts: list[str] = []
    places: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and _joins(text[end]):
            end += 1
        part = _folded_cluster(text[at:end])
        parts.append(part)
        places += [at] * len(part)
        at = end
    places.append(len(text))
    return "".join(parts), places


class Names:
    """Names to be found, the longest first.

    Parameters
    ----------
    names : iterable of str
        Each bare, and no two of them equal when folded.
    any_case : bool
        Whether ``anna`` and ``ANNA`` are ``Anna``; else only the name as it is written and all in capitals.
    """

    def __init__(self, names: Iterable[str], *, any_case: bool = True) -> None:
        """Sort the names by their first words."""
        self.names = tuple(names)
        self.any_case = any_case
        self._by_word: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
        inside: list[tuple[str, int]] = []
        for number, name in sorted(enumerate(self.names), key=lambda one: -len(one[1])):
            key = folded(name)
            if _UNSPACED.search(key):
                inside.append((key, number))
                continue
            pattern = r"\s+".join(map(re.escape, key.split()))
            # A genitive without apostrophe, as in many languages; a name that ends in s has none.
            ending = "" if key.endswith("s") else "(?P<s>s)?"
            first = _WORD.search(key)
            if first is not None:
                found = (number, re.compile(rf"(?P<name>{pattern}){ending}(?![^\W_])"))
                self._by_word.setdefault(first[0], []).append(found)
        self._inside = dict(inside)
        alternatives = "|".join(re.escape(key) for key, _ in sorted(inside, key=lambda one: -len(one[0])))
        self._within = re.compile(alternatives) if inside else None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.names)

    def find(self, text: str) -> list[Found]:
        """Return where names stand, from the first to the last; of two that overlap the longer one that begins first.

        Parameters
        ----------
        text : str
        """
        if not self.names or not self._may_hold(folded(text)):
            return []
        plain, places = _with_places(text)
        found: list[Found] = []
        until = 0
        for start, end, number, genitive in sorted(self._candidates(plain), key=lambda one: (one[0], -one[1])):
            if start < until or places[end] == places[end - 1] or (start and places[start] == places[start - 1]):
                continue
            first, last = places[start], places[end]
            if self._fits(text[first:last], number, genitive=genitive):
                found.append(Found(first, last, number))
                until = end
        return found

    def _may_hold(self, plain: str) -> bool:
        by_word = self._by_word
        if self._within is not None and self._within.search(plain):
            return True
        return any(word in by_word or word[:-1] in by_word for word in _WORD.findall(plain))

    def _candidates(self, plain: str) -> Iterable[tuple[int, int, int, bool]]:
        """Yield start, end, name and whether a genitive's s follows, for what stands at the beginning of words."""
        if self._within is not None:
            for match in self._within.finditer(plain):
                yield match.start(), match.end(), self._inside[match[0]], False
        for word in _WORD.finditer(plain):
            known = self._by_word.get(word[0], ())
            if word[0].endswith("s"):
                known = [*known, *self._by_word.get(word[0][:-1], ())]
            for number, pattern in known:
                match = pattern.match(plain, word.start())
                if match is not None:
                    yield match.start(), match.end("name"), number, bool(match.groupdict().get("s"))

    def _fits(self, written: str, number: int, *, genitive: bool) -> bool:
        """Whether a name is one as it is written: ``marks`` is no genitive of Mark."""
        if genitive and not written[:1].isupper():
            return False
        if self.any_case:
            return True
        name = unicodedata.normalize("NFC", self.names[number])
        seen = " ".join(unicodedata.normalize("NFC", written).split())
        return seen == name or (written.isupper() and len(written) > 1)


def as_written(new: str, old: str) -> str:
    """Return a replacement in the case of what it replaces.

    Parameters
    ----------
    new, old : str
    """
    if len(old) > 1 and old.isupper():
        return new.upper()
    return new.lower() if old.islower() else new


@dataclass(frozen=True)
class Edited:
    """A text with edits made: what it is now, and where places of it went.

    Parameters
    ----------
    text : str
        The new text.
    edits : tuple of Edit
        In order, none overlapping another.
    """

    text: str
    edits: tuple[Edit, ...] = ()

    @cached_property
    def _starts(self) -> list[int]:
        return [edit.start for edit in self.edits]

    @cached_property
    def _shifts(self) -> list[int]:
        """By how much places move that lie behind so many edits."""
        return [0, *accumulate(len(edit.new) - (edit.end - edit.start) for edit in self.edits)]

    def moved(self, start: int, end: int) -> tuple[int, int]:
        """Return where a segment lies now: one that begins or ends inside an edit takes all of it.

        Parameters
        ----------
        start, end : int
        """
        return self._place(start, is_end=False), self._place(end, is_end=True)

    def _place(self, offset: int, *, is_end: bool) -> int:
        number = bisect_right(self._starts, offset) - 1
        if number < 0:
            return offset
        edit = self.edits[number]
        if offset == edit.start or offset >= edit.end:
            return offset + self._shifts[number + (offset >= edit.end)]
        return edit.start + self._shifts[number] + (len(edit.new) if is_end else 0)


def edited(text: str, first: Sequence[Edit], second: Sequence[Edit] = ()) -> Edited:
    """Return a text with edits made.

    Parameters
    ----------
    text : str
    first, second : sequence of Edit
        Each in order and without overlaps; where one of the second overlaps one of the first, that one stands.
    """
    ends = [edit.end for edit in first]
    kept = list(first)
    for edit in second:
        # The first one that ends behind the beginning of this is the only one that can reach into it.
        place = bisect_right(ends, edit.start)
        if place == len(first) or first[place].start >= edit.end:
            kept.append(edit)
    kept.sort(key=lambda edit: edit.start)
    parts: list[str] = []
    at = 0
    for edit in kept:
        parts += [text[at : edit.start], edit.new]
        at = edit.end
    return Edited("".join((*parts, text[at:])), tuple(kept))
