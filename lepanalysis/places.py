"""Where things lie: the checkout, a study named in a notebook, and files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from lepanalysis.faults import UsageError


def project_root() -> Path:
    """Return the folder of the checkout: the one that holds this package, notebooks/ and paper/.

    Raises
    ------
    UsageError
        When the package was installed without them.
    """
    root = Path(__file__).resolve().parent.parent
    if not (root / "notebooks").is_dir():
        message = "no notebooks/ beside the package: run it from a clone of the project (make paper installs it so)"
        raise UsageError(message)
    return root


def find_study(name: str | Path) -> Path:
    """Return the folder that a notebook's parameter names.

    A relative name is looked for in the working directory and the folders around it, so that a notebook in a
    copied folder finds the study beside it, and then in the checkout, so that it runs from anywhere.

    Parameters
    ----------
    name : str or Path
    """
    path = Path(name)
    if path.is_absolute():
        return path
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / path / "study.yaml").is_file():
            return folder / path
    return project_root() / path


def shown(path: Path) -> str:
    """Return a path as a person and a stored file may see it: from the checkout where it lies inside it."""
    try:
        return path.resolve().relative_to(project_root()).as_posix()
    except (ValueError, UsageError):
        return path.name


def identity(study: Path) -> str:
    """Return what tells a study from others on this machine: its place in the checkout, or its full path."""
    path = study.resolve()
    try:
        return path.relative_to(project_root()).as_posix()
    except (ValueError, UsageError):
        return str(path)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all.

    Parameters
    ----------
    path : Path
        The file; what stood there stays until the new one is complete.
    data : bytes
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
