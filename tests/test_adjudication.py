import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from studies import replaced, write_study
from test_consensus import HEAD, MAPS, THREE

from lepanalysis.adjudication import adjudicate, after_discussion, audit_trail, changes
from lepanalysis.adjudication_rules import check_decisions
from lepanalysis.exhibits import read_evidence
from lepanalysis.study import open_study, read_study

SUPERSEDING = HEAD.replace("reason", "reason,supersedes")
MAPS_SUPERSEDING = MAPS.replace("A;B,\n", "A;B,,\n")


def records(frame, *columns):
    return [tuple(row) for row in frame[list(columns)].itertuples(index=False)]


def of_codings(study):
    frame = audit_trail(study)
    return frame[frame["kind"] == "coding"]


def test_the_trail_names_who_changed_what_and_why(study):
    frame = audit_trail(study)
    assert records(frame, "decision_id", "kind", "subject", "coder", "change")[:5] == [
        ("d1", "code", "a1", "A", "counts as space"),
        ("d1", "code", "b1", "B", "counts as space"),
        ("d2", "code", "a2", "A", "counts as travel"),
        ("d2", "code", "b2", "B", "counts as travel"),
        ("d3", "coding", "A-2", "A", "stands"),
    ]
    row = frame.iloc[4]
    assert (row["message_id"], row["from_code_id"], row["to_code_id"]) == ("1", "travel", "travel")
    assert (row["by"], row["reason"], row["in_force"]) == ("A; B", "said in so many words", True)


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        ("coding,A-2,reject,,,,,", ("dropped", "travel", "", 23, 41, None, None)),
        ("coding,A-2,assign,,,,space,", ("counts as space", "travel", "space", 23, 41, 23, 41)),
        (
            "coding,A-2,redraw,1,27,41,space,",
            ("segment 23 to 41 becomes 27 to 41, code travel becomes space", "travel", "space", 23, 41, 27, 41),
        ),
        ("coding,A-2,both,,,,,", ("both codings stand", "travel", "travel", 23, 41, 23, 41)),
    ],
)
def test_what_a_decision_does_to_a_coding(opened, decision, expected):
    frame = of_codings(opened(decisions_csv=f"{HEAD}{MAPS}d3,2020-04-01,{decision},A;B,\n"))
    columns = ["change", "from_code_id", "to_code_id", "from_start", "from_end", "to_start", "to_end"]
    found = frame[columns].astype(object).where(frame[columns].notna(), None)
    assert tuple(found.iloc[0]) == expected


def test_what_was_superseded_stays_in_the_trail(opened):
    log = SUPERSEDING + MAPS_SUPERSEDING
    log += "d3,2020-04-01,coding,A-2,reject,,,,,,A;B,no,\nd4,2020-04-02,coding,A-2,accept,,,,,,A,yes,d3\n"
    assert records(of_codings(opened(decisions_csv=log)), "decision_id", "by", "superseded_by", "in_force") == [
        ("d3", "A; B", "d4", False),
        ("d4", "A", "", True),
    ]


def test_the_meeting_as_a_whole(study):
    before = study.codings.frame
    made = adjudicate(study)
    assert len(made.consensus.applications) == 4
    assert len(made.open) == 0
    assert made.before["measure"].to_list()[:2] == ["percent_agreement", "cohen_kappa"]
    assert records(made.changes, "code_id", "messages_A", "messages_B", "any", "all", "consensus", "accepted") == [
        ("space", 2, 2, 2, 2, 2, 0),
        ("travel", 2, 1, 2, 1, 2, 1),
    ]
    assert study.codings.frame.equals(before)


def test_agreement_after_discussion_is_bookkeeping(study, opened):
    frame = after_discussion(study)
    assert list(frame.columns)[1:3] == ["before_discussion", "after_discussion_bookkeeping"]
    assert records(frame, "before_discussion", "after_discussion_bookkeeping")[0] == (7 / 8, 1.0)
    assert set(frame["note"]) == {
        "bookkeeping: what was settled by talking agrees by definition, so this is no measure of reliability"
    }
    assert not any("reliab" in name for name in frame)
    still = after_discussion(opened(decisions_csv=HEAD + MAPS))
    assert still["before_discussion"].to_list() == still["after_discussion_bookkeeping"].to_list()


def test_what_stays_open_is_listed(opened):
    made = adjudicate(opened(decisions_csv=HEAD + MAPS))
    assert records(made.open, "message_id", "code_id", "coding_ids") == [("1", "travel", "A-2")]
    assert made.changes["open"].to_list() == [0, 1]


def test_a_study_without_decisions_has_an_empty_trail(opened):
    study = opened(without=("decisions.csv",))
    assert len(audit_trail(study)) == 0
    assert check_decisions(study) == []
    assert (
        set(after_discussion(study)["reason"]) == {"no unit was judged by two coders"}
        or len(after_discussion(study)) == 3
    )


def test_three_coders_and_one(opened):
    three = opened(study_yaml=THREE, without=("assignments.csv",), decisions_csv=HEAD + MAPS)
    assert len(adjudicate(three).open) == 4
    one = opened(
        study_yaml=replaced("study.yaml", "  - {id: B, name: Ben}\n", ""),
        codebook_yaml="codes:\n  - {id: a1, name: Place, definition: d}\n",
        codings_csv="coder,message_id,code_id\nA,1,a1\n",
        without=("assignments.csv", "themes.yaml", "decisions.csv", "quotations.csv"),
    )
    frame = after_discussion(one)
    assert frame["after_discussion_bookkeeping"].isna().all()
    assert set(frame["reason"]) == {"there are fewer than two coders"}


def faults(folder, **changes):
    _, _, found = read_evidence(write_study(folder, **changes))
    return [(fault.file.rsplit("/", 1)[1], fault.line, fault.column, fault.problem) for fault in found]


@pytest.mark.parametrize(
    ("decision", "column", "problem"),
    [
        (
            "coding,A-1,accept,,,,,",
            "subjects",
            "coding 'A-1' is not disputed: everyone who read the message has that code there",
        ),
        (
            "coding,A-9,accept,,,,,",
            "subjects",
            "coding 'A-9' counts nowhere: no decision maps the code to a shared one",
        ),
    ],
)
def test_a_decision_that_decides_nothing_is_a_fault(tmp_path, decision, column, problem):
    changed = {
        "codebook_yaml": replaced(
            "codebook.yaml", "  - {id: b1,", "  - {id: a9, name: N, definition: d, coder: A}\n  - {id: b1,"
        ),
        "codings_csv": replaced("codings.csv", "A,2,a1", "A,2,a9,A-9,,,\nA,2,a1"),
    }
    found = faults(tmp_path / "s", decisions_csv=f"{HEAD}{MAPS}d3,2020-04-01,{decision},A;B,\n", **changed)
    assert found == [("decisions.csv", 4, column, problem)]


def test_an_accept_where_the_words_do_not_meet_settles_a_boundary(tmp_path):
    codings = "coder,message_id,code_id,coding_id,start,end\nA,1,a1,A-1,0,7\nB,1,b1,B-1,8,21\n"
    log = HEAD + MAPS + "d3,2020-04-01,coding,A-1,accept,,,,,,A;B,\n"
    assert faults(tmp_path / "s", codings_csv=codings, decisions_csv=log) == []


def test_a_split_codes_coding_without_an_assignment_is_a_fault(tmp_path):
    log = HEAD + "d1,2020-04-01,code,a1,split,,,,,space;travel,A;B,\nd2,2020-04-01,coding,A-1,assign,,,,space,,A;B,\n"
    assert faults(tmp_path / "s", decisions_csv=log) == [
        ("codings.csv", 4, "code_id", "code 'a1' was split, and no decision assigns coding 'A-3'"),
    ]


def of_log(folder, log):
    _, found = read_study(write_study(folder, decisions_csv=log))
    return [(fault.line, fault.column, fault.problem) for fault in found]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # What was decided leads to itself, to a later decision, to none, or to one on something else.
        (
            ["d3,coding,A-2,accept,,,,,d3"],
            (4, "supersedes", "there is no earlier decision 'd3': superseding it leads back to this one"),
        ),
        (
            ["d3,coding,A-2,accept,,,,,d4", "d4,coding,A-2,reject,,,,,d3"],
            (4, "supersedes", "there is no earlier decision 'd4': superseding it leads back to this one"),
        ),
        (
            ["d3,coding,A-2,accept,,,,,d4", "d4,coding,A-2,reject,,,,,"],
            (4, "supersedes", "there is no earlier decision 'd4': it stands below this one"),
        ),
        (["d3,coding,A-2,accept,,,,,d9"], (4, "supersedes", "there is no earlier decision 'd9'")),
        (
            ["d3,coding,A-2,accept,,,,,d1"],
            (4, "supersedes", "the decision in line 2 is on a code, this one on a coding"),
        ),
        (
            ["d3,coding,A-2,accept,,,,,", "d4,coding,A-1,reject,,,,,d3"],
            (5, "supersedes", "the decision in line 4 is on none of these subjects"),
        ),
        # A redraw outside its own message, or to one coder's own code.
        (["d3,coding,A-2,redraw,2,0,6,,"], (4, "message_id", "coding 'A-2' is of message '1'")),
        (
            ["d3,coding,A-2,redraw,1,30,99,,"],
            (4, "start", "offsets 30 to 99 do not lie in order inside the text of 41 characters"),
        ),
        (["d3,coding,A-2,redraw,1,30,41,a1,"], (4, "code_id", "'a1' is one coder's own code")),
        # Two in force on one subject; subjects that are not there.
        (
            ["d3,coding,A-2,accept,,,,,", "d4,coding,A-2,reject,,,,,"],
            (5, "subjects", "coding 'A-2' is decided in line 4 as well"),
        ),
        (["d3,coding,A-8,accept,,,,,"], (4, "subjects", "there is no coding 'A-8'")),
    ],
)
def test_conflicting_and_dangling_decisions_are_faults_with_their_lines(tmp_path, rows, expected):
    log = "decision_id,decided_at,kind,subjects,outcome,message_id,start,end,code_id,target,by,supersedes\n"
    log += "d1,2020-04-01,code,a1;b1,map,,,,,space,A;B,\nd2,2020-04-01,code,a2;b2,map,,,,,travel,A;B,\n"
    for row in rows:
        name, *middle, superseded = row.split(",")
        log += f"{name},2020-04-02,{','.join(middle)},,A;B,{superseded}\n"
    assert expected in of_log(tmp_path / "s", log)


OUTCOMES = st.lists(
    st.tuples(
        st.sampled_from(["A-1", "A-2", "A-3", "A-4", "B-1", "B-2", "B-3"]),
        st.sampled_from(["accept", "reject", "both"]),
    ),
    unique_by=lambda pair: pair[0],
    max_size=7,
)


def counts_add_up(folders, outcomes):
    rows = "".join(
        f"e{number},2020-04-02,coding,{coding},{outcome},,,,,,A;B,\n"
        for number, (coding, outcome) in enumerate(outcomes)
    )
    study = open_study(write_study(folders.mktemp("s"), decisions_csv=HEAD + MAPS + rows))
    trail = of_codings(study)
    assert set(trail["subject"]) <= set(study.codings.frame["coding_id"])
    assert trail["subject"].to_list() == [coding for coding, _ in outcomes]
    made = adjudicate(study)
    frame = changes(study)
    assert frame["disputes"].sum() == len(made.consensus.disputes)
    parts = frame[["accepted", "rejected", "both", "redrawn", "assigned", "open"]].sum(axis="columns")
    assert parts.to_list() == frame["disputes"].to_list()
    assert (frame["all"] <= frame["any"]).all()
    assert frame["open"].sum() == len(made.open)
    after = made.bookkeeping.set_index("measure")["after_discussion_bookkeeping"]
    assert len(made.open) or after["percent_agreement"] == 1.0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(OUTCOMES)
def test_every_row_of_the_trail_is_of_a_coding_that_exists_and_the_counts_add_up(tmp_path_factory, outcomes):
    counts_add_up(tmp_path_factory, outcomes)


@pytest.mark.long
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(OUTCOMES)
def test_the_counts_of_many_trails_add_up(tmp_path_factory, outcomes):
    counts_add_up(tmp_path_factory, outcomes)
