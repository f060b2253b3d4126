"""REFI-QDA projects out and in, from a thousand codings to two hundred thousand, and what others need for the file.

Seconds and peak memory, each in a process of its own. What is timed is the whole way: a study is opened, checked and
written; a file is read, its offsets found out, and what comes of it checked as every study is. The other programs
(`make readers` puts them into build/readers) load the XML and the texts, and check no offset.

    python benchmarks/exchange.py             # everything, some minutes
    python benchmarks/exchange.py --quick     # small sizes: whether it runs, not how fast
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

OURS = """
import sys
from pathlib import Path
from lepanalysis.exchange.exporting import export_study
from lepanalysis.exchange.importing import import_study
step, source, target = sys.argv[1:]
if step == "out":
    export_study(Path(source), Path(target))
else:
    report = import_study(Path(source), Path(target), options={})
    print(report.tally("codings").kept)
"""
THEIRS = {
    "pyrefiqda": """
import sys, tempfile
from pathlib import Path
from pyrefiqda import RefiProject
with tempfile.TemporaryDirectory() as folder:
    read = RefiProject.load(sys.argv[1], folder)
    for one in read.sources.text_source:
        RefiProject.resolve_source_path(one.plain_text_path, folder).read_text("utf-8")
print(sum(len(one.plain_text_selection) for one in read.sources.text_source))
""",
    "pyqdpx": """
import sys
from pyqdpx import QDPX
print(sum(len(one.coded_selections) for one in QDPX(sys.argv[1]).get_project().sources.values()))
""",
}


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    seconds: float
    megabytes: float
    said: str


def run(python: str | Path, code: str, *arguments: str | Path) -> Cost | None:
    """Run a piece of Python in a process of its own; None where it takes too long."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([python, "-W", "ignore", "-c", code, *map(str, arguments)], stdout=said, cwd=ROOT)
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            took = time.perf_counter() - begun
            if pid:
                break
            if took > PATIENCE:
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
        return Cost(took, used.ru_maxrss / unit, said.read().decode().strip())


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


def measured(codings: int, folder: Path, peers: list[str]) -> tuple[Cost, Cost, dict[str, Cost | None]]:
    """Return what out, in and the other programs cost."""
    study, project = folder / f"s{codings}", folder / f"p{codings}.qdpx"
    make(study, codings)
    out = run(sys.executable, OURS, "out", study, project)
    back = run(sys.executable, OURS, "in", project, folder / f"b{codings}")
    if out is None or back is None or back.said != str(codings):
        raise SystemExit(f"{codings} codings went out and {back.said if back else 'nothing'} came in")
    theirs = {name: run(PEERS, THEIRS[name], project) if name in peers else None for name in THEIRS}
    return out, back, theirs


def shown(cost: Cost | None) -> str:
    """Return a cost as text."""
    return f"{cost.seconds:8.1f} s {cost.megabytes:6.0f} MB" if cost else f"{'not run':>19}"


def main() -> int:
    """Print the table; 1 where a bound was missed at full size."""
    parser = argparse.ArgumentParser(description="Time REFI-QDA projects out and in.")
    parser.add_argument("--quick", action="store_true", help="small sizes: ratios mean nothing then")
    options = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}")
    if not PEERS.exists():
        print("the other programs are not here: make readers")
    print(f"{'codings':>9}  {'out':>19}  {'in':>19}" + "".join(f"  {name:>19}" for name in THEIRS))
    costs: dict[int, tuple[Cost, Cost]] = {}
    missed: list[str] = []
    peers = list(THEIRS) if PEERS.exists() else []
    with tempfile.TemporaryDirectory() as folder:
        for codings in QUICK if options.quick else SIZES:
            out, back, theirs = measured(codings, Path(folder), peers)
            # Some cost grows with the square of the size.
            peers = [name for name, one in theirs.items() if one and one.seconds < PATIENCE / 10]
            costs[codings] = out, back
            row = f"{codings:>9,}  {shown(out)}  {shown(back)}" + "".join(f"  {shown(one)}" for one in theirs.values())
            fastest = min((one.seconds for one in theirs.values() if one), default=None)
            print(row + (f"  {fastest / back.seconds:5.1f}x" if fastest else ""), flush=True)
            if fastest and codings > 10_000 and fastest < back.seconds:
                missed.append(f"{codings:,} codings are loaded faster by another program")
            for way, cost in (("out", out), ("in", back)):
                if cost.seconds > MOST_SECONDS or cost.megabytes > MOST_MEGABYTES:
                    missed.append(f"{codings:,} codings {way} take more than {MOST_SECONDS} s or {MOST_MEGABYTES} MB")
    if not options.quick:
        for way, place in (("out", 0), ("in", 1)):
            each = [costs[size][place].seconds / size for size in (10_000, SIZES[-1])]
            print(f"{way}: a coding of {SIZES[-1]:,} costs {each[1] / each[0]:.2f} times one of 10,000")
            if each[1] / each[0] > STEEPEST:
                missed.append(f"the cost {way} is not linear")
    print("\n".join(missed) or "every bound was met")
    return int(bool(missed) and not options.quick)


if __name__ == "__main__":
    raise SystemExit(main())
