"""The files of a ledger, read one by one: records with their lines, sections and works, and what is wrong with each."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lepanalysis.faults import Fault
from lepanalysis.ledger_record import faults_of_record
from lepanalysis.tables import EMPTY_LINE, fault_of_place, faults_of_cells, is_whole, read_rows, read_utf8, sha256_of
from lepanalysis.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from lepanalysis.rows import Row, Rows
    from lepanalysis.schema import TableSchema
    from lepanalysis.yamlfile import Document

# The white space and the comma between two works of a list in JSON.
_BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True, eq=False)
class Work:
    """A work of references.json, and the line at which it begins."""

    line: int
    record: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, eq=False)
class LedgerFile:
    """The file of a table as read.

    Parameters
    ----------
    path : str
        As a fault names it.
    schema : TableSchema
    rows : Rows
        Every record that has as many cells as there are columns, whatever is wrong in them.
    header : list of str
        Its first row.
    ids : frozenset of str or None
        What stands in the first column of its key; None where a record, or its id, could not be read.
    good : sequence of Row
        The records without a fault of their own.
    sound : bool
        Whether the file has no fault of its own: that a record is not there means something then.
    lost : int
        How many records could not be read.
    """

    path: str
    schema: TableSchema
    rows: Rows
    header: list[str]
    ids: frozenset[str] | None
    good: Sequence[Row]
    sound: bool
    lost: int

    @property
    def held(self) -> int:
        """How many records there are, with those that could not be read."""
        return len(self.rows) + self.lost

    def without(self, faults: Iterable[Fault]) -> Sequence[Row]:
        """Return its records but for those that a fault is told of."""
        return _without(self.rows, faults, self.path)


@dataclass(frozen=True, eq=False)
class LedgerFiles:
    """What was read of a ledger, before it is held against itself.

    Parameters
    ----------
    folder : Path
    files : mapping
        By table its file; without those that cannot be read.
    sections : tuple of str
        The ids of the article's sections, in printed order; empty where they could not be read.
    works : tuple of Work
        The reference list; empty where it could not be read.
    headings : mapping
        The headings that are printed, by the id of their section.
    """

    folder: Path
    files: Mapping[str, LedgerFile]
    sections: tuple[str, ...]
    works: tuple[Work, ...]
    headings: Mapping[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> dict[str, Sequence[Row]]:
        """By table the records that have no fault of their own."""
        return {name: file.good for name, file in self.files.items()}


def read_file(
    path: Path, schema: TableSchema, faults: list[Fault], digests: dict[str, str], *, required: bool
) -> LedgerFile | None:
    """Read the file of a table.

    Parameters
    ----------
    path : Path
    schema : TableSchema
    faults : list of Fault
        What is wrong is added here.
    digests : dict
        The file's SHA-256 is added here.
    required : bool
        Whether it is a fault that there is none.

    Returns
    -------
    LedgerFile or None
        None where there is no file, or where its columns are not those of the table.
    """
    if not path.is_file():
        missing = Fault(str(path), 0, "", "the file is missing", f"add {schema.file} to the ledger")
        misplaced = fault_of_place(path, str(path))
        if misplaced or required:
            faults.append(misplaced or missing)
        return None
    text, unread = read_utf8(path, str(path))
    faults += unread
    if unread and not text:
        return None
    rows, header, wrong = read_rows(text, schema, str(path))
    wrong += faults_of_cells(rows, schema, header, str(path))
    faults += wrong
    digests[schema.file] = sha256_of(path.read_bytes())
    if not header or any(fault.line <= 1 for fault in wrong):
        return None
    ids = frozenset(rows.column(schema.key[0]).distinct) if is_whole(rows, header, schema, wrong) else None
    lost = len({fault.line for fault in wrong if fault.problem != EMPTY_LINE}.difference(rows.lines.tolist()))
    return LedgerFile(str(path), schema, rows, header, ids, _without(rows, wrong, str(path)), not wrong, lost)


def _without(rows: Sequence[Row], faults: Iterable[Fault], path: str) -> Sequence[Row]:
    """Return the records of a file but for those that a fault is told of."""
    lines = {fault.line for fault in faults if fault.file == path and fault.line > 1}
    return [row for row in rows if row.line not in lines] if lines else rows


def read_record(
    path: Path, faults: list[Fault], digests: dict[str, str]
) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """Read article.yaml and return the bibliographic record, and the ids of the sections as far as they are sound."""
    if not path.is_file():
        missing = Fault(str(path), 0, "", "the file is missing", "add the article's bibliographic record")
        faults.append(fault_of_place(path, str(path)) or missing)
        return None, ()
    text, wrong = read_utf8(path, str(path))
    document, more = read_yaml(text, str(path))
    faults += wrong + more
    digests["article.yaml"] = sha256_of(path.read_bytes())
    value = document.value if isinstance(document.value, dict) else {}
    missing = [key for key in ("title", "authors", "year", "doi", "sections") if not value.get(key)]
    if value or not (wrong or more):
        faults += [Fault(str(path), 1, key, "the key is missing or empty", "add it") for key in missing]
    faults += faults_of_record(document, str(path))
    sections = _sections(document, str(path), faults) if value.get("sections") else ()
    return value or None, sections


def _sections(document: Document, shown: str, faults: list[Fault]) -> tuple[str, ...]:
    """Return the ids of the sections; none where one of them cannot be read."""
    listed = document.value["sections"]
    if not isinstance(listed, list):
        line = document.line(("sections",))
        faults.append(Fault(shown, line, "sections", "not a list", "list each section with id and name"))
        return ()
    ids: list[str] = []
    wrong = []
    for place, section in enumerate(listed):
        line = document.line(("sections", place))
        known = section if isinstance(section, dict) else {}
        if not all(isinstance(known.get(key), str) and known[key].strip() for key in ("id", "name")):
            remedy = "give it id and name, both in quotation marks"
            wrong.append(Fault(shown, line, "sections", "a section without id or name, or one that is no text", remedy))
        elif known["id"] in ids:
            wrong.append(
                Fault(shown, line, "sections", f"{known['id']!r} stands twice", "give each section an id of its own")
            )
        else:
            ids.append(known["id"])
    faults += wrong
    return () if wrong else tuple(ids)


def read_works(path: Path, faults: list[Fault], digests: dict[str, str]) -> tuple[Work, ...]:
    """Read references.json, a list of CSL records, and return them with their lines."""
    if not path.is_file():
        missing = Fault(str(path), 0, "", "the file is missing", "add the reference list as CSL-JSON")
        faults.append(fault_of_place(path, str(path)) or missing)
        return ()
    text, wrong = read_utf8(path, str(path))
    faults += wrong
    if wrong and not text:
        return ()
    digests["references.json"] = sha256_of(path.read_bytes())
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        faults.append(Fault(str(path), line, "", f"not JSON here ({error})", "mend the file"))
        return ()
    works = value if isinstance(value, list) else [None]
    if not all(isinstance(item, dict) and item.get("id") and isinstance(item["id"], str) for item in works):
        faults.append(Fault(str(path), 1, "", "not a list of works with an id each", "write CSL-JSON"))
        return ()
    seen: set[str] = set()
    found = tuple(_works(text))
    for work in found:
        if work.record["id"] in seen:
            problem, remedy = f"{work.record['id']!r} stands twice", "give each work an id of its own"
            faults.append(Fault(str(path), work.line, "id", problem, remedy))
        seen.add(work.record["id"])
    return found


def _works(text: str) -> Iterator[Work]:
    """Yield the works of a list in JSON, each with the line at which it begins."""
    decoder, at, line = json.JSONDecoder(), text.index("[") + 1, 1 + text.count("\n", 0, text.index("["))
    while text[begin := _BETWEEN.match(text, at).end()] != "]":  # type: ignore[union-attr]
        line += text.count("\n", at, begin)
        record, at = decoder.raw_decode(text, begin)
        yield Work(line, record)
        line += text.count("\n", begin, at)
