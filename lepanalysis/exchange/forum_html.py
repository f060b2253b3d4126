"""HTML of posts and mails as plain text with paragraphs; quotations of others are marked as in a mail, or left out.

The reader is our own since it has to stay linear on whatever a stranger sends: the parser of Python's library took
quadratic time on unclosed markup until 2025. Nothing is fetched, and no markup is refused: what is no tag is text.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Elements that are not read at all, each up to its end tag.
_SILENT = frozenset({"script", "style", "head", "template", "svg", "math", "object", "title", "iframe", "noframes"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPHS = _HEADINGS | {
    *("p", "div", "blockquote", "aside", "pre", "ul", "ol", "dl", "table"),
    *("section", "article", "header", "footer", "figure", "hr", "details"),
}
_LINES = frozenset({"br", "li", "tr", "dt", "dd", "summary", "figcaption", "option", "address"})
_CELLS = frozenset({"td", "th"})
_QUOTES = frozenset({"blockquote", "aside"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "col", "area", "base", "embed", "source"})
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9:-]{0,30}")
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z][\w:.-]{0,60})\s{0,20}=\s{0,20}(?:"([^"]{0,4000})"|'([^']{0,4000})'|([^\s"'>]{1,4000}))"""
)
# What is longer than this is no tag.
_LONGEST_TAG = 8_000
# Marks beyond this depth of quotation are not written, or deep nesting would grow the text out of proportion.
_DEEPEST_MARK = 8
# Elements that are open at the same time; more are read as if they were not nested.
_DEEPEST = 1000
_SPACE = re.compile(r"[ \t\n\r\f]+")


@dataclass
class _State:
    """Where the reading stands: the one thing here that changes, and nobody else sees it."""

    drop_quotes: bool
    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    depth: int = 0
    pre: int = 0
    quotes: int = 0
    images: int = 0
    links: int = 0


@dataclass(frozen=True)
class PlainText:
    """What became of HTML.

    Parameters
    ----------
    text : str
    quotes : int
        Quotations of others in it, marked or left out.
    images : int
        Pictures left out; those that stand for a character (emoji) are kept as its name.
    links : int
        Links of which the words are kept and the address is not.
    """

    text: str
    quotes: int = 0
    images: int = 0
    links: int = 0


def text_of_html(source: str, *, drop_quotes: bool = False) -> PlainText:
    """Return HTML as plain text.

    Parameters
    ----------
    source : str
    drop_quotes : bool
        Whether quotations of others (``blockquote``, and ``aside`` as Discourse writes it) are left out; else their
        lines begin with ``> ``.
    """
    state = _State(drop_quotes)
    for kind, value, tag in _tokens(source):
        if kind == "text":
            _add_text(state, value)
        elif kind == "start":
            _start(state, value, tag)
        else:
            _end(state, value)
    _break(state)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(state.lines)).strip("\n")
    return PlainText(text.strip(), state.quotes, state.images, state.links)


def _tokens(source: str) -> Iterator[tuple[str, str, str]]:
    """Yield ``(text, words, "")``, ``(start, name, tag)`` and ``(end, name, "")``."""
    lower = source.lower()
    if len(lower) != len(source):
        # A few letters grow longer when they are made small; then places would not agree.
        lower = "".join(small if len(small := letter.lower()) == 1 else letter for letter in source)
    missing: set[str] = set()
    place = 0
    while place < len(source):
        at = source.find("<", place)
        if at < 0:
            at = len(source)
        if at > place:
            yield "text", html.unescape(source[place:at]), ""
            place = at
        elif source.startswith("<!--", at):
            place = _after(source, "-->", at + 4, missing)
        elif source.startswith(("<!", "<?"), at):
            place = _after(source, ">", at + 2, missing)
        else:
            token, place = _tag(source, at)
            if token[0] == "start" and token[1] in _SILENT:
                if not token[2].endswith("/"):
                    place = _after(source, ">", _after(lower, f"</{token[1]}", place, missing), missing)
            else:
                yield token


def _tag(source: str, at: int) -> tuple[tuple[str, str, str], int]:
    """Return the tag that begins here, or the sign as text, and the place after it."""
    is_end = source.startswith("</", at)
    name = _NAME.match(source, at + 1 + is_end)
    close = -1 if name is None else _close(source, name.end())
    if name is None or close < 0:
        return ("text", "<", ""), at + 1
    return ("end" if is_end else "start", name[0].lower(), "" if is_end else source[name.end() : close]), close + 1


def _after(source: str, mark: str, place: int, missing: set[str]) -> int:
    """Return the place after a mark, or the end of the text; a mark that is not there is looked for once."""
    at = -1 if mark in missing else source.find(mark, place)
    if at < 0:
        missing.add(mark)
        return len(source)
    return at + len(mark)


def _close(source: str, place: int) -> int:
    """Return where a tag closes, quoted values apart; -1 where it does not within bounds."""
    quote = ""
    stop = min(len(source), place + _LONGEST_TAG)
    while place < stop:
        letter = source[place]
        if quote:
            at = source.find(quote, place, stop)
            if at < 0:
                return -1
            place, quote = at + 1, ""
            continue
        if letter == ">":
            return place
        if letter in "\"'" and source[place - 1] in "= \t\n":
            quote = letter
        elif letter == "<":
            return -1
        place += 1
    return -1


def _attributes(tag: str) -> dict[str, str]:
    """Return the attributes of a tag."""
    return {one[1].lower(): html.unescape(one[2] or one[3] or one[4] or "") for one in _ATTRIBUTE.finditer(tag)}


def _add_text(state: _State, words: str) -> None:
    """Add words to the line."""
    if state.drop_quotes and state.depth:
        return
    if state.pre:
        first, *others = words.replace("\r\n", "\n").split("\n")
        state.line.append(first)
        for other in others:
            _break(state)
            state.line.append(other)
        return
    state.line.append(_SPACE.sub(" ", words))


def _start(state: _State, name: str, tag: str) -> None:
    """Open an element."""
    if name == "img":
        _image(state, _attributes(tag))
        return
    _space_before(state, name)
    if name == "a" and "href" in _attributes(tag):
        state.links += 1
    elif name in _QUOTES and _is_quotation(state, name, tag):
        state.quotes += 1
        state.depth += 1
        name = f"quoting {name}"
    elif name == "li" and not (state.drop_quotes and state.depth):
        state.line.append("- ")
    elif name == "pre":
        state.pre += 1
    if name not in _VOID and len(state.open) < _DEEPEST:
        state.open.append(name)
    elif name not in _VOID:
        _leave(state, name)


def _is_quotation(state: _State, name: str, tag: str) -> bool:
    """Whether an element begins a quotation; Discourse puts a blockquote inside its aside, which are one."""
    if name == "blockquote":
        return not state.open or state.open[-1] != "quoting aside"
    return "quote" in _attributes(tag).get("class", "").split()


def _space_before(state: _State, name: str) -> None:
    """Begin a line, a paragraph or a cell."""
    if name in _PARAGRAPHS:
        if state.open[-1:] == ["li"] and "".join(state.line).strip() == "-":
            # A paragraph that begins an item of a list stands beside its mark.
            state.line[:] = ["- "]
        else:
            _break(state, empty=True)
    elif name in _LINES:
        _break(state, forced=name == "br")
    elif name in _CELLS and "".join(state.line).strip():
        state.line.append("\t")


def _image(state: _State, attributes: dict[str, str]) -> None:
    """Keep a picture that stands for a character; count the others."""
    if state.drop_quotes and state.depth:
        return
    classes = attributes.get("class", "").split()
    if "emoji" in classes:
        state.line.append(attributes.get("alt") or attributes.get("title") or "")
    elif "avatar" not in classes:
        state.images += 1


def _end(state: _State, name: str) -> None:
    """Close an element and what is still open inside it; an end that nothing began is left out."""
    if name == "p" or name in _PARAGRAPHS:
        _break(state, empty=True)
    elif name in _LINES:
        _break(state)
    names = {name, f"quoting {name}"}
    for place in range(len(state.open) - 1, max(-1, len(state.open) - 30), -1):
        if state.open[place] in names:
            for other in state.open[place:]:
                _leave(state, other)
            del state.open[place:]
            return


def _leave(state: _State, name: str) -> None:
    """Undo what the beginning of an element did."""
    if name.startswith("quoting "):
        _break(state, empty=True)
        state.depth -= 1
    elif name == "pre":
        state.pre -= 1


def _break(state: _State, *, empty: bool = False, forced: bool = False) -> None:
    """End the line; `empty` parts paragraphs by an empty line, `forced` writes the line even if nothing is in it."""
    line = "".join(state.line).rstrip()
    line = line if state.pre else line.strip(" ")
    state.line.clear()
    mark = "> " * min(state.depth, _DEEPEST_MARK)
    if line or forced or state.pre:
        state.lines.append((mark + line).rstrip())
    if empty and state.lines and state.lines[-1]:
        state.lines.append("")
