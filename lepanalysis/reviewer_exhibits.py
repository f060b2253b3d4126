"""The list of exhibits with notebook, cell and output file: README's section, and a part of the data statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis.reviewer_markdown import code, codes, document, escaped, table
from lepanalysis.reviewer_material import counted, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lepanalysis.reviewer_material import Material

# Tables and figures stand singly; of these a notebook makes many, which share a row.
GROUPED = {"number": ("number in the text", "numbers in the text"), "quotation": ("quotation", "quotations")}
_LONGEST_CAPTION = 110
_ORDER = ("csv", "svg", "png")


def section(material: Material) -> bytes:
    """Return README's section: how many exhibits of which class, and the list of them."""
    folder = material.manifest["study"]["folder"]
    exhibits = material.exhibits.values()
    head = (
        f"A build of {code(folder)} makes {len(material.exhibits)} exhibits "
        f"({counted(exhibit['class'] for exhibit in exhibits)}); their files lie in {code(material.place)}. "
        f"{code('.venv/bin/lepanalysis why ID')} says what any one of them was made from."
    )
    return document(head, listing(material))


def listing(material: Material) -> str:
    """Return the list as a table: what is made, of which class, by which notebook and cell, into which file."""
    head = ("exhibit", "class", "notebook, cell", "output")
    return table(head, rows(material))


def rows(material: Material) -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of the list, notebook by notebook."""
    for name in material.manifest["notebooks"]:
        if name in material.skipped:
            yield (escaped(f"left out: {material.skipped[name]}"), "", code(name), "")
            continue
        own = [exhibit for exhibit in material.exhibits.values() if exhibit["notebook"] == name]
        for exhibit in own:
            if exhibit["kind"] not in GROUPED:
                what = f"{code(exhibit['id'])}: {escaped(exhibit['caption'], _LONGEST_CAPTION)}"
                yield (what, exhibit["class"], _cell(exhibit), _files(exhibit))
        for kind, (one, many) in GROUPED.items():
            several = [exhibit for exhibit in own if exhibit["kind"] == kind]
            if several:
                cells = sorted({exhibit["cell"]["number"] for exhibit in several})
                classes = [exhibit["class"] for exhibit in several]
                yield (
                    f"{len(several)} {one if len(several) == 1 else many}",
                    counted(classes) if len(in_order(classes)) > 1 else classes[0],
                    f"{code(name)}, {', '.join(map(str, cells))}",
                    code(f"exhibits/{name}.json"),
                )


def _cell(exhibit: Mapping[str, Any]) -> str:
    """Return the notebook and the cell of an exhibit."""
    cell = exhibit["cell"]
    return f"{code(exhibit['notebook'])}, {cell['number']} ({code(cell['id'])})"


def _files(exhibit: Mapping[str, Any]) -> str:
    """Return the files of an exhibit, its data first, the others by what their names end in."""
    files = exhibit["files"]
    kinds = sorted(files, key=lambda kind: (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), kind))
    return codes([files[kind] if place == 0 else f".{kind}" for place, kind in enumerate(kinds)])
