"""Author–year citations in running text: who is cited, which year, which page, and where (`docs/citations.md`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lepanalysis import citing_chains as chains
from lepanalysis.citing_names import Author, is_short, known_in
from lepanalysis.citing_words import LABELS, page_of
from lepanalysis.citing_years import is_range, next_year, pages_at, year_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lepanalysis.citing_chains import Chain
    from lepanalysis.citing_entries import Reference
    from lepanalysis.citing_names import Known
    from lepanalysis.citing_words import Page

BRACKETED, NARRATIVE = "bracketed", "narrative"
# What stands between two brackets and is longer than this is text; the brackets inside it are read all the same.
LONGEST_BRACKET = 4000
# So far behind a narrative citation a bracket with nothing but a page still belongs to it.
PAGE_BEHIND = 1000


@dataclass(frozen=True)
class Citation:
    """One work cited at one place.

    Parameters
    ----------
    cited_as : str
        The authors as printed, line breaks and marks of italics taken out, in composed letters (NFC).
    authors : tuple of Author
        The names in it.
    year : str
        As printed, with its letter; ``in press``, ``n.d.`` and the like where that is printed.
    pages : str
        As printed, such as ``p. 10``; empty where none is.
    form : str
        ``bracketed``, or ``narrative``: the names in the sentence, the year in brackets.
    start, end : int
        Place in the text, in code points, end exclusive: from the first name to the last of year and pages. A
        further year of the same names begins at that year.
    et_al : bool
        Whether further authors are meant ("et al.").
    joined_by : str
        What stands before the last name: ``&``, ``and``, ``und``; empty where nothing does.
    stands_for : str
        The full name, where the text itself says what an abbreviation stands for.
    where : str
        Line and column in the text, or another place in words.
    """

    cited_as: str
    authors: tuple[Author, ...]
    year: str
    pages: str = ""
    form: str = BRACKETED
    start: int = 0
    end: int = 0
    et_al: bool = False
    joined_by: str = ""
    stands_for: str = ""
    where: str = ""


@dataclass(frozen=True)
class _Names:
    """Names, and whether a year of theirs was met already."""

    chain: Chain
    form: str
    met: bool = False


def citations_in(text: str, references: Sequence[Reference] = ()) -> tuple[Citation, ...]:
    """Return the author–year citations of a text, in the order in which they stand.

    Parameters
    ----------
    text : str
        Running text, without its reference list. Line and page breaks may stand anywhere in it.
    references : sequence of Reference
        The reference list, where it is at hand. It tells a name from an ordinary word with a capital where the text
        alone cannot: "May", "the Regional Growth Fund (2013)". It never changes the name that is cited.

    Returns
    -------
    tuple of Citation
        One for each work at each place.
    """
    page = page_of(text)
    known = known_in(references)
    declared = _declared(page, known)
    found: list[Citation] = []
    for opening, close in sorted(page.closes.items()):
        if page.tokens[close].end - page.tokens[opening].start > LONGEST_BRACKET:
            continue
        items = list(_items(page, opening))
        if _is_page_behind(page, items, found):
            found[-1] = replace(found[-1], pages=page.printed(items[0], items[-1]))
        else:
            found += _in_bracket(page, opening, items, known)
    return tuple(
        replace(
            citation,
            stands_for=declared.get(citation.cited_as, ""),
            where=page.where(citation.start),
        )
        for citation in sorted(found, key=lambda citation: (citation.start, citation.end))
    )


def authors_of(cited_as: str) -> tuple[tuple[Author, ...], bool, str]:
    """Return the names in the authors of a citation as printed, whether more are meant, and what joins the last.

    Parameters
    ----------
    cited_as : str
        Such as ``Nonaka, Toyama, & Hirata`` or ``van Reijssen et al.``

    Returns
    -------
    authors : tuple of Author
        What is no list of names is taken for the name of a body.
    et_al : bool
    joined_by : str
        ``&``, ``and``, ``und`` or nothing.
    """
    page = page_of(cited_as)
    chain = chains.chain_before(page, range(len(page.tokens)))
    if chain is None or chain.first:
        return (Author(" ".join(cited_as.split())),), False, ""
    return chain.authors, chain.et_al, chain.joined_by


def _items(page: Page, opening: int) -> Iterator[int]:
    """Yield the tokens between two brackets; a bracket inside them counts as one, by the token that opens it."""
    place = opening + 1
    while place < page.closes[opening]:
        yield place
        place = page.closes.get(place, place) + 1


def _in_bracket(page: Page, opening: int, items: Sequence[int], known: Known) -> list[Citation]:
    """Return the citations whose years stand between two brackets."""
    found: list[Citation] = []
    names: _Names | None = None
    begin = 0
    semicolons = [place for place, item in enumerate(items) if page.tokens[item].text == ";"]
    for end in (*semicolons, len(items)):
        segment = items[begin:end]
        if begin == 0 and segment and year_at(page, segment, 0)[0]:
            chain = chains.chain_before_bracket(page, opening, known)
            names = _Names(chain, NARRATIVE) if chain else None
        more, names = _in_segment(page, segment, names, known)
        found += more
        begin = end + 1
    return found


def _in_segment(
    page: Page, items: Sequence[int], names: _Names | None, known: Known
) -> tuple[list[Citation], _Names | None]:
    """Return the citations of one part of a bracket, and the names that a year behind it would belong to.

    Parameters
    ----------
    page : Page
    items : sequence of int
        The tokens of the part.
    names : _Names or None
        The names that a year at its beginning belongs to.
    known : Known
    """
    found: list[Citation] = []
    begin = place = 0
    while place < len(items):
        year, behind = year_at(page, items, place)
        if not year:
            place += 1
            continue
        if is_range(page, items, behind):
            begin = place = behind + 2
            continue
        own = names if place == 0 else None
        if begin < place:
            chain = chains.chain_before(page, items[begin:place], known)
            own = _Names(chain, BRACKETED) if chain else None
        at, begin, place = place, behind, behind
        if own is None:
            continue
        names = own
        while year:
            pages, behind = pages_at(page, items, behind)
            found.append(_citation(page, names, year, pages, (items[at], items[behind - 1])))
            names = replace(names, met=True)
            begin = place = behind
            at, year, behind = next_year(page, items, behind, year)
    return found, names


def _citation(page: Page, names: _Names, year: str, pages: str, tokens: tuple[int, int]) -> Citation:
    """Return a citation of which the year begins at the first and the pages end at the last of two tokens."""
    chain = names.chain
    first = tokens[0] if names.met else chain.first
    return Citation(
        chain.cited_as,
        chain.authors,
        year,
        pages,
        names.form,
        page.tokens[first].start,
        page.tokens[tokens[1]].end,
        et_al=chain.et_al,
        joined_by=chain.joined_by,
    )


def _is_page_behind(page: Page, items: Sequence[int], found: Sequence[Citation]) -> bool:
    """Whether a bracket holds nothing but the page of the narrative citation before it: Smith (2001) ... (p. 10)."""
    if not items or not found or found[-1].form != NARRATIVE or found[-1].pages:
        return False
    first = page.tokens[items[0]]
    if first.shape not in LABELS or first.start - found[-1].end > PAGE_BEHIND:
        return False
    if "\n\n" in page.text[found[-1].end : first.start]:
        return False
    return pages_at(page, items, 0)[1] == len(items)


def _declared(page: Page, known: Known) -> dict[str, str]:
    """Return what the abbreviations of a text stand for: "World Health Organization (WHO)"."""
    declared: dict[str, str] = {}
    for opening, close in page.closes.items():
        short = page.tokens[opening + 1].text
        if is_short(short) and (close == opening + 2 or page.tokens[opening + 2].text == ","):
            full = chains.declared_before(page, opening, short, known)
            if full:
                declared.setdefault(short, full)
    return declared
