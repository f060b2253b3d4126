"""Who coded which unit with what, and who read what, out of the rows of units."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.sheets_guess import ONLY_CODER
from lepanalysis.exchange.sheets_settled import split_codes
from lepanalysis.tables import is_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lepanalysis.exchange.losses import Ledger
    from lepanalysis.exchange.sheets_plan import ColumnPlan, Plan
    from lepanalysis.exchange.sheets_rows import Columns, Key, Unit, UnitRow

CODINGS = "codings"
_CODING = ("codes", "flag", "value")


@dataclass(frozen=True)
class Mark:
    """A code that a coder gave to a unit, or to a part of it."""

    coder: str
    key: Key
    code: str
    value: str = ""
    start: int | None = None
    end: int | None = None
    memo: str = ""


@dataclass
class Marks:
    """What the coders did.

    Parameters
    ----------
    marks : list of Mark
    coders : dict
        The coders in the order in which they are met.
    read : dict
        Coder and unit: whether any of the coder's cells of the unit is filled.
    long : set of str
        Coders of whom a row is a coding, so that a unit without one has no row.
    crosses : set of str
        Coders whose cells are marks of which none says no: x or empty.
    """

    marks: list[Mark] = field(default_factory=list)
    coders: dict[str, None] = field(default_factory=dict)
    read: dict[tuple[str, Key], bool] = field(default_factory=dict)
    long: set[str] = field(default_factory=set)
    crosses: set[str] = field(default_factory=set)

    def blank(self, coder: str) -> list[Key]:
        """Return the units of whom a coder's marks are x or empty and all empty, in the order of the tables."""
        if coder not in self.crosses:
            return []
        return [key for (one, key), filled in self.read.items() if one == coder and not filled]

    def blank_among(self, coder: str) -> bool:
        """Whether units without a mark stand among those with one; more of them at the end were not reached yet."""
        filled = [one for (who, _), one in self.read.items() if who == coder]
        gaps = [len(list(run)) for one, run in groupby(filled) if not one]
        at_end = gaps.pop() if gaps and not filled[-1] else 0
        return bool(gaps) and any(filled) and at_end <= max(gaps)


def marks_of(
    rows: Sequence[UnitRow], units: Mapping[Key, Unit], tables: Sequence[Columns], plan: Plan, ledger: Ledger
) -> Marks:
    """Return what the coders did.

    Parameters
    ----------
    rows : sequence of UnitRow
    units : mapping
    tables : sequence of Columns
    plan : Plan
    ledger : Ledger
        Takes the codings that come, and those that are dropped or changed with the reason.
    """
    found = Marks()
    scales = {str(code["id"]): code for code in plan.codes}
    words = tuple(frozenset(map(str.casefold, given)) for given in (plan.yes, plan.no, plan.nothing))
    given: dict[tuple[object, ...], str] = {}
    coding = [_coding_columns(table) for table in tables]
    for row in rows:
        table = tables[row.table]
        own = table.cell("coder", row.cells)
        segment = _segment(table, row, len(units[row.key].text))
        memo = table.cell("memo", row.cells)
        for name, column, place in coding[row.table]:
            cell = row.cells[place].strip()
            coder = _coder(column, own, table)
            where = f"{table.grid.name}, line {row.line}, {name}"
            if not coder:
                if cell:
                    ledger.came(CODINGS)
                    ledger.dropped(CODINGS, where, "the row names no coder")
                continue
            found.coders.setdefault(coder)
            if table.is_long:
                found.long.add(coder)
            found.read[coder, row.key] = bool(cell) or found.read.get((coder, row.key), False)
            for number, (code, value, problem) in enumerate(_judged(column, cell, plan, scales, words)):
                renamed = plan.rename.get(code, code)
                mark = Mark(coder, row.key, renamed, value, segment.start, segment.end, memo)
                ledger.came(CODINGS)
                key = (where, number + 1, code)
                problem = problem or _repeated(mark, given)  # noqa: PLW2901 - the first problem is the one
                if problem:
                    ledger.dropped(CODINGS, key, problem)
                    continue
                found.marks.append(mark)
                if renamed != code or (value and value != cell):
                    ledger.changed(CODINGS, key, "its code or value was renamed, as the mapping says")
                if segment.is_lost:
                    ledger.changed(CODINGS, key, "its segment lies outside the text; it is of the whole unit now")
    found.crosses = set(found.coders) - _with_a_no(rows, tables, coding, plan)
    return found


def _coder(column: ColumnPlan, own: str, table: Columns) -> str:
    """Return whose cells a column of a row has; empty where the row has to say it and does not."""
    return column.coder or own or ("" if table.of["coder"] else ONLY_CODER)


def _with_a_no(
    rows: Sequence[UnitRow],
    tables: Sequence[Columns],
    coding: Sequence[Sequence[tuple[str, ColumnPlan, int]]],
    plan: Plan,
) -> set[str]:
    """Return the coders who have more than marks that are there or not: marks that say no, codes, or values."""
    found: set[str] = set()
    for row in rows:
        table = tables[row.table]
        own = table.cell("coder", row.cells)
        for _, column, place in coding[row.table]:
            if "flag" not in column.roles or row.cells[place].strip().casefold() in plan.no:
                found.add(_coder(column, own, table))
    return found


def _repeated(mark: Mark, given: dict[tuple[object, ...], str]) -> str:
    """Return what is wrong with a mark whose like the coder made before; note it where there is none."""
    same = (mark.coder, mark.key, mark.code, mark.start, mark.end)
    if same not in given:
        given[same] = mark.value
        return ""
    if given[same] != mark.value:
        return "the coder gave the unit another value too"
    return "the coder gave the unit this code twice"


def _coding_columns(table: Columns) -> list[tuple[str, ColumnPlan, int]]:
    """Return the columns of codes, flags and values in the order of the table."""
    found = {place: name for role in _CODING for name, place in table.of[role]}
    plans = ((name, table.plan.column(name), place) for place, name in sorted(found.items()))
    return [(name, plan, place) for name, plan, place in plans if plan is not None]


def _judged(
    column: ColumnPlan,
    cell: str,
    plan: Plan,
    scales: Mapping[str, Mapping[str, Any]],
    words: Sequence[frozenset[str]],
) -> Iterator[tuple[str, str, str]]:
    """Yield code, value and what is wrong of everything that a cell says."""
    yes, no, nothing = words
    folded = cell.casefold()
    if not cell or (folded in nothing and "flag" not in column.roles):
        return
    if "flag" in column.roles:
        if folded in yes:
            yield column.code, "", ""
        elif folded not in no:
            yield column.code, "", "its mark means neither yes nor no"
    elif "value" in column.roles:
        value = plan.rename.get(cell, cell)
        yield column.code, value, _wrong_value(value, scales.get(column.code, {}))
    else:
        for code in split_codes(cell, plan.separator):
            if code.casefold() not in nothing:
                yield code, "", ""


def _wrong_value(value: str, code: Mapping[str, Any]) -> str:
    """Return what is wrong with a value of a scale."""
    known = tuple(code.get("values") or ())
    if known and value not in known:
        return "its value is none of the scale's"
    number = code.get("scale") in {"interval", "ratio"}
    return "its value is no number, as the scale asks for" if number and not is_number(value) else ""


@dataclass(frozen=True)
class _Segment:
    """The part of a unit that a row is about; none of it where that had to be given up, or was not meant."""

    start: int | None = None
    end: int | None = None
    is_lost: bool = False


def _segment(table: Columns, row: UnitRow, length: int) -> _Segment:
    """Return the segment that a row is about."""
    start, end = table.cell("start", row.cells), table.cell("end", row.cells)
    if not start and not end:
        return _Segment()
    if start.isdecimal() and end.isdecimal() and int(start) < int(end) <= length:
        return _Segment(int(start), int(end))
    return _Segment(is_lost=True)
