"""Codes and sets of a REFI-QDA project or codebook become the codes and themes of a study."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.ids import Ids, guid, guid_key
from lepanalysis.exchange.refi_rest import Guids, description_of, guid_of_value, writable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lepanalysis.exchange.losses import Ledger
    from lepanalysis.exchange.refi_records import Code, Group, Project

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


@dataclass(frozen=True)
class Codes:
    """Codes as rows, and what a reference to a code means.

    Parameters
    ----------
    rows : list of dict
        Entries of codebook.yaml.
    targets : dict
        By GUID as it is compared: the code's id, and a value where the GUID is that of a value of the code.
    foreign : list of (str, str, str)
        Kind, id and GUID of what has a GUID that is not ours.
    """

    rows: list[dict[str, Any]]
    targets: dict[str, tuple[str, str | None]]
    foreign: list[tuple[str, str, str]]


def read_codes(project: Project, rest: Mapping[str, Any], coders: Iterable[str], ledger: Ledger) -> Codes:
    """Return the codes of a project.

    Parameters
    ----------
    project : Project
    rest : mapping
        What a note of ours says, empty where there is none.
    coders : iterable of str
        The ids of the coders.
    ledger : Ledger
    """
    given = {code["id"]: code for code in rest.get("codes", ()) if isinstance(code.get("id"), str)}
    known = Guids(rest.get("external_ids", ())).known("code", given)
    folders = {guid_key(guid("codes of", coder)): coder for coder in (coders if rest else ())}
    values = {guid_of_value(code, value): (code, value) for code, value in rest.get("values", ())}
    ids = Ids("c", given)
    found = Codes([], {}, [])
    # What stands for each code of the file where one below it asks for its parent: an id, and whose codes are below.
    above: list[tuple[str, str]] = []
    for place, code in enumerate(project.codes):
        key = guid_key(code.guid)
        parent, coder = above[code.parent] if code.parent >= 0 else ("", "")
        if key in folders:
            ledger.came("folders of a coder")
            above.append((parent, folders[key]))
            continue
        if key in values and values[key][0] in given and key not in found.targets:
            ledger.came("values of a code")
            found.targets[key] = values[key]
            above.append((values[key][0], coder))
            continue
        ledger.came("codes")
        unique = key if key and key not in found.targets else f"code {place + 1}"
        name = known[key] if key in known and unique == key else ids.of(unique, code.name.strip())
        row = _row(code, name, given.get(name, {}), rest.get("names", {}), ledger)
        row |= {"parent": parent, "coder": row.get("coder") or coder}
        found.rows.append(row)
        found.targets.setdefault(unique, (name, None))
        above.append((name, row["coder"]))
        if code.guid and guid_key(guid("code", name)) != key:
            found.foreign.append(("code", name, code.guid))
    _settle(found.rows, list(given), set(coders), ledger)
    there = {row["id"] for row in found.rows}
    targets = {key: target for key, target in found.targets.items() if target[0] in there}
    return Codes(found.rows, targets, found.foreign)


def _row(code: Code, name: str, given: Mapping[str, Any], names: Mapping[str, str], ledger: Ledger) -> dict[str, Any]:
    """Return a code as an entry of the codebook: as the file has it, and else as our note has it."""
    row: dict[str, Any] = {"id": name}
    row |= {key: given[key] for key in ("coder", "status", "merged_into", "scale", "values") if given.get(key)}
    shown = code.name.strip()
    written = names.get(f"code {name}", writable(str(given.get("name", ""))))
    row["name"] = str(given["name"]) if given.get("name") and code.name == written else shown or name
    if not shown:
        ledger.changed("codes", name, "it had no name")
    if given and code.description == description_of(given):
        row |= {key: given[key] for key in ("definition", "include", "exclude", "example") if given.get(key)}
    else:
        row["definition"] = code.description if code.description.strip() else row["name"]
        if not code.description.strip():
            ledger.changed("codes", name, "it had no description; its name stands as the definition")
    if _COLOUR.fullmatch(code.colour):
        row["colour"] = code.colour
    elif code.colour:
        ledger.changed("codes", name, "its colour was none")
    if not code.codable:
        ledger.changed("codes", name, "a folder that takes no codings became a code like any other")
    return row


def _settle(rows: list[dict[str, Any]], order: list[str], coders: set[str], ledger: Ledger) -> None:
    """Give codes the order of the note, unknown references away, and names that differ among siblings."""
    places = {name: place for place, name in enumerate(order)}
    if places:
        rows.sort(key=lambda row: places.get(row["id"], len(places)))
    there = {row["id"] for row in rows}
    for row in rows:
        if row["parent"] not in there:
            row["parent"] = ""
        if row.get("coder") and row["coder"] not in coders:
            row["coder"] = ""
        if row.get("merged_into") and row["merged_into"] not in there:
            del row["merged_into"]
            ledger.changed("codes", row["id"], "the code that took its place is not in the file")
    taken: set[tuple[str, str, str]] = set()
    for row in rows:
        name, number = row["name"], 1
        while (row["coder"], row["parent"], row["name"].casefold()) in taken:
            number += 1
            row["name"] = f"{name} ({number})"
        if number > 1:
            ledger.changed("codes", row["id"], "a code beside it has the same name; a number was added")
        taken.add((row["coder"], row["parent"], row["name"].casefold()))


def shared_where_needed(codes: Codes, codings: Iterable[Mapping[str, Any]], ledger: Ledger) -> None:
    """Make a code shared that others than its coder use, and what lies above it is not looked at.

    Parameters
    ----------
    codes : Codes
    codings : iterable of mapping
    ledger : Ledger
    """
    owners = {row["id"]: row for row in codes.rows if row["coder"]}
    for coding in codings if owners else ():
        row = owners.get(coding["code_id"])
        if row is not None and row["coder"] and row["coder"] != coding["coder"]:
            row["coder"] = ""
            ledger.changed("codes", row["id"], "others than its coder used it; it is a shared code now")


@dataclass(frozen=True)
class Themes:
    """Themes as entries of themes.yaml, by GUID their ids, and foreign GUIDs."""

    candidate: dict[str, list[dict[str, Any]]]
    agreed: list[dict[str, Any]]
    targets: dict[str, str]
    foreign: list[tuple[str, str, str]]


def read_themes(  # noqa: PLR0917 - all that a theme rests on
    project: Project,
    rest: Mapping[str, Any],
    codes: Codes,
    texts: Mapping[str, str],
    coders: Iterable[str],
    ledger: Ledger,
) -> Themes:
    """Return the sets of codes as themes: agreed ones, but for those that our note gives to a coder.

    Parameters
    ----------
    project : Project
    rest : mapping
    codes : Codes
    texts : mapping
        The texts of the messages by id.
    coders : iterable of str
        Their ids.
    ledger : Ledger
    """
    given = {theme["id"]: ("", theme) for theme in rest.get("agreed", ()) if isinstance(theme.get("id"), str)}
    for coder, themes in rest.get("candidate", {}).items():
        given |= {theme["id"]: (coder, theme) for theme in themes if isinstance(theme.get("id"), str)}
    known = Guids(rest.get("external_ids", ())).known("theme", given)
    # What is left of the themes of a coder who is no longer there is nobody's own.
    given = {name: (coder if coder in coders else "", theme) for name, (coder, theme) in given.items()}
    ids = Ids("t", given)
    owners = {row["id"]: row["coder"] for row in codes.rows}
    found = Themes({}, [], {}, [])
    for place, one in enumerate(project.sets):
        key = guid_key(one.guid)
        mine = key in known and key not in found.targets
        if not mine and not one.codes:
            ledger.came("sets of sources or notes")
            ledger.dropped("sets of sources or notes", (one.name, place + 1), "a study has no such sets")
            continue
        unique = key if key and key not in found.targets else f"set {place + 1}"
        name = known[key] if mine else ids.of(unique, one.name.strip())
        coder, theme = given[name] if mine else ("", {})
        kind = "candidate themes" if coder else "agreed themes"
        ledger.came(kind)
        row = _theme(one, name, theme, rest.get("names", {}), texts)
        row["codes"] = _members(one, codes, owners, coder, (kind, name), ledger)
        if one.sources:
            ledger.changed(kind, name, "the sources in its set are left out")
        (found.candidate.setdefault(coder, []) if coder else found.agreed).append(row)
        found.targets.setdefault(unique, name)
        if one.guid and guid_key(guid("theme", name)) != key:
            found.foreign.append(("theme", name, one.guid))
    return found


def _theme(
    one: Group, name: str, given: Mapping[str, Any], names: Mapping[str, str], texts: Mapping[str, str]
) -> dict[str, Any]:
    row: dict[str, Any] = {"id": name, "name": one.name.strip() or name}
    written = names.get(f"theme {name}", writable(str(given.get("name", ""))))
    if given.get("name") and one.name == written:
        row["name"] = str(given["name"])
    definition = str(given.get("definition", ""))
    row["definition"] = definition if one.description == writable(definition) else one.description
    row |= {key: given[key] for key in ("x", "y") if key in given}
    words = row["name"].casefold()
    named = [one for one in given.get("named_in", ()) if words in texts.get(one, "").casefold()]
    return row | ({"named_in": named} if named else {})


def _members(  # noqa: PLR0917 - one step of `read_themes`
    one: Group, codes: Codes, owners: Mapping[str, str], coder: str, key: tuple[str, str], ledger: Ledger
) -> list[str]:
    """Return the codes of a theme: shared ones and, for a candidate, its coder's own."""
    kind, name = key
    found = []
    for member in dict.fromkeys(one.codes):
        code, value = codes.targets.get(member, ("", None))
        if not code or value is not None:
            ledger.changed(kind, name, "a code in its set is not in the file")
        elif owners[code] not in {"", coder}:
            ledger.changed(kind, name, "a code in its set is another coder's own")
        elif code not in found:
            found.append(code)
    return found
