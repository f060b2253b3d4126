"""The invented ledger of docs/ledger-format.md, written to a folder file by file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from projects import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = ROOT / "docs" / "ledger-format.md"
_BLOCK = re.compile(r"^`([a-z.]+)`[^\n]*:\n```[a-z]+\n(.*?)^```", re.MULTILINE | re.DOTALL)


def example() -> dict[str, str]:
    """Return the files of the example by name, the article's text among them."""
    return dict(_BLOCK.findall(FORMAT.read_text(encoding="utf-8")))


def write_ledger(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """Write the example's ledger into `folder`, without the article's text, and return it.

    Parameters
    ----------
    folder : Path
    *changes : tuple of str
        File, what stands in it once, and what to put in its place.
    """
    files = example()
    del files["article.txt"]
    for file, old, new in changes:
        if files[file].count(old) != 1:
            message = f"{old!r} stands {files[file].count(old)} times in {file}"
            raise ValueError(message)
        files[file] = files[file].replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder
