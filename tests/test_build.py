"""What a build makes, when it runs a notebook again, and what it leaves alone when something fails."""

import json
import re

import pytest
from projects import CORPUS, TEMPLATE, notebook, write_project
from studies import replaced, write_study

from lepanalysis import places
from lepanalysis.build import build
from lepanalysis.execution import NotebookError
from lepanalysis.faults import LepanalysisError, StudyFaultsError, UsageError


@pytest.fixture
def project(tmp_path, monkeypatch):
    root = write_project(tmp_path / "a checkout é")
    monkeypatch.setattr(places, "project_root", lambda: root)
    write_study(root / "data" / "small")
    return root


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"run.json", ".lock"} and "failed" not in path.parts
    }


def words_of(page):
    """Return what a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", "", page.read_text(encoding="utf-8")).split())


def test_a_build_makes_the_paper_and_says_what_it_rests_on(project):
    result = build(project / "data" / "small")
    out = project / "build" / "small"
    assert result.out == out
    assert result.ran == ("01-corpus", "02-coding")
    assert result.classes == {"open": 3}
    assert [path.name for path in result.paper] == ["paper.html", "paper.pdf", "paper.docx"]
    assert all(path.stat().st_size > 1000 for path in result.paper)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    threads = next(exhibit for exhibit in manifest["exhibits"] if exhibit["id"] == "tbl-threads")
    assert threads["cell"] == {"number": 4, "id": "cell-4"}
    assert manifest["inputs"].keys() >= {"study/messages.csv", "study/codings.csv"}
    assert (out / "tables" / "tbl-threads.csv").read_text(encoding="utf-8") == (
        "thread_id,title,provenance_class\nT1,A room,open\nT2,Trains,open\n"
    )
    stored = (out / "notebooks" / "01-corpus.ipynb").read_text(encoding="utf-8")
    assert str(project) not in stored
    assert "study = 'data/small'" in stored


def test_two_builds_give_the_same_bytes_whatever_the_number_of_jobs(project):
    build(project / "data" / "small", project / "one", jobs=1)
    build(project / "data" / "small", project / "other", jobs=2)
    assert contents(project / "one") == contents(project / "other")


def test_nothing_runs_again_until_something_changed(project):
    study = project / "data" / "small"
    build(study)
    before = contents(project / "build" / "small")
    again = build(study)
    assert (again.ran, again.fresh) == ((), ("01-corpus", "02-coding"))
    assert contents(project / "build" / "small") == before
    assert build(study, parameters=["02-coding:count=3"]).ran == ("02-coding",)
    assert "They were coded 21 times." in words_of(project / "build/small/paper.html")
    (study / "threads.csv").write_text(replaced("threads.csv", "Trains", "Rails"), encoding="utf-8")
    assert build(study).ran == ("01-corpus", "02-coding")
    (project / "build/small/tables/tbl-threads.csv").write_text("tampered", encoding="utf-8")
    assert build(study).ran == ("01-corpus",)
    assert build(study, force=True, only=["02-coding"]).ran == ("02-coding",)


def test_only_leaves_the_paper_out_where_others_are_stale(project):
    result = build(project / "data" / "small", only=["01-corpus"])
    assert result.ran == ("01-corpus",)
    assert result.paper == ()
    assert result.skipped == {"02-coding": "not asked for"}
    assert not (project / "build" / "small" / "paper.html").exists()
    assert build(project / "data" / "small").ran == ("02-coding",)


def test_only_keeps_an_older_paper(project):
    study = project / "data" / "small"
    build(study)
    older = (project / "build" / "small" / "paper.pdf").read_bytes()
    (study / "threads.csv").write_text(replaced("threads.csv", "Trains", "Rails"), encoding="utf-8")
    result = build(study, only=["01-corpus"])
    assert (result.ran, result.kept, result.paper) == (("01-corpus",), ("02-coding",), ())
    assert (project / "build" / "small" / "paper.pdf").read_bytes() == older
    assert build(study).ran == ("02-coding",)


def test_a_study_without_codings_skips_what_rests_on_them_with_the_reason(project):
    study = write_study(
        project / "data" / "bare", without=("codings.csv", "decisions.csv", "themes.yaml", "quotations.csv")
    )
    result = build(study)
    assert result.skipped == {"02-coding": "the study has no codings (codings.csv)"}
    assert "Left out: the study has no codings (codings.csv)." in words_of(project / "build/bare/paper.html")


def test_a_broken_study_stops_before_anything_is_written(project):
    study = project / "data" / "small"
    build(study)
    before = contents(project / "build" / "small")
    (study / "codings.csv").write_text(replaced("codings.csv", "A,1,a1,A-1", "A,9,a1,A-1"), encoding="utf-8")
    with pytest.raises(StudyFaultsError, match=r"codings.csv:2: message_id: there is no message '9'"):
        build(study)
    assert contents(project / "build" / "small") == before


def test_a_failing_cell_is_named_and_the_last_good_build_stays(tmp_path, monkeypatch):
    root = write_project(tmp_path / "root")
    monkeypatch.setattr(places, "project_root", lambda: root)
    study = write_study(root / "data" / "small")
    build(study)
    before = contents(root / "build" / "small")
    broken = notebook("01-corpus", CORPUS[0], "wrong = 1\nwrong / 0", CORPUS[1])
    write_project(tmp_path / "other", n01_corpus=broken)
    source = (tmp_path / "other/notebooks/01-corpus.ipynb").read_bytes()
    (root / "notebooks/01-corpus.ipynb").write_bytes(source)
    with pytest.raises(NotebookError) as caught:
        build(study)
    error = caught.value
    assert (error.notebook, error.cell, error.cell_id, error.source) == (
        "01-corpus",
        4,
        "cell-4",
        "wrong = 1\nwrong / 0",
    )
    assert "ZeroDivisionError" in error.traceback
    assert "\x1b" not in error.traceback
    assert error.executed == root / "build" / "small" / "failed" / "01-corpus.ipynb"
    assert error.executed.is_file()
    assert contents(root / "build" / "small") == before
    assert [path.name for path in (root / "build").iterdir()] == ["small"]


def test_a_table_that_is_read_and_named_by_no_exhibit_fails_the_notebook(project, tmp_path):
    silent = notebook("01-corpus", *CORPUS, "book.study.participants.frame.shape")
    write_project(tmp_path / "other", n01_corpus=silent)
    source = (tmp_path / "other/notebooks/01-corpus.ipynb").read_bytes()
    (project / "notebooks/01-corpus.ipynb").write_bytes(source)
    with pytest.raises(NotebookError, match="01-corpus read participants of the study, and no exhibit names it"):
        build(project / "data" / "small")


def test_one_id_made_by_two_notebooks_is_an_error(tmp_path, monkeypatch):
    root = write_project(tmp_path / "root", n03_twin=notebook("03-twin", CORPUS[0]))
    monkeypatch.setattr(places, "project_root", lambda: root)
    with pytest.raises(LepanalysisError, match="'n-messages' is made by 01-corpus and by 03-twin"):
        build(write_study(root / "data" / "small"))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('number("n-messages")', 'number("n-message")', r"generic.md:7: n-message: no notebook of this build makes it"),
        (
            ' {{ table("tbl-threads") }}',
            "",
            r"tbl-threads: notebook 01-corpus makes this table and the paper does not use",
        ),
        ("There are {{", "There are 4 {{", r"generic.md:7: column 11: a number is typed: '4'"),
    ],
)
def test_a_template_that_types_or_misses_something_fails_the_build(project, old, new, says):
    (project / "paper" / "generic.md").write_text(TEMPLATE.replace(old, new), encoding="utf-8")
    with pytest.raises(StudyFaultsError, match=says):
        build(project / "data" / "small")
    assert contents(project / "build" / "small") == {}


def test_a_folder_that_is_no_build_is_never_replaced(project):
    (project / "mine").mkdir()
    (project / "mine" / "thesis.docx").write_text("years of work", encoding="utf-8")
    with pytest.raises(UsageError, match="is no earlier build"):
        build(project / "data" / "small", project / "mine")
    assert (project / "mine" / "thesis.docx").read_text(encoding="utf-8") == "years of work"


def test_somebody_elses_manifest_is_no_build(project):
    (project / "mine").mkdir()
    (project / "mine" / "manifest.json").write_text('{"name": "a web page"}', encoding="utf-8")
    with pytest.raises(UsageError, match="is no earlier build"):
        build(project / "data" / "small", project / "mine")


def test_what_a_user_puts_beside_a_build_stays(project):
    build(project / "data" / "small")
    notes = project / "build" / "small" / "my notes.txt"
    notes.write_text("look at thread T2", encoding="utf-8")
    build(project / "data" / "small", force=True)
    assert notes.read_text(encoding="utf-8") == "look at thread T2"


def test_the_default_folder_is_not_taken_from_another_study_of_the_same_name(project):
    build(project / "data" / "small")
    other = write_study(project / "elsewhere" / "small")
    with pytest.raises(UsageError, match="holds the build of another study, data/small"):
        build(other)


def test_a_linked_folder_stays_a_link(project):
    (project / "disk").mkdir()
    (project / "out").symlink_to(project / "disk")
    build(project / "data" / "small", project / "out")
    build(project / "data" / "small", project / "out", force=True)
    assert (project / "out").is_symlink()
    assert (project / "disk" / "paper.pdf").is_file()


def test_an_exchange_that_was_broken_off_is_ended_by_the_next_build(project):
    study = project / "data" / "small"
    out = build(study).out
    whole = contents(out)
    # As it stands after the first half of the moves: the old manifest is aside, the new figures wait.
    (out / ".new").mkdir()
    (out / ".old").mkdir()
    (out / "tables").rename(out / ".new" / "tables")
    names = sorted(path.name for path in out.iterdir() if not path.name.startswith("."))
    (out / ".new" / ".complete.json").write_text(json.dumps([*names, "tables"]), encoding="utf-8")
    again = build(study)
    assert again.ran == ()
    assert contents(out) == whole


def test_a_full_disk_leaves_the_last_good_build(project, monkeypatch):
    study = project / "data" / "small"
    build(study)
    before = contents(project / "build" / "small")

    def full(path, _):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(places, "write_whole", full)
    with pytest.raises(LepanalysisError, match="no room left on the disk"):
        build(study, force=True)
    assert contents(project / "build" / "small") == before


def test_an_interruption_ends_the_kernels_and_leaves_the_last_good_build(project):
    study = project / "data" / "small"
    build(study)
    before = contents(project / "build" / "small")

    class Interrupted:
        plan = done = say = staticmethod(lambda *_: None)

        def cell(self, *_):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(study, force=True, progress=Interrupted())
    assert contents(project / "build" / "small") == before
    assert [path.name for path in (project / "build/small").iterdir() if path.name.startswith(".")] == [".lock"]


def test_an_unknown_parameter_or_notebook_is_refused_before_anything_runs(project):
    with pytest.raises(UsageError, match="no notebook knows it"):
        build(project / "data" / "small", parameters=["colour=red"])
    with pytest.raises(UsageError, match="there is no notebook 09-none; the notebooks are 01-corpus, 02-coding"):
        build(project / "data" / "small", only=["09-none"])
    assert contents(project / "build" / "small") == {}
