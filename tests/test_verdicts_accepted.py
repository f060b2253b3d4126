import dataclasses

import pytest
from ledgers import write_ledger
from test_verdicts import study_of

from lepanalysis.article import open_article
from lepanalysis.faults import UsageError
from lepanalysis.verdicts import verdicts_of
from lepanalysis.verdicts_accepted import accept, changes, file_of, read_accepted


@pytest.fixture
def given(tmp_path):
    return verdicts_of(study_of(tmp_path, "open"), open_article(write_ledger(tmp_path / "article")))


def changed(given, name, **fields):
    return [dataclasses.replace(item, **fields) if item.entry.id == name else item for item in given]


def test_accepted_verdicts_equal_themselves(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    assert accept(path, given, "open", "read and found right") == [item.entry.id for item in given]
    accepted, faults = read_accepted(path, "open")
    assert faults == []
    assert changes(given, accepted, "open") == []


def test_accepting_again_writes_the_same_bytes(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    accept(path, given, "open", "read")
    before = path.read_bytes()
    assert accept(path, given, "open", "another reason") == []
    assert path.read_bytes() == before


def test_only_what_changed_takes_the_new_reason(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    accept(path, given, "open", "read")
    assert accept(path, changed(given, "C1", verdict="contradicted"), "open", "one left") == ["C1"]
    accepted, _ = read_accepted(path, "open")
    assert {row["accepted_because"] for row in accepted.values()} == {"read", "one left"}
    assert accepted["C1"]["accepted_because"] == "one left"


def test_a_reason_is_needed(tmp_path, given):
    with pytest.raises(UsageError, match="say with --reason why"):
        accept(tmp_path / "verdicts.csv", given, "open", "  ")


def test_what_differs_is_told_entry_by_entry(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    accept(path, given, "open", "read")
    accepted, _ = read_accepted(path, "open")
    found = changes(changed(given, "C1", verdict="contradicted", found="3"), accepted, "open")
    assert [str(change) for change in found] == [
        "C1: the verdict was 'confirmed' and is 'contradicted'; what was found was '4' and is '3'"
    ]


def test_an_entry_that_changed_is_told_even_where_its_verdict_did_not(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    accept(path, given, "open", "read")
    accepted, _ = read_accepted(path, "open")
    article = open_article(write_ledger(tmp_path / "two", ("claims.csv", "Four people", "Five people")))
    (found,) = changes(verdicts_of(study_of(tmp_path / "two", "open"), article), accepted, "open")
    assert str(found) == "C1: the entry itself (claims.csv, C1) changed since its verdict was accepted"


def test_entries_that_came_and_went_are_told(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    accept(path, given[1:], "open", "read")
    accepted, _ = read_accepted(path, "open")
    assert [str(change) for change in changes(given[:-1], accepted, "open")] == [
        "q-1: not reproducible from public material, and no verdict on it was accepted",
        "low1999: accepted as not reproducible from public material, and the ledger has no such entry any more",
    ]


def test_one_ledger_serves_studies_of_two_classes(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    accept(path, given, "open", "read")
    accept(path, given[:3], "stand-in", "invented")
    assert len(read_accepted(path, "open")[0]) == len(given)
    assert len(read_accepted(path, "stand-in")[0]) == 3
    assert read_accepted(path, "restricted") == (None, [])


def test_a_file_at_fault_says_where(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    accept(path, given, "open", "read")
    path.write_text(path.read_text(encoding="utf-8").replace("confirmed", "proved"), encoding="utf-8")
    _, faults = read_accepted(path, "open")
    assert [(fault.column, fault.problem) for fault in faults][:1] == [("verdict", "'proved' is not known here")]


def test_verdicts_over_restricted_records_stay_with_them(tmp_path):
    article = open_article(write_ledger(tmp_path / "article"))
    assert file_of(study_of(tmp_path / "a", "restricted"), article).parent == tmp_path / "a" / "study"
    assert file_of(study_of(tmp_path / "b", "stand-in"), article).parent == tmp_path / "article"
    assert file_of(study_of(tmp_path / "c", "open"), None).parent == tmp_path / "c" / "study"
