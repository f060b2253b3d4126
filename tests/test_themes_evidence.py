import itertools

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.feature_extraction.text import TfidfVectorizer
from studies import replaced

from lepanalysis.faults import MissingTableError, UsageError
from lepanalysis.themes_evidence import (
    OURS,
    concentration,
    criteria,
    effective_number,
    homogeneity,
    negative_cases,
    word_vectors,
)

NO_CODINGS = "coder,message_id,code_id\n"
MAPS = (
    "decision_id,decided_at,kind,subjects,outcome,target,by\n"
    "d1,2020-04-01,code,a1;b1,map,space,A;B\nd2,2020-04-01,code,a2;b2,map,travel,A;B\n"
)
TEXTS = [
    "We need a shared room. And faster trains.",
    "A room would help us meet.",
    "Thank you.",
    "Trains are slow here.",
]
MEMOS = """\
    memo_id,coder,about,about_id,kind,text
    n1,A,message,1,negative case,speaks for both
    n2,B,coding,B-3,negative case,not a wish
    n3,A,code,a1,negative case,seldom
    n4,A,theme,t-space,negative case,nobody asked
    n5,A,message,3,negative case,no theme at all
    n6,A,message,2,analytic,something else
    """


def records(frame, *columns):
    return [tuple(row) for row in frame[list(columns)].itertuples(index=False)]


def test_words_as_vectors_against_scikit_learn():
    expected = TfidfVectorizer(smooth_idf=False, token_pattern=r"[^\W\d_]+")  # noqa: S106 - words
    expected = expected.fit_transform(TEXTS)
    mine = word_vectors(TEXTS)
    assert (mine @ mine.T).toarray() == pytest.approx((expected @ expected.T).toarray())


def test_a_text_without_a_word_is_like_nothing():
    mine = word_vectors(["12 — 34", "a word"])
    assert (mine @ mine.T).toarray() == pytest.approx(np.array([[0.0, 0.0], [0.0, 1.0]]))
    assert word_vectors([]).shape == (0, 0)


def test_what_holds_a_theme_together_and_sets_it_apart(study):
    frame = homogeneity(study).set_index("theme_id")
    vectors = word_vectors(TEXTS).toarray()
    space = frame.loc["t-space"]
    assert space["alike_within"] == pytest.approx(vectors[0] @ vectors[1])
    # The other theme's messages that are not in this one: only the fourth.
    assert space["alike_between"] == pytest.approx((vectors[0] @ vectors[3] + vectors[1] @ vectors[3]) / 2)
    assert space["alike_difference"] == pytest.approx(space["alike_within"] - space["alike_between"])
    assert (space["largest_code"], space["largest_code_share"], space["effective_codes"]) == ("Shared space", 1.0, 1.0)
    assert (space["exclusive_share"], space["nearest_id"]) == (0.5, "t-travel")
    assert space["nearest_jaccard"] == pytest.approx(1 / 3)


def test_a_theme_without_messages_has_reasons(opened):
    frame = homogeneity(opened(codings_csv=NO_CODINGS, decisions_csv=MAPS))
    assert set(frame["reason"]) == {"fewer than two messages; no messages to compare with"}
    assert frame["alike_within"].isna().all()
    assert frame["nearest_id"].to_list() == ["", ""]
    assert concentration(opened(codings_csv=NO_CODINGS, decisions_csv=MAPS))["effective_number"].isna().all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 50), max_size=8))
def test_the_effective_number_lies_between_one_and_all(counts):
    found = effective_number(counts)
    if not any(counts):
        assert found is None
    else:
        assert 1 - 1e-9 <= found <= sum(count > 0 for count in counts) + 1e-9
        assert effective_number([7 * count for count in counts]) == pytest.approx(found)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("participant", [("t-space", 2, 2, "P1", 0.5, 2.0), ("t-travel", 2, 2, "P1", 0.5, 2.0)]),
        ("thread", [("t-space", 2, 1, "T1", 1.0, 1.0), ("t-travel", 2, 2, "T1", 0.5, 2.0)]),
    ],
)
def test_who_carries_a_theme(study, by, expected):
    frame = concentration(study, by)
    assert records(frame, "theme_id", "messages", "units", "top", "top_share", "effective_number") == expected
    with pytest.raises(UsageError, match="use participant or thread"):
        concentration(study, "month")


def test_the_criteria_are_counted_and_not_judged(study):
    frame = criteria(study)
    assert records(frame[frame["theme_id"] == "t-space"], "criterion", "count", "of") == [
        ("experience", 2, 3),
        ("experience", 2, 2),
        ("explicit", 1, 2),
        ("explicit", 2, 2),
    ]
    assert set(frame["standing"]) == {OURS}
    assert "verdict" not in frame


def test_the_first_person_is_known_for_english_alone(opened):
    other = replaced("study.yaml", "licence: CC0-1.0\n", "licence: CC0-1.0\nlanguage: de\n")
    frame = criteria(opened(study_yaml=other))
    row = frame[frame["evidence"] == "messages in the first person"].iloc[0]
    assert np.isnan(row["share"])
    assert row["reason"] == "the words of the first person are known for English, not for de"


def test_memos_that_speak_against_a_theme(opened):
    assert records(
        negative_cases(opened(memos_csv=MEMOS)), "theme_id", "message_id", "marked_by", "mark_id", "code_id"
    ) == [
        ("t-space", "", "memo", "n3", "space"),
        ("t-space", "", "memo", "n4", ""),
        ("t-space", "1", "memo", "n1", ""),
        ("t-travel", "1", "memo", "n1", ""),
        ("t-travel", "4", "memo", "n2", "travel"),
        ("", "3", "memo", "n5", ""),
    ]
    row = negative_cases(opened(memos_csv=MEMOS)).iloc[4]
    assert (row["coder"], row["note"], row["start"], row["end"]) == ("B", "not a wish", 0, 6)


def test_codes_that_speak_against_a_theme(opened):
    book = replaced("codebook.yaml", "  - {id: a1,", "  - {id: doubt, name: Doubt, definition: d}\n  - {id: a1,")
    codings = replaced("codings.csv", "A,2,a1", "A,1,doubt,A-8,0,7,We need\nB,1,doubt,B-8,0,7,We need\nA,2,a1")
    study = opened(codebook_yaml=book, codings_csv=codings)
    assert records(negative_cases(study, ["doubt"]), "theme_id", "message_id", "marked_by", "mark_id", "note") == [
        ("t-space", "1", "code", "A-8; B-8", "We need"),
        ("t-travel", "1", "code", "A-8; B-8", "We need"),
    ]
    assert records(negative_cases(study, ["travel"]), "theme_id", "message_id") == [
        ("t-travel", "1"),
        ("t-travel", "4"),
    ]
    with pytest.raises(UsageError, match="there is no shared code 'b1'"):
        negative_cases(study, ["b1"])


def test_without_marks_nothing_speaks_against_a_theme(study):
    frame = negative_cases(study)
    assert len(frame) == 0
    assert list(frame.columns)[:5] == ["theme_id", "theme", "message_id", "marked_by", "mark_id"]


@pytest.mark.parametrize("function", [homogeneity, concentration, criteria, negative_cases])
def test_a_study_without_themes_says_so(opened, function):
    with pytest.raises(MissingTableError, match=r"no themes\.yaml"):
        function(opened(without=("themes.yaml", "quotations.csv"), decisions_csv=MAPS))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text("ab c", max_size=8), min_size=2, max_size=6))
def test_the_mean_cosine_is_that_of_all_pairs(texts):
    from lepanalysis.themes_evidence import _mean_cosine

    vectors = word_vectors(texts)
    every = np.ones(len(texts), dtype=bool)
    dense = vectors.toarray()
    pairs = [dense[i] @ dense[j] for i, j in itertools.permutations(range(len(texts)), 2)]
    assert _mean_cosine(vectors, every, every) == pytest.approx(np.mean(pairs), abs=1e-12)
