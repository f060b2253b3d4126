import dataclasses

import pytest
from exchange_studies import drafts, opened
from hypothesis import HealthCheck, given, settings
from studies import write_study

from lepanalysis.exchange import folder as folder_module
from lepanalysis.exchange.draft import Draft, coding_id, draft_of, plain, write_draft
from lepanalysis.exchange.ids import Ids, guid, guid_key
from lepanalysis.exchange.selection import of_coders
from lepanalysis.exchange.storable import storable
from lepanalysis.faults import LepanalysisError, StudyFaultsError, UsageError
from lepanalysis.study import open_study

MESSAGE = {"message_id": "1", "thread_id": "T", "participant_id": "P", "text": "A room."}
SMALL = Draft(
    study={"title": "A", "class": "open", "source": "tests", "licence": "CC0-1.0"},
    messages=(MESSAGE,),
    participants=({"participant_id": "P", "code_name": "Robin"},),
)
LAW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def changed(**changes):
    return dataclasses.replace(SMALL, **changes)


@LAW
@given(drafts())
def test_a_draft_that_is_written_and_opened_is_the_same_draft(draft):
    with opened(draft) as study:
        assert draft_of(study) == draft


@LAW
@given(drafts(odd_ids=True))
def test_so_it_is_with_ids_that_somebody_typed(draft):
    with opened(draft) as study:
        assert draft_of(study) == draft


@LAW
@given(drafts(odd_ids=True))
def test_nothing_has_to_be_mended_in_a_sound_study(draft):
    mended, report = storable(draft, "x")
    assert (plain(mended), report) == (draft, None)


@LAW
@given(drafts())
def test_the_work_of_some_coders_is_a_study_of_its_own(draft):
    for coders in ([coder["id"]] for coder in draft.study.get("coders", ())):
        part, report = of_coders(draft, coders, "study")
        with opened(part) as study:
            found = draft_of(study)
        assert {row["coder"] for row in found.codings} <= set(coders)
        assert found.messages == draft.messages
        assert report.tally("codings").kept == len(found.codings)


@pytest.mark.long
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(drafts(odd_ids=True, most=12))
def test_so_it_is_with_hundreds_of_studies(draft):
    with opened(draft) as study:
        assert draft_of(study) == draft


def test_the_small_study_of_the_tests_comes_back_as_the_same_tables(tmp_path):
    study = open_study(write_study(tmp_path / "a"))
    write_draft(draft_of(study), tmp_path / "b")
    again = open_study(tmp_path / "b")
    assert again.record == study.record
    assert all(again.tables[name].frame.equals(table.frame) for name, table in study.tables.items())


def test_a_time_keeps_its_zone_and_a_number_its_zeros(tmp_path):
    texts = {
        "messages_csv": "message_id,thread_id,participant_id,text,posted_at\n1,T1,P1,x,2020-01-05T10:00:00+01:00\n",
        "themes_yaml": "agreed:\n  - {id: t, name: T, x: 0.50, y: 1}\n",
    }
    gone = ("codings.csv", "assignments.csv", "decisions.csv", "quotations.csv", "threads.csv")
    draft = draft_of(open_study(write_study(tmp_path / "a", without=gone, **texts)))
    assert draft.messages[0]["posted_at"] == "2020-01-05T10:00:00+01:00"
    assert draft.agreed[0]["x"] == "0.50"


def test_a_file_that_was_changed_after_the_study_was_opened_is_not_read(tmp_path):
    study = open_study(write_study(tmp_path / "a"))
    write_study(tmp_path / "a", threads_csv="thread_id,title,category\nT1,Other,Space\nT2,Trains,Transport\n")
    with pytest.raises(LepanalysisError, match=r"threads\.csv of the study in a was changed"):
        draft_of(study)


def test_claims_are_carried_as_they_are(tmp_path):
    test = "check: share, unit: message, threshold: 0.5, range: [0.2, 0.8], codes: [c]"
    claims = f"claims:\n- {{id: own, statement: So., {test}}}  # as is\n"
    code = {"id": "c", "name": "Room", "definition": "a room"}
    write_draft(changed(codes=(code,), claims=claims), tmp_path / "a")
    assert draft_of(open_study(tmp_path / "a")).claims == claims


def test_empty_cells_and_keys_make_no_difference():
    cells = {**MESSAGE, "position": "1", "reply_to": None, "class": ""}
    one = changed(messages=(cells,), candidate={"A": ()})
    other = changed(messages=({**MESSAGE, "position": 1},))
    assert plain(one) == plain(other)


def test_a_coding_without_an_id_has_the_one_that_the_study_derives():
    assert coding_id({"coder": "A", "message_id": "1", "code_id": "c", "start": 0, "end": 4}) == "A/1/c/0/4"
    assert coding_id({"coder": "A", "message_id": "1", "code_id": "c", "start": None}) == "A/1/c"


def test_counts_are_by_the_names_that_tallies_use():
    assert {kind: count for kind, count in SMALL.counts().items() if count} == {"messages": 1, "participants": 1}


def test_a_draft_that_makes_no_sound_study_leaves_nothing_behind(tmp_path):
    wrong = changed(codings=({"coder": "A", "message_id": "2", "code_id": "c"},))
    with pytest.raises(StudyFaultsError) as error:
        write_draft(wrong, tmp_path / "new" / "study")
    assert {fault.file for fault in error.value.faults} == {"codings.csv"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["half \ud800", "a\udfff"])
def test_half_a_surrogate_pair_is_refused_with_a_sentence(tmp_path, text):
    with pytest.raises(LepanalysisError, match=r"messages\.csv holds half a surrogate pair"):
        write_draft(changed(messages=({**MESSAGE, "text": text},)), tmp_path / "study")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_a_study_is_refused_unless_it_may_be_replaced(tmp_path):
    write_draft(SMALL, tmp_path / "study")
    with pytest.raises(UsageError, match="holds a study already"):
        write_draft(SMALL, tmp_path / "study")
    write_draft(changed(messages=({**MESSAGE, "text": "Another."},)), tmp_path / "study", replace=True)
    assert draft_of(open_study(tmp_path / "study")).messages[0]["text"] == "Another."
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_a_folder_that_holds_somebody_s_work_is_never_replaced(tmp_path):
    write_draft(SMALL, tmp_path / "study")
    (tmp_path / "study" / "journal").mkdir()
    with pytest.raises(UsageError, match=r"more than an import would write \(journal\)"):
        write_draft(SMALL, tmp_path / "study", replace=True)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "diary.txt").write_text("dear")
    with pytest.raises(UsageError, match=r"holds files and no study"):
        write_draft(SMALL, tmp_path / "notes", replace=True)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "study").write_text("x")
    with pytest.raises(UsageError, match="is a file"):
        write_draft(SMALL, tmp_path / "study", replace=True)


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "study").mkdir()
    write_draft(SMALL, tmp_path / "study")
    assert open_study(tmp_path / "study").title == "A"


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("place", ["_refuse_faults", "_put"])
def test_an_import_that_is_broken_off_leaves_what_was_there(tmp_path, monkeypatch, error, place):
    write_draft(SMALL, tmp_path / "study")

    def broken(*_):
        raise error

    monkeypatch.setattr(folder_module, place, broken)
    with pytest.raises((KeyboardInterrupt, LepanalysisError)):
        write_draft(changed(messages=({**MESSAGE, "text": "Another."},)), tmp_path / "study", replace=True)
    assert draft_of(open_study(tmp_path / "study")).messages[0]["text"] == "A room."
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_a_guid_is_the_same_every_time_and_of_its_kind():
    assert guid("code", "c1") == "b80ea94a-01c3-5d65-9a01-dc2b7fccbd60"
    assert guid("code", "c1") != guid("message", "c1")
    assert guid_key("{5BD6E6C3-1111-2222-3333-444455556666}") == "5bd6e6c3-1111-2222-3333-444455556666"
    assert guid_key("Room") == "Room"


def test_a_record_has_the_id_it_is_called_by_where_that_is_sound_and_free():
    ids = Ids("m", taken=["m1"])
    wanted = ["Interview 3", "a;b", "Interview 3", " x", "{5BD6E6C3-1111-2222-3333-444455556666}", "all", ""]
    assert [ids.of(number, name) for number, name in enumerate(wanted)] == [
        "Interview 3",
        "m2",
        "m3",
        "m4",
        "m5",
        "m6",
        "m7",
    ]
    assert ids.of(0, "another") == "Interview 3"
    assert (0 in ids, ids.get(0), ids.get(99)) == (True, "Interview 3", None)
