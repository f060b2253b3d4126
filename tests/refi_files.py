"""Small REFI-QDA files for the tests, written by hand."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from lepanalysis.exchange.importing import import_study
from lepanalysis.exchange.refi_read import read_qdpx
from lepanalysis.study import open_study

if TYPE_CHECKING:
    from pathlib import Path

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.losses import LossReport
    from lepanalysis.study import Study

PROJECT = "urn:QDA-XML:project:1.0"


def g(number: int) -> str:
    """Return a GUID that one can tell from others."""
    return f"{number:08d}-0000-4000-8000-000000000000"


USERS = f'<Users><User guid="{g(1)}" name="Ada" id="A"/><User guid="{g(2)}" name="Ben"/></Users>'
CODES = (
    f'<CodeBook><Codes><Code guid="{g(11)}" name="Room" isCodable="true" color="#4477aa"><Description>a room'
    f'</Description></Code><Code guid="{g(12)}" name="Train" isCodable="true"/></Codes></CodeBook>'
)
# What the texts of most tests read.
TEXT = "We need a shared room. And faster trains."


def coding(number: int = 41, code: int = 11, user: int | None = 1, inner: str = "") -> str:
    """Return a coding."""
    who = f' creatingUser="{g(user)}"' if user else ""
    return f'<Coding guid="{g(number)}"{who}><CodeRef targetGUID="{g(code)}"/>{inner}</Coding>'


def selection(start: int, end: int, inner: str | None = None, *, number: int = 31, more: str = "") -> str:
    """Return a selection with a coding of Ada's."""
    inner = coding(number + 10) if inner is None else inner
    where = f'startPosition="{start}" endPosition="{end}"'
    return f'<PlainTextSelection guid="{g(number)}" {where} {more}>{inner}</PlainTextSelection>'


def source(inner: str = "", *, number: int = 21, name: str = "one", path: str | None = None) -> str:
    """Return a text source whose file is named after its GUID."""
    path = f"internal://{g(number)}.txt" if path is None else path
    return f'<TextSource guid="{g(number)}" name="{name}" plainTextPath="{path}">{inner}</TextSource>'


def project(*parts: str, namespace: str = PROJECT, more: str = "") -> str:
    """Return the XML of a project."""
    return f'<?xml version="1.0"?><Project xmlns="{namespace}" name="Theirs" {more}>{"".join(parts)}</Project>'


def write_qdpx(
    folder: Path, xml: str, files: dict[str, str | bytes] | None = None, *, name: str = "project.qde"
) -> Path:
    """Write a project; without files it has the text of source 21 in its folder."""
    path = folder / "theirs.qdpx"
    files = {f"sources/{g(21)}.txt": TEXT} if files is None else files
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, xml)
        for member, data in files.items():
            archive.writestr(member, data)
    return path


def read(
    folder: Path, *parts: str, files: dict[str, str | bytes] | None = None, offsets: str = ""
) -> tuple[Draft, LossReport]:
    """Return what is read of a project."""
    return read_qdpx(write_qdpx(folder, project(*parts), files), {"offsets": offsets})


def imported(folder: Path, *parts: str, files: dict[str, str | bytes] | None = None) -> Study:
    """Return the study that a project becomes."""
    import_study(write_qdpx(folder, project(*parts), files), folder / "study")
    return open_study(folder / "study")


def quotes(draft: Draft) -> list[tuple[str, str, str]]:
    """Return coder, code and words of each coding."""
    return [(row["coder"], row["code_id"], row.get("quote", "")) for row in draft.codings]


def lost(report: LossReport) -> list[tuple[str, str, int, str]]:
    """Return what was lost, without examples."""
    return [(loss.kind, loss.what, loss.count, loss.why) for loss in report.losses]
