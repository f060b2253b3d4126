import json

import pytest

from lepanalysis.exchange.importing import import_study
from lepanalysis.study import open_study

POST = {
    "id": 1,
    "post_number": 1,
    "username": "ann",
    "cooked": "<p>Ask Anna Bee.</p>",
    "created_at": "2020-01-01T10:00:00Z",
}
ISSUE = {"number": 1, "title": "Anna", "body": "Ask Anna Bee.", "user": {"login": "ann"}, "author_association": "NONE"}
SOURCES = {
    "discourse": ("anna.json", json.dumps({"id": 1, "title": "Anna", "post_stream": {"posts": [POST]}})),
    "github": ("anna.json", json.dumps([ISSUE])),
    "mbox": (
        "anna.mbox",
        "From a@x.org Sun Jan  5 10:00:00 2020\nFrom: Anna Bee <a@x.org>\nSubject: Anna\n\nAsk Anna Bee.\n",
    ),
    "interviews": ("anna.txt", "Interviewer: Who?\n\nAnna: Ask Anna Bee.\n\nInterviewer: And?\n\nAnna: Ask Ben."),
}


def imported(tmp_path, kind, **options):
    name, text = SOURCES[kind]
    (tmp_path / name).write_text(text, encoding="utf-8")
    report = import_study(tmp_path / name, tmp_path / "study", options=options)
    return open_study(tmp_path / "study"), report


@pytest.mark.parametrize("kind", SOURCES)
def test_a_file_is_told_by_its_content_and_becomes_a_study(tmp_path, kind):
    study, report = imported(tmp_path, kind)
    assert "Ask Anna Bee." in set(study.messages.frame["text"])
    assert study.class_ == "restricted"
    assert report.tally("messages").kept + report.tally("messages").changed == len(study.messages)


@pytest.mark.parametrize("kind", SOURCES)
def test_no_listed_name_stands_in_what_was_imported_under_code_names(tmp_path, kind):
    (tmp_path / "names.txt").write_text("Anna\nAnna Bee\nBen\n", encoding="utf-8")
    study, _ = imported(tmp_path, kind, pseudonymise=True, names=tmp_path / "names.txt")
    for file in (path for path in study.folder.rglob("*") if path.is_file()):
        text = file.read_text(encoding="utf-8").casefold()
        assert [name for name in ("anna", "bee", "ben") if name in text] == [], file.name
    assert "Anna" in (tmp_path / "study.key.csv").read_text(encoding="utf-8")
