"""REFI-QDA projects out and in, from a thousand codings to two hundred thousand, and what others need for the file.

Seconds of the processor and peak memory: a machine that does other things at the same time makes no difference then.

*Whole commands*, each in a process of its own: a study is opened, checked and written; a file is read, its offsets
found out, and what comes of it is written and checked as every study is. The other programs load the XML and the texts,
and check no offset. *In process*, without starting up: the reading alone, the best of some runs, for ours with all
offsets found out.

    python benchmarks/exchange.py             # everything, some minutes
    python benchmarks/exchange.py --quick     # small sizes: whether it runs, not how fast
    python benchmarks/exchange.py --table docs/exchange-cost.csv

`make readers` puts the other programs into build/readers. pyqdpx is written for Python 3.12; on an older one the one
expression of it that is not understood there is put in the older form as it is imported.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "build" / "readers" / "bin" / "python"
SIZES, QUICK = (1_000, 10_000, 100_000, 200_000), (200, 2_000)
# Codings in a message; messages are sources.
PER_MESSAGE = 20
MOST_SECONDS, MOST_MEGABYTES = 60, 2048
# How much more a coding may cost in the largest project than in one of ten thousand codings.
STEEPEST = 1.5
PATIENCE = 600
WORDS = (
    "room",
    "train",
    "meeting",
    "of",
    "the",
    "and",
    "very",
    "people",
    "centre",
    "we",
    "need",
    "café",
    "Straße",
    "😀",
)

OUT = """
import sys
from pathlib import Path
from lepanalysis.exchange.exporting import export_study
export_study(Path(sys.argv[1]), Path(sys.argv[2]))
"""
IN = """
import sys
from pathlib import Path
from lepanalysis.exchange.importing import import_study
print(import_study(Path(sys.argv[1]), Path(sys.argv[2]), options={}).tally("codings").kept)
"""
# What each reads by itself: a function `load` of the path.
LOADS = {
    "lepanalysis": """
import sys
from pathlib import Path
from lepanalysis.exchange.refi_read import read_qdpx
def load(path):
    return len(read_qdpx(Path(path), {"offsets": ""})[0].codings)
""",
    "pyrefiqda": """
import sys, tempfile
from pathlib import Path
from pyrefiqda import RefiProject
def load(path):
    with tempfile.TemporaryDirectory() as folder:
        read = RefiProject.load(path, folder)
        for one in read.sources.text_source:
            RefiProject.resolve_source_path(one.plain_text_path, folder).read_text("utf-8")
    return sum(len(one.plain_text_selection) for one in read.sources.text_source)
""",
    "pyqdpx": r"""
import re, sys
from importlib.machinery import PathFinder, SourceFileLoader
class Older(SourceFileLoader):
    def get_data(self, path):
        nested = rb'[{]\(f": [{](.+?)[}]"\) if (.+?) else ""[}]'
        data = super().get_data(path)
        return re.sub(nested, rb"{(': ' + \1) if \2 else ''}", data) if path.endswith(".py") else data
class Finder:
    @staticmethod
    def find_spec(name, path, target=None):
        spec = PathFinder.find_spec(name, path) if name.startswith("pyqdpx") else None
        if spec is not None and sys.version_info < (3, 12):
            spec.loader = Older(name, spec.origin)
        return spec
sys.meta_path.insert(0, Finder)
from pyqdpx import QDPX
def load(path):
    return sum(len(one.coded_selections) for one in QDPX(path).get_project().sources.values())
""",
}
ONCE = "print(load(sys.argv[1]))"
AGAIN = """
import time
best, until = None, time.process_time() + 2
while best is None or time.process_time() < until:
    begun = time.process_time()
    load(sys.argv[1])
    took = time.process_time() - begun
    best = took if best is None else min(best, took)
print(best)
"""


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    seconds: float
    megabytes: float
    said: str


def run(python: str | Path, code: str, *arguments: str | Path) -> Cost | None:
    """Run a piece of Python in a process of its own; None where it takes too long."""
    begun = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([python, "-W", "ignore", "-c", code, *map(str, arguments)], stdout=said, cwd=ROOT)
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() - begun > PATIENCE:
                process.kill()
                os.wait4(process.pid, 0)
                return None
            time.sleep(0.01)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{arguments[0]}: it failed")
        said.seek(0)
        # Linux gives kilobytes, macOS bytes.
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / unit, said.read().decode().strip())


def make(folder: Path, codings: int) -> None:
    """Write a study of so many codings by two coders, with words beyond ASCII and beyond U+FFFF."""
    folder.mkdir(parents=True)
    draw = random.Random(1)  # noqa: S311
    study = {"title": "Large", "class": "open", "source": "made for a benchmark", "licence": "CC0-1.0"}
    study["coders"] = [{"id": "A", "name": "Ada"}, {"id": "B", "name": "Ben"}]
    (folder / "study.yaml").write_text(json.dumps(study), encoding="utf-8")
    codes = [{"id": f"c{number}", "name": f"Code {number}", "definition": "made"} for number in range(100)]
    (folder / "codebook.yaml").write_text(json.dumps({"codes": codes}), encoding="utf-8")
    messages, rows = [], []
    for number in range(1, codings // PER_MESSAGE + 1):
        text = " ".join(draw.choice(WORDS) for _ in range(120))
        moment = f"2020-01-01T10:{number % 60:02}:00"
        messages.append([number, f"T{number // 10}", f"P{number % 500}", text, moment, number % 10 + 1])
        for place in range(PER_MESSAGE):
            start = text.rindex(" ", 0, 60 + place * 20) + 1
            rows.append(["AB"[place % 2], number, f"c{draw.randrange(100)}", start, text.index(" ", start + 20)])
    people = [[f"P{number}", f"Person {number}"] for number in range(500)]
    for name, header, records in (
        ("messages", "message_id,thread_id,participant_id,text,posted_at,position", messages),
        ("participants", "participant_id,code_name", people),
        ("codings", "coder,message_id,code_id,start,end", rows),
    ):
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([header.split(","), *records])


def of_another(project: Path, target: Path) -> None:
    """Write a project as another program would have written it: without our note, its origin not ours."""
    import re
    import zipfile

    with zipfile.ZipFile(project) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as other:
        *names, note = archive.namelist()
        for name in names:
            data = archive.read(name)
            if name == "project.qde":
                mine = note.removeprefix("sources/").removesuffix(".txt").encode()
                data = data.replace(b'origin="lepanalysis"', b'origin="another program"')
                data = re.sub(rb"<Notes>\s*<Note [^>]*" + mine + rb"[^>]*/>\s*</Notes>\s*", b"", data)
                data = data.replace(b'<NoteRef targetGUID="' + mine + b'"/>', b"")
            other.writestr(name, data)


def measured(codings: int, folder: Path, peers: list[str], *, quick: bool) -> dict[str, Cost | None]:
    """Return what out and in cost, and what the other programs need."""
    study, ours, project = folder / f"s{codings}", folder / f"o{codings}.qdpx", folder / f"p{codings}.qdpx"
    make(study, codings)
    found = {"out": run(sys.executable, OUT, study, ours)}
    of_another(ours, project)
    found["in"] = run(sys.executable, IN, project, folder / f"b{codings}")
    if found["out"] is None or found["in"] is None or found["in"].said != str(codings):
        raise SystemExit(f"{codings} codings went out and {found['in'].said if found['in'] else 'nothing'} came in")
    for name, code in LOADS.items():
        python = sys.executable if name == "lepanalysis" else PEERS
        known = name == "lepanalysis" or name in peers
        if name != "lepanalysis":
            found[name] = run(python, code + ONCE, project) if known else None
        once = AGAIN.replace("+ 2", "+ 0") if quick else AGAIN
        inside = run(python, code + once, project) if known and (name not in found or found[name]) else None
        found[f"{name} in process"] = Cost(float(inside.said), inside.megabytes, "") if inside else None
    return found


COLUMNS = {
    "out": "out",
    "in": "in",
    "pyqdpx": "pyqdpx",
    "pyrefiqda": "pyrefiqda",
    "lepanalysis in process": "in, in process",
    "pyqdpx in process": "pyqdpx, in process",
    "pyrefiqda in process": "pyrefiqda, in process",
}


def shown(cost: Cost | None) -> str:
    """Return seconds as text."""
    return f"{cost.seconds:.2f}" if cost else "not run"


def fastest(costs: dict[str, Cost | None], ending: str = "") -> float | None:
    """Return how many seconds the fastest of the other programs needs."""
    found = [costs.get(f"{name}{ending}") for name in ("pyqdpx", "pyrefiqda")]
    return min((one.seconds for one in found if one), default=None)


def write_table(path: Path, costs: dict[int, dict[str, Cost | None]]) -> None:
    """Write what was measured as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        names = [*COLUMNS.values()]
        writer.writerow(["codings", *(f"{name} (s)" for name in names), "out (MB)", "in (MB)"])
        for size, found in costs.items():
            seconds = [f"{one.seconds:.3f}" if (one := found.get(name)) else "" for name in COLUMNS]
            memory = [f"{one.megabytes:.0f}" if (one := found.get(name)) else "" for name in ("out", "in")]
            writer.writerow([size, *seconds, *memory])


def wrong_with(codings: int, found: dict[str, Cost | None]) -> list[str]:
    """Return which bounds were missed with so many codings; below a few thousand, whole commands only start up."""
    missed = []
    for ending, ours in (("", "in"), (" in process", "lepanalysis in process")):
        best, mine = fastest(found, ending), found[ours]
        if best and mine and best < mine.seconds and (ending or codings > QUICK[-1]):
            missed.append(f"{codings:,} codings are loaded faster by another program{ending}")
    for way in ("out", "in"):
        cost = found[way]
        if cost and (cost.seconds > MOST_SECONDS or cost.megabytes > MOST_MEGABYTES):
            missed.append(f"{codings:,} codings {way} take more than {MOST_SECONDS} s or {MOST_MEGABYTES} MB")
    return missed


def main() -> int:
    """Print the table; 1 where a bound was missed at full size."""
    parser = argparse.ArgumentParser(description="Time REFI-QDA projects out and in.")
    parser.add_argument("--quick", action="store_true", help="small sizes: ratios mean nothing then")
    parser.add_argument("--table", type=Path, help="write what was measured as CSV")
    options = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
    if not PEERS.exists():
        print("the other programs are not here: make readers")
    print("seconds of the processor\n" + "".join(f"{name:>22}" for name in ("codings", *COLUMNS.values())))
    costs: dict[int, dict[str, Cost | None]] = {}
    missed: list[str] = []
    peers = [name for name in LOADS if name != "lepanalysis"] if PEERS.exists() else []
    with tempfile.TemporaryDirectory() as folder:
        for codings in QUICK if options.quick else SIZES:
            found = measured(codings, Path(folder), peers, quick=options.quick)
            # Some cost grows with the square of the size.
            peers = [name for name in peers if (one := found[name]) and one.seconds < PATIENCE / 10]
            costs[codings] = found
            print("".join(f"{cell:>22}" for cell in (f"{codings:,}", *(shown(found.get(name)) for name in COLUMNS))))
            sys.stdout.flush()
            missed += wrong_with(codings, found)
    if not options.quick:
        for way in ("out", "in"):
            each = [cost.seconds / size for size in (10_000, SIZES[-1]) if (cost := costs[size][way])]
            print(f"{way}: a coding of {SIZES[-1]:,} costs {each[1] / each[0]:.2f} times one of 10,000")
            if each[1] / each[0] > STEEPEST:
                missed.append(f"the cost {way} is not linear")
    if options.table:
        write_table(options.table, costs)
    print("\n".join(missed) or "every bound was met")
    return int(bool(missed) and not options.quick)


if __name__ == "__main__":
    raise SystemExit(main())
