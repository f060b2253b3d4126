import json
import uuid

import pytest
from exchange_studies import drafts, opened
from hypothesis import HealthCheck, given, settings
from studies import replaced, write_study

from lepanalysis.exchange.annotations_write import write
from lepanalysis.exchange.draft import draft_of
from lepanalysis.study import open_study

CODINGS = """\
    coder,message_id,code_id,coding_id,start,end,memo,created_at
    A,1,a1,A-1,8,21,see above,2020-05-01T10:00:00+02:00
    A,2,a1,A-3,,,,2020-05-01T10:00:00
    """


def annotated(study, tmp_path):
    report = write(study, tmp_path / "a.jsonld", {})
    return json.loads((tmp_path / "a.jsonld").read_text(encoding="utf-8")), report


@pytest.fixture
def study(tmp_path):
    return open_study(write_study(tmp_path / "small", without=("decisions.csv",), codings_csv=CODINGS))


def test_a_coding_of_a_segment_points_at_its_words_and_their_place(study, tmp_path):
    made, _ = annotated(study, tmp_path)
    first = made["first"]["items"][0]
    assert first["type"] == "Annotation"
    assert first["motivation"] == "classifying"
    assert (first["creator"]["type"], first["creator"]["name"]) == ("Person", "Ada")
    assert first["created"] == "2020-05-01T08:00:00Z"
    assert first["class"] == "open"
    assert [(body["purpose"], body["value"]) for body in first["body"]] == [
        ("classifying", "Place"),
        ("commenting", "see above"),
    ]
    assert first["target"]["selector"] == [
        {"type": "TextQuoteSelector", "exact": "a shared room", "prefix": "We need ", "suffix": ". And faster trains."},
        {"type": "TextPositionSelector", "start": 8, "end": 21},
    ]


def test_a_coding_of_a_message_points_at_the_message(study, tmp_path):
    made, report = annotated(study, tmp_path)
    second = made["first"]["items"][1]
    assert second["target"].startswith("urn:uuid:")
    assert "created" not in second
    assert made["total"] == 2
    assert [(loss.why, loss.count) for loss in report.losses if loss.kind == "codings"] == [
        ("its time names no zone and is left out", 1)
    ]
    assert report.tally("messages").dropped == 4
    assert (report.tally("codes").changed, report.tally("codes").dropped) == (1, 5)


def test_ids_are_the_same_every_time_and_those_of_another_study_differ(study, tmp_path):
    made, _ = annotated(study, tmp_path)
    assert annotated(study, tmp_path)[0] == made
    items = made["first"]["items"]
    assert {uuid.UUID(item["id"]).version for item in items} == {5}
    named = replaced("study.yaml", "A small study", "Another")
    other = open_study(write_study(tmp_path / "b", without=("decisions.csv",), codings_csv=CODINGS, study_yaml=named))
    assert {item["id"] for item in annotated(other, tmp_path)[0]["first"]["items"]}.isdisjoint(
        item["id"] for item in items
    )


def test_a_study_without_codings_gives_a_collection_of_none(tmp_path):
    study = open_study(write_study(tmp_path / "b", without=("decisions.csv", "codings.csv")))
    assert annotated(study, tmp_path)[0]["total"] == 0


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=10)
@given(drafts())
def test_whatever_the_study_every_coding_is_there_with_its_words(tmp_path_factory, draft):
    with opened(draft) as study:
        made, report = annotated(study, tmp_path_factory.mktemp("law"))
        rows = draft_of(study).codings
        texts = {row["message_id"]: row["text"] for row in draft_of(study).messages}
        items = made["first"]["items"]
        assert len({item["id"] for item in items}) == len(rows) == report.tally("codings").came
        for row, item in zip(rows, items, strict=True):
            if "start" in row:
                quote, place = item["target"]["selector"]
                assert quote["exact"] == texts[row["message_id"]][place["start"] : place["end"]]
