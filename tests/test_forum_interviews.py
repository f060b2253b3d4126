import time
import zipfile

import pytest

from lepanalysis.exchange.draft import plain, write_draft
from lepanalysis.exchange.forum_interviews import read
from lepanalysis.exchange.importing import import_study
from lepanalysis.exchange.interviews_text import Transcript, transcript_of
from lepanalysis.exchange.interviews_turns import turns_of
from lepanalysis.exchange.storable import storable
from lepanalysis.faults import LepanalysisError, UsageError
from lepanalysis.study import open_study

COLON = (
    "Interview 1\n\nI: Where do you meet?\n\nP1: In a room.\n\nA shared one.\n\nI: And then?\nP1: Trains. [00:02:10]"
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)


def reading(text, way=""):
    return turns_of(Transcript(tuple(text.split("\n\n"))), way)


def turns(text, way=""):
    return [(turn.speaker, turn.text) for turn in reading(text, way).turns]


@pytest.mark.parametrize(
    ("way", "text"),
    [
        ("name", "Anna: One?\nBen: Two.\nAnna: Three?\nBen: Four."),
        ("name", "**Anna:** One?\n\n**Ben:** Two.\n\n**Anna:** Three?\n\n**Ben:** Four."),
        ("name", "Anna :\nOne?\n\nBen:\nTwo.\n\nAnna:\nThree?\n\nBEN:\nFour."),
        ("time-name", "[00:01:02] Anna: One?\n[00:01:09] Ben: Two.\n[00:02:00] Anna: Three?\n[01:02] Ben: Four."),
        ("name-time", "Anna  0:03\nOne?\n\nBen  0:09\nTwo.\n\nAnna  1:03\nThree?\n\nBen  1:20\nFour."),
        ("name-time", "Anna [00:01:02]: One?\nBen [00:01:09]: Two.\nAnna [00:02]: Three?\nBen [00:03]: Four."),
        ("tab", "Anna\tOne?\nBen\tTwo.\nAnna\tThree?\nBen\tFour."),
    ],
)
def test_turns_are_found_in_every_way_of_marking_them(way, text):
    found = reading(text)
    assert found.way == way
    assert [turn.text for turn in found.turns] == ["One?", "Two.", "Three?", "Four."]
    assert [turn.speaker for turn in found.turns] == ["Anna", "Ben", "Anna", "Ben"]
    assert (found.share, found.margin) == (1.0, 0.75)


@pytest.mark.parametrize(
    "text",
    [
        "I walked on.\n\nNote: this is prose.\n\nIt goes on: and on.\n\nExample: none.",
        "A sentence.\n\n" * 20 + "Ann: a\n\nBen: b\n\nAnn: c\n\nBen: d",
        "Step: one\nStep: two\nStep: three",
        "12:30 we left\n13:30 we came",
        "http://example.org/a\nhttp://example.org/b",
    ],
)
def test_prose_has_no_turns(text):
    assert reading(text).way == "none"


def test_lines_above_the_first_turn_and_marks_of_time_are_counted():
    found = reading(COLON)
    assert [(turn.speaker, turn.text) for turn in found.turns] == [
        ("I", "Where do you meet?"),
        ("P1", "In a room.\n\nA shared one."),
        ("I", "And then?"),
        ("P1", "Trains."),
    ]
    assert (found.above, found.times) == (1, 1)


def test_a_stated_way_is_taken():
    assert turns("One: a\n\nTwo: b\n\nOne: c\n\nTwo: d", "none") == [("", "One: a\n\nTwo: b\n\nOne: c\n\nTwo: d")]
    text = "words\n\n" * 20 + "Ann: a\n\nBen: b\n\nAnn: c\n\nBen: d"
    assert [name for name, _ in turns(text, "name")] == ["Ann", "Ben", "Ann", "Ben"]


def folder_of(tmp_path, **files):
    folder = tmp_path / "talks"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return folder


def test_files_become_threads_and_speakers_are_separate_unless_told(tmp_path):
    folder = folder_of(tmp_path, a_txt=COLON, b_md="I: What?\n\nP1: No.", c_txt="Only prose.", d_csv="1,2", _hidden="x")
    draft, report = read(folder, {})
    assert plain(draft).threads == (
        {"thread_id": "a", "title": "a"},
        {"thread_id": "b", "title": "b"},
        {"thread_id": "c", "title": "c"},
    )
    assert plain(draft).participants[1] == {"participant_id": "p2", "code_name": "P1 (a)", "role": "participant"}
    assert [(row["code_name"], row["role"]) for row in draft.participants] == [
        ("I (a)", "interviewer"),
        ("P1 (a)", "participant"),
        ("I (b)", "interviewer"),
        ("P1 (b)", "participant"),
        ("c", "participant"),
    ]
    assert [row["text"] for row in draft.messages][-2:] == ["No.", "Only prose."]
    assert [row["position"] for row in draft.messages] == [1, 2, 3, 4, 1, 2, 1]
    assert (report.tally("files").came, report.tally("files").dropped) == (4, 1)
    assert report.tally("messages").kept == 7
    assert report.tally("lines above the first turn").dropped == 1
    assert (
        report.notes[0]
        == "a.txt: 4 turns of 2 speakers, marked as “name”; 80% of its paragraphs begin one (margin 55%)."
    )
    write_draft(storable(draft, "x")[0], tmp_path / "study")
    assert len(open_study(tmp_path / "study").messages) == 7
    shared, _ = read(folder, {"speakers": "shared"})
    assert [row["participant_id"] for row in shared.participants] == ["I", "P1", "c"]


def test_folders_are_categories(tmp_path):
    folder = folder_of(tmp_path)
    (folder / "2013").mkdir()
    (folder / "2013" / "a.txt").write_text("Words.", encoding="utf-8")
    (folder / "a.txt").write_text("Words.", encoding="utf-8")
    draft, _ = read(folder, {})
    assert [(row["thread_id"], row["category"]) for row in draft.threads] == [("a", "2013"), ("t1", "")]


def packed(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return path


def word(path, body, **members):
    return packed(path, word__document_xml=f"<w:document {W}><w:body>{body}</w:body></w:document>", **members)


def test_word_is_read_without_what_was_struck_out(tmp_path):
    body = (
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>"
        "<w:r><w:t>Anna</w:t><w:t>: One</w:t><w:br/><w:t>two</w:t></w:r></w:p>"
        "<w:p><w:del><w:r><w:delText>gone</w:delText><w:t>gone</w:t></w:r></w:del>"
        "<w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>"
        "<w:p/><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Ben</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>Two.</w:t></w:r></w:p><w:p><w:r><w:t>More.</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    notes = f'<w:footnotes {W}><w:footnote w:type="separator"/><w:footnote/></w:footnotes>'
    comments = f"<w:comments {W}><w:comment/><w:comment/></w:comments>"
    path = word(tmp_path / "a.docx", body, word__footnotes_xml=notes, word__comments_xml=comments)
    found = transcript_of(path)
    assert found.blocks == ("Anna: One\ntwo", "new", "Ben\tTwo.\nMore.")
    assert found.left_out == {"comments": 2, "notes": 1}


def test_word_of_another_program_is_read(tmp_path):
    docx = pytest.importorskip("docx")
    document = docx.Document()
    for line in ("I: Where?", "P1: In a room.", "I: And?", "P1: Trains."):
        document.add_paragraph(line)
    document.save(tmp_path / "a.docx")
    draft, _ = read(tmp_path / "a.docx", {})
    assert [row["text"] for row in draft.messages] == ["Where?", "In a room.", "And?", "Trains."]


def test_opendocument_is_read_without_comments_and_notes(tmp_path):
    body = (
        "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
        '<text:h>Anna:<text:s text:c="2"/>One<text:tab/>x<text:line-break/>two</text:h>'
        "<text:p>Ben<office:annotation><text:p>hm</text:p></office:annotation>: Two."
        "<text:note><text:p>note</text:p></text:note> More <text:span>words</text:span>.</text:p>"
        "<text:list><text:list-item><text:p>item</text:p></text:list-item></text:list>"
        '<text:p><text:s text:c="999999999999"/>x<text:s text:c="99999"/></text:p>'
    )
    inner = f"<office:body><office:text>{body}</office:text></office:body>"
    content = f"<office:document-content {ODF}>{inner}</office:document-content>"
    found = transcript_of(packed(tmp_path / "a.odt", content_xml=content))
    assert found.blocks[:3] == ("Anna:  One\tx\ntwo", "Ben: Two. More words.", "item")
    assert len(found.blocks[3]) == 102
    assert found.left_out == {"comments": 1, "notes": 1}


def pdf_of(path, lines, **options):
    """Write the smallest PDF that has these lines."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    name = NameObject
    font = {name("/Type"): name("/Font"), name("/Subtype"): name("/Type1"), name("/BaseFont"): name("/Helvetica")}
    fonts = DictionaryObject({name("/F1"): DictionaryObject(font)})
    page[name("/Resources")] = DictionaryObject({name("/Font"): fonts})
    stream = DecodedStreamObject()
    shown = "".join(f"1 0 0 1 20 {280 - 14 * place} Tm ({line}) Tj " for place, line in enumerate(lines))
    stream.set_data(f"BT /F1 10 Tf {shown}ET".encode("latin-1"))
    page[name("/Contents")] = stream
    if options:
        writer.encrypt(**options)
    writer.write(path)
    return path


def test_a_pdf_is_read_with_its_lines_joined_and_without_page_numbers(tmp_path):
    lines = ["I: Where do", "you meet?", "P1: In a", "room.", "I: And then?", "P1: Trains.", "- 3 -"]
    draft, report = read(pdf_of(tmp_path / "a.pdf", lines), {})
    assert [row["text"] for row in draft.messages] == ["Where do you meet?", "In a room.", "And then?", "Trains."]
    assert report.tally("page numbers").dropped == 1


def test_a_locked_pdf_and_one_of_pictures_are_refused(tmp_path):
    with pytest.raises(LepanalysisError, match=r"locked with a password|PyCryptodome|cryptography"):
        transcript_of(pdf_of(tmp_path / "a.pdf", ["x"], user_password="x", algorithm="RC4-128"))  # noqa: S106
    with pytest.raises(LepanalysisError, match="pages are pictures"):
        transcript_of(pdf_of(tmp_path / "b.pdf", []))


HOSTILE = {
    "a text called docx": ("a.docx", b"words"),
    "a text called odt": ("a.odt", b"words"),
    "a text called pdf": ("a.pdf", b"words"),
    "an archive called txt": ("a.txt", b"PK\x03\x04words"),
    "half an archive": ("a.docx", b"PK\x03\x04words"),
    "a broken pdf": ("a.pdf", b"%PDF-1.7\nwords"),
    "no text": ("a.txt", b"\x00\x01\x02\x00\x00"),
}


@pytest.mark.parametrize(("name", "data"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_not_what_it_is_called_is_refused(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(LepanalysisError, match=r"a\.\w+"):
        transcript_of(tmp_path / name)


def test_tricks_of_archives_and_xml_are_refused_quickly(tmp_path):
    begin = time.process_time()
    bomb = "<!DOCTYPE a [<!ENTITY b 'xxxxxxxx'>]><a>&b;</a>"
    deep = f"<w:document {W}>" + "<w:p>" * 100_000
    for members, words in (
        ({"word__document_xml": bomb}, "DTD"),
        ({"word__document_xml": deep}, "deep"),
        ({"word__document_xml": "<a/>", "..__evil_xml": "x"}, "out of the archive"),
        ({"other_xml": "<a/>"}, "holds no word/document.xml"),
        ({"word__document_xml": " " * 70_000_000}, "MB unpacked"),
        ({"word__document_xml": "<a/>" + " " * 60_000_000}, "times as large"),
    ):
        with pytest.raises(LepanalysisError, match=words):
            transcript_of(packed(tmp_path / "a.docx", **members))
    with pytest.raises(LepanalysisError, match="password"):
        transcript_of(packed(tmp_path / "a.odt", **{"META-INF__manifest_xml": "<a><encryption-data/></a>"}))
    assert time.process_time() - begin < 10


def test_a_folder_without_interviews_and_a_way_that_is_not_known_are_refused(tmp_path):
    with pytest.raises(LepanalysisError, match="no interview"):
        read(folder_of(tmp_path, a_csv="1,2"), {})
    with pytest.raises(UsageError, match="turns=colon is not known"):
        read(folder_of(tmp_path, a_txt="x"), {"turns": "colon"})


def test_turns_may_be_indented_and_headings_between_them_are_not_spoken():
    text = "\tAnna: One?\n\n    Ben: Two.\n\n### Part 2\n\n\tAnna: Three?\n\n\tBen: Four."
    spoken = turns_of(Transcript(tuple(text.split("\n\n")), is_markdown=True))
    assert [turn.text for turn in spoken.turns] == ["One?", "Two.", "Three?", "Four."]
    assert spoken.headings == 1
    assert turns(text)[1] == ("Ben", "Two.\n\n### Part 2")


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        # Times leave no doubt that somebody speaks.
        (
            "Anna  0:03\nA?\n\nBen  0:09\nB.\n\nAnna  1:03\nC?\n\nChild  1:05\nD.\n\nBen  1:20\nE.",
            "Anna Ben Anna Child Ben",
        ),
        ("Anna: A?\n\nBenedict: B.\n\nAnna: C?\n\nBenedct: D.\n\nBenedict: E.", "Anna Benedict Anna Benedct Benedict"),
        ("P1: A.\n\nP2: B.\n\nP1: C.\n\nP7: D.\n\nP2: E.", "P1 P2 P1 P7 P2"),
        ("Anna: A?\n\nBen: B.\n\nAnna: C?\n\nNote: D.\n\nBen: E.", "Anna Ben Anna Ben"),
        ("Date  10:30\n\nAnna  0:03\nA?\n\nBen  0:09\nB.\n\nAnna  1:03\nC?\n\nBen  1:20\nD.", "Anna Ben Anna Ben"),
    ],
)
def test_who_speaks_once_is_no_part_of_what_another_says(text, speakers):
    assert [name for name, _ in turns(text)] == speakers.split()


def test_names_that_differ_little_are_named_and_left_apart(tmp_path):
    text = "Anna: A?\n\nBenedict: B.\n\nAnna: C?\n\nBenedct: D.\n\nBenedict: E."
    folder = folder_of(tmp_path, a_txt=text)
    draft, report = read(folder, {})
    assert len(draft.participants) == 3
    assert report.notes[1] == (
        "a.txt: Benedct (a) (once) and Benedict (a) (2 times) have almost the same name: one person? "
        "They were left apart."
    )
    report = import_study(folder, tmp_path / "ours", options={"pseudonymise": True})
    assert "have almost the same name" in report.as_text()
    assert "Bened" not in report.as_text()


def test_files_about_the_folder_are_no_interviews(tmp_path):
    folder = folder_of(tmp_path, a_txt=COLON, README_md="Who may use it.", LICENSE_txt="Nobody.", readmes_txt="Words.")
    draft, report = read(folder, {})
    assert [row["title"] for row in draft.threads] == ["a", "readmes"]
    assert (report.tally("files").came, report.tally("files").dropped) == (4, 2)


def test_many_files_that_were_read_alike_share_a_sentence(tmp_path):
    named = {f"t{number}_txt": COLON for number in range(9)}
    _, report = read(folder_of(tmp_path, **named, prose_txt="Only prose."), {})
    assert report.notes == (
        "prose.txt: no turns, one message (0% of its paragraphs look like one).",
        (
            "9 files: 36 turns, marked as “name”; 80% to 80% of their paragraphs begin one "
            "(the least margin, 55%, in t0.txt)."
        ),
    )


def test_the_numbers_of_lines_and_the_tabs_of_a_pdf_are_no_words(tmp_path):
    said = ["I:\\tWhere\\tdo", "you\\tmeet?", "P1:\\tIn\\ta", "room.", "I:\\tAnd?", "P1:\\tTrains."]
    numbers = [str(number) for number in range(1, 11)]
    draft, report = read(pdf_of(tmp_path / "a.pdf", [*said, *numbers]), {})
    assert [row["text"] for row in draft.messages] == ["Where do you meet?", "In a room.", "And?", "Trains."]
    assert (report.tally("line numbers").dropped, report.tally("page numbers").dropped) == (10, 0)


def test_a_text_in_two_possible_encodings_is_refused_with_the_way_to_say_which(tmp_path):
    folder = folder_of(tmp_path, b_txt="Zoë’s room.")
    (folder / "a.txt").write_bytes("Ada ’ room.".encode("cp1252"))
    with pytest.raises(UsageError, match=r"a\.txt is not UTF-8, .* fit equally well; say --set encoding=NAME"):
        read(folder, {})
    draft, _ = read(folder, {"encoding": "cp1252"})
    assert [row["text"] for row in draft.messages] == ["Ada ’ room.", "Zoë’s room."]
