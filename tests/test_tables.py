import codecs
import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepanalysis.schema import CODINGS, MESSAGES, PARTICIPANTS, THREADS, Column, highest_class
from lepanalysis.tables import (
    Row,
    Table,
    fault_of_cell,
    faults_of_cells,
    is_number,
    is_whole,
    moment,
    read_rows,
    read_utf8,
    sha256_of,
    split_ids,
    to_frame,
    whole_number,
)

HEAD = "thread_id,title,category,class\n"


def faults_of(text, schema=THREADS):
    return [(fault.line, fault.column, fault.problem) for fault in read_rows(text, schema, "f.csv")[2]]


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (codecs.BOM_UTF8 + b"thread_id\n", 1, "byte order mark"),
        (b"thread_id\nT\xe91\n", 2, "byte 12 of the file is not UTF-8"),
        (b"thread_id\nT1\nT\x002\n", 3, "NUL"),
        (b"thread_id\r\nT1\r\n", 1, "carriage return"),
    ],
)
def test_a_file_that_is_not_plain_utf8_is_a_fault(tmp_path, data, line, words):
    (tmp_path / "f.csv").write_bytes(data)
    _, (fault,) = read_utf8(tmp_path / "f.csv", "shown.csv")
    assert (fault.file, fault.line) == ("shown.csv", line)
    assert words in fault.problem


def test_a_file_that_the_system_refuses_is_a_fault(tmp_path):
    text, (fault,) = read_utf8(tmp_path / "gone.csv", "gone.csv")
    assert text == ""
    assert str(fault).startswith("gone.csv: the file cannot be read")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "", "the file has no first row")]),
        ("\nT1,,,\nT2,,,\n", [(1, "", "the file has no first row")]),
        ("title\nx\n", [(1, "thread_id", "the column is missing")]),
        ("thread_id,title,title\n1,x,y\n", [(1, "title", "the column stands twice")]),
        ("thread_id,colour\nT1,red\n", [(1, "colour", "not a column of this file")]),
        ("thread_id,\nT1,\n", [(1, "", "column 2 has no name")]),
        (HEAD + "T1,,,\n\nT2,,,\n", [(3, "", "an empty line")]),
        (HEAD + 'T1,"two\nlines",,\nT2,a,b,c,d\n', [(4, "", "5 cells where the first row names 4 columns")]),
        (HEAD + 'T1,x,,\nT2,"never closed,,\nT3,,,\n', [(3, "", "(unexpected end of data)")]),
        (HEAD + 'T1,"a"b,,\n', [(2, "", "the record that begins here is not CSV")]),
        ('"thread_id\n', [(1, "", "the record that begins here is not CSV")]),
    ],
)
def test_the_form_of_a_csv_file(text, expected):
    found = faults_of(text)
    assert [(line, column) for line, column, _ in found] == [(line, column) for line, column, _ in expected]
    for (_, _, problem), (_, _, words) in zip(found, expected, strict=True):
        assert words in problem


def test_participants_may_have_attributes_of_any_name():
    assert faults_of("participant_id,code_name,years of work\nP1,Robin,12\n", PARTICIPANTS) == []


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (HEAD + "T1,,,\n", True),
        (HEAD + "T1,,,\n\n", True),
        ("thread_id,colour\nT1,red\n", True),
        (HEAD + "T1,,\n", False),
        (HEAD + "T1,,,\n,x,,\n", False),
        (HEAD + 'T1,"x\n', False),
        ("title\nx\n", False),
        ("", False),
    ],
)
def test_whether_every_record_could_be_read(text, whole):
    rows, header, faults = read_rows(text, THREADS, "f.csv")
    assert is_whole(rows, header, THREADS, faults) is whole


def test_a_broken_file_of_codings_is_not_whole_though_its_key_may_be_absent():
    rows, header, faults = read_rows('"coder\n', CODINGS, "f.csv")
    assert not is_whole(rows, header, CODINGS, faults)


def test_a_record_keeps_the_line_at_which_it_begins():
    rows, _, _ = read_rows(HEAD + 'T1,"a\nb\nc",,\nT2,,,\n', THREADS, "f.csv")
    assert [row.line for row in rows] == [2, 5]
    assert rows[0].cells["title"] == "a\nb\nc"


def test_a_cell_may_hold_a_whole_interview():
    text = "word " * 100_000
    rows, _, faults = read_rows(f"{HEAD}T1,{text},,\n", THREADS, "f.csv")
    assert faults == []
    assert rows[0].cells["title"] == text
    assert csv.field_size_limit() == 131_072


@pytest.mark.parametrize(
    ("value", "column", "problem"),
    [
        ("", Column("a", "text", required=True), "the cell is empty"),
        (" \n", Column("a", "text", required=True), "the cell is empty"),
        (" x", Column("a", "id"), "' x' is not an id"),
        ("x\ny", Column("a", "id"), "is not an id"),
        ("x;y", Column("a", "id"), "holds a semicolon"),
        (" ; ", Column("a", "ids"), "is not an id"),
        ("x;y; x", Column("a", "ids"), "an id stands twice"),
        ("red", Column("a", "choice", choices=("blue",)), "'red' is not known here"),
        ("1.0", Column("a", "integer"), "is not a whole number"),
        ("²", Column("a", "integer"), "is not a whole number"),
        ("٣", Column("a", "integer"), "is not a whole number"),
        ("--5", Column("a", "integer"), "is not a whole number"),
        ("9" * 5000, Column("a", "integer"), "…' is not a whole number"),
        ("nan", Column("a", "number"), "is not a number"),
        ("1e999", Column("a", "number"), "is not a number"),
        ("1,5", Column("a", "number"), "is not a number"),
        ("30.9.2013", Column("a", "moment"), "is not a date"),
        ("2013-02-30", Column("a", "moment"), "is not a date"),
        ("2013-09-30T25:00", Column("a", "moment"), "is not a date"),
        ("٢٠١٣-09-30", Column("a", "moment"), "is not a date"),
        ("AB" * 32, Column("a", "digest"), "is not a SHA-256"),
        ("blue", Column("a", "colour"), "is not a colour"),
    ],
)
def test_a_cell_that_is_at_fault(value, column, problem):
    found, remedy = fault_of_cell(value, column)
    assert problem in found
    assert len(found) < 120
    assert remedy


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("", "integer"),
        ("-12", "integer"),
        ("1e3", "number"),
        (".5", "number"),
        ("2013-09-30", "moment"),
        ("2013-09-30 14:05", "moment"),
        ("2013-09-30T14:05:00.25+01:00", "moment"),
        ("2013-09-30T14:05Z", "moment"),
        ("ab" * 32, "digest"),
        ("#4ac", "colour"),
        ("A-1; B-2", "ids"),
        ("Ωμέγα 1", "id"),
        ("=cmd", "text"),
    ],
)
def test_a_cell_that_is_well(value, kind):
    assert fault_of_cell(value, Column("a", kind)) is None


def test_a_key_that_stands_twice_names_the_first_line():
    rows, header, _ = read_rows(HEAD + "T1,,,\nT2,,,\nT1,,,\n", THREADS, "f.csv")
    (fault,) = faults_of_cells(rows, THREADS, header, "f.csv")
    assert str(fault) == "f.csv:4: thread_id: 'T1' stands already in line 2; give each record an id of its own"


def test_the_hour_of_a_moment_is_kept_as_written():
    assert moment("2013-09-30T14:05:00+01:00") == pd.Timestamp("2013-09-30 14:05")
    assert moment("2013-09-30") == pd.Timestamp("2013-09-30")
    assert moment("soon") is None


@given(st.text(max_size=8))
def test_what_is_no_number_is_none_and_never_an_error(cell):
    number = whole_number(cell)
    assert number is None or number == int(cell)
    if is_number(cell):
        assert float(cell) == float(cell)
    moment(cell)


def test_ids_of_a_cell():
    assert split_ids("A-001; B-014;") == ["A-001", "B-014"]


def test_a_frame_has_every_column_of_its_schema_in_its_type():
    frame = to_frame([], MESSAGES, ["message_id"])
    assert list(frame) == [column.name for column in MESSAGES.columns]
    assert str(frame["posted_at"].dtype) == "datetime64[us]"
    assert str(frame["position"].dtype) == "Int64"
    assert str(frame["text"].dtype) == "str"


def test_an_empty_cell_is_empty_text_and_a_missing_number():
    rows = [Row(2, {"message_id": "1", "text": "a"})]
    frame = to_frame(rows, MESSAGES, ["message_id", "text"])
    assert frame.loc[0, "class"] == ""
    assert frame.loc[0, "position"] is pd.NA
    assert frame.loc[0, "posted_at"] is pd.NaT


def table_of(context=("thread_id",), default="stand-in", **columns):
    return Table("study", "messages", "messages.csv", sha256_of(b""), default, pd.DataFrame(columns), context)


def test_the_class_of_a_table_is_the_one_that_binds_most():
    table = table_of(message_id=["1", "2"], **{"class": ["published", ""]})
    assert list(table.record_classes) == ["published", "stand-in"]
    assert table.class_ == "stand-in"
    assert table.select(table.frame["message_id"] == "1").class_ == "published"
    assert table_of(message_id=["1"], default="open").class_ == "open"


def test_the_context_counts_only_where_the_table_holds_it():
    columns = {"text": ["a"], "thread_id": ["T"], "class": ["published"], "context_class": ["stand-in"]}
    table = table_of(**columns)
    assert table.class_ == "stand-in"
    assert table.select(columns=["text"]).class_ == "published"
    assert table.select(columns=["text", "thread_id"]).class_ == "stand-in"


def test_a_selection_of_nothing_rests_on_all_that_was_looked_through():
    table = table_of(text=["a"], **{"class": ["published"]}, default="restricted")
    nothing = table.select(table.frame["text"] == "b")
    assert (len(nothing), nothing.class_) == (0, "published")


def test_a_column_that_is_not_there_cannot_be_selected():
    with pytest.raises(KeyError, match=r"messages\.csv has no column txet"):
        table_of(text=["a"]).select(columns=["txet"])


@pytest.mark.parametrize("classes", [[], ["public"]])
def test_a_class_that_is_none(classes):
    with pytest.raises(ValueError, match="class"):
        highest_class(classes)


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"))), max_size=4))
def test_rows_written_as_csv_are_read_as_they_were(cells):
    wanted = [[f"T{number}", "".join(words), "|".join(words), ""] for number, words in enumerate(cells)]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([HEAD.strip().split(","), *wanted])
    rows, _, faults = read_rows(buffer.getvalue(), THREADS, "f.csv")
    assert faults == []
    assert [list(row.cells.values()) for row in rows] == wanted
