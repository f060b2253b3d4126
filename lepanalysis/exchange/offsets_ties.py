"""Ways of counting that are as good as each other: what else speaks for one of them, and what speaks for none.

The words of a file come first (`lepanalysis.exchange.offsets`). Where they leave two readings over, it counts for
something which program wrote the file, as far as it is known how that one counts; and an end that is one character
later, where no word changes by it, is no reason to turn a file away: every program that was looked at writes the place
after the last character. Both are said in the report. Where words change and nobody knows, nothing is settled here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from lepanalysis.exchange.positions import is_of_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.exchange.positions import Texts

# unit, byte order mark, line ends, end: as `OffsetReading` names them.
Names = tuple[str, str, str, str]
_PARTS = ("unit", "bom", "newline", "end")
_UNIT, _END = 0, 3
# How programs are known to count (docs/refi-qda.md), by what they write as the origin of a file.
_CONVENTIONS = (
    ("NVivo", re.compile(r"nvivo(?!.*\bmac)", re.IGNORECASE), {"unit": "utf16", "bom": "not", "end": "exclusive"}),
    ("QualCoder", re.compile("qualcoder", re.IGNORECASE), {"unit": "codepoint", "newline": "one", "end": "exclusive"}),
    ("ATLAS.ti", re.compile(r"atlas", re.IGNORECASE), {"newline": "one"}),
    (
        "qualitative-coding",
        re.compile(r"qualitative.?coding|\bqc\b", re.IGNORECASE),
        {"unit": "codepoint", "newline": "one", "end": "exclusive"},
    ),
    ("exegete", re.compile("exegete", re.IGNORECASE), {"unit": "codepoint", "newline": "one", "end": "exclusive"}),
)
_LOOKED_AT = "NVivo, QualCoder, qualitative-coding and exegete"
_ENDS_SENTENCE = re.compile(r"""[.!?…。！？]["'”’»)]*\s*\Z""")  # noqa: RUF001 - those of Chinese are meant
_FEWEST_SENTENCES = 2


def of_origin(readings: Sequence[Sequence[Names]], origin: str) -> tuple[list[int], str]:
    """Return which of several groups of readings hold one by which a program is known to count, and its name.

    Parameters
    ----------
    readings : sequence of sequence of (str, str, str, str)
        The readings of each group.
    origin : str
        What the file says wrote it.

    Examples
    --------
    >>> both = [[("codepoint", "not", "one", "exclusive")], [("utf16", "not", "one", "exclusive")]]
    >>> of_origin(both, "NVivo 12"), of_origin(both, "Theirs 1.0")
    (([1], 'NVivo'), ([], ''))
    """
    for name, pattern, known in _CONVENTIONS:
        if pattern.search(origin):
            found = [
                place
                for place, group in enumerate(readings)
                if any(known.items() <= dict(zip(_PARTS, one, strict=True)).items() for one in group)
            ]
            return found, name
    return [], ""


def later_end(texts: Texts, readings: Sequence[Names], segments: Sequence[tuple[np.ndarray, np.ndarray]]) -> str | None:
    """Return why the first of two readings may be taken, whose ends alone are other than those of the second.

    Parameters
    ----------
    texts : Texts
    readings : sequence of (str, str, str, str)
        Two, of which the first has its end exclusive.
    segments : sequence of (numpy.ndarray, numpy.ndarray)
        Of each, in code points.

    Returns
    -------
    str or None
        A sentence; None where a word would be another, or the file speaks for the second as much as habit for the
        first.
    """
    first, second = readings
    if first[:_END] != second[:_END] or (first[_END], second[_END]) != ("exclusive", "inclusive"):
        return None
    (starts, ends), (others, later) = segments
    # What the file gives no length has none, and would be half a word with the end inclusive.
    judged = texts.starts != texts.ends
    differ = np.flatnonzero(((starts != others) | (ends != later)) & judged)
    if (starts[differ] != others[differ]).any() or (later[differ] != ends[differ] + 1).any():
        return None
    rows = texts.begins[texts.source[differ]]
    if is_of_word(texts.points[rows + ends[differ]]).any():
        return None
    if not _touching(texts, starts, ends) and _are_sentences(texts, starts, ends, differ):
        return None
    return (
        f"With the end inclusive, {len(differ):,} of {int(judged.sum()):,} segments would be one character longer, "
        "which is no letter, and nothing in the file tells which is meant. It was read as exclusive, as all programs "
        f"write it that were looked at ({_LOOKED_AT}); --offsets end=inclusive reads it the other way."
    )


def _touching(texts: Texts, starts: np.ndarray, ends: np.ndarray) -> bool:
    """Whether a segment begins where another ends: with the end inclusive both would have that character."""
    some = (starts >= 0) & (ends > starts)
    rows = texts.begins[texts.source]
    return bool(np.isin((rows + ends)[some], (rows + starts)[some]).any())


def _are_sentences(texts: Texts, starts: np.ndarray, ends: np.ndarray, differ: np.ndarray) -> bool:
    """Whether all of several segments would be whole sentences if they were one character longer, and none is so."""
    if len(differ) < _FEWEST_SENTENCES:
        return False
    for place in differ.tolist():
        start, end = int(starts[place]), int(ends[place])
        longer = texts.slice(place, 0, end + 1)
        begins = not longer[:start].strip() or _ENDS_SENTENCE.search(longer[:start].rstrip()) is not None
        if not begins or _ENDS_SENTENCE.search(longer) is None or _ENDS_SENTENCE.search(longer[:end]) is not None:
            return False
    return True
