import itertools
import math
import warnings

import hypothesis.strategies as st
import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.metrics import cohen_kappa_score
from studies import replaced

from lepanalysis import agreement
from lepanalysis.agreement import alpha_of_sets, cohen_kappa, krippendorff_alpha, percent_agreement
from lepanalysis.faults import UsageError

_ = None
# Krippendorff (2011), section C: four observers, twelve units.
WORKED = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
NO_CODINGS = "coder,message_id,code_id\n"
MAPS = (
    "decision_id,decided_at,kind,subjects,outcome,target,by\n"
    "d1,2020-04-01,code,a1;b1,map,space,A;B\nd2,2020-04-01,code,a2;b2,map,travel,A;B\n"
)


def values(frame):
    return dict(zip(frame["measure"], frame["value"], strict=True))


def row(frame, code):
    return frame.set_index("code_id").loc[code]


def test_the_worked_example_of_krippendorff():
    assert round(krippendorff_alpha(WORKED).value, 3) == 0.743
    assert krippendorff_alpha(WORKED).reason == ""


def test_the_worked_example_of_cohen():
    # Cohen (1960), table 1, as frequencies of 200: kappa .492.
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    pairs = [(i, j) for i in range(3) for j in range(3) for _ in range(table[i][j])]
    a, b = zip(*pairs, strict=True)
    assert round(cohen_kappa(a, b).value, 3) == 0.492
    assert percent_agreement(a, b).value == 0.7


@pytest.mark.parametrize("seed", range(20))
def test_alpha_against_the_krippendorff_package(seed):
    random = np.random.default_rng(seed)
    ratings = random.integers(0, 4, (random.integers(2, 6), random.integers(5, 40))).astype(float)
    ratings[random.random(ratings.shape) < 0.3] = math.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = krippendorff.alpha(reliability_data=ratings, level_of_measurement="nominal")
    assert krippendorff_alpha(ratings.tolist()).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_kappa_against_scikit_learn(seed):
    random = np.random.default_rng(seed)
    a, b = random.integers(0, 3, (2, 30)).tolist()
    assert cohen_kappa(a, b).value == pytest.approx(cohen_kappa_score(a, b), abs=1e-12)


def distance(x, y, name):
    if not x and not y:
        return 0.0
    jaccard = len(x & y) / len(x | y)
    if name == "jaccard":
        return 1 - jaccard
    monotonicity = 1.0 if x == y else 2 / 3 if x <= y or y <= x else 1 / 3 if x & y else 0.0
    return 1 - jaccard * monotonicity


def slow_alpha_of_sets(rows, name):
    """Alpha by its definition, pair by pair (Krippendorff, 2019, ch. 12)."""
    units = [[given for given in unit if given is not None] for unit in zip(*rows, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    pooled = [given for unit in units for given in unit]
    n = len(pooled)
    observed = sum(distance(x, y, name) / (len(unit) - 1) for unit in units for x, y in itertools.permutations(unit, 2))
    expected = sum(distance(x, y, name) for x, y in itertools.permutations(pooled, 2)) / (n - 1) if n else 0
    return 1 - observed / expected if expected else None


SETS = st.one_of(st.none(), st.frozensets(st.sampled_from("abcd"), max_size=3))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda coders: st.lists(st.tuples(*[SETS] * coders), max_size=12).map(
            lambda units: [[unit[coder] for unit in units] for coder in range(coders)]
        )
    ),
    st.sampled_from(["masi", "jaccard"]),
)
def test_alpha_of_sets_is_what_its_definition_says(rows, name):
    expected = slow_alpha_of_sets(rows, name)
    found = alpha_of_sets(rows, name)
    if expected is None:
        assert found.value is None
        assert found.reason
    else:
        assert found.value == pytest.approx(expected, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from([_, "x", "y"]), min_size=6, max_size=6), min_size=2, max_size=4))
def test_alpha_does_not_mind_the_order_of_coders_or_the_names_of_values(ratings):
    alpha = krippendorff_alpha(ratings)
    renamed = [[{"x": 7, "y": "z"}.get(value) for value in row] for row in reversed(ratings)]
    other = krippendorff_alpha(renamed)
    assert (alpha.value is None) == (other.value is None)
    assert alpha.value is None or alpha.value == pytest.approx(other.value)


def test_distances_of_sets_that_are_empty():
    a, empty = {"x"}, set()
    assert alpha_of_sets([[a, empty], [a, empty]]).value == 1.0
    # Two units that agree and one that is as far apart as can be: 1 - 2 / ((3 * 3 + 3 * 3) / 5).
    assert alpha_of_sets([[a, empty, a], [a, empty, empty]]).value == pytest.approx(1 - 2 / (18 / 5))


@pytest.mark.parametrize(
    ("coefficient", "reason"),
    [
        (krippendorff_alpha([]), "no unit was judged by two coders"),
        (krippendorff_alpha([[1, _], [_, 1]]), "no unit was judged by two coders"),
        (krippendorff_alpha([[1, 1], [1, 1]]), "every judgement is the same"),
        (cohen_kappa([1, 1], [1, 1]), "every judgement is the same"),
        (cohen_kappa([_, 1], [1, math.nan]), "no unit was judged by two coders"),
        (percent_agreement([], []), "no unit was judged by two coders"),
        (alpha_of_sets([[set()], [set()]]), "every judgement is the same"),
        (alpha_of_sets([[{"a"}], [_]]), "no unit was judged by two coders"),
    ],
)
def test_a_degenerate_case_has_a_reason_and_no_value(coefficient, reason):
    assert coefficient.value is None
    assert coefficient.reason.startswith(reason)


def test_rows_of_unlike_length_and_unknown_distances_are_refused():
    with pytest.raises(ValueError, match=r"the rows have \[1, 2\] values"):
        krippendorff_alpha([[1], [1, 2]])
    with pytest.raises(ValueError, match="use masi or jaccard"):
        alpha_of_sets([[{1}], [{1}]], "dice")


def test_agreement_by_code(study):
    travel = row(agreement.by_code(study), "travel")
    counts = ["n_units", "n_both", "n_first", "n_second", "n_neither"]
    assert travel[counts].to_list() == [4, 1, 1, 0, 2]
    assert travel["prevalence"] == 0.375
    assert travel["percent_agreement"] == 0.75
    assert travel["cohen_kappa"] == 0.5
    assert travel["krippendorff_alpha"] == pytest.approx(1 - 7 * 2 / (64 - 25 - 9))


def test_overall_agreement_by_message(study):
    found = values(agreement.overall(study))
    a, b = [1, 1, 1, 0, 0, 0, 0, 1], [1, 0, 1, 0, 0, 0, 0, 1]
    sets = [[{"s", "t"}, {"s"}, set(), {"t"}], [{"s"}, {"s"}, set(), {"t"}]]
    assert found == pytest.approx(
        {
            "percent_agreement": 7 / 8,
            "cohen_kappa": cohen_kappa_score(a, b),
            "krippendorff_alpha": krippendorff.alpha([a, b], level_of_measurement="nominal"),
            "krippendorff_alpha_masi": slow_alpha_of_sets(sets, "masi"),
            "krippendorff_alpha_jaccard": slow_alpha_of_sets(sets, "jaccard"),
        }
    )


def test_what_was_not_read_is_missing_and_not_a_no(opened):
    reading = replaced("assignments.csv", "B,1,read\n", "")
    codings = replaced("codings.csv", "B,1,b1,B-1,8,21,a shared room\n", "")
    frame = agreement.by_code(opened(assignments_csv=reading, codings_csv=codings))
    assert frame["n_units"].to_list() == [3, 3]
    assert row(frame, "travel")["percent_agreement"] == 1.0


def test_only_coded_units(study):
    assert agreement.by_code(study, universe="coded")["n_units"].to_list() == [3, 3]
    assert row(agreement.by_code(study, universe="coded"), "travel")["n_neither"] == 1


def test_a_code_applied_twice_in_a_message_counts_once(opened):
    twice = replaced("codings.csv", "A,2,a1", "A,1,a1,A-9,23,41,And faster trains.\nA,2,a1")
    assert row(agreement.by_code(opened(codings_csv=twice)), "space")["n_both"] == 2


@pytest.mark.parametrize(
    ("unit", "n_units", "travel"),
    [
        ("message", 4, (1, 1, 0, 2)),
        ("segment", 5, (1, 1, 0, 3)),
        ("character", 98, (6, 33, 0, 59)),
        ("thread", 2, (1, 1, 0, 0)),
        ("participant", 3, (1, 1, 0, 1)),
    ],
)
def test_units(study, unit, n_units, travel):
    frame = agreement.by_code(study, unit=unit)
    assert frame["n_units"].to_list() == [n_units] * 2
    assert tuple(row(frame, "travel")[["n_both", "n_first", "n_second", "n_neither"]]) == travel


def test_characters_agree_as_if_each_were_judged_by_itself(study):
    texts = study.messages.frame.set_index("message_id")["text"]
    applied = agreement.applications(study)
    judged = {}
    for coder in "AB":
        flags = {message: [set() for character in text] for message, text in texts.items()}
        for found in applied[applied["coder"] == coder].itertuples():
            for place in range(found.start, found.end):
                flags[found.message_id][place].add(found.code_id)
        judged[coder] = [given for message in texts.index for given in flags[message]]
    found = values(agreement.overall(study, unit="character"))
    assert found["krippendorff_alpha_masi"] == pytest.approx(slow_alpha_of_sets(list(judged.values()), "masi"))
    pooled = [[code in given for code in ("space", "travel") for given in judged[coder]] for coder in "AB"]
    assert found["cohen_kappa"] == pytest.approx(cohen_kappa_score(*pooled))


def test_a_thread_counts_for_a_coder_who_read_all_of_it(opened):
    reading = replaced("assignments.csv", "B,3,nothing_to_code", "B,3,assigned")
    assert agreement.by_code(opened(assignments_csv=reading), unit="thread")["n_units"].to_list() == [1, 1]


def test_three_coders(opened):
    study = opened(
        study_yaml=replaced("study.yaml", "  - {id: B, name: Ben}", "  - {id: B, name: Ben}\n  - {id: C, name: Cy}"),
        codings_csv=replaced("codings.csv", "B,4,b2", "C,1,space,C-1,,,\nC,4,travel,C-2,,,\nB,4,b2"),
        without=("assignments.csv",),
    )
    frame = agreement.by_code(study)
    space = row(frame, "space")
    assert frame["n_both"].isna().all()
    assert space["percent_agreement"] == pytest.approx((1 + 0.75 + 0.75) / 3)
    assert space["cohen_kappa"] == pytest.approx((1 + 0.5 + 0.5) / 3)
    ratings = [[1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 0]]
    expected = krippendorff.alpha(ratings, level_of_measurement="nominal")
    assert space["krippendorff_alpha"] == pytest.approx(expected)
    assert agreement.overall(study)["reason"].to_list() == [""] * 5


def test_one_coder_has_nobody_to_agree_with(opened):
    study = opened(
        study_yaml="title: t\nclass: open\nsource: s\nlicence: l\ncoders:\n  - {id: A, name: Ada}\n",
        codebook_yaml="codes:\n  - {id: a1, name: Place, definition: a place to meet}\n",
        codings_csv="coder,message_id,code_id\nA,1,a1\n",
        without=("assignments.csv", "decisions.csv", "themes.yaml", "quotations.csv"),
    )
    assert agreement.overall(study)["value"].isna().all()
    assert set(agreement.overall(study)["reason"]) == {"there are fewer than two coders"}
    assert agreement.by_code(study)["n_units"].to_list() == [0]
    assert len(agreement.disagreements(study)) == 0


def test_coders_without_a_shared_code_are_told_so(opened):
    study = opened(
        codebook_yaml="codes:\n  - {id: a1, name: Place, definition: d, coder: A}\n",
        codings_csv="coder,message_id,code_id\nA,1,a1\n",
        without=("decisions.csv", "themes.yaml", "quotations.csv"),
    )
    assert set(agreement.overall(study)["reason"]) == {"the coders share no code"}
    assert len(agreement.by_code(study)) == 0


@pytest.mark.parametrize("unit", agreement.UNITS)
@pytest.mark.parametrize("universe", agreement.UNIVERSES)
def test_without_codings_every_coefficient_has_its_reason(opened, unit, universe):
    study = opened(codings_csv=NO_CODINGS, without=("decisions.csv",))
    frame = agreement.overall(study, unit, universe)
    assert (frame["reason"] != "").to_list() == frame["value"].isna().to_list()
    assert (agreement.by_code(study, unit, universe)["reason"] != "").all()
    assert len(agreement.disagreements(study)) == 0


def test_unknown_units_and_universes_are_refused(study):
    with pytest.raises(UsageError, match="'word' is no unit of agreement"):
        agreement.by_code(study, unit="word")
    with pytest.raises(UsageError, match="use all or coded"):
        agreement.overall(study, universe="some")


def disagreements(study):
    frame = agreement.disagreements(study)
    columns = ["message_id", "code_id", "kind", "coders", "codings", "text", "status", "decision_id"]
    return [tuple(found) for found in frame[columns].itertuples(index=False)]


def test_a_missed_code(study):
    assert disagreements(study) == [
        ("1", "travel", "missed", "A", "A-2", "And faster trains.", "settled", "d3"),
    ]
    found = agreement.disagreements(study).iloc[0]
    assert (found["thread_id"], found["code"], found["theme"]) == ("T1", "Transport", "Getting about")
    assert found["reason"] == "said in so many words"


def test_different_codes_on_the_same_words(opened):
    codings = "coder,message_id,code_id,coding_id,start,end\nA,1,a1,A-1,0,22\nB,1,b2,B-1,8,21\nA,2,a1,A-2,0,6\n"
    assert disagreements(opened(codings_csv=codings, decisions_csv=MAPS)) == [
        ("1", "space", "different code", "A", "A-1", "We need a shared room.", "open", ""),
        ("1", "travel", "different code", "B", "B-1", "a shared room", "open", ""),
        ("2", "space", "missed", "A", "A-2", "A room", "open", ""),
    ]


def test_a_code_that_both_have_is_not_a_different_one(opened):
    codings = "coder,message_id,code_id,coding_id,start,end\nA,1,a1,A-1,0,22\nA,1,a2,A-2,0,22\nB,1,b2,B-1,8,21\n"
    assert disagreements(opened(codings_csv=codings, decisions_csv=MAPS)) == [
        ("1", "space", "missed", "A", "A-1", "We need a shared room.", "open", ""),
    ]


def test_boundaries_that_do_not_meet(opened):
    codings = "coder,message_id,code_id,coding_id,start,end\nA,1,a1,A-1,0,7\nB,1,b1,B-1,8,21\n"
    text = "We need / a shared room"
    expected = ("1", "space", "boundary", "A; B", "A-1; B-1", text, "stands", "")
    assert disagreements(opened(codings_csv=codings, decisions_csv=MAPS)) == [expected]


def test_boundaries_that_were_redrawn(opened):
    log = (
        "decision_id,decided_at,kind,subjects,outcome,message_id,start,end,code_id,target,by\n"
        "d1,2020-04-01,code,a1;b1,map,,,,,space,A;B\nd2,2020-04-01,code,a2;b2,map,,,,,travel,A;B\n"
        "d4,2020-04-01,coding,A-1;B-1,redraw,1,3,21,space,,A;B\n"
    )
    found = disagreements(opened(decisions_csv=log))
    text = "We need a shared room. / a shared room"
    assert found[0] == ("1", "space", "boundary", "A; B", "A-1; B-1", text, "settled", "d4")


def test_no_themes_leave_the_theme_empty(opened):
    study = opened(without=("themes.yaml", "quotations.csv"), decisions_csv=MAPS)
    assert agreement.disagreements(study)["theme"].to_list() == [""]
