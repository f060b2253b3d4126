import math

import numpy as np
import pytest

from lepanalysis import intervals
from lepanalysis.intervals import coefficient_with_interval, draws, percentiles, wilson

NAMES = [
    "percent_agreement",
    "unanimous_agreement",
    "cohen_kappa",
    "scott_pi",
    "fleiss_kappa",
    "krippendorff_alpha",
    "gwet_ac1",
    "gwet_ac2",
    "brennan_prediger",
]


def ratings(units=80, coders=3, seed=0):
    random = np.random.default_rng(seed)
    truth = random.integers(1, 4, units)
    slips = random.random((coders, units)) < 0.4
    found = np.where(slips, random.integers(1, 4, (coders, units)), truth).astype(float)
    found[random.random(found.shape) < 0.1] = math.nan
    return found


@pytest.mark.parametrize("name", NAMES)
def test_bootstrap_and_analytic_intervals_are_much_the_same(name):
    given = ratings(400)
    drawn = coefficient_with_interval(given, name, replicates=1500, seed=1)
    worked_out = coefficient_with_interval(given, name, method="analytic")
    assert drawn.value == worked_out.value
    assert drawn.standard_error == pytest.approx(worked_out.standard_error, rel=0.12)
    assert (drawn.low, drawn.high) == pytest.approx((worked_out.low, worked_out.high), abs=0.02)


@pytest.mark.parametrize("name", ["cohen_kappa", "krippendorff_alpha", "gwet_ac2"])
def test_a_bootstrap_by_patterns_is_one_over_units(name):
    given = ratings(60)
    random = np.random.default_rng(3)
    slow = [
        coefficient_with_interval(given[:, random.integers(0, 60, 60)], name, replicates=2).value for _ in range(800)
    ]
    found = coefficient_with_interval(given, name, replicates=4000)
    assert np.std(slow, ddof=1) == pytest.approx(found.standard_error, rel=0.1)
    assert np.quantile(slow, [0.025, 0.975]) == pytest.approx((found.low, found.high), abs=0.05)


def test_data_that_stand_there_twice_narrow_the_interval():
    given = ratings(100)
    one = coefficient_with_interval(given, replicates=1000)
    twice = coefficient_with_interval(np.tile(given, 2), replicates=1000)
    assert twice.high - twice.low < 0.85 * (one.high - one.low)


def test_units_of_one_cluster_that_are_all_alike_count_once():
    given = ratings(60)
    clusters = [f"thread {unit}" for unit in range(60)] * 3
    one = coefficient_with_interval(given, "gwet_ac1", method="analytic")
    repeated = coefficient_with_interval(np.tile(given, 3), "gwet_ac1", method="analytic", clusters=clusters)
    assert repeated.standard_error == pytest.approx(one.standard_error)
    assert coefficient_with_interval(np.tile(given, 3), clusters=clusters, replicates=50).method.endswith("clusters")


def test_a_seed_gives_the_same_interval_again():
    found = [coefficient_with_interval(ratings(), seed=seed, replicates=200) for seed in (7, 7, 8)]
    assert found[0] == found[1]
    assert found[0] != found[2]


@pytest.mark.parametrize("multiplicities", [[3, 1, 0, 2], [500, 20, 480]])
def test_draws_are_as_many_as_there_are_units(multiplicities):
    given = np.array(multiplicities, dtype=float)
    drawn = np.concatenate(list(draws(given, 3000, np.random.default_rng(0))))
    assert (drawn.sum(axis=1) == given.sum()).all()
    assert drawn.mean(axis=0) == pytest.approx(given, rel=0.1)
    shares = given / given.sum()
    assert drawn.var(axis=0) == pytest.approx(given.sum() * shares * (1 - shares), rel=0.15)


def test_draws_come_in_chunks(monkeypatch):
    monkeypatch.setattr(intervals, "CHUNK", 10)
    assert [len(drawn) for drawn in draws(np.array([2.0, 3.0, 1.0]), 7, np.random.default_rng(0))] == [3, 3, 1]


def test_percentiles_are_those_of_numpy():
    values = np.random.default_rng(0).random((101, 3))
    low, high, error = percentiles(values, 0.9)
    assert low == pytest.approx(np.quantile(values, 0.05, axis=0))
    assert high == pytest.approx(np.quantile(values, 0.95, axis=0))
    assert error == pytest.approx(values.std(axis=0, ddof=1))


def test_replicates_without_a_value_are_left_out_when_they_are_few():
    few, many = np.arange(100.0), np.arange(100.0)
    few[:3], many[:30] = math.nan, math.nan
    low, high, _ = percentiles(np.stack([few, many], axis=1), 0.9)
    assert (low[0], high[0]) == pytest.approx(tuple(np.nanquantile(few, [0.05, 0.95])))
    assert np.isnan([low[1], high[1]]).all()


def test_the_score_interval():
    # By the formula: (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n).
    z, n, p = 1.959963984540054, 20, 0.9
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    ends = [(p + z * z / (2 * n) + sign * half) / (1 + z * z / n) for sign in (-1, 1)]
    assert wilson(p, n) == pytest.approx(ends)
    found = coefficient_with_interval([[1] * 20, [1] * 18 + [2] * 2], "percent_agreement", method="analytic")
    assert found.method == "Wilson score"
    assert [found.low, found.high] == pytest.approx(ends)


@pytest.mark.parametrize("method", ["bootstrap", "analytic"])
@pytest.mark.parametrize(
    ("given", "value", "reason"),
    [
        ([[1, 2, 1], [1, 2, 1]], 1.0, "no interval: the units leave no room"),
        ([[1], [2]], 0.0, "an interval takes two units"),
        ([[1, None], [None, 1]], None, "no unit was judged by two coders"),
        ([[1, 1], [1, 1]], None, "every judgement is the same"),
    ],
)
def test_where_there_is_no_interval_a_reason_says_why(given, value, reason, method):
    if len(given[0]) == 3 and method == "bootstrap":
        # Three units are drawn as three times the same every now and then, and then there is no value.
        reason = "no interval: more than 5% of the replicates"
    found = coefficient_with_interval(given, method=method, replicates=200)
    assert (found.value, found.low, found.high) == (value, None, None)
    assert found.reason.startswith(reason)


def test_unknown_names_and_methods_are_refused():
    with pytest.raises(ValueError, match="'kappa' is no coefficient"):
        coefficient_with_interval([[1], [1]], "kappa")
    with pytest.raises(ValueError, match="use bootstrap or analytic"):
        coefficient_with_interval([[1], [1]], method="exact")
