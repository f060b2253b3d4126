import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from studies import replaced, write_study

from lepanalysis import places
from lepanalysis.cli import main

STANDIN = Path(__file__).resolve().parent.parent / "data" / "standin"


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def faulty(tmp_path):
    return write_study(tmp_path / "s", codings_csv=replaced("codings.csv", "2,6,room", "2,60,räum"))


def test_a_study_without_faults(tmp_path):
    folder = write_study(tmp_path / "s")
    done = run("check", folder)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{folder}: no faults in 4 messages, 2 threads, 4 participants, 7 codings")


def test_a_study_without_faults_as_json(tmp_path):
    done = run("check", write_study(tmp_path / "s"), "--json")
    record = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (0, "")
    assert record["study"] == str(tmp_path / "s")
    assert record["records"]["messages"] == 4
    assert record["faults"] == []


def test_a_study_with_a_fault(faulty):
    done = run("check", faulty)
    assert done.exit_code == 1
    assert done.stdout == (
        f"{faulty / 'codings.csv'}:7: start: offsets 2 to 60 do not lie in order inside the text of 26 characters; "
        "count code points from 0; the end is exclusive\n"
    )
    assert done.stderr == f"1 fault in {faulty}\n"


def test_a_study_with_a_fault_as_json(faulty):
    done = run("check", "--json", faulty)
    (fault,) = json.loads(done.stdout)["faults"]
    assert done.exit_code == 1
    assert list(fault) == ["file", "line", "column", "problem", "remedy"]
    assert (fault["file"], fault["line"], fault["column"]) == (str(faulty / "codings.csv"), 7, "start")


def test_a_table_at_fault_has_no_count(tmp_path):
    folder = write_study(tmp_path / "s", messages_csv=replaced("messages.csv", "2020-02-01T09:00:00", "then"))
    record = json.loads(run("check", folder, "--json").stdout)
    assert "messages" not in record["records"]
    assert record["records"]["participants"] == 4


def test_a_study_that_is_not_there(tmp_path):
    done = run("check", tmp_path / "none", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["records"] == {}
    assert json.loads(done.stdout)["faults"][0]["problem"] == "there is no such folder"


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "one", "two"],
        ["check", "one", "--yaml"],
        ["weigh"],
        ["build", "one", "--jobs", "0"],
    ],
)
def test_wrong_usage(arguments):
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Usage: " in done.stderr


def test_nothing_to_compare_is_wrong_usage(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "project_root", lambda: tmp_path)
    done = run("compare", "--out", tmp_path / "none")
    assert done.exit_code == 2
    assert "there is no build in" in done.stderr


def test_compare_and_accept(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "project_root", lambda: tmp_path)
    build = tmp_path / "build" / "standin"
    (build / "tables").mkdir(parents=True)
    (build / "tables" / "tbl-a.csv").write_text("n\n1\n")
    exhibit = {"id": "tbl-a", "class": "stand-in", "files": {"csv": "tables/tbl-a.csv"}}
    (build / "manifest.json").write_text(json.dumps({"exhibits": [exhibit]}))
    done = run("compare")
    assert done.exit_code == 1
    assert "tables/tbl-a.csv: the build makes it and it is not committed" in done.stderr
    assert "\n1 file differs from what is committed." in done.stderr
    assert run("compare", "--accept").exit_code == 0
    done = run("compare")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "The exhibits and the documents are as committed.\n"


def test_help_and_version():
    assert "check" in run("--help").stdout
    assert run("--version").exit_code == 0


def test_the_module_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "lepanalysis", "check", STANDIN], capture_output=True, text=True, check=False
    )
    assert "131 messages" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
