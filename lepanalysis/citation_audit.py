"""Citations against a reference list, both ways; what is found is reported and never mended (`docs/citations.md`)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from lepanalysis.citing import BRACKETED, NARRATIVE, Citation, authors_of
from lepanalysis.citing_entries import from_csl
from lepanalysis.citing_lists import places_out_of_order
from lepanalysis.citing_matches import difference, matches_and_guesses, near_index, places_near, year_key
from lepanalysis.citing_names import has_family_of, key_of
from lepanalysis.locators import normalised

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from lepanalysis.article import Article
    from lepanalysis.citing_entries import Reference

CITED_NOT_LISTED = "cited, not listed"
LISTED_NOT_CITED = "listed, not cited"
NEAR = "near match"
AMBIGUOUS = "ambiguous citation"
AND = '"and" for "&" in brackets'
AMPERSAND = '"&" for "and" in brackets'
AND_OUTSIDE = '"and" for "&" outside brackets'
AMPERSAND_OUTSIDE = '"&" for "and" outside brackets'
NO_PAGE = "quotation without a page"
NO_YEAR = "no year"
LISTED_TWICE = "listed twice"
ORDER = "order of the list"
KINDS = (
    CITED_NOT_LISTED,
    LISTED_NOT_CITED,
    NEAR,
    AMBIGUOUS,
    AND,
    AMPERSAND,
    AND_OUTSIDE,
    AMPERSAND_OUTSIDE,
    NO_PAGE,
    NO_YEAR,
    LISTED_TWICE,
    ORDER,
)
# The kinds of slips that a ledger's citations and references are enough to find; the others stay records.
COMPUTABLE_KINDS = frozenset(KINDS)
# A record in a ledger's slips.csv: a citation is read as naming a work that its names and year alone do not give.
BY_READING = "credit by reading"
# Of the works that a citation is near to, or can mean, at most so many are named.
MOST_NAMED = 3
# Quoted words fewer than this are a term; whoever uses one names who coined it, but not the page.
SHORTEST_QUOTATION = 3
# A citation by number: "12", "[12]".
_NUMBER = re.compile(r"[\[(]?([1-9][0-9]{0,5})[\])]?")


@dataclass(frozen=True)
class Finding:
    """One thing that a reader of citations and list should look at.

    Parameters
    ----------
    kind : str
        One of `KINDS`, or another word of a ledger's record.
    text : str
        What was found, in a sentence, with the names as printed.
    where : str
        Line and column, or section, paragraph and sentence.
    about : str
        The citation or the work that it is about, as `text` has it in quotation marks.
    """

    kind: str
    text: str
    where: str
    about: str = ""


def audit(
    citations: Sequence[Citation],
    references: Sequence[Reference],
    *,
    quoting: Collection[int] = (),
    order: bool = False,
    read: Mapping[int, int] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """Hold citations and a reference list against each other, both ways.

    Parameters
    ----------
    citations : sequence of Citation
    references : sequence of Reference
        In the order of the list.
    quoting : collection of int
        Which of the citations, by place from zero, credit a direct quotation: those have to name a page.
    order : bool
        Whether to report entries that stand out of alphabetical order.
    read : mapping
        Which listed work a citation is read as, both by place from zero, whatever its names and year say.

    Returns
    -------
    tuple of Finding
        By kind in the order of `KINDS`, in each kind in the order of the text or the list.
    """
    # What a citation names, or else what it can mean.
    meant = [
        (read[place],) if place in read else named or guessed
        for place, (named, guessed) in enumerate(matches_and_guesses(citations, references))
    ]
    cited = {place for places in meant for place in places}
    found = [
        *_unlisted(citations, meant),
        *(
            Finding(
                LISTED_NOT_CITED,
                f'"{work.shown}" is listed; no citation has that name and year',
                work.where,
                work.shown,
            )
            for place, work in enumerate(references)
            if place not in cited
        ),
        *_near(citations, references, meant),
        *_ambiguous(citations, references, meant),
        *_joined_in_brackets(citations, references),
        *_joined_outside(citations),
        *_incomplete(citations, references, quoting),
        *_twice(references),
    ]
    if order:
        found += _out_of_order(references)
    return tuple(sorted(found, key=lambda finding: KINDS.index(finding.kind)))


def audit_ledger(article: Article) -> tuple[Finding, ...]:
    """Audit the citations and the reference list that the ledger of an article holds.

    Parameters
    ----------
    article : Article
        Its `references`; `citations.csv`, `literature.csv` and `slips.csv` as far as it has them.

    Returns
    -------
    tuple of Finding
        With the order of the list; `where` gives section, paragraph and sentence. Where works or citations were left
        out because they are at fault, nothing is said that would have needed them.
    """
    if article.left_out.get("references"):
        return ()
    placed = {
        str(row["reference_id"]): _where(row)
        for row in (article.table("references").frame.to_dict("records") if article.has("references") else ())
    }
    references = [replace(work, where=placed.get(work.id, work.where)) for work in from_csl(article.references)]
    if not article.has("citations") or article.left_out.get("citations"):
        # Without the citations nothing can be said of them; what concerns the list alone can.
        return tuple(finding for finding in audit((), references, order=True) if finding.kind != LISTED_NOT_CITED)
    rows = article.table("citations").frame.to_dict("records")
    citations = [_recorded(row) for row in rows]
    quoted = set()
    if article.has("literature"):
        quoted = {
            str(row["citation_id"])
            for row in article.table("literature").frame.to_dict("records")
            if len(str(row["text"]).split()) >= SHORTEST_QUOTATION
        }
    quoting = [place for place, row in enumerate(rows) if row["citation_id"] in quoted]
    at = {work.id: place for place, work in enumerate(references)}
    by_number = _by_number(article, citations)
    read = {place: at[name] for place, name in by_number.items()}
    by_reading = credits_by_reading(article)
    for place, (row, citation) in enumerate(zip(rows, citations, strict=True)):
        credit = str(row["reference_id"] or "")
        if credit in at and (_cited(citation), credit) in by_reading:
            read[place] = at[credit]
    # A list by number stands in the order of its numbers.
    return audit(citations, references, quoting=quoting, order=not by_number, read=read)


@dataclass(frozen=True)
class Named:
    """The works that a citation of a ledger names.

    Parameters
    ----------
    cited : str
        The citation as it stands in the text.
    ids : tuple of str
        The listed works with its names and year, or with its number; several where it can mean several.
    guesses : tuple of str
        Where it names none, those that a letter behind its year would tell apart.
    """

    cited: str
    ids: tuple[str, ...]
    guesses: tuple[str, ...]


def works_named(article: Article) -> tuple[Named, ...]:
    """Return for each citation in an article's ledger the works that it names, whatever it is credited to.

    Parameters
    ----------
    article : Article
        With its citations.
    """
    references = from_csl(article.references)
    citations = [_recorded(row) for row in article.table("citations").frame.to_dict("records")]
    by_number = _by_number(article, citations)
    found = []
    for place, (citation, works) in enumerate(zip(citations, matches_and_guesses(citations, references), strict=True)):
        named, guessed = (tuple(references[work].id for work in some) for some in works)
        if place in by_number:
            named, guessed = (by_number[place],), ()
        found.append(Named(_cited(citation), named, guessed))
    return tuple(found)


def credits_by_reading(article: Article) -> frozenset[tuple[str, str]]:
    """Return the credits that slips.csv has on record as somebody's reading: citation as it stands, and id of the work.

    Parameters
    ----------
    article : Article
        With its citations.
    """
    if not article.has("slips"):
        return frozenset()
    records: dict[str, list[str]] = {}
    for slip in article.slips.frame.to_dict("records"):
        if slip["kind"] == BY_READING:
            records.setdefault(_where(slip), []).append(slip["description"])
    found = set()
    for row in article.table("citations").frame.to_dict("records") if records else ():
        cited, credit = _cited(_recorded(row)), str(row["reference_id"] or "")
        if any(is_quoted(cited, text) and _is_named(credit, text) for text in records.get(_where(row), ())):
            found.add((cited, credit))
    return frozenset(found)


def is_quoted(words: str, text: str) -> bool:
    """Whether a text has words in quotation marks, straight or curly.

    Parameters
    ----------
    words, text : str

    Examples
    --------
    >>> is_quoted("Low, 1999", "“Low, 1999” is cited"), is_quoted("Low, 1999", '"Low, 1999a" is cited')
    (True, False)
    """
    return f'"{normalised(words)}"' in normalised(text)


def _is_named(name: str, text: str) -> bool:
    """Whether a text has an id as a word of its own; an empty one it need not have."""
    return not name or re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def _by_number(article: Article, citations: Sequence[Citation]) -> dict[int, str]:
    """Return the works that citations by number name, by the citation's place; their number is that of the entry."""
    listed = {
        int(row["position"]): str(row["reference_id"])
        for row in (article.table("references").frame.to_dict("records") if article.has("references") else ())
    }
    there = {str(work["id"]) for work in article.references}
    numbers = {place: listed.get(_number(citation.cited_as), "") for place, citation in enumerate(citations)}
    return {place: name for place, name in numbers.items() if name in there}


def _number(cited_as: str) -> int:
    """Return the number of a citation by number; 0 for any other."""
    found = _NUMBER.fullmatch(cited_as)
    return int(found[1]) if found else 0


def _recorded(row: Mapping[object, object]) -> Citation:
    """Return a citation from its row in a ledger."""
    cited_as, year, pages = (str(row[name] or "") for name in ("cited_as", "year", "pages"))
    authors, et_al, joined_by = authors_of(cited_as)
    form = NARRATIVE if row["form"] == NARRATIVE else BRACKETED
    return Citation(cited_as, authors, year, pages, form, et_al=et_al, joined_by=joined_by, where=_where(row))


def _where(row: Mapping[object, object]) -> str:
    """Return the place of a record in print."""
    return f"section {row['section']}, paragraph {row['paragraph']}, sentence {row['sentence']}"


def _cited(citation: Citation) -> str:
    """Return a citation as it stands in the text."""
    if not citation.year:
        return citation.cited_as
    if citation.form == NARRATIVE:
        return f"{citation.cited_as} ({citation.year})"
    return f"{citation.cited_as}, {citation.year}"


def _unlisted(citations: Sequence[Citation], meant: Sequence[Sequence[int]]) -> Iterator[Finding]:
    """Yield the citations of works that are not listed under that name and year."""
    for citation, works in zip(citations, meant, strict=True):
        if not works:
            text = f'"{_cited(citation)}" is cited; no work under that name and year is listed'
            yield Finding(CITED_NOT_LISTED, text, citation.where, _cited(citation))


def _once(citations: Sequence[Citation]) -> Iterator[tuple[int, Citation, str]]:
    """Yield each citation at its first place, with the number of its places in words where there are several."""
    counts = Counter((citation.cited_as, citation.year) for citation in citations)
    for place, citation in enumerate(citations):
        count = counts.pop((citation.cited_as, citation.year), 0)
        if count:
            yield place, citation, f" (cited so {count} times)" if count > 1 else ""


def _near(
    citations: Sequence[Citation], references: Sequence[Reference], meant: Sequence[Sequence[int]]
) -> Iterator[Finding]:
    """Yield the citations of nothing that is listed, each with the listed works that look like it.

    Two such works, or one and another by a namesake, leave it open which is meant; that is said.
    """
    index = near_index(references)
    for place, citation, times in _once(citations):
        if meant[place] or not citation.authors:
            continue
        near, namesakes = {}, []
        for other in places_near(citation, index):
            work = references[other]
            if kind := difference(citation, work):
                near[other] = kind
            elif has_family_of(citation.authors[0], work.authors[0]):
                namesakes.append(other)
        for found, kind in list(near.items())[:MOST_NAMED]:
            others = [references[other].shown for other in (*near, *namesakes) if other != found]
            text = f'"{_cited(citation)}" is cited and "{references[found].shown}" is listed: {kind}{times}'
            if others:
                named = " and ".join(f'"{other}"' for other in others[:MOST_NAMED])
                text += f"; ambiguous, since {named} {'is' if len(others) == 1 else 'are'} listed too"
            yield Finding(NEAR, text, citation.where, _cited(citation))


def _ambiguous(
    citations: Sequence[Citation], references: Sequence[Reference], meant: Sequence[Sequence[int]]
) -> Iterator[Finding]:
    """Yield the citations that can mean several listed works, other than one that is listed twice."""
    for place, citation, times in _once(citations):
        works = meant[place]
        if len({_identity(references[work]) for work in works}) > 1:
            named = [f'"{references[work].shown}"{_titled(references[work])}' for work in works[:MOST_NAMED]]
            text = f'"{_cited(citation)}" can mean {" or ".join(named)}{times}'
            yield Finding(AMBIGUOUS, text, citation.where, _cited(citation))


def _titled(work: Reference) -> str:
    """Return the beginning of a title, to tell apart works of the same names and year."""
    return f', "{work.title[:60]}"' if work.title else ""


def _joined_in_brackets(citations: Sequence[Citation], references: Sequence[Reference]) -> Iterator[Finding]:
    """Yield citations in brackets whose names are joined in the way that the other citations in brackets are not.

    Where brackets have as many of one as of the other, the list decides; where it has neither, it is "&".
    """
    bracketed = [citation for citation in citations if citation.form == BRACKETED and citation.joined_by]
    count = Counter(citation.joined_by == "&" for citation in bracketed)
    in_list = Counter(work.joined_by == "&" for work in references if work.joined_by)
    if not count[True] and not in_list[True]:
        return
    is_sign = (count[True], in_list[True]) >= (count[False], in_list[False])
    kind = AND if is_sign else AMPERSAND
    yield from (_joined(citation, kind) for citation in bracketed if (citation.joined_by == "&") != is_sign)


def _joined_outside(citations: Sequence[Citation]) -> Iterator[Finding]:
    """Yield citations outside brackets whose names are joined otherwise than those of most others there."""
    narrative = [citation for citation in citations if citation.form == NARRATIVE and citation.joined_by]
    count = Counter(citation.joined_by == "&" for citation in narrative)
    if count[True] == count[False]:
        return
    is_sign = count[True] > count[False]
    kind = AND_OUTSIDE if is_sign else AMPERSAND_OUTSIDE
    yield from (_joined(citation, kind) for citation in narrative if (citation.joined_by == "&") != is_sign)


def _joined(citation: Citation, kind: str) -> Finding:
    """Return that the names of a citation are joined otherwise than those of others."""
    usual, place = "&" if kind in {AND, AND_OUTSIDE} else "and", "in" if kind in {AND, AMPERSAND} else "outside"
    text = f'"{_cited(citation)}" has "{citation.joined_by}" {place} brackets, where others have "{usual}"'
    return Finding(kind, text, citation.where, _cited(citation))


def _incomplete(
    citations: Sequence[Citation], references: Sequence[Reference], quoting: Collection[int]
) -> Iterator[Finding]:
    """Yield quotations that are credited without a page, and citations and works without a year."""
    for place in sorted(set(quoting)):
        citation = citations[place]
        if not citation.pages:
            text = f'"{_cited(citation)}" credits a quotation without a page'
            yield Finding(NO_PAGE, text, citation.where, _cited(citation))
    for citation in citations:
        if not citation.year and not _number(citation.cited_as):
            text = f'"{citation.cited_as}" is cited without a year'
            yield Finding(NO_YEAR, text, citation.where, _cited(citation))
    for work in references:
        if not work.year:
            text = f'"{work.shown}" is listed without a year behind the names'
            yield Finding(NO_YEAR, text, work.where, work.shown)


def _identity(work: Reference) -> tuple[object, ...]:
    """Return what a work shares with another entry of the same work: names, year and title."""
    names = tuple(key_of(author.family) for author in work.authors)
    return names, year_key(work.year), "".join(sign for sign in key_of(work.title or work.text) if sign.isalnum())


def _twice(references: Sequence[Reference]) -> Iterator[Finding]:
    """Yield the works that stand in the list already."""
    before: dict[tuple[object, ...], Reference] = {}
    for work in references:
        identity = _identity(work)
        if identity in before:
            text = f'"{work.shown}" is listed also at {before[identity].where}'
            yield Finding(LISTED_TWICE, text, work.where, work.shown)
        before.setdefault(identity, work)


def _out_of_order(references: Sequence[Reference]) -> Iterator[Finding]:
    """Yield the fewest entries that would have to be moved for the list to be in alphabetical order."""
    for place in places_out_of_order(references):
        work = references[place]
        beside = [f'after "{references[place - 1].shown}"'] if place else []
        beside += [f'before "{references[place + 1].shown}"'] if place + 1 < len(references) else []
        text = f'"{work.shown}" is listed {" and ".join(beside)}, out of alphabetical order'
        yield Finding(ORDER, text, work.where, work.shown)
