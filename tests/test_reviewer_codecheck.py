import yaml
from reviewed import STANDIN, small

from lepanalysis.reviewer_codecheck import configuration

# What the specification (version 1.0) asks of the author; `codechecker` and `report` are the codechecker's.
OF_THE_CODECHECKER = {"codechecker", "report", "summary", "check_time", "certificate", "repository"}


def read(data):
    text = data.decode()
    assert text.startswith("%YAML 1.1\n---\n")
    return yaml.safe_load(text)


def test_it_names_the_article_and_every_file_with_its_class_and_cell(tmp_path):
    record = read(configuration(small(tmp_path, **STANDIN)))
    assert list(record) == ["version", "paper", "source", "manifest"]
    assert record["version"] == "https://codecheck.org.uk/spec/config/1.0/"
    assert record["paper"] == {
        "title": "A workshop for the valley",
        "authors": [{"name": "Robin Weaver"}],
        "reference": "https://doi.org/10.5555/12345678",
    }
    assert record["source"] == (
        "data/small (stand-in): invented for the tests; article (published): what the article prints"
    )
    assert [entry["file"] for entry in record["manifest"]] == [
        "build/small/paper.html",
        "build/small/paper.pdf",
        "build/small/tables/tbl-codebook.csv",
        "build/small/figures/fig-a.csv",
        "build/small/figures/fig-a.png",
        "build/small/figures/fig-a.svg",
        "build/small/exhibits/01-corpus.json",
        "build/small/exhibits/02-quotations.json",
    ]
    assert record["manifest"][2]["comment"] == "The codebook (open; notebooks/01-corpus.ipynb, cell 3)"


def test_it_meets_what_the_specification_asks_of_the_author(tmp_path):
    record = read(configuration(small(tmp_path)))
    assert record["manifest"]
    for entry in record["manifest"]:
        assert set(entry) == {"file", "comment"}
        assert not entry["file"].startswith(("/", ".", "~"))
    assert all(author["name"] for author in record["paper"]["authors"])


def test_it_says_nothing_that_a_codechecker_says(tmp_path):
    assert not OF_THE_CODECHECKER & read(configuration(small(tmp_path))).keys()


def test_a_study_without_an_article_is_its_own_paper(tmp_path):
    record = read(configuration(small(tmp_path, ledger=False)))
    assert record["paper"] == {"title": "A small study"}
    assert record["source"] == "data/small (open): written for the tests"


def test_words_of_a_study_cannot_add_keys(tmp_path):
    text = """\
        title: "a: b\\n---\\nreport: x # y"
        class: open
        source: "[x]: *y"
        licence: CC0-1.0
        coders: [{id: A, name: Ada}, {id: B, name: Ben}]
        """
    record = read(configuration(small(tmp_path, ledger=False, study_yaml=text)))
    assert record["paper"] == {"title": "a: b --- report: x # y"}
    assert record["source"] == "data/small (open): [x]: *y"
