"""Projects of QualCoder: texts and codings, categories, cases, memos, and what is left out."""

import json
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepanalysis.exchange.draft import plain, write_draft
from lepanalysis.exchange.importing import import_study
from lepanalysis.exchange.qualcoder import read
from lepanalysis.faults import LepanalysisError
from lepanalysis.study import open_study

DAY = "2024-05-06 07:08:09"
# As the newest version has it, and as one of the first had it.
NEW = """
CREATE TABLE project (databaseversion text, date text, memo text, about text, codername text);
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text, owner text, date text,
  av_text_id integer, risid integer, unique(name));
CREATE TABLE code_image (imid integer primary key, id integer, x1 integer, y1 integer, width integer, height integer,
  cid integer, memo text, date text, owner text, important integer, pdf_page integer);
CREATE TABLE code_av (avid integer primary key, id integer, pos0 integer, pos1 integer, cid integer, memo text,
  date text, owner text, important integer);
CREATE TABLE annotation (anid integer primary key, fid integer, pos0 integer, pos1 integer, memo text, owner text,
  date text);
CREATE TABLE attribute_type (name text primary key, date text, owner text, memo text, caseOrFile text, valuetype text);
CREATE TABLE attribute (attrid integer primary key, name text, attr_type text, value text, id integer, date text,
  owner text);
CREATE TABLE case_text (id integer primary key, caseid integer, fid integer, pos0 integer, pos1 integer, owner text,
  date text, memo text);
CREATE TABLE cases (caseid integer primary key, name text, memo text, owner text, date text);
CREATE TABLE code_cat (catid integer primary key, name text, owner text, date text, memo text, supercatid integer);
CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer, pos1 integer,
  owner text, date text, memo text, avid integer, important integer);
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text,
  color text, supercid integer);
CREATE TABLE journal (jid integer primary key, name text, jentry text, date text, owner text);
CREATE TABLE graph (grid integer primary key, name text);
CREATE TABLE stored_sql (title text, description text, grouper text, ssql text);
"""
OLD = """
CREATE TABLE project (databaseversion text, date text, memo text, about text);
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text, owner text,
  date text);
CREATE TABLE annotation (anid integer primary key, fid integer, pos0 integer, pos1 integer, memo text, owner text,
  date text);
CREATE TABLE attribute (attrid integer primary key, name text, attr_type text, value text, id integer, date text,
  owner text);
CREATE TABLE case_text (id integer primary key, caseid integer, fid integer, pos0 integer, pos1 integer, owner text,
  date text, memo text);
CREATE TABLE cases (caseid integer primary key, name text, memo text, owner text, date text);
CREATE TABLE code_cat (catid integer primary key, name text, owner text, date text, memo text, supercatid integer);
CREATE TABLE code_text (cid integer, fid integer, seltext text, pos0 integer, pos1 integer, owner text, date text,
  memo text);
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text,
  color text);
CREATE TABLE journal (jid integer primary key, name text, jentry text, date text, owner text);
"""


def qualcoder(folder, *, tables=NEW, version="v17", **rows):
    """Write a project whose tables hold `rows` and return its folder."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / "data.qda")) as connection:
        connection.executescript(f"PRAGMA synchronous = OFF; BEGIN; {tables} COMMIT;")
        rows = {"project": [{"databaseversion": version, "about": "QualCoder 4.0"}], **rows}
        for table, found in rows.items():
            for row in found:
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
        connection.commit()
    return folder


def source(number, text, name=None, **more):
    return {"id": number, "name": name or f"talk {number}", "fulltext": text, "owner": "ada", "date": DAY, **more}


def coded(fid, words, start, end, **more):
    row = {"cid": 1, "fid": fid, "seltext": words, "pos0": start, "pos1": end, "owner": "ada", "date": DAY}
    return row | more


ROOM = {"cid": 1, "name": "Room", "memo": "a place", "color": "#4477AA"}


def result(folder, **options):
    draft, report = read(folder, options)
    for row in draft.codings:
        text = next(one["text"] for one in draft.messages if one["message_id"] == row["message_id"])
        assert text[row["start"] : row["end"]] == row["quote"]
    return plain(draft), report


def quotes(draft):
    return [row["quote"] for row in draft.codings]


def reasons(report, kind, what="dropped"):
    return {loss.why: loss.count for loss in report.losses if (loss.kind, loss.what) == (kind, what)}


@pytest.mark.parametrize(("tables", "version"), [(NEW, "v17"), (OLD, "v1")])
def test_texts_codes_and_codings_come_in_of_any_version(tmp_path, tables, version):
    folder = qualcoder(
        tmp_path / "study.qda",
        tables=tables,
        version=version,
        source=[source(1, "We need a room."), source(2, "Yes.")],
        code_name=[ROOM],
        code_text=[coded(1, "a room", 8, 14, memo="why"), coded(2, "Yes", 0, 3, owner="ben")],
    )
    draft, report = result(folder)
    assert quotes(draft) == ["a room", "Yes"]
    assert draft.codings[0]["memo"] == "why"
    assert draft.codings[0]["created_at"] == "2024-05-06T07:08:09"
    assert [row["coder"] for row in draft.codings] == ["ada", "ben"]
    assert draft.codes == ({"id": "Room", "name": "Room", "definition": "a place", "colour": "#4477AA"},)
    assert draft.study["title"] == "study"
    assert report.is_whole
    assert read(folder / "data.qda", {})[0] == read(folder, {})[0]
    write_draft(draft, tmp_path / "out")


def test_an_import_is_a_study(tmp_path):
    folder = qualcoder(
        tmp_path / "ours.qda", source=[source(1, "A\r\nroom.")], code_name=[ROOM], code_text=[coded(1, "room", 3, 7)]
    )
    import_study(folder, tmp_path / "study")
    study = open_study(tmp_path / "study")
    assert study.class_ == "restricted"
    assert study.codings.frame["quote"].tolist() == ["room"]
    assert study.messages.frame["text"].tolist() == ["A\nroom."]


# ------------------------------------------------------------------------------------------------------- offsets

EMOJI = "😀😀 We need a room 👩\u200d👧 and a train."


def utf16(text, words):
    start = len(text[: text.index(words)].encode("utf-16-le")) // 2
    return start, start + len(words.encode("utf-16-le")) // 2


def test_what_was_coded_by_hand_counts_utf_16_units(tmp_path):
    rows = [coded(1, words, *utf16(EMOJI, words)) for words in ("a room", "a train", "😀 We")]
    draft, report = result(qualcoder(tmp_path / "a.qda", source=[source(1, EMOJI)], code_name=[ROOM], code_text=rows))
    assert quotes(draft) == ["a room", "a train", "😀 We"]
    assert any("UTF-16 units" in note for note in report.notes)


@pytest.mark.parametrize("hand", [1, 2, 3])
def test_a_project_that_counts_in_two_ways_is_read_by_its_words(tmp_path, hand):
    words = ["a room", "a train", "need", "We"]
    rows = [
        coded(1, one, *(utf16(EMOJI, one) if place < hand else (EMOJI.index(one), EMOJI.index(one) + len(one))))
        for place, one in enumerate(words)
    ]
    draft, report = result(qualcoder(tmp_path / "a.qda", source=[source(1, EMOJI)], code_name=[ROOM], code_text=rows))
    assert quotes(draft) == words
    assert report.tally("codings").changed in {hand, 4 - hand}


def test_words_beside_their_offsets_are_found_and_others_stay_at_theirs(tmp_path):
    text = "We need a room, a room, a room."
    rows = [coded(1, "need", 3, 7), coded(1, "a room", 17, 23), coded(1, "a train", 8, 14), coded(1, "We", 0, 2)]
    draft, report = result(qualcoder(tmp_path / "a.qda", source=[source(1, text)], code_name=[ROOM], code_text=rows))
    assert [(row["start"], row["quote"]) for row in draft.codings] == [
        (3, "need"),
        (16, "a room"),
        (8, "a room"),
        (0, "We"),
    ]
    assert reasons(report, "codings", "changed") == {
        "its words stood beside its offsets; moved to them": 1,
        "at its offsets stand other words than QualCoder keeps; the offsets stand": 1,
    }


def test_line_ends_as_qt_writes_them_are_line_ends(tmp_path):
    rows = [coded(1, "one\u2029two", 0, 7)]
    draft, report = result(
        qualcoder(tmp_path / "a.qda", source=[source(1, "one\ntwo")], code_name=[ROOM], code_text=rows)
    )
    assert quotes(draft) == ["one\ntwo"]
    assert report.is_whole


PIECES = st.sampled_from(["room ", "é", "e\u0301", "😀", "\n", "שלום ", "👩\u200d👧", "a b "])


@given(st.lists(PIECES, min_size=1, max_size=20), st.data())
@settings(deadline=None, max_examples=20)
def test_any_text_and_any_segments_come_back(tmp_path_factory, pieces, data):
    text = "".join(pieces) + "end"
    by_hand = data.draw(st.booleans())
    rows, wanted = [], []
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        offsets = (len(text[:place].encode("utf-16-le")) // 2 if by_hand else place for place in (start, end))
        if (start, end) not in wanted:
            wanted.append((start, end))
            rows.append(coded(1, text[start:end], *offsets))
    folder = tmp_path_factory.mktemp("q") / "a.qda"
    draft, report = result(qualcoder(folder, source=[source(1, text)], code_name=[ROOM], code_text=rows))
    # Where words repeat, both ways of counting may give the same words at different places.
    assert quotes(draft) == [text[start:end] for start, end in wanted]
    if not by_hand or text.isascii():
        assert [(row["start"], row["end"]) for row in draft.codings] == wanted or report.tally("codings").changed


# --------------------------------------------------------------------------------------------------------- codes


def test_categories_are_codes_over_their_codes(tmp_path):
    folder = qualcoder(
        tmp_path / "a.qda",
        code_cat=[
            {"catid": 1, "name": "Place", "memo": "anywhere", "supercatid": None},
            {"catid": 2, "name": "Indoors", "supercatid": 1},
            {"catid": 3, "name": "Ring", "supercatid": 4},
            {"catid": 4, "name": "Rang", "supercatid": 3},
            {"catid": 5, "name": "Lost", "supercatid": 99},
        ],
        code_name=[
            {"cid": 1, "name": "Room", "catid": 2},
            {"cid": 2, "name": "Corner", "catid": 1, "supercid": 1},
            {"cid": 3, "name": "Place", "color": "red"},
            {"cid": 4, "name": "ROOM", "catid": 2},
        ],
        source=[source(1, "x")],
    )
    draft, report = result(folder)
    found = {code["id"]: (code["name"], code.get("parent")) for code in draft.codes}
    assert found["Place"] == ("Place", None)
    assert found["Indoors"] == ("Indoors", "Place")
    assert found["Room"] == ("Room", "Indoors")
    assert found["Corner"] == ("Corner", "Room")
    assert found["c1"] == ("Place (2)", None)
    assert found["ROOM"] == ("ROOM (2)", "Indoors")
    assert found["Ring"][1] is found["Rang"][1] is found["Lost"][1] is None
    assert report.tally("codes").came == 9
    write_draft(draft, tmp_path / "out")


# -------------------------------------------------------------------------------------------------------- people


def test_cases_are_participants_and_attributes_are_theirs(tmp_path):
    def link(case, fid, start, end):
        return {"caseid": case, "fid": fid, "pos0": start, "pos1": end}

    def attribute(name, kind, value, number):
        return {"name": name, "attr_type": kind, "value": value, "id": number}

    folder = qualcoder(
        tmp_path / "a.qda",
        source=[
            source(1, "first"),
            source(2, "second"),
            source(3, "both speak"),
            source(4, "nobody"),
            source(5, "half of it"),
        ],
        cases=[
            {"caseid": 1, "name": "Robin", "memo": "a designer", "owner": "ada", "date": DAY},
            {"caseid": 2, "name": "robin"},
            {"caseid": 3, "name": "Kim"},
        ],
        case_text=[
            link(1, 1, 0, 5),
            link(1, 2, 0, 0),
            link(1, 3, 0, 4),
            link(2, 3, 5, 9),
            link(3, 5, 0, 4),
            link(9, 1, 0, 1),
        ],
        attribute=[
            attribute("age", "case", "40", 1),
            attribute("age", "case", "", 2),
            attribute("class", "case", "A", 2),
            attribute("place", "file", "Oslo", 4),
            attribute("place", "file", "Bergen", 1),
            attribute("mood", "journal", "good", 1),
            attribute("age", "file", "9", 5),
        ],
        attribute_type=[{"name": "age", "memo": "in years", "owner": "ben", "date": DAY}],
    )
    draft, report = result(folder)
    people = {row["participant_id"]: row for row in draft.participants}
    speaker = {row["message_id"]: people[row["participant_id"]]["code_name"] for row in draft.messages}
    assert speaker == {"talk 1": "Robin", "talk 2": "Robin", "talk 3": "talk 3", "talk 4": "talk 4", "talk 5": "Kim"}
    assert people["Robin"]["age"] == "40"
    assert people["robin"] == {"participant_id": "robin", "code_name": "robin (robin)", "class (attribute)": "A"}
    assert next(row for row in draft.participants if row["code_name"] == "talk 4")["place"] == "Oslo"
    assert people["Kim"]["age"] == "9"
    assert report.tally("attributes").dropped == 2
    assert report.tally("links of cases to texts").dropped == 3
    assert reasons(report, "links of cases to texts", "changed") == {"the case has parts of the text; now all of it": 1}
    assert {row["text"] for row in draft.memos} == {"Robin: a designer", "age: in years"}
    write_draft(draft, tmp_path / "out")


# ------------------------------------------------------------------------------------------------ notes and the rest


def test_journals_annotations_and_memos_are_memos(tmp_path):
    folder = qualcoder(
        tmp_path / "a.qda",
        project=[{"databaseversion": "v17", "memo": "About it."}],
        source=[source(1, "We need a room.", memo="a good talk")],
        journal=[
            {"jid": 1, "name": "Day 1", "jentry": "Began.", "owner": "ben", "date": DAY},
            {"jid": 2, "name": "Empty"},
        ],
        annotation=[
            {"anid": 1, "fid": 1, "pos0": 8, "pos1": 14, "memo": "which?", "owner": "ada", "date": "yesterday"},
            {"anid": 2, "fid": 1, "pos0": 90, "pos1": 99, "memo": "where?", "owner": "", "date": DAY},
            {"anid": 3, "fid": 7, "pos0": 0, "pos1": 1, "memo": "lost"},
        ],
    )
    draft, report = result(folder)
    assert [(row["text"], row.get("about_id"), row["coder"], row.get("at")) for row in draft.memos] == [
        ("a good talk", "talk 1", "ada", "2024-05-06T07:08:09"),
        ("Day 1\n\nBegan.", None, "ben", "2024-05-06T07:08:09"),
        ("which?\n\n[a room]", "talk 1", "ada", None),
        ("where?", "talk 1", "unknown", "2024-05-06T07:08:09"),
    ]
    assert draft.study["notes"] == "About it."
    assert report.tally("memos").dropped == 2
    write_draft(draft, tmp_path / "out")


def test_what_is_no_text_is_counted_and_left_out(tmp_path):
    folder = qualcoder(
        tmp_path / "a.qda",
        source=[
            source(1, "We need a room.", mediapath="/docs/talk.pdf"),
            source(2, None, name="sea.jpg", mediapath="/images/sea.jpg"),
            source(3, "", name="talk.mp3", mediapath="audio:/home/x/talk.mp3"),
            source(4, " ", name="empty"),
        ],
        code_name=[ROOM],
        code_text=[
            coded(1, "a room", 8, 14, important=1, avid=3),
            coded(1, "a room", 8, 14),
            coded(9, "a room", 8, 14),
            coded(1, "a room", 8, 14, cid=9),
            coded(1, "", 3, 3),
            coded(4, " ", 0, 1),
        ],
        code_image=[{"imid": 1, "id": 2, "cid": 1}],
        code_av=[{"avid": 1, "id": 3, "cid": 1}, {"avid": 2, "id": 3, "cid": 1}],
        graph=[{"grid": 1, "name": "Map"}],
        stored_sql=[{"title": "a", "ssql": "DROP TABLE source"}],
    )
    draft, report = result(folder)
    assert quotes(draft) == ["a room"]
    assert draft.codings[0]["memo"] == "[important]"
    assert reasons(report, "codings") == {
        "the coder gave these words this code twice": 1,
        "its text is not in the project, or there is none in it": 2,
        "its code is not in the project": 1,
        "no words stand at its offsets": 1,
    }
    for kind, count in (
        ("images", 1),
        ("recordings", 1),
        ("messages", 1),
        ("codings of images and of areas of PDF pages", 1),
        ("codings of recordings", 2),
        ("graphs", 1),
        ("stored queries", 1),
    ):
        assert report.tally(kind).dropped == count, kind
    assert "/home/x" not in repr(draft) + json.dumps(report.as_record())


@pytest.mark.parametrize("data", [b"", b"no database", b"SQLite format 3\x00"])
def test_what_is_no_database_is_refused(tmp_path, data):
    folder = tmp_path / "a.qda"
    folder.mkdir()
    (folder / "data.qda").write_bytes(data)
    with pytest.raises(LepanalysisError, match=r"data\.qda"):
        read(folder, {})


def test_another_database_is_refused(tmp_path):
    folder = qualcoder(tmp_path / "a.qda", tables="CREATE TABLE project (databaseversion text, about text);")
    with pytest.raises(LepanalysisError, match="its database lacks source, code_name, code_text"):
        read(folder, {})
    with pytest.raises(LepanalysisError, match="there is no file"):
        read(tmp_path / "nothing.qda", {})
