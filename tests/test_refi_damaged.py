"""Projects that other programs or people changed: every one becomes a sound study, or is refused with a sentence."""

import copy
import json
import random
import zipfile

import pytest
from exchange_studies import drafts, opened
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from refi_files import CODES, TEXT, USERS, g, project, selection, source, write_qdpx
from studies import write_study

from lepanalysis.exchange.draft import draft_of
from lepanalysis.exchange.exporting import export_study
from lepanalysis.exchange.importing import import_study
from lepanalysis.faults import LepanalysisError, StudyFaultsError
from lepanalysis.study import open_study

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
ODD = ("", "x;y", " ", "7", "-1", "all", "9" * 30, "a" * 200, "2020-01-01")
ODD_JSON = ("", 7, None, ["a"], {"a": "b"}, [["x"]], "A;B", {"a": {"b": 1}}, True, 1.5, "2020-01-01")
OUR_WAY = {"offsets": "codepoint,crlf=1,bom=not,end=exclusive"}


def generator(seed):
    return random.Random(seed)  # noqa: S311


def damaged_xml(root, chance):
    """Take away, double, exchange and overwrite, here and there."""
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        elements = list(root.iter())[1:]
        if not elements:
            return
        one, other = chance.choice(elements), chance.choice(elements)
        way = chance.randrange(6)
        if way == 0:
            one.getparent().remove(one)
        elif way == 1 and one.attrib:
            del one.attrib[chance.choice(list(one.attrib))]
        elif way == 2:
            one.getparent().append(etree.fromstring(etree.tostring(one)))
        elif way == 3 and "guid" in other.attrib:
            for name in {"guid", "targetGUID", "creatingUser"}.intersection(one.attrib):
                one.set(name, other.get("guid"))
        elif way == 4 and one.attrib:
            one.set(chance.choice(list(one.attrib)), chance.choice(ODD))
        else:
            one.text = chance.choice(ODD)


def damaged_json(text, chance):
    """Put anything in the place of anything."""
    whole = json.loads(text)
    for _ in range(chance.choice([1, 2, 6])):
        inside, key = whole, chance.choice(list(whole))
        while isinstance(inside[key], dict | list) and inside[key] and chance.random() < 0.85:
            inside = inside[key]
            key = chance.choice(list(inside)) if isinstance(inside, dict) else chance.randrange(len(inside))
        inside[key] = copy.deepcopy(chance.choice(ODD_JSON))
    return json.dumps(whole | {"of": "lepanalysis", "version": 1})


def damaged(path, target, chance):
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    root = etree.fromstring(files["project.qde"])
    note = list(files)[-1]
    way = chance.randrange(3)
    if way == 0:
        del files[note]
    elif way == 1:
        files[note] = damaged_json(files[note], chance).encode()
    damaged_xml(root, chance)
    files["project.qde"] = etree.tostring(root)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def assert_sound_or_refused(path, target):
    try:
        import_study(path, target, options=OUR_WAY)
        open_study(target)
    except StudyFaultsError:
        raise
    except LepanalysisError:
        assert not target.exists()


@SLOW
@given(drafts(), st.integers(0, 10**6))
def test_a_damaged_project_becomes_a_sound_study_or_is_refused(tmp_path_factory, draft, seed):
    folder = tmp_path_factory.mktemp("x")
    with opened(draft) as study:
        export_study(study, folder / "a.qdpx")
    damaged(folder / "a.qdpx", folder / "b.qdpx", generator(seed))
    assert_sound_or_refused(folder / "b.qdpx", folder / "back")


@pytest.mark.long
@pytest.mark.parametrize("seed", range(300))
def test_so_it_is_with_the_small_study_damaged_in_hundreds_of_ways(tmp_path, seed):
    export_study(write_study(tmp_path / "small"), tmp_path / "a.qdpx")
    damaged(tmp_path / "a.qdpx", tmp_path / "b.qdpx", generator(seed))
    assert_sound_or_refused(tmp_path / "b.qdpx", tmp_path / "back")


def test_decisions_that_no_longer_fit_lie_beside_the_report(tmp_path):
    """A second coder now agrees, which the decision to accept a disputed coding does not go with."""
    export_study(write_study(tmp_path / "small"), tmp_path / "a.qdpx")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    root = etree.fromstring(files["project.qde"])
    space = {"q": "urn:QDA-XML:project:1.0"}
    train = root.find(".//q:Code[@name='Train']", space).get("guid")
    mine = root.find(".//q:PlainTextSelection[@name='And faster trains.']", space)
    bens = root.find(".//q:User[@id='B']", space).get("guid")
    new = etree.fromstring(etree.tostring(mine))
    new.set("guid", g(1))
    new[0].set("guid", g(2))
    new[0].set("creatingUser", bens)
    new[0][0].set("targetGUID", train)
    mine.addnext(new)
    files["project.qde"] = etree.tostring(root)
    with zipfile.ZipFile(tmp_path / "b.qdpx", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    report = import_study(tmp_path / "b.qdpx", tmp_path / "back")
    study = open_study(tmp_path / "back")
    assert len(study.codings) == 8
    assert not study.has("decisions")
    assert report.tally("decisions").dropped == 6
    assert (tmp_path / "back" / "import" / "decisions.csv").read_text("utf-8").count("\n") == 7


@SLOW
@given(st.integers(0, 10**6))
def test_a_foreign_project_keeps_its_guids_on_the_way_out_and_in_again(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("x")
    chance = generator(seed)
    places = [(start, start + 5) for start in chance.sample(range(0, 30, 6), 3)]
    inner = "".join(
        selection(start, end, number=31 + number, more=f'name="{TEXT[start:end]}"')
        for number, (start, end) in enumerate(places)
    )
    xml = project(USERS, CODES, f"<Sources>{source(inner)}</Sources>", more='origin="NVivo"')
    import_study(write_qdpx(folder, xml), folder / "one", options=OUR_WAY)
    export_study(folder / "one", folder / "out.qdpx")
    import_study(folder / "out.qdpx", folder / "two")
    one, two = (draft_of(open_study(folder / name)) for name in ("one", "two"))
    assert one == two
    assert {row["program"] for row in one.external_ids} == {"NVivo"}
    with zipfile.ZipFile(folder / "out.qdpx") as archive:
        written = archive.read("project.qde").decode()
    assert all(g(number) in written for number in (1, 11, 12, 21, 41, 42, 43))


def test_codes_nested_without_end_are_refused(tmp_path):
    deep = f'<Code guid="{g(1)}" name="x" isCodable="true">' * 100_000 + "</Code>" * 100_000
    path = write_qdpx(tmp_path, project(f"<CodeBook><Codes>{deep}</Codes></CodeBook>"))
    with pytest.raises(LepanalysisError, match="deep in each other"):
        import_study(path, tmp_path / "study")
    assert not (tmp_path / "study").exists()
