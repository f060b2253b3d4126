"""What was found equal, carried over by digests alone."""

import json
import shutil
from dataclasses import replace

import pytest
from ledgers import write_ledger
from printed_article import ledger, write

from lepanalysis.article import open_article
from lepanalysis.article_check import Comparison, compare
from lepanalysis.article_text import read_article_text
from lepanalysis.attestation import (
    BY_HAND,
    FILE,
    UNSEALED,
    Attestation,
    attest,
    files_changed,
    read_attestation,
    replaces,
    seal_of,
    state_of,
    write_attestation,
)
from lepanalysis.entries import entries_of

ONE, TWO = "1" * 64, "2" * 64
MADE = Attestation(ONE, "text", {"facts.csv": TWO}, {"C1": ONE, "b": TWO}, ("C2",))


@pytest.fixture
def folder(tmp_path):
    write_attestation(tmp_path, MADE)
    return tmp_path


def problems_of(folder, text):
    (folder / FILE).write_text(text, encoding="utf-8")
    attestation, faults = read_attestation(folder)
    assert attestation is None
    assert {fault.file for fault in faults} == {str(folder / FILE)}
    return [(fault.line, fault.column, fault.problem) for fault in faults]


def changed(**cells):
    record = {"article_sha256": ONE, "kind": "text", "ledger": {}, "entries": {"C1": ONE}, "not_equal": []} | cells
    kept = {key: cell for key, cell in record.items() if cell is not None}
    return json.dumps({"seal": seal_of(kept), **kept}, indent=1, sort_keys=True)


def test_only_what_was_equal_is_attested(tmp_path):
    article = ledger({"C1": {"quantifier": "rare"}})
    text = read_article_text(write(tmp_path), article)
    entries = entries_of(article)
    made = attest(text, entries, compare(entries, article, text), article)
    assert (made.article_sha256, made.kind) == (text.sha256, "text")
    assert made.not_equal == ("C1",)
    assert made.entries == {entry.id: entry.digest for entry in entries if entry.id != "C1"}
    assert made.ledger == dict(article.digests)
    assert {entry.id for entry in entries if state_of(entry, made) == "not checked"} == {"C1"}


def test_an_entry_that_was_changed_since_is_not_checked(tmp_path):
    article = ledger()
    text = read_article_text(write(tmp_path), article)
    made = attest(text, entries_of(article), compare(entries_of(article), article, text), article)
    (before,) = [entry for entry in entries_of(article) if entry.id == "q-12"]
    (after,) = [entry for entry in entries_of(ledger({"q-12": {"message_id": "13"}})) if entry.id == "q-12"]
    assert (state_of(before, made), state_of(after, made)) == ("equal", "not checked")
    assert state_of(before, None) == "not checked"


def test_what_is_written_is_read_again_and_the_same_bytes_every_time(folder):
    first = (folder / FILE).read_bytes()
    assert read_attestation(folder) == (MADE, [])
    assert write_attestation(folder, replace(MADE, entries={"b": TWO, "C1": ONE})) is False
    assert (folder / FILE).read_bytes() == first
    assert first.decode() == (
        f'{{\n "article_sha256": "{ONE}",\n "entries": {{\n  "C1": "{ONE}",\n  "b": "{TWO}"\n }},\n "kind": "text",\n'
        f' "ledger": {{\n  "facts.csv": "{TWO}"\n }},\n "not_equal": [\n  "C2"\n ],\n'
        f' "seal": "{seal_of(json.loads(first))}"\n}}\n'
    )


def test_a_folder_without_one(tmp_path):
    assert read_attestation(tmp_path) == (None, [])
    (tmp_path / FILE).mkdir()
    attestation, (fault,) = read_attestation(tmp_path)
    assert attestation is None
    assert fault.problem == "a folder stands in its place"


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        (MADE, None, True),
        (MADE, replace(MADE, entries={"C1": ONE, "b": TWO, "c": ONE}, not_equal=()), True),
        (MADE, replace(MADE, article_sha256=TWO), False),
        (replace(MADE, not_equal=()), replace(MADE, article_sha256=TWO), True),
        (Attestation(ONE, "pdf"), replace(MADE, article_sha256=TWO), False),
    ],
    ids=["the first", "the same file", "another, not all equal", "another, all equal", "another, nothing compared"],
)
def test_which_attestation_takes_the_place_of_another(new, old, expected):
    assert replaces(new, old) is expected


def test_a_worse_copy_takes_nothing_away(folder):
    worse = replace(MADE, article_sha256=TWO, kind="pdf")
    assert write_attestation(folder, worse) is False
    assert read_attestation(folder)[0] == MADE
    assert write_attestation(folder, replace(worse, not_equal=())) is True
    assert read_attestation(folder)[0].kind == "pdf"


def test_one_that_cannot_be_read_is_replaced(folder):
    (folder / FILE).write_text("{", encoding="utf-8")
    assert write_attestation(folder, replace(MADE, article_sha256=TWO)) is True


def test_a_comparison_that_is_not_of_an_entry_attests_nothing(tmp_path):
    article = ledger()
    text = read_article_text(write(tmp_path), article)
    assert attest(text, [], [Comparison("gone", equal=True)], article).entries == {}


@pytest.mark.parametrize(
    ("cells", "problems"),
    [
        ({"article_sha256": "abc"}, [("article_sha256", "not a SHA-256 in lower-case hexadecimal")]),
        ({"article_sha256": "A" * 64}, [("article_sha256", "not a SHA-256 in lower-case hexadecimal")]),
        ({"kind": "scan"}, [("kind", "not one of text, pdf")]),
        ({"kind": ["text"]}, [("kind", "not one of text, pdf")]),
        ({"ledger": []}, [("ledger", "not a record of digests")]),
        ({"ledger": {"a.csv": 3}}, [("a.csv", "not a SHA-256 in lower-case hexadecimal")]),
        ({"entries": None}, [("entries", "the key is missing")]),
        ({"entries": {"": ONE}}, [("", "not a SHA-256 in lower-case hexadecimal")]),
        ({"not_equal": "C2"}, [("not_equal", "not a list of ids")]),
        ({"not_equal": {}}, [("not_equal", "not a list of ids")]),
        ({"not_equal": [1]}, [("not_equal", "not a list of ids")]),
        ({"not_equal": ["C1"]}, [("C1", "stands among those that were equal and among those that were not")]),
        ({"time": 3, "kind": ""}, [("kind", "not one of text, pdf"), ("time", "an attestation has no such key")]),
    ],
)
def test_what_is_wrong_in_one(tmp_path, cells, problems):
    assert [found[1:] for found in problems_of(tmp_path, changed(**cells))] == problems


@pytest.mark.parametrize(
    "cells",
    [{"article_sha256": TWO}, {"kind": "pdf"}, {"entries": {"C1": TWO}}, {"ledger": {"a.csv": ONE}}, {"seal": ONE}],
)
def test_a_cell_that_was_typed_by_hand_is_told_by_the_seal(tmp_path, cells):
    whole = json.loads(changed())
    ((line, *said),) = problems_of(tmp_path, text := json.dumps({**whole, **cells}, indent=1))
    assert said == ["seal", BY_HAND]
    assert text.split("\n")[line - 1].startswith(' "seal": ')
    # It is about what is said and not about how it is laid out.
    (tmp_path / FILE).write_text(json.dumps(whole), encoding="utf-8")
    assert read_attestation(tmp_path)[1] == []


def test_one_of_an_earlier_version_attests_nothing(tmp_path):
    whole = json.loads(changed())
    del whole["seal"]
    assert problems_of(tmp_path, json.dumps(whole)) == [(1, "seal", UNSEALED)]
    assert problems_of(tmp_path, changed(seal="abc")) == [(9, "seal", "not a SHA-256 in lower-case hexadecimal")]


def test_a_fault_names_the_line(tmp_path):
    assert problems_of(tmp_path, changed(entries={"C1": "x"}))[0][:2] == (4, "C1")
    twice = changed().replace('"kind"', '"ledger"')
    assert problems_of(tmp_path, twice)[-1][1:] == ("ledger", "the key stands twice")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not JSON here ("),
        ("[]", "not a record of what was compared"),
        ("null", "not a record of what was compared"),
        ("[" * 100_000, "not JSON here ("),
        ('{"kind": "text"', "not JSON here ("),
    ],
    ids=["empty", "list", "null", "deep", "cut"],
)
def test_a_file_that_is_no_attestation(tmp_path, text, problem):
    (found,) = problems_of(tmp_path, text)
    assert found[2].startswith(problem)


def test_a_file_that_is_not_utf8_or_too_large(tmp_path, monkeypatch):
    (tmp_path / FILE).write_bytes(b"\xff\xfe{")
    assert read_attestation(tmp_path)[1][0].problem == "byte 1 of the file is not UTF-8"
    monkeypatch.setattr("lepanalysis.attestation.LARGEST", 1)
    assert read_attestation(tmp_path)[1][0].problem == "the file is too large to be an attestation"


def test_which_files_are_not_those_that_were_attested(tmp_path):
    folder = write_ledger(tmp_path / "ledger")
    article = open_article(folder)
    entries = entries_of(article)
    digests = {entry.id: entry.digest for entry in entries}
    made = Attestation(ONE, "text", dict(article.digests), digests)
    assert files_changed(article, made) == ()
    assert files_changed(article, None) == ()

    def after(name, old, new):
        shutil.copytree(folder, tmp_path / "copy", dirs_exist_ok=True)
        path = tmp_path / "copy" / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
        return files_changed(open_article(path.parent), made)

    # What is no entry is told by its file alone; an entry says itself that it changed.
    assert after("article.yaml", "for the valley", "for a valley") == ("article.yaml",)
    assert after("facts.csv", "Members", "People") == ()
    assert after("references.json", "Mills and forums", "Forums and mills") == ()
    assert after("facts.csv", "\nthemes,", '\n"themes",') == ("facts.csv",)
    # Which file an entry came from that is gone is not known.
    (claim,) = [
        line for line in (folder / "claims.csv").read_text(encoding="utf-8").split("\n") if line.startswith("C2")
    ]
    assert after("claims.csv", f"{claim}\n", "") == ()
    # What was compared and was not equal says nothing of its file.
    assert files_changed(article, replace(made, entries={}, not_equal=tuple(digests))) == ()
    for changed_, told in (({"slips.csv": ONE}, ("slips.csv",)), ({"article.yaml": ONE}, ("article.yaml",))):
        assert files_changed(article, replace(made, ledger={**article.digests, **changed_})) == told


def test_a_slip_that_was_taken_out_keeps_no_entry_from_being_attested(tmp_path):
    article = open_article(write_ledger(tmp_path / "ledger"))
    made = Attestation(
        ONE, "text", {**article.digests, "slips.csv": TWO}, {e.id: e.digest for e in entries_of(article)}
    )
    assert files_changed(article, made) == ("slips.csv",)
    assert {state_of(entry, made) for entry in entries_of(article)} == {"equal"}
