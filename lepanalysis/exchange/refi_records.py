"""What the XML of a REFI-QDA project holds, as plain records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from lepanalysis.exchange.ids import guid_key


def key_of(text: str) -> str:
    """Return a GUID as GUIDs are compared; one in lower case without braces, as most are, costs nothing.

    Parameters
    ----------
    text : str
    """
    return text if text.islower() and text[0].isalnum() and text[-1].isalnum() else guid_key(text)


@dataclass(frozen=True, slots=True)
class User:
    """Someone who worked in the project."""

    guid: str
    name: str
    id: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code, with the place of its parent among the codes (-1: none)."""

    guid: str
    name: str
    codable: bool
    colour: str
    description: str
    notes: tuple[str, ...]
    parent: int


class Coding(NamedTuple):
    """A code applied by somebody."""

    guid: str
    code: str
    user: str
    date: str
    notes: tuple[str, ...]


class Selection(NamedTuple):
    """A segment of a text; offsets are None where the file gives no whole numbers."""

    guid: str
    name: str
    start: int | None
    end: int | None
    user: str
    date: str
    description: str
    codings: tuple[Coding, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A text with what was selected in it; a note is one too.

    ``kind`` says what the source is (``text sources``, ``PDFs`` …); ``made_of`` in words where the text is not the
    source itself. Codings that are on no text stand in ``elsewhere`` with the reason.
    """

    guid: str
    kind: str
    name: str
    path: str
    content: str | None
    user: str
    date: str
    description: str
    selections: tuple[Selection, ...]
    codings: tuple[Coding, ...]
    notes: tuple[str, ...]
    values: tuple[tuple[str, str], ...]
    made_of: str = ""
    elsewhere: tuple[tuple[Coding, str], ...] = ()
    has_text: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """A case: a person, a place, whatever the project compares."""

    guid: str
    name: str
    description: str
    values: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    selections: tuple[str, ...]
    codes: int


@dataclass(frozen=True, slots=True)
class Group:
    """A set of codes, sources and notes."""

    guid: str
    name: str
    description: str
    codes: tuple[str, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass
class Project:
    """Everything that a project's XML holds, in the order of the file."""

    namespace: str = ""
    name: str = ""
    origin: str = ""
    description: str = ""
    users: list[User] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    notes: list[Source] = field(default_factory=list)
    sets: list[Group] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    graphs: list[str] = field(default_factory=list)
    project_notes: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
