"""`open_study`: a folder becomes frozen tables and records that know their class, or all its faults at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from lepanalysis import records
from lepanalysis.faults import Fault, MissingTableError, StudyFaultsError
from lepanalysis.known import Files, coding_ids_of
from lepanalysis.own_claims import OwnClaims, frames_of, own_claims_of, read_claims
from lepanalysis.own_claims_rules import without_faulty
from lepanalysis.rules import faults_between, sorted_faults
from lepanalysis.schema import REQUIRED_FILES, STUDY_TABLES, TableSchema
from lepanalysis.tables import (
    Table,
    fault_of_place,
    faults_of_cells,
    is_whole,
    read_rows,
    read_utf8,
    sha256_of,
    to_frame,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from lepanalysis.records import Coder, StudyRecord
    from lepanalysis.rows import Rows

# A fault in one of these keys, or in none, may have cost a record of a YAML file.
_KEYS_OF_RECORDS = {"", "id", "coders", "codes", "candidate", "agreed"}
YAML_FILES = ("study.yaml", "codebook.yaml", "themes.yaml", "claims.yaml")
# The tables of a study beside those of its CSV files, with the file that each comes from.
YAML_TABLES = {
    "codebook": "codebook.yaml",
    "candidate_themes": "themes.yaml",
    "agreed_themes": "themes.yaml",
    "own_claims": "claims.yaml",
    "evidence": "claims.yaml",
}


@dataclass(frozen=True, eq=False)
class Study:
    """A study: its record and its tables, all frozen.

    Every table is a `lepanalysis.tables.Table`; ``.frame`` gives its rows as pandas. A study opened with
    `on_read` tells that function the name of each table as it is taken, which is how a register knows what a
    notebook read.
    """

    folder: Path
    record: StudyRecord
    tables: Mapping[str, Table] = field(repr=False)
    digests: Mapping[str, str] = field(repr=False)
    on_read: Callable[[str], None] | None = field(default=None, repr=False)

    @property
    def title(self) -> str:
        """The title of the study."""
        return self.record.title

    @property
    def class_(self) -> str:
        """The class of the study."""
        return self.record.class_

    @property
    def coders(self) -> tuple[Coder, ...]:
        """The coders, in the order of study.yaml."""
        return self.record.coders

    def has(self, name: str) -> bool:
        """Whether the study holds at least one record of a table; asking does not count as reading."""
        return name in self.tables and len(self.tables[name]) > 0

    def table(self, name: str) -> Table:
        """Return a table by name.

        Raises
        ------
        MissingTableError
            When the study has no such file.
        """
        if name not in self.tables:
            file = STUDY_TABLES[name].file if name in STUDY_TABLES else YAML_TABLES.get(name, name)
            message = f"the study in {self.folder.name} has no {file}; what rests on it cannot be shown"
            raise MissingTableError(message)
        if self.on_read is not None:
            self.on_read(name)
        return self.tables[name]

    @property
    def messages(self) -> Table:
        """The messages, in the order of the file."""
        return self.table("messages")

    @property
    def threads(self) -> Table:
        """The threads; made from the messages where threads.csv is absent."""
        return self.table("threads")

    @property
    def participants(self) -> Table:
        """The participants, those who never posted among them."""
        return self.table("participants")

    @property
    def codebook(self) -> Table:
        """The codes: those of each coder and the shared ones."""
        return self.table("codebook")

    @property
    def codings(self) -> Table:
        """The code applications as the coders made them."""
        return self.table("codings")

    @property
    def assignments(self) -> Table:
        """What each coder was given and read."""
        return self.table("assignments")

    @property
    def memos(self) -> Table:
        """The coders' notes."""
        return self.table("memos")

    @property
    def candidate_themes(self) -> Table:
        """Each coder's candidate themes."""
        return self.table("candidate_themes")

    @property
    def agreed_themes(self) -> Table:
        """The themes on which the coders agreed."""
        return self.table("agreed_themes")

    @property
    def decisions(self) -> Table:
        """The log of what the coders decided together."""
        return self.table("decisions")

    @property
    def quotations(self) -> Table:
        """The quotations that the study prints."""
        return self.table("quotations")

    @property
    def own_claims(self) -> OwnClaims:
        """The study's own claims, and what of it is bound to claims of its ledger; none without claims.yaml."""
        if "own_claims" not in self.tables:
            return OwnClaims()
        return own_claims_of(self.table("own_claims").frame, self.table("evidence").frame)


def open_study(folder: str | Path, *, on_read: Callable[[str], None] | None = None) -> Study:
    """Open a study's folder.

    Parameters
    ----------
    folder : str or Path
        The folder that holds study.yaml.
    on_read : callable, optional
        Called with the name of a table each time one is taken.

    Returns
    -------
    Study

    Raises
    ------
    StudyFaultsError
        With every fault of every file, when there is any.
    """
    study, faults = read_study(folder, on_read=on_read)
    if study is None or faults:
        raise StudyFaultsError(faults)
    return study


def read_study(folder: str | Path, *, on_read: Callable[[str], None] | None = None) -> tuple[Study | None, list[Fault]]:
    """Read a study's folder and return it with all its faults; None where it cannot be read at all.

    Parameters
    ----------
    folder : str or Path
    on_read : callable, optional
        See `open_study`.
    """
    folder = Path(folder)
    files, headers, digests, faults = _read(folder)
    if files is None or not files.record.title or not files.record.class_:
        return None, sorted_faults(faults)
    frames = {name: _typed(files.rows[name], STUDY_TABLES[name], header) for name, header in headers.items()}
    if "codebook.yaml" in digests:
        frames["codebook"] = records.codebook_frame(files.codes)
    if "themes.yaml" in digests:
        frames["candidate_themes"] = records.theme_frame(files.candidates, records.CANDIDATE_COLUMNS)
        frames["agreed_themes"] = records.theme_frame(files.agreed, records.THEME_COLUMNS)
    if "claims.yaml" in digests:
        shown = str(folder / "claims.yaml")
        sound = (without_faulty(written, shown, faults) for written in (files.claims, files.evidence))
        frames["own_claims"], frames["evidence"] = frames_of(*sound)
    tables = _tables(frames, files.record.class_, digests)
    study = Study(folder, files.record, MappingProxyType(tables), MappingProxyType(digests), on_read)
    return study, sorted_faults(faults)


def read_files(folder: str | Path) -> tuple[Files | None, list[Fault]]:
    """Read a study's folder as `read_study` does, but make no frames of it: for whoever wants to know its faults only.

    Parameters
    ----------
    folder : str or Path
    """
    files, _, _, faults = _read(Path(folder))
    return files, sorted_faults(faults)


def _read(folder: Path) -> tuple[Files | None, dict[str, list[str]], dict[str, str], list[Fault]]:
    """Return the files of a study, the first rows of the tables without faults, the digests, and all faults."""
    if not folder.is_dir():
        problem = "it is no folder" if folder.exists() else "there is no such folder"
        return None, {}, {}, [Fault(str(folder), 0, "", problem, "name the folder that holds study.yaml")]
    shown = {name: str(folder / name) for name in (*YAML_FILES, *(table.file for table in STUDY_TABLES.values()))}
    texts, digests, faults, unsure = _read_texts(shown)
    record, wrong = records.read_study_record(texts.get("study.yaml", ""), shown["study.yaml"], folder)
    codes, wrong_codes = records.placed_codes(texts.get("codebook.yaml", ""), shown["codebook.yaml"])
    placed, agreed, wrong_themes = records.placed_themes(texts.get("themes.yaml", ""), shown["themes.yaml"])
    claims, evidence, wrong_claims = read_claims(texts.get("claims.yaml", ""), shown["claims.yaml"])
    for name, found in zip(YAML_FILES, (wrong, wrong_codes, wrong_themes, wrong_claims), strict=True):
        if name in texts:
            faults += found
            unsure |= {name for fault in found if fault.column in _KEYS_OF_RECORDS}
    rows, headers, incomplete = _read_tables(texts, shown, faults)
    unread = frozenset(unsure | incomplete)
    files = Files(record, rows, codes, placed, agreed, shown, unread, claims, evidence)
    return files, headers, digests, [*faults, *faults_between(files)]


def _read_texts(shown: dict[str, str]) -> tuple[dict[str, str], dict[str, str], list[Fault], set[str]]:
    """Return the texts and digests of the files that are there, the faults, and the files that gave no text."""
    texts: dict[str, str] = {}
    digests: dict[str, str] = {}
    faults: list[Fault] = []
    without: set[str] = set()
    for name, path in shown.items():
        if Path(path).is_file():
            text, wrong = read_utf8(Path(path), path)
            faults += wrong
            if wrong and not text:
                without.add(name)
            else:
                texts[name] = text
                digests[name] = sha256_of(Path(path).read_bytes())
        elif misplaced := fault_of_place(Path(path), path):
            faults.append(misplaced)
            without.add(name)
        elif name in REQUIRED_FILES:
            faults.append(Fault(path, 0, "", "the file is missing", f"add {name} to the folder"))
            without.add(name)
    return texts, digests, faults, without


def _read_tables(
    texts: dict[str, str], shown: dict[str, str], faults: list[Fault]
) -> tuple[dict[str, Rows], dict[str, list[str]], set[str]]:
    """Read the CSV files that are there.

    Returns
    -------
    rows : dict
    headers : dict
        The first row of each table whose records and cells are without fault.
    incomplete : set of str
        Files out of which a record could not be read.
    """
    rows: dict[str, Rows] = {}
    headers: dict[str, list[str]] = {}
    incomplete: set[str] = set()
    for schema in STUDY_TABLES.values():
        if schema.file not in texts:
            continue
        # The text of a large file is given up as soon as it was read.
        found, header, wrong = read_rows(texts.pop(schema.file), schema, shown[schema.file])
        if not is_whole(found, header, schema, wrong):
            incomplete.add(schema.file)
        wrong += faults_of_cells(found, schema, header, shown[schema.file])
        if schema.name == "messages" and not found and not wrong:
            wrong.append(Fault(shown[schema.file], 1, "", "there is no message", "add the messages of the study"))
        rows[schema.name] = found
        faults += wrong
        if not wrong:
            headers[schema.name] = header
    return rows, headers, incomplete


def _typed(rows: Rows, schema: TableSchema, header: list[str]) -> pd.DataFrame:
    """Return rows as a frame, with what the file may leave out and the library relies on."""
    frame = to_frame(rows, schema, header)
    if schema.name == "codings":
        frame["coding_id"] = coding_ids_of(rows)
    return frame


def _tables(frames: dict[str, pd.DataFrame], class_: str, digests: dict[str, str]) -> dict[str, Table]:
    """Wrap the frames; threads that no file describes are those that messages name."""
    tables = {}
    for name, frame in frames.items():
        schema = STUDY_TABLES.get(name)
        file = schema.file if schema else YAML_TABLES[name]
        context = schema.context if schema else ()
        tables[name] = Table("study", name, file, digests[file], class_, frame, context)
    if "threads" not in tables and "messages" in tables:
        import pandas as pd

        ids = pd.unique(frames["messages"]["thread_id"])
        threads = pd.DataFrame({"thread_id": ids, "title": "", "category": "", "class": ""}).astype("str")
        tables["threads"] = Table("study", "threads", "messages.csv", digests["messages.csv"], class_, threads)
    return tables
