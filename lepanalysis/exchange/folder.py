"""The files of a draft become a study's folder, whole or not at all; `draft.write_draft` is the way in."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from lepanalysis.faults import LepanalysisError, StudyFaultsError, UsageError
from lepanalysis.schema import REQUIRED_FILES, STUDY_KEYS, STUDY_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.known import Files
    from lepanalysis.schema import TableSchema

CLAIMS = "claims.yaml"
# Where an import keeps its report, and the mapping that makes it repeatable.
IMPORT = "import"
# What an import may replace; anything else in the folder is somebody's work.
OWN = frozenset(
    {"study.yaml", "codebook.yaml", "themes.yaml", CLAIMS, IMPORT, *(t.file for t in STUDY_TABLES.values())}
)
# PyYAML reads these line breaks back as another one unless they are escaped.
_BREAKS = "\x85\u2028\u2029\ufeff"


def write_folder(files: Mapping[str, bytes], folder: Path, *, may_replace: bool = False) -> None:
    """Write a study's folder; on any fault, error or Ctrl-C nothing is left and what was there stays.

    Parameters
    ----------
    files : mapping
        By path inside the folder.
    folder : Path
        A folder that does not exist or is empty.
    may_replace : bool
        Whether a study that is there may be replaced. A folder that holds anything else never is.

    Raises
    ------
    UsageError
        When the folder is taken.
    StudyFaultsError
        When the files make no sound study; the faults name them as they would have been named there.
    """
    target = Path(folder).resolve()
    refuse_taken(target, may_replace=may_replace)
    made: list[Path] = []
    try:
        made += _make_parents(target)
        new = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
        try:
            new.chmod(0o755)
            for name, data in files.items():
                (new / name).parent.mkdir(exist_ok=True)
                (new / name).write_bytes(data)
            _refuse_faults(new)
            _exchange(new, target)
        finally:
            shutil.rmtree(new, ignore_errors=True)
    except OSError as error:
        raise LepanalysisError(f"{target} cannot be written ({error.strerror or error}); nothing was changed") from None
    finally:
        for parent in made:
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()


def refuse_taken(target: Path, *, may_replace: bool) -> None:
    """Refuse a folder that is somebody else's; a command asks before it reads anything.

    Parameters
    ----------
    target : Path
    may_replace : bool
    """
    if target.is_symlink() or target.exists():
        if not target.is_dir():
            raise UsageError(f"{target} is a file; name a folder for the study")
        names = sorted(path.name for path in target.iterdir())
        if not names:
            return
        foreign = [name for name in names if name not in OWN]
        if "study.yaml" not in names:
            raise UsageError(f"{target} holds files and no study (such as {names[0]}); name a new folder")
        if not may_replace:
            raise UsageError(f"{target} holds a study already; name a new folder, or say --replace")
        if foreign:
            shown = ", ".join(foreign[:5])
            raise UsageError(f"{target} holds more than an import would write ({shown}); move that away first")


def files_of(draft: Draft) -> dict[str, bytes]:
    """Return the files of a study's folder by name.

    Parameters
    ----------
    draft : Draft
        In the plain form.
    """
    order = list(STUDY_KEYS)
    study = dict(sorted(draft.study.items(), key=lambda key: order.index(key[0]) if key[0] in order else len(order)))
    files: dict[str, str] = {"study.yaml": yaml_text(study)}
    for name, schema in STUDY_TABLES.items():
        rows = getattr(draft, name)
        if rows or schema.file in REQUIRED_FILES:
            files[schema.file] = _csv_text(rows, schema)
    if draft.codes:
        files["codebook.yaml"] = yaml_text({"codes": draft.codes})
    themes = {"candidate": dict(draft.candidate), "agreed": draft.agreed}
    if any(themes.values()):
        files["themes.yaml"] = yaml_text({name: value for name, value in themes.items() if value})
    if draft.claims:
        files[CLAIMS] = draft.claims
    found = {}
    for name, text in files.items():
        try:
            found[name] = text.encode("utf-8")
        except UnicodeEncodeError as error:
            problem = f"what would be {name} holds half a surrogate pair (U+{ord(text[error.start]):04X})"
            raise LepanalysisError(f"{problem}; no UTF-8 file can hold that") from None
    return found


def _csv_text(rows: Iterable[Mapping[str, Any]], schema: TableSchema) -> str:
    """Return rows as CSV with the columns that are needed or filled."""
    filled = dict.fromkeys(name for row in rows for name in row)
    known = [column.name for column in schema.columns]
    header = [column.name for column in schema.columns if column.required or column.name in filled]
    header += [name for name in filled if name not in known]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([row.get(name, "") for name in header] for row in rows)
    return buffer.getvalue()


class _Dumper(yaml.SafeDumper):
    """Writes plain values without anchors, text so that it reads back as it was."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's signature
        """Write a value out wherever it stands."""
        return True


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    """Return a text as YAML: several lines as a block, odd characters escaped."""
    style = None
    if any(character in _BREAKS or (character < " " and character != "\n") for character in text):
        style = '"'
    elif "\n" in text:
        plain_lines = all(line == line.rstrip() for line in text.split("\n")) and not text.startswith((" ", "\n"))
        style = "|" if plain_lines and text[-1] != "\n" else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)
_Dumper.add_representer(tuple, yaml.SafeDumper.represent_list)


def yaml_text(value: object, *, compact: bool = False) -> str:
    """Return plain values as the YAML of a study's files.

    Parameters
    ----------
    value : object
        Mappings, lists, tuples and text.
    compact : bool
        Whether what holds nothing but words is written on one line.
    """
    flow = None if compact else False
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100, default_flow_style=flow)


def _make_parents(target: Path) -> list[Path]:
    """Make the folders around the target and return the new ones, the innermost first."""
    missing = [parent for parent in target.parents if not parent.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    return missing


def _refuse_faults(new: Path) -> None:
    """Raise what is wrong with the study that was written."""
    from lepanalysis.study import read_files

    files, faults = read_files(new)
    if not faults and files is not None and _is_plain(files):
        return
    # With all that a notebook would find, in the order in which it would.
    from lepanalysis.exhibits import read_evidence

    _, _, faults = read_evidence(new)
    if faults:
        raise StudyFaultsError(_named(faults, new))


def _is_plain(files: Files) -> bool:
    """Whether nothing rests on a ledger or on decisions, which are looked at where a study is opened as evidence."""
    classes = {files.record.class_}
    for name, column in (("messages", "class"), ("participants", "class")):
        classes |= set(files.rows[name].column(column).distinct)
    return not files.record.ledger and not files.rows.get("decisions") and "published" not in classes


def _named(faults: Iterable[Any], new: Path) -> Iterator[Any]:
    """Yield faults with their files as they would have been named in the study's folder."""
    for fault in faults:
        try:
            yield replace(fault, file=Path(fault.file).relative_to(new).as_posix())
        except ValueError:
            yield fault


def _exchange(new: Path, target: Path) -> None:
    """Put the new folder in the place of what is there, which is removed last and put back on an error."""
    if not target.exists() or not any(target.iterdir()):
        new.replace(target)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.old-", dir=target.parent))
    old = aside / target.name
    try:
        target.replace(old)
        _put(new, target)
    except BaseException:
        if old.exists() and not target.exists():
            old.replace(target)
        raise
    finally:
        if target.exists():
            shutil.rmtree(aside, ignore_errors=True)


def _put(new: Path, target: Path) -> None:
    new.replace(target)
