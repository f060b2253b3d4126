import json

import pytest

from lepanalysis.exchange.draft import plain, write_draft
from lepanalysis.exchange.forum_github import read
from lepanalysis.exchange.storable import storable
from lepanalysis.faults import LepanalysisError
from lepanalysis.study import open_study

SITE = "https://github.com/city/plans"
API = "https://api.github.com/repos/city/plans"
ISSUE = {
    "id": 900,
    "number": 12,
    "title": "A shared room",
    "body": "We need a **shared** room.",
    "user": {"login": "ann", "type": "User"},
    "author_association": "MEMBER",
    "created_at": "2020-01-05T10:00:00Z",
    "html_url": f"{SITE}/issues/12",
    "comments": 2,
    "labels": [{"name": "wish"}],
}


def comment(number, login="ben", **more):
    return {
        "id": number,
        "body": f"Comment {number}.",
        "user": {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"},
        "created_at": f"2020-01-0{number}T10:00:00Z",
        "issue_url": f"{API}/issues/12",
        "html_url": f"{SITE}/issues/12#issuecomment-{number}",
        **more,
    }


DISCUSSION = {
    "number": 3,
    "id": "D_1",
    "title": "Trains",
    "body": "Trains are slow.",
    "author": {"login": "cat"},
    "createdAt": "2020-02-01T10:00:00Z",
    "url": f"{SITE}/discussions/3",
    "category": {"name": "Ideas"},
    "comments": {
        "nodes": [
            {
                "id": "DC_1",
                "body": "Here too.",
                "author": {"login": "ann"},
                "createdAt": "2020-02-02T10:00:00Z",
                "replies": {
                    "nodes": [{"id": "DC_2", "body": "Really?", "author": None, "createdAt": "2020-02-03T10:00:00Z"}]
                },
            },
            {
                "id": "DC_3",
                "body": "Buy now",
                "author": {"login": "spam"},
                "isMinimized": True,
                "minimizedReason": "SPAM",
            },
        ]
    },
}


def write(path, *values):
    path.write_text("\n".join(json.dumps(value) for value in values), encoding="utf-8")
    return path


def messages(draft):
    return [
        (row["message_id"], row["thread_id"], row["participant_id"], row["text"], row.get("reply_to"))
        for row in plain(draft).messages
    ]


def test_issues_and_comments_of_two_lists_are_put_together(tmp_path):
    source = write(tmp_path / "issues.json", [comment(7), comment(8, "helper[bot]")], [ISSUE])
    draft, report = read(source, {})
    assert messages(draft) == [
        ("12", "12", "ann", "We need a **shared** room.", None),
        ("12-7", "12", "ben", "Comment 7.", None),
    ]
    assert plain(draft).threads == ({"thread_id": "12", "title": "A shared room", "category": "issue"},)
    assert plain(draft).participants[1] == {"participant_id": "ann", "code_name": "ann", "association": "member"}
    assert draft.study["source"] == "GitHub (city/plans)"
    assert (report.tally("messages").came, report.tally("messages").dropped) == (3, 1)
    assert report.tally("labels").dropped == 1
    assert len(read(source, {"bots": "keep"})[0].messages) == 3
    write_draft(storable(draft, "x")[0], tmp_path / "study")
    assert len(open_study(tmp_path / "study").messages) == 2


def test_discussions_of_graphql_keep_their_replies(tmp_path):
    page = {"data": {"repository": {"discussions": {"edges": [{"node": DISCUSSION}], "pageInfo": {}}}}}
    draft, report = read(write(tmp_path / "discussions.json", page), {})
    assert messages(draft) == [
        ("3", "3", "cat", "Trains are slow.", None),
        ("m1", "3", "ann", "Here too.", None),
        ("m2", "3", "ghost", "Really?", "m1"),
    ]
    assert draft.threads[0]["category"] == "Ideas"
    assert [(loss.why, loss.count) for loss in report.losses if loss.what == "dropped"] == [("it was hidden (spam)", 1)]
    assert ("m1", "DC_1") in {(row["id"], row["external_id"]) for row in draft.external_ids}


def test_what_gh_prints_is_read(tmp_path):
    value = [
        {
            "number": 4,
            "title": "Bus",
            "body": "A bus.",
            "author": {"login": "app/helper", "is_bot": True},
            "createdAt": "2020-01-01T00:00:00Z",
            "url": f"{SITE}/pull/4",
            "comments": [
                {"id": "IC_1", "author": {"login": "dan"}, "body": "No.", "createdAt": "2020-01-02T00:00:00Z"}
            ],
        }
    ]
    draft, _ = read(write(tmp_path / "gh.json", value), {})
    assert messages(draft) == [("m1", "4", "dan", "No.", None)]
    assert draft.threads[0]["category"] == "pull request"


def test_comments_on_lines_answer_each_other_and_need_no_opening(tmp_path):
    rows = [
        comment(2, issue_url=None, pull_request_url=f"{API}/pulls/9", html_url=f"{SITE}/pull/9#r2"),
        comment(3, issue_url=None, pull_request_url=f"{API}/pulls/9", html_url=f"{SITE}/pull/9#r3", in_reply_to_id=2),
    ]
    draft, report = read(write(tmp_path / "comments.json", rows), {})
    assert messages(draft)[1] == ("9-3", "9", "ben", "Comment 3.", "9-2")
    assert any("by their comments only" in note for note in report.notes)


@pytest.mark.parametrize("wrong", [None, [], {}, 3.5, True, "x", -1])
def test_entries_of_another_kind_are_no_error(tmp_path, wrong):
    for name in ISSUE:
        draft, report = read(write(tmp_path / "a.json", [{**ISSUE, name: wrong}], [ISSUE | {"number": 5}]), {})
        assert report.tally("messages").came == 2 or name in {"number", "title", "body"}
        write_draft(storable(draft, "x")[0], tmp_path / f"study-{name}")
    for name in DISCUSSION:
        read(write(tmp_path / "a.json", {"discussions": [{**DISCUSSION, name: wrong}, DISCUSSION | {"number": 5}]}), {})


def test_what_is_not_of_github_is_refused(tmp_path):
    with pytest.raises(LepanalysisError, match="holds no issue"):
        read(write(tmp_path / "a.json", {"data": {"nodes": [{"body": "x"}]}}), {})


def test_authors_and_labels_may_be_bare_words_and_reviews_are_read(tmp_path):
    remark = {"body": "A window?", "createdAt": "2020-01-06T11:00:00Z"}
    review = {"id": "R1", "author": "cem", "state": "COMMENTED", "body": "", "comments": [remark]}
    approval = {"id": "R2", "author": "cem", "body": "Good.", "createdAt": "2020-01-07T11:00:00Z", "comments": []}
    archive = {
        "repo": "city/plans",
        "issues": [{"number": 1, "title": "A room", "author": "ann", "body": "We need one.", "labels": ["wish"]}],
        "pulls": [{"number": 2, "title": "The room", "author": None, "body": "Here.", "reviews": [review, approval]}],
        "url": f"{SITE}/issues",
    }
    draft, report = read(write(tmp_path / "archive.json", archive), {})
    names = {row["participant_id"]: row["code_name"] for row in draft.participants}
    assert [(row["thread_id"], names[row["participant_id"]], row["text"]) for row in draft.messages] == [
        ("1", "ann", "We need one."),
        ("2", "ghost", "Here."),
        ("2", "cem", "A window?"),
        ("2", "cem", "Good."),
    ]
    assert [row["category"] for row in draft.threads] == ["issue", "pull request"]
    assert report.tally("labels").dropped == 1


def test_who_is_not_named_is_unknown_and_no_closed_account(tmp_path):
    value = [{"number": 1, "title": "A room", "body": "We need one.", "html_url": f"{SITE}/issues/1"}]
    draft, _ = read(write(tmp_path / "issues.json", value), {})
    assert [row["code_name"] for row in draft.participants] == ["unknown"]
