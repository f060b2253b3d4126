"""`open_article`: the ledger of an article, what it prints, each record with its locator and class."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lepanalysis.faults import Fault, MissingTableError, StudyFaultsError
from lepanalysis.schema import CLASSES, Column, TableSchema
from lepanalysis.tables import Table, fault_of_place, faults_of_cells, read_rows, read_utf8, sha256_of, to_frame
from lepanalysis.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LOCATOR = (
    Column("class", "choice", required=True, choices=CLASSES),
    Column("section", "text", required=True),
    Column("paragraph", "integer", required=True),
    Column("sentence", "integer", required=True),
    Column("sentence_sha256", "digest", required=True),
    Column("also_in"),
)


def _table(name: str, key: str, *columns: Column) -> TableSchema:
    """Return the schema of a file of the ledger: its own columns and the locator."""
    keys = tuple(key.split())
    return TableSchema(
        name, f"{name}.csv", (*(Column(part, "id", required=True) for part in keys), *columns, *_LOCATOR), keys
    )


_REQUIRED = {"required": True}
LEDGER_TABLES: dict[str, TableSchema] = {
    table.name: table
    for table in (
        _table(
            "facts",
            "fact_id",
            Column("name", "text", **_REQUIRED),
            Column("value", "text", **_REQUIRED),
            Column("unit"),
            Column("statement"),
        ),
        _table(
            "quotations",
            "quotation_id",
            Column("message_id", "id", **_REQUIRED),
            Column("attributed_to", "text", **_REQUIRED),
            Column("theme_id", "id", **_REQUIRED),
            Column("form", "choice", choices=("block", "inline"), **_REQUIRED),
            Column("in_quotation_marks", "choice", choices=("yes", "no"), **_REQUIRED),
            Column("text", "text", **_REQUIRED),
            Column("printed_after"),
        ),
        _table("themes", "theme_id", Column("name", "text", **_REQUIRED), Column("position", "integer", **_REQUIRED)),
        _table(
            "mapping",
            "theme_id dimension",
            Column("term", "text", **_REQUIRED),
            Column("meaning"),
            Column("source_keys", "ids"),
        ),
        _table("method", "step_id", Column("step", "text", **_REQUIRED), Column("who")),
        _table(
            "claims",
            "claim_id",
            Column("statement", "text", **_REQUIRED),
            Column("kind", "text", **_REQUIRED),
            Column("quantifier"),
            Column("theme_id", "id"),
            Column("fact_ids", "ids"),
            Column("checkable"),
            Column("check", "choice", choices=("count", "period", "quotations", "theme-names")),
        ),
        _table(
            "citations",
            "citation_id",
            Column("form"),
            Column("cited_as", "text", **_REQUIRED),
            Column("year"),
            Column("pages"),
            Column("reference_id", "id"),
        ),
        _table("references", "reference_id", Column("position", "integer", **_REQUIRED)),
        _table("slips", "slip_id", Column("kind", "text", **_REQUIRED), Column("description", "text", **_REQUIRED)),
    )
}
# Columns in which a ledger says in its own words what the article says in others: what shows them carries nothing over.
RESTATED = {
    "facts": ("statement",),
    "mapping": ("meaning",),
    "method": ("step",),
    "claims": ("statement",),
    "slips": ("description",),
}
REQUIRED_LEDGER = ("facts", "quotations", "themes", "mapping", "method", "claims", "references")
# The facts that a claim with the check `count` can rest on, and the table of a study whose records are counted.
COUNTED = {
    "participants": "participants",
    "threads": "threads",
    "messages": "messages",
    "themes": "agreed_themes",
}
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
# Themes and facts that other records of the ledger name.
_REFERS = (
    ("quotations", "theme_id", "themes", "theme_id"),
    ("mapping", "theme_id", "themes", "theme_id"),
    ("mapping", "source_keys", "references", "reference_id"),
    ("claims", "theme_id", "themes", "theme_id"),
    ("claims", "fact_ids", "facts", "fact_id"),
    ("citations", "reference_id", "references", "reference_id"),
)


@dataclass(frozen=True, eq=False)
class Article:
    """The ledger of an article, frozen: its tables, its bibliographic record and its reference list."""

    folder: Path
    record: Mapping[str, Any]
    tables: Mapping[str, Table] = field(repr=False)
    references: tuple[dict[str, Any], ...] = field(repr=False)
    digests: Mapping[str, str] = field(repr=False)
    on_read: Callable[[str], None] | None = field(default=None, repr=False)

    def has(self, name: str) -> bool:
        """Whether the ledger holds such a table; asking does not count as reading."""
        return name in self.tables

    def table(self, name: str) -> Table:
        """Return a table of the ledger by name.

        Raises
        ------
        MissingTableError
            When there is no such file.
        """
        if name not in self.tables:
            message = f"the ledger in {self.folder.name} has no {name}.csv"
            raise MissingTableError(message)
        if self.on_read is not None:
            self.on_read(name)
        return self.tables[name]

    @property
    def facts(self) -> Table:
        """The figures and facts that the article states."""
        return self.table("facts")

    @property
    def quotations(self) -> Table:
        """The participants' quotations, to the letter."""
        return self.table("quotations")

    @property
    def themes(self) -> Table:
        """The themes by the names that the article prints."""
        return self.table("themes")

    @property
    def mapping(self) -> Table:
        """The conceptual mapping, one row a cell."""
        return self.table("mapping")

    @property
    def method(self) -> Table:
        """The steps of the analysis."""
        return self.table("method")

    @property
    def claims(self) -> Table:
        """The empirical claims."""
        return self.table("claims")

    @property
    def slips(self) -> Table:
        """The slips of the printed text."""
        return self.table("slips")

    def fact(self, fact_id: str) -> str:
        """Return the value of a fact as printed.

        Raises
        ------
        KeyError
            When the ledger has no such fact.
        """
        frame = self.facts.frame
        found = frame.loc[frame["fact_id"] == fact_id, "value"]
        if found.empty:
            raise KeyError(fact_id)
        return str(found.iloc[0])


def open_article(folder: str | Path, *, on_read: Callable[[str], None] | None = None) -> Article:
    """Open the folder of an article's ledger.

    Parameters
    ----------
    folder : str or Path
    on_read : callable, optional
        Called with the name of a table each time one is taken.

    Raises
    ------
    StudyFaultsError
        With every fault of every file, when there is any.
    """
    article, faults = read_article(folder, on_read=on_read)
    if article is None or faults:
        raise StudyFaultsError(faults)
    return article


def read_article(
    folder: str | Path, *, on_read: Callable[[str], None] | None = None
) -> tuple[Article | None, list[Fault]]:
    """Read the folder of a ledger and return it with all its faults; None where it cannot be read at all."""
    folder = Path(folder)
    if not folder.is_dir():
        return None, [Fault(str(folder), 0, "", "there is no such folder", "name the folder of the ledger")]
    faults: list[Fault] = []
    digests: dict[str, str] = {}
    frames = {}
    lines: dict[str, list[int]] = {}
    for name, schema in LEDGER_TABLES.items():
        path = folder / schema.file
        if not path.is_file():
            missing = Fault(str(path), 0, "", "the file is missing", f"add {schema.file} to the ledger")
            misplaced = fault_of_place(path, str(path))
            if misplaced or name in REQUIRED_LEDGER:
                faults.append(misplaced or missing)
            continue
        text, unread = read_utf8(path, str(path))
        faults += unread
        if unread and not text:
            continue
        rows, header, wrong = read_rows(text, schema, str(path))
        wrong += faults_of_cells(rows, schema, header, str(path))
        faults += wrong
        digests[schema.file] = sha256_of(path.read_bytes())
        lines[name] = [row.line for row in rows]
        if not wrong:
            frames[name] = to_frame(rows, schema, header)
    record = _read_record(folder, faults, digests)
    references = _read_references(folder, faults, digests)
    faults += _references_between(folder, frames, lines)
    faults += _references_listed(folder, frames, lines, references)
    faults += _checks(folder, frames, lines)
    tables = {
        name: Table(
            "ledger",
            name,
            f"{name}.csv",
            digests[f"{name}.csv"],
            "published",
            frame,
            restated=RESTATED.get(name, ()),
        )
        for name, frame in frames.items()
    }
    if record is None or any(name not in tables for name in REQUIRED_LEDGER):
        return None, sorted(set(faults))
    article = Article(
        folder,
        MappingProxyType(record),
        MappingProxyType(tables),
        tuple(references),
        MappingProxyType(digests),
        on_read,
    )
    return article, sorted(set(faults))


def _read_record(folder: Path, faults: list[Fault], digests: dict[str, str]) -> dict[str, Any] | None:
    """Read article.yaml, the bibliographic record."""
    path = folder / "article.yaml"
    if not path.is_file():
        missing = Fault(str(path), 0, "", "the file is missing", "add the article's bibliographic record")
        faults.append(fault_of_place(path, str(path)) or missing)
        return None
    text, wrong = read_utf8(path, str(path))
    document, more = read_yaml(text, str(path))
    faults += wrong + more
    digests["article.yaml"] = sha256_of(path.read_bytes())
    value = document.value if isinstance(document.value, dict) else {}
    missing = [key for key in ("title", "authors", "year", "doi") if not value.get(key)]
    if value or not (wrong or more):
        faults += [Fault(str(path), 1, key, "the key is missing or empty", "add it") for key in missing]
    return value or None


def _read_references(folder: Path, faults: list[Fault], digests: dict[str, str]) -> list[dict[str, Any]]:
    """Read references.json, a list of CSL records."""
    path = folder / "references.json"
    if not path.is_file():
        missing = Fault(str(path), 0, "", "the file is missing", "add the reference list as CSL-JSON")
        faults.append(fault_of_place(path, str(path)) or missing)
        return []
    text, wrong = read_utf8(path, str(path))
    faults += wrong
    if wrong and not text:
        return []
    digests["references.json"] = sha256_of(path.read_bytes())
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        faults.append(Fault(str(path), line, "", f"not JSON here ({error})", "mend the file"))
        return []
    works = value if isinstance(value, list) else [None]
    if not all(isinstance(item, dict) and item.get("id") and isinstance(item["id"], str) for item in works):
        faults.append(Fault(str(path), 1, "", "not a list of works with an id each", "write CSL-JSON"))
        return []
    ids = [item["id"] for item in value]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        faults.append(Fault(str(path), 1, "id", f"{name!r} stands twice", "give each work an id of its own"))
    return value


def _references_between(folder: Path, frames: dict[str, Any], lines: dict[str, list[int]]) -> list[Fault]:
    """Return ids of the ledger that refer to nothing."""
    faults = []
    for table, column, target, key in _REFERS:
        if table not in frames or target not in frames:
            continue
        known = set(frames[target][key])
        for line, cell in zip(lines[table], frames[table][column], strict=True):
            for part in cell if isinstance(cell, tuple) else (cell,):
                if part and part not in known:
                    problem = f"there is no {part!r} in {target}.csv"
                    remedy = f"use an id of {target}.csv"
                    faults.append(Fault(str(folder / f"{table}.csv"), line, column, problem, remedy))
    return faults


def _references_listed(
    folder: Path, frames: dict[str, Any], lines: dict[str, list[int]], references: list[dict[str, Any]]
) -> list[Fault]:
    """Return where references.csv (with the locators) and references.json (with the works) part."""
    if "references" not in frames or not references:
        return []
    frame = frames["references"].sort_values("position", kind="stable")
    listed, given = list(frame["reference_id"]), [work["id"] for work in references]
    if listed == given:
        return []
    shorter = min(len(listed), len(given))
    at = next((n for n in range(shorter) if listed[n] != given[n]), shorter)
    line = lines["references"][frame.index[at]] if at < len(listed) else max(lines["references"], default=1)
    problem = f"{len(listed)} works, where references.json has {len(given)}; they part at work {at + 1}"
    return [Fault(str(folder / "references.csv"), line, "reference_id", problem, "keep the two lists the same")]


def _checks(folder: Path, frames: dict[str, Any], lines: dict[str, list[int]]) -> list[Fault]:
    """Return claims whose check lacks the facts that it needs."""
    if "claims" not in frames or "facts" not in frames:
        return []
    values = dict(zip(frames["facts"]["fact_id"], frames["facts"]["value"], strict=True))
    faults = []
    for line, check, facts in zip(
        lines["claims"], frames["claims"]["check"], frames["claims"]["fact_ids"], strict=True
    ):
        if check == "count" and (len(facts) != 1 or facts[0] not in COUNTED):
            remedy = f"name one out of {', '.join(COUNTED)}"
        elif check == "period" and not (len(facts) == 2 and all(_MONTH.fullmatch(values.get(f, "")) for f in facts)):
            remedy = "name two facts whose values are months, such as 2013-09: the first and the last"
        else:
            continue
        problem = f"the check {check!r} cannot rest on {';'.join(facts) or 'no fact'}"
        faults.append(Fault(str(folder / "claims.csv"), line, "fact_ids", problem, remedy))
    return faults
