"""Workbooks (XLSX, ODS) as grids.

Both are looked through as XML first, by `lepanalysis.exchange.guard`. An XLSX is then read by calamine, which lays out
every cell between the first and the last and a shared text anew for each cell, so that what it would make has to be
bounded before. An ODS is read here: calamine (0.9) drops the tabs and line breaks of its cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepanalysis.exchange.guard import iter_xml, open_archive
from lepanalysis.exchange.sheets_grid import MOST_CELLS, MOST_CHARACTERS, MOST_COLUMNS, Grid, as_text, made_grid
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from lepanalysis.exchange.guard import Archive

_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_SHOWN = 3


@dataclass(frozen=True)
class Book:
    """The sheets of a workbook by name, as lists of records, and what there is to say about them."""

    sheets: dict[str, list[tuple[int, list[str]]]]
    hidden: tuple[str, ...]
    notes: tuple[str, ...]


def book_grids(path: Path, file: str, *, sheets: tuple[str, ...] = (), head: int | None = None) -> list[Grid]:
    """Return the sheets of a workbook, the hidden ones only where they are named.

    Parameters
    ----------
    path : Path
    file : str
        How the grids and a sentence name it.
    sheets : tuple of str
        Names as stated; empty: all that are shown and hold something.
    head : int, optional
        See `lepanalysis.exchange.sheets_grid.made_grid`.

    Raises
    ------
    LepanalysisError
        When it is no such workbook, is encrypted or damaged, or would unpack to too much.
    """
    with open_archive(path) as archive:
        if "xl/workbook.xml" in archive:
            book = _read_xlsx(archive, path, file)
        elif "content.xml" in archive:
            book = _read_ods(archive, file)
        else:
            raise LepanalysisError(f"{file} is a ZIP archive and no workbook (XLSX or ODS)")
    notes = list(book.notes)
    left = [name for name in book.hidden if name not in sheets]
    if left:
        notes.append(f"{file}: hidden sheets were not read ({', '.join(left)}); name them in the mapping to have them.")
    grids = []
    for name, records in book.sheets.items():
        if name in left or (sheets and name not in sheets):
            continue
        grid = made_grid(records, head, file=file, sheet=name, notes=tuple(notes))
        notes = []
        if grid.header:
            grids.append(grid)
    return grids


def _read_xlsx(archive: Archive, path: Path, file: str) -> Book:
    """Return an XLSX by calamine, once it is known to be harmless."""
    from python_calamine import CalamineError, SheetVisibleEnum, load_workbook

    notes = _look_through_xlsx(archive, file)
    sheets: dict[str, list[tuple[int, list[str]]]] = {}
    filled = 0
    hidden = []
    try:
        with load_workbook(path) as book:
            for about in book.sheets_metadata:
                if about.visible != SheetVisibleEnum.Visible:
                    hidden.append(about.name)
                if str(about.typ) != "SheetTypeEnum.WorkSheet":
                    continue
                sheet = book.get_sheet_by_name(about.name)
                rows = [list(map(as_text, row)) for row in sheet.to_python(skip_empty_area=False)]
                for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
                    filled += _fill(rows, top, left, bottom, right)
                sheets[about.name] = list(enumerate(rows, 1))
    except (CalamineError, ValueError, OSError) as error:
        raise LepanalysisError(f"{file} is no whole workbook ({' '.join(str(error).split())})") from None
    except BaseException as error:
        # What panics in Rust comes as an exception that is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise LepanalysisError(f"{file} is no sound workbook; open it in a spreadsheet and save it anew") from None
    if filled:
        notes.append(f"{file}: {filled} cells that are part of a merged cell were given its content.")
    return Book(sheets, tuple(hidden), tuple(notes))


def _fill(rows: list[list[str]], top: int, left: int, bottom: int, right: int) -> int:
    """Give every cell of a merged one its content; return how many were empty before."""
    count = 0
    if top >= len(rows) or left >= len(rows[top]) or not rows[top][left]:
        return 0
    for row in rows[top : bottom + 1]:
        for column in range(left, min(right + 1, len(row))):
            if not row[column]:
                row[column] = rows[top][left]
                count += 1
    return count


def _look_through_xlsx(archive: Archive, file: str) -> list[str]:
    """Return what there is to say about formulas, or refuse what would grow beyond bounds."""
    names = [name for name in archive.names if name.startswith("xl/") and name.endswith(".xml")]
    shared = [name for name in names if name.casefold().endswith("sharedstrings.xml")]
    lengths = _shared_lengths(archive, shared[0]) if shared else []
    without: list[str] = []
    formulas = 0
    budget = MOST_CHARACTERS
    for name in (name for name in names if "worksheets/" in name):
        rows = columns = 0
        for place, cell in _cells(archive, name):
            kinds = {_local(child.tag): child for child in cell}
            value = "".join(kinds["v"].itertext()) if "v" in kinds else ""
            filled = bool(value) or "is" in kinds
            if "f" in kinds:
                formulas += 1
                without += [] if filled else [cell.get("r", "?")]
            if filled:
                rows, columns = max(rows, place[0]), max(columns, place[1])
                budget -= _length_of(cell, value, lengths)
        if columns > MOST_COLUMNS or rows * columns > MOST_CELLS or budget < 0:
            problem = f"a sheet of it spreads over {rows:,} rows and {columns:,} columns, or holds too long texts"
            raise LepanalysisError(f"{file} is refused: {problem}; delete what stands far off and save it anew")
    notes = []
    if formulas:
        notes.append(f"{file}: of {formulas} formulas the value that was stored with them was read.")
    if without:
        shown = ", ".join(without[:_SHOWN])
        notes.append(f"{file}: {len(without)} formulas have no stored value and are empty here (such as {shown}).")
    return notes


def _length_of(cell: Element, value: str, lengths: list[int]) -> int:
    """Return how many characters a cell of an XLSX will hold."""
    if cell.get("t") == "s" and value.isdecimal() and len(value) < 10 and int(value) < len(lengths):
        return lengths[int(value)]
    return sum(map(len, cell.itertext()))


def _cells(archive: Archive, name: str) -> Iterator[tuple[tuple[int, int], Element]]:
    """Yield row and column, from 1, and each cell of a sheet of an XLSX."""
    row = column = 0
    holder: Element | None = None
    with archive.open(name) as stream:
        for event, element in iter_xml(stream, name):
            tag = _local(element.tag)
            if event == "start":
                if tag == "sheetData":
                    holder = element
                elif tag == "row":
                    given = element.get("r", "")
                    row, column = int(given) if given.isdecimal() else row + 1, 0
                continue
            if tag == "c":
                found = _PLACE.fullmatch(element.get("r", ""))
                column = _number_of(found[1]) if found else column + 1
                yield (int(found[2]) if found else row, column), element
            elif tag == "row" and holder is not None:
                holder.clear()


def _shared_lengths(archive: Archive, name: str) -> list[int]:
    """Return how long each shared text of an XLSX is."""
    lengths: list[int] = []
    holder: Element | None = None
    with archive.open(name) as stream:
        for event, element in iter_xml(stream, name):
            tag = _local(element.tag)
            if event == "start" and tag == "sst":
                holder = element
            elif event == "end" and tag == "si":
                lengths.append(sum(map(len, element.itertext())))
                if holder is not None:
                    holder.clear()
    return lengths


def _number_of(letters: str) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _local(tag: str) -> str:
    """Return a tag without its namespace."""
    return tag.rpartition("}")[2]


def _read_ods(archive: Archive, file: str) -> Book:
    """Return an ODS as its cells say."""
    reading = _Ods(file)
    with archive.open("content.xml") as stream:
        for event, element in iter_xml(stream, f"content.xml in {file}"):
            (reading.start if event == "start" else reading.end)(_local(element.tag), element)
    notes = []
    if reading.formulas:
        notes.append(f"{file}: of {reading.formulas} formulas the value that was stored with them was read.")
    if reading.without:
        notes.append(f"{file}: {reading.without} formulas have no stored value and are empty here.")
    return Book(reading.sheets, tuple(reading.hidden), tuple(notes))


class _Ods:
    """Takes the sheets of an ODS out of its XML; empty rows and cells that are repeated cost nothing."""

    def __init__(self, file: str) -> None:
        """Begin with no sheet."""
        self.file = file
        self.sheets: dict[str, list[tuple[int, list[str]]]] = {}
        self.hidden: list[str] = []
        self.formulas = self.without = 0
        self._unseen: set[str] = set()
        self._style = ""
        self._table: Element | None = None
        self._inner = 0
        self._records: list[tuple[int, list[str]]] = []
        self._row: list[str] = []
        self._gap = 0
        self._number = 0
        self._cells = self._characters = 0

    def start(self, tag: str, element: Element) -> None:
        """Take the beginning of an element."""
        if tag == "style":
            self._style = _attribute(element, "name")
        elif tag == "table-properties" and _attribute(element, "display") == "false":
            self._unseen.add(self._style)
        elif tag == "table":
            # A table inside a cell belongs to that cell.
            self._inner += 1
            if self._inner == 1:
                self._table, self._number, self._records = element, 0, []
                name = _attribute(element, "name") or f"Sheet {len(self.sheets) + 1}"
                self.sheets[name] = self._records
                if _attribute(element, "style-name") in self._unseen:
                    self.hidden.append(name)
        elif tag == "table-row" and self._inner == 1:
            self._row, self._gap = [], 0

    def end(self, tag: str, element: Element) -> None:
        """Take the end of an element."""
        if tag == "table":
            self._inner -= 1
        elif tag == "s":
            # A few bytes may stand for very many spaces.
            self._characters += _times(element, "c")
            if self._characters > MOST_CHARACTERS:
                self._refuse()
        elif self._inner != 1:
            return
        elif tag in {"table-cell", "covered-table-cell"}:
            self._cell(element)
        elif tag == "table-row":
            self._end_row(element)

    def _cell(self, element: Element) -> None:
        """Take one cell, as often as it is repeated."""
        times = _times(element, "number-columns-repeated")
        text = _text_of_cell(element)
        if _attribute(element, "formula"):
            self.formulas += 1
            self.without += not text
        element.clear()
        if not text:
            self._gap += times
            return
        self._characters += len(text)
        if len(self._row) + self._gap + times > MOST_COLUMNS:
            self._refuse()
        self._row += [""] * self._gap + [text] * times
        self._gap = 0

    def _end_row(self, element: Element) -> None:
        """Take one row, as often as it is repeated."""
        times = _times(element, "number-rows-repeated")
        if self._row:
            self._cells += times * len(self._row)
            self._characters += times * sum(map(len, self._row))
            if self._cells > MOST_CELLS or self._characters > MOST_CHARACTERS:
                self._refuse()
            # Empty rows are left out; the rows below them keep their numbers.
            self._records += [(self._number + number + 1, self._row) for number in range(times)]
        self._number += times
        element.clear()
        if self._table is not None:
            self._table.clear()

    def _refuse(self) -> None:
        problem = "a sheet of it spreads over too many cells, or holds too long texts"
        raise LepanalysisError(f"{self.file} is refused: {problem}; delete what stands far off and save it anew")


def _attribute(element: Element, name: str) -> str:
    """Return an attribute by its name without namespace."""
    return next((value for key, value in element.attrib.items() if _local(key) == name), "")


def _times(element: Element, name: str) -> int:
    """Return how often a cell or row is repeated."""
    given = _attribute(element, name)
    return max(int(given), 1) if given.isdecimal() and len(given) < 10 else 1


def _text_of_cell(element: Element) -> str:
    """Return what a cell holds: the number, truth value or date that is stored, else its paragraphs."""
    kind = _attribute(element, "value-type")
    if kind in {"float", "percentage", "currency"}:
        value = _attribute(element, "value")
        try:
            return as_text(float(value))
        except ValueError:
            return value
    if kind == "boolean":
        return _attribute(element, "boolean-value").upper()
    if kind == "date":
        value = _attribute(element, "date-value")
        return value.removesuffix("T00:00:00")
    paragraphs = [_paragraph(child) for child in element if _local(child.tag) == "p"]
    return "\n".join(paragraphs) if paragraphs else _attribute(element, "string-value")


def _paragraph(element: Element) -> str:
    """Return the words of a paragraph; its spaces, tabs and breaks are elements, notes to it are left out."""
    parts = [element.text or ""]
    for child in element:
        tag = _local(child.tag)
        if tag == "s":
            parts.append(" " * _times(child, "c"))
        elif tag == "tab":
            parts.append("\t")
        elif tag == "line-break":
            parts.append("\n")
        elif tag not in {"annotation", "note"}:
            parts.append(_paragraph(child))
        parts.append(child.tail or "")
    return "".join(parts)
