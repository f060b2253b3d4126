import gzip
import io
import sqlite3
import stat
import time
import tracemalloc
import zipfile

import pytest

from lepanalysis.exchange import limits
from lepanalysis.exchange.guard import Limits, iter_xml, open_archive, parse_xml, read_bounded
from lepanalysis.exchange.kinds import KINDS, kind_of, kind_to_write
from lepanalysis.faults import LepanalysisError, UsageError

MEGABYTE = limits.MEGABYTE


def packed(path, *members, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, data)
    return path


def patched(path, old, new):
    data = path.read_bytes()
    assert data.count(old) >= 1
    path.write_bytes(data.replace(old, new))
    return path


def read_all(path, bounds):
    with open_archive(path, bounds) as archive:
        return [archive.read(name) for name in archive.names]


def refused(path, match, **bounds):
    with pytest.raises(LepanalysisError, match=match) as error:
        read_all(path, Limits(**bounds))
    assert "\n" not in str(error.value)


def test_a_sound_archive_is_read(tmp_path):
    path = packed(tmp_path / "a.zip", ("project.qde", b"<a/>"), ("sources/", b""), ("sources/1.txt", b"room"))
    with open_archive(path) as archive:
        assert archive.names == ("project.qde", "sources/1.txt")
        assert archive.read("sources/1.txt") == b"room"
        assert archive.size("sources/1.txt") == 4
        assert "sources/1.txt" in archive
        assert "sources/2.txt" not in archive
        with archive.open("sources/1.txt") as stream:
            assert [stream.read(2), stream.read(), stream.read()] == [b"ro", b"om", b""]


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("../evil.txt", "leads out of the archive"),
        ("sources/../../evil.txt", "leads out of the archive"),
        ("/etc/passwd", "leads out of the archive"),
        ("C:/evil.txt", "drive letter"),
        ("c:evil.txt", "drive letter"),
        ("..\\evil.txt", "backslash"),
        ("a\\b.txt", "backslash"),
        ("a//b.txt", "empty part"),
        ("./b.txt", "empty part"),
        ("../folder/", "leads out of the archive"),
    ],
)
def test_a_member_whose_path_leads_astray_is_refused(tmp_path, name, match):
    refused(packed(tmp_path / "a.zip", (name, b"x")), match)


def test_a_name_with_nul_is_refused(tmp_path):
    path = patched(packed(tmp_path / "a.zip", ("aaXbb.txt", b"x")), b"aaXbb.txt", b"aa\0bb.txt")
    refused(path, "NUL|damaged|no whole")


def test_a_symbolic_link_is_refused(tmp_path):
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    refused(packed(tmp_path / "a.zip", (info, b"/etc/passwd")), "symbolic link")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_stands_twice_is_refused(tmp_path):
    refused(packed(tmp_path / "a.zip", ("a.txt", b"x"), ("a.txt", b"y")), "stands in it twice")


def test_names_that_differ_in_case_only_are_refused(tmp_path):
    refused(packed(tmp_path / "a.zip", ("Sources/a.txt", b"x"), ("sources/A.txt", b"y")), "upper and lower case only")


def test_an_encrypted_archive_is_refused(tmp_path):
    path = packed(tmp_path / "a.zip", ("a.txt", b"room"))
    data = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    path.write_bytes(data)
    refused(path, "encrypted")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_archive_is_refused(tmp_path, share):
    path = packed(tmp_path / "a.zip", *((f"{number}.txt", bytes(range(256)) * 20) for number in range(20)))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    refused(path, "no whole ZIP archive")


def test_a_wrong_check_sum_is_found_when_the_member_is_read(tmp_path):
    path = patched(
        packed(tmp_path / "a.zip", ("a.txt", b"a shared room"), method=zipfile.ZIP_STORED), b"shared", b"Shared"
    )
    refused(path, "a.txt in a.zip is damaged")


def test_damaged_packing_is_found_when_the_member_is_read(tmp_path):
    path = packed(tmp_path / "a.zip", ("a.txt", bytes(range(256)) * 40))
    data = bytearray(path.read_bytes())
    data[45:60] = b"\xff" * 15
    path.write_bytes(data)
    refused(path, "damaged")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = packed(tmp_path / "a.zip", ("a.txt", bytes(30 * MEGABYTE)))
    tracemalloc.start()
    started = time.monotonic()
    refused(path, r"times as large as it is packed, as in a ZIP bomb")
    assert time.monotonic() - started < 5
    assert tracemalloc.get_traced_memory()[1] < MEGABYTE
    tracemalloc.stop()


def test_a_bomb_of_many_small_members_is_refused(tmp_path):
    members = ((f"{number}.txt", bytes(5 * MEGABYTE)) for number in range(20))
    refused(packed(tmp_path / "a.zip", *members), "out of all proportion")


def test_a_member_is_not_read_beyond_the_size_that_the_archive_gives(tmp_path):
    path = packed(tmp_path / "a.zip", ("a.txt", b"x" * 5000))
    size, less = (5000).to_bytes(4, "little"), (50).to_bytes(4, "little")
    refused(patched(path, size, less), "damaged|larger than the archive says")


@pytest.mark.parametrize(
    ("bounds", "match"),
    [
        ({"members": 2}, "holds 3 members, more than the 2"),
        ({"member_bytes": MEGABYTE}, "has 2 MB unpacked, more than the 1"),
        ({"total_bytes": 4 * MEGABYTE}, "has more than 4 MB unpacked"),
    ],
)
def test_too_much_in_an_archive_is_refused(tmp_path, bounds, match):
    members = ((f"{number}.txt", bytes(2 * MEGABYTE)) for number in range(3))
    refused(packed(tmp_path / "a.zip", *members), match, **bounds)


def test_an_archive_inside_an_archive_stays_packed(tmp_path):
    inner = packed(tmp_path / "inner.zip", ("a.txt", bytes(30 * MEGABYTE))).read_bytes()
    with open_archive(packed(tmp_path / "a.zip", ("inner.zip", inner))) as archive:
        assert archive.read("inner.zip") == inner


def test_what_is_no_archive_is_refused(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and nothing else")
    refused(tmp_path / "a.zip", "no whole ZIP archive")


def test_xml_becomes_a_tree():
    root = parse_xml(b'<a xmlns="urn:x" b="1"><c>ro<d/>om</c></a>', "a.xml")
    assert (root.tag, root.attrib) == ("{urn:x}a", {"b": "1"})
    assert (root[0].text, root[0][0].tail) == ("ro", "om")


def test_xml_is_read_piece_by_piece():
    data = b"<a>" + b"<b>room</b>" * 50_000 + b"</a>"
    count = 0
    for event, element in iter_xml(io.BytesIO(data), "a.xml"):
        if event == "end" and element.tag == "b":
            count += element.text == "room"
            element.clear()
    assert count == 50_000


BILLION = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (BILLION, r"document type declaration \(DTD\)"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "DTD"),
        (b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]><a/>', "DTD"),
        (BILLION.decode().encode("utf-16"), "DTD"),
        (b"<a>&nbsp;</a>", r"not well-formed XML \(line 1: undefined entity\)"),
        (b"<a>", "not well-formed XML"),
        (b"", "not well-formed XML"),
        (b"room", "not well-formed XML"),
        (b"<a/><b/>", "not well-formed XML"),
        (b"<a>\x00</a>", "not well-formed XML"),
        (b"<a>\xff</a>", "not well-formed XML"),
        (b'<?xml version="1.0" encoding="utf-7"?><a>+AGE-</a>', "encoded in 'utf-7'"),
        (b'<?xml version="1.0" encoding="cp037"?><a/>', "encoded in 'cp037'|not well-formed"),
        (b'<?xml version="1.0" encoding="no such"?><a/>', "not well-formed|encoded in"),
        (b'<a b="1" b="2"/>', "duplicate attribute"),
        (b"<x:a/>", "unbound prefix"),
    ],
)
def test_xml_that_means_ill_is_refused(data, match):
    with pytest.raises(LepanalysisError, match=match):
        parse_xml(data, "a.xml")


def test_a_million_nested_elements_are_refused_at_once():
    started = time.monotonic()
    with pytest.raises(LepanalysisError, match="more than 200 deep in each other"):
        parse_xml(b"<a>" * 1_000_000 + b"</a>" * 1_000_000, "a.xml")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("data", "bounds", "match"),
    [
        (b"<a>" + b"<b/>" * 20 + b"</a>", {"elements": 10}, "more than 10 elements"),
        (b'<a b="' + b"x" * 2000 + b'"/>', {"attribute": 1000}, "attributes of more than 1,000 characters"),
    ],
)
def test_xml_beyond_its_bounds_is_refused(data, bounds, match):
    with pytest.raises(LepanalysisError, match=match):
        parse_xml(data, "a.xml", Limits(**bounds))


def test_a_file_that_is_too_large_or_none_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(bytes(20))
    assert read_bounded(tmp_path / "a") == bytes(20)
    with pytest.raises(LepanalysisError, match="larger than the 0 MB"):
        read_bounded(tmp_path / "a", Limits(member_bytes=10))
    with pytest.raises(LepanalysisError, match="there is no file"):
        read_bounded(tmp_path / "b")
    with pytest.raises(LepanalysisError, match="is no file"):
        read_bounded(tmp_path)


def database(path, *tables):
    connection = sqlite3.connect(path)
    for table in tables:
        connection.execute(f"CREATE TABLE {table} (id INTEGER)")
    connection.commit()
    connection.close()
    return path


def test_a_kind_is_told_by_the_content(tmp_path):
    found = {
        "qdpx": packed(tmp_path / "a.qdpx", ("Trial.qde", b"<Project/>")),
        "xlsx": packed(tmp_path / "a.xlsx", ("xl/workbook.xml", b"<workbook/>")),
        "ods": packed(tmp_path / "a.ods", ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")),
        "taguette": database(tmp_path / "a.sqlite3", "projects", "documents", "highlights", "tags", "commands"),
        "qualcoder": database(tmp_path / "b.sqlite3", "project", "source", "code_name", "code_text"),
    }
    texts = {
        "qdc": ("a.qdc", '<?xml version="1.0"?>\n<CodeBook xmlns="urn:QDA-XML:codebook:1.0"/>'),
        "csv": ("a.csv", "unit,coder,code\n1,A,x\n"),
        "taguette-csv": ("b.csv", "id,document,tag,content\n1,a,b,c\n"),
        "discourse": ("a.json", '{"post_stream": {"posts": []}}'),
        "github": ("b.json", '[{"url": "https://api.github.com/x", "author_association": "NONE"}]'),
        "mbox": ("a.mbox", "From a@example.org Thu Jan  1 00:00:00 2015\nSubject: x\n\ny\n"),
        "interviews": ("a.txt", "A: Hello.\nB: <b>Hello</b>.\n"),
    }
    for kind, (name, text) in texts.items():
        (tmp_path / name).write_text(text)
        found[kind] = tmp_path / name
    assert {kind: kind_of(path).name for kind, path in found.items()} == {kind: kind for kind in found}


def test_a_folder_is_told_by_its_files(tmp_path):
    for folder, name in (("one.qda", "data.qda"), ("two", "a.docx"), ("three", "coder-A.csv")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(b"x")
    names = [kind_of(tmp_path / folder).name for folder in ("one.qda", "two", "three")]
    assert names == ["qualcoder", "interviews", "csv"]
    (tmp_path / "none").mkdir()
    with pytest.raises(LepanalysisError, match="a folder without anything that is read"):
        kind_of(tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "data", "match"),
    [
        ("a.csv", b"SQLite format 3\x00" + bytes(100), "damaged SQLite|SQLite file of neither"),
        (
            "a.qdpx",
            b"unit,code\n",
            r"its name ends in \.qdpx, and it is plain text; rename it to a\.csv, or say --kind csv",
        ),
        ("a.xlsx", b"<html><body/></html>", "XML of no kind that is read"),
        ("a.csv", b"%PDF-1.7\n", r"its name ends in \.csv, and it is a text document"),
        ("a.txt", b"%PDF-1.7\n", r"its name ends in \.txt, and it is a PDF; rename it to a\.pdf"),
        ("a.docx", b"A: Hello.\n", r"its name ends in \.docx, and it is plain text; rename it to a\.txt"),
        ("a.bin", bytes(200), "a binary file of no kind"),
        ("a.csv", b"", "is empty"),
        ("a.qdc", b'<Project xmlns="urn:QDA-XML:project:1.0"/>', r"import the \.qdpx file itself"),
        ("a.json", b'{"a": 1}', "JSON of neither Discourse nor GitHub"),
        ("a.qdc", b"<!DOCTYPE a []><CodeBook/>", "DTD"),
    ],
)
def test_content_that_its_name_contradicts_is_refused(tmp_path, name, data, match):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(LepanalysisError, match=match):
        kind_of(tmp_path / name)


def test_a_workbook_under_the_name_of_a_table_is_refused(tmp_path):
    path = packed(tmp_path / "a.csv", ("xl/workbook.xml", b"<workbook/>"))
    with pytest.raises(LepanalysisError, match=r"it is an Excel workbook; rename it to a\.xlsx, or say --kind xlsx"):
        kind_of(path)
    assert kind_of(path, "xlsx").name == "xlsx"
    with pytest.raises(LepanalysisError, match="--kind says csv, and it is an Excel workbook"):
        kind_of(path, "csv")


def test_a_database_of_another_program_is_refused_by_its_tables(tmp_path):
    path = database(tmp_path / "a.sqlite3", "moz_places", "moz_cookies")
    with pytest.raises(
        LepanalysisError, match=r"neither Taguette nor QualCoder \(its tables: moz_cookies, moz_places\)"
    ):
        kind_of(path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.sqlite3"]


def test_other_archives_are_refused(tmp_path):
    with pytest.raises(LepanalysisError, match=r"no kind that is read \(it holds a\.txt\)"):
        kind_of(packed(tmp_path / "a.zip", ("a.txt", b"x")))
    with pytest.raises(LepanalysisError, match="packed QualCoder project; unpack it"):
        kind_of(packed(tmp_path / "b.zip", ("x.qda/data.qda", b"x")))


def test_a_kind_that_is_stated_has_to_be_one(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n")
    with pytest.raises(UsageError, match="--kind nvivo is no kind of file that is read"):
        kind_of(tmp_path / "a.csv", "nvivo")
    with pytest.raises(UsageError, match="--kind annotations is no kind of file that is read"):
        kind_of(tmp_path / "a.csv", "annotations")
    with pytest.raises(UsageError, match="no file or folder"):
        kind_of(tmp_path / "b.csv")
    assert kind_of(tmp_path / "a.csv", "interviews").name == "interviews"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.nvpx", b"\0\1", "a project in NVivo's own format, which nothing else reads; export it there as .qdpx"),
        ("a.mx24", b"\0\1", "a project in MAXQDA's own format"),
        ("a.atlproj23", b"PK\x03\x04", "a project in ATLAS.ti's own format"),
        ("a.rqda", b"SQLite format 3\0", "a project of RQDA; QualCoder takes it over"),
        ("a.rtf", b"{\\rtf1 x}", "a text in RTF; save it as .docx or .txt"),
        ("a.txt", b"{\\rtf1 x}", "a text in RTF; save it as .docx or .txt"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "an old Word document; save it as .docx"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "an old Excel workbook; save it as .xlsx"),
        ("a.csv", b"\xd0\xcf\x11\xe0", "an old Office file, or one with a password"),
        ("a.sav", b"$FL2\0", "a file of SPSS; export the table as CSV"),
    ],
)
def test_what_only_its_own_program_reads_is_refused_with_what_to_do(tmp_path, name, data, sentence):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(LepanalysisError) as error:
        kind_of(tmp_path / name)
    assert f"{name} is {sentence}" in str(error.value)


def test_a_packed_project_is_to_be_unpacked_and_plain_text_to_be_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("ours.qdpx", b"x")
    with pytest.raises(LepanalysisError, match=r"it holds ours\.qdpx\); unpack it and import what is in it"):
        kind_of(tmp_path / "a.zip")
    (tmp_path / "a.log").write_text("one, two\n")
    with pytest.raises(UsageError, match="say --kind csv for a table"):
        kind_of(tmp_path / "a.log")
    assert kind_of(tmp_path / "a.log", prefer=("csv",)).name == "csv"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.qdpx", "qdpx"), ("a.CSV", "csv"), ("a.xlsx", "xlsx"), ("a.jsonld", "annotations"), ("a.zip", "deposit")],
)
def test_a_target_is_written_as_its_name_says(tmp_path, name, kind):
    assert kind_to_write(tmp_path / name) is KINDS[kind]


def test_a_target_whose_name_says_nothing_needs_a_kind(tmp_path):
    with pytest.raises(UsageError, match="its ending names no kind that is written"):
        kind_to_write(tmp_path / "a.doc")
    with pytest.raises(UsageError, match="--kind mbox is no kind that is written"):
        kind_to_write(tmp_path / "a.csv", "mbox")
    assert kind_to_write(tmp_path / "a.csv", "taguette-codebook").name == "taguette-codebook"


MAIL = b"From ann at example.org  Thu Jan  1 00:00:00 2015\nFrom: ann at example.org (Ann)\nSubject: x\n\ny\n"


def test_an_archive_of_mails_is_one_whatever_it_is_called(tmp_path):
    for name, data in (
        ("2015-January.txt", MAIL),
        ("2015-January.txt.gz", gzip.compress(MAIL)),
        ("talk.txt", b"From the start 1 we met.\nA: Yes.\n"),
    ):
        (tmp_path / name).write_bytes(data)
    names = [kind_of(tmp_path / name).name for name in ("2015-January.txt", "2015-January.txt.gz", "talk.txt")]
    assert names == ["mbox", "mbox", "interviews"]
    assert kind_of(tmp_path / "2015-January.txt", "interviews").name == "interviews"


def test_a_folder_of_archives_of_mails_is_told_from_one_of_interviews(tmp_path):
    for folder, data in (("list", MAIL), ("talks", b"A: Hello.\nB: Hello.\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_bytes(b"")
        (tmp_path / folder / "b.txt").write_bytes(data)
    assert [kind_of(tmp_path / folder).name for folder in ("list", "talks")] == ["mbox", "interviews"]


@pytest.mark.parametrize(
    ("name", "data", "match"),
    [
        ("a.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "fetch it with git lfs pull"),
        ("a.csv.gz", gzip.compress(b"a,b\n"), "packed with gzip, and no mailbox"),
        ("a.txt.gz", b"\x1f\x8b\x08nothing", "is damaged"),
        ("a.ris", b"TY  - JOUR\n", "its name does not say of which sort: say --kind csv for a table"),
    ],
)
def test_what_cannot_be_told_is_refused_with_what_to_do(tmp_path, name, data, match):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(LepanalysisError, match=match):
        kind_of(tmp_path / name)
