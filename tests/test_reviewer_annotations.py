import json
import re

from reviewed import small

from lepanalysis.entries import entries_of
from lepanalysis.reviewer_annotations import SELECTOR, TERMS, annotations
from lepanalysis.verdicts import Verdict

URN = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
PURPOSES = {"describing", "assessing", "commenting", "classifying"}


def read(material):
    return json.loads(annotations(material))


def by_statement(collection):
    return {item["body"][0]["value"]: item for item in collection["first"]["items"]}


def test_there_is_one_annotation_for_each_entry(tmp_path):
    material = small(tmp_path)
    collection = read(material)
    items = collection["first"]["items"]
    assert len(items) == collection["total"] == len(entries_of(material.article)) == 12
    assert len({item["id"] for item in items}) == 12


def test_the_structure_is_that_of_the_model(tmp_path):
    collection = read(small(tmp_path))
    context, own = collection["@context"]
    assert context == "http://www.w3.org/ns/anno.jsonld"
    assert all(address.startswith(TERMS) for address in own.values())
    assert collection["type"] == "AnnotationCollection"
    assert collection["first"]["type"] == "AnnotationPage"
    for item in collection["first"]["items"]:
        assert set(item) == {"id", "type", "motivation", "body", "target"}
        assert URN.fullmatch(item["id"])
        assert item["type"] == "Annotation"
        assert {body["purpose"] for body in item["body"]} <= PURPOSES
        assert all(body["type"] == "TextualBody" and body["value"] for body in item["body"])
        target = item["target"]
        assert (target["type"], target["source"]) == ("SpecificResource", "https://doi.org/10.5555/12345678")
        names = set(target["selector"]) - {"type", "exact"}
        assert names <= own.keys()


def test_a_quotation_is_pointed_at_by_its_words_alone(tmp_path):
    items = by_statement(read(small(tmp_path)))
    for words in ("We need a shared workshop. Soon.", "meet as equals"):
        assert items[words]["target"]["selector"] == {"type": "TextQuoteSelector", "exact": words}


def test_any_other_entry_is_pointed_at_by_place_and_digest(tmp_path):
    items = by_statement(read(small(tmp_path)))
    assert items["Members: 4"]["target"]["selector"] == {
        "type": ["oa:Selector", SELECTOR],
        "section": "2",
        "paragraph": 1,
        "sentence": 1,
        "sha256": "f8faf2a541ce9f887260fd75d1eb6d9ab9ff573c285f6b3d4a50f2fe356ca45c",
    }


def test_the_bodies_are_statement_verdict_comment_and_class(tmp_path):
    material = small(tmp_path)
    entry = material.verdicts[0].entry
    verdict = Verdict(entry, "not reproducible from public material", "corpus not public", "as printed", "published")
    (item,) = read(small(tmp_path / "other", verdicts=[verdict]))["first"]["items"]
    assert [(body["purpose"], body["value"]) for body in item["body"]] == [
        ("describing", entry.statement),
        ("assessing", "not reproducible from public material"),
        ("commenting", "corpus not public; as printed"),
        ("classifying", "published"),
    ]


def test_the_same_entries_have_the_same_ids_every_time(tmp_path):
    first, second = small(tmp_path / "one"), small(tmp_path / "two")
    assert annotations(first) == annotations(second)


def test_without_verdicts_there_is_no_file(tmp_path):
    assert annotations(small(tmp_path, verdicts=())) == b""
