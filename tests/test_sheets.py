import csv
import io

import pytest
from studies import replaced

from lepanalysis import agreement, coding
from lepanalysis.faults import UsageError
from lepanalysis.sheets import SHEET_UNITS, code_paths

MAPS = (
    "decision_id,decided_at,kind,subjects,outcome,message_id,start,end,code_id,target,by\n"
    "d1,2020-04-01,code,a1;b1,map,,,,,space,A;B\n"
)


def test_one_row_a_quotation(study):
    frame = coding.long_quotations(study)
    assert list(frame.columns) == [
        *("coding_id", "coder", "coder_name", "message_id", "thread_id", "thread", "posted_at", "participant_id"),
        *("code_name", "profession", "own_code_id", "own_code_path", "code_id", "code", "code_path", "theme_id"),
        *("theme", "start", "end", "text"),
    ]
    assert len(frame) == len(study.codings)
    row = frame.iloc[4]
    assert (row["coding_id"], row["coder_name"], row["thread"], row["code_name"]) == ("B-1", "Ben", "A room", "Robin")
    assert (row["profession"], row["own_code_path"], row["code_path"]) == ("designer", "Room", "Shared space")
    assert (row["theme"], row["start"], row["end"], row["text"]) == ("Shared room", 8, 21, "a shared room")


def test_a_path_leads_from_the_top_and_ends_in_a_circle_too(opened):
    book = replaced("codebook.yaml", "getting about, status: agreed", "getting about, status: agreed, parent: space")
    study = opened(codebook_yaml=book)
    assert code_paths(study)["travel"] == "Shared space > Transport"
    assert set(coding.long_quotations(study)["code_path"]) == {"Shared space", "Shared space > Transport"}


def test_a_coding_that_leads_to_no_shared_code_is_a_row_like_any_other(opened):
    frame = coding.long_quotations(opened(decisions_csv=MAPS, without=("themes.yaml", "quotations.csv")))
    assert frame["code_id"].to_list() == ["space", "", "space", "", "space", "space", ""]
    assert set(frame["theme"]) == {""}


def test_an_attribute_with_a_taken_name_keeps_its_own(opened):
    people = replaced("participants.csv", "profession", "text")
    frame = coding.long_quotations(opened(participants_csv=people))
    assert frame["participant_text"][0] == "designer"
    assert frame["text"][0] == "We need a shared room."


def test_one_row_a_unit_and_one_column_a_code(study):
    table = coding.unit_by_code(study, coder="A")
    assert table.to_dict("list") == {"space": [1, 1, 0, 0], "travel": [1, 0, 0, 1]}
    assert (table.index.name, list(table.index)) == ("message_id", ["1", "2", "3", "4"])
    assert coding.unit_by_code(study, "thread", "B").to_dict("index") == {
        "T1": {"space": 1, "travel": 0},
        "T2": {"space": 0, "travel": 1},
    }
    assert coding.unit_by_code(study, "participant")["travel"].to_dict() == {"P1": 1, "P2": 0, "P3": 1}


def test_segments_that_overlap_are_one_unit(study):
    for coder, travel in (("A", [0, 1, 0, 0, 1]), ("B", [0, 0, 0, 0, 1])):
        table = coding.unit_by_code(study, "segment", coder)
        assert list(table.index) == ["1:0-22", "1:23-41", "2:0-26", "3:0-10", "4:0-21"]
        assert table["travel"].to_list() == travel


def test_a_segment_that_was_drawn_anew_counts_where_it_now_stands(opened):
    log = MAPS + "d2,2020-04-01,coding,A-1;B-1,redraw,1,23,41,space,,A;B\n"
    codings = replaced("codings.csv", "A,1,a2,A-2,23,41,And faster trains.\n", "")
    table = coding.unit_by_code(opened(decisions_csv=log, codings_csv=codings), "segment")
    assert table.loc["1:23-41", "space"] == 1
    assert table.loc["1:0-22", "space"] == 0


def test_what_was_not_read_is_missing(opened):
    reading = replaced("assignments.csv", "B,3,nothing_to_code", "B,3,assigned")
    study = opened(assignments_csv=reading)
    table = coding.unit_by_code(study, coder="B")
    assert table["space"].isna().to_list() == [False, False, True, False]
    assert coding.unit_by_code(study, "thread", "B")["space"].isna().to_list() == [True, False]
    assert coding.for_recal(study, "space") == "1,1\n1,1\n0,0\n"


@pytest.mark.parametrize("unit", SHEET_UNITS)
def test_recal_reads_what_the_agreement_was_computed_from(study, unit):
    rows = list(csv.reader(io.StringIO(coding.for_recal(study, "travel", unit))))
    assert {cell for row in rows for cell in row} <= {"0", "1"}
    a, b = zip(*rows, strict=True)
    frame = agreement.by_code(study, unit=unit).set_index("code_id").loc["travel"]
    assert len(rows) == frame["n_units"]
    assert sum(x == y for x, y in rows) / len(rows) == pytest.approx(frame["percent_agreement"])
    assert sum((x, y) == ("1", "1") for x, y in zip(a, b, strict=True)) == frame["n_both"]


def test_what_is_not_there_is_refused(study, opened):
    with pytest.raises(UsageError, match="use one of message, segment, thread, participant"):
        coding.unit_by_code(study, "character")
    with pytest.raises(UsageError, match="there is no coder 'C'"):
        coding.unit_by_code(study, coder="C")
    with pytest.raises(UsageError, match="there is no shared code 'a1'"):
        coding.for_recal(study, "a1")
    alone = opened(
        study_yaml=replaced("study.yaml", "  - {id: B, name: Ben}\n", ""),
        codebook_yaml="codes:\n  - {id: a1, name: Place, definition: d}\n",
        codings_csv="coder,message_id,code_id\nA,1,a1\n",
        without=("assignments.csv", "themes.yaml", "decisions.csv", "quotations.csv"),
    )
    with pytest.raises(UsageError, match="two coders or more"):
        coding.for_recal(alone, "a1")
    assert len(coding.long_quotations(alone)) == 1


def test_without_codings_every_table_is_there(opened):
    study = opened(codings_csv="coder,message_id,code_id\n", without=("decisions.csv",))
    assert len(coding.long_quotations(study)) == 0
    for unit in SHEET_UNITS:
        assert not coding.unit_by_code(study, unit).to_numpy().any()
        assert set(coding.for_recal(study, "space", unit).splitlines()) == {"0,0"}
