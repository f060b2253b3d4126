"""The names before a year, read backwards from it: persons, with initials and particles, and the names of bodies.

Backwards, because a year says exactly where names end and nothing says where they begin. Every loop here is bounded,
so that a text is read in time proportional to its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from lepanalysis.citing_names import NOTHING_KNOWN, Author, is_short, is_short_for, key_of
from lepanalysis.citing_words import (
    BEFORE_DATES,
    BODIES,
    DASHES,
    DETERMINERS,
    JOINS,
    JOINS_OF_NAMES,
    LINKERS,
    MONTHS,
    MONTHS_ALONE,
    OPENERS,
    OTHERS,
    PARTICLES,
    SEASONS,
    THINGS,
    TITLES,
    is_capital,
    is_year,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.citing_names import Known
    from lepanalysis.citing_words import Page, Token

# Bounds: words in a name, names before a year, tokens looked at before a bracket.
LONGEST_NAME = 20
MOST_NAMES = 60
WINDOW = 250
# A word ending in "ing" that begins a sentence and has so many letters is a verb; a shorter one may be a name ("Ming").
LONG_WORD = 6
# Words such as "He" and "An" are names too, where what stands around says so; longer ones of their kind are not.
SMALL_WORD = 3
# Abbreviations with full stops that stand before a sentence's first name more often than they are initials.
_NO_INITIALS = frozenset({"UK", "US", "USA", "EU", "UN"})
_APOSTROPHES = frozenset("'’")


@dataclass(frozen=True)
class Chain:
    """The names before a year.

    Parameters
    ----------
    cited_as : str
        All of them as printed.
    authors : tuple of Author
    first : int
        The token that they begin with.
    et_al : bool
    joined_by : str
    """

    cited_as: str
    authors: tuple[Author, ...]
    first: int
    et_al: bool
    joined_by: str


class _Name(NamedTuple):
    """A name as places in a list of tokens, end exclusive."""

    author: Author
    begin: int
    end: int
    is_linked: bool = False


def chain_before(page: Page, items: Sequence[int], known: Known = NOTHING_KNOWN) -> Chain | None:
    """Return the names at the end of the tokens before a year inside a bracket; None where they end otherwise.

    Parameters
    ----------
    page : Page
    items : sequence of int
    known : Known
    """
    return _Reader(page, items, known, is_bracketed=True).chain()


def chain_before_bracket(page: Page, opening: int, known: Known) -> Chain | None:
    """Return the names in the sentence before a bracket that begins with a year; None where it has none.

    Parameters
    ----------
    page : Page
    opening : int
        The token that opens the bracket.
    known : Known
    """
    return _Reader(page, _before(page, opening), known, is_bracketed=False).chain()


def declared_before(page: Page, opening: int, short: str, known: Known) -> str:
    """Return the name before a bracket of which the bracket gives the initials; empty where they are not its own.

    Parameters
    ----------
    page : Page
    opening : int
    short : str
        What stands between the brackets.
    known : Known
    """
    chain = _Reader(page, _before(page, opening), known, is_bracketed=True).chain()
    if chain is None:
        return ""
    # "and" may belong to the name: of the names that a list would have, all are tried from the last backwards.
    for name in (chain.authors[-1].family, chain.cited_as):
        if is_short_for(short, name):
            return name
    return ""


def _before(page: Page, opening: int) -> list[int]:
    """Return the tokens before a bracket, back to the first that no list of names can hold."""
    found: list[int] = []
    place = opening - 1
    while place >= 0 and len(found) < WINDOW:
        token = page.tokens[place]
        if place in page.opens and place == opening - 1:
            place = page.opens[place]
        elif token.kind == "number" or (token.kind == "other" and token.text not in ",.&'’" and not is_dash(token)):
            break
        found.append(place)
        place -= 1
    return found[::-1]


def is_dash(token: Token) -> bool:
    """Whether a token is a dash of any length."""
    return token.text in DASHES


class _Reader:
    """Tokens of which the last ones may be names; reads them backwards and changes nothing."""

    def __init__(self, page: Page, items: Sequence[int], known: Known, *, is_bracketed: bool) -> None:
        """Take the tokens before a year, or before the bracket that it opens."""
        self.page, self.items, self.known, self.is_bracketed = page, items, known, is_bracketed

    def token(self, place: int) -> Token:
        """Return the token at a place."""
        return self.page.tokens[self.items[place]]

    def text(self, place: int) -> str:
        """Return its text; empty before the first and behind the last."""
        return self.token(place).text if 0 <= place < len(self.items) else ""

    def shape(self, place: int) -> str:
        """Return it in small letters; empty before the first and behind the last."""
        return self.token(place).shape if 0 <= place < len(self.items) else ""

    def printed(self, begin: int, end: int) -> str:
        """Return the tokens from one place to another as printed, end exclusive."""
        return self.page.printed(self.items[begin], self.items[end - 1])

    def chain(self) -> Chain | None:
        """Return the names at the end of the tokens."""
        end = len(self.items)
        comma = self.is_bracketed and self.text(end - 1) == ","
        end -= comma
        if self.shape(end - 1) in {"ca", "circa"}:
            end -= 1
        elif self.text(end - 1) == "." and self.shape(end - 2) in {"c", "ca"}:
            end -= 2
        end -= end > 1 and self.text(end - 1) == "," and not comma
        end -= self._is_short(end - 1)
        if not self.is_bracketed:
            end = self._without_possessive(end)
        names_end, last = self._without_others(end)
        names, joined = self._names(names_end, is_open=last > names_end, comma=comma)
        if not names or self._is_no_author(names, comma=comma, is_open=last > names_end):
            return None
        names = self._settled(names, joined, is_open=last > names_end)
        cited_as = self.printed(names[0].begin, max(last, names[-1].end))
        if not self.is_bracketed and last == names_end:
            cited_as = _without_s(cited_as)
        authors = tuple(name.author for name in names)
        return Chain(
            cited_as,
            authors,
            self.items[names[0].begin],
            et_al=last > names_end,
            joined_by=joined if len(names) > 1 else "",
        )

    def _is_short(self, place: int) -> bool:
        """Whether an abbreviation stands in a bracket of its own at a place: "World Health Organization [WHO]"."""
        close = self.page.closes.get(self.items[place]) if place >= 0 else None
        return close == self.items[place] + 2 and is_short(self.page.tokens[close - 1].text) if close else False

    def _without_possessive(self, end: int) -> int:
        """Return the place behind the last name: "et al.'s (2001)", "Jones' (2001)"."""
        if self.shape(end - 1) == "s" and self.text(end - 2) in _APOSTROPHES:
            return end - 2
        return end - 1 if self.text(end - 1) in _APOSTROPHES and self.text(end - 2)[-1:] in {"s", "."} else end

    def _without_others(self, end: int) -> tuple[int, int]:
        """Return the place behind the last name, and behind "et al." or the like after it."""
        stop = self.text(end - 1) == "."
        at = end - stop
        before = -1
        if self.shape(at - 1) in {"al", "alii", "alia"} and self.shape(at - 2) == "et":
            before = at - 2
        elif self.shape(at - 1).removesuffix("'s").removesuffix("'") in OTHERS and self.shape(at - 2) in JOINS:
            before = at - 2
            end -= stop
        elif stop and self.shape(at - 1) == "a" and self.shape(at - 3) == "u" and self.text(at - 2) == ".":
            before = at - 3
        if before <= 0:
            return end, end
        return before - (self.text(before - 1) == ","), end

    def _names(self, end: int, *, is_open: bool, comma: bool) -> tuple[list[_Name], str]:
        """Return the names before a place, first to last, and what joins the last to the others."""
        name = self._name(end, is_last=not is_open, is_small=comma, is_sure=is_open)
        if name is None:
            return [], ""
        names, joined = [name], ""
        while len(names) < MOST_NAMES:
            place = names[0].begin - 1
            sign = self.shape(place)
            if sign in JOINS or (not is_open and self.text(place) in JOINS_OF_NAMES):
                name = self._name(place - (self.text(place - 1) == ","), is_small=self.is_bracketed)
                joined = joined or (sign if name else "")
            elif (sign == "," and (joined or is_open or self.is_bracketed)) or (sign == "/" and self.is_bracketed):
                name = self._name(place)
            else:
                break
            if name is None:
                break
            names.insert(0, name)
        return names, joined

    def _name(self, end: int, *, is_last: bool = False, is_small: bool = False, is_sure: bool = False) -> _Name | None:
        """Return the one name that ends before a place; None where none does.

        Parameters
        ----------
        end : int
        is_last : bool
            Whether the year follows: then the possessive's ending may stand there.
        is_small : bool
            Whether what stands around makes a small word a name: "(He, 2001)", "(He & Li, 2001)".
        is_sure : bool
            Whether it makes any word with a capital one: "An et al. (2011)", "(Pages et al., 2014)".
        """
        behind = end
        stop = self.text(end - 1) == "."
        if self.shape(end - 1 - stop) in {"jr", "sr"}:
            behind -= 1 + stop
            behind -= self.text(behind - 1) == ","
        first = self._initials(behind)
        if first == behind:
            name = self._name_of_words(behind, is_last=is_last, is_small=is_small, is_sure=is_sure)
        else:
            # Initials behind the name: "Smith, J., 2001".
            name = self._name_of_words(first - 1) if self.text(first - 1) == "," else None
            if name is None or name.author.given:
                return None
            name = name._replace(author=Author(name.author.family, self.printed(first, behind)))
        return name and name._replace(end=end)

    def _name_of_words(
        self, end: int, *, is_last: bool = False, is_small: bool = False, is_sure: bool = False
    ) -> _Name | None:
        """Return the name that ends before a place with a word."""
        begin = end - 1
        is_word = begin >= 0 and self.token(begin).kind == "word" and is_capital(self.text(begin))
        is_taken = is_word and (is_sure or (is_small and self._is_small_name(begin)))
        if not is_taken and not self._is_name(begin, is_last=is_last):
            return None
        linked, given = False, begin
        while begin > 0 and end - begin < LONGEST_NAME and not self.page.is_apart(self.items[begin]):
            before = self._extended(begin)
            if before == begin:
                given = self._initials(begin)
                break
            linked = linked or self.shape(before + 1) in LINKERS
            begin = before
        else:
            given = begin
        author = Author(self.printed(begin, end), self.printed(given, begin) if given < begin else "")
        if not self.is_bracketed and is_last:
            author = Author(_without_s(author.family), author.given)
        return _Name(author, given, end, linked)

    def _extended(self, begin: int) -> int:
        """Return where a name begins that has one word more than from this place; the place itself if none does."""
        before = begin - 1
        if self._opens_sentence(before):
            return begin
        if before == 0 and self._is_number_in_name():
            return before
        if self._is_name(before) or (self.shape(before) in PARTICLES and self.token(before).kind == "word"):
            return before
        if self.text(before) == "." and self.shape(before - 1) in {"st", "ste"}:
            return before - 1
        link = before - (self.shape(before) == "the")
        if self.text(link) in LINKERS and self._is_name(link - 1) and len(self.text(link - 1)) > 1:
            return link - 1 if self.is_bracketed or self.shape(link - 1) in BODIES else begin
        return begin

    def _is_number_in_name(self) -> bool:
        """Whether what a bracket begins with is the first word of a name: the 1000 Genomes Project Consortium's."""
        if not self.is_bracketed or self.token(0).kind != "number" or is_year(self.text(0)):
            return False
        return self.shape(1) not in MONTHS | SEASONS

    def _initials(self, end: int) -> int:
        """Return where the initials begin that end before a place; the place itself where there are none."""
        begin = end
        while begin >= 2 and self.text(begin - 1) == "." and self._is_letter(begin - 2) and end - begin < LONGEST_NAME:
            begin -= 2
            if is_dash(self.token(begin - 1)) and begin >= 3:
                begin -= 1
        letters = "".join(self.text(place) for place in range(begin, end) if self.text(place).isalpha())
        return end if letters in _NO_INITIALS else begin

    def _is_letter(self, place: int) -> bool:
        """Whether a capital letter stands alone at a place, or two that are one initial ("Yu.", "Th.")."""
        word = self.text(place)
        return self.token(place).kind == "word" and word[:1].isupper() and len(word) == 1

    def _is_name(self, place: int, *, is_last: bool = False) -> bool:
        """Whether the word at a place can be part of a name."""
        if place < 0 or self.token(place).kind != "word":
            return False
        word, shape = self.text(place), self.shape(place)
        if not is_capital(word):
            return False
        if is_short(word) or (is_last and self.known.has(_without_s(word))):
            return True
        if shape in OPENERS or shape in THINGS or shape in TITLES or shape.removesuffix("s") in THINGS:
            return False
        # "Sheffield's Smith (2001)": the name is Smith's. In brackets it may be a body: "(Women's Institute, 2001)".
        return is_last or self.is_bracketed or not shape.endswith(("'s", "s'"))

    def _is_small_name(self, place: int) -> bool:
        """Whether a capitalised word is as short as a name that is a word as well: "An", "He", "So"."""
        return self.shape(place) in OPENERS and 1 < len(self.text(place)) <= SMALL_WORD

    def _opens_sentence(self, place: int) -> bool:
        """Whether a word such as "Echoing" at the beginning of a sentence stands before a name."""
        shape = self.shape(place)
        if self.is_bracketed or len(shape) < LONG_WORD or not shape.endswith("ing"):
            return False
        return place == 0 or self.text(place - 1) == "." or self.page.is_apart(self.items[place])

    def _is_no_author(self, names: Sequence[_Name], *, comma: bool, is_open: bool) -> bool:
        """Whether what looks like names is a date, or a noun with a year behind it."""
        last, before = names[-1], self.text(names[0].begin - 1)
        if is_open or self.known.has(last.author.family):
            return False
        if len(names) > 1:
            return all(key_of(name.author.family) in MONTHS for name in names)
        word = key_of(last.author.family)
        if self.is_bracketed:
            return word in MONTHS or (word in SEASONS and not comma)
        if word in MONTHS | SEASONS:
            # Few are called June or August; many, March or May.
            return word in MONTHS_ALONE or before.casefold() in BEFORE_DATES
        if before.casefold() in DETERMINERS:
            words = last.author.family.split()
            is_body = any(word.casefold() in BODIES for word in words) or (words[-1].isupper() and len(words[-1]) > 1)
            return not (is_body or last.is_linked)
        # A title: "*Silent Spring* (1962)".
        behind = self.page.text[self.token(last.end - 1).end :][:8].split("(")[0].split("[")[0]
        return "*" in behind or "_" in behind or "</" in behind

    def _settled(self, names: list[_Name], joined: str, *, is_open: bool) -> list[_Name]:
        """Return names from which words were taken that belong to the sentence, or put together as that of a body."""
        if len(names) == 2 and joined in JOINS_OF_NAMES and self.known.has(self.printed(names[0].begin, names[1].end)):
            # One name: "Ortega y Gasset (1930)".
            return [names[0]._replace(author=Author(self.printed(names[0].begin, names[1].end)), end=names[1].end)]
        if not is_open and joined and self._is_body(names):
            whole = names[0]._replace(author=Author(self.printed(names[0].begin, names[-1].end)), end=names[-1].end)
            return [whole]
        if not joined and not is_open and len(names) > 1:
            # Behind an abbreviation, "(AIC, Akaike, 1973)", and in the middle of other words, only the last is a name.
            is_list = self._begins_here(names[0].begin) and not is_short(names[0].author.family)
            names = names if is_list else names[-1:]
        if self._is_place(names, joined):
            names = names[1:]
        return [self._without_opener(name) for name in names]

    def _is_body(self, names: Sequence[_Name]) -> bool:
        """Whether names with an "and" between them are the name of one body."""
        if key_of(self.printed(names[0].begin, names[-1].end)) in self.known.bodies:
            return True
        if any(name.author.given or self.known.has(name.author.family) for name in names):
            return False
        first, last = (name.author.family.casefold().split() for name in (names[0], names[-1]))
        if names[0].is_linked and first[0] in BODIES:
            return True
        oxford = self.text(names[-1].begin - 2) == ","
        return len(names) == 2 and not oxford and len(last) > 1 and last[-1] in BODIES

    def _begins_here(self, begin: int) -> bool:
        """Whether a list of names without "and" begins with a bracket or behind "e.g.," and the like."""
        before = self.text(begin - 1)
        return not before or before in {",", ".", ":"} or before.casefold() in {"see", "also", "cf", "by", "following"}

    def _is_place(self, names: Sequence[_Name], joined: str) -> bool:
        """Whether the first of several names is where something happened: "In Leeds, Smith and Jones (2001) ..."."""
        if len(names) < 3 or not joined or not self.known.families or self.known.has(names[0].author.family):
            return False
        oxford = self.text(names[-1].begin - 2) == ","
        before = self.text(names[0].begin - 1)
        return not oxford and before[:1].isupper() and before.casefold() in {"in", "at", "from", "across", "within"}

    def _without_opener(self, name: _Name) -> _Name:
        """Return a name without words before it that a listed name does not have: "Echoing Smith (2001)"."""
        if name.is_linked or name.author.given or self.known.has(name.author.family):
            return name
        words = name.author.family.split()
        if len(words) != name.end - name.begin:
            return name
        for number in range(1, len(words)):
            if words[number - 1].casefold() in PARTICLES:
                return name
            listed = self.known.families.get(key_of(" ".join(words[number:])))
            # What has the initial of somebody of that name is a given name: "Jane Smith (2001)".
            if listed is not None and words[number - 1][0].casefold() not in listed:
                author = Author(" ".join(words[number:]))
                return _Name(author, name.begin + number, name.end)
        return name


def _without_s(name: str) -> str:
    """Return a name without the possessive's ending."""
    for ending in ("'s", "’s"):
        name = name.removesuffix(ending)
    return name
