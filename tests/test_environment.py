"""pyproject.toml, the lock, environment.yml and docs/dependencies.md say the same."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUNTIME = [Requirement(line) for line in PYPROJECT["project"]["dependencies"]]
DECLARED = [
    *RUNTIME,
    *(Requirement(line) for group in PYPROJECT["dependency-groups"].values() for line in group),
    *(Requirement(line) for line in PYPROJECT["build-system"]["requires"]),
]
LOCKS = ("requirements.lock", "requirements-uv.txt")


def locked(name):
    """Return the pinned requirements of a lock, each with its hashes."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE)
    entries = {}
    for entry in text.replace("\\\n", " ").splitlines():
        line, *hashes = re.split(r"\s+--hash=", entry.strip())
        requirement = Requirement(line)
        entries[canonicalize_name(requirement.name)] = (requirement, hashes)
    return entries


def version_of(requirement):
    (pin,) = requirement.specifier
    assert pin.operator == "=="
    return pin.version


def pip_part_of(environment):
    (part,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    return part


def newest_python():
    """Return the minor version of the newest Python that pyproject's classifiers name."""
    prefix = "Programming Language :: Python :: 3."
    return max(
        int(line.removeprefix(prefix)) for line in PYPROJECT["project"]["classifiers"] if line.startswith(prefix)
    )


@pytest.fixture(scope="module")
def lock():
    return locked("requirements.lock")


@pytest.fixture(scope="module")
def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_of_a_lock_is_one_version_with_its_hashes(name):
    for requirement, hashes in locked(name).values():
        assert version_of(requirement)
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value) for value in hashes), requirement


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index_and_no_path(name):
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|-e|-r|--(?!hash=)\S+)\b", text, flags=re.MULTILINE)
    assert not re.search(r"(^|\s)[/~]", text)


@pytest.mark.parametrize("requirement", DECLARED, ids=str)
def test_the_lock_holds_what_pyproject_asks_for(requirement, lock):
    pinned, _ = lock[canonicalize_name(requirement.name)]
    assert pinned.marker is None, "a requirement of ours is installed everywhere"
    assert requirement.specifier.contains(version_of(pinned)), "run: make lock"


@pytest.mark.parametrize("requirement", RUNTIME, ids=str)
def test_the_documentation_gives_a_reason_for_each_runtime_dependency(requirement):
    text = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    assert re.search(rf"^\| `{re.escape(requirement.name)}` \| \w.+ \|$", text, flags=re.MULTILINE)


def test_conda_starts_from_the_pythons_that_pyproject_names(environment):
    (python,) = [
        Requirement(entry)
        for entry in environment["dependencies"]
        if isinstance(entry, str) and entry.startswith("python")
    ]
    floor = PYPROJECT["project"]["requires-python"]
    assert python.specifier == SpecifierSet(f"{floor},<3.{newest_python() + 1}")


def test_conda_names_the_environment_after_the_project(environment):
    assert environment["name"] == PYPROJECT["project"]["name"]


def test_conda_takes_everything_else_from_the_lock(environment):
    assert pip_part_of(environment) == ["-r requirements.lock"]


def test_the_grammar_that_slows_every_start_is_not_in_the_lock(lock):
    assert not {"lark", "rfc3987-syntax"} & set(lock)


def test_importing_papermill_compiles_no_grammar():
    code = "import papermill, sys; sys.exit(bool({'lark', 'rfc3987_syntax'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_place_that_names_a_python_names_the_same():
    oldest, newest = int(PYPROJECT["project"]["requires-python"].removeprefix(">=3.")), newest_python()
    script = (ROOT / "scripts" / "environment.sh").read_text("utf-8")
    assert PYPROJECT["tool"]["ruff"]["target-version"] == f"py3{oldest}"
    assert f"--python-version 3.{oldest} " in (ROOT / "Makefile").read_text("utf-8")
    assert f"(3, {oldest}) <= sys.version_info < (3, {newest + 1})" in script
    assert f"Python 3.{oldest} to 3.{newest} is needed" in script
