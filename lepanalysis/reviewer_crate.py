"""ro-crate-metadata.json: the build as a Provenance Run Crate, so that a program can read how each file came about.

After RO-Crate 1.1 (https://w3id.org/ro/crate/1.1) and Provenance Run Crate 0.5 (https://w3id.org/ro/wfrun/provenance/0.5).
No clock, commit or machine is in it: these are in run.json, and RO-Crate asks for no more than `datePublished`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lepanalysis.exhibits import CLASS_SENTENCES, digest_of_file
from lepanalysis.reviewer_crate_parts import (
    Entity,
    article_of,
    class_value,
    format_of,
    identifier,
    licence_of,
    makers_of,
    reference,
    references,
    without_lone_lists,
)
from lepanalysis.reviewer_crate_people import human_actions
from lepanalysis.reviewer_crate_run import WORKFLOW, run_of
from lepanalysis.reviewer_markdown import on_one_line
from lepanalysis.reviewer_material import ANNOTATIONS, CRATE, REVIEW, doi_of
from lepanalysis.schema import highest_class
from lepanalysis.tables import sha256_of
from lepanalysis.target import DOCUMENTS, RUN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lepanalysis.reviewer_material import Material

_RUN_TERMS = "https://w3id.org/ro/terms/workflow-run#"
# The one term that RO-Crate 1.1 lacks, as the profile defines it; given here so that reading the crate takes one
# address less.
CONTEXT = ["https://w3id.org/ro/crate/1.1/context", {"sha256": f"{_RUN_TERMS}sha256"}]
PROFILES = (
    ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/provenance/0.5", "Provenance Run Crate", "0.5"),
    ("https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate", "1.0"),
)
_PAPERS = {"html": "The paper as HTML", "pdf": "The paper as PDF", "docx": "The paper as DOCX"}


def crate(material: Material, documents: Mapping[str, bytes]) -> bytes:
    """Return ro-crate-metadata.json for a build.

    Parameters
    ----------
    material : Material
    documents : mapping
        The other documents for reviewers, by their place in the build.
    """
    files = [*_files(material)]
    digests = {file: sha256_of(data) for file, data in sorted(documents.items())}
    files += [
        _file(file, {"sha256": digests[file], "contentSize": str(len(documents[file]))}) for file in sorted(digests)
    ]
    files += [_file(name, {"sha256": digest_of_file(material.build / name)}) for name in _others(material)]
    files.append(_file(RUN, {"name": "Times, machine and commit of the run: the one file that differs between builds"}))
    run, actions = run_of(material)
    people, by_people = human_actions(material)
    licence = licence_of(material.study.record.licence)
    article = article_of(material)
    makers = makers_of(material)
    classes = sorted({exhibit["class"] for exhibit in material.exhibits.values()} | _classes_of_inputs(material))
    root = _root(material, [*files, run[0]], [*actions, *by_people], makers, licence)
    graph = [
        _descriptor(),
        root,
        *({"@id": id_, "@type": "CreativeWork", "name": name, "version": version} for id_, name, version in PROFILES),
        *files,
        *run,
        *people,
        *([licence] if licence else []),
        *makers,
        *article,
        *(class_value(class_, CLASS_SENTENCES[class_]) for class_ in classes),
    ]
    text = json.dumps(
        {"@context": CONTEXT, "@graph": [without_lone_lists(entity) for entity in _once(graph)]},
        ensure_ascii=False,
        indent=1,
        allow_nan=False,
    )
    return (text + "\n").encode()


def _descriptor() -> Entity:
    """Return the entity that says which file this is, and after which specification."""
    return {
        "@id": CRATE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": references(["https://w3id.org/ro/crate/1.1", PROFILES[-1][0]]),
    }


def _root(
    material: Material, files: list[Entity], actions: list[Entity], makers: list[Entity], licence: Entity | None
) -> Entity:
    """Return the build as a whole."""
    study, citation = material.study, material.citation
    what = f"A build of {material.manifest['study']['folder']} ({study.class_})"
    root: Entity = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{on_one_line(study.title)}: a build",
        "description": f"{what}: executed notebooks, every exhibit with its data, and the paper. "
        f"{CLASS_SENTENCES[study.class_]} datePublished is the release of the compendium that made it; when the build "
        f"was made, {RUN} says.",
        "conformsTo": references(id_ for id_, _, _ in PROFILES),
        "hasPart": references(file["@id"] for file in files),
        "mainEntity": {"@id": WORKFLOW},
        "mentions": references(action["@id"] for action in actions),
        "additionalProperty": {"@id": identifier("class", study.class_)},
    }
    if citation.get("date-released"):
        root["datePublished"] = str(citation["date-released"])
    if licence:
        root["license"] = reference(licence)
    if makers:
        root["author"] = [reference(maker) for maker in makers]
        publishers = [reference(maker) for maker in makers if maker["@type"] == "Organization"]
        if publishers:
            root["publisher"] = publishers
    if material.article is not None and doi_of(material.article.record):
        root["citation"] = {"@id": doi_of(material.article.record)}
    return root


def _files(material: Material) -> Iterator[Entity]:
    """Yield the files that notebooks and paper wrote, each with its digest, its size and the class of what it holds."""
    owners = {file: exhibit for exhibit in material.exhibits.values() for file in exhibit["files"].values()}
    for name, entry in material.notebooks.items():
        own = [exhibit["class"] for exhibit in material.exhibits.values() if exhibit["notebook"] == name]
        for file, digest in sorted(entry["outputs"].items()):
            about: dict[str, Any] = {}
            class_ = highest_class(own) if own else ""
            if file in owners:
                class_ = owners[file]["class"]
                about["name"] = on_one_line(owners[file]["caption"])
            elif file.endswith(".ipynb"):
                about["name"] = f"notebooks/{name}.ipynb as it was run"
            else:
                about["name"] = f"Every exhibit of notebooks/{name}.ipynb, with what it rests on"
            yield _file(file, {**about, **_kept(material, file, digest), **_of_class(class_)})
    classes = [exhibit["class"] for exhibit in material.exhibits.values()]
    whole = _of_class(highest_class(classes) if classes else "")
    for file, digest in sorted(material.manifest["paper"].items()):
        about = {"name": _PAPERS.get(file.rpartition(".")[2], file)}
        yield _file(file, {**about, **_kept(material, file, digest), **whole})


def _others(material: Material) -> list[str]:
    """Return the documents that others put at the top of the build before this one."""
    ours = {REVIEW, ANNOTATIONS, CRATE}
    return [name for name in sorted(DOCUMENTS) if name not in ours and (material.build / name).is_file()]


def _kept(material: Material, file: str, digest: str) -> dict[str, str]:
    """Return digest and size of a file of the build."""
    path = material.build / file
    return {"sha256": digest, **({"contentSize": str(path.stat().st_size)} if path.is_file() else {})}


def _of_class(class_: str) -> dict[str, Any]:
    """Return the property that holds a class; nothing where there is none."""
    return {"additionalProperty": {"@id": identifier("class", class_)}} if class_ else {}


def _file(file: str, about: Mapping[str, Any]) -> Entity:
    """Return a file of the build as an entity."""
    return {"@id": identifier("", file), "@type": "File", "name": file, "encodingFormat": format_of(file), **about}


def _classes_of_inputs(material: Material) -> set[str]:
    """Return the classes of the records that a build rests on, and of the study as a whole."""
    wholes = {material.study.class_} | ({"published"} if material.article is not None else set())
    tables = {table.class_ for table in material.study.tables.values()}
    return wholes | tables | {material.class_of(name) for name in material.inputs}


def _once(graph: list[Entity]) -> Iterator[Entity]:
    """Yield each entity once: a person who is named twice, or a licence that two things have, is one."""
    seen = set()
    for entity in graph:
        if entity["@id"] not in seen:
            seen.add(entity["@id"])
            yield entity
