"""Rows of tables by what their columns hold, and the units that are made of them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lepanalysis.exchange.classes import class_in
from lepanalysis.exchange.sheets_grid import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lepanalysis.exchange.sheets_grid import Grid
    from lepanalysis.exchange.sheets_plan import FilePlan

Key = tuple[str, ...]
# What is said of a unit once.
ABOUT = ("thread", "title", "category", "participant", "date", "position", "reply_to")
CODING = ("codes", "flag", "value")
ROWS, TEXT_ROWS = "rows", "text rows"
_DECIMAL = re.compile(r"(\d+)\.0+")


@dataclass
class Unit:
    """A unit being made: the first row gives its text, later rows add what that one lacks.

    Parameters
    ----------
    key : tuple of str
    name : str
        The id as the table has it; empty where there is none.
    text : str
    table : int
        The place of the table whose row gave the text.
    about : dict
        By what stands in `ABOUT`.
    attributes, external : dict
        By the name of the column.
    marks : set of str
        The classes that its rows say it is of.
    """

    key: Key
    name: str
    text: str
    table: int
    about: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    external: dict[str, str] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class UnitRow:
    """A row that belongs to a unit.

    Parameters
    ----------
    table : int
    line : int
    cells : tuple of str
    key : tuple of str
        Of its unit.
    """

    table: int
    line: int
    cells: tuple[str, ...]
    key: Key


class Columns:
    """Where in the rows of a table each thing stands."""

    def __init__(self, grid: Grid, plan: FilePlan) -> None:
        """Look the places up."""
        self.grid = grid
        self.plan = plan
        places = {name: place for place, name in enumerate(grid.header)}
        # A column that no file has stands behind the others.
        self._outside = tuple(grid.outside(name) for name in OUTSIDE)
        places |= {name: len(grid.header) + place for place, name in enumerate(OUTSIDE)}
        self.of: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for name, column in plan.columns.items():
            for role in column.roles:
                self.of[role].append((name, places[name]))
        # Whether each row says whose it is, so that a unit stands in several.
        self.is_long = any(place < len(grid.header) for _, place in self.of["coder"])
        self._decimal = {
            place
            for role in ("id", "text_id")
            for _, place in self.of[role]
            if place < len(grid.header) and _all_decimal(row[place] for row in grid.rows)
        }

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield line and cells of each row, those that no file has at the end."""
        for line, row in zip(self.grid.lines, self.grid.rows, strict=True):
            yield line, (*row, *self._outside)

    def cell(self, role: str, row: Sequence[str]) -> str:
        """Return the cell of a role, without spaces around it; empty where there is none."""
        for _, place in self.of.get(role, ()):
            cell = row[place].strip()
            return cell.partition(".")[0] if place in self._decimal else cell
        return ""

    def text(self, row: Sequence[str]) -> str:
        """Return the text of a row as it stands."""
        found = self.of.get("text")
        return row[found[0][1]] if found else ""

    def marks(self, row: Sequence[str]) -> set[str]:
        """Return the classes that a row says it is of."""
        return {self.grid.mark, *(class_in(row[place]) for _, place in self.of.get("class", ()))} - {""}

    def name(self, row: Sequence[str]) -> str:
        """Return the id of a row; of several parts, joined by a hyphen."""
        parts = []
        for _, place in self.of.get("id", ()):
            cell = row[place].strip()
            parts.append(cell.partition(".")[0] if place in self._decimal else cell)
        return "-".join(parts) if all(parts) else ""

    @property
    def was_decimal(self) -> bool:
        """Whether its ids were written as decimals."""
        return bool(self._decimal)


def _all_decimal(cells: Iterator[str]) -> bool:
    """Whether all cells of a column are whole numbers written as decimals (15.0)."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(map(_DECIMAL.fullmatch, filled))


def about_of(table: Columns, row: Sequence[str]) -> dict[str, str]:
    """Return what a row says of its unit."""
    return {role: cell for role in ABOUT if (cell := table.cell(role, row))}


def add_row(unit: Unit, about: dict[str, str], table: Columns, row: Sequence[str], joined: Unit | None) -> None:
    """Add what a row says to a unit that does not say it yet."""
    for role, cell in about.items():
        unit.about.setdefault(role, cell)
    unit.marks |= table.marks(row)
    for role, store in (("attribute", unit.attributes), ("external_id", unit.external)):
        for name, place in table.of[role]:
            if row[place].strip():
                store.setdefault(name, row[place].strip())
    if joined is not None:
        unit.marks |= joined.marks
        for store, other in ((unit.attributes, joined.attributes), (unit.external, joined.external)):
            for name, cell in other.items():
                store.setdefault(name, cell)
