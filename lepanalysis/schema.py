"""The columns and rules of a study's files and of an article's ledger, in one place.

Everything here is a declaration; `lepanalysis.tables` reads files by it and `lepanalysis.rules` holds
them against each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from lepanalysis import claim_rules

# The provenance classes from the one that binds most to the one that binds least: an exhibit takes the
# highest class of what it rests on.
CLASSES = ("restricted", "stand-in", "open", "derived", "published")
STUDY_CLASSES = ("published", "stand-in", "restricted", "open")
APPROACHES = ("reflexive", "codebook", "coding-reliability")
SCALES = ("nominal", "ordinal", "interval", "ratio")
CODE_STATUSES = ("open", "agreed", "retired")
READING_STATUSES = ("assigned", "read", "nothing_to_code")
MEMO_KINDS = ("analytic", "reflexive", "negative case")
# What stands for no one coder where an analysis asks whose codings to take.
RESERVED_CODERS = ("any", "all", "consensus")
# Lists inside one cell (subjects of a decision, people present) are joined by this character.
LIST_SEPARATOR = ";"


def highest_class(classes: object) -> str:
    """Return the class that binds most among `classes`.

    Parameters
    ----------
    classes : iterable of str
        Names out of `CLASSES`; at least one.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        When there is none, or one is not a class.
    """
    names = set(classes)  # type: ignore[call-overload]
    unknown = names.difference(CLASSES)
    if unknown or not names:
        message = f"not a provenance class: {sorted(map(str, unknown))}" if unknown else "no class was given"
        raise ValueError(message)
    return min(names, key=CLASSES.index)


@dataclass(frozen=True)
class Column:
    """One column of a file.

    Parameters
    ----------
    name : str
        As in the file's first row.
    kind : str
        ``id`` (a short name without the list separator), ``ids`` (several), ``text``, ``integer``,
        ``number``, ``moment`` (ISO 8601 date or date and time), ``choice``, ``digest`` (SHA-256 in hex)
        or ``colour``.
    required : bool
        Whether the column has to be there and none of its cells may be empty.
    refers : str
        The kind of record whose id stands here, or empty.
    choices : tuple of str
        The words a choice may take.
    """

    name: str
    kind: str = "text"
    required: bool = False
    refers: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSchema:
    """The columns of one file and what makes its records one of a kind.

    Parameters
    ----------
    name : str
        What the table is called in code.
    file : str
        The file inside the folder.
    columns : tuple of Column
    key : tuple of str
        Columns that together are unique; empty where nothing has to be.
    attributes : bool
        Whether further columns are welcome (attributes of participants).
    context : tuple of str
        Columns that ``context_class`` speaks of.
    """

    name: str
    file: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    attributes: bool = False
    context: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


_CLASS = Column("class", "choice", choices=CLASSES)

MESSAGES = TableSchema(
    "messages",
    "messages.csv",
    (
        Column("message_id", "id", required=True),
        Column("thread_id", "id", required=True, refers="thread"),
        Column("participant_id", "id", required=True, refers="participant"),
        Column("text", "text", required=True),
        Column("posted_at", "moment"),
        Column("position", "integer"),
        Column("reply_to", "id", refers="message"),
        _CLASS,
        Column("context_class", "choice", choices=CLASSES),
    ),
    key=("message_id",),
    context=("thread_id", "posted_at", "position", "reply_to"),
)
THREADS = TableSchema(
    "threads",
    "threads.csv",
    (Column("thread_id", "id", required=True), Column("title"), Column("category"), _CLASS),
    key=("thread_id",),
)
PARTICIPANTS = TableSchema(
    "participants",
    "participants.csv",
    (Column("participant_id", "id", required=True), Column("code_name", "text", required=True), _CLASS),
    key=("participant_id",),
    attributes=True,
)
CODINGS = TableSchema(
    "codings",
    "codings.csv",
    (
        Column("coder", "id", required=True, refers="coder"),
        Column("message_id", "id", required=True, refers="message"),
        Column("code_id", "id", required=True, refers="code"),
        Column("coding_id", "id"),
        Column("start", "integer"),
        Column("end", "integer"),
        Column("quote"),
        Column("value"),
        Column("memo"),
        Column("created_at", "moment"),
    ),
    key=("coding_id",),
)
ASSIGNMENTS = TableSchema(
    "assignments",
    "assignments.csv",
    (
        Column("coder", "id", required=True, refers="coder"),
        Column("message_id", "id", required=True, refers="message"),
        Column("status", "choice", required=True, choices=READING_STATUSES),
        Column("at", "moment"),
        Column("text_sha256", "digest"),
    ),
    key=("coder", "message_id"),
)
MEMOS = TableSchema(
    "memos",
    "memos.csv",
    (
        Column("memo_id", "id", required=True),
        Column("coder", "id", refers="coder"),
        Column("about", "choice", choices=("message", "coding", "code", "theme")),
        Column("about_id", "id"),
        Column("kind", "choice", choices=MEMO_KINDS),
        Column("text", "text", required=True),
        Column("at", "moment"),
    ),
    key=("memo_id",),
)
DECISIONS = TableSchema(
    "decisions",
    "decisions.csv",
    (
        Column("decision_id", "id", required=True),
        Column("decided_at", "moment", required=True),
        Column("kind", "choice", required=True, choices=("coding", "code", "candidate", "theme")),
        Column("subjects", "ids", required=True),
        Column(
            "outcome",
            "choice",
            required=True,
            choices=("accept", "reject", "both", "redraw", "map", "merge", "split", "rename", "assign"),
        ),
        Column("message_id", "id", refers="message"),
        Column("start", "integer"),
        Column("end", "integer"),
        Column("code_id", "id", refers="code"),
        Column("target", "ids"),
        Column("present", "ids", refers="coder"),
        Column("by", "ids", required=True, refers="coder"),
        Column("reason"),
        Column("supersedes", "id"),
    ),
    key=("decision_id",),
)
QUOTATIONS = TableSchema(
    "quotations",
    "quotations.csv",
    (
        Column("quotation_id", "id", required=True),
        Column("message_id", "id", required=True, refers="message"),
        Column("text", "text", required=True),
        Column("attributed_to", "text"),
        Column("theme_id", "id", refers="agreed theme"),
        Column("form", "choice", choices=("block", "inline")),
    ),
    key=("quotation_id",),
)
EXTERNAL_IDS = TableSchema(
    "external_ids",
    "external_ids.csv",
    (
        Column("kind", "text", required=True),
        Column("id", "id", required=True),
        Column("program", "text", required=True),
        Column("external_id", "text", required=True),
    ),
    key=("kind", "id", "program"),
)

STUDY_TABLES: dict[str, TableSchema] = {
    table.name: table
    for table in (
        MESSAGES,
        THREADS,
        PARTICIPANTS,
        CODINGS,
        ASSIGNMENTS,
        MEMOS,
        DECISIONS,
        QUOTATIONS,
        EXTERNAL_IDS,
    )
}
REQUIRED_FILES = ("study.yaml", "messages.csv", "participants.csv")

# Which outcomes a decision of each kind can have.
OUTCOMES: dict[str, frozenset[str]] = {
    "code": frozenset({"map", "merge", "split", "rename", "reject"}),
    "coding": frozenset({"accept", "reject", "both", "redraw", "assign"}),
    "candidate": frozenset({"map", "merge", "split", "reject"}),
    "theme": frozenset({"map", "merge", "split", "rename", "accept", "reject"}),
}

# Keys of the YAML files: name -> (kind, required). Kinds as for columns, and `list`, `mapping`.
STUDY_KEYS: dict[str, tuple[str, bool]] = {
    "title": ("text", True),
    "class": ("choice", True),
    "source": ("text", True),
    "licence": ("text", True),
    "language": ("text", False),
    "period": ("mapping", False),
    "coders": ("list", False),
    "approach": ("choice", False),
    "ledger": ("text", False),
    "template": ("text", False),
    "notes": ("text", False),
}
CODE_KEYS: dict[str, tuple[str, bool]] = {
    "id": ("id", True),
    "name": ("text", True),
    "definition": ("text", True),
    "include": ("text", False),
    "exclude": ("text", False),
    "example": ("text", False),
    "parent": ("id", False),
    "coder": ("id", False),
    "status": ("choice", False),
    "merged_into": ("id", False),
    "scale": ("choice", False),
    "values": ("list", False),
    "colour": ("colour", False),
}
CANDIDATE_KEYS: dict[str, tuple[str, bool]] = {
    "id": ("id", True),
    "name": ("text", True),
    "definition": ("text", False),
    "codes": ("list", False),
}
THEME_KEYS: dict[str, tuple[str, bool]] = {
    "id": ("id", True),
    "name": ("text", True),
    "definition": ("text", False),
    "codes": ("list", False),
    "named_in": ("list", False),
    "x": ("number", False),
    "y": ("number", False),
}
CLAIM_KEYS: dict[str, tuple[str, bool]] = {
    "id": ("id", True),
    "statement": ("text", True),
    "kind": ("choice", False),
    "quantifier": ("text", False),
    "theme": ("id", False),
    "check": ("choice", True),
    "unit": ("choice", False),
    "threshold": ("number", False),
    "range": ("list", False),
    "beside": ("id", False),
    "test": ("text", False),
    "stated": ("text", False),
    "codes": ("list", False),
    "against": ("list", False),
    "with": ("list", False),
    "section": ("text", False),
}
EVIDENCE_KEYS: dict[str, tuple[str, bool]] = {
    "codes": ("list", False),
    "against": ("list", False),
    "with": ("list", False),
    "attribute": ("text", False),
    "facts": ("mapping", False),
    "leaves_out": ("text", False),
}
CHOICES_OF_KEYS: dict[str, tuple[str, ...]] = {
    "class": STUDY_CLASSES,
    "approach": APPROACHES,
    "status": CODE_STATUSES,
    "scale": SCALES,
    "kind": claim_rules.KINDS,
    "check": claim_rules.OWN_CHECKS,
    "unit": claim_rules.UNITS,
}
