"""`read_article_text`: the text of an article, as plain text or PDF, in the sentences that a ledger's locators name."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lepanalysis.article_file import read_printed
from lepanalysis.article_lines import (
    SOFT_HYPHEN,
    canonical,
    ends_in_stop,
    joined,
    readings,
    without_furniture,
    words_of,
)
from lepanalysis.article_pdf import PrintedLine, fault_of_file
from lepanalysis.article_sections import Section, divided
from lepanalysis.locators import begins_block, digest_of_sentence, normalised, sentences_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from lepanalysis.article import Article
    from lepanalysis.article_file import Printed

# A sentence of a text whose paragraphs are not known begins with a line or behind a stop, and ends with one of the next
# so many lines or stops.
MOST_ENDS = 60
# A text is that of the article when half of the located sentences are in it. With the title, a third will do (an
# extraction that is damaged); and of a text that lacks whole sections, half of those of the sections that it has, which
# have to be a tenth of all. A paper about an article has its title, its themes and some quotations of it.
OF_ALL, OF_ENTITLED, OF_PART = 1 / 2, 1 / 3, 1 / 10
# What stands before a sentence, to see who is said to speak in it.
BEFORE = 1500
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\ufdd0\ufdd1]")
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_CURLY = re.compile("[\u2018\u2019\u201c\u201d]")
# One line or several of a list of references: what an extraction writes in front of an entry.
_ITEM = re.compile(r"^(?:[-*\u2022]|\[\d+\]|\d+\.)\s+")
_ANGLE = re.compile(r"<(\S+?)>")
# What was done to a text on reading: in words for one thing and for several.
_DONE = {
    "pages": ("page was read in the order of the file", "pages were read in the order of the file"),
    "breaks": ("page break inside a paragraph was joined", "page breaks inside paragraphs were joined"),
    "heads": ("running head or foot was taken out", "running heads and feet were taken out"),
    "numbers": ("page number was taken out", "page numbers were taken out"),
    "licence": ("line on open access or copyright was taken out", "lines on open access and copyright were taken out"),
    "journal": (
        "line on ORCID, DOI or the journal was taken out",
        "lines on ORCID, DOI and the journal were taken out",
    ),
    "address": (
        "line of an address for correspondence was taken out",
        "lines of an address for correspondence were taken out",
    ),
    "ligatures": ("ligature was taken apart", "ligatures were taken apart"),
    "curly": ("curly quotation mark or apostrophe was made straight", "curly quotation marks were made straight"),
    "soft": ("soft hyphen inside a line was taken out", "soft hyphens inside lines were taken out"),
    "either": ("soft hyphen inside a line was read as a hyphen", "soft hyphens inside lines were read as hyphens"),
    "rejoined": ("word broken at the end of a line was made one", "words broken at the end of a line were made one"),
    "kept": ("hyphen at the end of a line was kept", "hyphens at the end of a line were kept"),
    "open": (
        "hyphen at the end of a line may be part of the word or not: both readings are compared",
        "hyphens at the end of a line may be part of the word or not: both readings are compared",
    ),
}


@dataclass(frozen=True)
class Sentence:
    """A sentence of the article, a block quotation, a heading (paragraph 0) or an entry of the reference list.

    Parameters
    ----------
    section : str
    paragraph, sentence : int
        Where it stands, as a locator names it; over a text whose paragraphs are not known, paragraph 1 and the number
        within the section.
    text : str
        Normalised, in its commonest reading.
    sha256 : str
        Digest of `text`.
    marked : str
        The text with the marks of `article_lines` where a word may be read in two ways; empty where there are none.
    """

    section: str
    paragraph: int
    sentence: int
    text: str
    sha256: str
    marked: str = field(default="", repr=False)


@dataclass(frozen=True)
class Passage:
    """All of a section without its heading, as running text, with marks, and where its lines of print begin."""

    section: str
    text: str
    starts: tuple[int, ...] = ()


@dataclass(frozen=True)
class ArticleText:
    """The text of an article, frozen.

    Parameters
    ----------
    sha256 : str
        Digest of the file.
    kind : str
        ``text`` or ``pdf``.
    sentences : tuple of Sentence
    flow : str
        All of it, normalised.
    report : tuple of str
        What was done to it on reading, a sentence each.
    placed : bool
        Whether paragraphs are known: not in a PDF, nor in a text that has pages.
    passages : tuple of Passage
    """

    sha256: str
    kind: str
    sentences: tuple[Sentence, ...] = field(repr=False)
    flow: str = field(repr=False)
    report: tuple[str, ...]
    placed: bool = True
    passages: tuple[Passage, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Found:
    """A stretch of print that has a digest: where it stands, how it reads, and the sentence before it."""

    section: str
    paragraph: int
    sentence: int
    text: str
    before: str = ""


def read_article_text(path: str | Path, article: Article) -> ArticleText:
    """Read the text of the article that a ledger describes.

    Parameters
    ----------
    path : str or Path
        Plain text in UTF-8, its paragraphs parted by empty lines, or a PDF; which of them, its first bytes say.
    article : Article
        The ledger: its sections are looked for by number and name; its title and its located sentences tell whether
        this is the article at all.

    Returns
    -------
    ArticleText

    Raises
    ------
    StudyFaultsError
        When there is no such file, it is no text or PDF, holds no text, cannot be opened, or is another article.
    """
    shown = str(path)
    printed = read_printed(path)
    lines, done = _characters(printed.lines, printed.kind)
    text = _article_text(lines, done, _sections(article), printed)
    _expect(text, lines, article, shown)
    return text


def find(text: ArticleText, digests: Collection[str]) -> dict[str, tuple[Found, ...]]:
    """Return where sentences with certain digests stand; those that stand nowhere are left out.

    Over a text whose paragraphs are not known, any stretch from the beginning of a line or behind a stop to the end
    of a line or a stop counts as a sentence, so that a heading, a block quotation or an entry of the reference list
    is found as well.

    Parameters
    ----------
    text : ArticleText
    digests : collection of str
    """
    found: dict[str, dict[tuple[str, int, int], Found]] = {}
    wanted = set(digests)
    before = Sentence("", 0, 0, "", "")
    for sentence in text.sentences:
        place = sentence.section, sentence.paragraph, sentence.sentence
        said = before.text if before.section == sentence.section else ""
        for reading in readings(sentence.marked or sentence.text):
            digest = digest_of_sentence(reading)
            if digest in wanted:
                found.setdefault(digest, {}).setdefault(place, Found(*place, reading, said))
        before = sentence
    missing = wanted.difference(found)
    for passage in text.passages if missing and not text.placed else ():
        for digest, stretch in _stretches(passage, missing):
            found.setdefault(digest, {}).setdefault((stretch.section, 1, stretch.sentence), stretch)
    return {digest: tuple(places.values()) for digest, places in found.items()}


def _stretches(passage: Passage, wanted: Collection[str]) -> Iterator[tuple[str, Found]]:
    """Yield the stretches of a passage that have one of the digests; their number is the place they begin at."""
    starts, ends = set(passage.starts), set()
    for start in passage.starts[1:]:
        ends.add(len(passage.text[:start].rstrip(" \ufdd0\ufdd1")))
    place = 0
    for sentence in sentences_of(passage.text):
        starts.add(place)
        ends.add(place + len(sentence))
        place += len(sentence) + 1
    ordered = sorted(ends | {len(passage.text)})
    first = 0
    for start in sorted(starts):
        while first < len(ordered) and ordered[first] <= start:
            first += 1
        for end in ordered[first : first + MOST_ENDS]:
            for reading in readings(passage.text[start:end]):
                # It is in its normal form already, as all of the passage is.
                digest = hashlib.sha256(reading.encode("utf-8", "surrogatepass")).hexdigest()
                if digest in wanted:
                    said = sentences_of(canonical(passage.text[max(0, start - BEFORE) : start]))
                    yield digest, Found(passage.section, 1, start, reading, said[-1] if said else "")


def _characters(lines: Sequence[PrintedLine], kind: str) -> tuple[list[PrintedLine], Counter[str]]:
    """Put each line in its normal form, and count what that changes.

    A soft hyphen shows at the end of a line alone. A PDF that has one inside a line shows it there too: its program
    gave hyphens and soft hyphens one shape, so that in all of it either may be the other.
    """
    done: Counter[str] = Counter()
    inside = sum(line.text.strip()[:-1].count(SOFT_HYPHEN) for line in lines)
    either = kind == "pdf" and inside > 0
    done["either" if either else "soft"] = inside
    found = []
    for line in lines:
        visible = _INVISIBLE.sub("", line.text).strip()
        done["ligatures"] += len(_LIGATURE.findall(visible))
        done["curly"] += len(_CURLY.findall(visible))
        put = visible[:-1].replace(SOFT_HYPHEN, "-" if either else "")
        text = normalised(put + (visible[-1:].replace(SOFT_HYPHEN, "-") if either else visible[-1:]))
        if text.strip(SOFT_HYPHEN):
            found.append(PrintedLine(text, line.page, line.block, line.outermost, line.size))
    return found, done


def _article_text(
    lines: Sequence[PrintedLine], done: Counter[str], sections: Sequence[Section], printed: Printed
) -> ArticleText:
    """Put lines together to the sentences of the sections."""
    placed = not lines[0].page
    kept = without_furniture(lines, {section.key for section in sections})
    done.update(kept.taken_out)
    parts, missing = divided(kept.lines, sections)
    words = words_of(kept.lines)
    sentences: list[Sentence] = []
    passages = []
    for part in parts:
        if part.heading:
            sentences.append(Sentence(part.section, 0, 1, part.heading, digest_of_sentence(part.heading)))
        paragraphs = [list(part.lines)] if not placed else _paragraphs(part.lines, done, list_=part.is_list)
        texts, starts = [], ()
        for paragraph in paragraphs:
            whole = joined([_bare(line.text) if part.is_list else line.text for line in paragraph], words)
            done.update(rejoined=whole.rejoined, kept=whole.kept, open=whole.open)
            texts.append(whole.text)
            starts = whole.starts if not placed else ()
        sentences += _sentences(part.section, texts, list_=part.is_list and placed)
        passages.append(Passage(part.section, " ".join(texts), starts))
    if not placed:
        done["pages"] = len({line.page for line in lines})
    report = [_told(done[what], *said) for what, said in _DONE.items() if done[what]]
    if missing:
        report.append(f"no heading was found for {', '.join(missing)}")
    flow = normalised(canonical(" ".join(passage.text for passage in passages)))
    return ArticleText(
        printed.sha256,
        printed.kind,
        tuple(sentences),
        flow,
        tuple(f"{said}." for said in report),
        placed,
        tuple(passages),
    )


def _paragraphs(lines: Sequence[PrintedLine], done: Counter[str], *, list_: bool) -> list[list[PrintedLine]]:
    """Return the paragraphs of a section: blocks, those joined between which a page breaks; entries of a list."""
    found: list[list[PrintedLine]] = []
    for line in lines:
        if found and line.block == found[-1][-1].block and not (list_ and _ITEM.match(line.text)):
            found[-1].append(line)
        elif found and not list_ and not ends_in_stop(found[-1][-1].text):
            done["breaks"] += 1
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _bare(entry: str) -> str:
    """Return a line of a reference without what an extraction adds: a list's mark, italics, brackets of an address."""
    return normalised(_ANGLE.sub(r"\1", _ITEM.sub("", entry).replace("*", "")))


def _sentences(section: str, paragraphs: Sequence[str], *, list_: bool) -> Iterator[Sentence]:
    """Yield the sentences of the paragraphs of a section; an entry of a list is one."""
    before = ""
    for number, paragraph in enumerate(paragraphs, 1):
        block = list_ or begins_block(before)
        for place, marked in enumerate(sentences_of(paragraph, block=block), 1):
            text = canonical(marked)
            yield Sentence(section, number, place, text, digest_of_sentence(text), "" if text == marked else marked)
        before = paragraph


def _sections(article: Article) -> tuple[Section, ...]:
    """Return the sections that the ledger names."""
    listed: Any = article.record.get("sections")
    sections = tuple(
        Section(str(item["id"]), str(item.get("name") or ""))
        for item in (listed if isinstance(listed, list) else [])
        if isinstance(item, dict) and item.get("id")
    )
    if not sections:
        remedy = "list under `sections` the id and the name of each section, as the locators name them"
        raise fault_of_file(str(article.folder / "article.yaml"), "the ledger names no sections", remedy)
    return sections


def _expect(text: ArticleText, lines: Sequence[PrintedLine], article: Article, shown: str) -> None:
    """Refuse a text that is not that of the ledger's article, such as one about it."""
    sections: dict[str, set[str]] = {}
    for table in article.tables.values():
        if "sentence_sha256" in table.data:
            for section, digest in zip(table.data["section"], table.data["sentence_sha256"], strict=True):
                sections.setdefault(digest, set()).add(section)
    sections.pop("", None)
    title = str(article.record.get("title") or "")
    everything = _squeezed("".join(line.text.removesuffix("-") for line in lines))
    entitled = bool(title) and _squeezed(title) in everything
    here = len(find(text, sections))
    printed = {passage.section for passage in text.passages}
    in_part = sum(1 for among in sections.values() if among & printed)
    if not sections or here >= OF_ALL * len(sections) or (entitled and here >= OF_ENTITLED * len(sections)):
        return
    if entitled and in_part < len(sections) and here >= max(OF_ALL * in_part, OF_PART * len(sections)):
        return
    raise fault_of_file(
        shown,
        f"this is not the text of \u201c{title}\u201d but another article: {here} of the {len(sections)} sentences "
        f"that the ledger locates {'is' if here == 1 else 'are'} in it{'' if entitled else ', and the title is not'}",
        "name the text of that article, without notes or a translation in it",
    )


def _squeezed(text: str) -> str:
    """Return the letters and digits of a text, without case."""
    return re.sub(r"[\W_]", "", text).casefold()


def _told(count: int, one: str, several: str) -> str:
    """Say how many things were done."""
    return f"{count} {one if count == 1 else several}"
