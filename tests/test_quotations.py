import unicodedata
from types import SimpleNamespace

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given, settings

from lepanalysis import quotations
from lepanalysis.faults import MissingTableError, UsageError
from lepanalysis.quotations import check, printed_segments
from lepanalysis.typography import plain
from lepanalysis.wording import nearest

MESSAGE = "We need a shared room, not a shed. And faster trains to the coast."


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("as printed.", ["as printed."]),
        ("one (...) two", ["one", "two"]),
        ("one [...] two […] three (. . .) four", ["one", "two", "three", "four"]),
        ("one, [...].", ["one,"]),
        ("one (...), two.", ["one", ", two."]),
        ("[We] must go", ["must go"]),
        ("one [of them] two", ["one", "two"]),
        ("[W]e go", ["e go"]),
        ("“one two”", ["one two"]),
        ('"one two".', ["one two"]),
        ("'one [...]'", ["one"]),
        ("one... two", ["one... two"]),
        ("[...]", []),
        ("", []),
    ],
)
def test_the_words_that_a_message_must_hold(text, segments):
    assert printed_segments(text) == segments


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("a shared room, not a shed", "exact"),
        (MESSAGE, "exact"),
        ("We need a shared room (...) faster trains", "exact after marks"),
        ("We need a shared room, [...].", "exact after marks"),
        ("[They] need a shared room", "exact after marks"),
        ("[w]e need", "exact after marks"),
        ("“We need a shared room”", "exact after marks"),
        ("faster trains (...) a shared room", "not found"),
        ("a shared (...) shared room", "not found"),
        ("a shared Room", "not found"),
        ("red room", "not found"),
        ("shared roo", "not found"),
        ("[...]", "not found"),
    ],
)
def test_verdicts(text, verdict):
    assert check(text, MESSAGE).verdict == verdict


def test_segments_are_placed_in_the_message():
    found = check("a shared room (...) trains [...].", MESSAGE)
    assert [MESSAGE[start:end] for start, end in found.at] == ["a shared room", "trains"]


def test_marks_that_the_message_itself_holds_are_its_words():
    assert check("one (...) two", "Say one (...) two.").verdict == "exact"
    assert check("see [1] “here”", 'see [1] "here"').variants == ("quotation marks",)


@pytest.mark.parametrize(
    ("printed", "written", "variants"),
    [
        ("It’s", "It's", ("quotation marks",)),
        ("an “open” door", 'an "open" door', ("quotation marks",)),
        ("now – or never", "now - or never", ("dashes",)),
        ("wait…", "wait...", ("ellipsis character",)),
        ("50 people", "50\u00a0people", ("non-breaking spaces",)),
        ("one two", "one\n\n two", ("white space",)),
        ("café", "cafe\u0301", ("composed characters",)),
        ("coworking", "co\u00adworking", ("invisible characters",)),
        ("it’s – fine", "it's -\tfine", ("quotation marks", "dashes", "white space")),
    ],
)
def test_variants_of_typography_are_bridged_and_named(printed, written, variants):
    message = f"Well, {written}!"
    found = check(printed, message)
    assert found.verdict == "exact after marks"
    assert set(found.variants) == set(variants)
    ((start, end),) = found.at
    assert message[start:end] == written
    assert check(written, message).variants == ()


def test_inside_quotation_marks_two_more_things_may_change():
    message = 'They call it a "hub" and mean a shed'
    assert check("a 'hub' and mean", message).verdict == "not found"
    found = check("a 'hub' and mean", message, in_quotation_marks=True)
    assert (found.verdict, found.variants) == ("exact after marks", (quotations.SINGLE_FOR_DOUBLE,))
    found = check("mean a shed.", message, in_quotation_marks=True)
    assert (found.verdict, found.variants) == ("exact after marks", (quotations.FINAL_PUNCTUATION,))


def test_what_is_not_found_is_shown_with_what_comes_nearest():
    found = check("a common room, not a shed", MESSAGE)
    assert found.nearest == "a shared room, not a shed."
    assert found.diff == "a [-common-] {+shared+} room, not a [-shed-] {+shed.+}"
    assert found.at == ()


def test_words_in_another_order_are_said_to_be_there():
    found = check("faster trains (...) a shared room", MESSAGE)
    assert found.nearest == "a shared room"
    assert found.diff == "these words stand in the message, but not after those printed before them"


def test_words_that_have_nothing_in_common_come_near_nothing():
    assert nearest("quite otherwise", MESSAGE) == ("", "")
    assert nearest("", MESSAGE) == ("", "")


@pytest.mark.parametrize("wrong", [3, 1500, 2990])
def test_one_wrong_word_is_found_in_a_long_text(wrong):
    # A text in which every word is frequent, so that only runs of words tell a place.
    words = [f"w{(place * place + place // 7) % 211}" for place in range(60_000)]
    quoted = words[20_000:23_000]
    quoted[wrong] = "otherwise"
    found = check(" ".join(quoted), " ".join(words))
    assert found.verdict == "not found"
    assert f"[-otherwise-] {{+{words[20_000 + wrong]}+}}" in found.diff
    assert found.diff.count("[-") == 1


TEXTS = st.text(st.sampled_from("ab \u00a0\n“\"'’–-…. \u00ad\u0301\u00e9é"), max_size=30)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_what_a_message_holds_is_always_found(before, words, after):
    message = f"{before} {words} {after}"
    if words.strip() and printed_segments(words):
        assert check(words, message).verdict == "exact"
        changed = plain(unicodedata.normalize("NFD", words)).text
        assert check(changed, message).verdict != "not found"


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_plain_typography_is_plain_already(text):
    once = plain(text)
    assert plain(once.text).text == once.text
    for place in range(len(once.text)):
        start, end = once.span(place, place + 1)
        assert once.text[place] in plain(text[start:end]).text


def test_the_studys_own_quotations(study):
    assert quotations.check_all(study).to_dict("records") == [
        {
            "quotation_id": "q1",
            "message_id": "1",
            "attributed_to": "Robin",
            "theme_id": "t-space",
            "form": "block",
            "text": "We need a shared room. (...)",
            "verdict": "exact after marks",
            "author_matches": True,
            "variants": "",
            "nearest": "",
            "diff": "",
        }
    ]


def article_with(*rows):
    columns = ["quotation_id", "message_id", "attributed_to", "theme_id", "form", "in_quotation_marks", "text"]
    return SimpleNamespace(quotations=SimpleNamespace(frame=pd.DataFrame(rows, columns=columns).astype("str")))


def test_an_articles_quotations(study):
    article = article_with(
        ("a", "1", "Sam", "t", "block", "no", "We need a shared room."),
        ("b", "2", "", "t", "inline", "yes", "help us meet,"),
        ("c", "2", "P2", "t", "inline", "no", "help us meet,"),
        ("d", "99", "Robin", "t", "block", "no", "anything"),
    )
    frame = quotations.check_all(study, article)
    assert frame["verdict"].to_list() == ["exact", "exact after marks", "not found", "not found"]
    assert frame["author_matches"].to_list() == [False, True, True, False]
    assert frame["variants"].to_list() == ["", quotations.FINAL_PUNCTUATION, "", ""]
    assert frame["diff"][3] == "the study has no message '99'"


def test_a_study_without_quotations_says_so(opened):
    with pytest.raises(MissingTableError, match=r"no quotations\.csv"):
        quotations.check_all(opened(without=("quotations.csv",)))


def test_exemplars_come_from_as_many_people_as_possible(opened):
    study = opened(
        codings_csv=(
            "coder,message_id,code_id,start,end\n"
            "A,1,space,0,41\nA,1,space,0,22\nA,3,space,,\nA,2,space,,\nA,4,travel,,\n"
        ),
        assignments_csv="coder,message_id,status\nA,1,read\nA,2,read\nA,3,read\nA,4,read\n",
        without=("decisions.csv",),
    )
    frame = quotations.exemplars(study, "t-space", 2)
    # One of two people's segments is long enough; the other person's comes next, before a second one of the first.
    assert frame["text"].to_list()[0] == "We need a shared room. And faster trains."
    assert frame["code_name"].to_list() == ["Robin", "Sam"]
    assert len(quotations.exemplars(study, "t-space", 99)) == 3
    pd.testing.assert_frame_equal(frame, quotations.exemplars(study, "t-space", 2))
    assert len(quotations.exemplars(study, "t-travel", 5)) == 1
    with pytest.raises(UsageError, match="there is no theme 't'"):
        quotations.exemplars(study, "t", 1)


def test_a_theme_without_segments_has_no_exemplar(opened):
    study = opened(codings_csv="coder,message_id,code_id\n", without=("decisions.csv",))
    assert quotations.exemplars(study, "t-space", 3).empty
