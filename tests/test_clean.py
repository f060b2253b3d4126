"""What looks over whole columns finds nothing wrong with, the record-by-record rules find nothing wrong with either."""

import csv
import io
import textwrap

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studies import SMALL, write_study

from lepanalysis import clean, tables
from lepanalysis.rows import Row, Rows, RowsById, are_unique, rows_of
from lepanalysis.schema import STUDY_TABLES, THREADS
from lepanalysis.study import open_study, read_study
from lepanalysis.tables import fault_of_cell, faults_of_cells, read_rows

LOOKS = {
    "positions_in_order": False,
    "times_in_order": False,
    "replies_in_order": False,
    "codings_are_single": False,
    "doubtful_codings": "codings",
    "unread_codings": "codings",
    "doubtful_digests": "assignments",
}
# Cells that are wrong in one column or another, or right but unlike their neighbours.
CELLS = ["", "1", "2", "-1", "007", "22", "9", "x", "A", "B", "a1", "b2", "space", "T2", "A-1", "read", "stand-in"]
CELLS += ["2020-01-05", "2020-01-05T10:00:00Z", "2021-01-05T10:00:00", "We need a shared room.", "a/b", "a;b", "0" * 64]
FILES = [name for name in SMALL if name.endswith(".csv")]


def cells_of(name):
    return list(csv.reader(io.StringIO(textwrap.dedent(SMALL[name]))))


def written(rows):
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


@st.composite
def changes(draw):
    """Draw changed files: some cells exchanged, perhaps a row twice, perhaps a column more."""
    changed = {}
    for name in draw(st.lists(st.sampled_from(FILES), min_size=1, max_size=3, unique=True)):
        rows = cells_of(name)
        known = [column.name for table in STUDY_TABLES.values() if table.file == name for column in table.columns]
        more = draw(st.sampled_from([None, *(column for column in known if column not in rows[0])]))
        if more:
            rows = [[*row, more if place == 0 else draw(st.sampled_from(CELLS))] for place, row in enumerate(rows)]
        for _ in range(draw(st.integers(0, 3))):
            row = draw(st.sampled_from(rows[1:]))
            row[draw(st.integers(0, len(row) - 1))] = draw(st.sampled_from(CELLS))
        if draw(st.booleans()):
            rows.append(list(draw(st.sampled_from(rows[1:]))))
        changed[name.replace(".", "_")] = written(rows)
    return changed


@given(changes())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_quick_looks_hide_no_fault_and_add_none(tmp_path, changed):
    folder = write_study(tmp_path / "study", **changed)
    _, quick = read_study(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, answer in LOOKS.items():
            if answer is False:
                patch.setattr(clean, name, lambda *_: False)
            else:
                patch.setattr(clean, name, lambda files, *_, table=answer: range(len(clean.table_of(files, table))))
        _, slow = read_study(folder)
    assert quick == slow


def test_the_small_study_is_looked_at_by_column_alone(tmp_path, monkeypatch):
    for name in ("_positions", "_times", "_replies", "_coded_twice"):
        monkeypatch.setattr(f"lepanalysis.rules.{name}", lambda *_, name=name: pytest.fail(name))
    open_study(write_study(tmp_path / "study"))


@given(st.lists(st.tuples(st.sampled_from(["", "T1", "T2", " x"]), st.sampled_from(["", "a", "open"])), max_size=9))
def test_cells_are_at_fault_as_if_looked_at_one_by_one(pairs):
    header = ["thread_id", "class"]
    rows = [Row(place + 2, dict(zip(header, pair, strict=True))) for place, pair in enumerate(pairs)]
    expected = []
    for row in rows:
        for name in header:
            wrong = fault_of_cell(row.cells[name], THREADS.column(name))
            expected += [(row.line, name, wrong[0])] if wrong else []
    found = faults_of_cells(rows, THREADS, header, "f.csv")
    single = [fault for fault in found if "stands already" not in fault.problem]
    assert [(fault.line, fault.column, fault.problem) for fault in single] == expected
    names = [row.cells["thread_id"] for row in rows if row.cells["thread_id"]]
    assert len(found) - len(single) == len(names) - len(set(names))


@given(st.text('a,"\n\r ', max_size=40), st.integers(1, 3))
def test_a_file_is_read_the_same_in_small_pieces(text, size):
    whole = read_rows("thread_id,title\n" + text, THREADS, "f.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "CHUNK", size)
        parts = read_rows("thread_id,title\n" + text, THREADS, "f.csv")
    assert list(whole[0]) == list(parts[0])
    assert whole[1:] == parts[1:]


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), max_size=12), st.booleans())
def test_unique_is_what_a_set_says(rows, large):
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    parts = [(column, 2**40 if large else 4) for column in table.T]
    assert are_unique(parts) == (len({tuple(row) for row in rows}) == len(rows))


def test_rows_are_a_sequence_of_records():
    rows = rows_of([Row(2, {"a": "1", "b": "x"}), Row(3, {"a": "2"})], ["a", "b"])
    assert rows[1] == Row(3, {"a": "2", "b": ""})
    assert rows[-1] == rows[1]
    assert rows[:1] == [Row(2, {"a": "1", "b": "x"})]
    assert list(rows) == [rows[0], rows[1]]
    assert rows.column("c").distinct == [""]
    assert isinstance(rows, Rows)
    assert list(rows_of([], ["a"])) == []


def test_of_several_records_with_an_id_the_first_counts():
    rows = RowsById(rows_of([Row(2, {"a": ""}), Row(3, {"a": "1"}), Row(4, {"a": "1"})], ["a"]), "a")
    assert dict(rows) == {"1": Row(3, {"a": "1"})}
    assert "" not in rows
