"""A draft rewritten record by record: texts edited, ids exchanged, offsets and digests moved with the words."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.draft import TABLES, coding_id
from lepanalysis.exchange.ids import Ids
from lepanalysis.exchange.pseudonymise_plan import replaced
from lepanalysis.schema import STUDY_TABLES
from lepanalysis.tables import sha256_of, split_ids

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.pseudonymise_names import Edited, Names
    from lepanalysis.exchange.pseudonymise_plan import Plan

# The columns that hold a record's own id, and the kind of it.
_OWN = {
    "messages": ("message_id", "message"),
    "threads": ("thread_id", "thread"),
    "participants": ("participant_id", "participant"),
    "codings": ("coding_id", "coding"),
    "memos": ("memo_id", "memo"),
    "decisions": ("decision_id", "decision"),
    "quotations": ("quotation_id", "quotation"),
}
_SUBJECTS = {"coding": "coding", "code": "code", "candidate": "theme", "theme": "theme"}
_YAML_IDS = {
    "codes": {"id": "code", "parent": "code", "merged_into": "code", "coder": "coder"},
    "candidate themes": {"id": "theme", "codes": "code"},
    "agreed themes": {"id": "theme", "codes": "code", "named_in": "message"},
}
_NOT_TEXT = frozenset({"class", "approach", "period", "language", "coders", "status", "scale", "colour", "x", "y"})
_WHY = "names in it were replaced"
_MOVED = "its place moved with the words"
_ID = "its id held a name"
_Changed = defaultdict[str, list[tuple[object, str]]]


def with_stated_codings(draft: Draft) -> tuple[Draft, frozenset[str]]:
    """Return a draft in which every coding states its id, since a derived one changes with the offsets.

    Codings that something refers to state the id by which that is done, the others a number.

    Parameters
    ----------
    draft : Draft

    Returns
    -------
    draft : Draft
    numbers : frozenset of str
        The ids that nobody asked for; see `without_numbers`.
    """
    named = _named_codings(draft)
    derived = [coding_id(row) for row in draft.codings]
    ids = Ids("k", taken={*derived, *named})
    numbers = {
        place: ids.of(place)
        for place, (row, name) in enumerate(zip(draft.codings, derived, strict=True))
        if "coding_id" not in row and name not in named
    }
    codings = tuple(
        {**row, "coding_id": numbers.get(place, name)}
        for place, (row, name) in enumerate(zip(draft.codings, derived, strict=True))
    )
    return dataclasses.replace(draft, codings=codings), frozenset(numbers.values())


def without_numbers(draft: Draft, numbers: frozenset[str]) -> Draft:
    """Return a draft without the ids of codings that nobody asked for and nothing refers to.

    Parameters
    ----------
    draft : Draft
    numbers : frozenset of str
    """
    needless = numbers - _named_codings(draft)
    codings = tuple(
        {name: cell for name, cell in row.items() if name != "coding_id"} if row["coding_id"] in needless else row
        for row in draft.codings
    )
    return dataclasses.replace(draft, codings=codings)


def _named_codings(draft: Draft) -> set[str]:
    """Return the ids of codings that something refers to."""
    named = {row["about_id"] for row in draft.memos if row.get("about") == "coding"}
    named |= {row["id"] for row in draft.external_ids if row["kind"] == "coding"}
    for row in draft.decisions:
        named.update(split_ids(row["subjects"]) if row["kind"] == "coding" else ())
    return named


def kinds_of_ids(draft: Draft) -> dict[str, list[str]]:
    """Return the ids of a draft by kind.

    Parameters
    ----------
    draft : Draft
    """
    found: dict[str, list[str]] = {kind: [] for _, kind in _OWN.values()}
    for table, (column, kind) in _OWN.items():
        found[kind] += [row[column] for row in getattr(draft, table) if column in row]
    found["thread"] += [row["thread_id"] for row in draft.messages]
    found["coder"] = [coder["id"] for coder in draft.study.get("coders") or ()]
    found["code"] = [code["id"] for code in draft.codes]
    found["theme"] = [theme["id"] for themes in (*draft.candidate.values(), draft.agreed) for theme in themes]
    return found


def rewritten(draft: Draft, plan: Plan, counts: Counter[object], left: Names) -> tuple[Draft, _Changed]:
    """Return a draft with everything replaced, and which records of which kind changed and how.

    Parameters
    ----------
    draft : Draft
        In the plain form.
    plan : Plan
    counts : Counter
    left : Names
        Names that are counted and left.
    """
    work = _Rewriting(draft, plan, counts, left)
    tables = {name: work.table(name) for name in TABLES}
    study = {
        key: value if key in _NOT_TEXT else work.text(value) for key, value in draft.study.items() if key != "coders"
    }
    if draft.study.get("coders"):
        study["coders"] = tuple(work.coder(one) for one in draft.study["coders"])
    made = dataclasses.replace(
        draft,
        study=study,
        codes=tuple(work.entry("codes", code) for code in draft.codes),
        candidate={
            plan.id_of("coder", coder): tuple(work.entry("candidate themes", theme) for theme in themes)
            for coder, themes in draft.candidate.items()
        },
        agreed=tuple(work.entry("agreed themes", theme) for theme in draft.agreed),
        **tables,
    )
    return dataclasses.replace(made, agreed=work.named(made)), work.changed


class _Rewriting:
    """Rewrites the parts of one draft and keeps what changed; nobody else sees it."""

    def __init__(self, draft: Draft, plan: Plan, counts: Counter[object], left: Names) -> None:
        """Edit the messages first: everything else that has offsets is about them."""
        self.draft = draft
        self.plan = plan
        self.counts = counts
        self.left = left
        self.changed: _Changed = defaultdict(list)
        self.texts = {row["message_id"]: row["text"] for row in draft.messages}
        names = [
            (row[name], row["participant_id"]) for name in ("code_name", "participant_id") for row in draft.participants
        ]
        self.people = dict(names)
        self.messages: dict[str, Edited] = {row["message_id"]: self.edited(row["text"]) for row in draft.messages}

    def edited(self, text: str) -> Edited:
        return replaced(text, self.plan, self.counts, self.left)

    def text(self, value: Any) -> Any:  # noqa: ANN401 - any plain value
        """Return a value with the names in its texts replaced."""
        if isinstance(value, str):
            return self.edited(value).text
        if isinstance(value, list | tuple):
            return tuple(map(self.text, value))
        return {key: self.text(one) for key, one in value.items()} if isinstance(value, dict) else value

    def coder(self, coder: Mapping[str, Any]) -> dict[str, Any]:
        """Return a coder."""
        made = {**{key: self.text(one) for key, one in coder.items()}, "id": self.plan.id_of("coder", coder["id"])}
        if made != dict(coder):
            self.changed["coders"].append((made["id"], _WHY))
        return made

    def entry(self, kind: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Return an entry of a YAML file."""
        made: dict[str, Any] = {}
        for key, value in entry.items():
            of = _YAML_IDS[kind].get(key, "")
            if of and isinstance(value, tuple):
                made[key] = tuple(self.plan.id_of(of, one) for one in value)
            elif of:
                made[key] = self.plan.id_of(of, value)
            else:
                made[key] = value if key in _NOT_TEXT else self.text(value)
        if made != dict(entry):
            self.changed[kind].append((made["id"], _WHY))
        return made

    def named(self, made: Draft) -> tuple[Mapping[str, Any], ...]:
        """Return the agreed themes, each named only where its words still stand."""
        texts = {row["message_id"]: row["text"].casefold() for row in made.messages}
        found = []
        for theme in made.agreed:
            named = tuple(one for one in theme.get("named_in", ()) if theme["name"].casefold() in texts.get(one, ""))
            if named != tuple(theme.get("named_in", ())):
                self.changed["agreed themes"].append((theme["id"], "a message no longer holds its name word for word"))
            found.append({**theme, "named_in": named} if "named_in" in theme else theme)
        return tuple(found)

    def table(self, name: str) -> tuple[dict[str, Any], ...]:
        """Return the rows of a table."""
        return tuple(self.row(name, row, place) for place, row in enumerate(getattr(self.draft, name)))

    def row(self, table: str, row: Mapping[str, Any], place: int) -> dict[str, Any]:
        """Return a row; what changed is noted under the id that it has now."""
        made = {self.header(table, column): self.cell(table, column, row) for column in row}
        if table in {"codings", "decisions"}:
            self.move(row, made)
        elif table == "participants":
            made["code_name"] = self.plan.codes[row["participant_id"]]
        elif table == "assignments":
            self.digest(row, made)
        own = _OWN.get(table, ("", ""))[0]
        if made != dict(row) and table != "participants":
            key = coding_id(made) if table == "codings" else made.get(own) or ("kept row", place + 1)
            self.changed[table.replace("_", " ")].append((key, self.why(row, made, own)))
        return made

    def why(self, row: Mapping[str, Any], made: Mapping[str, Any], own: str) -> str:
        """Return in what way a row changed most."""
        if own in row and row[own] != made[own]:
            return _ID
        moved = any(row.get(column) != made.get(column) for column in ("start", "end"))
        return _MOVED if moved else _WHY

    def header(self, table: str, column: str) -> str:
        """Return the name of a column: attributes may hold names."""
        return column if STUDY_TABLES[table].column(column) is not None else self.text(column)

    def cell(self, table: str, name: str, row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - text or a number
        """Return a cell with its ids exchanged or its names replaced."""
        value = row[name]
        if (table, name) == ("messages", "text"):
            return self.messages[row["message_id"]].text
        if (table, name) == ("quotations", "attributed_to"):
            return self.author(value)
        column = STUDY_TABLES[table].column(name)
        kind = self.kind_of(table, name, row)
        if kind:
            many = column is not None and column.kind == "ids"
            return (
                ";".join(self.plan.id_of(kind, one) for one in split_ids(value))
                if many
                else self.plan.id_of(kind, value)
            )
        return self.text(value) if column is None or column.kind in {"text", "id", "ids"} else value

    def kind_of(self, table: str, name: str, row: Mapping[str, Any]) -> str:
        """Return the kind of id that a cell holds; empty where it holds none."""
        if _OWN.get(table, ("",))[0] == name:
            return _OWN[table][1]
        column = STUDY_TABLES[table].column(name)
        if column is not None and column.refers:
            return column.refers.removeprefix("agreed ")
        about = {("memos", "about_id"): "about", ("external_ids", "id"): "kind"}.get((table, name))
        if about:
            return str(row.get(about, "")).removeprefix("candidate ").removeprefix("agreed ")
        if (
            table == "decisions"
            and name in {"subjects", "target"}
            and not (name == "target" and row.get("outcome") == "rename")
        ):
            return _SUBJECTS.get(row["kind"], "") if name == "subjects" or row["kind"] != "coding" else "code"
        return "decision" if name == "supersedes" else ""

    def author(self, value: str) -> str:
        """Return the code name of whoever is quoted."""
        person = self.people.get(value)
        return self.text(value) if person is None else self.plan.codes[person]

    def move(self, row: Mapping[str, Any], made: dict[str, Any]) -> None:
        """Move the offsets of a row, and take its quotation anew."""
        message = self.messages.get(row.get("message_id", ""))
        if message is None or not isinstance(row.get("start", 0), int) or not isinstance(row.get("end", 0), int):
            return
        start, end = 0, len(message.text)
        if "start" in row and "end" in row:
            start, end = made["start"], made["end"] = message.moved(row["start"], row["end"])
        if "quote" in row:
            made["quote"] = message.text[start:end]
            if self.plan.names.find(made["quote"]):
                # The segment cuts a word so that a name is left; a quotation is a check only, and goes.
                del made["quote"]

    def digest(self, row: Mapping[str, Any], made: dict[str, Any]) -> None:
        """Take the digest of a text that was read anew; of another text it stays."""
        message = self.messages.get(row.get("message_id", ""))
        old = row.get("text_sha256", "")
        if message is not None and old and message.edits:
            text = self.texts[row["message_id"]]
            if sha256_of(text.encode("utf-8", "surrogatepass")) == old.lower():
                made["text_sha256"] = sha256_of(message.text.encode("utf-8", "surrogatepass"))
