import re

from reviewed import STANDIN, small

from lepanalysis.reviewer_statement import statement, title_of
from lepanalysis.verdicts import Verdict

# The order of the Social Science Data Editors' template.
HEADINGS = [
    "# Data and code statement",
    "## Overview",
    "## Data availability and provenance statements",
    "### Statement about rights",
    "### Licence for data",
    "### Summary of availability",
    "### Details on each source",
    "## Dataset list",
    "## Computational requirements",
    "### Software requirements",
    "### Controlled randomness",
    "### Memory, runtime and storage requirements",
    "## Description of programs",
    "### Licence for code",
    "## Instructions to replicators",
    "## List of tables and programs",
    "## References",
]


def text_of(material):
    return statement(material).decode()


def test_it_has_the_sections_of_the_template_in_their_order(tmp_path):
    assert [line for line in text_of(small(tmp_path)).splitlines() if line.startswith("#")] == HEADINGS


def test_it_says_what_is_public_and_on_which_terms(tmp_path):
    text = text_of(small(tmp_path, **STANDIN))
    assert "- `data/small`: CC-BY-4.0.\n- `article`: no terms are stated." in text
    assert "invented stand-in, all of it here; what they stand for is neither public nor here" in text
    assert "The article's authors had no part in this compendium." in text
    assert "| `data/small/messages.csv` | 4 | stand-in | yes |" in text


def test_every_file_has_a_count_and_the_counts_add_up_to_those_of_the_classes(tmp_path):
    points = "item,answer,sections,note,class\n" + "".join(f"{n},not found,,none is printed,derived\n" for n in (1, 2))
    text = text_of(small(tmp_path, placements={"fifteen-points.csv": points, "srqr.csv": points + "\n"}, **STANDIN))
    assert "| `article/fifteen-points.csv` | 2 | derived | yes |" in text
    assert "| `article/srqr.csv` | 2 | derived | yes |" in text
    assert "| `article/article.yaml` | 1 | published | yes |" in text
    assert "| `data/small/study.yaml` | 1 | stand-in | yes |" in text
    by_file = re.findall(r"^\| `[^`]+` \| (\d*) \| [a-z, -]+ \| (?:yes|no) \|$", text, re.MULTILINE)
    by_class = dict(re.findall(r"^\| ([a-z-]+) \| [a-z][^|]+ \| (\d+) \|$", text, re.MULTILINE))
    assert len(by_file) == len(re.findall(r"^\| `(?:article|data/small)/", text, re.MULTILINE))
    assert sum(map(int, by_file)) == sum(map(int, by_class.values()))
    assert by_class["derived"] == "4"


def test_a_table_without_records_counts_none(tmp_path):
    text = text_of(small(tmp_path, memos_csv="memo_id,coder,text\n"))
    assert "| `data/small/memos.csv` | 0 | open | yes |" in text


def test_restricted_records_are_not_provided(tmp_path):
    study = "title: T\nclass: restricted\nsource: S\nlicence: none\ncoders: [{id: A, name: Ada}, {id: B, name: Ben}]\n"
    text = text_of(small(tmp_path, study_yaml=study))
    assert "| `data/small/messages.csv` | 4 | restricted | no |" in text
    assert "The records of the study are not public" in text


def test_seeds_are_those_of_the_parameters(tmp_path):
    text = text_of(small(tmp_path))
    assert "- `01-corpus`: seed 7, the parameter `seed` of its cell tagged `parameters`\n" in text
    assert "02-quotations`: seed" not in text


def test_no_version_of_python_or_of_a_package_enters_it(tmp_path):
    text = text_of(small(tmp_path))
    assert "What writes a build: `numpy`." in text
    assert "3.11.1" not in text
    assert "2.3.1" not in text


def test_verdicts_are_counted(tmp_path):
    material = small(tmp_path)
    entry = material.verdicts[0].entry
    verdicts = [Verdict(entry, "transcribed"), Verdict(entry, "transcribed"), Verdict(entry, "reproduced")]
    told = text_of(small(tmp_path / "other", verdicts=verdicts))
    assert "Verdicts on 3 things that are asserted: 1 reproduced, 2 transcribed." in told


def test_a_study_without_an_article_speaks_of_none(tmp_path):
    text = text_of(small(tmp_path, ledger=False, citation={}))
    assert "article" not in text.casefold()
    assert "### Licence for code" not in text
    assert "Verdicts on" not in text


def test_words_of_a_study_are_no_markup(tmp_path):
    study = """\
        title: "# T | *x* <b>"
        class: open
        source: "a\\n# b"
        licence: "[l](x)"
        notes: "n\\n- m"
        coders: [{id: A, name: Ada}, {id: B, name: Ben}]
        """
    lines = text_of(small(tmp_path, study_yaml=study)).splitlines()
    assert [line for line in lines if line.startswith("#")] == HEADINGS
    assert "- `data/small`: \\[l\\](x)." in lines
    assert "n - m" in lines
    assert any("*# T \\| \\*x\\* &lt;b&gt;*" in line for line in lines)


def test_a_notebook_is_called_by_its_heading_or_its_name(tmp_path):
    material = small(tmp_path)
    assert title_of(material, "01-corpus") == "The corpus"
    (material.build / "notebooks" / "01-corpus.ipynb").write_text('{"cells": []}')
    assert title_of(material, "01-corpus") == "01-corpus"
    assert title_of(material, "none") == "none"
