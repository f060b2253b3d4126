import json

import pytest

from lepanalysis.exchange.draft import plain, write_draft
from lepanalysis.exchange.forum_discourse import read
from lepanalysis.exchange.storable import storable
from lepanalysis.faults import LepanalysisError, UsageError
from lepanalysis.study import open_study


def post(number, text="Words.", **more):
    return {
        "id": 100 + number,
        "post_number": number,
        "username": "ann",
        "user_id": 7,
        "created_at": f"2020-01-0{number}T10:00:00.000Z",
        "cooked": f"<p>{text}</p>",
        "post_type": 1,
        **more,
    }


def topic(*posts, number=5, title="A room", **more):
    return {"id": number, "title": title, "category_id": 3, "post_stream": {"posts": list(posts)}, **more}


def written(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, value in files.items():
        text = value if isinstance(value, str) else json.dumps(value)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return folder


def read_one(tmp_path, value, **options):
    return read(written(tmp_path / "forum", topic=value), options)


def test_posts_become_messages_and_the_study_can_be_opened(tmp_path):
    value = topic(post(1, "We need a room."), post(2, "Yes.", username="ben", user_id=8, reply_to_post_number=1))
    draft, report = read_one(tmp_path, value)
    assert plain(draft).messages == (
        {
            "message_id": "101",
            "thread_id": "5",
            "participant_id": "ann",
            "text": "We need a room.",
            "posted_at": "2020-01-01T10:00:00+00:00",
            "position": 1,
        },
        {
            "message_id": "102",
            "thread_id": "5",
            "participant_id": "ben",
            "text": "Yes.",
            "posted_at": "2020-01-02T10:00:00+00:00",
            "position": 2,
            "reply_to": "101",
        },
    )
    assert plain(draft).threads == ({"thread_id": "5", "title": "A room", "category": "3"},)
    assert plain(draft).external_ids == (
        {"kind": "participant", "id": "ann", "program": "Discourse", "external_id": "7"},
        {"kind": "participant", "id": "ben", "program": "Discourse", "external_id": "8"},
    )
    assert draft.study["class"] == "restricted"
    assert (report.tally("messages").came, report.tally("messages").kept) == (2, 2)
    write_draft(storable(draft, "x")[0], tmp_path / "study")
    assert len(open_study(tmp_path / "study").messages) == 2


def test_what_software_wrote_and_what_was_hidden_is_counted(tmp_path):
    value = topic(
        post(1),
        post(2, post_type=3, action_code="closed.enabled"),
        post(3, username="system", user_id=-1),
        post(4, hidden=True),
        post(5, deleted_at="2020-02-01"),
        post(6, post_type=4),
        post(7, "", reply_to_post_number=4),
        post(8, reply_to_post_number=4),
    )
    draft, report = read_one(tmp_path, value)
    assert [row["message_id"] for row in draft.messages] == ["101", "108"]
    reasons = {(loss.what, loss.why, loss.count) for loss in report.losses}
    assert ("dropped", "it was hidden", 1) in reasons
    assert ("dropped", "it was deleted", 1) in reasons
    assert ("dropped", "there is no text in it", 1) in reasons
    assert ("changed", "what it answers is not among the messages of its thread", 1) in reasons
    tally = report.tally("messages")
    assert (tally.came, tally.kept, tally.changed, tally.dropped) == (8, 1, 1, 6)
    kept, _ = read_one(tmp_path, value, hidden="keep")
    assert [row["message_id"] for row in kept.messages] == ["101", "104", "105", "106", "108"]


def test_categories_are_named_and_posts_of_several_files_are_put_together(tmp_path):
    folder = written(
        tmp_path / "forum",
        a={"category_list": {"categories": [{"id": 1, "name": "Space"}]}},
        b={"categories": [{"id": 3, "name": "Rooms", "parent_category_id": 1}]},
        c=topic(post(1), post(2)) | {"post_stream": {"posts": [post(1), post(2)], "stream": [101, 102, 103, 104]}},
        d={"id": 5, "post_stream": {"posts": [post(2), post(3)]}},
    )
    draft, report = read(folder, {})
    assert draft.threads[0]["category"] == "Space / Rooms"
    assert [row["message_id"] for row in draft.messages] == ["101", "102", "103"]
    assert report.tally("messages").dropped == 1
    assert "Topic 5: 1 of its 4 posts are in none of the files." in report.notes


def test_typed_text_is_preferred_and_its_quotations_are_marked(tmp_path):
    raw = 'Well,\n[quote="ben, post:1, topic:5"]\nWe need\n\na room.\n[/quote]\nYes **indeed**.'
    draft, report = read_one(tmp_path, topic(post(1, raw=raw)))
    assert draft.messages[0]["text"] == "Well,\n> ben:\n> We need\n>\n> a room.\n\nYes **indeed**."
    assert report.tally("quotations of other posts").changed == 1
    draft, report = read_one(tmp_path, topic(post(1, raw=raw)), quoted="drop")
    assert draft.messages[0]["text"] == "Well,\nYes **indeed**."
    assert report.tally("quotations of other posts").dropped == 1


def test_names_that_differ_in_case_only_are_told_apart(tmp_path):
    draft, _ = read_one(tmp_path, topic(post(1), post(2, username="Ann", user_id=9)))
    assert [row["code_name"] for row in draft.participants] == ["ann", "Ann (2)"]


def test_times_are_written_in_the_zone_of_the_forum(tmp_path):
    draft, _ = read_one(tmp_path, topic(post(1)), zone="Europe/Berlin")
    assert draft.messages[0]["posted_at"] == "2020-01-01T11:00:00+01:00"
    with pytest.raises(UsageError, match="no time zone"):
        read_one(tmp_path, topic(post(1)), zone="Nowhere/At all")


def test_a_reply_to_a_later_post_and_a_time_that_goes_back_are_mended(tmp_path):
    value = topic(post(1, reply_to_post_number=2), post(2, created_at="2019-01-01T00:00:00Z", reply_to_post_number=1))
    draft, report = read_one(tmp_path, value)
    assert [row["reply_to"] for row in draft.messages] == [None, "101"]
    assert draft.messages[1]["posted_at"] is None
    assert report.tally("messages").changed == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("{", "is no JSON"),
        ("[" * 200_000, "too deep"),
        ('{"a": ' + "1" * 5000 + "}", "thousands of digits"),
        ("{}", "holds no post"),
        ('{"post_stream": {"posts": 3}}', "holds no post"),
        ('{"post_stream": {"posts": [3, null, {}]}}', "holds no post"),
    ],
)
def test_what_is_no_forum_is_refused_with_a_sentence(tmp_path, text, words):
    with pytest.raises(LepanalysisError, match=words):
        read(written(tmp_path / "forum", topic=text), {})


@pytest.mark.parametrize("wrong", [None, [], {}, 3.5, True, "x" * 50, -1, 10**30])
def test_entries_of_another_kind_are_no_error(tmp_path, wrong):
    good = post(1)
    for name in good:
        value = topic(post(2), {**good, name: wrong}, category_id=wrong, tags=wrong)
        draft, report = read_one(tmp_path, value)
        assert len(draft.messages) in {1, 2}, name
        assert report.tally("messages").came == 2
        write_draft(storable(draft, "x")[0], tmp_path / f"study-{name}")


def test_lists_of_the_latest_posts_name_their_topics(tmp_path):
    latest = {"latest_posts": [post(1, topic_id=5, topic_title="A room", category_id=3)]}
    listed = {"topic_list": {"topics": [{"id": 5, "title": "A room", "category_id": 3, "tags": ["plans"]}]}}
    names = {"category_list": {"categories": [{"id": 3, "name": "Plans"}]}}
    for files in ({"a": latest, "b": listed, "c": names}, {"a": listed, "b": latest, "c": names}):
        draft, report = read(written(tmp_path / "forum", **files), {})
        assert plain(draft).threads == ({"thread_id": "5", "title": "A room", "category": "Plans"},)
        assert report.tally("tags").dropped == 1
