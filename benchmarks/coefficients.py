"""Print how much faster the coefficients are than other programs, after comparing the answers.

    python benchmarks/coefficients.py [NAME ...]

Both sides of a ratio run in this one environment, one after the other, and the seconds of both are printed; short
work is repeated, and the fastest run taken for both. krippendorff and scikit-learn are in the project's environment;
nltk and irrCAC have to be added to a copy of it (irrCAC with --no-deps: it asks for an older pandas than it needs). A
peer that is not there is left out, and said so.
"""

from __future__ import annotations

import sys
import time
import warnings
from typing import TYPE_CHECKING

import numpy as np

from lepanalysis.agreement_estimates import of_all, of_codes
from lepanalysis.agreement_intervals import Settings
from lepanalysis.alpha import alpha_of_distinct_sets, alpha_of_sets, krippendorff_alpha
from lepanalysis.coefficients import kappa_of_codes
from lepanalysis.judgements import Judgements

if TYPE_CHECKING:
    from collections.abc import Callable

SCALED_REPLICATES = 20


def timed(work: Callable[[], object], repeats: int = 1) -> tuple[object, float]:
    """Return what `work` gives and the seconds of the fastest of some runs."""
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - started)
    return result, best


def said(what: str, ours: float, theirs: float | None, peer: str, least: str) -> None:
    """Print one line."""
    against = f"{peer} {theirs:.3f} s: {theirs / ours:.0f} x" if theirs is not None else peer
    print(f"{what}: {ours:.4f} s; {against} (asked: {least})", flush=True)


def coded(units: int, codes: int, seed: int = 0) -> np.ndarray:
    """Return two coders' yes and no, who agree in most of it."""
    random = np.random.default_rng(seed)
    truth = random.random((units, codes)) < random.uniform(0.02, 0.3, codes)
    slips = random.random((2, units, codes)) < 0.04
    return truth ^ slips


def judged(applied: np.ndarray) -> Judgements:
    """Return them as a study's judgements."""
    coders, units, codes = applied.shape
    return Judgements(
        tuple("AB"[:coders]),
        tuple(f"c{code}" for code in range(codes)),
        applied,
        np.ones((coders, units), dtype=bool),
        np.ones(units),
        {name: np.arange(units) for name in ("message", "thread", "participant")},
    )


def sets_of(units: int, distinct: int | None = None, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return sets of 0 to 5 of 30 codes as a table, and which of them two coders gave each unit."""
    random = np.random.default_rng(seed)
    count = distinct or 2 * units
    table = np.zeros((count, 30), dtype=bool)
    for row in table:
        row[random.choice(30, random.integers(0, 6), replace=False)] = True
    table = np.unique(table, axis=0)
    first = random.integers(0, len(table), units)
    second = np.where(random.random(units) < 0.6, first, random.integers(0, len(table), units))
    return table, np.stack([first, second])


def alpha_of_a_million() -> None:
    """Nominal alpha, 1,000,000 units, 3 coders, 20 values, 10 % missing."""
    import krippendorff

    random = np.random.default_rng(0)
    ratings = random.integers(0, 20, (3, 1_000_000)).astype(float)
    ratings[1] = np.where(random.random(1_000_000) < 0.7, ratings[0], ratings[1])
    ratings[random.random(ratings.shape) < 0.1] = np.nan
    found, ours = timed(lambda: krippendorff_alpha(ratings), 3)
    expected, theirs = timed(lambda: krippendorff.alpha(ratings, level_of_measurement="nominal"))
    np.testing.assert_allclose(found.value, expected, atol=1e-9)
    said("alpha, 1,000,000 units, 3 coders, 20 values, 10 % missing", ours, theirs, "krippendorff", "15 x")


def kappa_of_fifty_codes() -> None:
    """Cohen's kappa, 50 codes x 100,000 units."""
    from sklearn.metrics import cohen_kappa_score

    first, second = coded(100_000, 50)
    found, ours = timed(lambda: kappa_of_codes(first, second), 5)
    expected, theirs = timed(lambda: [cohen_kappa_score(a, b) for a, b in zip(first.T, second.T, strict=True)], 2)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    said("kappa, 50 codes x 100,000 units", ours, theirs, "scikit-learn", "20 x")


def sets_of_two_thousand() -> None:
    """Alpha over sets with MASI, 2,000 units."""
    table, numbers = sets_of(2_000)
    names = [f"c{code}" for code in range(30)]
    words = [frozenset(name for name, held in zip(names, row, strict=True) if held) for row in table]
    rows = [[words[number] for number in row] for row in numbers]
    found, ours = timed(lambda: alpha_of_sets(rows), 40)
    try:
        from nltk.metrics.agreement import AnnotationTask
    except ImportError:
        said("MASI alpha, 2,000 units", ours, None, "nltk is not here", "500 x")
        return
    from oracles import exact_masi

    triples = [(str(coder), str(place), given) for coder, row in enumerate(rows) for place, given in enumerate(row)]
    expected, theirs = timed(lambda: AnnotationTask(triples, distance=exact_masi).alpha(), 3)
    np.testing.assert_allclose(found.value, expected, atol=1e-9)
    said(f"MASI alpha, 2,000 units, {len(table)} distinct sets", ours, theirs, "nltk", "500 x")


def sets_of_many() -> None:
    """Alpha over sets with MASI, 200,000 units, 2,000 distinct sets."""
    table, numbers = sets_of(200_000, 2_000)
    _, ours = timed(lambda: alpha_of_distinct_sets(numbers, table, np.ones(200_000), "masi"), 3)
    said(f"MASI alpha, 200,000 units, {len(table)} distinct sets, as numbers", ours, None, "no peer", "under 5 s")
    words = [frozenset(np.flatnonzero(row).tolist()) for row in table]
    rows = [[words[number] for number in row] for row in numbers]
    _, ours = timed(lambda: alpha_of_sets(rows))
    said("  the same from Python sets", ours, None, "no peer", "under 5 s")


def bootstrap_of_fifty_codes() -> None:
    """Kappa, alpha and AC1 with bootstrap intervals, 50 codes x 10,000 units, 1,000 replicates."""
    import krippendorff
    from sklearn.metrics import cohen_kappa_score

    try:
        import pandas as pd
        from irrCAC.raw import CAC
    except ImportError:
        CAC = None  # noqa: N806
    applied = coded(10_000, 50)
    settings = Settings(replicates=1_000)
    found, ours = timed(lambda: of_codes(judged(applied), settings), 3)
    random = np.random.default_rng(1)
    started = time.perf_counter()
    # One code and a few replicates stand for all: the peers' time does not depend on which.
    for _ in range(SCALED_REPLICATES):
        drawn = random.integers(0, 10_000, 10_000)
        pair = applied[:, drawn, 0].astype(float)
        cohen_kappa_score(*pair)
        krippendorff.alpha(pair, level_of_measurement="nominal")
        if CAC is not None:
            CAC(pd.DataFrame(pair.T)).gwet()
    theirs = (time.perf_counter() - started) / SCALED_REPLICATES * 1_000 * 50
    pair = applied[:, :, 0].astype(float)
    np.testing.assert_allclose(found[0]["cohen_kappa"].value, cohen_kappa_score(*pair), atol=1e-9)
    np.testing.assert_allclose(
        found[0]["krippendorff_alpha"].value, krippendorff.alpha(pair, level_of_measurement="nominal"), atol=1e-9
    )
    peers = (
        f"a loop over scikit-learn, krippendorff{' and irrCAC' if CAC else ''} (from {SCALED_REPLICATES} replicates)"
    )
    said("twelve coefficients with bootstrap, 50 codes x 10,000 units, 1,000 replicates", ours, theirs, peers, "200 x")
    _, ours = timed(lambda: of_all(judged(applied), settings))
    said("  the same over all codes, with sets and pooled kappa", ours, None, "no peer", "-")


def bootstrap_of_thirty_codes() -> None:
    """10,000 replicates at 1,000 units and 30 codes."""
    given, settings = judged(coded(1_000, 30)), Settings(replicates=10_000)
    _, ours = timed(lambda: of_codes(given, settings), 3)
    said("bootstrap of each code, 10,000 replicates, 1,000 units, 30 codes", ours, None, "no peer", "under 2 s")
    _, ours = timed(lambda: (of_codes(given, settings), of_all(given, settings)))
    said("  with all codes together, sets and pooled kappa", ours, None, "no peer", "under 2 s")


WORK = {
    work.__name__: work
    for work in (
        kappa_of_fifty_codes,
        sets_of_two_thousand,
        sets_of_many,
        bootstrap_of_fifty_codes,
        bootstrap_of_thirty_codes,
        alpha_of_a_million,
    )
}

if __name__ == "__main__":
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))
    warnings.simplefilter("ignore")
    for name in sys.argv[1:] or WORK:
        WORK[name]()
