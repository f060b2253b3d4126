"""XML of strangers: expat with DTDs, and with them all entities, refused, and with bounded depth and size."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from lepanalysis.exchange.limits import LIMITS, Limits
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 1 << 16
_ENCODINGS = frozenset({"utf-8", "utf8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "windows-1252"})


def parse_xml(data: bytes | IO[bytes], name: str, limits: Limits = LIMITS) -> Element:
    """Return XML as a tree; tags are ``{namespace}name``.

    Parameters
    ----------
    data : bytes or binary stream
    name : str
        How an error names the file.
    limits : Limits

    Raises
    ------
    LepanalysisError
        When it is not well-formed, has a DTD, or exceeds a limit.
    """
    root = None
    for event, element in iter_xml(data, name, limits):
        if event == "start" and root is None:
            root = element
    if root is None:
        raise LepanalysisError(f"{name} holds no XML element")
    return root


def iter_xml(data: bytes | IO[bytes], name: str, limits: Limits = LIMITS) -> Iterator[tuple[str, Element]]:
    """Yield ``("start", element)`` and ``("end", element)`` as XML is read; a caller clears what it is done with.

    Parameters
    ----------
    data : bytes or binary stream
    name : str
    limits : Limits

    Raises
    ------
    LepanalysisError
        As for `parse_xml`; what came before the fault has been yielded.
    """
    stream = io.BytesIO(data) if isinstance(data, bytes | bytearray) else data
    building = _Building(name, limits)
    try:
        while True:
            piece = stream.read(_PIECE)
            building.parser.Parse(piece, not piece)
            yield from building.events
            building.events.clear()
            if not piece:
                break
    except expat.ExpatError as error:
        problem = expat.errors.messages.get(error.code, str(error))
        raise LepanalysisError(f"{name} is not well-formed XML (line {error.lineno}: {problem})") from None
    except (ValueError, LookupError, UnicodeError) as error:
        raise LepanalysisError(f"{name} is not well-formed XML ({' '.join(str(error).split())})") from None


class _Building:
    """Makes elements of what expat meets, and refuses what XML of strangers must not have."""

    def __init__(self, name: str, limits: Limits) -> None:
        """Set up the parser."""
        self.name = name
        self.limits = limits
        self.events: list[tuple[str, Element]] = []
        self._builder = TreeBuilder()
        self._names: dict[str, str] = {}
        self._depth = self._count = 0
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._builder.data
        self.parser.StartDoctypeDeclHandler = self._refuse_dtd
        self.parser.EntityDeclHandler = self._refuse_dtd
        self.parser.XmlDeclHandler = self._declared

    def _named(self, given: str) -> str:
        if given not in self._names:
            self._names[given] = "{" + given if "}" in given else given
        return self._names[given]

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > self.limits.depth:
            self._refuse(f"its elements lie more than {self.limits.depth} deep in each other")
        if self._count > self.limits.elements:
            self._refuse(f"it has more than {self.limits.elements:,} elements")
        if attributes:
            if sum(map(len, attributes.values())) > self.limits.attribute:
                self._refuse(f"an element has attributes of more than {self.limits.attribute:,} characters")
            if "}" in "".join(attributes):
                attributes = {self._named(key): value for key, value in attributes.items()}
        name = self._names.get(tag) or self._named(tag)
        self.events.append(("start", self._builder.start(name, attributes)))

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self.events.append(("end", self._builder.end(self._names[tag])))

    def _refuse_dtd(self, *_: object) -> None:
        self._refuse("it has a document type declaration (DTD), which no such file needs")

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in _ENCODINGS:
            self._refuse(f"it says to be encoded in {encoding!r}; save it as UTF-8")

    def _refuse(self, problem: str) -> None:
        raise LepanalysisError(f"{self.name} is refused: {problem}")
