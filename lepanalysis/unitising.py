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

With more than two coders a character of a unit counts towards s*_c with the share of the other readers who have a
unit there, so that l*_c stays the sum of what its units contribute; for two coders this is the whole or nothing. That
reading, and no other that programs have, gives the cu-alpha of .724 that is printed for three observers (Krippendorff,
2019, fig. 12.11). One thing goes beyond the source and is ours: a message that some coders have not read is compared
among those who have, its pairs weighted by 1 / (readers - 1); messages follow each other, and no unit reaches over
their border. The coefficients take it that one coder's units do not overlap; where they do, see `units`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from lepanalysis.applications import coded
from lepanalysis.characters import TOO_FEW, Segments, merged, reader_groups, segments_of, tables
from lepanalysis.codes import code_names
from lepanalysis.coefficients import NO_UNIT, ONE_VALUE, Coefficient, coefficient
from lepanalysis.formulas import ratio

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

    Examples
    --------
    >>> from lepanalysis.characters import segments
    >>> found = unitising(segments([(0, 0, 0, 0, 4), (1, 0, 0, 0, 5)], lengths=[10]))
    >>> round(found.binary.value, 3), found.coding.reason
    (0.824, 'every judgement is the same, so none can be told from chance')
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

    Examples
    --------
    >>> from lepanalysis.characters import segments
    >>> cut, values = units(segments([(0, 0, 0, 0, 5), (0, 0, 1, 3, 8)], lengths=[10]))
    >>> list(zip(cut.start.tolist(), cut.end.tolist(), [values[number] for number in cut.code]))
    [(0, 3, (0,)), (3, 5, (0, 1)), (5, 8, (1,))]
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
class Lengths:
    """Coincidences of units and gaps, and what may not be paired by chance; one entry for each draw of messages.

    Parameters
    ----------
    total : numpy.ndarray
        l.
    gaps : numpy.ndarray
        Gaps with gaps.
    squares : numpy.ndarray
        The sum of s_c over the codes.
    agreeing, marked : numpy.ndarray
        l_cc and l_c; a column a value.
    met, met_squares : numpy.ndarray
        l*_c and s*_c.

    Examples
    --------
    >>> from lepanalysis.characters import segments
    >>> given = segments([(0, 0, 0, 0, 4), (1, 0, 0, 0, 5)], lengths=[10])
    >>> found = Lengths.of(lengths_of_messages(given).sum(axis=0))
    >>> float(found.total), float(found.gaps), found.agreeing.tolist(), float(found.unmarked)
    (20.0, 10.0, [8.0], 11.0)
    """

    total: np.ndarray
    gaps: np.ndarray
    squares: np.ndarray
    agreeing: np.ndarray
    marked: np.ndarray
    met: np.ndarray
    met_squares: np.ndarray

    @classmethod
    def of(cls, flat: np.ndarray) -> Lengths:
        """Return what the last axis of sums of `lengths_of_messages` holds."""
        blocks = np.split(flat[..., 3:], 4, axis=-1)
        return cls(flat[..., 0], flat[..., 1], flat[..., 2], *blocks)

    @property
    def unmarked(self) -> np.ndarray:
        """l_phi."""
        return self.total - self.marked.sum(axis=-1)


def lengths_of_messages(cut: Segments) -> sparse.csr_array:
    """Return what each message adds to each of `Lengths`, by a sweep over the sorted boundaries of all coders' units.

    Parameters
    ----------
    cut : Segments
        As `units` gives them.

    Examples
    --------
    >>> from lepanalysis.characters import segments
    >>> given = segments([(0, 0, 0, 0, 4), (1, 0, 0, 0, 5)], lengths=[10])
    >>> lengths_of_messages(given).toarray().tolist()
    [[20.0, 10.0, 41.0, 8.0, 9.0, 8.0, 32.0]]
    """
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
    entries: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def add(where: np.ndarray, column: np.ndarray | int, length: np.ndarray) -> None:
        entries.append((where, np.broadcast_to(column, where.shape), length))

    met = np.zeros(len(cut))
    for one, other in combinations(range(cut.coders), 2):
        together = read[one] & read[other]
        here = together & (held[one] >= 0) & (held[other] >= 0)
        same = here & (held[one] == held[other])
        add(message[same], 3 + held[one][same], 2 * weighted[same])
        for coder in (one, other):
            met += np.bincount(place[coder][here], weights=weighted[here], minlength=len(cut))
        neither = together & (held[one] == _GAP) & (held[other] == _GAP)
        add(message[neither], 1, 2 * weighted[neither])
    add(np.arange(len(readers)), 0, cut.lengths * np.where(readers > 1, readers, 0))
    add(cut.message, 2, lengths.astype(np.float64) ** 2)
    for block, of_units in enumerate((lengths, met, met**2), 1):
        add(cut.message, 3 + block * cut.codes + cut.code, of_units)
    rows, columns, values = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    shape = (len(readers), 3 + 4 * cut.codes)
    return sparse.coo_array((values.astype(np.float64), (rows, columns)), shape=shape).tocsr()


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
    found = Lengths.of(lengths_of_messages(cut).sum(axis=0))
    numbers = family(found)
    if found.total == 0:
        why = coding = NO_UNIT
    else:
        why = NOTHING_MARKED if not found.marked.any() else ALL_MARKED
        coding = ONE_VALUE if found.met.any() else NO_MEETING
    singly = np.where(
        found.met > 0, ONE_VALUE, coding if coding != ONE_VALUE else "no unit with the code meets one of another coder"
    )
    return Unitising(
        coefficient(float(numbers["u_alpha"]), why),
        coefficient(float(numbers["u_alpha_binary"]), why),
        coefficient(float(numbers["cu_alpha"]), coding),
        tuple(coefficient(float(one), str(reason)) for one, reason in zip(numbers["k_cu_alpha"], singly, strict=True)),
        values,
    )


def family(found: Lengths) -> dict[str, np.ndarray]:
    """Return the coefficients by name, one for each draw and (k)cu-alpha a column a value; NaN where there is none.

    Parameters
    ----------
    found : Lengths

    Examples
    --------
    >>> from lepanalysis.characters import segments
    >>> given = segments([(0, 0, 0, 0, 4), (1, 0, 0, 0, 5)], lengths=[10])
    >>> print(family(Lengths.of(lengths_of_messages(given).sum(axis=0)))["u_alpha"].round(4))
    0.8242
    """
    marked = found.marked.sum(axis=-1)
    agreeing, meeting = found.agreeing.sum(axis=-1), found.met.sum(axis=-1)
    chance = found.total**2 - found.squares - found.unmarked
    squared = (found.marked**2).sum(axis=-1) + found.unmarked**2
    apart = found.total - found.gaps - agreeing
    u = _alpha(apart, found.total * ratio(found.total**2 - squared, chance))
    apart = found.total - found.gaps - meeting
    binary = _alpha(apart, found.total * ratio(2 * marked * found.unmarked, chance))
    chance = meeting**2 - found.met_squares.sum(axis=-1)
    coding = _alpha(meeting - agreeing, meeting * ratio(meeting**2 - (found.met**2).sum(axis=-1), chance))
    whole = meeting[..., None]
    expected = ratio(found.met * (whole - found.met), found.met * whole - found.met_squares)
    singly = _alpha(ratio(found.met - found.agreeing, found.met), expected)
    nothing = marked == 0
    return {
        "u_alpha": np.where(nothing, np.nan, u),
        "u_alpha_binary": np.where(nothing, np.nan, binary),
        "cu_alpha": coding,
        "k_cu_alpha": singly,
    }


def _alpha(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return 1 less observed by expected disagreement; NaN where none is expected."""
    return 1 - ratio(observed, expected)


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
            expected = total * (total**2 - float(sums @ sums)) / chance
            result.append(Coefficient(float(1 - observed[code] / expected)))
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

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> print(by_code(study).loc[0, "u_alpha"].round(3))
    0.328
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

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> overall(study).loc[:2, ["measure", "value"]].round(3).to_numpy().tolist()
    [['u_alpha', 0.327], ['u_alpha_binary', 0.147], ['cu_alpha', 0.835]]
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
