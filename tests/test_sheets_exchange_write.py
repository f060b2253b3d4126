"""The two tables that everybody needs, out as XLSX, ODS and CSV, and a coder's sheets back in."""

import zipfile
from dataclasses import replace

import pandas as pd
import pytest
from exchange_studies import drafts, opened
from hypothesis import HealthCheck, given, settings
from python_calamine import load_workbook
from studies import write_study

from lepanalysis.exchange.draft import draft_of
from lepanalysis.exchange.exporting import export_study
from lepanalysis.exchange.importing import import_study
from lepanalysis.exchange.sheets_files import open_grids
from lepanalysis.exchange.sheets_ods import ods_bytes
from lepanalysis.exchange.sheets_plan import Plan
from lepanalysis.exchange.sheets_read import read
from lepanalysis.exchange.sheets_write import LONGEST_CELL, sheet_names, tables_of, write
from lepanalysis.faults import UsageError
from lepanalysis.sheets import unit_by_code
from lepanalysis.study import open_study

KINDS = ("xlsx", "ods", "csv")
SHEETS = ["quotations", "messages", "participants", "codes", "consensus", "A", "B"]
MESSAGES = """\
    columns:
      message_id: id
      thread_id: thread
      thread: title
      category: category
      participant_id: participant
      posted_at: date
      position: position
      reply_to: reply_to
      text: text
      provenance_class: ignored
"""


@pytest.fixture(name="study")
def study_(tmp_path):
    return open_study(write_study(tmp_path / "study"))


def target(folder, kind, name="tables"):
    return folder / (name if kind == "csv" else f"{name}.{kind}")


def mapping(kind, coders):
    """Return the mapping of docs/spreadsheets.md for a kind."""
    where = "file: {0}.csv" if kind == "csv" else 'file: "*"\n    sheet: {0}'
    outside = "(file)" if kind == "csv" else "(sheet)"
    sheets = "".join(
        f"  - {where.format(coder)}\n"
        f"    columns: {{{outside}: coder, message_id: id, provenance_class: ignored, '*': flag}}\n"
        for coder in coders
    )
    return f"files:\n  - {where.format('messages')}\n{MESSAGES}{sheets}"


def again(path, kind, coders, folder):
    """Read the sheets of the coders back."""
    (folder / "mapping.yaml").write_text(mapping(kind, coders), encoding="utf-8")
    return read(path, {"mapping": folder / "mapping.yaml"})


@pytest.mark.parametrize("kind", KINDS)
def test_the_tables_are_there_with_the_class_last(study, tmp_path, kind):
    write(study, target(tmp_path, kind), {"kind": kind})
    grids = {grid.sheet or grid.outside("(file)"): grid for grid, _ in open_grids(target(tmp_path, kind), Plan())[0]}
    assert sorted(grids) == sorted(SHEETS)
    assert all(grid.header[-1] == "provenance_class" for grid in grids.values())
    assert grids["consensus"].rows[0] == ("1", "1", "1", "open")
    assert grids["quotations"].rows[1][-2:] == ("And faster trains.", "open")
    assert grids["codes"].column("code") == ["a1", "a2", "b1", "b2", "space", "travel"]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_another_program_reads_the_same_sheets(study, tmp_path, kind):
    write(study, target(tmp_path, kind), {})
    with load_workbook(target(tmp_path, kind)) as book:
        assert book.sheet_names == SHEETS
        assert book.get_sheet_by_name("A").to_python()[1] == ["1", 1.0, 1.0, "open"]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_two_exports_are_the_same_bytes_without_a_time(study, tmp_path, kind):
    for name in ("one", "two"):
        write(study, target(tmp_path, kind, name), {})
    data = target(tmp_path, kind, "one").read_bytes()
    assert data == target(tmp_path, kind, "two").read_bytes()
    with zipfile.ZipFile(target(tmp_path, kind, "one")) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_that_begins_like_a_formula_is_kept_from_being_one(tmp_path, kind):
    text = "message_id,thread_id,participant_id,text\n1,T1,P1,=1+1\n"
    only = ("codings.csv", "codebook.yaml", "assignments.csv", "themes.yaml", "decisions.csv", "quotations.csv")
    study = open_study(write_study(tmp_path / "study", messages_csv=text, without=only))
    report = write(study, target(tmp_path, kind), {"kind": kind})
    grids = {grid.sheet or grid.outside("(file)"): grid for grid, _ in open_grids(target(tmp_path, kind), Plan())[0]}
    assert grids["messages"].column("text") == ["'=1+1"]
    assert report.tally("messages").changed == 1


def test_the_report_names_what_the_tables_have_no_place_for(study, tmp_path):
    report = export_study(study, tmp_path / "tables.xlsx")
    assert {tally.kind: tally.dropped for tally in report.tallies if tally.dropped} == {
        "decisions": 6,
        "quotations": 1,
        "candidate themes": 3,
    }
    assert (report.tally("codings").kept, report.tally("assignments").changed) == (7, 8)


def test_csv_is_a_table_a_file_in_a_folder(study, tmp_path):
    with pytest.raises(UsageError, match="name a folder"):
        write(study, tmp_path / "tables.csv", {"kind": "csv"})


def test_a_text_that_is_too_long_for_excel_is_cut_and_counted(tmp_path):
    text = f"message_id,thread_id,participant_id,text\n1,T1,P1,{'a' * 40_000}\n"
    only = ("codings.csv", "codebook.yaml", "assignments.csv", "themes.yaml", "decisions.csv", "quotations.csv")
    study = open_study(write_study(tmp_path / "study", messages_csv=text, without=only))
    report = write(study, tmp_path / "t.xlsx", {})
    assert f"a cell of Excel holds {LONGEST_CELL:,} characters" in report.as_text()
    assert write(study, tmp_path / "t.ods", {}).tally("messages").changed == 0


def test_names_of_sheets_are_short_and_differ():
    assert sheet_names(["a" * 40, "a" * 31, "A" * 31]) == ["a" * 31, "a" * 29 + "~2", "A" * 29 + "~3"]


def test_spaces_tabs_and_lines_of_a_cell_come_back_from_ods(tmp_path):
    text = "  a  b\tc\n\n d <&> "
    (tmp_path / "t.ods").write_bytes(ods_bytes({"A": [["id", "text"], [1, text], [0.25, None]]}))
    grid = open_grids(tmp_path / "t.ods", Plan())[0][0][0]
    assert grid.rows == (("1", text), ("0.25", ""))


@pytest.mark.parametrize("kind", KINDS)
def test_the_sheets_of_the_coders_come_back_as_the_same_codings(study, tmp_path, kind):
    write(study, target(tmp_path, kind), {"kind": kind})
    draft, _ = again(target(tmp_path, kind), kind, ["A", "B"], tmp_path)
    assert marks(draft) == ones(study)
    assert len(draft.assignments) == 8
    assert [row["text"] for row in draft.messages] == list(study.messages.frame["text"])


@pytest.mark.parametrize("kind", KINDS)
def test_they_come_back_without_a_mapping_with_what_the_codes_mean(study, tmp_path, kind):
    write(study, target(tmp_path, kind), {"kind": kind})
    report = import_study(target(tmp_path, kind), tmp_path / "back")
    back = draft_of(open_study(tmp_path / "back"))
    assert marks(back) == ones(study)
    assert (len(back.assignments), back.study["class"]) == (8, "open")
    assert [row["text"] for row in back.messages] == list(study.messages.frame["text"])
    meant = {code["id"]: code["definition"] for code in draft_of(study).codes}
    assert {code["id"]: code["definition"] for code in back.codes} == meant
    assert "Not read: " in " ".join(report.notes)
    import_study(
        target(tmp_path, kind), tmp_path / "same", options={"mapping": tmp_path / "back" / "import" / "mapping.yaml"}
    )
    assert draft_of(open_study(tmp_path / "same")) == back


def test_tables_that_somebody_changed_are_no_longer_taken_for_ours(study, tmp_path):
    write(study, target(tmp_path, "csv"), {"kind": "csv"})
    path = target(tmp_path, "csv") / "messages.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("text,", "words,", 1), encoding="utf-8")
    with pytest.raises(UsageError, match=r"quotations\.csv is one of the tables of a study"):
        read(target(tmp_path, "csv"), {})


def marks(draft):
    return {(row["coder"], row["message_id"], row["code_id"]) for row in draft.codings}


def ones(study):
    """Return coder, message and shared code wherever a coder's table has a 1."""
    found = set()
    for coder in study.coders:
        table = unit_by_code(study, coder=coder.id)
        for message, cells in table.iterrows():
            found |= {(coder.id, message, code) for code, cell in cells.items() if pd.notna(cell) and cell == 1}
    return found


def returns(draft, kind, folder):
    """Whether the sheets of the coders of a generated study come back."""
    # A claim is about the whole of a study and none of this.
    with opened(replace(draft, claims=None)) as study:
        if not (study.has("codings") and study.has("codebook") and study.coders):
            return
        coders = [coder.id for coder in study.coders]
        names = [name for name in tables_of(study) if name not in SHEETS[:5]]
        write(study, target(folder, kind), {"kind": kind})
        ids = dict(zip(names, coders, strict=True))
        mapped, _ = again(target(folder, kind), kind, names, folder)
        bare, _ = read(target(folder, kind), {})
        for found in (mapped, bare):
            assert {(ids[coder], message, code) for coder, message, code in marks(found)} == ones(study)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(draft=drafts())
def test_generated_studies_come_back_from_the_sheets_of_their_coders(draft, tmp_path_factory):
    returns(draft, "ods", tmp_path_factory.mktemp("sheets"))


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(draft=drafts())
def test_many_generated_studies_come_back_from_the_sheets_of_their_coders(kind, draft, tmp_path_factory):
    returns(draft, kind, tmp_path_factory.mktemp("sheets"))
