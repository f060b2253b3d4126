"""Tags of Taguette and codes of a study: a dotted path is a code under a more general one, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepanalysis import schema
from lepanalysis.exchange.classes import MARK, class_in
from lepanalysis.exchange.codetree import NO_DEFINITION, one_line, sound_tree
from lepanalysis.exchange.ids import Ids, is_id
from lepanalysis.exchange.taguette_record import split_record, with_record
from lepanalysis.schema import Column
from lepanalysis.tables import fault_of_cell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from lepanalysis.exchange.losses import Ledger

# Longer paths Taguette refuses.
LONGEST_PATH = 200
# What a tag's description holds of a code beside its definition.
_KEPT = tuple(key for key in schema.CODE_KEYS if key != "definition")


@dataclass(frozen=True)
class Tag:
    """A tag, as Taguette's files have it."""

    key: object
    path: str
    description: str = ""


def codes_of(
    tags: Sequence[Tag], ledger: Ledger, *, nested: bool = True, coders: Collection[str] = ()
) -> tuple[tuple[dict[str, Any], ...], dict[object, str]]:
    """Return the codes of tags, and the id of each tag's code.

    Parameters
    ----------
    tags : sequence of Tag
        Each path once.
    ledger : Ledger
        Counts them as codes.
    nested : bool
        Whether dots in a path nest codes.
    coders : collection of str
        Who may own a code.

    Returns
    -------
    codes : tuple of dict
        Entries of codebook.yaml, in the order of the tags; parents that no tag stands for come before what they hold.
    ids : dict
        By key of a tag.
    """
    ledger.came("codes", len(tags))
    ids = Ids("c")
    known = {tag.path: tag for tag in tags}
    entries: dict[str, dict[str, Any]] = {}  # by path
    for tag in tags:
        parent = _parents(tag.path, known, entries, ids, ledger) if nested else ""
        definition, records = split_record(tag.description, "code")
        record = _sound(records["code"], coders)
        code_id = ids.of(tag.path, record.get("id") or tag.path)
        name = record.get("name") or (_split(tag.path)[1] if nested else tag.path)
        definition = definition if definition.strip() else NO_DEFINITION
        entries[tag.path] = {"id": code_id, "name": one_line(name), "definition": definition}
        if parent:
            entries[tag.path]["parent"] = parent
        entries[tag.path] |= {key: value for key, value in record.items() if key not in {"id", "name"}}
        if definition == NO_DEFINITION:
            ledger.changed("codes", tag.path, f"without a description; its definition reads {NO_DEFINITION}")
    return sound_tree(entries.values(), ledger), {tag.key: entries[tag.path]["id"] for tag in tags}


def marks_of(tags: Iterable[Tag]) -> tuple[str, ...]:
    """Return the classes that the descriptions of tags name as marks.

    Parameters
    ----------
    tags : iterable of Tag
    """
    records = (split_record(tag.description, "code")[1]["code"] for tag in tags)
    return tuple(dict.fromkeys(filter(None, (class_in(record.get(MARK)) for record in records))))


def _split(path: str) -> tuple[str, str]:
    """Return the path of the parent, empty where there is none, and the name.

    Dots nest only between words, "place.room", and not in "e.g. this" or "wait ...".
    """
    parts = path.split(".")
    if len(parts) == 1 or any(not part or part != part.strip() for part in parts):
        return "", path
    return ".".join(parts[:-1]), parts[-1]


def _parents(path: str, known: Mapping[str, Tag], entries: dict[str, dict[str, Any]], ids: Ids, ledger: Ledger) -> str:
    """Return the id of the parent of a path, made with all above it where no tag stands for it."""
    above: list[str] = []
    head, _ = _split(path)
    while head:
        above.append(head)
        head, _ = _split(head)
    parent = ""
    for place in reversed(above):
        if place in known:
            _, records = split_record(known[place].description, "code")
            parent = ids.of(place, _text(records["code"].get("id")) or place)
        else:
            code_id = ids.of(place, place)
            if place not in entries:
                entries[place] = {
                    "id": code_id,
                    "name": one_line(_split(place)[1]),
                    "definition": f"Holds the codes below {place}; no tag stands for it.",
                    **({"parent": parent} if parent else {}),
                }
                ledger.note("Tags whose path begins with what no tag stands for have a parent code made for them.")
            parent = code_id
    return parent


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _sound(record: Mapping[str, Any], coders: Collection[str]) -> dict[str, Any]:
    """Return what a code's record says and a codebook can hold."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        kind, _ = schema.CODE_KEYS.get(key, ("", False))
        if key not in _KEPT:
            continue
        if kind == "list":
            if isinstance(value, list) and all(isinstance(one, str) for one in value):
                found[key] = tuple(dict.fromkeys(value))
        elif isinstance(value, str):
            column = Column(key, kind, choices=schema.CHOICES_OF_KEYS.get(key, ()))
            if fault_of_cell(value, column) is None:
                found[key] = value
    if found.get("coder") not in coders:
        found.pop("coder", None)
    if "scale" not in found or (found["scale"] == "ordinal" and not found.get("values")):
        found.pop("scale", None)
        found.pop("values", None)
    return found


def tags_of(
    codes: Iterable[Mapping[str, Any]], ledger: Ledger, *, mark: str = ""
) -> tuple[tuple[Tag, ...], dict[str, str]]:
    """Return the tags of codes, and the path of each code's tag.

    Parameters
    ----------
    codes : iterable of mapping
        Entries of codebook.yaml.
    ledger : Ledger
        Counts them as codes.
    mark : str
        The class that each description is to name; none where it is empty.
    """
    by_id = {str(code["id"]): code for code in codes}
    ledger.came("codes", len(by_id))
    paths: dict[str, str] = {}
    taken: set[str] = set()
    for code_id in by_id:
        for one in reversed(_lineage(code_id, by_id)):
            if one not in paths:
                paths[one] = _free(_path(by_id[one], paths), taken)
                taken.add(paths[one])
    tags = []
    for code_id, code in by_id.items():
        path = paths[code_id]
        record = {key: code[key] for key in _KEPT if code.get(key) not in (None, "", (), [])}
        parent, name = _split(path)
        # What the path itself says need not be said again.
        if path == code_id and is_id(path):
            del record["id"]
        if name == code["name"]:
            del record["name"]
        else:
            ledger.changed("codes", code_id, "its path is not its name, which stands in the description")
        if "parent" in record and paths.get(str(record["parent"])) == parent:
            del record["parent"]
        if "values" in record:
            record["values"] = list(record["values"])
        record |= {MARK: mark} if mark else {}
        definition = str(code.get("definition") or "")
        tags.append(Tag(code_id, path, with_record("" if definition == NO_DEFINITION else definition, code=record)))
    return tuple(tags), paths


def _lineage(code_id: str, by_id: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return a code and all above it, from the bottom up."""
    found: list[str] = []
    while code_id in by_id and code_id not in found:
        found.append(code_id)
        code_id = str(by_id[code_id].get("parent") or "")
    return found


def _path(code: Mapping[str, Any], paths: Mapping[str, str]) -> str:
    """Return the path that a code would have."""
    name = one_line(str(code["name"]))
    parent = paths.get(str(code.get("parent") or ""), "")
    path = f"{parent}.{name}" if parent else name
    if _split(path) != (parent, name):
        path = path[: len(path) - len(name)] + name.replace(".", "·")
    return path if len(path) <= LONGEST_PATH - 8 else path[: LONGEST_PATH - 8].rstrip(". ")


def _free(path: str, taken: Collection[str]) -> str:
    """Return a path that no tag has yet."""
    number, free = 1, path
    while free in taken:
        number += 1
        free = f"{path} ({number})"
    return free
