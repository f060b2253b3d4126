import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.metrics import cohen_kappa_score

from lepanalysis import coefficients as c
from lepanalysis.alpha import krippendorff_alpha
from lepanalysis.formulas import weight_table

_ = None
# Fleiss (1971), table 1: 30 patients, how many of six psychiatrists gave each of five diagnoses.
DIAGNOSES = """
    00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
    00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""
# Feinstein & Cicchetti (1990): tables with one observed agreement and unlike kappas, as a, b, c, d.
PARADOXES = {
    (40, 9, 6, 45): (0.85, 0.70),
    (80, 10, 5, 5): (0.85, 0.32),
    (45, 15, 25, 15): (0.60, 0.13),
    (25, 35, 5, 35): (0.60, 0.26),
}


def pairs_of(a, b, c_, d):
    """Return the yes and no of two coders from how often both, the first, the second and neither said yes."""
    pairs = [(1, 1)] * a + [(1, 0)] * b + [(0, 1)] * c_ + [(0, 0)] * d
    return [list(coder) for coder in zip(*pairs, strict=True)]


# Gwet (2014; irrCAC has it as raw4raters): twelve subjects, four raters, judgements missing. It is Krippendorff's.
FOUR_RATERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]


def rounded(coefficient, places=2):
    return round(coefficient.value, places)


def test_the_diagnoses_of_fleiss():
    patients = [[number for number, times in enumerate(row) for _ in range(int(times))] for row in DIAGNOSES.split()]
    ratings = list(zip(*patients, strict=True))
    assert [sum(row.count(diagnosis) for row in patients) for diagnosis in range(5)] == [26, 26, 30, 55, 43]
    assert rounded(c.fleiss_kappa(ratings), 3) == 0.430


@pytest.mark.parametrize(("cells", "published"), PARADOXES.items())
def test_the_paradoxes_of_feinstein_and_cicchetti(cells, published):
    first, second = pairs_of(*cells)
    assert (rounded(c.percent_agreement(first, second)), rounded(c.cohen_kappa(first, second))) == published


def test_agreement_on_yes_and_on_no_tells_the_paradox():
    # Cicchetti & Feinstein (1990), on the second of these tables.
    found = c.indices(*pairs_of(80, 10, 5, 5))
    assert {name: rounded(value) for name, value in found.items()} == {
        "prevalence_index": 0.75,
        "bias_index": 0.05,
        "positive_agreement": 0.91,
        "negative_agreement": 0.40,
    }


def test_the_paradox_of_gwet():
    # Gwet (2008): of 125 subjects, 118 to whom both raters, 5 and 2 to whom one and none to whom neither said yes.
    ratings = pairs_of(118, 5, 2, 0)
    assert rounded(c.cohen_kappa(*ratings), 4) == -0.0234
    assert rounded(c.gwet_ac1(ratings), 4) == 0.9408


def test_the_four_raters_of_gwet():
    assert rounded(c.fleiss_kappa(FOUR_RATERS), 5) == 0.76117
    assert rounded(krippendorff_alpha(FOUR_RATERS), 5) == 0.74342
    assert rounded(c.brennan_prediger(FOUR_RATERS), 5) == 0.77273
    assert rounded(c.gwet_ac1(FOUR_RATERS), 5) == 0.77544
    # Percent agreement is printed as .81818, the mean over units; ours is that over pairs of raters. Gwet's is the
    # one in the coefficients: Brennan-Prediger is (p_o - 1/5) / (1 - 1/5).
    assert round(c.brennan_prediger(FOUR_RATERS).value * 4 / 5 + 1 / 5, 5) == 0.81818


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
@pytest.mark.parametrize("seed", range(8))
def test_weighted_kappa_against_scikit_learn(seed, weights):
    a, b = np.random.default_rng(seed).integers(0, 4, (2, 40)).tolist()
    expected = cohen_kappa_score(a, b, weights=weights, labels=[0, 1, 2, 3])
    assert c.cohen_kappa(a, b, weights, [0, 1, 2, 3]).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_kappa_of_many_codes_against_scikit_learn(seed):
    a, b = np.random.default_rng(seed).random((2, 600, 5)) < 0.3
    expected = [cohen_kappa_score(x, y) for x, y in zip(a.T, b.T, strict=True)]
    assert c.kappa_of_codes(a, b) == pytest.approx(expected, abs=1e-12)


def test_counts_of_more_than_a_byte():
    table = np.random.default_rng(0).random((1234, 3)) < [0.0, 0.5, 1.0]
    assert c.column_counts(table).tolist() == table.sum(axis=0).tolist()


def test_weights():
    assert weight_table("linear", [1, 2, 3])[0].tolist() == [1.0, 0.5, 0.0]
    assert weight_table("quadratic", [1, 2, 3])[0].tolist() == [1.0, 0.75, 0.0]
    # Gwet (2014, ch. 3): of the three pairs of categories, one lies between neighbours.
    assert weight_table("ordinal", [1, 2, 3])[0] == pytest.approx([1, 2 / 3, 0])
    with pytest.raises(ValueError, match="use linear, quadratic, ordinal"):
        weight_table("cubic", [1, 2])


def test_the_order_of_categories_can_be_given():
    a, b = ["low", "high", "middle", "low"], ["low", "middle", "middle", "middle"]
    numbers = {"low": 1, "middle": 2, "high": 3}
    expected = cohen_kappa_score([numbers[x] for x in a], [numbers[x] for x in b], weights="linear")
    assert c.cohen_kappa(a, b, "linear", ["low", "middle", "high"]).value == pytest.approx(expected)
    with pytest.raises(ValueError, match="'high' is no category"):
        c.cohen_kappa(a, b, "linear", ["low", "middle"])


def test_a_category_that_nobody_chose_changes_what_chance_is():
    a, b = [1, 1, 2, 1], [1, 2, 2, 1]
    assert c.brennan_prediger([a, b]).value == pytest.approx(0.5)
    assert c.brennan_prediger([a, b], categories=[1, 2, 3]).value == pytest.approx((0.75 - 1 / 3) / (2 / 3))


def test_pooled_kappa_has_a_value_where_one_code_has_none():
    # Agreements .9 and 1, expectations .5 and 1: (.95 - .75) / .25.
    assert c.pooled_kappa([[[45, 5], [5, 45]], [[100, 0], [0, 0]]]).value == pytest.approx(0.8)
    assert c.pooled_kappa([[[45, 5], [5, 45]]]).value == pytest.approx(
        c.kappa_of_table(np.array([[45, 5], [5, 45]])).value
    )
    assert c.pooled_kappa([]).reason == c.NO_UNIT
    assert c.pooled_kappa([[[9, 0], [0, 0]]]).reason == c.ONE_VALUE


def test_all_coders_and_pairs_of_coders():
    ratings = [[1, 1, 1, 2], [1, 1, 2, 2], [1, 2, 2, None]]
    assert c.unanimous_agreement(ratings).value == 0.5
    assert c.percent_agreement(ratings[0], ratings[2]).value == pytest.approx(1 / 3)


ALL = {
    "percent_agreement": lambda r: c.percent_agreement(*r[:2]),
    "cohen_kappa": lambda r: c.cohen_kappa(*r[:2]),
    "scott_pi": lambda r: c.scott_pi(*r[:2]),
    "fleiss_kappa": c.fleiss_kappa,
    "gwet_ac1": c.gwet_ac1,
    "gwet_ac2": c.gwet_ac2,
    "brennan_prediger": c.brennan_prediger,
    "unanimous_agreement": c.unanimous_agreement,
}
CORRECTED = {"cohen_kappa", "scott_pi", "fleiss_kappa"}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        ([[], []], c.NO_UNIT),
        ([[1, _], [_, 1]], c.NO_UNIT),
        ([[math.nan, _], [1, 1]], c.NO_UNIT),
        ([[1], [1]], "only one"),
        ([[1, 1, 1], [1, 1, 1]], "only one"),
    ],
)
def test_a_degenerate_case_has_a_value_or_a_reason(name, ratings, reason):
    found = ALL[name](ratings)
    if reason == "only one":
        reason = c.ONE_VALUE if name in CORRECTED else c.ONE_CATEGORY
        if name in {"percent_agreement", "unanimous_agreement"}:
            assert (found.value, found.reason) == (1.0, "")
            return
    assert (found.value, found.reason) == (None, reason)


def test_a_coder_who_used_nothing():
    first, second = [1, 1, 0, 0], [0, 0, 0, 0]
    assert c.cohen_kappa(first, second).value == 0.0
    assert c.scott_pi(first, second).value == pytest.approx(-1 / 3)
    assert c.indices(first, second)["positive_agreement"].value == 0.0
    assert c.indices(second, second)["positive_agreement"].reason == "nobody said yes"


VALUES = st.sampled_from([1, 2, 3])
COMPLETE = st.integers(2, 4).flatmap(
    lambda coders: st.lists(st.tuples(*[VALUES] * coders), min_size=2, max_size=15).map(
        lambda units: [[unit[coder] for unit in units] for coder in range(coders)]
    )
)


def same(one, other):
    if one.value is None or other.value is None:
        return (one.value, one.reason) == (other.value, other.reason)
    return one.value == pytest.approx(other.value, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(COMPLETE, st.sampled_from(sorted(ALL)), st.randoms(use_true_random=False))
def test_neither_the_order_of_units_nor_that_of_two_coders_matters(ratings, name, random):
    order = list(range(len(ratings[0])))
    random.shuffle(order)
    swapped = [[row[place] for place in order] for row in (ratings[1], ratings[0], *ratings[2:])]
    assert same(ALL[name](ratings), ALL[name](swapped))


@settings(max_examples=40, deadline=None)
@given(COMPLETE, st.sampled_from(sorted(set(ALL) - {"gwet_ac2"})))
def test_names_of_categories_do_not_matter(ratings, name):
    renamed = [[{1: "z", 2: "y", 3: "x"}[value] for value in row] for row in ratings]
    assert same(ALL[name](ratings), ALL[name](renamed))


@settings(max_examples=40, deadline=None)
@given(COMPLETE, st.sampled_from(sorted(ALL)))
def test_units_that_stand_there_twice_change_nothing(ratings, name):
    assert same(ALL[name](ratings), ALL[name]([row * 2 for row in ratings]))


@settings(max_examples=30, deadline=None)
@given(st.lists(VALUES, min_size=3).filter(lambda row: len(set(row)) > 1), st.sampled_from(sorted(ALL)))
def test_perfect_agreement_is_one(row, name):
    assert ALL[name]([row, row, row]).value == pytest.approx(1.0)


@settings(max_examples=30, deadline=None)
@given(COMPLETE)
def test_fleiss_kappa_of_two_coders_is_scotts_pi(ratings):
    assert same(c.fleiss_kappa(ratings[:2]), c.scott_pi(*ratings[:2]))


@pytest.mark.parametrize("name", sorted(CORRECTED))
def test_a_coder_who_draws_lots_agrees_by_chance_alone(name):
    random = np.random.default_rng(0)
    row = random.integers(0, 3, 4000)
    assert abs(ALL[name]([row, random.permutation(row)]).value) < 0.05


def test_arrays_and_lists_give_the_same():
    ratings = np.array([[1.0, 2.0, math.nan, 5.0], [1.0, 5.0, 2.0, 5.0]])
    for name, of in ALL.items():
        assert same(of(ratings), of(ratings.tolist())), name
    halves = ratings / 3
    assert same(c.gwet_ac1(halves), c.gwet_ac1(ratings))
