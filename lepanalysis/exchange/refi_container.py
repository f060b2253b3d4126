"""The container of a REFI-QDA project, in the forms in which programs write it."""

from __future__ import annotations

import codecs
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote

from lepanalysis.exchange.ids import guid_key
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from lepanalysis.exchange.guard import Archive

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PREFIXES = ("internal", "relative", "absolute")


class Container:
    """An archive with the XML of a project and its sources.

    Parameters
    ----------
    archive : Archive
    """

    def __init__(self, archive: Archive) -> None:
        """Find the XML and the sources: any ``*.qde`` at the root, any folder, names without regard to case."""
        self.archive = archive
        found = [name for name in archive.names if "/" not in name and name.lower().endswith(".qde")]
        if not found:
            raise LepanalysisError(f"{archive.path.name} holds no project (a .qde file at its root)")
        plain = [name for name in found if name.lower() == "project.qde"]
        if len(found) > 1 and len(plain) != 1:
            raise LepanalysisError(f"{archive.path.name} holds several projects ({', '.join(found[:3])}); keep one")
        self.project = (plain or found)[0]
        self._members: dict[str, str] = {}
        for name in archive.names:
            base = name.rpartition("/")[2]
            self._members.setdefault(_key(base), name)

    def stream(self) -> IO[bytes]:
        """Return the XML of the project."""
        return self.archive.open(self.project)

    def member(self, path: str) -> str | None:
        """Return the member that a path of the XML means; None where the archive holds none.

        Nothing outside of the archive is ever looked at: of a path that leads there only the file's name counts.

        Parameters
        ----------
        path : str
            Such as ``internal://x.txt``, ``internal:///x.txt`` or ``x.txt``.
        """
        base = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
        for name in dict.fromkeys((base, unquote(base))):
            if found := self._members.get(_key(name)):
                return found
        return None

    def text(self, member: str) -> tuple[str, str]:
        """Return a text file, with the byte order mark it has, and the encoding that was guessed (empty: none was).

        Parameters
        ----------
        member : str
        """
        data = self.archive.read(member)
        for mark, encoding in _BOMS:
            if data.startswith(mark):
                words = "" if encoding == "utf-8" else encoding.upper().removesuffix("-LE").removesuffix("-BE")
                return data.decode(encoding, "replace"), words
        try:
            return data.decode("utf-8"), ""
        except UnicodeDecodeError:
            # What Windows programs wrote before they wrote UTF-8; five of its bytes mean nothing.
            return data.decode("cp1252", "replace"), "Windows-1252"


def is_bare(path: str) -> bool:
    """Whether a path lacks the prefix that the standard asks for.

    Parameters
    ----------
    path : str
    """
    return path.partition("://")[0].lower() not in _PREFIXES


def _key(name: str) -> str:
    """Return a file's name as names are compared: GUIDs without braces, anything without case."""
    stem, dot, suffix = name.rpartition(".")
    return f"{guid_key(stem)}{dot}{suffix}".casefold() if dot else guid_key(name).casefold()
