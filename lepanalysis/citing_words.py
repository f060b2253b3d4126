"""A text as tokens for the parsers of citations, and the words that say what is a name and what is not."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple


def _words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


# Small words inside a person's name: a capital may open them at the start of a sentence ("Van Reijssen").
PARTICLES = _words(
    "af al av bin da dal das de degli dei del della den der di dos du el het ibn la las le los 't te ten ter thoe tot "
    "van ver von vom zu zum zur"
)
# Small words inside the name of a body; "the" may follow one of them ("Bank for the North").
LINKERS = _words("of for on")
JOINS = _words("& and und")
# What joins two names in Spanish, Italian and Portuguese, French, Dutch, Swedish, Danish and Norwegian: small words of
# many meanings, so that they join nothing else.
JOINS_OF_NAMES = _words("y e et en och og")
OTHERS = _words("others colleagues co-authors coauthors co-workers coworkers")
# What a body is called: lets "the European Commission (2016)" be a citation, and "the Olympic Games (2012)" not.
BODIES = _words(
    "academy administration agency association assembly authority bank board bureau cabinet center centers centre "
    "centres chamber college commission committee company confederation consortium corporation council court "
    "department departments directorate federation forum foundation government group house initiative institute "
    "institution institutes institutions league ministry nations observatory office organisation organisations "
    "organization organizations parliament partnership party police secretariat senate service services society "
    "taskforce team treasury trust union unit university"
)
# Capitalised words that begin a sentence or a bracket and belong to no name behind them.
OPENERS = _words(
    "a about above according across additionally after again against albeit all along already also alternatively "
    "although among amongst an and another any are around as at based because been before being below beside besides "
    "between beyond both building but by cf compare compared concerning consequently consider contrary conversely "
    "crucially despite did do does drawing due during each earlier early either elsewhere equally especially even "
    "eventually every extending few finally first firstly following for from further furthermore generally given had "
    "has have he hence her here his historically how however i if importantly in indeed initially inspired instead "
    "interestingly into is it its just last lastly later latter like likewise many meanwhile more moreover most much "
    "my namely nevertheless next no nonetheless nor not notably notwithstanding now of often on once one only or "
    "originally other others our over overall particularly per perhaps previously quoting rather recent recently "
    "regarding second secondly see seminal several she similar similarly since so some sometimes specifically still "
    "subsequent subsequently such than that the their then there thereby therefore these they third thirdly this "
    "those though three through throughout thus to together too toward towards two typically ultimately under unlike "
    "until unlikely up upon using via was we were what when whenever where whereas whether which while whilst who "
    "whose why with within without work works yet you your"
)
DETERMINERS = _words("a an the this that these those its their our his her my your each every some any no")
# Capitalised words that a year follows and that are no author.
THINGS = _words(
    "appendix article chapter clause days equation experiment fig figs figure figures interview interviewee message "
    "messages months notes pages paragraph participant participants respondent section sections step study table "
    "tables version vol volume week weeks years autumn january february july september october november december jan "
    "feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday"
)
# Surnames that are words of the calendar too: "Winter (2003)" and "(Winter, 2003)", but not "(Winter 2003)".
SEASONS = _words("winter summer spring fall day")
MONTHS = _words("march april may june august")
MONTHS_ALONE = _words("april june august")
BEFORE_DATES = _words("in since until till by from of to during after before early mid late last this each every")
TITLES = _words("dr prof professor sir dame lord lady mr mrs ms")
LABELS = _words(
    "p pp page pages s seite seiten ch chap chapter chapters para paras paragraph paragraphs sec section sections "
    "table tables fig figure figures appendix line lines § ¶"
)
# A year in words, as the tokens that it is made of.
YEAR_WORDS = (
    ("n", ".", "d", "."),
    ("n", ".", "d"),
    ("o", ".", "j", "."),
    ("o", ".", "j"),
    ("in", "press"),
    ("in", "preparation"),
    ("in", "prep", "."),
    ("in", "prep"),
    ("no", "date"),
    ("ohne", "jahr"),
    ("im", "druck"),
    ("im", "erscheinen"),
    ("under", "review"),
    ("to", "appear"),
    ("forthcoming",),
    ("submitted",),
)
# What stands between the two ends of a period, and what may stand at its end instead of a year.
UNTIL = _words("to until till through bis")
OPEN_ENDS = _words("date now present today")
DASHES = frozenset("-\u2010\u2011\u2012–—−")
OPENING = {"(": ")", "[": "]"}
CLOSING = {close: open_ for open_, close in OPENING.items()}

_PART = r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u00ad])*"
_TOKEN = re.compile(
    rf"""(?P<word>{_PART}(?:(?:['’\u02bc]|[-\u2010\u2011\u00ad](?:[ \t]{{0,20}}\r?\n[ \t]{{0,20}})?){_PART})*
    |['’]t(?=\s))
    |(?P<number>\d[^\W_]*)
    |(?P<mark>[*_]+|</?(?:i|em|b|strong)>)
    |(?P<other>&amp;|\S)""",
    re.VERBOSE,
)
_TURNED = re.compile(r"(?:([-\u2010\u2011])|\u00ad)[ \t]{0,20}\r?\n[ \t]{0,20}(\w)")
# A number alone between empty lines: that of a page. Four digits that may be a year are left.
_PAGE_NUMBER = re.compile(
    r"(?:(?<=\n\n)|(?<=\f)|(?<=\f\n))[ \t]{0,40}(?!1[4-9]\d\d|20\d\d)\d{1,4}[ \t]{0,40}(?=\r?\n[ \t\r\f]{0,40}\n|\f)"
)
_YEAR = re.compile(r"(?:1[4-9]|20)[0-9]{2}[a-z]?", re.IGNORECASE)


class Token(NamedTuple):
    """A word, a number or a single sign, with its place in the text; `shape` is the word in small letters."""

    kind: str
    text: str
    shape: str
    start: int
    end: int


@dataclass(frozen=True)
class Page:
    """A text with its tokens and the brackets in it.

    Parameters
    ----------
    text : str
    tokens : tuple of Token
    closes : dict of int to int
        The token that closes each bracket, by the token that opens it; brackets without a partner are left out.
    opens : dict of int to int
        The other way round.
    lines : tuple of int
        Where each line begins.
    """

    text: str
    tokens: tuple[Token, ...]
    closes: dict[int, int]
    opens: dict[int, int]
    lines: tuple[int, ...] = field(repr=False)

    def where(self, offset: int) -> str:
        """Return a place as line and column, each from one."""
        line = bisect_right(self.lines, offset)
        return f"{line}:{offset - self.lines[line - 1] + 1}"

    def is_apart(self, token: int) -> bool:
        """Whether an empty line or a new page stands before a token."""
        before = self.text[self.tokens[token - 1].end if token else 0 : self.tokens[token].start]
        return before.count("\n") > 1 or "\f" in before

    def printed(self, first: int, last: int) -> str:
        """Return the text from one token to another as printed, without marks of italics and line breaks."""
        written = [self.tokens[first].text]
        for before, token in pairwise(self.tokens[first : last + 1]):
            spaced = any(sign.isspace() for sign in self.text[before.end : token.start])
            written.append(f" {token.text}" if spaced else token.text)
        return "".join(written)


def page_of(text: str) -> Page:
    """Return a text with its tokens and brackets, in time proportional to its length.

    Parameters
    ----------
    text : str
    """
    tokens = []
    masked = _PAGE_NUMBER.sub(lambda found: " " * len(found.group()), text)
    for found in _TOKEN.finditer(masked):
        kind = found.lastgroup or "other"
        if kind != "mark":
            word = _word(found.group()) if kind == "word" else found.group().replace("&amp;", "&")
            tokens.append(Token(kind, word, word.casefold().replace("’", "'"), *found.span()))
    closes: dict[int, int] = {}
    waiting: list[int] = []
    left = dict.fromkeys(OPENING, 0)
    for place, token in enumerate(tokens):
        if token.text in OPENING:
            waiting.append(place)
            left[token.text] += 1
        elif token.text in CLOSING and left[CLOSING[token.text]]:
            while True:
                opening = waiting.pop()
                left[tokens[opening].text] -= 1
                if tokens[opening].text == CLOSING[token.text]:
                    break
            closes[opening] = place
    lines = (0, *(found.end() for found in re.finditer("\n", text)))
    return Page(text, tuple(tokens), closes, {close: open_ for open_, close in closes.items()}, lines)


def is_year(text: str) -> bool:
    """Whether a token is a year, with or without a letter."""
    return _YEAR.fullmatch(text) is not None


def is_capital(word: str) -> bool:
    """Whether a word is written as a name is: with a capital, or in letters that have none.

    Examples
    --------
    >>> [is_capital(word) for word in ("Looy", "van", "d'Aspremont", "al-Hassan", "李")]
    [True, False, True, True, True]
    """
    if not word[0].islower():
        return True
    first, sign, rest = word.replace("’", "'").replace("-", "'").partition("'")
    return bool(sign) and len(first) <= 2 and rest[:1].isupper()


def _word(written: str) -> str:
    """Return a word put together again where it was broken at the end of a line, in composed letters."""
    if "\n" in written:
        written = _TURNED.sub(lambda found: found[2] if found[2].islower() else f"{found[1] or ''}{found[2]}", written)
    return unicodedata.normalize("NFC", written.replace("\u00ad", ""))
