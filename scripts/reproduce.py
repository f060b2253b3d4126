"""Builds the stand-in's paper twice, as differently as one machine allows, and holds the two builds against each other.

    make reproduce

Each build runs in a copy of the checkout's files, from an empty folder, both at the same time. The second has nothing
in common with the first but the files themselves: another folder and working directory, another user with set-ups of
their own, another zone, language, hash seed and so on; `WAYS` lists it. Every file of a build but run.json, which holds
the times, has to be the same to the byte, and then the exhibits have to be those committed in figures/ and tables/.
Exit status 0 where all of this holds, 1 where it does not (both builds are then kept in build/reproduce), 2 where it
cannot be tried.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builds_compared import APART, differences, kinds_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
STUDY = "data/standin"
BUILT = "build/standin"
KEPT = ROOT / "build" / "reproduce"
# No build takes a tenth of this.
SECONDS = 1800
# A user of whom nothing is known here.
STRANGER = 54321


@dataclass(frozen=True)
class Way:
    """One way to build, in what a machine or a person may do differently.

    Parameters
    ----------
    name : str
    folder : str
        The copy, as a path in a temporary folder.
    jobs, seed, threads : int
        How many notebooks run side by side, PYTHONHASHSEED, and how many threads arithmetic may take.
    zone, language, user : str
        TZ, the locale (empty: one of the system's that is not C), and the user's name.
    umask : int
    backwards : bool
        Whether the files are written from the last to the first, and their times say so.
    elsewhere : bool
        Whether the build is started in the home of the user, who has set-ups, instead of in the copy.
    more : mapping
        Further variables of the environment.
    """

    name: str
    folder: str
    jobs: int
    seed: int
    threads: int
    zone: str
    language: str
    user: str
    umask: int
    backwards: bool
    elsewhere: bool
    more: Mapping[str, str] = field(default_factory=dict)


WAYS = (
    Way(
        name="first",
        folder="lepanalysis",
        jobs=1,
        seed=0,
        threads=1,
        zone="UTC",
        language="",
        user="ada",
        umask=0o022,
        backwards=False,
        elsewhere=False,
    ),
    Way(
        name="second",
        folder="of others/somebody’s paper é/copy",
        jobs=2,
        seed=4242,
        threads=2,
        zone="XXX-13:45",
        language="C",
        user="ben",
        umask=0o077,
        backwards=True,
        elsewhere=True,
        # The first is what some programs that write dates take for the day.
        more={"SOURCE_DATE_EPOCH": "1000000000", "COLUMNS": "40", "NO_COLOR": "1"},
    ),
)
# What the home (and working directory) of the second user holds; none of it may reach the paper.
SET_UPS = {
    "matplotlibrc": "figure.facecolor: red\nfont.size: 30\n",
    ".config/matplotlib/matplotlibrc": "figure.facecolor: red\nfont.size: 30\n",
    ".ipython/profile_default/startup/00-mine.py": "import pandas\npandas.set_option('display.max_rows', 1)\n",
    ".local/share/pandoc/templates/default.html5": "my own look\n",
    ".local/share/pandoc/reference.docx": "no document\n",
    ".pandoc/templates/default.html5": "my own look\n",
}


class NotTriedError(Exception):
    """The comparison cannot be made here."""


@dataclass(frozen=True)
class Stranger:
    """How a command is run as somebody else: by what stands before it, or as another user of the system."""

    before: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    def options(self) -> dict[str, Any]:
        """Return the options of a subprocess that make it the other user's."""
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True)
class Place:
    """Where and by whom one of the builds is made: a folder that holds the copy, a home and bytecode."""

    way: Way
    folder: Path
    stranger: Stranger

    @property
    def copy(self) -> Path:
        """The copy of the checkout."""
        return self.folder / self.way.folder

    @property
    def home(self) -> Path:
        """The home of the user."""
        return self.folder / self.way.user

    @property
    def bytecode(self) -> Path:
        """Where every process leaves the bytecode of what it imports."""
        return self.folder / "bytecode"


def main(arguments: Sequence[str] = ()) -> int:
    """Build twice, compare, say what was found, and return the exit status."""
    if arguments:
        print(__doc__)
        return 2
    try:
        files = files_of_checkout(ROOT)
    except NotTriedError as error:
        print(error, file=sys.stderr)
        return 2
    stranger, sentence = another_user()
    print(f"Two builds of {STUDY}, each in a copy of the {len(files)} files of the checkout. {sentence}")
    with tempfile.TemporaryDirectory(prefix="lep-") as name:
        top = Path(name).resolve()
        places = [Place(way, top / way.name[0], stranger if way.elsewhere else Stranger()) for way in WAYS]
        with ThreadPoolExecutor(len(places)) as pool:
            failed = [said for said in pool.map(lambda place: built(place, files), places) if said]
        if failed:
            print("\n".join(failed), file=sys.stderr)
            return 1
        return _compared(places)


def _compared(places: Sequence[Place]) -> int:
    """Hold the builds against each other, and then against what is committed."""
    builds = [place.copy / BUILT for place in places]
    for kind, (count, digest) in kinds_of(builds[0]).items():
        print(f"  {count:4} {kind:7} {digest}")
    found = differences(*builds)
    if found:
        shutil.rmtree(KEPT, ignore_errors=True)
        for place, build in zip(places, builds, strict=True):
            shutil.copytree(build, KEPT / place.way.name)
        print("\n".join(f"  {line}" for line in found), file=sys.stderr)
        count = "1 file differs" if len(found) == 1 else f"{len(found)} files differ"
        print(f"{count} between the builds; both are kept in {KEPT.relative_to(ROOT)}/.", file=sys.stderr)
        return 1
    print(f"The two builds are the same to the byte, {', '.join(sorted(APART))} apart.")
    done = _run(places[0], "compare")
    print(done.stdout, end="", file=sys.stderr if done.returncode else sys.stdout)
    return done.returncode


def files_of_checkout(root: Path) -> list[str]:
    """Return the files of a checkout as git lists them: tracked, or new and not ignored; those deleted left out.

    Raises
    ------
    NotTriedError
        When there is no git, or no checkout.
    """
    git = shutil.which("git")
    command = [git or "git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, capture_output=True, check=False) if git else None
    if done is None or done.returncode:
        raise NotTriedError(f"git does not list the files of {root}; make reproduce needs a clone of the project")
    names = sorted({os.fsdecode(name) for name in done.stdout.split(b"\0") if name})
    return [name for name in names if (root / name).is_file()]


def copy_files(root: Path, target: Path, files: Sequence[str], *, backwards: bool) -> None:
    """Copy files into a new folder, one after the other, each a minute younger than the one before."""
    for number, name in enumerate(reversed(files) if backwards else files):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, target / name)
        moment = (1_000_000_000 if backwards else 1_500_000_000) + 60 * number
        os.utime(target / name, (moment, moment))


def another_user() -> tuple[Stranger, str]:
    """Return how the second build becomes another user's, and a sentence about it for the person.

    Root becomes `nobody` where nobody may read this Python; else the kernel is asked for a namespace in which the
    user has another number, which it may refuse.
    """
    if os.geteuid() == 0:
        with contextlib.suppress(KeyError):
            nobody = pwd.getpwnam("nobody")
            stranger = Stranger(uid=nobody.pw_uid, gid=nobody.pw_gid)
            if _works(stranger):
                return stranger, "The second is built by the user nobody."
    unshare = shutil.which("unshare")
    if unshare:
        stranger = Stranger((unshare, "--user", f"--map-user={STRANGER}", f"--map-group={STRANGER}"))
        if _works(stranger):
            return stranger, f"The second is built by user {STRANGER}, in a namespace of its own."
    return Stranger(), "Both are built by the same user: this one cannot run the project's Python as another."


def _works(stranger: Stranger) -> bool:
    """Whether a stranger can run the project's Python, and no other in its stead, with what it needs."""
    command = [*stranger.before, sys.executable, "-c", "import sys, numpy; print(sys.version)"]
    with contextlib.suppress(OSError):
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **stranger.options())
        return done.returncode == 0 and done.stdout.strip() == sys.version.strip()
    return False


def built(place: Place, files: Sequence[str]) -> str:
    """Build in a copy of its own and return what failed, or nothing."""
    started = time.monotonic()
    copy_files(ROOT, place.copy, files, backwards=place.way.backwards)
    (place.home / "tmp").mkdir(parents=True)
    place.bytecode.mkdir()
    if place.way.elsewhere:
        for name, text in SET_UPS.items():
            (place.home / name).parent.mkdir(parents=True, exist_ok=True)
            (place.home / name).write_text(text, encoding="utf-8")
    if place.stranger.uid is not None:
        place.folder.parent.chmod(0o755)
        for path in (place.folder, *place.folder.rglob("*")):
            os.chown(path, place.stranger.uid, place.stranger.gid or -1)
    done = _run(place, "build", str(place.copy / STUDY), "--jobs", str(place.way.jobs))
    wrong = done.stdout if done.returncode else wrong_library(place)
    if wrong:
        return f"The {place.way.name} build failed:\n{wrong}"
    print(f"  {place.way.name}: {_said(place.way)}; {time.monotonic() - started:.0f} s", flush=True)
    return ""


def _run(place: Place, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the copy's own library the way of the place."""
    way = place.way
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    environment = {
        **kept,
        **way.more,
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(way.threads)),
        **dict.fromkeys(("LC_ALL", "LANG"), _language(way)),
        **dict.fromkeys(("USER", "LOGNAME"), way.user),
        "HOME": str(place.home),
        "TMPDIR": str(place.home / "tmp"),
        "TZ": way.zone,
        "PYTHONHASHSEED": str(way.seed),
        # The environment's own link leads to the checkout; each copy runs the library that it holds.
        "PYTHONPATH": str(place.copy),
        "PYTHONPYCACHEPREFIX": str(place.bytecode),
    }
    return subprocess.run(
        [*place.stranger.before, sys.executable, "-m", "lepanalysis", *arguments],
        cwd=place.home if way.elsewhere else place.copy,
        env=environment,
        umask=way.umask,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=SECONDS,
        **place.stranger.options(),
    )


def _language(way: Way) -> str:
    """Return the locale of a way: its own, or the first of the system's that is neither C nor English, or C.UTF-8."""
    if way.language:
        return way.language
    locale = shutil.which("locale")
    listed = subprocess.run([locale, "-a"], capture_output=True, text=True, check=False).stdout if locale else ""
    known = [name for name in listed.split() if name.lower().endswith(("utf8", "utf-8"))]
    return next((name for name in sorted(known) if not name.startswith(("C.", "en_"))), "C.UTF-8")


def wrong_library(place: Place, root: Path = ROOT) -> str:
    """Return what shows that a build ran another library than its copy's, or nothing.

    Every process of a build, the kernels too, leaves the bytecode of each module that it imports under one folder, by
    the module's full path.
    """
    own, other = (place.bytecode.joinpath(*(folder / "lepanalysis").parts[1:]) for folder in (place.copy, root))
    strangers = sorted(other.glob("*.pyc"))
    if strangers:
        return f"it ran the checkout's {strangers[0].name.partition('.')[0]}, not that of the copy"
    return "" if any(own.glob("*.pyc")) else f"nothing shows that it ran the library in {place.copy}"


def _said(way: Way) -> str:
    """Return a way in words."""
    parts = [
        repr(way.folder),
        "1 job" if way.jobs == 1 else f"{way.jobs} jobs",
        f"hash seed {way.seed}",
        f"TZ={way.zone}",
        f"LC_ALL={_language(way)}",
        f"umask {way.umask:03o}",
        "1 thread" if way.threads == 1 else f"{way.threads} threads",
        "files backwards" if way.backwards else "files in order",
        "from a home with set-ups" if way.elsewhere else "from the copy",
    ]
    return ", ".join(parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
