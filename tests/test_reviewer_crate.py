import hashlib
import json

import pytest
from reviewed import CITATION, STANDIN, small

from lepanalysis.reviewer_crate import crate

PROFILE = "https://w3id.org/ro/wfrun/provenance/0.5"
# Dates and digests aside, what only a clock, a machine or a repository knows.
NOT_IN_IT = ("began", "ended", "commit", "machine", "interpreter", "hostname", "/tmp", "/root", "/home")  # noqa: S108


def read(material, documents=None):
    return json.loads(crate(material, documents or {}))


def graph_of(material, documents=None):
    return {entity["@id"]: entity for entity in read(material, documents)["@graph"]}


def ids(value):
    return [item["@id"] for item in (value if isinstance(value, list) else [value])]


def test_the_graph_is_flat_and_every_reference_in_it_is_there(tmp_path):
    graph = read(small(tmp_path, **STANDIN))["@graph"]
    known = [entity["@id"] for entity in graph]
    assert len(known) == len(set(known))
    outside = set()
    for entity in graph:
        assert entity["@type"]
        for value in entity.values():
            for item in value if isinstance(value, list) else [value]:
                assert not isinstance(item, dict) or list(item) == ["@id"]
                if isinstance(item, dict) and item["@id"] not in known:
                    outside.add(item["@id"])
    assert outside == {
        "https://w3id.org/ro/crate/1.1",
        "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE",
        "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE",
    }


def test_lists_of_one_are_that_one(tmp_path):
    for entity in read(small(tmp_path))["@graph"]:
        assert not [name for name, value in entity.items() if isinstance(value, list) and len(value) < 2]


def test_the_root_says_what_it_is_and_who_made_it_when(tmp_path):
    graph = graph_of(small(tmp_path))
    root = graph["./"]
    assert PROFILE in ids(root["conformsTo"])
    assert root["datePublished"] == "2020-02-02"
    assert ids(root["author"]) == ids(root["publisher"]) == ["#maker/The%20contributors"]
    assert graph["#maker/The%20contributors"]["@type"] == "Organization"
    assert graph[root["license"]["@id"]]["name"] == "Creative Commons Zero 1.0 Universal"
    assert root["citation"] == {"@id": "https://doi.org/10.5555/12345678"}
    assert root["mainEntity"] == {"@id": "manifest.json"}


def test_the_article_has_its_authors_and_they_have_nothing_else(tmp_path):
    graph = graph_of(small(tmp_path))
    article = graph["https://doi.org/10.5555/12345678"]
    assert (article["@type"], article["datePublished"]) == ("ScholarlyArticle", "2001")
    author = article["author"]["@id"]
    assert graph[author]["name"] == "Robin Weaver"
    assert "had no part" in graph[author]["description"]
    used = [
        id_ for id_, entity in graph.items() if {"@id": author} in [v for v in entity.values() if isinstance(v, dict)]
    ]
    assert used == ["https://doi.org/10.5555/12345678"]


@pytest.mark.parametrize("citation", [{}, {**CITATION, "references": []}, {**CITATION, "references": "x"}])
def test_somebody_elses_study_is_not_by_the_makers_of_the_compendium(tmp_path, citation):
    root = graph_of(small(tmp_path, citation=citation))["./"]
    assert not {"author", "publisher"} & root.keys()


def test_terms_that_are_no_licence_known_are_kept_as_words(tmp_path):
    text = "title: T\nclass: open\nsource: S\nlicence: ask <us> first\n"
    without = ("codebook.yaml", "codings.csv", "assignments.csv", "themes.yaml", "decisions.csv", "quotations.csv")
    graph = graph_of(small(tmp_path, ledger=False, study_yaml=text, without=without))
    assert graph["#licence"]["name"] == "ask <us> first"
    assert not [id_ for id_ in graph if id_.startswith(("#coder", "#coders", "#ledger"))]


def test_every_file_has_digest_size_and_class(tmp_path):
    material = small(tmp_path)
    graph = graph_of(material, {"review/exhibits.md": b"abc"})
    file = graph["tables/tbl-codebook.csv"]
    assert file["name"] == "The codebook"
    assert file["sha256"] == hashlib.sha256((material.build / "tables/tbl-codebook.csv").read_bytes()).hexdigest()
    assert file["contentSize"] == str((material.build / "tables/tbl-codebook.csv").stat().st_size)
    assert graph[file["additionalProperty"]["@id"]]["value"] == "open"
    assert graph["exhibits/02-quotations.json"]["additionalProperty"] == {"@id": "#class/published"}
    assert graph["review/exhibits.md"]["sha256"] == hashlib.sha256(b"abc").hexdigest()
    local = [id_ for id_, entity in graph.items() if entity["@type"] == "File" and not id_.startswith("#")]
    assert sorted([*local, "manifest.json"]) == sorted(ids(graph["./"]["hasPart"]))


def test_inputs_have_their_digests_and_are_no_part_of_it(tmp_path):
    material = small(tmp_path)
    graph = graph_of(material)
    assert graph["#study/messages.csv"]["sha256"] == material.study.digests["messages.csv"]
    assert graph["#ledger/facts.csv"]["additionalProperty"] == {"@id": "#class/published"}
    assert graph["#study/messages.csv"]["name"] == "data/small/messages.csv"
    assert "#study/messages.csv" not in ids(graph["./"]["hasPart"])


def test_a_notebook_is_a_step_with_its_parameters_inputs_and_results(tmp_path):
    graph = graph_of(small(tmp_path))
    run = graph["#run/01-corpus"]
    assert run["instrument"] == {"@id": "#notebook/01-corpus"}
    assert ids(run["object"]) == ["#study/messages.csv", "#value/01-corpus/unit", "#value/01-corpus/seed"]
    assert "notebooks/01-corpus.ipynb" in ids(run["result"])
    assert graph["#value/01-corpus/seed"]["value"] == "7"
    assert graph["#parameter/01-corpus/seed"]["additionalType"] == "Integer"
    assert graph["#notebook/01-corpus"]["sha256"] == "1" * 64
    assert graph["#step/01-corpus"]["workExample"] == {"@id": "#notebook/01-corpus"}
    assert ids(graph["#order"]["object"]) == ["#control/01-corpus", "#control/02-quotations", "#control/paper"]
    assert ids(graph["#run/paper"]["result"]) == ["paper.html", "paper.pdf"]


def test_a_notebook_that_was_left_out_was_not_run(tmp_path):
    graph = graph_of(small(tmp_path, build={"skipped": ("02-quotations",)}))
    assert not [id_ for id_ in graph if "02-quotations" in id_]


def test_software_has_its_versions(tmp_path):
    graph = graph_of(small(tmp_path))
    assert graph["https://pypi.org/project/numpy/2.3.1/"]["softwareVersion"] == "2.3.1"
    assert graph["#software/lepanalysis"]["softwareVersion"] == "0.1.0"


def test_coding_and_meeting_are_acts_of_people_at_the_times_that_the_study_has(tmp_path):
    codings = """\
        coder,message_id,code_id,coding_id,created_at
        A,1,a1,A-1,2020-03-02T10:00:00
        A,4,a2,A-2,2020-03-01T09:00:00
        B,2,b1,B-1,
        """
    decisions = """\
        decision_id,decided_at,kind,subjects,outcome,target,by
        d1,2020-04-01,code,a1;b1,map,space,A;B
        d2,2020-04-02T12:00:00,code,a2,map,travel,A;B
        """
    graph = graph_of(small(tmp_path, codings_csv=codings, decisions_csv=decisions, **STANDIN))
    coding = graph["#coding/A"]
    assert coding["@type"] == "AssessAction"
    assert coding["agent"] == {"@id": "#coder/A"}
    assert (coding["startTime"], coding["endTime"]) == ("2020-03-01T09:00:00", "2020-03-02T10:00:00")
    assert coding["description"].startswith("2 codings of 2 messages. Invented:")
    assert not {"startTime", "endTime"} & graph["#coding/B"].keys()
    meeting = graph["#coders/meeting"]
    assert (meeting["startTime"], meeting["endTime"]) == ("2020-04-01T00:00:00", "2020-04-02T12:00:00")
    assert ids(meeting["agent"]) == ["#coder/A", "#coder/B"]
    assert graph["#coder/A"]["name"] == "Coder A (invented)"
    assert graph["#coder/A"]["description"] == "Invented: a record of a stand-in, and no person."
    assert {"#coding/A", "#coding/B", "#coders/meeting"} <= set(ids(graph["./"]["mentions"]))


def test_no_time_of_a_memo_or_of_reading_enters_that_of_coding(tmp_path):
    codings = "coder,message_id,code_id,coding_id,created_at\nA,1,a1,A-1,2020-03-02T10:00:00\nB,2,b1,B-1,\n"
    memos = """\
        memo_id,coder,text,at
        m1,A,before,2020-02-01T10:00:00
        m2,A,after the meeting,2020-05-06T11:45:00
        m3,B,after the meeting,2020-05-06T12:00:00
        """
    read = "coder,message_id,status,at\nA,1,read,2020-02-24T09:05:00\nB,2,read,2020-02-24T09:05:00\n"
    decisions = "decision_id,decided_at,kind,subjects,outcome,target,by\nd1,2020-04-01,code,a1;b1,map,space,A;B\n"
    graph = graph_of(
        small(tmp_path, codings_csv=codings, memos_csv=memos, assignments_csv=read, decisions_csv=decisions)
    )
    coding = graph["#coding/A"]
    assert (coding["startTime"], coding["endTime"]) == ("2020-03-02T10:00:00", "2020-03-02T10:00:00")
    assert "#study/memos.csv" in ids(coding["result"])
    assert not {"startTime", "endTime"} & graph["#coding/B"].keys()
    meeting = graph["#coders/meeting"]
    assert (meeting["startTime"], meeting["endTime"]) == ("2020-04-01T00:00:00", "2020-04-01T00:00:00")


def test_people_of_a_real_study_are_not_called_invented(tmp_path):
    assert "nvented" not in crate(small(tmp_path), {}).decode()


def test_the_same_build_gives_the_same_bytes_and_no_clock_or_machine(tmp_path):
    one, two = small(tmp_path / "one"), small(tmp_path / "two")
    text = crate(one, {}).decode()
    assert text == crate(two, {}).decode()
    assert not [word for word in NOT_IN_IT if f'"{word}' in text]
