"""The printed lines of an article that is at hand as a PDF, in the order in which the file holds them."""

from __future__ import annotations

import io
import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepanalysis.faults import Fault, StudyFaultsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf import PageObject, PdfReader

# An article is far below these; what is above them is no article, or means harm.
MOST_PAGES = 500
MOST_CHARACTERS = 2_000_000
# So few letters on all pages together are a stamp or a page number, not an article: its pages are pictures.
FEWEST_LETTERS = 100
# How many lines at the top and at the foot of a page can be running heads and feet.
OUTERMOST = 2
_SAVE = "save it anew from the publisher's page, or as plain text"


@dataclass(frozen=True)
class PrintedLine:
    """A line of print.

    Parameters
    ----------
    text : str
        As printed, without white space at either end; a hyphen at the end stays.
    page : int
        Number of its page from 1; 0 where the text has no pages.
    block : int
        Number of the block of lines that it belongs to; blocks are parted by empty lines or by pages.
    outermost : bool
        Whether it is among the first or the last lines of its page: where running heads and feet stand.
    size : float
        Size of its letters in points; 0 where it is not known.
    """

    text: str
    page: int = 0
    block: int = 0
    outermost: bool = False
    size: float = 0.0


def is_pdf(data: bytes) -> bool:
    """Whether the bytes of a file are those of a PDF; some programs write a few bytes before the mark."""
    return b"%PDF-" in data[:1024]


def lines_of_pdf(data: bytes, shown: str) -> tuple[PrintedLine, ...]:
    """Return the lines of print of a PDF, page by page.

    Columns, notes and running heads come in the order in which the file holds them, which is that of reading in
    what typesetting programs write.

    Parameters
    ----------
    data : bytes
        The whole file.
    shown : str
        The file as a fault names it.

    Raises
    ------
    StudyFaultsError
        When it is broken, locked with a password, too long, or holds pictures of pages and no text.
    """
    with quiet():
        try:
            found = _lines(data, shown)
        except StudyFaultsError:
            raise
        except Exception as error:  # noqa: BLE001 - a broken PDF makes pypdf raise almost anything
            raise fault_of_file(shown, f"the PDF cannot be read ({_told(error)})", _SAVE) from None
    if sum(letter.isalnum() for line in found for letter in line.text) < FEWEST_LETTERS:
        problem = "the PDF holds no text: its pages are pictures, as a scanner makes them"
        raise fault_of_file(shown, problem, "take the publisher's own PDF, or a plain text of the article")
    return found


def _lines(data: bytes, shown: str) -> tuple[PrintedLine, ...]:
    """Read every page."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    _unlock(reader, shown)
    if len(reader.pages) > MOST_PAGES:
        raise fault_of_file(shown, f"the PDF has {len(reader.pages)} pages", f"an article has up to {MOST_PAGES}")
    found: list[PrintedLine] = []
    characters = 0
    for number, page in enumerate(reader.pages, 1):
        raw = _of_page(page)
        characters += sum(len(text) for text, _, _ in raw)
        if characters > MOST_CHARACTERS:
            raise fault_of_file(shown, f"more than {MOST_CHARACTERS:,} characters of text", "name the article itself")
        edges = _edges([height for _, height, _ in raw])
        found += [
            PrintedLine(text, number, number, outermost=place in edges, size=size)
            for place, (text, _, size) in enumerate(raw)
        ]
    return tuple(found)


def _unlock(reader: PdfReader, shown: str) -> None:
    """Open a file that forbids copying but asks for no password; of one that asks for one, say so."""
    from pypdf.errors import DependencyError

    if not reader.is_encrypted:
        return
    remedy = "save it without protection, or name a plain text of the article"
    try:
        opened = bool(reader.decrypt(""))
    except (DependencyError, NotImplementedError):
        raise fault_of_file(shown, "the PDF is encrypted in a way that cannot be read here", remedy) from None
    if not opened:
        raise fault_of_file(shown, "the PDF is encrypted and asks for a password", remedy)


def _of_page(page: PageObject) -> list[tuple[str, float, float]]:
    """Return the lines of a page: text, height above the page's foot, size of the letters."""
    texts, heights, sizes = [""], [0.0], [0.0]

    def take(text: str, world: list[float], matrix: list[float], _font: Any, size: float) -> None:  # noqa: ANN401
        for number, part in enumerate(text.split("\n")):
            if number:
                texts.append("")
                heights.append(0.0)
                sizes.append(0.0)
            if part.strip() and not texts[-1].strip():
                heights[-1] = matrix[4] * world[1] + matrix[5] * world[3] + world[5]
                sizes[-1] = round(abs(size * matrix[3] * world[3]), 1)
            texts[-1] += part

    page.extract_text(visitor_text=take)
    return [(text.strip(), high, size) for text, high, size in zip(texts, heights, sizes, strict=True) if text.strip()]


def _edges(heights: list[float]) -> set[int]:
    """Return which lines of a page are outermost, by their height and by their order in the file."""
    levels = sorted({round(height) for height in heights})
    outer = {*levels[:OUTERMOST], *levels[-OUTERMOST:]}
    by_height = {place for place, height in enumerate(heights) if round(height) in outer}
    count = len(heights)
    return by_height | set(range(min(OUTERMOST, count))) | set(range(max(0, count - OUTERMOST), count))


@contextmanager
def quiet() -> Iterator[None]:
    """Keep pypdf from printing what it stumbles over: a file is read, or is refused with a sentence."""
    logger = logging.getLogger("pypdf")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


def fault_of_file(shown: str, problem: str, remedy: str) -> StudyFaultsError:
    """Return an error that carries one fault of the file as a whole."""
    return StudyFaultsError([Fault(shown, 0, "", problem, remedy)])


def _told(error: Exception) -> str:
    """Return an error of the reader in a few words."""
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 80 else f"{words[:79]}\u2026"
