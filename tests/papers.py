"""A small register and templates for the tests of the paper."""

from __future__ import annotations

import textwrap
from types import MappingProxyType

from lepanalysis.template import Material, expand

# Everything that means something in Markdown, HTML or Typst.
NASTY = (
    "a *star* _under_ `tick` $x^2$ <b>tag</b> &amp; & @key #hash [text](http://a.b) \\back ~t~ ^s^ | {brace} "
    "-- ... -? -1 'q' \"d\" /*c*/ //d = + Ωμέγα Жизнь"
)


def exhibit(
    id_, kind, *, class_="open", origin="addition", caption="A caption", note="", notebook="01-corpus", **shown
):
    """Return an exhibit as it stands in a register."""
    return {
        "id": id_,
        "kind": kind,
        "class": class_,
        "origin": origin,
        "caption": caption,
        "note": note,
        "inputs": [],
        "shown": shown,
        "files": {
            "table": {"csv": f"tables/{id_}.csv"},
            "figure": {suffix: f"figures/{id_}.{suffix}" for suffix in ("csv", "png", "svg")},
        }.get(kind, {}),
        "notebook": notebook,
        "cell": {"number": 3, "id": id_},
    }


def number(id_, value, **about):
    return exhibit(id_, "number", text=str(value), value=value, **about)


def table(id_, rows, labels=("Code", "Messages"), **about):
    columns = [
        {"name": label, "label": label, "align": align}
        for label, align in zip(labels, ("left", *["right"] * 20), strict=False)
    ]
    return exhibit(id_, "table", columns=columns, rows=rows, **about)


def quotation(id_, text, *, in_quotation_marks=False, **about):
    return exhibit(
        id_,
        "quotation",
        text=text,
        message_id="7",
        code_name="Robin",
        form="block",
        in_quotation_marks=in_quotation_marks,
        theme_id="",
        **about,
    )


def register(*exhibits):
    return {item["id"]: item for item in exhibits}


STUDY = MappingProxyType(
    {"title": "A small study", "class": "open", "approach": "codebook", "coders": ["Ada", "Ben"], "themes": []}
)


def expanded(tmp_path, text, *exhibits, skipped=None, study=STUDY, messages=()):
    """Expand a template of a few lines."""
    path = tmp_path / "paper.md"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return expand(path, "paper.md", Material(register(*exhibits), skipped or {}, study, messages))
