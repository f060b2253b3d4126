import pytest
from studies import replaced

from lepanalysis import themes
from lepanalysis.faults import MissingTableError, UsageError

MAPS = (
    "decision_id,decided_at,kind,subjects,outcome,target,by\n"
    "d1,2020-04-01,code,a1;b1,map,space,A;B\nd2,2020-04-01,code,a2;b2,map,travel,A;B\n"
)


def test_a_message_belongs_to_a_theme_by_one_of_its_codes(study):
    table = themes.messages_by_themes(study)
    assert list(table.index) == ["1", "2", "3", "4"]
    assert table.to_dict("list") == {"t-space": [True, True, False, False], "t-travel": [True, False, False, True]}
    assert themes.messages_by_themes(study, "B")["t-travel"].to_list() == [False, False, False, True]


def test_summary(study):
    assert themes.summary(study).to_dict("records") == [
        {
            "theme_id": "t-space",
            "theme": "Shared room",
            "definition": "a room",
            "codes": "Shared space",
            "applications": 2,
            "messages": 2,
            "participants": 2,
            "threads": 1,
            "share_of_messages": 0.5,
            "named_in": "1",
        },
        {
            "theme_id": "t-travel",
            "theme": "Getting about",
            "definition": "travel",
            "codes": "Transport",
            "applications": 2,
            "messages": 2,
            "participants": 2,
            "threads": 2,
            "share_of_messages": 0.5,
            "named_in": "",
        },
    ]


@pytest.mark.parametrize(
    ("by", "units", "counts"),
    [
        ("month", ["2020-01", "2020-02", "2020-03"], [2, 0, 0, 1, 1, 0]),
        ("thread", ["T1", "T2"], [2, 0, 1, 1]),
        ("participant", ["P1", "P2", "P3"], [1, 1, 0, 1, 0, 1]),
    ],
)
def test_spread(study, by, units, counts):
    frame = themes.spread(study, by)
    assert frame["unit"].to_list() == units * 2
    assert frame["messages"].to_list() == counts
    assert frame["theme"].to_list() == ["Shared room"] * len(units) + ["Getting about"] * len(units)


def test_without_a_period_the_months_are_those_of_the_messages(opened):
    study = opened(study_yaml=replaced("study.yaml", "period: {from: 2020-01-01, to: 2020-03-31}\n", ""))
    assert list(dict.fromkeys(themes.spread(study)["unit"])) == ["2020-01", "2020-02"]


def test_messages_without_a_time_are_in_no_month(opened):
    text = (
        "message_id,thread_id,participant_id,text\n1,T1,P1,We need a shared room. And faster trains.\n"
        "2,T1,P2,A room would help us meet.\n3,T1,P1,Thank you.\n4,T2,P3,Trains are slow here.\n"
    )
    study = opened(
        messages_csv=text,
        study_yaml=replaced("study.yaml", "period: {from: 2020-01-01, to: 2020-03-31}\n", ""),
    )
    assert len(themes.spread(study)) == 0
    assert themes.spread(study).columns.to_list() == ["theme_id", "theme", "unit", "messages"]
    assert themes.spread(study, "thread")["messages"].sum() == 4
    assert themes.spread(opened(messages_csv=text))["messages"].to_list() == [0] * 6


def test_an_unknown_unit_is_refused(study):
    with pytest.raises(UsageError, match="use month, thread or participant"):
        themes.spread(study, "year")


def test_overlap(study):
    frame = themes.overlap(study)
    assert frame.to_numpy().tolist() == [[2, 1], [1, 2]]
    assert list(frame.index) == list(frame.columns) == ["t-space", "t-travel"]


def test_the_way_of_a_code(study):
    columns = ["coder", "own_code_id", "candidate_id", "code_id", "theme_id", "applications"]
    assert [tuple(row) for row in themes.crosswalk(study)[columns].itertuples(index=False)] == [
        ("A", "a1", "ca1", "space", "t-space", 2),
        ("A", "a2", "ca2", "travel", "t-travel", 2),
        ("B", "b1", "cb1", "space", "t-space", 2),
        ("B", "b2", "cb1", "travel", "t-travel", 1),
    ]
    assert themes.crosswalk(study)["own_code"].to_list() == ["Place", "Travel", "Room", "Train"]


def test_the_way_of_a_code_that_leads_nowhere_and_of_a_shared_one(opened):
    study = opened(
        decisions_csv=MAPS.replace("a1;b1", "b1"),
        codings_csv=replaced("codings.csv", "A,2,a1", "A,2,space,A-9,,,\nA,2,a1"),
        themes_yaml=replaced("themes.yaml", "codes: [a1]", "codes: []"),
    )
    columns = ["coder", "own_code_id", "candidate_id", "code_id", "theme_id", "applications"]
    rows = [tuple(row) for row in themes.crosswalk(study)[columns].itertuples(index=False)]
    assert rows[0] == ("A", "a1", "", "", "", 2)
    assert rows[2] == ("A", "space", "", "space", "t-space", 1)


def test_the_ways_of_a_split_code(opened):
    log = (
        "decision_id,decided_at,kind,subjects,outcome,code_id,target,by\n"
        "d1,2020-04-01,code,a1,split,,space;travel,A;B\nd2,2020-04-01,coding,A-1,assign,space,,A;B\n"
    )
    frame = themes.crosswalk(opened(decisions_csv=log))
    rows = frame.loc[frame["own_code_id"] == "a1", ["code_id", "applications"]]
    assert [tuple(row) for row in rows.itertuples(index=False)] == [("space", 1), ("travel", 0), ("", 1)]


def test_candidate_themes_of_two_coders_meet_in_messages(study):
    frame = themes.candidate_overlap(study)
    assert frame.to_numpy().tolist() == [[2], [2]]
    assert (list(frame.index), list(frame.columns)) == (["ca1", "ca2"], ["cb1"])


def test_candidate_themes_of_one_coder_meet_nothing(opened):
    text = "candidate:\n  B:\n    - {id: cb1, name: All, codes: [b1]}\nagreed: []\n"
    study = opened(themes_yaml=text, decisions_csv=MAPS, without=("quotations.csv",))
    assert themes.candidate_overlap(study).shape == (1, 0)
    assert themes.summary(study).empty
    assert themes.messages_by_themes(study).shape == (4, 0)
    assert themes.overlap(study).shape == (0, 0)
    assert themes.spread(study).empty


def test_the_log_of_decisions_in_their_order(opened):
    log = (
        "decision_id,decided_at,kind,subjects,outcome,target,by,reason,supersedes\n"
        "d1,2020-04-02,code,a1;b1,map,travel,A;B,first thought,\n"
        "d0,2020-04-01,code,a2,map,travel,A;B,,\n"
        "d2,2020-04-03,code,a1;b1,map,space,A;B,better,d1\n"
    )
    frame = themes.decisions_log(opened(decisions_csv=log))
    columns = ["decision_id", "subjects", "target", "in_force"]
    assert [tuple(row) for row in frame[columns].itertuples(index=False)] == [
        ("d0", "a2", "travel", True),
        ("d1", "a1; b1", "travel", False),
        ("d2", "a1; b1", "space", True),
    ]


def test_without_codings_a_theme_is_empty(opened):
    study = opened(codings_csv="coder,message_id,code_id\n", decisions_csv=MAPS)
    assert themes.summary(study)["messages"].to_list() == [0, 0]
    assert themes.crosswalk(study)["applications"].to_list() == [0] * 4
    assert not themes.candidate_overlap(study).to_numpy().any()


@pytest.mark.parametrize("function", [themes.messages_by_themes, themes.summary, themes.crosswalk])
def test_a_study_without_themes_says_so(opened, function):
    study = opened(without=("themes.yaml", "quotations.csv"), decisions_csv=MAPS)
    with pytest.raises(MissingTableError, match=r"no themes\.yaml"):
        function(study)


def test_a_study_without_decisions_has_no_log(opened):
    with pytest.raises(MissingTableError, match=r"no decisions\.csv"):
        themes.decisions_log(opened(without=("decisions.csv",)))
