"""The whole of it: the stand-in's paper, built once, read back in all three formats."""

import json
import os
import re
import subprocess
import sys
import zipfile

import lxml.html
import nbformat
import pypdf
import pytest
from projects import ROOT

from lepanalysis.committed import differences
from lepanalysis.exhibits import CLASS_SENTENCES
from lepanalysis.paper import read_exhibits


@pytest.fixture(scope="session")
def exhibits(built):
    return read_exhibits(built, json.loads((built / "manifest.json").read_text(encoding="utf-8")))


def squeezed(text):
    """Return a text without white space, so that a line break in print is no difference."""
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="session")
def printed(built):
    """What each format says, without white space."""
    page = lxml.html.parse(str(built / "paper.html")).getroot().body.text_content()
    pdf = pypdf.PdfReader(built / "paper.pdf")
    # A running foot stands between the halves of what is parted by a page.
    feet = re.compile(r"Class of the study:.*?\d+ / \d+", re.DOTALL)
    pages = "".join(feet.sub("", sheet.extract_text()) for sheet in pdf.pages)
    with zipfile.ZipFile(built / "paper.docx") as file:
        document = lxml.etree.fromstring(file.read("word/document.xml"))
    words = "".join(document.itertext())
    return {"html": squeezed(page), "pdf": squeezed(pages), "docx": squeezed(words)}


@pytest.mark.parametrize("format_", ["html", "pdf", "docx"])
def test_every_caption_and_its_class_stand_in_each_format(printed, exhibits, format_):
    shown = [exhibit for exhibit in exhibits.values() if exhibit["kind"] in {"table", "figure"}]
    assert len(shown) > 25
    missing = [
        exhibit["id"]
        for exhibit in shown
        if squeezed(f"{exhibit['caption']} {exhibit['note']}") not in printed[format_].replace(".", "")
        and squeezed(exhibit["caption"]) not in printed[format_]
    ]
    assert missing == []
    assert squeezed(CLASS_SENTENCES["stand-in"]) in printed[format_]


@pytest.mark.parametrize("format_", ["html", "pdf", "docx"])
def test_the_seven_quotations_stand_to_the_letter_in_each_format(printed, exhibits, format_):
    quotations = [exhibit["shown"] for exhibit in exhibits.values() if exhibit["kind"] == "quotation"]
    assert [shown["message_id"] for shown in quotations] == ["15", "21", "105", "103", "51", "98", "111"]
    for shown in quotations:
        assert squeezed(shown["text"]) in printed[format_]
        assert squeezed(f"({shown['code_name']}, message {shown['message_id']})") in printed[format_]


def test_what_rests_on_an_invented_record_is_never_anything_but_stand_in(exhibits):
    invented = {"codings", "codebook", "decisions", "candidate_themes", "agreed_themes", "assignments", "threads"}
    for exhibit in exhibits.values():
        tables = {source["table"] for source in exhibit["inputs"] if source["owner"] == "study"}
        if tables & invented:
            assert exhibit["class"] == "stand-in", exhibit["id"]
    classes = {exhibit["class"] for exhibit in exhibits.values()}
    assert classes == {"stand-in", "derived", "published"}
    assert {exhibit["class"] for exhibit in exhibits.values() if exhibit["kind"] == "quotation"} == {"published"}


def test_nothing_that_the_article_does_not_print_passes_for_its_result(exhibits):
    regenerated = {exhibit["id"] for exhibit in exhibits.values() if exhibit["origin"] == "article"}
    assert not [id_ for id_ in regenerated if re.search("alpha|kappa|code|coding|agreement|theme-", id_)]


def test_stand_in_pictures_and_data_say_so_themselves(built, exhibits):
    figures = [exhibit for exhibit in exhibits.values() if exhibit["kind"] == "figure"]
    for exhibit in figures:
        sentence = CLASS_SENTENCES[exhibit["class"]]
        assert sentence in (built / exhibit["files"]["svg"]).read_text(encoding="utf-8")
        assert sentence.encode() in (built / exhibit["files"]["png"]).read_bytes()
    for exhibit in exhibits.values():
        if "csv" in exhibit["files"]:
            head, *rows = (built / exhibit["files"]["csv"]).read_text(encoding="utf-8").splitlines()
            assert head.endswith(",provenance_class")
            assert rows[-1].endswith(f",{exhibit['class']}")


def test_page_one_counts_what_is_transcribed_derived_and_invented(printed, exhibits):
    counts = {}
    for exhibit in exhibits.values():
        key = exhibit["class"], exhibit["origin"]
        counts[key] = counts.get(key, 0) + 1
    for format_ in ("html", "docx"):
        for class_ in ("stand-in", "derived", "published"):
            row = f"{counts.get((class_, 'article'), 0)}{counts.get((class_, 'addition'), 0)}"
            assert re.search(rf"{class_}[^0-9]*{row}", printed[format_]), (format_, class_)


def test_documents_carry_the_class_in_their_metadata(built):
    pdf = pypdf.PdfReader(built / "paper.pdf").metadata
    assert "stand-in" in f"{pdf.get('/Keywords', '')}{pdf.get('/Subject', '')}"
    page = lxml.html.parse(str(built / "paper.html")).getroot()
    assert "Stand-in" in page.xpath("string(//meta[@name='description']/@content)")
    with zipfile.ZipFile(built / "paper.docx") as file:
        assert b"stand-in" in file.read("docProps/core.xml")


def test_the_page_is_one_file_that_asks_for_nothing(built):
    page = lxml.html.parse(str(built / "paper.html")).getroot()
    sources = page.xpath("//@src | //link/@href | //script/@src")
    assert sources
    assert all(source.startswith("data:") for source in sources)


def test_each_exhibit_in_the_page_offers_its_data_and_names_its_cell(built, exhibits):
    page = lxml.html.parse(str(built / "paper.html")).getroot()
    for exhibit in exhibits.values():
        if exhibit["kind"] in {"table", "figure"}:
            (block,) = page.xpath(f"//*[@id='{exhibit['id']}']")
            text = block.text_content()
            assert f"{exhibit['notebook']}, cell {exhibit['cell']['number']}" in text
            assert block.xpath(".//a[@download]/@href")[0].startswith("data:text/csv")


def test_nothing_of_this_machine_is_in_what_a_build_writes(built):
    home, here = os.path.expanduser("~"), str(ROOT)  # noqa: PTH111 - as text
    for path in built.rglob("*"):
        if path.is_file() and path.name != "run.json":
            data = path.read_bytes()
            assert here.encode() not in data, path
            assert f"{home}/".encode() not in data, path
            assert str(built).encode() not in data, path


def test_the_exhibits_are_as_committed(built):
    assert [str(difference) for difference in differences(built, ROOT)] == []


def test_executed_notebooks_begin_with_the_banner_and_run_again_to_the_same(built, tmp_path):
    notebooks = sorted((built / "notebooks").glob("*.ipynb"))
    assert len(notebooks) == 7
    for path in notebooks:
        outputs = [out for cell in nbformat.read(path, as_version=4).cells for out in cell.get("outputs", [])]
        assert outputs[0].metadata["lepanalysis"] == {"banner": "stand-in"}
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-c", str(tmp_path / "pytest.ini"), "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--nbval", "--nbval-current-env", *map(str, notebooks)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]


def test_notebooks_in_git_carry_no_outputs():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            assert not cell.get("outputs"), f"{path.name}: {cell.id}"
            assert cell.get("execution_count") is None
