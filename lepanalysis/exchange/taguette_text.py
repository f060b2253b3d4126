"""Documents of Taguette: the text as it counts it, the same text as one reads it, and offsets from one to the other.

Taguette keeps a document as a little HTML. It counts UTF-8 bytes of what stands between the tags, and nothing for the
end of a paragraph: "one" and "two" in two paragraphs are "onetwo" to it. Here line ends come back between such blocks,
white space that is only the layout of the HTML goes, and every offset moves accordingly.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TAG = re.compile(r"""(/?)([a-zA-Z][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*+)>""")
# Blocks that hold words, blocks that hold only blocks, cells of a table.
_WORDS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "caption", "td", "th", "pre"})
_HOLDERS = frozenset(
    {"blockquote", "ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr", "colgroup", "div", "body"}
)
_CELLS = frozenset({"td", "th"})
_LAYOUT = " \t\n\f\r"
# What Taguette takes out of a text when it cleans it, and what goes out in its place.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f]")
_REPLACEMENT = "\ufffd"
_ENDLESS = re.compile("&#(?:[0-9]{9,}|[xX][0-9a-fA-F]{9,});?")


@dataclass(frozen=True, eq=False)
class DocumentText:
    """A document's text in both forms.

    Parameters
    ----------
    counted : str
        What stands between the tags.
    readable : str
        With line ends between blocks and without the layout of the HTML.
    kept : numpy.ndarray
        Which characters of `counted` stand in `readable`, ascending.
    places : numpy.ndarray
        Where those stand there.
    added : int
        Line ends and tabulators put in.
    """

    counted: str
    readable: str
    kept: np.ndarray
    places: np.ndarray
    added: int

    def characters(self, offsets: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Return which characters of `counted` stand at byte offsets, and which offsets lie inside a character.

        One inside a character is taken as the end of that, as Taguette does; -1 stands for one outside the text.

        Parameters
        ----------
        offsets : sequence of int
        """
        points = np.frombuffer(self.counted.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        sizes = 1 + (points >= 0x80).astype(np.int64) + (points >= 0x800) + (points >= 0x10000)
        begins = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        top = int(begins[-1])
        wanted = np.array([offset if 0 <= offset <= top else -1 for offset in offsets], dtype=np.int64)
        found = np.searchsorted(begins, wanted)
        inside = (wanted >= 0) & (begins[np.minimum(found, len(points))] != wanted)
        return np.where(wanted < 0, -1, found), inside

    def segment(self, start: int, end: int) -> tuple[int, int] | None:
        """Return where a run of characters of `counted` stands in `readable`; None where nothing of it does.

        Parameters
        ----------
        start, end : int
            Characters of `counted`, end exclusive.
        """
        first, last = np.searchsorted(self.kept, [start, end])
        if last <= first:
            return None
        return int(self.places[first]), int(self.places[last - 1]) + 1


def _tokens(contents: str) -> Iterator[tuple[str, str]]:
    """Yield text and the names of tags (``/p`` for an end) of HTML, in time linear in its length.

    What Taguette stores is clean HTML; from other HTML come the tokens that a browser makes of it: an unfinished tag
    at the end goes, comments and declarations go, a ``<`` that begins no tag is text.
    """
    begin = place = 0
    while (place := contents.find("<", place)) >= 0:
        if found := _TAG.match(contents, place + 1):
            end, token = found.end(), found[1] + found[2].lower()
        elif contents.startswith("<!--", place):
            closed = contents.find("-->", place + 4)
            end, token = (closed + 3 if closed >= 0 else len(contents)), ""
        elif contents.startswith(("<!", "<?", "</"), place):
            closed = contents.find(">", place)
            end, token = (closed + 1 if closed >= 0 else len(contents)), ""
        elif contents[place + 1 : place + 2].isascii() and contents[place + 1 : place + 2].isalpha():
            end, token = len(contents), ""
        else:
            place += 1
            continue
        if place > begin:
            yield "text", _unescaped(contents[begin:place])
        if token:
            yield "tag", token
        begin = place = end
    if begin < len(contents):
        yield "text", _unescaped(contents[begin:])


def _unescaped(words: str) -> str:
    """Return text without character references; one with a number beyond all characters is none."""
    return html.unescape(_ENDLESS.sub(_REPLACEMENT, words))


class _Reader:
    """Puts both forms together, token by token."""

    def __init__(self) -> None:
        self.counted: list[str] = []
        self.readable: list[str] = []
        self.runs: list[tuple[int, int, int]] = []  # (place in counted, place in readable, length)
        self.length = self.shown = self.added = 0
        self.last = ""  # the last character shown
        self.wanted = ""  # what is to be put in before the next words
        self.words = self.pre = self.table = 0
        self.after_pre = False

    def tag(self, name: str) -> None:
        """Take a tag in."""
        plain = name.lstrip("/")
        step = -1 if name.startswith("/") else 1
        if plain in _WORDS:
            self.words = max(self.words + step, 0)
        if plain == "table":
            self.table = max(self.table + step, 0)
        if plain == "pre":
            self.pre = max(self.pre + step, 0)
            self.after_pre = step > 0
            self.wanted = "\n"
            return
        self.after_pre = False
        if plain in _CELLS:
            self.wanted = self.wanted or "\t"
        elif plain in _WORDS | _HOLDERS or plain in {"br", "hr"}:
            self.wanted = "\n"

    def text(self, words: str) -> None:
        """Take text in."""
        if self.after_pre and words.startswith("\n"):
            words = words[1:]  # HTML says so, and so nobody counts it
        self.after_pre = False
        if not words:
            return
        self.counted.append(words)
        if self.pre:
            self._show(words, 0)
        elif not words.strip(_LAYOUT) and (self.wanted or not self.length) and not self.words:
            self._show_layout(words)
        else:
            # Inside a paragraph a line end of the HTML is a space to whoever reads it.
            lead = len(words) - len(words.lstrip(_LAYOUT)) if self.wanted == "\n" and "\n" in words[:1] else 0
            self._show(words[lead:].replace("\n", " "), lead)
        self.length += len(words)

    def _show_layout(self, words: str) -> None:
        """Show the line ends of white space between blocks, and nothing else of it; nothing between rows and cells."""
        for place, character in enumerate(words):
            if character == "\n" and not self.table:
                self._keep(character, self.length + place)
                self.wanted = ""

    def _show(self, words: str, lead: int) -> None:
        """Show words, on a line of their own where a block began or ended."""
        if not words:
            return
        if self.wanted and self.last and self.last != "\n":
            self.readable.append(self.wanted)
            self.shown += 1
            self.added += 1
        self.wanted = ""
        self._keep(words, self.length + lead)

    def _keep(self, words: str, place: int) -> None:
        self.readable.append(words)
        self.runs.append((place, self.shown, len(words)))
        self.shown += len(words)
        self.last = words[-1]


def document_text(contents: str) -> DocumentText:
    """Return the text of a document, as Taguette counts it and as one reads it.

    Parameters
    ----------
    contents : str
        The HTML that Taguette stores.
    """
    reader = _Reader()
    for kind, value in _tokens(contents.replace("\r\n", "\n").replace("\r", "\n")):
        if kind == "tag":
            reader.tag(value)
        else:
            reader.text(value)
    ranges = [np.arange(start, start + length) for start, _, length in reader.runs]
    places = [np.arange(start, start + length) for _, start, length in reader.runs]
    nothing = np.zeros(0, dtype=np.int64)
    return DocumentText(
        "".join(reader.counted),
        "".join(reader.readable),
        np.concatenate([nothing, *ranges]),
        np.concatenate([nothing, *places]),
        reader.added,
    )


def writable(text: str) -> str:
    """Return a text with U+FFFD for each control character that Taguette would not take.

    Parameters
    ----------
    text : str
    """
    return _UNWRITABLE.sub(_REPLACEMENT, text)


def to_html(text: str) -> str:
    """Return a text as a document of Taguette, a paragraph a line; `document_text` gives it back in both forms.

    The line end between two paragraphs stands in the HTML and is counted as the one byte that it is.

    Parameters
    ----------
    text : str
        With LF line ends and `writable`.
    """
    return "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in text.split("\n"))
