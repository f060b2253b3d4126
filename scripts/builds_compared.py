"""Two builds held against each other to the byte: which files differ, and the first place where each does."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Times, machine and commit stand there, and nowhere else.
APART = {"run.json"}
# How much of a line that differs is shown.
WIDTH = 60
_OBJECT = re.compile(rb"(?:^|[\r\n])(\d+) \d+ obj\b")


def files_of(build: Path) -> dict[str, Path]:
    """Return the files of a build that have to be the same, by their place in it."""
    return {
        path.relative_to(build).as_posix(): path
        for path in sorted(build.rglob("*"))
        if path.is_file() and path.relative_to(build).as_posix() not in APART
    }


def kinds_of(build: Path) -> dict[str, tuple[int, str]]:
    """Return, for each kind of file in a build, how many there are and one digest of them all; last for all kinds."""
    kinds: dict[str, list[str]] = {}
    for file, path in files_of(build).items():
        line = f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {file}\n"
        kinds.setdefault(path.suffix or path.name, []).append(line)
    everything = [line for lines in kinds.values() for line in lines]
    return {
        kind: (len(lines), hashlib.sha256("".join(sorted(lines)).encode()).hexdigest())
        for kind, lines in [*sorted(kinds.items()), ("in all", everything)]
    }


def differences(one: Path, other: Path) -> list[str]:
    """Return the files in which two builds differ, each with the first place where they do."""
    ours, theirs = files_of(one), files_of(other)
    found = []
    for file in sorted(ours.keys() | theirs.keys()):
        if file not in theirs or file not in ours:
            found.append(f"{file}: only the {'first' if file in ours else 'second'} build makes it")
            continue
        data = ours[file].read_bytes(), theirs[file].read_bytes()
        if data[0] != data[1]:
            found.append(f"{file}: {place_of_difference(file, *data)}")
    return found


def place_of_difference(file: str, one: bytes, other: bytes) -> str:
    """Return where and in what two unequal contents of a file first differ.

    Parameters
    ----------
    file : str
        Its name, which says what is in it.
    one, other : bytes
    """
    by_kind = {".docx": _in_archive, ".ipynb": _in_notebook, ".pdf": _in_pdf}
    try:
        return by_kind.get(Path(file).suffix, _in_text)(one, other)
    except (ValueError, zipfile.BadZipFile):
        return _in_bytes(one, other)


def _in_bytes(one: bytes, other: bytes) -> str:
    """Return the first byte that differs."""
    return f"byte {_first(one, other) + 1} (of {len(one)} and {len(other)})"


def _first(one: Sequence[object], other: Sequence[object]) -> int:
    """Return the place, from 0, of the first difference of two sequences; where one ends if it is the other's head."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _in_text(one: bytes, other: bytes) -> str:
    """Return the first line that differs, with what stands there; a ValueError where it is no text."""
    ours, theirs = one.decode().split("\n"), other.decode().split("\n")
    at = _first(ours, theirs)
    if at == min(len(ours), len(theirs)):
        return f"{len(ours)} lines in the first, {len(theirs)} in the second"
    column = _first(ours[at], theirs[at])
    begin = max(0, column - WIDTH // 3)
    first, second = (lines[at][begin : begin + WIDTH] for lines in (ours, theirs))
    return f"line {at + 1}, column {column + 1}: {first!r} in the first, {second!r} in the second"


def _in_archive(one: bytes, other: bytes) -> str:
    """Return the first member of an archive that differs, and where."""
    with zipfile.ZipFile(io.BytesIO(one)) as ours, zipfile.ZipFile(io.BytesIO(other)) as theirs:
        names = ours.namelist(), theirs.namelist()
        if names[0] != names[1]:
            at = _first(*names)
            first, second = (listed[at] if at < len(listed) else "nothing" for listed in names)
            return f"member {at + 1} is {first} in the first, {second} in the second"
        for name in names[0]:
            data = ours.read(name), theirs.read(name)
            if data[0] != data[1]:
                return f"member {name}: {place_of_difference(name, *data)}"
            for about in ("date_time", "external_attr", "create_system", "compress_type"):
                first, second = (getattr(archive.getinfo(name), about) for archive in (ours, theirs))
                if first != second:
                    return f"member {name}: its {about} is {first} in the first, {second} in the second"
    return _in_bytes(one, other)


def _in_notebook(one: bytes, other: bytes) -> str:
    """Return the first cell of a notebook that differs, and where."""
    cells = [json.loads(data)["cells"] for data in (one, other)]
    for number, (ours, theirs) in enumerate(zip(*cells, strict=False), start=1):
        for key in sorted({*ours, *theirs}):
            parts = ours.get(key), theirs.get(key)
            if parts[0] != parts[1]:
                return f"cell {number} ({ours.get('id', 'no id')}), {key}, {_in_text(*map(_as_text, parts))}"
    if len(cells[0]) != len(cells[1]):
        return f"{len(cells[0])} cells in the first, {len(cells[1])} in the second"
    return _in_text(one, other)


def _as_text(part: object) -> bytes:
    """Return a part of a cell as lines: its source as it is, anything else as JSON."""
    if isinstance(part, list) and all(isinstance(line, str) for line in part):
        return "".join(part).encode()
    return json.dumps(part, ensure_ascii=False, indent=1).encode()


def _in_pdf(one: bytes, other: bytes) -> str:
    """Return the first byte of a PDF that differs, the object that it is in, and the page that shows that object."""
    at = _first(one, other)
    begun = list(_OBJECT.finditer(one, 0, at))
    if not begun:
        return _in_bytes(one, other)
    number = int(begun[-1][1])
    pages = [page for page, contents in enumerate(_contents(one), start=1) if number in contents]
    return f"{_in_bytes(one, other)}, in object {number}{f', page {pages[0]}' if pages else ''}"


def _contents(data: bytes) -> Iterator[set[int]]:
    """Yield, for each page of a PDF, the numbers of the objects that are drawn on it."""
    import pypdf
    from pypdf.generic import ArrayObject, IndirectObject

    try:
        for page in pypdf.PdfReader(io.BytesIO(data)).pages:
            drawn = page.raw_get("/Contents") if "/Contents" in page else ArrayObject()
            parts = drawn if isinstance(drawn, ArrayObject) else [drawn]
            yield {part.idnum for part in parts if isinstance(part, IndirectObject)}
    except pypdf.errors.PyPdfError:
        return
