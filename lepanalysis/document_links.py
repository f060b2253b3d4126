"""The links of the page: from every number, figure, table and quotation to where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis import pandoc
from lepanalysis.chain_page import EVERYTHING, PLACE, entry_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepanalysis.pandoc import Node


def led(words: list[Node], exhibit: Mapping[str, Any], title: str) -> Node:
    """Return words of the text as a link to where the exhibit comes from that they show.

    Parameters
    ----------
    words : list of Node
        Inlines.
    exhibit : mapping
    title : str
        What a reader is told who rests on it.
    """
    about = (f"{PLACE}{exhibit['id']}", ("number", exhibit["class"]), (("title", title),))
    return pandoc.link(words, entry_of(exhibit["id"]), about)


def beside(exhibit: Mapping[str, Any], called: str) -> Node:
    """Return the word “why” as a link to where an exhibit comes from.

    Parameters
    ----------
    exhibit : mapping
    called : str
        What the link is to say of it to whoever hears it alone, such as ``Table 3``.
    """
    about = (f"{PLACE}{exhibit['id']}", ("why-link",), (("aria-label", f"why: {called}"),))
    return pandoc.link(pandoc.inlines("why"), entry_of(exhibit["id"]), about)


def on_screen(link: Node) -> Node:
    """Return a link of the line below an exhibit with its dot: neither is printed."""
    return pandoc.span([*pandoc.inlines(" · "), link], ("", ("on-screen",), ()))


def told() -> Node:
    """Return what a reader of the page is told of its links."""
    before = "Each number in the text, and the word “why” beside each figure, table and quotation, leads to"
    words = pandoc.link(pandoc.inlines("where it comes from"), f"#{EVERYTHING}")
    sentence = [*pandoc.inlines(before), {"t": "Space"}, words, *pandoc.inlines(".")]
    return pandoc.div([pandoc.wrapped("Para", sentence)], ("", ("on-screen",), ()))


def tidied(parts: list[Any]) -> list[Any]:
    """Return parts of a page in which no link stands in a link, and no place has the name of an earlier one.

    Parameters
    ----------
    parts : list
        Parts of a Pandoc document, in the order in which the page has them.
    """
    given: set[str] = set()

    def change(node: Node) -> list[Node] | None:
        if node["t"] not in {"Link", "Span", "Div"}:
            return None
        (name, classes, pairs), content, *target = node["c"]
        again = name in given
        given.update({name} - {""})
        if target:
            content = pandoc.replaced(content, _unlinked)
        about = ["" if again else name, classes, pairs]
        return [{"t": node["t"], "c": [about, pandoc.replaced(content, change), *target]}]

    return [pandoc.replaced(part, change) for part in parts]


def _unlinked(node: Node) -> list[Node] | None:
    """Return the words of a link that stands in another one."""
    return [{"t": "Span", "c": node["c"][:2]}] if node["t"] == "Link" else None
