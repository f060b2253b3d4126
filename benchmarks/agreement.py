"""Agreement and co-occurrence against other people's programs: answers compared first, then both timed in one run.

    make bench                                # everything, some ten minutes
    python benchmarks/agreement.py --quick    # sizes of a tenth and less: whether it runs, not how fast
    python benchmarks/agreement.py --only masi whole
    python benchmarks/agreement.py --curves   # only docs/agreement-cost.svg and .csv

Both sides of a ratio run in this process, one after the other; of each the best of three runs counts (of more, where
they are short), of one that takes more than two seconds the only one. `nltk` is no dependency of the project: where
it is not installed, it is put into build/peers by pip, together with what it needs, and read from there.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lepanalysis.agreement_estimates import of_all, of_codes
from lepanalysis.agreement_intervals import Settings
from lepanalysis.alpha import alpha_of_sets, krippendorff_alpha
from lepanalysis.characters import Segments, coefficients_by_code, tables
from lepanalysis.coefficients import kappa_of_codes
from lepanalysis.cooccurrence import counts
from lepanalysis.judgements import Judgements

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "build" / "peers"
SLOW = 2.0


@dataclass(frozen=True)
class Line:
    """What one row of the table says."""

    work: str
    ours: float
    peer: str
    theirs: float | None
    wanted: str
    met: bool
    note: str = ""

    def said(self, *, judged: bool) -> str:
        """Return the row as text, with or without whether what is wanted was met."""
        ratio = f"{self.theirs / self.ours:9.0f}x" if self.theirs else " " * 10
        theirs = f"{self.theirs:10.3f} s" if self.theirs else " " * 12
        verdict = ("met" if self.met else "MISSED") if judged else ""
        return f"{self.work:<58}{self.ours:10.4f} s{theirs}{ratio}  {self.wanted:>14}  {verdict:<7}{self.note}"


def timed(function: Callable[[], Any], runs: int = 3) -> tuple[float, Any]:
    """Return the shortest time and the result; a slow function runs once, a quick one for a fifth of a second."""
    best, begun, done = float("inf"), time.perf_counter(), 0
    while done < runs or time.perf_counter() - begun < 0.2:
        start = time.perf_counter()
        result = function()
        best, done = min(best, time.perf_counter() - start), done + 1
        if best > SLOW:
            break
    return best, result


def compared(work: str, ours: Callable[[], Any], peer: str, theirs: Callable[[], Any], wanted: float) -> Line:
    """Compare the answers, and time both."""
    took, mine = timed(ours)
    took_peer, other = timed(theirs)
    np.testing.assert_allclose(np.asarray(mine, dtype=float), np.asarray(other, dtype=float), rtol=1e-9, atol=1e-9)
    return Line(work, took, peer, took_peer, f">= {wanted:g}x", took_peer / took >= wanted, f"  against {peer}")


def alpha(units: int) -> Line:
    """Krippendorff's alpha, three coders, 20 values, a tenth missing."""
    import krippendorff

    ratings = ratings_of(units)
    return compared(
        f"Krippendorff's alpha, {units:,} units, 3 coders",
        lambda: krippendorff_alpha(ratings).value,
        "krippendorff",
        lambda: krippendorff.alpha(reliability_data=ratings, level_of_measurement="nominal"),
        15,
    )


def ratings_of(units: int) -> np.ndarray:
    """Return three coders' values from 0 to 19, which agree more than by chance, a tenth missing."""
    random = np.random.default_rng(1)
    true = random.integers(0, 20, units)
    other = random.integers(0, 20, (3, units))
    ratings = np.where(random.random((3, units)) < 0.7, true, other).astype(float)
    ratings[random.random((3, units)) < 0.1] = np.nan
    return ratings


def yes_and_no(units: int, codes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two coders' units x codes, True where the code was applied."""
    random = np.random.default_rng(2)
    true = random.random((units, codes)) < np.linspace(0.02, 0.4, codes)
    return tuple(true ^ (random.random((units, codes)) < 0.05) for _ in range(2))  # type: ignore[return-value]


def kappa(units: int, codes: int = 50) -> Line:
    """Cohen's kappa code by code."""
    from sklearn.metrics import cohen_kappa_score

    first, second = yes_and_no(units, codes)
    return compared(
        f"Cohen's kappa, {codes} codes x {units:,} units",
        lambda: kappa_of_codes(first, second),
        "scikit-learn, code by code",
        lambda: [cohen_kappa_score(first[:, code], second[:, code]) for code in range(codes)],
        20,
    )


def sets_of(units: int, distinct: int | None = None) -> list[list[frozenset[int]]]:
    """Return two coders' sets of 0 to 5 of 30 codes; of so many distinct ones, where a number is given."""
    random = np.random.default_rng(3)

    def draw() -> frozenset[int]:
        return frozenset(random.choice(30, random.integers(0, 6), replace=False).tolist())

    if distinct is None:
        first = [draw() for _ in range(units)]
        return [first, [given if random.random() < 0.5 else draw() for given in first]]
    drawn: dict[frozenset[int], None] = {}
    while len(drawn) < distinct:
        drawn[draw()] = None
    pool = list(drawn)
    numbers = random.integers(0, len(pool), (2, units))
    numbers[1] = np.where(random.random(units) < 0.6, numbers[0], numbers[1])
    return [[pool[number] for number in row] for row in numbers]


def masi(units: int) -> Line:
    """Set-valued alpha with MASI against nltk, whose own distance divides by zero on two empty sets."""
    agreement = nltk_agreement()
    rows = sets_of(units)

    def distance(one: frozenset[int], other: frozenset[int]) -> float:
        """MASI as Passonneau (2006) has it, with 2/3 and 1/3 where nltk rounds to 0.67 and 0.33."""
        union, shared = len(one | other), len(one & other)
        if not union:
            return 0.0
        if shared == union:
            return 0.0
        part = 2 / 3 if shared == min(len(one), len(other)) else 1 / 3 if shared else 0.0
        return 1 - shared / union * part

    data = [(coder, unit, given) for coder, row in enumerate(rows) for unit, given in enumerate(row)]
    return compared(
        f"alpha over sets with MASI, {units:,} units, 2 coders",
        lambda: alpha_of_sets(rows, "masi").value,
        "nltk",
        lambda: agreement.AnnotationTask(data=data, distance=distance).alpha(),
        500,
    )


def nltk_agreement() -> Any:  # noqa: ANN401
    """Return nltk's module of agreement; nltk is fetched by pip where it is not there."""
    try:
        from nltk.metrics import agreement
    except ModuleNotFoundError:
        if not (PEERS / "nltk").is_dir():
            print(f"nltk is not installed: pip puts it into {PEERS.relative_to(ROOT)}")
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(PEERS), "nltk"]
            subprocess.run(pip, check=True)
        # Behind all others, so that what the environment has of its own comes first.
        sys.path.append(str(PEERS))
        from nltk.metrics import agreement
    return agreement


def many_sets(units: int, distinct: int = 2000) -> Line:
    """Set-valued alpha at a size that no peer bears."""
    rows = sets_of(units, distinct)
    took, _ = timed(lambda: alpha_of_sets(rows, "masi").value, runs=1)
    found = len({given for row in rows for given in row})
    return Line(f"the same, {units:,} units, {found:,} distinct sets", took, "", None, "< 5 s", took < 5)


def cooccurrence(applications: int, messages: int, codes: int = 50) -> Line:
    """Co-occurrence in messages."""
    import pandas as pd

    random = np.random.default_rng(4)
    message, code = random.integers(0, messages, applications), random.integers(0, codes, applications)
    frame = pd.DataFrame({"message": message, "code": code})

    def crosstab() -> np.ndarray:
        table = (pd.crosstab(frame["message"], frame["code"]) > 0).astype(int)
        return table.T.dot(table).to_numpy()

    return compared(
        f"co-occurrence, {applications:,} applications, {messages:,} messages",
        lambda: counts(message, code, messages, codes),
        "pandas.crosstab and dot",
        crosstab,
        100,
    )


def bootstrap(units: int, codes: int = 50, replicates: int = 1000, measured: int = 20) -> Line:
    """Kappa, alpha and AC1 code by code with bootstrap intervals; the peers' time is that of 20 replicates, scaled."""
    import krippendorff
    from sklearn.metrics import cohen_kappa_score

    first, second = yes_and_no(units, codes)
    applied = np.stack([first, second])
    ids = tuple(map(str, range(codes)))
    judged = Judgements(("A", "B"), ids, applied, np.ones((2, units), dtype=bool), np.ones(units))
    took, found = timed(lambda: of_codes(judged, Settings(replicates=replicates)))
    random = np.random.default_rng(5)

    def peers(rows: np.ndarray) -> np.ndarray:
        values = []
        for code in range(codes):
            one, other = first[rows, code].astype(float), second[rows, code].astype(float)
            data = np.stack([one, other])
            values.append(
                (
                    cohen_kappa_score(one, other),
                    krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"),
                    gwet_ac1(one, other),
                )
            )
        return np.array(values)

    names = ("cohen_kappa", "krippendorff_alpha", "gwet_ac1")
    mine = np.array([[one[name].value for name in names] for one in found])
    np.testing.assert_allclose(mine, peers(np.arange(units)), rtol=1e-9)
    begun = time.perf_counter()
    drawn = np.array([peers(random.integers(0, units, units)) for _ in range(measured)])
    theirs = (time.perf_counter() - begun) * replicates / measured
    # The intervals of so few replicates are rough: theirs have to lie about where ours do.
    lows = np.array([[one[name].low for name in names] for one in found])
    assert (abs(drawn.min(axis=0) - lows) < 0.1).all()  # noqa: S101
    return Line(
        f"kappa, alpha, AC1 with bootstrap, {codes} codes x {units:,}, {replicates:,}",
        took,
        "scikit-learn, krippendorff",
        theirs,
        ">= 200x",
        theirs / took >= 200,
        f"  against a loop over scikit-learn, krippendorff and AC1 in numpy: {measured} replicates timed and scaled",
    )


def many_replicates(units: int, replicates: int, codes: int = 30) -> Line:
    """Every coefficient of each code and of all together, with bootstrap intervals; no peer has them all."""
    applied = np.stack(yes_and_no(units, codes))
    own = {name: np.arange(units) for name in ("message", "thread", "participant")}
    read = np.ones((2, units), dtype=bool)
    judged = Judgements(("A", "B"), tuple(map(str, range(codes))), applied, read, np.ones(units), own)
    settings = Settings(replicates=replicates)
    took, _ = timed(lambda: of_codes(judged, settings))
    with_all, _ = timed(lambda: of_all(judged, settings))
    work = f"all coefficients with bootstrap, {codes} codes x {units:,}, {replicates:,}"
    note = f"  over all codes together, sets among them, {with_all:.2f} s more"
    return Line(work, took, "", None, "< 2 s", took + with_all < 2, note)


def gwet_ac1(one: np.ndarray, other: np.ndarray) -> float:
    """Return AC1 for two coders (Gwet, 2008); irrCAC, which has it too, does not go with this version of pandas."""
    observed, share = float((one == other).mean()), float((one.mean() + other.mean()) / 2)
    expected = 2 * share * (1 - share)
    return (observed - expected) / (1 - expected)


def segments_of(characters: int, number: int, codes: int = 50, messages: int = 10_000) -> Segments:
    """Return two coders' segments over messages of one length; half of them agree to within a few characters."""
    random = np.random.default_rng(6)
    length = characters // messages
    half = number // 2
    message, code = random.integers(0, messages, half), random.integers(0, codes, half)
    start = random.integers(0, length - 60, half)
    long = random.integers(5, 50, half)
    moved = np.where(random.random(half) < 0.5, random.integers(0, 5, half), random.integers(0, length, half))
    again = np.minimum(start + moved, length - 60)
    both = [np.concatenate(pair) for pair in ((message, message), (code, code), (start, again), (long, long))]
    coder = np.repeat([0, 1], half)
    lengths = np.full(messages, length, dtype=np.int64)
    read = np.ones((2, messages), dtype=bool)
    return Segments(coder, both[0], both[1], both[2], both[2] + both[3], lengths, read, codes)


def by_array_of_characters(given: Segments) -> np.ndarray:
    """Return the four counts of each code from one array of characters for each coder, in as few passes as we know."""
    begin = given.offsets[given.message] + given.start
    end = begin + (given.end - given.start)
    order = np.argsort(given.code, kind="stable")
    found = []
    for rows in np.split(order, np.searchsorted(given.code[order], np.arange(1, given.codes))):
        text = np.zeros((2, given.span), dtype=bool)
        for coder, first, last in zip(
            given.coder[rows].tolist(), begin[rows].tolist(), end[rows].tolist(), strict=True
        ):
            text[coder, first:last] = True
        both = np.count_nonzero(text[0] & text[1])
        one, other = np.count_nonzero(text[0]), np.count_nonzero(text[1])
        found.append([[given.span - one - other + both, other - both], [one - both, both]])
    return np.array(found)


def by_plain_array(given: Segments) -> np.ndarray:
    """Return the same as one would write it down first: the two arrays cross-tabulated."""
    begin = given.offsets[given.message] + given.start
    end = begin + (given.end - given.start)
    found = []
    for code in range(given.codes):
        rows = np.flatnonzero(given.code == code)
        text = np.zeros((2, given.span), dtype=np.int8)
        for coder, first, last in zip(given.coder[rows], begin[rows], end[rows], strict=True):
            text[coder, first:last] = 1
        found.append(np.bincount(2 * text[0] + text[1], minlength=4).reshape(2, 2))
    return np.array(found)


def characters(length: int, number: int) -> Line:
    """Agreement on characters, and that its memory does not grow with the text.

    No program has this; the other side is what one writes with numpy, for each code an array of characters a coder.
    How long that takes depends on how it is written, so two are timed: the plain one, whose ratio is judged, and the
    best we know, which is in the note.
    """
    given = segments_of(length, number)
    coefficients_by_code(given)
    longer = Segments(
        given.coder, given.message, given.code, given.start, given.end, given.lengths * 10, given.read, given.codes
    )
    peaks = []
    for one in (given, longer):
        tracemalloc.start()
        tables(one)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    line = compared(
        f"character by character, {length:,}, {number:,} segments, 50 codes",
        lambda: tables(given)[0, 1],
        "two arrays of characters a code, cross-tabulated with bincount",
        lambda: by_plain_array(given),
        50,
    )
    steady = peaks[1] < 1.2 * peaks[0]
    tight, table = timed(lambda: by_array_of_characters(given))
    np.testing.assert_array_equal(table, tables(given)[0, 1])
    note = f"{line.note}; the same arrays with the fewest passes {tight:.2f} s, {tight / line.ours:.0f}x"
    note += f"; peak {peaks[0] / 1e6:.1f} MB, with ten times the text {peaks[1] / 1e6:.1f} MB"
    return Line(line.work, line.ours, line.peer, line.theirs, line.wanted, line.met and steady, note)


WHOLE = """
import json, resource, sys, time
begun = time.perf_counter()
from lepanalysis import agreement_report
from lepanalysis.agreement_intervals import Settings
from lepanalysis.cooccurrence import cooccurrence
from lepanalysis.study import open_study
steps = {}
study = open_study(sys.argv[1])
steps["open"] = time.perf_counter() - begun
with open(sys.argv[2], "w") as file:
    file.write(json.dumps(agreement_report.report(study, Settings()), ensure_ascii=False, allow_nan=False))
steps["agree"] = time.perf_counter() - begun - steps["open"]
table = cooccurrence(study, "any")
steps["co-occurrence"] = time.perf_counter() - begun - steps["open"] - steps["agree"]
used = resource.getrusage(resource.RUSAGE_SELF)
peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
if sys.platform == "linux":
    # Linux counts the memory of the program that started this one as well, which may be far more.
    with open("/proc/self/status") as file:
        peak = 1024 * next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))
print(json.dumps({"steps": steps, "peak": peak, "processor": used.ru_utime + used.ru_stime}))
"""


def whole(messages: int, applications: int) -> Line:
    """From CSV to all that `agree` says, and co-occurrence, in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "study"
        write_study(folder, messages, applications)
        command = [sys.executable, "-c", WHOLE, str(folder), str(folder / "agree.json")]
        begun = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
        took = time.perf_counter() - begun
    said = json.loads(done.stdout)
    steps = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in said["steps"].items())
    note = f"  {said['peak'] / 1e9:.2f} GB; {steps}; {said['processor']:.1f} s of the processor"
    work = f"agree and co-occurrence, {messages:,} messages, {applications:,} codings"
    return Line(work, took, "", None, "< 60 s, < 4 GB", took < 60 and said["peak"] < 4e9, note)


def write_study(folder: Path, messages: int, applications: int, codes: int = 50) -> None:
    """Write a study of two coders, three quarters of whose applications are the same."""
    random = np.random.default_rng(7)
    folder.mkdir(parents=True)
    text = "We would like a room where we can meet and talk, and a faster train."
    people = random.integers(0, messages // 50 + 1, messages).tolist()
    coders = "coders:\n  - {id: A, name: Coder A}\n  - {id: B, name: Coder B}\n"
    head = "title: Large\nclass: open\nsource: drawn\nlicence: CC0-1.0\n"
    (folder / "study.yaml").write_text(head + coders)
    names = "".join(f"P{number},Person {number}\n" for number in range(messages // 50 + 1))
    (folder / "participants.csv").write_text("participant_id,code_name\n" + names)
    book = "".join(f"  - {{id: c{number:02d}, name: Code {number}, definition: none}}\n" for number in range(codes))
    (folder / "codebook.yaml").write_text("codes:\n" + book)
    with (folder / "messages.csv").open("w") as file:
        file.write("message_id,thread_id,participant_id,text,posted_at,position\n")
        file.writelines(
            f'm{place},t{place // 20},P{person},"{text}",2020-01-{1 + place % 28:02d}T10:00:00,{place % 20}\n'
            for place, person in enumerate(people)
        )
    each = applications // 2
    pairs = random.permutation(np.unique(random.integers(0, messages * codes, each * 3 // 2)))
    same = each * 3 // 4
    with (folder / "codings.csv").open("w") as file:
        file.write("coder,message_id,code_id,start,end\n")
        for place, coder in enumerate("AB"):
            begins = same + place * (each - same)
            mine = np.sort(np.concatenate([pairs[:same], pairs[begins : begins + each - same]]))
            start = random.integers(0, len(text) - 10, len(mine))
            rows = np.stack([mine // codes, mine % codes, start, start + random.integers(5, 10, len(mine))])
            file.writelines(f"{coder},m{one},c{code:02d},{a},{b}\n" for one, code, a, b in rows.T.tolist())


def curves(largest: int) -> list[tuple[str, str, int, float]]:
    """Return what is measured, who, units and seconds, for sizes from a thousand on; what takes too long ends."""
    import krippendorff
    import pandas as pd
    from sklearn.metrics import cohen_kappa_score

    def crosstab(frame: pd.DataFrame) -> object:
        table = (pd.crosstab(frame["message"], frame["code"]) > 0).astype(int)
        return table.T.dot(table)

    rows: list[tuple[str, str, int, float]] = []
    size = 1000
    stopped: set[tuple[str, str]] = set()
    while size <= largest:
        random = np.random.default_rng(size)
        ratings = ratings_of(size)
        first, second = yes_and_no(size, 10)
        message, code = random.integers(0, size, 5 * size), random.integers(0, 50, 5 * size)
        frame = pd.DataFrame({"message": message, "code": code})
        given = segments_of(size * 100, size * 2, messages=max(size // 10, 1))
        runs = [
            ("alpha, 3 coders", "lepanalysis", lambda r=ratings: krippendorff_alpha(r)),
            (
                "alpha, 3 coders",
                "krippendorff",
                lambda r=ratings: krippendorff.alpha(r, level_of_measurement="nominal"),
            ),
            ("kappa, 10 codes", "lepanalysis", lambda a=first, b=second: kappa_of_codes(a, b)),
            (
                "kappa, 10 codes",
                "scikit-learn",
                lambda a=first, b=second: [cohen_kappa_score(a[:, c], b[:, c]) for c in range(10)],
            ),
            ("co-occurrence, 5 a message", "lepanalysis", lambda m=message, c=code, n=size: counts(m, c, n, 50)),
            ("co-occurrence, 5 a message", "pandas", lambda f=frame: crosstab(f)),
            ("characters, 100 a unit", "lepanalysis", lambda g=given: tables(g)),
            ("characters, 100 a unit", "array of characters", lambda g=given: by_array_of_characters(g)),
        ]
        for work, who, function in runs:
            if (work, who) in stopped:
                continue
            took, _ = timed(function)
            rows.append((work, who, size, took))
            # Ten times the size would take longer than anyone waits.
            if took > 20:
                stopped.add((work, who))
        size *= 10
    return rows


def draw(rows: list[tuple[str, str, int, float]]) -> None:
    """Write docs/agreement-cost.csv and .svg."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with (ROOT / "docs" / "agreement-cost.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["work", "program", "units", "seconds"])
        writer.writerows([work, who, size, f"{took:.3g}"] for work, who, size, took in rows)
    works = list(dict.fromkeys(work for work, *_ in rows))
    with rc_context({"svg.hashsalt": "lepanalysis", "font.size": 8, "svg.fonttype": "none"}):
        figure = Figure(figsize=(6.3, 5.2), layout="constrained")
        for axes, work in zip(figure.subplots(2, 2, sharex=True).flat, works, strict=True):
            for who in dict.fromkeys(who for one, who, *_ in rows if one == work):
                points = [(size, took) for one, name, size, took in rows if (one, name) == (work, who)]
                ours = who == "lepanalysis"
                style = {"color": "#1b4f72", "marker": "o"} if ours else {"color": "#b9770e", "marker": "s", "ls": "--"}
                axes.loglog(*zip(*points, strict=True), label=who, markersize=4, **style)
            axes.set_title(work, fontsize=8)
            axes.set_xlabel("units")
            axes.set_ylabel("seconds")
            axes.grid(visible=True, alpha=0.3)
            axes.legend(frameon=False, fontsize=7)
        figure.savefig(ROOT / "docs" / "agreement-cost.svg", metadata={"Date": None})


ROWS: dict[str, tuple[Callable[..., Line], tuple[int, ...], tuple[int, ...]]] = {
    "alpha": (alpha, (1_000_000,), (20_000,)),
    "kappa": (kappa, (100_000,), (5_000,)),
    "masi": (masi, (2_000,), (100,)),
    "sets": (many_sets, (200_000,), (5_000,)),
    "cooccurrence": (cooccurrence, (5_000_000, 1_000_000), (50_000, 10_000)),
    "bootstrap": (bootstrap, (10_000,), (500,)),
    "replicates": (many_replicates, (1_000, 10_000), (200, 500)),
    "characters": (characters, (10_000_000, 200_000), (1_000_000, 20_000)),
    "whole": (whole, (1_000_000, 5_000_000), (5_000, 25_000)),
}


def main() -> int:
    """Print the table; 1 where a ratio was missed at full size."""
    parser = argparse.ArgumentParser(description="Time agreement and co-occurrence against other programs.")
    parser.add_argument("--quick", action="store_true", help="small sizes: ratios mean nothing then")
    parser.add_argument("--only", nargs="+", choices=list(ROWS), default=list(ROWS), help="some rows of the table")
    parser.add_argument("--curves", action="store_true", help="only the figure of cost against size, in docs/")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load {load:.1f}, Python {sys.version.split()[0]}, numpy {np.__version__}")
    missed = 0
    for name in [] if options.curves else options.only:
        function, full, quick = ROWS[name]
        line = function(*(quick if options.quick else full))
        missed += not line.met
        print(line.said(judged=not options.quick), flush=True)
    if options.curves or (not options.quick and len(options.only) == len(ROWS)):
        draw(curves(1_000_000))
        print("docs/agreement-cost.svg and docs/agreement-cost.csv were written")
    return int(missed > 0 and not options.quick)


if __name__ == "__main__":
    raise SystemExit(main())
