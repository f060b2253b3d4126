"""Files of strangers: archives and XML opened only as far as they are harmless, each refusal a sentence.

Everything here is bounded: how many members an archive has, how large they are and how much larger than what they were
packed into, how deep XML goes and how many elements it has. Nothing is ever unpacked to disk.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Self

from lepanalysis.exchange.limits import LIMITS, MEGABYTE, Limits
from lepanalysis.exchange.xmlread import iter_xml, parse_xml
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["LIMITS", "Archive", "Limits", "iter_xml", "open_archive", "parse_xml", "read_bounded"]

_PIECE = 1 << 16
_ENCRYPTED = 0x1
# What zipfile raises where an archive is damaged, or packed in a way it does not know.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)
# A file smaller than this is no bomb, however well it packs.
_HARMLESS = 10 * MEGABYTE


class Archive:
    """A ZIP archive whose members have harmless names and sizes.

    Use it as a context manager. Members are read from it; none is unpacked to disk.

    Attributes
    ----------
    names : tuple of str
        The files in it, in the order of the archive, without folders.
    """

    def __init__(self, path: Path, limits: Limits = LIMITS) -> None:
        """Look at the directory of the archive, and at nothing else."""
        self.path = path
        self.limits = limits
        try:
            # The archive stays open until the `with` ends.
            self._zip = zipfile.ZipFile(path)  # pylint: disable=consider-using-with
        except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, NotImplementedError) as error:
            raise LepanalysisError(f"{path.name} is no whole ZIP archive ({_reason(error)}); fetch it again") from None
        try:
            self._members = self._checked()
        except BaseException:
            self._zip.close()
            raise
        self.names = tuple(self._members)

    def __enter__(self) -> Self:
        """Give the archive."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._zip.close()

    def __contains__(self, name: object) -> bool:
        """Whether there is a member of exactly this name."""
        return name in self._members

    def size(self, name: str) -> int:
        """Return how large a member is, unpacked."""
        return self._members[name].file_size

    def read(self, name: str) -> bytes:
        """Return a member.

        Raises
        ------
        LepanalysisError
            When it is damaged, or larger than the archive says.
        """
        with self.open(name) as stream:
            return stream.read()

    def open(self, name: str) -> IO[bytes]:
        """Return a member as a stream of bytes that does not go beyond the size that the archive gives."""
        return io.BufferedReader(_Member(self, name), _PIECE)

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        """Return the files by name, or refuse the archive."""
        infos = self._zip.infolist()
        if len(infos) > self.limits.members:
            self._refuse(f"it holds {len(infos):,} members, more than the {self.limits.members:,} that are read")
        found: dict[str, zipfile.ZipInfo] = {}
        folded: dict[str, str] = {}
        total = 0
        for info in infos:
            # zipfile cuts a name at NUL and turns backslashes round on Windows; this is what the archive says.
            name = info.orig_filename
            self._refuse_name(name)
            if stat.S_ISLNK(info.external_attr >> 16):
                self._refuse(f"its member {name!r} is a symbolic link")
            if info.flag_bits & _ENCRYPTED:
                self._refuse("it is encrypted; save it without a password")
            if name.endswith("/"):
                continue
            other = folded.get(name.casefold())
            if other is not None:
                same = "stands in it twice" if other == name else f"differs from {other!r} in upper and lower case only"
                self._refuse(f"its member {name!r} {same}")
            folded[name.casefold()] = name
            total += info.file_size
            self._refuse_size(info, total)
            found[name] = info
        # Many small members can be a bomb as well as one large one.
        if total > max(_HARMLESS, self.limits.ratio * self.path.stat().st_size):
            self._refuse("its members are out of all proportion larger than it is, as in a ZIP bomb")
        return found

    def _refuse_name(self, name: str) -> None:
        """Refuse a name that leads out of the archive, or that systems read differently."""
        parts = name.split("/")
        problem = ""
        if "\0" in name or not name:
            problem = "has a name that holds NUL or nothing"
        elif "\\" in name:
            problem = "has a name with a backslash"
        elif name.startswith("/") or ".." in parts:
            problem = "has a path that leads out of the archive"
        elif len(name) > 1 and name[1] == ":":
            problem = "has a path that begins with a drive letter"
        elif any(part in {"", "."} for part in parts[:-1]):
            problem = "has a path with an empty part"
        if problem:
            self._refuse(f"its member {name!r} {problem}")

    def _refuse_size(self, info: zipfile.ZipInfo, total: int) -> None:
        """Refuse what would grow out of all proportion."""
        if info.file_size > self.limits.member_bytes:
            size, most = info.file_size // MEGABYTE, self.limits.member_bytes // MEGABYTE
            self._refuse(f"its member {info.filename!r} has {size:,} MB unpacked, more than the {most:,} that are read")
        if total > self.limits.total_bytes:
            self._refuse(f"it has more than {self.limits.total_bytes // MEGABYTE:,} MB unpacked")
        if info.file_size > _HARMLESS and info.file_size > self.limits.ratio * max(info.compress_size, 1):
            times = info.file_size // max(info.compress_size, 1)
            self._refuse(f"its member {info.filename!r} is {times:,} times as large as it is packed, as in a ZIP bomb")

    def _refuse(self, problem: str) -> None:
        raise LepanalysisError(f"{self.path.name} is refused: {problem}")


class _Member(io.RawIOBase):
    """One member of an archive, read piece by piece; what is wrong with it is said in a sentence."""

    def __init__(self, archive: Archive, name: str) -> None:
        """Open it."""
        super().__init__()
        self._name = f"{name} in {archive.path.name}"
        self._left = archive._members[name].file_size  # noqa: SLF001 - of this module
        self._stream = self._tried(lambda: archive._zip.open(archive._members[name]))  # noqa: SLF001

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read a piece."""
        data = self._tried(lambda: self._stream.read(len(buffer)))
        self._left -= len(data)
        if self._left < 0:
            raise LepanalysisError(f"{self._name} is larger than the archive says; it is refused")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close it."""
        if not self.closed and hasattr(self, "_stream"):
            self._stream.close()
        super().close()

    def _tried(self, step: Callable[[], object]) -> object:  # the stream, or bytes
        """Return what a step gives; damage becomes a sentence."""
        try:
            return step()
        except _DAMAGE as error:
            raise LepanalysisError(f"{self._name} is damaged ({_reason(error)}); fetch the file again") from None


def open_archive(path: Path, limits: Limits = LIMITS) -> Archive:
    """Open a ZIP archive, or refuse it with a sentence.

    Parameters
    ----------
    path : Path
    limits : Limits

    Raises
    ------
    LepanalysisError
        When it is truncated or encrypted; when a member's name leads out of it, stands twice, differs from another in
        case only, or belongs to a symbolic link; when there is too much in it, or it is packed as a bomb is.
    """
    return Archive(path, limits)


def _reason(error: Exception) -> str:
    """Return the words of another library's error on one line."""
    return " ".join(str(error).split()) or type(error).__name__


def read_bounded(path: Path, limits: Limits = LIMITS) -> bytes:
    """Return a file's bytes, or refuse one that is too large or is none.

    Parameters
    ----------
    path : Path
    limits : Limits
    """
    try:
        if not path.is_file():
            raise LepanalysisError(f"{path.name} is no file" if path.exists() else f"there is no file {path}")
        if path.stat().st_size > limits.member_bytes:
            most = limits.member_bytes // MEGABYTE
            raise LepanalysisError(f"{path.name} is refused: it is larger than the {most:,} MB that are read")
        return path.read_bytes()
    except OSError as error:
        raise LepanalysisError(f"{path.name} cannot be read ({error.strerror})") from None
