"""The section of the page in which every exhibit says where it comes from."""

import json

import lxml.html
import pytest
from papers import STUDY, expanded, number, quotation, register, table
from projects import ROOT

from lepanalysis import chain_page, document, pandoc
from lepanalysis.chain import warning_of

BAD = '</summary><script>alert(1)</script> & "quoted" \'single\' <a href="javascript:alert(1)">x</a>'


def chain(id_="n-a", kind="number", *, links=(), **changes):
    about = {"id": id_, "kind": kind, "class": "open", "origin": "addition", "caption": "Messages", "name": ""}
    return {
        "exhibit": about | changes,
        "printed": "131",
        "notebook": {"file": "notebooks/01-corpus.ipynb", "sha256": "ab" * 32},
        "cell": {"number": 6, "id": "size"},
        "cells": [{"number": 4, "id": "open", "names": ["s", "messages"]}],
        "functions": [{"name": "coding.codes", "module": "lepanalysis.codes", "says": "Return the codes."}],
        "parameters": {"unit": "message", "out": ""},
        "parameters_used": ["unit"],
        "inputs": [
            {
                "owner": "study",
                "table": "messages",
                "file": "messages.csv",
                "sha256": "cd" * 32,
                "class": "open",
                "records": 131,
            }
        ],
        "files": {},
        "links": list(links),
        "links_known": True,
        "reproduces": True,
        "versions": {"python": "3.11.7"},
    }


def link(says, class_="stand-in"):
    return {"link": "coding", "class": class_, "invented": class_ == "stand-in", "id": "A-1", "says": says}


def page(*chains):
    return lxml.html.fromstring(chain_page.section({each["exhibit"]["id"]: each for each in chains}))


def words(node):
    return " ".join(node.text_content().split())


def test_an_entry_says_what_made_the_exhibit_and_leads_back():
    (entry,) = page(chain()).xpath("//details[@id='why-n-a']")
    assert [(words(head), words(head.getnext())) for head in entry.xpath(".//dt")] == [
        ("Prints", "131"),
        ("Class", "Open: rests on records that anyone can get."),
        ("Origin", "addition. An addition of this compendium: the article prints no such thing."),
        ("Made by", "notebooks/01-corpus.ipynb, cell 6 (size)"),
        ("Out of", "cell 4 (open): s, messages"),
        ("Through", "coding.codes (lepanalysis.codes): Return the codes."),
        ("Hangs on", "unit = 'message'"),
        ("Rests on", "131 messages in messages.csv of the study"),
    ]
    assert words(entry.find("summary")) == "131 Messages"
    assert entry.xpath(".//a/@href") == ["#at-n-a"]


def test_what_many_entries_share_stands_once():
    made = page(chain("n-a"), chain("n-b"))
    assert made.text_content().count("cd" * 32) == 1
    assert made.text_content().count("ab" * 32) == 1
    assert made.text_content().count("python 3.11.7") == 1
    assert made.xpath("//h3/text()") == ["notebooks/01-corpus.ipynb"]


def test_where_there_is_no_article_nothing_is_called_an_addition():
    assert "ddition" not in page(chain() | {"reproduces": False}).text_content()


def test_every_entry_is_closed_until_it_is_asked_for():
    assert page(chain("n-a"), chain("n-b")).xpath("//details[@open]") == []


@pytest.mark.parametrize("where", ["caption", "name", "printed", "says", "file"])
def test_a_study_s_text_is_no_markup(where):
    each = chain(links=[link(BAD if where == "says" else "words")])
    if where in {"caption", "name"}:
        each["exhibit"][where] = BAD
    elif where == "printed":
        each["printed"] = BAD
    elif where == "file":
        each["files"] = {BAD: "ef" * 32}
    made = page(each)
    assert made.xpath("//script") == []
    assert [href for href in made.xpath("//a/@href") if not href.startswith("#")] == []
    assert "<script>alert(1)</script>" in made.text_content()
    assert len(made.xpath("//details")) == 3


def test_a_link_of_a_quotation_has_its_class_before_it_and_the_warning_once():
    made = page(chain(links=[link("said", "published"), link("Invented: one"), link("Invented: two")]))
    assert [words(item) for item in made.xpath("//ol/li")] == [
        "published said",
        warning_of([link("x")]),
        "stand-in Invented: one",
        "stand-in Invented: two",
    ]


def test_long_texts_and_many_links_are_cut():
    made = page(chain(links=[link("x" * 5000)] * 100))
    items = [words(item) for item in made.xpath("//ol/li")]
    assert max(map(len, items)) < 700
    assert items[-1] == "… and 40 more, which lepanalysis why lists."


def test_an_exhibit_without_a_number_is_called_by_its_first_words():
    summaries = [
        words(page(each).xpath("//details[@id='why-n-a']/summary")[0])
        for each in (
            chain(name="Table 3"),
            chain(kind="quotation") | {"printed": "word " * 30},
        )
    ]
    assert summaries == ["Table 3 Messages", "“word word word word word word word word word wo…” Messages"]


def test_without_exhibits_there_is_no_section():
    assert chain_page.section({}) == ""


def composed(tmp_path, text, *exhibits, format_="html"):
    """Return a paper of a few lines as HTML, whatever the format it was composed for."""
    (tmp_path / "tables").mkdir(exist_ok=True)
    for id_ in register(*exhibits):
        (tmp_path / "tables" / f"{id_}.csv").write_text("x\n1\n", encoding="utf-8")
    made = expanded(tmp_path, text, *exhibits)
    numbers = document.numbered(made, register(*exhibits))
    edition = document.Edition(
        format_, tmp_path, register(*exhibits), made, STUDY, {}, reproduces=True, numbers=numbers
    )
    whole = document.compose(pandoc.parse(made.markdown), edition)
    return lxml.html.fromstring(pandoc.run_pandoc(["-f", "json", "-t", "html5"], json.dumps(whole)))


TEXT = """
# Of {{ number("n-a") }} messages

There are {{ number("n-a") }} and [{{ number("n-b") }} in a link](#here). He said {{ quote("q-a") }}.

{{ table("tbl-a") }}

{{ quotation("q-b") }}
"""
EXHIBITS = (
    number("n-a", 4),
    number("n-b", 5),
    quotation("q-a", "so"),
    table("tbl-a", [["x", "1"]]),
    quotation("q-b", "no"),
)


def test_every_exhibit_of_the_page_leads_to_its_entry(tmp_path):
    made = composed(tmp_path, TEXT, *EXHIBITS)
    assert {(words(each), each.get("href"), each.get("id")) for each in made.xpath("//a[starts-with(@id, 'at-')]")} == {
        ("4", "#why-n-a", "at-n-a"),
        ("message 7", "#why-q-a", "at-q-a"),
        ("why", "#why-tbl-a", "at-tbl-a"),
        ("why", "#why-q-b", "at-q-b"),
    }
    assert made.xpath("//a[text()='why']/@aria-label") == ["why: Table 1", "why: A caption"]


def test_no_link_stands_in_a_link_and_no_place_has_two_names(tmp_path):
    made = composed(tmp_path, TEXT, *EXHIBITS)
    assert made.xpath("//a//a") == []
    assert [words(each) for each in made.xpath("//span[@id='at-n-b']")] == ["5"]
    ids = made.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert len(made.xpath("//a[@href='#why-n-a']")) == 2


@pytest.mark.parametrize("format_", ["docx", "pdf"])
def test_other_formats_have_no_such_links(tmp_path, format_):
    made = composed(tmp_path, TEXT, *EXHIBITS, format_=format_)
    assert [href for href in made.xpath("//a/@href") if "why" in href] == []
    assert "why" not in made.text_content()


def test_the_page_runs_its_own_script_and_no_other():
    page_ = (ROOT / "paper" / "looks" / "page.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page_
    assert "script-src 'sha256-$script-digest$'" in page_
    assert page_.count("<script") == 1
