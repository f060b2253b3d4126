"""Locators that do not name their sentence, as faults: each with its file and line, shifted ones together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepanalysis.article_check import NOWHERE, place_in_words
from lepanalysis.article_contents import number_words
from lepanalysis.entries import TABLES, id_of
from lepanalysis.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.article import Article
    from lepanalysis.article_check import Comparison
    from lepanalysis.article_text import ArticleText
    from lepanalysis.entries import Entry

_Place = tuple[str, int, int]
_COLUMNS = ("section", "paragraph", "sentence")
_SHIFTED = "take the text that the ledger was made from, or correct the places"
_NOT_FOUND = "correct the place, or take the digest of the printed sentence anew"


def faults_of_places(
    entries: Sequence[Entry], article: Article, text: ArticleText, comparisons: Sequence[Comparison]
) -> list[Fault]:
    """Return what is wrong with the locators of a ledger over the text of its article.

    A sentence that was put into the text moves all behind it: entries that are off by the same step are told together,
    at the first of them. So are those of one sentence that the text has not.

    Parameters
    ----------
    entries : sequence of Entry
    article : Article
    text : ArticleText
    comparisons : sequence of Comparison
        What `article_check.compare` made of the entries.
    """
    of = {item.entry_id: item for item in comparisons if item.locator}
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        if entry.id in of:
            groups.setdefault(_group(entry, of[entry.id], text), []).append(entry)
    where = lines_of(article)
    return [_fault(together, of, text, where) for together in groups.values()]


def lines_of(article: Article) -> dict[str, tuple[str, int]]:
    """Return the file and the line of each entry of a ledger, by its id.

    Parameters
    ----------
    article : Article
    """
    return {
        id_of(name, record): (str(article.folder / table.file), line)
        for name, table in article.tables.items()
        if name in TABLES
        for record, line in zip(table.data.to_dict("records"), article.lines.get(name, ()), strict=False)
    }


def _own(entry: Entry) -> _Place:
    """Return the place that a locator names."""
    return entry.section, entry.paragraph, entry.sentence


def _group(entry: Entry, item: Comparison, text: ArticleText) -> tuple[object, ...]:
    """Return what entries have in common that are told together."""
    own = _own(entry)
    if item.locator == NOWHERE or len(item.stands) > 1:
        return item.locator, own, entry.sentence_sha256
    (there,) = item.stands
    if there[0] != own[0] or not text.placed:
        return item.locator, own[0], there[0]
    by, on = there[1] - own[1], there[2] - own[2]
    return (item.locator, own[0], by, on) if not on else (item.locator, own[0], own[1], by, on)


def _fault(
    together: Sequence[Entry],
    of: Mapping[str, Comparison],
    text: ArticleText,
    where: Mapping[str, tuple[str, int]],
) -> Fault:
    """Return the fault of entries that are off in the same way, at the first of them."""
    first = together[0]
    item, own = of[first.id], _own(first)
    file, line = where.get(first.id, (first.where, 0))
    also = f" ({_listed(together, where)})" if len(together) > 1 else ""
    if item.locator == NOWHERE:
        named = place_in_words(own, exact=text.placed)
        problem = f"no sentence of the text has this digest, which the ledger has for {named}{also}"
        return Fault(file, line, "sentence_sha256", problem, _NOT_FOUND)
    places = [place_in_words(place, exact=text.placed) for place in item.stands]
    column = next((name for name, one, two in zip(_COLUMNS, own, item.stands[0], strict=True) if one != two), "section")
    if len(places) > 1:
        told = f"{', in '.join(places[:-1])} and in {places[-1]}"
        named = place_in_words(own, exact=text.placed)
        problem = f"the sentence stands in {told}, and not in {named}{also}"
        return Fault(file, line, column, problem, "name the one that is meant")
    if len(together) == 1:
        return Fault(file, line, column, f"the sentence stands in {places[0]}", "correct the place")
    problem = f"{len(together)} {_shift(own, item.stands[0], text)}{also}"
    return Fault(file, line, column, problem, _SHIFTED)


def _shift(own: _Place, there: _Place, text: ArticleText) -> str:
    """Say of several entries which way they are off."""
    section = "the references" if own[0] == "references" else f"section {own[0]}"
    if own[0] != there[0]:
        lacking = own[0] not in {passage.section for passage in text.passages}
        why = ", and no heading was found for theirs" if lacking else ""
        return f"entries of {section} stand in section {there[0]} of the text{why}"
    by, on = there[1] - own[1], there[2] - own[2]
    if not by:
        return f"entries of {section}, paragraph {own[1]} stand {_steps(on, 'sentence')} in the text"
    what = "entry" if own[0] == "references" else "paragraph"
    if not on:
        return f"entries of {section} stand {_steps(by, what)} in the text"
    return f"entries of {section}, paragraph {own[1]} stand {_steps(by, what)} and {_steps(on, 'sentence')} in the text"


def _steps(by: int, what: str) -> str:
    """Say how far off something is: "one sentence on", "two paragraphs back"."""
    count = abs(by)
    several = f"{what.removesuffix('y')}ies" if what.endswith("y") else f"{what}s"
    return f"{number_words(count) or count} {what if count == 1 else several} {'on' if by > 0 else 'back'}"


def _listed(entries: Sequence[Entry], where: Mapping[str, tuple[str, int]]) -> str:
    """Return where entries stand in the ledger: files, each with its lines."""
    lines: dict[str, list[int]] = {}
    for entry in entries:
        lines.setdefault(f"{entry.table}.csv", []).append(where.get(entry.id, ("", 0))[1])
    return "; ".join(f"{name}:{_runs(sorted(set(numbers)))}" for name, numbers in lines.items())


def _runs(numbers: Sequence[int]) -> str:
    """Return numbers with those that follow each other put together: "2-4, 7"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)
