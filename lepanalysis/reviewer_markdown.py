"""Markdown for reviewers: words of a study or of an article set so that nothing in them is taken for markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST = 600
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ENTITY = re.compile(r"&(?=#?[A-Za-z0-9]+;)")
_MARKUP = re.compile(r"([\\`*_\[\]|~$])")
# What a code span may hold: names of files and ids, and no backtick.
_CODE = re.compile(r"[^`|\s][^`|\n]*")


def on_one_line(text: object, longest: int = LONGEST) -> str:
    """Return words on one line and no longer than `longest` characters.

    Parameters
    ----------
    text : object
    longest : int
    """
    line = _BLANK.sub(" ", str(text)).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def escaped(text: object, longest: int = LONGEST) -> str:
    r"""Return words as Markdown that shows them as they are, on one line.

    Parameters
    ----------
    text : object
    longest : int

    Examples
    --------
    >>> escaped("a | b <b>*c*</b>")
    'a \\| b &lt;b&gt;\\*c\\*&lt;/b&gt;'
    """
    line = _ENTITY.sub("&amp;", on_one_line(text, longest)).replace("<", "&lt;").replace(">", "&gt;")
    return _MARKUP.sub(r"\\\1", line)


def code(text: object) -> str:
    """Return a name as code; as escaped words where it holds what a code span cannot.

    Parameters
    ----------
    text : object

    Examples
    --------
    >>> code("fig-timeline")
    '`fig-timeline`'
    """
    line = on_one_line(text)
    return f"`{line}`" if _CODE.fullmatch(line) else escaped(line)


def codes(names: Iterable[object]) -> str:
    """Return several names as code, joined by commas."""
    return ", ".join(code(name) for name in names)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown.

    Parameters
    ----------
    head : sequence of str
        The headings of its columns.
    rows : iterable of sequence of str
        Cells that are Markdown already: from `escaped`, from `code`, or words of our own.
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def document(*blocks: str) -> bytes:
    """Return blocks as one file, with an empty line between two of them; empty blocks are left out."""
    return ("\n\n".join(block.strip("\n") for block in blocks if block.strip()) + "\n").encode()


def listed(items: Iterable[str]) -> str:
    """Return items, each Markdown already, as a list."""
    return "\n".join(f"- {item}" for item in items)
