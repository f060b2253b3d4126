"""Make a study of an open corpus that somebody has, and its paper: `make open`.

A folder below `data/open` says which files the corpus has (SHA256SUMS), how they are read (mapping.yaml), what is known
of it (claims.yaml) and what the notebooks are given (parameters.txt, if there is one). The corpus itself is in no
repository of this project.

    python scripts/open_study.py data/open/NAME CORPUS OUT [--jobs N]
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def wrong_files(corpus: Path, sums: str) -> list[str]:
    """Return a sentence for each file of a corpus that is missing or is another than the one whose digest is known.

    Parameters
    ----------
    corpus : Path
    sums : str
        Lines as sha256sum writes them, names seen from the corpus.
    """
    found = []
    for line in sums.splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            found.append(f"SHA256SUMS: {line!r} is no digest with a name.")
            continue
        digest, name = match.groups()
        path = corpus / name
        if not path.is_file():
            found.append(f"{name} is missing.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            found.append(f"{name} is not the file whose digest is known: it was changed, or is of another version.")
    return found


def parameters_of(description: Path) -> list[str]:
    """Return what the notebooks are given, as options of `lepanalysis build`.

    Parameters
    ----------
    description : Path
        A folder below ``data/open``.
    """
    file = description / "parameters.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    kept = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return [part for line in kept for part in ("--parameter", line)]


def main() -> int:
    """Check, import, verify, build; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    for name in ("description", "corpus", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--jobs", default="1")
    given = parser.parse_args()
    readme = given.description / "README.md"
    if not given.corpus.is_dir():
        print(f"{given.corpus} is no folder; {readme} says where the corpus can be had.", file=sys.stderr)
        return 1
    wrong = wrong_files(given.corpus, (given.description / "SHA256SUMS").read_text(encoding="utf-8"))
    if wrong:
        print(*wrong, f"Nothing was made; {readme} says where the corpus can be had.", sep="\n", file=sys.stderr)
        return 1
    study, paper = given.out / "study", given.out / "paper"
    mapping = given.description / "mapping.yaml"
    given.out.mkdir(parents=True, exist_ok=True)
    _run("import", given.corpus, study, "--mapping", mapping, "--replace")
    shutil.copyfile(given.description / "claims.yaml", study / "claims.yaml")
    _run("check", study)
    # What is contradicted is told in the paper too, so that it is built either way.
    verdict = _run("verify", study, may_fail=True)
    _run("build", study, "--out", paper, "--jobs", given.jobs, *parameters_of(given.description))
    return verdict


def _run(*arguments: object, may_fail: bool = False) -> int:
    """Run one of the project's commands."""
    command = [sys.executable, "-m", "lepanalysis", *map(str, arguments)]
    status = subprocess.run(command, check=False).returncode
    if status and not may_fail:
        sys.exit(status)
    return status


if __name__ == "__main__":
    sys.exit(main())
