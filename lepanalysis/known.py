"""A study's files as read, and the ids they define, for holding the files against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from lepanalysis.faults import Fault
from lepanalysis.rows import RowsById, rows_of
from lepanalysis.schema import STUDY_TABLES
from lepanalysis.tables import whole_number

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    import pandas as pd

    from lepanalysis.own_claims_rules import Written
    from lepanalysis.records import Placed, StudyRecord
    from lepanalysis.rows import Row, Rows


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
    claims, evidence : list of Written
        The study's own claims, and what is bound to claims of the ledger, out of claims.yaml.
    """

    record: StudyRecord
    rows: dict[str, Rows]
    codes: list[Placed] = field(default_factory=list)
    candidates: list[Placed] = field(default_factory=list)
    agreed: list[Placed] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    claims: list[Written] = field(default_factory=list)
    evidence: list[Written] = field(default_factory=list)

    def fault(self, table: str, row: Row, column: str, problem: str, remedy: str) -> Fault:
        """Return a fault of a row of a CSV file."""
        return Fault(self.shown[STUDY_TABLES[table].file], row.line, column, problem, remedy)

    def yaml_fault(self, file: str, placed: Placed, column: str, problem: str, remedy: str) -> Fault:
        """Return a fault of an entry of a YAML file."""
        return Fault(self.shown[file], placed.line, column, problem, remedy)


@dataclass(frozen=True)
class Known:
    """The ids that may be referred to, by kind; None where they are not all known."""

    ids: dict[str, Container[str] | None]
    messages: RowsById
    codings: CodingsById
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


def coding_ids_of(rows: Rows) -> pd.Series:
    """Return the id of each coding, as `coding_id_of` does for one.

    Parameters
    ----------
    rows : Rows
    """
    import pandas as pd

    given = rows.column("coding_id")
    if given.distinct and "" not in given.distinct:
        return pd.Series(pd.array(given.distinct, dtype="str").take(given.number))
    names = ("coding_id", "coder", "message_id", "code_id", "start", "end")
    cells = zip(*(rows.column(name).take(rows.column(name).distinct).tolist() for name in names), strict=True)
    ids = [given or "/".join(parts).rstrip("/") for given, *parts in cells]
    return pd.Series(ids, dtype="str")


class CodingsById(Mapping[str, "Row"]):
    """Codings by their id, given or derived, of several the first; made when somebody asks."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Wait."""
        self._waiting = rows

    @cached_property
    def _rows(self) -> dict[str, int]:
        """Where each id stands first."""
        found: dict[str, int] = {}
        for place, row in enumerate(self._waiting):
            found.setdefault(coding_id_of(row.cells), place)
        return found

    def __getitem__(self, name: str) -> Row:
        """Return the coding."""
        return self._waiting[self._rows[name]]

    def __iter__(self) -> Iterator[str]:
        """Yield the ids."""
        return iter(self._rows)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._rows)


def known_of(files: Files) -> Known:
    """Collect the ids that the files define.

    Parameters
    ----------
    files : Files
    """
    codes: dict[str, Placed] = {}
    for code in files.codes:
        codes.setdefault(code.value["id"], code)
    codings = CodingsById(files.rows.get("codings", ()))
    messages = _by_id(files, "messages", "message_id")
    candidates = [theme.value.get("id", "") for theme in files.candidates]
    agreed = [theme.value.get("id", "") for theme in files.agreed]
    found: dict[str, tuple[str, Container[str]]] = {
        "message": ("messages.csv", messages),
        "thread": ("threads.csv", _by_id(files, "threads", "thread_id")),
        "participant": ("participants.csv", _by_id(files, "participants", "participant_id")),
        "coder": ("study.yaml", frozenset(coder.id for coder in files.record.coders)),
        "code": ("codebook.yaml", codes),
        "coding": ("codings.csv", codings),
        "candidate theme": ("themes.yaml", frozenset(candidates)),
        "agreed theme": ("themes.yaml", frozenset(agreed)),
        "theme": ("themes.yaml", frozenset([*candidates, *agreed])),
    }
    ids = {kind: None if file in files.unsure else names for kind, (file, names) in found.items()}
    if "threads" not in files.rows:
        ids["thread"] = None  # without the file, threads are what messages name
    return Known(ids, messages, codings, codes)


def _by_id(files: Files, table: str, column: str) -> RowsById:
    """Return rows by their id, of several the first."""
    return RowsById(rows_of(files.rows.get(table, ()), [column]), column)


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
    split = _in_a_pair(text, first, last, quote)
    if split is not None:
        problem = f"offset {split} lies inside a surrogate pair, as UTF-16 counts; offsets count code points"
        yield files.fault(table, row, "start" if split == first else "end", problem, "count code points from 0")
    elif first < 0 or last > len(text) or first >= last:
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


def _in_a_pair(text: str, first: int, last: int, quote: str) -> int | None:
    """Return the offset that would part a surrogate pair if offsets counted UTF-16, where they do count so.

    A code point beyond U+FFFF is one character here and two units in UTF-16. That a coder's program counted units
    shows where an offset lies beyond the last code point and within the last unit, or where the quote is not what
    stands between the code points.
    """
    if 0 <= first < last <= len(text) and (not quote or quote == text[first:last]):
        return None  # as nearly every segment is, and a long text may have very many
    units = [2 if character > "\uffff" else 1 for character in text]
    total = sum(units)
    beyond = len(text) < last <= total
    unlike = bool(quote) and 0 <= first < last <= len(text) and quote != text[first:last]
    if total == len(text) or first < 0 or first >= last or not (beyond or unlike):
        return None
    bounds = {0, *accumulate(units)}
    return next((offset for offset in (first, last) if offset not in bounds), None)
