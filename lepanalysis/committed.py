"""What is committed of a build, held against a new one: exhibits in figures/ and tables/, documents for reviewers."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepanalysis import places
from lepanalysis.faults import UsageError
from lepanalysis.reviewer_material import REVIEW
from lepanalysis.target import RUN, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDERS = ("figures", "tables")
# Between machines FreeType and the processor move edges by a pixel at most. Each picture is cut into squares of this
# many pixels, and the mean of a square may differ by so many of 255 steps: one edge moved by one pixel makes 16. One
# letter for another is not seen so; the SVG beside the picture, whose words are compared to the letter, shows it.
SQUARE = 16
LARGEST_STEP = 24.0
# And this many user units (points) in the outlines of an SVG.
LARGEST_SHIFT = 0.75
# How much of a line that differs is shown.
_SHOWN = 120
_SUFFIXES = {".csv", ".html", ".svg", ".png"}
# Documents for reviewers whose committed place is not docs/review: at the root, and between two lines of README.
AT_ROOT = "codecheck.yml"
IN_README = "exhibits.md"
README = "README.md"
DOCUMENTS = "docs/review"
BEGIN, END = "<!-- exhibits:begin -->", "<!-- exhibits:end -->"
_SECTION = re.compile(f"^{re.escape(BEGIN)}\n(.*?)^{re.escape(END)}$", re.MULTILINE | re.DOTALL)
# Where things stand in an SVG; all else in it is what it says and how it looks.
_GEOMETRY = re.compile(rb'(?<= )(?:d|x|y|x1|y1|x2|y2|cx|cy|r|width|height|points|transform|viewBox)="([^"]*)"')
_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?")
# Names that matplotlib makes out of digests of what is drawn; they follow from it.
_NAME = re.compile(rb'(?<=["#])(?:[A-Za-z]|C[0-9a-f]+_[0-9a-f]+_)[0-9a-f]{10}(?=[")])')


@dataclass(frozen=True)
class Difference:
    """One committed file that differs from the build, and in what."""

    file: str
    what: str

    def __str__(self) -> str:
        """Return the file and what differs."""
        return f"{self.file}: {self.what}"


def refuse_other(build: Path, study: str) -> None:
    """Refuse a build of any study but the one whose exhibits are committed.

    Parameters
    ----------
    build : Path
    study : str
        Its folder in the checkout.

    Raises
    ------
    UsageError
    """
    owner = read_json(build / RUN).get("study", study)
    if owner != study:
        raise UsageError(f"{build} holds the build of {owner}; figures/ and tables/ hold the exhibits of {study}")


def built_files(build: Path) -> dict[str, Path]:
    """Return the files of figures and tables that a build made, by their place.

    Raises
    ------
    UsageError
        When there is no build, or a file of it is gone.
    """
    files = {file: build / file for exhibit in _exhibits(build) for file in sorted(exhibit["files"].values())}
    gone = [file for file, path in files.items() if not path.is_file()]
    if gone:
        raise UsageError(f"{', '.join(gone)} of the build in {build} is gone; run make paper again")
    return files


def _exhibits(build: Path) -> list[dict[str, Any]]:
    """Return the exhibits of a build as its manifest lists them."""
    manifest = build / "manifest.json"
    if not manifest.is_file():
        raise UsageError(f"there is no build in {build}; run make paper first")
    return json.loads(manifest.read_text(encoding="utf-8"))["exhibits"]


def differences(build: Path, root: Path) -> list[Difference]:
    """Return how the committed exhibits differ from those of a build: data exactly, pictures within a tolerance.

    Parameters
    ----------
    build : Path
    root : Path
        The folder that holds figures/ and tables/.
    """
    built = built_files(build)
    committed = {
        path.relative_to(root).as_posix(): path
        for folder in FOLDERS
        for path in sorted((root / folder).glob("*"))
        if path.suffix in _SUFFIXES
    }
    found = []
    for file in sorted(set(built) | set(committed)):
        if file not in committed:
            found.append(Difference(file, "the build makes it and it is not committed"))
        elif file not in built:
            found.append(Difference(file, "it is committed and the build does not make it"))
        else:
            what = difference(committed[file].read_bytes(), built[file].read_bytes(), file)
            if what:
                found.append(Difference(file, what))
    return found + list(_differing_documents(build, root))


def _differing_documents(build: Path, root: Path) -> Iterator[Difference]:
    """Yield how the committed documents for reviewers differ from those of a build, to the letter."""
    built = _documents(build)
    for file, text in built.items():
        committed = _committed_document(root, file)
        if committed is None and file == README:
            yield Difference(file, f"it has no lines {BEGIN} and {END} for the list of exhibits to stand between")
        elif committed is None:
            yield Difference(file, "the build makes it and it is not committed")
        elif committed != text:
            yield Difference(file, _difference_of_lines(committed, text))
    for file in _documents_made_no_more(built, root):
        yield Difference(file, "it is committed and the build does not make it")


def _documents(build: Path) -> dict[str, str]:
    """Return the documents for reviewers that a build made, by their committed place."""
    places_ = {AT_ROOT: AT_ROOT, IN_README: README}
    return {
        places_.get(path.name, f"{DOCUMENTS}/{path.name}"): path.read_text(encoding="utf-8")
        for path in sorted((build / REVIEW).glob("*"))
    }


def _committed_document(root: Path, file: str) -> str | None:
    """Return a document as committed, of README the part that a build makes; None where there is none."""
    if not (root / file).is_file():
        return None
    text = (root / file).read_text(encoding="utf-8")
    if file != README:
        return text
    section = _SECTION.search(text)
    return section[1].strip("\n") + "\n" if section else None


def _documents_made_no_more(built: dict[str, str], root: Path) -> list[str]:
    """Return the committed documents that a build does not make."""
    there = [path.relative_to(root).as_posix() for path in sorted((root / DOCUMENTS).glob("*.md"))]
    there += [AT_ROOT] if (root / AT_ROOT).is_file() else []
    return [file for file in there if file not in built]


def difference(committed: bytes, built: bytes, file: str) -> str:
    """Return in what two files differ, or nothing.

    Parameters
    ----------
    committed, built : bytes
    file : str
        Its name, which says how it is compared.
    """
    if committed == built:
        return ""
    if file.endswith((".csv", ".html")):
        return _difference_of_lines(committed.decode(errors="replace"), built.decode(errors="replace"))
    if file.endswith(".png"):
        return _difference_of_pictures(committed, built)
    return _difference_of_outlines(committed, built)


def _difference_of_lines(committed: str, built: str) -> str:
    """Return the first line in which two texts differ."""
    ours, theirs = committed.split("\n"), built.split("\n")
    for number, (one, other) in enumerate(zip(ours, theirs, strict=False), start=1):
        if one != other:
            where = next(
                (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(map(len, (one, other)))
            )
            return f"line {number} is {_around(one, where)!r} as committed and {_around(other, where)!r} as built"
    return f"{len(ours)} lines as committed, {len(theirs)} as built"


def _around(line: str, where: int) -> str:
    """Return what a person needs to see of a line: all of a short one, of a long one what stands around a place."""
    if len(line) <= _SHOWN or where < _SHOWN // 2:
        return line[:_SHOWN]
    first = where - _SHOWN // 3
    return f"…{line[first : first + _SHOWN]}"


def _difference_of_pictures(committed: bytes, built: bytes) -> str:
    """Return by how much two pictures differ, where it is more than a machine makes."""
    from matplotlib.image import imread

    try:
        ours, theirs = (imread(io.BytesIO(data), format="png") for data in (committed, built))
    except (OSError, SyntaxError, ValueError):
        return "not a picture that can be read"
    if ours.shape != theirs.shape:
        return f"{ours.shape[1]} × {ours.shape[0]} pixels as committed, {theirs.shape[1]} × {theirs.shape[0]} as built"
    change = ours.astype(float) - theirs.astype(float)
    rows, columns = (range(0, size, SQUARE) for size in change.shape[:2])
    sums = np.add.reduceat(np.add.reduceat(change, rows, axis=0), columns, axis=1)
    step = float(np.abs(sums).max()) * 255 / SQUARE**2
    return f"the pictures differ by up to {step:.0f} of 255 steps" if step > LARGEST_STEP else ""


def _difference_of_outlines(committed: bytes, built: bytes) -> str:
    """Return in what two drawings differ: in what they say, or in where it stands by more than a machine makes."""
    (ours, one), (theirs, other) = (_apart(_NAME.sub(b"", data)) for data in (committed, built))
    if ours != theirs:
        return "the drawings hold different elements"
    shift = float(np.abs(one - other).max()) if one.size else 0.0
    return "" if shift <= LARGEST_SHIFT else f"an element is shifted by {shift:.2f} points"


def _apart(svg: bytes) -> tuple[bytes, np.ndarray]:
    """Return a drawing without the numbers that say where things stand, and those numbers."""
    numbers: list[bytes] = []

    def keep(found: re.Match[bytes]) -> bytes:
        numbers.extend(_NUMBER.findall(found[0]))
        return _NUMBER.sub(b"0", found[0])

    rest = _GEOMETRY.sub(keep, svg)
    return rest, np.array([float(number) for number in numbers])


def accept(build: Path, root: Path) -> list[str]:
    """Take the exhibits and documents of a build into their committed places and return the files that changed.

    Raises
    ------
    UsageError
        When there is no build, one of its exhibits rests on restricted records (those are not committed), or README
        has no place for the list of exhibits.
    """
    built = built_files(build)
    restricted = [exhibit["id"] for exhibit in _exhibits(build) if exhibit["class"] == "restricted"]
    if restricted:
        raise UsageError(f"{restricted[0]} rests on restricted records, which figures/ and tables/ must not show")
    changed = []
    for file, path in built.items():
        target = root / file
        data = path.read_bytes()
        # A picture that differs within the tolerance stays, so that a machine does not make commits.
        if target.is_file() and not difference(target.read_bytes(), data, file):
            continue
        places.write_whole(target, data)
        changed.append(file)
    for folder in FOLDERS:
        for path in sorted((root / folder).glob("*")):
            name = path.relative_to(root).as_posix()
            if path.suffix in _SUFFIXES and name not in built:
                path.unlink()
                changed.append(name)
    return changed + _accept_documents(build, root)


def _accept_documents(build: Path, root: Path) -> list[str]:
    """Take the documents for reviewers and return the files that changed."""
    built = _documents(build)
    changed = []
    for file, text in built.items():
        committed = _committed_document(root, file)
        if committed == text:
            continue
        if file == README:
            if committed is None:
                raise UsageError(
                    f"README.md has no lines {BEGIN} and {END}; add them where its list of exhibits belongs"
                )
            whole = (root / README).read_text(encoding="utf-8")
            head, _, rest = whole.partition(f"{BEGIN}\n")
            tail = rest.partition(f"{END}\n")[2]
            places.write_whole(root / README, f"{head}{BEGIN}\n\n{text}\n{END}\n{tail}".encode())
        else:
            places.write_whole(root / file, text.encode())
        changed.append(file)
    for file in _documents_made_no_more(built, root):
        (root / file).unlink()
        changed.append(file)
    return changed
