"""Intervals of alpha over sets and of pooled kappa over plain arrays, against units drawn one by one."""

import numpy as np
import pytest

from lepanalysis import intervals_joint
from lepanalysis.alpha import alpha_of_distinct_sets, alpha_of_sets, numbered_sets
from lepanalysis.coefficients import FEW_CODERS, NO_CODE, NO_UNIT, ONE_VALUE, pooled_kappa
from lepanalysis.intervals import draws
from lepanalysis.intervals_joint import alpha_of_sets_with_interval, pooled_kappa_with_interval
from lepanalysis.tallies import distinct

DISTANCES = ["masi", "jaccard"]


def sets(units=30, coders=3, seed=0, missing=0.15):
    random = np.random.default_rng(seed)
    truth = random.random((units, 4)) < 0.4
    given = truth ^ (random.random((coders, units, 4)) < 0.15)
    unread = random.random((coders, units)) < missing
    return [
        [
            None if none else frozenset("abcd"[place] for place in np.flatnonzero(row))
            for row, none in zip(*one, strict=True)
        ]
        for one in zip(given, unread, strict=True)
    ]


def yes_and_no(units=30, coders=2, codes=4, seed=1, missing=0.1):
    random = np.random.default_rng(seed)
    truth = random.random((units, codes)) < 0.4
    given = (truth ^ (random.random((coders, units, codes)) < 0.15)).astype(float)
    given[random.random((coders, units)) < missing] = np.nan
    return given


def tables(given):
    """Return one 2 x 2 table a code over the units that both judged."""
    both = ~np.isnan(given).any(axis=(0, 2))
    one, other = given[:, both] == 1
    return [[[int((x & y).sum()) for y in (~b, b)] for x in (~a, a)] for a, b in zip(one.T, other.T, strict=True)]


@pytest.mark.parametrize("distance", DISTANCES)
@pytest.mark.parametrize("units", [12, 60])
def test_each_replicate_of_sets_is_alpha_of_the_units_that_were_drawn(distance, units):
    # Twelve units are fewer than the sets they hold, sixty more: what is expected is added up in two ways.
    given = sets(units)
    numbers, table = numbered_sets(given)
    kind, kinds, first = distinct(numbers, len(table))
    assert (kinds < len(table)) is (units == 12)
    slow = []
    for drawn in draws(np.bincount(kind).astype(float), 300, np.random.default_rng(5)):
        for times in drawn:
            rows = np.repeat(first, times)
            slow.append(alpha_of_distinct_sets(numbers[:, rows], table, np.ones(units), distance).value)
    found = alpha_of_sets_with_interval(given, distance, replicates=300, seed=5)
    assert found.value == pytest.approx(alpha_of_sets(given, distance).value)
    assert found.standard_error == pytest.approx(np.std(slow, ddof=1))
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(slow, [0.025, 0.975])))


@pytest.mark.parametrize("distance", DISTANCES)
def test_the_linearised_error_of_sets_is_that_of_weights_moved_a_little(distance):
    given = sets(25)
    numbers, table = numbered_sets(given)
    moved = []
    for unit in range(25):
        ends = []
        for step in (1e-4, -1e-4):
            weights = np.ones(25)
            weights[unit] += step
            ends.append(alpha_of_distinct_sets(numbers, table, weights, distance).value)
        moved.append((ends[0] - ends[1]) / 2e-4)
    moved = np.array(moved) - np.mean(moved)
    found = alpha_of_sets_with_interval(given, distance, method="analytic")
    assert found.method == "linearised"
    assert found.standard_error == pytest.approx(np.sqrt((moved**2).sum() * 25 / 24), rel=1e-5)


def test_the_linearised_error_of_pooled_kappa_is_that_of_units_moved_a_little():
    given = yes_and_no(25)
    whole = np.array(tables(given), dtype=float)
    moved = []
    for unit in range(25):
        alone = np.array(tables(given[:, [unit]]), dtype=float)
        ends = [pooled_kappa((whole + step * alone).tolist()).value for step in (1e-4, -1e-4)]
        moved.append((ends[0] - ends[1]) / 2e-4)
    moved = np.array(moved) - np.mean(moved)
    found = pooled_kappa_with_interval(given, method="analytic")
    assert found.value == pytest.approx(pooled_kappa(whole.tolist()).value)
    assert found.standard_error == pytest.approx(np.sqrt((moved**2).sum() * 25 / 24), rel=1e-5)


@pytest.mark.parametrize("clusters", [None, [unit // 3 for unit in range(30)]])
def test_the_bootstrap_of_pooled_kappa_is_that_of_what_was_drawn(clusters):
    given = yes_and_no()
    owner = np.arange(30) if clusters is None else np.array(clusters)
    random = np.random.default_rng(2)
    slow = []
    for _ in range(600):
        chosen = random.integers(0, owner.max() + 1, owner.max() + 1)
        rows = np.concatenate([np.flatnonzero(owner == one) for one in chosen])
        slow.append(pooled_kappa(tables(given[:, rows])).value)
    found = pooled_kappa_with_interval(given, clusters=clusters, replicates=2000)
    assert found.value == pytest.approx(pooled_kappa(tables(given)).value)
    assert found.standard_error == pytest.approx(np.std(slow, ddof=1), rel=0.12)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(slow, [0.025, 0.975])), abs=0.04)
    assert found.method.endswith("units" if clusters is None else "clusters")


def test_the_bootstrap_of_sets_over_clusters_draws_whole_ones():
    given, owner = sets(30), np.arange(30) // 3
    random = np.random.default_rng(2)
    slow = []
    for _ in range(400):
        rows = np.concatenate([np.flatnonzero(owner == one) for one in random.integers(0, 10, 10)])
        slow.append(alpha_of_sets([[row[unit] for unit in rows] for row in given]).value)
    found = alpha_of_sets_with_interval(given, clusters=owner.tolist(), replicates=2000)
    assert found.standard_error == pytest.approx(np.std(slow, ddof=1), rel=0.15)
    assert found.method == "percentile bootstrap over clusters"


@pytest.mark.parametrize("method", ["bootstrap", "analytic"])
def test_units_of_one_cluster_that_are_all_alike_count_once(method):
    one, clusters = sets(40, missing=0), [*range(40)] * 3
    alone = alpha_of_sets_with_interval(one, method="analytic").standard_error
    given = alpha_of_sets_with_interval([row * 3 for row in one], method=method, clusters=clusters)
    # Alpha corrects for small samples, so that three times the units are not quite the same.
    assert given.standard_error == pytest.approx(alone, rel=0.12)
    codes = yes_and_no(40)
    alone = pooled_kappa_with_interval(codes, method=method, seed=4)
    assert pooled_kappa_with_interval(
        np.tile(codes, (1, 3, 1)), method=method, clusters=clusters, seed=4
    ).standard_error == pytest.approx(alone.standard_error, rel=0.1)


def test_a_seed_gives_the_same_interval_again():
    for function, given in ((alpha_of_sets_with_interval, sets()), (pooled_kappa_with_interval, yes_and_no())):
        found = [function(given, seed=seed, replicates=200) for seed in (7, 7, 8)]
        assert found[0] == found[1]
        assert found[0] != found[2]


def test_pooled_kappa_of_more_than_two_coders_is_the_mean_over_pairs():
    given = yes_and_no(coders=3)
    pairs = [pooled_kappa_with_interval(given[[a, b]], method="analytic").value for a, b in ((0, 1), (0, 2), (1, 2))]
    assert pooled_kappa_with_interval(given, method="analytic").value == pytest.approx(np.mean(pairs))


def test_too_many_sets_to_draw_get_the_linearised_interval(monkeypatch):
    monkeypatch.setattr(intervals_joint, "SETS", 3)
    assert alpha_of_sets_with_interval(sets()).method == "linearised"


A, B = frozenset("a"), frozenset("b")


@pytest.mark.parametrize("method", ["bootstrap", "analytic"])
@pytest.mark.parametrize(
    ("given", "value", "reason"),
    [
        ([[A, A, B], [A, A, B]], 1.0, "no interval: "),
        ([[A], [B]], 0.0, "an interval takes two units"),
        ([[A, None], [None, B]], None, NO_UNIT),
        ([[None, None], [None, None]], None, NO_UNIT),
        ([[set(), set()], [set(), set()]], None, ONE_VALUE),
        ([[A, B]], None, FEW_CODERS),
        ([[], []], None, NO_UNIT),
    ],
)
def test_where_sets_have_no_interval_a_reason_says_why(given, value, reason, method):
    found = alpha_of_sets_with_interval(given, method=method, replicates=100)
    assert (found.value, found.low, found.high, found.standard_error) == (value, None, None, None)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize("method", ["bootstrap", "analytic"])
@pytest.mark.parametrize(
    ("given", "value", "reason"),
    [
        ([[[1, 0], [0, 0], [0, 1]]] * 2, 1.0, "no interval: "),
        ([[[1, 0]], [[0, 1]]], 0.0, "an interval takes two units"),
        ([[[1], [None]], [[None], [1]]], None, NO_UNIT),
        ([[[0], [0]], [[0], [0]]], None, ONE_VALUE),
        ([[[0], [1]]], None, FEW_CODERS),
        (np.zeros((2, 3, 0)), None, NO_CODE),
        (np.zeros((2, 0, 3)), None, NO_UNIT),
    ],
)
def test_where_pooled_kappa_has_no_interval_a_reason_says_why(given, value, reason, method):
    found = pooled_kappa_with_interval(given, method=method, replicates=100)
    assert (found.value, found.low, found.high) == (value, None, None)
    assert found.reason.startswith(reason)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="'cosine' is no distance"):
        alpha_of_sets_with_interval(sets(), "cosine")
    with pytest.raises(ValueError, match="'exact' is no method"):
        alpha_of_sets_with_interval(sets(), method="exact")
    with pytest.raises(ValueError, match="30 units and 2 clusters"):
        alpha_of_sets_with_interval(sets(), clusters=[1, 2])
    with pytest.raises(ValueError, match="one of them has None"):
        pooled_kappa_with_interval(yes_and_no(), clusters=[None, *range(29)])
    with pytest.raises(ValueError, match="coder 2 judged unit 1 under some codes only"):
        pooled_kappa_with_interval([[[1, 0]], [[1, None]]])
    with pytest.raises(ValueError, match="2 is neither yes"):
        pooled_kappa_with_interval([[[1, 2]], [[1, 0]]])
    with pytest.raises(ValueError, match="have 2 dimensions"):
        pooled_kappa_with_interval([[1, 0], [1, 0]])
    with pytest.raises(ValueError, match="lies not between 0 and 1"):
        pooled_kappa_with_interval(yes_and_no(), level=95)
    with pytest.raises(ValueError, match="two replicates at least"):
        pooled_kappa_with_interval(yes_and_no(), replicates=1)
