"""A study's own files in: its folder, or the deposit package that was made of it."""

from __future__ import annotations

import dataclasses
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.classes import class_in
from lepanalysis.exchange.draft import draft_of_files
from lepanalysis.exchange.folder import OWN
from lepanalysis.exchange.guard import open_archive, read_bounded
from lepanalysis.exchange.losses import Ledger
from lepanalysis.faults import Fault, LepanalysisError
from lepanalysis.records import read_codebook, read_themes
from lepanalysis.schema import STUDY_TABLES
from lepanalysis.tables import read_rows, sha256_of
from lepanalysis.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.losses import LossReport

# Where the study's files and their digests stand in a package.
_DATA, _SUMS = "data/", "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_FILES = tuple(sorted(OWN - {"import"}))


def read(path: Path, options: Mapping[str, Any]) -> tuple[Draft, LossReport]:
    """Read a study's folder or a deposit package.

    Parameters
    ----------
    path : Path
    options : mapping
        None is known.

    Raises
    ------
    LepanalysisError
        When a file is not the one whose digest the package has, is not UTF-8, or cannot be read as what it is.
    """
    del options
    ledger = Ledger(path.name, "study's folder" if path.is_dir() else "deposit package")
    with ExitStack() as stack:
        if path.is_dir():
            files = {name: read_bounded(path / name) for name in _FILES if (path / name).is_file()}
        else:
            archive = stack.enter_context(open_archive(path))
            files = {name: archive.read(f"{_DATA}{name}") for name in _FILES if f"{_DATA}{name}" in archive.names}
            _refuse_changed(path.name, archive.names, archive.read)
    texts = {name: _text(data, name, path.name) for name, data in files.items()}
    _refuse_faults(texts, path.name)
    draft = draft_of_files(lambda name: texts.get(name, ""))
    marks = tuple(filter(None, [class_in(draft.study.get("class"))]))
    settings = {name: value for name, value in draft.study.items() if name not in {"class", "ledger", "template"}}
    for kind, count in draft.counts().items():
        ledger.came(kind, count)
    for name in ("ledger", "template"):
        if name in draft.study:
            ledger.came("folders beside the study")
            ledger.dropped("folders beside the study", name, "it lies outside the study's folder")
    claims = draft.claims
    if claims and "ledger" in draft.study:
        ledger.came("claims.yaml")
        ledger.dropped("claims.yaml", "claims.yaml", "it rests on a ledger that does not come along")
        claims = None
    # A record that states no class is of the study's own: one that states that says no more than the others.
    messages = tuple(
        {name: cell for name, cell in row.items() if name != "class" or cell not in marks} for row in draft.messages
    )
    draft = dataclasses.replace(draft, study=settings, marks=marks, claims=claims, messages=messages)
    return draft, ledger.report(draft.counts())


def _text(data: bytes, name: str, shown: str) -> str:
    """Return the text of a file."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LepanalysisError(f"{shown}: {name} is not UTF-8 (byte {error.start + 1})") from None


def _refuse_changed(shown: str, names: tuple[str, ...], data_of: Callable[[str], bytes]) -> None:
    """Refuse a package of which a file is another than the one whose digest it has, or is not there."""
    if _SUMS not in names:
        raise LepanalysisError(f"{shown} is no whole deposit package: it has no {_SUMS}")
    for line in _text(data_of(_SUMS), _SUMS, shown).splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            raise LepanalysisError(f"{shown}: {_SUMS} is damaged; {line[:40]!r} is no digest with a name")
        digest, name = match.groups()
        if name not in names:
            raise LepanalysisError(f"{shown} is no whole deposit package: {name} is missing")
        if sha256_of(data_of(name)) != digest:
            raise LepanalysisError(
                f"{shown}: {name} was changed since the package was made; unpack it and import the folder "
                f"{_DATA.rstrip('/')} where the change is meant"
            )


def _refuse_faults(texts: Mapping[str, str], shown: str) -> None:
    """Refuse files that cannot be taken apart; what is wrong with what they say, the check of the study finds."""
    faults = []
    for schema in STUDY_TABLES.values():
        if schema.file in texts:
            faults += read_rows(texts[schema.file], schema, schema.file)[2]
    document, wrong = read_yaml(texts.get("study.yaml", ""), "study.yaml")
    faults += wrong
    if not wrong and not isinstance(document.value, dict):
        faults.append(Fault("study.yaml", 1, "", "it is no list of keys", "write one `key: value` a line"))
    if "codebook.yaml" in texts:
        faults += read_codebook(texts["codebook.yaml"], "codebook.yaml")[-1]
    if "themes.yaml" in texts:
        faults += read_themes(texts["themes.yaml"], "themes.yaml")[-1]
    if faults:
        raise LepanalysisError("\n".join([f"{shown} makes no sound study:", *map(str, faults[:20])]))
