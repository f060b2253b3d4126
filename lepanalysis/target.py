"""The folder of a build: whose it is, who may write to it, and how a new build takes the place of the last one."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import shutil
from typing import TYPE_CHECKING, Any

from lepanalysis import places
from lepanalysis.faults import LepanalysisError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MANIFEST = "manifest.json"
RUN = "run.json"
# The chains of all exhibits, as they stand in the paper.
WHY = "why.json"
# What a build puts into its folder; nothing else there is ever touched.
PAPERS = ("paper.html", "paper.pdf", "paper.docx")
# What is made from all of it, for reviewers and for whoever asks why.
DOCUMENTS = ("annotations.jsonld", "claims-template.yaml", "review", "ro-crate-metadata.json", WHY)
OWN = ("exhibits", "figures", "notebooks", "tables", MANIFEST, RUN, *PAPERS, *DOCUMENTS)
# Where a failed notebook is kept for whoever has to mend it.
FAILED = "failed"
_NEW = ".new"
_OLD = ".old"
_COMPLETE = ".complete.json"
_LOCK = ".lock"
_KEYS_OF_MANIFEST = {"study", "inputs", "notebooks", "exhibits", "versions"}


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object from a file; an empty one where there is none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write_json(path: Path, value: object) -> None:
    """Write plain data as JSON, keys in order."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    places.write_whole(path, text.encode())


def manifest_of(target: Path) -> dict[str, Any]:
    """Return the manifest of the build in a folder, or nothing where it holds none."""
    manifest = read_json(target / MANIFEST)
    return manifest if manifest.keys() >= _KEYS_OF_MANIFEST else {}


def read_exhibits(folder: Path, manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the registers of all notebooks of a build as one, by id, in the order of the notebooks.

    Parameters
    ----------
    folder : Path
    manifest : mapping
    """
    exhibits: dict[str, dict[str, Any]] = {}
    for name, entry in manifest["notebooks"].items():
        if entry.get("skipped"):
            continue
        record = json.loads((folder / "exhibits" / f"{name}.json").read_text(encoding="utf-8"))
        exhibits |= {exhibit["id"]: exhibit for exhibit in record["exhibits"]}
    return exhibits


def refuse_foreign(target: Path, study: str, *, named: bool) -> None:
    """Refuse to build into a folder that is somebody else's.

    Parameters
    ----------
    target : Path
    study : str
        What identifies the study.
    named : bool
        Whether the user named the folder; the default one is not taken from another study of the same name.

    Raises
    ------
    UsageError
    """
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file; name a folder with --out")
    if not target.is_dir():
        return
    foreign = [path.name for path in target.iterdir() if not path.name.startswith(".") and path.name != FAILED]
    if foreign and not manifest_of(target):
        raise UsageError(f"{target} holds files and is no earlier build; name an empty or new folder with --out")
    owner = read_json(target / RUN).get("study", study)
    if foreign and not named and owner != study:
        raise UsageError(f"{target} holds the build of another study, {owner}; name another folder with --out")


@contextlib.contextmanager
def alone(target: Path) -> Iterator[None]:
    """Hold the only right to build into `target`; the empty lock file stays, so that nobody can lock another one."""
    target.mkdir(parents=True, exist_ok=True)
    with (target / _LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(
                f"another build writes to {target}; wait for it, or name another folder with --out"
            ) from None
        yield


@contextlib.contextmanager
def disk_errors(target: Path) -> Iterator[None]:
    """Say in words that there is no room, or no right, to write."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise LepanalysisError(f"no room left on the disk of {target}; the last good build is as it was") from None
        if error.errno in {errno.EACCES, errno.EROFS, errno.EPERM}:
            place = error.filename or target
            raise LepanalysisError(f"{place} may not be written; name another folder with --out") from None
        raise


@contextlib.contextmanager
def staging_in(target: Path) -> Iterator[Path]:
    """Give an empty folder inside `target` to build in; it is gone at the end, exchanged or not."""
    _recover(target)
    folder = target / _NEW
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def exchange(target: Path) -> None:
    """Let what was built in `staging_in` take the place of the last build.

    The list of what is new is written first: if the exchange is broken off, the next build ends it.
    """
    new = target / _NEW
    names = sorted(path.name for path in new.iterdir())
    places.write_whole(new / _COMPLETE, json.dumps(names).encode())
    _finish(target, names)


def _finish(target: Path, names: list[str]) -> None:
    """Move the last build aside and the new one in; what has been moved already is left where it is."""
    new, old = target / _NEW, target / _OLD
    old.mkdir(exist_ok=True)
    for name in OWN:
        waiting = (new / name).exists()
        if (target / name).exists() and (waiting or name not in names):
            (target / name).rename(old / name)
        if waiting:
            (new / name).rename(target / name)
    shutil.rmtree(new)
    shutil.rmtree(old)


def _recover(target: Path) -> None:
    """End an exchange that was broken off, and clear what an interrupted build left."""
    complete = target / _NEW / _COMPLETE
    if complete.is_file():
        _finish(target, json.loads(complete.read_text(encoding="utf-8")))
    for name in (_NEW, _OLD):
        shutil.rmtree(target / name, ignore_errors=True)
