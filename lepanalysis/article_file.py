"""The file of an article: what it is, whatever it is called, and the lines of print in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lepanalysis.article_pdf import (
    MOST_CHARACTERS,
    OUTERMOST,
    PrintedLine,
    fault_of_file,
    is_pdf,
    lines_of_pdf,
)
from lepanalysis.faults import StudyFaultsError
from lepanalysis.tables import fault_of_place, sha256_of

LARGEST_FILE = 100 * 1024 * 1024
# The first bytes of files that are often taken for an article's text.
_KINDS = (
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"PK\x03\x04", "a file of an office program, an e-book or an archive"),
    (b"\xd0\xcf\x11\xe0", "a file of an office program"),
    (b"{\\rtf", "a file of an office program"),
    (b"\x1f\x8b", "a compressed file"),
    (b"%!PS", "PostScript"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)
_WEB = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?<(?:!doctype\s+)?html", re.IGNORECASE)
_TAKE = "take the article as plain text (UTF-8) or as PDF"
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Printed:
    """The lines of an article's file, its digest, and whether it is ``text`` or ``pdf``."""

    lines: tuple[PrintedLine, ...]
    sha256: str
    kind: str


def read_printed(path: str | Path) -> Printed:
    """Read the lines of print of a plain text or a PDF; which of them it is, its first bytes say.

    Raises
    ------
    StudyFaultsError
        When there is no such file, it is neither, holds no text, or cannot be opened.
    """
    shown = str(path)
    data = _read(Path(path), shown)
    if is_pdf(data):
        return Printed(lines_of_pdf(data, shown), sha256_of(data), "pdf")
    lines = _lines_of_text(data, shown)
    if not lines:
        raise fault_of_file(shown, "the file holds no text", _TAKE)
    return Printed(lines, sha256_of(data), "text")


def _read(path: Path, shown: str) -> bytes:
    """Return the bytes of a file that may be an article."""
    if not path.is_file():
        misplaced = fault_of_place(path, shown)
        if misplaced is None:
            raise fault_of_file(shown, "there is no such file", "name the file of the article's text")
        raise StudyFaultsError([misplaced])
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise fault_of_file(shown, f"the file is larger than {LARGEST_FILE // 1024**2} MB", _TAKE)
        data = path.read_bytes()
    except OSError as error:
        raise fault_of_file(shown, f"the file cannot be read ({error.strerror})", "see to its permissions") from None
    for mark, kind in _KINDS:
        if data.startswith(mark):
            raise fault_of_file(shown, f"the file is {kind}, whatever it is called", _TAKE)
    if _WEB.match(data):
        raise fault_of_file(shown, "the file is a web page", _TAKE)
    return data


def _lines_of_text(data: bytes, shown: str) -> tuple[PrintedLine, ...]:
    """Return the lines of a plain text, by blocks, and by pages where it has form feeds."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        problem = f"byte {error.start + 1} of the file is not UTF-8"
        raise fault_of_file(shown, problem, "save the file as UTF-8, or name a PDF") from None
    if _CONTROL.search(text):
        raise fault_of_file(shown, "the file holds control characters, so it is no plain text", _TAKE)
    if len(text) > MOST_CHARACTERS:
        raise fault_of_file(shown, f"more than {MOST_CHARACTERS:,} characters", "name the article itself")
    pages = text.split("\f")
    found: list[PrintedLine] = []
    block = 0
    for number, page in enumerate(pages, 1):
        block += 1
        written = [line.strip() for line in page.split("\n")]
        filled = [place for place, line in enumerate(written) if line]
        outer = {*filled[:OUTERMOST], *filled[-OUTERMOST:]} if len(pages) > 1 else set()
        for place, line in enumerate(written):
            if line:
                found.append(PrintedLine(line, number if len(pages) > 1 else 0, block, place in outer))
            else:
                block += 1
    return tuple(found)
