"""Names that may be one and the same, typed differently: suggested, never merged."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Names so short differ by a letter and mean different things.
_SHORT, _LONG = 4, 8
# Two letters are looked for up to this length only: their number grows with its square.
_LONGEST_FOR_TWO = 24
# Longer names and further names are compared by their spelling only.
_LONGEST = 60
_MOST = 5_000
# Where more pairs than these are near each other, the names are a numbering of some kind and no slips.
_MOST_PAIRS = 20_000
_ENDINGS = ("es", "en", "er", "s", "e", "n", "x")


@dataclass(frozen=True)
class Slip:
    """A name that may be another, which stands more often.

    Parameters
    ----------
    rare, common : str
    counts : tuple of int
        How often each stands.
    why : str
        In what they differ.
    """

    rare: str
    common: str
    counts: tuple[int, int]
    why: str

    def sentence(self) -> str:
        """Return the suggestion for the report."""
        times = f"{self.counts[0]} and {self.counts[1]} times"
        return f"{self.rare!r} and {self.common!r} ({times}) differ in {self.why}: one code?"


def slips(counts: Mapping[str, int]) -> tuple[Slip, ...]:
    """Return pairs of names that differ in case, spaces, accents, plural or one or two letters.

    Parameters
    ----------
    counts : mapping
        How often each name stands.

    Examples
    --------
    >>> [(one.rare, one.common, one.why) for one in slips({"traffic": 9, "trafic": 1, "T1": 4, "T2": 4})]
    [('trafic', 'traffic', 'a letter')]
    """
    names = sorted(counts)
    pairs: dict[tuple[str, str], str] = {}
    spelt: dict[str, list[str]] = defaultdict(list)
    for name in names:
        spelt[_bare(name)].append(name)
    for group in spelt.values():
        for pair in combinations(group, 2):
            pairs[pair] = "case, spaces, accents or punctuation"
    for one, other in islice(_near(sorted(one for one in spelt if one)), _MOST_PAIRS):
        why = _why(one, other)
        if why:
            pairs.setdefault((spelt[one][0], spelt[other][0]), why)
    found = []
    for pair, why in pairs.items():
        rare, common = sorted(pair, key=lambda name: (counts[name], name))
        found.append(Slip(rare, common, (counts[rare], counts[common]), why))
    return tuple(sorted(found, key=lambda one: (-one.counts[1], one.common, one.rare)))


def _bare(name: str) -> str:
    """Return a name without case, accents, spaces and punctuation."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[\W_]+", "", "".join(one for one in letters if not unicodedata.combining(one)))


def _near(names: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs that become equal by taking away at most two letters from each."""
    by_rest: dict[str, list[str]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for name in names[:_MOST]:
        if not _SHORT <= len(name) <= _LONGEST:
            continue
        for rest in _rests(name, 2 if _LONG < len(name) <= _LONGEST_FOR_TWO else 1):
            for other in by_rest[rest]:
                pair = (other, name)
                if pair not in seen:
                    seen.add(pair)
                    yield pair
            by_rest[rest].append(name)


def _rests(name: str, depth: int) -> set[str]:
    """Return a name and what is left of it without one letter, or two."""
    found = {name}
    last = {name}
    for _ in range(depth):
        last = {one[:place] + one[place + 1 :] for one in last for place in range(len(one))}
        found |= last
    return found


def _why(one: str, other: str) -> str:
    """Return in what two names differ, or nothing where it is too much or a number."""
    if re.sub(r"\d+", "", one) == re.sub(r"\d+", "", other):
        return ""
    longer, shorter = sorted((one, other), key=len, reverse=True)
    if any(longer == shorter + ending for ending in _ENDINGS):
        return "singular and plural"
    most = 2 if min(len(one), len(other)) > _LONG else 1
    distance = edits(one, other)
    return "" if distance > most else "a letter" if distance == 1 else "two letters"


def edits(one: str, other: str) -> int:
    """Return how many letters have to be put in, taken out, changed or exchanged with their neighbour.

    Parameters
    ----------
    one, other : str

    Examples
    --------
    >>> edits("traffic", "trafifc")
    1
    """
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, against in enumerate(other, 1):
            best = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                best = min(best, before[column - 2] + 1)
            line.append(best)
        before, above = above, line
    return above[-1]
