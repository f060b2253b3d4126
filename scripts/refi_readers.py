"""Write what other programs read in our REFI-QDA files to tests/oracles/refi.json, for tests/test_refi_write.py.

Run by `make readers`, in two steps: the project's own environment writes the files (`write FOLDER`), an environment of
the other programs reads them (`read FOLDER`): pyqdpx needs Python 3.12, portableqda an lxml that the project does not
have.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import sys
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RECORD = ROOT / "tests" / "oracles" / "refi.json"
PROGRAMS = ("pyqdpx", "pyrefiqda", "qdpxlib", "portableqda")


def write(folder: Path) -> None:
    """Write the small study of the tests as a project and as a codebook."""
    sys.path.insert(0, str(ROOT / "tests"))
    from studies import write_study

    from lepanalysis.exchange.exporting import export_study

    with tempfile.TemporaryDirectory() as inside:
        study = write_study(Path(inside) / "small")
        for name in ("small.qdpx", "small.qdc"):
            export_study(study, folder / name)


def digest(path: Path) -> str:
    """Return a digest of what a project holds for other programs, however it is packed: all but our note, the last."""
    found = hashlib.sha256()
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist()[:-1]:
            found.update(name.encode() + b"\n" + archive.read(name))
    return found.hexdigest()


def of_pyqdpx(project: Path, codebook: Path) -> dict[str, Any]:  # noqa: ARG001
    """Read with pyqdpx, which takes the first coding of each selection."""
    from pyqdpx import QDPX

    read = QDPX(str(project)).get_project()
    segments = [
        [source.name, one.user.name, one.code.name, one.text]
        for source in read.sources.values()
        for one in source.coded_selections.values()
    ]
    return {
        "users": [user.name for user in read.users.values()],
        "codes": [code.name for code in read.codes.values()],
        "sources": [[source.name, source.text_content] for source in read.sources.values()],
        "segments": segments,
    }


def of_pyrefiqda(project: Path, codebook: Path) -> dict[str, Any]:
    """Read with pyrefiqda, which leaves texts and references to its user."""
    from pyrefiqda import RefiCodebook, RefiProject

    with tempfile.TemporaryDirectory() as folder:
        read = RefiProject.load(project, folder)
        texts = {
            source.name: RefiProject.resolve_source_path(source.plain_text_path, folder).read_text(encoding="utf-8")
            for source in read.sources.text_source
        }
    users = {user.guid: user.name for user in read.users.user}
    codes: dict[str, str] = {}

    def walk(items: list[Any]) -> None:
        for code in items:
            codes[code.guid] = code.name
            walk(code.code)

    walk(read.code_book.codes.code)
    segments = [
        [
            source.name,
            users[coding.creating_user],
            codes[coding.code_ref.target_guid],
            texts[source.name][one.start_position : one.end_position],
        ]
        for source in read.sources.text_source
        for one in source.plain_text_selection
        for coding in one.coding
    ]
    whole = [
        [source.name, users[coding.creating_user], codes[coding.code_ref.target_guid], None]
        for source in read.sources.text_source
        for coding in source.coding
    ]
    book = RefiCodebook.load(codebook)
    return {
        "users": list(users.values()),
        "codes": list(codes.values()),
        "sources": list(map(list, texts.items())),
        "segments": segments + whole,
        "cases": [case.name for case in read.cases.case],
        "sets": [one.name for one in read.sets.set],
        "codebook": [code.name for code in book.codes.code],
    }


def of_qdpxlib(project: Path, codebook: Path) -> dict[str, Any]:  # noqa: ARG001
    """Read with qdpxlib, which cuts what was coded into sentences and leaves short ones out."""
    from qdpxlib.qdpxlib import QDPXFile

    read = QDPXFile(str(project))
    coded = [coding for coding in read.codings if coding[4]]
    return {"codes": list(read.codes.values()), "segments": [[words, sorted(codes)] for _, words, _, _, codes in coded]}


def of_portableqda(project: Path, codebook: Path) -> dict[str, Any]:  # noqa: ARG001
    """Read with portableqda, which reads codebooks without codes below codes."""
    import portableqda

    with tempfile.TemporaryDirectory() as folder:
        read = portableqda.codebookCls(output=str(Path(folder) / "out.qdc"))
        read.readQdcFile(str(codebook))
    return {"codes": list(read.codes.keys()), "sets": list(read.sets.keys())}


def main(step: str, folder: Path) -> None:
    """Take one of the two steps."""
    folder.mkdir(parents=True, exist_ok=True)
    if step == "write":
        write(folder)
        return
    project, codebook = folder / "small.qdpx", folder / "small.qdc"
    record: dict[str, Any] = {
        "made_by": "scripts/refi_readers.py",
        "of": "the small study of tests/studies.py",
        "project": digest(project),
        "codebook": hashlib.sha256(codebook.read_bytes()).hexdigest(),
    }
    for name in PROGRAMS:
        with contextlib.redirect_stdout(io.StringIO()):
            found = globals()[f"of_{name}"](project, codebook)
        record[name] = {"version": version(name), **found}
        counts = ", ".join(f"{len(value)} {key}" for key, value in found.items())
        print(f"{name} {record[name]['version']}: {counts}")
    RECORD.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    main(sys.argv[1], Path(sys.argv[2]))
