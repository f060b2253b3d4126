"""The list of names that a user gives, and what in a text leads to a person besides names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepanalysis.exchange.guard import LIMITS, read_bounded
from lepanalysis.exchange.pseudonymise_names import Edit, bare_name, folded, words_of
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LONGEST = 200
MAIL, MENTION, WEB = "mail addresses", "mentions", "web addresses with user names"
# All bounded, so that no text can make them slow.
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_MENTION = re.compile(r"(?<![\w@./])@(?P<user>[\w](?:[\w.-]{0,58}\w)?)")
_WEB = re.compile(
    r"(?:https?://|www\.)[^\s<>\"']{0,300}?(?:/(?:u|user|users|profile|members?|people|in|author)/|/@|"
    r"(?:github|gitlab|twitter|x|facebook|instagram|mastodon)\.(?:com|social)/)[^\s<>\"')\]]{1,300}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Listed:
    """A name that is to be replaced.

    Parameters
    ----------
    name : str
        Bare of what stands around it.
    new : str
        What the user wants in its place; empty where that is left to us.
    line : int
    """

    name: str
    new: str
    line: int


def listed_names(path: Path) -> tuple[Listed, ...]:
    """Return the names of a file: one a line, or ``name = replacement``; lines that begin with ``#`` are remarks.

    Parameters
    ----------
    path : Path

    Raises
    ------
    UsageError
        When the file is no text, or replacements would bring a listed name back.
    """
    try:
        text = read_bounded(path, LIMITS).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path.name} is not UTF-8; save the list of names so") from None
    found: dict[str, Listed] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        given, _, new = (part.strip() for part in line.partition("="))
        name = bare_name(given)
        if not name or len(name) > _LONGEST or len(new) > _LONGEST or not new.isprintable():
            raise UsageError(f"{path.name}:{number}: no name; write one a line, or name = replacement")
        one = Listed(name, new, number)
        other = found.setdefault(folded(name), one)
        if other.new != one.new:
            raise UsageError(f"{path.name}:{number}: the name stands in line {other.line} with another replacement")
    words = set().union(*(words_of(one.name) for one in found.values())) if found else set()
    for one in found.values():
        if one.new and (not bare_name(one.new) or not words.isdisjoint(words_of(one.new))):
            raise UsageError(f"{path.name}:{one.line}: the replacement holds no word, or one of a listed name")
    return tuple(found.values())


def addresses_in(text: str, mentioned: Mapping[str, str], placeholders: Mapping[str, str]) -> dict[str, list[Edit]]:
    """Return what in a text leads to a person besides names, by kind, with what may stand in its place.

    Parameters
    ----------
    text : str
    mentioned : mapping
        Code names of participants by their folded user names.
    placeholders : mapping
        By kind.
    """
    found: dict[str, list[Edit]] = {MAIL: [], MENTION: [], WEB: []}
    if "@" not in text and "/" not in text:
        return found
    taken: list[tuple[int, int]] = []
    for kind, pattern in ((WEB, _WEB), (MAIL, _MAIL), (MENTION, _MENTION)):
        before, place = sorted(taken), 0
        for match in pattern.finditer(text):
            start, end = match.span()
            while place < len(before) and before[place][1] <= start:
                place += 1
            if place < len(before) and before[place][0] < end:
                continue
            new = placeholders[kind]
            if kind == MENTION:
                new = "@" + mentioned.get(folded(match["user"]), new)
            found[kind].append(Edit(start, end, new))
            taken.append((start, end))
    return found
