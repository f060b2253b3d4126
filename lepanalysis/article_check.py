"""`compare`: every entry of a ledger held against the text of the article, to the letter."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from lepanalysis.article_contents import NOT_STATED, Place, difference_of, forms_of, problem_of
from lepanalysis.article_lines import HYPHEN, canonical, readings, stands
from lepanalysis.article_text import BEFORE, Found, find
from lepanalysis.entries import NO_CHECK
from lepanalysis.locators import normalised, sentences_of
from lepanalysis.reference_entries import printed_block, printed_entry
from lepanalysis.wording import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lepanalysis.article import Article
    from lepanalysis.article_text import ArticleText, Passage
    from lepanalysis.entries import Entry

# The tables whose words are carried over in `also_in` too; what other tables have there is restated.
_LOOKED_UP = ("themes", "quotations", "method")
# How a comparison begins where the text lacks the whole section.
NO_SECTION = "the text has no section"
THEME_AT_FAULT = "the theme that it names is at fault"
# What may be wrong with a locator: its digest is that of no sentence, or of one that stands elsewhere.
NOWHERE, ELSEWHERE = "nowhere", "elsewhere"
# What stands inside a sentence, and can be the same where the sentence is not.
_INSIDE = frozenset({"facts", "mapping", "citations"})
# What is said in the ledger's own words, so that no print can have other ones.
_OWN_WORDS = frozenset({"claims", "method"})
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
        Whether that can be said at all: not where the text lacks the section, or where the locator is at fault and
        nothing that was carried over differs.
    locator : str
        What is wrong with its locator, which is then a fault of the ledger or of the text: `NOWHERE` or `ELSEWHERE`;
        empty where it names the sentence.
    lacks : str
        The section, or the end of one, that the text would have to have for a comparison; empty where it has it.
    stands : tuple of tuple
        Section, paragraph and sentence of each place where the sentence with its digest stands; empty unless it stands
        elsewhere than the locator says.
    """

    entry_id: str
    equal: bool
    problem: str = ""
    diff: str = ""
    where: str = ""
    compared: bool = True
    locator: str = ""
    lacks: str = ""
    stands: tuple[tuple[str, int, int], ...] = ()


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
    sections: Sequence[str]
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
            # Beside a sentence that stands elsewhere are those that were moved with it.
            tuple(other for other in self.beside[_locator(entry)] if other.sentence_sha256 == entry.sentence_sha256),
        )

    def named(self, section: str, paragraph: int, sentence: int) -> str:
        """Return a place in words."""
        return place_in_words((section, paragraph, sentence), exact=self.text.placed)


def place_in_words(place: tuple[str, int, int], *, exact: bool) -> str:
    """Return a place of the article in words.

    Parameters
    ----------
    place : tuple
        Section, paragraph and sentence; paragraph 0 is the heading.
    exact : bool
        Whether paragraphs are known.
    """
    section, paragraph, sentence = place
    if section == "references" and (exact or not paragraph):
        return f"entry {paragraph} of the references" if paragraph else "the heading of the references"
    if not paragraph:
        return f"the heading of section {section}"
    return f"section {section}, paragraph {paragraph}, sentence {sentence}" if exact else f"section {section}"


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
        [section["id"] for section in article.record["sections"]],
        beside,
    )


def _locator(entry: Entry) -> tuple[object, ...]:
    """Return what entries of one table that stand in one sentence have in common."""
    return entry.table, entry.section, entry.paragraph, entry.sentence


def _compared(entry: Entry, print_: _Print) -> Comparison:
    """Hold one entry against the text."""
    if not entry.section:
        return Comparison(entry.id, equal=False, problem="the entry names no place in the article")
    hits = print_.found.get(entry.sentence_sha256, ())
    own = entry.section, entry.paragraph, entry.sentence
    here = [hit for hit in hits if hit.section == own[0] and (not print_.text.placed or _at(hit) == own)]
    if not hits:
        return _without_digest(entry, print_)
    told = [problem_of(entry, print_.place(entry, hit)) for hit in here or hits]
    # A sentence that stands elsewhere, or twice, is the same sentence: where it should stand is another question.
    problem, diff = told[0] if here or all(said for said, _ in told) else ("", "")
    theme = entry.record.get("theme_id") if entry.table == "mapping" else None
    if problem and theme is not None and theme not in print_.themes:
        return Comparison(entry.id, equal=False, problem=THEME_AT_FAULT, compared=False)
    gone = [section for section in entry.also_in if section in print_.sections and section not in print_.passages]
    if not problem and gone and entry.table in _ALSO:
        return _without_section(entry, gone[0])
    if not problem:
        problem = _lacking(entry, print_)
    places = () if here else tuple(dict.fromkeys(_at(hit) for hit in hits))
    where = " and ".join(dict.fromkeys(print_.named(*(own if here else _at(hit))) for hit in here or hits))
    if not places:
        return Comparison(entry.id, not problem, problem, diff, where)
    return Comparison(
        entry.id,
        equal=False,
        problem=problem,
        diff=diff,
        where=where,
        compared=bool(problem),
        locator=ELSEWHERE,
        stands=places,
    )


def _at(found: Found) -> tuple[str, int, int]:
    """Return where a sentence stands."""
    return found.section, found.paragraph, found.sentence


def _without_digest(entry: Entry, print_: _Print) -> Comparison:
    """Hold an entry whose digest no sentence has against the place that its locator names, and against its section."""
    if entry.section not in print_.passages:
        return _without_section(entry, entry.section)
    own = print_.named(entry.section, entry.paragraph, entry.sentence)
    there = _sentence_there(entry, print_)
    problem = f"the sentence in {own} has another digest" if there else f"there is no {own}"
    if not print_.text.placed:
        problem = f"no sentence of section {entry.section} has its digest"
    if entry.table in _INSIDE | {"themes", "references"}:
        found = _inside(entry, print_, there, problem)
    elif entry.table in _OWN_WORDS:
        found = Comparison(entry.id, equal=False, problem=problem, compared=False)
    else:
        found = _without_sentence(entry, print_, problem)
    if not found.equal and _breaks_off(entry, print_):
        return _without_section(entry, f"{entry.section} to its end")
    return found if found.equal else replace(found, locator=NOWHERE)


def _without_section(entry: Entry, lacks: str) -> Comparison:
    """Return that an entry cannot be compared with a text that lacks a section."""
    return Comparison(entry.id, equal=False, problem=f"{NO_SECTION} {lacks}", compared=False, lacks=lacks)


def _breaks_off(entry: Entry, print_: _Print) -> bool:
    """Whether a text has all sections up to an entry's, none behind it, and ends before the entry's place."""
    after = print_.sections[print_.sections.index(entry.section) + 1 :] if entry.section in print_.sections else []
    if not after or any(section in print_.passages for section in after):
        return False
    last = [one for one in print_.text.sentences if one.section == entry.section][-1:]
    own = entry.paragraph, entry.sentence
    return not print_.text.placed or all(own >= (one.paragraph, one.sentence) for one in last)


def _sentence_there(entry: Entry, print_: _Print) -> Found | None:
    """Return the sentence at the place that a locator names, whatever its digest; None where none is known."""
    before = Found("", 0, 0, "")
    for sentence in print_.text.sentences if print_.text.placed or not entry.paragraph else ():
        found = Found(sentence.section, sentence.paragraph, sentence.sentence, sentence.text)
        if _at(found) == (entry.section, entry.paragraph, entry.sentence):
            return replace(found, before=before.text if before.section == found.section else "")
        before = found
    return None


def _inside(entry: Entry, print_: _Print, there: Found | None, problem: str) -> Comparison:
    """Look for a value, a term, a citation, a name or a reference at its place, and then in the rest of its section."""
    if entry.table == "references" and entry.check == NO_CHECK:
        return Comparison(entry.id, equal=False, problem=problem, compared=False)
    told, diff = problem_of(entry, print_.place(entry, there)) if there else ("", "")
    if there is not None and not told:
        told = "what was carried over stands there to the letter, in another sentence than the ledger was made from"
        return Comparison(entry.id, equal=False, problem=told, compared=False)
    if entry.table == "references":
        whole = _whole(entry)
        if whole and stands(whole, print_.passages[entry.section].text):
            return Comparison(entry.id, equal=False, problem=problem, compared=False)
        why = f"{problem}, and {told}" if told else problem
        return Comparison(entry.id, equal=False, problem=why, diff=_nearest_reference(entry, print_))
    for found in _of_section(entry, print_):
        if not problem_of(entry, replace(print_.place(entry, found), beside=(entry,)))[0]:
            where = print_.named(*_at(found))
            return Comparison(entry.id, equal=False, problem=problem, where=where, compared=False)
    told = told or "what was carried over stands nowhere in its section"
    return Comparison(entry.id, equal=False, problem=f"{problem}, and {told}", diff=diff)


def _of_section(entry: Entry, print_: _Print) -> Iterator[Found]:
    """Yield the sentences of an entry's section, in every reading."""
    for sentence in print_.text.sentences:
        if sentence.section == entry.section:
            for reading in readings(sentence.marked or sentence.text):
                yield Found(sentence.section, sentence.paragraph, sentence.sentence, reading)


def _without_sentence(entry: Entry, print_: _Print, problem: str) -> Comparison:
    """Say of a quotation whose sentence is not in the text what else is known of its words."""
    whole = printed_block(entry.record)
    if not print_.text.placed:
        found = _by_words(entry, whole, print_)
        if found is not None:
            return found
    words = normalised(str(entry.record["text"]))
    there = _sentence_there(entry, print_)
    told = problem_of(entry, print_.place(entry, there)) if there else ("", "")
    if there is not None and not told[0]:
        return Comparison(entry.id, equal=False, problem=problem, where=print_.named(*_at(there)), compared=False)
    sections = [section for section, passage in print_.passages.items() if stands(words, passage.text)]
    if sections:
        where = " and ".join(_place_of_words(words, section, print_) for section in sections)
        # Its words stand at its place or in its section: what else is wrong with them there is said.
        wrong = told[0] if there is not None and stands(words, there.text) else ""
        said = f", and {wrong}" if wrong else f"; its words stand in {where}"
        alone = entry.section in sections and not wrong
        return Comparison(
            entry.id,
            equal=False,
            problem=f"{problem}{said}",
            diff=told[1] if wrong else "",
            where=where,
            compared=not alone,
        )
    diff = difference_of(words, canonical(print_.passages[entry.section].text))
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


def _whole(entry: Entry) -> str:
    """Return the entry of a reference as it is put together from its record; empty where it cannot be."""
    try:
        return printed_entry(entry.record.get("csl") or {})
    except ValueError:
        return ""


def _nearest_reference(entry: Entry, print_: _Print) -> str:
    """Return how a reference differs from what comes nearest to it in the list."""
    passage, whole = print_.passages.get(entry.section), _whole(entry)
    return nearest(whole, canonical(passage.text))[1] if passage and whole else ""


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
