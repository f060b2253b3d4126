"""Projects of Taguette: what it counts, what is read, what is written, what is refused."""

import csv
import dataclasses
import functools
import io
import json
import sqlite3
import string
import tempfile
import zipfile
from contextlib import closing, suppress
from pathlib import Path

import pytest
from exchange_studies import drafts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studies import write_study
from taguette_files import DAY, OLD_TABLES, TABLES, added, taguette

from lepanalysis.exchange.draft import draft_of, plain, write_draft
from lepanalysis.exchange.exporting import export_study
from lepanalysis.exchange.importing import import_study
from lepanalysis.exchange.sqlitefile import open_database
from lepanalysis.exchange.storable import storable
from lepanalysis.exchange.taguette import read_sqlite
from lepanalysis.exchange.taguette_csv import read_csv, write_codebook
from lepanalysis.exchange.taguette_record import split_record, with_record
from lepanalysis.exchange.taguette_text import document_text, to_html, writable
from lepanalysis.exchange.taguette_write import write_draft_as_sqlite, write_sqlite
from lepanalysis.faults import LepanalysisError, UsageError
from lepanalysis.study import open_study


def read(path, **options):
    draft, report = read_sqlite(path, options)
    for row in draft.codings:
        text = next(one["text"] for one in draft.messages if one["message_id"] == row["message_id"])
        assert text[row["start"] : row["end"]] == row["quote"]
    return plain(draft), report


def quotes(draft):
    return [row["quote"] for row in draft.codings]


def reasons(report, kind, what="dropped"):
    return {loss.why: loss.count for loss in report.losses if (loss.kind, loss.what) == (kind, what)}


# ------------------------------------------------------------------------------------------------------- the text


@pytest.mark.parametrize(
    ("contents", "counted", "readable"),
    [
        ("<p>one</p><p>two</p>", "onetwo", "one\ntwo"),
        ("<p>a &amp; b &lt;c&gt; &eacute;&nbsp;&#128512;</p>", "a & b <c> é\xa0😀", "a & b <c> é\xa0😀"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>d", "abcd", "a\nb\nc\nd"),
        ("a<br>b<br/>c", "abc", "a\nb\nc"),
        ("<p>a <em>b</em><u>c</u> d</p>", "a bc d", "a bc d"),
        ("<p>one\n  two</p>\n\n  <p>three</p>", "one\n  two\n\n  three", "one   two\n\nthree"),
        ("<pre>\nx\n  y</pre>z", "x\n  yz", "x\n  y\nz"),
        ("<table>\n<tr><td>1</td> <td>2</td></tr>\n<tr><td>3</td></tr></table>", "\n1 2\n3", "1\t2\n3"),
        ('<p><a href="x>y" title=\'a"b\'>link</a></p>', "link", "link"),
        ("a < b <3", "a < b <3", "a < b <3"),
        ("a<!-- b -->c<!d>e</>f", "acef", "acef"),
        ("a<p", "a", "a"),
        ("a &#99999999999999999999; b", "a \ufffd b", "a \ufffd b"),
    ],
)
def test_a_document_has_a_counted_and_a_readable_text(contents, counted, readable):
    document = document_text(contents)
    assert document.counted == counted
    assert document.readable == readable


@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("\n\t &<>\"';é😀\u0301\u2028"), st.characters(exclude_categories=["Cs"]))
    )
)
def test_a_text_goes_through_html_and_comes_back(text):
    text = writable(text)
    document = document_text(to_html(text))
    assert document.counted == document.readable == text


@given(st.text(alphabet=string.ascii_letters + "<>/!-&#; \n\"'=é😀", max_size=300))
def test_any_html_has_a_text_and_a_place_for_each_offset_or_none(contents):
    document = document_text(contents)
    size = len(document.counted.encode())
    starts, split = document.characters(range(-1, size + 2))
    assert starts[0] == starts[-1] == -1
    assert len(document.kept) == len(document.places) <= len(document.readable)
    assert [document.readable[place] for place in document.places] == [
        " " if document.counted[place] == "\n" and document.readable[where] == " " else document.counted[place]
        for place, where in zip(document.kept, document.places, strict=True)
    ]
    assert int(split.sum()) == size - len(document.counted)


@pytest.mark.parametrize("piece", ['<a "', "<!--", "<", "&", "<p>", "<a b='", "</", "&#x1", "<p x=\"'>"])
def test_reading_html_takes_time_in_proportion(piece):
    document_text(piece * 200_000)


# -------------------------------------------------------------------------------------------------------- offsets


def test_offsets_are_bytes_of_the_text_without_its_tags(tmp_path):
    # e and a combining acute: one byte and two; the emoji: four; the ampersand: one.
    contents = "<p>Cafe\u0301 😀 &amp; more</p><p>Zwei <b>Wör</b>ter</p>"
    counted = "Cafe\u0301 😀 & moreZwei Wörter"
    wanted = ["Cafe\u0301", "😀", "& more", "Zwei Wörter", "ö", "more"]
    spans = [(counted.encode().index(one.encode()), len(one.encode())) for one in wanted]
    spans.append((counted.encode().index(b"more"), len("moreZwei")))
    draft, report = read(taguette(tmp_path / "a", [contents], highlights=[(1, a, a + n, [1]) for a, n in spans]))
    assert draft.messages[0]["text"] == "Cafe\u0301 😀 & more\nZwei Wörter"
    assert quotes(draft) == [*wanted, "more\nZwei"]
    assert any("line ends were put back in 1 text" in note for note in report.notes)


def test_a_segment_neither_begins_nor_ends_with_a_line_end_that_was_put_back(tmp_path):
    draft, _ = read(taguette(tmp_path / "a", ["<p>one</p><p>two</p>"], highlights=[(1, 0, 3, [1]), (1, 3, 6, [1])]))
    assert [(row["start"], row["end"]) for row in draft.codings] == [(0, 3), (4, 7)]


def test_an_offset_inside_a_character_is_its_end_and_named(tmp_path):
    draft, report = read(taguette(tmp_path / "a", ["<p>a😀b</p>"], highlights=[(1, 0, 3, [1])]))
    assert quotes(draft) == ["a😀"]
    assert reasons(report, "codings", "changed") == {"an offset stood inside a character and is now at its end": 1}


@pytest.mark.parametrize(
    ("start", "end"), [(0, 0), (2, 1), (-3, 2), (0, 99), (5, 6), (0, 1 << 70), (None, 2), ("x", 1)]
)
def test_what_has_no_words_at_its_offsets_is_dropped_and_named(tmp_path, start, end):
    path = taguette(tmp_path / "a", ["<p>one</p>"], highlights=[(1, 0, 1, [1]), (1, 0, 3, [1])])
    with closing(sqlite3.connect(path)) as connection:
        value = end if end is None or isinstance(end, str) or end < 1 << 63 else float(end)
        connection.execute("UPDATE highlights SET start_offset = ?, end_offset = ? WHERE id = 1", (start, value))
        connection.commit()
    draft, report = read(path)
    assert quotes(draft) == ["one"]
    assert reasons(report, "codings") == {"no words stand at its offsets": 1}


def test_white_space_between_paragraphs_alone_is_no_segment(tmp_path):
    draft, report = read(taguette(tmp_path / "a", ["<p>a</p>\n  <p>b</p>"], highlights=[(1, 2, 4, [1])]))
    assert not draft.codings
    assert report.tally("codings").dropped == 1


def test_the_words_that_taguette_keeps_are_held_against_the_offsets(tmp_path):
    snippets = {1: "<p>on</p>", 2: "<p>else</p>"}
    path = taguette(tmp_path / "a", ["<p>one</p>"], highlights=[(1, 0, 2, [1]), (1, 1, 3, [1])], snippets=snippets)
    _, report = read(path)
    assert any("1 of 2 highlights hold the words" in note for note in report.notes)


# ----------------------------------------------------------------------------------------------------------- tags


def test_dotted_paths_are_codes_under_each_other(tmp_path):
    tags = [("place.room", "a room"), ("place", "any"), ("way.train.late", ""), ("e.g. this", "x"), ("Place", "y")]
    draft, report = read(taguette(tmp_path / "a", tags=tags))
    codes = {code["id"]: (code["name"], code.get("parent"), code["definition"]) for code in draft.codes}
    assert codes["place.room"] == ("room", "place", "a room")
    assert codes["way"] == ("way", None, "Holds the codes below way; no tag stands for it.")
    assert codes["way.train"] == ("train", "way", "Holds the codes below way.train; no tag stands for it.")
    assert codes["way.train.late"] == ("late", "way.train", "(no definition)")
    assert codes["e.g. this"] == ("e.g. this", None, "x")
    assert codes["Place"] == ("Place (2)", None, "y")
    assert report.tally("codes").came == 5
    write_draft(draft, tmp_path / "study")


def test_dots_stay_in_names_when_told(tmp_path):
    draft, _ = read(taguette(tmp_path / "a", tags=[("place.room", "")]), flat=True)
    assert [(code["id"], code["name"]) for code in draft.codes] == [("place.room", "place.room")]


@pytest.mark.parametrize("path", ["a;b", " a ", "any", "x" * 200, "a..b", ".a", "a.", "é\n", "..."])
def test_a_tag_of_any_name_is_a_code(tmp_path, path):
    draft, _ = read(taguette(tmp_path / "a", tags=[(path, "")], highlights=[(1, 0, 1, [1])]))
    write_draft(draft, tmp_path / "study")
    assert len(draft.codings) == 1


# --------------------------------------------------------------------------------------------------------- coders


def test_who_coded_stands_in_the_log(tmp_path):
    commands = [
        added("ada", 1, [1]),
        added("ben", 1, [1, 2], "2024-05-07 00:00:00.000000"),  # ben adds a tag to what ada made
        added("ben", 2, [1]),
        added("ada", 2, []),  # ada takes it away
        added("ada", 2, [1]),  # and gives it herself
        added("ben", 3, [2]),
        ("ada", DAY, {"type": "tag_merge", "src_tag_id": 3, "dest_tag_id": 2}),
    ]
    path = taguette(
        tmp_path / "a",
        tags=[("x", "x"), ("y", "y")],
        highlights=[(1, 0, 1, [1, 2]), (1, 1, 2, [1]), (1, 2, 3, [2])],
        commands=commands,
    )
    draft, report = read(path)
    found = [(row["coder"], row["coding_id"], row["code_id"], row.get("created_at")) for row in draft.codings]
    assert found == [
        ("ada", "h1-1", "x", "2024-05-06T07:08:09"),
        ("ben", "h1-2", "y", "2024-05-07T00:00:00"),
        ("ada", "h2", "x", "2024-05-06T07:08:09"),
        ("ben", "h3", "y", "2024-05-06T07:08:09"),
    ]
    assert not any("Warning" in note for note in report.notes)


def test_a_merged_tag_stays_with_whoever_gave_it(tmp_path):
    merge = {"type": "tag_merge", "src_tag_id": 2, "dest_tag_id": 1}
    commands = [added("ada", 2, [1]), added("ben", 1, [2]), ("ada", DAY, merge)]
    path = taguette(tmp_path / "a", highlights=[(1, 0, 1, [1]), (1, 1, 2, [1])], commands=commands)
    assert [row["coder"] for row in read(path)[0].codings] == ["ben", "ada"]


def test_commands_of_old_versions_are_read(tmp_path):
    commands = [
        ("ada", DAY, {"type": "highlight_add", "id": 1, "tags": [2]}),
        ("ben", DAY, {"type": "tag_merge", "src": 2, "dest": 1}),
    ]
    path = taguette(tmp_path / "a", highlights=[(1, 0, 1, [1])], commands=commands, tables=OLD_TABLES)
    assert [row["coder"] for row in read(path)[0].codings] == ["ada"]


def test_a_log_that_names_one_person_only_is_warned_of(tmp_path):
    path = taguette(tmp_path / "a", highlights=[(1, 0, 1, [1])], commands=[added("admin", 1, [1])])
    _, report = read(path)
    assert any(note.startswith("Warning: the log names admin only") for note in report.notes)


def test_what_stands_in_no_log_has_a_coder_of_its_own(tmp_path):
    commands = [("ada", DAY, {"type": "project_meta"}), ("ben", DAY, ["no payload"]), ("ben", DAY, {"type": None})]
    draft, report = read(taguette(tmp_path / "a", highlights=[(1, 0, 1, [1])], commands=commands))
    assert [row["coder"] for row in draft.codings] == ["unknown"]
    assert [coder["id"] for coder in draft.study["coders"]] == ["unknown"]
    assert reasons(report, "codings", "changed") == {"the log does not say who made it; its coder is 'unknown'": 1}
    assert any("1 commands of the log could not be read" in note for note in report.notes)


# ------------------------------------------------------------------------------------------------- the whole file


def test_what_is_dropped_or_changed_adds_up(tmp_path):
    path = taguette(
        tmp_path / "a",
        ["<p>one</p>", "<p> </p>", "<p>two</p>"],
        highlights=[(1, 0, 1, [1, 9]), (1, 0, 1, [1]), (2, 0, 1, [1]), (7, 0, 1, [1]), (3, 0, 3, [])],
        descriptions={3: "A talk."},
        more="UPDATE documents SET filename = 'talk.docx' WHERE id = 3;",
    )
    draft, report = read(path)
    assert [row["text"] for row in draft.messages] == ["one", "two"]
    assert [row["text"] for row in draft.memos] == ["A talk.", "Highlight without a tag: two"]
    assert reasons(report, "codings") == {
        "its document is not in the file": 1,
        "its tag is not in the project": 1,
        "the coder gave these words this tag twice": 1,
        "there is no text in its document": 1,
    }
    assert (report.tally("messages").came, report.tally("messages").dropped) == (3, 1)
    assert report.tally("names of uploaded files").dropped == 2  # of "doc 1.html" and "talk.docx"
    assert report.tally("highlights without a tag").changed == 1
    write_draft(draft, tmp_path / "study")


def test_of_several_projects_one_is_chosen(tmp_path):
    path = taguette(tmp_path / "a.sqlite3", projects=[("Talks", "About talks."), ("Other", ""), ("Talks", "")])
    with pytest.raises(UsageError, match=r"several projects: 1 \(Talks\), 2 \(Other\), 3 \(Talks\); choose one"):
        read(path)
    with pytest.raises(UsageError, match="2 projects of that name"):
        read(path, project="Talks")
    with pytest.raises(UsageError, match="no project of that name"):
        read(path, project="Nine")
    assert read(path, project="1")[0].study["notes"] == "About talks."
    assert read(path, project="Other")[0].study["title"] == "Other"


def test_an_import_is_the_study_of_the_project(tmp_path):
    path = taguette(tmp_path / "a.sqlite3", ["<p>We need a room.</p>"], highlights=[(1, 8, 14, [1])])
    report = import_study(path, tmp_path / "study")
    study = open_study(tmp_path / "study")
    assert study.class_ == "restricted"
    assert dict(report.result)["codings"] == 1
    assert study.codings.frame["quote"].tolist() == ["a room"]
    assert {"kind": "coding", "id": "h1", "program": "Taguette", "external_id": "1"} in draft_of(study).external_ids


def test_nobodys_address_or_password_is_read(tmp_path):
    more = "INSERT INTO users VALUES ('ada', '', 'scrypt:secret', 'ada@example.org');"
    draft, report = read(taguette(tmp_path / "a", more=more))
    everything = repr(draft) + report.as_text() + json.dumps(report.as_record())
    assert "secret" not in everything
    assert "example.org" not in everything


# --------------------------------------------------------------------------------------------------- hostile files


def refusal(path):
    before = {one.name: one.read_bytes() for one in path.parent.iterdir() if one.is_file()}
    with pytest.raises(LepanalysisError) as error:
        read_sqlite(path, {})
    assert {one.name: one.read_bytes() for one in path.parent.iterdir() if one.is_file()} == before
    return str(error.value)


def test_another_database_is_refused(tmp_path):
    with closing(sqlite3.connect(tmp_path / "a.sqlite3")) as connection:
        connection.execute("CREATE TABLE bookmarks (id INTEGER)")
    assert "no database of Taguette: it lacks projects" in refusal(tmp_path / "a.sqlite3")


@pytest.mark.parametrize(
    "data", [b"", b"not a database at all", b"SQLite format 3\x00", b"SQLite format 3\x00" + b"x" * 5000]
)
def test_what_is_no_database_is_refused(tmp_path, data):
    (tmp_path / "a.sqlite3").write_bytes(data)
    assert "a.sqlite3" in refusal(tmp_path / "a.sqlite3")


def test_a_truncated_file_is_refused(tmp_path):
    path = taguette(tmp_path / "whole", ["<p>" + "word " * 20_000 + "</p>"])
    (tmp_path / "a.sqlite3").write_bytes(path.read_bytes()[:-60_000])
    path.unlink()
    assert "damaged" in refusal(tmp_path / "a.sqlite3")


def test_a_file_that_is_being_written_to_is_refused(tmp_path):
    path = taguette(tmp_path / "a.sqlite3")
    (tmp_path / "a.sqlite3-wal").write_bytes(b"x")
    assert "is being written to" in refusal(path)


def test_views_and_virtual_tables_are_no_tables(tmp_path):
    endless = (
        "DROP TABLE documents; CREATE VIEW documents AS WITH RECURSIVE n(id) AS "
        "(SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id, 'x' AS name, 1 AS project_id, 'x' AS contents FROM n;"
    )
    assert "it lacks documents" in refusal(taguette(tmp_path / "a.sqlite3", more=endless))


def test_no_trigger_fires_and_nothing_computed_is_read(tmp_path):
    more = (
        "CREATE TRIGGER t AFTER INSERT ON documents BEGIN DELETE FROM projects; END;"
        "DROP TABLE tags; CREATE TABLE tags (id INTEGER PRIMARY KEY, project_id INTEGER, path TEXT, "
        "description TEXT AS (hex(zeroblob(100000000))) VIRTUAL);"
        "INSERT INTO tags (project_id, path) VALUES (1, 'Place');"
    )
    draft, _ = read(taguette(tmp_path / "a.sqlite3", more=more))
    assert [code["definition"] for code in draft.codes] == ["(no definition)"]


def test_a_table_that_gives_more_than_the_file_holds_is_refused(tmp_path):
    # Pages that stand in for many others cannot be made by hand here; a file that is said to be smaller is the same.
    path = taguette(tmp_path / "a.sqlite3", ["<p>" + "word " * 20_000 + "</p>"] * 3)
    with open_database(path) as database:
        assert len(list(database.rows("documents", ("contents",)))) == 3
        database._size //= 2
        with pytest.raises(LepanalysisError, match="its table documents gives more than the file holds"):
            list(database.rows("documents", ("contents",)))


@functools.cache
def _sound():
    with tempfile.TemporaryDirectory() as folder:
        path = taguette(Path(folder) / "a", ["<p>one two</p>"], highlights=[(1, 0, 3, [1])])
        return path.read_bytes()


@given(st.data())
@settings(deadline=None, max_examples=40)
def test_a_damaged_file_is_read_or_refused_and_never_breaks_anything(data):
    content = bytearray(_sound())
    for _ in range(data.draw(st.integers(1, 30))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sqlite3"
        path.write_bytes(bytes(content))
        # Any other error would be one of ours.
        with suppress(LepanalysisError):
            read_sqlite(path, {})


# ------------------------------------------------------------------------------------------------------ round trip

_HELD = ("messages", "threads", "participants", "codes")


def segments(draft):
    texts = {row["message_id"]: row["text"] for row in draft.messages}
    return sorted(
        (
            row["coder"],
            row["message_id"],
            row["code_id"],
            row.get("start", 0),
            row.get("end", len(texts[row["message_id"]])),
            row.get("created_at", ""),
        )
        for row in draft.codings
    )


def held(draft):
    """Return what a database of Taguette can hold of a study."""
    people = {row["participant_id"] for row in draft.messages}
    threads = {row["thread_id"]: {"thread_id": row["thread_id"]} for row in draft.messages}
    threads |= {row["thread_id"]: row for row in draft.threads if row["thread_id"] in threads}
    found = {
        "study": {key: value for key, value in draft.study.items() if key != "class"},
        "messages": draft.messages,
        "threads": sorted(threads.values(), key=lambda row: row["thread_id"]),
        "participants": [row for row in draft.participants if row["participant_id"] in people],
        "codes": draft.codes,
        "codings": segments(draft),
    }
    found["participants"] = sorted(found["participants"], key=lambda row: row["participant_id"])
    return found


def there_and_back(draft, folder):
    report = write_draft_as_sqlite(draft, folder / "out.sqlite3", "study")
    back, read_report = read(folder / "out.sqlite3")
    return back, report, read_report


@given(drafts())
@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
def test_a_study_goes_to_taguette_and_comes_back(draft):
    # Texts without what Taguette takes out; that is another test's.
    draft, _ = storable(draft, "study")
    draft = plain(
        dataclasses.replace(draft, messages=tuple({**row, "text": writable(row["text"])} for row in draft.messages))
    )
    with tempfile.TemporaryDirectory() as folder:
        back, report, read_report = there_and_back(draft, Path(folder))
        wanted, found = held(draft), held(back)
        for name, value in wanted.items():
            assert found[name] == value, name
        write_draft(back, Path(folder) / "study")
    counts = draft.counts()
    for tally in report.tallies:
        assert tally.came == counts.get(tally.kind, tally.came)
    assert read_report.tally("codings").came == len(set(segments(draft)))
    assert not read_report.tally("codings").dropped


def test_two_exports_are_the_same_bytes(study, tmp_path):
    for name in ("a", "b"):
        write_sqlite(study, tmp_path / name, {})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_report_of_an_export_names_what_is_left_out(study, tmp_path):
    report = export_study(study, tmp_path / "out.sqlite3")
    assert report.tally("decisions").dropped == 6
    assert report.tally("codings").changed == 7
    assert reasons(report, "codings", "changed")["of the whole message: now a highlight of all its words"] == 1
    assert (tmp_path / "out.sqlite3.report.txt").is_file()
    back, _ = read(tmp_path / "out.sqlite3")
    assert segments(back) == segments(draft_of(study))


def test_a_code_of_one_coder_names_its_coder_where_the_log_cannot(study, tmp_path):
    write_sqlite(study, tmp_path / "out.sqlite3", {})
    with closing(sqlite3.connect(tmp_path / "out.sqlite3")) as connection:
        connection.execute("UPDATE commands SET user_login = 'admin'")
        connection.commit()
    back, report = read(tmp_path / "out.sqlite3")
    assert segments(back) == segments(draft_of(study))
    assert any("the log names admin only" in note for note in report.notes)
    write_draft(back, tmp_path / "back")


def test_names_that_nest_or_repeat_come_back(tmp_path):
    codebook = """\
        codes:
          - {id: c1, name: 1.5 hours, definition: d}
          - {id: c2, name: Etc., definition: d}
          - {id: c3, name: Room, definition: d, parent: c2}
          - {id: c4, name: Room, definition: d, coder: A}
          - {id: c5, name: Room, definition: d, coder: B}
          - {id: c6, name: .x, definition: d, parent: c5, coder: B}
        """
    without = ("codings.csv", "themes.yaml", "decisions.csv", "quotations.csv", "assignments.csv")
    study = open_study(write_study(tmp_path / "s", without=without, codebook_yaml=codebook))
    write_sqlite(study, tmp_path / "out.sqlite3", {})
    assert read(tmp_path / "out.sqlite3")[0].codes == draft_of(study).codes


def test_a_document_copied_in_taguette_is_a_message_of_its_own(study, tmp_path):
    write_sqlite(study, tmp_path / "out.sqlite3", {})
    with closing(sqlite3.connect(tmp_path / "out.sqlite3")) as connection:
        columns = "name, description, filename, created, project_id, text_direction, contents"
        connection.execute(f"INSERT INTO documents ({columns}) SELECT {columns} FROM documents WHERE id = 2")  # noqa: S608
        connection.execute("DELETE FROM documents WHERE id = 1")
        connection.commit()
    back, report = read(tmp_path / "out.sqlite3")
    assert [row["message_id"] for row in back.messages] == ["2", "3", "4", "m4"]
    assert reasons(report, "codings") == {"its document is not in the file": 3}
    write_draft(back, tmp_path / "back")


@given(
    st.text(),
    st.dictionaries(st.text(max_size=5), st.one_of(st.text(), st.integers(), st.lists(st.text())), max_size=3),
)
def test_a_record_in_a_description_comes_back(words, record):
    words = words.replace("\r", "")
    described = with_record(words, code=record)
    found = split_record(described, "code")
    assert found == (words, {"code": record}) or (not record and found[1]["code"] == {}) or words.endswith("\n")


@pytest.mark.parametrize(
    "line", ["code: no JSON", "code: []", "code: {}", 'code: {"a": 1.5}', "code: " + "[" * 5000, "CODE: {}"]
)
def test_a_line_that_is_no_record_is_text(line):
    assert split_record(f"a\n{line}", "code") == (f"a\n{line}", {"code": {}})


def test_a_record_that_no_longer_makes_sense_harms_nothing(tmp_path):
    code = {"id": "x;y", "parent": "gone", "coder": "nobody", "scale": "ordinal", "colour": "red", "status": "?"}
    tags = [("a", "A.\n\ncode: " + json.dumps(code)), ("b", 'code: {"parent": "b", "values": ["1"]}')]
    study = {"approach": "?", "coders": [{"id": "any"}], "period": {"from": "x"}}
    document = with_record(
        "",
        thread={"thread_id": "T"},
        participant={"participant_id": "P", "class": "published"},
        message={"message_id": "M", "position": "x", "reply_to": "N", "text": "no"},
    )
    projects = [("Talks", with_record("", study=study))]
    path = taguette(tmp_path / "a", tags=tags, projects=projects, descriptions={1: document})
    draft, report = read(path)
    assert draft.codes == (
        {"id": "a", "name": "a", "definition": "A."},
        {"id": "b", "name": "b", "definition": "(no definition)"},
    )
    assert draft.messages == ({"message_id": "M", "thread_id": "T", "participant_id": "P", "text": "one"},)
    assert draft.participants == ({"participant_id": "P", "code_name": "P", "class": "published"},)
    assert reasons(report, "messages", "changed") == {"what it answered is not there any more": 1}
    write_draft(draft, tmp_path / "study")
    assert open_study(tmp_path / "study").participants.class_ == "restricted"


# ------------------------------------------------------------------------------------------------------------ CSV


def write_csv(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


HEAD = ("id", "document", "tag", "content")


def test_highlights_without_their_documents_are_messages(tmp_path):
    path = write_csv(
        tmp_path / "h.csv",
        HEAD,
        (1, "Talk", "a", "a room"),
        (1, "Talk", "b", "a room"),
        (2, "Talk", "a", "é 😀"),
        (3, "Talk", "a", " "),
    )
    draft, report = read_csv(path, {})
    assert [(row["message_id"], row["thread_id"], row["text"]) for row in draft.messages] == [
        ("h1", "t1", "a room"),
        ("h2", "t1", "é 😀"),
    ]
    assert [(row["message_id"], row["code_id"]) for row in draft.codings] == [("h1", "a"), ("h1", "b"), ("h2", "a")]
    assert reasons(report, "codings") == {"it holds no words": 1}
    write_draft(draft, tmp_path / "study")


def test_the_words_of_highlights_are_looked_for_in_their_documents(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "Talk.txt").write_bytes("\ufeffA room.\r\nThe  trains and the room. The room.".encode())
    (folder / "Page.html").write_text(
        "<html><head><title>no</title></head><body><p>Zwei <b>Wör</b>ter</p></body></html>", encoding="utf-8"
    )
    (folder / "scan.pdf").write_bytes(b"%PDF-")
    path = write_csv(
        tmp_path / "h.csv",
        HEAD,
        (1, "talk", "a", "The trains"),
        (2, "talk", "a", "room."),
        (3, "talk", "a", "A room."),
        (4, "Page", "b", "Wör ter"),
        (5, "Other", "b", "words"),
    )
    draft, report = read_csv(path, {"documents": folder})
    texts = {row["message_id"]: row["text"] for row in draft.messages}
    assert texts == {"talk": "A room.\nThe  trains and the room. The room.", "Page": "Zwei Wörter", "h5": "words"}
    found = [texts[row["message_id"]][row.get("start") : row.get("end")] for row in draft.codings]
    assert found == ["The  trains", "room.", "Wörter", "words"]
    assert draft.codings[1]["start"] == 28
    assert reasons(report, "codings") == {
        "its words do not stand in the document, or not after those of the highlight before": 1
    }
    assert report.tally("codings").changed == 1
    assert any("scan.pdf" in note for note in report.notes)
    write_draft(draft, tmp_path / "study")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"id,document,tag,content\r\n1,\xff,a,b\r\n", "not in UTF-8"),
        (b"id,document,tag,content\r\n1,d\r\n", "record 2 has 2 cells"),
        (b"id,document,tag,content\r\n1,d,a,b\r\n1,d,a,c\r\n", "record 3 has the id of another"),
        (b'id,document,tag,content\r\n1,"d\r\n', "no whole CSV file"),
        (b"a,b\r\n1,2\r\n", "no CSV file of Taguette"),
    ],
)
def test_another_csv_file_is_refused(tmp_path, data, words):
    (tmp_path / "h.csv").write_bytes(data)
    with pytest.raises(LepanalysisError, match=words):
        read_csv(tmp_path / "h.csv", {})


def test_a_codebook_goes_out_and_comes_back(study, tmp_path):
    report = write_codebook(study, tmp_path / "codebook.csv", {})
    assert report.tally("codes").kept == 6
    rows = list(csv.reader(io.StringIO((tmp_path / "codebook.csv").read_text(), newline="")))
    assert rows[0] == ["tag", "description", "number of highlights"]
    assert rows[5][0] == "Shared space"
    assert rows[1][2] == "2"
    back, _ = read_csv(tmp_path / "codebook.csv", {})
    owners = {code["id"] for code in draft_of(study).codes if code.get("coder")}
    wanted = [{key: value for key, value in code.items() if key != "coder"} for code in draft_of(study).codes]
    assert list(plain(back).codes) == wanted
    assert owners == {"a1", "a2", "b1", "b2"}


def test_a_codebook_with_letters_beyond_ascii_says_that_it_is_utf_8(opened, tmp_path):
    codebook = "codes: [{id: c, name: Größe, definition: wie groß}]\n"
    without = ("codings.csv", "themes.yaml", "decisions.csv", "quotations.csv", "assignments.csv")
    write_codebook(opened(without=without, codebook_yaml=codebook), tmp_path / "c.csv", {})
    assert (tmp_path / "c.csv").read_bytes().startswith(b"\xef\xbb\xbftag,")
    assert [code["name"] for code in read_csv(tmp_path / "c.csv", {})[0].codes] == ["Größe"]


def test_a_codebook_describes_the_tags_of_highlights(tmp_path):
    book = write_csv(tmp_path / "c.csv", ("Name", "Description"), ("a", "what a is"), ("a", "again"), ("unused", ""))
    path = write_csv(tmp_path / "h.csv", HEAD, (1, "d", "a", "x"))
    draft, report = read_csv(path, {"codebook": book})
    assert [(code["id"], code["definition"]) for code in draft.codes] == [
        ("a", "what a is"),
        ("unused", "(no definition)"),
    ]
    assert reasons(report, "codes") == {"the codebook names the tag twice; the first stands": 1}


def test_the_tables_of_the_tests_are_those_that_the_export_has(study, tmp_path):
    write_sqlite(study, tmp_path / "out.sqlite3", {})
    with closing(sqlite3.connect(":memory:")) as mine, closing(sqlite3.connect(tmp_path / "out.sqlite3")) as theirs:
        mine.executescript(TABLES)
        for (table,) in mine.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ):
            columns, wanted = ([row[1] for row in one.execute(f"PRAGMA table_info({table})")] for one in (mine, theirs))
            assert set(columns) <= set(wanted)


@pytest.mark.long
@given(drafts(odd_ids=True, most=12))
@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
def test_any_study_goes_to_taguette_and_comes_back(draft):
    test_a_study_goes_to_taguette_and_comes_back.hypothesis.inner_test(draft)


def test_documents_of_a_csv_file_may_be_word_or_opendocument_files(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    with zipfile.ZipFile(folder / "Talk.docx", "w") as archive:
        words = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in ("A room.", "And trains."))
        archive.writestr("word/document.xml", f"<w:document {w}><w:body>{words}</w:body></w:document>")
    (folder / "notes.rtf").write_text("x")
    path = write_csv(tmp_path / "h.csv", HEAD, (1, "Talk.docx", "a", "room. And"))
    draft, report = read_csv(path, {"documents": folder})
    assert [row["text"] for row in draft.messages] == ["A room.\n\nAnd trains."]
    assert [(row["start"], row["end"]) for row in draft.codings] == [(2, 12)]
    assert any("1 files that no highlight names" in note and "notes.rtf" in note for note in report.notes)


def test_the_same_words_once_more_stand_in_the_next_place(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "Talk.txt").write_text("Yes. A room. Yes. And yes. Yes.")
    rows = [(number, "Talk", "a", "Yes.") for number in (1, 2, 3, 4)]
    draft, report = read_csv(write_csv(tmp_path / "h.csv", HEAD, *rows), {"documents": folder})
    assert [row["start"] for row in draft.codings] == [0, 13, 27]
    assert reasons(report, "codings") == {"the same words have the same tag already": 1}


def test_a_codebook_alone_becomes_a_study_that_can_be_opened(tmp_path):
    path = write_csv(tmp_path / "codebook.csv", ("tag", "description"), ("room", "where to meet"))
    import_study(path, tmp_path / "ours")
    study = open_study(tmp_path / "ours")
    assert study.codebook.frame["name"].tolist() == ["room"]
    assert "has no messages yet" in study.messages.frame["text"][0]
