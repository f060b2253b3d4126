import dataclasses
import tempfile
from pathlib import Path

import pytest
from exchange_studies import drafts, opened
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studies import write_study

from lepanalysis.exchange.draft import Draft, coding_id, draft_of, plain
from lepanalysis.exchange.exporting import export_study
from lepanalysis.exchange.importing import import_study
from lepanalysis.study import open_study

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(SLOW, max_examples=1000)


def round_trip(study, options=None):
    """Return what a study is after it went out as a project and came in again, and both reports."""
    with tempfile.TemporaryDirectory() as folder:
        out = export_study(study, Path(folder) / "there.qdpx")
        back = import_study(Path(folder) / "there.qdpx", Path(folder) / "back", options=options or {})
        return draft_of(open_study(Path(folder) / "back")), out, back


def held(draft):
    """Return a draft in the form in which the reports say that it comes back."""
    text = {row["message_id"]: row["text"] for row in draft.messages}

    def quoted(row):
        cells = {name: cell for name, cell in row.items() if name != "quote"}
        words = text[row["message_id"]][row["start"] : row["end"]] if "start" in row else ""
        return cells | ({"quote": words} if words.strip() else {})

    draft = dataclasses.replace(
        draft,
        codings=tuple(sorted(map(quoted, draft.codings), key=lambda row: (coding_id(row), row["message_id"]))),
    )
    return plain(draft)


def assert_same(one, other):
    for field in dataclasses.fields(Draft):
        assert getattr(one, field.name) == getattr(other, field.name), field.name


@SLOW
@given(drafts())
def test_a_study_that_went_out_and_came_in_is_the_same_study(draft):
    with opened(draft) as study:
        back, _, report = round_trip(study)
        assert_same(held(back), held(draft_of(study)))
        assert not [loss for loss in report.losses if loss.what == "dropped"]


@SLOW
@given(drafts(odd_ids=True))
def test_so_it_is_with_ids_that_somebody_typed(draft):
    with opened(draft) as study:
        back, _, _ = round_trip(study)
        assert_same(held(back), held(draft_of(study)))


@pytest.mark.long
@LONG
@given(st.booleans().flatmap(lambda odd: drafts(odd_ids=odd, most=10)))
def test_so_it_is_with_hundreds_of_studies(draft):
    with opened(draft) as study:
        back, _, _ = round_trip(study)
        assert_same(held(back), held(draft_of(study)))


def test_the_small_study_of_the_tests_comes_back(tmp_path):
    study = open_study(write_study(tmp_path / "small"))
    back, out, report = round_trip(study)
    assert back.study == draft_of(study).study
    assert_same(held(back), held(draft_of(study)))
    assert report.is_whole
    assert not [loss for loss in out.losses if loss.what == "dropped"]
