"""The rules that a ledger's files keep between each other, over the invented ledger of docs/ledger-format.md."""

import csv
import io
import re
import shutil
from pathlib import Path

import pytest
from ledgers import FORMAT, example, write_ledger
from projects import ROOT

from lepanalysis.article import LEDGER_TABLES, open_article, read_article
from lepanalysis.entries import entries_of
from lepanalysis.exhibits import class_of, read_evidence
from lepanalysis.ledger_rules import CHECKS
from lepanalysis.locators import begins_block, digest_of_sentence, sentences_of

LEDGER = ROOT / "data" / "article"


def faults_of(folder):
    article, faults = read_article(folder)
    return article, [(Path(fault.file).name, fault.line, fault.column, fault.problem) for fault in faults]


def printed():
    """The sentences of the example's article, by section, paragraph and sentence."""
    found, section, number, before = {}, "abstract", 0, ""
    for block in example()["article.txt"].strip().split("\n\n")[2:]:
        heading = re.fullmatch(r"(\d) \| (.*)|(REFERENCES)", block)
        if heading:
            section, number, before = heading[1] or "references", 0, ""
            found[section, 0, 1] = heading[2] or heading[3]
            continue
        number += 1
        if section == "references":
            found[section, number, 1] = re.sub("[*<>]", "", block)
        else:
            sentences = sentences_of(block, block=begins_block(before))
            found.update({(section, number, place): text for place, text in enumerate(sentences, 1)})
        before = block
    return found


def test_the_example_of_the_documentation_opens(tmp_path):
    article = open_article(write_ledger(tmp_path / "ledger"))
    assert len(entries_of(article)) == 12
    assert set(article.left_out.values()) == {0}


def test_each_locator_of_the_example_is_that_of_its_sentence(tmp_path):
    article, sentences = open_article(write_ledger(tmp_path / "ledger")), printed()
    for entry in entries_of(article):
        text = sentences[entry.section, entry.paragraph, entry.sentence]
        assert digest_of_sentence(text) == entry.sentence_sha256, entry.id
        if entry.kind in {"quotation", "literature-quotation", "citation"}:
            assert entry.statement.split(",")[0] in text


def columns_in(file, text):
    """The columns that the section of a file names in its table; those that have to be there end in a star."""
    section = re.search(rf"^### {re.escape(file)}.*?\n(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL)
    return re.findall(r"^\| ([a-z_0-9]+\*?) \|", section[1] if section else "", re.MULTILINE)[1:]


@pytest.mark.parametrize("name", LEDGER_TABLES)
def test_the_documentation_names_each_column(name):
    text = FORMAT.read_text(encoding="utf-8")
    shared = re.search(r"^## What every CSV file has\n(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL)
    common = re.findall(r"^\| ([a-z_0-9]+\*?) \|", shared[1], re.MULTILINE)[1:]
    expected = [column.name + "*" * column.required for column in LEDGER_TABLES[name].columns]
    assert columns_in(f"{name}.csv", text) + (common if name in CHECKS else common[2:]) == expected


def test_the_documentation_names_each_check():
    text = FORMAT.read_text(encoding="utf-8")
    in_print = {check for checks in CHECKS.values() for check in checks} - set(CHECKS["claims"]) - set(CHECKS["method"])
    assert {check for check in in_print if f"\n| {check} |" not in text} == set()


@pytest.mark.parametrize("name", LEDGER_TABLES)
def test_the_dictionary_of_the_article_names_each_column_of_its_files(name):
    text = (LEDGER / "README.md").read_text(encoding="utf-8")
    header = (LEDGER / f"{name}.csv").read_text(encoding="utf-8").split("\n")[0].split(",")
    assert [column for column in header if f"| {column} |" not in text and f"`{column}`" not in text] == []


PLANTED = [
    # One id for two entries.
    ("citations.csv", "c2,bracketed", "q-1,bracketed", 3, "citation_id", "of quotations.csv already (line 2)"),
    # Places that the article has not.
    ("facts.csv", "published,2,1,1,", "published,7,1,1,", 2, "section", "article.yaml has no section '7'"),
    ("themes.csv", "published,3,0,1,", "published,3,-1,1,", 2, "paragraph", "there is no paragraph -1"),
    ("themes.csv", "published,3,0,1,", "published,3,0,0,", 2, "sentence", "there is no sentence 0"),
    # One digest at two places.
    ("claims.csv", "none,published,3,1,1,", "none,published,3,1,2,", 3, "sentence", "has this digest for section 3"),
    ("claims.csv", "none,published,3,1,1,", "none,published,1,2,1,", 3, "section", "mapping.csv:2 has this digest"),
    # Numbers that do not count on.
    ("references.csv", "low1999,1,", "low1999,2,", 2, "position", "position 2, where 1 comes next"),
    ("themes.csv", "workshop,1,", "workshop,3,", 2, "position", "position 3, where 1 comes next"),
    # Checks, and what they need.
    ("facts.csv", "text;corpus", "text;weather", 2, "checkable", "'weather' is not known here"),
    ("claims.csv", ",corpus,count", ",corpus;corpus,count", 2, "checkable", "one thing is named twice"),
    ("claims.csv", ",corpus,count", ",,count", 2, "checkable", "the cell is empty"),
    ("claims.csv", ",corpus,count", ",corpus,", 2, "check", "the cell is empty"),
    ("citations.csv", "p. 4,low1999,printed text,transcription", "p. 4,low1999,printed text,met", 2, "check", "known"),
    ("literature.csv", "source,transcription", "source,rendering", 2, "check", "from a block quotation alone"),
    ("facts.csv", "corpus,transcription", "corpus,recount", 2, "check", "nothing to count 'participants' from"),
    ("facts.csv", "Themes,1,", "Themes,one,", 3, "value", "'one' is not a number that can be counted anew"),
    # What the literature's quotations and citations have in common.
    ("literature.csv", "1999,p. 4,c1", "1999,p. 5,c1", 2, "pages", "'p. 5', where citations.csv:2 has 'p. 4'"),
    ("literature.csv", "1999,p. 4,c1", "1999,p. 4,c2", 2, "pages", "'p. 4', where citations.csv:3 has 'nothing'"),
    ("literature.csv", "Low,1999", "Law,1999", 2, "cited_as", "'Law', where citations.csv:2 has 'Low'"),
    ("literature.csv", "c1,low1999", "c1,", 2, "reference_id", "'nothing', where citations.csv:2 has 'low1999'"),
    ("literature.csv", "4,c1,", "4,c7,", 2, "citation_id", "there is no 'c7' in citations.csv"),
    ("literature.csv", "4,c1,low1999", "4,,low1999", 2, "citation_id", "citations.csv:2 credits it"),
    ("literature.csv", "4,c1,low1999", "4,,", 2, "citation_id", "citations.csv:2 credits it"),
    # What is one sentence, and what is put together.
    ("themes.csv", "published,3,0,1,", "published,3,0,2,", 2, "sentence", "a heading is one sentence"),
    ("references.csv", "references,1,1,", "references,1,2,", 2, "sentence", "an entry of the list is one sentence"),
    ("quotations.csv", "published,3,2,1,", "published,3,2,2,", 2, "sentence", "block quotation (quotations.csv:2)"),
    ("quotations.csv", "corpus,rendering", "corpus,transcription", 2, "check", "is put together from its record"),
    ("quotations.csv", "workshop,block", "workshop,inline", 2, "check", "from a block quotation alone"),
    ("themes.csv", "published,3,0,1,", "published,3,7,1,", 2, "check", "whose name is no heading"),
    ("themes.csv", "Shared workshop", "Shared worship", 2, "name", "article.yaml has 'Shared workshop' for the"),
    # Whom and what a quotation, a cell and an entry are of.
    ("quotations.csv", "q-1,1,", "q-1,2,", 2, "message_id", "'2', where message 1 is printed behind it"),
    ("quotations.csv", "(Message 1)", "(post 12)", 2, "message_id", "'1', where message 12 is printed behind it"),
    ("references.csv", "references,1,1,", "references,3,1,", 2, "paragraph", "paragraph 3, where its position is 1"),
    ("mapping.csv", "low1999,printed text;external source", "low1999,printed text", 2, "checkable", "is not there,"),
    ("mapping.csv", "low1999,printed text", ",printed text", 2, "checkable", "is there, and source_keys names no"),
    ("citations.csv", "c2,bracketed", "c2,in brackets", 3, "form", "'in brackets' is not known here"),
    # Works, and the class of what is printed.
    ("references.json", '"book"', '"tome"', 2, "type", "low1999: 'tome' is no type of CSL"),
    ("references.json", '"title"', '"ISSN": "1", "title"', 2, "ISSN", "low1999: no printed entry is put together from"),
    ("references.json", "[[1999]]", "[1999]", 2, "issued", "low1999: cannot be read"),
    ("facts.csv", "transcription,published", "transcription,open", 2, "class", "'open' is not known here"),
    # The list of sections.
    ("article.yaml", 'id: "1"', "id: 1", 8, "sections", "a section without id or name, or one that is no text"),
    ("article.yaml", 'id: "2"', 'id: "1"', 9, "sections", "'1' stands twice"),
    # The rest of the record.
    ("article.yaml", "doi: 10.", "doi: https://doi.org/10.", 5, "doi", "is no DOI"),
    ("article.yaml", "year: 2001", "url: https://doi.org/10.5555/1\nyear: 2001", 4, "url", "not the address of 10"),
    ("article.yaml", "year: 2001", "type: paper\nyear: 2001", 4, "type", "'paper' is no type of CSL"),
    ("article.yaml", "year: 2001", "class: open\nyear: 2001", 4, "class", "where a ledger holds what is published"),
    ("article.yaml", ", given: Robin", "", 3, "authors", "an author without family or given name"),
    ("article.yaml", "Robin", "Robin, orcid: 0000-0002-1825-0079", 3, "orcid", "its last sign does not follow"),
    ("article.yaml", "Robin", "Robin, orcid: 18", 3, "orcid", "18 is no ORCID"),
]  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted[0]}: {planted[5]}")
def test_one_thing_planted_is_one_fault(tmp_path, planted):
    file, old, new, line, column, words = planted
    _, faults = faults_of(write_ledger(tmp_path / "ledger", (file, old, new)))
    assert [fault[:3] for fault in faults] == [(file, line, column)], faults
    assert words in faults[0][3]


def test_a_sentence_has_one_digest(tmp_path):
    (row,) = [row for row in csv.DictReader(io.StringIO(example()["claims.csv"])) if row["claim_id"] == "C1"]
    wrong = row["sentence_sha256"][:-1] + ("0" if row["sentence_sha256"][-1] != "0" else "1")
    _, faults = faults_of(write_ledger(tmp_path / "ledger", ("claims.csv", row["sentence_sha256"], wrong)))
    assert faults == [("claims.csv", 2, "sentence_sha256", "not the digest that facts.csv:2 has for the same sentence")]


@pytest.mark.parametrize(
    "orcid", ["0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097", "0000-0002-1694-233X"]
)
def test_a_record_with_everything_in_it(tmp_path, orcid):
    more = "type: article-journal\nclass: published\nurl: https://doi.org/10.5555/12345678\nyear: 2001"
    changes = [("article.yaml", "year: 2001", more), ("article.yaml", "Robin", f'Robin, orcid: "{orcid}"')]
    assert faults_of(write_ledger(tmp_path / "ledger", *changes))[1] == []


def test_a_theme_has_the_name_of_its_section_whatever_the_capitals(tmp_path):
    change = ("article.yaml", "name: Shared workshop", "name: SHARED WORKSHOP")
    assert faults_of(write_ledger(tmp_path / "a", change))[1] == []
    # A theme that is a sentence's, not a heading's, is only carried over.
    sentence = ("themes.csv", "printed text,rendering,published,3,0,1,", "printed text,transcription,published,3,9,1,")
    assert faults_of(write_ledger(tmp_path / "b", ("article.yaml", "Shared workshop", "Wishes"), sentence))[1] == []


TWO_THEMES = (
    (
        "themes.csv",
        "workshop,Shared",
        f"tools,Tools,2,printed text,rendering,published,3.1,0,1,{'7' * 64}\nworkshop,Shared",
    ),
    (
        "article.yaml",
        "  - {id: references",
        '  - {id: "3.1", name: Tools}\n  - {id: "3.1.2", name: More}\n  - {id: references',
    ),
)


@pytest.mark.parametrize(
    ("section", "theme", "problem"),
    [
        ("3", "workshop", ""),
        ("3", "tools", "'tools', where section 3 is that of 'workshop'"),
        ("3.1", "tools", ""),
        ("3.1.2", "tools", ""),
        ("3.1.2", "workshop", "'workshop', where section 3.1.2 is that of 'tools'"),
        # Outside the sections of themes a quotation may be of any.
        ("2", "tools", ""),
        ("2", "workshop", ""),
    ],
)
def test_a_quotation_is_of_the_theme_in_whose_section_it_stands(tmp_path, section, theme, problem):
    moved = ("quotations.csv", "published,3,2,1,", f"published,{section},2,1,")
    named = ("quotations.csv", "One of them,workshop,", f"One of them,{theme},")
    _, faults = faults_of(write_ledger(tmp_path / "ledger", *TWO_THEMES, moved, named))
    assert faults == ([("quotations.csv", 2, "theme_id", problem)] if problem else [])


def test_what_stands_in_the_paragraph_of_a_block_stands_in_its_one_sentence(tmp_path):
    places = ("claims.csv", "none,published,3,1,1,a0ee", "none,published,3,2,2,b0ee")
    _, faults = faults_of(write_ledger(tmp_path / "ledger", places))
    assert [fault[:3] for fault in faults] == [("claims.csv", 3, "sentence")]


OAK = '{"id": "oak2002", "type": "book", "author": [{"family": "Oak"}], "title": "Oaks"}'
TWO_WORKS = (
    ("references.json", '"publisher-place": "York"\n  }', f'"publisher-place": "York"\n  }},\n  {OAK}'),
    (
        "references.csv",
        "low1999,1,",
        f"oak2002,2,printed text,none,published,references,2,1,{'8' * 64}\nlow1999,1,",
    ),
)


@pytest.mark.parametrize(
    ("keys", "place", "also_in", "problem"),
    [
        ("low1999", "3,1,1", "", ""),
        ("oak2002", "3,1,1", "", "'oak2002' is not cited in section 3, paragraph 1, sentence 1"),
        # Where the sentence cites a work, others have to stand beside it, whatever is cited elsewhere.
        ("oak2002", "3,1,1", "2", "'oak2002' is not cited in section 3, paragraph 1, sentence 1"),
        ("low1999", "3,9,1", "", ""),
        ("oak2002", "3,9,1", "", "'oak2002' is not cited in section 3"),
        ("oak2002", "3,9,1", "2", ""),
        ("low1999;oak2002", "3,9,1", "1;2", ""),
        ("oak2002", "abstract,9,1", "1", "'oak2002' is not cited in section abstract or 1"),
        ("", "3,1,1", "", ""),
    ],
)
def test_a_cell_names_works_that_are_cited_for_it(tmp_path, keys, place, also_in, problem):
    folder = write_ledger(tmp_path / "ledger", *TWO_WORKS)
    header, row = example()["mapping.csv"].splitlines()
    digest = row.rpartition(",")[2] if place == "3,1,1" else "9" * 64
    needs = "printed text;external source" if keys else "printed text"
    cells = f"workshop,closeness,familiarity,,{keys},{needs},transcription,published,{place},{digest},{also_in}"
    (folder / "mapping.csv").write_text(f"{header},also_in\n{cells}\n", encoding="utf-8")
    one, first, second = example()["citations.csv"].splitlines()
    oak = f"c9,bracketed,Oak,2002,,oak2002,printed text,transcription,published,2,9,1,{'6' * 64}"
    (folder / "citations.csv").write_text(f"{one}\n{first}\n{oak}\n{second}\n", encoding="utf-8")
    _, faults = faults_of(folder)
    assert faults == ([("mapping.csv", 2, "source_keys", problem)] if problem else [])


def test_where_no_citation_is_credited_a_cell_may_name_any_work(tmp_path):
    folder = write_ledger(tmp_path / "ledger", ("literature.csv", "c1,low1999", "c1,"))
    path = folder / "citations.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",low1999,", ",,"), encoding="utf-8")
    assert faults_of(folder)[1] == []


@pytest.mark.parametrize(
    ("place", "beside"),
    [("1,1,1", True), ("1,1,2", True), ("1,2,1", True), ("1,1,3", False), ("1,3,1", False), ("2,9,1", False)],
)
def test_a_quotation_is_credited_beside_it(tmp_path, place, beside):
    (row,) = csv.DictReader(io.StringIO(example()["literature.csv"]))
    digest = row["sentence_sha256"] if place == "1,1,1" else "5" * 64
    moved = ("literature.csv", f"published,1,1,1,{row['sentence_sha256']}", f"published,{place},{digest}")
    _, faults = faults_of(write_ledger(tmp_path / "a", moved))
    told = "citations.csv:2 stands neither in its sentence nor in the one before it"
    assert faults == ([] if beside else [("literature.csv", 2, "citation_id", told)])
    # One that names no citation is asked for one where there is one.
    _, faults = faults_of(write_ledger(tmp_path / "b", moved, ("literature.csv", "4,c1,low1999", "4,,low1999")))
    assert [fault[:3] for fault in faults] == ([("literature.csv", 2, "citation_id")] if beside else [])


def test_records_stand_in_printed_order(tmp_path):
    header, one, two = example()["citations.csv"].splitlines()
    _, faults = faults_of(write_ledger(tmp_path / "ledger", ("citations.csv", f"{one}\n{two}", f"{two}\n{one}")))
    assert faults == [("citations.csv", 3, "", "stands in print before the record of line 2")]
    assert header.startswith("citation_id")


def test_a_list_in_another_style_has_no_check_and_any_fields(tmp_path):
    changes = [
        ("references.json", '"title"', '"ISSN": "1", "title"'),
        ("references.csv", "source,rendering", "source,none"),
    ]
    assert faults_of(write_ledger(tmp_path / "ledger", *changes))[1] == []


def test_sections_that_are_no_list(tmp_path):
    text = example()["article.yaml"]
    listed = text[text.index("sections:") :]
    _, faults = faults_of(write_ledger(tmp_path / "ledger", ("article.yaml", listed, "sections: all of them\n")))
    assert faults == [("article.yaml", 6, "sections", "not a list")]


def test_the_article_comes_without_the_records_at_fault(tmp_path):
    changes = [
        ("facts.csv", "Members,4,", "Members,,"),
        ("citations.csv", "p. 4,low1999", "p. 4,low2001"),
        ("references.json", '"title"', '"ISSN": "1", "title"'),
    ]
    article, faults = faults_of(write_ledger(tmp_path / "ledger", *changes))
    assert [fault[:3] for fault in faults] == [
        ("citations.csv", 2, "reference_id"),
        ("facts.csv", 2, "value"),
        ("literature.csv", 2, "reference_id"),
        ("references.json", 2, "ISSN"),
    ]
    assert article.facts.frame["fact_id"].tolist() == ["themes"]
    assert article.citations.frame["citation_id"].tolist() == ["c2"]
    assert article.references == ()
    assert len(article.table("references")) == 0
    left_out = {name: count for name, count in article.left_out.items() if count}
    assert left_out == {"facts": 1, "literature": 1, "citations": 1, "references": 1}


def test_a_record_that_cannot_be_read_counts_as_left_out(tmp_path):
    article, faults = faults_of(write_ledger(tmp_path / "ledger", ("claims.csv", "\nC2,", "\n\nC2,more,")))
    assert [fault[:3] for fault in faults] == [("claims.csv", 3, ""), ("claims.csv", 4, "")]
    assert article.claims.frame["claim_id"].tolist() == ["C1"]
    assert article.left_out["claims"] == 1


def test_what_a_file_at_fault_does_not_hold_is_not_missed_elsewhere(tmp_path):
    changes = ("themes.csv", "workshop,Shared workshop,1,", ",Shared workshop,1,")
    _, faults = faults_of(write_ledger(tmp_path / "ledger", changes))
    assert [fault[:3] for fault in faults] == [("themes.csv", 2, "theme_id")]


def test_a_quotation_at_fault_is_not_missed_in_the_study(tmp_path):
    for name in ("article", "standin"):
        shutil.copytree(ROOT / "data" / name, tmp_path / "data" / name)
    study = tmp_path / "data" / "standin"
    text = (study / "study.yaml").read_text(encoding="utf-8")
    (study / "study.yaml").write_text(text.replace("template: ../../paper/article.md\n", ""), encoding="utf-8")
    path = tmp_path / "data" / "article" / "quotations.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("q-21,21,John,workspaces", "q-21,21,John,space", 1), encoding="utf-8")
    _, article, faults = read_evidence(study)
    assert [(Path(fault.file).name, fault.line, fault.column) for fault in faults] == [
        ("quotations.csv", 3, "theme_id")
    ]
    assert len(article.quotations) == 6


def test_how_a_record_is_checked_is_said_by_the_ledger_and_not_by_the_article(tmp_path):
    article = open_article(write_ledger(tmp_path / "ledger"))
    for table in article.tables.values():
        if table.name in CHECKS:
            shown = table.frame[["check"]]
            assert class_of(shown, {}, [table]) == "derived", table.name
    assert class_of(article.method.frame[["step_id", "step"]], {}, [article.method]) == "derived"
    assert class_of(article.method.frame[["step_id", "who"]], {}, [article.method]) == "published"
    assert class_of(article.literature.frame[["text", "cited_as"]], {}, [article.literature]) == "published"


def test_every_quotation_from_the_literature_is_credited():
    article = open_article(LEDGER)
    literature = article.literature.frame
    assert len(literature) == 23
    assert literature["quotation_id"].tolist() == [f"lq-{number:02}" for number in range(1, 24)]
    assert (literature["citation_id"] != "").all()
    # The work by van Reijssen and others is cited and not listed.
    assert literature.loc[literature["reference_id"] == "", "quotation_id"].tolist() == ["lq-18", "lq-19"]


def test_no_quotation_from_the_literature_is_a_participants():
    article = open_article(LEDGER)
    assert not set(article.literature.frame["text"]) & set(article.quotations.frame["text"])
