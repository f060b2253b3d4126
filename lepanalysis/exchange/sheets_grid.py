"""Sheets of strangers as grids of text: a heading, rows, and where each row stands in its file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Columns that no file has: what a file, its folder and its sheet are called.
FILE, FOLDER, SHEET = "(file)", "(folder)", "(sheet)"
OUTSIDE = (FILE, FOLDER, SHEET)
# What is taken in of one sheet: more is no table of units that people coded.
MOST_COLUMNS = 4_000
MOST_CELLS = 20_000_000
MOST_CHARACTERS = 1 << 29


@dataclass(frozen=True)
class Grid:
    """One sheet, or one file of text, as text.

    Parameters
    ----------
    file : str
        The file, seen from the folder that is imported, with forward slashes.
    sheet : str
        The sheet; empty for a file of text.
    header : tuple of str
        The names of the columns, each once; a column without a name is called after its place.
    rows : tuple of tuple of str
        As long as the heading; without the empty ones.
    lines : tuple of int
        In which line of the file, or row of the sheet, each row begins.
    empty_rows : int
        Empty rows that have others below them.
    head : int
        The line or row of the heading.
    delimiter, encoding : str
        Of a file of text.
    notes : tuple of str
        Sentences on how it was read.
    mark : str
        Of which class all of it is, where that stands beside the file.
    """

    file: str
    sheet: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    lines: tuple[int, ...] = field(default=(), repr=False)
    empty_rows: int = 0
    head: int = 1
    delimiter: str = ""
    encoding: str = ""
    notes: tuple[str, ...] = ()
    mark: str = ""

    @property
    def name(self) -> str:
        """How a sentence names it."""
        return f"{self.file}, sheet {self.sheet}" if self.sheet else self.file

    def column(self, name: str) -> list[str]:
        """Return the cells of a column."""
        place = self.header.index(name)
        return [row[place] for row in self.rows]

    def outside(self, name: str) -> str:
        """Return what stands in one of the columns that no file has."""
        folder, _, file = self.file.rpartition("/")
        if name == FOLDER:
            return folder.rpartition("/")[2]
        return self.sheet if name == SHEET else file.rpartition(".")[0] or file


def made_grid(records: Iterable[tuple[int, Sequence[str]]], head: int | None, **about: object) -> Grid:
    """Return records as a grid, its heading found where none is stated.

    Parameters
    ----------
    records : iterable of (int, sequence of str)
        Line and cells of each record. Empty records of a workbook may be left out.
    head : int, optional
        The line of the heading. When absent: that of the first record that fills at least half as many columns as
        any of the first twenty does, so that titles above a table are passed over.
    **about
        The other fields of the grid.

    Raises
    ------
    UsageError
        When there is no such row, or too much in it.
    """
    kept: list[tuple[int, list[str]]] = []
    # The lines of empty records.
    empty: list[int] = []
    cells = characters = 0
    name = about.get("sheet") or about["file"]
    for line, record in records:
        row = list(record)
        while row and not row[-1].strip():
            row.pop()
        if not row:
            empty.append(line)
            continue
        cells += len(row)
        characters += sum(map(len, row))
        if len(row) > MOST_COLUMNS or cells > MOST_CELLS or characters > MOST_CHARACTERS:
            limits = f"{MOST_COLUMNS:,} columns, {MOST_CELLS:,} cells and {MOST_CHARACTERS >> 20:,} million characters"
            raise UsageError(f"{name} is refused: a sheet of more than {limits} is not read")
        kept.append((line, row))
    if not kept:
        return Grid(**about)  # type: ignore[arg-type]
    place = _heading(kept, head, str(name))
    line, heading = kept[place]
    body = kept[place + 1 :]
    width = max(len(row) for _, row in kept[place:])
    header = _named_columns([*heading, *[""] * (width - len(heading))], body)
    chosen = [column for column, one in enumerate(header) if one]
    last = body[-1][0] if body else line
    between = last - line - len(body) if about.get("sheet") else sum(line < one < last for one in empty)
    return Grid(
        header=tuple(header[column] for column in chosen),
        rows=tuple(tuple(row[column] if column < len(row) else "" for column in chosen) for _, row in body),
        lines=tuple(number for number, _ in body),
        empty_rows=between,
        head=line,
        **about,  # type: ignore[arg-type]
    )


def _heading(kept: Sequence[tuple[int, list[str]]], head: int | None, name: str) -> int:
    """Return the place of the heading among the records that are not empty."""
    if head is not None:
        found = [place for place, (line, _) in enumerate(kept) if line == head]
        if not found:
            raise UsageError(f"row {head} of {name} is empty and no heading; mend `header` in the mapping")
        return found[0]
    filled = [sum(bool(cell.strip()) for cell in row) for _, row in kept[:20]]
    return next(place for place, count in enumerate(filled) if 2 * count >= max(filled))


def _named_columns(heading: Sequence[str], body: Sequence[tuple[int, list[str]]]) -> list[str]:
    """Return names that are all different; empty for a column that has neither name nor cell."""
    found: list[str] = []
    for place, given in enumerate(heading):
        name = " ".join(given.split())
        if not name:
            if not any(place < len(row) and row[place].strip() for _, row in body):
                found.append("")
                continue
            name = f"(column {place + 1})"
        unique, count = name, 1
        while unique in found or unique in OUTSIDE:
            count += 1
            unique = f"{name} ({count})"
        found.append(unique)
    return found


def as_text(cell: object) -> str:
    """Return a cell of a workbook as text: whole numbers without decimals, dates as ISO 8601 has them.

    Parameters
    ----------
    cell : object

    Examples
    --------
    >>> [as_text(cell) for cell in (15.0, 0.1, True, " a ", None)]
    ['15', '0.1', 'TRUE', ' a ', '']
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(timespec="seconds")
    return str(cell)
