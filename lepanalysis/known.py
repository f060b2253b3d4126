"""A study's files as read, and the ids they define, for holding the files against each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lepanalysis.faults import Fault
from lepanalysis.schema import STUDY_TABLES
from lepanalysis.tables import whole_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lepanalysis.records import Placed, StudyRecord
    from lepanalysis.tables import Row


@dataclass(frozen=True)
class Files:
    """A study's files as read, before they are held against each other.

    Parameters
    ----------
    record : StudyRecord
    rows : dict
        Rows by table name; a table is absent where its file is.
    codes, candidates, agreed : list of Placed
        Entries of codebook.yaml and themes.yaml.
    shown : dict
        How a fault names each file, by file name.
    unsure : frozenset of str
        Files out of which some record could not be read: an id that is in none of the others is no fault then.
    """

    record: StudyRecord
    rows: dict[str, list[Row]]
    codes: list[Placed] = field(default_factory=list)
    candidates: list[Placed] = field(default_factory=list)
    agreed: list[Placed] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()

    def fault(self, table: str, row: Row, column: str, problem: str, remedy: str) -> Fault:
        """Return a fault of a row of a CSV file."""
        return Fault(self.shown[STUDY_TABLES[table].file], row.line, column, problem, remedy)

    def yaml_fault(self, file: str, placed: Placed, column: str, problem: str, remedy: str) -> Fault:
        """Return a fault of an entry of a YAML file."""
        return Fault(self.shown[file], placed.line, column, problem, remedy)


@dataclass(frozen=True)
class Known:
    """The ids that may be referred to, by kind; None where they are not all known."""

    ids: dict[str, frozenset[str] | None]
    messages: dict[str, Row]
    codings: dict[str, Row]
    codes: dict[str, Placed]

    def lacks(self, kind: str, name: str) -> bool:
        """Whether there is certainly no such record."""
        ids = self.ids.get(kind)
        return ids is not None and name not in ids


# What to do where an id refers to nothing.
REMEDIES = {
    "message": "use an id of messages.csv",
    "thread": "use an id of threads.csv, or add the thread there",
    "participant": "use an id of participants.csv, or add the person there",
    "coder": "use an id of the coders in study.yaml, or add the coder there",
    "code": "use an id of codebook.yaml, or add the code there",
    "coding": "use an id of codings.csv",
    "candidate theme": "use an id of the candidate themes in themes.yaml",
    "agreed theme": "use an id of the agreed themes in themes.yaml",
    "theme": "use an id of the themes in themes.yaml",
}


def coding_id_of(cells: dict[str, str]) -> str:
    """Return the id of a coding: as given, or derived from what makes the row one of a kind."""
    if cells.get("coding_id"):
        return cells["coding_id"]
    parts = [cells.get(name, "") for name in ("coder", "message_id", "code_id", "start", "end")]
    return "/".join(parts).rstrip("/")


def known_of(files: Files) -> Known:
    """Collect the ids that the files define.

    Parameters
    ----------
    files : Files
    """
    codes: dict[str, Placed] = {}
    for code in files.codes:
        codes.setdefault(code.value["id"], code)
    codings: dict[str, Row] = {}
    for row in files.rows.get("codings", []):
        codings.setdefault(coding_id_of(row.cells), row)
    messages = _by_id(files.rows.get("messages", []), "message_id")
    candidates = [theme.value.get("id", "") for theme in files.candidates]
    agreed = [theme.value.get("id", "") for theme in files.agreed]
    found: dict[str, tuple[str, Iterable[str]]] = {
        "message": ("messages.csv", messages),
        "thread": ("threads.csv", _by_id(files.rows.get("threads", []), "thread_id")),
        "participant": ("participants.csv", _by_id(files.rows.get("participants", []), "participant_id")),
        "coder": ("study.yaml", [coder.id for coder in files.record.coders]),
        "code": ("codebook.yaml", codes),
        "coding": ("codings.csv", codings),
        "candidate theme": ("themes.yaml", candidates),
        "agreed theme": ("themes.yaml", agreed),
        "theme": ("themes.yaml", [*candidates, *agreed]),
    }
    ids = {kind: None if file in files.unsure else frozenset(names) for kind, (file, names) in found.items()}
    if "threads" not in files.rows:
        ids["thread"] = None  # without the file, threads are what messages name
    return Known(ids, messages, codings, codes)


def _by_id(rows: Iterable[Row], column: str) -> dict[str, Row]:
    """Return rows by their id, of several the first."""
    found: dict[str, Row] = {}
    for row in rows:
        if row.cells.get(column):
            found.setdefault(row.cells[column], row)
    return found


def on_circles(links: Mapping[str, str]) -> set[str]:
    """Return the records from which following the links leads back to themselves.

    Parameters
    ----------
    links : mapping
        From each record's id to the one it names.
    """
    found: set[str] = set()
    done: set[str] = set()
    for start in links:
        path: dict[str, int] = {}
        current = start
        while current in links and current not in path and current not in done:
            path[current] = len(path)
            current = links[current]
        if current in path:
            found.update(name for name, place in path.items() if place >= path[current])
        done.update(path)
    return found


def faults_of_segment(files: Files, table: str, row: Row, text: str) -> Iterator[Fault]:
    """Offsets are both there or both absent, in order and inside the text; the quote is what stands there.

    Parameters
    ----------
    files : Files
    table : str
    row : Row
        Of that table, with start, end and perhaps quote.
    text : str
        The text of the message.
    """
    start, end = row.cells.get("start", ""), row.cells.get("end", "")
    quote = row.cells.get("quote", "")
    if bool(start) != bool(end):
        yield files.fault(
            table, row, "end" if start else "start", "one offset of two", "give start and end, or neither"
        )
        return
    if not start:
        if quote and quote != text:
            yield files.fault(
                table, row, "quote", "it is not the text of the message", "leave it empty, or give start and end"
            )
        return
    first, last = whole_number(start), whole_number(end)
    if first is None or last is None:
        return
    if first < 0 or last > len(text) or first >= last:
        yield files.fault(
            table,
            row,
            "start",
            f"offsets {first} to {last} do not lie in order inside the text of {len(text)} characters",
            "count code points from 0; the end is exclusive",
        )
    elif quote and quote != text[first:last]:
        found = text.find(quote)
        remedy = f"the words stand at {found} to {found + len(quote)}" if found >= 0 else "copy the words of the text"
        yield files.fault(table, row, "quote", f"the text reads {_short(text[first:last])} between the offsets", remedy)


def _short(text: str, length: int = 60) -> str:
    """Return the beginning of a text, quoted."""
    return repr(text if len(text) <= length else text[: length - 1] + "…")
