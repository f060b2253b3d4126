"""CSV files of Taguette: its highlights, of which it says no offsets, and its codebook, in and out."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepanalysis import places
from lepanalysis.exchange.draft import Draft, draft_of
from lepanalysis.exchange.guard import read_bounded
from lepanalysis.exchange.ids import Ids
from lepanalysis.exchange.interviews_text import transcript_of
from lepanalysis.exchange.limits import LIMITS, MEGABYTE
from lepanalysis.exchange.losses import Ledger
from lepanalysis.exchange.placeholder import with_placeholder
from lepanalysis.exchange.positions import normal_text
from lepanalysis.exchange.taguette_tags import Tag, codes_of, marks_of, tags_of
from lepanalysis.exchange.taguette_text import document_text
from lepanalysis.faults import LepanalysisError, UsageError
from lepanalysis.tables import LARGEST_CELL

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lepanalysis.exchange.losses import LossReport
    from lepanalysis.study import Study

HIGHLIGHTS = ("id", "document", "tag", "content")
CODEBOOK = ("tag", "description", "number of highlights")
# Taguette takes any of these for the column of the tags, and so do we.
_TAG_COLUMNS = ("tag", "name", "path")
_NOBODY = "unknown"
_MOST_FILES = 10_000
_MOST_ROWS = 1_000_000
_TEXTS = (".txt", ".md")
_HTML = (".html", ".htm", ".xhtml")
_DOCUMENTS = (".docx", ".odt", ".pdf")


@dataclass(frozen=True)
class _Highlight:
    """One highlight, with all its tags."""

    number: str
    document: str
    content: str
    tags: tuple[str, ...]


@dataclass
class _Parts:
    """The parts of a draft as they come together; local to one reading."""

    codings: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    threads: dict[str, dict[str, Any]] = field(default_factory=dict)
    participants: dict[str, dict[str, Any]] = field(default_factory=dict)
    external_ids: list[dict[str, Any]] = field(default_factory=list)
    searches: dict[str, _Search] = field(default_factory=dict)
    messages_of: Ids = field(default_factory=lambda: Ids("m"))
    threads_of: Ids = field(default_factory=lambda: Ids("t"))


def read_csv(path: Path, options: Mapping[str, Any]) -> tuple[Draft, LossReport]:
    """Read a CSV file of Taguette: its highlights or its codebook.

    Parameters
    ----------
    path : Path
    options : mapping
        ``documents``: a folder with the documents as text, HTML, Word, OpenDocument or PDF, in which the words of the
        highlights are looked for; without it each highlight becomes a message. ``codebook``: the codebook's CSV file,
        for the descriptions of the tags. ``flat``: whether dots in the paths of tags nest nothing.
    """
    header, rows = _table(path)
    study = {"title": path.stem, "source": f"{path.name} (Taguette)", "licence": "not stated"}
    nested = not options.get("flat")
    if tuple(header[: len(HIGHLIGHTS)]) != HIGHLIGHTS:
        ledger = Ledger(path.name, "codebook of Taguette")
        tags = _codebook(path, header, rows, ledger)
        codes, _ = codes_of(tags, ledger, nested=nested)
        ledger.note("A codebook holds no messages: the study has one that says so. Put yours in its place.")
        draft = Draft(study={**study, "coders": []}, messages=(), codes=codes, marks=marks_of(tags))
        return with_placeholder(draft, "codebook"), ledger.report()
    ledger = Ledger(path.name, "highlights of Taguette in CSV")
    highlights = _highlights(path, rows)
    paths = dict.fromkeys(tag for highlight in highlights for tag in highlight.tags)
    described: dict[str, Tag] = {}
    if options.get("codebook"):
        there = Path(options["codebook"])
        described = {tag.path: tag for tag in _codebook(there, *_table(there), ledger)}
    tags = [*described.values(), *(Tag(tag, tag) for tag in paths if tag not in described)]
    codes, code_ids = codes_of(tags, ledger, nested=nested)
    named = {highlight.document.casefold() for highlight in highlights}
    documents = _texts(Path(options["documents"]), named, ledger) if options.get("documents") else {}
    parts = _placed(highlights, documents, code_ids, ledger)
    ledger.note(
        "A CSV file of Taguette says neither who coded nor where in the document the words stand, and leaves out "
        f"highlights without a tag; all codings are by {_NOBODY!r}. Its SQLite file says more."
    )
    draft = Draft(
        study={**study, "coders": [{"id": _NOBODY, "name": "Unknown"}]},
        marks=marks_of(described.values()),
        messages=tuple(parts.messages),
        threads=tuple(parts.threads.values()),
        participants=tuple(parts.participants.values()),
        codings=tuple(parts.codings),
        codes=codes,
        external_ids=tuple(parts.external_ids),
    )
    return draft, ledger.report({"codings": len(parts.codings)})


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return the first row and the others of a CSV file in UTF-8."""
    try:
        text = read_bounded(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LepanalysisError(f"{path.name} is not in UTF-8 (byte {error.start}), as Taguette writes it") from None
    before = csv.field_size_limit(LARGEST_CELL)
    try:
        rows = []
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            rows.append(row)
            if len(rows) > _MOST_ROWS:
                raise LepanalysisError(f"{path.name} is refused: it has more than {_MOST_ROWS:,} rows")
    except csv.Error as error:
        raise LepanalysisError(f"{path.name} is no whole CSV file ({error}, row {len(rows) + 1})") from None
    finally:
        csv.field_size_limit(before)
    if not rows:
        raise LepanalysisError(f"{path.name} is empty")
    return [cell.strip().lower() for cell in rows[0]], [row for row in rows[1:] if any(row)]


def _codebook(path: Path, header: list[str], rows: list[list[str]], ledger: Ledger) -> list[Tag]:
    """Return the tags of a codebook, each path once."""
    columns = [name for name in _TAG_COLUMNS if name in header]
    if len(columns) != 1:
        raise UsageError(f"{path.name} is no CSV file of Taguette: its first row names {', '.join(header[:6])}")
    place = header.index(columns[0])
    described = header.index("description") if "description" in header else None
    tags: dict[str, Tag] = {}
    for line, row in enumerate(rows, start=2):
        name = row[place].strip() if place < len(row) else ""
        if not name:
            raise LepanalysisError(f"{path.name}: record {line} names no tag; fill it in or remove the record")
        if name in tags:
            ledger.came("codes")
            ledger.dropped("codes", (name, line), "the codebook names the tag twice; the first stands")
            continue
        description = row[described] if described is not None and described < len(row) else ""
        tags[name] = Tag(name, name, normal_text(description).strip())
    return list(tags.values())


def _highlights(path: Path, rows: list[list[str]]) -> list[_Highlight]:
    """Return the highlights in the order of the file: a record for each of its tags becomes one highlight."""
    found: dict[str, _Highlight] = {}
    for line, row in enumerate(rows, start=2):
        if len(row) < len(HIGHLIGHTS):
            raise LepanalysisError(f"{path.name}: record {line} has {len(row)} cells, fewer than the first row")
        number, document, tag, content = row[: len(HIGHLIGHTS)]
        known = found.get(number)
        if known is not None and (known.document, known.content) != (document, content):
            raise LepanalysisError(f"{path.name}: record {line} has the id of another highlight ({number})")
        tags = (*(known.tags if known else ()), *((tag,) if tag else ()))
        found[number] = _Highlight(number, document, content, tuple(dict.fromkeys(tags)))
    return list(found.values())


def _texts(folder: Path, named: Collection[str], ledger: Ledger) -> dict[str, str]:
    """Return the texts of a folder that highlights name, by the names that Taguette may give their documents."""
    if not folder.is_dir():
        raise UsageError(f"--documents {folder}: there is no such folder")
    found: dict[str, str] = {}
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    if len(files) > _MOST_FILES:
        raise UsageError(f"--documents {folder}: more than {_MOST_FILES:,} files")
    if sum(path.stat().st_size for path in files) > LIMITS.total_bytes:
        raise UsageError(f"--documents {folder}: more than {LIMITS.total_bytes // MEGABYTE:,} MB")
    others = []
    for path in files:
        wanted = [name for name in (path.name.casefold(), path.stem.casefold()) if name in named]
        if not wanted or path.suffix.lower() not in {*_TEXTS, *_HTML, *_DOCUMENTS}:
            others.append(path.name)
            continue
        text = _text_of(path)
        for name in wanted:
            found.setdefault(name, text)
    if others:
        suffixes = ", ".join((*_TEXTS, *_HTML, *_DOCUMENTS))
        ledger.note(
            f"Not looked at in --documents: {len(others)} files that no highlight names or that end in none of "
            f"{suffixes} (such as {', '.join(others[:3])})."
        )
    return found


def _text_of(path: Path) -> str:
    """Return the words of a document, from whatever file Taguette may have been given."""
    suffix = path.suffix.lower()
    if suffix in _DOCUMENTS:
        return "\n\n".join(transcript_of(path).blocks)
    try:
        text = read_bounded(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LepanalysisError(f"{path.name} is not in UTF-8; save it so") from None
    return document_text(_body(text)).readable if suffix in _HTML else normal_text(text)


def _body(page: str) -> str:
    """Return what stands in the body of a page."""
    lower = page.lower()
    begin = lower.find("<body")
    if begin < 0:
        return page
    begin = lower.find(">", begin) + 1
    end = lower.rfind("</body")
    return page[begin : end if end > begin else None]


def _placed(
    highlights: list[_Highlight], documents: Mapping[str, str], code_ids: Mapping[object, str], ledger: Ledger
) -> _Parts:
    """Return messages and codings: the documents where they are there, else the highlights themselves."""
    parts = _Parts()
    seen: set[tuple[object, ...]] = set()
    for highlight in highlights:
        ledger.came("codings", len(highlight.tags))
        keys = {tag: (highlight.number, tag) for tag in highlight.tags}
        thread = parts.threads_of.of(highlight.document)
        text = documents.get(highlight.document.casefold(), "")
        if text.strip():
            message, segment = _in_document(highlight, text, thread, parts, ledger)
            why = "its words do not stand in the document, or not after those of the highlight before"
        else:
            message, segment = _alone(highlight, thread, parts, ledger)
            why = "it holds no words"
        for tag, key in keys.items():
            same = (message, code_ids[tag], *(segment or {}).values())
            if segment is None or same in seen:
                ledger.dropped("codings", key, why if segment is None else "the same words have the same tag already")
                continue
            seen.add(same)
            coding = f"h{highlight.number}-{code_ids[tag]}" if len(keys) > 1 else f"h{highlight.number}"
            ids = {"coder": _NOBODY, "message_id": message, "code_id": code_ids[tag], "coding_id": coding}
            parts.codings.append({**ids, **segment})
            parts.external_ids.append(_external("coding", coding, highlight.number))
    return parts


def _in_document(
    highlight: _Highlight, text: str, thread: str, parts: _Parts, ledger: Ledger
) -> tuple[str, dict[str, int] | None]:
    """Return a document's message and where the highlight stands in it; None where it does not."""
    name = highlight.document
    message = parts.messages_of.of(name, name)
    if name not in parts.searches:
        parts.searches[name] = _Search(text)
        _add_message(message, text, thread, name, parts)
    found, several = parts.searches[name].find(highlight.content)
    if found is None:
        return message, None
    for tag in highlight.tags if several else ():
        why = "its words stand there several times; the first place after the highlight before was taken"
        ledger.changed("codings", (highlight.number, tag), why)
    return message, {"start": found[0], "end": found[1]}


def _alone(highlight: _Highlight, thread: str, parts: _Parts, ledger: Ledger) -> tuple[str, dict[str, int] | None]:
    """Return a highlight's own message, coded as a whole; None where it holds no words."""
    if not highlight.content.strip():
        return "", None
    message = parts.messages_of.of(("highlight", highlight.number), f"h{highlight.number}")
    _add_message(message, highlight.content, thread, highlight.document, parts)
    parts.external_ids.append(_external("message", message, highlight.number))
    ledger.note("Where the document itself was not there, each highlight is a message, coded as a whole.")
    return message, {}


def _external(kind: str, name: str, foreign: str) -> dict[str, Any]:
    return {"kind": kind, "id": name, "program": "Taguette", "external_id": foreign}


def _add_message(message: str, text: str, thread: str, document: str, parts: _Parts) -> None:
    """Add a message, its thread and its participant: a document is one of each."""
    person = f"p{thread[1:]}"
    parts.messages.append({"message_id": message, "thread_id": thread, "participant_id": person, "text": text})
    parts.threads.setdefault(thread, {"thread_id": thread, "title": document})
    if person not in parts.participants:
        taken = {one["code_name"].casefold() for one in parts.participants.values()}
        name = " ".join(document.split()) or person
        name = f"{name} ({person})" if name.casefold() in taken else name
        parts.participants[person] = {"participant_id": person, "code_name": name}


class _Search:
    """Looks for words in a text whatever white space is between its characters, from the highlight before on.

    Taguette's CSV has a space between what stands in two elements, also inside a word, and none where the text has
    several; its highlights stand in the order of their beginnings.
    """

    def __init__(self, text: str) -> None:
        self._places = [place for place, character in enumerate(text) if not character.isspace()]
        self._solid = "".join(text.split())
        self._from = 0
        self._after: dict[str, int] = {}

    def find(self, words: str) -> tuple[tuple[int, int] | None, bool]:
        """Return where words stand, None where they do not, and whether they stand in several places."""
        solid = "".join(words.split())
        # The same words once more are those of a further place, where there is one.
        begin = self._solid.find(solid, max(self._from, self._after.get(solid, 0))) if solid else -1
        if begin < 0 and solid in self._after:
            begin = self._solid.find(solid, self._from)
        if begin < 0:
            return None, False
        self._from, self._after[solid] = begin, begin + 1
        several = self._solid.find(solid) != begin or self._solid.find(solid, begin + 1) >= 0
        return (self._places[begin], self._places[begin + len(solid) - 1] + 1), several


def write_codebook(study: Study, target: Path, options: Mapping[str, Any]) -> LossReport:  # noqa: ARG001 - of all writers
    """Write the codebook of a study as Taguette writes its own, and as it imports one.

    Parameters
    ----------
    study : Study
    target : Path
    options : mapping
        None.
    """
    draft = draft_of(study)
    ledger = Ledger(study.folder.name, "codebook of Taguette")
    class_ = str(draft.study["class"])
    tags, _ = tags_of(draft.codes, ledger, mark="" if class_ == "open" else class_)
    uses = Counter(str(row["code_id"]) for row in draft.codings)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(CODEBOOK)
    writer.writerows((tag.path, tag.description, uses[str(tag.key)]) for tag in tags)
    text = buffer.getvalue()
    # Taguette guesses the encoding of what it imports, and guesses wrong where little is beyond ASCII.
    places.write_whole(target, text.encode("ascii" if text.isascii() else "utf-8-sig"))
    ledger.note("A codebook holds the codes of a study and nothing else of it.")
    return ledger.report({"codes": len(tags)})
