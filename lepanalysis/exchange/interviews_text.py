"""Transcripts as blocks of text, from plain text, Word, OpenDocument and PDF.

Word and OpenDocument files are read here and not by a library: a transcript is its paragraphs, and the libraries for
them parse XML without the bounds that `lepanalysis.exchange.guard` has.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lepanalysis.article_pdf import quiet
from lepanalysis.exchange.guard import LIMITS, open_archive, parse_xml, read_bounded
from lepanalysis.exchange.limits import MEGABYTE
from lepanalysis.exchange.sheets_text import decoded
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from lepanalysis.exchange.guard import Archive

SUFFIXES = (".txt", ".md", ".docx", ".odt", ".pdf")
_LIMITS = replace(LIMITS, members=10_000, member_bytes=64 * MEGABYTE, total_bytes=512 * MEGABYTE, elements=2_000_000)
_MOST_PAGES, _MOST_CHARACTERS = 2_000, 20_000_000
# Spaces that OpenDocument writes as a number.
_MOST_SPACES = 100
# In Word: text that was struck out while changes were tracked, and the second form of what old programs cannot show.
_NOT_READ_IN_WORD = frozenset({"del", "moveFrom", "Fallback", "instrText", "pPr", "rPr", "sectPr", "tblPr"})
_NOT_READ_IN_ODT = frozenset({"tracked-changes", "sequence-decls", "forms", "variable-decls", "user-field-decls"})
_COUNTED_IN_ODT = {"annotation": "comments", "note": "notes"}
_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:(?:page|seite|p\.|s\.)\s{0,2})?\d{1,4}(?:\s{0,2}(?:/|of|von)\s{0,2}\d{1,4})?\W{0,3}", re.IGNORECASE
)
_LINE_NUMBER = re.compile(r"\d{1,5}")
# Letters that print joins, as letters.
_LIGATURES = str.maketrans({"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"})
# So many numbers, each one more than the one before, number the lines of a print.
_FEWEST_LINE_NUMBERS = 10


@dataclass(frozen=True)
class Transcript:
    """A file as text.

    Parameters
    ----------
    blocks : tuple of str
        Paragraphs; lines inside one are parted by LF.
    is_wrapped : bool
        Whether a line ends where the page did, and not where the text does.
    is_markdown : bool
        Whether lines that begin with ``#`` are headings.
    left_out : mapping
        How many comments, notes and page numbers are not in the blocks.
    notes : tuple of str
        Sentences on how the file was read.
    """

    blocks: tuple[str, ...]
    is_wrapped: bool = False
    is_markdown: bool = False
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def transcript_of(path: Path, encoding: str = "") -> Transcript:
    """Return a file as text.

    Parameters
    ----------
    path : Path
    encoding : str
        Of plain text, as stated; empty: found.

    Raises
    ------
    LepanalysisError
        When it is damaged, locked, too large, or not what its name says.
    """
    suffix = path.suffix.lower()
    data = read_bounded(path, _LIMITS)
    is_archive, is_pdf = data.startswith(b"PK\x03\x04"), b"%PDF-" in data[:1024]
    wrong = {".docx": not is_archive, ".odt": not is_archive, ".pdf": not is_pdf}.get(suffix, is_archive or is_pdf)
    if wrong:
        raise LepanalysisError(f"{path.name} is refused: what is in it is not what its name ends in ({suffix})")
    if suffix == ".pdf":
        return _of_pdf(data, path.name)
    if suffix in {".docx", ".odt"}:
        with open_archive(path, _LIMITS) as archive:
            return _of_word(archive) if suffix == ".docx" else _of_odt(archive)
    # Of many files some are in UTF-8 whatever is said of the others; no other text happens to be.
    stated = "" if _is_utf_8(data) else encoding
    text, _, notes = decoded(data, path.name, stated, remedy="say --set encoding=NAME")
    if "\0" in text:
        raise LepanalysisError(f"{path.name} holds NUL characters and is no text; save it as UTF-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n\n")
    blocks = re.split(r"\n[ \t]*(?:\n[ \t]*)+", text)
    kept = tuple(block.strip("\n") for block in blocks if block.strip())
    return Transcript(kept, is_markdown=suffix == ".md", notes=notes)


def _is_utf_8(data: bytes) -> bool:
    """Whether bytes are a text in UTF-8."""
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    """Return an attribute whatever its namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _member(archive: Archive, name: str) -> Element:
    if name not in archive:
        raise LepanalysisError(f"{archive.path.name} is refused: it holds no {name}, so it is no such document")
    return parse_xml(archive.read(name), f"{name} in {archive.path.name}", _LIMITS)


def _of_word(archive: Archive) -> Transcript:
    """Return the paragraphs of a Word file."""
    root = _member(archive, "word/document.xml")
    left_out: Counter[str] = Counter()
    for member, kind, tag in (("comments", "comments", "comment"), ("footnotes", "notes", "footnote")):
        if f"word/{member}.xml" in archive:
            found = _member(archive, f"word/{member}.xml")
            # The lines above notes are written as notes of a type of their own.
            left_out[kind] += sum(_local(one) == tag and not _attribute(one, "type") for one in found)
    blocks = [block for block in _blocks(root, _word_text, row="tr", cell="tc") if block.strip()]
    return Transcript(tuple(blocks), left_out=dict(+left_out))


def _word_text(element: Element) -> Iterator[str]:
    """Yield the words of a paragraph of Word."""
    for one in element:
        name = _local(one)
        if name == "t":
            yield one.text or ""
        elif name == "tab":
            yield "\t"
        elif name in {"br", "cr"}:
            yield "\n"
        elif name == "noBreakHyphen":
            yield "-"
        elif name not in _NOT_READ_IN_WORD:
            yield from _word_text(one)


def _of_odt(archive: Archive) -> Transcript:
    """Return the paragraphs of an OpenDocument text."""
    manifest = "META-INF/manifest.xml"
    if manifest in archive and b"encryption-data" in archive.read(manifest):
        raise LepanalysisError(f"{archive.path.name} is locked with a password; save it without")
    root = _member(archive, "content.xml")
    left_out: Counter[str] = Counter()

    def words(element: Element) -> Iterator[str]:
        yield element.text or ""
        for one in element:
            name = _local(one)
            if name in _COUNTED_IN_ODT:
                left_out[_COUNTED_IN_ODT[name]] += 1
            elif name == "s":
                count = _attribute(one, "c")
                yield " " * min(int(count) if count.isdecimal() and len(count) < 6 else 1, _MOST_SPACES)
            elif name == "tab":
                yield "\t"
            elif name == "line-break":
                yield "\n"
            else:
                yield from words(one)
            yield one.tail or ""

    blocks = [block for block in _blocks(root, words, row="table-row", cell="table-cell") if block.strip()]
    return Transcript(tuple(blocks), left_out=dict(+left_out))


def _blocks(root: Element, words: object, *, row: str, cell: str) -> Iterator[str]:
    """Yield the paragraphs of a document; a row of a table is one, its cells parted by tabs."""
    for one in root:
        name = _local(one)
        if name in {"p", "h"}:
            yield "".join(words(one)).strip("\n")  # type: ignore[operator]
        elif name == row:
            cells = ["\n".join(filter(str.strip, _blocks(inner, words, row=row, cell=cell))) for inner in one]
            yield "\t".join(text for text, inner in zip(cells, one, strict=True) if _local(inner) == cell).rstrip("\t")
        elif name not in _NOT_READ_IN_WORD and name not in _NOT_READ_IN_ODT:
            yield from _blocks(one, words, row=row, cell=cell)


def _of_pdf(data: bytes, name: str) -> Transcript:
    """Return the lines of a PDF, page by page, without page numbers."""
    with quiet():
        try:
            pages = _pages(data, name)
        except LepanalysisError:
            raise
        except Exception as error:  # noqa: BLE001 - a broken PDF makes pypdf raise almost anything
            told = " ".join(str(error).split())[:200] or type(error).__name__
            raise LepanalysisError(f"{name} cannot be read as a PDF ({told}); save it anew, or as text") from None
    if sum(page.count("\t") for page in pages) > sum(page.count(" ") for page in pages):
        # Some programs print a tab between any two words.
        pages = [page.replace("\t", " ") for page in pages]
    lined, numbered = _without_line_numbers([page.translate(_LIGATURES).split("\n") for page in pages])
    blocks: list[str] = []
    numbers = 0
    for lines in lined:
        filled = [place for place, line in enumerate(lines) if line.strip()]
        for place in {*filled[:1], *filled[-1:]}:
            if _PAGE_NUMBER.fullmatch(lines[place].strip()):
                numbers += 1
                lines[place] = ""
        text = "\n".join(line.strip() for line in lines).strip("\n")
        blocks += [block for block in re.split(r"\n{2,}", text) if block.strip()]
    if not any(letter.isalnum() for block in blocks for letter in block):
        raise LepanalysisError(f"{name} holds no text: its pages are pictures; have their text recognised first")
    left_out = {"page numbers": numbers, "line numbers": numbered}
    return Transcript(tuple(blocks), is_wrapped=True, left_out={kind: one for kind, one in left_out.items() if one})


def _without_line_numbers(pages: list[list[str]]) -> tuple[list[list[str]], int]:
    """Return the lines of pages without those that number the others, and how many those were.

    A number stands by itself and is one more than the number before it, or begins anew on its page.
    """
    last = 0
    chains: list[list[tuple[int, int]]] = [[]]
    for page, lines in enumerate(pages):
        for place, line in enumerate(lines):
            if _LINE_NUMBER.fullmatch(line.strip()) is None:
                continue
            number = int(line)
            if number != last + 1:
                chains.append([])
            chains[-1].append((page, place))
            last = number
    gone = {
        place
        for chain in chains
        # One a page are numbers of pages.
        if len(chain) >= max(_FEWEST_LINE_NUMBERS, 2 * len({page for page, _ in chain}))
        for place in chain
    }
    kept = [[line for place, line in enumerate(lines) if (page, place) not in gone] for page, lines in enumerate(pages)]
    return kept, len(gone)


def _pages(data: bytes, name: str) -> list[str]:
    """Return the text of each page."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise LepanalysisError(f"{name} is locked with a password; save it without")
    if len(reader.pages) > _MOST_PAGES:
        raise LepanalysisError(f"{name} is refused: it has {len(reader.pages):,} pages, more than {_MOST_PAGES:,}")
    found: list[str] = []
    characters = 0
    for page in reader.pages:
        found.append(page.extract_text())
        characters += len(found[-1])
        if characters > _MOST_CHARACTERS:
            raise LepanalysisError(f"{name} is refused: it has more than {_MOST_CHARACTERS:,} characters")
    return found
