"""Quotations held against the messages they are taken from, and a choice of segments that could be quoted.

The quoting author's marks are taken out: an omission in brackets, words inserted in square brackets,
quotation marks around the whole. What is left has to stand in the message, in order. Variants of typography
are bridged, and each is reported; a letter or a word that differs is never.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis.applications import joined
from lepanalysis.retrieval import retrieve
from lepanalysis.typography import plain, variants_between
from lepanalysis.wording import nearest

if TYPE_CHECKING:
    from lepanalysis.article import Article
    from lepanalysis.study import Study

EXACT, AFTER_MARKS, NOT_FOUND = "exact", "exact after marks", "not found"
SINGLE_FOR_DOUBLE = "single quotation marks inside double ones"
FINAL_PUNCTUATION = "final punctuation inside the quotation marks"
CHECK_COLUMNS = (
    "quotation_id",
    "message_id",
    "attributed_to",
    "theme_id",
    "form",
    "text",
    "verdict",
    "author_matches",
    "variants",
    "nearest",
    "diff",
)
# How long a segment is that can be quoted: a whole thought, and still read at a glance.
QUOTABLE = (40, 400)

_OMISSION = r"[(\[]\s*(?:\u2026|\.\s?\.\s?\.(?:\s?\.)?)\s*[)\]]"
_MARK = re.compile(rf"(?P<omission>{_OMISSION})|(?P<inserted>\[[^\[\]]*\])")
_CLOSING = re.compile(rf"({_OMISSION})[\s.,;:!?]*$")
_ENCLOSED = re.compile(
    r"^\s*(?:\"(?P<a>.+)\"|\u201c(?P<b>.+)\u201d|'(?P<c>.+)'|\u2018(?P<d>.+)\u2019|\u00ab(?P<e>.+)\u00bb)[.,;:]?\s*$",
    re.DOTALL,
)
_DOUBLE = re.compile('["\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]')
_FINAL = re.compile(r"[.,;:]+$")


@dataclass(frozen=True)
class QuotationCheck:
    """How a quotation stands in its message.

    Parameters
    ----------
    verdict : str
        ``exact`` (it stands there to the letter), ``exact after marks`` (it does after editorial marks were
        taken out or typographic variants bridged) or ``not found``.
    variants : tuple of str
        The kinds of variants that were bridged.
    at : tuple of tuple
        Start and end of each segment in the message.
    nearest : str
        Where it was not found: the words of the message that come nearest.
    diff : str
        The difference word by word: ``[-printed-]`` and ``{+in the message+}``; or what else is wrong.
    """

    verdict: str
    variants: tuple[str, ...] = ()
    at: tuple[tuple[int, int], ...] = ()
    nearest: str = ""
    diff: str = ""


@dataclass(frozen=True)
class _Segment:
    """Words between two marks, and whether they may begin or end inside a word (as after "[W]e")."""

    text: str
    begins_inside: bool = False
    ends_inside: bool = False


def printed_segments(text: str) -> list[str]:
    """Return the words that a message must hold, segment by segment, editorial marks taken out.

    Parameters
    ----------
    text : str
        A quotation as printed.

    Returns
    -------
    list of str
        What stands between omissions and inserted words, in order. Punctuation after a closing omission
        belongs to the quoting author and is left out.
    """
    return [segment.text for segment in _segments(text)]


def _segments(text: str) -> list[_Segment]:
    """Return the segments of a quotation."""
    enclosed = _ENCLOSED.match(text)
    if enclosed:
        text = next(inner for inner in enclosed.groups() if inner is not None)
    text = _CLOSING.sub(r"\1", text)
    pieces, place, inside = [], 0, False
    for mark in [*_MARK.finditer(text), None]:
        until = len(text) if mark is None else mark.start()
        words = text[place:until]
        inserted = mark is not None and mark.lastgroup == "inserted"
        ends_inside = inserted and bool(words) and not words[-1].isspace()
        if any(character.isalnum() for character in words):
            begins_inside = inside and not words[0].isspace()
            pieces.append(_Segment(words.strip(), begins_inside, ends_inside))
        if mark is not None:
            place, inside = mark.end(), inserted
    return pieces


def check(text: str, message_text: str, *, in_quotation_marks: bool = False) -> QuotationCheck:
    """Hold a quotation against the text of its message.

    Parameters
    ----------
    text : str
        The quotation as printed.
    message_text : str
    in_quotation_marks : bool
        Whether it is printed inside quotation marks: then quotation marks in it may have become single ones,
        and its last punctuation may be the quoting author's. Both are reported as variants.

    Returns
    -------
    QuotationCheck
    """
    whole = _Segment(text.strip())
    segments = _segments(text)
    if not segments:
        return QuotationCheck(NOT_FOUND, diff="the quotation holds no word of the message")
    places = _in_order([whole], message_text)
    if places is not None:
        return QuotationCheck(EXACT, (), tuple(places))
    places = _in_order(segments, message_text)
    if places is not None:
        return QuotationCheck(AFTER_MARKS, (), tuple(places))
    source = plain(message_text)
    for parts in ([whole], segments):
        places = _in_order([_plain_segment(part) for part in parts], source.text)
        if places is not None:
            return _bridged(parts, [source.span(*place) for place in places], message_text, ())
    if in_quotation_marks:
        found = _inside_marks(segments, message_text)
        if found is not None:
            return found
    return _missing(segments, message_text)


def _plain_segment(segment: _Segment) -> _Segment:
    """Return a segment in plain typography."""
    return _Segment(plain(segment.text).text.strip(), segment.begins_inside, segment.ends_inside)


def _bridged(
    parts: list[_Segment], places: list[tuple[int, int]], message_text: str, more: tuple[str, ...]
) -> QuotationCheck:
    """Return that the segments stand at these places, and by which variants they differ from the words there."""
    variants: list[str] = []
    for part, (start, end) in zip(parts, places, strict=True):
        printed, written = part.text, message_text[start:end]
        if SINGLE_FOR_DOUBLE in more:
            printed, written = _DOUBLE.sub("'", printed), _DOUBLE.sub("'", written)
        variants += variants_between(printed, written)
    return QuotationCheck(AFTER_MARKS, tuple(dict.fromkeys([*variants, *more])), tuple(places))


def _inside_marks(segments: list[_Segment], message_text: str) -> QuotationCheck | None:
    """Look for segments that were changed because they are printed inside quotation marks."""
    source = plain(message_text)
    # One character for one: the places stay what they are.
    single = source.text.replace('"', "'")
    last = segments[-1]
    without = _Segment(_FINAL.sub("", last.text).rstrip(), last.begins_inside, last.ends_inside)
    for parts, cut in ((segments, False), ([*segments[:-1], without], True)):
        if not parts[-1].text or (cut and without.text == last.text):
            continue
        plain_parts = [_plain_segment(part) for part in parts]
        for text, exchanged in ((source.text, False), (single, True)):
            sought = [
                _Segment(part.text.replace('"', "'"), part.begins_inside, part.ends_inside) if exchanged else part
                for part in plain_parts
            ]
            places = _in_order(sought, text)
            if places is not None:
                more = ((SINGLE_FOR_DOUBLE,) if exchanged else ()) + ((FINAL_PUNCTUATION,) if cut else ())
                spans = [source.span(*place) for place in places]
                return _bridged(parts, spans, message_text, more)
    return None


def _in_order(segments: list[_Segment], text: str) -> list[tuple[int, int]] | None:
    """Return where segments stand one after the other, each as early as it can; None where one does not."""
    places, place = [], 0
    for segment in segments:
        found = _find(segment, text, place)
        if found < 0:
            return None
        place = found + len(segment.text)
        places.append((found, place))
    return places


def _find(segment: _Segment, text: str, place: int) -> int:
    """Return where a segment stands at or after `place`, as whole words; -1 where it does not."""
    words = segment.text
    found = text.find(words, place) if words else -1
    while found >= 0:
        end = found + len(words)
        cut_before = found > 0 and words[0].isalnum() and text[found - 1].isalnum()
        cut_after = end < len(text) and words[-1].isalnum() and text[end].isalnum()
        if (segment.begins_inside or not cut_before) and (segment.ends_inside or not cut_after):
            return found
        found = text.find(words, found + 1)
    return -1


def _missing(segments: list[_Segment], message_text: str) -> QuotationCheck:
    """Return what comes nearest to the first segment that does not stand where it should."""
    source = plain(message_text).text
    place = 0
    for segment in segments:
        sought = _plain_segment(segment)
        found = _find(sought, source, place)
        if found < 0:
            if _find(sought, source, 0) >= 0:
                problem = "these words stand in the message, but not after those printed before them"
                return QuotationCheck(NOT_FOUND, nearest=segment.text, diff=problem)
            words, difference = nearest(segment.text, message_text)
            return QuotationCheck(NOT_FOUND, nearest=words, diff=difference)
        place = found + len(sought.text)
    return QuotationCheck(NOT_FOUND)


def check_all(study: Study, article: Article | None = None) -> pd.DataFrame:
    """Hold all quotations against the study's messages.

    Parameters
    ----------
    study : Study
    article : Article, optional
        The article whose quotations to check; the study's own when absent.

    Returns
    -------
    pandas.DataFrame
        quotation_id, message_id, attributed_to, theme_id, form, text, verdict, author_matches (whether the
        message is by the person named; also true where nobody is named), variants (joined by "; "), nearest,
        diff.

    Raises
    ------
    MissingTableError
        When there are no quotations.
    """
    quotations = (study if article is None else article).quotations.frame
    messages = study.messages.frame.set_index("message_id")
    names = study.participants.frame.set_index("participant_id")["code_name"].to_dict()
    rows = []
    for quotation in quotations.to_dict("records"):
        row = {name: quotation.get(name, "") for name in CHECK_COLUMNS[:6]}
        if quotation["message_id"] in messages.index:
            message = messages.loc[quotation["message_id"]]
            marks = quotation.get("in_quotation_marks", "") in {"yes", "true", True}
            found = check(quotation["text"], message["text"], in_quotation_marks=marks)
            author = message["participant_id"]
            matches = quotation["attributed_to"] in {"", author, names.get(author, author)}
        else:
            found = QuotationCheck(NOT_FOUND, diff=f"the study has no message {quotation['message_id']!r}")
            matches = False
        row |= {
            "verdict": found.verdict,
            "author_matches": matches,
            "variants": joined(found.variants),
            "nearest": found.nearest,
            "diff": found.diff,
        }
        rows.append(row)
    frame = pd.DataFrame(rows, columns=list(CHECK_COLUMNS))
    return frame.astype({name: bool if name == "author_matches" else "str" for name in CHECK_COLUMNS})


def exemplars(study: Study, theme_id: str, count: int, seed: int = 0) -> pd.DataFrame:
    """Return segments that could be quoted for a theme: drawn by lot, from as many people as possible.

    Segments of 40 to 400 characters come first. Among them each person's first comes before anyone's second,
    and each code of the theme likewise.

    Parameters
    ----------
    study : Study
    theme_id : str
    count : int
        How many to draw; fewer where there are not so many.
    seed : int
        Of the lot.

    Returns
    -------
    pandas.DataFrame
        message_id, thread_id, participant_id, code_name, posted_at, code_id, code, start, end, text; in the
        order of the messages.

    Raises
    ------
    MissingTableError
        When the study has no themes, no codings or no codebook.
    UsageError
        When there is no such theme.
    """
    found = retrieve(study, themes=(theme_id,), who="consensus", context=0)
    found = found.drop_duplicates(["message_id", "start", "end"]).reset_index(drop=True)
    lot = np.random.default_rng(seed).permutation(len(found))
    drawn = found.iloc[lot].assign(unfit=lambda rows: ~(rows["end"] - rows["start"]).between(*QUOTABLE))
    drawn = drawn.sort_values("unfit", kind="stable")
    for name in ("participant_id", "code_id"):
        drawn[f"turn_of_{name}"] = drawn.groupby(name).cumcount()
    turns = ["unfit", "turn_of_participant_id", "turn_of_code_id"]
    chosen = drawn.sort_values(turns, kind="stable").index[:count]
    columns = ["message_id", "thread_id", "participant_id", "code_name", "posted_at", "code_id", "code", "start", "end"]
    return found.loc[sorted(chosen), [*columns, "text"]].reset_index(drop=True)
