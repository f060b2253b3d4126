import csv
import dataclasses

import pytest
from ledgers import write_ledger
from test_verdicts import study_of

from lepanalysis.article import open_article
from lepanalysis.entries import digest_of
from lepanalysis.faults import UsageError
from lepanalysis.verdicts import verdicts_of
from lepanalysis.verdicts_accepted import BY_HAND, accept, changes, file_of, is_sealed, read_accepted


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


SINCE = "changed since its verdict was accepted"


def with_record(verdict, **cells):
    record = {**verdict.entry.record, **cells}
    entry = dataclasses.replace(verdict.entry, record=record, digest=digest_of(record))
    return dataclasses.replace(verdict, entry=entry)


@pytest.mark.parametrize(
    ("name", "cells", "told"),
    [
        ("m-workshop-closeness", {"term": "kinship"}, f"term {SINCE}: it was 'familiarity' and is 'kinship'"),
        ("C1", {"quantifier": "some"}, f"quantifier {SINCE}: it was empty and is 'some'"),
        ("q-1", {"attributed_to": ""}, f"attributed_to {SINCE}: it was 'One of them' and is empty"),
        ("C1", {"threshold": 0.25}, f"threshold {SINCE}: it was empty and is '0.25'"),
        ("C1", {"fact_ids": ("a", "b")}, f"fact_ids {SINCE}: it was 'participants' and is 'a;b'"),
        ("low1999", {"csl": {"title": "Mills"}}, f"csl.title {SINCE}: it was 'Mills and forums' and is 'Mills'"),
        (
            "lq-1",
            {"pages": "p. 5", "year": "1998"},
            f"year, pages {SINCE}: year was '1999' and is '1998'; pages was 'p. 4' and is 'p. 5'",
        ),
    ],
)
def test_an_entry_that_changed_is_told_with_what_its_cells_were_and_are(tmp_path, given, name, cells, told):
    path = tmp_path / "verdicts.csv"
    accept(path, given, "open", "read")
    accepted, _ = read_accepted(path, "open")
    (one,) = [item for item in given if item.entry.id == name]
    if "csl" in cells:
        cells = {"csl": {**one.entry.record["csl"], **cells["csl"]}}
    now = [with_record(item, **cells) if item is one else item for item in given]
    assert [str(change) for change in changes(now, accepted, "open")] == [f"{name}: {told}"]


def test_quoted_words_are_kept_as_a_digest_alone(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    accept(path, given, "open", "read")
    assert "meet as equals" not in path.read_text(encoding="utf-8")
    accepted, _ = read_accepted(path, "open")
    now = [with_record(item, text="meet as friends") if item.entry.id == "lq-1" else item for item in given]
    assert [change.what for change in changes(now, accepted, "open")] == [f"text {SINCE}: it is now 'meet as friends'"]


def test_of_a_long_cell_only_what_it_is_now_is_known(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    before = [with_record(item, text="word " * 20) if item.entry.id == "q-1" else item for item in given]
    accept(path, before, "open", "read")
    assert "word word" not in path.read_text(encoding="utf-8")
    accepted, _ = read_accepted(path, "open")
    now = [with_record(item, text="words " * 20) if item.entry.id == "q-1" else item for item in given]
    assert [change.what for change in changes(now, accepted, "open")] == [
        f"text {SINCE}: it is now '{'words ' * 9}words\u2026'"
    ]


@pytest.mark.parametrize("text", ["a | b=c", 'say "so"', " a", "a\nb", "a=b#c"])
def test_a_cell_is_the_same_whatever_stands_in_it(tmp_path, given, text):
    path = tmp_path / "verdicts.csv"
    now = [with_record(item, note=text) for item in given]
    accept(path, now, "open", "read")
    accepted, _ = read_accepted(path, "open")
    assert changes(now, accepted, "open") == []
    found = changes([with_record(item, note="other") for item in now], accepted, "open")
    assert {change.what.partition(" ")[0] for change in found} == {"note"}


def test_a_file_that_gained_an_empty_column_changes_nothing(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    accept(path, given, "open", "read")
    accepted, _ = read_accepted(path, "open")
    assert changes([with_record(given[0], new=""), *given[1:]], accepted, "open") == []


def test_another_code_that_gives_the_same_figure_is_told(tmp_path):
    def own(code):
        test = f"check: at-least, unit: message, threshold: 2, range: [1, 2], codes: [{code}]"
        study = study_of(tmp_path / code, "open", claims_yaml=f"claims: [{{id: K1, statement: s, {test}}}]")
        return verdicts_of(study, None)

    path = tmp_path / "verdicts.csv"
    accept(path, own("space"), "open", "read")
    accepted, _ = read_accepted(path, "open")
    assert accepted["K1"]["bound_to"] == "codes space"
    (found,) = changes(own("travel"), accepted, "open")
    assert str(found) == "K1: its evidence was 'codes space' and is 'codes travel'"


def rewritten(path, entry, **cells):
    """Change cells of the row on an entry, as somebody with an editor does."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [{**row, **cells} if row["entry_id"] == entry else row for row in csv.DictReader(stream)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def old_file(path):
    """Write a file of accepted verdicts as earlier versions did."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = ["study_class", "entry_id", "kind", "verdict", "reason", "found", "entry_sha256", "accepted_because"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def test_a_file_of_an_earlier_version_is_read_and_tells_less(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    accept(path, given, "open", "read")
    accept(path, given[:1], "stand-in", "invented")
    old_file(path)
    accepted, faults = read_accepted(path, "open")
    assert faults == []
    assert not is_sealed(path)
    bound = [dataclasses.replace(item, bound_to="codes space") for item in given]
    assert changes(bound, accepted, "open") == []
    (found,) = changes([with_record(given[0], text="other"), *given[1:]], accepted, "open")
    assert found.what == "the entry itself (quotations.csv, q-1) changed since its verdict was accepted"


def test_accepting_anew_fills_in_what_an_earlier_version_left_out_and_keeps_the_reasons(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    accept(path, given[:1], "stand-in", "invented")
    accept(path, given, "open", "read")
    old_file(path)
    bound = [dataclasses.replace(item, bound_to="codes space") for item in given]
    assert accept(path, bound, "open", "another reason") == []
    accepted, _ = read_accepted(path, "open")
    assert {row["accepted_because"] for row in accepted.values()} == {"read"}
    assert changes(given[:1], accepted, "open")[0].what == "its evidence was 'codes space' and is 'none'"
    assert is_sealed(path)
    # What was accepted over studies of another class stays as little as it was.
    others, _ = read_accepted(path, "stand-in")
    assert changes(bound[:1], others, "stand-in") == []


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
    # It was changed by hand as well.
    assert {(fault.column, fault.problem) for fault in faults} == {
        ("verdict", "'proved' is not known here"),
        ("row_sha256", BY_HAND),
    }


@pytest.mark.parametrize(
    ("name", "cell"), [("accepted_because", "read twice"), ("row_sha256", "0" * 12), ("row_sha256", ""), ("found", "5")]
)
def test_a_row_that_was_changed_by_hand_is_a_fault_with_its_line(tmp_path, given, name, cell):
    path = tmp_path / "verdicts.csv"
    accept(path, given, "open", "read")
    rewritten(path, "C1", **{name: cell})
    _, faults = read_accepted(path, "open")
    line = [item.entry.id for item in given].index("C1") + 2
    assert [(fault.line, fault.column, fault.problem) for fault in faults] == [(line, "row_sha256", BY_HAND)]
    # Another way to write the same cells is no change.
    accept(path, given, "open", "read again")
    path.write_text(path.read_text(encoding="utf-8").replace(",read,", ',"read",'), encoding="utf-8")
    assert read_accepted(path, "open")[1] == []
    assert read_accepted(path, "open")[0]["C1"]["accepted_because"] == "read again"


def test_a_row_of_another_class_that_was_changed_by_hand_is_not_sealed_in_passing(tmp_path, given):
    path = tmp_path / "verdicts.csv"
    accept(path, given[:1], "stand-in", "invented")
    rewritten(path, "q-1", accepted_because="proved")
    accept(path, given, "open", "read")
    assert [(fault.line, fault.problem) for fault in read_accepted(path, "open")[1]] == [(2, BY_HAND)]


def test_verdicts_over_restricted_records_stay_with_them(tmp_path):
    article = open_article(write_ledger(tmp_path / "article"))
    assert file_of(study_of(tmp_path / "a", "restricted"), article).parent == tmp_path / "a" / "study"
    assert file_of(study_of(tmp_path / "b", "stand-in"), article).parent == tmp_path / "article"
    assert file_of(study_of(tmp_path / "c", "open"), None).parent == tmp_path / "c" / "study"
