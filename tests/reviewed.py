"""A small build as the documents for reviewers see it: manifest, registers, files; without running a notebook."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from ledgers import write_ledger
from studies import write_study

from lepanalysis.article import open_article
from lepanalysis.entries import entries_of
from lepanalysis.reviewer_material import material_of
from lepanalysis.study import open_study
from lepanalysis.verdicts import Verdict

if TYPE_CHECKING:
    from pathlib import Path

CITATION = {
    "title": "A compendium of a workshop",
    "version": "0.1.0",
    "license": "MIT",
    "date-released": "2020-02-02",
    "authors": [{"name": "The contributors"}],
    "references": [{"doi": "10.5555/12345678"}],
}
CLOSE = {
    "owner": "study",
    "table": "messages",
    "file": "messages.csv",
    "class": "open",
    "records": 4,
    "sha256": "0" * 64,
}


def exhibit(id_, kind, notebook="01-corpus", cell=3, *, class_="open", caption="A caption", files=()):
    """Return an exhibit as a register has it after a build."""
    return {
        "id": id_,
        "kind": kind,
        "class": class_,
        "origin": "addition",
        "caption": caption,
        "note": "",
        "inputs": [CLOSE],
        "shown": {},
        "files": {file.rpartition(".")[2]: file for file in files},
        "notebook": notebook,
        "cell": {"number": cell, "id": f"cell-{cell}"},
    }


EXHIBITS = (
    exhibit("n-messages", "number", cell=2, class_="published"),
    exhibit("n-threads", "number", cell=4),
    exhibit("tbl-codebook", "table", caption="The codebook", files=("tables/tbl-codebook.csv",)),
    exhibit(
        "fig-a",
        "figure",
        cell=5,
        files=("figures/fig-a.svg", "figures/fig-a.png", "figures/fig-a.csv"),
        caption="A | B",
    ),
    exhibit("q-1", "quotation", "02-quotations", class_="published"),
)
NOTEBOOKS = {
    "01-corpus": {"unit": "message", "seed": 7, "study": "data/small", "out": ""},
    "02-quotations": {"study": "data/small", "out": ""},
}


def write_build(folder: Path, exhibits=EXHIBITS, skipped=(), inputs=None) -> Path:
    """Write a build with its files into `folder` and return it."""
    notebooks = {}
    for name, parameters in NOTEBOOKS.items():
        entry = {"source_sha256": "1" * 64, "parameters": parameters, "key": "k", "outputs": {}}
        notebooks[name] = entry
        if name in skipped:
            entry["skipped"] = "the study has no codings"
            continue
        own = [item for item in exhibits if item["notebook"] == name]
        register = json.dumps({"notebook": name, "exhibits": own})
        files = {f"exhibits/{name}.json": register, f"notebooks/{name}.ipynb": notebook("The corpus")}
        files |= {file: f"{file}\n" for item in own for file in item["files"].values()}
        for file, text in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text, encoding="utf-8")
            entry["outputs"][file] = hashlib.sha256(text.encode()).hexdigest()
    for name in ("paper.html", "paper.pdf"):
        (folder / name).write_text(name)
    manifest = {
        "study": {"title": "A small study", "class": "open", "folder": "data/small"},
        "inputs": inputs or {},
        "notebooks": notebooks,
        "exhibits": [],
        "versions": {"python": "3.11.1", "lepanalysis": "0.1.0", "numpy": "2.3.1"},
        "paper": {"paper.html": "4" * 64, "paper.pdf": "5" * 64},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def notebook(title: str) -> str:
    """Return an executed notebook with a heading."""
    return json.dumps({"cells": [{"cell_type": "markdown", "source": [f"# {title}\n", "More."]}]})


def small(tmp_path, *, ledger=True, citation=None, build=None, placements=None, verdicts=None, **changes):
    """Return the material of a small build.

    Parameters
    ----------
    tmp_path : Path
    ledger : bool
        Whether the study reproduces the example's article.
    citation : dict, optional
        Default: `CITATION`.
    build : dict, optional
        Options of `write_build`.
    placements : dict, optional
        Text of files beside the ledger.
    verdicts : sequence of Verdict, optional
        Default: one for each entry of the ledger, all transcribed.
    **changes
        As for `write_study`.
    """
    study = open_study(write_study(tmp_path / "small", **changes))
    article = open_article(write_ledger(tmp_path / "article")) if ledger else None
    for name, text in (placements or {}).items():
        (tmp_path / "article" / name).write_text(text, encoding="utf-8")
    given = verdicts
    if given is None:
        given = [Verdict(entry, "transcribed", "", "equal", "published") for entry in entries_of(article)]
    inputs = {f"study/{file}": digest for file, digest in study.digests.items()}
    inputs |= {f"ledger/{file}": digest for file, digest in (article.digests if article else {}).items()}
    folder = write_build(tmp_path / "build", inputs=dict(sorted(inputs.items())), **(build or {}))
    return material_of(folder, study, article, given, citation=CITATION if citation is None else citation)


STANDIN = {
    "study_yaml": """\
        title: An invented study
        class: stand-in
        source: invented for the tests
        licence: CC-BY-4.0
        coders:
          - {id: A, name: Coder A (invented)}
          - {id: B, name: Coder B (invented)}
        """
}
