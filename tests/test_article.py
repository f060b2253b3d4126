import json
import shutil
from pathlib import Path

import pytest

from lepanalysis.article import open_article, read_article
from lepanalysis.faults import MissingTableError, StudyFaultsError

LEDGER = Path(__file__).resolve().parent.parent / "data" / "article"


@pytest.fixture
def ledger(tmp_path):
    return Path(shutil.copytree(LEDGER, tmp_path / "article"))


def faults_of(folder):
    article, faults = read_article(folder)
    return article, [(Path(fault.file).name, fault.line, fault.column, fault.problem) for fault in faults]


def test_the_ledger_opens():
    article = open_article(LEDGER)
    assert article.record["doi"] == "10.1002/kpm.1546"
    assert article.fact("messages") == "131"
    assert len(article.references) == 101
    assert {name: len(table) for name, table in article.tables.items()} == {
        "facts": 18,
        "quotations": 7,
        "literature": 23,
        "themes": 3,
        "mapping": 9,
        "method": len(article.method),
        "claims": 119,
        "citations": 126,
        "references": 101,
        "slips": len(article.slips),
    }
    # A slip is found by comparing what is printed with what is printed elsewhere.
    assert {name for name, table in article.tables.items() if table.class_ != "published"} == {"slips"}
    assert article.slips.class_ == "derived"
    assert {table.owner for table in article.tables.values()} == {"ledger"}


def test_lists_of_ids_are_tuples():
    article = open_article(LEDGER)
    assert article.mapping.frame.loc[0, "source_keys"] == ("lichtenthaler2009", "cohen1990")
    assert article.claims.frame.loc[3, "fact_ids"] == ("period-from", "period-to")


def test_reading_is_told():
    reads = []
    article = open_article(LEDGER, on_read=reads.append)
    assert article.has("citations")
    assert reads == []
    article.fact("threads")
    _ = article.themes, article.quotations
    assert reads == ["facts", "themes", "quotations"]


def test_a_fact_or_a_table_that_is_not_there():
    article = open_article(LEDGER)
    with pytest.raises(KeyError, match="weather"):
        article.fact("weather")
    with pytest.raises(MissingTableError, match=r"has no verdicts\.csv"):
        article.table("verdicts")
    with pytest.raises(StudyFaultsError, match="there is no such folder"):
        open_article(LEDGER / "none")


def test_a_ledger_without_citations_literature_and_slips_opens(ledger):
    for name in ("citations.csv", "literature.csv", "slips.csv"):
        (ledger / name).unlink()
    assert not open_article(ledger).has("slips")


@pytest.mark.parametrize(
    "name", ["facts.csv", "quotations.csv", "claims.csv", "references.csv", "references.json", "article.yaml"]
)
def test_a_file_that_is_missing_is_the_one_fault(ledger, name):
    (ledger / name).unlink()
    _, faults = faults_of(ledger)
    assert faults == [(name, 0, "", "the file is missing")]


@pytest.mark.parametrize("name", ["facts.csv", "citations.csv", "references.json", "article.yaml"])
def test_a_folder_in_the_place_of_a_file_is_the_one_fault(ledger, name):
    (ledger / name).unlink()
    (ledger / name).mkdir()
    _, faults = faults_of(ledger)
    assert faults == [(name, 0, "", "a folder stands in its place")]


@pytest.mark.parametrize("name", ["facts.csv", "references.json", "article.yaml"])
def test_a_file_that_is_not_utf8_is_the_one_fault(ledger, name):
    (ledger / name).write_bytes(b"\xff" + (ledger / name).read_bytes())
    _, faults = faults_of(ledger)
    assert faults == [(name, 1, "", "byte 1 of the file is not UTF-8")]


PLANTED = [
    (
        "facts.csv",
        "messages,Messages,131",
        "threads,Messages,131",
        11,
        "fact_id",
        "'threads' stands already in line 10",
    ),
    ("facts.csv", "messages,Messages,131", "messages,Messages,", 11, "value", "the cell is empty"),
    (
        "quotations.csv",
        "q-21,21,John,workspaces",
        "q-21,21,John,work",
        3,
        "theme_id",
        "there is no 'work' in themes.csv",
    ),
    (
        "quotations.csv",
        "q-21,21,John,workspaces,inline",
        "q-21,21,John,workspaces,set",
        3,
        "form",
        "'set' is not known",
    ),
    (
        "mapping.csv",
        "lichtenthaler2009;cohen1990",
        "cohen1991",
        2,
        "source_keys",
        "there is no 'cohen1991' in references",
    ),
    ("claims.csv", "figure,,,participants,", "figure,,,people,", 2, "fact_ids", "there is no 'people' in facts.csv"),
    ("claims.csv", "figure,,,participants,", "figure,,,researchers,", 2, "fact_ids", "cannot rest on researchers"),
    ("claims.csv", "figure,,,participants,", "figure,,,,", 2, "fact_ids", "cannot rest on no fact"),
    ("claims.csv", "period-from;period-to,", "period-from,", 5, "fact_ids", "cannot rest on period-from"),
    ("claims.csv", "period-from;period-to,", "period-from;threads,", 5, "fact_ids", "'period' cannot rest on"),
    (
        "claims.csv",
        "identified,method,,,identification,,,,,,,,",
        "identified,method,,,identification,,,,,,,much,",
        7,
        "leaves_out",
        "the claim has no test that could leave anything out",
    ),
    (
        "method.csv",
        "not stated,,codings;judgement",
        "not stated,much,codings;judgement",
        7,
        "leaves_out",
        "the step has no test that could leave anything out",
    ),
    ("method.csv", ",all-read,", ",weigh,", 2, "check", "'weigh' is not known here"),
    ("method.csv", ",all-read,", ",,", 2, "check", "the cell is empty"),
    ("method.csv", ",met,published", ",met,open", 5, "class", "'open' is not known here"),
    (
        "themes.csv",
        "Collaborative workspaces,1,",
        "Collaborative workspaces,first,",
        2,
        "position",
        "not a whole number",
    ),
    ("references.csv", "allee2003,2,", "allee2004,2,", 3, "reference_id", "they part at work 2"),
    ("references.json", '"id": "allee2003"', '"id": "ahuja2000"', 24, "id", "'ahuja2000' stands twice"),
    ("article.yaml", "doi: 10.1002/kpm.1546\n", "", 1, "doi", "the key is missing or empty"),
    ("article.yaml", "year: 2017\n", "year: [2017\n", 13, "", "not YAML here"),
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted[0]}: {planted[5]}")
def test_one_thing_planted_is_told(ledger, planted):
    file, old, new, line, column, words = planted
    text = (ledger / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (ledger / file).write_text(text.replace(old, new), encoding="utf-8")
    _, faults = faults_of(ledger)
    own = [fault for fault in faults if fault[0] == file]
    assert [fault[:3] for fault in own] == [(file, line, column)], faults
    assert words in own[0][3]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "not JSON here"),
        ("{}", "not a list of works with an id each"),
        ('[{"title": "x"}]', "not a list of works with an id each"),
        ('[{"id": ["x"]}]', "not a list of works with an id each"),
        ("[" * 100_000, "not JSON here"),
    ],
)
def test_a_reference_list_that_is_none(ledger, text, words):
    (ledger / "references.json").write_text(text)
    _, ((file, line, _, problem),) = faults_of(ledger)
    assert (file, line) == ("references.json", 1)
    assert problem.startswith(words)


def test_works_that_only_one_of_the_lists_has(ledger):
    works = json.loads((ledger / "references.json").read_text(encoding="utf-8"))
    (ledger / "references.json").write_text(json.dumps(works[:-1]))
    _, faults = faults_of(ledger)
    assert faults == [
        ("references.csv", 102, "reference_id", "101 works, where references.json has 100; they part at work 101")
    ]


def test_without_a_record_there_is_no_article(ledger):
    (ledger / "article.yaml").write_text("")
    article, faults = faults_of(ledger)
    assert article is None
    assert [fault[2] for fault in faults] == ["authors", "doi", "sections", "title", "year"]
