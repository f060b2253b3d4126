"""Write what other people's programs make of random judgements to tests/oracles/, for tests/test_oracles.py.

Run by `make oracles`, in an environment of its own: irrCAC asks for an older pandas than lepanalysis. The judgements
come from Python's own generator, which gives the same numbers in every version, so that only seeds are kept.
"""

from __future__ import annotations

import json
import random
import sys
import warnings
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "tests" / "oracles"
SEEDS = range(12)
WEIGHTS = ("identity", "linear", "quadratic", "ordinal")


def ratings(seed: int, missing: float = 0.2) -> list[list[int | None]]:
    """Return judgements, coders x units, that agree in part; every category from 1 to the highest occurs."""
    draw = random.Random(seed)  # noqa: S311
    coders, units, q = draw.randint(2, 5), draw.randint(15, 40), draw.randint(2, 5)
    truth = [*range(1, q + 1), *(draw.randint(1, q) for _ in range(units - q))]
    rows: list[list[int | None]] = [
        [given if draw.random() < 0.6 else draw.randint(1, q) for given in truth] for _ in range(coders)
    ]
    # The first coder gives all categories, and nothing of it is missing: every program sees the same ones.
    rows[0][:q] = list(range(1, q + 1))
    for row in rows[1:]:
        for place in range(units):
            if draw.random() < missing:
                row[place] = None
    return rows


def complete(seed: int) -> list[list[int | None]]:
    """Return judgements of which none is missing."""
    return ratings(seed, missing=0.0)


def sets(seed: int) -> list[list[list[str]]]:
    """Return sets of codes, coders x units; some are empty."""
    draw = random.Random(seed)  # noqa: S311
    coders, units = draw.randint(2, 4), draw.randint(10, 25)
    return [
        [
            sorted(code for code in "abcde" if draw.random() < 0.1 + 0.5 * ((place + ord(code)) % 3 == 0))
            for place in range(units)
        ]
        for _ in range(coders)
    ]


def unitised(seed: int) -> tuple[int, list[list[tuple[str, int, int]]]]:
    """Return the length of a text, and each coder's segments (code, start, end), of which no two overlap."""
    draw = random.Random(seed)  # noqa: S311
    length = draw.randint(40, 120)
    coders = []
    for _ in range(draw.randint(2, 4)):
        bounds = sorted(draw.sample(range(length + 1), draw.randint(4, 12)))
        # Every other piece is a gap, but for some, where one segment touches the next.
        coders.append(
            [
                (draw.choice("abc"), start, end)
                for place, (start, end) in enumerate(pairwise(bounds))
                if place % 2 == 0 or draw.random() < 0.2
            ]
        )
    return length, coders


def exact_masi(first: frozenset[str], second: frozenset[str]) -> float:
    """MASI with 2/3 and 1/3 (nltk has 0.67 and 0.33) and 0 between two empty sets (nltk divides by zero)."""
    if first == second:
        return 0.0
    shared, union = len(first & second), len(first | second)
    if not shared:
        return 1.0
    return 1 - shared / union * (2 / 3 if shared == min(len(first), len(second)) else 1 / 3)


def exact_jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    """Jaccard's distance, 0 between two empty sets (nltk divides by zero)."""
    return 0.0 if first == second else 1 - len(first & second) / len(first | second)


def of_irrcac(seed: int) -> dict[str, Any]:
    """Return AC1, AC2, Fleiss' kappa, Brennan-Prediger and nominal alpha of irrCAC, with standard errors."""
    import pandas as pd
    from irrCAC.raw import CAC

    found: dict[str, Any] = {}
    for kind, rows in (("missing", ratings(seed)), ("complete", complete(seed))):
        for weights in WEIGHTS:
            task = CAC(pd.DataFrame(rows).T.astype(float), weights=weights, digits=8)
            for name in ("gwet", "fleiss", "bp", "krippendorff"):
                if name == "krippendorff" and weights != "identity":
                    continue
                estimate = getattr(task, name)()["est"]
                value, error = float(estimate["coefficient_value"]), float(estimate["se"])
                found.setdefault(kind, {})[f"{name} {weights}"] = {"value": value, "se": error}
    return found


def of_statsmodels(seed: int) -> dict[str, Any]:
    """Return Cohen's kappa with its large-sample error, weighted kappa, and Fleiss' kappa of statsmodels."""
    import numpy as np
    from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa, to_table

    given = np.array(complete(seed))
    table, _ = to_table(given[:2].T)
    found = {
        weights: {"value": float(result.kappa), "se": float(result.std_kappa)}
        for weights, result in (
            ("none", cohens_kappa(table)),
            ("linear", cohens_kappa(table, wt="linear")),
            ("quadratic", cohens_kappa(table, wt="quadratic")),
        )
    }
    counts, _ = aggregate_raters(given.T)
    return {"cohen": found, "fleiss": float(fleiss_kappa(counts)), "categories": int(table.shape[0])}


def of_nltk(seed: int) -> dict[str, float]:
    """Return alpha over sets of codes, and kappa and pi over complete judgements, of nltk."""
    from nltk.metrics.agreement import AnnotationTask

    triples = [
        (str(coder), str(place), frozenset(given))
        for coder, row in enumerate(sets(seed))
        for place, given in enumerate(row)
    ]
    words = [
        (str(coder), str(place), str(given))
        for coder, row in enumerate(complete(seed)[:2])
        for place, given in enumerate(row)
    ]
    return {
        "masi": float(AnnotationTask(triples, distance=exact_masi).alpha()),
        "jaccard": float(AnnotationTask(triples, distance=exact_jaccard).alpha()),
        "kappa": float(AnnotationTask(words).kappa()),
        "pi": float(AnnotationTask(words).pi()),
    }


def of_unitised(seed: int) -> dict[str, Any]:
    """Return u-alpha, |u|-alpha and u-alpha of each code alone of krippendorff-unitized-alpha, which has u-alpha only.

    |u|-alpha is u-alpha with one code for all segments, and that of a code alone has all other segments as gaps. The
    gaps are filled in here: the program's own helper leaves a character beside each segment out.
    """
    from krippendorff_unitized_alpha.krippendorffs_unitized_alpha import EMPTY_TAG, KrippendorffUnitizedAlpha, Segment

    length, coders = unitised(seed)

    def alpha(renamed: dict[str, str]) -> float:
        data = {}
        for number, segments in enumerate(coders):
            row, reached = [], 0
            for code, start, end in segments:
                if code in renamed:
                    row += [Segment(EMPTY_TAG, reached, start)] if start > reached else []
                    row.append(Segment(renamed[code], start, end))
                    reached = end
            data[str(number)] = row + ([Segment(EMPTY_TAG, reached, length)] if reached < length else [])
        return float(KrippendorffUnitizedAlpha(data).result)

    used = sorted({code for segments in coders for code, _, _ in segments})
    return {
        "u": alpha({code: code for code in used}),
        "binary": alpha(dict.fromkeys(used, "any")),
        "alone": {code: alpha({code: code}) for code in used},
    }


def main() -> None:
    """Write one file a program."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    for name, package, of in (
        ("irrcac", "irrCAC", of_irrcac),
        ("statsmodels", "statsmodels", of_statsmodels),
        ("nltk", "nltk", of_nltk),
        ("unitized", "krippendorff-unitized-alpha", of_unitised),
    ):
        record = {
            "program": package,
            "version": version(package),
            "made_by": "scripts/oracles.py",
            "by_seed": {str(seed): of(seed) for seed in SEEDS},
        }
        text = json.dumps(record, indent=1, sort_keys=True)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8", newline="\n")
        print(f"tests/oracles/{name}.json: {package} {record['version']}, {len(SEEDS)} data sets")


if __name__ == "__main__":
    sys.exit(main())
