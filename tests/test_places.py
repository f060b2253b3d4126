import os

import pytest

from lepanalysis import places
from lepanalysis.faults import UsageError


def test_a_file_is_written_with_the_folders_above_it(tmp_path):
    places.write_whole(tmp_path / "a" / "b" / "c.txt", b"x")
    assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == b"x"
    assert (tmp_path / "a" / "b" / "c.txt").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, error):
    path = tmp_path / "c.txt"
    places.write_whole(path, b"old")

    def fail(*_):
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(error):
        places.write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["c.txt"]


def test_a_study_is_found_in_the_folders_around(tmp_path, monkeypatch):
    study = tmp_path / "data" / "ours"
    study.mkdir(parents=True)
    (study / "study.yaml").touch()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert places.find_study("data/ours") == study
    assert places.find_study(study) == study


def test_a_study_that_is_nowhere_around_is_looked_for_in_the_checkout(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(places, "project_root", lambda: tmp_path / "checkout")
    assert places.find_study("data/ours") == tmp_path / "checkout" / "data" / "ours"


def test_without_notebooks_there_is_no_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "__file__", str(tmp_path / "lepanalysis" / "places.py"))
    with pytest.raises(UsageError, match="run it from a clone"):
        places.project_root()
    assert places.shown(tmp_path / "x" / "y") == "y"
    (tmp_path / "notebooks").mkdir()
    assert places.project_root() == tmp_path
    assert places.shown(tmp_path / "x" / "y") == "x/y"
