import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from exchange_studies import drafts, opened
from hypothesis import HealthCheck, given, settings
from studies import replaced, write_study

from lepanalysis.exchange.deposit import write
from lepanalysis.exchange.draft import draft_of
from lepanalysis.faults import LepanalysisError
from lepanalysis.study import open_study


@pytest.fixture
def study(tmp_path):
    return open_study(write_study(tmp_path / "small"))


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_package_holds_the_files_as_they_are_and_its_sums_are_right(study, tmp_path):
    report = write(study, tmp_path / "a.zip", {})
    found = members(tmp_path / "a.zip")
    data = {name.removeprefix("data/"): text for name, text in found.items() if name.startswith("data/")}
    assert data == {path.name: path.read_bytes() for path in study.folder.iterdir()}
    assert set(found) - {f"data/{name}" for name in data} == {
        "DATA-DICTIONARY.md",
        "LICENCE.txt",
        "README.md",
        "SHA256SUMS",
    }
    sums = dict(reversed(line.split("  ")) for line in found["SHA256SUMS"].decode().splitlines())
    assert sums == {name: hashlib.sha256(text).hexdigest() for name, text in found.items() if name != "SHA256SUMS"}
    assert report.is_whole
    assert report.tally("messages").kept == 4


def test_two_packages_are_the_same_bytes(study, tmp_path):
    write(study, tmp_path / "a.zip", {})
    write(study, tmp_path / "b.zip", {})
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_the_package_is_a_study_when_it_is_unpacked(study, tmp_path):
    write(study, tmp_path / "a.zip", {})
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(tmp_path / "out")
    assert draft_of(open_study(tmp_path / "out" / "data")) == draft_of(study)


def test_the_words_around_the_data_say_what_they_are(study, tmp_path):
    write(study, tmp_path / "a.zip", {})
    found = members(tmp_path / "a.zip")
    readme = found["README.md"].decode()
    assert readme.startswith("# A small study\n\n- Source: written for the tests\n- Class: open. ")
    assert "4 messages" in readme
    assert "- Period: 2020-01-01 to 2020-03-31\n" in readme
    assert "https://creativecommons.org/publicdomain/zero/1.0/" in found["LICENCE.txt"].decode()
    dictionary = found["DATA-DICTIONARY.md"].decode()
    assert "| profession | text | attribute; 2 different values |" in dictionary
    assert "| message_id* | id | identifies the record in messages.csv |" in dictionary
    assert "| reply_to | id | the earlier message of the thread that this one answers |" in dictionary
    assert "## memos.csv" not in dictionary


def test_a_restricted_study_is_refused_unless_the_person_knows(tmp_path):
    folder = write_study(tmp_path / "small", study_yaml=replaced("study.yaml", "class: open", "class: restricted"))
    study = open_study(folder)
    with pytest.raises(LepanalysisError, match="is a restricted study: its messages may not be passed on"):
        write(study, tmp_path / "a.zip", {})
    assert not (tmp_path / "a.zip").exists()
    report = write(study, tmp_path / "a.zip", {"class_accepted": True})
    assert any("class_accepted" in note for note in report.notes)
    assert "Class: restricted." in members(tmp_path / "a.zip")["README.md"].decode()


def test_a_study_that_was_changed_is_refused(study, tmp_path):
    (study.folder / "codings.csv").write_text("coder,message_id,code_id\n", encoding="utf-8")
    with pytest.raises(LepanalysisError, match=r"codings\.csv of the study was changed"):
        write(study, tmp_path / "a.zip", {})


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=8)
@given(drafts())
def test_whatever_the_study_nothing_is_lost(tmp_path_factory, draft):
    folder = tmp_path_factory.mktemp("law")
    with opened(draft) as study:
        assert write(study, folder / "a.zip", {"class_accepted": "yes"}).is_whole
        found = members(folder / "a.zip")
        assert {Path(name).name for name in found if name.startswith("data/")} == {
            one.name for one in study.folder.iterdir()
        }
        assert zipfile.ZipFile(io.BytesIO((folder / "a.zip").read_bytes())).testzip() is None
