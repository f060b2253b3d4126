"""Users and cases of a REFI-QDA project become the coders and participants of a study."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.classes import MARK, class_in, is_mark
from lepanalysis.exchange.ids import Ids, guid, guid_key
from lepanalysis.exchange.refi_rest import Guids
from lepanalysis.schema import PARTICIPANTS
from lepanalysis.tables import moment

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lepanalysis.exchange.losses import Ledger
    from lepanalysis.exchange.refi_records import Project, Source

UNKNOWN = "unknown"
# What a variable of sources is called that says something of messages, beside our own variables.
_CALLED = {
    "thread": "thread_id",
    "thread id": "thread_id",
    "posted at": "posted_at",
    "posted": "posted_at",
    "date": "posted_at",
    "position": "position",
}
MESSAGE_COLUMNS = ("thread_id", "posted_at", "position", "reply_to")
_FRACTION = re.compile(r"(\.\d{6})\d+")
# What .NET writes where there is no time.
_NO_TIME = "0001-01-01"


def moment_of(text: str) -> str:
    """Return a time of a file as a study has it; empty where it is none.

    Parameters
    ----------
    text : str
    """
    if not text:
        return ""
    text = _FRACTION.sub(r"\1", text.strip())
    return text if moment(text) and not text.startswith(_NO_TIME) else ""


class Coders:
    """The coders, and whose a coding is.

    Parameters
    ----------
    project : Project
    rest : mapping
    ledger : Ledger
    """

    def __init__(self, project: Project, rest: Mapping[str, Any], ledger: Ledger) -> None:
        """Take the users in."""
        given = rest.get("coders", ())
        known = Guids(rest.get("external_ids", ())).known("coder", given)
        self._ids = Ids("u", given)
        self._ledger = ledger
        self.rows: list[dict[str, str]] = []
        self.foreign: list[tuple[str, str, str]] = []
        self._of: dict[str, str] = {}
        for place, user in enumerate(project.users):
            ledger.came("coders")
            key = guid_key(user.guid)
            if key and key in self._of:
                ledger.dropped("coders", (user.name, place + 1), "another user has the same GUID")
                continue
            wanted = user.id.strip() or user.name.strip()
            name = known.get(key) or self._ids.of(key or place, wanted if wanted not in self.ids else user.name.strip())
            self._add(key, name, user.name if user.name.strip() else name)
            if user.guid and guid_key(guid("coder", name)) != key:
                self.foreign.append(("coder", name, user.guid))
        self._only = self.rows[0]["id"] if len(self.rows) == 1 else ""

    @property
    def ids(self) -> list[str]:
        """The ids of the coders."""
        return [row["id"] for row in self.rows]

    def _add(self, key: str, name: str, shown: str) -> None:
        self.rows.append({"id": name, "name": shown})
        self._of[key] = name

    def without_idle(self, coded: Collection[str], heard: Collection[str]) -> None:
        """Leave users out who coded nothing and wrote nothing: programs list whoever ever opened the project.

        A study takes every coder to have read everything, so that each of them would have disagreed with every coding.

        Parameters
        ----------
        coded : collection of str
            The ids of the coders with codings. Where nobody has any, all stay.
        heard : collection of str
            The ids of those who have codes, memos or themes of their own.
        """
        idle = {row["id"] for row in self.rows if row["id"] not in coded} if coded else set()
        for row in self.rows:
            if row["id"] in idle - set(heard):
                self._ledger.dropped("coders", row["name"], "the user coded nothing; a coder counts as having read all")
        self.rows = [row for row in self.rows if row["id"] not in idle - set(heard)]
        self.foreign = [row for row in self.foreign if row[1] not in idle - set(heard)]
        if kept := sorted(row["name"] for row in self.rows if row["id"] in idle):
            self._ledger.note(
                f"Coded nothing, but wrote memos or has codes or themes: {', '.join(kept)}. Without assignments.csv "
                "every coder is taken to have read everything: take out of study.yaml whoever is none."
            )

    def of(self, given: str) -> str:
        """Return the coder of a GUID; empty where the file names none. Who is in no list of users becomes a coder."""
        if not given:
            return ""
        key = guid_key(given)
        if key not in self._of:
            name = self._ids.of(key, "")
            self._add(key, name, name)
            self.foreign.append(("coder", name, given))
            self._ledger.note(f"Somebody is named as coder who is not among the project's users: {name} here.")
        return self._of[key]

    def of_coding(self, coding: str, selection: str, key: object) -> str:
        """Return whose a coding is: the coder it names, else that of its segment, else the only one there is.

        Parameters
        ----------
        coding, selection : str
            GUIDs of users, or empty.
        key : hashable
            How the report names the coding.
        """
        name = self.of(coding)
        if name:
            return name
        if name := self.of(selection):
            return name
        if self._only:
            self._ledger.changed("codings", key, "it names nobody; it is given to the project's only user")
            return self._only
        self._ledger.changed("codings", key, f"it names nobody; it is given to the coder {UNKNOWN!r}")
        if UNKNOWN not in self._of:
            self._add(UNKNOWN, self._ids.of(UNKNOWN, UNKNOWN), UNKNOWN)
        return self._of[UNKNOWN]


@dataclass
class People:
    """The participants, and of which source or selection each is the author."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    of_source: dict[str, str] = field(default_factory=dict)
    of_selection: dict[str, str] = field(default_factory=dict)
    foreign: list[tuple[str, str, str]] = field(default_factory=list)


class Variables:
    """What the variables of a project are columns of.

    Parameters
    ----------
    project : Project
    """

    def __init__(self, project: Project) -> None:
        """Name the columns."""
        self.of_messages: dict[str, str] = {}
        self.of_people: dict[str, str] = {}
        own = {guid_key(guid("variable", f"messages {name}")): name for name in MESSAGE_COLUMNS}
        # By its name: other programs give it another GUID.
        self.marks = {key for key, name in project.variables.items() if is_mark(name)}
        self.marks.add(guid_key(guid("variable", f"messages {MARK}")))
        taken = {column.name for column in PARTICIPANTS.columns}
        for key, name in project.variables.items():
            if key in own:
                self.of_messages[key] = own[key]
                continue
            shown, number = name if name.strip() else "attribute", 1
            while shown in taken:
                number += 1
                shown = f"{name} ({number})"
            taken.add(shown)
            self.of_people[key] = shown
        ours = set(self.of_messages.values())
        for key, name in self.of_people.items():
            column = _CALLED.get(" ".join(name.replace("_", " ").split()).casefold())
            if column and column not in ours and not self.of_messages.get(key):
                self.of_messages[key] = column
                ours.add(column)

    def message_cells(self, source: Source, ledger: Ledger) -> tuple[dict[str, str], dict[str, str]]:
        """Return what the variables of a source say of a message, and what they say of somebody or something else."""
        cells, others = {}, {}
        for key, value in source.values:
            if not value:
                continue
            if key in self.marks and class_in(value):
                cells["class"] = class_in(value)
            elif key in self.of_messages:
                cells[self.of_messages[key]] = value
            elif key in self.of_people:
                others[self.of_people[key]] = value
            else:
                ledger.came("values of variables")
                ledger.dropped(
                    "values of variables", (source.name, source.guid, key), "the variable is not in the file"
                )
        return cells, others

    def of_case(self, values: tuple[tuple[str, str], ...], name: str, ledger: Ledger) -> dict[str, str]:
        """Return the attributes of a case."""
        found = {}
        for key, value in values:
            if key in self.marks and class_in(value):
                found["class"] = class_in(value)
            elif key in self.of_people:
                found[self.of_people[key]] = value
            elif value:
                ledger.came("values of variables")
                ledger.dropped("values of variables", (name, key), "the variable is not in the file")
        return {column: value for column, value in found.items() if value}


def read_people(project: Project, variables: Variables, rest: Mapping[str, Any], ledger: Ledger) -> People:
    """Return the cases of a project as participants.

    Parameters
    ----------
    project : Project
    variables : Variables
    rest : mapping
    ledger : Ledger
    """
    given = rest.get("participants", ())
    known = Guids(rest.get("external_ids", ())).known("participant", given)
    ids, people = Ids("p", given), People()
    names: set[str] = set()
    seen: set[str] = set()
    sources = {guid_key(source.guid) for source in project.sources}
    for place, case in enumerate(project.cases):
        ledger.came("participants")
        key = guid_key(case.guid)
        unique = key if key and key not in seen else f"case {place + 1}"
        seen.add(unique)
        name = known[key] if key in known and unique == key else ids.of(unique, case.name.strip())
        row = {"participant_id": name, "code_name": unlike(case.name or name, names)}
        if row["code_name"] != case.name:
            ledger.changed("participants", name, "its name was empty or another's; it was given one of its own")
        attributes = variables.of_case(case.values, name, ledger)
        if case.description.strip():
            attributes.setdefault("description", case.description)
        people.rows.append({**attributes, **row})
        if case.codes:
            ledger.changed("participants", name, "the codes of the case itself are left out")
        for kind, refs, found in (
            ("source", case.sources, people.of_source),
            ("selection", case.selections, people.of_selection),
        ):
            for ref in refs:
                if found.setdefault(ref, name) != name:
                    why = f"a {kind} of it belongs to another case too, and counts as that one's"
                    ledger.changed("participants", name, why)
        if any(ref not in sources for ref in case.sources):
            ledger.changed("participants", name, "a source of it is not in the file")
        if case.guid and guid_key(guid("participant", name)) != key:
            people.foreign.append(("participant", name, case.guid))
    return people


def unlike(name: str, taken: set[str]) -> str:
    """Return a code name that nobody has yet, and note it as taken.

    Parameters
    ----------
    name : str
    taken : set of str
    """
    shown, number = name, 1
    while not shown.strip() or " ".join(shown.split()).casefold() in taken:
        number += 1
        shown = f"{name.strip() or 'Case'} ({number})"
    taken.add(" ".join(shown.split()).casefold())
    return shown
