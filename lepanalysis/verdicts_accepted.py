"""The verdicts that somebody accepted, each with the reason why, held against those of now.

Each row has a digest of its other cells, so that a row which was changed by hand is told. That notices slips; against
whoever makes the digest anew stands the history of the project alone.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepanalysis import places
from lepanalysis.entries import cells_of
from lepanalysis.faults import Fault, UsageError
from lepanalysis.schema import CLASSES, Column, TableSchema
from lepanalysis.tables import faults_of_cells, read_rows, read_utf8
from lepanalysis.verdicts import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lepanalysis.article import Article
    from lepanalysis.study import Study
    from lepanalysis.verdicts import Verdict

FILE = "verdicts.csv"
SEAL = "row_sha256"
_REQUIRED = {"required": True}
SCHEMA = TableSchema(
    "verdicts",
    FILE,
    (
        Column("study_class", "choice", choices=CLASSES, **_REQUIRED),
        Column("entry_id", "id", **_REQUIRED),
        Column("kind", "text", **_REQUIRED),
        Column("verdict", "choice", choices=VERDICTS, **_REQUIRED),
        Column("reason"),
        Column("found"),
        Column("bound_to"),
        Column("accepted_because", "text", **_REQUIRED),
        Column("entry_sha256", "digest", **_REQUIRED),
        Column("entry_cells"),
        Column(SEAL),
    ),
    ("study_class", "entry_id"),
)
_COLUMNS = tuple(column.name for column in SCHEMA.columns)
# What an accepted verdict says of an entry, and how a change of it is told.
_TOLD = {"verdict": "the verdict", "reason": "the reason", "found": "what was found", "bound_to": "its evidence"}
# What a file that was written by an earlier version has not: nothing is told of it there.
_LATER = ("bound_to", "entry_cells")
# So many digits of its digest stand behind a row.
_SEALED = 12
BY_HAND = "changed by hand; only --accept --reason writes it"
UNSEALED = "written by an earlier version, whose rows have no seal: a change by hand would not be noticed"
_RESTORE = (
    "take the row from an earlier commit, or `lepanalysis verify STUDY --accept --reason TEXT`, which accepts it anew"
)
# The cells of an entry stand in one cell: as they are where they are no longer than this, else as a digest begins.
_BETWEEN = " | "
_SHORT = 40
# Quoted words stand in the ledger alone, where whoever withdraws them finds them.
_QUOTED = "text"
_CELL = re.compile(r"([^=#]+)([=#])(.*)")
_DIGITS = 8
# How much of what an entry says now a message gives.
_SHOWN = 60
# What a claim of the study's own binds to itself; told as its evidence.
_EVIDENCE = frozenset({"codes", "against", "with"})


@dataclass(frozen=True)
class Change:
    """One verdict that differs from the accepted one, and in what."""

    entry_id: str
    what: str

    def __str__(self) -> str:
        """Return the entry and what differs."""
        return f"{self.entry_id}: {self.what}"


def file_of(study: Study, article: Article | None) -> Path:
    """Return where the accepted verdicts of a study lie.

    Beside the ledger; for a restricted study, and for one without a ledger, in the study's own folder. What is
    measured over restricted records stays with them.
    """
    folder = study.folder if article is None or study.class_ == "restricted" else article.folder
    return folder / FILE


def read_accepted(path: Path, class_: str) -> tuple[dict[str, dict[str, str]] | None, list[Fault]]:
    """Return the accepted verdicts over studies of a class, by entry.

    Parameters
    ----------
    path : Path
    class_ : str
        The class of the study: one ledger can serve a stand-in and the corpus that it stands for.

    Returns
    -------
    accepted : dict or None
        None where there is no such file, or none in it over studies of this class.
    faults : list of Fault
    """
    if not path.is_file():
        return None, []
    rows, faults, _ = _read(path)
    chosen = {row["entry_id"]: row for row in rows if row["study_class"] == class_}
    return chosen or None, faults


def _read(path: Path) -> tuple[list[dict[str, str]], list[Fault], bool]:
    """Read the whole file; beside its rows and faults, whether its rows are sealed."""
    text, faults = read_utf8(path, str(path))
    if faults and not text:
        return [], faults, True
    rows, header, wrong = read_rows(text, SCHEMA, str(path))
    faults += wrong + faults_of_cells(rows, SCHEMA, header, str(path))
    found = [{name: row.cells.get(name, "") for name in _COLUMNS} for row in rows]
    sealed = SEAL in header or not rows
    if sealed:
        lines = [row.line for row, cells in zip(rows, found, strict=True) if not _fits(cells)]
        faults += [Fault(str(path), line, SEAL, BY_HAND, _RESTORE) for line in lines]
    return found, faults, sealed


def seal_of(row: Mapping[str, str]) -> str:
    """Return the seal of a row: a digest of its other cells, those that are empty left out.

    Examples
    --------
    >>> seal_of({"entry_id": "C1", "reason": ""}) == seal_of({"entry_id": "C1", "row_sha256": "x"})
    True
    """
    cells = {name: cell for name, cell in row.items() if cell and name != SEAL}
    text = json.dumps(cells, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_SEALED]


def _fits(row: Mapping[str, str]) -> bool:
    """Whether a row is as the program wrote it."""
    return row[SEAL] == seal_of(row)


def is_sealed(path: Path) -> bool:
    """Whether the rows of a file have seals; those of an earlier version have none.

    Parameters
    ----------
    path : Path
        Where there is no file, nothing lacks a seal.
    """
    return not path.is_file() or _read(path)[2]


def not_sealing(faults: Sequence[Fault]) -> list[Fault]:
    """Return the faults that accepting anew does not mend: all but those of rows that were changed by hand."""
    return [fault for fault in faults if (fault.column, fault.problem) != (SEAL, BY_HAND)]


def as_accepted(verdict: Verdict, class_: str) -> dict[str, str]:
    """Return what is kept of a verdict when it is accepted, but for the reason."""
    return {
        "study_class": class_,
        "entry_id": verdict.entry.id,
        "kind": verdict.entry.kind,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "found": verdict.found,
        "bound_to": verdict.bound_to,
        "entry_sha256": verdict.entry.digest,
        "entry_cells": _BETWEEN.join(_kept(name, text) for name, text in cells_of(verdict.entry.record).items()),
    }


def _kept(name: str, text: str) -> str:
    """Return what is kept of a cell: itself where it is short, so that a change can say what it was."""
    plain = text.isprintable() and text == text.strip() and not set(text) & set('|"')
    as_it_is = plain and len(text) <= _SHORT and name != _QUOTED
    return f"{name}={text}" if as_it_is else f"{name}#{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _changed_cells(record: Mapping[str, object], kept: str) -> dict[str, str]:
    """Return how the cells of an entry differ from those that were kept, by column, in words."""
    cells = cells_of(record)
    parts = [match.groups() for part in kept.split(_BETWEEN) if (match := _CELL.fullmatch(part))]
    before = {name: (sign, text) for name, sign, text in parts}
    told = {}
    for name in [*cells, *(name for name in before if name not in cells)]:
        text = cells.get(name, "")
        sign, was = before.get(name, ("=", ""))
        if was == (text if sign == "=" else _digest(text)):
            continue
        line = " ".join(text.split())
        shown = repr(line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1].rstrip()}\u2026") if text else "empty"
        told[name] = f"was {repr(was) if was else 'empty'} and is {shown}" if sign == "=" else f"is now {shown}"
    return told


def changes(verdicts: Sequence[Verdict], accepted: Mapping[str, Mapping[str, str]], class_: str) -> list[Change]:
    """Return how the verdicts of now differ from the accepted ones, entry by entry.

    Parameters
    ----------
    verdicts : sequence of Verdict
    accepted : mapping
        As from `read_accepted`.
    class_ : str
        The class of the study.
    """
    found = []
    for verdict in verdicts:
        now, before = as_accepted(verdict, class_), accepted.get(verdict.entry.id)
        if before is None:
            found.append(Change(verdict.entry.id, f"{verdict.verdict}, and no verdict on it was accepted"))
            continue
        differ = [name for name in now if now[name] != before[name] and (before["entry_cells"] or name not in _LATER)]
        told = [
            f"{words} was {before[name] or 'none'!r} and is {now[name] or 'none'!r}"
            for name, words in _TOLD.items()
            if name in differ
        ]
        if "kind" in differ:
            told.append(f"it was accepted as a {before['kind']} and is a {now['kind']}")
        if "entry_sha256" in differ:
            told += _of_entry(verdict, before["entry_cells"], evidence="bound_to" in differ)
        if told:
            found.append(Change(verdict.entry.id, "; ".join(told)))
    there = {verdict.entry.id for verdict in verdicts}
    found += [
        Change(name, f"accepted as {row['verdict']}, and the ledger has no such entry any more")
        for name, row in accepted.items()
        if name not in there
    ]
    return found


def _of_entry(verdict: Verdict, kept: str, *, evidence: bool) -> list[str]:
    """Return that an entry changed: which of its cells, and what they were and are, as far as that is known."""
    since = "changed since its verdict was accepted"
    cells = _changed_cells(verdict.entry.record, kept) if kept else {}
    if not cells:
        return [f"the entry itself ({verdict.entry.where}) {since}"]
    # A change of evidence that was told already is not told twice.
    cells = {name: words for name, words in cells.items() if not (evidence and name in _EVIDENCE)}
    if len(cells) == 1:
        return [f"{name} {since}: it {words}" for name, words in cells.items()]
    details = "; ".join(f"{name} {words}" for name, words in cells.items())
    return [f"{', '.join(cells)} {since}: {details}"] if cells else []


def accept(path: Path, verdicts: Sequence[Verdict], class_: str, because: str) -> list[str]:
    """Take the verdicts of now as accepted and return the entries whose record changed.

    A verdict that stays as it was keeps the reason with which it was accepted, unless its row was changed by hand.
    Verdicts over studies of other classes stay as they are, also with a seal that does not fit.

    Parameters
    ----------
    path : Path
    verdicts : sequence of Verdict
    class_ : str
        The class of the study.
    because : str
        Why the changed ones are accepted: a sentence to whoever reads the file.

    Raises
    ------
    UsageError
        When no reason is given.
    """
    if not because.strip():
        raise UsageError("a verdict is accepted with a reason; say with --reason why these are right")
    kept, _, sealed = _read(path) if path.is_file() else ([], [], True)
    before = {row["entry_id"]: row for row in kept if row["study_class"] == class_}
    rows, changed = [], []
    for verdict in verdicts:
        row = as_accepted(verdict, class_)
        old = before.pop(verdict.entry.id, None)
        same = (
            old is not None
            and (_fits(old) or not sealed)
            and all(old[name] == cell for name, cell in row.items() if old["entry_cells"] or name not in _LATER)
        )
        if not same:
            changed.append(verdict.entry.id)
        rows.append({**row, "accepted_because": old["accepted_because"] if same and old else " ".join(because.split())})
    changed += list(before)
    rows = [{**row, SEAL: seal_of(row)} for row in rows]
    others = [row if sealed else {**row, SEAL: seal_of(row)} for row in kept if row["study_class"] != class_]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted([*others, *rows], key=lambda row: CLASSES.index(row["study_class"])))
    places.write_whole(path, stream.getvalue().encode())
    return changed
