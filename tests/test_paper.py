"""One paper in three formats, read back with other programs' readers."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from papers import NASTY, exhibit, number, quotation, table
from projects import ROOT
from studies import write_study

from lepanalysis import paper
from lepanalysis.display import picture
from lepanalysis.faults import StudyFaultsError
from lepanalysis.study import open_study

TEMPLATE = """\
---
title: |-
  {{ study.title }}
abstract: |
  An abstract.
---

# Findings

Of {{ number("n-a") }} messages, as @cohen1960 has it; see {{ ref("fig-a") }}. They say {{ quote("q-inline") }}.

{{ quotation("q-block") }}

{{ table("tbl-a") }}

{{ figure("fig-a") }}

{{ table("tbl-long") }}

# References

::: {#refs}
:::
"""
ALT = 'A line from "one" to *three*.'
EXHIBITS = [
    number("n-a", 4),
    quotation("q-inline", "so (...) to speak -1"),
    quotation("q-block", f"{NASTY}"),
    table("tbl-a", [[NASTY, "1"], ["=1+1", "2"]], caption=f"Codes {NASTY}", class_="stand-in"),
    exhibit("fig-a", "figure", alt=ALT, caption="A figure"),
    table("tbl-long", [[f"row{n}", str(n)] for n in range(120)], caption="Many rows"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Assemble the paper twice, in folders of other names."""
    return [assembled(tmp_path_factory.mktemp(name)) for name in ("first", "second-longer-name")]


def assembled(root):
    from matplotlib.figure import Figure

    folder = root / "build"
    study_folder = write_study(root / "study")
    (root / "study" / "own.md").write_text(TEMPLATE, encoding="utf-8")
    with (study_folder / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("template: own.md\n")
    for name in ("exhibits", "figures", "tables"):
        (folder / name).mkdir(parents=True)
    (folder / "exhibits" / "01-corpus.json").write_text(json.dumps({"exhibits": EXHIBITS}), encoding="utf-8")
    drawn = Figure(figsize=(4, 2))
    drawn.add_subplot().plot([1, 2, 3])
    for kind in ("svg", "png"):
        (folder / "figures" / f"fig-a.{kind}").write_bytes(picture(drawn, kind, "A figure", "Open.", ""))
    for name in ("figures/fig-a.csv", "tables/tbl-a.csv", "tables/tbl-long.csv"):
        (folder / name).write_text("x,provenance_class\n1,open\n", encoding="utf-8")
    manifest = {"notebooks": {"01-corpus": {}, "03-agreement": {"skipped": "one coder"}}}
    paper.assemble(folder, open_study(study_folder), None, manifest)
    return folder


def squeezed(text):
    """Return a text without white space, which formats break as their lines fall."""
    return re.sub(r"\s", "", text.replace("\u00ad", ""))


@pytest.fixture(scope="module")
def texts(built):
    """Return what each format says, without white space."""
    import docx
    from lxml import html
    from pypdf import PdfReader

    folder = built[0]
    page = html.parse(folder / "paper.html").getroot()
    document = docx.Document(str(folder / "paper.docx"))
    pages = [sheet.extract_text() for sheet in PdfReader(folder / "paper.pdf").pages]
    return {
        "html": squeezed(page.find("body").text_content()),
        "docx": squeezed("".join(document.element.body.itertext())),
        # What stands at the foot of every page would part a text that goes on overleaf.
        "pdf": squeezed(re.sub(r"Class of the study: .*\d+ / \d+", "", "\n".join(pages))),
    }


@pytest.mark.parametrize("name", ["paper.html", "paper.pdf", "paper.docx", "why.json"])
def test_a_paper_is_the_same_bytes_every_time(built, name):
    first, second = ((folder / name).read_bytes() for folder in built)
    assert first == second


@pytest.mark.parametrize("format_", ["html", "docx", "pdf"])
@pytest.mark.parametrize(
    "text",
    [
        f"{NASTY} (Robin, message 7)",
        "“so (...) to speak -1” (Robin, message 7).",
        f"Table 1. Codes {NASTY}. Stand-in: rests on invented records and says nothing about the data of any study.",
        "Figure 1. A figure. Open: rests on records that anyone can get.",
        "Table 2. Many rows. Open: rests on records that anyone can get.",
        "Of 4 messages, as Cohen (1960) has it; see Figure 1.",
        "open · 01-corpus, cell 3 (fig-a)",
        "Left out: 03-agreement: one coder.",
        "=1+1",
        "row119",
        "A coefficient of agreement",
    ],
)
def test_every_format_says_the_same(texts, format_, text):
    assert squeezed(text).casefold() in texts[format_].casefold()


def test_a_study_s_text_is_no_markup_in_html(built):
    from lxml import html

    page = html.parse(built[0] / "paper.html").getroot()
    assert page.xpath("//b") == []
    assert page.xpath("//table[.//td]//em[not(ancestor::caption)]") == []


def test_html_needs_no_other_file(built):
    text = (built[0] / "paper.html").read_text(encoding="utf-8")
    outside = re.findall(r'(?:src|<link[^>]*href)="(?!data:)[^"]*"', text)
    assert outside == []
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert text.count("<script") == 1
    assert script == (ROOT / "paper" / "looks" / "page.js").read_text(encoding="utf-8").strip()
    assert 'content="class: stand-in, class: open"' in text


def test_html_gives_the_data_and_the_words_for_a_picture(built):
    from lxml import html

    page = html.parse(built[0] / "paper.html").getroot()
    assert page.xpath("//a/@download") == ["tbl-a.csv", "fig-a.csv", "tbl-long.csv"]
    assert page.xpath("//figure//img/@alt") == [ALT]
    assert page.xpath('//a[@href="#fig-a"]/text()') == ["Figure\u00a01"]


def test_pdf_says_what_it_rests_on_and_holds_its_fonts(built):
    from pypdf import PdfReader

    reader = PdfReader(built[0] / "paper.pdf")
    about = reader.metadata
    assert (about.title, about["/Keywords"]) == ("A small study", "class: stand-in, class: open")
    fonts = {
        font["/BaseFont"].partition("+")[2]
        for sheet in reader.pages
        for font in (entry.get_object() for entry in sheet["/Resources"]["/Font"].values())
    }
    assert {re.split(r"[-,]", name)[0] for name in fonts} <= {"LibertinusSerif", "DejaVuSans"}
    assert ALT.encode("utf-16-be") in b"".join(_alternatives(reader))


def _alternatives(reader):
    """Yield the alternative texts of a PDF's pictures."""
    for number_ in range(1, len(reader.xref[0]) + len(reader.xref_objStm) + 1):
        item = reader.get_object(number_)
        if isinstance(item, dict) and "/Alt" in item:
            yield str(item["/Alt"]).encode("utf-16-be")


def test_docx_says_what_it_rests_on_and_nothing_of_the_machine(built):
    import docx

    document = docx.Document(str(built[0] / "paper.docx"))
    about = document.core_properties
    assert (about.title, about.keywords) == ("A small study", "class: stand-in, class: open")
    assert "Open: rests on records that anyone can get." in about.comments
    assert "Class of the study: open" in document.sections[0].footer.paragraphs[0].text
    names = {paragraph.style.name for paragraph in document.paragraphs}
    assert {"Provenance", "Table Caption", "Image Caption", "Block Text"} <= names
    with zipfile.ZipFile(io.BytesIO((built[0] / "paper.docx").read_bytes())) as file:
        assert not [name for name in file.namelist() if str(built[0]).encode() in file.read(name)]
        assert {member.date_time for member in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_docx_names_only_styles_that_it_has(built):
    with zipfile.ZipFile(built[0] / "paper.docx") as file:
        known = set(re.findall(r'w:styleId="([^"]+)"', file.read("word/styles.xml").decode()))
        used = set(
            re.findall(r'<w:(?:pStyle|rStyle|tblStyle) w:val="([^"]+)"', file.read("word/document.xml").decode())
        )
    assert used <= known


def test_a_template_at_fault_makes_no_paper(tmp_path):
    folder = write_study(tmp_path / "study")
    (folder / "own.md").write_text("There are 12.\n", encoding="utf-8")
    with (folder / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("template: own.md\n")
    with pytest.raises(StudyFaultsError, match="a number is typed: '12'"):
        paper.assemble(tmp_path, open_study(folder), None, {"notebooks": {}})
    assert not (tmp_path / "paper.html").exists()
