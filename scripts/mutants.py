"""Every value of a file changed, one at a time: what a slip of the hand, or somebody who means it, would leave."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# What is done to a value; each only where it can be.
KINDS = ("letter", "digit", "other", "emptied", "filled")
MEANINGS = {
    "letter": "one letter is another",
    "digit": "the last digit is one more or less",
    "other": "it is that of another record",
    "emptied": "it is gone",
    "filled": "it was empty and is that of another record",
}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PLAIN = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class Mutant:
    """One value of a file changed in one way.

    Parameters
    ----------
    file : str
        Its path under the folder of the data.
    record : str
        The key of the record, or the number of the work, for people.
    column : str
        The column, or the keys that lead to the value.
    kind : str
        One of `KINDS`.
    old, new : str
        The value, before and after.
    place : tuple
        Where the value stands: row and column of a CSV file, keys of JSON, begin and end of YAML.
    """

    file: str
    record: str
    column: str
    kind: str
    old: str
    new: str
    place: tuple[Any, ...]

    def __str__(self) -> str:
        """Return the place and the change."""
        return f"{self.file}, {self.record}, {self.column}: {self.old[:60]!r} is {self.new[:60]!r} ({self.kind})"

    def apply(self, text: str) -> str:
        """Return the text of the file with the one value changed."""
        return _APPLY[self.file.rpartition(".")[2]](text, self)


def mutants_of(file: str, text: str, keys: int = 1) -> list[Mutant]:
    """Return every mutant of a file, in order.

    Parameters
    ----------
    file : str
        A name that ends in .csv, .json or .yaml.
    text : str
    keys : int
        How many columns of a CSV file, from the first on, tell its records apart.
    """
    values = {"csv": _of_csv, "json": _of_json, "yaml": _of_yaml}[file.rpartition(".")[2]](text, keys)
    by_column: dict[str, list[str]] = {}
    for value in values:
        by_column.setdefault(value.column, []).append(value.old)
    others = {column: sorted(set(cells)) for column, cells in by_column.items()}
    return [
        Mutant(file, value.record, value.column, kind, value.old, new, value.place)
        for value in values
        for kind, new in _changes(value, others[value.column], f"{file}|{value.record}|{value.column}")
    ]


@dataclass(frozen=True)
class _Value:
    """One value of a file, where it stands, and whether it is a number there."""

    record: str
    column: str
    old: str
    place: tuple[Any, ...]
    number: bool = False


def _changes(value: _Value, others: list[str], seed: str) -> Iterator[tuple[str, str]]:
    """Yield every change of a value; which letter and which other value it is hangs on the place alone."""
    old = value.old
    drawn = random.Random(seed)  # noqa: S311 - no secret hangs on it
    other = [cell for cell in others if cell not in {"", old}]
    if not old:
        if other:
            yield "filled", drawn.choice(other)
        return
    letters = [at for at, letter in enumerate(old) if letter.isalpha()]
    if letters and not value.number:
        at = drawn.choice(letters)
        yield "letter", old[:at] + _another(old[at], drawn, digest=bool(_DIGEST.fullmatch(old))) + old[at + 1 :]
    digits = [at for at, letter in enumerate(old) if letter in string.digits]
    if digits:
        at = digits[-1]
        step = -1 if old[at] == "9" else 1
        yield "digit", old[:at] + str(int(old[at]) + step) + old[at + 1 :]
    if other:
        yield "other", drawn.choice(other)
    if not value.number:
        yield "emptied", ""


def _another(letter: str, drawn: random.Random, *, digest: bool) -> str:
    """Return another letter of the same case."""
    if digest:
        return drawn.choice([one for one in "abcdef" if one != letter])
    alphabet = string.ascii_uppercase if letter.isupper() else string.ascii_lowercase
    return drawn.choice([one for one in alphabet if one != letter])


def _of_csv(text: str, keys: int) -> list[_Value]:
    """Return the cells of a CSV file."""
    header, *rows = csv.reader(io.StringIO(text))
    return [
        _Value(" ".join(row[:keys]), name, cell, (number, at))
        for number, row in enumerate(rows, start=1)
        for at, (name, cell) in enumerate(zip(header, row, strict=True))
    ]


def _of_json(text: str, keys: int) -> list[_Value]:
    """Return the strings and numbers of a list of records in JSON."""
    del keys
    return [
        _Value(record["id"], ".".join(part for part in place if isinstance(part, str)), str(leaf), (at, *place), number)
        for at, record in enumerate(json.loads(text))
        for place, leaf, number in _leaves(record)
    ]


def _leaves(value: object, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], object, bool]]:
    """Yield the strings and numbers in plain data, each with the keys that lead to it."""
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(part, (*place, key))
    else:
        yield place, value, not isinstance(value, str)


def _of_yaml(text: str, keys: int) -> list[_Value]:
    """Return the values of a YAML file; its keys are none of them."""
    del keys
    return list(_scalars(yaml.compose(text, Loader=yaml.SafeLoader), "", ""))


def _scalars(node: yaml.Node | None, column: str, record: str) -> Iterator[_Value]:
    """Yield the scalars under a node, each with the keys that lead to it and the nearest id above."""
    if isinstance(node, yaml.MappingNode):
        named = [value.value for key, value in node.value if key.value in {"id", "family"}]
        for key, value in node.value:
            below = f"{column}.{key.value}" if column else str(key.value)
            yield from _scalars(value, below, named[0] if named else record)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _scalars(value, column, record)
    elif isinstance(node, yaml.ScalarNode):
        place = (node.start_mark.index, node.end_mark.index)
        yield _Value(record or "the file", column, node.value, place)


def _apply_csv(text: str, mutant: Mutant) -> str:
    """Return a CSV file with one cell changed, written as the project's files are."""
    rows = list(csv.reader(io.StringIO(text)))
    row, column = mutant.place
    rows[row][column] = mutant.new
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _apply_json(text: str, mutant: Mutant) -> str:
    """Return JSON with one leaf changed; a number stays one."""
    whole = json.loads(text)
    part = whole
    *path, last = mutant.place
    for key in path:
        part = part[key]
    part[last] = mutant.new if isinstance(part[last], str) else int(mutant.new)
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _apply_yaml(text: str, mutant: Mutant) -> str:
    """Return YAML with one scalar changed; a plain word or number stays one."""
    begin, end = mutant.place
    before = text[begin:end]
    plain = before == mutant.old and _PLAIN.fullmatch(mutant.new)
    new = mutant.new if plain else json.dumps(mutant.new, ensure_ascii=False)
    # A text over several lines ends where the next line begins.
    broken = "\n" if before.endswith("\n") else ""
    return text[:begin] + new + broken + text[end:]


_APPLY: dict[str, Callable[[str, Mutant], str]] = {"csv": _apply_csv, "json": _apply_json, "yaml": _apply_yaml}
