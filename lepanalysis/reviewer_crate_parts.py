"""Parts of a research object: ids, classes, licences, the works and their authors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from lepanalysis.reviewer_markdown import on_one_line
from lepanalysis.reviewer_material import authors_of, doi_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lepanalysis.reviewer_material import Material

Entity: TypeAlias = dict[str, Any]
# Licences by the names that SPDX gives them; what else a study says of its terms is kept as its own words.
_SPDX = {
    "CC-BY-4.0": "Creative Commons Attribution 4.0 International",
    "CC-BY-SA-4.0": "Creative Commons Attribution-ShareAlike 4.0 International",
    "CC-BY-NC-4.0": "Creative Commons Attribution-NonCommercial 4.0 International",
    "CC0-1.0": "Creative Commons Zero 1.0 Universal",
    "MIT": "MIT License",
    "ODbL-1.0": "Open Data Commons Open Database License 1.0",
}

_FORMATS = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "ipynb": "application/x-ipynb+json",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "yaml": "application/yaml",
    "yml": "application/yaml",
}


def format_of(file: str) -> str:
    """Return the media type of a file, by its name.

    Parameters
    ----------
    file : str
    """
    return _FORMATS.get(file.rpartition(".")[2], "application/octet-stream")


def identifier(kind: str, name: str) -> str:
    """Return the id of an entity: of a kind within this crate, or of a file where the kind is empty.

    Parameters
    ----------
    kind, name : str

    Examples
    --------
    >>> identifier("coder", "A b")
    '#coder/A%20b'
    """
    safe = quote(name, safe="/.-_~")
    return f"#{kind}/{safe}" if kind else safe


def reference(entity: Mapping[str, Any]) -> dict[str, str]:
    """Return a reference to an entity."""
    return {"@id": entity["@id"]}


def references(ids: Iterable[str]) -> list[dict[str, str]]:
    """Return references to several entities, each once."""
    return [{"@id": id_} for id_ in dict.fromkeys(ids)]


def without_lone_lists(entity: Entity) -> Entity:
    """Return an entity whose lists of one are that one, as RO-Crate recommends; empty lists are left out."""
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in entity.items()
        if value != []
    }


def class_value(class_: str, sentence: str) -> Entity:
    """Return a provenance class as a property that files and actions share.

    Parameters
    ----------
    class_, sentence : str
        The class, and what it means.
    """
    return {
        "@id": identifier("class", class_),
        "@type": "PropertyValue",
        "name": "provenance class",
        "value": class_,
        "description": sentence,
    }


def licence_of(licence: str) -> Entity | None:
    """Return the terms that a study states; None where it states none.

    Parameters
    ----------
    licence : str
        As in study.yaml.
    """
    line = on_one_line(licence)
    if not line:
        return None
    if line in _SPDX:
        address = f"https://spdx.org/licenses/{line}"
        return {"@id": address, "@type": "CreativeWork", "name": _SPDX[line], "identifier": line}
    return {"@id": "#licence", "@type": "CreativeWork", "name": line, "description": line}


def makers_of(material: Material) -> list[Entity]:
    """Return who made the compendium, where the build is one of what CITATION.cff says that it is about.

    Somebody else's study, built with the same programs, is theirs, and CITATION.cff says nothing of who they are.

    Parameters
    ----------
    material : Material
    """
    about = material.citation.get("references")
    works = {doi_of(work) for work in (about if isinstance(about, list) else []) if isinstance(work, dict)} - {""}
    if material.article is None or doi_of(material.article.record) not in works:
        return []
    return [_person_or_body(author, "maker") for author in authors_of(material.citation)]


def article_of(material: Material) -> list[Entity]:
    """Return the article that the study reproduces, as a cited work, and its authors, who are nothing else here.

    Parameters
    ----------
    material : Material
    """
    if material.article is None or not doi_of(material.article.record):
        return []
    record = material.article.record
    authors = [_person_or_body(author, "author") for author in authors_of(record)]
    for author in authors:
        author["description"] = "An author of the article; had no part in this build."
        if record.get("affiliation"):
            author["affiliation"] = {"@id": "#affiliation"}
    work: Entity = {
        "@id": doi_of(record),
        "@type": "ScholarlyArticle",
        "name": on_one_line(record["title"]),
        "author": [reference(author) for author in authors],
        "datePublished": str(record["year"]),
        "identifier": doi_of(record),
    }
    if record.get("affiliation"):
        authors.append({"@id": "#affiliation", "@type": "Organization", "name": on_one_line(record["affiliation"])})
    if record.get("journal"):
        work["isPartOf"] = {"@id": "#journal"}
        authors.append({"@id": "#journal", "@type": "Periodical", "name": on_one_line(record["journal"])})
    return [work, *authors]


def _person_or_body(author: Mapping[str, str], kind: str) -> Entity:
    """Return somebody as a person, or as an organisation where no family name is given."""
    id_ = f"https://orcid.org/{author['orcid']}" if author["orcid"] else identifier(kind, author["name"])
    if not author["family"]:
        return {"@id": id_, "@type": "Organization", "name": on_one_line(author["name"])}
    return {
        "@id": id_,
        "@type": "Person",
        "name": on_one_line(author["name"]),
        "familyName": on_one_line(author["family"]),
        **({"givenName": on_one_line(author["given"])} if author["given"] else {}),
    }
