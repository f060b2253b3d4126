"""codecheck.yml: the author's part of a CODECHECK configuration, version 1.0, and nothing that a codechecker says.

The specification: https://codecheck.org.uk/spec/config/1.0/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from lepanalysis.reviewer_markdown import on_one_line
from lepanalysis.reviewer_material import authors_of, doi_of
from lepanalysis.target import PAPERS

if TYPE_CHECKING:
    from lepanalysis.reviewer_material import Material

VERSION = "https://codecheck.org.uk/spec/config/1.0/"
# The specification asks for a codechecker and a report as well: whoever makes the check adds them.
_HEAD = """\
%YAML 1.1
---
# The author's part of a CODECHECK configuration. Nobody has made the check yet: `codechecker` and `report`, which the
# specification asks for too, are added by whoever makes it. The files below are made by `make paper`.
"""
_OF_OTHERS = """\
# `paper` is the article that is regenerated; its authors had no part in this workflow.
"""


def configuration(material: Material) -> bytes:
    """Return codecheck.yml for a build, made by it and kept at the root of the checkout.

    Parameters
    ----------
    material : Material
    """
    record: dict[str, Any] = {"version": VERSION, "paper": _paper(material), "source": _source(material)}
    if not record["source"]:
        del record["source"]
    record["manifest"] = _manifest(material)
    text = yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=118)
    return (_HEAD + (_OF_OTHERS if material.article is not None else "") + text).encode()


def _paper(material: Material) -> dict[str, Any]:
    """Return the paper whose workflow it is: the article that the study reproduces, or the study itself."""
    if material.article is None:
        return {"title": on_one_line(material.study.title)}
    record = material.article.record
    authors = [
        {"name": on_one_line(author["name"]), **({"ORCID": author["orcid"]} if author["orcid"] else {})}
        for author in authors_of(record)
    ]
    paper: dict[str, Any] = {"title": on_one_line(record["title"])}
    if authors:
        paper["authors"] = authors
    if doi_of(record):
        paper["reference"] = doi_of(record)
    return paper


def _source(material: Material) -> str:
    """Say in words where the records come from."""
    study = material.study
    parts = []
    if study.record.source:
        parts.append(f"{material.manifest['study']['folder']} ({study.class_}): {study.record.source}")
    if material.article is not None:
        parts.append(f"{material.ledger_folder} (published): what the article prints")
    return on_one_line("; ".join(part.rstrip(". ") for part in parts), 2000)


def _manifest(material: Material) -> list[dict[str, str]]:
    """Return the files that a check makes again: the papers, the figures and tables, the registers of all numbers."""
    place = material.place
    found = [
        {"file": f"{place}/{name}", "comment": f"the paper as {name.rpartition('.')[2].upper()}"}
        for name in PAPERS
        if name in material.manifest["paper"]
    ]
    for exhibit in material.exhibits.values():
        cell = f"notebooks/{exhibit['notebook']}.ipynb, cell {exhibit['cell']['number']}"
        comment = on_one_line(f"{exhibit['caption']} ({exhibit['class']}; {cell})")
        found += [{"file": f"{place}/{file}", "comment": comment} for file in sorted(exhibit["files"].values())]
    for name in material.notebooks:
        comment = f"every exhibit of notebooks/{name}.ipynb, with its numbers and quotations"
        found.append({"file": f"{place}/exhibits/{name}.json", "comment": comment})
    return found
