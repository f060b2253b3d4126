"""What stands around a quotation in its study."""

import dataclasses

import pytest
from projects import ROOT
from studies import replaced

from lepanalysis.chain_quotation import links_of_quotation, links_of_record
from lepanalysis.exhibits import open_evidence

SHOWN = {
    "text": "We need a shared room. (...)",
    "message_id": "1",
    "code_name": "Robin",
    "theme_id": "t-space",
    "in_quotation_marks": False,
}


def says(study, **changes):
    """Return kind and sentence of each link of the small study's quotation."""
    return [(link.link, link.as_record()["says"]) for link in links_of_quotation(SHOWN | changes, "study", study, None)]


@pytest.fixture(scope="module")
def evidence():
    return open_evidence(ROOT / "data" / "standin")


@pytest.fixture(scope="module")
def standin(evidence):
    """The links of each of the article's quotations over the stand-in, by id."""
    study, article = evidence
    return {
        row["quotation_id"]: [
            link.as_record()
            for link in links_of_quotation(row | {"code_name": row["attributed_to"]}, "ledger", study, article)
        ]
        for row in article.quotations.frame.assign(in_quotation_marks=False).to_dict("records")
    }


def test_the_way_leads_from_the_record_to_the_decisions(study):
    undisputed = "it stands as space, which all who read the message gave it"
    assert says(study) == [
        ("record", "q1 in quotations.csv of the study"),
        ("printed theme", "the study prints it under the theme “Shared room”"),
        ("message", "message 1 of the study holds the words (exact after marks) at characters 0–22"),
        ("participant", "Robin is the code name of its writer"),
        ("thread", "the message stands in thread T1 “A room”, at place 1, posted on 2020-01-05"),
        (
            "coding",
            f"Ada gave “We need a shared room.” (characters 0–22) the code a1 “Place”, coding A-1; {undisputed}",
        ),
        (
            "coding",
            f"Ben gave “a shared room” (characters 8–21) the code b1 “Room”, coding B-1; {undisputed}",
        ),
        ("code", "shared code space “Shared space”, from a1 (decision d1), b1 (decision d1)"),
        ("candidate theme", "candidate theme ca1 “Places” of Ada holds a1"),
        ("candidate theme", "candidate theme cb1 “All” of Ben holds b1"),
        ("theme", "agreed theme “Shared room” holds space"),
        ("decision", "decision d1 of 2020-04-01 on code a1, b1: map to space. Reason: same idea"),
        ("decision", "decision d4 of 2020-04-02 on candidate theme ca1: map to t-space. No reason is given"),
        (
            "decision",
            "decision d6 of 2020-04-02 on candidate theme cb1: split to t-space, t-travel. Reason: two things",
        ),
    ]


def test_what_a_coder_coded_outside_the_quotation_is_not_given(study):
    links = links_of_quotation(SHOWN, "study", study, None)
    assert not any("faster trains" in link.sentence for link in links)
    assert "A-2" not in {link.id for link in links}


def test_of_a_segment_that_is_longer_than_the_quotation_only_the_printed_words_are_given(opened):
    study = opened(codings_csv=replaced("codings.csv", "A,1,a1,A-1,0,22,We need a shared room.", "A,1,a1,A-1,,,"))
    (coding,) = (sentence for link, sentence in says(study) if link == "coding" and sentence.startswith("Ada"))
    assert coding.startswith("Ada gave “We need a shared room.” (characters 0–41)")
    assert "trains" not in coding


def test_what_became_of_each_coding_is_told(opened):
    decisions = """\
        decision_id,decided_at,kind,subjects,outcome,target,by,reason,supersedes
        d0,2020-04-01,code,a1;b1,map,travel,A;B,first thought,
        d1,2020-04-02,code,a1,map,space,A;B,second thought,d0
        d3,2020-04-03,coding,A-1,reject,,A;B,too much,
        """
    told = says(opened(decisions_csv=decisions))
    assert any("coding A-1; decision d3 dropped it" in sentence for _, sentence in told)
    assert any(
        "coding B-1; it counts nowhere: no decision maps the code to a shared one" in sentence for _, sentence in told
    )
    assert (
        "code",
        "shared code space “Shared space”, from a1 (decision d1); none of these codings stands under it",
    ) in (told)
    assert not any(link == "theme" for link, _ in told)
    assert any("map to travel; superseded by d1. Reason: first thought" in sentence for _, sentence in told)


def test_words_that_stand_in_no_message_are_said_to_be_missing(study):
    told = says(study, text="We need two rooms.")
    assert ("message", "message 1 of the study does not hold the words as printed") in told
    assert "record" not in dict(told)
    assert any(sentence.startswith("Ada gave characters 0–22 the code a1") for _, sentence in told)
    assert not [sentence for _, sentence in told if "trains" in sentence or "We need a" in sentence]


def test_a_message_that_is_not_there_ends_the_way(study):
    assert [link for link, _ in says(study, message_id="99")] == ["printed theme"]


def test_an_attribution_to_another_is_told(study):
    assert dict(says(study, code_name="Sam"))["participant"] == (
        "Robin is the code name of its writer, and not Sam, to whom it is attributed"
    )


def test_a_study_without_codings_ends_with_the_thread(opened):
    study = opened(without=("codings.csv", "decisions.csv", "themes.yaml", "quotations.csv"))
    assert links_of_quotation(SHOWN, "study", study, None) == []


def test_words_that_nobody_coded_are_said_to_be_uncoded(study):
    assert says(study, text="Thank you.", message_id="3")[-1] == ("coding", "no coder gave these words a code")


def test_every_invented_link_says_so_itself_and_names_nobody_of_the_article(evidence, standin):
    _, article = evidence
    names = set(article.quotations.frame["attributed_to"])
    assert len(standin) == 7
    for links in standin.values():
        invented = [link for link in links if link["link"] not in {"record", "printed theme", "message", "participant"}]
        assert len(invented) > 5
        for link in invented:
            assert (link["class"], link["invented"]) == ("stand-in", True)
            assert link["says"].startswith("Invented: ")
            assert not names & set(link["says"].replace(",", " ").split())


def test_what_the_article_prints_of_a_quotation_is_published(standin):
    for links in standin.values():
        printed = [link for link in links if not link["invented"]]
        assert [link["link"] for link in printed] == ["record", "printed theme", "message", "participant"]
        assert {link["class"] for link in printed} == {"published"}
        assert links[: len(printed)] == printed


def test_a_record_of_the_ledger_has_its_locator(evidence):
    _, article = evidence
    (link,) = links_of_record(article.facts, "fact_id", "threads")
    row = article.facts.frame.set_index("fact_id").loc["threads"]
    assert link.class_ == "published"
    assert link.sentence == (
        f"threads in facts.csv of the ledger: section {row.section}, paragraph {row.paragraph}, sentence "
        f"{row.sentence} of the article; SHA-256 of that sentence {row.sentence_sha256}"
    )
    assert link.about["sentence_sha256"] == row["sentence_sha256"]
    assert links_of_record(article.facts, "fact_id", "nothing") == []


def test_long_words_of_a_study_are_cut(study):
    themes = study.agreed_themes
    long = themes.data.assign(name=["long " * 100, "b"])
    changed = dataclasses.replace(
        study, tables={**study.tables, "agreed_themes": dataclasses.replace(themes, data=long)}
    )
    assert max(len(sentence) for _, sentence in says(changed)) < 300
