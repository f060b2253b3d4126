"""A throw-away checkout for the tests of the build: two small notebooks and a template."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent

HEAD = 'study = "data/small"\nout = ""\ncount = 2\nlabel = "all"\nshare = 0.5'
OPEN = 'from lepanalysis import exhibits\nbook = exhibits.open_register(study, out, notebook="{name}")\nbook.banner()'
COUNTED = """\
s = book.study
book.register("n-messages", len(s.messages), from_=[s.messages], origin="addition", caption="Messages")"""
LISTED = """\
threads = s.threads.frame[["thread_id", "title"]]
book.register("tbl-threads", threads, from_=[s.threads], origin="addition", caption="The threads.")"""
CORPUS = (COUNTED, LISTED)
CODING = """\
codings = book.study.codings
book.register("n-codings", len(codings) * count, from_=[codings], origin="addition", caption="Codings, times count")"""
TEMPLATE = """\
---
title: A test
---

# Corpus

There are {{ number("n-messages") }} messages. {{ table("tbl-threads") }}

{% if made("02-coding") %}
They were coded {{ number("n-codings") }} times.
{% else %}
Left out: {{ reason("02-coding") }}.
{% endif %}
"""


def notebook(name: str, *sources: str, needs: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    """Return a notebook whose last cell closes the register."""
    cells = [nbformat.v4.new_code_cell(HEAD, id="parameters", metadata={"tags": ["parameters"]})]
    sources = (OPEN.format(name=name), *sources, "book.close()")
    cells += [nbformat.v4.new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources, 2)]
    node = nbformat.v4.new_notebook(cells=cells)
    node.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    node.metadata["lepanalysis"] = {"needs": list(needs)}
    return node


def write_project(root: Path, **notebooks: nbformat.NotebookNode) -> Path:
    """Write a checkout with the given notebooks (``n01_corpus`` is 01-corpus) beside the project's own looks."""
    (root / "notebooks").mkdir(parents=True)
    standard = {
        "n01_corpus": notebook("01-corpus", *CORPUS),
        "n02_coding": notebook("02-coding", CODING, needs=("codings",)),
    }
    for key, node in {**standard, **notebooks}.items():
        nbformat.write(node, root / "notebooks" / f"{key[1:].replace('_', '-')}.ipynb")
    shutil.copytree(ROOT / "paper", root / "paper")
    (root / "paper" / "generic.md").write_text(TEMPLATE, encoding="utf-8")
    return root
