"""Which listed works a citation names to the letter, and how it differs from those that it nearly names."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from lepanalysis.citing_names import (
    difference_of,
    forms_of,
    has_family_of,
    is_same,
    is_short,
    is_short_for,
    key_of,
    variants_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.citing import Citation
    from lepanalysis.citing_entries import Reference

# Of the works under one key so many are compared with a citation.
MOST_COMPARED = 50


def matches(citations: Sequence[Citation], references: Sequence[Reference]) -> tuple[tuple[int, ...], ...]:
    """Return for each citation the listed works that it names to the letter, by place in the list from zero.

    Parameters
    ----------
    citations : sequence of Citation
    references : sequence of Reference

    Returns
    -------
    tuple of tuple of int
        Empty for a citation of what is not listed; several places where it can mean several works.
    """
    return tuple(named for named, _ in matches_and_guesses(citations, references))


def matches_and_guesses(
    citations: Sequence[Citation], references: Sequence[Reference]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return the works that each citation names, and where it names none those that a letter after its year would.

    Parameters
    ----------
    citations : sequence of Citation
    references : sequence of Reference

    Returns
    -------
    list of pairs of tuple of int
        One pair for each citation. "2009" names neither of "2009a" and "2009b", and can mean either.
    """
    by_name: dict[str, list[int]] = defaultdict(list)
    for place, work in enumerate(references):
        for form in forms_of(work.authors[0]) if work.authors else ():
            by_name[form].append(place)
    answers: dict[tuple[object, ...], tuple[tuple[int, ...], tuple[int, ...]]] = {}
    found = []
    for citation in citations:
        asked = (citation.authors, citation.et_al, citation.year, citation.cited_as, citation.stands_for)
        if asked not in answers:
            fitting = [place for place in _named(citation, by_name) if _fits(citation, references[place])]
            same = tuple(place for place in fitting if _is_year(citation.year, references[place].year))
            bare = bare_year(citation.year)
            lettered = tuple(place for place in fitting if bare and bare_year(references[place].year) == bare)
            is_open = not same and len(lettered) > 1 and bare == year_key(citation.year)
            answers[asked] = (same, lettered if is_open else ())
        found.append(answers[asked])
    return found


def _named(citation: Citation, by_name: Mapping[str, Sequence[int]]) -> list[int]:
    """Return the places of works whose first name a citation may begin with."""
    keys = {key_of(name) for name in (citation.cited_as, citation.stands_for) if name}
    words = key_of(citation.authors[0].family).split() if citation.authors else []
    # Given names that are written out stand before the family name.
    keys |= {" ".join(words[number:]) for number in range(len(words))}
    return sorted({place for key in keys for place in by_name.get(key, ())})


def _fits(citation: Citation, work: Reference) -> bool:
    """Whether the names of a citation are those of a work, in number too."""
    cited, listed = citation.authors, work.authors
    if len(listed) == 1 and key_of(listed[0].family) in {key_of(citation.cited_as), key_of(citation.stands_for)}:
        return True
    return _has_number(citation, work) and all(is_same(*pair) for pair in zip(cited, listed, strict=False))


def _has_number(citation: Citation, work: Reference) -> bool:
    """Whether a citation speaks of as many authors as a work has; "et al." stands for two at least."""
    cited, listed = len(citation.authors), len(work.authors)
    if work.et_al:
        return cited >= listed or citation.et_al
    return listed >= cited + 2 if citation.et_al else listed == cited


def year_key(year: str) -> str:
    """Return a year as years are compared."""
    return "".join(sign for sign in year.casefold() if sign.isalnum() or sign == "/")


def _is_year(cited: str, listed: str) -> bool:
    """Whether two years are the same; of two years of one work ("1776/1976") either will do."""
    first, second = year_key(cited), year_key(listed)
    return bool(first) and (first == second or bool(set(first.split("/")) & set(second.split("/"))))


def bare_year(year: str) -> str:
    """Return a year without its letter."""
    year = year_key(year)
    return year[:4] if year[:4].isdigit() and len(year) == 5 else year


def near_index(references: Sequence[Reference]) -> dict[tuple[str, ...], list[int]]:
    """Return the places of works by everything under which a citation that looks like them may look for them.

    Parameters
    ----------
    references : sequence of Reference
    """
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, work in enumerate(references):
        if not work.authors:
            continue
        first, year = work.authors[0], bare_year(work.year)
        for variant in variants_of(first.family):
            index["name", year, variant].append(place)
        for form in forms_of(first):
            index["family", form].append(place)
        if len(work.authors) > 1:
            index["all", year, *sorted(key_of(author.family) for author in work.authors)].append(place)
        else:
            index["short", year, _initial_key(first.family)].append(place)
    return index


def _initial_key(name: str) -> str:
    """Return a key that the name of a body has in common with its abbreviation: the first initial and the last."""
    words = list(name) if is_short(name) else name.split()
    return f"{words[0][0]}{words[-1][0]}".casefold() if len(words) > 1 else ""


def places_near(citation: Citation, index: Mapping[tuple[str, ...], Sequence[int]]) -> list[int]:
    """Return the places of works that a citation may look like, and of those by a namesake.

    Parameters
    ----------
    citation : Citation
    index : mapping
        What `near_index` returns.
    """
    year = bare_year(citation.year)
    first = citation.authors[0].family
    keys: list[tuple[str, ...]] = [("name", year, variant) for variant in variants_of(first)]
    keys += [("family", form) for form in {key_of(first), key_of(citation.cited_as)}]
    keys.append(("all", year, *sorted(key_of(author.family) for author in citation.authors)))
    keys.append(("short", year, _initial_key(citation.cited_as)))
    return sorted({place for key in keys for place in index.get(key, ())[:MOST_COMPARED]})


def difference(citation: Citation, work: Reference) -> str:
    """Return in words how a citation differs from a listed work that it does not name but looks like.

    Parameters
    ----------
    citation : Citation
    work : Reference

    Returns
    -------
    str
        Empty where the two do not look alike.
    """
    same_year = bare_year(citation.year) == bare_year(work.year)
    if _fits(citation, work):
        # That somebody's works of other years are listed is no news where the cited one is; here it is not.
        return "the letters of the years differ" if same_year else "the years differ"
    return _difference_of_names(citation, work) if same_year else ""


def _difference_of_names(citation: Citation, work: Reference) -> str:
    """Return in words how the names of a citation differ from those of a work of that year."""
    cited, listed = citation.authors, work.authors
    if len(listed) == 1 and _is_one_short_for_the_other(citation.cited_as, listed[0].family):
        return "one may be short for the other"
    apart = [difference_of(*pair) for pair in zip(cited, listed, strict=False) if not is_same(*pair)]
    if _has_number(citation, work) and apart and all(apart):
        return apart[0]
    if len(cited) > 1 and sorted(key_of(one.family) for one in cited) == sorted(key_of(one.family) for one in listed):
        return "the names stand in another order"
    if not has_family_of(cited[0], listed[0]):
        return ""
    if citation.et_al and len(listed) <= len(cited) + 1:
        return f'"et al." stands for several more authors; the entry has {len(listed)}'
    return "the first author is the same, the others differ"


def _is_one_short_for_the_other(one: str, other: str) -> bool:
    """Whether one of two names is the initials of the other."""
    return (is_short(one) and is_short_for(one, other)) or (is_short(other) and is_short_for(other, one))
