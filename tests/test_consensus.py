from studies import replaced

from lepanalysis.coding import consensus

HEAD = "decision_id,decided_at,kind,subjects,outcome,message_id,start,end,code_id,target,by,reason\n"
MAPS = "d1,2020-04-01,code,a1;b1,map,,,,,space,A;B,\nd2,2020-04-01,code,a2;b2,map,,,,,travel,A;B,\n"
THREE = replaced("study.yaml", "  - {id: B, name: Ben}", "  - {id: B, name: Ben}\n  - {id: C, name: Cy}")


def standing(study):
    frame = consensus(study).applications
    columns = ["message_id", "code_id", "start", "end", "coders", "coding_ids", "basis", "decision_id"]
    return [tuple(row) for row in frame[columns].itertuples(index=False)]


def disputes(study):
    frame = consensus(study).disputes
    columns = ["message_id", "code_id", "coding_ids", "status", "outcome", "decision_id"]
    return [tuple(row) for row in frame[columns].itertuples(index=False)]


def test_what_all_applied_stands_and_a_dispute_is_settled(study):
    assert standing(study) == [
        ("1", "space", 0, 22, "A; B", "A-1; B-1", "undisputed", ""),
        ("1", "travel", 23, 41, "A", "A-2", "decision", "d3"),
        ("2", "space", 0, 26, "A; B", "A-3; B-2", "undisputed", ""),
        ("4", "travel", 0, 21, "A; B", "B-3; A-4", "undisputed", ""),
    ]
    assert disputes(study) == [("1", "travel", "A-2", "settled", "accept", "d3")]


def test_a_dispute_without_a_decision_is_open_and_not_in_the_consensus(opened):
    study = opened(decisions_csv=HEAD + MAPS)
    assert ("1", "travel") not in {row[:2] for row in standing(study)}
    assert disputes(study) == [("1", "travel", "A-2", "open", "", "")]


def test_what_was_rejected_falls(opened):
    study = opened(decisions_csv=HEAD + MAPS + "d3,2020-04-01,coding,A-2,reject,,,,,,A;B,\n")
    assert len(standing(study)) == 3
    assert disputes(study) == [("1", "travel", "A-2", "settled", "reject", "d3")]


def test_a_superseded_decision_settles_nothing(opened):
    log = HEAD.replace("reason", "reason,supersedes")
    log += MAPS.replace("A;B,\n", "A;B,,\n")
    log += "d3,2020-04-01,coding,A-2,reject,,,,,,A;B,,\nd4,2020-04-02,coding,A-2,accept,,,,,,A;B,,d3\n"
    assert disputes(opened(decisions_csv=log)) == [("1", "travel", "A-2", "settled", "accept", "d4")]


def test_a_redrawn_segment_is_the_one_agreed_on(opened):
    study = opened(decisions_csv=HEAD + MAPS + "d3,2020-04-01,coding,A-1;B-1,redraw,1,3,21,space,,A;B,\n")
    assert standing(study)[0] == ("1", "space", 3, 21, "A; B", "A-1; B-1", "decision", "d3")
    assert disputes(study)[0] == ("1", "space", "A-1; B-1", "settled", "redraw", "d3")


def test_both_codings_stand_as_they_are(opened):
    study = opened(decisions_csv=HEAD + MAPS + "d3,2020-04-01,coding,A-1;B-1,both,,,,,,A;B,\n")
    assert standing(study)[:2] == [
        ("1", "space", 0, 22, "A", "A-1", "decision", "d3"),
        ("1", "space", 8, 21, "B", "B-1", "decision", "d3"),
    ]


def test_a_disputed_coding_may_be_assigned_another_code(opened):
    study = opened(decisions_csv=HEAD + MAPS + "d3,2020-04-01,coding,A-2,assign,,,,space,,A;B,\n")
    assert standing(study)[1] == ("1", "space", 23, 41, "A", "A-2", "decision", "d3")
    assert disputes(study) == [("1", "travel", "A-2", "settled", "assign", "d3")]


def test_segments_that_do_not_meet_stay_apart(opened):
    study = opened(
        codings_csv="coder,message_id,code_id,coding_id,start,end\nA,1,a1,A-1,0,7\nB,1,b1,B-1,8,21\n",
        decisions_csv=HEAD + MAPS,
    )
    assert standing(study) == [
        ("1", "space", 0, 7, "A", "A-1", "undisputed", ""),
        ("1", "space", 8, 21, "B", "B-1", "undisputed", ""),
    ]


def test_who_has_not_read_a_message_disputes_nothing_in_it(opened):
    reading = replaced("assignments.csv", "B,4,read", "B,4,assigned")
    codings = replaced("codings.csv", "B,4,b2,B-3,0,6,Trains\n", "")
    study = opened(assignments_csv=reading, codings_csv=codings)
    assert standing(study)[-1] == ("4", "travel", 0, 21, "A", "A-4", "one reader", "")


def test_with_three_coders_two_are_not_all(opened):
    study = opened(study_yaml=THREE, without=("assignments.csv",), decisions_csv=HEAD + MAPS)
    assert standing(study) == []
    assert disputes(study) == [
        ("1", "space", "A-1; B-1", "open", "", ""),
        ("1", "travel", "A-2", "open", "", ""),
        ("2", "space", "A-3; B-2", "open", "", ""),
        ("4", "travel", "B-3; A-4", "open", "", ""),
    ]


def test_a_split_codes_coding_stands_as_both_assigned_it(opened):
    maps = "d1,2020-04-01,code,a1,split,,,,,space;travel,A;B,\nd2,2020-04-01,code,b1,map,,,,,space,A;B,\n"
    assigned = "d3,2020-04-01,coding,A-1,assign,,,,space,,A;B,\nd4,2020-04-01,coding,A-3,assign,,,,travel,,A;B,\n"
    study = opened(decisions_csv=HEAD + maps + assigned)
    assert standing(study) == [
        ("1", "space", 0, 22, "A; B", "A-1; B-1", "undisputed", ""),
        ("2", "travel", 0, 26, "A", "A-3", "decision", "d4"),
    ]
    assert disputes(study) == [
        ("2", "travel", "A-3", "settled", "assign", "d4"),
        ("2", "space", "B-2", "open", "", ""),
    ]
