"""How the DOCX looks: the document that Pandoc takes its styles from, made here as plain XML."""

from __future__ import annotations

import io
import subprocess
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Fonts that every Word has; LibreOffice ships Carlito and Caladea, which run just as wide.
TEXT_FONT = "Cambria"
HEAD_FONT = "Calibri"
# The style of a table of many columns; Pandoc takes it for an identifier too, which has no blanks.
TABLE_OF_MANY = "TableSmall"
# The first moment that a ZIP file can name.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<w:{{}} xmlns:w="{_W}" xmlns:r="{_R}">'
# A4, in twentieths of a point.
_SECTION = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rIdFooter"/>'
    '<w:footnotePr><w:numRestart w:val="eachSect"/></w:footnotePr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1361" w:right="1361" w:bottom="1361" w:left="1361" w:header="680" w:footer="680" w:gutter="0"/>'
    "</w:sectPr>"
)


@dataclass(frozen=True)
class Style:
    """A style of paragraphs, sizes in half points and spaces in twentieths of a point, as the format has them.

    Parameters
    ----------
    id, name : str
        Pandoc finds a style by its name.
    based_on : str
    font : str
    size : int
    before, after : int
        Space above and below.
    left : int
        How far it is set in.
    rest : str
        Further properties of the paragraph, as XML.
    run : str
        Further properties of the letters, as XML.
    """

    id: str
    name: str
    based_on: str = "Normal"
    font: str = ""
    size: int = 0
    before: int = -1
    after: int = -1
    left: int = 0
    rest: str = ""
    run: str = ""

    def as_xml(self) -> str:
        """Return the style as the format writes it."""
        spacing = "".join(f' w:{name}="{value}"' for name, value in self._spaces())
        spaced = f"<w:spacing{spacing}/>" if spacing else ""
        indented = f'<w:ind w:left="{self.left}"/>' if self.left else ""
        paragraph = self.rest.replace("<spacing/>", spaced) if "<spacing/>" in self.rest else self.rest + spaced
        based = f'<w:basedOn w:val="{self.based_on}"/>' if self.id != "Normal" else ""
        default = ' w:default="1"' if self.id == "Normal" else ""
        return (
            f'<w:style w:type="paragraph"{default} w:styleId="{self.id}"><w:name w:val="{self.name}"/>{based}'
            f"<w:qFormat/><w:pPr>{paragraph}{indented}</w:pPr>"
            f"<w:rPr>{_font(self.font)}{self.run}{_size(self.size)}</w:rPr></w:style>"
        )

    def _spaces(self) -> list[tuple[str, int]]:
        """Return the spaces that are set."""
        return [(name, value) for name, value in (("before", self.before), ("after", self.after)) if value >= 0]


_KEEP = "<w:keepNext/><w:keepLines/>"
_GREY = '<w:color w:val="595959"/>'
_BAR = '<w:pBdr><w:left w:val="single" w:sz="{}" w:space="8" w:color="{}"/></w:pBdr>'
_BOX = _BAR.format(24, "8A4500") + '<w:shd w:val="clear" w:color="auto" w:fill="F7F3EC"/>'
_LEVEL = '<w:outlineLvl w:val="{}"/>'
# The order of properties inside a paragraph is fixed by the format: keeps, borders, shading, spacing, indent, level.
PARAGRAPHS = (
    Style("Normal", "Normal"),
    Style("BodyText", "Body Text", before=0, after=140),
    Style("FirstParagraph", "First Paragraph", "BodyText"),
    Style("Compact", "Compact", "BodyText", before=20, after=20),
    Style("Title", "Title", font=HEAD_FONT, size=38, before=0, after=80, run="<w:b/>"),
    Style("Subtitle", "Subtitle", font=HEAD_FONT, size=24, after=120, run=_GREY),
    Style("Author", "Author", font=HEAD_FONT, size=20, after=200),
    Style("Date", "Date", font=HEAD_FONT, size=20, after=200),
    Style("AbstractTitle", "Abstract Title", font=HEAD_FONT, size=20, before=160, after=40, left=340, run="<w:b/>"),
    Style("Abstract", "Abstract", size=20, after=200, left=340),
    Style("Bibliography", "Bibliography", size=19, after=80, rest='<spacing/><w:ind w:left="340" w:hanging="340"/>'),
    *(
        Style(
            f"Heading{level}",
            f"heading {level}",
            font=HEAD_FONT,
            size=size,
            before=before,
            after=80,
            rest=_KEEP + "<spacing/>" + _LEVEL.format(level - 1),
            run="<w:b/>",
        )
        for level, size, before in ((1, 28, 400), (2, 23, 300), (3, 21, 240), (4, 21, 200))
    ),
    Style(
        "BlockText", "Block Text", "BodyText", before=120, after=60, left=400, rest=_KEEP + _BAR.format(12, "9A9A9A")
    ),
    Style("FootnoteText", "footnote text", size=18),
    Style("Caption", "caption", font=HEAD_FONT, size=18, before=200, after=80),
    Style("TableCaption", "Table Caption", "Caption", rest=_KEEP),
    Style("ImageCaption", "Image Caption", "Caption", before=60, after=40, rest=_KEEP),
    Style("Figure", "Figure", before=200, rest=_KEEP),
    Style("CaptionedFigure", "Captioned Figure", "Figure", rest=_KEEP),
    Style("DefinitionTerm", "Definition Term", "BodyText", rest=_KEEP, run="<w:b/>"),
    Style("Definition", "Definition", "BodyText", left=340),
    Style("Provenance", "Provenance", font=HEAD_FONT, size=15, before=40, after=240, run=_GREY),
    Style("ProvenanceBox", "Provenance Box", font=HEAD_FONT, size=18, before=0, after=80, left=200, rest=_BOX),
    Style("TOCHeading", "TOC Heading", font=HEAD_FONT, size=22, before=240, after=60, rest=_KEEP, run="<w:b/>"),
    *(
        Style(f"TOC{level}", f"toc {level}", font=HEAD_FONT, size=19, after=20, left=220 * (level - 1))
        for level in (1, 2)
    ),
    Style("Footer", "footer", font=HEAD_FONT, size=15, run=_GREY),
)
_CHARACTERS = {
    "BodyTextChar": "Body Text Char",
    "VerbatimChar": "Verbatim Char",
    "SectionNumber": "Section Number",
    "FootnoteReference": "Footnote Reference",
    "Hyperlink": "Hyperlink",
}
_CHARACTER_RUNS = {
    "VerbatimChar": '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/><w:sz w:val="19"/>',
    "FootnoteReference": '<w:vertAlign w:val="superscript"/>',
    "Hyperlink": '<w:color w:val="1F4E79"/>',
}


def _font(name: str) -> str:
    """Return the XML that asks for a font, empty for none."""
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:cs="{name}"/>' if name else ""


def _size(half_points: int) -> str:
    """Return the XML that asks for a size, empty for none."""
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>' if half_points else ""


def _table_style(name: str, based_on: str, size: int, margin: int) -> str:
    """Return a style of tables: small letters, rules above, below and under the head, thin ones between rows."""

    def border(side: str, width: int, colour: str) -> str:
        return f'<w:{side} w:val="single" w:sz="{width}" w:space="0" w:color="{colour}"/>'

    rules = border("top", 8, "1A1A1A") + border("bottom", 8, "1A1A1A") + border("insideH", 2, "CFCFCF")
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 20), ("left", margin), ("bottom", 20), ("right", margin))
    )
    return (
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{name}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based_on}"/><w:qFormat/>'
        f'<w:pPr><w:spacing w:before="20" w:after="20"/></w:pPr><w:rPr>{_font(HEAD_FONT)}{_size(size)}</w:rPr>'
        f"<w:tblPr><w:tblBorders>{rules}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>'
        f'<w:tcPr><w:tcBorders>{border("bottom", 6, "1A1A1A")}</w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr>'
        "</w:tblStylePr></w:style>"
    )


def styles_xml() -> str:
    """Return all styles as the format's styles.xml."""
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_font(TEXT_FONT)}{_size(21)}"
        '<w:lang w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="100" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
    )
    base = (
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:semiHidden/></w:style>'
    )
    characters = "".join(
        f'<w:style w:type="character" w:styleId="{id_}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="DefaultParagraphFont"/><w:rPr>{_CHARACTER_RUNS.get(id_, "")}</w:rPr></w:style>'
        for id_, name in _CHARACTERS.items()
    )
    paragraphs = "".join(style.as_xml() for style in PARAGRAPHS)
    tables = (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        "<w:semiHidden/><w:unhideWhenUsed/></w:style>"
        + _table_style("Table", "TableNormal", 16, 70)
        + _table_style(TABLE_OF_MANY, "Table", 14, 40)
    )
    return f"{_HEAD.format('styles')}{defaults}{base}{paragraphs}{characters}{tables}</w:styles>"


def footer_xml(sentence: str) -> str:
    """Return the foot of every page: a sentence, and the number of the page."""

    def fields(name: str) -> str:
        space = '<w:r><w:t xml:space="preserve"> </w:t></w:r>'
        return f'{space}<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'

    border = '<w:pBdr><w:top w:val="single" w:sz="4" w:space="4" w:color="9A9A9A"/></w:pBdr>'
    tab = '<w:tabs><w:tab w:val="right" w:pos="9184"/></w:tabs>'
    return (
        f'{_HEAD.format("ftr")}<w:p><w:pPr><w:pStyle w:val="Footer"/>{border}{tab}</w:pPr>'
        f'<w:r><w:t xml:space="preserve">{escape(sentence)}</w:t></w:r><w:r><w:tab/></w:r>'
        f'{fields("PAGE")}<w:r><w:t xml:space="preserve"> /</w:t></w:r>{fields("NUMPAGES")}</w:p></w:ftr>'
    )


def reference_docx(class_: str) -> bytes:
    """Return the document that Pandoc takes styles, margins and foot from; the same bytes each time.

    Parameters
    ----------
    class_ : str
        The class of the study, for the foot of every page.

    Raises
    ------
    LepanalysisError
        When Pandoc does not give its own reference document.
    """
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise LepanalysisError(f"pandoc has no reference document: {done.stderr.decode(errors='replace').strip()}")
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as given:
        members = {name: given.read(name) for name in given.namelist()}
    members["word/styles.xml"] = styles_xml().encode()
    members["word/footer1.xml"] = footer_xml(f"Class of the study: {class_} · each exhibit names its own").encode()
    body = f"{_HEAD.format('document')}<w:body><w:p/>{_SECTION}</w:body></w:document>"
    members["word/document.xml"] = body.encode()
    relation = f'<Relationship Type="{_R}/footer" Id="rIdFooter" Target="footer1.xml"/></Relationships>'
    part = (
        '<Override PartName="/word/footer1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/></Types>'
    )
    for name, end, new in (
        ("word/_rels/document.xml.rels", b"</Relationships>", relation),
        ("[Content_Types].xml", b"</Types>", part),
    ):
        members[name] = members[name].replace(end, new.encode())
    return zipped(members)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return a ZIP file with its members in a fixed order and as of a fixed time.

    Parameters
    ----------
    members : mapping of str to bytes
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        # [Content_Types].xml has to come first for some readers.
        for name in sorted(members, key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            made.writestr(member, members[name])
    return buffer.getvalue()
