import textwrap
from dataclasses import FrozenInstanceError

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studies import SMALL, replaced, write_study

from lepanalysis.faults import MissingTableError, StudyFaultsError
from lepanalysis.study import open_study, read_study
from lepanalysis.tables import sha256_of


def faults_of(folder):
    """Return the faults of a study as (file, line, column, problem), the file without its folder."""
    study, faults = read_study(folder)
    return study, [(fault.file.rsplit("/", 1)[1], fault.line, fault.column, fault.problem) for fault in faults]


def test_the_small_study_opens(study):
    assert (study.title, study.class_) == ("A small study", "open")
    assert [(coder.id, coder.name) for coder in study.coders] == [("A", "Ada"), ("B", "Ben")]
    assert (str(study.record.period_from), str(study.record.period_to)) == ("2020-01-01", "2020-03-31")
    assert {name: len(table) for name, table in study.tables.items()} == {
        "messages": 4,
        "threads": 2,
        "participants": 4,
        "codebook": 6,
        "codings": 7,
        "assignments": 8,
        "candidate_themes": 3,
        "agreed_themes": 2,
        "decisions": 6,
        "quotations": 1,
    }


def test_the_frames_have_types(study):
    assert study.messages.frame.loc[1, "posted_at"] == pd.Timestamp("2020-01-06 11:00")
    assert study.messages.frame["position"].tolist() == [1, 2, 3, 1]
    assert study.codings.frame["start"].isna().tolist() == [False, False, True, False, False, False, False]
    assert study.codebook.frame.loc[0, ["code_id", "coder", "parent", "values"]].tolist() == ["a1", "A", "", ()]
    assert study.candidate_themes.frame["codes"].tolist() == [("a1",), ("a2",), ("b1", "b2")]
    assert study.agreed_themes.frame["named_in"].tolist() == [("1",), ()]
    assert study.agreed_themes.frame["x"].isna().all()
    assert study.decisions.frame.loc[5, "target"] == ("t-space", "t-travel")


def test_three_files_are_enough(tmp_path):
    rest = tuple(name for name in SMALL if name not in {"study.yaml", "messages.csv", "participants.csv"})
    study = open_study(write_study(tmp_path / "s", without=rest))
    assert set(study.tables) == {"messages", "participants", "threads"}
    assert study.threads.frame.to_dict("list") == {
        "thread_id": ["T1", "T2"],
        "title": ["", ""],
        "category": ["", ""],
        "class": ["", ""],
    }
    assert study.threads.source.file == "messages.csv"
    assert not study.has("codings")
    with pytest.raises(MissingTableError, match=r"has no codings\.csv"):
        _ = study.codings
    with pytest.raises(MissingTableError, match=r"has no themes\.yaml"):
        _ = study.agreed_themes


def test_files_with_a_first_row_alone_are_empty_tables(opened):
    study = opened(
        codings_csv="coder,message_id,code_id\n",
        assignments_csv="coder,message_id,status\n",
        decisions_csv="decision_id,decided_at,kind,subjects,outcome,by\n",
        quotations_csv="quotation_id,message_id,text\n",
        themes_yaml="candidate: {}\nagreed: []\n",
        codebook_yaml="codes: []\n",
    )
    assert not study.has("codings")
    assert str(study.codings.frame["coding_id"].dtype) == "str"
    assert len(study.agreed_themes.frame) == len(study.codebook.frame) == 0
    assert list(study.codebook.frame.columns)[:2] == ["code_id", "name"]


def test_a_coding_without_an_id_gets_one_from_what_it_says(opened):
    study = opened(
        codings_csv="coder,message_id,code_id,start,end\nA,1,a1,0,22\nA,2,a1,,\n",
        decisions_csv=replaced("decisions.csv", "A-2,accept", "A/1/a1/0/22,accept"),
    )
    assert study.codings.frame["coding_id"].tolist() == ["A/1/a1/0/22", "A/2/a1"]


def test_a_table_knows_its_file_and_its_digest(study):
    source = study.messages.source
    assert (source.owner, source.table, source.file, source.class_, source.records) == (
        "study",
        "messages",
        "messages.csv",
        "open",
        4,
    )
    assert source.sha256 == sha256_of(textwrap.dedent(SMALL["messages.csv"]).encode())


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.__setitem__("text", "gone"),
        lambda frame: frame.pop("text"),
        lambda frame: frame["text"].array.__setitem__(0, "gone"),
        lambda frame: frame.loc.__setitem__((0, "text"), "gone"),
        lambda frame: frame["position"].array.__setitem__(0, 9),
        lambda frame: frame["posted_at"].array.__setitem__(0, pd.Timestamp("2021-01-01")),
        lambda frame: setattr(frame.index, "name", "gone"),
        lambda frame: setattr(frame, "columns", range(9)),
    ],
)
def test_what_is_done_to_a_frame_does_not_reach_the_study(study, change):
    before = study.messages.frame
    change(study.messages.frame)
    pd.testing.assert_frame_equal(study.messages.frame, before)


def test_a_study_is_frozen(study):
    with pytest.raises(FrozenInstanceError):
        study.record = None
    with pytest.raises(FrozenInstanceError):
        study.messages.data = None
    with pytest.raises(TypeError):
        study.tables["messages"] = None
    with pytest.raises(TypeError):
        study.digests["messages.csv"] = ""


def test_reading_is_told_and_asking_is_not(tmp_path):
    reads = []
    study = open_study(write_study(tmp_path / "s"), on_read=reads.append)
    assert study.has("codings")
    assert reads == []
    _ = study.messages, study.table("codings")
    assert reads == ["messages", "codings"]


def test_a_folder_that_is_none(tmp_path):
    (tmp_path / "file").write_text("")
    for name, words in (("gone", "there is no such folder"), ("file", "it is no folder")):
        with pytest.raises(StudyFaultsError, match=words):
            open_study(tmp_path / name)


def test_every_required_file_that_is_missing_is_told_and_nothing_else(tmp_path):
    study, faults = faults_of(write_study(tmp_path / "s", without=("study.yaml", "messages.csv", "participants.csv")))
    assert study is None
    assert faults == [
        ("messages.csv", 0, "", "the file is missing"),
        ("participants.csv", 0, "", "the file is missing"),
        ("study.yaml", 0, "", "the file is missing"),
    ]


@pytest.mark.parametrize("name", SMALL)
def test_a_folder_in_the_place_of_a_file_is_the_one_fault(tmp_path, name):
    folder = write_study(tmp_path / "s", without=(name,))
    (folder / name).mkdir()
    _, faults = faults_of(folder)
    assert faults == [(name, 0, "", "a folder stands in its place")]


def test_a_link_to_nothing_is_a_fault(tmp_path):
    folder = write_study(tmp_path / "s", without=("threads.csv",))
    (folder / "threads.csv").symlink_to("gone.csv")
    _, faults = faults_of(folder)
    assert faults == [("threads.csv", 0, "", "something that is no file stands in its place")]


def test_faults_of_all_files_are_told_at_once(tmp_path):
    folder = write_study(
        tmp_path / "s",
        study_yaml=replaced("study.yaml", "class: open", "class: public"),
        messages_csv=replaced("messages.csv", "2020-02-01T09:00:00,3,2", "yesterday,3,9"),
        threads_csv=replaced("threads.csv", "category", "colour"),
        codebook_yaml=replaced("codebook.yaml", "a place to meet, coder: A", "a place to meet, coder: C"),
        codings_csv=replaced("codings.csv", "2,6,room", "2,60,room"),
        themes_yaml=replaced("themes.yaml", "codes: [a2]", "codes: [a9]"),
    )
    study, faults = faults_of(folder)
    assert study is None
    assert [fault[:3] for fault in faults] == [
        ("codebook.yaml", 2, "coder"),
        ("codings.csv", 7, "start"),
        ("messages.csv", 4, "posted_at"),
        ("messages.csv", 4, "reply_to"),
        ("study.yaml", 2, "class"),
        ("themes.yaml", 4, "codes"),
        ("threads.csv", 1, "colour"),
    ]


def test_the_error_counts_and_lists_the_faults(tmp_path):
    folder = write_study(tmp_path / "s", codings_csv=replaced("codings.csv", "2,6,room", "2,60,room"))
    with pytest.raises(StudyFaultsError) as caught:
        open_study(folder)
    (fault,) = caught.value.faults
    assert str(caught.value).startswith(f"1 fault was found:\n{folder / 'codings.csv'}:7: start: offsets 2 to 60 ")
    assert fault.as_record() == {
        "file": str(folder / "codings.csv"),
        "line": 7,
        "column": "start",
        "problem": "offsets 2 to 60 do not lie in order inside the text of 26 characters",
        "remedy": "count code points from 0; the end is exclusive",
    }


MESSAGES = textwrap.dedent(SMALL["messages.csv"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # A file that cannot be read in whole has its one fault; that others refer to its records is none.
        ({"messages_csv": MESSAGES.replace("Thank you.", "Thank you, all.")}, ("messages.csv", 4, "")),
        ({"messages_csv": MESSAGES.replace("A room", '"A room')}, ("messages.csv", 3, "")),
        ({"messages_csv": MESSAGES.replace("message_id", "id", 1)}, ("messages.csv", 1, "id")),
        ({"messages_csv": ""}, ("messages.csv", 1, "")),
        ({"threads_csv": "thread_id,title,category\nT1,A,room,Space\n"}, ("threads.csv", 2, "")),
        ({"participants_csv": 'participant_id,code_name\n"P1,Robin\n'}, ("participants.csv", 2, "")),
        ({"codebook_yaml": "codes: [\n"}, ("codebook.yaml", 2, "")),
        ({"codebook_yaml": "codes:\n  first: {id: a1}\n"}, ("codebook.yaml", 2, "codes")),
        ({"codings_csv": "coder,message_id,code_id,coding_id\nA,1\n"}, ("codings.csv", 2, "")),
        ({"themes_yaml": "agreed: }\n"}, ("themes.yaml", 1, "")),
        ({"assignments_csv": "coder,message_id,status\nA,1,read,\n"}, ("assignments.csv", 2, "")),
        ({"study_yaml": replaced("study.yaml", "- {id: B,", "- {id: B, :")}, ("study.yaml", 8, "")),
    ],
)
def test_a_broken_file_does_not_bring_faults_of_the_others(tmp_path, changes, expected):
    _, faults = faults_of(write_study(tmp_path / "s", **changes))
    own = {fault[0] for fault in faults}
    assert own == {expected[0]}
    assert expected in [fault[:3] for fault in faults]
    assert len(faults) <= 2


def test_a_file_that_is_not_utf8_is_one_fault(tmp_path):
    for name in SMALL:
        folder = write_study(tmp_path / name)
        (folder / name).write_bytes((folder / name).read_bytes().replace(b"e", b"\xe9", 1))
        _, faults = faults_of(folder)
        assert [(fault[0], fault[3].split(" ", 2)[2]) for fault in faults] == [(name, "of the file is not UTF-8")]


def test_where_nothing_is_there_to_refer_to_one_fault_stands_for_all(tmp_path):
    study_yaml = replaced("study.yaml", "coders:\n  - {id: A, name: Ada}\n  - {id: B, name: Ben}\n", "")
    rest = ("codebook.yaml", "assignments.csv", "themes.yaml", "decisions.csv")
    _, faults = faults_of(write_study(tmp_path / "s", without=rest, study_yaml=study_yaml))
    assert faults == [
        ("codings.csv", 2, "code_id", "there is no code 'a1', nor any other"),
        ("codings.csv", 2, "coder", "there is no coder 'A', nor any other"),
    ]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1).filter(str.strip)
awkward = st.sampled_from(
    [
        "=1+1",
        "+44",
        "-",
        "@all",
        'she said "no", twice',
        "two\nlines",
        "👩‍👩‍👧 🇬🇧",
        "e\u0301a\u0308",
        "שלום, עולם",
        " x ",
        "\ufeffx",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(texts | awkward | st.builds(str.__add__, awkward, texts), min_size=1, max_size=4), st.data())
def test_a_text_comes_back_as_it_was_written_and_offsets_count_code_points(tmp_path_factory, words, data):
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["message_id", "thread_id", "participant_id", "text"])
    writer.writerows([str(number), "T1", "P1", text] for number, text in enumerate(words))
    end = data.draw(st.integers(1, len(words[0])))
    start = data.draw(st.integers(0, end - 1))
    codings = io.StringIO()
    writer = csv.writer(codings, lineterminator="\n")
    writer.writerow(["coder", "message_id", "code_id", "start", "end", "quote"])
    writer.writerow(["A", "0", "a1", start, end, words[0][start:end]])
    folder = tmp_path_factory.mktemp("study")
    rest = (
        "threads.csv",
        "assignments.csv",
        "themes.yaml",
        "decisions.csv",
        "quotations.csv",
        "messages.csv",
        "codings.csv",
    )
    write_study(folder, without=rest)
    (folder / "messages.csv").write_text(buffer.getvalue(), encoding="utf-8", newline="\n")
    (folder / "codings.csv").write_text(codings.getvalue(), encoding="utf-8", newline="\n")
    study = open_study(folder)
    assert study.messages.frame["text"].tolist() == words
    assert study.codings.frame["quote"].tolist() == [words[0][start:end]]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SMALL)), st.data())
def test_a_damaged_file_is_faults_and_never_an_error(tmp_path_factory, name, data):
    folder = write_study(tmp_path_factory.mktemp("study"))
    text = textwrap.dedent(SMALL[name])
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    awkward = st.sampled_from(
        ["\n", '"', ",", ";", "-", "²", "[", "{", ": ", "null", "~", "!!int ", "- ", "99999", "#"]
    )
    planted = data.draw(st.text(max_size=3) | awkward | st.builds(str.__add__, awkward, awkward))
    (folder / name).write_bytes((text[:start] + planted + text[end:]).encode("utf-8", "surrogatepass"))
    _, faults = read_study(folder)
    assert faults == sorted(set(faults))
    assert all(fault.problem and fault.remedy and fault.line >= 0 for fault in faults)
