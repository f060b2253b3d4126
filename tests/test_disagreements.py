import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from studies import SMALL, replaced, write_study

from lepanalysis.coding import applications
from lepanalysis.differences import differences, relation
from lepanalysis.disagreements import disagreements, side_by_side
from lepanalysis.faults import UsageError
from lepanalysis.study import open_study

HEAD = "coder,message_id,code_id,coding_id,start,end\n"
REST = ("assignments.csv", "themes.yaml", "decisions.csv", "quotations.csv")
TREE = """\
    codes:
      - {id: place, name: Place, definition: d}
      - {id: room, name: Room, definition: d, parent: place}
      - {id: desk, name: Desk, definition: d, parent: place}
      - {id: train, name: Train, definition: d}
    """


def records(frame, *columns):
    return [tuple(row) for row in frame[list(columns)].itertuples(index=False)]


def over(opened, codings, **changes):
    return opened(codebook_yaml=TREE, codings_csv=HEAD + codings, **{"without": REST, **changes})


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("place", "parent against child"),
        ("desk", "sibling code"),
        ("train", "different code"),
    ],
)
def test_codes_on_the_same_words_differ_by_what_they_are_to_each_other(opened, code, kind):
    study = over(opened, f"A,1,room,A-1,0,22\nB,1,{code},B-1,8,21\n")
    assert {row[1] for row in records(disagreements(study), "code_id", "kind")} == {kind}
    found = disagreements(study).set_index("code_id").loc["room"]
    assert (found["other_code_ids"], found["coders"]) == (code, "A")


def test_of_several_other_codes_the_nearest_gives_the_kind(opened):
    study = over(opened, "A,1,room,A-1,0,22\nB,1,train,B-1,8,21\nB,1,desk,B-2,0,7\n")
    found = disagreements(study).set_index("code_id").loc["room"]
    assert (found["kind"], found["other_code_ids"], found["other_codes"]) == (
        "sibling code",
        "desk; train",
        "Desk; Train",
    )


def test_a_grandparent_stands_above_and_a_circle_ends():
    parents = {"a": "b", "b": "c", "c": "a", "x": "y", "y": "z", "z": ""}
    assert relation("x", "z", parents) == "parent against child"
    assert relation("a", "x", parents) == "different code"


def test_boundaries_count_where_segments_are_apart_or_where_they_differ_at_all(study):
    assert records(differences(study), "message_id", "code_id", "kind") == [("1", "travel", "missed")]
    assert records(differences(study, "any"), "message_id", "code_id", "kind") == [
        ("1", "space", "boundary"),
        ("1", "travel", "missed"),
        ("2", "space", "boundary"),
        ("4", "travel", "boundary"),
    ]
    with pytest.raises(UsageError, match="use apart or any"):
        differences(study, "all")


def test_one_segment_of_two_halves_has_the_boundary_of_the_whole(opened):
    study = over(opened, "A,1,room,A-1,0,10\nA,1,room,A-2,10,22\nB,1,room,B-1,0,22\n")
    assert len(differences(study, "any")) == 0


def test_the_order_is_that_of_themes_and_of_what_recurs(opened):
    codings = HEAD + "A,1,travel,A-1,23,41\nA,1,space,A-2,0,7\nB,2,space,B-1,0,6\nB,3,space,B-2,,\nB,4,travel,B-3,,\n"
    study = opened(
        codings_csv=codings,
        without=("decisions.csv", "assignments.csv", "quotations.csv"),
        themes_yaml=replaced("themes.yaml", "codes: [space]", "codes: [travel]").replace(
            "definition: travel, codes: [travel]", "definition: travel, codes: [space]"
        ),
    )
    assert records(disagreements(study, order="themes"), "theme", "message_id", "code_id", "coders", "recurs") == [
        ("Shared room", "1", "travel", "A", 1),
        ("Shared room", "4", "travel", "B", 1),
        ("Getting about", "2", "space", "B", 2),
        ("Getting about", "3", "space", "B", 2),
        ("Getting about", "1", "space", "A", 1),
    ]
    assert disagreements(study)["message_id"].to_list() == ["1", "1", "2", "3", "4"]
    with pytest.raises(UsageError, match="use text or themes"):
        disagreements(study, order="kappa")


def test_both_segmentations_stand_side_by_side(opened):
    study = over(
        opened,
        "A,1,room,A-1,0,22\nA,1,train,A-2,23,41\nB,1,desk,B-1,8,21\n",
        study_yaml=replaced("study.yaml", "  - {id: B, name: Ben}", "  - {id: B, name: Ben}\n  - {id: C, name: Cy}"),
        without=("themes.yaml", "decisions.csv", "quotations.csv"),
        assignments_csv="coder,message_id,status\nA,1,read\nB,1,read\nC,1,assigned\n",
    )
    row = side_by_side(study).set_index("code_id").loc["room"]
    assert row["message"] == "We need a shared room. And faster trains."
    assert [(one.code_id, one.start, one.end, one.text) for one in row["segments_A"]] == [
        ("room", 0, 22, "We need a shared room.")
    ]
    assert [(one.code, one.coding_id) for one in row["segments_B"]] == [("Desk", "B-1")]
    assert row["segments_C"] is None
    train = side_by_side(study).set_index("code_id").loc["train"]
    assert (train["kind"], train["segments_B"]) == ("missed", ())


CODINGS = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.sampled_from("1234"),
        st.sampled_from(["place", "room", "desk", "train"]),
        st.integers(0, 9),
        st.integers(1, 9),
    ).map(lambda row: (*row[:3], min(row[3], 9), min(row[3] + row[4], 10))),
    unique=True,
    max_size=14,
)


def opened_with(folder, rows):
    text = HEAD + "".join(
        f"{coder},{message},{code},{coder}-{number},{start},{end}\n"
        for number, (coder, message, code, start, end) in enumerate(rows)
    )
    return open_study(write_study(folder, without=REST, codebook_yaml=TREE, codings_csv=text))


def slow_differences(study, boundaries):
    """By characters and sets, message by message."""
    parents = {"place": "", "room": "place", "desk": "place", "train": ""}
    rank = ["parent against child", "sibling code", "different code"]
    marked = {}
    for row in applications(study).itertuples():
        marked.setdefault((row.message_id, row.code_id), {}).setdefault(row.coder, set()).update(
            range(row.start, row.end)
        )
    found = {}
    for (message, code), by in marked.items():
        if len(by) == 2:
            a, b = by["A"], by["B"]
            if (boundaries == "any" and a != b) or (boundaries == "apart" and not a & b):
                found[message, code] = "boundary"
            continue
        (coder,) = by
        others = {
            other
            for (place, other), theirs in marked.items()
            if place == message and coder not in theirs and any(words & by[coder] for words in theirs.values())
        }
        kinds = sorted((relation(code, other, parents) for other in others), key=rank.index)
        found[message, code] = kinds[0] if kinds else "missed"
    return found


def differences_are_those_that_characters_show(folders, rows, boundaries):
    study = opened_with(folders.mktemp("s"), rows)
    found = {row[:2]: row[2] for row in records(differences(study, boundaries), "message_id", "code_id", "kind")}
    assert found == slow_differences(study, boundaries)
    # The same list, with the words, in either order.
    for order in ("text", "themes"):
        frame = disagreements(study, order, boundaries)
        assert {row[:2]: row[2] for row in records(frame, "message_id", "code_id", "kind")} == found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CODINGS, st.sampled_from(["apart", "any"]))
def test_differences_are_those_that_characters_show(tmp_path_factory, rows, boundaries):
    differences_are_those_that_characters_show(tmp_path_factory, rows, boundaries)


@pytest.mark.long
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CODINGS, st.sampled_from(["apart", "any"]))
def test_many_differences_are_those_that_characters_show(tmp_path_factory, rows, boundaries):
    differences_are_those_that_characters_show(tmp_path_factory, rows, boundaries)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CODINGS)
def test_coders_who_coded_alike_do_not_differ(tmp_path_factory, rows):
    alike = list(dict.fromkeys((coder, *row[1:]) for row in rows for coder in "AB"))
    study = opened_with(tmp_path_factory.mktemp("s"), alike)
    assert len(differences(study, "any")) == len(disagreements(study, boundaries="any")) == 0


def test_the_blocks_do_not_matter(opened, monkeypatch):
    rows = "".join(
        f"{coder},{message},{code},{coder}{message}{code},{start},{start + 4}\n"
        for message in "1234"
        for coder, code, start in (("A", "room", 0), ("B", "desk", 2), ("A", "train", 1), ("B", "train", 6))
    )
    study = over(opened, rows)
    whole = [differences(study, boundaries) for boundaries in ("apart", "any")]
    monkeypatch.setattr("lepanalysis.differences.BLOCK", 1)
    for before, boundaries in zip(whole, ("apart", "any"), strict=True):
        assert before.equals(differences(study, boundaries))


def test_nothing_is_written_to_the_study(study):
    before = study.codings.frame
    side_by_side(study)
    assert study.codings.frame.equals(before)
    assert SMALL["codings.csv"]
