import pytest
from reviewed import EXHIBITS, STANDIN, exhibit, small

from lepanalysis.reviewer_checklists import POINTS_FILE, SRQR_FILE, faults_of_placements, fifteen_points, srqr
from lepanalysis.reviewer_items import POINTS, SRQR

SAMPLE = "- Over the invented corpus, as a sample of such evidence"
HEAD = "item,answer,sections,note,class\n"


def rows(count, **changed):
    """Return a file of placements: all in section 2 but those that are changed (``n3="not found,,why"``)."""
    lines = [f"{number},{changed.get(f'n{number}', 'in the article,2,')},derived" for number in range(1, count + 1)]
    return HEAD + "\n".join(lines) + "\n"


def test_the_items_are_all_there():
    assert len(SRQR) == 21
    assert len(POINTS) == 15
    assert [point.part for point in POINTS].count("Coding") == 5


def test_srqr_names_sections_and_what_is_not_found(tmp_path):
    text = rows(
        21,
        n1="in the article,title,A | <b>",
        n4="in the article,abstract;1,",
        n6="not found,,Nothing is said of them",
        n19="not applicable,,it is a pilot",
    )
    written = srqr(small(tmp_path, placements={SRQR_FILE: text})).decode()
    assert "| S1 | **Title**: a title that tells" in written
    assert " | title | A \\| &lt;b&gt; |\n" in written
    assert " | abstract, 1 |  |\n" in written
    assert " | not found in the article | Nothing is said of them |\n" in written
    assert " | not applicable, because it is a pilot |  |\n" in written
    assert "Sections: abstract (unnumbered, no heading printed); 1 INTRODUCTION; 2 METHODS." in written
    assert "The placements are a judgement of this compendium" in written


@pytest.mark.parametrize(
    ("changed", "line", "column", "words"),
    [
        ({"n3": "in the article,9,"}, 4, "sections", "there is no section '9'"),
        ({"n3": "in the article,,"}, 4, "sections", "no section is named"),
        ({"n3": "not found,2,why"}, 4, "sections", "sections are named for what is not found"),
        ({"n3": "not found,,"}, 4, "note", "no reason is given"),
        ({"n3": "perhaps,2,"}, 4, "answer", "'perhaps' is not known here"),
    ],
)
def test_a_placement_that_is_wrong_is_named(tmp_path, changed, line, column, words):
    material = small(tmp_path, placements={SRQR_FILE: rows(21, **changed)})
    (fault,) = faults_of_placements(material.article)
    assert (fault.line, fault.column) == (line, column)
    assert words in fault.problem
    assert srqr(material) == b""


def test_every_fault_of_both_files_is_named(tmp_path):
    placements = {SRQR_FILE: rows(20) + "22,in the article,2,,derived\n", POINTS_FILE: "item\n1\n"}
    faults = faults_of_placements(small(tmp_path, placements=placements).article)
    told = [fault.problem for fault in faults]
    assert "there is no item 22" in told
    assert "item 21 of 21 is missing" in told
    assert "the column is missing" in told


def test_without_placements_there_is_no_srqr(tmp_path):
    assert srqr(small(tmp_path)) == b""
    assert srqr(small(tmp_path / "other", ledger=False)) == b""


def points_of(material):
    """Return the lines of each of the fifteen points."""
    parts = fifteen_points(material).decode().split("\n### ")[1:]
    return [[line for line in part.splitlines() if line.startswith("- ")] for part in parts]


def test_evidence_of_an_invented_corpus_stands_apart(tmp_path):
    exhibits = (*EXHIBITS[:2], exhibit("tbl-codebook", "table", class_="stand-in"), EXHIBITS[-1])
    placements = {POINTS_FILE: rows(15, n3="not found,,no codes are printed", n8="in the article,3,one is quoted")}
    material = small(tmp_path, build={"exhibits": exhibits}, placements=placements, **STANDIN)
    points = points_of(material)
    assert points[2] == [
        "- From public records: `article/method.csv`.",
        f"{SAMPLE}: exhibit `tbl-codebook`; `data/small/codebook.yaml`, `data/small/codings.csv`.",
    ]
    assert points[7] == [
        "- In the article: section 3. One is quoted.",
        "- From public records: exhibit `q-1`; `article/claims.csv`, `article/quotations.csv`.",
        f"{SAMPLE}: `data/small/quotations.csv`.",
    ]
    assert "**What rests on the invented corpus is listed apart.**" in fifteen_points(material).decode()


def test_a_point_without_public_evidence_says_why(tmp_path):
    placements = {POINTS_FILE: rows(15, n11="not found,,how long it took is not printed", n14="not applicable,,no")}
    points = points_of(small(tmp_path, placements=placements, **STANDIN))
    assert points[10][0] == "- No evidence in public material, because how long it took is not printed."
    assert points[13] == ["- Not applicable, because no."]


def test_a_study_of_its_own_shows_its_records(tmp_path):
    points = points_of(small(tmp_path, ledger=False))
    assert points[2] == [
        "- From public records: exhibit `tbl-codebook`; `data/small/codebook.yaml`, `data/small/codings.csv`."
    ]
    assert points[13] == ["- No evidence in public material, because it is a matter of reading the report."]


def test_no_point_is_ticked_or_scored(tmp_path):
    text = fifteen_points(small(tmp_path)).decode().casefold()
    assert not [mark for mark in ("[x]", "[ ]", "✓", "✔", "/15", "/ 15", "fulfilled", "score:") if mark in text]


def test_restricted_records_are_called_so(tmp_path):
    text = "title: T\nclass: restricted\nsource: S\nlicence: none\ncoders: [{id: A, name: Ada}, {id: B, name: Ben}]\n"
    points = points_of(small(tmp_path, study_yaml=text, build={"exhibits": ()}))
    assert points[1] == [
        "- No evidence in public material, because no public record of what each coder read is at hand.",
        "- Over restricted records: `data/small/assignments.csv`.",
    ]
