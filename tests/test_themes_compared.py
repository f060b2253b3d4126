import itertools

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from sklearn.metrics import adjusted_rand_score
from studies import replaced

from lepanalysis.faults import MissingTableError, UsageError
from lepanalysis.themes_compared import (
    adjusted_rand,
    best_matching,
    candidate_members,
    candidates_compared,
    omega_index,
    overlap_matrix,
)

NO_CODINGS = "coder,message_id,code_id\n"
MAPS = (
    "decision_id,decided_at,kind,subjects,outcome,target,by\n"
    "d1,2020-04-01,code,a1;b1,map,space,A;B\nd2,2020-04-01,code,a2;b2,map,travel,A;B\n"
)
# A second candidate of B's, so that both partition what they coded.
TWO = {
    "themes_yaml": replaced(
        "themes.yaml",
        "{id: cb1, name: All, codes: [b1, b2]}",
        "{id: cb1, name: Rooms, codes: [b1]}\n    - {id: cb2, name: Trains, codes: [b2]}",
    ),
    "decisions_csv": MAPS,
    "codings_csv": replaced("codings.csv", "A,1,a2,A-2,23,41,And faster trains.\n", ""),
}
LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30)
SETS = st.frozensets(st.sampled_from("xyz"), max_size=3)


def slow_omega(first, second):
    """Pair by pair, as Collins and Dent (1988) define it."""
    pairs = list(itertools.combinations(range(len(first)), 2))
    a, b = ([len(given[i] & given[j]) for i, j in pairs] for given in (first, second))
    n = len(pairs)
    observed = sum(x == y for x, y in zip(a, b, strict=True)) / n
    expected = sum(a.count(times) * b.count(times) for times in set(a)) / n**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


@settings(max_examples=100, deadline=None)
@given(LABELS)
def test_the_adjusted_rand_index_against_scikit_learn(labels):
    a, b = zip(*labels, strict=True)
    found = adjusted_rand(a, b)
    if found.value is None:
        # One group each, or each unit by itself in both: scikit-learn calls that 1, and there 0 would be as right.
        assert len(set(a)) in {1, len(a)}
        assert len(set(a)) == len(set(b))
    else:
        assert found.value == pytest.approx(adjusted_rand_score(a, b), abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(SETS, SETS), min_size=2, max_size=12))
def test_omega_is_what_its_definition_says(units):
    first, second = (list(given) for given in zip(*units, strict=True))
    expected, found = slow_omega(first, second), omega_index(first, second)
    assert (found.value is None) == (expected is None)
    assert expected is None or found.value == pytest.approx(expected, abs=1e-12)
    # Symmetric, and 1 for a grouping with itself.
    assert omega_index(second, first).value == pytest.approx(found.value)
    assert omega_index(first, first).value in (None, pytest.approx(1.0))


@settings(max_examples=60, deadline=None)
@given(LABELS)
def test_over_partitions_omega_is_the_adjusted_rand_index(labels):
    a, b = ([{label} for label in given] for given in zip(*labels, strict=True))
    rand = adjusted_rand(*zip(*labels, strict=True))
    assert (omega_index(a, b).value is None) == (rand.value is None)
    assert rand.value is None or omega_index(a, b).value == pytest.approx(rand.value, abs=1e-12)


def test_the_blocks_do_not_matter(monkeypatch):
    first = [{x} | ({"z"} if y % 3 else set()) for y, x in enumerate("xyxyyxxyzx")]
    second = [{y % 4} for y in range(10)]
    whole = omega_index(first, second).value
    monkeypatch.setattr("lepanalysis.themes_compared.BLOCK", 2)
    assert omega_index(first, second).value == pytest.approx(whole)
    assert whole == pytest.approx(slow_omega(first, second))


@pytest.mark.parametrize(
    ("index", "reason"),
    [
        (adjusted_rand([], []), "fewer than two units"),
        (adjusted_rand(["x"], ["y"]), "fewer than two units"),
        (adjusted_rand(["x", "x"], ["y", "y"]), "both put every pair of units alike"),
        (adjusted_rand(["x", "y"], ["y", "x"]), "both put every pair of units alike"),
        (omega_index([{"x"}], [{"x"}]), "fewer than two units"),
        (omega_index([set(), set()], [set(), set()]), "both put every pair of units alike"),
    ],
)
def test_a_degenerate_case_has_a_reason_and_no_value(index, reason):
    assert index.value is None
    assert reason in index.reason


def test_groupings_of_unlike_length_are_refused():
    with pytest.raises(ValueError, match="these have 1 and 2"):
        adjusted_rand([1], [1, 2])
    with pytest.raises(ValueError, match="these have 1 and 2"):
        omega_index([{1}], [{1}, {2}])


def test_where_candidates_meet(study):
    assert candidate_members(study, "B")["cb1"].to_list() == [True, True, False, True]
    assert overlap_matrix(study, "A", "B").to_numpy().tolist() == [[2], [2]]
    assert overlap_matrix(study, "B", "A", "jaccard").to_numpy().tolist() == [[2 / 3, 2 / 3]]
    with pytest.raises(UsageError, match="use messages or jaccard"):
        overlap_matrix(study, "A", "B", "dice")
    with pytest.raises(UsageError, match="name two different ones"):
        overlap_matrix(study, "A", "A")


def test_only_messages_that_both_read_count(opened):
    reading = replaced("assignments.csv", "B,4,read", "B,4,assigned")
    study = opened(assignments_csv=reading, codings_csv=replaced("codings.csv", "B,4,b2,B-3,0,6,Trains\n", ""))
    assert overlap_matrix(study, "A", "B").to_numpy().tolist() == [[2], [1]]
    assert candidates_compared(study)["n_units"].to_list() == [2, 3]


def test_the_best_matching(opened):
    columns = ["candidate_id", "other_id", "messages", "other_messages", "both", "jaccard"]
    frame = best_matching(opened(**TWO), "A", "B")
    assert [tuple(row) for row in frame[columns].itertuples(index=False)] == [
        ("ca1", "cb1", 2, 2, 2, 1.0),
        ("ca2", "cb2", 1, 1, 1, 1.0),
    ]
    frame = best_matching(opened(), "A", "B")
    assert [tuple(row) for row in frame[columns].itertuples(index=False)] == [
        ("ca1", "cb1", 2, 3, 2, 2 / 3),
        ("ca2", "", 2, 0, 0, 0.0),
    ]


def test_candidates_with_nothing_in_common_are_no_pair(opened):
    study = opened(codings_csv="coder,message_id,code_id\nA,1,a1\nB,4,b1\n", decisions_csv=MAPS)
    frame = best_matching(study, "A", "B")
    assert list(zip(frame["candidate_id"], frame["other_id"], strict=True)) == [("ca1", ""), ("ca2", ""), ("", "cb1")]


def test_two_indices_over_all_candidates(opened):
    frame = candidates_compared(opened(**TWO)).set_index("measure")
    assert frame["value"].to_list() == [1.0, 1.0]
    assert frame["n_units"].to_list() == [3, 4]


def test_where_candidates_overlap_there_is_no_partition_and_omega_all_the_same(study):
    frame = candidates_compared(study).set_index("measure")
    assert frame["value"].isna().to_list() == [True, False]
    assert frame.loc["adjusted_rand_index", "reason"] == (
        "no partition: messages in several candidate themes of one coder (A 1)"
    )
    first = [{"x", "y"}, {"x"}, set(), {"y"}]
    second = [{"x"}, {"x"}, set(), {"x"}]
    assert frame.loc["omega_index", "value"] == pytest.approx(slow_omega(first, second))


def test_without_codings_or_candidates_the_reasons_are_given(opened):
    frame = candidates_compared(opened(codings_csv=NO_CODINGS, decisions_csv=MAPS))
    assert frame["value"].isna().all()
    assert (frame["reason"] != "").all()
    alone = "candidate:\n  B:\n    - {id: cb1, name: All, codes: [b1]}\nagreed: []\n"
    study = opened(themes_yaml=alone, decisions_csv=MAPS, without=("quotations.csv",))
    assert len(candidates_compared(study)) == 0
    assert best_matching(study, "A", "B")["other_id"].to_list() == ["cb1"]
    with pytest.raises(MissingTableError, match=r"no themes\.yaml"):
        candidates_compared(opened(decisions_csv=MAPS, without=("themes.yaml", "quotations.csv")))
