"""Any study in, its own paper out: no word of another study stands in it, and what a study lacks is said there."""

import csv
import json
import re
import zipfile

import lxml.html
import nbformat
import pypdf
import pytest
import yaml
from foreign import STUDIES, write_foreign
from projects import ROOT

from lepanalysis.build import build

STANDIN, ARTICLE = ROOT / "data" / "standin", ROOT / "data" / "article"
# What a value looks like that was never meant to be seen.
SLIPS = re.compile(r"(?<!\w)(?:None|nan|NaN|NaT|Traceback|undefined_|\[\]|<NA>)(?!\w)")
DIGITS_OF_TWO = 2


def words_of_others():
    """Return names, titles and terms of the stand-in and of the article: what can stand in no other study."""
    found = {"Sheffield", "Coder A", "Coder B", "workspaces", "Martins and Ling", "message 15", "10.1002/kpm.1546"}
    for name, column in (("participants", "code_name"), ("threads", "title")):
        with (STANDIN / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found |= {row[column] for row in csv.DictReader(file)}
    for code in yaml.safe_load((STANDIN / "codebook.yaml").read_text(encoding="utf-8"))["codes"]:
        found |= {code["name"], code["definition"]}
    themes = yaml.safe_load((STANDIN / "themes.yaml").read_text(encoding="utf-8"))
    for theme in [*themes["agreed"], *(one for given in themes["candidate"].values() for one in given)]:
        found.add(theme["name"])
    with (ARTICLE / "quotations.csv").open(encoding="utf-8", newline="") as file:
        found |= {row["text"][:40] for row in csv.DictReader(file)}
    study = yaml.safe_load((STANDIN / "study.yaml").read_text(encoding="utf-8"))
    found |= {study["title"], *(coder["name"] for coder in study["coders"])}
    article = yaml.safe_load((ARTICLE / "article.yaml").read_text(encoding="utf-8"))
    found |= {str(article["title"]), str(article["doi"])}
    return {word for word in found if len(word) > DIGITS_OF_TWO}


def said_by(out):
    """Return everything that a build says to a reader, by where it is said."""
    said = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.suffix == ".ipynb":
            outputs = [cell.get("outputs", []) for cell in nbformat.read(path, as_version=4).cells]
            texts = [without_pictures(json.dumps(output, ensure_ascii=False)) for output in outputs if output]
            said[name] = "\n".join(texts)
        elif path.suffix == ".html":
            page = lxml.html.parse(str(path)).getroot()
            alternatives = [image.get("alt", "") for image in page.iter("img")]
            said[name] = " ".join([" ".join(page.body.itertext()), *alternatives])
        elif path.suffix == ".pdf":
            said[name] = "\n".join(sheet.extract_text() for sheet in pypdf.PdfReader(path).pages)
        elif path.suffix == ".docx":
            with zipfile.ZipFile(path) as file:
                parts = [file.read(part).decode() for part in file.namelist() if part.endswith(".xml")]
            said[name] = " ".join(parts)
        elif path.suffix in {".svg", ".csv", ".md", ".yml"} or path.parent.name == "exhibits":
            said[name] = path.read_text(encoding="utf-8")
    return said


def without_pictures(text):
    """Return the output of a cell without its pictures, which are letters of no word."""
    return re.sub(r'("image/\w+": ")[^"]*|base64,[A-Za-z0-9+/=\\n]+', r"\1", text)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Build a foreign study once, when it is first asked for."""
    known = {}

    def out_of(name, **changes):
        if name not in known or changes:
            folder = tmp_path_factory.mktemp(name)
            known[name] = folder / "out"
            build(write_foreign(folder / "study", name, **changes), known[name], jobs=2)
        return known[name]

    return out_of


def stands(word, text):
    """Whether a word, or a line of words, stands in a text by itself, however its lines are broken."""
    spaced = r"\s+".join(map(re.escape, word.split()))
    return re.search(rf"(?<!\w){spaced}(?!\w)", text) is not None


LONG = [pytest.param(name, marks=[] if name == "market" else pytest.mark.long) for name in STUDIES]


@pytest.mark.parametrize("name", LONG)
def test_no_word_of_another_study_stands_in_a_studys_paper(made, name):
    own = " ".join(STUDIES[name].values())
    others = {word for word in words_of_others() if not stands(word, own)}
    assert len(others) > 100
    found = {(word, where) for where, text in said_by(made(name)).items() for word in others if stands(word, text)}
    assert found == set()


@pytest.mark.parametrize("name", LONG)
def test_nothing_stands_there_that_was_not_meant_to_be_read(made, name):
    found = {where: SLIPS.findall(text) for where, text in said_by(made(name)).items() if SLIPS.search(text)}
    assert found == {}


def squeezed(text):
    """Return a text without white space and marks of hyphenation, so that a line break is no difference."""
    return re.sub(r"[\s\u00ad\u200b]+", "", text)


def paper_of(out):
    """Return the paper's three formats as words without space between them."""
    return {name: squeezed(re.sub(r"<[^>]+>", "", said_by(out)[name])) for name in PAPERS}


PAPERS = ("paper.html", "paper.pdf", "paper.docx")
NAMED = {
    "market": (
        "Der Marktplatz in Rede und Gegenrede|Anke Brandt|Bülent Çelik|Zoë Šimek|Dringlichkeit|gering|mittel|hoch|"
        "Stadtteil|Platz|Wege|Aufenthalt|Beteiligung der Stadt Ückendorf"
    ),
    "garden": (
        "Gespräche im Schrebergarten|Käthe Örtel|Miteinander|Was wächst|Nachbarschaftshilfe|Kohlrabi|May 2021|"
        "Ohne die Nachbarn hätte ich aufgegeben."
    ),
    "bare": "Tagebuch einer Wanderung|eigenes Tagebuch",
}
ABSENT = {
    "market": (
        "The messages bear no dates|Codes are not followed to themes|No quotation is shown|"
        "No claim is held against this corpus"
    ),
    "garden": (
        "The codings are those of one coder|It is not computed: agreement takes the codings of two coders|"
        "Each thread holds a single message"
    ),
    "bare": (
        "No coding is shown|It is not computed|Codes are not followed to themes|No quotation is shown|"
        "The messages bear no dates|The study tells no participants apart|Each thread holds a single message"
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_a_paper_names_its_own_study_its_people_and_its_terms(made, name):
    papers = paper_of(made(name))
    assert {
        (word, where) for where, text in papers.items() for word in NAMED[name].split("|") if squeezed(word) not in text
    } == set()


@pytest.mark.parametrize("name", LONG)
def test_what_a_study_lacks_is_said_in_a_sentence(made, name):
    papers = paper_of(made(name))
    missing = {
        (said, where)
        for where, text in papers.items()
        for said in ABSENT[name].split("|")
        if squeezed(said) not in text
    }
    assert missing == set()


@pytest.mark.parametrize("name", LONG)
def test_a_study_without_an_article_is_not_told_of_one(made, name):
    found = {
        where: re.findall(r"(?i)\w+ the (?:article|authors)\b.{20}", " ".join(text.split()))
        for where, text in said_by(made(name)).items()
        if where in {"paper.pdf", "paper.docx"} or where.startswith(("exhibits/", "figures/", "tables/"))
    }
    assert {where: hits for where, hits in found.items() if hits} == {}


def test_where_nobody_is_told_apart_nothing_is_counted_by_participants(made):
    exhibits = json.loads((made("bare") / "exhibits" / "01-corpus.json").read_text(encoding="utf-8"))["exhibits"]
    assert sorted(exhibit["id"] for exhibit in exhibits) == ["n-messages", "n-threads", "n-words-median", "tbl-corpus"]


OWN = """\
---
title: Meine eigenen Worte
---

Zu lesen sind {{ number("n-messages") }} Einträge in {{ number("n-threads") }} Fäden, im Mittel
{{ number("n-words-median") }} Wörter lang.

{{ table("tbl-corpus") }}
"""


def test_a_studys_own_template_takes_the_place_of_the_one_for_any_study(made):
    record = STUDIES["bare"]["study.yaml"] + "template: own.md\n"
    papers = paper_of(made("bare", study_yaml=record, own_md=OWN))
    for text in papers.values():
        assert squeezed("Zu lesen sind 2 Einträge in 2 Fäden") in text
        assert squeezed("What this paper cannot show") not in text


@pytest.mark.long
def test_values_are_compared_also_where_threads_have_no_categories(made):
    threads = "thread_id,title,category\nF1,Eins,\nF2,Zwei,\nF3,Drei,\n"
    tables = made("market", threads_csv=threads) / "tables"
    assert (tables / "tbl-values-pairs-1.csv").is_file()
    assert not (tables / "tbl-values-categories-1.csv").exists()
