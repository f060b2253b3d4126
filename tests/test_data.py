import re
from pathlib import Path

import pytest

from lepanalysis import agreement, coding
from lepanalysis.article import open_article
from lepanalysis.quotations import printed_segments
from lepanalysis.study import read_study

DATA = Path(__file__).resolve().parent.parent / "data"
QUOTED = ["15", "21", "51", "98", "103", "105", "111"]


@pytest.fixture(scope="module")
def standin():
    study, faults = read_study(DATA / "standin")
    # The paper's template is another matter than the data.
    assert [fault for fault in faults if fault.column != "template"] == []
    return study


@pytest.fixture(scope="module")
def article():
    return open_article(DATA / "article")


def test_the_ledger_has_what_the_article_prints(article):
    counts = {"quotations": 7, "references": 101, "claims": 119, "mapping": 9, "themes": 3, "citations": 126}
    assert {name: len(article.table(name)) for name in counts} == counts
    assert article.claims.frame["claim_id"].tolist() == [f"C{number:02}" for number in range(1, 120)]
    assert sorted(article.quotations.frame["message_id"], key=int) == QUOTED
    assert len(article.references) == 101


# How many sentences the paragraphs of each section have.
SENTENCES = {
    "abstract": [7],
    "1": [3, 6, 3, 4],
    "2": [5, 2],
    "2.1": [2, 4, 1, 2, 4],
    "2.2": [2, 2, 2, 2, 1, 1],
    "2.3": [3, 2, 3, 2, 2, 3, 2, 1, 2],
    "3": [5, 1, 6, 1],
    "4": [2],
    "4.1": [3, 2, 1, 3],
    "4.2": [3, 1, 1, 1, 2, 1, 2, 1, 1],
    "4.3": [2, 1, 2, 1, 3],
    "5": [3, 3, 2, 1, 4, 1, 1, 1, 1, 2],
    "6": [2, 4, 2, 2, 1, 2],
}


def test_each_sentence_asserts_something_in_the_ledger_or_is_told_to_assert_nothing(article):
    every = {
        (section, paragraph, sentence)
        for section, counts in SENTENCES.items()
        for paragraph, count in enumerate(counts, 1)
        for sentence in range(1, count + 1)
    }
    asserted = {
        (row.section, row.paragraph, row.sentence)
        for name in ("facts", "mapping", "method", "claims", "quotations")
        for row in article.table(name).frame.itertuples()
    }
    assert asserted <= every
    text = (DATA / "article" / "README.md").read_text(encoding="utf-8")
    told = set()
    for section, places in re.findall(r"^\| (abstract|[\d.]+) \| (\d+\.\d[^|]*) \|", text, re.MULTILINE):
        for part in places.split(", "):
            first, last = (tuple(map(int, place.split("."))) for place in (part.split(" to ") * 2)[:2])
            told |= {place for place in every if place[0] == section and first <= place[1:] <= last}
            assert {(section, *first), (section, *last)} <= every, part
    assert sorted(told - (every - asserted)) == []
    assert sorted(every - asserted - told) == []


@pytest.mark.parametrize(
    ("claim", "quotation", "named", "not_named"),
    [
        ("C35", "105", "", "platform|web"),
        ("C37", "51", "", "civic|talent"),
        ("C59", "15", "Google Garage.*anything like this in Sheffield", "suggest"),
        ("C60", "15", "creative together", "open"),
        ("C62", "105", "search.*access", "exchang"),
        ("C63", "105", "search.*access", "gateway"),
        ("C64", "103", "a hub", "peer|practice"),
        ("C66", "98", "sold.*attractive to the region", "abroad|countr|international|global|world"),
        ("C67", "98", r"^[^.?]*\?[^.?]*\?[^.?]*\?$", "reflect"),
        ("C69", "111", "more proactive", "knowledge"),
    ],
)
def test_what_a_claim_says_of_printed_words_is_so(article, claim, quotation, named, not_named):
    statement = article.claims.frame.set_index("claim_id").loc[claim, "statement"]
    text = article.quotations.frame.set_index("message_id").loc[quotation, "text"]
    assert "printed words" in statement
    assert re.search(named, text)
    assert not re.search(not_named, text, re.IGNORECASE)


def test_every_claim_that_says_something_of_printed_words_is_looked_at(article):
    frame = article.claims.frame
    said = frame.loc[frame["statement"].str.contains("printed words"), "claim_id"].tolist()
    assert said == ["C35", "C37", "C59", "C60", "C62", "C63", "C64", "C66", "C67", "C69"]


def test_the_stand_in_has_the_published_shape(standin, article):
    assert standin.class_ == "stand-in"
    for name, count in (("messages", 131), ("threads", 36), ("participants", 52), ("agreed_themes", 3)):
        assert len(standin.table(name)) == count
        assert article.fact({"agreed_themes": "themes"}.get(name, name)) == str(count)
    months = standin.messages.frame["posted_at"].dt.strftime("%Y-%m")
    assert [months.min(), months.max()] == [article.fact("period-from"), article.fact("period-to")]
    assert set(standin.messages.frame["thread_id"]) == set(standin.threads.frame["thread_id"])


def test_two_coders_who_say_that_they_are_invented(standin):
    assert [coder.name for coder in standin.coders] == ["Coder A (invented)", "Coder B (invented)"]


def test_the_words_of_seven_messages_are_published_and_nothing_else(standin, article):
    messages = standin.messages
    published = messages.frame[messages.record_classes == "published"].set_index("message_id")
    assert published.index.tolist() == QUOTED
    assert set(published["context_class"]) == {"stand-in"}
    for quotation in article.quotations.frame.itertuples():
        printed = re.split(r"\n\n", published.loc[quotation.message_id, "text"])
        assert printed == [words.strip() for words in printed_segments(quotation.text)]


def test_the_seven_people_have_a_name_and_nothing_invented(standin, article):
    people = standin.participants.frame.set_index("participant_id")
    messages = standin.messages.frame
    theirs = messages[messages["message_id"].isin(QUOTED)]
    names = dict(zip(theirs["message_id"], theirs["participant_id"].map(people["code_name"]), strict=True))
    printed = dict(zip(article.quotations.frame["message_id"], article.quotations.frame["attributed_to"], strict=True))
    assert names == printed
    seven = people.loc[theirs["participant_id"]]
    assert (seven["class"] == "published").all()
    assert (seven[["profession", "organisation_size", "joined"]] == "").all(axis=None)
    assert messages["participant_id"].isin(seven.index).sum() == 7
    invented = people.drop(index=seven.index)
    assert set(invented["code_name"]).isdisjoint(printed.values())
    assert (invented["class"] == "stand-in").all()


def test_no_invented_message_names_the_seven(standin, article):
    texts = standin.messages.frame
    others = " ".join(texts.loc[~texts["message_id"].isin(QUOTED), "text"])
    named = [name for name in article.quotations.frame["attributed_to"] if re.search(rf"\b{name}\b", others)]
    assert named == []


def test_the_names_of_the_themes_occur_verbatim_in_invented_messages(standin, article):
    texts = standin.messages.frame
    invented = texts.loc[~texts["message_id"].isin(QUOTED), "text"].str.casefold()
    for name in article.themes.frame["name"]:
        assert invented.str.contains(name.casefold(), regex=False).any(), name
    assert set(standin.agreed_themes.frame["name"]) == set(article.themes.frame["name"])
    assert all(set(named).isdisjoint(QUOTED) for named in standin.agreed_themes.frame["named_in"])


def test_the_coders_agree_in_part(standin):
    values = agreement.overall(standin).set_index("measure")["value"]
    for measure in ("krippendorff_alpha_masi", "krippendorff_alpha_jaccard"):
        assert 0.6 < values[measure] < 0.85
    assert round(values["krippendorff_alpha_masi"], 2) == 0.72
    assert round(values["krippendorff_alpha_jaccard"], 2) == 0.79


def test_there_is_a_code_that_one_coder_never_used(standin):
    counts = coding.frequencies(standin, who=["A", "B"]).pivot(index="code_id", columns="who", values="applications")
    assert counts.loc["S05", "A"] > 0
    assert counts.loc["S05", "B"] == 0


def test_everything_was_read_and_some_of_it_left_without_a_code(standin):
    assert standin.assignments.frame["status"].isin(["read", "nothing_to_code"]).all()
    assert len(standin.assignments) == 2 * 131
    assert (standin.assignments.frame["status"] == "nothing_to_code").any()
