import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from studies import replaced, write_study
from test_disagreements import CODINGS, REST, TREE, opened_with

from lepanalysis.coding import applications
from lepanalysis.faults import MissingTableError, UsageError
from lepanalysis.queries import (
    And,
    Attribute,
    By,
    Code,
    Coder,
    FollowedBy,
    Near,
    Not,
    Or,
    Overlapping,
    Theme,
    find,
    pairs,
)
from lepanalysis.study import open_study

SPACE, TRAVEL = Code("space"), Code("travel")


def test_an_expression_is_a_value():
    assert repr(SPACE & ~TRAVEL) == ("And(first=Code(code_id='space'), second=Not(other=Code(code_id='travel')))")
    assert repr(Or(SPACE, TRAVEL)) == repr(SPACE | TRAVEL)
    assert len({Near(SPACE, TRAVEL, characters=2), Near(SPACE, TRAVEL, characters=2)}) == 1
    assert eval(repr(FollowedBy(SPACE, TRAVEL, messages=1))) == FollowedBy(SPACE, TRAVEL, messages=1)  # noqa: S307


@pytest.mark.parametrize(
    ("expression", "messages", "segments"),
    [
        (SPACE, ["1", "2"], ["A-1", "B-1", "A-3", "B-2"]),
        (SPACE & TRAVEL, ["1"], ["A-1", "B-1", "A-2"]),
        (SPACE | TRAVEL, ["1", "2", "4"], ["A-1", "B-1", "A-2", "A-3", "B-2", "B-3", "A-4"]),
        (SPACE & ~TRAVEL, ["2"], ["A-3", "B-2"]),
        (~SPACE, ["3", "4"], []),
        (By("B", ~TRAVEL), ["1", "2", "3"], []),
        (By("A", TRAVEL) & ~By("B", TRAVEL), ["1"], ["A-2"]),
        (Theme("t-travel") & Attribute("profession", "designer"), ["1", "4"], ["A-2", "B-3", "A-4"]),
        (SPACE & Attribute("profession", ("consultant", "baker")), ["2"], ["A-3", "B-2"]),
        (Attribute("profession", "designer"), ["1", "3", "4"], []),
        (Coder("B") & ~Coder("A"), [], []),
        (Overlapping(By("A", SPACE), By("B", SPACE)), ["1", "2"], ["A-1", "B-1", "A-3", "B-2"]),
        (Near(SPACE, TRAVEL, characters=0), [], []),
        (Near(SPACE, TRAVEL, characters=1), ["1"], ["A-1", "A-2"]),
        (Near(SPACE, TRAVEL, characters=2), ["1"], ["A-1", "B-1", "A-2"]),
        (Near(SPACE, TRAVEL, messages=1), ["1", "2"], ["A-1", "B-1", "A-2", "A-3", "B-2"]),
        (FollowedBy(SPACE, TRAVEL), ["1"], ["A-1", "B-1", "A-2"]),
        (FollowedBy(TRAVEL, SPACE), ["1", "2"], ["A-2", "A-3", "B-2"]),
        (FollowedBy(TRAVEL, SPACE, messages=0), [], []),
        (FollowedBy(SPACE, TRAVEL, characters=1), ["1"], ["A-1", "A-2"]),
    ],
)
def test_questions_to_the_small_study(study, expression, messages, segments):
    found = find(study, expression)
    assert list(found.messages) == messages
    assert sorted(found.segments["coding_id"]) == sorted(segments)
    assert (found.counts["messages"], found.counts["segments"]) == (len(messages), len(segments))
    assert found.counts["of_messages"] == 4


def test_what_was_found_comes_with_its_words(study):
    found = find(study, TRAVEL & Attribute("profession", "designer"))
    assert found.counts == {"messages": 2, "segments": 3, "threads": 2, "participants": 2, "of_messages": 4}
    assert found.segments["text"].to_list() == ["And faster trains.", "Trains", "Trains are slow here."]
    assert found.segments["code"][0] == "Transport"


def test_pairs_name_what_answers_to_what(study):
    frame = pairs(study, Near(SPACE, TRAVEL, characters=2))
    assert frame[["coding_id", "other_coding_id"]].to_numpy().tolist() == [["A-1", "A-2"], ["B-1", "A-2"]]
    assert len(pairs(study, Near(SPACE, SPACE, messages=0))) == 4
    with pytest.raises(UsageError, match="use Overlapping, Near or FollowedBy"):
        pairs(study, SPACE)


def test_over_the_consensus_a_segment_is_everyones(study):
    found = find(study, SPACE & Coder("B"), who="consensus")
    assert found.segments["coding_id"].to_list() == ["A-1; B-1", "A-3; B-2"]


def test_not_speaks_of_messages_that_were_read(opened):
    reading = replaced("assignments.csv", "B,3,nothing_to_code", "B,3,assigned")
    study = opened(assignments_csv=reading)
    assert find(study, ~SPACE, who="B").messages == ("4",)
    assert find(study, By("B", ~SPACE)).messages == ("4",)
    assert find(study, ~By("B", SPACE)).messages == ("3", "4")


def test_the_order_of_a_thread_is_that_of_its_positions(opened):
    codings = "coder,message_id,code_id,coding_id\nA,1,space,x\nA,3,travel,y\n"
    study = opened(codings_csv=codings, without=("decisions.csv", "assignments.csv"))
    assert find(study, FollowedBy(SPACE, TRAVEL, messages=2)).counts["segments"] == 2
    assert find(study, FollowedBy(SPACE, TRAVEL, messages=1)).counts["segments"] == 0
    assert find(study, FollowedBy(TRAVEL, SPACE)).counts["segments"] == 0


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        (Code("a1"), "there is no shared code 'a1'"),
        (Theme("t"), "there is no theme 't'"),
        (Coder("C"), "there is no coder 'C'"),
        (By("C", SPACE), "there is no coder 'C'"),
        (Attribute("age", "5"), "'age' is no attribute"),
        (Near(SPACE, TRAVEL), "Near needs one distance"),
        (Near(SPACE, TRAVEL, characters=1, messages=1), "Near needs one distance"),
        (FollowedBy(SPACE, TRAVEL, characters=1, messages=1), "FollowedBy takes one distance"),
        (Near(SPACE, TRAVEL, characters=-1), "not below zero"),
        (Near(SPACE, ~TRAVEL, messages=1), "finds messages and no segments"),
        ("space", "'space' is no question"),
        (SPACE & "travel", "'travel' is no question"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(study, expression, problem):
    with pytest.raises(UsageError, match=problem):
        find(study, expression)


def test_without_themes_only_a_question_for_themes_fails(opened):
    study = opened(codebook_yaml=TREE, codings_csv="coder,message_id,code_id\n", without=REST)
    assert find(study, Code("room")).messages == ()
    assert find(study, Near(Code("room"), Code("desk"), messages=3)).counts["segments"] == 0
    with pytest.raises(MissingTableError, match=r"no themes\.yaml"):
        find(study, Theme("t"))


LEAVES = st.sampled_from([Code("place"), Code("room"), Code("desk"), Coder("A"), By("B", Code("room"))])
DISTANCES = st.integers(0, 4)


def expressions():
    near = st.builds(lambda a, b, n: Near(a, b, characters=n), LEAVES, LEAVES, DISTANCES)
    near |= st.builds(lambda a, b, n: Near(a, b, messages=n), LEAVES, LEAVES, DISTANCES)
    after = st.builds(lambda a, b, n: FollowedBy(a, b, messages=n), LEAVES, LEAVES, DISTANCES | st.none())
    after |= st.builds(lambda a, b, n: FollowedBy(a, b, characters=n), LEAVES, LEAVES, DISTANCES)
    simple = LEAVES | near | after | st.builds(Overlapping, LEAVES, LEAVES)
    simple |= st.sampled_from([Attribute("profession", "designer")])
    return st.recursive(
        simple,
        lambda inner: st.builds(And, inner, inner) | st.builds(Or, inner, inner) | st.builds(Not, inner),
        max_leaves=5,
    )


# Of the small study: thread and place of each message, and whether a designer wrote it.
WHERE = {"1": ("T1", 0, True), "2": ("T1", 1, False), "3": ("T1", 2, True), "4": ("T2", 0, True)}


def slow(expression, rows):
    """By going through everything: messages, and segments as tuples."""
    every = set(WHERE)
    match expression:
        case Code(code):
            found = {row for row in rows if row[2] == code}
        case Coder(coder):
            found = {row for row in rows if row[0] == coder}
        case By(coder, other):
            return slow(other, [row for row in rows if row[0] == coder])
        case Attribute():
            return {message for message in every if WHERE[message][2]}, set()
        case Not(other):
            return every - slow(other, rows)[0], set()
        case And(a, b) | Or(a, b):
            (first, one), (second, two) = slow(a, rows), slow(b, rows)
            messages = first & second if isinstance(expression, And) else first | second
            return messages, {row for row in one | two if row[1] in messages}
        case _:
            one, two = slow(expression.first, rows)[1], slow(expression.second, rows)[1]
            found = {row for x in one for y in two if x[5] != y[5] and stands(expression, x, y) for row in (x, y)}
    return {row[1] for row in found}, found


def stands(expression, x, y):
    (thread, place, _), (other, later, _) = WHERE[x[1]], WHERE[y[1]]
    gap = max(y[3] - x[4], x[3] - y[4])
    characters, messages = getattr(expression, "characters", None), getattr(expression, "messages", None)
    if isinstance(expression, Overlapping):
        return x[1] == y[1] and gap < 0
    if characters is not None and (x[1] != y[1] or gap > characters):
        return False
    if messages is not None and (thread != other or abs(place - later) > messages):
        return False
    if isinstance(expression, FollowedBy):
        return thread == other and (later > place or (x[1] == y[1] and y[3] >= x[4]))
    return True


def answers_are_those_of_going_through_everything(folders, coded, questions):
    study = opened_with(folders.mktemp("s"), coded)
    applied = applications(study)
    rows = [(r.coder, r.message_id, r.code_id, r.start, r.end, r.coding_id) for r in applied.itertuples()]
    for expression in questions:
        messages, segments = slow(expression, rows)
        found = find(study, expression)
        assert set(found.messages) == messages
        assert sorted(found.segments["coding_id"]) == sorted(row[5] for row in segments)
        assert set(find(study, Not(Not(expression))).messages) == messages


QUESTIONS = st.lists(expressions(), min_size=3, max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CODINGS, QUESTIONS)
def test_every_question_has_the_answer_that_going_through_everything_gives(tmp_path_factory, coded, questions):
    answers_are_those_of_going_through_everything(tmp_path_factory, coded, questions)


@pytest.mark.long
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CODINGS, QUESTIONS)
def test_many_questions_have_the_answers_that_going_through_everything_gives(tmp_path_factory, coded, questions):
    answers_are_those_of_going_through_everything(tmp_path_factory, coded, questions)


def test_a_code_that_nobody_used_is_found_nowhere(tmp_path):
    study = open_study(
        write_study(
            tmp_path / "s", codebook_yaml=TREE, without=REST, codings_csv="coder,message_id,code_id\nA,1,room\n"
        )
    )
    assert find(study, Code("desk")).counts["messages"] == 0
    assert find(study, ~Code("desk")).counts["messages"] == 4
