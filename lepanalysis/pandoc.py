"""Pieces of a Pandoc document as plain data, and the program itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Callable

Node = dict[str, Any]
Attributes = tuple[str, Sequence[str], Sequence[tuple[str, str]]]
NO_ATTRIBUTES: Attributes = ("", (), ())
# Whatever is built, it is built as of one moment: Pandoc stamps DOCX with it.
EPOCH = "1483228800"


def run_pandoc(arguments: Sequence[str], text: str) -> str:
    """Run Pandoc on a text and return what it writes.

    Raises
    ------
    LepanalysisError
        With Pandoc's own words, when it fails or warns.
    """
    import pypandoc

    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "--fail-if-warnings", *arguments],
        input=text.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "LC_ALL": "C.UTF-8"},
    )
    if done.returncode:
        raise LepanalysisError(f"pandoc could not make the paper: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode()


def parse(markdown: str) -> Node:
    """Return a Markdown text as a Pandoc document."""
    document: Node = json.loads(run_pandoc(["-f", "markdown", "-t", "json"], markdown))
    return document


def attributes(attributes_: Attributes) -> list[Any]:
    """Return attributes in Pandoc's form."""
    name, classes, pairs = attributes_
    return [name, list(classes), [list(pair) for pair in pairs]]


def inlines(text: str) -> list[Node]:
    """Return a text as words and spaces, to the letter."""
    nodes: list[Node] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            nodes.append({"t": "LineBreak"})
        # Several blanks on end stay inside a word: as Space elements they would melt into one.
        for position, word in enumerate(re.split(r"(?<! ) (?! )", line)):
            if position:
                nodes.append({"t": "Space"})
            if word:
                nodes.append({"t": "Str", "c": word})
    return nodes


def wrapped(kind: str, content: list[Node]) -> Node:
    """Return inlines in an element without attributes: Strong, Emph, Para, Plain, BlockQuote."""
    return {"t": kind, "c": content}


def span(content: list[Node], about: Attributes = NO_ATTRIBUTES) -> Node:
    """Return inlines with attributes."""
    return {"t": "Span", "c": [attributes(about), content]}


def div(content: list[Node], about: Attributes = NO_ATTRIBUTES) -> Node:
    """Return blocks with attributes."""
    return {"t": "Div", "c": [attributes(about), content]}


def link(content: list[Node], target: str, about: Attributes = NO_ATTRIBUTES) -> Node:
    """Return a link."""
    return {"t": "Link", "c": [attributes(about), content, [target, ""]]}


def raw(kind: str, text: str) -> Node:
    """Return a block that only one format prints."""
    return {"t": "RawBlock", "c": [kind, text]}


def raw_inline(kind: str, text: str) -> Node:
    """Return a piece of a line that only one format prints."""
    return {"t": "RawInline", "c": [kind, text]}


def typst_string(text: str) -> str:
    """Return a text as a string of Typst, in which nothing but a backslash and a quotation mark means anything."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def image(url: str, alt: str, width: str = "") -> Node:
    """Return a picture with its alternative text."""
    pairs = (("width", width),) if width else ()
    return {"t": "Image", "c": [attributes(("", (), pairs)), inlines(alt), [url, ""]]}


def figure(picture: Node, caption: list[Node], about: Attributes = NO_ATTRIBUTES) -> Node:
    """Return a picture with its caption."""
    content = [wrapped("Plain", [picture])]
    return {"t": "Figure", "c": [attributes(about), [None, [wrapped("Plain", caption)]], content]}


def table(
    columns: Sequence[tuple[str, str]],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float] | None,
    caption: list[Node],
    about: Attributes,
) -> Node:
    """Return a table.

    Parameters
    ----------
    columns : sequence of (label, align)
        Align is ``left`` or ``right``.
    rows : sequence of sequences of str
    widths : sequence of float or None
        Share of the line that each column takes; None lets the format decide.
    caption : list of Node
        Inlines.
    about : Attributes
    """
    aligns = [{"t": "AlignRight" if align == "right" else "AlignLeft"} for _, align in columns]
    shares = (
        [{"t": "ColWidth", "c": width} for width in widths] if widths else [{"t": "ColWidthDefault"}] * len(columns)
    )
    none = attributes(NO_ATTRIBUTES)

    def cell(text: str) -> list[Any]:
        return [none, {"t": "AlignDefault"}, 1, 1, [wrapped("Plain", inlines(text))] if text else []]

    head = [none, [[none, [cell(label) for label, _ in columns]]]]
    body = [none, 0, [], [[none, [cell(text) for text in row]] for row in rows]]
    specification = [list(pair) for pair in zip(aligns, shares, strict=True)]
    return {
        "t": "Table",
        "c": [
            attributes(about),
            [None, [wrapped("Plain", caption)] if caption else []],
            specification,
            head,
            [body],
            [none, []],
        ],
    }


def replaced(node: Any, change: Callable[[Node], list[Node] | None]) -> Any:  # noqa: ANN401 - any part of a document
    """Return a document with elements replaced.

    Parameters
    ----------
    node : Node, list or plain value
    change : callable
        Given an element, returns what stands in its place, or None to keep it and look inside.
    """
    if isinstance(node, list):
        result = []
        for item in node:
            if isinstance(item, dict) and "t" in item:
                instead = change(item)
                if instead is not None:
                    result += instead
                    continue
            result.append(replaced(item, change))
        return result
    if isinstance(node, dict):
        return {key: replaced(value, change) for key, value in node.items()}
    return node
