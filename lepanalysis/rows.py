"""The records of a CSV file, held column by column: each distinct cell once, so that millions of records fit.

Whoever asks for a record gets it as a `Row`, made at that moment. Checks look at the distinct cells of a column and
need the records themselves only where something is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import TYPE_CHECKING, overload

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# So many records are taken apart at once: few enough that they are gone again before they weigh on the memory.
CHUNK = 1 << 8
_LARGEST = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Row:
    """One record as read: its line and its cells as text."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, eq=False)
class Cells:
    """One column.

    Parameters
    ----------
    number : numpy.ndarray
        For each record the place of its cell in `distinct`.
    distinct : list of str
        The cells, each once, in the order of their first appearance.
    """

    number: np.ndarray
    distinct: list[str]

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.number)

    def take(self, values: Sequence[object]) -> np.ndarray:
        """Return one value for each record, from one for each distinct cell."""
        table = np.empty(len(values), dtype=object)
        table[:] = values
        return table[self.number]

    def where(self, wanted: Iterable[str]) -> np.ndarray:
        """Return the places of the records whose cell is one of some."""
        chosen = set(wanted)
        bad = np.fromiter((cell in chosen for cell in self.distinct), dtype=bool, count=len(self.distinct))
        return np.flatnonzero(bad[self.number])

    def first(self) -> np.ndarray:
        """Return the place of the first record with each distinct cell."""
        found = np.empty(len(self.distinct), dtype=np.int64)
        # Written from the last to the first, so that the first stays.
        found[self.number[::-1]] = np.arange(len(self.number) - 1, -1, -1)
        return found


class Rows(Sequence[Row]):
    """The records of one file, in its order.

    Parameters
    ----------
    lines : numpy.ndarray
        The line at which each record begins.
    columns : dict
        Each column by name.
    """

    def __init__(self, lines: np.ndarray, columns: dict[str, Cells]) -> None:
        """Keep the columns."""
        self.lines = lines
        self.columns = columns

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.lines)

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        """Return a record, or several."""
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        cells = {name: column.distinct[column.number[place]] for name, column in self.columns.items()}
        return Row(int(self.lines[place]), cells)

    def __iter__(self) -> Iterator[Row]:
        """Yield the records one by one."""
        for start in range(0, len(self), CHUNK):
            part = slice(start, start + CHUNK)
            lines = self.lines[part].tolist()
            cells = [
                [column.distinct[number] for number in column.number[part].tolist()] for column in self.columns.values()
            ]
            for line, row in zip(lines, zip(*cells, strict=True) if cells else ((),) * len(lines), strict=True):
                yield Row(line, dict(zip(self.columns, row, strict=True)))

    def column(self, name: str) -> Cells:
        """Return a column; of one that is not there, every cell is empty."""
        if name in self.columns:
            return self.columns[name]
        return Cells(np.zeros(len(self), dtype=np.int32), [""] if len(self) else [])


class RowsById(Mapping[str, Row]):
    """Records by an id, of several the first; those without one are left out."""

    def __init__(self, rows: Rows, column: str) -> None:
        """Note where each id stands first."""
        self.rows = rows
        cells = rows.column(column)
        self.places = dict(zip(cells.distinct, cells.first().tolist(), strict=True))
        self.places.pop("", None)

    def __getitem__(self, name: str) -> Row:
        """Return the record."""
        return self.rows[self.places[name]]

    def __contains__(self, name: object) -> bool:
        """Whether there is one."""
        return name in self.places

    def __iter__(self) -> Iterator[str]:
        """Yield the ids."""
        return iter(self.places)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.places)


class RowsBuilder:
    """Takes records apart into columns.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.
    """

    def __init__(self, header: Sequence[str]) -> None:
        """Begin without records."""
        self._header = list(header)
        # A cell that was not met before gets the next number.
        self._known: list[defaultdict[str, int]] = [defaultdict(count().__next__) for _ in header]
        self._numbers: list[list[np.ndarray]] = [[] for _ in header]
        self._lines: list[np.ndarray] = []

    def add(self, records: Sequence[Sequence[str]], lines: np.ndarray) -> None:
        """Add records, each with as many cells as the header has names."""
        if not records:
            return
        self._lines.append(lines)
        for known, numbers, cells in zip(self._known, self._numbers, zip(*records, strict=True), strict=True):
            numbers.append(np.fromiter(map(known.__getitem__, cells), dtype=np.int32, count=len(cells)))

    def rows(self) -> Rows:
        """Return what was added; of a column that stands twice, the last."""
        empty = np.zeros(0, dtype=np.int32)
        columns = {}
        for name, known, numbers in zip(self._header, self._known, self._numbers, strict=True):
            columns[name] = Cells(np.concatenate([empty, *numbers]), list(known))
        return Rows(np.concatenate([np.zeros(0, dtype=np.int64), *self._lines]), columns)


def rows_of(records: Iterable[Row], header: Sequence[str]) -> Rows:
    """Return records that are at hand as a list, with an empty cell where one has none.

    Parameters
    ----------
    records : iterable of Row
    header : sequence of str
    """
    if isinstance(records, Rows):
        return records
    waiting, builder = iter(records), RowsBuilder(header)
    while chunk := list(islice(waiting, CHUNK)):
        cells = [[row.cells.get(name, "") for name in header] for row in chunk]
        builder.add(cells, np.array([row.line for row in chunk], dtype=np.int64))
    return builder.rows()


def are_unique(parts: Sequence[tuple[np.ndarray, int]]) -> bool:
    """Whether no two records have the same numbers; each part is the numbers from 0 and how many there may be."""
    combined, size = np.zeros(1, dtype=np.int64), 1
    for number, largest in parts:
        if size > _LARGEST // max(largest, 1):
            distinct, combined = np.unique(combined, return_inverse=True)
            size = len(distinct)
        combined = combined * max(largest, 1) + number
        size *= max(largest, 1)
    if len(combined) < 2:
        return True
    combined = np.sort(combined)
    return not (combined[1:] == combined[:-1]).any()
