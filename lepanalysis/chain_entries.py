"""What a ledger asserts, entry by entry, as `lepanalysis why` tells it: record, place in print, verdict, where printed.

Made when a paper is put together, from the verdicts that its build worked out, and stored beside the chains of its
exhibits.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from lepanalysis import attestation, places
from lepanalysis.article import LEDGER_TABLES
from lepanalysis.entries import id_of
from lepanalysis.own_claims import read_claims
from lepanalysis.own_claims_rules import FILE
from lepanalysis.tables import read_rows, read_utf8
from lepanalysis.verdicts import NEVER_CHECKED, UNCHECKED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from lepanalysis.article import Article
    from lepanalysis.entries import Entry
    from lepanalysis.study import Study
    from lepanalysis.verdicts import Verdict

# The columns in which an exhibit names the entries that it prints, beside the ids of their own tables.
_IDS = ("entry_id", "claim_id", "step_id")
# What stands in one row where an exhibit prints an entry without its id.
_WORDS = {"facts": ("name", "value"), "themes": ("name",), "mapping": ("term",), "quotations": ("text",)}
# A fact is an exhibit under this and its id.
FACT = "fact-"


def entries(
    folder: Path,
    exhibits: Mapping[str, Mapping[str, Any]],
    verdicts: Sequence[Verdict],
    evidence: tuple[Study, Article | None],
    names: Mapping[str, str],
) -> dict[str, dict[str, Any]]:
    """Return what there is to say of every entry, by id, as plain data; the same for the same build.

    Parameters
    ----------
    folder : Path
        The build, with the data of its exhibits.
    exhibits : mapping
        What the paper shows, by id.
    verdicts : sequence of Verdict
    evidence : tuple of Study and Article or None
    names : mapping
        What the paper calls figures and tables, by id.

    Returns
    -------
    dict
        For each entry ``id``, ``kind``, ``statement``, ``file``, ``line``, ``section``, ``paragraph``, ``sentence``,
        ``sentence_sha256``, ``in_print`` (whether it is known to equal the article's text), ``check``, ``test``,
        ``bound_to``, ``verdict``, ``reason``, ``evidence``, ``class`` and ``printed_in`` (id and name of exhibits).
    """
    study, article = evidence
    attested = attestation.read_attestation(article.folder)[0] if article is not None else None
    lines = _lines(study, article, {item.entry.table for item in verdicts})
    shown = {id_: _rows(folder, exhibit) for id_, exhibit in exhibits.items()}
    found = {}
    for item in verdicts:
        entry = item.entry
        file, line = lines.get((entry.table, entry.id), ("", 0))
        found[entry.id] = {
            "id": entry.id,
            "kind": entry.kind,
            "statement": entry.statement,
            "file": file,
            "line": line,
            "section": entry.section,
            "paragraph": entry.paragraph,
            "sentence": entry.sentence,
            "sentence_sha256": entry.sentence_sha256,
            "in_print": _in_print(entry, attested),
            "check": entry.check,
            "test": item.test,
            "bound_to": item.bound_to,
            "verdict": item.verdict,
            "reason": item.reason,
            "evidence": item.evidence,
            "class": item.class_,
            "printed_in": [
                {"id": id_, "name": names.get(id_, "")}
                for id_, exhibit in exhibits.items()
                if _prints(entry, exhibit, shown[id_])
            ],
        }
    return found


def _in_print(entry: Entry, attested: attestation.Attestation | None) -> str:
    """Say whether an entry is known to equal the article's text; nothing of one that stands in none."""
    if not entry.sentence_sha256:
        return ""
    if attested is None:
        return NEVER_CHECKED
    if attestation.state_of(entry, attested) != "equal":
        return UNCHECKED
    return f"equal to the article's text with the digest {attested.article_sha256[:12]}, as of this ledger"


def _lines(study: Study, article: Article | None, tables: Iterable[str]) -> dict[tuple[str, str], tuple[str, int]]:
    """Return the file, as a person finds it, and the line of each entry, by table and id."""
    found = {}
    for name in tables:
        if name == "own_claims":
            file = f"{places.shown(study.folder)}/{FILE}"
            for written in read_claims(read_utf8(study.folder / FILE, file)[0], file)[0]:
                found[name, written.value["id"]] = (file, written.line)
        elif article is not None:
            schema = LEDGER_TABLES[name]
            file = f"{places.shown(article.folder)}/{schema.file}"
            rows, _, _ = read_rows(read_utf8(article.folder / schema.file, file)[0], schema, file)
            found.update({(name, id_of(name, row.cells)): (file, row.line) for row in rows})
    return found


def _rows(folder: Path, exhibit: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the data of a table or a figure."""
    file = exhibit["files"].get("csv", "")
    if not file or not (folder / file).is_file():
        return []
    with (folder / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _prints(entry: Entry, exhibit: Mapping[str, Any], rows: Sequence[Mapping[str, str]]) -> bool:
    """Whether an exhibit prints an entry: it is the entry, names it in a row, or has its words in a row."""
    if exhibit["id"] in {entry.id, f"{FACT}{entry.id}"}:
        return any(source["table"] == entry.table for source in exhibit["inputs"])
    if not rows or not any(source["table"] == entry.table for source in exhibit["inputs"]):
        return False
    named = [name for name in _IDS if name in rows[0]]
    if any(row[name] == entry.id for row in rows for name in named):
        return True
    words = {str(entry.record[name]) for name in _WORDS.get(entry.table, ())}
    return bool(words) and any(words <= set(row.values()) for row in rows)
