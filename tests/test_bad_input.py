"""What must not get into an analysis, each refused with its file, line and column."""

import textwrap

import pytest
from studies import SMALL, replaced, write_study

from lepanalysis.faults import StudyFaultsError
from lepanalysis.study import open_study, read_study
from lepanalysis.tables import sha256_of

# Two faces beyond U+FFFF: 11 characters here, 13 units in UTF-16.
FACES = "message_id,thread_id,participant_id,text\n1,T1,P1,\U0001f600 room \U0001f600 me\n"
REST = ("threads.csv", "assignments.csv", "themes.yaml", "decisions.csv", "quotations.csv")
SCALED = """\
    codes:
      - {id: much, name: How much, definition: d, scale: interval, values: []}
      - {id: some, name: How often, definition: d, scale: ratio, values: ["0", "1.5"]}
      - {id: plain, name: Plain, definition: d}
    """
DIGEST = sha256_of(b"Thank you.")


def faults_of(folder, **changes):
    """Return the faults as (file, line, column, problem)."""
    _, faults = read_study(write_study(folder, **changes))
    return [(fault.file.rsplit("/", 1)[1], fault.line, fault.column, fault.problem) for fault in faults]


@pytest.mark.parametrize(
    ("start", "end", "column", "problem"),
    [
        ("30", "60", "start", "offsets 30 to 60 do not lie in order inside the text of 26 characters"),
        ("0", "27", "start", "offsets 0 to 27 do not lie in order inside the text of 26 characters"),
        ("-2", "6", "start", "offsets -2 to 6 do not lie in order inside the text of 26 characters"),
        ("6", "2", "start", "offsets 6 to 2 do not lie in order inside the text of 26 characters"),
        ("2", "2", "start", "offsets 2 to 2 do not lie in order inside the text of 26 characters"),
        ("2", "", "end", "one offset of two"),
        ("2.5", "6", "start", "'2.5' is not a whole number"),
    ],
)
def test_offsets_that_are_none(tmp_path, start, end, column, problem):
    codings = replaced("codings.csv", "B,2,b1,B-1,2,6,room\n".replace("B-1", "B-2"), f"B,2,b1,B-2,{start},{end},\n")
    assert faults_of(tmp_path / "s", codings_csv=codings, without=("decisions.csv",)) == [
        ("codings.csv", 7, column, problem)
    ]


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        # In units of UTF-16 the second face is 8 to 10, and 9 is its middle; by characters the text ends at 11.
        ("1,12,", "start", "offset 1 lies inside a surrogate pair, as UTF-16 counts; offsets count code points"),
        (
            "3,9,room x",
            "end",
            "offset 9 lies inside a surrogate pair, as UTF-16 counts; offsets count code points",
        ),
        ("3,13,", "start", "offsets 3 to 13 do not lie in order inside the text of 11 characters"),
        ("4,8,room", "quote", "the text reads 'om \U0001f600' between the offsets"),
    ],
)
def test_offsets_that_count_the_units_of_utf_16(tmp_path, cells, column, problem):
    codings = f"coder,message_id,code_id,start,end,quote\nA,1,a1,{cells}\n"
    found = faults_of(tmp_path / "s", messages_csv=FACES, codings_csv=codings, without=REST)
    assert found == [("codings.csv", 2, column, problem)]


def test_offsets_that_count_code_points_are_well_beside_faces(tmp_path):
    codings = "coder,message_id,code_id,start,end,quote\nA,1,a1,2,6,room\nA,1,a2,7,8,\U0001f600\nB,1,b1,0,11,\n"
    assert faults_of(tmp_path / "s", messages_csv=FACES, codings_csv=codings, without=REST) == []


def test_half_of_a_surrogate_pair_is_no_text(tmp_path):
    folder = write_study(tmp_path / "s")
    path = folder / "messages.csv"
    path.write_bytes(path.read_bytes().replace(b"Thank you.", b"Thank \xed\xa0\xbd you."))
    _, faults = read_study(folder)
    assert [(fault.file.rsplit("/", 1)[1], fault.line) for fault in faults] == [("messages.csv", 4)]
    assert "is not UTF-8" in faults[0].problem


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("A,1,a1,A-1", "A,1,a7,A-1", (2, "code_id", "there is no code 'a7'")),
        ("A,1,a1,A-1", "A,1,b1,A-1", (2, "code_id", "'b1' is a code of coder B")),
        ("A,1,a1,A-1", "C,1,space,A-1", (2, "coder", "there is no coder 'C'")),
        ("A,1,a1,A-1", "A,9,a1,A-1", (2, "message_id", "there is no message '9'")),
    ],
)
def test_codes_coders_and_messages_that_are_not_there(tmp_path, old, new, expected):
    found = faults_of(tmp_path / "s", codings_csv=replaced("codings.csv", old, new))
    assert ("codings.csv", *expected) in found
    assert {fault[0] for fault in found} == {"codings.csv"}


@pytest.mark.parametrize(
    ("assignment", "state"),
    [("", "not assigned"), ("B,4,assigned\n", "assigned"), ("B,4,nothing_to_code\n", "nothing to code")],
)
def test_a_coder_who_was_not_assigned_or_did_not_read(tmp_path, assignment, state):
    text = replaced("assignments.csv", "B,4,read\n", assignment)
    problem = f"the coder coded a message that assignments.csv gives as {state}"
    assert faults_of(tmp_path / "s", assignments_csv=text) == [("codings.csv", 8, "message_id", problem)]


@pytest.mark.parametrize(
    "twin",
    ["A,1,a1,A-9,0,22,", "A,1,a1,,0,22,", "A,2,a1,A-9,,,", "A,2,a1,A-9,0,26,"],
    ids=["same offsets", "no id", "whole messages", "a whole message and all of its characters"],
)
def test_one_application_given_twice(tmp_path, twin):
    text = textwrap.dedent(SMALL["codings.csv"]) + twin + "\n"
    line = 2 if twin.startswith("A,1") else 4
    assert faults_of(tmp_path / "s", codings_csv=text) == [
        ("codings.csv", 9, "code_id", f"the same coding stands in line {line}")
    ]


def test_two_codings_with_one_id(tmp_path):
    found = faults_of(tmp_path / "s", codings_csv=replaced("codings.csv", "B-2,2,6", "B-1,2,6"))
    assert [fault[:3] for fault in found] == [("codings.csv", 7, "coding_id")]


@pytest.mark.parametrize(
    ("code", "value", "problem"),
    [
        ("much", "often", "'often' is not a number"),
        ("much", "nan", "'nan' is not a number"),
        ("much", "inf", "'inf' is not a number"),
        ("much", "1,5", "'1,5' is not a number"),
        ("some", "2", "'2' is not a value of the code"),
        ("plain", "2", "the code has no scale"),
    ],
)
def test_a_value_that_the_scale_does_not_have(tmp_path, code, value, problem):
    codings = f'coder,message_id,code_id,value\nA,1,{code},"{value}"\n'
    assert faults_of(tmp_path / "s", codebook_yaml=SCALED, codings_csv=codings, without=REST[1:]) == [
        ("codings.csv", 2, "value", problem)
    ]


def test_a_scale_whose_values_are_no_numbers(tmp_path):
    book = SCALED.replace('"1.5"', "often")
    codings = "coder,message_id,code_id\n"
    assert faults_of(tmp_path / "s", codebook_yaml=book, codings_csv=codings, without=REST[1:]) == [
        ("codebook.yaml", 3, "values", "'often' is not a number")
    ]


def test_coders_who_read_different_texts_under_one_id(tmp_path):
    other = sha256_of(b"Thank you!")
    text = "coder,message_id,status,text_sha256\n" + "".join(
        f"{coder},{message},read,{digest}\n"
        for coder, digest in (("A", DIGEST), ("B", other))
        for message, digest in (("1", ""), ("2", ""), ("3", digest), ("4", ""))
    )
    assert faults_of(tmp_path / "s", assignments_csv=text) == [
        (
            "assignments.csv",
            8,
            "text_sha256",
            "the coder read another text than the one that stands in messages.csv",
        )
    ]


def test_a_study_with_any_of_these_is_not_opened(tmp_path):
    folder = write_study(tmp_path / "s", codings_csv=replaced("codings.csv", "B-2,2,6", "B-2,2,60"))
    with pytest.raises(StudyFaultsError, match=r"codings\.csv:7: start: offsets 2 to 60"):
        open_study(folder)
