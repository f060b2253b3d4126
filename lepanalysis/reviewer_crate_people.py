"""What people did before any notebook ran: each coder's coding and the coders' meeting, as actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lepanalysis.reviewer_crate_parts import Entity, identifier, references
from lepanalysis.reviewer_markdown import on_one_line
from lepanalysis.schema import LIST_SEPARATOR

if TYPE_CHECKING:
    from lepanalysis.reviewer_material import Material
    from lepanalysis.study import Study

INVENTED = "Invented: a record of a stand-in, and no person."
# Whose files a coder's work is in. Only a coding's own time is one of coding: a memo may be of the meeting or later.
_OF_A_CODER = ("codings", "assignments", "memos")


def human_actions(material: Material) -> tuple[list[Entity], list[Entity]]:
    """Return people and what they did, and of these the actions alone.

    A judgement is no run of a program, so that these are AssessActions: the profile's rules for actions are about
    programs. Times of a coding are those of the codings alone, times of the meeting those of the decisions; where the
    study has none there are none.

    Parameters
    ----------
    material : Material

    Returns
    -------
    entities : list of dict
        People and actions.
    actions : list of dict
        The actions among them.
    """
    study = material.study
    if not study.has("codings"):
        return [], []
    names = {coder.id: coder.name for coder in study.coders}
    coders = list(dict.fromkeys([*names, *study.tables["codings"].frame["coder"]]))
    actions = [_coding(study, coder, names.get(coder, coder)) for coder in coders if _did(study, coder)]
    if study.has("decisions"):
        meeting = _meeting(study, names)
        actions.append(meeting)
        coders = list(dict.fromkeys([*coders, *_present(study)]))
    people = [_person(study, coder, names.get(coder, coder)) for coder in coders]
    return [*people, *actions], actions


def _did(study: Study, coder: str) -> bool:
    """Whether a coder coded anything."""
    return bool((study.tables["codings"].frame["coder"] == coder).any())


def _person(study: Study, coder: str, name: str) -> Entity:
    """Return a coder; one of a stand-in says that nobody is meant."""
    person = {"@id": identifier("coder", coder), "@type": "Person", "name": on_one_line(name)}
    return {**person, "description": INVENTED} if study.class_ == "stand-in" else person


def _coding(study: Study, coder: str, name: str) -> Entity:
    """Return one coder's coding."""
    frames = {table: study.tables[table].frame for table in _OF_A_CODER if study.has(table)}
    own = {table: frame[frame["coder"] == coder] for table, frame in frames.items()}
    files = [study.tables[table].file for table, frame in own.items() if len(frame)]
    if study.has("candidate_themes") and (study.tables["candidate_themes"].frame["coder"] == coder).any():
        files.append(study.tables["candidate_themes"].file)
    done = f"{len(own['codings'])} codings of {own['codings']['message_id'].nunique()} messages"
    return {
        **_action(study, "coding", coder, f"Coding by {name}", done, class_=study.tables["codings"].class_),
        "agent": {"@id": identifier("coder", coder)},
        "object": {"@id": identifier("study", study.tables["messages"].file)},
        "result": references(identifier("study", file) for file in dict.fromkeys(files)),
        **_when(own["codings"].get("created_at")),
    }


def _meeting(study: Study, names: dict[str, str]) -> Entity:
    """Return the meeting at which the coders settled what they saw differently."""
    decisions = study.tables["decisions"]
    files = [decisions.file]
    if study.has("agreed_themes"):
        files.append(study.tables["agreed_themes"].file)
    seen = [study.tables[table].file for table in ("codings", "codebook") if study.has(table)]
    who = [name for coder, name in names.items() if coder in _present(study)]
    told = f"{len(decisions)} decisions" + (f" of {' and '.join(who)}" if who else "")
    return {
        **_action(study, "coders", "meeting", "The coders' meeting", told, class_=decisions.class_),
        "agent": references(identifier("coder", coder) for coder in _present(study)),
        "object": references(identifier("study", file) for file in dict.fromkeys(seen)),
        "result": references(identifier("study", file) for file in dict.fromkeys(files)),
        **_when(decisions.frame.get("decided_at")),
    }


def _action(study: Study, kind: str, name: str, title: str, told: str, *, class_: str) -> Entity:
    """Return what all actions of people have."""
    invented = f" {INVENTED.replace('a record', 'records').replace('person', 'people')}"
    return {
        "@id": identifier(kind, name),
        "@type": "AssessAction",
        "name": on_one_line(title),
        "description": on_one_line(f"{told}.") + (invented if study.class_ == "stand-in" else ""),
        "additionalProperty": {"@id": identifier("class", class_)},
    }


def _present(study: Study) -> list[str]:
    """Return the people who decided, in the order in which they are first named."""
    frame = study.tables["decisions"].frame
    found: list[str] = []
    for cell in frame["by"]:
        found += cell.split(LIST_SEPARATOR) if isinstance(cell, str) else list(cell)
    return [name for name in dict.fromkeys(part.strip() for part in found) if name]


def _when(column: pd.Series | None) -> dict[str, str]:
    """Return the first and the last of some times, as the study has them; nothing where there is none."""
    given = column.dropna() if column is not None else pd.Series(dtype="datetime64[us]")
    if given.empty:
        return {}
    first, last = given.min(), given.max()
    return {"startTime": first.isoformat(), "endTime": last.isoformat()}
