"""What a source says of its class: it survives every way out and back in, and what was invented stays invented."""

import json
import re
import shutil
import zipfile

import pytest
from exchange_studies import drafts, opened
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studies import SMALL, replaced, write_study
from test_qualcoder import coded, qualcoder
from test_qualcoder import source as qualcoder_source
from test_sheets_exchange_write import mapping

from lepanalysis.exchange.classes import (
    class_in,
    is_mark,
    mark_line,
    marks_in,
    with_class,
    without_marks,
)
from lepanalysis.exchange.draft import Draft, draft_of, plain, write_draft
from lepanalysis.exchange.exporting import export_study
from lepanalysis.exchange.importing import import_study
from lepanalysis.faults import LepanalysisError, UsageError
from lepanalysis.study import open_study

# Every way out that is a way in as well, with what it is written to.
WAYS = {
    "qdpx": "out.qdpx",
    "qdc": "out.qdc",
    "taguette": "out.sqlite3",
    "taguette-codebook": "out.csv",
    "xlsx": "out.xlsx",
    "ods": "out.ods",
    "csv": "out",
    "deposit": "out.zip",
}
INVENTED = (
    "Class: stand-in. The records are marked as invented, and so they stay wherever they go; no option changes that."
)
SLOW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def sent(study, kind, folder):
    """Write a study and return the file and what it takes to read it."""
    report = export_study(study, folder / WAYS[kind], kind=kind, options={"class_accepted": "yes"})
    options = {}
    if kind in {"xlsx", "ods", "csv"}:
        (folder / "mapping.yaml").write_text(mapping(kind, ["A", "B"]), encoding="utf-8")
        options["mapping"] = folder / "mapping.yaml"
    return folder / WAYS[kind], options, report


def small(folder, class_):
    return open_study(write_study(folder, study_yaml=replaced("study.yaml", "class: open", f"class: {class_}")))


@pytest.mark.parametrize("class_", ["stand-in", "restricted"])
@pytest.mark.parametrize("kind", WAYS)
def test_a_class_survives_every_way_out_and_back_in(tmp_path, kind, class_):
    path, options, _ = sent(small(tmp_path / "study", class_), kind, tmp_path)
    report = import_study(path, tmp_path / "back", options=options)
    back = open_study(tmp_path / "back")
    assert back.class_ == class_
    assert {back.messages.class_, back.participants.class_} == {class_}
    sentence = INVENTED if class_ == "stand-in" else "Class: restricted, as the records are marked."
    assert sentence in json.loads((tmp_path / "back" / "import" / "report.json").read_text())["notes"]
    assert sentence in report.as_text()


@pytest.mark.parametrize("other", ["open", "restricted", "published"])
@pytest.mark.parametrize("kind", WAYS)
def test_no_option_makes_anything_else_of_what_was_invented(tmp_path, kind, other):
    path, options, _ = sent(small(tmp_path / "study", "stand-in"), kind, tmp_path)
    before = sorted(one.name for one in tmp_path.iterdir())
    with pytest.raises(UsageError, match="says that its records are invented; its class stays stand-in"):
        import_study(path, tmp_path / "back", options={**options, "class": other})
    assert sorted(one.name for one in tmp_path.iterdir()) == before
    import_study(path, tmp_path / "back", options={**options, "class": "stand-in"})
    assert open_study(tmp_path / "back").class_ == "stand-in"


@SLOW
@given(draft=drafts(), kind=st.sampled_from(["qdpx", "taguette", "deposit"]))
def test_any_study_comes_back_with_its_class(draft, kind, tmp_path_factory):
    folder = tmp_path_factory.mktemp("classes")
    with opened(draft) as study:
        path, options, _ = sent(study, kind, folder)
        import_study(path, folder / "back", options=options)
    assert open_study(folder / "back").class_ == draft.study["class"]


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_a_mapping_that_leaves_the_class_out_does_not_lift_it(tmp_path, kind):
    path, options, _ = sent(small(tmp_path / "study", "stand-in"), kind, tmp_path)
    plan = options["mapping"].read_text().replace("      provenance_class: ignored\n", "")
    options["mapping"].write_text(plan.replace("provenance_class: ignored, ", "") + "study: {class: open}\n")
    with pytest.raises(UsageError, match="whatever the mapping says"):
        import_study(path, tmp_path / "back", options=options)
    options["mapping"].write_text(plan.replace("provenance_class: ignored, ", ""))
    import_study(path, tmp_path / "back", options=options)
    assert open_study(tmp_path / "back").class_ == "stand-in"
    kept = (tmp_path / "back" / "import" / "mapping.yaml").read_text()
    assert "provenance_class: class" in kept


def test_the_study_is_of_the_class_that_binds_most():
    def decided(*marks, rows=("", ""), mapped="", stated=""):
        messages = tuple({"message_id": f"m{place}", "class": one} for place, one in enumerate(rows))
        study = {"class": mapped} if mapped else {}
        draft, sentence, _ = with_class(Draft(study=study, messages=messages, marks=marks), "theirs", stated)
        return draft.study["class"], sentence.split(" ", 2)[2]

    assert decided() == ("restricted", "since nothing in the file says otherwise; say --class where you know better.")
    assert decided("open") == ("open", "as the records are marked.")
    assert decided("open", "restricted")[0] == "restricted"
    assert decided(rows=("open", "restricted"))[0] == "restricted"
    assert decided(rows=("stand-in", "stand-in"))[0] == "stand-in"
    assert decided(stated="open") == ("open", "as --class says.")
    assert decided(mapped="open") == ("open", "as the mapping says.")
    assert decided("restricted", stated="open") == ("open", "as --class says; the records are marked restricted.")
    assert decided("open", mapped="restricted") == ("restricted", "as the mapping says; the records are marked open.")
    assert decided("stand-in", mapped="restricted")[0] == "stand-in"
    assert decided("published")[0] == "restricted"


UNITS = "id,text,codes,provenance_class\n1,We need a room.,Room,{0}\n2,And faster trains.,Train,{1}\n"


def merged(folder, *classes, **options):
    folder.mkdir(exist_ok=True)
    (folder / "units.csv").write_text(UNITS.format(*classes), encoding="utf-8")
    import_study(folder / "units.csv", folder / "back", options=options)
    return draft_of(open_study(folder / "back"))


@pytest.mark.parametrize("second", ["", "open", "restricted"])
def test_invented_rows_among_others_are_refused_with_the_way_out(tmp_path, second):
    with pytest.raises(LepanalysisError) as error:
        merged(tmp_path, "stand-in", second)
    assert str(error.value).startswith(
        "units.csv is refused: it holds invented records among others: 1 of 2 messages are marked stand-in (1), and 1 "
        "messages are not (2). No study holds both, since what was invented would pass for data. Take them apart"
    )
    assert ("where all of it is invented, say --class stand-in" in str(error.value)) == (second == "")
    assert not (tmp_path / "back").exists()


def test_rows_without_a_mark_are_invented_where_the_user_says_so_of_all(tmp_path):
    draft = merged(tmp_path, "stand-in", "", **{"class": "stand-in"})
    assert draft.study["class"] == "stand-in"
    assert [row.get("class") for row in draft.messages] == ["stand-in", None]


def test_records_that_are_marked_keep_their_own_class_where_the_study_can_hold_it(tmp_path):
    draft = merged(tmp_path, "Stand-in", "stand in")
    assert (draft.study["class"], [row["class"] for row in draft.messages]) == ("stand-in", ["stand-in", "stand-in"])
    draft = merged(tmp_path / "two", "open", "restricted")
    assert (draft.study["class"], [row.get("class") for row in draft.messages]) == ("restricted", [None, "restricted"])
    report = json.loads((tmp_path / "two" / "back" / "import" / "report.json").read_text())
    assert report["parts"][0]["losses"][0]["why"] == "it was marked open; it counts as restricted like the others"


def test_a_unit_that_one_table_calls_invented_and_another_not_is_refused(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("id,text,Codes Ada,provenance_class\n1,We need a room.,Room,restricted\n")
    (tmp_path / "in" / "b.csv").write_text("id,text,Codes Ben,provenance_class\n1,We need a room.,Room,stand-in\n")
    with pytest.raises(LepanalysisError, match="one mark in it says stand-in, another restricted"):
        import_study(tmp_path / "in", tmp_path / "back")


def test_an_invented_codebook_beside_units_that_are_not_is_refused(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "units.csv").write_text("id,text,codes\n1,We need a room.,Room\n2,And trains.,Train\n")
    (tmp_path / "in" / "codes.csv").write_text("code,definition,provenance_class\nRoom,a room,stand-in\n")
    with pytest.raises(LepanalysisError, match=r"the codebook codes\.csv is marked stand-in"):
        import_study(tmp_path / "in", tmp_path / "back")


def test_a_table_of_a_study_is_what_study_yaml_beside_it_says(tmp_path):
    study = small(tmp_path / "study", "stand-in")
    with pytest.raises(UsageError, match="its class stays stand-in"):
        import_study(study.folder / "messages.csv", tmp_path / "back", options={"class": "open"})
    import_study(study.folder / "messages.csv", tmp_path / "back")
    assert open_study(tmp_path / "back").class_ == "stand-in"


def test_a_folder_of_a_study_comes_in_as_it_is_and_published_words_count_as_invented(tmp_path):
    study = small(tmp_path / "study", "stand-in")
    assert plain(import_and_draft(study.folder, tmp_path / "back")) == plain(draft_of(study))
    text = SMALL["messages.csv"].replace("reply_to\n", "reply_to,class,context_class\n")
    text = re.sub(r"(?m)^(\s+\d,.*)$", r"\1,published,stand-in", text)
    (study.folder / "messages.csv").write_text("\n".join(map(str.strip, text.strip().splitlines())) + "\n")
    report = import_study(study.folder, tmp_path / "again")
    assert open_study(tmp_path / "again").messages.class_ == "stand-in"
    assert report.parts[0].losses[0].why == (
        "the ledger that shows that an article prints it does not come along; it counts as stand-in"
    )


def import_and_draft(source, target):
    import_study(source, target)
    return draft_of(open_study(target))


def test_a_deposit_package_that_was_changed_is_refused(tmp_path):
    export_study(small(tmp_path / "study", "stand-in"), tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}

    def refused(match, **changes):
        with zipfile.ZipFile(tmp_path / "changed.zip", "w") as archive:
            for name, data in {**files, **changes}.items():
                if data is not None:
                    archive.writestr(name, data)
        with pytest.raises(LepanalysisError, match=match):
            import_study(tmp_path / "changed.zip", tmp_path / "back")

    other = files["data/study.yaml"].replace(b"stand-in", b"open")
    refused(r"data/study\.yaml was changed since the package was made", **{"data/study.yaml": other})
    refused(r"README\.md is missing", **{"README.md": None})
    refused("it has no SHA256SUMS", SHA256SUMS=None)


def edited(path, target, change):
    """Write a project anew, its files as a function has them."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in change(files).items():
            archive.writestr(name, data)
    return target


def without_note(files):
    """Take our note out, as programs do that keep no notes."""
    last = list(files)[-1]
    xml = re.sub(rb"<Notes>.*</Notes>|<NoteRef[^>]*/>", b"", files["project.qde"], flags=re.DOTALL)
    return {**{name: data for name, data in files.items() if name != last}, "project.qde": xml}


def only_description(files):
    xml = re.sub(rb"<VariableValue>.*?</VariableValue>", b"", without_note(files)["project.qde"], flags=re.DOTALL)
    return {**without_note(files), "project.qde": xml}


def only_variable(files):
    xml = re.sub(rb"<Description>[^<]*provenance[^<]*</Description>", b"", without_note(files)["project.qde"])
    guids = re.sub(rb'(<VariableRef targetGUID="|<Variable guid=")[0-9a-f]{8}', rb"\g<1>12345678", xml)
    return {**without_note(files), "project.qde": guids}


def renumbered_note(files):
    last = list(files)[-1]
    xml = re.sub(rb"<Description>[^<]*provenance[^<]*</Description>", b"", files["project.qde"])
    xml = re.sub(rb"<VariableValue>.*?</VariableValue>", b"", xml, flags=re.DOTALL)
    xml = xml.replace(
        last.removeprefix("sources/").removesuffix(".txt").encode(), b"99999999-0000-4000-8000-000000000000"
    )
    return {
        **{k: v for k, v in files.items() if k != last},
        "project.qde": xml,
        "sources/99999999-0000-4000-8000-000000000000.txt": files[last],
    }


@pytest.mark.parametrize("change", [without_note, only_description, only_variable, renumbered_note])
def test_a_project_that_went_through_another_program_still_says_that_it_is_invented(tmp_path, change):
    export_study(small(tmp_path / "study", "stand-in"), tmp_path / "out.qdpx")
    theirs = edited(tmp_path / "out.qdpx", tmp_path / "theirs.qdpx", change)
    report = import_study(theirs, tmp_path / "back")
    assert open_study(tmp_path / "back").class_ == "stand-in"
    assert not [memo for memo in draft_of(open_study(tmp_path / "back")).memos if "provenance" in memo["text"]]
    assert report.tally("notes of lepanalysis").dropped == (change is renumbered_note)


def test_of_two_projects_that_were_merged_one_of_which_was_invented_nothing_is_made(tmp_path):
    export_study(small(tmp_path / "study", "stand-in"), tmp_path / "out.qdpx")

    def merge(files):
        files = only_variable(files)
        xml = files["project.qde"].decode()
        first = re.search(r"<TextSource.*?</TextSource>", xml, re.DOTALL)[0]
        more = re.sub(r"<VariableValue>.*?</VariableValue>", "", first, flags=re.DOTALL)
        more = re.sub('guid="[0-9a-f]{8}', 'guid="87654321', more)
        return {**files, "project.qde": xml.replace(first, first + more).encode()}

    theirs = edited(tmp_path / "out.qdpx", tmp_path / "theirs.qdpx", merge)
    with pytest.raises(LepanalysisError, match=r"4 of 5 messages are marked stand-in \(1, .*and 1 messages are not"):
        import_study(theirs, tmp_path / "back")


def test_what_somebody_added_to_an_invented_project_is_not_taken_for_invented(tmp_path):
    export_study(small(tmp_path / "study", "stand-in"), tmp_path / "out.qdpx")

    def add(files):
        xml = files["project.qde"].decode()
        first = re.search(r"<TextSource.*?</TextSource>", xml, re.DOTALL)[0]
        more = re.sub(r"<VariableValue>.*?</VariableValue>", "", first, flags=re.DOTALL)
        more = re.sub('guid="[0-9a-f]{8}', 'guid="87654321', more)
        return {**files, "project.qde": xml.replace(first, first + more).encode()}

    theirs = edited(tmp_path / "out.qdpx", tmp_path / "theirs.qdpx", add)
    with pytest.raises(LepanalysisError, match=r"4 of 5 messages are marked stand-in .*say --class stand-in$"):
        import_study(theirs, tmp_path / "back")
    import_study(theirs, tmp_path / "back", options={"class": "stand-in"})
    assert open_study(tmp_path / "back").class_ == "stand-in"


ROOM = {"cid": 1, "name": "Room", "memo": "a place"}
OURS = {"name": "Parts of the study that REFI-QDA has no place for (for lepanalysis, do not edit)"}
JSON = '{\n "of": "lepanalysis",\n "version": 1,\n "provenance_class": "stand-in"\n}'
ATTRIBUTE = {"name": "Provenance class", "attr_type": "file", "value": "stand-in"}


@pytest.mark.parametrize(
    "rows",
    [
        {"project": [{"databaseversion": "v17", "memo": f"Ours.\n\n{mark_line('stand-in')}"}]},
        {"journal": [{"jid": 1, **OURS, "jentry": JSON}]},
        {"attribute": [{**ATTRIBUTE, "id": 1}, {**ATTRIBUTE, "id": 2}]},
    ],
    ids=["memo of the project", "our note", "attributes of the texts"],
)
def test_qualcoder_hands_on_what_a_project_of_ours_told_it(tmp_path, rows):
    sources = [qualcoder_source(1, "We need a room."), qualcoder_source(2, "And trains.")]
    words = [coded(1, "a room", 8, 14)]
    import_study(
        qualcoder(tmp_path / "a.qda", source=sources, code_name=[ROOM], code_text=words, **rows), tmp_path / "a"
    )
    study = open_study(tmp_path / "a")
    assert (study.class_, study.record.notes in {"", "Ours."}, len(study.codings)) == ("stand-in", True, 1)
    assert study.has("memos") is False
    assert "Provenance class" not in study.participants.frame


def test_of_the_texts_of_a_qualcoder_project_not_only_some_are_invented(tmp_path):
    sources = [qualcoder_source(1, "We need a room."), qualcoder_source(2, "And trains.")]
    folder = qualcoder(tmp_path / "a.qda", source=sources, attribute=[{**ATTRIBUTE, "id": 2}])
    with pytest.raises(
        LepanalysisError, match=r"1 of 2 messages are marked stand-in \(talk 2\), and 1 messages are not"
    ):
        import_study(folder, tmp_path / "a")


def test_web_annotations_say_of_each_coding_what_it_is_and_are_no_way_in(tmp_path):
    study = small(tmp_path / "study", "stand-in")
    export_study(study, tmp_path / "out.jsonld")
    found = json.loads((tmp_path / "out.jsonld").read_text())
    assert found["class"] == "stand-in"
    assert {item["class"] for item in found["first"]["items"]} == {"stand-in"}
    shutil.copy(tmp_path / "out.jsonld", tmp_path / "out.json")
    with pytest.raises(LepanalysisError, match="holds Web Annotations, which say where something stands and not the"):
        import_study(tmp_path / "out.json", tmp_path / "back")


def test_a_draft_that_is_written_without_a_class_gets_that_of_its_marks(tmp_path):
    draft = draft_of(small(tmp_path / "study", "open"))
    bare = {name: value for name, value in draft.study.items() if name != "class"}
    for marks, class_ in (((), "restricted"), (("stand-in",), "stand-in")):
        write_draft(
            Draft(study=bare, messages=draft.messages, participants=draft.participants, marks=marks), tmp_path / class_
        )
        assert open_study(tmp_path / class_).class_ == class_


def test_a_mark_is_found_in_any_writing_and_taken_out_again():
    assert [is_mark(name) for name in ("Provenance class", "PROVENANCE_CLASS", "class", "class of provenance")] == [
        True,
        True,
        False,
        False,
    ]
    assert [class_in(cell) for cell in (" Stand-in ", "stand_in", "standin", "Restricted", "5b", "")] == [
        *["stand-in"] * 3,
        "restricted",
        "",
        "",
    ]
    for class_ in ("restricted", "stand-in", "open", "published"):
        assert marks_in(f"Notes.\n\n{mark_line(class_)}") == (class_,)
        assert without_marks(f"Notes.\n\n{mark_line(class_)}") == "Notes."
    assert marks_in("we spoke of the provenance class of the stand-in") == ()
    assert without_marks("one\nprovenance_class: open\ntwo") == "one\ntwo"
