"""A study as the elements of a REFI-QDA project, piece by piece and in the order that the schema asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.classes import MARK, class_of_message, mark_line
from lepanalysis.exchange.draft import coding_id
from lepanalysis.exchange.ids import guid
from lepanalysis.exchange.refi_people import MESSAGE_COLUMNS
from lepanalysis.exchange.refi_rest import (
    LONGEST_NAME,
    NAME,
    NOTE,
    ORIGIN,
    description_of,
    guid_of_value,
    is_date_time,
    writable,
)
from lepanalysis.schema import PARTICIPANTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.refi_names import Names
    from lepanalysis.exchange.refi_rest import Guids

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_SPECIAL = re.compile('[&<>"\n\t\r]')
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}
)
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_SHOWN = {"thread_id": "Thread", "posted_at": "Posted at", "position": "Position", "reply_to": "Reply to"}
_TYPES = (
    ("Integer", re.compile(r"-?(?:0|[1-9]\d{0,17})").fullmatch),
    ("Float", re.compile(r"-?\d{1,18}(?:\.\d{1,18})?").fullmatch),
    ("Date", re.compile(r"\d{4}-\d{2}-\d{2}").fullmatch),
    ("DateTime", is_date_time),
)
_FIXED = {column.name for column in PARTICIPANTS.columns}


def attribute(text: str) -> str:
    """Return a text as it stands between the quotation marks of an attribute.

    Parameters
    ----------
    text : str
    """
    text = writable(text)
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def element(name: str, text: str) -> str:
    """Return an element that holds a text, nothing where there is none.

    Parameters
    ----------
    name : str
    text : str
    """
    return f"<{name}>{writable(text).translate(_IN_TEXT)}</{name}>" if text else ""


def type_of(values: Iterable[str]) -> str:
    """Return the type of a variable that has these values, so that each stays as it is written.

    Parameters
    ----------
    values : iterable of str
    """
    values = list(values)
    for name, fits in _TYPES:
        if all(fits(value) for value in values):
            return name
    return "Text"


@dataclass(frozen=True)
class Variable:
    """A variable of messages or participants."""

    column: str
    guid: str
    name: str
    type_: str

    def value(self, text: str) -> str:
        """Return an element with a value of the variable."""
        value = element(f"{self.type_}Value", text)
        return f'<VariableValue><VariableRef targetGUID="{self.guid}"/>{value}</VariableValue>'


@dataclass
class Notes:
    """Which notes hang on what, by kind of record and id; and notes on single codings that are no memos."""

    of: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    of_codings: list[tuple[str, str, str, str]] = field(default_factory=list)

    def refs(self, kind: str, name: str, tag: str = "NoteRef") -> str:
        """Return the references to the notes on a record."""
        found = self.of.get((kind, name), ()) if self.of else ()
        return "".join(f'<{tag} targetGUID="{one}"/>' for one in found)


def variables_of(draft: Draft) -> tuple[list[Variable], list[Variable]]:
    """Return the variables of messages and those of participants, with names of which no two are equal.

    Parameters
    ----------
    draft : Draft
        In the plain form.
    """
    taken: set[str] = set()
    columns = dict.fromkeys(name for row in draft.participants for name in row if name not in _FIXED)
    people = []
    for column in columns:
        values = [row[column] for row in draft.participants if column in row]
        people.append(Variable(column, guid("variable", f"participants {column}"), column, type_of(values)))
        taken.add(column.casefold())
    messages = []
    for column in MESSAGE_COLUMNS:
        values = [str(row[column]) for row in draft.messages if column in row]
        if values:
            shown = _SHOWN[column]
            while shown.casefold() in taken:
                shown += " of the message"
            type_ = type_of(values) if column in {"position", "posted_at"} else "Text"
            messages.append(Variable(column, guid("variable", f"messages {column}"), shown, type_))
    if _is_marked(draft):
        # Whatever is taken out of the project, or put together with others, says of itself what it is.
        messages.append(Variable(MARK, guid("variable", f"messages {MARK}"), "Provenance class", "Text"))
    return messages, people


def _is_marked(draft: Draft) -> bool:
    """Whether the class stands where people see it: an open study has nothing to be guarded."""
    return draft.study["class"] != "open"


def project(draft: Draft, names: Names, guids: Guids) -> Iterator[str]:
    """Yield the XML of a project.

    Parameters
    ----------
    draft : Draft
        In the plain form.
    names : Names
        The names and values of codes and the names of themes as they are to be written.
    guids : Guids
    """
    coders = {coder["id"]: guids.of("coder", coder["id"]) for coder in draft.study.get("coders", ())}
    notes = Notes()
    for row in draft.memos:
        key = (row.get("about", ""), row.get("about_id", ""))
        notes.of.setdefault(key, []).append(guids.of("memo", row["memo_id"]))
    title = attribute(draft.study["title"])
    yield f'{HEAD}<Project xmlns="urn:QDA-XML:project:1.0" name="{title}" origin="{ORIGIN}">\n'
    users = (
        f'<User guid="{coders[coder["id"]]}" name="{attribute(coder.get("name", coder["id"]))}" '
        f'id="{attribute(coder["id"])}"/>\n'
        for coder in draft.study.get("coders", ())
    )
    yield from _inside("Users", users)
    yield from _inside("CodeBook", _inside("Codes", codes(draft, names, guids, notes)))
    of_messages, of_people = variables_of(draft)
    yield from _inside("Variables", map(_variable, (*of_messages, *of_people)))
    yield from _inside("Cases", _cases(draft, of_people, guids))
    yield from _inside("Sources", _sources(draft, of_messages, names, guids, coders, notes))
    yield from _inside("Notes", _notes(draft, guids, coders, notes))
    yield from _inside("Sets", _sets(draft, names, guids, notes))
    said = (draft.study.get("notes", ""), mark_line(draft.study["class"]) if _is_marked(draft) else "")
    yield element("Description", "\n\n".join(filter(None, said)))
    yield f'<NoteRef targetGUID="{NOTE}"/>{notes.refs("", "")}\n</Project>\n'


def _inside(name: str, content: Iterable[str]) -> Iterator[str]:
    """Yield a container with its content; nothing where it has none, for no container may be empty."""
    pieces = iter(content)
    first = next(pieces, None)
    if first is not None:
        yield f"<{name}>\n"
        yield first
        yield from pieces
        yield f"</{name}>\n"


def codes(draft: Draft, names: Names, guids: Guids, notes: Notes | None) -> Iterator[str]:
    """Yield the codes: the shared ones, then each coder's own in a folder of theirs.

    Parameters
    ----------
    draft : Draft
    names : Names
    guids : Guids
    notes : Notes, optional
        Without it codes have no references to notes, as in a codebook.
    """
    below: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for code in draft.codes:
        parent = code.get("parent", "")
        below.setdefault((parent, "" if parent else code.get("coder", "")), []).append(code)

    def written(code: Mapping[str, Any]) -> Iterator[str]:
        name = code["id"]
        colour = f' color="{code["colour"]}"' if code.get("colour") else ""
        yield f'<Code guid="{guids.of("code", name)}" name="{attribute(names.code(name))}" isCodable="true"{colour}>'
        yield element("Description", description_of(code)) + (notes.refs("code", name) if notes else "")
        for value in names.values.get(name, ()):
            shown = attribute(names.value(name, value))
            yield f'<Code guid="{guid_of_value(name, value)}" name="{shown}" isCodable="true"/>'
        for child in below.get((name, ""), ()):
            yield from written(child)
        yield "</Code>\n"

    for code in below.get(("", ""), ()):
        yield from written(code)
    for coder in draft.study.get("coders", ()):
        own = below.get(("", coder["id"]), ())
        if own:
            shown = attribute(names.folder(coder["id"]))
            yield f'<Code guid="{guid("codes of", coder["id"])}" name="{shown}" isCodable="false">\n'
            for code in own:
                yield from written(code)
            yield "</Code>\n"


def _variable(one: Variable) -> str:
    return f'<Variable guid="{one.guid}" name="{attribute(one.name)}" typeOfVariable="{one.type_}"/>\n'


def _cases(draft: Draft, variables: list[Variable], guids: Guids) -> Iterator[str]:
    written: dict[str, list[str]] = {}
    for row in draft.messages:
        written.setdefault(row["participant_id"], []).append(guids.of("message", row["message_id"]))
    for row in draft.participants:
        name = row["participant_id"]
        values = "".join(one.value(row[one.column]) for one in variables if one.column in row)
        refs = "".join(f'<SourceRef targetGUID="{one}"/>' for one in written.get(name, ()))
        shown = f'guid="{guids.of("participant", name)}" name="{attribute(row["code_name"])}"'
        yield f"<Case {shown}>{values}{refs}</Case>\n"


def _sources(  # noqa: PLR0917 - one step of `project`, with what that has worked out
    draft: Draft, variables: list[Variable], names: Names, guids: Guids, coders: Mapping[str, str], notes: Notes
) -> Iterator[str]:
    codings: dict[str, list[Mapping[str, Any]]] = {}
    for row in draft.codings:
        codings.setdefault(row["message_id"], []).append(row)
    refs = {code["id"]: guids.of("code", code["id"]) for code in draft.codes}
    refs_of_values = {
        (code, value): guid_of_value(code, value) for code, values in names.values.items() for value in values
    }

    def coding(row: Mapping[str, Any], *, memo: bool) -> str:
        name = coding_id(row)
        code = refs[row["code_id"]]
        if "value" in row:
            code = refs_of_values[row["code_id"], row["value"]]
        when = row.get("created_at", "")
        date = f' creationDateTime="{when}"' if when and is_date_time(when) else ""
        more = notes.refs("coding", name)
        if memo and "memo" in row:
            note = guid("coding memo", name)
            notes.of_codings.append((note, coders[row["coder"]], date, row["memo"]))
            more = f'<NoteRef targetGUID="{note}"/>{more}'
        return (
            f'<Coding guid="{guids.of("coding", name)}" creatingUser="{coders[row["coder"]]}"{date}>'
            f'<CodeRef targetGUID="{code}"/>{more}</Coding>'
        )

    for message in draft.messages:
        name = message["message_id"]
        own = guids.of("message", name)
        when = message.get("posted_at", "")
        date = f' creationDateTime="{when}"' if is_date_time(when) else ""
        shown = f'name="{attribute(name)}" plainTextPath="internal://{file_of(own)}"'
        yield f'<TextSource guid="{own}" {shown}{date}>\n'
        segments: dict[tuple[str, int, int], list[Mapping[str, Any]]] = {}
        whole = []
        for row in codings.get(name, ()):
            if "start" in row:
                segments.setdefault((row["coder"], row["start"], row["end"]), []).append(row)
            else:
                whole.append(row)
        for (coder, start, end), rows in segments.items():
            words = message["text"][start:end]
            words = words if len(words) <= LONGEST_NAME else words[: LONGEST_NAME - 1] + "…"
            alone = len(rows) == 1
            made = guid("selection", f"{coder}\n{name}\n{start}\n{end}")
            yield (
                f'<PlainTextSelection guid="{made}" name="{attribute(words)}" startPosition="{start}" '
                f'endPosition="{end}" creatingUser="{coders[coder]}">'
                f"{element('Description', rows[0].get('memo', '')) if alone else ''}"
                f"{''.join(coding(row, memo=not alone) for row in rows)}</PlainTextSelection>\n"
            )
        for row in whole:
            yield coding(row, memo=True)
        yield notes.refs("message", name)
        cells = {MARK: class_of_message(message, draft.study["class"]), **message}
        yield "".join(one.value(str(cells[one.column])) for one in variables if one.column in cells)
        yield "</TextSource>\n"


def file_of(own: str) -> str:
    """Return the name of the file of a source.

    Parameters
    ----------
    own : str
        Its GUID.
    """
    return f"{own.strip('{}')}.txt"


def _notes(draft: Draft, guids: Guids, coders: Mapping[str, str], notes: Notes) -> Iterator[str]:
    yield f'<Note guid="{NOTE}" name="{NAME}" plainTextPath="internal://{file_of(NOTE)}"/>\n'
    for row in draft.memos:
        user = f' creatingUser="{coders[row["coder"]]}"' if row.get("coder") else ""
        when = row.get("at", "")
        date = f' creationDateTime="{when}"' if is_date_time(when) else ""
        shown = f'guid="{guids.of("memo", row["memo_id"])}" name="{attribute(row["memo_id"])}"'
        yield f"<Note {shown}{user}{date}>{element('PlainTextContent', row['text'])}</Note>\n"
    for note, user, date, text in notes.of_codings:
        shown = f'guid="{note}" name="Memo of a coding" creatingUser="{user}"{date}'
        yield f"<Note {shown}>{element('PlainTextContent', text)}</Note>\n"


def _sets(draft: Draft, names: Names, guids: Guids, notes: Notes) -> Iterator[str]:
    for theme in names.themes_of(draft):
        name = theme["id"]
        members = "".join(f'<MemberCode targetGUID="{guids.of("code", code)}"/>' for code in theme.get("codes", ()))
        inner = element("Description", theme.get("definition", "")) + members + notes.refs("theme", name, "MemberNote")
        yield f'<Set guid="{guids.of("theme", name)}" name="{attribute(names.theme(name))}">{inner}</Set>\n'


def codebook(draft: Draft, names: Names, guids: Guids) -> Iterator[str]:
    """Yield the XML of a codebook.

    Parameters
    ----------
    draft : Draft
        In the plain form.
    names : Names
    guids : Guids
    """
    mark = f" ({MARK}: {draft.study['class']})" if _is_marked(draft) else ""
    yield f'{HEAD}<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="{ORIGIN}{mark}">\n'
    yield from _inside("Codes", codes(draft, names, guids, None))
    sets = (
        f'<Set guid="{guids.of("theme", theme["id"])}" name="{attribute(names.theme(theme["id"]))}">'
        + element("Description", theme.get("definition", ""))
        + "".join(f'<MemberCode guid="{guids.of("code", code)}"/>' for code in theme.get("codes", ()))
        + "</Set>\n"
        for theme in names.themes_of(draft)
    )
    yield from _inside("Sets", sets)
    yield "</CodeBook>\n"
