"""Notes of a REFI-QDA project become the memos of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.draft import coding_id
from lepanalysis.exchange.ids import Ids, guid
from lepanalysis.exchange.offsets import normal_text
from lepanalysis.exchange.refi_people import moment_of
from lepanalysis.exchange.refi_records import key_of
from lepanalysis.exchange.refi_rest import Guids, writable
from lepanalysis.exchange.refi_sources import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lepanalysis.exchange.losses import Ledger
    from lepanalysis.exchange.refi_codings import Messages
    from lepanalysis.exchange.refi_container import Container
    from lepanalysis.exchange.refi_people import Coders
    from lepanalysis.exchange.refi_records import Project, Source


def read_memos(  # noqa: PLR0917 - all that a memo can be about
    project: Project,
    container: Container,
    found: Messages,
    codes: Mapping[str, tuple[str, str | None]],
    themes: Mapping[str, str],
    coders: Coders,
    rest: Mapping[str, Any],
    ledger: Ledger,
) -> tuple[list[dict[str, Any]], list[tuple[str, str, str]]]:
    """Return the notes as memos, with the descriptions that became such, and foreign GUIDs.

    Parameters
    ----------
    project : Project
    container : Container
    found : Messages
    codes, themes : mapping
        What GUIDs mean.
    coders : Coders
    rest : mapping
        What a note of ours says, empty where there is none.
    ledger : Ledger

    Returns
    -------
    memos : list of dict
    foreign : list of (str, str, str)
        Kind, id and GUID.
    """
    about = _about(project, found, codes, themes)
    given = {row["memo_id"]: row for row in rest.get("memos", ()) if isinstance(row.get("memo_id"), str)}
    known = Guids(rest.get("external_ids", ())).known("memo", given)
    by_coding = {coding_id(row): row for row in found.codings} if project.notes else {}
    ids, memos, foreign = Ids("n", given), [], []
    seen: set[str] = set()
    for place, note in enumerate(project.notes):
        key = key_of(note.guid)
        unique = key if key and key not in seen else f"note {place + 1}"
        seen.add(unique)
        shown = (note.name, place + 1)
        targets = list(dict.fromkeys(about.get(key, ())))
        text = text_of(note, container, ledger, "memos", shown) or ""
        # What stands in the XML has no byte order mark: a U+FEFF there is somebody's.
        text = normal_text(text) if note.content is None else text
        first = targets[0] if targets else ("", "")
        if first[0] == "coding" and key == guid("coding memo", first[1]):
            ledger.came("memos of codings")
            by_coding[first[1]]["memo"] = text
            continue
        ledger.came("memos")
        if not text.strip():
            ledger.dropped("memos", shown, "there is no text in it")
            continue
        name = known[key] if key in known and unique == key else ids.of(unique, note.name.strip())
        row = _memo(note, name, text, given.get(name, {}), ledger, shown)
        row |= {"about": first[0], "about_id": first[1], "coder": coders.of(note.user)}
        memos.append(row)
        if len(targets) > 1:
            ledger.changed("memos", shown, "it is about several things, and stands with the first")
        inside = sum(len(one.codings) for one in note.selections) + len(note.codings)
        if inside:
            ledger.came("codings", inside)
            for number in range(inside):
                ledger.dropped("codings", (*shown, number), "it is in a note, and notes are not coded")
        if note.guid and guid("memo", name) != key:
            foreign.append(("memo", name, note.guid))
    order = {name: place for place, name in enumerate(given)}
    memos.sort(key=lambda row: order.get(row["memo_id"], len(order)))
    memos += [{**row, "memo_id": ids.of(("made", place))} for place, row in enumerate(found.memos)]
    return memos, foreign


def _memo(  # noqa: PLR0917 - one step of `read_memos`
    note: Source, name: str, text: str, given: Mapping[str, Any], ledger: Ledger, shown: object
) -> dict[str, Any]:
    """Return a note as a memo; a name that says more than its id becomes the first line."""
    row: dict[str, Any] = {"memo_id": name, "kind": given.get("kind")}
    row["at"] = moment_of(note.date) or moment_of(str(given.get("at") or ""))
    title = note.name.strip()
    if given and note.name == writable(name):
        title = name
    if title and title != name and not text.strip().startswith(title.rstrip(". …")):
        ledger.changed("memos", shown, "its name stands as its first line")
        text = f"{title}\n\n{text}"
    return {**row, "text": text}


def _about(
    project: Project, found: Messages, codes: Mapping[str, tuple[str, str | None]], themes: Mapping[str, str]
) -> dict[str, list[tuple[str, str]]]:
    """Return what each note is about, by its GUID: what refers to it."""
    about: dict[str, list[tuple[str, str]]] = {}
    for notes, target in _references(project, found, codes, themes):
        for note in notes if target else ():
            about.setdefault(note, []).append(target)
    return about


def _references(
    project: Project, found: Messages, codes: Mapping[str, tuple[str, str | None]], themes: Mapping[str, str]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the notes that something refers to, and what it is: kind and id, or None where it is not in the study."""
    for code in project.codes:
        target = codes.get(key_of(code.guid))
        yield code.notes, ("code", target[0]) if target else None
    for source in project.sources:
        here = found.about.get(key_of(source.guid))
        yield source.notes, here
        codings = [coding for one in source.selections for coding in one.codings if coding.notes]
        for coding in (*codings, *source.codings):
            yield coding.notes, found.about.get(key_of(coding.guid), here)
        for one in source.selections:
            if one.notes:
                yield one.notes, found.about.get(key_of(one.guid), here)
    for group in project.sets:
        theme = themes.get(key_of(group.guid))
        yield group.notes, ("theme", theme) if theme else None
