"""`open_article`: the ledger of an article, what it prints, each record with its locator and class."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lepanalysis.claim_rules import UNITS
from lepanalysis.faults import Fault, MissingTableError, StudyFaultsError
from lepanalysis.ledger_files import LedgerFiles, read_file, read_record, read_works
from lepanalysis.ledger_record import headings_of
from lepanalysis.ledger_rules import CHECKS, faults_between
from lepanalysis.schema import Column, TableSchema
from lepanalysis.tables import Table, to_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lepanalysis.ledger_files import LedgerFile
    from lepanalysis.rows import Row

_LOCATOR = (
    Column("section", "text", required=True),
    Column("paragraph", "integer", required=True),
    Column("sentence", "integer", required=True),
    Column("sentence_sha256", "digest", required=True),
    Column("also_in"),
)


def _table(name: str, key: str, *columns: Column) -> TableSchema:
    """Return the schema of a file of the ledger: its own columns, how it is checked, and the locator."""
    keys = tuple(key.split())
    own = [*(Column(part, "id", required=True) for part in keys), *columns]
    if name in CHECKS:
        own += [Column("checkable", required=True), Column("check", "choice", required=True, choices=CHECKS[name])]
    # What has a check asserts something that is printed; a slip is found by comparing records.
    class_ = Column("class", "choice", required=True, choices=("published",) if name in CHECKS else ("derived",))
    return TableSchema(name, f"{name}.csv", (*own, class_, *_LOCATOR), keys)


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
        _table(
            "literature",
            "quotation_id",
            Column("text", "text", **_REQUIRED),
            Column("cited_as", "text", **_REQUIRED),
            Column("year"),
            Column("pages"),
            Column("citation_id", "id"),
            Column("reference_id", "id"),
            Column("form", "choice", choices=("block", "inline"), **_REQUIRED),
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
        _table("method", "step_id", Column("step", "text", **_REQUIRED), Column("who"), Column("leaves_out")),
        _table(
            "claims",
            "claim_id",
            Column("statement", "text", **_REQUIRED),
            Column("kind", "text", **_REQUIRED),
            Column("quantifier"),
            Column("theme_id", "id"),
            Column("fact_ids", "ids"),
            Column("unit", "choice", choices=UNITS),
            Column("threshold", "number"),
            Column("threshold_from", "number"),
            Column("threshold_to", "number"),
            Column("beside", "id"),
            Column("test"),
            Column("leaves_out"),
        ),
        _table(
            "citations",
            "citation_id",
            Column("form", "choice", choices=("bracketed", "narrative"), **_REQUIRED),
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
# How a record is checked is said by the ledger in every table.
RESTATED = {
    "facts": ("statement",),
    "mapping": ("meaning",),
    "method": ("step", "leaves_out"),
    # Unit, threshold and test make a claim in words countable: they are ours, not the article's.
    "claims": ("statement", "unit", "threshold", "threshold_from", "threshold_to", "beside", "test", "leaves_out"),
    "slips": ("description",),
}
_LEFT_OUT = "the table is left out as a whole: none of its records has a verdict"
_MEND = "mend what is said of the file"
REQUIRED_LEDGER = ("facts", "quotations", "themes", "mapping", "method", "claims", "references")


@dataclass(frozen=True, eq=False)
class Article:
    """The ledger of an article, frozen.

    Parameters
    ----------
    folder : Path
    record : mapping
        article.yaml: its bibliographic record and its sections.
    tables : mapping
        The tables by name.
    references : tuple of dict
        The reference list, CSL-JSON.
    digests : mapping
        SHA-256 of each file.
    on_read : callable, optional
        Called with the name of a table each time one is taken.
    left_out : mapping
        By table how many records were left out because they are at fault: none where the ledger was opened. A table
        that could not be read as a whole is there without records, and counts as one at least.
    unread : tuple of str
        The tables that could not be read as a whole.
    lines : mapping
        By table the line at which each record begins, in their order.
    """

    folder: Path
    record: Mapping[str, Any]
    tables: Mapping[str, Table] = field(repr=False)
    references: tuple[dict[str, Any], ...] = field(repr=False)
    digests: Mapping[str, str] = field(repr=False)
    on_read: Callable[[str], None] | None = field(default=None, repr=False)
    left_out: Mapping[str, int] = field(default_factory=dict, repr=False)
    unread: tuple[str, ...] = ()
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict, repr=False)

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
    def literature(self) -> Table:
        """The quotations from the literature, to the letter."""
        return self.table("literature")

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
    def citations(self) -> Table:
        """The citations in the text."""
        return self.table("citations")

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
    """Read the folder of a ledger and return it, without the records that are at fault, and all its faults.

    Parameters
    ----------
    folder : str or Path
    on_read : callable, optional
        Called with the name of a table each time one is taken.

    Returns
    -------
    article : Article or None
        Without the records that are at fault, and without those of a table that cannot be read as a whole; None where
        article.yaml cannot be read.
    faults : list of Fault
    """
    folder = Path(folder)
    if not folder.is_dir():
        return None, [Fault(str(folder), 0, "", "there is no such folder", "name the folder of the ledger")]
    faults: list[Fault] = []
    digests: dict[str, str] = {}
    files: dict[str, LedgerFile] = {}
    for name, schema in LEDGER_TABLES.items():
        file = read_file(folder / schema.file, schema, faults, digests, required=name in REQUIRED_LEDGER)
        if file is not None:
            files[name] = file
    record, sections = read_record(folder / "article.yaml", faults, digests)
    works = read_works(folder / "references.json", faults, digests)
    faults += faults_between(LedgerFiles(folder, files, sections, works, headings_of(record, sections)))
    wrong = {fault.file for fault in faults}
    unread = tuple(
        name
        for name, schema in LEDGER_TABLES.items()
        if name not in files and (name in REQUIRED_LEDGER or str(folder / schema.file) in wrong)
    )
    if record is None:
        return None, sorted(set(faults))
    kept = {name: file.without(faults) for name, file in files.items()}
    references = str(folder / "references.json")
    at_fault = {fault.line for fault in faults if fault.file == references}
    dropped = {work.record["id"] for work in works if work.line in at_fault}
    if "references" in kept:
        # Where the works cannot be read, no entry of the list can be put together.
        whole = [] if references in wrong and not works else kept["references"]
        kept["references"] = [row for row in whole if row.cells["reference_id"] not in dropped]
    tables = {name: _to_table(files[name], rows, digests) for name, rows in kept.items()}
    article = Article(
        folder,
        MappingProxyType(record),
        MappingProxyType({**tables, **{name: _empty(name, digests) for name in unread}}),
        tuple(work.record for work in works if work.record["id"] not in dropped),
        MappingProxyType(digests),
        on_read,
        MappingProxyType(
            {**{name: files[name].held - len(rows) for name, rows in kept.items()}, **dict.fromkeys(unread, 1)}
        ),
        unread,
        MappingProxyType({name: tuple(row.line for row in rows) for name, rows in kept.items()}),
    )
    return article, sorted(set(faults))


def _empty(name: str, digests: Mapping[str, str]) -> Table:
    """Return a table that could not be read, without records."""
    schema = LEDGER_TABLES[name]
    names = [column.name for column in schema.columns]
    return Table("ledger", name, schema.file, digests.get(schema.file, ""), "published", to_frame([], schema, names))


def left_out_as_a_whole(article: Article) -> list[Fault]:
    """Return a sentence for each table that could not be read as a whole: its entries have no verdict.

    Parameters
    ----------
    article : Article
    """
    return [Fault(str(article.folder / LEDGER_TABLES[name].file), 0, "", _LEFT_OUT, _MEND) for name in article.unread]


def _to_table(file: LedgerFile, rows: Sequence[Row], digests: dict[str, str]) -> Table:
    """Return records of a file as a table that knows their class."""
    schema = file.schema
    frame, restated = to_frame(rows, schema, file.header), (*RESTATED.get(schema.name, ()), "checkable", "check")
    return Table("ledger", schema.name, schema.file, digests[schema.file], "published", frame, restated=restated)
