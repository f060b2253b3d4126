"""Citations against a reference list, both ways; what is found is reported and never mended (`docs/citations.md`)."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lepanalysis.citing import BRACKETED, NARRATIVE, Citation, authors_of
from lepanalysis.citing_entries import from_csl
from lepanalysis.citing_matches import difference, matches_and_guesses, near_index, places_near, year_key
from lepanalysis.citing_names import has_family_of, key_of, plain_key_of

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
    NO_PAGE,
    NO_YEAR,
    LISTED_TWICE,
    ORDER,
)
# The kinds of slips that a ledger's citations and references are enough to find; the others stay records.
COMPUTABLE_KINDS = frozenset(KINDS)
# Of the works that a citation is near to, or can mean, at most so many are named.
MOST_NAMED = 3
# Quoted words fewer than this are a term; whoever uses one names who coined it, but not the page.
SHORTEST_QUOTATION = 3


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
    """

    kind: str
    text: str
    where: str


def audit(
    citations: Sequence[Citation],
    references: Sequence[Reference],
    *,
    quoting: Collection[int] = (),
    order: bool = False,
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

    Returns
    -------
    tuple of Finding
        By kind in the order of `KINDS`, in each kind in the order of the text or the list.
    """
    # What a citation names, or else what it can mean.
    meant = [named or guessed for named, guessed in matches_and_guesses(citations, references)]
    cited = {place for places in meant for place in places}
    found = [
        *_unlisted(citations, meant),
        *(
            Finding(LISTED_NOT_CITED, f'"{work.shown}" is listed; no citation has that name and year', work.where)
            for place, work in enumerate(references)
            if place not in cited
        ),
        *_near(citations, references, meant),
        *_ambiguous(citations, references, meant),
        *_joined(citations, references),
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
        Its `references`; `citations.csv` and `literature.csv` as far as it has them.

    Returns
    -------
    tuple of Finding
        With the order of the list; `where` gives section, paragraph and sentence.
    """
    placed = {
        str(row["reference_id"]): _where(row)
        for row in (article.table("references").frame.to_dict("records") if article.has("references") else ())
    }
    references = [replace(work, where=placed.get(work.id, work.where)) for work in from_csl(article.references)]
    if not article.has("citations"):
        # Without the citations nothing can be said of them; what concerns the list alone can.
        return tuple(finding for finding in audit((), references, order=True) if finding.kind != LISTED_NOT_CITED)
    rows = article.table("citations").frame.to_dict("records")
    quoted = set()
    if article.has("literature"):
        quoted = {
            str(row["citation_id"])
            for row in article.table("literature").frame.to_dict("records")
            if len(str(row["text"]).split()) >= SHORTEST_QUOTATION
        }
    quoting = [place for place, row in enumerate(rows) if row["citation_id"] in quoted]
    return audit([_recorded(row) for row in rows], references, quoting=quoting, order=True)


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
            yield Finding(CITED_NOT_LISTED, text, citation.where)


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
            yield Finding(NEAR, text, citation.where)


def _ambiguous(
    citations: Sequence[Citation], references: Sequence[Reference], meant: Sequence[Sequence[int]]
) -> Iterator[Finding]:
    """Yield the citations that can mean several listed works, other than one that is listed twice."""
    for place, citation, times in _once(citations):
        works = meant[place]
        if len({_identity(references[work]) for work in works}) > 1:
            named = [f'"{references[work].shown}"{_titled(references[work])}' for work in works[:MOST_NAMED]]
            text = f'"{_cited(citation)}" can mean {" or ".join(named)}{times}'
            yield Finding(AMBIGUOUS, text, citation.where)


def _titled(work: Reference) -> str:
    """Return the beginning of a title, to tell apart works of the same names and year."""
    return f', "{work.title[:60]}"' if work.title else ""


def _joined(citations: Sequence[Citation], references: Sequence[Reference]) -> Iterator[Finding]:
    """Yield citations in brackets whose names are joined in the way that the other citations in brackets are not.

    Where brackets have as many of one as of the other, the list decides; where it has neither, it is "&".
    """
    bracketed = [citation for citation in citations if citation.form == BRACKETED and citation.joined_by]
    count = Counter(citation.joined_by == "&" for citation in bracketed)
    in_list = Counter(work.joined_by == "&" for work in references if work.joined_by)
    if not count[True] and not in_list[True]:
        return
    is_sign = (count[True], in_list[True]) >= (count[False], in_list[False])
    for citation in bracketed:
        if (citation.joined_by == "&") != is_sign:
            usual = "&" if is_sign else "and"
            text = f'"{_cited(citation)}" has "{citation.joined_by}" in brackets, where others have "{usual}"'
            yield Finding(AND if is_sign else AMPERSAND, text, citation.where)


def _incomplete(
    citations: Sequence[Citation], references: Sequence[Reference], quoting: Collection[int]
) -> Iterator[Finding]:
    """Yield quotations that are credited without a page, and citations and works without a year."""
    for place in sorted(set(quoting)):
        citation = citations[place]
        if not citation.pages:
            yield Finding(NO_PAGE, f'"{_cited(citation)}" credits a quotation without a page', citation.where)
    for citation in citations:
        if not citation.year:
            yield Finding(NO_YEAR, f'"{citation.cited_as}" is cited without a year', citation.where)
    for work in references:
        if not work.year:
            yield Finding(NO_YEAR, f'"{work.shown}" is listed without a year behind the names', work.where)


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
            yield Finding(LISTED_TWICE, f'"{work.shown}" is listed also at {before[identity].where}', work.where)
        before.setdefault(identity, work)


def _out_of_order(references: Sequence[Reference]) -> list[Finding]:
    """Return the fewest entries that would have to be moved for the list to be in the order of first names listed.

    What counts is the first author's family name, letter by letter, without accents and signs; with its particles or
    without them, as fits. The entries that may stay are a longest increasing row of the list (Schensted).
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
    found = []
    for place, work in enumerate(references):
        if rows[place] and place not in staying:
            beside = [f'after "{references[place - 1].shown}"'] if place else []
            beside += [f'before "{references[place + 1].shown}"'] if place + 1 < len(references) else []
            text = f'"{work.shown}" is listed {" and ".join(beside)}, out of alphabetical order'
            found.append(Finding(ORDER, text, work.where))
    return found


def _sorted_by(work: Reference) -> set[str]:
    """Return the keys under which an entry may stand in an alphabetical list."""
    if not work.authors:
        return set()
    name = work.authors[0].family.removeprefix("The ")
    return {plain_key_of(name), plain_key_of("".join(sign for sign in name if sign.isalnum()))}
