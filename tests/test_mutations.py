"""The checks are checked: every fault that is planted is caught, and its place is named."""

import shutil
from unittest import mock

import pytest
from click.testing import CliRunner
from mutations import PLANTED, write_build, write_copy
from projects import write_project
from studies import write_study

from lepanalysis import places
from lepanalysis.cli import main


def run(*arguments):
    # The build takes the signals that would end it; the tests have their own.
    with mock.patch("signal.signal"):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small project, built."""
    root = write_project(tmp_path_factory.mktemp("small") / "project")
    write_study(root / "data" / "small")
    with mock.patch.object(places, "project_root", return_value=root):
        done = run("build", root / "data" / "small")
    assert done.exit_code == 0, done.output
    return root


@pytest.fixture
def copy(tmp_path, monkeypatch, request):
    """What a command works on, and its arguments."""

    def made(command):
        root = tmp_path / "copy"
        if command == "build":
            shutil.copytree(request.getfixturevalue("small"), root)
            arguments = ["build", root / "data" / "small"]
        elif command == "compare":
            write_build(root)
            arguments = ["compare"]
        else:
            write_copy(root)
            arguments = [command, root / "data" / "standin"]
        monkeypatch.setattr(places, "project_root", lambda: root)
        return root, arguments

    return made


@pytest.mark.parametrize("command", ["check", "verify", "compare", "build"])
def test_without_a_fault_nothing_is_caught(copy, command):
    _, arguments = copy(command)
    done = run(*arguments)
    assert (done.exit_code, done.exception) == (0, None), done.output


@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: fault.name)
def test_a_planted_fault_is_caught_or_mended_and_its_place_is_named(copy, fault):
    root, arguments = copy(fault.command)
    fault.plant(root)
    done = run(*arguments)
    assert isinstance(done.exception, SystemExit | None), done.exception
    assert [words for words in fault.words if words not in done.output] == [], done.output[:4000]
    assert done.exit_code == fault.status


def test_there_are_faults_for_every_command():
    counts = {command: sum(fault.command == command for fault in PLANTED) for command in ("check", "verify")}
    assert len({fault.name for fault in PLANTED}) == len(PLANTED) >= 80
    assert min(counts.values()) >= 25
