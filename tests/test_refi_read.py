"""Projects as programs write them: one small file for each variant seen."""

import pytest
from refi_files import (
    CODES,
    TEXT,
    USERS,
    coding,
    g,
    imported,
    lost,
    project,
    quotes,
    read,
    selection,
    source,
    write_qdpx,
)

from lepanalysis.exchange.importing import import_study
from lepanalysis.exchange.refi_read import read_qdpx
from lepanalysis.faults import LepanalysisError
from lepanalysis.study import open_study

ROOM = ("A", "Room", "a shared")


def in_sources(*parts):
    return f"<Sources>{''.join(parts)}</Sources>"


SMALL = (USERS, CODES, in_sources(source(selection(8, 16))))


def test_a_project_as_the_standard_has_it(tmp_path):
    draft, report = read(tmp_path, *SMALL)
    assert draft.study["title"] == "Theirs"
    assert draft.study["coders"] == [{"id": "A", "name": "Ada"}]
    assert [(row["message_id"], row["thread_id"], row["text"]) for row in draft.messages] == [("one", "one", TEXT)]
    assert [(row["start"], row["end"]) for row in draft.codings] == [(8, 16)]
    assert quotes(draft) == [ROOM]
    assert [(row["id"], row["name"], row["definition"], row.get("colour")) for row in draft.codes] == [
        ("Room", "Room", "a room", "#4477aa"),
        ("Train", "Train", "Train", None),
    ]
    assert lost(report) == [
        ("codes", "changed", 1, "it had no description; its name stands as the definition"),
        ("coders", "dropped", 1, "the user coded nothing; a coder counts as having read all"),
    ]
    assert {row["program"] for row in draft.external_ids} == {"REFI-QDA"}
    assert {(row["kind"], row["id"], row["external_id"]) for row in draft.external_ids} == {
        ("coder", "A", g(1)),
        ("code", "Room", g(11)),
        ("code", "Train", g(12)),
        ("message", "one", g(21)),
        ("coding", "k1", g(41)),
    }


@pytest.mark.parametrize(
    ("path", "member"),
    [
        (f"internal://{g(21)}.txt", f"sources/{g(21)}.txt"),
        (f"internal:///{g(21)}.txt", f"Sources/{g(21)}.txt"),
        (f"{g(21)}.txt", f"SOURCES/{g(21)}.txt"),
        (f"internal://{g(21)}.txt", f"{g(21)}.txt"),
        ("internal://ABCDEF00-0000-4000-8000-000000000000.txt", "Sources/abcdef00-0000-4000-8000-000000000000.TXT"),
        ("internal://{ABCDEF00-0000-4000-8000-000000000000}.txt", "sources/abcdef00-0000-4000-8000-000000000000.txt"),
        ("relative:///sources/interview%201.txt", "sources/interview 1.txt"),
        ("absolute://C:\\Users\\x\\one.txt", "sources/one.txt"),
    ],
)
def test_the_file_of_a_source_is_found_in_any_folder_and_case(tmp_path, path, member):
    draft, report = read(tmp_path, USERS, CODES, in_sources(source(selection(8, 16), path=path)), files={member: TEXT})
    assert quotes(draft) == [ROOM]
    assert any("lack internal://" in note for note in report.notes) == ("://" not in path)


def test_a_path_that_leads_out_of_the_archive_reads_nothing_there(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    outside = (tmp_path / "secret.txt").as_posix()
    parts = in_sources(source(selection(0, 2), path=f"absolute://{outside}"), source(number=22, name="two"))
    draft, report = read(tmp_path, USERS, CODES, parts, files={f"sources/{g(22)}.txt": "Words."})
    assert [row["text"] for row in draft.messages] == ["Words."]
    assert ("messages", "dropped", 1, "its text is not in the file") in lost(report)
    assert ("codings", "dropped", 1, "its source is left out: its text is not in the file") in lost(report)


def test_stray_files_and_an_xml_under_another_name_do_no_harm(tmp_path):
    files = {"sources/.root": "", f"sources/{g(21)}.txt": TEXT, "readme.md": "x"}
    path = write_qdpx(tmp_path, project(*SMALL), files, name="Trial.qde")
    draft, report = read_qdpx(path, {})
    assert quotes(draft) == [ROOM]
    assert "The project's XML is named Trial.qde, not project.qde." in report.notes


def test_two_projects_in_one_archive_are_refused(tmp_path):
    path = write_qdpx(tmp_path, project(*SMALL), {"b.qde": "<Project/>"}, name="a.qde")
    with pytest.raises(LepanalysisError, match=r"holds several projects \(a.qde, b.qde\); keep one"):
        read_qdpx(path, {})


def test_guids_are_compared_without_braces_and_case(tmp_path):
    upper = "ABCDEFAB-0000-4000-8000-000000000000"
    codes = f'<CodeBook><Codes><Code guid="{{{upper}}}" name="Room" isCodable="true"/></Codes></CodeBook>'
    inner = f'<Coding guid="x" creatingUser="{{{g(1)}}}"><CodeRef targetGUID="{upper.lower()}"/></Coding>'
    draft, _ = read(tmp_path, USERS, codes, in_sources(source(selection(8, 16, inner))))
    assert quotes(draft) == [ROOM]
    assert [row["external_id"] for row in draft.external_ids if row["kind"] == "code"] == [f"{{{upper}}}"]


def test_text_inside_the_xml(tmp_path):
    inline = f'<TextSource guid="{g(21)}" name="one"><PlainTextContent>{TEXT}</PlainTextContent>{selection(8, 16)}'
    draft, _ = read(tmp_path, USERS, CODES, in_sources(f"{inline}</TextSource>"), files={})
    assert quotes(draft) == [ROOM]


def test_the_coder_stands_on_the_coding_or_on_the_selection_or_is_the_only_one(tmp_path):
    parts = source(
        selection(0, 2, coding(41, user=2), more=f'creatingUser="{g(1)}"')
        + selection(3, 7, coding(42, user=None), number=32, more=f'creatingUser="{g(2)}"')
        + selection(8, 9, coding(43, user=None), number=33)
    )
    draft, report = read(tmp_path, USERS, CODES, in_sources(parts))
    assert quotes(draft) == [("Ben", "Room", "We"), ("Ben", "Room", "need"), ("unknown", "Room", "a")]
    assert ("codings", "changed", 1, "it names nobody; it is given to the coder 'unknown'") in lost(report)
    alone = f'<Users><User guid="{g(1)}" name="Ada"/></Users>'
    draft, report = read(tmp_path, alone, CODES, in_sources(source(selection(8, 9, coding(43, user=None)))))
    assert quotes(draft) == [("Ada", "Room", "a")]
    assert ("codings", "changed", 1, "it names nobody; it is given to the project's only user") in lost(report)


def test_a_coder_who_is_no_user_becomes_one(tmp_path):
    draft, report = read(tmp_path, CODES, in_sources(source(selection(8, 16, coding(user=7)))), files=None)
    assert quotes(draft) == [("u1", "Room", "a shared")]
    assert draft.study["coders"] == [{"id": "u1", "name": "u1"}]
    assert "Somebody is named as coder who is not among the project's users: u1 here." in report.notes


def test_several_codings_of_several_users_on_one_selection(tmp_path):
    inner = coding(41) + coding(42, user=2) + coding(43, code=12) + coding(44)
    draft, report = read(tmp_path, USERS, CODES, in_sources(source(selection(8, 16, inner))))
    words = "a shared"
    assert quotes(draft) == [("A", "Room", words), ("Ben", "Room", words), ("A", "Train", words)]
    why = "the same coder gave the same segment the same code already"
    assert ("codings", "dropped", 1, why) in lost(report)
    assert (report.tally("codings").came, report.tally("codings").kept) == (4, 3)


def test_codings_of_a_whole_source_have_no_offsets(tmp_path):
    study = imported(tmp_path, USERS, CODES, in_sources(source(coding(41))))
    frame = study.codings.frame
    assert frame[["coder", "message_id", "code_id"]].to_numpy().tolist() == [["A", "one", "Room"]]
    assert frame["start"].isna().all()


def test_what_cannot_be_placed_is_dropped_with_its_reason(tmp_path):
    parts = source(
        selection(8, 16)
        + selection(5, 5, number=32)
        + selection(30, 400, number=33)
        + selection(8, 16, coding(44, code=99), number=34)
        + f'<PlainTextSelection guid="{g(35)}" startPosition="x" endPosition="3">{coding(45)}</PlainTextSelection>'
        + selection(0, 2, "", number=36)
    )
    draft, report = read(tmp_path, USERS, CODES, in_sources(parts))
    assert quotes(draft) == [ROOM]
    assert [one for one in lost(report) if one[0] not in {"codes", "coders"}] == [
        ("codings", "dropped", 1, "its segment has no length"),
        ("codings", "dropped", 1, "its offsets lie outside of the text, or inside a character"),
        ("codings", "dropped", 1, "its code is not in the file"),
        ("segments without a code", "dropped", 1, "no code was applied to it"),
        ("codings", "dropped", 1, "its segment has no offsets"),
    ]


def test_other_sources_are_counted_and_dropped_with_their_codings(tmp_path):
    parts = (
        source(selection(8, 16))
        + f'<PictureSource guid="{g(22)}" name="photo" path="internal://x.jpg"><PictureSelection guid="{g(32)}" '
        f'firstX="0" firstY="0" secondX="1" secondY="1">{coding(52)}</PictureSelection>{coding(53)}</PictureSource>'
        f'<VideoSource guid="{g(23)}" name="film"><VideoSelection guid="{g(33)}" begin="0" end="9">{coding(54)}'
        "</VideoSelection></VideoSource>"
    )
    draft, report = read(tmp_path, USERS, CODES, in_sources(parts))
    assert quotes(draft) == [ROOM]
    assert [one for one in lost(report) if one[0] not in {"codes", "coders"}] == [
        ("pictures", "dropped", 1, "only texts are read"),
        ("codings", "dropped", 1, "it is on a region of a picture"),
        ("codings", "dropped", 1, "it is on a source without text"),
        ("videos", "dropped", 1, "only texts are read"),
        ("codings", "dropped", 1, "it is on a part of a video"),
    ]
    assert report.tally("codings").came == 4


def test_the_text_of_a_pdf_is_read_with_what_was_coded_in_it(tmp_path):
    pdf = (
        f'<PDFSource guid="{g(21)}" name="report" path="internal://x.pdf"><PDFSelection guid="{g(31)}" page="0" '
        f'firstX="0" firstY="0" secondX="1" secondY="1">{coding(41)}</PDFSelection><Representation guid="{g(22)}" '
        f'plainTextPath="internal://{g(21)}.txt">{selection(8, 16, number=32)}</Representation>{coding(43, code=12)}'
        "</PDFSource>"
    )
    draft, report = read(tmp_path, USERS, CODES, in_sources(pdf))
    assert quotes(draft) == [ROOM, ("A", "Train", "")]
    assert ("messages", "changed", 1, "it is the text of a PDF") in lost(report)
    assert ("codings", "dropped", 1, "it is on a region of a PDF page") in lost(report)


def test_a_transcript_is_read_with_what_was_coded_between_two_of_its_points(tmp_path):
    audio = (
        f'<AudioSource guid="{g(21)}" name="talk" path="internal://x.mp3"><Transcript guid="{g(22)}" '
        f'plainTextPath="internal://{g(21)}.txt"><SyncPoint guid="{g(61)}" timeStamp="0" position="8"/>'
        f'<SyncPoint guid="{g(62)}" timeStamp="9" position="16"/><TranscriptSelection guid="{g(31)}" '
        f'fromSyncPoint="{g(61)}" toSyncPoint="{g(62)}">{coding(41)}</TranscriptSelection></Transcript>'
        f'<AudioSelection guid="{g(32)}" begin="0" end="9">{coding(42)}</AudioSelection></AudioSource>'
    )
    draft, report = read(tmp_path, USERS, CODES, in_sources(audio))
    assert quotes(draft) == [ROOM]
    assert ("codings", "dropped", 1, "it is on a part of a recording") in lost(report)


def test_nested_codes_and_folders(tmp_path):
    codes = (
        f'<CodeBook><Codes><Code guid="{g(11)}" name="Places" isCodable="false"><Code guid="{g(12)}" name="Room" '
        f'isCodable="true"/><Code guid="{g(13)}" name="room" isCodable="true"/></Code><Code guid="{g(14)}" '
        'name="Room" isCodable="true" color="red"><Description> </Description></Code></Codes></CodeBook>'
    )
    study = imported(tmp_path, USERS, codes, in_sources(source(selection(8, 16, coding(41, code=13)))))
    rows = study.codebook.frame[["code_id", "name", "parent"]].to_numpy().tolist()
    assert rows == [
        ["Places", "Places", ""],
        ["Room", "Room", "Places"],
        ["room", "room (2)", "Places"],
        ["c1", "Room", ""],
    ]
    report = read(tmp_path, USERS, codes, in_sources(source()))[1]
    assert ("codes", "changed", 1, "a folder that takes no codings became a code like any other") in lost(report)
    assert ("codes", "changed", 1, "its colour was none") in lost(report)


def test_cases_become_participants_with_attributes(tmp_path):
    variables = (
        f'<Variables><Variable guid="{g(71)}" name="Role" typeOfVariable="Text"/><Variable guid="{g(72)}" '
        f'name="Age" typeOfVariable="Integer"/><Variable guid="{g(73)}" name="Thread" typeOfVariable="Text"/>'
        f'<Variable guid="{g(74)}" name="Date" typeOfVariable="Date"/></Variables>'
    )
    cases = (
        f'<Cases><Case guid="{g(81)}" name="Robin"><Description>northern</Description><VariableValue><VariableRef '
        f'targetGUID="{g(71)}"/><TextValue>designer</TextValue></VariableValue><VariableValue><VariableRef targetGUID='
        f'"{g(72)}"/><IntegerValue>41</IntegerValue></VariableValue><SourceRef targetGUID="{g(21)}"/></Case>'
        f'<Case guid="{g(82)}" name="robin"/></Cases>'
    )
    of_thread = f'<VariableValue><VariableRef targetGUID="{g(73)}"/><TextValue>T1</TextValue></VariableValue>'
    of_date = f'<VariableValue><VariableRef targetGUID="{g(74)}"/><DateValue>2020-01-05</DateValue></VariableValue>'
    sources = source(selection(8, 16) + of_thread + of_date) + source(of_thread, number=22, name="two")
    files = {f"sources/{g(21)}.txt": TEXT, f"sources/{g(22)}.txt": "Thank you."}
    study = imported(tmp_path, USERS, CODES, variables, cases, in_sources(sources), files=files)
    people = study.participants.frame[["participant_id", "code_name", "Role", "Age", "description"]]
    assert people.to_numpy().tolist() == [
        ["Robin", "Robin", "designer", "41", "northern"],
        ["robin", "robin (2)", "", "", ""],
        ["unknown", "unknown", "", "", ""],
    ]
    messages = study.messages.frame
    assert messages["participant_id"].tolist() == ["Robin", "unknown"]
    assert messages["thread_id"].tolist() == ["T1", "T1"]
    assert str(messages["posted_at"][0]) == "2020-01-05 00:00:00"


def test_without_cases_each_source_has_a_participant_with_the_attributes_of_the_source(tmp_path):
    variables = f'<Variables><Variable guid="{g(71)}" name="Role" typeOfVariable="Text"/></Variables>'
    role = f'<VariableValue><VariableRef targetGUID="{g(71)}"/><TextValue>designer</TextValue></VariableValue>'
    draft, report = read(tmp_path, variables, in_sources(source(role)))
    assert [dict(row) for row in draft.participants] == [
        {"participant_id": "one", "code_name": "one", "Role": "designer"}
    ]
    assert "No case names the author of a source: each source has a participant of its own." in report.notes


def test_a_source_whose_cases_hold_its_turns_becomes_a_thread(tmp_path):
    cases = (
        f'<Cases><Case guid="{g(81)}" name="Robin"><SelectionRef targetGUID="{g(31)}"/></Case>'
        f'<Case guid="{g(82)}" name="Sam"><SelectionRef targetGUID="{g(32)}"/></Case></Cases>'
    )
    inner = (
        selection(0, 22, "", number=31)
        + selection(23, 41, "", number=32)
        + selection(8, 16, number=33)
        + selection(17, 26, number=34)
    )
    study = imported(tmp_path, USERS, CODES, cases, in_sources(source(inner)))
    assert study.messages.frame[["message_id", "thread_id", "participant_id", "text"]].to_numpy().tolist() == [
        ["one-1", "one", "Robin", "We need a shared room."],
        ["one-2", "one", "Sam", "And faster trains."],
    ]
    frame = study.codings.frame
    assert frame[["message_id", "start", "end", "quote"]].to_numpy().tolist() == [
        ["one-1", 8, 16, "a shared"],
        ["one-1", 17, 22, "room."],
        ["one-2", 0, 3, "And"],
    ]


def test_what_variables_say_of_a_conversation_is_of_none_of_its_turns_but_for_its_class(tmp_path):
    variables = (
        f'<Variables><Variable guid="{g(71)}" name="Place" typeOfVariable="Text"/>'
        f'<Variable guid="{g(72)}" name="Provenance class" typeOfVariable="Text"/></Variables>'
    )
    cases = f'<Cases><Case guid="{g(81)}" name="Robin"><SelectionRef targetGUID="{g(31)}"/></Case></Cases>'
    values = "".join(
        f'<VariableValue><VariableRef targetGUID="{g(number)}"/><TextValue>{value}</TextValue></VariableValue>'
        for number, value in ((71, "Leeds"), (72, "stand-in"))
    )
    inner = selection(0, 22, "", number=31) + values
    draft, report = read(tmp_path, USERS, CODES, variables, cases, in_sources(source(inner)))
    assert [row["class"] for row in draft.messages] == ["stand-in", "stand-in"]
    why = "the source is a conversation of several people; none of its turns has it"
    assert ("values of variables", "dropped", 1, why) in lost(report)


def test_notes_become_memos_about_what_refers_to_them(tmp_path):
    def note(number, name, text, more=""):
        return f'<Note guid="{g(number)}" name="{name}" {more}><PlainTextContent>{text}</PlainTextContent></Note>'

    def ref(number):
        return f'<NoteRef targetGUID="{g(number)}"/>'

    codes = CODES.replace("a room</Description>", f"a room</Description>{ref(91)}")
    inner = selection(8, 16, coding(41, inner=ref(92))) + ref(93) + ref(91)
    notes = (
        note(91, "On rooms", "Rooms matter.", f'creatingUser="{g(1)}" creationDateTime="2020-05-01T10:00:00.1234567Z"')
        + note(92, "n", "Said loudly.")
        + note(93, "", "A long one.", 'creationDateTime="0001-01-01T00:00:00"')
        + note(94, "empty", "")
        + f'<Note guid="{g(95)}" name="of all" plainTextPath="internal://n.txt">{selection(0, 2, number=35)}</Note>'
    )
    files = {f"sources/{g(21)}.txt": TEXT, "sources/n.txt": b"\xef\xbb\xbfOf\r\nall"}
    path = write_qdpx(tmp_path, project(USERS, codes, in_sources(source(inner)), f"<Notes>{notes}</Notes>"), files)
    draft, report = read_qdpx(path, {})
    rows = [
        tuple(row.get(name) or "" for name in ("memo_id", "about", "about_id", "coder", "at", "text"))
        for row in draft.memos
    ]
    coded = draft.codings[0]["coding_id"]
    assert rows == [
        ("On rooms", "code", "Room", "A", "2020-05-01T10:00:00.123456Z", "Rooms matter."),
        ("n", "coding", coded, "", "", "Said loudly."),
        ("n1", "message", "one", "", "", "A long one."),
        ("of all", "", "", "", "", "Of\nall"),
    ]
    assert ("memos", "changed", 1, "it is about several things, and stands with the first") in lost(report)
    assert ("memos", "dropped", 1, "there is no text in it") in lost(report)
    assert ("codings", "dropped", 1, "it is in a note, and notes are not coded") in lost(report)
    import_study(path, tmp_path / "study")
    assert len(open_study(tmp_path / "study").memos) == 4


def test_a_description_of_a_selection_is_the_memo_of_its_coding(tmp_path):
    inner = "<Description>loud</Description>"
    parts = source(
        selection(8, 16, inner + coding(41))
        + selection(0, 2, inner + coding(42) + coding(43, user=2), number=32)
        + selection(3, 7, inner, number=33)
        + "<Description>of the source</Description>"
    )
    draft, report = read(tmp_path, USERS, CODES, in_sources(parts))
    assert [row.get("memo") for row in draft.codings] == ["loud", "loud", None]
    assert [(row["about"], row["about_id"], row["text"]) for row in draft.memos] == [
        ("message", "one", "loud"),
        ("message", "one", "of the source"),
    ]
    assert report.tally("comments on segments").came == 3


def test_sets_of_codes_become_themes_and_other_things_are_counted(tmp_path):
    parts = (
        f'<Links><Link guid="{g(95)}" name="to"/></Links><Sets><Set guid="{g(96)}" name="Places"><Description>where'
        f'</Description><MemberCode targetGUID="{g(11)}"/><MemberCode targetGUID="{g(99)}"/></Set><Set guid="{g(97)}" '
        f'name="Files"><MemberSource targetGUID="{g(21)}"/></Set></Sets><Graphs><Graph guid="{g(98)}" name="map"/>'
        "</Graphs><Description>of the project</Description>"
    )
    draft, report = read(tmp_path, *SMALL, parts)
    assert [dict(theme) for theme in draft.agreed] == [
        {"id": "Places", "name": "Places", "definition": "where", "codes": ["Room"]}
    ]
    assert draft.study["notes"] == "of the project"
    assert [one for one in lost(report) if one[0] not in {"codes", "coders"}] == [
        ("agreed themes", "changed", 1, "a code in its set is not in the file"),
        ("sets of sources or notes", "dropped", 1, "a study has no such sets"),
        ("links", "dropped", 1, "a study has no links between any two things"),
        ("graphs", "dropped", 1, "a study has no drawings"),
    ]


def test_another_namespace_is_read_and_said(tmp_path):
    path = write_qdpx(tmp_path, project(*SMALL, namespace="urn:QDA-XML:project:0:4"))
    draft, report = read_qdpx(path, {})
    assert quotes(draft) == [ROOM]
    assert any("'urn:QDA-XML:project:0:4'" in note for note in report.notes)


ASTRAL = "😀 We need\r\na shared room\r\nand 😀 trains."


@pytest.mark.parametrize(
    ("start", "end", "encoded"),
    [
        # UTF-16 units and CRLF as two, as NVivo on Windows counts; the mark is not counted.
        (12, 25, b"\xef\xbb\xbf" + ASTRAL.encode()),
        # Code points, a line end as one, as QualCoder and ATLAS.ti count.
        (10, 23, ASTRAL.encode()),
        # Code points, the mark counted.
        (11, 24, b"\xef\xbb\xbf" + ASTRAL.replace("\r\n", "\n").encode()),
        # A file in UTF-16.
        (12, 25, b"\xff\xfe" + ASTRAL.encode("utf-16-le")),
    ],
)
def test_offsets_are_found_out_however_a_program_counts(tmp_path, start, end, encoded):
    inner = selection(start, end, more='name="a shared room"')
    draft, _ = read(tmp_path, USERS, CODES, in_sources(source(inner)), files={f"sources/{g(21)}.txt": encoded})
    assert quotes(draft) == [("A", "Room", "a shared room")]
    assert draft.messages[0]["text"] == ASTRAL.replace("\r\n", "\n")


def test_a_tie_between_ways_of_counting_is_refused_and_can_be_decided(tmp_path):
    parts = (USERS, CODES, in_sources(source(selection(4, 5))))
    files = {f"sources/{g(21)}.txt": "😀 a,b,a"}
    with pytest.raises(LepanalysisError, match="--offsets"):
        read(tmp_path, *parts, files=files)
    draft, _ = read(tmp_path, *parts, files=files, offsets="utf16,end=exclusive")
    assert len(draft.codings) == 1


def test_a_file_that_is_not_utf_8_is_read_as_windows_1252_and_that_is_said(tmp_path):
    draft, report = read(tmp_path, in_sources(source()), files={f"sources/{g(21)}.txt": "Café".encode("latin-1")})
    assert draft.messages[0]["text"] == "Café"
    assert ("messages", "changed", 1, "its file is not UTF-8; it was read as Windows-1252") in lost(report)


def test_xml_that_is_no_project_is_refused(tmp_path):
    path = write_qdpx(tmp_path, "<CodeBook/>")
    with pytest.raises(LepanalysisError, match="begins with 'CodeBook' where Project is expected"):
        read_qdpx(path, {})
    path = write_qdpx(tmp_path, '<!DOCTYPE Project [<!ENTITY a "b">]><Project/>')
    with pytest.raises(LepanalysisError, match="DTD"):
        read_qdpx(path, {})


def test_a_project_without_texts_gives_its_codes_and_says_that_there_are_none(tmp_path):
    study = imported(tmp_path, USERS, CODES, files={})
    assert study.codebook.frame["name"].tolist() == ["Room", "Train"]
    assert "has no messages yet" in study.messages.frame["text"][0]


def test_two_records_of_one_guid_are_two_records(tmp_path):
    codes = CODES.replace(g(12), g(11))
    sources = source(selection(8, 16)) + source(name="two", path=f"internal://{g(21)}.txt")
    users = USERS.replace(g(2), g(1))
    study = imported(tmp_path, users, codes, in_sources(sources))
    assert study.codebook.frame["name"].tolist() == ["Room", "Train"]
    assert study.messages.frame["message_id"].tolist() == ["one", "two"]
    assert [coder.id for coder in study.coders] == ["A"]


def test_users_who_coded_nothing_are_no_coders(tmp_path):
    draft, report = read(tmp_path, *SMALL)
    assert draft.study["coders"] == [{"id": "A", "name": "Ada"}]
    assert [row for row in draft.external_ids if row["kind"] == "coder"] == [
        {"program": "REFI-QDA", "kind": "coder", "id": "A", "external_id": g(1)}
    ]
    why = "the user coded nothing; a coder counts as having read all"
    assert [one for one in lost(report) if one[0] == "coders"] == [("coders", "dropped", 1, why)]


def test_where_nobody_coded_every_user_is_a_coder(tmp_path):
    draft, report = read(tmp_path, USERS, CODES, in_sources(source()))
    assert [row["id"] for row in draft.study["coders"]] == ["A", "Ben"]
    assert report.tally("coders").dropped == 0


def test_a_user_who_wrote_a_memo_and_coded_nothing_stays_with_a_note(tmp_path):
    memo = (
        f'<Note guid="{g(61)}" name="On rooms" creatingUser="{g(2)}"><PlainTextContent>Why?</PlainTextContent></Note>'
    )
    notes = f"<Notes>{memo}</Notes>"
    draft, report = read(tmp_path, USERS, CODES, in_sources(source(selection(8, 16))) + notes)
    assert [row["id"] for row in draft.study["coders"]] == ["A", "Ben"]
    assert any(note.startswith("Coded nothing, but wrote memos or has codes or themes: Ben.") for note in report.notes)


def test_a_project_that_its_program_calls_untitled_is_called_like_its_file(tmp_path):
    path = write_qdpx(tmp_path, project(*SMALL).replace('name="Theirs"', 'name="Untitled"'))
    import_study(path, tmp_path / "ours")
    assert open_study(tmp_path / "ours").title == path.stem
