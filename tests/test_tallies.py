import doctest
import importlib
import math
from pathlib import Path

import numpy as np
import pytest

from lepanalysis import tallies
from lepanalysis.tallies import Sums, distinct, features, numbered, sums, tally

_ = None


@pytest.mark.parametrize("name", ["tallies", "coefficients", "alpha", "intervals", "agreement"])
def test_the_examples(name, monkeypatch):
    monkeypatch.chdir(Path(__file__).parent.parent)
    found = doctest.testmod(importlib.import_module(f"lepanalysis.{name}"))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize(
    ("ratings", "numbers", "categories"),
    [
        ([["b", "a"], [_, "b"]], [[1, 0], [-1, 1]], ("a", "b")),
        ([[3, 1], [math.nan, 10]], [[1, 0], [-1, 2]], (1, 3, 10)),
        ([[True, False], [True, _]], [[1, 0], [1, -1]], (False, True)),
        ([["a", 1], [1, _]], [[0, 1], [1, -1]], ("a", 1)),
        (np.array([[3, 1], [1, 10]]), [[1, 0], [0, 2]], (1, 3, 10)),
        (np.array([[3.0, math.nan], [-1.0, 3.0]]), [[1, -1], [0, 1]], (-1, 3)),
        (np.array([[0.5, math.nan], [0.25, 0.5]]), [[1, -1], [0, 1]], (0.25, 0.5)),
        (np.array([[1e12, 1.0], [1.0, 1.0]]), [[1, 0], [0, 0]], (1.0, 1e12)),
        (np.array([[True, False], [True, True]]), [[1, 0], [1, 1]], (0, 1)),
        (np.array([[math.nan], [math.nan]]), [[-1], [-1]], ()),
    ],
)
def test_values_as_numbers(ratings, numbers, categories):
    found, names = numbered(ratings)
    assert found.tolist() == numbers
    assert names == categories


def test_distinct_columns(monkeypatch):
    table = np.random.default_rng(0).integers(-1, 4, (5, 300))
    for places in (1 << 20, 1):
        monkeypatch.setattr(tallies, "PLACES", places)
        key, count, first = distinct(table, 4)
        assert (table[:, first][:, key] == table).all()
        assert count == len(np.unique(table, axis=1).T)


def test_many_coders_with_many_values_do_not_overflow():
    table = np.random.default_rng(0).integers(0, 1000, (12, 50))
    table[:, 25:] = table[:, :25]
    key, count, _first = distinct(table, 1000)
    assert count == 25
    assert key[:25].tolist() == key[25:].tolist()


def test_sums_of_one_unit():
    found = sums(tally([[1], [1], [2], [_]], categories=[1, 2, 3]))
    assert found.coincidences.tolist() == [[1, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert found.meetings * 6 == pytest.approx(np.array([[2, 2, 0], [2, 0, 0], [0, 0, 0]]))
    assert found.shares == pytest.approx([2 / 3, 1 / 3, 0])
    assert (found.judged, found.paired, found.unanimous) == (1, pytest.approx(1), 0)
    assert found.tables.sum(axis=(-2, -1)).tolist() == [1, 1, 0, 1, 0, 0]


def test_units_have_weights():
    found = tally([[1, 2, 1], [1, 2, 1]], weights=np.array([5.0, 1.0, 2.0]))
    assert sums(found).tables[0].tolist() == [[7, 0], [0, 1]]


def test_sums_keep_the_axes_in_front():
    rows = features(np.array([[0, 1], [1, 1]]), 2).toarray()
    found = Sums.of(rows[None], 2, 2)
    assert found.tables.shape == (1, 2, 1, 2, 2)
    assert found.unanimous.tolist() == [[0, 1]]
