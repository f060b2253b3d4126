"""Every value of the ledger changed: what a change is, and that what passes the checks has a reason to."""

import dataclasses
import re
import sys

import pytest
from projects import ROOT

sys.path.insert(0, str(ROOT / "scripts"))

import mutants
import mutate

DATA = ROOT / "data"


def told(file, text, keys=1):
    """Return the mutants of a small file; which letter is drawn does not matter."""
    found = mutants.mutants_of(file, text, keys)
    return [(m.record, m.column, m.kind, "?" if m.kind == "letter" else m.new) for m in found]


def test_a_cell_is_changed_in_every_way_that_it_can_be():
    assert told("f.csv", "id,n,word\nx,19,aa\ny,,bb\n") == [
        ("x", "id", "letter", "?"),
        ("x", "id", "other", "y"),
        ("x", "id", "emptied", ""),
        ("x", "n", "digit", "18"),
        ("x", "n", "emptied", ""),
        ("x", "word", "letter", "?"),
        ("x", "word", "other", "bb"),
        ("x", "word", "emptied", ""),
        ("y", "id", "letter", "?"),
        ("y", "id", "other", "x"),
        ("y", "id", "emptied", ""),
        ("y", "n", "filled", "19"),
        ("y", "word", "letter", "?"),
        ("y", "word", "other", "aa"),
        ("y", "word", "emptied", ""),
    ]


def test_a_record_may_be_named_by_several_cells():
    assert {record for record, *_ in told("f.csv", "a,b,c\n1,2,3\n1,3,3\n", keys=2)} == {"1 2", "1 3"}


def test_the_values_of_json_and_yaml_are_named_by_the_keys_that_lead_to_them():
    assert told("f.json", '[{"id": "a", "issued": {"parts": [[1999, 3]]}}]') == [
        ("a", "id", "letter", "?"),
        ("a", "id", "emptied", ""),
        ("a", "issued.parts", "digit", "1998"),
        ("a", "issued.parts", "other", "3"),
        ("a", "issued.parts", "digit", "4"),
        ("a", "issued.parts", "other", "1999"),
    ]
    assert told("f.yaml", "codes:\n- {id: S1, share: 0.5}\n- {id: S2, share: 0.5}\n") == [
        ("S1", "codes.id", "letter", "?"),
        ("S1", "codes.id", "digit", "S2"),
        ("S1", "codes.id", "other", "S2"),
        ("S1", "codes.id", "emptied", ""),
        ("S1", "codes.share", "digit", "0.6"),
        ("S1", "codes.share", "emptied", ""),
        ("S2", "codes.id", "letter", "?"),
        ("S2", "codes.id", "digit", "S3"),
        ("S2", "codes.id", "other", "S1"),
        ("S2", "codes.id", "emptied", ""),
        ("S2", "codes.share", "digit", "0.6"),
        ("S2", "codes.share", "emptied", ""),
    ]


@pytest.mark.parametrize(
    ("file", "text", "kind", "changed"),
    [
        ("f.csv", 'id,word\n1,"a, b"\n', "emptied", ['id,word\n,"a, b"\n', "id,word\n1,\n"]),
        (
            "f.json",
            '[\n  {\n    "id": "é",\n    "n": 1\n  }\n]\n',
            "digit",
            ['[\n  {\n    "id": "é",\n    "n": 2\n  }\n]\n'],
        ),
        ("f.yaml", "a: 2013-09-01\nb: 'x'\n", "digit", ["a: 2013-09-02\nb: 'x'\n"]),
        (
            "f.yaml",
            "a: >-\n  two\n  lines\nb: 'x'\n",
            "emptied",
            ["a: \"\"\nb: 'x'\n", 'a: >-\n  two\n  lines\nb: ""\n'],
        ),
    ],
)
def test_a_change_leaves_everything_else_as_it_is(file, text, kind, changed):
    assert [m.apply(text) for m in mutants.mutants_of(file, text) if m.kind == kind] == changed


def test_a_change_taken_back_leaves_every_file_of_the_data_as_it_was():
    for folder in ("article", "standin"):
        for mutant in mutate.sample_of(mutate.mutants_of_folder(DATA / folder), 40, 1):
            text = (DATA / mutant.file).read_bytes().decode()
            back = dataclasses.replace(mutant, old=mutant.new, new=mutant.old)
            assert mutant.apply(text) != text
            if not mutant.file.endswith(".yaml"):
                assert back.apply(mutant.apply(text)) == text, mutant


def test_a_sample_is_drawn_from_every_file_in_turn():
    found = [mutants.Mutant(f"{name}.csv", str(n), "c", "letter", "a", "b", (n, 0)) for name in "ab" for n in range(9)]
    drawn = mutate.sample_of([*found, mutants.Mutant("c.csv", "0", "c", "letter", "a", "b", (0, 0))], 7, 1)
    assert [mutant.file for mutant in drawn] == ["a.csv"] * 3 + ["b.csv"] * 3 + ["c.csv"]
    assert drawn == mutate.sample_of([*found, mutants.Mutant("c.csv", "0", "c", "letter", "a", "b", (0, 0))], 7, 1)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """A copy of the data in which one value at a time is changed."""
    return mutate.Bench(tmp_path_factory.mktemp("bench"))


def changed(file, record, column, kind):
    """Return a mutant of the data."""
    text = (DATA / file).read_bytes().decode()
    found = mutants.mutants_of(file, text, mutate.KEYS.get(file.rpartition("/")[2], 1))
    return next(m for m in found if (m.record, m.column, m.kind) == (record, column, kind))


@pytest.mark.parametrize(
    ("change", "noticed", "told"),
    [
        ("article/quotations.csv: q-15: text: letter", (True, True), "messages.csv:"),
        ("article/facts.csv: messages: value: digit", (True, True), "C03: the verdict was 'by construction'"),
        ("article/references.json: ahuja2000: title: letter", (True, True), "ahuja2000: the verdict was"),
        ("article/citations.csv: c001: paragraph: digit", (True, True), "citations.csv:"),
        ("article/mapping.csv: workspaces proximity: meaning: letter", (False, True), "m-workspaces-proximity: "),
        (
            "article/article.yaml: the file: journal: letter",
            (False, True),
            "article.yaml changed since it was attested",
        ),
        ("article/slips.csv: S11: description: letter", (False, True), "slips.csv changed since it was attested"),
        ("article/slips.csv: S28: kind: letter", (True, True), "references.csv:"),
        ("standin/messages.csv: 15: text: letter", (True, True), "assignments.csv:"),
        ("standin/participants.csv: P01: joined: digit", (False, False), ""),
    ],
)
def test_a_change_is_judged_by_the_checks_alone_and_with_the_digests(bench, change, noticed, told):
    result = bench.judge(changed(*change.split(": ")))
    assert (result.alone, result.attested) == noticed, result
    assert told in result.told


def rows_of_document():
    """Return the cells of every row of the tables in the document."""
    lines = mutate.DOCUMENT.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if line.startswith("| ")]


def test_the_document_is_about_the_data_as_they_are():
    counts = {row[0]: (row[1], row[2]) for row in rows_of_document() if len(row) == 5 and row[1].isdigit()}
    found = mutate.everything()
    files = sorted({mutant.file for mutant in found})
    now = {
        file: (
            str(len({mutant.place for mutant in found if mutant.file == file})),
            str(sum(mutant.file == file for mutant in found)),
        )
        for file in files
    }
    assert {file: counts.get(file) for file in files} == now, "run: make mutations"


def test_what_passes_in_a_sample_has_a_reason_and_stands_in_the_document(bench):
    found = mutate.everything()
    ledger = [mutant for mutant in found if mutant.file.startswith("article/")]
    sample = mutate.sample_of(ledger, 140, 7) + mutate.sample_of([m for m in found if m not in ledger], 5, 7)
    results = [bench.judge(mutant) for mutant in sample]
    assert [str(result.mutant) for result in mutate.unexplained(results)] == []
    listed = {(row[0], row[1]) for row in rows_of_document() if len(row) == 5 and row[2].isdigit()}
    passed = {(result.mutant.file, result.mutant.column) for result in results if not result.alone}
    assert passed - listed == set(), "run: make mutations"
    assert sum(result.attested for result in results) > sum(result.alone for result in results) > 70


@pytest.mark.long
def test_the_document_says_what_comes_of_every_change():
    results = list(mutate.judged(mutate.everything()))
    assert [str(result.mutant) for result in mutate.unexplained(results)] == []
    assert mutate.document_of(results) == mutate.DOCUMENT.read_text(encoding="utf-8"), "run: make mutations"


def test_make_names_it_and_it_takes_no_arguments(capsys):
    assert mutate.main(["--fast"]) == 2
    assert "make mutations" in capsys.readouterr().out
