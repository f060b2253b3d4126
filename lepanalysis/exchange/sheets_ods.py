"""Tables as an OpenDocument spreadsheet: text and numbers, every space kept, the same bytes each time.

The libraries that write such files either bring lxml, or lose spaces and line breaks, or stamp the time.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_URN = "urn:oasis:names:tc:opendocument:xmlns"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<manifest:manifest xmlns:manifest="{_URN}:manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="{_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<office:document-content xmlns:office="{_URN}:office:1.0" xmlns:table="{_URN}:table:1.0" '
    f'xmlns:text="{_URN}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
)
_FOOT = "</office:spreadsheet></office:body></office:document-content>"
# The earliest time that a ZIP archive can say.
_TIME = (1980, 1, 1, 0, 0, 0)
# What XML 1.0 cannot hold.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# A space that another or a line's edge stands beside, and a tab, are elements.
_SPACES = re.compile(r"\t|(?:^ +)|(?: +$)|(?: {2,})")


def ods_bytes(tables: Mapping[str, Iterable[Sequence[object]]]) -> bytes:
    """Return rows of text, whole numbers, floats and None as a workbook.

    Parameters
    ----------
    tables : mapping
        By the name of the sheet its rows, the heading first.
    """
    parts = [_HEAD]
    for name, rows in tables.items():
        parts.append(f"<table:table table:name={quoteattr(name)}>")
        parts.extend(_row(row) for row in rows)
        parts.append("</table:table>")
    parts.append(_FOOT)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        # What kind of file it is stands first and unpacked.
        for file, text in (("mimetype", _TYPE), ("META-INF/manifest.xml", _MANIFEST), ("content.xml", "".join(parts))):
            about = zipfile.ZipInfo(file, _TIME)
            about.compress_type = zipfile.ZIP_STORED if file == "mimetype" else zipfile.ZIP_DEFLATED
            about.external_attr = 0o644 << 16
            archive.writestr(about, text.encode())
    return buffer.getvalue()


def _row(cells: Iterable[object]) -> str:
    return f"<table:table-row>{''.join(map(_cell, cells))}</table:table-row>"


def _cell(cell: object) -> str:
    """Return a cell; every line of a text is a paragraph."""
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, int | float):
        shown = f"{cell:.10g}" if isinstance(cell, float) else str(cell)
        value = f'<table:table-cell office:value-type="float" office:value="{shown}">'
        return f"{value}<text:p>{shown}</text:p></table:table-cell>"
    paragraphs = "".join(f"<text:p>{''.join(_words(line))}</text:p>" for line in str(cell).split("\n"))
    return f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'


def _words(line: str) -> Iterator[str]:
    """Yield the words of a line and the spaces that XML would drop as elements."""
    place = 0
    for found in _SPACES.finditer(line):
        yield escape(line[place : found.start()], {"\r": "&#13;"})
        yield "<text:tab/>" if found[0] == "\t" else f'<text:s text:c="{len(found[0])}"/>'
        place = found.end()
    yield escape(line[place:], {"\r": "&#13;"})
