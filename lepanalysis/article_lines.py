"""Lines of print put together again: what a page prints beside the text taken out, and broken words joined.

A word that is broken at the end of a line may be one word or two; a hyphen there says both. Where the rest of the text
does not decide it, the running text carries a mark in that place, and every reading of it counts.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lepanalysis.article_pdf import PrintedLine

# Marks for what may stand there or not. Both are noncharacters of Unicode, which no text may hold: they are taken out
# of what is read before they are put in.
HYPHEN = "\ufdd0"
SPACE = "\ufdd1"
_READ = {HYPHEN: ("", "-"), SPACE: ("", " ")}
_MARK = re.compile(f"[{HYPHEN}{SPACE}]")
# A sentence with more broken words than this is read in the commonest way and with every hyphen kept.
MOST_MARKS = 6
SOFT_HYPHEN = "\u00ad"
_STOP = re.compile(r"""[.:?!)\]][\"'\u2019\u201d)\]]*$""")

# A number before a stop or a bracket ends a sentence.
_NUMBER = re.compile(r"^[^\w(]*(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?[^\w.,;:?!)%]*$", re.IGNORECASE)
_NUMBERED = re.compile(
    r"^\W*(\d{1,4})(?=[\s|])[\s|\u00b7\u2022\u2013\u2014-]*|[\s|\u00b7\u2022\u2013\u2014:-]*(?<=[\s|])(\d{1,4})\W*$"
)
_DOI = re.compile(r"^(?:doi:?\s*|https?://(?:dx\.)?doi\.org/)10\.\d{4,9}/\S+$", re.IGNORECASE)
_ORCID = re.compile(r"orcid\.org/|\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b", re.IGNORECASE)
_ORCID_HEAD = re.compile(r"^orcid(?: ids?)?\W*$", re.IGNORECASE)
_LICENCE = re.compile(
    r"^\W*\d?\s*(?:This is an [Oo]pen[- ][Aa]ccess article"
    r"|This (?:article|work) is (?:distributed|licen[sc]ed|published) under"
    r"|(?:Open [Aa]ccess|Published|Distributed) under (?:the |a )?(?:terms|Creative Commons|[Ll]icen))"
)
_COPYRIGHT = re.compile(
    r"^\W*\d?\s*(?:copyright\s+)?(?:\u00a9|\(c\))\s*(?:copyright\s+)?(?:\d{4}|the authors?)\b|^\W*copyright\s+\d{4}"
    r"|^all rights reserved\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"^(?:\d+\W+)?\S+\.\w+/journal/\S+\b|\S+\.\w+/journal/\S+(?:\W+\d+)?$", re.IGNORECASE)
_ISSUE = re.compile(r"\b(?:19|20)\d\d;[\d():\s]*\d[\u2013-]\d+\.?$")
_DATES = re.compile(r"^(?:received|revised|accepted)\W+\d{1,2}\s\w+\s\d{4}\b", re.IGNORECASE)
_CORRESPONDENCE = re.compile(r"^\W*(?:Correspondence|Corresponding [Aa]uthor)s?(?:\s*:|\s+to\b|\W*$)")
_SECTION_NUMBER = re.compile(r"^[\W_]*(?:\d+\.)*\d+\b")
_LETTERS = re.compile(r"[^\W\d_]{3}")
# So many lines at most belong to one piece of what a page prints beside the text.
_LONGEST = {"licence": 6, "copyright": 4, "correspondence": 9}
_WORDS_OF_A_HEAD = 15
# A longer line is text; and no word or address at the end of a line is longer than the second.
_CHARACTERS_OF_FURNITURE = 1000
_CHARACTERS_OF_A_WORD = 300

_LEFT = re.compile(r"(\w[\w-]*)-$")
_RIGHT = re.compile(r"\w[\w-]*")
_WORD = re.compile(r"\w+(?:-\w+)+|\w+")
_OPEN_ADDRESS = re.compile(r"(?:https?://|www\.)\S*$", re.IGNORECASE)


def canonical(marked: str) -> str:
    """Return a text in its commonest reading: what is broken at a hyphen is one word."""
    return _MARK.sub("", marked)


def readings(marked: str) -> tuple[str, ...]:
    """Return every text that a marked one may stand for, the commonest first.

    Examples
    --------
    >>> [reading for reading in readings("a well" + HYPHEN + "known word")]
    ['a wellknown word', 'a well-known word']
    """
    marks, parts = _MARK.findall(marked), _MARK.split(marked)
    if len(marks) > MOST_MARKS:
        return canonical(marked), canonical(marked.replace(HYPHEN, "-"))
    return tuple(
        "".join(part + put for part, put in zip(parts, (*chosen, ""), strict=True))
        for chosen in product(*(_READ[mark] for mark in marks))
    )


def stands(words: str, marked: str, *, case: bool = True) -> re.Match[str] | None:
    """Return the first place at which words stand in a marked text, in any reading of it; None where they do not.

    A word begins and ends there where it does in the words.

    Parameters
    ----------
    words : str
        Normalised.
    marked : str
    case : bool
        Whether capitals count.
    """
    if not words:
        return None
    like = {"-": f"[-{HYPHEN}]", " ": f"[ {SPACE}]"}
    pattern = f"[{HYPHEN}{SPACE}]?".join(like.get(letter, re.escape(letter)) for letter in words)
    begin = r"(?<!\w)" if words[0].isalnum() else ""
    end = r"(?!\w)" if words[-1].isalnum() else ""
    return re.search(f"{begin}{pattern}{end}", marked, 0 if case else re.IGNORECASE)


def heading_key(text: str) -> str:
    """Return a line as headings are compared: its letters and digits without the number in front, without case."""
    return re.sub(r"[\W_]", "", _SECTION_NUMBER.sub("", text)).casefold()


def ends_in_stop(text: str) -> bool:
    """Whether a block of text is closed; one that is not goes on in the next block."""
    return _STOP.search(text) is not None


@dataclass(frozen=True)
class Kept:
    """The lines that belong to the text, and how many of what else there were.

    Parameters
    ----------
    lines : tuple of PrintedLine
    taken_out : Counter
        How many lines were taken out as running ``heads``, page ``numbers``, ``licence``, ``journal`` or ``address``.
    """

    lines: tuple[PrintedLine, ...]
    taken_out: Counter[str]


def without_furniture(lines: Sequence[PrintedLine], headings: Collection[str]) -> Kept:
    """Take out of the lines of an article what its pages print beside the text.

    That is: lines at the edge of several pages that are the same but for the number of the page, and lines alone that
    are the same several times in a text without pages; numbers of pages; the lines on open access, copyright, DOI,
    ORCID and correspondence, and those that name the journal's address or issue.

    Parameters
    ----------
    lines : sequence of PrintedLine
    headings : collection of str
        What stays, however often it stands there: names of sections, as `heading_key` has them.
    """
    alone = {block for block, count in Counter(line.block for line in lines).items() if count == 1}
    body = _body_size(lines)
    end = max((place for place, line in enumerate(lines) if heading_key(line.text) == "references"), default=len(lines))
    heads = _running_heads(lines, alone, headings)
    out: dict[int, str] = dict.fromkeys(heads, "heads")
    for place, line in enumerate(lines):
        if place in out or len(line.text) > _CHARACTERS_OF_FURNITURE:
            continue
        at_edge = line.outermost if line.page else line.block in alone
        found, what = range(place, place), ""
        if _NUMBER.search(line.text) and at_edge:
            found, what = range(place, place + 1), "numbers"
        elif _LICENCE.search(line.text):
            found, what = _sentence_from(lines, place), "licence"
        elif _COPYRIGHT.search(line.text):
            found, what = _note_from(lines, place, body), "licence"
        elif _ORCID_HEAD.search(line.text) or (_ORCID.search(line.text) and len(line.text.split()) <= 8):
            found, what = _orcid_from(lines, place), "journal"
        elif place < end and _is_of_journal(line.text, at_edge=at_edge):
            found, what = range(place, place + 1), "journal"
        elif place < end and _CORRESPONDENCE.search(line.text):
            found, what = _address_from(lines, place), "address"
        out |= {number: what for number in found if number not in out}
    kept = tuple(line for place, line in enumerate(lines) if place not in out)
    return Kept(kept, Counter(out.values()))


def _body_size(lines: Sequence[PrintedLine]) -> float:
    """Return the size in which most letters are printed; 0 where it is not known."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: (sizes[size], size), default=0.0)


def _running_heads(lines: Sequence[PrintedLine], alone: set[int], headings: Collection[str]) -> set[int]:
    """Return the lines that stand on several pages, and those that carry the number of their page."""
    by_text: dict[str, set[tuple[int, int]]] = {}
    by_offset: dict[int, set[tuple[int, int]]] = {}
    for place, line in enumerate(lines):
        at_edge = line.outermost if line.page else line.block in alone and not ends_in_stop(line.text)
        if not at_edge or len(line.text.split()) > _WORDS_OF_A_HEAD or heading_key(line.text) in headings:
            continue
        where = line.page or line.block
        bare = " ".join(_NUMBERED.sub("", line.text).split()).casefold()
        if _LETTERS.search(bare):
            by_text.setdefault(bare, set()).add((place, where))
        for found in _NUMBERED.finditer(line.text) if line.page and not ends_in_stop(line.text) else ():
            by_offset.setdefault(int(found[1] or found[2]) - line.page, set()).add((place, where))
    pages = len({line.page for line in lines if line.page})
    groups = [group for group in by_text.values() if len({where for _, where in group}) > 1]
    groups += [group for group in by_offset.values() if len({where for _, where in group}) > max(1, pages // 2)]
    return {place for group in groups for place, _ in group}


def _sentence_from(lines: Sequence[PrintedLine], place: int) -> range:
    """Return a line and those after it up to the end of the sentence, in letters of the same size."""
    end = place
    while (
        not ends_in_stop(lines[end].text)
        and end + 1 < len(lines)
        and end + 1 - place < _LONGEST["licence"]
        and lines[end + 1].block == lines[place].block
        and lines[end + 1].size == lines[place].size
    ):
        end += 1
    return range(place, end + 1)


def _note_from(lines: Sequence[PrintedLine], place: int, body: float) -> range:
    """Return a line, and what goes on from it: set smaller than the text as well, or down to the foot of its page."""
    line, longest = lines[place], _LONGEST["copyright"]
    smaller = 0 < line.size < body
    at_foot = line.page > 0 and all(other.page != line.page for other in lines[place + longest : place + longest + 1])
    if not smaller and (line.size or not at_foot):
        return range(place, place + 1)
    return range(place, min(_sentence_from(lines, place).stop, place + longest))


def _orcid_from(lines: Sequence[PrintedLine], place: int) -> range:
    """Return a line, and the names and numbers that go on from it."""
    end = place
    for after in range(place + 1, min(place + 9, len(lines))):
        if after - end > 2:
            break
        # A number that is broken at one of its hyphens goes on in the next line.
        if _ORCID.search(lines[after].text) or (after - end == 1 and lines[end].text.endswith("-")):
            end = after
    return range(place, end + 1)


def _is_of_journal(text: str, *, at_edge: bool) -> bool:
    """Whether a line gives the article's DOI, its dates, the journal's address or the issue."""
    if _DOI.search(text) or _DATES.search(text) or _ADDRESS.search(text):
        return True
    return at_edge and _ISSUE.search(text) is not None and len(text.split()) <= _WORDS_OF_A_HEAD


def _address_from(lines: Sequence[PrintedLine], place: int) -> range:
    """Return the lines of an address for correspondence, up to the one with the e-mail."""
    for end in range(place, min(place + _LONGEST["correspondence"], len(lines))):
        if "@" in lines[end].text:
            return range(place, end + 1)
    return range(place, place + (len(lines[place].text.split()) == 1))


@dataclass(frozen=True)
class Joined:
    """Lines as running text.

    Parameters
    ----------
    text : str
        With marks where there are two ways to read a broken word.
    starts : tuple of int
        Where each line begins in it.
    rejoined, kept, open : int
        Broken words that were made one, that keep their hyphen, and that are read both ways.
    """

    text: str
    starts: tuple[int, ...]
    rejoined: int = 0
    kept: int = 0
    open: int = 0


def words_of(lines: Sequence[PrintedLine]) -> frozenset[str]:
    """Return the words that stand unbroken in a line, case-folded; they decide how a broken one is read."""
    return frozenset(word.casefold() for line in lines for word in _WORD.findall(line.text))


def joined(lines: Sequence[str], words: Collection[str]) -> Joined:
    """Put lines together to running text.

    Parameters
    ----------
    lines : sequence of str
    words : collection of str
        The words that stand unbroken elsewhere, case-folded.
    """
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    counts: Counter[str] = Counter()
    for line in lines:
        if parts:
            cut, put, kind = _joint(parts[-1][-_CHARACTERS_OF_A_WORD:], line, words)
            counts[kind] += 1
            parts[-1] = parts[-1][: len(parts[-1]) - cut]
            parts.append(put)
            length += len(put) - cut
        starts.append(length)
        parts.append(line)
        length += len(line)
    return Joined("".join(parts), tuple(starts), counts["rejoined"], counts["kept"], counts["open"])


def _joint(left: str, right: str, words: Collection[str]) -> tuple[int, str, str]:
    """Return how two lines join: how many characters go, what is put in their place, and what that was."""
    if left.endswith(SOFT_HYPHEN):
        return 1, "", "rejoined"
    if left[-1] == "-" and left[-2:-1].isalnum() and right[:1].isalnum():
        return _broken(left, right, words)
    if left[-1] in "\u2013\u2014" and not left[-2:-1].isspace():
        return 0, "", ""
    if (left[-1] == "/" and not left[-2:-1].isspace()) or _OPEN_ADDRESS.search(left):
        return 0, SPACE, ""
    return 0, " ", ""


def _broken(left: str, right: str, words: Collection[str]) -> tuple[int, str, str]:
    """Decide on a word that is broken at a hyphen."""
    first, second = _LEFT.search(left), _RIGHT.match(right)
    begin, end = (found.group().removesuffix("-") if found else "" for found in (first, second))
    # A hyphen before a capital or beside a number is no break of a word, unless all of it is in capitals.
    if end[:1].isdigit() or begin[-1:].isdigit() or (end[:1].isupper() and not begin.isupper()):
        return 0, "", "kept"
    one, two = (f"{begin}{put}{end}".casefold() in words for put in ("", "-"))
    if one == two:
        return 1, HYPHEN, "open"
    return (1, "", "rejoined") if one else (0, "", "kept")
