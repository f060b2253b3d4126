"""Typographic variants of one wording: which characters print the same words, and where they stand."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NON_BREAKING = "\u00a0\u2007\u202f"
_SPACE = " \t\n\r\f\v\u0085\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000"
_INVISIBLE = "\u00ad\u200b\u2060\ufeff"
_SINGLE = "\u2018\u2019\u201a\u201b\u2032\u0060\u00b4"
_DOUBLE = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
_DASH = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"

# Each family of variants: what it is called, what it looks for, and the plain form; in the order in which
# they are applied (a soft hyphen has to go before the white space around it is joined).
_FAMILIES: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "invisible characters": ((re.compile(f"[{_INVISIBLE}]+"), ""),),
    "quotation marks": ((re.compile(f"[{_SINGLE}]"), "'"), (re.compile(f"[{_DOUBLE}]"), '"')),
    "dashes": ((re.compile(f"[{_DASH}]"), "-"),),
    "ellipsis character": ((re.compile("\u2026"), "..."),),
    "non-breaking spaces": ((re.compile(f"[{_NON_BREAKING}]"), " "),),
    "white space": ((re.compile(f"[{_SPACE}]+"), " "),),
}
COMPOSITION = "composed characters"
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
# The other families at once, so that the places of the result can be followed back.
_ANY = re.compile(
    f"(?P<space>[{_SPACE}{_NON_BREAKING}]+)|(?P<single>[{_SINGLE}])|(?P<double>[{_DOUBLE}])|(?P<dash>[{_DASH}])"
    "|(?P<dots>\u2026)"
)
_PLAIN = {"space": " ", "single": "'", "double": '"', "dash": "-", "dots": "..."}


@dataclass(frozen=True)
class Plain:
    """A text in plain typography, whose places can be followed back to the text as written.

    Parameters
    ----------
    text : str
        The plain text.
    starts : tuple of int
        Where each stretch begins in the plain text, in order.
    origins : tuple of tuple
        For each stretch, where it begins and ends in the text as written, and whether it was carried over
        letter by letter.
    source : Plain, optional
        The text that this one was made from, where that is not the text as written either.
    """

    text: str
    starts: tuple[int, ...]
    origins: tuple[tuple[int, int, bool], ...]
    source: Plain | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a non-empty stretch of the plain text stands in the text as written."""
        here = self._place(start, last=False), self._place(end - 1, last=True)
        return here if self.source is None else self.source.span(*here)

    def _place(self, place: int, *, last: bool) -> int:
        """Return where a character of the plain text begins, or where it ends."""
        stretch = bisect_right(self.starts, place) - 1
        start, end, kept = self.origins[stretch]
        if kept:
            return start + place - self.starts[stretch] + (1 if last else 0)
        return end if last else start


def plain(text: str) -> Plain:
    """Return a text in plain typography, in time that grows with its length alone.

    Parameters
    ----------
    text : str

    Returns
    -------
    Plain
        With straight quotation marks, hyphens for dashes, three points for an ellipsis, one space for white
        space, composed characters (Unicode NFC), and without invisible characters.
    """
    composed = _composed(text)
    given = text if composed is None else composed.text
    changes = ((found.start(), found.end(), _PLAIN[str(found.lastgroup)]) for found in _ANY.finditer(given))
    return _changed(given, changes, composed)


def _composed(text: str) -> Plain | None:
    """Return a text in composed characters and without invisible ones; None where it is so as it stands.

    Both at once, because an invisible character may stand between a letter and its accent.
    """
    if unicodedata.is_normalized("NFC", text) and not _HIDDEN.search(text):
        return None
    cuts = [place for place, character in enumerate(text) if place == 0 or not _joins(character)]
    changes = (
        (start, end, unicodedata.normalize("NFC", _HIDDEN.sub("", text[start:end])))
        for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True)
    )
    return _changed(text, (change for change in changes if change[2] != text[change[0] : change[1]]), None)


def _changed(text: str, changes: Iterable[tuple[int, int, str]], source: Plain | None) -> Plain:
    """Return a text with stretches of it put in other characters; a change is start, end, what to put."""
    starts: list[int] = []
    origins: list[tuple[int, int, bool]] = []
    parts: list[str] = []
    length = place = 0
    for start, end, put in chain(changes, [(len(text), len(text), "")]):
        for part, origin in ((text[place:start], (place, start, True)), (put, (start, end, False))):
            if part:
                starts.append(length)
                origins.append(origin)
                parts.append(part)
                length += len(part)
        place = end
    return Plain("".join(parts), tuple(starts), tuple(origins), source)


def _joins(character: str) -> bool:
    """Whether a character may join the one before it: a combining mark, a Korean vowel or final, an invisible one."""
    mark = unicodedata.category(character).startswith("M")
    return mark or "\u1160" <= character <= "\u11ff" or character in _INVISIBLE


def variants_between(printed: str, written: str) -> tuple[str, ...]:
    """Return which families of variants make the difference between two texts of the same plain typography.

    Parameters
    ----------
    printed, written : str

    Returns
    -------
    tuple of str
        Empty where the two are the same to the letter.
    """
    if printed == written:
        return ()
    names = [COMPOSITION, *_FAMILIES]
    needed = [name for name in names if _reduced(printed, without=name) != _reduced(written, without=name)]
    # Either of two families may do alone (a non-breaking space beside a plain one): then both are named.
    return tuple(
        needed
        or [
            name for name in names if _reduced(printed, only=name) != printed or _reduced(written, only=name) != written
        ]
    )


def _reduced(text: str, *, without: str = "", only: str = "") -> str:
    """Apply the families to a text: all but one, or only one."""
    chosen = {only} if only else {COMPOSITION, *_FAMILIES} - {without}
    for name, rules in _FAMILIES.items():
        if name in chosen:
            for pattern, put in rules:
                text = pattern.sub(put, text)
    return unicodedata.normalize("NFC", text) if COMPOSITION in chosen else text
