"""The tables that `sheets_write` writes, told by their headings, so that they come back without a mapping.

What comes back is at the level of messages: the messages, each coder's marks, and what the codes mean. The other tables
say the same in another form, or something that rows of units have no place for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepanalysis.exchange.classes import MARK
from lepanalysis.exchange.sheets_grid import FILE, SHEET
from lepanalysis.exchange.sheets_plan import CODES, OWN_NAME, UNITS, ColumnPlan, FilePlan
from lepanalysis.exchange.sheets_write import CODES as CODEBOOK
from lepanalysis.exchange.sheets_write import MESSAGES, PEOPLE, QUOTATIONS
from lepanalysis.exchange.sheets_write import UNITS as CONSENSUS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.exchange.sheets_grid import Grid

_MESSAGES = {
    "message_id": "id",
    "thread_id": "thread",
    "thread": "title",
    "category": "category",
    "participant_id": "participant",
    "posted_at": "date",
    "position": "position",
    "reply_to": "reply_to",
    "text": "text",
    MARK: "class",
}
_CODES = ("code", "name", "definition", "include", "exclude", "example", "parent", "coder", "colour")
_MARKS = frozenset({"0", "1", ""})
_LEFT_OUT = (QUOTATIONS, PEOPLE, CONSENSUS)


def own_tables(grids: Sequence[Grid]) -> list[tuple[Grid, FilePlan]] | None:
    """Return the tables that are read and how, where all are such as `sheets_write` writes them; None where not.

    Parameters
    ----------
    grids : sequence of Grid
    """
    names = [grid.sheet or grid.outside(FILE) for grid in grids]
    if MESSAGES not in names or any(grid.header[-1:] != (MARK,) for grid in grids):
        return None
    found = []
    for name, grid in zip(names, grids, strict=True):
        if name in _LEFT_OUT:
            continue
        columns, holds = _columns(name, grid), CODES if name == CODEBOOK else UNITS
        if columns is None:
            return None
        where = (grid.sheet,) if grid.sheet else ()
        found.append((grid, FilePlan(file=(grid.file,), sheet=where, holds=holds, columns=columns)))
    return found


def _columns(name: str, grid: Grid) -> dict[str, ColumnPlan] | None:
    """Return what the columns of a table hold; None where it is none of ours."""
    if name == MESSAGES:
        sound = grid.header == tuple(_MESSAGES)
        return {column: ColumnPlan((role,)) for column, role in _MESSAGES.items()} if sound else None
    if name == CODEBOOK:
        known = {column: ColumnPlan((column,)) for column in _CODES if column in grid.header}
        return {**known, "*": ColumnPlan(("ignored",))} if "code" in known else None
    cells = {cell.strip() for row in grid.rows for cell in row[1:-1]}
    if grid.header[0] != "message_id" or not cells <= _MARKS:
        return None
    outside = SHEET if grid.sheet else FILE
    flags = {"message_id": ColumnPlan(("id",)), "*": ColumnPlan(("flag",), "", OWN_NAME)}
    return {outside: ColumnPlan(("coder",)), **flags}
