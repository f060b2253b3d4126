"""A study being made, in the study's own format: readers of other formats make one, writers take one.

Rows are mappings by the column names of docs/study-format.md. A cell that would be empty is left out (or None, or
""); whole numbers are int or text. `plain` brings a draft to the one form in which two are equal.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.classes import with_class
from lepanalysis.exchange.folder import CLAIMS, files_of, write_folder
from lepanalysis.faults import LepanalysisError
from lepanalysis.known import coding_id_of
from lepanalysis.schema import STUDY_TABLES
from lepanalysis.tables import read_rows, read_utf8, sha256_of
from lepanalysis.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from lepanalysis.schema import TableSchema
    from lepanalysis.study import Study

TABLES = tuple(STUDY_TABLES)
Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Draft:
    """A study that is in no folder yet.

    Parameters
    ----------
    study : mapping
        study.yaml: title, class, source, licence, language, period (``{"from": "2013-09-01", "to": …}``), coders
        (a list of ``{"id": …, "name": …}``), approach, notes. A reader leaves the class out: what its source says of
        itself are `marks`, and an import that bears none is ``restricted`` unless the user says otherwise.
    messages, threads, participants, codings, assignments, memos, decisions, quotations, external_ids : tuple of mapping
        The rows of the CSV files.
    codes : tuple of mapping
        codebook.yaml.
    candidate : mapping
        themes.yaml: the candidate themes of each coder.
    agreed : tuple of mapping
        themes.yaml: the agreed themes.
    claims : str, optional
        claims.yaml as it is.
    marks : tuple of str
        The classes that the source gives itself as a whole, in the order in which they were met; those of single
        records stand in their column ``class``. `lepanalysis.exchange.classes` makes the class of the study of them,
        and no draft that is written has any.
    """

    study: Mapping[str, Any]
    messages: Rows
    threads: Rows = ()
    participants: Rows = ()
    codings: Rows = ()
    assignments: Rows = ()
    memos: Rows = ()
    decisions: Rows = ()
    quotations: Rows = ()
    external_ids: Rows = ()
    codes: Rows = ()
    candidate: Mapping[str, Rows] = field(default_factory=dict)
    agreed: Rows = ()
    claims: str | None = None
    marks: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """Return how many records of each kind there are, by the names that tallies use."""
        found = {name.replace("_", " "): len(getattr(self, name)) for name in TABLES}
        found |= {"coders": len(self.study.get("coders") or ()), "codes": len(self.codes)}
        found |= {"candidate themes": sum(map(len, self.candidate.values())), "agreed themes": len(self.agreed)}
        return found


def coding_id(row: Mapping[str, Any]) -> str:
    """Return the id of a row of codings: as given, or derived as the study derives it.

    Parameters
    ----------
    row : mapping
    """
    return coding_id_of({name: "" if cell is None else str(cell) for name, cell in row.items()})


def plain(draft: Draft) -> Draft:
    """Return a draft in the form in which two of the same content are equal.

    Empty cells and keys are left out, whole numbers in columns for them are int, everything else is text; the keys
    stand in the order of the format.

    Parameters
    ----------
    draft : Draft
    """
    tables = {name: _plain_rows(getattr(draft, name), STUDY_TABLES[name]) for name in TABLES}
    candidate = {str(coder): tuple(map(_plain_entry, themes)) for coder, themes in draft.candidate.items() if themes}
    return dataclasses.replace(
        draft,
        study=_plain_entry(draft.study),
        codes=tuple(map(_plain_entry, draft.codes)),
        candidate=MappingProxyType(candidate),
        agreed=tuple(map(_plain_entry, draft.agreed)),
        claims=draft.claims or None,
        **tables,
    )


def write_draft(draft: Draft, folder: Path, *, replace: bool = False, extra: Mapping[str, bytes] | None = None) -> None:
    """Write a draft as a study's folder; on any fault, error or Ctrl-C nothing is left and what was there stays.

    Parameters
    ----------
    draft : Draft
    folder : Path
        A folder that does not exist or is empty.
    replace : bool
        Whether a study that is there may be replaced. A folder that holds anything else never is.
    extra : mapping, optional
        Further files by their path inside the folder, such as ``import/report.txt``.

    Raises
    ------
    UsageError
        When the folder is taken.
    StudyFaultsError
        When the draft makes no sound study.
    LepanalysisError
        When its marks contradict each other, or its class them.
    """
    if draft.marks or not draft.study.get("class"):
        draft, _, _ = with_class(draft, folder.name)
    write_folder({**files_of(plain(draft)), **(extra or {})}, folder, may_replace=replace)


def with_placeholder(draft: Draft, what: str) -> Draft:
    """Return a draft with a message that says that there is none, which a study cannot be without.

    Parameters
    ----------
    draft : Draft
    what : str
        What was read.
    """
    people = draft.participants or ({"participant_id": "p1", "code_name": "nobody yet"},)
    row = {"message_id": "m1", "thread_id": "m1", "participant_id": people[0]["participant_id"]}
    row["text"] = f"This study was made from a {what} and has no messages yet; put them in the place of this one."
    threads = (*draft.threads, {"thread_id": "m1"}) if draft.threads else ()
    return dataclasses.replace(draft, messages=(row,), participants=people, threads=threads)


def _plain_rows(rows: Iterable[Mapping[str, Any]], schema: TableSchema) -> tuple[dict[str, Any], ...]:
    """Return rows without their empty cells, numbers as numbers."""
    whole = {column.name for column in schema.columns if column.kind == "integer"}
    order = {column.name: place for place, column in enumerate(schema.columns)}
    # Nearly all rows of a table fill one of a few sets of columns.
    known: dict[tuple[str, ...], list[tuple[str, bool]]] = {}
    found = []
    for row in rows:
        filled = tuple(name for name, cell in row.items() if cell is not None and cell != "")
        names = known.get(filled)
        if names is None:
            inorder = sorted(filled, key=lambda name: order.get(name, len(order)))
            names = known[filled] = [(name, name in whole) for name in inorder]
        found.append({name: _integer(row[name]) if is_whole else str(row[name]) for name, is_whole in names})
    return tuple(found)


def _integer(cell: object) -> object:
    """Return a whole number as one; what is none stays for the check of the study to find."""
    if type(cell) is int:
        return cell
    try:
        return int(str(cell))
    except ValueError:
        return str(cell)


def _plain_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry of a YAML file without its empty keys, every value as text."""
    found = {str(name): _plain_value(value) for name, value in entry.items()}
    return {name: value for name, value in found.items() if value not in ("", (), {}, None)}


def _plain_value(value: object) -> Any:  # noqa: ANN401 - any plain value
    """Return a value as text, a tuple or a mapping of such."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        return _plain_entry(value)
    if isinstance(value, list | tuple):
        return tuple(map(_plain_value, value))
    return str(value)


def draft_of(study: Study) -> Draft:
    """Return an opened study as a draft: what its files say, to the letter (zones of times, numbers as written).

    Parameters
    ----------
    study : Study

    Raises
    ------
    LepanalysisError
        When a file of the study was changed after it was opened.
    """
    return draft_of_files(lambda name: _checked_text(study, name))


def draft_of_files(text_of: Callable[[str], str]) -> Draft:
    """Return what the files of a study say, to the letter.

    Parameters
    ----------
    text_of : callable
        Gives the text of a file by its name; empty where there is none.
    """
    yaml = {name: _yaml_of(text_of(name), name) for name in ("study.yaml", "codebook.yaml", "themes.yaml")}
    rows = {name: tuple(row.cells for row in _rows_of(text_of(one.file), one)) for name, one in STUDY_TABLES.items()}
    draft = Draft(
        study=yaml["study.yaml"],
        codes=tuple(yaml["codebook.yaml"].get("codes") or ()),
        candidate={name: tuple(themes or ()) for name, themes in (yaml["themes.yaml"].get("candidate") or {}).items()},
        agreed=tuple(yaml["themes.yaml"].get("agreed") or ()),
        claims=text_of(CLAIMS) or None,
        **rows,
    )
    return plain(draft)


def _checked_text(study: Study, name: str) -> str:
    """Return the text of a file of an opened study; empty where there is none."""
    path = study.folder / name
    if name not in study.digests:
        return ""
    if not path.is_file() or sha256_of(path.read_bytes()) != study.digests[name]:
        raise LepanalysisError(f"{name} of the study in {study.folder.name} was changed in the meantime; begin anew")
    return read_utf8(path, name)[0]


def _rows_of(text: str, schema: TableSchema) -> Iterable[Any]:
    """Return the records of a file as written."""
    return read_rows(text, schema, schema.file)[0] if text else ()


def _yaml_of(text: str, name: str) -> dict[str, Any]:
    """Return a YAML file with every value as it is written."""
    if not text:
        return {}
    document, _ = read_yaml(text, name)

    def written(value: object, path: tuple[str | int, ...]) -> object:
        if isinstance(value, dict):
            return {key: written(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [written(item, (*path, place)) for place, item in enumerate(value)]
        return None if value is None else document.written.get(path, str(value))

    found = written(document.value, ())
    return found if isinstance(found, dict) else {}
