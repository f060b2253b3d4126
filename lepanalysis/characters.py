"""Segments as numbers, and agreement character by character without ever making an array of characters.

A code that a coder applied twice to overlapping text counts there once. What is counted are lengths of stretches
between sorted boundaries: cost and memory grow with the segments, never with the text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis.applications import coded, readings
from lepanalysis.codes import code_names
from lepanalysis.coefficients import Coefficient, alpha_of_coincidences, kappa_of_table, mean_of, percent_of_table

if TYPE_CHECKING:
    from lepanalysis.study import Study

TOO_FEW = "there are fewer than two coders"


@dataclass(frozen=True, eq=False)
class Segments:
    """Who put which code on which stretch of which message, all as numbers from 0.

    Parameters
    ----------
    coder, message, code, start, end : numpy.ndarray
        One entry a segment; offsets count characters of the message, the end is exclusive.
    lengths : numpy.ndarray
        The length of each message in characters.
    read : numpy.ndarray
        Coders x messages, True where the coder read the message. Segments elsewhere do not count.
    codes : int
        How many codes there are.

    Examples
    --------
    >>> given = segments([(0, 0, 0, 2, 6), (1, 0, 0, 4, 7)], lengths=[10])
    >>> given.coders, given.span, len(given.where(given.coder == 0))
    (2, 10, 1)
    """

    coder: np.ndarray
    message: np.ndarray
    code: np.ndarray
    start: np.ndarray
    end: np.ndarray
    lengths: np.ndarray
    read: np.ndarray
    codes: int

    def __len__(self) -> int:
        """Return the number of segments."""
        return len(self.start)

    @property
    def coders(self) -> int:
        """The number of coders."""
        return len(self.read)

    @property
    def offsets(self) -> np.ndarray:
        """Where each message begins when all are laid end to end."""
        return np.concatenate([[0], np.cumsum(self.lengths)[:-1]])[: len(self.lengths)].astype(np.int64)

    @property
    def span(self) -> int:
        """The length of all messages laid end to end; at least 1."""
        return max(int(self.lengths.sum()), 1)

    def where(self, rows: np.ndarray) -> Segments:
        """Return some of the segments, over the same messages."""
        parts = {name: getattr(self, name)[rows] for name in ("coder", "message", "code", "start", "end")}
        return replace(self, **parts)

    def readable(self) -> Segments:
        """Return the segments that lie in messages which their coder read."""
        return self if self.read.all() else self.where(self.read[self.coder, self.message])


def segments(
    rows: list[tuple[int, int, int, int, int]], lengths: list[int], coders: int = 2, codes: int | None = None
) -> Segments:
    """Return segments from a list of them, for small data and for trying things out; everyone read everything.

    Parameters
    ----------
    rows : list of tuple
        (coder, message, code, start, end), each a whole number.
    lengths : list of int
        The length of each message.
    coders : int
        How many coders there are.
    codes : int, optional
        How many codes there are; as many as the rows name when absent.

    Examples
    --------
    >>> len(segments([(0, 0, 0, 2, 6), (1, 0, 0, 4, 6)], lengths=[10]))
    2
    """
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    read = np.ones((coders, len(lengths)), dtype=bool)
    number = int(table[:, 2].max(initial=-1)) + 1 if codes is None else codes
    return Segments(*table.T, np.array(lengths, dtype=np.int64), read, number)


def segments_of(study: Study) -> Segments:
    """Return the segments of a study under its shared codes.

    Parameters
    ----------
    study : Study

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = segments_of(study)
    >>> len(found), found.coders, found.codes
    (464, 2, 24)
    """
    found = coded(study)
    lengths = study.messages.frame["text"].str.len().to_numpy(dtype=np.int64)
    read = readings(study).to_numpy().T
    return Segments(
        found.coder, found.message, found.code, found.start, found.end, lengths, read, len(found.codes)
    ).readable()


def merged(given: Segments) -> Segments:
    """Return the segments with those of one coder, message and code that overlap made one.

    Segments that only touch stay two: each is a unit of its own.

    Parameters
    ----------
    given : Segments

    Examples
    --------
    >>> one = merged(segments([(0, 0, 0, 0, 5), (0, 0, 0, 3, 9)], lengths=[10]))
    >>> (one.start.tolist(), one.end.tolist())
    ([0], [9])
    """
    if not len(given):
        return given
    group = (given.coder * given.codes + given.code) * given.span
    begin = group + given.offsets[given.message] + given.start
    order = np.argsort(begin, kind="stable")
    begin = begin[order]
    reach = np.maximum.accumulate(begin + (given.end - given.start)[order])
    first = np.ones(len(order), dtype=bool)
    first[1:] = begin[1:] >= reach[:-1]
    last = np.flatnonzero(np.append(first[1:], True))
    kept = given.where(order[first])
    return replace(kept, end=kept.start + (reach[last] - begin[first]))


def _in_order(place: np.ndarray, length: np.ndarray, limit: int, kind: str | None = None) -> None:
    """Bring both into the order of `place`, which lies below `limit`, where they stand.

    Where they fit into one number of 64 bits, sorting that is several times faster than sorting by one of them.
    """
    high = int(length.max(initial=0)).bit_length()
    if limit >> (63 - high):
        order = np.argsort(place, kind="stable")
        place[:], length[:] = place[order], length[order]
        return
    place <<= high
    place |= length
    place.sort(kind=kind)
    np.bitwise_and(place, 2**high - 1, out=length)
    place >>= high


def _by_coder(given: Segments) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return for each coder ``code * span`` and where each segment begins in all messages laid end to end, and lengths.

    Each in the order of the first. All coders are sorted at once: a coder is one more figure in front.
    """
    size = given.codes * given.span
    if given.coders * size >= 2**63:
        alone = [given.where(given.coder == coder) for coder in range(given.coders)]
        alone = [replace(one, coder=np.zeros_like(one.coder), read=one.read[:1]) for one in alone]
        return [_by_coder(one)[0] for one in alone]
    # One buffer serves twice: fresh memory costs more here than the sums.
    length = given.offsets[given.message]
    place = given.coder * given.codes
    place += given.code
    place *= given.span
    place += length
    place += given.start
    np.subtract(given.end, given.start, out=length)
    _in_order(place, length, given.coders * size)
    ends = np.searchsorted(place, np.arange(1, given.coders) * size)
    places = np.split(place, ends)
    for coder in range(given.coders):
        places[coder] -= coder * size
    return list(zip(places, np.split(length, ends), strict=True))


def _covered(place: np.ndarray, length: np.ndarray, codes: int, span: int) -> np.ndarray:
    """Return how many characters each code covers, however many segments lie on each.

    Segments come as `_by_coder` gives them. A segment adds what of it lies beyond the farthest end so far; none
    reaches into the next code. Both arrays are used up.
    """
    bounds = np.searchsorted(place, np.arange(codes) * span)
    used = np.flatnonzero(np.diff(bounds, append=len(place)))
    reach = np.add(place, length, out=length)
    np.maximum.accumulate(reach, out=reach)
    np.maximum(place[1:], reach[:-1], out=place[1:])
    gains = np.subtract(reach, place, out=reach)
    found = np.zeros(codes, dtype=np.int64)
    if len(used):
        found[used] = np.add.reduceat(gains, bounds[used])
    return found


def tables(given: Segments, messages: np.ndarray | None = None) -> dict[tuple[int, int], np.ndarray]:
    """Return, for each pair of coders, the characters that both, one or neither gave each code.

    Parameters
    ----------
    given : Segments
    messages : numpy.ndarray, optional
        Which messages count, True or False; all when absent.

    Returns
    -------
    dict
        From (first, second) to codes x 2 x 2: ``[[neither, second only], [first only, both]]``, over the messages
        that both read.

    Examples
    --------
    >>> given = segments([(0, 0, 0, 2, 6), (1, 0, 0, 4, 7)], lengths=[10])
    >>> tables(given)[0, 1].tolist()
    [[[5, 1], [2, 2]]]
    """
    given = given.readable()
    codes, span = given.codes, given.span
    parts = _by_coder(given)
    kept = np.ones(len(given.lengths), dtype=bool) if messages is None else messages
    alone: dict[tuple[int, bytes], np.ndarray] = {}
    found = {}
    for pair in combinations(range(given.coders), 2):
        both_read = given.read[pair[0]] & given.read[pair[1]] & kept
        everywhere = both_read.all()
        key = b"" if everywhere else both_read.tobytes()
        chosen = [parts[coder] if everywhere else _inside(parts[coder], both_read, given) for coder in pair]
        for coder, part in zip(pair, chosen, strict=True):
            if (coder, key) not in alone:
                alone[coder, key] = _covered(*(array.copy() for array in part), codes, span)
        one, other = (alone[coder, key] for coder in pair)
        place, length = (np.concatenate(both) for both in zip(*chosen, strict=True))
        # Two parts that are in order already are merged by a stable sort, without being sorted anew.
        _in_order(place, length, codes * span, kind="stable")
        either = _covered(place, length, codes, span)
        total = int(given.lengths[both_read].sum())
        cells = [total - either, either - one, either - other, one + other - either]
        found[pair] = np.stack(cells, axis=1).reshape(-1, 2, 2)
    return found


def _inside(
    part: tuple[np.ndarray, np.ndarray], messages: np.ndarray, given: Segments
) -> tuple[np.ndarray, np.ndarray]:
    """Return the segments that lie in some of the messages."""
    place, length = part
    rows = messages[np.searchsorted(given.offsets, place % given.span, side="right") - 1]
    return place[rows], length[rows]


def reader_groups(given: Segments) -> list[tuple[int, np.ndarray]]:
    """Return the messages that at least two read, by how many read them: (readers, which messages).

    Examples
    --------
    >>> reader_groups(segments([(0, 0, 0, 0, 4), (1, 0, 0, 0, 5)], lengths=[10]))
    [(2, array([ True]))]
    """
    readers = given.read.sum(axis=0)
    return [(int(number), readers == number) for number in np.unique(readers) if number > 1]


def coincidences_of_characters(given: Segments) -> tuple[np.ndarray, np.ndarray]:
    """Return the coincidences of "no" with "no" and of "yes" with "yes", and how often each occurs, code by code.

    Parameters
    ----------
    given : Segments

    Returns
    -------
    agreeing, totals : numpy.ndarray
        Codes x 2. The pairs of a message count with 1 / (readers - 1) (Krippendorff, 2011, section C).

    Examples
    --------
    >>> agreeing, totals = coincidences_of_characters(segments([(0, 0, 0, 0, 4), (1, 0, 0, 0, 5)], lengths=[10]))
    >>> agreeing.tolist(), totals.tolist()
    ([[10.0, 8.0]], [[11.0, 9.0]])
    """
    agreeing, totals = np.zeros((given.codes, 2)), np.zeros((given.codes, 2))
    for readers, messages in reader_groups(given):
        for table in tables(given, messages).values():
            weight = 1 / (readers - 1)
            agreeing += 2 * weight * table[:, [0, 1], [0, 1]]
            totals += weight * (table.sum(axis=1) + table.sum(axis=2))
    return agreeing, totals


def coefficients_by_code(given: Segments) -> list[dict[str, Coefficient]]:
    """Return percent agreement, Cohen's kappa and Krippendorff's alpha over characters, one entry a code.

    Parameters
    ----------
    given : Segments
        With more than two coders, percent agreement and kappa are the means over pairs.

    Examples
    --------
    >>> given = segments([(0, 0, 0, 2, 6), (1, 0, 0, 4, 7)], lengths=[10])
    >>> round(coefficients_by_code(given)[0]["cohen_kappa"].value, 4)
    0.3478
    """
    pairs = list(tables(given).values())
    agreeing, totals = coincidences_of_characters(given)
    none = Coefficient(None, TOO_FEW)
    return [
        {
            "percent_agreement": mean_of([percent_of_table(table[code]) for table in pairs]),
            "cohen_kappa": mean_of([kappa_of_table(table[code]) for table in pairs]),
            "krippendorff_alpha": alpha_of_coincidences(agreeing[code], totals[code]) if given.coders > 1 else none,
        }
        for code in range(given.codes)
    ]


def jaccard(table: np.ndarray) -> Coefficient:
    """Return the characters that both gave a code out of those that either did.

    Parameters
    ----------
    table : numpy.ndarray
        ``[[neither, second only], [first only, both]]``.

    Examples
    --------
    >>> jaccard(np.array([[5, 1], [2, 2]])).value
    0.4
    """
    either = int(table[0, 1] + table[1, 0] + table[1, 1])
    if not either:
        return Coefficient(None, "neither of the two used the code")
    return Coefficient(float(table[1, 1] / either))


def by_code(study: Study) -> pd.DataFrame:
    """Return how far the coders agree on the characters of each shared code.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        code_id, code, n_characters (of messages that two coders or more read), percent_agreement, cohen_kappa,
        krippendorff_alpha, jaccard (the mean over pairs), reason. A coefficient that cannot be had is NaN, and the
        reason says why.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> print(by_code(study).loc[0, "cohen_kappa"].round(3))
    0.328
    """
    given = segments_of(study)
    names, codes = code_names(study), coded(study).codes
    pairs = list(tables(given).values())
    total = int(given.lengths[given.read.sum(axis=0) > 1].sum())
    rows = []
    for code, found in enumerate(coefficients_by_code(given)):
        found["jaccard"] = mean_of([jaccard(table[code]) for table in pairs])
        rows.append(
            {
                "code_id": codes[code],
                "code": names[codes[code]],
                "n_characters": total,
                **{name: coefficient.value for name, coefficient in found.items()},
                "reason": reasons_of(found),
            }
        )
    measures = ["percent_agreement", "cohen_kappa", "krippendorff_alpha", "jaccard"]
    kinds = {"code_id": "str", "code": "str", "n_characters": "int64", **dict.fromkeys(measures, "float64")}
    kinds["reason"] = "str"
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def reasons_of(found: dict[str, Coefficient]) -> str:
    """Return why some coefficients cannot be had, each reason once with those that it keeps away.

    Examples
    --------
    >>> none = Coefficient(None, "nobody used it")
    >>> reasons_of({"cohen_kappa": none, "jaccard": none, "percent_agreement": Coefficient(1.0)})
    'cohen_kappa, jaccard: nobody used it'
    """
    kept: dict[str, list[str]] = {}
    for name, coefficient in found.items():
        if coefficient.reason:
            kept.setdefault(coefficient.reason, []).append(name)
    return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in kept.items())
