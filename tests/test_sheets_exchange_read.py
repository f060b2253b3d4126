"""Spreadsheets in: every shape, the mapping file, and what is left out with its reason."""

import io
from pathlib import Path

import pytest
import xlsxwriter

from lepanalysis.exchange.draft import plain, write_draft
from lepanalysis.exchange.sheets_plan import ROLES, read_plan
from lepanalysis.exchange.sheets_read import MAPPING, read
from lepanalysis.faults import LepanalysisError, StudyFaultsError, UsageError
from lepanalysis.study import open_study

ROOM, TRAINS, THANKS = "We need a shared room.", "Trains are slow here.", "Thank you very much."


def written(folder, files, mapping=None):
    """Write tables and a mapping; return what is imported and the options."""
    for name, text in files.items():
        place = folder / "in" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
    options = {}
    if mapping is not None:
        (folder / "given.yaml").write_text(mapping, encoding="utf-8")
        options["mapping"] = folder / "given.yaml"
    return (folder / "in" / next(iter(files)) if len(files) == 1 else folder / "in"), options


def imported(folder, files, mapping=None):
    """Import tables, open the study that comes of it, and see that the mapping repeats it."""
    source, options = written(folder, files, mapping)
    draft, report = read(source, options)
    write_draft(draft, folder / "study")
    open_study(folder / "study")
    (folder / "again.yaml").write_text(dict(report.files)[MAPPING], encoding="utf-8")
    again, second = read(source, {"mapping": folder / "again.yaml"})
    assert plain(again) == plain(draft)
    assert dict(second.files) == dict(report.files)
    return draft, report


def codings(draft):
    return [(row["coder"], row["message_id"], row["code_id"]) for row in draft.codings]


def readings(draft):
    return [(row["coder"], row["message_id"], row["status"]) for row in draft.assignments]


def reasons(report, kind):
    return {loss.why: loss.count for loss in report.losses if loss.kind == kind}


TWO = [("A", "1", "Space"), ("A", "2", "Travel"), ("B", "1", "Space")]
SHAPES = {
    "one column a coder": f"id,text,Codes A,Codes B\n1,{ROOM},Space,Space\n2,{TRAINS},Travel,\n",
    "numbered columns": f"id,text,A code 1,A code 2,B code 1\n1,{ROOM},,Space,Space\n2,{TRAINS},Travel,,\n",
    "numbered columns with Coder and Code": (
        f"id,text,Coder A_Code1,Coder A_Code2,Coder B_Code1\n1,{ROOM},Space,,Space\n2,{TRAINS},Travel,,\n"
    ),
    "a column a coder and code": (f"id,text,A_Space,A_Travel,B_Space,B_Travel\n1,{ROOM},1,0,1,0\n2,{TRAINS},0,1,,\n"),
    "a row a coder and unit": f"id,text,coder,Space,Travel\n1,{ROOM},A,x,\n2,{TRAINS},A,,x\n1,{ROOM},B,x,\n",
    "long": f"unit,text,coder,code\n1,{ROOM},A,Space\n2,{TRAINS},A,Travel\n1,{ROOM},B,Space\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_tells_the_same_study(tmp_path, shape):
    draft, _ = imported(tmp_path, {"talks.csv": SHAPES[shape]})
    assert sorted((coder[-1], *rest) for coder, *rest in codings(draft)) == TWO
    assert sorted((coder[-1], *rest) for coder, *rest in readings(draft)) == [(*one[:2], "read") for one in TWO]
    assert [row["text"] for row in draft.messages] == [ROOM, TRAINS]
    assert [coder["id"][-1] for coder in draft.study["coders"]] == ["A", "B"]


def test_numbered_columns_without_a_coder_are_of_the_only_one(tmp_path):
    draft, report = imported(tmp_path, {"t.csv": f"id,text,Code 1,Code 2\n1,{ROOM},Space,Travel\n2,{TRAINS},,Travel\n"})
    assert codings(draft) == [("coder1", "1", "Space"), ("coder1", "1", "Travel"), ("coder1", "2", "Travel")]
    assert "several columns of codes a coder" in report.format


def test_one_sheet_a_coder(tmp_path):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for name, codes in (("A", ("x", "", "", "x")), ("B", ("x", "", "", ""))):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ("nr", "text", "Space", "Travel"))
            sheet.write_row(1, 0, (1, ROOM, *codes[:2]))
            sheet.write_row(2, 0, (2, TRAINS, *codes[2:]))
    draft, report = imported(tmp_path, {"t.xlsx": buffer.getvalue()})
    assert sorted(codings(draft)) == TWO
    assert report.format == "spreadsheet (one column a code, one table a coder)"


def test_one_file_a_coder(tmp_path):
    files = {
        "A.csv": f"id,text,codes\n1,{ROOM},Space\n2,{TRAINS},Travel\n",
        "B.csv": f"id;text;codes\n1;{ROOM};Space\n2;{TRAINS};\n",
    }
    draft, report = imported(tmp_path, files)
    assert sorted(codings(draft)) == TWO
    assert "one table a coder" in report.format


def test_files_of_different_units_are_one_study_of_one_coder(tmp_path):
    files = {
        "one.csv": f"id,text,codes\n1,{ROOM},Space\n",
        "two.csv": f"id,text,codes\n2,{TRAINS},Travel\n",
    }
    assert codings(imported(tmp_path, files)[0]) == [("coder1", "1", "Space"), ("coder1", "2", "Travel")]


def test_a_cell_holds_several_codes(tmp_path):
    draft, _ = imported(tmp_path, {"t.csv": f"id,text,codes\n1,{ROOM},Space; Travel;Space\n"})
    assert codings(draft) == [("coder1", "1", "Space"), ("coder1", "1", "Travel")]


def test_a_comma_parts_codes_where_the_parts_stand_alone_too_and_is_asked_for_else(tmp_path):
    sure = f"id;text;codes\n1;{ROOM};Space, Travel\n2;{TRAINS};Travel\n3;{THANKS};Space\n"
    assert len(imported(tmp_path, {"t.csv": sure})[0].codings) == 4
    whole = f"id;text;codes\n1;{ROOM};Space, shared\n2;{TRAINS};Travel\n3;{THANKS};Thanks\n"
    assert len(imported(tmp_path / "b", {"t.csv": whole})[0].codings) == 3
    unsure = f"id;text;codes\n1;{ROOM};Space, Travel, Time, Cost\n2;{TRAINS};Travel\n3;{THANKS};Thanks\n"
    source, options = written(tmp_path / "c", {"t.csv": unsure})
    with pytest.raises(UsageError, match=r'`separator: ","`'):
        read(source, options)


def test_words_of_an_order_are_a_scale(tmp_path):
    text = f"id,text,coder1,coder2\n1,{ROOM},low risk,high risk\n2,{TRAINS},medium risk,\n"
    draft, report = imported(tmp_path, {"t.csv": text})
    assert draft.codes[0]["scale"] == "ordinal"
    assert draft.codes[0]["values"] == ("low risk", "medium risk", "high risk")
    assert [row["value"] for row in draft.codings] == ["low risk", "high risk", "medium risk"]
    assert "values of a scale" in report.format


def test_numbers_of_coders_are_asked_for(tmp_path):
    source, options = written(tmp_path, {"t.csv": f"id,text,coder1,coder2\n1,{ROOM},1,3\n2,{TRAINS},2,2\n"})
    with pytest.raises(UsageError, match=r"coder1: \{is: value, coder: coder1, code: NAME\}"):
        read(source, options)
    mapping = """\
files:
  - file: t.csv
    columns: {coder1: {is: value, coder: A, code: c}, coder2: {is: value, coder: B, code: c}}
codes: [{id: c, name: Clarity, scale: ordinal, values: ["1", "2", "3"]}]
"""
    draft, _ = imported(tmp_path, {"t.csv": source.read_text()}, mapping)
    assert [(row["coder"], row["value"]) for row in draft.codings] == [("A", "1"), ("B", "3"), ("A", "2"), ("B", "2")]


def test_columns_that_may_be_codes_or_not_are_asked_for(tmp_path):
    text = f"id,text,Ada\n1,{ROOM},Space\n2,{TRAINS},Travel\n3,{THANKS},Space\n4,{THANKS},Space\n"
    source, options = written(tmp_path, {"t.csv": text})
    with pytest.raises(UsageError, match=r"column 'Ada' .*\{is: codes, coder: NAME\}"):
        read(source, options)


def test_tables_that_share_some_units_are_asked_for(tmp_path):
    files = {
        "a.csv": f"id,text,codes\n1,{ROOM},Space\n2,{TRAINS},Travel\n3,{THANKS},Space\n",
        "b.csv": f"id,text,codes\n3,{THANKS},Space\n4,{TRAINS},Travel\n5,{ROOM},Space\n",
    }
    source, options = written(tmp_path, files)
    with pytest.raises(UsageError, match=r"\(file\): coder"):
        read(source, options)


def test_ids_that_mean_other_units_in_another_table_are_refused(tmp_path):
    files = {
        "a.csv": f"id,text,Codes A\n1,{ROOM},Space\n2,{TRAINS},Travel\n",
        "b.csv": f"id,text,Codes A\n1,{THANKS},Space\n2,Another text stands here.,Travel\n",
    }
    source, options = written(tmp_path, files)
    with pytest.raises(UsageError, match=r"make the ids of two columns"):
        read(source, options)
    draft, _ = imported(tmp_path, files, 'files: [{file: "*", columns: {(file): id, id: id}}]')
    assert [row["message_id"] for row in draft.messages] == ["a-1", "a-2", "b-1", "b-2"]


def test_names_of_columns_in_other_languages(tmp_path):
    files = {
        "de.csv": f"Nr;Äußerung;Verfasser;Datum;Kodierung Anna\n1;{ROOM};Robin;31.1.2020;Raum\n",
    }
    draft, _ = imported(tmp_path, files)
    assert draft.messages[0]["participant_id"] == "Robin"
    assert draft.messages[0]["posted_at"] == "2020-01-31"
    assert codings(draft) == [("Anna", "1", "Raum")]
    files = {"fr.csv": f"Identifiant;Énoncé;Auteur;Catégories\n1;{ROOM};Robin;Salle\n"}
    assert codings(imported(tmp_path / "fr", files)[0]) == [("coder1", "1", "Salle")]
    files = {"es.csv": f"Unidad;Texto;Participante;Códigos\n1;{ROOM};Robin;Sala\n"}
    assert codings(imported(tmp_path / "es", files)[0]) == [("coder1", "1", "Sala")]


def test_day_or_month_first_is_asked_for(tmp_path):
    source, options = written(tmp_path, {"t.csv": f"id,text,date\n1,{ROOM},3/4/2020\n"})
    with pytest.raises(UsageError, match=r"`dates: d/m/y`"):
        read(source, options)
    draft, _ = imported(tmp_path, {"t.csv": source.read_text()}, "dates: m/d/y")
    assert draft.messages[0]["posted_at"] == "2020-03-04"


def test_an_empty_cell_is_unread_unless_the_mapping_says_read(tmp_path):
    files = {"t.csv": f"id,text,Codes A,Codes B\n1,{ROOM},Space,\n2,{TRAINS},none,Travel\n3,{THANKS},,Thanks\n"}
    draft, report = imported(tmp_path, files)
    expected = [("A", "1", "read"), ("A", "2", "nothing_to_code"), ("B", "2", "read"), ("B", "3", "read")]
    assert readings(draft) == expected
    assert "In 2 cases a coder's cells of a unit are all empty: `empty: unread`" in report.as_text()
    draft, _ = imported(tmp_path / "b", files, "empty: {A: read}")
    assert readings(draft) == sorted([*expected, ("A", "3", "nothing_to_code")])
    assert len(imported(tmp_path / "c", files, "empty: read")[0].assignments) == 6


CROSSES = f"id,text,Space,Travel\n1,{ROOM},x,\n2,{THANKS},,\n3,{TRAINS},,x\n"


def test_a_row_without_a_cross_among_others_is_a_judgement_and_the_mapping_says_so(tmp_path):
    draft, report = imported(tmp_path, {"t.csv": CROSSES})
    assert readings(draft) == [
        ("coder1", "1", "read"),
        ("coder1", "2", "nothing_to_code"),
        ("coder1", "3", "read"),
    ]
    assert (
        "The marks of coder1 are there or not and none says no; 1 of 3 units have none: `blank: nothing_to_code` (a "
        "guess, since they stand among units with one; mend `blank` in the mapping where it is not so)."
    ) in report.notes
    assert "are all empty" not in report.as_text()
    mapping = dict(report.files)["mapping.yaml"]
    assert "blank: nothing_to_code\n" in mapping
    again, second = imported(tmp_path / "again", {"t.csv": CROSSES}, mapping)
    assert again.assignments == draft.assignments
    assert "`blank: nothing_to_code` (as stated)" in second.as_text()
    unread, _ = imported(tmp_path / "b", {"t.csv": CROSSES}, mapping.replace("nothing_to_code", "unread"))
    assert readings(unread) == [("coder1", "1", "read"), ("coder1", "3", "read")]


def test_rows_without_a_cross_after_all_others_may_not_have_been_reached(tmp_path):
    table = CROSSES + f"4,{ROOM} 4,,\n5,{ROOM} 5,,\n"
    draft, report = imported(tmp_path, {"t.csv": table})
    assert [one for _, one, _ in readings(draft)] == ["1", "3"]
    assert "`blank: unread` (a guess, since they do not stand among units with one;" in report.as_text()


def test_what_a_row_without_a_cross_means_is_said_for_each_coder(tmp_path):
    head = "id,text,A_Space,A_Travel,B_Space,B_Travel\n"
    table = head + f"1,{ROOM},x,,x,x\n2,{THANKS},,,,\n3,{TRAINS},,x,,\n"
    draft, report = imported(tmp_path, {"t.csv": table})
    assert "blank: {A: nothing_to_code, B: unread}" in dict(report.files)["mapping.yaml"]
    assert [(coder, one) for coder, one, _ in readings(draft)] == [("A", "1"), ("A", "2"), ("A", "3"), ("B", "1")]
    said = imported(tmp_path / "b", {"t.csv": table}, "blank: {B: nothing_to_code}")[0]
    assert len(said.assignments) == 6
    # As mappings of earlier versions say it, in which there was no word for it.
    assert len(imported(tmp_path / "c", {"t.csv": table}, "empty: unread")[0].assignments) == 3
    assert len(imported(tmp_path / "d", {"t.csv": table}, "empty: read")[0].assignments) == 6


def test_where_a_mark_says_no_an_empty_row_is_unread(tmp_path):
    draft, report = imported(tmp_path, {"t.csv": CROSSES.replace("x,\n", "1,0\n").replace(",,x", ",0,1")})
    assert readings(draft) == [("coder1", "1", "read"), ("coder1", "3", "read")]
    assert "In 1 cases a coder's cells of a unit are all empty: `empty: unread`" in report.as_text()
    assert "blank" not in dict(report.files)["mapping.yaml"]


def test_what_is_left_out_is_counted_with_its_reason(tmp_path):
    text = f"id,text,Codes A\n1,{ROOM},Space\n\n2,,Travel\n1,Something else.,Space\n,,Travel\n3,{TRAINS},Travel\n"
    _, report = imported(tmp_path, {"t.csv": text})
    assert reasons(report, "rows") == {
        "it is empty": 1,
        "no text stands under its id": 1,
        "another text stands under its id": 1,
        "it names no unit, though a coder coded it": 1,
    }
    assert (report.tally("rows").came, report.tally("rows").kept, report.tally("codings").kept) == (6, 2, 2)


def test_a_row_that_stands_twice_adds_its_codes(tmp_path):
    text = f"id,text,Codes A\n1,{ROOM},Space\n1,{ROOM},Travel\n"
    draft, report = imported(tmp_path, {"t.csv": text})
    assert codings(draft) == [("A", "1", "Space"), ("A", "1", "Travel")]
    assert reasons(report, "rows") == {"its id and text stand above already; the codes of both rows count": 1}


def test_a_mark_that_is_neither_yes_nor_no_is_dropped(tmp_path):
    mapping = "files: [{file: t.csv, columns: {Space: flag}}]"
    _, report = imported(tmp_path, {"t.csv": f"id,text,Space\n1,{ROOM},x\n2,{TRAINS},perhaps\n"}, mapping)
    assert reasons(report, "codings") == {"its mark means neither yes nor no": 1}


def test_slips_of_the_keyboard_are_suggested_and_merged_only_when_told(tmp_path):
    files = {"t.csv": f"id,text,Codes A\n1,{ROOM},Traffic\n2,{TRAINS},Trafic\n3,{THANKS},Traffic\n"}
    draft, report = imported(tmp_path, files)
    assert [code["id"] for code in draft.codes] == ["Traffic", "Trafic"]
    assert "'Trafic' and 'Traffic' (1 and 2 times) differ in a letter" in report.as_text()
    draft, report = imported(tmp_path / "b", files, "rename: {Trafic: Traffic}")
    assert [code["id"] for code in draft.codes] == ["Traffic"]
    assert reasons(report, "codings") == {"its code or value was renamed, as the mapping says": 1}


def test_codes_that_differ_in_case_only_stay_two_with_names_that_differ(tmp_path):
    draft, _ = imported(tmp_path, {"t.csv": f"id,text,Codes A\n1,{ROOM},Space\n2,{TRAINS},space\n"})
    assert [(code["id"], code["name"]) for code in draft.codes] == [("Space", "Space"), ("space", "space (2)")]


def test_ids_written_as_decimals_are_whole_numbers(tmp_path):
    draft, report = imported(tmp_path, {"t.csv": f"id,text,codes\n15.0,{ROOM},Space\n16.0,{TRAINS},Travel\n"})
    assert [row["message_id"] for row in draft.messages] == ["15", "16"]
    assert "15.0" in report.as_text()


def test_a_name_that_is_no_id_is_kept_as_a_foreign_one(tmp_path):
    draft, _ = imported(tmp_path, {"t.csv": f'id,text,coder,codes\n"1;2",{ROOM},all,Space\n'})
    assert [row["message_id"] for row in draft.messages] == ["m1"]
    assert [(row["kind"], row["id"], row["external_id"]) for row in draft.external_ids] == [("message", "m1", "1;2")]
    assert draft.study["coders"] == [{"id": "coder1", "name": "all"}]


def test_without_ids_units_are_told_apart_by_their_texts(tmp_path):
    draft, _ = imported(tmp_path, {"t.csv": f"text,Codes A\n{ROOM},Space\n{TRAINS},Travel\n{ROOM},Travel\n"})
    assert codings(draft) == [("A", "m1", "Space"), ("A", "m2", "Travel"), ("A", "m3", "Travel")]


def test_texts_stay_as_they_are(tmp_path):
    text = "  =1+1, 3,5 km\n\n  „Ja“ e\u0301 😀 "
    draft, _ = imported(tmp_path, {"t.csv": f'id,text,codes\n1,"{text}",Space\n'})
    assert draft.messages[0]["text"] == text


def test_attributes_threads_and_replies(tmp_path):
    text = (
        "id,text,thread,title,author,age,posted_at,position,reply to,codes\n"
        f"1,{ROOM},T1,A room,Robin,30,2020-01-05,1,,Space\n"
        f"2,{TRAINS},T1,A room,Sam,41,2020-01-06,2,1,Travel\n"
        f"3,{THANKS},T1,A room,Robin,31,2020-01-04,2,2,Thanks\n"
    )
    draft, report = imported(tmp_path, {"t.csv": text})
    assert draft.threads == ({"thread_id": "T1", "title": "A room", "category": ""},)
    assert draft.participants[0] == {"participant_id": "Robin", "code_name": "Robin", "age": "30"}
    assert [(row["position"], row["reply_to"]) for row in draft.messages] == [(1, ""), (2, "1"), ("", "")]
    assert set(reasons(report, "messages")) == {
        "its position in the thread is taken and was left out",
        "it answers no earlier message of its thread; that was left out",
    }
    assert reasons(report, "attributes") == {"another value stands for the same person above": 1}


def test_segments_are_kept_where_they_lie_in_the_text(tmp_path):
    text = f"id,text,coder,code,start,end,memo\n1,{ROOM},A,Space,10,21,why\n1,{ROOM},A,Travel,10,99,\n"
    draft, report = imported(tmp_path, {"t.csv": text})
    assert [(row["start"], row["end"], row["memo"]) for row in draft.codings] == [(10, 21, "why"), (None, None, "")]
    assert sum(reasons(report, "codings").values()) == 1


def test_a_codebook_beside_the_units_gives_definitions(tmp_path):
    files = {
        "codebook.csv": "code,definition,parent\nSpace,a place,\nRoom,a room,Space\n",
        "t.csv": f"id,text,codes\n1,{ROOM},Room\n",
    }
    draft, _ = imported(tmp_path, files)
    assert [(code["id"], code["definition"], code.get("parent")) for code in draft.codes] == [
        ("Space", "a place", None),
        ("Room", "a room", "Space"),
    ]


UNITS = "unit,spans,coder1,coder2,doc\nu1,1-2,low,high,d1\nu2,2,high,high,d1\nu3,4-5,low,low,d1\n"
SENTENCES = (
    "doc,nr,words,url\nd1,1,First.,http://x\nd1,2,Second.,http://x\nd1,3,Third.,http://x\nd1,4,Fourth.,http://x\n"
)
JOIN = """\
files:
  - file: "*/units.csv"
    columns:
      unit: id
      spans: span
      "coder*": {is: value, coder: "*", code: clarity}
      doc: [text_id, thread, participant]
  - file: "*/sentences.*"
    holds: texts
    columns: {doc: text_id, nr: part, words: text, url: external_id}
"""


def test_texts_of_another_table_are_joined_over_a_span_within_a_folder(tmp_path):
    files = {
        "one/units.csv": UNITS,
        "one/sentences.csv": SENTENCES,
        "two/units.csv": "unit,spans,coder1,coder2,doc\nv1,1,low,low,d1\n",
        "two/sentences.tsv": "doc\tnr\twords\nd1\t1\tElsewhere.\n",
    }
    draft, report = imported(tmp_path, files, JOIN)
    texts = [(row["message_id"], row["text"], row["thread_id"]) for row in draft.messages]
    assert texts == [("u1", "First. Second.", "d1"), ("u2", "Second.", "d1"), ("v1", "Elsewhere.", "d1")]
    assert reasons(report, "rows") == {"the table of texts has no text for it": 1}
    assert reasons(report, "text rows") == {"no unit that was coded is made of it": 2}
    assert draft.external_ids[0] == {"kind": "message", "id": "u1", "program": "url", "external_id": "http://x"}
    assert len(draft.codings) == 6


def test_a_unit_whose_text_is_not_there_is_kept_where_the_mapping_says_what_stands_for_it(tmp_path):
    files = {"one/units.csv": UNITS, "one/sentences.csv": SENTENCES}
    scale = "codes: [{id: clarity, scale: ordinal, values: [little, high]}]"
    draft, report = imported(
        tmp_path, files, f"{JOIN}join: {{missing: (not there)}}\nrename: {{low: little}}\n{scale}\n"
    )
    assert [row["text"] for row in draft.messages] == ["First. Second.", "Second.", "(not there)"]
    assert sum(reasons(report, "rows").values()) == report.tally("rows").changed == 1
    assert [row["value"] for row in draft.codings] == ["little", "high", "high", "high", "little", "little"]
    assert reasons(report, "codings") == {"its code or value was renamed, as the mapping says": 3}


def test_units_without_texts_anywhere_are_refused_with_the_way_to_join_them(tmp_path):
    source, options = written(tmp_path, {"t.csv": "id,Codes A\n1,Space\n2,Travel\n"})
    with pytest.raises(UsageError, match=r"`COLUMN: text_id`"):
        read(source, options)


def test_faults_of_a_mapping_come_all_at_once_with_their_lines(tmp_path):
    mapping = """\
files:
  - file: t.csv
    holds: everything
    columns:
      id: id
      nr: id
      text: words
      rating: {is: value}
separators: ;
empty: maybe
"""
    source, options = written(tmp_path, {"t.csv": "id,text\n1,a\n"}, mapping)
    with pytest.raises(StudyFaultsError) as caught:
        read(source, options)
    assert [(fault.line, fault.column) for fault in caught.value.faults] == [
        (3, "holds"),
        (7, "text"),
        (8, "rating"),
        (9, "separators"),
        (10, "empty"),
    ]


def test_a_mapping_that_names_what_is_not_there_is_refused(tmp_path):
    for mapping, problem in (
        ("files: [{file: other.csv}]", "no such table"),
        ("files: [{file: t.csv, columns: {nr: id}}]", "names a column 'nr'"),
    ):
        source, options = written(tmp_path, {"t.csv": f"id,text\n1,{ROOM}\n"}, mapping)
        with pytest.raises(UsageError, match=problem):
            read(source, options)


def test_the_documentation_explains_every_key_and_every_word():
    text = (Path(__file__).parent.parent / "docs" / "spreadsheets.md").read_text("utf-8")
    plan = read_plan("", "m.yaml")
    keys = {
        "file",
        "sheet",
        "holds",
        "delimiter",
        "encoding",
        "header",
        "columns",
        "within",
        "between",
        "join",
        "missing",
    }
    keys |= set(vars(plan)) | {role for roles in ROLES.values() for role in roles}
    assert sorted(key for key in keys if f"`{key}`" not in text) == []


def test_a_study_without_codes_is_a_study(tmp_path):
    draft, report = imported(tmp_path, {"t.csv": f"id,text,author\n1,{ROOM},Robin\n"})
    assert (draft.codings, draft.assignments, draft.marks) == ((), (), ())
    assert "without codes" in report.format


def test_nothing_with_a_text_is_an_error(tmp_path):
    source, options = written(tmp_path, {"t.csv": "a,b\n1,2\n"})
    with pytest.raises(LepanalysisError, match="no unit with a text"):
        read(source, options)
