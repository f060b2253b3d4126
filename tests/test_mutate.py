"""Every value of the ledger changed: what a change is, and that what passes the checks has a reason to."""

import dataclasses
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
