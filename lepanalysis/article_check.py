"""`compare`: every entry of a ledger held against the text of the article, to the letter."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from lepanalysis.article_contents import NOT_STATED, Place, difference_of, forms_of, problem_of
from lepanalysis.article_lines import HYPHEN, canonical, stands
from lepanalysis.article_text import BEFORE, Found, find
from lepanalysis.locators import normalised, sentences_of
from lepanalysis.reference_entries import printed_block, printed_entry
from lepanalysis.wording import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.article import Article
    from lepanalysis.article_text import ArticleText, Passage
    from lepanalysis.entries import Entry

# The tables whose words are carried over in `also_in` too; what other tables have there is restated.
_LOOKED_UP = ("themes", "quotations", "method")
# How a comparison begins where the text lacks the whole section.
NO_SECTION = "the text has no section"
# What stands inside a sentence, and can be the same where the sentence is not.
_INSIDE = frozenset({"facts", "mapping", "citations"})
_ALSO = frozenset({"quotations", "literature", "facts", "themes", "mapping"})


@dataclass(frozen=True)
class Comparison:
    """What came of holding one entry against the article.

    Parameters
    ----------
    entry_id : str
    equal : bool
        Whether all of it that was carried over stands where its locator says, to the letter.
    problem : str
        How it differs, in a sentence without its full stop; empty where it does not.
    diff : str
        Word by word, as `wording.nearest` has it: ``[-ledger-]{+article+}``; empty where words do not tell.
    where : str
        Where in the article it was found; empty where it was not.
    compared : bool
        Whether that can be said at all: not where the text lacks the section, or where what was carried over stands in
        its place to the letter and only the sentence round it is not the one that the ledger was made from.
    """

    entry_id: str
    equal: bool
    problem: str = ""
    diff: str = ""
    where: str = ""
    compared: bool = True


@dataclass(frozen=True)
class _Print:
    """The article's text, as it is looked up."""

    text: ArticleText
    found: Mapping[str, tuple[Found, ...]]
    passages: Mapping[str, Passage]
    headings: Mapping[str, str]
    paragraphs: Mapping[tuple[str, int], str]
    themes: Mapping[str, str]
    names: tuple[str, ...]
    people: tuple[str, ...]
    theme_order: tuple[str, ...]
    beside: Mapping[tuple[object, ...], tuple[Entry, ...]]

    def place(self, entry: Entry, found: Found) -> Place:
        """Return a sentence with what stands round it."""
        around = self.paragraphs.get((found.section, found.paragraph), "")
        if not self.text.placed and found.section in self.passages:
            around = canonical(self.passages[found.section].text)
        return Place(
            found.text,
            found.before,
            self.headings.get(found.section, ""),
            around,
            self.themes,
            self.names,
            self.people,
            self.theme_order,
            self.beside[_locator(entry)],
        )

    def named(self, section: str, paragraph: int, sentence: int) -> str:
        """Return a place in words."""
        if section == "references" and (self.text.placed or not paragraph):
            return f"entry {paragraph} of the references" if paragraph else "the heading of the references"
        if not paragraph:
            return f"the heading of section {section}"
        exact = f", paragraph {paragraph}, sentence {sentence}" if self.text.placed else ""
        return f"section {section}{exact}"


def compare(entries: Sequence[Entry], article: Article, text: ArticleText) -> tuple[Comparison, ...]:
    """Hold every entry of a ledger against the text of its article.

    An entry is equal when the sentence with its digest stands at its locator, and when what was carried over from there
    (words, numbers, names, citations) stands in that sentence to the letter; words that are said to stand in further
    sections have to stand there too. Of what the ledger restates in its own words, the locator alone can be held
    against print, with the words for how much and who.

    Over a text whose paragraphs are not known (a PDF) a locator holds where the sentence stands in its section. There,
    quoted words count as equal also where no sentence has the digest but the words stand in their section, with what
    is printed behind them and the right name before them.

    Parameters
    ----------
    entries : sequence of Entry
    article : Article
        Its ledger, for the names of its themes, of the people quoted and of those who did the steps.
    text : ArticleText

    Returns
    -------
    tuple of Comparison
        One for each entry, in their order.
    """
    print_ = _printed(entries, article, text)
    return tuple(_compared(entry, print_) for entry in entries)


def _printed(entries: Sequence[Entry], article: Article, text: ArticleText) -> _Print:
    """Put together what is looked up of the text and of the ledger."""
    paragraphs: dict[tuple[str, int], str] = {}
    for sentence in text.sentences if text.placed else ():
        place = sentence.section, sentence.paragraph
        paragraphs[place] = f"{paragraphs[place]} {sentence.text}" if place in paragraphs else sentence.text
    beside: dict[tuple[object, ...], tuple[Entry, ...]] = {}
    for entry in entries:
        beside[_locator(entry)] = (*beside.get(_locator(entry), ()), entry)
    of = {name: article.table(name).data.to_dict("records") for name in _LOOKED_UP if article.has(name)}
    headings = {sentence.section: sentence.text for sentence in text.sentences if not sentence.paragraph}
    sections = list(headings)
    headed = [row for row in of.get("themes", []) if row["section"] in headings]
    return _Print(
        text,
        find(text, {entry.sentence_sha256 for entry in entries if entry.sentence_sha256}),
        {passage.section: passage for passage in text.passages},
        headings,
        paragraphs,
        {row["theme_id"]: row["name"] for row in of.get("themes", [])},
        tuple(dict.fromkeys(normalised(row["attributed_to"]) for row in of.get("quotations", []))),
        tuple(sorted({normalised(row.get("who") or NOT_STATED) for row in of.get("method", [])} - {NOT_STATED})),
        tuple(row["theme_id"] for row in sorted(headed, key=lambda row: sections.index(row["section"]))),
        beside,
    )


def _locator(entry: Entry) -> tuple[object, ...]:
    """Return what entries of one table that stand in one sentence have in common."""
    return entry.table, entry.section, entry.paragraph, entry.sentence


def _compared(entry: Entry, print_: _Print) -> Comparison:
    """Hold one entry against the text."""
    if not entry.section:
        return Comparison(entry.id, equal=False, problem="the entry names no place in the article")
    found, problem, where = _located(entry, print_)
    if found is None:
        if entry.section not in print_.passages and not where:
            return Comparison(entry.id, equal=False, problem=problem, compared=False)
        there = None if print_.found.get(entry.sentence_sha256) else _sentence_there(entry, print_)
        if there is not None:
            told, diff = problem_of(entry, print_.place(entry, there))
            if told:
                return Comparison(entry.id, equal=False, problem=f"{problem}, and {told}", diff=diff)
            told = "what was carried over stands there to the letter, in another sentence than the ledger was made from"
            return Comparison(entry.id, equal=False, problem=told, compared=False)
        return _without_sentence(entry, print_, problem, where)
    problem, diff = problem_of(entry, print_.place(entry, found))
    if not problem:
        problem = _lacking(entry, print_)
    return Comparison(entry.id, not problem, problem, diff, where)


def _located(entry: Entry, print_: _Print) -> tuple[Found | None, str, str]:
    """Return the sentence that an entry's locator names, or else what is wrong with it, and where it stands."""
    own = print_.named(entry.section, entry.paragraph, entry.sentence)
    hits = print_.found.get(entry.sentence_sha256, ())
    for hit in hits:
        exact = (hit.paragraph, hit.sentence) == (entry.paragraph, entry.sentence)
        if hit.section == entry.section and (exact or not print_.text.placed):
            return hit, "", own
    places = list(dict.fromkeys(print_.named(hit.section, hit.paragraph, hit.sentence) for hit in hits))
    if len(places) == 1:
        return None, f"the sentence with its digest stands in {places[0]}, not in {own}", places[0]
    if places:
        told = " and in ".join(places)
        return None, f"the sentence with its digest stands in {told}, and the ledger names none of them but {own}", ""
    if entry.section not in print_.passages:
        return None, f"{NO_SECTION} {entry.section}", ""
    if not print_.text.placed:
        return None, f"no sentence of section {entry.section} has its digest", ""
    there = any(
        (sentence.section, sentence.paragraph, sentence.sentence) == (entry.section, entry.paragraph, entry.sentence)
        for sentence in print_.text.sentences
    )
    return None, f"the sentence in {own} has another digest" if there else f"there is no {own}", ""


def _sentence_there(entry: Entry, print_: _Print) -> Found | None:
    """Return the sentence at the place that a locator names, whatever its digest; for what is not a whole sentence."""
    if entry.table not in _INSIDE or not print_.text.placed:
        return None
    at = (entry.section, entry.paragraph, entry.sentence)
    for sentence in print_.text.sentences:
        if (sentence.section, sentence.paragraph, sentence.sentence) == at:
            return Found(*at, sentence.text, "")
    return None


def _without_sentence(entry: Entry, print_: _Print, problem: str, where: str) -> Comparison:
    """Say of an entry whose sentence is not where the ledger has it what else is known of its words."""
    if entry.table == "references":
        return Comparison(entry.id, equal=False, problem=problem, diff=_nearest_reference(entry, print_), where=where)
    if entry.table not in {"quotations", "literature"} or where:
        return Comparison(entry.id, equal=False, problem=problem, where=where)
    whole = printed_block(entry.record)
    if not print_.text.placed and entry.section in print_.passages:
        found = _by_words(entry, whole, print_)
        if found is not None:
            return found
    words = normalised(str(entry.record["text"]))
    sections = [section for section, passage in print_.passages.items() if stands(words, passage.text)]
    if sections:
        where = " and ".join(_place_of_words(words, section, print_) for section in sections)
        return Comparison(entry.id, equal=False, problem=f"{problem}; its words stand in {where}", where=where)
    own = print_.passages.get(entry.section)
    diff = difference_of(words, canonical(own.text) if own else print_.text.flow)
    return Comparison(entry.id, equal=False, problem=f"{problem}, and print has other words", diff=diff)


def _by_words(entry: Entry, whole: str, print_: _Print) -> Comparison | None:
    """Compare a quotation by its words alone, where they stand in their section; None where they do not."""
    marked = print_.passages[entry.section].text
    found = stands(whole, marked)
    if found is None:
        return None
    begin = max(0, found.start() - BEFORE)
    start, end = len(canonical(marked[begin : found.start()])), len(canonical(marked[begin : found.end()]))
    sentences = sentences_of(canonical(marked[begin : found.end() + BEFORE]))
    ends = list(accumulate(len(sentence) + 1 for sentence in sentences))
    first, last = bisect_right(ends, start), bisect_right(ends, end - 1)
    text, said = " ".join(sentences[first : last + 1]), sentences[first - 1] if first else ""
    if entry.record["form"] == "block":
        # The rules for sentences do not part a block from the colon before it.
        text, said = whole, sentences[first][: start - ends[first] + len(sentences[first]) + 1] or said
    place = Place(text, said, names=print_.names, beside=(entry,))
    problem, diff = problem_of(entry, place)
    problem = problem or _lacking(entry, print_)
    return Comparison(entry.id, not problem, problem, diff, f"section {entry.section}, found by its words")


def _place_of_words(words: str, section: str, print_: _Print) -> str:
    """Return where in a section words stand: the sentence, where it is known and one holds them all."""
    for sentence in print_.text.sentences if print_.text.placed else ():
        if sentence.section == section and stands(words, sentence.marked or sentence.text):
            return print_.named(section, sentence.paragraph, sentence.sentence)
    return f"section {section}"


def _nearest_reference(entry: Entry, print_: _Print) -> str:
    """Return how a reference differs from what comes nearest to it in the list."""
    try:
        whole = printed_entry(entry.record.get("csl") or {})
    except ValueError:
        return ""
    passage = print_.passages.get(entry.section)
    return nearest(whole, canonical(passage.text))[1] if passage else ""


def _lacking(entry: Entry, print_: _Print) -> str:
    """Return what is wrong with the further sections that are said to hold an entry's words."""
    if entry.table not in _ALSO:
        return ""
    forms = forms_of(entry)
    lacking = []
    for section in entry.also_in:
        passage = print_.passages.get(section)
        heading = print_.headings.get(section, "")
        texts = [heading, *((canonical(passage.text), passage.text.replace(HYPHEN, "-")) if passage else ())]
        if not any(form.search(text) for form in forms for text in texts):
            lacking.append(section)
    return f"it does not stand in section {' or '.join(lacking)}, as also_in says" if lacking else ""
