"""The sections of an article found in its lines of print, by the numbers and names that its ledger gives them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepanalysis.article_lines import ends_in_stop, heading_key
from lepanalysis.locators import normalised, sentences_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.article_pdf import PrintedLine

_NUMBER = re.compile(r"^[#*_\s]*((?:\d+\.)*\d+)\.?[\s|.:)\u2013\u2014-]+(?=\D)")
_HASHES = re.compile(r"^[#*_\s]+|[#*_\s.:]+$")
_ABSTRACT = re.compile(r"^\W*(?:a\s?b\s?s\s?t\s?r\s?a\s?c\s?t|summary)\W*$", re.IGNORECASE)
_LIST = re.compile(r"^(?:references|bibliography|literature|works cited|literature cited)$")
# What stands behind the last entry of a list of references.
_BEHIND = re.compile(
    r"^\W*(?:how to cite|cite this|to cite this|supporting information|additional supporting|supplementary|appendix"
    r"|about the authors?\b|author biograph|publisher.s note)",
    re.IGNORECASE,
)
# A heading may be broken over so many lines.
_LINES_OF_A_HEADING = 3
# A paragraph of an abstract has so many words at least, or more than one sentence: a title or an address has not.
_WORDS_OF_PROSE = 20


@dataclass(frozen=True)
class Section:
    """A section as the ledger names it; a name in brackets says that no heading is printed."""

    id: str
    name: str

    @property
    def key(self) -> str:
        """The name as headings are compared: letters alone, without case; empty where no heading is printed."""
        return "" if self.name.startswith("(") else heading_key(self.name)


@dataclass(frozen=True)
class Part:
    """The lines of a section.

    Parameters
    ----------
    section : str
        Its id.
    heading : str
        As printed, without its number; empty where none is printed.
    lines : tuple of PrintedLine
    is_list : bool
        Whether it is the list of references.
    """

    section: str
    heading: str
    lines: tuple[PrintedLine, ...]
    is_list: bool


def divided(lines: Sequence[PrintedLine], sections: Sequence[Section]) -> tuple[tuple[Part, ...], list[str]]:
    """Divide an article into its sections.

    Each heading is looked for from the end, the last one first, so that a table of contents does not count. A section
    without a printed heading is what stands before the first heading: the abstract.

    Parameters
    ----------
    lines : sequence of PrintedLine
        Without what the pages print beside the text.
    sections : sequence of Section
        In printed order.

    Returns
    -------
    parts : tuple of Part
        In printed order.
    missing : list of str
        The names of those whose heading was not found.
    """
    blocks: dict[int, int] = {}
    for line in lines:
        blocks[line.block] = blocks.get(line.block, 0) + 1
    bound = len(lines)
    places: list[tuple[int, int, Section]] = []
    missing = []
    for section in reversed(sections):
        if not section.key:
            continue
        found = _last_heading(lines, section, bound, blocks)
        if found is None:
            missing.insert(0, section.name)
            continue
        places.insert(0, (*found, section))
        bound = found[0]
    parts = []
    unheaded = [section for section in sections if not section.key]
    if unheaded:
        front = tuple(lines[: places[0][0] if places else len(lines)])
        parts.append(Part(unheaded[0].id, "", _abstract(front), is_list=False))
    for number, (place, end, section) in enumerate(places):
        until = places[number + 1][0] if number + 1 < len(places) else len(lines)
        printed = _printed(" ".join(line.text for line in lines[place:end]), section)
        is_list = _LIST.match(section.name.casefold()) is not None
        body = tuple(lines[end:until])
        parts.append(Part(section.id, printed, _without_what_is_behind(body) if is_list else body, is_list))
    return tuple(parts), missing


def _last_heading(
    lines: Sequence[PrintedLine], section: Section, bound: int, blocks: dict[int, int]
) -> tuple[int, int] | None:
    """Return the last lines before a bound that are a section's heading; None where there are none."""
    for place in range(bound - 1, -1, -1):
        first = lines[place]
        for end in range(place + 1, min(place + _LINES_OF_A_HEADING, bound) + 1):
            if lines[end - 1].block != first.block:
                break
            text = " ".join(line.text for line in lines[place:end])
            number = _NUMBER.match(text)
            bare = text[number.end() :] if number else text
            if len(bare) > 2 * len(section.name) + 20 or heading_key(bare) != section.key:
                continue
            # Where paragraphs are known, a heading is one by itself, unless its number tells.
            if (number and number[1] == section.id) or (
                not number and (first.page or blocks[first.block] == end - place)
            ):
                return place, end
    return None


def _printed(text: str, section: Section) -> str:
    """Return a heading as printed, without number and marks; small capitals are no capitals."""
    number = _NUMBER.match(text)
    bare = normalised(_HASHES.sub("", text[number.end() :] if number else text))
    return normalised(section.name) if bare.isupper() and bare.casefold() == section.name.casefold() else bare


def _abstract(lines: tuple[PrintedLine, ...]) -> tuple[PrintedLine, ...]:
    """Return the abstract out of what stands before the first heading: behind its own, or from the first prose on."""
    heads = [place for place, line in enumerate(lines) if _ABSTRACT.match(line.text)]
    if heads:
        return lines[heads[-1] + 1 :]
    if not lines or lines[0].page:
        return lines
    # A block that begins in the middle of a sentence goes on from the one before, at the break of a page.
    paragraphs: list[tuple[int, str]] = []
    for place, line in enumerate(lines):
        goes_on = place and line.block == lines[place - 1].block
        if paragraphs and (goes_on or (line.text[:1].islower() and not ends_in_stop(paragraphs[-1][1]))):
            begin, text = paragraphs.pop()
            paragraphs.append((begin, f"{text} {line.text}"))
        else:
            paragraphs.append((place, line.text))
    return lines[next((begin for begin, text in paragraphs if _is_prose(text)), len(lines)) :]


def _is_prose(text: str) -> bool:
    """Whether a block is a paragraph, and not a title or an address."""
    closed = ends_in_stop(text) and not text.rstrip().endswith(":")
    return closed and (len(sentences_of(text)) > 1 or len(text.split()) >= _WORDS_OF_PROSE)


def _without_what_is_behind(lines: tuple[PrintedLine, ...]) -> tuple[PrintedLine, ...]:
    """Return a list of references without what stands behind its last entry."""
    ends = [place for place, line in enumerate(lines) if _BEHIND.match(line.text)]
    return lines[: ends[0]] if ends else lines
