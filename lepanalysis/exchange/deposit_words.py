"""What a deposit package says of its study: README, licence, and the meaning of every column, made from the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepanalysis import schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.schema import Column, TableSchema
    from lepanalysis.study import Study

_KINDS = {
    "id": "id",
    "ids": f"ids, separated by “{schema.LIST_SEPARATOR}”",
    "text": "text",
    "integer": "whole number",
    "number": "number",
    "moment": "date or time (ISO 8601)",
    "choice": "one of a list",
    "digest": "SHA-256 in hexadecimal digits",
    "colour": "colour (#rrggbb)",
    "list": "list",
    "mapping": "keys and values",
}
# What a column holds where its name and kind do not say it.
_MEANINGS = {
    ("messages", "text"): "the words",
    ("messages", "posted_at"): "local time as the platform shows it",
    ("messages", "position"): "order in the thread, from 1",
    ("messages", "reply_to"): "the earlier message of the thread that this one answers",
    ("messages", "class"): "class of the text, where it differs from the study's",
    ("messages", "context_class"): "class of thread, time and reply, where it differs from that of the text",
    ("participants", "code_name"): "the name that stands for the person",
    ("codings", "start"): "first character of the segment: Unicode code points from 0; empty for the whole message",
    ("codings", "end"): "the character after the segment",
    ("codings", "quote"): "the words of the segment",
    ("codings", "value"): "the value, for a code with a scale",
    ("assignments", "text_sha256"): "of the text that was read",
    ("assignments", "status"): "how far the coder is with the message",
    ("memos", "about"): "kind of what the memo is about",
    ("memos", "about_id"): "id of what the memo is about",
    ("decisions", "subjects"): "what the decision is about",
    ("decisions", "target"): "what a map, merge or split leads to; the new name of a rename",
    ("decisions", "supersedes"): "an earlier decision that is no longer in force",
    ("quotations", "text"): "as printed; (...) is an omission, [word] an insertion",
    ("quotations", "attributed_to"): "code name or id of the author",
    ("external_ids", "external_id"): "the id that the other program uses",
}
_YAML = (
    ("study.yaml", "", schema.STUDY_KEYS),
    ("codebook.yaml", "Each entry of `codes`:", schema.CODE_KEYS),
    ("themes.yaml", "Each entry of `candidate`, by coder:", schema.CANDIDATE_KEYS),
    ("themes.yaml", "Each entry of `agreed`:", schema.THEME_KEYS),
)
_CLASSES = {
    "restricted": "Its messages may not be passed on without leave of whoever holds them.",
    "stand-in": "Its messages are invented: they stand in for data that are kept back, and are evidence of nothing.",
    "open": "Its data may be used by anybody under the licence below.",
    "published": "Its messages are printed in a published article.",
}
_LICENCES = {
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-sa-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "cc-by-nc-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "odc-by-1.0": "https://opendatacommons.org/licenses/by/1-0/",
    "odbl-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "pddl-1.0": "https://opendatacommons.org/licenses/pddl/1-0/",
}


def readme(study: Study, counts: Mapping[str, int], files: Sequence[str]) -> str:
    """Return README.md.

    Parameters
    ----------
    study : Study
    counts : mapping
        How many records of each kind there are.
    files : sequence of str
        The study's files in the package.
    """
    record = study.record
    lines = [
        f"# {_line(record.title)}",
        "",
        f"- Source: {_line(record.source)}",
        f"- Class: {record.class_}. {_CLASSES[record.class_]}",
        f"- Licence: {_line(record.licence)} (`LICENCE.txt`)",
        f"- Language: {record.language}",
    ]
    if record.period_from or record.period_to:
        lines.append(f"- Period: {record.period_from or '…'} to {record.period_to or '…'}")
    lines.append("- It holds " + ", ".join(f"{count} {kind}" for kind, count in counts.items()) + ".")
    if record.notes:
        lines += ["", record.notes.strip()]
    lines += ["", "## Files", "", *(f"- `data/{name}`" for name in files)]
    lines += [
        "- `DATA-DICTIONARY.md`: what every column and key means",
        "- `SHA256SUMS`: `sha256sum -c SHA256SUMS` says whether every file is as it was",
        "",
        "All files are UTF-8; tables are CSV (RFC 4180).",
        "Offsets count Unicode code points from 0; the end is exclusive.",
    ]
    return "\n".join(lines) + "\n"


def licence_words(study: Study) -> str:
    """Return LICENCE.txt.

    Parameters
    ----------
    study : Study
    """
    stated = study.record.licence.strip()
    address = _LICENCES.get(stated.casefold().replace(" ", "-"), "")
    lines = [f"{study.record.title.strip()}", "", f"Licence: {stated}"]
    if address:
        lines.append(address)
    lines += [f"Source: {study.record.source.strip()}", f"Class: {study.class_}. {_CLASSES[study.class_]}"]
    return "\n".join(lines) + "\n"


def dictionary(draft: Draft, files: Sequence[str]) -> str:
    """Return the data dictionary: every column and key of the files that are there.

    Parameters
    ----------
    draft : Draft
    files : sequence of str
    """
    lines = ["# Data dictionary", "", "In the tables below * marks what has to be there."]
    for table in schema.STUDY_TABLES.values():
        if table.file in files:
            lines += ["", f"## {table.file}", "", *_table_of(table, draft)]
    for name in dict.fromkeys(name for name, _, _ in _YAML):
        if name not in files:
            continue
        lines += ["", f"## {name}"]
        for file, head, keys in _YAML:
            if file == name:
                lines += ["", head] if head else []
                lines += ["", "| key | kind |", "|---|---|"]
                lines += [
                    f"| {key}{'*' * needed} | {_kind_of_key(key, kind)} |" for key, (kind, needed) in keys.items()
                ]
    lines += ["", "## Classes", "", *(f"- `{name}`: {words}" for name, words in _CLASSES.items())]
    return "\n".join(lines) + "\n"


def _table_of(table: TableSchema, draft: Draft) -> list[str]:
    """Return one file's columns as a table: those of the format that are filled, and attributes."""
    filled = dict.fromkeys(name for row in getattr(draft, table.name) for name in row)
    lines = ["| column | kind | what it holds |", "|---|---|---|"]
    for column in table.columns:
        if column.required or column.name in filled:
            name = f"{column.name}{'*' if column.required else ''}"
            lines.append(f"| {name} | {_kind(column)} | {_meaning(table, column)} |")
    for name in filled:
        if table.column(name) is None:
            values = {row[name] for row in getattr(draft, table.name) if name in row}
            lines.append(f"| {_line(name)} | text | attribute; {len(values)} different values |")
    return lines


def _kind(column: Column) -> str:
    words = _KINDS[column.kind]
    return f"{words}: {', '.join(column.choices)}" if column.choices else words


def _kind_of_key(key: str, kind: str) -> str:
    choices = schema.CHOICES_OF_KEYS.get(key) if kind == "choice" else None
    return f"{_KINDS[kind]}: {', '.join(choices)}" if choices else _KINDS[kind]


def _meaning(table: TableSchema, column: Column) -> str:
    """Return what a column holds."""
    if (table.name, column.name) in _MEANINGS:
        return _MEANINGS[table.name, column.name]
    if column.refers:
        return f"which {column.refers}"
    if column.name in table.key and len(table.key) == 1:
        return f"identifies the record in {table.file}"
    return column.name.replace("_", " ")


def _line(text: str) -> str:
    """Return a text on one line of Markdown, without what would break a table."""
    return " ".join(text.split()).replace("|", "\\|")
