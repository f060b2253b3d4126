"""Units out of rows: ids, texts that stand in the row or in another table, and rows that are left out with a reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lepanalysis.exchange.sheets_plan import UNITS
from lepanalysis.exchange.sheets_rows import CODING, ROWS, Columns, Key, Unit, UnitRow, about_of, add_row
from lepanalysis.exchange.sheets_texts import Texts
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.exchange.losses import Ledger
    from lepanalysis.exchange.sheets_grid import Grid
    from lepanalysis.exchange.sheets_plan import FilePlan, Plan

# Above this share of shared ids with different texts the ids are not of one numbering.
_TOLERATED = 0.1
_MOST_LISTED = 10_000


def units_of(
    grids: Sequence[Grid], files: Sequence[FilePlan], plan: Plan, ledger: Ledger
) -> tuple[dict[Key, Unit], list[UnitRow], list[Columns]]:
    """Return the units, the rows that belong to them, and where things stand in each table.

    Parameters
    ----------
    grids : sequence of Grid
    files : sequence of FilePlan
    plan : Plan
    ledger : Ledger
        Takes the rows that come, and those that are dropped with the reason.

    Raises
    ------
    UsageError
        When the same ids have other texts in another table, when no id of a table has a text, or when a span cannot
        be read.
    """
    tables = [Columns(grid, file) for grid, file in zip(grids, files, strict=True)]
    reading = _Reading(tables, Texts(tables, plan, ledger), ledger)
    for number, table in enumerate(tables):
        if table.plan.holds == UNITS:
            reading.take_table(number, table)
    reading.refuse_clashes()
    reading.settle_waiting()
    reading.texts.count(ledger)
    return reading.units, sorted(reading.rows, key=lambda row: (row.table, row.line)), tables


class _Reading:
    """Takes the rows of all tables of units; a row without a text waits for the row that has it."""

    def __init__(self, tables: Sequence[Columns], texts: Texts, ledger: Ledger) -> None:
        """Begin with no unit."""
        self.tables = tables
        self.texts = texts
        self.ledger = ledger
        self.units: dict[Key, Unit] = {}
        self.rows: list[UnitRow] = []
        self._waiting: list[UnitRow] = []
        # By table: units that an earlier table has too, and those of them that have another text there.
        self._shared: Counter[int] = Counter()
        self._clashes: Counter[int] = Counter()
        self._seen: Counter[Key] = Counter()

    def take_table(self, number: int, table: Columns) -> None:
        """Take the rows of a table."""
        self.ledger.came(ROWS, len(table.grid.rows))
        _count_empty(table.grid, self.ledger)
        if not any(table.of[role] for role in ("id", "text", "text_id")):
            for line in table.grid.lines:
                why = "its table has neither ids nor texts of units"
                self.ledger.dropped(ROWS, f"{table.grid.name}, line {line}", why)
            return
        if table.was_decimal:
            self.ledger.note(f"{table.grid.name}: ids written as decimals (15.0) were read as whole numbers (15).")
        self._seen = Counter()
        for line, row in table.rows():
            self._take(number, table, line, row)

    def _take(self, number: int, table: Columns, line: int, row: tuple[str, ...]) -> None:
        """Take one row."""
        where = f"{table.grid.name}, line {line}"
        name, text = table.name(row), table.text(row)
        about = about_of(table, row)
        joined = self.texts.of(table, row, name)
        if joined is not None and not text.strip():
            text, about = joined.text, {**joined.about, **about}
        if not name and not text.strip():
            coded = any(row[place].strip() for role in CODING for _, place in table.of[role])
            self.ledger.dropped(ROWS, where, f"it names no unit{', though a coder coded it' if coded else ''}")
            return
        key = (name,) if name else _key_of_text(table, row, text, self._seen)
        untold = not text.strip() and self.texts.there and bool(table.of["span"])
        if untold and self.texts.plan.missing:
            text = self.texts.plan.missing
            self.ledger.changed(
                ROWS, where, "the table of texts has no text for it; what the mapping says stands there"
            )
        if not text.strip():
            if untold:
                self.ledger.dropped(ROWS, where, "the table of texts has no text for it")
            else:
                self._waiting.append(UnitRow(number, line, row, key))
            return
        unit = self.units.setdefault(key, Unit(key, name, text, number))
        if self._is_of(unit, number, table, text, where):
            add_row(unit, about, table, row, joined)
            self.rows.append(UnitRow(number, line, row, key))

    def _is_of(self, unit: Unit, number: int, table: Columns, text: str, where: str) -> bool:
        """Whether a row belongs to the unit that has its id; a further row of the same text does."""
        again = self._seen[unit.key] > 0
        self._seen[unit.key] += 1
        elsewhere = unit.table != number
        if elsewhere:
            self._shared[number] += 1
        if unit.text != text:
            self._clashes[number] += elsewhere
            self.ledger.dropped(ROWS, where, "another text stands under its id")
            return False
        if again and not elsewhere and not table.is_long:
            self.ledger.changed(ROWS, where, "its id and text stand above already; the codes of both rows count")
        return True

    def refuse_clashes(self) -> None:
        """Refuse tables that number other units with the same ids."""
        for number, count in self._clashes.items():
            if count > max(_TOLERATED * self._shared[number], 1):
                raise UsageError(
                    f"{self.tables[number].grid.name}: under {count} of {self._shared[number]} ids that another table "
                    "has too, another text stands; if the tables are parts of one study, make the ids of two columns, "
                    "such as `(file): id` beside `COLUMN: id`; if a column is no text, say so in a mapping"
                )

    def settle_waiting(self) -> None:
        """Give the rows that waited to their units; refuse a table of which no row has a text anywhere."""
        for number, count in Counter(row.table for row in self._waiting if row.key not in self.units).items():
            grid = self.tables[number].grid
            if count == len(grid.rows):
                raise UsageError(
                    f"{grid.name}: no text stands under any of its ids; say which column holds the text "
                    "(`COLUMN: text`), or, where the texts stand in another table (`holds: texts`), which column names "
                    "them in both (`COLUMN: text_id`) and which says the parts (`part` there, `span` here)"
                )
        for row in self._waiting:
            table = self.tables[row.table]
            if row.key in self.units:
                add_row(self.units[row.key], about_of(table, row.cells), table, row.cells, None)
                self.rows.append(row)
            else:
                self.ledger.dropped(ROWS, f"{table.grid.name}, line {row.line}", "no text stands under its id")


def _count_empty(grid: Grid, ledger: Ledger) -> None:
    """Count the empty rows of a table: one by one, or where they are very many in a sentence."""
    if grid.empty_rows > _MOST_LISTED:
        ledger.note(f"{grid.name}: {grid.empty_rows:,} empty rows were passed over.")
        return
    ledger.came(ROWS, grid.empty_rows)
    for number in range(grid.empty_rows):
        ledger.dropped(ROWS, f"{grid.name}, empty row {number + 1}", "it is empty")


def _key_of_text(table: Columns, row: Sequence[str], text: str, seen: Counter[Key]) -> Key:
    """Return what tells a unit without an id from others: its text, and which of several with that text it is."""
    cells = tuple(row[place].strip() for role in CODING for _, place in table.of[role]) if table.of["coder"] else ()
    again = ("\0", table.cell("coder", row), text, *cells)
    seen[again] += 1
    return ("", text, str(seen[again]))
