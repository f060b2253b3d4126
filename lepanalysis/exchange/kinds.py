"""What a file is, told by what is in it; a name that says otherwise is refused with a sentence."""

from __future__ import annotations

import contextlib
import csv
import re
import zlib
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote

from lepanalysis.exchange.guard import LIMITS, iter_xml, open_archive
from lepanalysis.faults import LepanalysisError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Kind:
    """A format.

    Parameters
    ----------
    name : str
        What ``--kind`` calls it.
    words : str
        What it is.
    suffixes : tuple of str
        What the names of such files end with.
    reader, writer : str
        ``module:function`` inside this package, imported when it is needed; empty where there is none.
    """

    name: str
    words: str
    suffixes: tuple[str, ...]
    reader: str = ""
    writer: str = ""


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("qdpx", "REFI-QDA project", (".qdpx",), "refi_read:read_qdpx", "refi_write:write_qdpx"),
        Kind("qdc", "REFI-QDA codebook", (".qdc",), "refi_read:read_qdc", "refi_write:write_qdc"),
        Kind(
            "taguette",
            "Taguette database",
            (".sqlite3", ".sqlite", ".db"),
            "taguette:read_sqlite",
            "taguette_write:write_sqlite",
        ),
        Kind("taguette-csv", "CSV export of Taguette", (".csv",), "taguette_csv:read_csv"),
        Kind("taguette-codebook", "codebook of Taguette", (".csv",), "", "taguette_csv:write_codebook"),
        Kind("qualcoder", "QualCoder project", (".qda", ".sqlite3", ".sqlite", ".db"), "qualcoder:read"),
        Kind("csv", "table of delimited text", (".csv", ".tsv", ".tab"), "sheets_read:read", "sheets_write:write"),
        Kind("xlsx", "Excel workbook", (".xlsx",), "sheets_read:read", "sheets_write:write"),
        Kind("ods", "OpenDocument spreadsheet", (".ods",), "sheets_read:read", "sheets_write:write"),
        Kind("discourse", "Discourse topics in JSON", (".json",), "forum_discourse:read"),
        Kind("github", "GitHub discussions or issues in JSON", (".json",), "forum_github:read"),
        Kind("mbox", "mailbox (mbox)", (".mbox", ".mbx", ".gz"), "forum_mbox:read"),
        Kind("interviews", "interviews", (".txt", ".md", ".docx", ".odt", ".pdf"), "forum_interviews:read"),
        Kind("annotations", "W3C Web Annotations", (".jsonld",), "", "annotations_write:write"),
        Kind("deposit", "deposit package", (".zip",), "deposit_read:read", "deposit:write"),
        Kind("study", "study's folder", (), "deposit_read:read"),
    )
}
_HEAD = 1 << 20
_OPENDOCUMENT = "application/vnd.oasis.opendocument."
_TABLES = {
    "taguette": {"projects", "documents", "highlights", "tags", "commands"},
    "qualcoder": {"project", "source", "code_name", "code_text"},
}
# The first rows of what Taguette writes as CSV: its highlights, and its codebook.
_TAGUETTE_ROWS = (["id", "document", "tag", "content"], ["tag", "description"])
_DISCOURSE = re.compile(rb'"(post_stream|cooked|topic_id|topic_slug)"\s*:')
_GITHUB = re.compile(
    rb'"(author_association|authorAssociation|pull_request|discussions|repository_url)"\s*:|github\.com'
)
_TEXTS = (".txt", ".md")
# The line that begins an mbox: whose mail, and when it came. Mailman calls its archives .txt.
_MAILBOX = re.compile(rb"From \S.{0,300}\d\d?:\d\d.{0,60}\d{4}")
# What a mapping file speaks of.
TABLES = ("csv", "xlsx", "ods")
_MOST_BELOW = 10_000
# Files that only their own program reads, by what their names end with; what to do instead.
_PROJECTS = {
    ".nvp": "NVivo",
    ".nvpx": "NVivo",
    ".nvpd": "NVivo",
    ".atlproj": "ATLAS.ti",
    ".hpr7": "ATLAS.ti",
    ".mx": "MAXQDA",
    ".mex": "MAXQDA",
    ".ppj": "QDA Miner",
    ".qdp": "QDA Miner",
    ".f4p": "f4analyse",
}
_INSTEAD = {
    ".rqda": "a project of RQDA; QualCoder takes it over, and QualCoder's project can be imported",
    ".doc": "an old Word document; save it as .docx",
    ".rtf": "a text in RTF; save it as .docx or .txt",
    ".xls": "an old Excel workbook; save it as .xlsx",
    ".sav": "a file of SPSS; export the table as CSV",
    ".dta": "a file of Stata; export the table as CSV",
    ".rds": "a file of R; export the table as CSV",
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
# What nothing but text may be read as.
_ANY_TEXT = ("csv", "interviews", "mbox")


def kind_of(path: Path, stated: str | None = None, *, prefer: tuple[str, ...] = ()) -> Kind:
    """Return what a file or folder is, by its content; what its name or the user says has to go with that.

    Parameters
    ----------
    path : Path
    stated : str, optional
        What the user said with ``--kind``.
    prefer : tuple of str
        Kinds that come before the likeliest, where it may be one of them.

    Raises
    ------
    UsageError
        When there is no such file, or the stated kind is not known or not read.
    LepanalysisError
        When the content is of no kind that is read, or of another than its name or the user says.
    """
    if stated is not None and not KINDS.get(stated, Kind("", "", ())).reader:
        known = ", ".join(name for name, kind in KINDS.items() if kind.reader)
        raise UsageError(f"--kind {stated} is no kind of file that is read; the kinds are {known}")
    if not path.exists():
        raise UsageError(f"there is no file or folder {path}")
    if not path.is_dir() and not path.is_file():
        raise UsageError(f"{path} is no file and no folder")
    found = _found(path)
    if stated is not None:
        if stated not in found:
            raise LepanalysisError(f"{path.name} is refused: --kind says {stated}, and it is {_described(found)}")
        return KINDS[stated]
    fitting = [name for name in found if path.is_dir() or path.suffix.lower() in _endings(name)]
    if not fitting and any(path.suffix.lower() in kind.suffixes for kind in KINDS.values()):
        better = f"{path.stem}{KINDS[found[0]].suffixes[0]}"
        raise LepanalysisError(
            f"{path.name} is refused: its name ends in {path.suffix}, and it is {_described(found)}; "
            f"rename it to {better}, or say --kind {found[0]}"
        )
    if not fitting and found == _ANY_TEXT and not prefer:
        raise UsageError(
            f"{path.name} is plain text, and its name does not say of which sort: say --kind csv for a table, "
            "interviews for a transcript, mbox for a mailbox"
        )
    return KINDS[next((name for name in fitting or found if name in prefer), (fitting or found)[0])]


def _found(path: Path) -> tuple[str, ...]:
    """Return what a file or folder may be read as, the likeliest first."""
    try:
        return _of_folder(path) if path.is_dir() else _of_file(path)
    except OSError as error:
        raise LepanalysisError(f"{path.name} cannot be read ({error.strerror or error})") from None
    except LepanalysisError:
        if path.is_file() and (instead := _instead(path)):
            raise LepanalysisError(f"{path.name} is {instead}") from None
        raise


def _instead(path: Path) -> str:
    """Return what a file is that only its own program reads, and what to import in its place; empty where unknown."""
    suffix = path.suffix.lower()
    # The later ones have the year or the version behind it.
    program = _PROJECTS.get(suffix) or _PROJECTS.get(suffix.rstrip("0123456789"))
    if program:
        return f"a project in {program}'s own format, which nothing else reads; export it there as .qdpx (REFI-QDA)"
    return _INSTEAD.get(suffix, "")


def _endings(kind: str) -> tuple[str, ...]:
    """Return how files of a kind may be called; what begins as a mailbox may be called a text."""
    return (*KINDS[kind].suffixes, ".txt") if kind == "mbox" else KINDS[kind].suffixes


def kind_to_write(target: Path, stated: str | None = None) -> Kind:
    """Return what a target is to be written as: as the user says, or by the name's ending.

    Parameters
    ----------
    target : Path
    stated : str, optional

    Raises
    ------
    UsageError
    """
    written = {name: kind for name, kind in KINDS.items() if kind.writer}
    if stated is not None:
        if stated not in written:
            raise UsageError(f"--kind {stated} is no kind that is written; the kinds are {', '.join(written)}")
        return written[stated]
    suffix = target.suffix.lower()
    for kind in sorted(written.values(), key=lambda kind: kind.name == "taguette-codebook"):
        if suffix in kind.suffixes:
            return kind
    known = ", ".join(dict.fromkeys(suffix for kind in written.values() for suffix in kind.suffixes))
    raise UsageError(f"{target.name}: its ending names no kind that is written ({known}); choose one, or say --kind")


def _described(found: tuple[str, ...]) -> str:
    if found == _ANY_TEXT:
        return "plain text"
    if found[0] == "interviews":
        return "a text document"
    words = KINDS[found[0]].words
    return f"{'an' if words[0] in 'AEIOU' else 'a'} {words}" if found[0] not in {"github", "discourse"} else words


def _of_folder(path: Path) -> tuple[str, ...]:
    """Return what a folder may be read as, the likeliest first."""
    if (path / "data.qda").is_file():
        return ("qualcoder",)
    if (path / "study.yaml").is_file() and (path / "messages.csv").is_file():
        return ("study",)
    names = sorted(file.name for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    suffixes = [name[name.rfind(".") :].lower() if "." in name else "" for name in names]
    found = [
        kind for kind in ("interviews", *TABLES, "mbox") if any(suffix in KINDS[kind].suffixes for suffix in suffixes)
    ]
    if "interviews" in found and _are_mailboxes(path, names):
        found = ["mbox", *(kind for kind in found if kind != "mbox")]
    # One folder a data set, with the tables of each in it.
    below = {file.suffix.lower() for file in islice(path.glob("*/*"), _MOST_BELOW)}
    found += [kind for kind in TABLES if kind not in found and not below.isdisjoint(KINDS[kind].suffixes)]
    if found:
        return tuple(found)
    topics = [name for name, suffix in zip(names, suffixes, strict=True) if suffix == ".json"]
    if topics:
        return _of_json(path / topics[0], _head(path / topics[0]))
    if (path / "project.qde").is_file() or (path / "Project.qde").is_file():
        raise LepanalysisError(f"{path.name} is an unpacked REFI-QDA project; import the .qdpx file itself")
    raise LepanalysisError(f"{path.name} is a folder without anything that is read ({_known()})")


def _are_mailboxes(path: Path, names: list[str]) -> bool:
    """Whether the texts of a folder are archives of a mailing list, by the first of them that is not empty."""
    texts = (path / name for name in names if name.lower().endswith(".txt"))
    first = next((head for file in texts if (head := _head(file))), b"")
    return _MAILBOX.match(first) is not None


def _known() -> str:
    return ", ".join(dict.fromkeys(suffix for kind in KINDS.values() if kind.reader for suffix in kind.suffixes))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _of_file(path: Path) -> tuple[str, ...]:
    """Return what a file may be read as, the likeliest first."""
    head = _head(path)
    if not head:
        raise LepanalysisError(f"{path.name} is empty")
    for marks, told in _BY_MARK:
        if head.startswith(marks):
            return told(path)
    if head.startswith(_OLD_OFFICE):
        raise LepanalysisError(f"{path.name} is an old Office file, or one with a password; save it anew without one")
    if head.startswith(b"{\\rtf"):
        raise LepanalysisError(f"{path.name} is {_INSTEAD['.rtf']}")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    is_text = path.suffix.lower() in _TEXTS
    if (start.startswith(b"<") and not is_text) or head.startswith((b"\xff\xfe<\x00", b"\xfe\xff\x00<")):
        return _of_xml(path)
    if path.suffix.lower() == ".json" or (start.startswith((b"{", b"[")) and not is_text):
        return _of_json(path, head)
    return _of_text(path, head)


def _of_pdf(path: Path) -> tuple[str, ...]:
    return _document(path, ".pdf")


def _of_pointer(path: Path) -> tuple[str, ...]:
    """Refuse what Git keeps in the place of a large file that was not fetched."""
    raise LepanalysisError(
        f"{path.name} is not the file itself: Git LFS keeps it elsewhere; fetch it with git lfs pull"
    )


def _of_packed(path: Path) -> tuple[str, ...]:
    """Tell what gzip packed by its beginning: of such files only archives of mails are read."""
    try:
        begin = zlib.decompressobj(wbits=31).decompress(_head(path), _HEAD)
    except zlib.error as error:
        raise LepanalysisError(f"{path.name} is damaged ({error}); fetch it again") from None
    if _MAILBOX.match(begin):
        return ("mbox",)
    raise LepanalysisError(f"{path.name} is packed with gzip, and no mailbox; unpack it and import what was in it")


def _document(path: Path, *suffixes: str) -> tuple[str, ...]:
    """Return the kind of a document, or refuse one whose name says that it is another sort of document."""
    suffix = path.suffix.lower()
    if suffix in KINDS["interviews"].suffixes and suffix not in suffixes:
        what = {".pdf": "a PDF", ".docx": "a Word document", ".odt": "an OpenDocument text"}.get(
            suffixes[0], "plain text"
        )
        better = f"{path.stem}{suffixes[0]}"
        raise LepanalysisError(
            f"{path.name} is refused: its name ends in {suffix}, and it is {what}; rename it to {better}"
        )
    return ("interviews",)


def _of_archive(path: Path) -> tuple[str, ...]:
    with open_archive(path) as archive:
        names = archive.names
        roots = {name for name in names if "/" not in name}
        if any(name.lower().endswith(".qde") for name in roots):
            return ("qdpx",)
        if "xl/workbook.xml" in names:
            return ("xlsx",)
        if "word/document.xml" in names:
            return _document(path, ".docx")
        type_ = archive.read("mimetype")[:200].decode("ascii", "replace") if "mimetype" in names else ""
        if type_.startswith(_OPENDOCUMENT):
            return ("ods",) if "spreadsheet" in type_ else _document(path, ".odt")
        if "data/study.yaml" in names and "data/messages.csv" in names:
            return ("deposit",)
        if any(name.split("/")[-1] == "data.qda" for name in names):
            raise LepanalysisError(f"{path.name} is a packed QualCoder project; unpack it and import the folder")
        shown = ", ".join(names[:3]) or "nothing"
        packed = any(
            name.lower().endswith(suffix) for name in names for kind in KINDS.values() for suffix in kind.suffixes
        )
    remedy = "; unpack it and import what is in it" if packed else ""
    raise LepanalysisError(f"{path.name} is a ZIP archive of no kind that is read (it holds {shown}){remedy}")


def _of_database(path: Path) -> tuple[str, ...]:
    """Tell databases apart by their tables."""
    import sqlite3

    try:
        # Immutable: nothing is written beside the file, not even a journal.
        address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 1000").fetchall()
    except sqlite3.Error as error:
        raise LepanalysisError(f"{path.name} is a damaged SQLite file ({error})") from None
    tables = {str(name) for (name,) in rows}
    for kind, needed in _TABLES.items():
        if needed <= tables:
            return (kind,)
    shown = ", ".join(sorted(tables)[:5]) or "none"
    raise LepanalysisError(
        f"{path.name} is a SQLite file of neither Taguette nor QualCoder (its tables: {shown}); export a .qdpx or "
        "a CSV from the program that wrote it"
    )


def _of_xml(path: Path) -> tuple[str, ...]:
    with path.open("rb") as stream:
        for _, element in iter_xml(stream, path.name, LIMITS):
            name = element.tag.rpartition("}")[2]
            break
        else:
            name = ""
    if name == "CodeBook":
        return ("qdc",)
    if name == "Project":
        raise LepanalysisError(f"{path.name} is the inner file of a REFI-QDA project; import the .qdpx file itself")
    raise LepanalysisError(f"{path.name} is XML of no kind that is read (its root is {name!r})")


def _of_json(path: Path, head: bytes) -> tuple[str, ...]:
    if _DISCOURSE.search(head):
        return ("discourse",)
    if _GITHUB.search(head):
        return ("github",)
    if b"www.w3.org/ns/anno" in head:
        raise LepanalysisError(
            f"{path.name} holds Web Annotations, which say where something stands and not the texts; import the study "
            "or the project that they were made of"
        )
    raise LepanalysisError(f"{path.name} is JSON of neither Discourse nor GitHub")


def _of_text(path: Path, head: bytes) -> tuple[str, ...]:
    """Tell text files apart; one that is all text may be read as any of them."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in head and not wide:
        raise LepanalysisError(f"{path.name} is a binary file of no kind that is read ({_known()})")
    if _MAILBOX.match(head):
        return ("mbox", "interviews")
    text = head.decode("utf-16" if wide else "utf-8-sig", "replace")
    if path.suffix.lower() in KINDS["interviews"].suffixes:
        _document(path, *_TEXTS)
        return ("interviews", "csv")
    first = next(csv.reader(text.splitlines()[:1]), [])
    if any(first[: len(row)] == row for row in _TAGUETTE_ROWS):
        return ("taguette-csv", "csv")
    return _ANY_TEXT


# What files begin with that tell themselves.
_BY_MARK: tuple[tuple[bytes | tuple[bytes, ...], Callable[[Path], tuple[str, ...]]], ...] = (
    ((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"), _of_archive),
    (b"SQLite format 3\x00", _of_database),
    (b"%PDF-", _of_pdf),
    (b"\x1f\x8b", _of_packed),
    (b"version https://git-lfs.github.com/spec/", _of_pointer),
)
