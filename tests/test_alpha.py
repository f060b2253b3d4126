import itertools
import math
import warnings

import hypothesis.strategies as st
import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings

from lepanalysis import alpha
from lepanalysis.alpha import krippendorff_alpha
from lepanalysis.coefficients import NO_UNIT, ONE_VALUE
from lepanalysis.formulas import LEVELS

_ = None
# Krippendorff (2011), section A: two observers, binary, complete.
BINARY = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
# Section B: two observers, nominal, complete.
NOMINAL = ["aabbdcccedda", "babbbccceddd"]
# Sections C and D: four observers, twelve units, judgements missing.
MISSING = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
# Krippendorff (2019, p. 307), as the tests of the R package quallmer have it: three observers, twelve newspapers.
THREE = ["010110001111", "010100001101", "011001001000"]


@pytest.mark.parametrize(
    ("ratings", "level", "published"),
    [
        (THREE, "nominal", 0.234),
        (BINARY, "nominal", 0.095),
        (NOMINAL, "nominal", 0.692),
        (MISSING, "nominal", 0.743),
        (MISSING, "ordinal", 0.815),
        (MISSING, "interval", 0.849),
        (MISSING, "ratio", 0.797),
    ],
)
def test_the_worked_examples_of_krippendorff(ratings, level, published):
    assert round(krippendorff_alpha(ratings, level).value, 3) == published


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seed", range(10))
def test_alpha_against_the_krippendorff_package(seed, level):
    random = np.random.default_rng(seed)
    ratings = random.integers(0, 6, (random.integers(2, 6), random.integers(8, 40))).astype(float)
    ratings[random.random(ratings.shape) < 0.3] = math.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = krippendorff.alpha(reliability_data=ratings, level_of_measurement=level)
    assert krippendorff_alpha(ratings, level).value == pytest.approx(expected, abs=1e-12)
    assert krippendorff_alpha(ratings.tolist(), level).value == pytest.approx(expected, abs=1e-12)


def test_an_ordinal_scale_of_words_has_the_order_it_is_given():
    words = {1: "never", 2: "now and then", 3: "often"}
    ratings = [[1, 2, 3, 3, 1, _], [1, 3, 3, 2, 1, 2]]
    named = [[words.get(value) for value in row] for row in ratings]
    expected = krippendorff_alpha(ratings, "ordinal").value
    assert krippendorff_alpha(named, "ordinal", list(words.values())).value == pytest.approx(expected)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("ratings", "reason"),
    [([[1, _], [_, 1]], NO_UNIT), ([[_, _], [_, _]], NO_UNIT), ([[1, 2]], NO_UNIT), ([[3, 3], [3, _]], ONE_VALUE)],
)
def test_a_degenerate_case_has_a_reason_and_no_value(ratings, reason, level):
    found = krippendorff_alpha(ratings, level)
    assert (found.value, found.reason) == (None, reason)


def test_one_unit_has_alpha_zero_where_coders_differ():
    # Of two values, one and one, disagreement is all that could be expected.
    assert krippendorff_alpha([[1], [2]]).value == 0.0


def test_values_that_do_not_go_with_a_scale_are_refused():
    with pytest.raises(ValueError, match="'absolute' is no level"):
        krippendorff_alpha([[1], [2]], "absolute")
    with pytest.raises(ValueError, match="numbers, not"):
        krippendorff_alpha([["a"], ["b"]], "interval")
    with pytest.raises(ValueError, match="a ratio scale begins at 0, and -1 lies below it"):
        krippendorff_alpha([[-1, 2], [2, 2]], "ratio")
    with pytest.raises(ValueError, match="give the categories"):
        krippendorff_alpha([["a", 2], ["a", 2]], "ordinal")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(*[st.sampled_from([1, 2, 4])] * 3), min_size=3, max_size=12),
    st.sampled_from(["interval", "ordinal"]),
)
def test_an_interval_scale_may_be_moved_and_stretched(units, level):
    ratings = np.array(units, dtype=float).T
    one, other = krippendorff_alpha(ratings, level), krippendorff_alpha(ratings * 2.5 - 7, level)
    assert one.reason == other.reason
    assert one.value is None or one.value == pytest.approx(other.value, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from([1, 2, 3, _])] * 3), min_size=3, max_size=12))
def test_coders_who_judge_alike_may_be_merged_where_the_other_is_missing(units):
    # Two coders who never judged one unit both count as one coder would who judged for both.
    apart = [[unit[0] for unit in units], [v if n % 2 else _ for n, (_a, v, _b) in enumerate(units)]]
    rest = [_ if n % 2 else v for n, (_a, v, _b) in enumerate(units)]
    merged = [apart[0], [unit[1] for unit in units]]
    assert krippendorff_alpha([*apart, rest]) == krippendorff_alpha(merged)


@pytest.mark.parametrize("distance", alpha.DISTANCES)
@pytest.mark.parametrize("cost", [0, 10**9])
def test_both_ways_to_add_up_distances_give_the_same(distance, cost, monkeypatch):
    monkeypatch.setattr(alpha, "DISTANCES_PER_SUBSET", cost)
    random = np.random.default_rng(5)
    table = np.unique(random.random((80, 7)) < 0.4, axis=0)
    occurrences = random.integers(0, 5, len(table)).astype(float)
    sizes = table.sum(axis=1)
    apart = np.array(
        [
            [alpha.distance_of(np.array((x & y).sum()), sizes[i], sizes[j], distance) for j, y in enumerate(table)]
            for i, x in enumerate(table)
        ]
    )
    assert alpha.distances_between(table, distance) == pytest.approx(apart)
    assert alpha.distances_to_all(table, occurrences, [distance])[0] == pytest.approx(apart @ occurrences)
    assert alpha.expected_disagreement(table, occurrences, distance) == pytest.approx(occurrences @ apart @ occurrences)


def test_distinct_rows_of_a_wide_table():
    table = np.random.default_rng(0).random((60, 70)) < 0.02
    first, number = alpha.distinct_rows(table)
    assert (table[first][number] == table).all()
    assert len(first) == len(np.unique(table, axis=0))
    assert not any((table[a] == table[b]).all() for a, b in itertools.combinations(first, 2))
