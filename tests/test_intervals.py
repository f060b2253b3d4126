import math

import numpy as np
import pytest

from lepanalysis import intervals
from lepanalysis.coefficients import NOT_TWO_CODERS, indices
from lepanalysis.intervals import draws, percentiles, wilson
from lepanalysis.intervals_arrays import INDICES, coefficient_with_interval, indices_with_intervals

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


def pair(a, b, c, d):
    """Return the yes and no of two coders from how often both, the first, the second and neither said yes."""
    return [1] * (a + b) + [0] * (c + d), [1] * a + [0] * b + [1] * c + [0] * d


def test_the_analytic_errors_of_the_indices():
    a, b, c, d = 30, 7, 4, 19
    n = a + b + c + d
    found = indices_with_intervals(*pair(a, b, c, d), method="analytic")
    # Graham & Bull (1998), by the delta method; and the errors of means of values 1, 0 and -1.
    expected = {
        "positive_agreement": 4 * a * (b + c) * (a + b + c) / (2 * a + b + c) ** 4,
        "negative_agreement": 4 * d * (b + c) * (d + b + c) / (2 * d + b + c) ** 4,
        "prevalence_index": ((a + d) / n - ((a - d) / n) ** 2) / n,
        "bias_index": ((b + c) / n - ((b - c) / n) ** 2) / n,
    }
    assert {name: one.standard_error for name, one in found.items()} == pytest.approx(
        {name: math.sqrt(variance * n / (n - 1)) for name, variance in expected.items()}
    )
    assert {name: one.value for name, one in found.items()} == {
        name: one.value for name, one in indices(*pair(a, b, c, d)).items()
    }


@pytest.mark.parametrize("clusters", [None, [unit // 2 for unit in range(60)]])
def test_the_bootstrap_of_the_indices_is_that_of_what_was_drawn(clusters):
    random = np.random.default_rng(4)
    one, other = np.array(pair(30, 7, 4, 19))[:, random.permutation(60)].astype(float)
    one[:3] = math.nan
    owner = np.arange(60) if clusters is None else np.array(clusters)
    slow = []
    for _ in range(800):
        chosen = random.integers(0, owner.max() + 1, owner.max() + 1)
        rows = np.concatenate([np.flatnonzero(owner == number) for number in chosen])
        slow.append([indices(one[rows], other[rows])[name].value for name in INDICES])
    found = indices_with_intervals(one, other, clusters=clusters, replicates=3000)
    for name, drawn in zip(INDICES, np.transpose(slow), strict=True):
        assert found[name].standard_error == pytest.approx(drawn.std(ddof=1), rel=0.1)
        assert (found[name].low, found[name].high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.03)


@pytest.mark.parametrize("name", INDICES)
@pytest.mark.parametrize("method", ["bootstrap", "analytic"])
def test_an_index_by_name_is_that_of_all_of_them(name, method):
    one, other = pair(30, 7, 4, 19)
    assert (
        coefficient_with_interval([one, other], name, method=method)
        == (indices_with_intervals(one, other, method=method)[name])
    )


def test_indices_without_an_interval_say_why():
    found = indices_with_intervals([1, 1, 1], [1, 1, 1], replicates=100)
    assert (found["negative_agreement"].value, found["negative_agreement"].reason) == (None, "nobody said no")
    assert (found["positive_agreement"].value, found["positive_agreement"].low) == (1.0, None)
    found = coefficient_with_interval([[1, 0], [1, 1], [0, 0]], "bias_index", method="analytic")
    assert (found.value, found.reason) == (None, NOT_TWO_CODERS)
    found = coefficient_with_interval([[1, None], [1, 1], [None, 0]], "prevalence_index", method="analytic")
    assert (found.value, found.reason) == (None, "no unit was judged by two coders")
    with pytest.raises(ValueError, match="2 is no category"):
        indices_with_intervals([1, 2], [1, 0])


def test_the_interval_of_a_share_ends_at_nothing():
    found = coefficient_with_interval(
        [[1, 0, 0, 0], [1, 1, 0, 0]], "positive_agreement", method="analytic", level=0.999
    )
    assert found.low == 0.0
    assert coefficient_with_interval([[1, 2, 1], [1, 1, 1]], "unanimous_agreement", method="analytic").low == 0.0


def test_unknown_names_and_methods_are_refused():
    with pytest.raises(ValueError, match="'kappa' is no coefficient"):
        coefficient_with_interval([[1], [1]], "kappa")
    with pytest.raises(ValueError, match="use bootstrap or analytic"):
        coefficient_with_interval([[1], [1]], method="exact")
