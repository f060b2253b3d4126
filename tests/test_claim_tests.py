from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from studies import replaced

from lepanalysis.claim_rules import CLAIM_CHECKS, METHOD_CHECKS, OVER_CODES, RULES, wrong_parameters
from lepanalysis.claim_tests import Claim, Counts, counts_of, interval_of, value_of
from lepanalysis.claim_units import LackingError, Material, material_of, named_coders, stated_coders
from lepanalysis.own_claims import Evidence

PEOPLE = np.array([0, 0, 1, 2, 2])
THREADS = np.array([0, 0, 0, 1, 1])


def material(who="consensus", unread=0, **columns):
    """Five messages, of three people in two threads; for each code the messages that bear it."""
    table = np.zeros((5, len(columns)), dtype=bool)
    for place, messages in enumerate(columns.values()):
        table[messages, place] = True
    column = {name: place for place, name in enumerate(columns)}
    return Material(who, table, PEOPLE, THREADS, column, {name: ((name, ""),) for name in columns}, {}, unread)


def claim(check, unit="message", *, codes=("a",), against=(), with_=(), beside=None, threshold=0.5):
    evidence = Evidence("K1", codes, against, with_)
    other = None if beside is None else Evidence("K2", beside)
    return Claim(
        "K1", check, unit, threshold, threshold, threshold, evidence, other, "K2" if beside is not None else ""
    )


A, B, C = [0, 2, 3], [2, 4], [1]


@pytest.mark.parametrize(
    ("check", "options", "by_unit"),
    [
        ("share", {}, (3 / 5, 3 / 3, 2 / 2)),
        ("share", {"codes": ("b",)}, (2 / 5, 2 / 3, 2 / 2)),
        ("share", {"codes": ("a", "b")}, (4 / 5, 3 / 3, 2 / 2)),
        ("at-most", {"codes": ("b",)}, (2 / 5, 2 / 3, 2 / 2)),
        ("at-most", {"codes": ("b",), "beside": ("a",)}, (1 / 3, 2 / 3, 2 / 2)),
        ("share-beside", {"codes": ("b",), "beside": ("a",)}, (1 / 3, 2 / 3, 2 / 2)),
        ("share-beside", {"codes": ("a",), "beside": ("b",)}, (1 / 2, 2 / 2, 2 / 2)),
        ("at-least", {}, (3, 3, 2)),
        ("beyond", {"beside": ("b",)}, (2, 1, 0)),
        ("majority", {"against": ("b",)}, (3 / 5, 3 / 5, 2 / 4)),
        ("majority", {"codes": ("b",), "against": ("c",)}, (2 / 3, 2 / 3, 2 / 3)),
        ("each-code", {"codes": ("a", "b")}, (2, 2, 2)),
        ("each-code", {"codes": ("a", "b", "c")}, (1, 1, 1)),
        ("together", {"with_": ("b",)}, (1, 1, 1)),
        ("together", {"with_": ("c",)}, (0, 0, 0)),
        ("together", {"codes": ("a", "c"), "with_": ("b", "c")}, (2, 2, 1)),
    ],
)
def test_what_a_test_counts_over_messages_participants_and_threads(check, options, by_unit):
    given_codes = material(a=A, b=B, c=C)
    found = [counts_of(given_codes, claim(check, unit, **options)) for unit in ("message", "participant", "thread")]
    assert [counts.value for counts in found] == [pytest.approx(value) for value in by_unit]


def test_what_was_counted_is_said_in_words():
    told = material(a=A, b=B, c=C)
    found = counts_of(told, claim("share", "participant", codes=("b",), against=("c",)))
    assert (found.n, found.population) == (3, "3 participants who posted")
    assert found.found == "2 with one of the codes; 1 with a code against it"
    found = counts_of(told, claim("majority", against=("b",)))
    assert (found.n, found.population) == (5, "4 messages with a code for it or against it")
    assert found.found == "3 for and 2 against, 1 of them both"
    found = counts_of(told, claim("share-beside", codes=("b",), beside=("a",)))
    assert (found.n, found.population) == (3, "3 messages with a code of K2")
    assert counts_of(told, claim("each-code", codes=("a", "c"))).found == "the rarest of 2 codes, c, stands in 1"


def test_messages_that_were_not_read_are_left_out_and_said_to_be():
    found = counts_of(material(a=A, unread=2), claim("share"))
    assert found.population == "5 messages (2 messages unread and left out)"
    assert counts_of(material(a=A, unread=1), claim("share")).population == "5 messages (1 message unread and left out)"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (claim("share", codes=()), "no code of the study is bound to it in claims.yaml"),
        (claim("majority"), "no code that speaks against it is bound"),
        (claim("together"), "no second group of codes is bound to it"),
        (claim("beyond", beside=()), "no code is bound to K2, beside which it is tested"),
        (claim("share-beside", beside=("none",)), "no message bears a code of K2, beside which it is tested"),
        (claim("majority", codes=("none",), against=("none",)), "no message bears a code for it or against it"),
        (claim("share", codes=("gone",)), "code gone leads to no shared code: it is retired"),
        (claim("share", codes=("never",)), "code never leads to no shared code: it is not in the codebook"),
    ],
)
def test_a_test_says_what_it_lacks(asked, words):
    given_codes = replace(material(a=A, none=[]), reasons={"gone": "it is retired"})
    with pytest.raises(LackingError) as told:
        counts_of(given_codes, asked)
    assert str(told.value).startswith(words)


def test_where_nobody_has_read_anything_there_is_nothing_to_count():
    nothing = Material("A", np.zeros((0, 1), dtype=bool), PEOPLE[:0], THREADS[:0], {"a": 0}, {"a": (("a", ""),)}, {})
    with pytest.raises(LackingError, match="no message was read"):
        counts_of(nothing, claim("share"))


@pytest.mark.parametrize(
    ("form", "sums", "value"),
    [
        ("count", [3, 9], 3),
        ("share", [3, 4], 0.75),
        ("least", [3, 2, 7], 2),
        ("least-share", [3, 4, 1, 5], 0.2),
    ],
)
def test_the_value_of_sums(form, sums, value):
    assert value_of(form, np.array(sums)) == value


def test_a_share_of_nothing_is_no_number():
    assert np.isnan(value_of("share", np.array([0, 0])))
    assert np.isnan(value_of("least-share", np.array([1, 2, 0, 0])))


def test_the_interval_draws_participants_with_all_their_messages():
    rows = np.array([[0, 1]] * 30 + [[1, 1]] * 10)
    counts = Counts(rows, "share", by_participant=True, n=40, population="")
    low, high = interval_of(counts, seed=1)
    # Of a binomial share of 0.25 over 40.
    assert low == pytest.approx(0.125, abs=0.026)
    assert high == pytest.approx(0.375, abs=0.026)
    assert interval_of(counts, seed=1) == (low, high)
    # One person who wrote everything that bears the code moves the share more than forty who wrote one message each.
    clustered = Counts(np.array([[0, 1]] * 30 + [[10, 10]]), "share", by_participant=True, n=40, population="")
    wide = interval_of(clustered, seed=1)
    assert wide[1] - wide[0] > (high - low) * 1.5


def test_threads_have_no_interval_over_participants():
    rows = np.array([[0, 1], [1, 1]])
    assert interval_of(Counts(rows, "share", by_participant=False, n=2, population="")) is None
    assert interval_of(Counts(rows[:1], "share", by_participant=True, n=1, population="")) is None


def test_a_share_that_most_draws_lack_has_no_interval():
    rows = np.array([[1, 1]] + [[0, 0]] * 9)
    assert interval_of(Counts(rows, "share", by_participant=True, n=1, population=""), seed=1) is None


@pytest.mark.parametrize(("replicates", "level"), [(1, 0.95), (100, 1.0), (100, 0.0)])
def test_an_interval_takes_draws_and_a_level(replicates, level):
    counts = Counts(np.array([[0, 1], [1, 1]]), "share", by_participant=True, n=2, population="")
    with pytest.raises(ValueError, match="make no interval"):
        interval_of(counts, replicates=replicates, level=level)


tables = arrays.arrays(bool, (5, 3))
units = st.sampled_from(["message", "participant", "thread"])
monotone = st.sampled_from(["share", "at-least", "together", "each-code"])


def of_table(table):
    found = material(a=[], b=[], c=[])
    return Material("x", table, found.person, found.thread, found.column, found.leads_to, {})


@given(tables, tables, units, monotone)
def test_what_either_applied_is_no_less_than_what_one_did_and_that_no_less_than_what_both_did(one, two, unit, check):
    asked = claim(check, unit, codes=("a", "b"), with_=("c",))
    either, first, second, both = (
        counts_of(of_table(table), asked).value for table in (one | two, one, two, one & two)
    )
    assert either >= max(first, second) >= min(first, second) >= both


@given(tables, units, st.sampled_from([rule.name for rule in OVER_CODES]), st.floats(0, 5), st.floats(0, 5))
def test_a_claim_that_holds_at_a_threshold_holds_at_every_easier_one(table, unit, check, one, other):
    asked = claim(check, unit, against=("b",), with_=("b",), beside=("c",))
    try:
        value = counts_of(of_table(table), asked).value
    except LackingError:
        return
    easier, harder = sorted((one, other), reverse=RULES[check].at_most)
    assert asked.holds(value, easier) or not asked.holds(value, harder)


@given(tables, st.permutations(range(3)), st.permutations(range(5)))
def test_the_names_of_codes_and_the_order_of_messages_make_no_difference(table, codes, messages):
    asked = claim("share", "participant", codes=("a", "b"))
    before = counts_of(of_table(table), asked)
    order = list(messages)
    moved = of_table(table)
    renamed = Material(
        "x", table[order][:, list(codes)], PEOPLE[order], THREADS[order],
        {name: codes.index(place) for name, place in moved.column.items()}, moved.leads_to, {},
    )  # fmt: skip
    after = counts_of(renamed, asked)
    assert after.value == before.value
    assert interval_of(after, replicates=50) == interval_of(before, replicates=50)


def test_the_codings_of_a_coder_of_either_of_both_and_of_the_consensus(study):
    found = {who: material_of(study, who) for who in ("A", "B", "any", "all", "consensus")}
    assert {who: given.table.astype(int).tolist() for who, given in found.items()} == {
        "A": [[1, 1], [1, 0], [0, 0], [0, 1]],
        "B": [[1, 0], [1, 0], [0, 0], [0, 1]],
        "any": [[1, 1], [1, 0], [0, 0], [0, 1]],
        "all": [[1, 0], [1, 0], [0, 0], [0, 1]],
        "consensus": [[1, 1], [1, 0], [0, 0], [0, 1]],
    }
    assert found["any"].person.tolist() == [0, 1, 0, 2]
    assert found["any"].thread.tolist() == [0, 0, 0, 1]
    # A code of a coder's own speaks through the shared one that it leads to.
    assert counts_of(found["A"], claim("at-least", codes=("b1",))).value == 2


def test_what_a_coder_has_not_read_is_no_judgement(opened):
    text = replaced("assignments.csv", "B,4,read", "B,4,assigned").replace("A,3,nothing_to_code", "A,3,assigned")
    text = text.replace("B,3,nothing_to_code", "B,3,assigned")
    codings = replaced("codings.csv", "B,4,b2,B-3,0,6,Trains\n", "")
    study = opened(assignments_csv=text, codings_csv=codings)
    found = {who: material_of(study, who) for who in ("A", "B", "any")}
    assert {who: (len(given.person), given.unread) for who, given in found.items()} == {
        "A": (3, 1),
        "B": (2, 2),
        "any": (3, 1),
    }
    assert counts_of(found["B"], claim("share", codes=("travel",))).value == 0
    assert counts_of(found["any"], claim("share", codes=("travel",))).value == pytest.approx(2 / 3)


def test_whose_codings_a_claim_is_tested_over(study, opened):
    assert stated_coders(study) == "consensus"
    assert named_coders(study, "consensus") == "codes on which the coders agreed"
    assert named_coders(study, "A") == "the codings of Ada"
    assert stated_coders(opened(without=("decisions.csv",))) == "all"
    text = replaced("study.yaml", "  - {id: B, name: Ben}\n", "")
    rest = ("codings.csv", "assignments.csv", "decisions.csv", "themes.yaml", "quotations.csv", "codebook.yaml")
    only = opened(without=rest, study_yaml=text)
    assert (stated_coders(only), named_coders(only, "A")) == ("A", "")


@pytest.mark.parametrize("check", [*CLAIM_CHECKS, *METHOD_CHECKS])
def test_every_test_but_those_of_printed_figures_is_a_sentence(check):
    printed = {"count", "period", "quotations", "theme-names"}
    assert bool(RULES[check].sentence) == (check not in printed)


GOOD = {"unit": "message", "threshold": "0.5", "threshold_from": "0.25", "threshold_to": "0.75", "beside": ""}


@pytest.mark.parametrize(
    ("check", "changes", "columns"),
    [
        ("share", {}, []),
        ("share", {"unit": ""}, ["unit"]),
        ("share", {"threshold": ""}, ["threshold"]),
        ("share", {"threshold": "0.9"}, ["threshold"]),
        ("share", {"threshold": "2"}, ["threshold"]),
        ("share", {"threshold_from": "0"}, ["threshold_from"]),
        ("share", {"threshold_from": "0.8"}, ["threshold_from"]),
        ("share", {"threshold_from": "nan"}, []),  # no number: a fault of its own
        ("share", {"beside": "C1"}, ["beside"]),
        ("share-beside", {}, ["beside"]),
        ("share-beside", {"beside": "C1"}, []),
        ("at-most", {"threshold_from": "0"}, []),
        ("at-most", {"threshold_to": "1"}, ["threshold_to"]),
        ("at-most", {"beside": "C1"}, []),
        ("at-least", {}, ["threshold", "threshold_from", "threshold_to"]),
        ("at-least", {"threshold": "2", "threshold_from": "1", "threshold_to": "3"}, []),
        ("at-least", {"threshold": "2", "threshold_from": "0", "threshold_to": "3"}, ["threshold_from"]),
        ("same-patterns", {}, ["unit"]),
        ("same-patterns", {"unit": ""}, []),
        ("count", {"unit": "", "threshold_to": ""}, ["threshold", "threshold_from"]),
        ("none", {"beside": "C1"}, ["unit", "beside", "threshold", "threshold_from", "threshold_to"]),
        ("unheard-of", {}, []),
    ],
)
def test_what_is_wrong_with_unit_threshold_and_range(check, changes, columns):
    assert [column for column, _, _ in wrong_parameters(check, GOOD | changes)] == columns
