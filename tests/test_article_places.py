"""Locators at fault: each with its place in the ledger, shifted ones together, and nothing contradicted by it."""

import json
import re
import textwrap

import pytest
from click.testing import CliRunner
from ledgers import example, write_ledger
from printed_article import TEXT, TITLE, ledger, write
from studies import SMALL, write_study

from lepanalysis.article_check import compare
from lepanalysis.article_places import faults_of_places
from lepanalysis.article_text import read_article_text
from lepanalysis.cli import main
from lepanalysis.entries import entries_of
from lepanalysis.faults import StudyFaultsError

YAML = textwrap.dedent(SMALL["study.yaml"]) + "ledger: ../article\n"
ARTICLE = example()["article.txt"]


@pytest.fixture
def folder(tmp_path):
    """Return a study with the ledger of an article."""
    write_ledger(tmp_path / "article")
    return write_study(tmp_path / "study", study_yaml=YAML)


def verified(folder, text=None):
    """Return the verdicts by entry, the faults without their folder and remedy, and how the command ended."""
    options = [] if text is None else ["--article", str(write(folder.parent, text))]
    done = CliRunner().invoke(main, ["verify", str(folder), "--json", *options])
    record = json.loads(done.stdout)
    faults = [
        (fault["file"].split("/")[-1], fault["line"], fault["column"], fault["problem"]) for fault in record["faults"]
    ]
    return {entry["id"]: entry["verdict"] for entry in record["entries"]}, faults, done.exit_code


def change(folder, file, old, new):
    path = folder.parent / "article" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def faults(tmp_path, text, changes=None):
    """Return the columns and problems of locators at fault over a text."""
    article = ledger(changes)
    read, entries = read_article_text(write(tmp_path, text), article), entries_of(article)
    return [
        (one.column, one.problem) for one in faults_of_places(entries, article, read, compare(entries, article, read))
    ]


def test_the_text_that_the_ledger_was_made_from_has_no_such_fault(folder, tmp_path):
    assert verified(folder, ARTICLE)[1:] == ([], 0)
    assert faults(tmp_path, TEXT) == []


def test_one_sentence_more_is_told_in_one_sentence(folder):
    verdicts, told, code = verified(folder, ARTICLE.replace("The forum had 4", "It was cold. The forum had 4"))
    ((*place, problem),) = told
    assert place == ["facts.csv", 2, "sentence"]
    assert problem == (
        "4 entries of section 2, paragraph 1 stand one sentence on in the text "
        "(facts.csv:2-3; method.csv:2; claims.csv:2)"
    )
    assert code == 1
    assert "contradicted" not in verdicts.values()
    # What is measured over the study stays as it was.
    assert verdicts["C1"] == "confirmed"
    assert verdicts["lq-1"] == "transcribed"


@pytest.mark.parametrize(
    ("old", "new", "column", "problem"),
    [
        (
            *("The forum of the", "It was cold.\n\nThe forum of the", "paragraph"),
            "9 entries of section 2 stand one paragraph on in the text",
        ),
        (
            *("- Dale, A.", "- Ash, A. (2000). *Ash*. York: Mill.\n- Dale, A.", "paragraph"),
            "3 entries of the references stand one entry on in the text",
        ),
        (
            *("4 | DISCUSSION\n\n", "", "section"),
            "2 entries of section 4 stand in section 3.2 of the text, and no heading was found for theirs",
        ),
    ],
)
def test_what_moves_together_is_told_together(tmp_path, old, new, column, problem):
    ((where, told),) = faults(tmp_path, TEXT.replace(old, new))
    assert where == column
    assert re.sub(r" \(.*\)$", "", told) == problem


@pytest.mark.parametrize(
    ("old", "new", "column", "problem"),
    [
        ("2,1,2,28084", "2,3,2,28084", "paragraph", "the sentence stands in section 2, paragraph 1, sentence 2"),
        ("2,1,2,28084", "1,1,2,28084", "section", "the sentence stands in section 2, paragraph 1, sentence 2"),
        (
            *("2,1,2,28084", "2,1,2,00000", "sentence_sha256"),
            "no sentence of the text has this digest, which the ledger has for section 2, paragraph 1, sentence 2",
        ),
    ],
)
def test_a_place_that_is_wrong_is_a_fault_and_contradicts_nothing(folder, old, new, column, problem):
    change(folder, "method.csv", old, new)
    verdicts, told, code = verified(folder, ARTICLE)
    assert told == [("method.csv", 2, column, problem)]
    assert (verdicts["M1"], code) == ("confirmed", 1)


@pytest.mark.parametrize("digest", ["e7e42", "00000"])
def test_a_quotation_as_printed_is_not_contradicted_for_its_place_alone(folder, digest):
    change(folder, "quotations.csv", "3,2,1,e7e42", f"3,{'2' if digest == '00000' else '9'},1,{digest}")
    verdicts, ((file, line, _, _),), _ = verified(folder, ARTICLE)
    assert (file, line) == ("quotations.csv", 2)
    assert verdicts["q-1"] == "not reproducible from public material"
    change(folder, "quotations.csv", "workshop. Soon.", "workshop. Now.")
    assert verified(folder, ARTICLE)[0]["q-1"] == "contradicted"


def test_a_figure_is_compared_in_the_sentence_that_stands_elsewhere(folder):
    moved = ARTICLE.replace("The forum had 4", "It was cold. The forum had 4")
    change(folder, "facts.csv", "Members,4,", "Members,5,")
    assert verified(folder, moved)[0]["participants"] == "contradicted"


def test_a_sentence_that_stands_at_two_other_places_is_named_with_both(folder):
    text = ARTICLE.replace("One researcher read every message.", "It was cold.")
    text = text.replace("Little is", "One researcher read every message. Little is")
    text = text.replace("One of them", "One researcher read every message. One of them")
    verdicts, told, _ = verified(folder, text)
    problem = (
        "the sentence stands in section 1, paragraph 1, sentence 2 and in section 3, paragraph 1, sentence 2, and not "
        "in section 2, paragraph 1, sentence 2"
    )
    assert ("method.csv", 2, "section", problem) in told
    assert verdicts["M1"] == "confirmed"


@pytest.mark.parametrize(
    ("table", "gone", "stays"),
    [
        ("claims", {"C1", "C2"}, {"q-1", "M1", "c1", "low1999"}),
        ("facts", {"participants", "themes"}, {"q-1", "C1", "C2", "c1"}),
        ("citations", {"c1", "c2"}, {"q-1", "lq-1", "low1999", "C1"}),
        ("references", {"low1999"}, {"q-1", "c1", "C1"}),
        ("themes", {"theme-workshop"}, {"q-1", "m-workshop-closeness", "C1"}),
    ],
)
def test_a_table_that_cannot_be_read_takes_no_other_with_it(folder, table, gone, stays):
    before, _, _ = verified(folder)
    change(folder, f"{table}.csv", "checkable,", "checked,")
    verdicts, told, code = verified(folder)
    assert before.keys() - verdicts.keys() == gone
    assert stays <= verdicts.keys()
    assert (f"{table}.csv", 1, "checkable", "the column is missing") in told
    problem = "the table is left out as a whole: none of its records has a verdict"
    assert (f"{table}.csv", 0, "", problem) in told
    # Rules that need it stand aside: whatever else is told is told of this file.
    assert ({file for file, *_ in told}, code) == ({f"{table}.csv"}, 1)
    assert "contradicted" not in verdicts.values()


def test_what_is_no_table_is_left_out_in_the_same_way_and_nothing_differs_for_it(folder):
    path = folder.parent / "article"
    assert CliRunner().invoke(main, ["verify", str(folder), "--accept", "--reason", "x"]).exit_code == 0
    (path / "claims.csv").write_text('"', encoding="utf-8")
    (path / "references.json").write_text("[", encoding="utf-8")
    done = CliRunner().invoke(main, ["verify", str(folder), "--json"])
    record = json.loads(done.stdout)
    assert {"q-1", "c1", "participants"} <= {entry["id"] for entry in record["entries"]}
    assert record["summary"]["changes"] == []
    # Without the list nothing can be said to be missing in it.
    assert record["findings"] == []


REVIEW = f"""On {TITLE}

3.1 | Shared benches

Reader and Writer quote a mender:

I would sit there all day. Give me a vice, a well-known lamp and (...) tea (Message 7).

They say: There was widespread agreement that a bench makes social closeness, as Ann says:

REFERENCES

- Reader, A. (2019). {TITLE}. York: Mill.
"""


def test_a_text_about_the_article_is_another_article(tmp_path):
    with pytest.raises(StudyFaultsError) as error:
        read_article_text(write(tmp_path, REVIEW), ledger())
    (fault,) = error.value.faults
    assert fault.problem.endswith("but another article: 2 of the 18 sentences that the ledger locates are in it")


@pytest.mark.parametrize("until", ["3 | FINDINGS", "4 | DISCUSSION"])
def test_a_part_of_the_article_is_that_article(tmp_path, until):
    assert read_article_text(write(tmp_path, TEXT.partition(until)[0]), ledger()).kind == "text"


@pytest.mark.parametrize("until", ["of them put", "workshop. Soon", "Little is known"])
def test_a_text_that_breaks_off_contradicts_nothing(folder, until):
    verdicts, ((file, line, _, problem),), code = verified(folder, ARTICLE.partition(until)[0])
    assert "contradicted" not in verdicts.values()
    assert (file, line, code) == ("article.txt", 0, 1)
    assert re.fullmatch(r"the text has no section [^;]+; \d+ entries were not compared", problem)


def test_what_stands_before_the_break_is_compared(folder):
    change(folder, "mapping.csv", "familiarity,people", "formality,people")
    assert verified(folder, ARTICLE.partition("workshop. Soon")[0])[0]["m-workshop-closeness"] == "contradicted"


def test_a_section_that_the_text_lacks_contradicts_nothing_that_stands_in_it_too(tmp_path):
    article = ledger({"theme-benches": {"also_in": "4"}})
    text = read_article_text(write(tmp_path, TEXT.replace("4 | DISCUSSION\n\n", "")), article)
    (found,) = [one for one in compare(entries_of(article), article, text) if one.entry_id == "theme-benches"]
    assert (found.equal, found.compared, found.lacks) == (False, False, "4")


def test_terms_of_a_theme_that_could_not_be_read_are_not_contradicted(folder):
    change(folder, "themes.csv", "checkable,", "checked,")
    assert "contradicted" not in verified(folder, ARTICLE)[0].values()


def test_over_another_article_the_verdicts_are_those_without_it(folder):
    other = f"A workshop for the valley\n\nA review.\n\n{ARTICLE.partition('REFERENCES')[2]}\n\nOne researcher read it."
    verdicts, ((file, _, _, problem),), code = verified(folder, other)
    assert (file, code) == ("article.txt", 1)
    assert "but another article: 0 of the 8 sentences" in problem
    assert verdicts == verified(folder)[0]
