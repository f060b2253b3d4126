import csv
import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from lepanalysis.display import frame_as_csv, number_as_text, picture, table_as_text

STAMP = "Stand-in: rests on invented records."


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (131, "", "131"),
        (9999, "", "9999"),
        (10000, "", "10,000"),
        (-12345, "", "−12,345"),
        (np.int64(7), "", "7"),
        (0.123456, "", "0.123"),
        (2.0, "", "2"),
        (999.7, "", "1000"),
        (1234567.8, "", "1,234,568"),
        (-0.5, ".2f", "−0.50"),
        (-0.001, ".2f", "0.00"),
        (-0.0, "", "0"),
        (0.25, ".0%", "25%"),
        ("2013-09", "", "2013-09"),
        ("-1", ".2f", "-1"),
    ],
)
def test_a_number_as_it_is_printed(value, spec, text):
    assert number_as_text(value, spec) == text


def test_a_table_as_it_is_printed():
    frame = pd.DataFrame(
        {
            "theme_id": ["a", "b"],
            "share_of_messages": [0.25, float("nan")],
            "messages": pd.Series([12000, pd.NA], dtype="Int64"),
            "codes": [("x", "y"), ()],
            "shared": [True, False],
            "first": [pd.Timestamp("2013-09-09 14:00"), pd.NaT],
            "small": np.array([1, np.nan], dtype="float32"),
        }
    )
    shown = table_as_text(frame, {"theme_id": "Theme"}, {"share_of_messages": ".0%", "first": "%d %b %Y"})
    assert [column["label"] for column in shown["columns"]] == [
        "Theme",
        "Share of messages",
        "Messages",
        "Codes",
        "Shared",
        "First",
        "Small",
    ]
    assert [column["align"] for column in shown["columns"]] == [
        "left",
        "right",
        "right",
        "left",
        "left",
        "left",
        "right",
    ]
    assert shown["rows"] == [
        ["a", "25%", "12,000", "x, y", "yes", "09 Sep 2013", "1"],
        ["b", "–", "–", "", "no", "–", "–"],
    ]


def test_an_index_that_says_something_is_a_column():
    square = pd.DataFrame([[1, 2]], index=pd.Index(["S01"], name="code_id"), columns=["S01", "S02"])
    assert table_as_text(square, {}, {})["rows"] == [["S01", "1", "2"]]
    assert frame_as_csv(square, "open") == b"code_id,S01,S02,provenance_class\nS01,1,2,open\n"
    filtered = pd.DataFrame({"a": [1, 2]}).iloc[[1]]
    assert table_as_text(filtered, {}, {})["rows"] == [["2"]]


def test_labels_and_formats_name_columns_that_are_there():
    with pytest.raises(ValueError, match="columns that the table lacks: b, c"):
        table_as_text(pd.DataFrame({"a": [1]}), {"b": "B"}, {"c": ".2f"})
    with pytest.raises(ValueError, match="stands twice"):
        table_as_text(pd.DataFrame([[1, 2]], columns=["a", "a"]), {}, {})


@pytest.mark.parametrize("cell", ["=1+1", "+44 114", "-5 degrees", "@all", "\tx", "\nx"])
def test_no_spreadsheet_runs_a_text(cell):
    data = frame_as_csv(pd.DataFrame({"text": [cell], "list": [(cell, "b")], cell: ["x"]}), "open").decode()
    head, row = csv.reader(io.StringIO(data, newline=""))
    assert head == ["text", "list", "'" + cell, "provenance_class"]
    assert row == ["'" + cell, "'" + cell + ";b", "x", "open"]


def test_the_last_column_of_the_data_is_the_class():
    frame = pd.DataFrame({"n": [-1, 2], "share": [1 / 3, float("nan")], "text": ['say "a", b', "two\nlines"]})
    assert frame_as_csv(frame, "stand-in").decode() == (
        'n,share,text,provenance_class\n-1,0.3333333333,"say ""a"", b",stand-in\n2,,"two\nlines",stand-in\n'
    )
    assert list(frame) == ["n", "share", "text"]


def drawn(width=4):
    figure = Figure(figsize=(width, 2))
    axes = figure.add_subplot()
    axes.plot([1, 2, 3], [2, 1, 3], label="a")
    axes.set_xlabel("messages")
    axes.legend()
    return figure


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_picture_has_the_same_bytes_each_time(kind):
    figure = drawn()
    first = picture(figure, kind, "Title", "Open: x", STAMP)
    assert picture(figure, kind, "Title", "Open: x", STAMP) == first
    assert picture(drawn(), kind, "Title", "Open: x", STAMP) == first
    assert not figure.texts


def test_the_class_stands_in_the_metadata():
    svg = picture(drawn(), "svg", "A & B", STAMP, "").decode()
    assert "<dc:title>A &amp; B</dc:title>" in svg
    assert f"<dc:description>{STAMP}</dc:description>" in svg
    assert "<dc:date>" not in svg
    assert STAMP.encode() in picture(drawn(), "png", "A", STAMP, "")


@pytest.mark.parametrize("width", [4, 1])
def test_the_stamp_stands_inside_the_picture_below_all_else(width):
    plain, stamped = (
        imread(io.BytesIO(picture(drawn(width), "png", "T", "D", stamp)), format="png") for stamp in ("", STAMP)
    )
    assert stamped.shape[0] > plain.shape[0]
    band = stamped[plain.shape[0] - 12 :, :, 0]
    assert (band < 0.6).sum() > 200
    edges = (stamped[-1], stamped[:, 0], stamped[:, -1])
    assert all(edge.min() == 1 for edge in edges)


def test_the_stamp_is_drawn_in_the_svg_alone_where_it_is_asked_for():
    assert f"<!-- {STAMP} -->" in picture(drawn(), "svg", "T", "D", STAMP).decode()
    assert f"<!-- {STAMP} -->" not in picture(drawn(), "svg", "T", "D", "").decode()
