"""A printed reference list: taken out of a text, and parted into its entries."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from lepanalysis.citing_entries import LONGEST_ENTRY, LONGEST_HEAD, begins_entry, entry_of
from lepanalysis.citing_names import plain_key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lepanalysis.citing_entries import Reference

# Of headings that may be that of the list, the last so many are tried; before them are tables of contents.
MOST_HEADINGS = 20
# An entry's names and year stand on so many lines at most.
LINES_OF_HEAD = 12
_BULLET = re.compile(r"[ \t]*(?:[-•–*+][ \t]+|\[\d{1,4}\][ \t]*|\d{1,4}[.)][ \t]+)")
_BEFORE_HEADING = r"^[ \t]*(?:#{1,6}[ \t]*)?[*_]{0,3}(?:\d{1,2}\.?[ \t|]*)?"
_BEHIND_HEADING = r"(?:[ \t]*:)?[*_]{0,3}[ \t]*$"
_HEADING = re.compile(
    rf"{_BEFORE_HEADING}(?:(?:list of )?references|reference list|bibliography|literature(?: cited)?|works cited|"
    rf"cited literature|literatur(?:verzeichnis)?){_BEHIND_HEADING}",
    re.IGNORECASE | re.MULTILINE,
)
_AFTER = re.compile(
    rf"{_BEFORE_HEADING}(?:appendix\b.{{0,80}}|appendices|acknowledge?ments?|notes|endnotes|orcid|"
    rf"supporting information|about the authors?|author biograph(?:y|ies)|how to cite\b.{{0,400}}){_BEHIND_HEADING}",
    re.IGNORECASE | re.MULTILINE,
)


def references_in(text: str) -> tuple[Reference, ...]:
    """Return the works of a printed reference list, in its order.

    Entries may be set off by bullets, by empty lines, by hanging indentation or by nothing but their beginnings; what
    stands between them and begins like no entry is left out.

    Parameters
    ----------
    text : str
        The list alone, with or without its heading.
    """
    return tuple(replace(entry_of(entry), where=f"{line}:{column}") for line, column, entry in _entries(text))


def body_and_list(text: str) -> tuple[str, str]:
    """Return a text without its reference list, and the list alone; what is taken out leaves spaces and line breaks.

    Parameters
    ----------
    text : str
        The list begins behind the last heading such as "References" that has an entry behind it.

    Returns
    -------
    body, listed : str
        Each as long as the text, so that places in them are places in it; `listed` is blank where there is no list.
    """
    for heading in reversed(list(_HEADING.finditer(text))[-MOST_HEADINGS:]):
        after = _AFTER.search(text, heading.end())
        end = after.start() if after else len(text)
        listed = _blank(text[: heading.end()]) + text[heading.end() : end] + _blank(text[end:])
        if next(_entries(listed), None):
            # A line on how to cite the text itself cites nothing.
            end = after.end() if after else end
            return text[: heading.start()] + _blank(text[heading.start() : end]) + text[end:], listed
    return text, _blank(text)


def places_out_of_order(references: Sequence[Reference]) -> list[int]:
    """Return the fewest entries that would have to be moved for a list to be in the order of first names listed.

    What counts is the first author's family name, letter by letter, without accents and signs; with its particles or
    without them, as fits. The entries that may stay are a longest increasing row of the list (Schensted).

    Parameters
    ----------
    references : sequence of Reference
        In the order of the list.

    Returns
    -------
    list of int
        Their places from zero, in the order of the list.
    """
    rows = [_sorted_by(work) for work in references]
    ends: list[str] = []
    # By the length of the longest row that ends with them: the entries, each with the key that it has in that row.
    ways: list[list[tuple[int, str]]] = []
    for place, keys in enumerate(rows):
        # From the last in the alphabet to the first, so that no entry follows itself.
        for key in sorted(keys, reverse=True):
            length = bisect_right(ends, key)
            ends[length : length + 1] = [key]
            ways += [[]] if length == len(ways) else []
            ways[length].append((place, key))
    staying = set()
    behind, last = len(references), "\U0010ffff"
    for row in reversed(ways):
        # The first that fits: of two entries of which either might be moved, the later is reported.
        behind, last = next((place, key) for place, key in row if place < behind and key <= last)
        staying.add(behind)
    return [place for place, keys in enumerate(rows) if keys and place not in staying]


def _sorted_by(work: Reference) -> set[str]:
    """Return the keys under which an entry may stand in an alphabetical list."""
    if not work.authors:
        return set()
    name = work.authors[0].family.removeprefix("The ")
    return {plain_key_of(name), plain_key_of("".join(sign for sign in name if sign.isalnum()))}


def _blank(text: str) -> str:
    """Return a text of which line breaks are left and everything else is a space."""
    return re.sub(r"[^\n]", " ", text)


def _entries(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and text of each entry of a list."""
    lines = text.split("\n")
    filled = [line for line in lines if line.strip() and not line.strip().isdigit()]
    bulleted = 2 * sum(bool(_BULLET.match(line)) for line in filled) > sum("(" in line for line in filled) > 0
    left = min((_indent(line) for line in filled), default=0)
    hanging = _is_hanging(filled, left)
    begun: tuple[int, int] | None = None
    parts: list[str] = []
    apart = True
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if not stripped or stripped.isdigit() or _HEADING.match(line):
            apart = True
            continue
        bullet = _BULLET.match(line)
        complete = not parts or _is_complete(parts[-1])
        if bulleted:
            begins = bullet is not None
        elif hanging:
            begins = _indent(line) <= left and complete
        else:
            begins = complete and begins_entry(" ".join(lines[number - 1 : number - 1 + LINES_OF_HEAD])[:LONGEST_HEAD])
        if begins:
            if begun:
                yield *begun, _joined(parts)
            begun = (number, (bullet.end() if bulleted and bullet else _indent(line)) + 1)
            parts = [line[bullet.end() :].strip() if bulleted and bullet else stripped]
        elif begun and apart and complete and not hanging and not (stripped[0] == "(" or stripped[0].islower()):
            # Something else has begun: a note, a biography. What is left of the list begins again like an entry.
            yield *begun, _joined(parts)
            begun, parts = None, []
        elif begun:
            parts.append(stripped)
        apart = False
    if begun:
        yield *begun, _joined(parts)


def _indent(line: str) -> int:
    """Return how far a line is indented."""
    return len(line) - len(line.lstrip())


def _is_hanging(lines: Sequence[str], left: int) -> bool:
    """Whether the first line of each entry, and no other, begins at the left."""
    first = [line for line in lines if _indent(line) <= left]
    return 0 < len(first) < len(lines) and sum(begins_entry(line) for line in first) * 2 > len(first)


def _is_complete(line: str) -> bool:
    """Whether an entry can end with a line: with a full stop, a bracket, a number or an address."""
    last = line.rstrip("*_ ").rsplit(maxsplit=1)[-1:] or [""]
    return last[0][-1:] in set(".>)]/") or last[0][-1:].isdigit() or "://" in last[0]


def _joined(lines: Sequence[str]) -> str:
    """Return the lines of an entry as one; a word broken at the end of a line is whole again."""
    text = lines[0]
    for line in lines[1:]:
        if len(text) > LONGEST_ENTRY:
            break
        if text.endswith("-") and text[-2:-1].isalpha():
            text = (text[:-1] if line[:1].islower() else text) + line
        else:
            text = f"{text} {line}"
    return text
