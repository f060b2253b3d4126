import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepanalysis.exchange.losses import Ledger, Loss, LossReport, Tally


def ledger():
    book = Ledger("theirs.qdpx", "REFI-QDA project")
    book.came("codings", 4)
    book.came("graphs", 1)
    book.changed("codings", "c1", "the colour was left out")
    book.changed("codings", "c1", "the name was cut")
    book.dropped("codings", "c2", "it lies outside its text")
    book.dropped("graphs", "map", "a study has no graphs")
    return book


def test_what_came_is_what_was_kept_changed_and_dropped():
    report = ledger().report()
    assert report.tally("codings") == Tally("codings", came=4, kept=2, changed=1, dropped=1)
    assert report.tally("graphs") == Tally("graphs", came=1, kept=0, changed=0, dropped=1)
    assert report.tally("memos") == Tally("memos", 0, 0, 0, 0)


@pytest.mark.parametrize("counts", [(3, 1, 1, 0), (1, 2, -1, 0), (0, 0, 0, 1)])
def test_counts_that_do_not_add_up_make_no_tally(counts):
    with pytest.raises(ValueError, match="accounted for"):
        Tally("codings", *counts)


def test_the_number_that_stands_in_the_result_is_held_against_the_others():
    assert ledger().report({"codings": 3, "graphs": 0})
    with pytest.raises(ValueError, match="codings: 4 stand in the result, 3 are accounted for"):
        ledger().report({"codings": 4})
    with pytest.raises(ValueError, match="memos: 1 stand in the result, 0 are accounted for"):
        ledger().report({"memos": 1})


def test_more_dropped_than_came_is_an_error_of_the_reader():
    book = Ledger("a", "b")
    book.dropped("codings", "c1", "why")
    with pytest.raises(ValueError, match="0 came"):
        book.report()


def test_a_record_that_was_changed_and_then_dropped_was_dropped():
    book = Ledger("a", "b")
    book.came("codings")
    book.changed("codings", "c1", "line ends")
    book.dropped("codings", "c1", "outside")
    book.changed("codings", "c1", "line ends again")
    book.dropped("codings", "c1", "for another reason")
    report = book.report()
    assert report.tally("codings") == Tally("codings", 1, 0, 0, 1)
    assert report.losses == (Loss("codings", "dropped", 1, "outside", ("c1",)),)
    assert book.is_dropped("codings", "c1")
    assert not book.is_dropped("codings", "c2")


@pytest.mark.parametrize(
    "losses",
    [
        (),
        (Loss("codings", "dropped", 2, "why"),),
        (Loss("codings", "dropped", 1, "why"), Loss("codings", "dropped", 1, "other")),
        (Loss("codings", "dropped", 1, "why"), Loss("codings", "changed", 1, "why")),
        (Loss("codings", "dropped", 1, "why"), Loss("memos", "dropped", 1, "why")),
        (Loss("codings", "lost", 1, "why"),),
    ],
)
def test_a_report_whose_reasons_do_not_account_for_its_counts_is_none(losses):
    with pytest.raises(ValueError, match=r"codings|memos"):
        LossReport("a", "b", (Tally("codings", 1, 0, 0, 1),), losses)


def test_a_report_tallies_a_kind_once():
    with pytest.raises(ValueError, match="tallied twice"):
        LossReport("a", "b", (Tally("codings", 0, 0, 0, 0),) * 2)


FATES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.sampled_from(["changed", "dropped"])))


@given(FATES)
def test_counts_add_up_whatever_is_noted_in_whatever_order(fates):
    book = Ledger("a", "b")
    for kind in "abc":
        book.came(kind, 10)
    for kind, key, fate in fates:
        getattr(book, fate)(kind, key, f"why {key % 2}")
    dropped = {(kind, key) for kind, key, fate in fates if fate == "dropped"}
    changed = {(kind, key) for kind, key, _ in fates} - dropped
    report = book.report()
    for kind in "abc":
        n_dropped, n_changed = (sum(one[0] == kind for one in found) for found in (dropped, changed))
        assert report.tally(kind) == Tally(kind, 10, 10 - n_dropped - n_changed, n_changed, n_dropped)


def test_the_report_for_people():
    report = ledger().report().with_notes("Offsets: code points.").with_result({"codings": 3, "memos": 0})
    assert report.as_text() == (
        "theirs.qdpx: REFI-QDA project\n"
        "\n"
        "           came  kept  changed  dropped\n"
        "  codings     4     2        1        1\n"
        "  graphs      1     0        0        1\n"
        "\n"
        "Dropped:\n"
        "  1 codings: it lies outside its text (such as c2)\n"
        "  1 graphs: a study has no graphs (such as map)\n"
        "\n"
        "Changed:\n"
        "  1 codings: the colour was left out (such as c1)\n"
        "  1 codings: the name was cut (such as c1)\n"
        "\n"
        "Offsets: code points.\n"
        "\n"
        "The result holds 3 codings.\n"
    )


def test_a_report_without_losses_says_so():
    book = Ledger("a", "b")
    book.came("codings", 2)
    report = book.report()
    assert report.is_whole
    assert "Everything was kept as it came." in report.as_text()


def test_the_report_for_programs_is_plain_json():
    part = LossReport("theirs", "pseudonymisation", (Tally("participants", 1, 1, 0, 0),))
    record = ledger().report().with_part(part).with_file("mapping.yaml", "x").as_record()
    assert json.loads(json.dumps(record)) == record
    assert record["tallies"][0] == {"kind": "codings", "came": 4, "kept": 2, "changed": 1, "dropped": 1}
    assert record["parts"][0]["format"] == "pseudonymisation"
    assert "files" not in record


def test_examples_are_few_and_short_and_on_one_line():
    book = Ledger("a", "b")
    book.came("codings", 5)
    for number in range(5):
        book.dropped("codings", (f"a\n\x1b[31m{number}", "x" * 100), "why")
    examples = book.report().losses[0].examples
    assert len(examples) == 3
    assert all(len(example) <= 60 and example.isprintable() for example in examples)
