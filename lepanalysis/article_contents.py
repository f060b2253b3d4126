"""What an entry of a ledger demands of the sentence that its locator names, kind by kind."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lepanalysis.article_lines import stands
from lepanalysis.citing import citations_in
from lepanalysis.entries import NO_CHECK
from lepanalysis.ledger_rules_print import MESSAGE
from lepanalysis.locators import normalised
from lepanalysis.reference_entries import printed_block, printed_entry
from lepanalysis.wording import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lepanalysis.citing import Citation
    from lepanalysis.entries import Entry

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NOT_STATED = "not stated"
# What a record gives of a citation.
_CITED = ("cited_as", "year", "pages")
# Up to so many words may stand between a number and what it counts: "three key themes".
_WORDS_BETWEEN = 3
# A bracket directly behind a quotation, with a name and a year in it.
_BRACKET = re.compile(r"^[\"'.,;:]*\s*(\((?=[^()]*[^\W\d_])[^()]*\b\d{4}[^()]*\))")


@dataclass(frozen=True)
class Place:
    """A sentence that was found, with what stands round it.

    Parameters
    ----------
    text : str
        The sentence, the block, the heading or the entry, normalised.
    before : str
        The sentence before it; empty where there is none.
    heading : str
        The heading of its section.
    around : str
        The paragraph that it stands in; the section, where paragraphs are not known.
    themes : mapping
        The name of each theme of the ledger, by its id.
    names : tuple of str
        The code names to which the ledger attributes quotations.
    people : tuple of str
        Those of whom the ledger says that they did a step of the method.
    theme_order : tuple of str
        The ids of the themes in the order of their headings in print.
    beside : tuple of Entry
        The entries of the same table that have the same locator, in the ledger's order, this one included.
    """

    text: str
    before: str = ""
    heading: str = ""
    around: str = ""
    themes: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    theme_order: tuple[str, ...] = ()
    beside: tuple[Entry, ...] = ()


def problem_of(entry: Entry, place: Place) -> tuple[str, str]:
    """Return how an entry differs from the sentence that its locator names, and the difference word by word.

    What is restated in words of the ledger's own cannot be held against print: of a claim and of a step of the method
    only the words that were carried over count.

    Parameters
    ----------
    entry : Entry
    place : Place

    Returns
    -------
    problem : str
        Empty where it does not differ.
    diff : str
        As `wording.nearest` has it; empty where words do not tell.
    """
    return _KINDS[entry.table](entry, place) if entry.table in _KINDS else ("", "")


def forms_of(entry: Entry) -> tuple[re.Pattern[str], ...]:
    """Return what is looked for in a further section that is said to hold an entry, any of which will do.

    Parameters
    ----------
    entry : Entry
        Of facts, themes, mapping or a quotation.
    """
    record = entry.record
    if entry.table == "facts":
        return _forms_of_value(str(record["value"]), str(record.get("unit") or ""))
    words = record["name" if entry.table == "themes" else "term" if entry.table == "mapping" else "text"]
    return (_word(normalised(str(words)), re.IGNORECASE),)


def _word(words: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern of words that begin and end where words do."""
    begin = r"(?<!\w)" if words[:1].isalnum() else ""
    end = r"(?!\w)" if words[-1:].isalnum() else ""
    return re.compile(f"{begin}{re.escape(words)}{end}", flags)


def number_words(number: int) -> str:
    """Return a number below a hundred in words; empty for others.

    Examples
    --------
    >>> number_words(2), number_words(36)
    ('two', 'thirty-six')
    """
    if not 0 <= number < 100:
        return ""
    if number < 20:
        return _ONES[number]
    ten, one = divmod(number, 10)
    return _TENS[ten - 2] + (f"-{_ONES[one]}" if one else "")


def _quotation(entry: Entry, place: Place) -> tuple[str, str]:
    """A participant's words, to the letter, with what is printed behind them, the person and the message."""
    record = entry.record
    wrong = _words(record, place, marked=record.get("in_quotation_marks") == "yes")
    if wrong is not None:
        return wrong
    words = normalised(str(record["text"]))
    before, _, after = place.text.partition(words)
    name = normalised(str(record["attributed_to"]))
    said = f"{place.before} {before} {after}"
    if not _word(name).search(said):
        others = [other for other in place.names if other != name and _word(other).search(said)]
        if others:
            return f"print attributes it to {' and '.join(others)}, not to {name}", ""
        return f"the name {name} stands neither in the sentence nor in the one before it", ""
    message = MESSAGE.search(after)
    if message and message[1] != str(record["message_id"]):
        return f"print gives it message {message[1]}, not {record['message_id']}", ""
    return "", ""


def _literature(entry: Entry, place: Place) -> tuple[str, str]:
    """Words quoted from a work, to the letter and in quotation marks, with the work's citation."""
    record = entry.record
    wrong = _words(record, place, marked=record["form"] == "inline")
    if wrong is not None:
        return wrong
    words = normalised(str(record["text"]))
    cited = _cited(record)
    bracket = _BRACKET.match(place.text.partition(words)[2])
    behind = citations_in(bracket[1]) if bracket else ()
    if behind and not any(_is_cited(record, citation) for citation in behind):
        return f"print cites {bracket[1] if bracket else ''} for it, not {cited}", ""
    if not any(_is_cited(record, citation) for text in (place.text, place.before) for citation in citations_in(text)):
        return f"{cited} is cited neither in the sentence nor in the one before it", ""
    same = [other.id for other in place.beside if normalised(str(other.record["text"])) == words]
    if same.index(entry.id) >= place.text.count(words):
        return f"the words stand there {place.text.count(words)} times, and the ledger has them {len(same)} times", ""
    return "", ""


def difference_of(words: str, text: str) -> str:
    """Return how quoted words differ from those that a text has; the marks round a quotation are none of them.

    Parameters
    ----------
    words, text : str
        In normal form.
    """
    return nearest(words, text if '"' in words else text.replace('"', " "))[1]


def _words(record: Mapping[str, Any], place: Place, *, marked: bool) -> tuple[str, str] | None:
    """Hold quoted words against a sentence, or against a block as a whole; None where they are as printed."""
    words, text = normalised(str(record["text"])), place.text
    if record["form"] == "block":
        whole = printed_block(record)
        problem = "print differs round the words" if words in text else "print has other words"
        return None if text == whole else (problem, nearest(whole, text)[1])
    after = normalised(str(record.get("printed_after") or ""))
    if words not in text:
        return "print has other words", difference_of(words, text)
    inside = re.search(rf"([\"']?){re.escape(words)}([.,;:]?[\"'])?", text)
    quoted = inside is not None and bool(inside[1]) and bool(inside[2])
    behind = text.partition(words)[2][: len(after) + 1].strip()
    problem = ""
    if marked != quoted:
        problem = f"the words stand there, but {'not ' if marked else ''}in quotation marks"
    elif place.before.endswith(":") and text == place.around:
        problem = "they are a paragraph of their own in print, not inline"
    elif after and printed_block(record) not in text:
        problem = f"behind the words print has {behind!r}, not {after!r}"
    elif after.count("(") != after.count(")"):
        problem = f"print goes on in the bracket behind the words, and the ledger ends with {after!r}"
    return (problem, "") if problem else None


def _figure(entry: Entry, place: Place) -> tuple[str, str]:
    """A number beside what it counts, in digits or as a word; a month; or a phrase to the letter."""
    value, unit = str(entry.record["value"]), str(entry.record.get("unit") or "")
    if _MONTH.fullmatch(value) and unit != "month":
        return f"{value} is a month, and its unit is {unit!r}", ""
    if any(form.search(place.text) for form in _forms_of_value(value, unit)):
        return _out_of_order(entry, place) if _MONTH.fullmatch(value) else ("", "")
    if value.isdigit() and any(form.search(place.text) for form in _forms_of_value(value, "")):
        return f"{value} stands there, but not before {unit!r}", ""
    return f"{_as_printed(value)!r} does not stand there", "" if value.isdigit() else nearest(value, place.text)[1]


def _as_printed(value: str) -> str:
    """Return a value as print writes it: a month by its name."""
    month = _MONTH.fullmatch(value)
    return f"{MONTHS[int(month[2]) - 1]} {month[1]}" if month else normalised(value)


def _forms_of_value(value: str, unit: str) -> tuple[re.Pattern[str], ...]:
    """Return the forms in which print may give a value."""
    if not (value.isdigit() and len(value) < 16):
        return (_word(_as_printed(value)),)
    number = int(value)
    words = number_words(number)
    forms = [re.escape(form) for form in dict.fromkeys((value, f"{number:,}", words, words.replace("-", " "))) if form]
    if not unit:
        return (re.compile(rf"(?<![\w.,])(?:{'|'.join(forms)})(?![\w])", re.IGNORECASE),)
    stem = re.escape(normalised(unit).removesuffix("s"))
    between = rf"(?:\s+(?!and\b|or\b)[^\W\d][\w'-]*){{0,{_WORDS_BETWEEN}}}"
    return (re.compile(rf"(?<![\w.,])(?:{'|'.join(forms)}){between}\s+{stem}s?(?!\w)", re.IGNORECASE),)


def _out_of_order(entry: Entry, place: Place) -> tuple[str, str]:
    """Months of one sentence stand in the ledger's order: the first is the one from which, the last that to which."""
    begin = 0
    for month in place.beside:
        value = str(month.record["value"])
        found = _word(_as_printed(value)).search(place.text, begin) if _MONTH.fullmatch(value) else None
        begin = found.end() if found else begin
        if month.id == entry.id and found is None:
            return f"{_as_printed(value)!r} stands there, but not in the order of the ledger", ""
    return "", ""


def _theme(entry: Entry, place: Place) -> tuple[str, str]:
    """A theme's name is the heading, and its position is that among the headings of themes."""
    name = normalised(str(entry.record["name"]))
    if place.text != name:
        return f"the heading is {place.text!r}", nearest(name, place.text)[1]
    theme = str(entry.record["theme_id"])
    printed = place.theme_order.index(theme) + 1 if theme in place.theme_order else 0
    if printed and printed != entry.record.get("position", printed):
        return f"it is theme {printed} in print, not {entry.record['position']}", ""
    return "", ""


def _cell(entry: Entry, place: Place) -> tuple[str, str]:
    """A term of the mapping stands with its theme: nearer to it than to another's name in the same sentence."""
    term, theme = normalised(str(entry.record["term"])), str(entry.record["theme_id"])
    terms = [found.span() for found in _word(term, re.IGNORECASE).finditer(place.text)]
    if not terms:
        return f"{term!r} does not stand there", nearest(term, place.text)[1]
    name = place.themes.get(theme, "")
    spans = [
        (found.span(), other)
        for other, called in place.themes.items()
        if called
        for found in _word(normalised(called), re.IGNORECASE).finditer(place.text)
    ]
    if spans:
        near = {min(spans, key=lambda span: (_gap(span[0], here), span[1] != theme))[1] for here in terms}
        if theme in near:
            return "", ""
        return (
            f"print joins {term!r} to {' and '.join(sorted(place.themes[other] for other in near))}, not to {name}",
            "",
        )
    if any(name and stands(normalised(name), text, case=False) for text in (place.heading, place.around)):
        return "", ""
    return f"{name or theme!r} stands neither in the sentence nor in its paragraph nor in the heading", ""


def _gap(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Return how many characters lie between two stretches."""
    return max(other[0] - one[1], one[0] - other[1], 0)


def _citation(entry: Entry, place: Place) -> tuple[str, str]:
    """A citation stands in the sentence, in its form, and behind the one that the ledger has before it."""
    cited = _cited(entry.record)
    printed = citations_in(place.text)
    there = [citation for citation in printed if _is_cited(entry.record, citation)]
    if not there:
        return f"{cited} is not cited there", nearest(cited, place.text)[1]
    form = str(entry.record.get("form") or "")
    if form and form not in {citation.form for citation in there}:
        return f"{cited} is cited there, but not {form}", ""
    # Each of the ledger's is looked for behind the one before it; one that is not there leaves the place as it is.
    at = 0
    for other in place.beside:
        found = next((n for n in range(at, len(printed)) if _is_cited(other.record, printed[n])), None)
        if other.id == entry.id and found is None:
            return f"{cited} is cited there, but not in the order of the ledger", ""
        at = at if found is None else found + 1
    return "", ""


def _cited(record: Mapping[str, Any]) -> str:
    """Return a citation in a line, for messages."""
    return ", ".join(str(record[part]) for part in _CITED if record.get(part))


def _is_cited(record: Mapping[str, Any], citation: Citation) -> bool:
    """Whether a citation in print is the one of a record: authors, year and pages to the letter."""
    return all(normalised(str(record.get(part) or "")) == normalised(getattr(citation, part)) for part in _CITED)


def _reference(entry: Entry, place: Place) -> tuple[str, str]:
    """An entry of the list is what its record gives when it is put together, where there are rules for that."""
    if entry.check == NO_CHECK:
        return "", ""
    try:
        whole = printed_entry(entry.record.get("csl") or {})
    except ValueError as error:
        return f"no entry can be put together from its record ({error})", ""
    if whole == place.text:
        position = entry.record.get("position", entry.paragraph)
        return ("", "") if position == entry.paragraph else (f"it is entry {entry.paragraph}, not {position}", "")
    return "put together from its record it reads otherwise", nearest(whole, place.text)[1]


def _claim(entry: Entry, place: Place) -> tuple[str, str]:
    """The words for how much stand in the sentence that a claim restates."""
    parts = [normalised(part) for part in str(entry.record.get("quantifier") or "").split(";")]
    return _carried_over([part for part in parts if part], place.text)


def _step(entry: Entry, place: Place) -> tuple[str, str]:
    """Who did a step is said in the sentence that it restates."""
    who = normalised(str(entry.record.get("who") or ""))
    if who and who != NOT_STATED:
        return _carried_over([who], place.text)
    told = [other for other in place.people if _word(other, re.IGNORECASE).search(place.text)]
    return (f"print says who: {' and '.join(told)}", "") if told else ("", "")


def _carried_over(parts: Sequence[str], text: str) -> tuple[str, str]:
    """Return which words of the article's own do not stand in a sentence."""
    lacking = [part for part in parts if not _word(part, re.IGNORECASE).search(text)]
    if not lacking:
        return "", ""
    verb = "does" if len(lacking) == 1 else "do"
    return f"{' and '.join(map(repr, lacking))} {verb} not stand there", nearest(lacking[0], text)[1]


_KINDS: dict[str, Callable[[Entry, Place], tuple[str, str]]] = {
    "quotations": _quotation,
    "literature": _literature,
    "facts": _figure,
    "themes": _theme,
    "mapping": _cell,
    "method": _step,
    "claims": _claim,
    "citations": _citation,
    "references": _reference,
}
