"""The XML of a REFI-QDA project or codebook, read piece by piece into plain records; nothing is interpreted here."""

from __future__ import annotations

from dataclasses import replace
from typing import IO, TYPE_CHECKING

from lepanalysis.exchange.guard import iter_xml
from lepanalysis.exchange.refi_records import Case, Code, Coding, Group, Project, Selection, Source, User, key_of
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from xml.etree.ElementTree import Element

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
# Where a text may stand that belongs to a source of another kind, and what that source is called.
_TEXTS = {"Representation": "the text of a PDF", "TextDescription": "the text beside a picture"}
_SOURCES = {
    "TextSource": "text sources",
    "PDFSource": "PDFs",
    "PictureSource": "pictures",
    "AudioSource": "recordings",
    "VideoSource": "videos",
}
_ELSEWHERE = {
    "PDFSelection": "it is on a region of a PDF page",
    "PictureSelection": "it is on a region of a picture",
    "AudioSelection": "it is on a part of a recording",
    "VideoSelection": "it is on a part of a video",
}


def read_project(stream: IO[bytes], name: str) -> Project:
    """Read the XML of a project.

    Parameters
    ----------
    stream : binary stream
    name : str
        How an error names the file.
    """
    project = Project()
    for container, item in _items(stream, name, "Project", project):
        _TAKEN.get(container, _unknown)(project, item)
    return project


def read_codebook(stream: IO[bytes], name: str) -> Project:
    """Read the XML of a codebook as a project that has codes and sets only.

    Parameters
    ----------
    stream : binary stream
    name : str
    """
    project = Project()
    for container, item in _items(stream, name, "CodeBook", project):
        if container == "Codes":
            _codes(project, [item], -1)
        else:
            _TAKEN.get(container, _unknown)(project, item)
    return project


def _items(stream: IO[bytes], name: str, root: str, project: Project) -> Iterator[tuple[str, Element]]:
    """Yield what stands in the containers of the root, with the container's name; each is cleared afterwards."""
    depth, container = 0, ""
    for event, element in iter_xml(stream, name):
        if event == "start":
            depth += 1
            if depth == 1:
                project.namespace = element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""
                if _local(element) != root:
                    raise LepanalysisError(f"{name} begins with {_local(element)!r} where {root} is expected")
                project.name, project.origin = element.get("name") or "", element.get("origin") or ""
            elif depth == 2:
                container = _local(element)
        else:
            if depth == 3 or (depth == 2 and container in {"Description", "NoteRef"}):
                yield container, element
                element.clear()
            elif depth == 2:
                element.clear()
            depth -= 1


def _local(element: Element) -> str:
    tag = element.tag
    return tag[tag.rfind("}") + 1 :]


def _text(element: Element) -> str:
    """Return the words of an element; some programs put a further element inside."""
    return element.text or "" if not len(element) else "".join(element.itertext())


def _unknown(project: Project, item: Element) -> None:
    project.unknown.append(_local(item))


def _user(project: Project, item: Element) -> None:
    project.users.append(User(item.get("guid") or "", item.get("name") or "", item.get("id") or ""))


def _code_tree(project: Project, item: Element) -> None:
    if _local(item) == "Codes":
        _codes(project, list(item), -1)


def _codes(project: Project, items: list[Element], parent: int) -> None:
    """Take codes in, each before its children."""
    for item in items:
        if _local(item) != "Code":
            continue
        description = "".join(_text(child) for child in item if _local(child) == "Description")
        codable = (item.get("isCodable") or "true").strip().lower() not in {"false", "0"}
        colour = (item.get("color") or "").strip()
        guid, name = item.get("guid") or "", item.get("name") or ""
        project.codes.append(Code(guid, name, codable, colour, description, _refs(item, "NoteRef"), parent))
        _codes(project, list(item), len(project.codes) - 1)


def _refs(item: Element, kind: str) -> tuple[str, ...]:
    """Return the GUIDs, as they are compared, that an element's children of a kind name."""
    if not len(item):
        return ()
    found = [child.get("targetGUID") or child.get("guid") or "" for child in item if child.tag.endswith(kind)]
    return tuple(map(key_of, found))


def _variable(project: Project, item: Element) -> None:
    project.variables[key_of(item.get("guid") or "")] = item.get("name") or ""


def _values(item: Element) -> tuple[tuple[str, str], ...]:
    """Return the variables' GUIDs and values that stand in an element."""
    found = []
    for child in item:
        if _local(child) == "VariableValue":
            refs = _refs(child, "VariableRef")
            words = "".join(_text(value) for value in child if _local(value) != "VariableRef")
            if refs:
                found.append((refs[0], words))
    return tuple(found)


def _described(item: Element) -> str:
    return next((_text(child) for child in item if _local(child) == "Description"), "")


def _case(project: Project, item: Element) -> None:
    project.cases.append(
        Case(
            item.get("guid") or "",
            item.get("name") or "",
            _described(item),
            _values(item),
            _refs(item, "SourceRef"),
            _refs(item, "SelectionRef"),
            len(_refs(item, "CodeRef")),
        )
    )


def _source(project: Project, item: Element) -> None:
    kind = _SOURCES.get(_local(item))
    if kind is None:
        _unknown(project, item)
    elif kind == "text sources":
        project.sources.append(_text_source(item, kind))
    else:
        project.sources.extend(_other_source(item, kind))


def _note(project: Project, item: Element) -> None:
    project.notes.append(_text_source(item, "notes"))


def _set(project: Project, item: Element) -> None:
    members = (_refs(item, kind) for kind in ("MemberCode", "MemberSource", "MemberNote"))
    project.sets.append(Group(item.get("guid") or "", item.get("name") or "", _described(item), *members))


def _text_source(item: Element, kind: str, outer: Element | None = None, made_of: str = "") -> Source:
    """Return a source that is a text, or the text of another source, with that one's name and codings."""
    selections, codings = [], []
    content = None
    description = ""
    for child in item:
        tag = _local(child)
        if tag == "PlainTextSelection":
            selections.append(_selection(child))
        elif tag == "Coding":
            codings.append(_coding(child))
        elif tag == "PlainTextContent":
            content = _text(child)
        elif tag == "Description":
            description = _text(child)
    around = item if outer is None else outer
    more = () if outer is None else _codings(outer)
    return Source(
        around.get("guid") or "",
        kind,
        around.get("name") or item.get("name") or "",
        item.get("plainTextPath") or "",
        content,
        around.get("creatingUser") or "",
        around.get("creationDateTime") or "",
        description if outer is None else _described(outer),
        tuple(selections),
        (*codings, *more),
        _refs(around, "NoteRef"),
        _values(around),
        made_of,
    )


def _codings(item: Element) -> tuple[Coding, ...]:
    return tuple(_coding(child) for child in item if _local(child) == "Coding")


def _coding(item: Element) -> Coding:
    code, notes = "", ()
    for child in item:
        if child.tag.endswith("CodeRef"):
            code = key_of(child.get("targetGUID") or "")
        else:
            notes = _refs(item, "NoteRef")
    return Coding(
        item.get("guid") or "", code, item.get("creatingUser") or "", item.get("creationDateTime") or "", notes
    )


def _whole(text: str | None) -> int | None:
    try:
        return int(text) if text and len(text) <= 18 else None
    except ValueError:
        return None


def _selection(item: Element) -> Selection:
    codings: list[Coding] = []
    notes: tuple[str, ...] = ()
    description = ""
    for child in item:
        tag = _local(child)
        if tag == "Coding":
            codings.append(_coding(child))
        elif tag == "Description":
            description = _text(child)
        elif tag == "NoteRef":
            notes = _refs(item, "NoteRef")
    given = item.get
    return Selection(
        given("guid") or "",
        given("name") or "",
        _whole(given("startPosition")),
        _whole(given("endPosition")),
        given("creatingUser") or "",
        given("creationDateTime") or "",
        description,
        tuple(codings),
        notes,
    )


def _other_source(item: Element, kind: str) -> Iterator[Source]:
    """Yield the text of a source of another kind where it has one, else the source without a text."""
    elsewhere = tuple(
        (coding, _ELSEWHERE[_local(child)])
        for child in item
        if _local(child) in _ELSEWHERE
        for coding in _codings(child)
    )
    inner = [child for child in item if _local(child) in {*_TEXTS, "Transcript"}]
    for number, child in enumerate(inner):
        words = _TEXTS.get(_local(child), "the transcript of a recording")
        source = _text_source(child, kind, item if not number else None, words)
        if _local(child) == "Transcript":
            source = _with_transcript(source, child)
        yield _replaced(source, elsewhere if not number else ())
    if not inner:
        bare = _text_source(item, kind)
        yield _replaced(
            bare, (*elsewhere, *((coding, "it is on a source without text") for coding in bare.codings)), text=False
        )


def _replaced(source: Source, elsewhere: tuple[tuple[Coding, str], ...], *, text: bool = True) -> Source:
    codings = source.codings if text else ()
    return replace(source, elsewhere=elsewhere, has_text=text, codings=codings)


def _with_transcript(source: Source, item: Element) -> Source:
    """Return a transcript with what was selected between two of its points in time."""
    points: Mapping[str, int | None] = {
        key_of(child.get("guid") or ""): _whole(child.get("position")) for child in item if _local(child) == "SyncPoint"
    }
    selections = []
    for child in item:
        if _local(child) == "TranscriptSelection":
            ends = (points.get(key_of(child.get(name) or "")) for name in ("fromSyncPoint", "toSyncPoint"))
            start, end = ends
            selections.append(_selection(child)._replace(start=start, end=end))
    return replace(source, selections=(*source.selections, *selections))


def _names(kind: str) -> Callable[[Project, Element], None]:
    """Return what only notes the names of elements."""

    def take(project: Project, item: Element) -> None:
        getattr(project, kind).append(item.get("name") or item.get("guid") or "")

    return take


def _describe(project: Project, item: Element) -> None:
    project.description = _text(item)


def _project_note(project: Project, item: Element) -> None:
    project.project_notes.append(key_of(item.get("targetGUID") or ""))


_TAKEN: dict[str, Callable[[Project, Element], None]] = {
    "Users": _user,
    "CodeBook": _code_tree,
    "Variables": _variable,
    "Cases": _case,
    "Sources": _source,
    "Notes": _note,
    "Links": _names("links"),
    "Sets": _set,
    "Graphs": _names("graphs"),
    "Description": _describe,
    "NoteRef": _project_note,
}
