"""Changes every value of the ledger, one at a time, and sees which change `check` and `verify` notice.

    make mutations

Each value is changed in every way that `mutants` knows, in a copy of the data; a seeded sample of the stand-in's values
as well. A change is noticed where a fault is found or a verdict differs from the accepted one. It is judged twice: with
the digests that the attestation and the accepted verdicts keep of each entry and file, which no change escapes, and
by the checks alone, as if somebody had accepted the change without looking at the article. docs/mutations.md, which
this writes, holds both rates and every column in which a change can pass, with the reason; a change that passes without
one ends it with exit status 1.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from mutants import KINDS, MEANINGS, mutants_of
from mutations_survive import COVERED_BY_NONE, REASONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mutants import Mutant

    from lepanalysis.article import Article
    from lepanalysis.claim_tests import Outcome
    from lepanalysis.claim_units import Materials
    from lepanalysis.entries import Entry
    from lepanalysis.faults import Fault
    from lepanalysis.study import Study
    from lepanalysis.verdicts import Verdict

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "mutations.md"
LEDGER = "article"
STANDIN = "standin"
SUFFIXES = (".csv", ".json", ".yaml")
# What the rest is held against (tests/mutations.py plants faults in it), and the compendium's answers to checklists,
# which docs/review is made from and neither command reads.
LEFT_OUT = ("attestation.json", "verdicts.csv", "srqr.csv", "fifteen-points.csv")
SEED = 20170401
# How many changes of the stand-in are tried.
SAMPLE = 600
# Columns that tell the records of a file apart, where it is not the first alone.
KEYS = {"mapping.csv": 2, "codings.csv": 4, "assignments.csv": 2}


@dataclass(frozen=True)
class Judged:
    """What came of one change.

    Parameters
    ----------
    mutant : Mutant
    alone : bool
        Whether the checks alone notice it.
    attested : bool
        Whether it is noticed with the digests kept of each entry.
    told : str
        What was said first.
    """

    mutant: Mutant
    alone: bool
    attested: bool
    told: str = ""


def mutants_of_folder(folder: Path) -> list[Mutant]:
    """Return every mutant of the files in a folder of the data, in order."""
    files = [path for path in sorted(folder.iterdir()) if path.suffix in SUFFIXES and path.name not in LEFT_OUT]
    return [
        mutant
        for path in files
        for mutant in mutants_of(f"{folder.name}/{path.name}", _text(path), KEYS.get(path.name, 1))
    ]


def sample_of(mutants: Sequence[Mutant], count: int, seed: int) -> list[Mutant]:
    """Return so many mutants, drawn file by file in turn so that the small files are in it too, in order."""
    drawn = random.Random(seed)  # noqa: S311 - no secret hangs on it
    files = [list(group) for _, group in itertools.groupby(mutants, key=lambda mutant: mutant.file)]
    for group in files:
        drawn.shuffle(group)
    turns = [mutant for turn in itertools.zip_longest(*files) for mutant in turn if mutant is not None]
    chosen = set(turns[:count])
    return [mutant for mutant in mutants if mutant in chosen]


class Bench:
    """A copy of the data in which one value at a time is changed, and what the checks say then."""

    def __init__(self, place: Path, data: Path = ROOT / "data") -> None:
        for name in (LEDGER, STANDIN):
            shutil.copytree(data / name, place / "data" / name)
        shutil.copytree(data.parent / "paper", place / "paper")
        self._data = place / "data"
        self._studies: dict[tuple[bytes, ...], Any] = {}
        self._memo = _Memo()
        self._verdicts: tuple[object, dict[bool, tuple[Verdict, ...]]] = (None, {})
        self._evidence()

    def judge(self, mutant: Mutant) -> Judged:
        """Change one value, ask the checks, and change it back."""
        path = self._data / mutant.file
        kept = path.read_bytes()
        path.write_text(mutant.apply(kept.decode()), encoding="utf-8", newline="\n")
        try:
            told = self._told(*self._evidence())
        finally:
            path.write_bytes(kept)
        return Judged(mutant, *told)

    def _evidence(self) -> tuple[Study | None, Article | None, list[Fault]]:
        """Read the study and the ledger, as `check` does; what did not change is not read again."""
        from lepanalysis import exhibits

        real = exhibits.read_study, exhibits.check_decisions

        def read_study(folder: Path) -> Any:  # noqa: ANN401 - what the real one returns
            key = tuple(path.read_bytes() for path in sorted(folder.iterdir()))
            if key not in self._studies:
                # One of them is enough: either the study as it is, or the one at hand.
                first = next(iter(self._studies.items()), None)
                self._studies = dict([first]) if first else {}
                self._studies[key] = [*real[0](folder), None]
            study, faults, _ = self._studies[key]
            return study, list(faults)

        def check_decisions(study: Study) -> list[Fault]:
            known = next(value for value in self._studies.values() if value[0] is study)
            if known[2] is None:
                known[2] = real[1](study)
            return list(known[2])

        with mock.patch.multiple(exhibits, read_study=read_study, check_decisions=check_decisions):
            return exhibits.read_evidence(self._data / STANDIN)

    def _told(self, study: Study | None, article: Article | None, faults: list[Fault]) -> tuple[bool, bool, str]:
        """Return whether the checks alone notice something, whether anything does, and what was said first."""
        from lepanalysis.attestation import files_changed, read_attestation
        from lepanalysis.verdicts_accepted import changes, file_of, read_accepted

        if faults or study is None or article is None:
            return True, True, str(faults[0]) if faults else "it cannot be read"
        accepted, wrong = read_accepted(file_of(study, article), study.class_)
        if wrong or accepted is None:
            return True, True, str(wrong[0]) if wrong else "no verdict is accepted"
        found = changes(self._verdicts_of(study, article, equal=False), accepted, study.class_)
        if not found:
            files = files_changed(article, read_attestation(article.folder)[0])
            return False, bool(files), f"{', '.join(files)} changed since it was attested" if files else ""
        # As if everything had been found equal, and accepted as it stands now.
        verdicts = self._verdicts_of(study, article, equal=True)
        digests = {verdict.entry.id: verdict.entry.digest for verdict in verdicts}
        taken = {name: {**row, "entry_sha256": digests.get(name, "")} for name, row in accepted.items()}
        alone = changes(verdicts, taken, study.class_)
        return bool(alone), True, str((alone or found)[0])

    def _verdicts_of(self, study: Study, article: Article, *, equal: bool) -> tuple[Verdict, ...]:
        """Return the verdicts as `verify` does, or as if all entries had been found equal; kept for the same ledger."""
        from lepanalysis import claims
        from lepanalysis.article_check import Comparison
        from lepanalysis.attestation import read_attestation
        from lepanalysis.verdicts import verdicts_of

        if self._verdicts[0] is not article:
            self._verdicts = (article, {})
        known = self._verdicts[1]
        if equal not in known:
            comparisons = None
            if equal:
                comparisons = [Comparison(item.entry.id, equal=True) for item in known[False]]
            attestation, _ = read_attestation(article.folder)
            with mock.patch.object(claims, "outcome_of", self._memo):
                known[equal] = verdicts_of(study, article, attestation=attestation, comparisons=comparisons)
        return known[equal]


class _Memo:
    """The outcomes of tests, by everything that they were worked out from.

    A test is a function of its entry, of the tables that it takes from study and ledger, of what study.yaml says, and
    of which tables there are.
    """

    def __init__(self) -> None:
        from lepanalysis import claims

        self._real: Callable[..., Outcome | None] = claims.outcome_of
        self._known: dict[tuple[object, ...], list[tuple[dict[tuple[str, str], str], Outcome | None]]] = {}

    def __call__(self, entry: Entry, study: Study, article: Article, *, materials: Materials) -> Outcome | None:
        """Return the outcome, worked out or known."""
        present = frozenset(name for name, table in study.tables.items() if len(table))
        known = self._known.setdefault((entry.digest, study.digests["study.yaml"], present), [])
        tables = {"study": study.tables, "ledger": article.tables}
        for taken, outcome in known:
            if all(
                name in tables[owner] and tables[owner][name].sha256 == digest
                for (owner, name), digest in taken.items()
            ):
                for owner, name in taken:
                    if owner == "study":
                        study.table(name)
                return outcome
        taken_now: dict[tuple[str, str], str] = {}

        def take(name: str) -> None:
            taken_now["study", name] = study.table(name).sha256

        def read(name: str) -> None:
            taken_now["ledger", name] = article.tables[name].sha256

        outcome = self._real(entry, replace(study, on_read=take), replace(article, on_read=read), materials=materials)
        known.append((taken_now, outcome))
        return outcome


_BENCH: list[Bench] = []


def _open_bench() -> None:
    """Give a process its own bench; the folder goes with it."""
    keeper = contextlib.ExitStack()
    place = keeper.enter_context(tempfile.TemporaryDirectory(prefix="lep-"))
    _BENCH.append(Bench(Path(place)))
    multiprocessing.util.Finalize(None, keeper.close, exitpriority=10)


def _judge(mutant: Mutant) -> Judged:
    """Judge one mutant on the bench of this process."""
    return _BENCH[0].judge(mutant)


def judged(mutants: Sequence[Mutant], jobs: int = 2) -> Iterator[Judged]:
    """Judge mutants side by side, in their order."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_open_bench) as pool:
        yield from pool.map(_judge, mutants, chunksize=40)


def unexplained(results: Iterable[Judged]) -> list[Judged]:
    """Return the changes that pass without a reason why they may."""
    return [
        result
        for result in results
        if not (result.attested or _reason(result.mutant.file, result.mutant.column, COVERED_BY_NONE))
        or not (result.alone or _reason(result.mutant.file, result.mutant.column, REASONS))
    ]


def _reason(file: str, column: str, reasons: Mapping[str, Mapping[str, str]]) -> str:
    """Return the reason why changes of a column may pass; empty where there is none."""
    columns = reasons.get(file, {})
    return columns.get(column) or columns.get("*", "")


def document_of(results: Sequence[Judged]) -> str:
    """Return docs/mutations.md."""
    ledger = [result for result in results if result.mutant.file.startswith(f"{LEDGER}/")]
    standin = [result for result in results if result.mutant.file.startswith(f"{STANDIN}/")]
    parts = [
        _HEAD.strip(),
        f"## The ledger: every value\n\n{_rates(ledger)}",
        f"### By the way it was changed\n\n{_by_kind(ledger)}",
        f"### What passes the checks alone\n\n{_PASSES.strip()}\n\n{_survivors(ledger, alone=True)}",
        f"### What passes altogether\n\n{_PASSES_ALL.strip()}\n\n{_survivors(ledger, alone=False)}",
        f"## The stand-in: {len(standin)} of its values, drawn\n\n{_STANDIN.strip()}\n\n{_rates(standin)}",
        f"### What passes\n\n{_survivors(standin, alone=True)}",
    ]
    return "\n\n".join(parts) + "\n"


_HEAD = """
# The checks, checked

Written by `make mutations` (scripts/mutate.py); `make test-long` does the same and fails where this file differs, and
`make test` holds a sample against it. Every value of the ledger in `data/article` is changed, one at a time, in each
way that it can be:

{kinds}

It is then seen whether `lepanalysis check` and `lepanalysis verify` notice. *With the digests* is how they run: the
attestation and the accepted verdicts keep a digest of each entry, and an entry that was changed in any cell is not the
one that was compared with the article; of what is no entry the attestation keeps the digest of its file. *By the checks
alone* leaves these out, as if somebody had accepted the change without a look at the article: what is noticed then is
noticed because two records contradict each other, or because what is printed cannot be put together from the record.

Left out are what the rest is held against (`attestation.json` and `verdicts.csv`; `tests/mutations.py` plants faults in
these) and the compendium's own answers to checklists (`srqr.csv` and `fifteen-points.csv`; `docs/review` is made from
them, and neither command reads them).
""".replace("{kinds}", "\n".join(f"- {kind}: {meaning}" for kind, meaning in MEANINGS.items()))
_PASSES = """
By column, with the reason why it may.
"""
_PASSES_ALL = """
Changes that no digest covers, since the value is no statement about the article, or is checked elsewhere.
"""
_STANDIN = """
The stand-in is invented: nothing outside it says what a message should be. Its files hold each other (offsets, digests
of what was read, ids), the quoted words are held against the ledger, and the verdicts against those accepted; what
passes here and is shown anywhere changes an exhibit, which `make paper` compares with the committed ones.
"""


def _rates(results: Sequence[Judged]) -> str:
    """Return how many changes of each file were noticed, as a table."""
    lines = ["| file | values | changes | noticed with the digests | by the checks alone |", "|---|--:|--:|--:|--:|"]
    files = sorted({result.mutant.file for result in results})
    for name, some in [
        *((file, [result for result in results if result.mutant.file == file]) for file in files),
        ("in all", list(results)),
    ]:
        values = len({(result.mutant.file, result.mutant.place) for result in some})
        lines.append(f"| {name} | {values} | {len(some)} | {_share(some, 'attested')} | {_share(some, 'alone')} |")
    return "\n".join(lines)


def _by_kind(results: Sequence[Judged]) -> str:
    """Return how many changes of each kind were noticed, as a table."""
    lines = ["| way | changes | noticed with the digests | by the checks alone |", "|---|--:|--:|--:|"]
    for kind in KINDS:
        some = [result for result in results if result.mutant.kind == kind]
        lines.append(f"| {kind} | {len(some)} | {_share(some, 'attested')} | {_share(some, 'alone')} |")
    return "\n".join(lines)


def _share(results: Sequence[Judged], which: str) -> str:
    """Return the share that was noticed; all of them is said only where it is all."""
    if not results:
        return "–"
    noticed = sum(getattr(result, which) for result in results)
    if noticed == len(results):
        return "all"
    return f"{min(100 * noticed / len(results), 99.9):.1f} %"


def _survivors(results: Sequence[Judged], *, alone: bool) -> str:
    """Return the columns in which changes passed, how many of how many, and why they may, as a table."""
    reasons = REASONS if alone else COVERED_BY_NONE
    tried = Counter((result.mutant.file, result.mutant.column) for result in results)
    passed = Counter(
        (result.mutant.file, result.mutant.column)
        for result in results
        if not (result.alone if alone else result.attested)
    )
    if not passed:
        return "Nothing."
    lines = ["| file | column | passed | of | why it may |", "|---|---|--:|--:|---|"]
    for (file, column), count in sorted(passed.items()):
        reason = _reason(file, column, reasons) or "**no reason is known**"
        lines.append(f"| {file} | {column} | {count} | {tried[file, column]} | {reason} |")
    return "\n".join(lines)


def _text(path: Path) -> str:
    """Return a file's text, its line ends as they are."""
    return path.read_bytes().decode()


def everything() -> list[Mutant]:
    """Return all mutants of the ledger and the sample of the stand-in's."""
    data = ROOT / "data"
    return [*mutants_of_folder(data / LEDGER), *sample_of(mutants_of_folder(data / STANDIN), SAMPLE, SEED)]


def main(arguments: Sequence[str] = ()) -> int:
    """Judge every mutant, write the document, and return the exit status."""
    if arguments:
        print(__doc__)
        return 2
    started = time.monotonic()
    mutants = everything()
    print(f"{len(mutants)} changes; some minutes ...", flush=True)
    results = []
    for result in judged(mutants):
        results.append(result)
        if len(results) % 1000 == 0:
            print(f"  {len(results)}, {time.monotonic() - started:.0f} s", flush=True)
    DOCUMENT.write_text(document_of(results), encoding="utf-8", newline="\n")
    wrong = unexplained(results)
    for result in wrong:
        print(f"  passes without a reason: {result.mutant}", file=sys.stderr)
    print(f"{DOCUMENT.relative_to(ROOT)} is written; {time.monotonic() - started:.0f} s.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
