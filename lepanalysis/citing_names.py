"""Names of authors: the same in two places, alike, or different."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepanalysis.citing_words import JOINS, LINKERS, PARTICLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.citing_entries import Reference

# Of a name no more letters than this are compared letter by letter.
LONGEST_COMPARED = 80
# Where more than one letter differs: so many at the beginning have to be the same, and so many may differ.
SHARED_BEGINNING = 4
LETTERS_APART = 3
# In shorter names ("Li" and "Lu") a letter is too much to make them alike.
SHORTEST_ALIKE = 3
_SIGNS = str.maketrans({"’": "'", "\u02bc": "'", "‘": "'", "`": "'", "\u2010": "-", "\u2011": "-", "–": "-"})
_BETWEEN = re.compile(r"[\s.,\-]+")


@dataclass(frozen=True)
class Author:
    """An author as printed.

    Parameters
    ----------
    family : str
        Family name with its particles, or the whole name of a body.
    given : str
        Initials or given names; empty where none are printed.
    """

    family: str
    given: str = ""


@dataclass(frozen=True)
class Known:
    """What a reference list says about names.

    Parameters
    ----------
    families : mapping of str to str
        The initials of those who have a family name, by its key.
    bodies : frozenset of str
        Keys of whole names without initials.
    """

    families: Mapping[str, str]
    bodies: frozenset[str]

    def has(self, name: str) -> bool:
        """Whether somebody or some body of that name is listed."""
        return key_of(name) in self.families


NOTHING_KNOWN = Known({}, frozenset())


def key_of(name: str) -> str:
    """Return a name in the form in which names are compared: case, typography and composition do not count.

    Examples
    --------
    >>> key_of("O’Connor") == key_of("o'connor"), key_of("Möller") == key_of("Moller")
    (True, False)
    """
    return " ".join(unicodedata.normalize("NFKC", name).translate(_SIGNS).casefold().split())


def plain_key_of(name: str) -> str:
    """Return the key of a name without accents, particles, hyphens and apostrophes."""
    apart = unicodedata.normalize("NFD", key_of(name))
    letters = "".join(sign for sign in apart if not unicodedata.combining(sign)).replace("'", "").replace("-", " ")
    words = letters.split()
    while len(words) > 1 and words[0] in PARTICLES:
        words = words[1:]
    return "".join(words)


def initials_of(given: str) -> str:
    """Return the initials of given names, in small letters; particles and ``Jr.`` left out.

    Examples
    --------
    >>> initials_of("Jean-Luc M."), initials_of("JT"), initials_of("M. L., Jr.")
    ('jlm', 'jt', 'ml')
    """
    words = [word for word in _BETWEEN.split(given) if word and key_of(word) not in PARTICLES | {"jr", "sr"}]
    return "".join(word if word.isupper() and len(word) <= 3 else word[0] for word in words).casefold()


def forms_of(author: Author) -> frozenset[str]:
    """Return the keys of a listed author's family name: also with a particle that stands behind the initials.

    A "The" before the name of a body is left out, as it is in the text.
    """
    form = key_of(author.family).removeprefix("the ")
    particles = [word for word in author.given.split() if word in PARTICLES]
    return frozenset({form, " ".join((*particles, form))})


def is_same(cited: Author, listed: Author) -> bool:
    """Whether a cited name can be that of a listed author: the family name, and initials as far as both have any.

    A given name that is written out in the text ("Jane Smith") counts as far as its initial goes.
    """
    name = key_of(cited.family)
    for form in forms_of(listed):
        if name == form:
            return _fit(cited.given, listed.given)
        if name.endswith(f" {form}") and not cited.given and listed.given:
            return _fit(name.removesuffix(form), listed.given)
    return False


def has_family_of(cited: Author, listed: Author) -> bool:
    """Whether a cited name is a listed author's family name, whatever the initials."""
    return key_of(cited.family) in forms_of(listed)


def difference_of(cited: Author, listed: Author) -> str:
    """Return in words how two names differ that are alike and not the same; empty where they are neither.

    Parameters
    ----------
    cited, listed : Author
    """
    if is_same(cited, listed):
        return ""
    if has_family_of(cited, listed):
        return "the initials differ"
    first, second = (plain_key_of(author.family)[:LONGEST_COMPARED] for author in (cited, listed))
    if first == second:
        return "the names differ in accents, hyphens or particles alone"
    return _one_apart(first, second) or _begin_alike(*sorted((first, second), key=len))


def variants_of(name: str) -> frozenset[str]:
    """Return keys of which two names share one when `difference_of` can find them alike.

    Two names that differ by a letter or by two neighbouring letters have a form in common from which at most one
    letter is left out (Garbe's symmetric deletion); the others have their beginning in common.
    """
    plain = plain_key_of(name)[:LONGEST_COMPARED]
    left_out = {plain[:place] + plain[place + 1 :] for place in range(len(plain))}
    return frozenset({plain, *left_out, f"{plain[:SHARED_BEGINNING]}…"})


def known_in(references: Sequence[Reference]) -> Known:
    """Return what a reference list says about names.

    Parameters
    ----------
    references : sequence of Reference
    """
    families: dict[str, str] = {}
    bodies = set()
    for reference in references:
        for author in reference.authors:
            name = key_of(author.family)
            families[name] = families.get(name, "") + initials_of(author.given)[:1]
            if not author.given:
                bodies.add(name)
    return Known(families, frozenset(bodies))


def is_short(word: str) -> bool:
    """Whether a word is written as an abbreviation is: in capitals, and more than one."""
    return len(word) > 1 and word.isupper()


def is_short_for(short: str, name: str) -> bool:
    """Whether an abbreviation is made of the initials of a body's name; small words may have theirs in it or not.

    Examples
    --------
    >>> is_short_for("DBIS", "Department for Business Innovation and Skills")
    True
    """
    words = [word for word in name.replace("-", " ").split() if word[0].isalpha()]
    if len(words) < 2:
        return False
    left = {short.casefold()}
    for word in words:
        first = word[0].casefold()
        taken = {rest[1:] for rest in left if rest[:1] == first}
        left = taken | left if word[0].islower() or word.casefold() in LINKERS | JOINS else taken
    # "Co-operation" is one word to some.
    return "" in left or ("-" in name and is_short_for(short, name.replace("-", "")))


def _fit(one: str, other: str) -> bool:
    """Whether initials can belong to one person: one has none, or begins with those of the other."""
    first, second = initials_of(one), initials_of(other)
    return first.startswith(second) or second.startswith(first)


def _one_apart(one: str, other: str) -> str:
    """Return in words that two different names differ by a letter, or by two that changed places."""
    short, long = sorted((one, other), key=len)
    if len(short) < SHORTEST_ALIKE:
        return ""
    start = next((place for place, sign in enumerate(short) if sign != long[place]), len(short))
    if len(short) == len(long):
        if short[start + 1 :] == long[start + 1 :]:
            return "the names differ by a letter"
        swapped = short[start : start + 2] == long[start : start + 2][::-1]
        return "two letters changed places" if swapped and short[start + 2 :] == long[start + 2 :] else ""
    return "the names differ by a letter" if short[start:] == long[start + 1 :] else ""


def _begin_alike(short: str, long: str) -> str:
    """Return in words that two names have more than their first letters in common."""
    if len(short) < SHARED_BEGINNING or short[:SHARED_BEGINNING] != long[:SHARED_BEGINNING]:
        return ""
    if long.startswith(short):
        return "one name is the beginning of the other"
    return "the names begin alike" if _edits(short, long) <= LETTERS_APART else ""


def _edits(one: str, other: str) -> int:
    """Return how many letters have to be put in, taken out or changed to turn one name into the other."""
    row = list(range(len(other) + 1))
    for number, sign in enumerate(one, 1):
        before, row[0] = row[0], number
        for place, letter in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (sign != letter))
    return row[-1]
