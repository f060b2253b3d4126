"""The place of a text that comes nearest to words that it does not hold, and the difference word by word."""

from __future__ import annotations

import re
import string
from collections import defaultdict
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from lepanalysis.typography import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"\S+")
# Bounds that keep a comparison with a text of a million characters short: only the rarest words and runs of
# three words say where to look, what occurs often says nothing, and a difference is spelled out over so many
# words.
SEEDS = 200
RUN = 3
OCCURRENCES = 30
WORDS_COMPARED = 400


def nearest(printed: str, written: str) -> tuple[str, str]:
    """Return the words of a text that come nearest to printed ones, and the difference.

    Parameters
    ----------
    printed : str
        The words as printed.
    written : str
        The text that should hold them.

    Returns
    -------
    place : str
        The stretch of the text, as written; "" where it has no word in common with the printed ones.
    diff : str
        Word by word: ``[-printed-]`` where the text has no such word, ``{+written+}`` where the print has
        not.
    """
    source = plain(written)
    sought = _from_difference([found.group() for found in _WORD.finditer(plain(printed).text)], source.text)
    places = [found.span() for found in _WORD.finditer(source.text)]
    words = [source.text[start:end] for start, end in places]
    begin = _where(sought, words)
    if begin is None:
        return "", ""
    slack = len(sought) // 4 + 5
    first = max(0, begin - slack)
    window = words[first : begin + len(sought) + slack]
    # Case and punctuation do not decide where the words belong, but they do show in the difference.
    blocks = SequenceMatcher(None, _bare(sought), _bare(window), autojunk=False).get_matching_blocks()
    blocks = [block for block in blocks if block.size]
    if not blocks:
        return "", ""
    start = max(0, blocks[0].b - blocks[0].a)
    end = min(len(window), blocks[-1].b + len(sought) - blocks[-1].a)
    here = window[start:end]
    place = source.span(places[first + start][0], places[first + end - 1][1])
    return written[slice(*place)], _difference(sought, here)


def _from_difference(sought: list[str], text: str) -> list[str]:
    """Return as many words as are compared, from before the first that the text does not continue with."""
    found, beyond = 0, len(sought)
    while len(sought) > WORDS_COMPARED and beyond - found > 1:
        middle = (found + beyond) // 2
        if " ".join(sought[:middle]) in text:
            found = middle
        else:
            beyond = middle
    return sought[max(0, found - WORDS_COMPARED // 2) :][:WORDS_COMPARED]


def _bare(words: Sequence[str]) -> list[str]:
    """Return words without case and punctuation."""
    return [word.strip(string.punctuation).casefold() or word for word in words]


def _where(sought: Sequence[str], words: Sequence[str]) -> int | None:
    """Return the number of the word at which the sought words would begin if they stood in the text.

    The rarest of them vote, each of its occurrences for the beginning that it speaks for; beginnings that lie
    close to each other count together, since words may have been added or left out in between.
    """
    wanted, present = _bare(sought), _bare(words)
    seeds = [*_occurrences(wanted, present, 1), *_occurrences(wanted, present, RUN)]
    if not seeds:
        return None
    rare = [seed for seed in seeds if len(seed[1]) <= OCCURRENCES] or seeds
    rare.sort(key=lambda seed: (len(seed[1]), seed[0]))
    width = max(3, len(sought) // 4)
    votes: dict[int, float] = defaultdict(float)
    beginnings: dict[int, list[int]] = defaultdict(list)
    for place, occurrences in rare[:SEEDS]:
        for occurrence in occurrences[:OCCURRENCES]:
            begin = occurrence - place
            for bin_ in (begin // width, begin // width + 1):
                votes[bin_] += 1 / len(occurrences)
                beginnings[bin_].append(begin)
    best = max(votes, key=lambda bin_: (votes[bin_], -bin_))
    found = sorted(beginnings[best])
    return found[len(found) // 2]


def _occurrences(wanted: Sequence[str], words: Sequence[str], run: int) -> list[tuple[int, list[int]]]:
    """Return where each run of so many wanted words occurs, by its own place; one occurrence more than counts."""
    keys = list(zip(*(wanted[skip:] for skip in range(run)), strict=False))
    asked: dict[tuple[str, ...], list[int]] = {key: [] for key in keys}
    for place, key in enumerate(zip(*(words[skip:] for skip in range(run)), strict=False)):
        found = asked.get(key)
        if found is not None and len(found) <= OCCURRENCES:
            found.append(place)
    return [(place, asked[key]) for place, key in enumerate(keys) if asked[key]]


def _difference(printed: Sequence[str], written: Sequence[str]) -> str:
    """Return the difference of two sequences of words as one line."""
    parts = []
    for kind, a, b, c, d in SequenceMatcher(None, printed, written, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(" ".join(printed[a:b]))
            continue
        if b > a:
            parts.append(f"[-{' '.join(printed[a:b])}-]")
        if d > c:
            parts.append(f"{{+{' '.join(written[c:d])}+}}")
    return " ".join(parts)
