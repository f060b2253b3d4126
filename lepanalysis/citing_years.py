"""The years and pages of a citation, read from the tokens between two brackets.

Everywhere `items` are the numbers of the tokens at the level of one bracket: one that stands inside it counts as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepanalysis.citing_words import DASHES, JOINS, LABELS, OPEN_ENDS, UNTIL, YEAR_WORDS, is_year

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.citing_words import Page, Token

# Of what stands behind a year so many tokens are looked at for pages.
LONGEST_PAGES = 60
_SMALL_ROMAN, _LARGE_ROMAN = frozenset("ivxlc"), frozenset("IVXLC")


def year_at(page: Page, items: Sequence[int], place: int) -> tuple[str, int]:
    """Return the year that stands at a place, as printed, and the place behind it; empty where none stands.

    Parameters
    ----------
    page : Page
    items : sequence of int
    place : int
        A place in `items`.
    """
    token = page.tokens[items[place]]
    if is_year(token.text):
        # The original's year and that of the edition: "1776/1976".
        twice = _is_sign(page, items, place + 1, "/") and is_year(_text(page, items, place + 2))
        last = place + 2 if twice else place
        return page.printed(items[place], items[last]), last + 1
    if token.kind != "word":
        return "", place
    for words in YEAR_WORDS:
        last = place + len(words) - 1
        # A letter tells works apart here as well: "in press-a", "n.d.-b", "in press a".
        if not all(_shape(page, items, place + number) == word for number, word in enumerate(words[:-1])):
            continue
        word, sign, letter = _shape(page, items, last).replace("\u2010", "-").replace("\u2011", "-").partition("-")
        if word == words[-1] and (not sign or (len(letter) == 1 and letter.isalpha())):
            if not sign and _text(page, items, last + 1) in DASHES and _is_letter(page, items, last + 2):
                last += 2
            elif not sign and _is_letter(page, items, last + 1) and _text(page, items, last + 2) in {"", ",", ":", ";"}:
                last += 1
            return page.printed(items[place], items[last]), last + 1
    return "", place


def is_range(page: Page, items: Sequence[int], behind: int) -> bool:
    """Whether a year goes on with a dash and something more, or with "to" and a year: a period or a date, no work's."""
    if behind + 1 >= len(items):
        return False
    end = items[behind + 1]
    until = _shape(page, items, behind) in UNTIL
    return _text(page, items, behind) in DASHES or (
        until and (is_year(page.tokens[end].text) or page.tokens[end].shape in OPEN_ENDS)
    )


def next_year(page: Page, items: Sequence[int], behind: int, year: str) -> tuple[int, str, int]:
    """Return a further year of the same names: where it stands, what it is, and the place behind it.

    Empty where none follows. A letter alone stands for the year before it: "2009a, b".

    Parameters
    ----------
    page : Page
    items : sequence of int
    behind : int
        The place behind the year before, and behind its pages.
    year : str
        That year.
    """
    at = behind
    while at < behind + 2 and _text(page, items, at) in {",", "/", *JOINS}:
        at += 1
    if at == behind or at >= len(items):
        return at, "", behind
    following, after = year_at(page, items, at)
    if following and not is_range(page, items, after):
        return at, following, after
    letter = _text(page, items, at)
    if len(letter) == 1 and letter.islower() and year[-1:].isalpha() and year[:-1].isdigit():
        return at, year[:-1] + letter, at + 1
    return at, "", behind


def pages_at(page: Page, items: Sequence[int], place: int) -> tuple[str, int]:
    """Return the pages that stand behind a year, as printed, and the place behind them; empty where none stand.

    Parameters
    ----------
    page : Page
    items : sequence of int
    place : int
        The place behind the year.
    """
    tokens = [page.tokens[item] for item in items[place : place + LONGEST_PAGES]]
    sign = tokens[0].text if tokens else ""
    begin = 1 if sign in {",", ":"} else 0
    at = begin
    labelled = at < len(tokens) and tokens[at].shape in LABELS
    if labelled:
        at += 1
        if at < len(tokens) and tokens[at].text == ".":
            at += 1
    elif not begin:
        return "", place
    end = _numbers(tokens, at, strict=not labelled and sign == ",")
    if end == at:
        return "", place
    return page.printed(items[place + begin], items[place + end - 1]), place + end


def _numbers(tokens: Sequence[Token], begin: int, *, strict: bool) -> int:
    """Return the place behind a list of page numbers; a number that may be a year is none of it after the first.

    Parameters
    ----------
    tokens : sequence of Token
    begin : int
        Where the list begins.
    strict : bool
        Whether what may be a year cannot begin it either. With a dash behind it, it is a page: "1316–1320".
    """
    at, end = begin, begin
    while at < len(tokens) and _is_number(tokens[at]):
        ranged = at + 2 < len(tokens) and tokens[at + 1].text in DASHES and _is_number(tokens[at + 2])
        if is_year(tokens[at].text) and strict and not ranged:
            break
        end = at + 3 if ranged else at + 1
        # "12ff." and "12 ff.": and the pages after it.
        if end < len(tokens) and tokens[end].shape in {"f", "ff"}:
            end += 1
        if tokens[end - 1].shape.endswith("f") and end < len(tokens) and tokens[end].text == ".":
            end += 1
        strict = True
        at = end
        while at < len(tokens) and tokens[at].text in {",", *JOINS}:
            at += 1
        if at == end:
            break
    return end


def _is_number(token: Token) -> bool:
    """Whether a token is the number of a page: digits, also with a letter, or a Roman numeral."""
    if token.kind == "number":
        return True
    return token.kind == "word" and (_SMALL_ROMAN.issuperset(token.text) or _LARGE_ROMAN.issuperset(token.text))


def _text(page: Page, items: Sequence[int], place: int) -> str:
    """Return the text of the token at a place; empty behind the last."""
    return page.tokens[items[place]].text if place < len(items) else ""


def _is_letter(page: Page, items: Sequence[int], place: int) -> bool:
    """Whether a letter stands alone at a place."""
    text = _text(page, items, place)
    return len(text) == 1 and text.isalpha()


def _shape(page: Page, items: Sequence[int], place: int) -> str:
    """Return the token at a place in small letters; empty behind the last."""
    return page.tokens[items[place]].shape if place < len(items) else ""


def _is_sign(page: Page, items: Sequence[int], place: int, sign: str) -> bool:
    """Whether a sign stands at a place."""
    return _text(page, items, place) == sign
