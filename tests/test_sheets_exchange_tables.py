"""Tables of strangers as grids of text: encodings, delimiters, workbooks, and what is refused."""

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter

from lepanalysis.exchange.sheets_book import book_grids
from lepanalysis.exchange.sheets_files import open_grids
from lepanalysis.exchange.sheets_plan import Plan
from lepanalysis.exchange.sheets_slips import edits, slips
from lepanalysis.exchange.sheets_text import text_grid
from lepanalysis.faults import LepanalysisError, UsageError


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("id,text\n1,Grüße\n".encode(), "utf-8"),
        ("id,text\n1,Grüße\n".encode("utf-8-sig"), "utf-8-sig"),
        ("id,text\n1,Grüße\n".encode("utf-16"), "utf-16"),
        ("id,text\n1,Grüße\n".encode("utf-16-le"), "utf-16-le"),
        ("id,text\n1,Grüße – „so“\n".encode("cp1252"), "cp1252"),
        ("id,text\n1,Grüße\n".encode("latin-1"), "cp1252"),
    ],
)
def test_the_encoding_is_found_and_said(data, encoding):
    grid = text_grid(data, "t.csv")
    assert grid.encoding == encoding
    assert grid.rows[0][1].startswith("Grüße")
    assert (encoding == "utf-8") == (len(grid.notes) == 1)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("It’s Ada’s room", "cp1252"),
        ("It’s Ada’s room", "mac_roman"),
        ("d’une place qu’on aime", "cp1252"),
        ("she said “no” twice", "cp1252"),
        ("she said “no” twice", "mac_roman"),
    ],
)
def test_marks_tell_an_encoding_by_where_they_stand(text, encoding):
    grid = text_grid(f"id,text\n1,{text}\n".encode(encoding), "t.csv")
    assert (grid.encoding, grid.rows[0][1]) == (encoding, text)


def test_an_encoding_that_is_not_clear_or_does_not_fit_is_refused():
    with pytest.raises(UsageError, match="fit equally well; say `encoding:`"):
        text_grid(b"id,text\n1,\x85\n", "t.csv")
    with pytest.raises(UsageError, match="cannot be read as 'utf-8'"):
        text_grid(b"id,text\n1,\xe4\n", "t.csv", encoding="utf-8")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_and_said(delimiter):
    rows = [["id", "text", "codes"], ["1", "so", "a"], ["2", '"x, y; z"', "b"]]
    grid = text_grid("\n".join(map(delimiter.join, rows)).encode(), "t.csv")
    assert grid.delimiter == delimiter
    assert grid.rows == (("1", "so", "a"), ("2", "x, y; z", "b"))
    assert "100% of the rows looked at have 3 cells" in grid.notes[0]


def test_a_delimiter_that_is_not_clear_is_refused():
    with pytest.raises(UsageError, match=r"semicolon and comma part the rows of t\.csv equally well"):
        text_grid(b"a;b,c\n1;2,3\n4;5,6\n", "t.csv")
    assert text_grid(b"a;b,c\n1;2,3\n4;5,6\n", "t.csv", delimiter=";").header == ("a", "b,c")


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_table_whose_last_heading_is_ours_is_parted_by_what_stands_before_it(delimiter):
    data = delimiter.join(["id", "codes", "provenance_class"]) + "\n" + delimiter.join(["1", '";,"', "open"]) + "\n"
    grid = text_grid(data.encode(), "t.csv")
    assert (grid.delimiter, grid.rows) == (delimiter, (("1", ";,", "open"),))


def test_the_line_by_which_excel_tells_itself_the_delimiter_is_no_heading():
    grid = text_grid(b"sep=;\r\nid;text\r\n1;a,b\r\n", "t.csv")
    assert (grid.header, grid.rows, grid.lines) == (("id", "text"), (("1", "a,b"),), (3,))


def test_titles_above_a_table_are_passed_over_and_columns_have_names_of_their_own():
    grid = text_grid(b"My table,,\n\nid,Code,Code,\n1,a,b,c\n\n2,a,b,\n", "t.csv")
    assert grid.header == ("id", "Code", "Code (2)", "(column 4)")
    assert (grid.head, grid.lines, grid.empty_rows) == (3, (4, 6), 1)


def test_an_unclosed_quotation_mark_is_named_by_its_line():
    with pytest.raises(UsageError, match=r"t\.csv:3: the record that ends here is not CSV"):
        text_grid(b'id,text\n1,a\n2,"b\n', "t.csv", delimiter=",")


def workbook(path, fill):
    with xlsxwriter.Workbook(path) as book:
        fill(book)
    return path


def test_cells_of_an_excel_workbook_are_text_as_they_are_shown(tmp_path):
    def fill(book):
        sheet = book.add_worksheet("Units")
        date = book.add_format({"num_format": "dd.mm.yyyy"})
        for place, name in enumerate(("id", "text", "date", "share", "yes", "sum", "none")):
            sheet.write(0, place, name)
        sheet.write_number(1, 0, 15.0)
        sheet.write_string(1, 1, " a\nb  c ")
        sheet.write_datetime(1, 2, dt.datetime(2020, 1, 5), date)  # noqa: DTZ001 - a sheet knows no zones
        sheet.write_number(1, 3, 0.1)
        sheet.write_boolean(1, 4, True)  # noqa: FBT003
        sheet.write_formula(1, 5, "=1+1", value=2)
        sheet.write_formula(1, 6, "=1+1", value="")
        book.add_worksheet("Kept back").hide()

    grids = book_grids(workbook(tmp_path / "t.xlsx", fill), "t.xlsx")
    assert grids[0].rows == (("15", " a\nb  c ", "2020-01-05", "0.1", "TRUE", "2", ""),)
    assert grids[0].notes == (
        "t.xlsx: of 2 formulas the value that was stored with them was read.",
        "t.xlsx: 1 formulas have no stored value and are empty here (such as G2).",
        "t.xlsx: hidden sheets were not read (Kept back); name them in the mapping to have them.",
    )


def test_merged_cells_say_the_same_everywhere(tmp_path):
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("thread", "text"))
        sheet.merge_range(1, 0, 2, 0, "T1")
        sheet.write_column(1, 1, ("one", "two"))

    assert book_grids(workbook(tmp_path / "t.xlsx", fill), "t.xlsx")[0].rows == (("T1", "one"), ("T1", "two"))


def test_a_sheet_that_spreads_too_far_is_refused_before_it_is_laid_out(tmp_path):
    def far(book):
        sheet = book.add_worksheet()
        sheet.write(0, 0, "id")
        sheet.write(1_048_575, 16_383, "x")

    def shared(book):
        sheet = book.add_worksheet()
        for row in range(20_000):
            sheet.write(row, 0, "a" * 32_000)

    for fill in (far, shared):
        with pytest.raises(LepanalysisError, match=r"spreads over .* or holds too long texts"):
            book_grids(workbook(tmp_path / "t.xlsx", fill), "t.xlsx")


def test_a_row_far_below_is_read_and_the_empty_ones_are_counted(tmp_path):
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("id", "text"))
        sheet.write_row(1, 0, ("1", "one"))
        sheet.write_row(20_000, 0, ("2", "two"))

    grid = book_grids(workbook(tmp_path / "t.xlsx", fill), "t.xlsx")[0]
    assert (len(grid.rows), grid.lines, grid.empty_rows) == (2, (2, 20_001), 19_998)


def opendocument(path, body, more=""):
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style")
    )
    content = f"<office:document-content {names}>{more}<office:body><office:spreadsheet>{body}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"{content}</office:spreadsheet></office:body></office:document-content>")
    return path


def row(*cells, times=1):
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'


def cell(*paragraphs, kind="string", **more):
    attributes = "".join(f' {name.replace("__", ":").replace("_", "-")}="{value}"' for name, value in more.items())
    words = "".join(f"<text:p>{one}</text:p>" for one in paragraphs)
    return f'<table:table-cell office:value-type="{kind}"{attributes}>{words}</table:table-cell>'


def table(*rows, name="A", style=""):
    return f'<table:table table:name="{name}" table:style-name="{style}">{"".join(rows)}</table:table>'


def test_cells_of_an_opendocument_spreadsheet_keep_spaces_tabs_and_lines(tmp_path):
    body = table(
        row(cell("id"), cell("text"), cell("n"), cell("d"), cell("b"), cell("f")),
        row(
            cell("15,0", kind="float", office__value="15"),
            cell('a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d', "<text:span>new</text:span> line"),
            cell("0,1", kind="percentage", office__value="0.1"),
            cell("5. Januar", kind="date", office__date_value="2020-01-05"),
            cell("WAHR", kind="boolean", office__boolean_value="true"),
            '<table:table-cell table:formula="of:=1+1"/>',
        ),
        row("<table:table-cell/>", times=1_000_000),
        row(cell("2", kind="float", office__value="2"), cell("last")),
        row('<table:table-cell table:number-columns-repeated="16384"/>', times=47_000),
    )
    grid = book_grids(opendocument(tmp_path / "t.ods", body), "t.ods")[0]
    assert grid.rows[0] == ("15", "a   b\tc\nd\nnew line", "0.1", "2020-01-05", "TRUE", "")
    assert (grid.lines, grid.empty_rows) == ((2, 1_000_003), 1_000_000)
    assert "1 formulas have no stored value" in "".join(grid.notes)


def test_hidden_sheets_of_an_opendocument_spreadsheet_are_read_when_named(tmp_path):
    style = '<office:automatic-styles><style:style style:name="h" style:family="table">'
    style += '<style:table-properties xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0" t:display="false"/>'
    style += "</style:style></office:automatic-styles>"
    body = table(row(cell("id")), row(cell("1"))) + table(row(cell("id")), row(cell("2")), name="B", style="h")
    path = opendocument(tmp_path / "t.ods", body, style)
    assert [grid.sheet for grid in book_grids(path, "t.ods")] == ["A"]
    assert [grid.rows for grid in book_grids(path, "t.ods", sheets=("B",))] == [(("2",),)]


@pytest.mark.parametrize(
    "body",
    [
        table(row(cell("x"), times=999_999_999)),
        table(row(cell("x", table__number_columns_repeated="999999999"))),
        table(row(cell('<text:s text:c="999999999"/>'))),
    ],
)
def test_repetitions_without_end_are_refused(tmp_path, body):
    with pytest.raises(LepanalysisError, match="spreads over too many cells"):
        book_grids(opendocument(tmp_path / "t.ods", body), "t.ods")


def test_a_workbook_with_a_document_type_is_refused(tmp_path):
    path = tmp_path / "t.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(LepanalysisError, match="DTD"):
        book_grids(path, "t.ods")


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("t.xlsx", b"id,text\n1,a\n", "is no workbook, as its name says"),
        ("t.csv", b"PK\x03\x04", "not text as its name says"),
        ("t.csv", b"\xd0\xcf\x11\xe0", "an old Excel file"),
        ("t.csv", b"SQLite format 3\0", "a SQLite file"),
        ("t.xlsx", b"PK\x03\x04 and no more", "no whole ZIP archive"),
        ("t.csv", b"", "no table with a heading"),
        ("t.csv", b"id,text\n1,a\0b\n", "NUL"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(tmp_path, name, data, problem):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(LepanalysisError, match=problem):
        open_grids(tmp_path / name, Plan())


def test_a_damaged_workbook_is_refused_with_a_sentence(tmp_path):
    path = tmp_path / "t.xlsx"
    workbook(path, lambda book: book.add_worksheet().write(0, 0, "id"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<worksheet><sheetData>" if "sheet1" in name else old.read(name))
    path.write_bytes(buffer.getvalue())
    with pytest.raises(LepanalysisError, match="not well-formed"):
        book_grids(path, "t.xlsx")


def test_slips_are_case_spaces_accents_plurals_and_a_letter_or_two():
    counts = {"Shared space": 9, "shared  Space": 1, "Train": 4, "Trains": 2, "Cycling lane": 5, "Cyclign lane": 1}
    assert {(one.rare, one.common): one.why for one in slips(counts)} == {
        ("shared  Space", "Shared space"): "case, spaces, accents or punctuation",
        ("Trains", "Train"): "singular and plural",
        ("Cyclign lane", "Cycling lane"): "a letter",
    }


def test_short_names_and_names_that_differ_in_a_number_are_no_slips():
    assert slips({"car": 2, "bar": 3, "Theme 1": 2, "Theme 2": 2, "yes": 1, "no": 1, "room": 1, "road": 1}) == ()


def test_edits_count_exchanged_neighbours_once():
    assert [edits(*pair) for pair in (("", "ab"), ("abc", "acb"), ("abc", "abd"), ("ab", "b"))] == [2, 1, 1, 1]


def test_many_names_are_compared_in_time():
    names = {
        f"{chr(97 + number % 26)}{chr(97 + number // 26 % 26)} code name {chr(97 + number // 676)}": 1
        for number in range(1_000)
    }
    assert isinstance(slips(names), tuple)
