"""The tables of a file or a folder, opened as the mapping says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lepanalysis.exchange.guard import read_bounded
from lepanalysis.exchange.sheets_book import book_grids
from lepanalysis.exchange.sheets_text import text_grid
from lepanalysis.faults import LepanalysisError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lepanalysis.exchange.sheets_grid import Grid
    from lepanalysis.exchange.sheets_plan import FilePlan, Plan

TEXT_SUFFIXES = (".csv", ".tsv", ".tab")
BOOK_SUFFIXES = (".xlsx", ".xlsm", ".ods")
_MOST_FILES = 2_000
_DEEPEST = 4
# How a file begins that is no table, however it is called.
_OTHERS = {
    b"\xd0\xcf\x11\xe0": "an old Excel file (XLS) or one with a password; save it as XLSX without a password",
    b"%PDF": "a PDF; export the table as CSV or XLSX",
    b"SQLite format 3": "a SQLite file; export the table as CSV",
    b"\x1f\x8b": "packed by gzip; unpack it",
}


def open_grids(path: Path, plan: Plan) -> tuple[list[tuple[Grid, FilePlan | None]], tuple[str, ...]]:
    """Return every table with what the mapping says of it, and sentences on files that are left out.

    Parameters
    ----------
    path : Path
        A file, or a folder: then all tables in it, or those that the mapping names.
    plan : Plan

    Raises
    ------
    UsageError
        When there is none, or an entry of the mapping fits no file or no sheet.
    """
    root, files = _files(path, plan)
    found: list[tuple[Grid, FilePlan | None]] = []
    left = []
    fitting: set[int] = set()
    # Of two entries that fit a table the first says what it holds.
    taken: set[tuple[str, str]] = set()
    for name in files:
        stated = [one for one in plan.files if one.is_of(name)]
        if plan.files and not stated:
            left.append(name)
            continue
        for one in stated or [None]:
            grids = _open(root / name, name, one)
            for grid in grids:
                place = (grid.file, grid.sheet)
                if one is None or (one.is_of(name, grid.sheet) and place not in taken):
                    found.append((grid, one))
                    fitting.add(id(one))
                    taken.add(place)
    for one in plan.files:
        if id(one) not in fitting:
            what = f"{', '.join(one.file)}{', sheet ' + ', '.join(one.sheet) if one.sheet else ''}"
            raise UsageError(f"the mapping names {what}, and {path.name} has no such table with anything in it")
    if not found:
        raise UsageError(f"{path.name} holds no table with a heading and rows")
    shown = ", ".join(left[:5]) + (", …" if len(left) > 5 else "")
    return found, (f"Not named in the mapping and not read: {shown}.",) if left else ()


def _files(path: Path, plan: Plan) -> tuple[Path, list[str]]:
    """Return the folder and the files in it by name."""
    if not path.is_dir():
        return path.parent, [path.name]
    found = []
    # A pattern that ends in a star means tables; what is called otherwise has to be named by its ending.
    ended = [replace(one, file=tuple(name for name in one.file if name[-1:] != "*")) for one in plan.files]
    for one in sorted(path.rglob("*"), key=lambda one: one.relative_to(path).parts):
        name = one.relative_to(path)
        if len(name.parts) > _DEEPEST or any(part.startswith((".", "~$")) for part in name.parts):
            continue
        if one.is_symlink() or not one.is_file():
            continue
        known = one.suffix.lower() in {*TEXT_SUFFIXES, *BOOK_SUFFIXES}
        if known or any(stated.is_of(name.as_posix()) for stated in ended):
            found.append(name.as_posix())
        if len(found) > _MOST_FILES:
            raise UsageError(f"{path.name} holds more than {_MOST_FILES:,} tables; import a smaller folder")
    if not found:
        raise UsageError(f"{path.name} holds no file that ends in {', '.join((*TEXT_SUFFIXES, *BOOK_SUFFIXES))}")
    return path, found


def _open(path: Path, name: str, plan: FilePlan | None) -> Sequence[Grid]:
    """Return the tables of one file by its content; a name that says otherwise is refused."""
    with path.open("rb") as file:
        head = file.read(32)
    for beginning, words in _OTHERS.items():
        if head.startswith(beginning):
            raise LepanalysisError(f"{name} is {words}")
    head_row = plan.header if plan else None
    is_book = head.startswith(b"PK")
    if is_book and path.suffix.lower() in {*TEXT_SUFFIXES, ".txt"}:
        raise LepanalysisError(f"{name} is a workbook or a ZIP archive, not text as its name says; rename it")
    if not is_book and path.suffix.lower() in BOOK_SUFFIXES:
        raise LepanalysisError(f"{name} is no workbook, as its name says; if it is text, rename it to end in .csv")
    if is_book:
        stated = plan.sheet if plan and not any("*" in one for one in plan.sheet) else ()
        return book_grids(path, name, sheets=stated, head=head_row)
    given = {"encoding": plan.encoding, "delimiter": plan.delimiter} if plan else {}
    grid = text_grid(read_bounded(path), name, head=head_row, **given)
    return [grid] if grid.header else []
