import pytest
from projects import ROOT

from lepanalysis.coding import retrieve
from lepanalysis.faults import MissingTableError, UsageError
from lepanalysis.study import open_study


def found(*args, **options):
    frame = retrieve(*args, **options)
    return [tuple(row) for row in frame[["message_id", "coder", "code_id", "text"]].itertuples(index=False)]


def test_a_segment_comes_with_who_wrote_it_and_what_stands_around_it(study):
    row = retrieve(study, codes=["space"], coders=["B"], context=7).iloc[0]
    assert (row["code_name"], row["code"]) == ("Robin", "Shared space")
    assert (row["before"], row["text"], row["after"]) == ("e need ", "a shared room", ". And f")


def test_each_condition_narrows_the_choice(study):
    assert found(study, codes=["travel"]) == [
        ("1", "A", "travel", "And faster trains."),
        ("4", "B", "travel", "Trains"),
        ("4", "A", "travel", "Trains are slow here."),
    ]
    assert found(study, codes=["travel"], coders=["B"]) == [("4", "B", "travel", "Trains")]
    assert found(study, themes=["t-space"], attributes={"profession": "consultant"}, who="A") == [
        ("2", "A", "space", "A room would help us meet.")
    ]
    assert found(study, codes=["space"], themes=["t-travel"]) == []
    assert found(study, attributes={"profession": ["consultant", "baker"]}, coders=["B"]) == [
        ("2", "B", "space", "room")
    ]


def test_a_consensus_names_all_its_coders(study):
    assert found(study, who="consensus", coders=["B"])[0] == ("1", "A; B", "space", "We need a shared room.")
    assert len(found(study, who="all")) == 6


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"codes": ["a1"]}, "there is no shared code 'a1'"),
        ({"coders": ["C"]}, "there is no coder 'C'"),
        ({"themes": ["t"]}, "there is no theme 't'; the themes are t-space, t-travel"),
        ({"attributes": {"age": "5"}}, "'age' is no attribute"),
        ({"who": "nobody"}, "there is no coder 'nobody'"),
    ],
)
def test_what_the_study_has_not_is_refused(study, options, problem):
    with pytest.raises(UsageError, match=problem):
        retrieve(study, **options)


def test_without_themes_only_a_question_for_themes_fails(opened):
    study = opened(without=("themes.yaml", "quotations.csv"), decisions_csv=MAPS)
    assert len(found(study)) == 7
    with pytest.raises(MissingTableError, match=r"no themes\.yaml"):
        retrieve(study, themes=["t-space"])


MAPS = (
    "decision_id,decided_at,kind,subjects,outcome,target,by\n"
    "d1,2020-04-01,code,a1;b1,map,space,A;B\nd2,2020-04-01,code,a2;b2,map,travel,A;B\n"
)


def test_no_code_name_of_an_article_stands_beside_an_invented_coding():
    standin = open_study(ROOT / "data" / "standin")
    found = retrieve(standin, who="any")
    assert "" in set(found["code_name"])
    assert not {"Tom", "John", "George", "Ed", "Jane", "Tim", "Briony"} & set(found["code_name"])
