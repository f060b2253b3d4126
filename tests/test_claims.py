from pathlib import Path

import pytest
from studies import replaced, write_study

from lepanalysis.article import open_article
from lepanalysis.claims import VERDICTS, Measured, verdict_on, verdicts
from lepanalysis.study import open_study

DATA = Path(__file__).resolve().parent.parent / "data"
CHECKED = ["C01", "C02", "C03", "C04", "C08", "C09", "C12"]


@pytest.fixture(scope="module")
def article():
    return open_article(DATA / "article")


def by_claim(study, article):
    return verdicts(study, article).set_index("claim_id")


@pytest.mark.parametrize(
    ("class_", "measured", "verdict"),
    [
        ("stand-in", Measured(holds=True, printed="3", found="3"), "by construction"),
        ("open", Measured(holds=True, printed="3", found="3"), "confirmed"),
        ("restricted", Measured(holds=True, printed="3", found="3"), "confirmed"),
        ("open", Measured(holds=False, printed="3", found="4"), "contradicted"),
        ("restricted", Measured(holds=False, printed="3", found="4"), "contradicted"),
        ("stand-in", None, "not reproducible from public material"),
        ("open", None, "not reproducible from public material"),
    ],
)
def test_the_verdict_that_the_class_of_the_evidence_allows(class_, measured, verdict):
    assert verdict_on(class_, measured) == verdict


def test_no_claim_is_ever_called_reproduced():
    assert not [verdict for verdict in VERDICTS if verdict == "reproduced"]


def test_over_the_stand_in_claims_hold_by_construction(article):
    found = by_claim(open_study(DATA / "standin"), article)
    assert len(found) == 28
    assert found.index[found["verdict"] == "by construction"].tolist() == CHECKED
    assert set(found["verdict"]) == {"by construction", "not reproducible from public material"}
    assert set(found.loc[CHECKED, "reason"]) == {"the stand-in was made so; this proves nothing"}
    assert found.loc["C03", ["printed", "found"]].tolist() == ["131", "131"]
    assert found.loc["C04", ["printed", "found"]].tolist() == ["2013-09 to 2014-01", "2013-09 to 2014-01"]
    assert found.loc["C09", ["printed", "found"]].tolist() == ["3", "3"]
    assert found.loc["C12", ["printed", "found"]].tolist() == ["7", "7"]
    assert found.loc["C11", "reason"] == (
        "codings not published; judgement of people; records of the analysis not published"
    )
    assert (found.loc[found["verdict"] == "not reproducible from public material", "reason"] != "").all()


def test_over_an_open_study_claims_are_contradicted(article, study):
    found = by_claim(study, article)
    assert found.index[found["verdict"] == "contradicted"].tolist() == CHECKED
    assert found.loc["C03", ["printed", "found", "reason"]].tolist() == ["131", "4", ""]
    assert found.loc["C04", "found"] == "2020-01 to 2020-02"
    assert found.loc["C12", ["printed", "found"]].tolist() == ["7", "0"]
    assert found.loc["C13", "reason"] == "the corpus is at hand, and this compendium has no test of the claim yet"


def test_over_an_open_study_claims_are_confirmed(article, tmp_path):
    text = replaced("study.yaml", "{from: 2020-01-01, to: 2020-03-31}", "{}")
    messages = "message_id,thread_id,participant_id,text,posted_at\n"
    messages += "".join(
        f"{number},T1,P1,On {name.lower()}.,2013-1{number}-05\n"
        for number, name in enumerate(article.themes.frame["name"])
    )
    rest = ("codings.csv", "assignments.csv", "decisions.csv", "quotations.csv", "themes.yaml")
    found = by_claim(
        open_study(write_study(tmp_path / "s", without=rest, messages_csv=messages, study_yaml=text)), article
    )
    assert found.loc["C09", "verdict"] == "confirmed"
    assert found.loc["C04", "verdict"] == "confirmed"
    assert found.loc["C08", ["verdict", "reason", "found"]].tolist() == [
        "not reproducible from public material",
        "the study does not hold what a check would need",
        "",
    ]


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ("2013-10-01", "", "not reproducible from public material"),
        ("", "", "not reproducible from public material"),
        ("2014-02-01", "", "contradicted"),
        ("2013-09-01", "2014-01-31T23:59:59", "confirmed"),
    ],
)
def test_a_message_without_a_date_may_lie_anywhere(article, tmp_path, first, second, verdict):
    text = replaced("study.yaml", "{from: 2020-01-01, to: 2020-03-31}", "{}")
    messages = f"message_id,thread_id,participant_id,text,posted_at\n1,T1,P1,a,{first}\n2,T1,P1,b,{second}\n"
    rest = ("codings.csv", "assignments.csv", "decisions.csv", "quotations.csv", "themes.yaml")
    study = open_study(write_study(tmp_path / "s", without=rest, messages_csv=messages, study_yaml=text))
    assert by_claim(study, article).loc["C04", "verdict"] == verdict


def test_a_stand_in_that_was_made_otherwise_contradicts_nothing_of_the_articles(article, tmp_path):
    text = replaced("study.yaml", "class: open", "class: stand-in")
    found = by_claim(open_study(write_study(tmp_path / "s", study_yaml=text)), article)
    assert found.loc["C03", "reason"] == "the stand-in was not made so; this says nothing about the article's data"
