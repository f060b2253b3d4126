"""The coefficients against what other programs gave (`make oracles`): tests/oracles holds their values."""

import importlib.util
import json
import math
from pathlib import Path

import pytest

from lepanalysis import coefficients as c
from lepanalysis.alpha import alpha_of_sets
from lepanalysis.characters import segments
from lepanalysis.intervals_arrays import coefficient_with_interval
from lepanalysis.unitising import unitising, unitising_by_code

HERE = Path(__file__).parent
SCRIPT = HERE.parent / "scripts" / "oracles.py"


def loaded():
    spec = importlib.util.spec_from_file_location("oracles", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


oracles = loaded()
NAMES = {"fleiss": "fleiss_kappa", "bp": "brennan_prediger", "krippendorff": "krippendorff_alpha"}


def kept(program):
    return json.loads((HERE / "oracles" / f"{program}.json").read_text(encoding="utf-8"))["by_seed"]


def of_irrcac(given, key):
    name, weights = key.split()
    weights = None if weights == "identity" else weights
    name = NAMES.get(name) or ("gwet_ac2" if weights else "gwet_ac1")
    return coefficient_with_interval(given, name, method="analytic", weights=weights)


@pytest.mark.parametrize("seed", oracles.SEEDS)
@pytest.mark.parametrize("kind", ["missing", "complete"])
def test_irrcac(seed, kind):
    given = oracles.ratings(seed) if kind == "missing" else oracles.complete(seed)
    for key, expected in kept("irrcac")[str(seed)][kind].items():
        found = of_irrcac(given, key)
        # irrCAC was asked for eight places.
        assert found.value == pytest.approx(expected["value"], abs=1e-8), key
        # Where judgements are missing, irrCAC takes the number of units with two of them as known beforehand; here it
        # varies as the units do. Alpha's small-sample correction it does not count as varying either.
        if kind == "complete" and not key.startswith("krippendorff"):
            assert found.standard_error == pytest.approx(expected["se"], abs=1e-7), key


@pytest.mark.parametrize("seed", oracles.SEEDS)
def test_statsmodels(seed):
    given, expected = oracles.complete(seed), kept("statsmodels")[str(seed)]
    n = len(given[0])
    for weights, kappa in expected["cohen"].items():
        weights = None if weights == "none" else weights  # noqa: PLW2901
        found = coefficient_with_interval(given[:2], "cohen_kappa", method="analytic", weights=weights)
        assert found.value == pytest.approx(kappa["value"], abs=1e-12)
        # statsmodels has the error of Fleiss, Cohen & Everitt (1969), which divides by n where Gwet (2014) has n - 1.
        assert found.standard_error * math.sqrt((n - 1) / n) == pytest.approx(kappa["se"], abs=1e-12)
    assert c.fleiss_kappa(given).value == pytest.approx(expected["fleiss"], abs=1e-12)


@pytest.mark.parametrize("seed", oracles.SEEDS)
def test_nltk(seed):
    # nltk's own distances divide by zero on two empty sets, and its MASI has 0.67 and 0.33 for 2/3 and 1/3
    # (nltk.metrics.distance); it was given distances that do neither.
    expected = kept("nltk")[str(seed)]
    given, pair = oracles.sets(seed), oracles.complete(seed)[:2]
    assert alpha_of_sets(given, "masi").value == pytest.approx(expected["masi"], abs=1e-12)
    assert alpha_of_sets(given, "jaccard").value == pytest.approx(expected["jaccard"], abs=1e-12)
    assert c.cohen_kappa(*pair).value == pytest.approx(expected["kappa"], abs=1e-12)
    assert c.scott_pi(*pair).value == pytest.approx(expected["pi"], abs=1e-12)


@pytest.mark.parametrize("seed", oracles.SEEDS)
def test_krippendorff_unitized_alpha(seed):
    # The program has u-alpha alone; oracles.of_unitised says how the others are had from it. No program was found for
    # cu-alpha and (k)cu-alpha: tests/test_unitising.py has those from the definitions.
    expected = kept("unitized")[str(seed)]
    length, coders = oracles.unitised(seed)
    rows = [(coder, 0, "abc".index(code), start, end) for coder, row in enumerate(coders) for code, start, end in row]
    given = segments(rows, [length], coders=len(coders), codes=3)
    found = unitising(given)
    assert found.u.value == pytest.approx(expected["u"], abs=1e-12)
    assert found.binary.value == pytest.approx(expected["binary"], abs=1e-12)
    alone = dict(zip("abc", unitising_by_code(given), strict=True))
    assert {code: one.value for code, one in alone.items() if one.value is not None} == pytest.approx(expected["alone"])
