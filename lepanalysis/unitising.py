"""Krippendorff's coefficients for unitising: agreement of coders who cut a text into units and code them.

The family is that of Krippendorff, Mathet, Bouvry and Widlöcher (2016, Quality & Quantity 50, 2347-2364; also
Krippendorff, 2019, section 12.6). Each coder's segments are units, the text between them is gaps. Two coders' units
and gaps are compared wherever they intersect, by the length of the intersection; a unit is never paired with itself
by chance, because it is one whole, while the characters of a gap are single.

Notes
-----
With l_ck the length on which one coder has c and another k, summed over ordered pairs of coders and divided by the
number of coders less one (c, k: codes, or phi for a gap); l_c its row sums, l their total; and s_c the sum, over
all segments of value c, of the squared length for a code and of the length for phi:

- expected e_ck = l (l_c l_k - [c = k] s_c) / (l^2 - sum of s_c)
- u-alpha = 1 - (l - sum of l_cc) / (e - sum of e_cc)
- |u|-alpha, units against gaps whatever their code: the same with all codes taken as one value
- cu-alpha, the codes where units of different coders meet: the same with l*_ck, which leaves phi out, and s*_c, the
  sum of squares of that part of each unit that meets a unit of another coder
- (k)cu-alpha = 1 - ((l*_k - l*_kk) / l*_k) / ((e*_k - e*_kk) / e*_k), for the one code k

Two things go beyond the source and are ours. A message that some coders have not read is compared among those who
have, its pairs weighted by 1 / (readers - 1); messages follow each other, and no unit reaches over their border.
With more than two coders a character of a unit counts towards s*_c with the share of the other readers who have a
unit there, so that l*_c stays the sum of what its units contribute; for two coders this is the whole or nothing.
The coefficients take it that one coder's units do not overlap; where they do, see `units`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis.applications import coded
from lepanalysis.characters import TOO_FEW, Segments, merged, reader_groups, segments_of, tables
from lepanalysis.codes import code_names
from lepanalysis.coefficients import NO_UNIT, ONE_VALUE, Coefficient

if TYPE_CHECKING:
    from lepanalysis.study import Study

NOTHING_MARKED = "no coder marked anything in what two coders read"
ALL_MARKED = "the coders marked everything, so that units cannot be told from gaps"
NO_MEETING = "no two coders marked the same text"
_GAP = -1


@dataclass(frozen=True, eq=False)
class Unitising:
    """The family of coefficients for unitising.

    Parameters
    ----------
    u : Coefficient
        Units and codes together.
    binary : Coefficient
        Units against gaps, whatever their code.
    coding : Coefficient
        Codes, where units meet.
    by_value : tuple of Coefficient
        Codes where units meet, for each value alone.
    values : tuple of tuple of int
        What each value is: the codes on it.
    """

    u: Coefficient
    binary: Coefficient
    coding: Coefficient
    by_value: tuple[Coefficient, ...] = field(default=())
    values: tuple[tuple[int, ...], ...] = field(default=())


def units(given: Segments, *, overlapping: str = "sets") -> tuple[Segments, tuple[tuple[int, ...], ...]]:
    """Return segments as units of which no two of one coder overlap, and what each value stands for.

    Parameters
    ----------
    given : Segments
    overlapping : str
        What to do with text to which a coder gave several codes: ``sets`` cuts it where codes change, and the value
        of a unit is its set of codes; ``refuse`` raises an error.

    Returns
    -------
    segments : Segments
        Its `code` is the number of a value.
    values : tuple of tuple of int
        The codes of each value.

    Raises
    ------
    ValueError
        When a coder's segments overlap and are to be refused, or `overlapping` is neither word.
    """
    if overlapping not in {"sets", "refuse"}:
        raise ValueError(f"{overlapping!r} is no way to treat overlapping segments; use sets or refuse")
    whole = merged(given)
    place = whole.coder * whole.span + whole.offsets[whole.message]
    begin, end = place + whole.start, place + whole.end
    order = np.argsort(begin, kind="stable")
    reach = np.maximum.accumulate(end[order])
    if not (begin[order][1:] < reach[:-1]).any():
        return whole, tuple((code,) for code in range(given.codes))
    if overlapping == "refuse":
        raise ValueError("a coder's segments overlap; these coefficients take one code for each stretch of text")
    cuts = np.unique(np.concatenate([begin, end]))
    first, last = np.searchsorted(cuts, begin), np.searchsorted(cuts, end)
    counts = last - first
    segment = np.repeat(np.arange(len(whole)), counts)
    piece = np.arange(len(segment)) - np.repeat(np.cumsum(counts) - counts, counts) + first[segment]
    # Ordered by piece and code, the codes of a piece stand side by side, each once.
    by_piece = np.lexsort((whole.code[segment], piece))
    segment, piece = segment[by_piece], piece[by_piece]
    starts = np.flatnonzero(np.append(True, piece[1:] != piece[:-1]))
    number, values = _sets(whole.code[segment], starts)
    owner, piece = segment[starts], piece[starts]
    cut = whole.where(owner)
    base = cuts[piece] - place[owner]
    return replace(cut, code=number, start=base, end=base + np.diff(cuts)[piece], codes=len(values)), values


def _sets(codes: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, tuple[tuple[int, ...], ...]]:
    """Number the sets of codes that begin at `starts`; sets of one size are compared at once."""
    sizes = np.diff(np.append(starts, len(codes)))
    number = np.empty(len(starts), dtype=np.int64)
    values: list[tuple[int, ...]] = []
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes == size)
        members = codes[starts[rows][:, None] + np.arange(size)]
        distinct, place = np.unique(members, axis=0, return_inverse=True)
        number[rows] = place.ravel() + len(values)
        values += [tuple(row) for row in distinct.tolist()]
    return number, tuple(values)


@dataclass(frozen=True, eq=False)
class _Lengths:
    """Coincidences of units and gaps: of each value with itself, in all, and of what may not be paired by chance."""

    total: float
    unmarked: float  # l_phi
    gaps: float  # l_phi,phi
    meeting: float  # l*, units with units of whatever code
    agreeing: np.ndarray  # l_cc
    marked: np.ndarray  # l_c
    squares: float  # the sum of s_c over the codes
    met: np.ndarray  # l*_c
    met_squares: np.ndarray  # s*_c


def _lengths(cut: Segments) -> _Lengths:
    """Sweep over the sorted boundaries of all coders' units."""
    readers = cut.read.sum(axis=0)
    weight = np.divide(1.0, readers - 1, out=np.zeros(len(readers)), where=readers > 1)
    cut = cut.where(readers[cut.message] > 1)
    offsets, lengths = cut.offsets, cut.end - cut.start
    begin = offsets[cut.message] + cut.start
    bounds = np.unique(np.concatenate([offsets, begin, begin + lengths]))
    message = np.searchsorted(offsets, bounds, side="right") - 1
    long = np.diff(bounds, append=cut.span)
    weighted = long * weight[message]
    held, place = _held(cut, begin, bounds)
    read = cut.read[:, message]
    agreeing, met = np.zeros(cut.codes), np.zeros(len(cut))
    both_gaps = 0.0
    for one, other in combinations(range(cut.coders), 2):
        together = read[one] & read[other]
        here = together & (held[one] >= 0) & (held[other] >= 0)
        same = here & (held[one] == held[other])
        agreeing += 2 * np.bincount(held[one][same], weights=weighted[same], minlength=cut.codes)
        for coder in (one, other):
            met += np.bincount(place[coder][here], weights=weighted[here], minlength=len(cut))
        neither = together & (held[one] == _GAP) & (held[other] == _GAP)
        both_gaps += 2 * float(weighted[neither].sum())
    marked = np.bincount(cut.code, weights=lengths, minlength=cut.codes)
    total = float((cut.lengths * np.where(readers > 1, readers, 0)).sum())
    return _Lengths(
        total=total,
        unmarked=total - float(marked.sum()),
        gaps=both_gaps,
        meeting=float(met.sum()),
        agreeing=agreeing,
        marked=marked,
        squares=float((lengths.astype(np.float64) ** 2).sum()),
        met=np.bincount(cut.code, weights=met, minlength=cut.codes),
        met_squares=np.bincount(cut.code, weights=met**2, minlength=cut.codes),
    )


def _held(cut: Segments, begin: np.ndarray, bounds: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return, for each coder, the value on each stretch (-1: a gap), and the unit that holds it."""
    held, place = [], []
    for coder in range(cut.coders):
        mine = np.flatnonzero(cut.coder == coder)
        mine = mine[np.argsort(begin[mine], kind="stable")]
        found = np.searchsorted(begin[mine], bounds, side="right") - 1
        unit = np.append(mine, 0)[found]
        inside = found >= 0
        inside &= bounds < np.append(begin + (cut.end - cut.start), 0)[unit]
        held.append(np.where(inside, np.append(cut.code, _GAP)[unit], _GAP))
        place.append(unit)
    return held, place


def unitising(given: Segments, *, overlapping: str = "sets") -> Unitising:
    """Return the family of coefficients for unitising over segments.

    Parameters
    ----------
    given : Segments
    overlapping : str
        See `units`.

    Returns
    -------
    Unitising
        See the formulas at the head of this module.

    Examples
    --------
    Two coders mark a text of 10 characters: one its first 4, the other its first 5, with the same code.

    >>> from lepanalysis.characters import segments
    >>> found = unitising(segments([(0, 0, 0, 0, 4), (1, 0, 0, 0, 5)], lengths=[10]))
    >>> round(found.u.value, 4)
    0.8242
    >>> found.coding.reason
    'every judgement is the same, so none can be told from chance'
    """
    if given.coders < 2:
        none = Coefficient(None, TOO_FEW)
        return Unitising(none, none, none)
    cut, values = units(given.readable(), overlapping=overlapping)
    found = _lengths(cut)
    every = np.append(found.marked, found.unmarked)
    apart = found.total - found.gaps - float(found.agreeing.sum())
    chance = found.total**2 - found.squares - found.unmarked
    u = _alpha(apart, _expected(every, found.total, chance), found)
    marked = np.array([found.unmarked, found.total - found.unmarked])
    binary = _alpha(found.total - found.gaps - found.meeting, _expected(marked, found.total, chance), found)
    coding, by_value = _coding(found)
    return Unitising(u, binary, coding, by_value, values)


def _expected(sums: np.ndarray, total: float, chance: float) -> float:
    """Return the expected length of disagreement, from row sums."""
    return total * (total**2 - float(sums @ sums)) / chance if chance > 0 else 0.0


def _alpha(observed: float, expected: float, found: _Lengths) -> Coefficient:
    """Return 1 less observed by expected disagreement, or why it cannot be had."""
    if found.total == 0:
        return Coefficient(None, NO_UNIT)
    if found.unmarked == found.total:
        return Coefficient(None, NOTHING_MARKED)
    if expected <= 0:
        return Coefficient(None, ALL_MARKED)
    return Coefficient(float(1 - observed / expected))


def _coding(found: _Lengths) -> tuple[Coefficient, tuple[Coefficient, ...]]:
    """Return cu-alpha, and (k)cu-alpha for each value."""
    total = float(found.met.sum())
    chance = total**2 - float(found.met_squares.sum())
    if found.total == 0 or total == 0:
        none = Coefficient(None, NO_UNIT if found.total == 0 else NO_MEETING)
        return none, tuple(none for _ in found.met)
    expected = _expected(found.met, total, chance)
    if expected <= 0:
        coding = Coefficient(None, ONE_VALUE)
    else:
        coding = Coefficient(float(1 - (total - float(found.agreeing.sum())) / expected))
    by_value = []
    for agreeing, met, squares in zip(found.agreeing, found.met, found.met_squares, strict=True):
        apart = met * (total - met)
        if met == 0:
            by_value.append(Coefficient(None, "no unit with the code meets one of another coder"))
        elif apart == 0:
            by_value.append(Coefficient(None, ONE_VALUE))
        else:
            expected_share = apart / (met * total - squares)
            by_value.append(Coefficient(float(1 - ((met - agreeing) / met) / expected_share)))
    return coding, tuple(by_value)


def unitising_by_code(given: Segments) -> list[Coefficient]:
    """Return u-alpha for each code alone: its units against all the rest of the text.

    Here a coder's codes may overlap, since each is compared for itself.

    Parameters
    ----------
    given : Segments

    Examples
    --------
    >>> from lepanalysis.characters import segments
    >>> (code,) = unitising_by_code(segments([(0, 0, 0, 0, 4), (1, 0, 0, 0, 5)], lengths=[10]))
    >>> round(code.value, 4)
    0.8242
    """
    if given.coders < 2:
        return [Coefficient(None, TOO_FEW)] * given.codes
    readers = given.read.sum(axis=0)
    whole = merged(given.readable())
    whole = whole.where(readers[whole.message] > 1)
    lengths = whole.end - whole.start
    marked = np.bincount(whole.code, weights=lengths, minlength=given.codes)
    squares = np.bincount(whole.code, weights=lengths.astype(np.float64) ** 2, minlength=given.codes)
    total = float((given.lengths * np.where(readers > 1, readers, 0)).sum())
    observed = np.zeros(given.codes)
    for number, messages in reader_groups(given):
        for table in tables(whole, messages).values():
            observed += 2 / (number - 1) * (table[:, 0, 1] + table[:, 1, 0])
    result = []
    for code in range(given.codes):
        unmarked = total - float(marked[code])
        if total == 0:
            result.append(Coefficient(None, NO_UNIT))
        elif not marked[code]:
            result.append(Coefficient(None, "no coder used the code in what two coders read"))
        elif unmarked == 0:
            result.append(Coefficient(None, ALL_MARKED))
        else:
            chance = total**2 - float(squares[code]) - unmarked
            sums = np.array([marked[code], unmarked])
            result.append(Coefficient(float(1 - observed[code] / _expected(sums, total, chance))))
    return result


def by_code(study: Study) -> pd.DataFrame:
    """Return u-alpha of each shared code of a study.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        code_id, code, u_alpha (NaN where it cannot be had), reason.
    """
    names, codes = code_names(study), coded(study).codes
    found = unitising_by_code(segments_of(study))
    rows = [
        (code, names[code], coefficient.value, coefficient.reason)
        for code, coefficient in zip(codes, found, strict=True)
    ]
    kinds = {"code_id": "str", "code": "str", "u_alpha": "float64", "reason": "str"}
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)


def overall(study: Study) -> pd.DataFrame:
    """Return the family of coefficients for unitising over all shared codes of a study.

    Text to which a coder gave several codes is cut where they change, and the set of codes is the value.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        measure (u_alpha, u_alpha_binary, cu_alpha), codes (empty; for cu_alpha of one set of codes, measure
        k_cu_alpha, their ids joined by "; "), value (NaN where it cannot be had), reason.
    """
    found = unitising(segments_of(study))
    codes = coded(study).codes
    rows = [
        ("u_alpha", "", found.u),
        ("u_alpha_binary", "", found.binary),
        ("cu_alpha", "", found.coding),
        *(
            ("k_cu_alpha", "; ".join(codes[code] for code in value), coefficient)
            for value, coefficient in zip(found.values, found.by_value, strict=True)
        ),
    ]
    kinds = {"measure": "str", "codes": "str", "value": "float64", "reason": "str"}
    records = [(measure, ids, one.value, one.reason) for measure, ids, one in rows]
    return pd.DataFrame(records, columns=list(kinds)).astype(kinds)
