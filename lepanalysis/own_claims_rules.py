"""What a study's claims.yaml must hold against its other files, and against the ledger of the article."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepanalysis.claim_rules import RULES
from lepanalysis.faults import Fault
from lepanalysis.tables import LARGEST_CELL, read_utf8

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lepanalysis.known import Files, Known

FILE = "claims.yaml"
# A file of a ledger that is larger than this is not looked through for ids.
_LARGEST = LARGEST_CELL


@dataclass(frozen=True)
class Written:
    """A record of claims.yaml: the line at which it begins, those of its keys, and the last at which a value begins."""

    line: int
    value: dict[str, Any]
    lines: Mapping[str, int]
    last: int

    def fault(self, shown: str, key: str, problem: str, remedy: str) -> Fault:
        """Return a fault at a key; where the record lacks it, at its beginning."""
        return Fault(shown, self.lines.get(key, self.line), key, problem, remedy)


def without_faulty(written: Iterable[Written], shown: str, faults: Iterable[Fault]) -> list[Written]:
    """Return records of claims.yaml but for those that a fault is told of: nothing may be verified by halves.

    Parameters
    ----------
    written : iterable of Written
    shown : str
        The file as a fault names it.
    faults : iterable of Fault
    """
    lines = {fault.line for fault in faults if fault.file == shown}
    return [item for item in written if lines.isdisjoint(range(item.line, item.last + 1))]


def ledger_ids(folder: Path) -> dict[str, frozenset[str]]:
    """Return the ids of the entries of a ledger by file, without reading it any further.

    A study may not wait for its article to be opened, and the article's own faults are told where that is read.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    dict
        The name of a file without its ending to the ids in it; a file that cannot be read is absent.
    """
    found = {}
    for name in ("claims", "facts", "themes", "mapping", "method", "quotations", "literature", "citations"):
        path = folder / f"{name}.csv"
        if not path.is_file() or path.stat().st_size > _LARGEST:
            continue
        text, _ = read_utf8(path, path.name)
        try:
            rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
        except csv.Error:
            continue
        if rows:
            found[name] = frozenset(_id_of(name, row) for row in rows[1:])
    return found


def _id_of(name: str, row: list[str]) -> str:
    """Return the id of an entry, as `lepanalysis.entries.id_of` gives it; of a theme its own, which claims name."""
    return f"m-{row[0]}-{row[1].replace(' ', '-')}" if name == "mapping" and len(row) > 1 else row[0]


def faults_of_claims(files: Files, known: Known) -> Iterator[Fault]:
    """Yield every fault of claims.yaml that shows only beside the other files.

    Parameters
    ----------
    files : Files
    known : Known
    """
    if not files.claims and not files.evidence:
        return
    ledger = _ledger_of(files)
    own = {claim.value["id"] for claim in files.claims}
    yield from _ids(files, ledger)
    for item in files.evidence:
        yield from _bound_to(files, item, ledger, own)
        yield from _codes(files, known, item)
        yield from _facts(files, item, ledger)
    for claim in files.claims:
        yield from _codes(files, known, claim)
        yield from _theme(files, known, claim, ledger)
        yield from _beside(files, claim, ledger, own)


def _ledger_of(files: Files) -> dict[str, frozenset[str]] | None:
    """Return the ids of the study's ledger; None where it names none."""
    if not files.record.ledger:
        return None
    return ledger_ids(Path(files.shown["study.yaml"]).parent / files.record.ledger)


def _fault(files: Files, item: Written, key: str, problem: str, remedy: str) -> Fault:
    return item.fault(files.shown[FILE], key, problem, remedy)


def _ids(files: Files, ledger: dict[str, frozenset[str]] | None) -> Iterator[Fault]:
    """Each claim has an id of its own, which the ledger does not use."""
    taken = dict(ledger or {})
    taken["themes"] = frozenset(f"theme-{name}" for name in taken.get("themes", ()))
    seen: dict[str, int] = {}
    for claim in files.claims:
        name = claim.value["id"]
        if name in seen:
            yield _fault(files, claim, "id", f"{name!r} stands already in line {seen[name]}", "choose another")
        seen.setdefault(name, claim.line)
        for file in sorted(file for file, ids in taken.items() if name in ids):
            yield _fault(files, claim, "id", f"{name!r} is an id of the ledger's {file}.csv", "choose another")


def _bound_to(files: Files, item: Written, ledger: dict[str, frozenset[str]] | None, own: set[str]) -> Iterator[Fault]:
    """Evidence is bound to a claim of the ledger."""
    name = item.value["id"]
    if name in own:
        problem, remedy = f"{name!r} is a claim of this file", "write its codes there"
    elif ledger is None:
        # One cause, told once.
        if item is not files.evidence[0]:
            return
        problem, remedy = f"there is no claim {name!r}: the study names no ledger", "name the ledger in study.yaml"
    elif "claims" in ledger and name not in ledger["claims"]:
        problem, remedy = f"there is no claim {name!r} in the ledger", "use an id of its claims.csv"
    else:
        return
    yield Fault(files.shown[FILE], item.line, "evidence", problem, remedy)


def _codes(files: Files, known: Known, item: Written) -> Iterator[Fault]:
    """Codes exist, and are no one coder's where there are several."""
    several = len(files.record.coders) > 1
    for key in ("codes", "against", "with"):
        for code in item.value[key]:
            placed = known.codes.get(code)
            owner = placed.value.get("coder", "") if placed else ""
            if known.lacks("code", code):
                remedy = "use an id of codebook.yaml, or add the code there"
                yield _fault(files, item, key, f"there is no code {code!r}", remedy)
            elif owner and several:
                yield _fault(files, item, key, f"{code!r} is a code of coder {owner}", "use shared codes")


def _facts(files: Files, item: Written, ledger: dict[str, frozenset[str]] | None) -> Iterator[Fault]:
    """Facts are the ledger's, and the attribute is one of the participants'."""
    for fact in item.value["facts"]:
        if ledger is not None and "facts" in ledger and fact not in ledger["facts"]:
            yield _fault(files, item, "facts", f"there is no fact {fact!r} in the ledger", "use an id of its facts.csv")
    attribute, people = item.value["attribute"], files.rows.get("participants")
    if attribute and people is not None and attribute not in people.columns:
        problem = f"participants.csv has no column {attribute!r}"
        yield _fault(files, item, "attribute", problem, f"use one of {', '.join(people.columns)}")


def _theme(files: Files, known: Known, claim: Written, ledger: dict[str, frozenset[str]] | None) -> Iterator[Fault]:
    """The theme of a claim is an agreed one, or one of the ledger's."""
    theme = claim.value.get("theme", "")
    if theme and known.lacks("agreed theme", theme) and theme not in (ledger or {}).get("themes", ()):
        remedy = "use an id of the agreed themes in themes.yaml"
        yield _fault(files, claim, "theme", f"there is no theme {theme!r}", remedy)


def _beside(files: Files, claim: Written, ledger: dict[str, frozenset[str]] | None, own: set[str]) -> Iterator[Fault]:
    """The claim beside another is there, and is another."""
    beside, check = claim.value.get("beside", ""), claim.value.get("check", "")
    if not beside or check not in RULES:
        return
    if beside == claim.value["id"]:
        yield _fault(files, claim, "beside", "the claim stands beside itself", "name another")
    elif beside not in own and not (ledger is not None and beside in ledger.get("claims", {beside})):
        yield _fault(
            files, claim, "beside", f"there is no claim {beside!r}", "name a claim of this file or of the ledger"
        )
