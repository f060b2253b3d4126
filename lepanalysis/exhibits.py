"""The register: every number, table, figure and quotation that a notebook makes, with what it rests on.

A notebook opens a register, takes its tables from it, registers what it shows and closes it. The register
works out the class of each exhibit from the records it rests on; nobody types one.
"""

from __future__ import annotations

import json
import math
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lepanalysis import display, marked, places
from lepanalysis.adjudication_rules import check_decisions
from lepanalysis.article import Article, read_article
from lepanalysis.citation_rules import check_citations
from lepanalysis.faults import Fault, LepanalysisError, StudyFaultsError
from lepanalysis.figures import Drawing
from lepanalysis.marked import MarkedTable
from lepanalysis.publication import check_published
from lepanalysis.schema import highest_class
from lepanalysis.study import Study, read_study
from lepanalysis.tables import Source, Table, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

ORIGINS = ("article", "addition")
KINDS = ("number", "table", "figure", "quotation")
# Columns that say where a record stands; a number that happens to be one of these is not carried over from them.
_LOCATORS = frozenset({"class", "section", "paragraph", "sentence", "sentence_sha256", "also_in"})
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

CLASS_SENTENCES = {
    "restricted": "Restricted: rests on records that are not public.",
    "stand-in": "Stand-in: rests on invented records and says nothing about the data of any study.",
    "open": "Open: rests on records that anyone can get.",
    "derived": "Derived: computed or restated from what the article prints, and from nothing else.",
    "published": "Published: carried over from what the article prints.",
}
ORIGIN_SENTENCES = {
    "article": "The article prints or states it.",
    "addition": "An addition of this compendium: the article prints no such thing.",
}


class ExhibitError(LepanalysisError):
    """Something about an exhibit is wrong: its id, what it rests on, or an input that no exhibit names."""


@dataclass(frozen=True)
class Quotation:
    """A quotation as it is set in the paper.

    Parameters
    ----------
    text : str
        To the letter, with the editorial marks of whoever quotes.
    message_id : str
    code_name : str
        The person it is attributed to.
    form : str
        ``block`` or ``inline``.
    in_quotation_marks : bool
        Whether quotation marks stand around it in print.
    theme_id : str
    """

    text: str
    message_id: str
    code_name: str
    form: str = "block"
    in_quotation_marks: bool = False
    theme_id: str = ""


@dataclass(frozen=True)
class Exhibit:
    """One thing that a paper can show, with its provenance.

    `shown` holds what the paper prints: for a number its text; for a table its columns and rows as text;
    for a figure its alternative text; for a quotation its parts.
    """

    id: str
    kind: str
    class_: str
    origin: str
    caption: str
    note: str
    inputs: tuple[Source, ...]
    shown: Mapping[str, Any] = field(repr=False)
    files: Mapping[str, str] = field(default_factory=dict)

    def _ipython_display_(self) -> None:
        """Show nothing when a cell ends with it: it was shown when it was registered."""

    def as_record(self) -> dict[str, Any]:
        """Return the exhibit as plain data for JSON."""
        return {
            "id": self.id,
            "kind": self.kind,
            "class": self.class_,
            "origin": self.origin,
            "caption": self.caption,
            "note": self.note,
            "inputs": [
                {("class" if key == "class_" else key): value for key, value in asdict(source).items()}
                for source in self.inputs
            ],
            "shown": dict(self.shown),
            "files": dict(self.files),
        }


class Register:
    """The exhibits of one notebook, in the order in which they were registered.

    Opened by `open_register`. It is the one object of the library that changes: a notebook adds to it cell
    by cell.
    """

    def __init__(self, study: Study, article: Article | None, notebook: str, out: Path | None) -> None:
        self._reads: set[tuple[str, str]] = set()
        self._named: set[tuple[str, str]] = set()
        self._exhibits: dict[str, Exhibit] = {}
        self._out = out
        self.notebook = notebook
        self.study = Study(
            study.folder, study.record, study.tables, study.digests, lambda name: self._reads.add(("study", name))
        )
        self.article = article and Article(
            article.folder,
            article.record,
            article.tables,
            article.references,
            article.digests,
            lambda name: self._reads.add(("ledger", name)),
        )

    def banner(self) -> None:
        """Show what the notebook runs over, by class."""
        display.show_banner(self.study.title, self.study.class_, CLASS_SENTENCES[self.study.class_])

    def register(
        self,
        id: str,  # noqa: A002 - the word that the design gives it
        value: Any,  # noqa: ANN401 - a number, a word, a frame, a drawing or a quotation
        *,
        from_: Sequence[Table],
        origin: str,
        caption: str,
        note: str = "",
        format: str = "",  # noqa: A002 - as in format()
        labels: Mapping[str, str] | None = None,
        formats: Mapping[str, str] | None = None,
    ) -> Exhibit:
        """Add an exhibit, write its files and show it.

        Parameters
        ----------
        id : str
            Lower-case words joined by hyphens, unique in the build: n-… a number, tbl-… a table, fig-… a
            figure, q-… a quotation.
        value : int, float, str, pandas.DataFrame, MarkedTable, Drawing or Quotation
        from_ : sequence of Table
            What it rests on; its class is the one that binds most among their records.
        origin : str
            ``article`` where it regenerates something the article prints or states, else ``addition``.
        caption : str
        note : str, optional
            What stands below it.
        format : str, optional
            How a number is written, as for `format`.
        labels : mapping, optional
            Headings of a table's columns, by column.
        formats : mapping, optional
            How a table's numbers are written, by column.

        Raises
        ------
        ExhibitError
            When the id is taken or ill-formed, when nothing is named that it rests on, or when the origin or
            the kind is unknown.
        """
        if not _ID.fullmatch(id):
            raise ExhibitError(f"{id!r} is no id of an exhibit; use lower-case words joined by hyphens")
        if id in self._exhibits:
            raise ExhibitError(f"exhibit {id!r} is registered twice in {self.notebook}; choose another id")
        if origin not in ORIGINS:
            raise ExhibitError(f"exhibit {id!r} has the origin {origin!r}; use {' or '.join(ORIGINS)}")
        if not from_ or not all(isinstance(table, Table) for table in from_):
            raise ExhibitError(f"exhibit {id!r} names nothing it rests on; give tables of the study in from_")
        if not caption.strip():
            raise ExhibitError(f"exhibit {id!r} has no caption; say what it shows")
        if isinstance(value, np.integer | np.floating):
            value = value.item()
        kind, shown, files = self._prepare(id, value, format, labels or {}, formats or {})
        class_ = class_of(value, shown, from_)
        exhibit = Exhibit(
            id,
            kind,
            class_,
            origin,
            caption,
            note,
            _sources(from_),
            shown,
            files,
        )
        self._write_files(exhibit, value)
        self._exhibits[id] = exhibit
        self._named.update((table.owner, table.name) for table in from_)
        display.show_exhibit(exhibit, value, CLASS_SENTENCES[class_])
        return exhibit

    def _prepare(
        self, id_: str, value: object, format_: str, labels: Mapping[str, str], formats: Mapping[str, str]
    ) -> tuple[str, dict[str, Any], dict[str, str]]:
        """Return an exhibit's kind, what the paper prints of it, and the files it will have."""
        if isinstance(value, Drawing):
            files = {suffix: f"figures/{id_}.{suffix}" for suffix in ("svg", "png", "csv")}
            return "figure", {"alt": value.alt}, files
        if isinstance(value, Quotation):
            return "quotation", asdict(value), {}
        if isinstance(value, MarkedTable):
            files = {suffix: f"tables/{id_}.{suffix}" for suffix in ("csv", "html")}
            return "table", display.table_as_text(value.data, labels, formats), files
        if display.is_frame(value):
            return "table", display.table_as_text(value, labels, formats), {"csv": f"tables/{id_}.csv"}
        if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | str):
            raise ExhibitError(
                f"exhibit {id_!r} is a {type(value).__name__}; register a number, a word, a frame, a drawing or a "
                "quotation"
            )
        if isinstance(value, float) and not math.isfinite(value):
            raise ExhibitError(f"exhibit {id_!r} is not a number ({value}); say in words why there is none")
        # The last digits of a float are the processor's; ten are more than any number here carries.
        kept = float(f"{value:.10g}") if isinstance(value, float) else value
        return "number", {"text": display.number_as_text(value, format_), "value": kept}, {}

    def _write_files(self, exhibit: Exhibit, value: Any) -> None:  # noqa: ANN401
        """Write the data and the pictures of an exhibit under the folder of the build."""
        if self._out is None or not exhibit.files:
            return
        sentence = CLASS_SENTENCES[exhibit.class_]
        frame: pd.DataFrame = value.data if isinstance(value, Drawing | MarkedTable) else value
        places.write_whole(self._out / exhibit.files["csv"], display.frame_as_csv(frame, exhibit.class_))
        if isinstance(value, MarkedTable):
            page = marked.page(self.study, value.html, exhibit.caption, sentence)
            places.write_whole(self._out / exhibit.files["html"], page.encode())
        if exhibit.kind == "figure":
            stamp = sentence if exhibit.class_ in {"stand-in", "restricted"} else ""
            for kind in ("svg", "png"):
                picture = display.picture(value.figure, kind, exhibit.caption, sentence, stamp)
                places.write_whole(self._out / exhibit.files[kind], picture)

    def close(self) -> None:
        """Write the register, after holding it against what the notebook read.

        Raises
        ------
        ExhibitError
            When a table was read that no exhibit names.
        """
        unnamed = sorted(self._reads - self._named)
        if unnamed:
            files = ", ".join(f"{name} of the {owner}" for owner, name in unnamed)
            raise ExhibitError(
                f"{self.notebook} read {files}, and no exhibit names it; add it to from_ of what rests on it"
            )
        if self._out is not None:
            record = {
                "notebook": self.notebook,
                "exhibits": [exhibit.as_record() for exhibit in self._exhibits.values()],
            }
            text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"
            places.write_whole(self._out / "exhibits" / f"{self.notebook}.json", text.encode())

    @property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """What has been registered so far."""
        return tuple(self._exhibits.values())


def _sources(tables: Iterable[Table]) -> tuple[Source, ...]:
    """Return the sources of the tables, one for each, in a fixed order."""
    unique = {(table.owner, table.name, table.class_, len(table)): table.source for table in tables}
    return tuple(unique[key] for key in sorted(unique))


def class_of(value: object, shown: Mapping[str, Any], tables: Sequence[Table]) -> str:
    """Return the class of an exhibit.

    The one that binds most among the records it rests on. Where all of them are published, the exhibit is
    published when it is carried over to the letter (every cell stands in the column of that name, or as text
    in some record; a number or a word stands in the one record that is named), and derived when anything was
    computed, or said in other words than the article's.

    Parameters
    ----------
    value : object
        What was registered.
    shown : mapping
        What is printed of it.
    tables : sequence of Table
    """
    class_ = highest_class(table.class_ for table in tables)
    if class_ != "published":
        return class_
    columns: dict[str, set[str]] = {}
    for table in tables:
        for name in table.data:
            cells_of_name = columns.setdefault(name, set())
            if name not in table.restated:
                cells_of_name.update(map(str, _cells(table.data[name])))
    cells = set().union(*(columns[name] for name in columns if name not in _LOCATORS and name != "position"))
    if isinstance(value, Quotation):
        carried = value.text in cells
    elif display.is_frame(value):
        carried = all(
            {str(cell) for cell in _cells(value[name])} <= columns.get(name, cells) | {""}  # type: ignore[index]
            for name in value  # type: ignore[attr-defined]
        )
    elif isinstance(value, Drawing | MarkedTable):
        carried = False
    else:
        carried = sum(len(table) for table in tables) == 1 and shown["text"] in cells
    return "published" if carried else "derived"


def _cells(column: pd.Series) -> Iterable[object]:
    """Yield the values of a column, those of lists one by one."""
    for cell in column:
        if isinstance(cell, tuple):
            yield from cell
        else:
            yield cell


def open_evidence(folder: str | Path) -> tuple[Study, Article | None]:
    """Open a study and, where it names one, the ledger of the article that it reproduces.

    Raises
    ------
    StudyFaultsError
        With every fault of both, and of one against the other.
    """
    study, article, faults = read_evidence(folder)
    if study is None or faults:
        raise StudyFaultsError(faults)
    return study, article


def read_evidence(folder: str | Path) -> tuple[Study | None, Article | None, list[Fault]]:
    """Read a study and its ledger with all their faults."""
    study, faults = read_study(folder)
    article = None
    if study is not None:
        ledger = study.folder / study.record.ledger
        if study.record.ledger and ledger.is_dir():
            # As a person would write it, where no link makes that another folder.
            plain = Path(os.path.normpath(ledger))
            article, more = read_article(plain if plain.exists() and plain.samefile(ledger) else ledger)
            faults = faults + more
            if article is not None and not more:
                faults = faults + check_citations(article)
        # Where a quotation is at fault it is left out, and what is published cannot be held against the rest.
        whole = article if article is not None and not article.left_out.get("quotations") else None
        faults = sorted({*faults, *check_published(study, whole)})
    if study is not None and not faults:
        faults = [*faults, *check_decisions(study)]
    return study, article, faults


def open_register(study: str | Path, out: str | Path = "", *, notebook: str) -> Register:
    """Open the register of a notebook over a study.

    Parameters
    ----------
    study : str or Path
        The study's folder; see `lepanalysis.places.find_study` for where a relative name is looked for.
    out : str or Path, optional
        The folder of the build. Empty: exhibits are shown and nothing is written.
    notebook : str
        The notebook's name, such as ``01-corpus``.

    Raises
    ------
    StudyFaultsError
        When the study or its ledger has faults.
    """
    opened, article = open_evidence(places.find_study(study))
    return Register(opened, article, notebook, Path(out) if out else None)


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return sha256_of(path.read_bytes())
