"""Reading one file by its schema, and the table that comes of it: rows that know their class and their origin."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import math
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from lepanalysis.faults import Fault
from lepanalysis.rows import CHUNK, Row, Rows, RowsBuilder, are_unique, rows_of
from lepanalysis.schema import LIST_SEPARATOR, highest_class

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import pandas as pd

    from lepanalysis.schema import Column, TableSchema

# One cell may hold a whole interview; the csv module's own bound of 131,072 characters would refuse it.
LARGEST_CELL = 16 * 1024 * 1024
# What an integer column may hold: eighteen digits fit in 64 bits.
LONGEST_INTEGER = 18
# What a fault quotes of a cell.
LONGEST_SHOWN = 70
_DIGEST = re.compile(r"[0-9a-f]{64}")
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
EMPTY_LINE = "an empty line"


@dataclass(frozen=True)
class Source:
    """Where records come from: a file, its digest and the class of the records that were taken from it."""

    owner: str
    table: str
    file: str
    sha256: str
    class_: str
    records: int


@dataclass(frozen=True, eq=False)
class Table:
    """Records of one kind out of a study or a ledger, frozen.

    Parameters
    ----------
    owner : str
        ``study`` or ``ledger``.
    name : str
        What the records are, such as ``messages``.
    file : str
        The file they come from, relative to the folder.
    sha256 : str
        The digest of that file.
    default_class : str
        The class of a record that states none: that of the study.
    data : pandas.DataFrame
        One row a record.
    context : tuple of str
        Columns whose class stands in ``context_class``.
    restated : tuple of str
        Columns in which a ledger says in its own words what the article says in others.
    """

    owner: str
    name: str
    file: str
    sha256: str
    default_class: str
    data: pd.DataFrame = field(repr=False)
    context: tuple[str, ...] = ()
    restated: tuple[str, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """A copy of the records: what is done to it does not reach the table."""
        return self.data.copy()

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.data)

    @property
    def record_classes(self) -> pd.Series:
        """The class of each record, index as in `frame`."""
        import pandas as pd

        if "class" not in self.data:
            return pd.Series(self.default_class, index=self.data.index, dtype="str")
        return self.data["class"].where(self.data["class"] != "", self.default_class)

    @property
    def class_(self) -> str:
        """The class that binds most among the records, and among their context where the table holds it."""
        classes = set(self.record_classes)
        if "context_class" in self.data and any(column in self.data for column in self.context):
            context = self.data["context_class"]
            classes |= set(context.where(context != "", self.record_classes))
        return highest_class(classes or {self.default_class})

    def select(self, rows: object = None, columns: Sequence[str] | None = None) -> Table:
        """Return the table with some of its records and columns, its class worked out anew.

        Parameters
        ----------
        rows : boolean pandas.Series, optional
            Which records to keep; all when absent.
        columns : sequence of str, optional
            Which columns to keep; ``class`` always stays. Without the columns of thread, time and reply the
            class of the context does not count.

        Raises
        ------
        KeyError
            When the table has no such column.
        """
        unknown = set(columns or ()).difference(self.data.columns)
        if unknown:
            raise KeyError(f"{self.file} has no column {', '.join(sorted(unknown))}")
        data = self.data if rows is None else self.data.loc[rows]
        if columns is not None:
            kept = [name for name in data.columns if name in set(columns) | {"class", "context_class"}]
            data = data[kept]
        default = self.default_class if len(data) else self.class_
        return Table(self.owner, self.name, self.file, self.sha256, default, data, self.context, self.restated)

    @property
    def source(self) -> Source:
        """What an exhibit that rests on these records says of them."""
        return Source(self.owner, self.name, self.file, self.sha256, self.class_, len(self.data))


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of `data` in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def read_utf8(path: Path, shown: str) -> tuple[str, list[Fault]]:
    """Return the text of a file and what is wrong with its encoding or line ends.

    The text is empty where the file cannot be read as text at all; there is a fault then.

    Parameters
    ----------
    path : Path
    shown : str
        The file as a fault names it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        return "", [Fault(shown, 0, "", f"the file cannot be read ({error.strerror})", "see to its permissions")]
    faults = []
    if data.startswith(b"\xef\xbb\xbf"):
        faults.append(Fault(shown, 1, "", "the file begins with a byte order mark", "save it as UTF-8 without BOM"))
        data = data[3:]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.append(
            Fault(shown, line, "", f"byte {error.start + 1} of the file is not UTF-8", "save the file as UTF-8")
        )
        return "", faults
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        faults.append(Fault(shown, line, "", "the file holds a NUL character", "remove it"))
        return "", faults
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        faults.append(Fault(shown, line, "", "the file holds a carriage return", "save the file with LF line ends"))
    return text, faults


def fault_of_place(path: Path, shown: str) -> Fault | None:
    """Return the fault of something that stands in the place of a file and is none; None where there is nothing.

    Parameters
    ----------
    path : Path
    shown : str
        The file as a fault names it.
    """
    if path.is_file() or not (path.exists() or path.is_symlink()):
        return None
    what = "a folder" if path.is_dir() else "something that is no file"
    return Fault(shown, 0, "", f"{what} stands in its place", "put the file there, or take it away")


def read_rows(text: str, schema: TableSchema, shown: str) -> tuple[Rows, list[str], list[Fault]]:
    """Split a CSV text into records.

    Returns
    -------
    rows : Rows
    header : list of str
    faults : list of Fault
        Columns that are missing, unknown or doubled, and records of another length.
    """
    faults: list[Fault] = []
    line = 1
    previous = csv.field_size_limit(LARGEST_CELL)
    # Read piece by piece: a text held open whole takes four bytes a character.
    reader = csv.reader(
        io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogatepass")), "utf-8", newline=""), strict=True
    )
    header: list[str] = []
    builder = RowsBuilder(header)
    # The csv module counts a carriage return as a line too; such a file is at fault, and is read record by record.
    size = 1 if "\r" in text else CHUNK
    try:
        header = next(reader, [])
        faults += _faults_of_header(header, schema, shown)
        builder = RowsBuilder(header)
        at_end = not header
        while not at_end:
            line = reader.line_num + 1
            chunk: list[list[str]] = []
            whole = False
            try:
                chunk.extend(islice(reader, size))
                whole = True
            finally:
                lines, line = _lines_of(chunk, line, reader.line_num if whole else None)
                faults += _add(builder, chunk, lines, len(header), shown)
            at_end = len(chunk) < size
    except csv.Error as error:
        problem = f"the record that begins here is not CSV ({error})"
        faults.append(Fault(shown, line, "", problem, "check the quotation marks"))
        header = []
    finally:
        csv.field_size_limit(previous)
    return builder.rows(), header, faults


def _lines_of(chunk: list[list[str]], first: int, last: int | None) -> tuple[np.ndarray, int]:
    """Return the line at which each record begins, and that after the last record.

    `first` is the first line of the first record, `last` the last of the last one, where it is known.
    """
    if last is not None and len(chunk) in {1, last - first + 1}:
        return first + np.arange(len(chunk)), last + 1
    spans = [1 + sum(cell.count("\n") for cell in cells) for cells in chunk]
    after = first + np.cumsum(spans, dtype=np.int64)
    return np.concatenate([[first], after])[: len(chunk)], int(after[-1]) if chunk else first


def _add(builder: RowsBuilder, chunk: list[list[str]], lines: np.ndarray, columns: int, shown: str) -> list[Fault]:
    """Add records and return what is wrong with those of another length, which are left out."""
    if set(map(len, chunk)) <= {columns}:
        builder.add(chunk, lines)
        return []
    faults = []
    for cells, line in zip(chunk, lines.tolist(), strict=True):
        if not cells:
            faults.append(Fault(shown, line, "", EMPTY_LINE, "remove it"))
        elif len(cells) != columns:
            problem = f"{len(cells)} cells where the first row names {columns} columns"
            remedy = "put a cell that holds a comma, a quotation mark or a line break in quotation marks"
            faults.append(Fault(shown, line, "", problem, remedy))
    kept = [place for place, cells in enumerate(chunk) if len(cells) == columns]
    builder.add([chunk[place] for place in kept], lines[kept])
    return faults


def is_whole(rows: Iterable[Row], header: Sequence[str], schema: TableSchema, faults: Iterable[Fault]) -> bool:
    """Whether every record could be read with its id, so that an id that is not there is none of the file's.

    Parameters
    ----------
    rows : iterable of Row
    header : sequence of str
    schema : TableSchema
    faults : iterable of Fault
        With `rows` and `header` as `read_rows` returns them.
    """
    key = [name for name in schema.key if (column := schema.column(name)) and column.required]
    lost = any(fault.line > 1 and fault.problem != EMPTY_LINE for fault in faults)
    if not header or lost or not set(key) <= set(header):
        return False
    table = rows_of(rows, header)
    return not any("" in table.column(name).distinct for name in key)


def _faults_of_header(header: list[str], schema: TableSchema, shown: str) -> list[Fault]:
    """Return what is wrong with the first row."""
    if not header:
        names = ", ".join(column.name for column in schema.columns if column.required)
        return [Fault(shown, 1, "", "the file has no first row", f"begin it with the columns {names}")]
    twice = sorted({name for name in header if header.count(name) > 1})
    faults = [Fault(shown, 1, name, "the column stands twice", "keep one of the two") for name in twice]
    missing = [column.name for column in schema.columns if column.required and column.name not in header]
    faults += [Fault(shown, 1, name, "the column is missing", "add it") for name in missing]
    known = [column.name for column in schema.columns]
    remedy = f"the columns of {schema.file} are {', '.join(known)}"
    for name in header:
        if not name.strip():
            faults.append(Fault(shown, 1, "", f"column {header.index(name) + 1} has no name", "name it or remove it"))
        elif name not in known and not schema.attributes:
            faults.append(Fault(shown, 1, name, "not a column of this file", remedy))
    return faults


def fault_of_cell(value: str, column: Column) -> tuple[str, str] | None:
    """Return what is wrong with one cell and what to do, or None.

    Parameters
    ----------
    value : str
    column : Column
    """
    if value == "" or (column.kind == "text" and not value.strip()):
        return ("the cell is empty", "fill it in") if column.required else None
    if column.kind in {"id", "ids"}:
        return _fault_of_ids(value, column.kind)
    shown = repr(value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…")
    if column.kind == "choice":
        wrong = value not in column.choices
        return (f"{shown} is not known here", f"use one of {', '.join(column.choices)}") if wrong else None
    reads, what, remedy = _KINDS.get(column.kind, (bool, "", ""))
    return None if reads(value) else (f"{shown} is not {what}", remedy)


def _fault_of_ids(value: str, kind: str) -> tuple[str, str] | None:
    """Return what is wrong with an id or a list of ids."""
    if value.isprintable() and LIST_SEPARATOR not in value and value == value.strip():
        return None
    parts = split_ids(value) if kind == "ids" else [value]
    if not parts or any(part != part.strip() or not part or not part.isprintable() for part in parts):
        return f"{value!r} is not an id", "write it without spaces around it and on one line"
    if kind == "id" and LIST_SEPARATOR in value:
        return f"{value!r} holds a semicolon, which separates ids", "choose an id without one"
    if len(set(parts)) != len(parts):
        return f"an id stands twice in {value!r}", "keep it once"
    return None


def split_ids(value: str) -> list[str]:
    """Return the ids of a cell such as ``A-001; B-014``."""
    return [part.strip() for part in value.split(LIST_SEPARATOR) if part.strip()]


def is_number(value: str) -> bool:
    """Whether a cell reads as a finite decimal number."""
    return _NUMBER.fullmatch(value) is not None and math.isfinite(float(value))


def whole_number(value: str) -> int | None:
    """Return the whole number in a cell, or None where there is none."""
    return int(value) if _INTEGER.fullmatch(value) and len(value) <= LONGEST_INTEGER else None


def moment(value: str) -> dt.datetime | None:
    """Return an ISO 8601 date or date and time, without its zone, or None where it is not one.

    The hour is kept as written: what a platform shows is local time.
    """
    when = zoned_moment(value)
    return when.replace(tzinfo=None) if when else None


def zoned_moment(value: str) -> dt.datetime | None:
    """Return an ISO 8601 date or date and time with the zone that is written, or None where it is not one."""
    try:
        return dt.datetime.fromisoformat(value) if _MOMENT.fullmatch(value) else None
    except ValueError:
        return None


# How the kinds of columns are told, what they are called, and what to write.
_KINDS: dict[str, tuple[Callable[[str], object], str, str]] = {
    "integer": (lambda value: whole_number(value) is not None, "a whole number", "write it in digits"),
    "number": (is_number, "a number", "write it in digits, with a point before decimals"),
    "moment": (moment, "a date", "write it as 2013-09-30 or 2013-09-30T14:05:00"),
    "digest": (_DIGEST.fullmatch, "a SHA-256", "write 64 lower-case hexadecimal digits"),
    "colour": (_COLOUR.fullmatch, "a colour", "write it as #4477aa"),
}


def faults_of_cells(rows: Sequence[Row], schema: TableSchema, header: Iterable[str], shown: str) -> list[Fault]:
    """Return what is wrong with single cells and with keys that are not unique."""
    present = list(header)
    table = rows_of(rows, present)
    found: list[tuple[int, int, Fault]] = []
    for order, column in enumerate(column for column in schema.columns if column.name in present):
        cells = table.column(column.name)
        wrong = {cell: fault for cell in cells.distinct if (fault := fault_of_cell(cell, column))}
        for place in cells.where(wrong).tolist() if wrong else ():
            cell, line = cells.distinct[cells.number[place]], int(table.lines[place])
            found.append((line, order, Fault(shown, line, column.name, *wrong[cell])))
    faults = [fault for *_, fault in sorted(found, key=lambda one: one[:2])]
    if schema.key and set(present).issuperset(schema.key) and not _is_unique(table, schema.key):
        faults += _doubled(table, schema, shown)
    return faults


def _is_unique(table: Rows, key: tuple[str, ...]) -> bool:
    """Whether no two records have the same key; a key of which a part is empty is none."""
    cells = [table.column(name) for name in key]
    whole = np.ones(len(table), dtype=bool)
    for column in cells:
        if "" in column.distinct:
            whole &= column.number != column.distinct.index("")
    return are_unique([(column.number[whole].astype(np.int64), len(column.distinct)) for column in cells])


def _doubled(rows: Iterable[Row], schema: TableSchema, shown: str) -> list[Fault]:
    """Return a fault for each record whose key stands above already."""
    faults = []
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.cells[name] for name in schema.key)
        if not all(key):
            continue
        if key in seen:
            what = " ".join(repr(part) for part in key)
            remedy = "give each record an id of its own" if len(key) == 1 else "keep one of the two"
            faults.append(Fault(shown, row.line, schema.key[-1], f"{what} stands already in line {seen[key]}", remedy))
        else:
            seen[key] = row.line
    return faults


def to_frame(rows: Sequence[Row], schema: TableSchema, header: Sequence[str]) -> pd.DataFrame:
    """Return the records as a frame: text as text, whole numbers as Int64, dates as datetime64, lists as tuples.

    Columns that the schema knows and the file lacks are added empty, so that a reader of the frame need not
    ask.
    """
    import pandas as pd

    names = [*header, *(column.name for column in schema.columns if column.name not in header)]
    table = rows_of(rows, header)
    data = {}
    for name in names:
        column, cells = schema.column(name), table.column(name)
        # What a cell reads as is worked out once for all records that have it.
        distinct = _as_series(cells.distinct, column.kind if column else "text")
        data[name] = pd.Series(distinct.array.take(cells.number))
    return pd.DataFrame(data, columns=names)


def _as_series(cells: list[str], kind: str) -> pd.Series:
    """Return distinct cells in the type that the kind of their column asks for."""
    import pandas as pd

    if kind == "integer":
        return pd.Series([int(cell) if cell else pd.NA for cell in cells], dtype="Int64")
    if kind == "number":
        return pd.Series([float(cell) if cell else float("nan") for cell in cells], dtype="float64")
    if kind == "moment":
        return pd.Series([moment(cell) if cell else pd.NaT for cell in cells], dtype="datetime64[us]")
    if kind == "ids":
        return pd.Series([tuple(split_ids(cell)) for cell in cells], dtype="object")
    return pd.Series(cells, dtype="str")
