"""The paper as a document: the template's markers replaced by exhibits, for one format at a time."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lepanalysis import document_links, pandoc
from lepanalysis.exhibits import CLASS_SENTENCES
from lepanalysis.faults import LepanalysisError
from lepanalysis.looks import TABLE_OF_MANY
from lepanalysis.schema import CLASSES
from lepanalysis.template import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lepanalysis.pandoc import Node
    from lepanalysis.template import Expanded

FORMATS = ("html", "pdf", "docx")
_CLASS_MEANINGS = {
    "restricted": "rests on records that are not public",
    "stand-in": "rests on an invented record; shows how the analysis runs, and nothing about the study's data",
    "open": "rests on records that anyone can get",
    "derived": "computed or restated from what the article prints, and from nothing else",
    "published": "carried over from what the article prints",
}
_WIDE_TABLE = 40
# Letters of a table that fit on a line of the PDF, where tables of many columns are set smaller; and what lies
# between columns.
_LINE = 113.0
_LINE_OF_MANY = 131.0
_MANY = 6
_PADDING = 2.0
# A word of so many letters fits into no column. It is set in boxes, between which a line can end without a letter, or a
# space without width, that whoever copies the word would get: its parts, letter by letter where a part is long itself.
_OVERLONG = 26
_PART = re.compile(r"[^-/._?&=]*[-/._?&=]?")
_LONG_PART = 16
# A cell of more lines could be higher than a page, which takes some eighty of them: its row may be parted.
_ON_A_PAGE = 40
_MARKER_OF_EXHIBIT = re.compile(r'\.lep-exhibit n="([^"]+)"')


@dataclass(frozen=True)
class Edition:
    """What one format of the paper is made from.

    Parameters
    ----------
    format : str
        ``html``, ``pdf`` or ``docx``.
    folder : Path
        The folder of the build, where the files of the exhibits lie.
    exhibits : mapping
        The register, by id.
    expanded : Expanded
        The template with its calls turned into markers.
    study : mapping
        Title and class of the study.
    skipped : mapping
        Notebooks left out, with the reason.
    reproduces : bool
        Whether the study reproduces an article (origins are told apart then).
    """

    format: str
    folder: Path
    exhibits: Mapping[str, Mapping[str, Any]]
    expanded: Expanded
    study: Mapping[str, Any]
    skipped: Mapping[str, str]
    reproduces: bool
    numbers: Mapping[str, str] = field(default_factory=dict)


# A section of the class `page` begins a page; in HTML the style sheet sees to that.
_NEW_PAGE = {
    "pdf": ("typst", "#pagebreak(weak: true)"),
    "docx": ("openxml", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'),
}


def numbered(expanded: Expanded, exhibits: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return what each figure and table is called, in the order of the paper: Table 1, Figure 1, ..."""
    counts = {"table": 0, "figure": 0}
    names = {}
    for id_ in dict.fromkeys(_MARKER_OF_EXHIBIT.findall(expanded.markdown)):
        kind = exhibits[id_]["kind"]
        if kind in counts:
            counts[kind] += 1
            names[id_] = f"{kind.capitalize()} {counts[kind]}"
    return names


def compose(document: Node, edition: Edition) -> Node:
    """Return the parsed template with exhibits in the place of markers.

    Parameters
    ----------
    document : Node
        The parsed template.
    edition : Edition
    """

    def change(node: Node) -> list[Node] | None:
        if node["t"] == "Header" and "page" in node["c"][1][1] and edition.format in _NEW_PAGE:
            return [pandoc.raw(*_NEW_PAGE[edition.format]), node]
        if node["t"] not in {"Span", "Div"}:
            return None
        (name, classes, pairs), _ = node["c"]
        if name == "refs" and edition.format == "pdf":
            return _called("works", [node])
        values = dict(pairs)
        for marker, replacement in _REPLACEMENTS.items():
            if marker in classes:
                return replacement(values, edition)
        return None

    # What is in the header stands above the rest.
    parts = [pandoc.replaced(document[part], change) for part in ("meta", "blocks")]
    meta, blocks = document_links.tidied(parts) if edition.format == "html" else parts
    return {**document, "meta": {**meta, **_about(edition)}, "blocks": [*_page_one(edition), *blocks]}


def for_typst(document: Node) -> Node:
    """Return a document with its words as Typst strings: in markup `...`, `-?` and `-1` become other characters.

    Parameters
    ----------
    document : Node
        With its citations made, which take words to be words.
    """

    def change(node: Node) -> list[Node] | None:
        if node["t"] == "Table":
            return [{**node, "c": pandoc.replaced(node["c"], change_in_cell)}]
        if node["t"] == "Str" and not node["c"].isalnum():
            return [pandoc.raw_inline("typst", f"#{pandoc.typst_string(node['c'])};")]
        return None

    def change_in_cell(node: Node) -> list[Node] | None:
        # A word that no column can hold, such as an address, may break anywhere.
        if node["t"] == "Str" and len(node["c"]) >= _OVERLONG:
            boxes = (f"#box({pandoc.typst_string(piece)});" for piece in _pieces(node["c"]))
            return [pandoc.raw_inline("typst", "".join(boxes))]
        return change(node)

    return {**document, **{part: pandoc.replaced(document[part], change) for part in ("meta", "blocks")}}


def _pieces(word: str) -> list[str]:
    """Return the parts of a word between which a line may end.

    Examples
    --------
    >>> _pieces("m-workspaces-knowledge-capacity")
    ['m-', 'workspaces-', 'knowledge-', 'capacity']
    """
    parts = [part for part in _PART.findall(word) if part]
    return [piece for part in parts for piece in ([part] if len(part) <= _LONG_PART else part)]


def _called(function: str, blocks: list[Node], *arguments: str) -> list[Node]:
    """Return blocks handed to a function of the Typst template, since Pandoc drops classes on that way."""
    given = f"({', '.join(pandoc.typst_string(argument) for argument in arguments)})" if arguments else ""
    return [pandoc.raw("typst", f"#{function}{given}["), *blocks, pandoc.raw("typst", "]")]


def _about(edition: Edition) -> Node:
    """Return the metadata that every format carries: what the paper rests on."""
    classes = [name for name in CLASSES if any(exhibit["class"] == name for exhibit in edition.exhibits.values())]
    sentence = " ".join(CLASS_SENTENCES[name] for name in classes)
    # Pandoc's DOCX takes keywords that are words, Typst's source needs them bare.
    keywords = [
        {"t": "MetaInlines", "c": pandoc.inlines(text)} if edition.format == "docx" else {"t": "MetaString", "c": text}
        for text in (f"class: {name}" for name in classes)
    ]
    text = f"Made by lepanalysis. {sentence}"
    # Pandoc writes `description` and `keywords` into the properties of DOCX and, by the template, of HTML and PDF.
    return {
        "description": {"t": "MetaString", "c": text},
        "subject": {"t": "MetaString", "c": f"study class: {edition.study['class']}"},
        "keywords": {"t": "MetaList", "c": keywords},
        "study-class": {"t": "MetaString", "c": edition.study["class"]},
        "lang": {"t": "MetaString", "c": "en-GB"},
    }


def _page_one(edition: Edition) -> list[Node]:
    """Return what stands on page one of every format: which parts are what, with counts."""
    class_ = edition.study["class"]
    lines = [pandoc.wrapped("Strong", pandoc.inlines("What this paper rests on."))]
    opening = f" Study: {edition.study['title']} (class: {class_}). {CLASS_SENTENCES[class_]}"
    blocks = [pandoc.wrapped("Para", [*lines, *pandoc.inlines(opening)])]
    rows = []
    for name in CLASSES:
        members = [exhibit for exhibit in edition.exhibits.values() if exhibit["class"] == name]
        if members:
            article = sum(exhibit["origin"] == "article" for exhibit in members)
            counts = [str(article), str(len(members) - article)] if edition.reproduces else [str(len(members))]
            rows.append([name, _CLASS_MEANINGS[name], *counts])
    columns = [("Class", "left"), ("Meaning", "left")]
    if edition.reproduces:
        columns += [
            ("Regenerate what the article prints or states", "right"),
            ("Additions of this compendium", "right"),
        ]
    else:
        columns += [("Exhibits", "right")]
    widths = [0.14, 0.5, 0.18, 0.18] if edition.reproduces else [0.2, 0.6, 0.2]
    blocks.append(pandoc.table(columns, rows, widths, [], ("provenance-counts", ("plain",), ())))
    if edition.format == "html":
        blocks.append(document_links.told())
    if edition.skipped:
        alike: dict[str, list[str]] = {}
        for name, reason in edition.skipped.items():
            alike.setdefault(reason, []).append(name)
        reasons = "; ".join(f"{', '.join(names)}: {reason}" for reason, names in alike.items())
        blocks.append(pandoc.wrapped("Para", pandoc.inlines(f"Left out: {reasons}.")))
    if edition.format == "pdf":
        return _called("provenance", blocks, class_)
    return [pandoc.div(blocks, ("provenance", (class_,), (("custom-style", "Provenance Box"),)))]


def _number(exhibit: Mapping[str, Any], form: str, edition: Edition) -> Node:
    """Return a number in the prose, in digits or, small and whole, in words."""
    text = exhibit["shown"]["text"]
    value = exhibit["shown"]["value"]
    if form in {"words", "Words"} and str(value).isdigit() and int(value) < len(WORDS):
        text = WORDS[int(value)]
        text = text.capitalize() if form == "Words" else text
    return _led(pandoc.inlines(text), exhibit, edition)


def _led(words: list[Node], exhibit: Mapping[str, Any], edition: Edition) -> Node:
    """Return words of the text that rest on an exhibit; in HTML they lead to where it comes from."""
    title = _provenance(exhibit, edition)
    if edition.format == "html":
        return document_links.led(words, exhibit, title)
    return pandoc.span(words, ("", ("number", exhibit["class"]), (("title", title),)))


def _reference(id_: str, edition: Edition) -> Node:
    """Return a reference to a table or figure."""
    if id_ not in edition.numbers:
        raise LepanalysisError(f"the template refers to {id_!r} and does not show it; call it as a table or figure too")
    return pandoc.link(pandoc.inlines(edition.numbers[id_].replace(" ", "\u00a0")), f"#{id_}")


def _attribution(exhibit: Mapping[str, Any]) -> str:
    """Return who is quoted and where."""
    return f"({exhibit['shown']['code_name']}, message\u00a0{exhibit['shown']['message_id']})"


def _inline_quotation(exhibit: Mapping[str, Any], edition: Edition) -> list[Node]:
    """Return a quotation inside a sentence."""
    text = pandoc.inlines(f"“{exhibit['shown']['text']}”")
    about = (exhibit["id"], ("quotation", exhibit["class"]), (("title", _provenance(exhibit, edition)),))
    quoted = [pandoc.span(text, about), {"t": "Space"}]
    if edition.format != "html":
        return [*quoted, *pandoc.inlines(_attribution(exhibit))]
    before, _, message = _attribution(exhibit)[:-1].rpartition(", ")
    way = _led(pandoc.inlines(message), exhibit, edition)
    return [*quoted, *pandoc.inlines(f"{before},"), {"t": "Space"}, way, *pandoc.inlines(")")]


def _provenance(exhibit: Mapping[str, Any], edition: Edition) -> str:
    """Return class, source and, where there is an article, origin of an exhibit in one line."""
    cell = exhibit["cell"]
    parts = [exhibit["class"], f"{exhibit['notebook']}, cell {cell['number']} ({cell['id']})"]
    if edition.reproduces:
        parts.insert(1, "in the article" if exhibit["origin"] == "article" else "addition")
    return " · ".join(parts)


def _caption(exhibit: Mapping[str, Any], edition: Edition) -> list[Node]:
    """Return the caption of a table or figure: number, text, note, class; in the PDF with the line of provenance."""
    name = edition.numbers[exhibit["id"]]
    text = "".join(f" {_sentence(part)}" for part in (exhibit["caption"], exhibit["note"]) if part)
    caption = [
        pandoc.wrapped("Strong", pandoc.inlines(f"{name}.".replace(" ", "\u00a0"))),
        *pandoc.inlines(text),
        {"t": "Space"},
        pandoc.wrapped("Emph", pandoc.inlines(CLASS_SENTENCES[exhibit["class"]])),
    ]
    if edition.format == "pdf":
        # On a page a line behind a table or a picture could come to stand alone.
        line = pandoc.inlines(_provenance(exhibit, edition))
        caption += [pandoc.raw_inline("typst", "#source-in-caption["), *line, pandoc.raw_inline("typst", "]")]
    return caption


def _sentence(text: str) -> str:
    """Return a text with a full stop behind it, where nothing else ends it."""
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def _exhibit(exhibit: Mapping[str, Any], edition: Edition) -> list[Node]:
    """Return an exhibit as blocks, with its line of provenance."""
    about = (exhibit["id"], ("exhibit", exhibit["kind"], exhibit["class"]), ())
    if exhibit["kind"] == "quotation":
        blocks = [_quotation(exhibit)]
    elif exhibit["kind"] == "figure":
        picture, caption = _picture(exhibit, edition), _caption(exhibit, edition)
        if edition.format == "pdf":
            # Typst keeps a picture inside the block that a division would make.
            return _called("floating", [pandoc.figure(picture, caption, about)])
        blocks = [pandoc.figure(picture, caption)]
    else:
        shown = exhibit["shown"]
        columns = [(column["label"], column["align"]) for column in shown["columns"]]
        style = ("", (), (("custom-style", TABLE_OF_MANY),)) if len(columns) > _MANY else pandoc.NO_ATTRIBUTES
        widths = column_widths(shown)
        made = pandoc.table(columns, shown["rows"], widths, _caption(exhibit, edition), style)
        if edition.format == "pdf":
            lines = _lines_of_highest(shown["rows"], widths)
            return [pandoc.div(_called("whole-rows", [made]) if lines <= _ON_A_PAGE else [made], about)]
        blocks = [_scrolled(made, edition.numbers[exhibit["id"]]) if edition.format == "html" else made]
    return [pandoc.div([*blocks, *_line_of_provenance(exhibit, edition)], about)]


def _lines_of_highest(rows: Sequence[Sequence[str]], widths: Sequence[float] | None) -> float:
    """Return how many lines the highest cell of a table takes, as near as letters tell; 1 where no cell is long."""
    line = _LINE if len(widths or ()) <= _MANY else _LINE_OF_MANY
    room = [max(width * line - _PADDING, 1.0) for width in widths or ()]
    return max((len(cell) / letters for row in rows for cell, letters in zip(row, room, strict=False)), default=1.0)


def _scrolled(table: Node, name: str) -> Node:
    """Return a table in a frame that a keyboard can move sideways where the page is narrow."""
    return pandoc.div([table], ("", ("scroll",), (("tabindex", "0"), ("role", "region"), ("aria-label", name))))


def _picture(exhibit: Mapping[str, Any], edition: Edition) -> Node:
    """Return the picture of a figure with its alternative text: inside the file in HTML, beside it elsewhere."""
    files, alt = exhibit["files"], exhibit["shown"]["alt"]
    if edition.format == "pdf":
        # Pandoc's writer drops the alternative text.
        path, words = pandoc.typst_string(f"/{files['svg']}"), pandoc.typst_string(alt)
        return pandoc.raw_inline("typst", f"#image({path}, width: 100%, alt: {words})")
    if edition.format == "html":
        return pandoc.image(_data_url(edition.folder / files["svg"], "image/svg+xml"), alt)
    return pandoc.image(files["png"], alt, "100%")


def _quotation(exhibit: Mapping[str, Any]) -> Node:
    """Return a quotation set as a block, to the letter, with its attribution."""
    shown = exhibit["shown"]
    text = f"“{shown['text']}”" if shown["in_quotation_marks"] else shown["text"]
    paragraphs = text.split("\n\n")
    blocks = [pandoc.wrapped("Para", pandoc.inlines(paragraph)) for paragraph in paragraphs]
    blocks[-1]["c"] += [{"t": "Space"}, *pandoc.inlines(_attribution(exhibit))]
    return pandoc.wrapped("BlockQuote", blocks)


def _line_of_provenance(exhibit: Mapping[str, Any], edition: Edition) -> list[Node]:
    """Return the line below an exhibit: class, origin, notebook and cell; in HTML the data to take away, and why."""
    content = pandoc.inlines(_provenance(exhibit, edition))
    if edition.format == "html":
        links = []
        if exhibit["files"]:
            name = Path(exhibit["files"]["csv"]).name
            url = _data_url(edition.folder / exhibit["files"]["csv"], "text/csv")
            links.append(pandoc.link(pandoc.inlines("data (CSV)"), url, ("", (), (("download", name),))))
        links.append(document_links.beside(exhibit, edition.numbers.get(exhibit["id"], exhibit["caption"])))
        content += [document_links.on_screen(link) for link in links]
    paragraph = pandoc.wrapped("Para", content)
    if edition.format == "pdf":
        return _called("source", [paragraph])
    return [pandoc.div([paragraph], ("", ("source",), (("custom-style", "Provenance"),)))]


def _data_url(path: Path, kind: str) -> str:
    """Return a file as a URL that holds it."""
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def column_widths(shown: Mapping[str, Any]) -> list[float] | None:
    """Return the share of the line for each column, after the length of what stands in it.

    Narrow tables are left to the format. Each column first gets room for its longest word, as far as the line
    goes; the rest goes where it saves most lines.
    """
    columns: Sequence[Mapping[str, str]] = shown["columns"]
    line = _LINE if len(columns) <= _MANY else _LINE_OF_MANY
    lengths = [[len(row[number]) for row in shown["rows"]] for number in range(len(columns))]
    floors, longest = [], []
    for number, column in enumerate(columns):
        cells = [row[number] for row in shown["rows"]]
        # Headings are bold, and so a fifth wider.
        word = max(1.2 * _longest_word([column["label"]]), _longest_word(cells))
        floors.append(min(word, line / len(columns)) + _PADDING)
        longest.append(max([len(column["label"]), *lengths[number]]))
    if sum(longest) + _PADDING * len(columns) <= _WIDE_TABLE:
        return None
    wanted = _lowest(floors, lengths, max(line - sum(floors), 0.0))
    return [round(value / sum(wanted), 4) for value in wanted]


def _lowest(floors: Sequence[float], lengths: Sequence[Sequence[int]], rest: float) -> list[float]:
    """Share the rest of the line out so that the table becomes as low as a greedy choice can make it.

    Again and again the column is widened that saves most lines for the letters it takes; what then still is left goes
    to all in proportion.
    """
    widths = np.array(floors)
    letters = np.array(lengths, dtype=float).reshape(len(floors), -1)
    lines = np.ceil(letters / (widths - _PADDING + 1)[:, None]).clip(min=1)
    while rest >= 1:
        best = (0.0, 0, 0)
        for column in range(len(floors)):
            others = np.delete(lines, column, axis=0).max(axis=0, initial=1.0)
            now = np.maximum(others, lines[column]).sum()
            for more in (1, 2, 3, 5, 8, 13, 21):
                then = np.ceil(letters[column] / (widths[column] - _PADDING + 1 + more)).clip(min=1)
                # Lines saved in the column itself count a little: they make room for another column's.
                saved = now - np.maximum(others, then).sum() + 0.2 * (lines[column] - then).sum()
                if more <= rest and saved / more > best[0]:
                    best = (saved / more, column, more)
        gain, column, more = best
        if gain <= 0:
            break
        widths[column] += more
        rest -= more
        lines[column] = np.ceil(letters[column] / (widths[column] - _PADDING + 1)).clip(min=1)
    return [float(width * (1 + rest / widths.sum())) for width in widths]


def _longest_word(texts: Sequence[str]) -> int:
    """Return the number of letters in the longest word."""
    return max((len(word) for text in texts for word in text.split()), default=0)


# What takes the place of each marker of a template.
_REPLACEMENTS: dict[str, Callable[[Mapping[str, str], Edition], list[Node]]] = {
    "lep-text": lambda values, edition: pandoc.inlines(edition.expanded.texts[int(values["n"])]),
    "lep-number": lambda values, edition: [_number(edition.exhibits[values["n"]], values["form"], edition)],
    "lep-ref": lambda values, edition: [_reference(values["n"], edition)],
    "lep-quotation": lambda values, edition: _inline_quotation(edition.exhibits[values["n"]], edition),
    "lep-exhibit": lambda values, edition: _exhibit(edition.exhibits[values["n"]], edition),
}
