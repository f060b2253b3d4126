import pandas as pd
import pytest
from studies import replaced

from lepanalysis import coding
from lepanalysis.faults import MissingTableError, UsageError

NO_CODINGS = "coder,message_id,code_id\n"
ONE_CODER = {
    "study_yaml": "title: t\nclass: open\nsource: s\nlicence: l\ncoders:\n  - {id: A, name: Ada}\n",
    "codebook_yaml": """\
        codes:
          - {id: a1, name: Place, definition: a place to meet, coder: A}
          - {id: a2, name: Travel, definition: getting there, coder: A}
          - {id: a3, name: Old, definition: given up, coder: A, status: retired}
        """,
    "codings_csv": "coder,message_id,code_id,start,end\nA,1,a1,0,22\nA,1,a2,,\nA,4,a3,,\n",
    "without": ("decisions.csv", "themes.yaml", "assignments.csv", "quotations.csv"),
}
SPLIT = {
    "codebook_yaml": replaced(
        "codebook.yaml",
        "  - {id: b1,",
        "  - {id: a3, name: Both, definition: split, coder: A}\n"
        "  - {id: a4, name: No, definition: rejected, coder: A}\n"
        "  - {id: old, name: Old, definition: merged, merged_into: travel, status: retired}\n"
        "  - {id: b1,",
    ),
    "codings_csv": "coder,message_id,code_id,coding_id\nA,1,a3,A-1\nA,2,a3,A-2\nA,3,a4,A-3\nB,1,old,B-1\nB,2,b2,B-2\n",
    "decisions_csv": (
        "decision_id,decided_at,kind,subjects,outcome,target,code_id,by,reason\n"
        "d1,2020-04-01,code,a3,split,space;travel,,A;B,\n"
        "d2,2020-04-01,coding,A-1,assign,,old,A;B,\n"
        "d3,2020-04-01,code,a4,reject,,,A;B,\n"
    ),
    "without": ("assignments.csv", "themes.yaml", "quotations.csv"),
}


def records(frame, *columns):
    return [tuple(row) for row in frame[list(columns)].itertuples(index=False)]


def test_shared_codes_belong_to_no_coder(study):
    assert records(coding.shared_codes(study), "code_id", "name") == [
        ("space", "Shared space"),
        ("travel", "Transport"),
    ]


def test_an_only_coders_codes_count_as_shared(opened):
    study = opened(**ONE_CODER)
    assert list(coding.shared_codes(study)["code_id"]) == ["a1", "a2"]
    assert records(coding.code_map(study), "own_code_id", "code_id") == [("a1", "a1"), ("a2", "a2")]
    assert list(coding.consensus(study).applications["coding_ids"]) == ["A/1/a1/0/22", "A/1/a2"]
    assert records(coding.left_out(study), "coding_id", "reason") == [("A/4/a3", "the code is retired")]
    assert coding.messages_by_codes(study).loc["1"].to_dict() == {"a1": True, "a2": True}


def test_own_codes_lead_to_shared_ones_by_decision(study):
    assert records(coding.code_map(study), "own_code_id", "code_id", "decision_id") == [
        ("a1", "space", "d1"),
        ("a2", "travel", "d2"),
        ("b1", "space", "d1"),
        ("b2", "travel", "d2"),
        ("space", "space", ""),
        ("travel", "travel", ""),
    ]


def test_a_superseded_decision_maps_nothing(opened):
    log = replaced("decisions.csv", "by,reason\n", "by,reason,supersedes\n").replace(
        "same idea\nd2", "same idea,\nd9,2020-04-03,code,a1;b1,map,travel,A;B,,d1\nd2"
    )
    log = "\n".join(line if line.count(",") == 8 else line + "," for line in log.splitlines()) + "\n"
    known = coding.code_map(opened(decisions_csv=log)).set_index("own_code_id")["code_id"]
    assert known[["a1", "b1", "a2"]].to_list() == ["travel", "travel", "travel"]


def test_codes_without_a_decision_stay_out_of_shared_tables(opened):
    study = opened(without=("decisions.csv",))
    assert len(coding.applications(study)) == 0
    assert set(coding.left_out(study)["reason"]) == {"no decision maps the code to a shared one"}
    assert len(coding.left_out(study)) == 7
    assert list(coding.messages_by_codes(study, "any").columns) == ["space", "travel"]


def test_a_split_code_counts_under_the_code_it_was_assigned_to(opened):
    study = opened(**SPLIT)
    assert records(coding.applications(study), "coding_id", "own_code_id", "code_id") == [
        ("A-1", "a3", "travel"),
        ("B-1", "old", "travel"),
    ]
    assert records(coding.left_out(study), "coding_id", "reason") == [
        ("A-2", "the code was split, and no decision assigns this coding to one of its codes"),
        ("A-3", "the code was rejected (decision d3)"),
        ("B-2", "no decision maps the code to a shared one"),
    ]


def test_applications_are_placed_and_whole_messages_filled_in(study):
    frame = coding.applications(study, "A")
    assert records(frame, "coding_id", "code_id", "start", "end", "text") == [
        ("A-1", "space", 0, 22, "We need a shared room."),
        ("A-2", "travel", 23, 41, "And faster trains."),
        ("A-3", "space", 0, 26, "A room would help us meet."),
        ("A-4", "travel", 0, 21, "Trains are slow here."),
    ]
    assert records(frame, "thread_id", "participant_id")[3] == ("T2", "P3")
    assert frame["posted_at"][0] == pd.Timestamp("2020-01-05T10:00")


def test_an_unknown_coder_is_refused(study):
    with pytest.raises(UsageError, match="there is no coder 'C'; the coders are A, B"):
        coding.applications(study, "C")


def test_reading_is_read_or_nothing_to_code(opened):
    study = opened(
        assignments_csv="coder,message_id,status\nA,1,read\nA,2,assigned\nA,3,nothing_to_code\n",
        codings_csv=NO_CODINGS,
        without=("decisions.csv",),
    )
    assert coding.readings(study)["A"].to_dict() == {"1": True, "2": False, "3": True, "4": False}
    assert not coding.readings(study)["B"].any()
    assert coding.readings(opened(without=("assignments.csv",))).to_numpy().all()


@pytest.mark.parametrize(
    ("who", "travel"),
    [("A", ["1", "4"]), ("B", ["4"]), ("any", ["1", "4"]), ("all", ["4"]), ("consensus", ["1", "4"])],
)
def test_messages_by_codes(study, who, travel):
    table = coding.messages_by_codes(study, who)
    assert list(table.index) == ["1", "2", "3", "4"]
    assert list(table.index[table["travel"]]) == travel


def test_frequencies_name_every_code_for_everyone(study):
    frame = coding.frequencies(study)
    assert records(frame, "code_id", "who", "applications", "messages", "participants", "threads") == [
        ("space", "A", 2, 2, 2, 1),
        ("travel", "A", 2, 2, 2, 2),
        ("space", "B", 2, 2, 2, 1),
        ("travel", "B", 1, 1, 1, 1),
        ("space", "consensus", 2, 2, 2, 1),
        ("travel", "consensus", 2, 2, 2, 2),
    ]


@pytest.mark.parametrize(
    ("within", "counts"),
    [("message", [[2, 1], [1, 2]]), ("overlap", [[2, 0], [0, 2]]), ("thread", [[1, 1], [1, 2]])],
)
def test_cooccurrence(study, within, counts):
    frame = coding.cooccurrence(study, "any", within)
    assert frame.to_numpy().tolist() == counts
    assert list(frame.index) == list(frame.columns) == ["space", "travel"]


def test_overlap_needs_a_character_in_common(opened):
    def overlaps(first, second):
        text = f"coder,message_id,code_id,start,end\nA,1,a1,{first}\nA,1,a2,{second}\n"
        study = opened(codings_csv=text, decisions_csv=replaced("decisions.csv", DECISION, ""))
        return int(coding.cooccurrence(study, "A", "overlap").loc["space", "travel"])

    assert overlaps("0,5", "5,9") == 0
    assert overlaps("0,6", "5,9") == 1
    assert overlaps(",", "5,9") == 1


DECISION = "d3,2020-04-01,coding,A-2,accept,,A;B,said in so many words\n"


def test_an_unknown_unit_is_refused(study):
    with pytest.raises(UsageError, match="use message, overlap, thread,"):
        coding.cooccurrence(study, within="paragraph")


def test_saturation_follows_time_and_is_the_same_for_a_seed(opened):
    study = opened(
        codings_csv="coder,message_id,code_id\nA,4,a1\nA,1,a2\n",
        decisions_csv=replaced("decisions.csv", DECISION, ""),
        assignments_csv="coder,message_id,status\nA,1,read\nA,2,read\nA,4,read\nB,3,assigned\n",
    )
    frame = coding.saturation(study, "A", seed=1, replicates=50)
    assert list(frame["messages"]) == [1, 2, 3]
    assert list(frame["observed"]) == [1, 1, 2]
    assert frame["mean"].is_monotonic_increasing
    assert frame["mean"].iloc[-1] == frame["low"].iloc[-1] == frame["high"].iloc[-1] == 2
    pd.testing.assert_frame_equal(frame, coding.saturation(study, "A", seed=1, replicates=50))


def test_saturation_without_times_takes_the_order_of_the_file(opened):
    text = "message_id,thread_id,participant_id,text\n1,T1,P1,One\n2,T1,P2,Two\n3,T1,P1,Three\n4,T2,P3,Four\n"
    study = opened(
        messages_csv=text,
        codings_csv="coder,message_id,code_id\nA,2,a1\nA,4,a2\n",
        without=("decisions.csv", "themes.yaml", "quotations.csv", "assignments.csv"),
        codebook_yaml=replaced("codebook.yaml", "coder: A}\n  - {id: a2", "merged_into: space}\n  - {id: a2"),
    )
    assert coding.applications(study)["posted_at"].isna().all()
    assert list(coding.saturation(study, "A", replicates=3)["observed"]) == [0, 1, 1, 1]


def test_summary_of_coders(study):
    frame = coding.coding_summary(study)
    assert frame.to_dict("records") == [
        {
            "coder": "A",
            "coder_name": "Ada",
            "own_codes": 2,
            "codings": 4,
            "messages_coded": 3,
            "messages_read": 4,
            "nothing_to_code": 1,
            "left_out": 0,
            "median_segment_characters": 21.5,
        },
        {
            "coder": "B",
            "coder_name": "Ben",
            "own_codes": 2,
            "codings": 3,
            "messages_coded": 3,
            "messages_read": 4,
            "nothing_to_code": 1,
            "left_out": 0,
            "median_segment_characters": 6.0,
        },
    ]


def test_no_coding_gives_empty_frames_of_the_same_kind(opened, study):
    empty = opened(codings_csv=NO_CODINGS, without=("decisions.csv",))
    for function in (coding.applications, coding.left_out, coding.retrieve):
        assert len(function(empty)) == 0
        assert function(empty).dtypes.to_dict() == function(study).dtypes.to_dict()
    assert not coding.frequencies(empty)["applications"].any()
    for within in ("message", "overlap", "thread"):
        assert not coding.cooccurrence(empty, within=within).to_numpy().any()
    assert not coding.saturation(empty)["high"].any()


def test_a_study_without_codings_says_so(opened):
    with pytest.raises(MissingTableError, match=r"no codings\.csv"):
        coding.applications(opened(without=("codings.csv", "decisions.csv")))


def test_only_what_is_needed_is_read(tmp_path):
    from studies import write_study

    from lepanalysis.study import open_study

    read = set()
    study = open_study(write_study(tmp_path / "s"), on_read=read.add)
    coding.messages_by_codes(study)
    assert read == {"messages", "codebook", "codings", "decisions", "assignments"}
