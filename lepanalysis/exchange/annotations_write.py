"""Codings as Web Annotations: a file that annotation tools read, with the coded words and where they stand.

After the Web Annotation Data Model (W3C Recommendation, 23 February 2017, https://www.w3.org/TR/annotation-model/):
positions count Unicode code points, as those of a study do. The texts themselves are not in the file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lepanalysis import places
from lepanalysis.exchange.draft import coding_id, draft_of
from lepanalysis.exchange.ids import guid
from lepanalysis.exchange.losses import Ledger
from lepanalysis.schema import highest_class
from lepanalysis.tables import zoned_moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.losses import LossReport
    from lepanalysis.study import Study

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
# Our terms need an address that is nobody else's: the UUID (version 5) of "lepanalysis:terms" among addresses.
TERMS = "urn:uuid:cea7142d-5988-57fb-ae90-9a69a02f56ef#"
_OWN_TERMS = {"class": f"{TERMS}class"}
# So many characters before and after the words tell them from the same words elsewhere.
_AROUND = 32
_NOT_HERE = "Web Annotations are of codings; this is no part of one"


def write(study: Study, target: Path, options: Mapping[str, Any]) -> LossReport:  # noqa: ARG001 - as all writers
    """Write a collection with an annotation for each coding.

    Parameters
    ----------
    study : Study
    target : Path
        The ``.jsonld``.
    options : mapping
        None is known.

    Returns
    -------
    LossReport
    """
    draft = draft_of(study)
    ledger = Ledger(study.folder.name, "W3C Web Annotations")
    texts = {row["message_id"]: row["text"] for row in draft.messages}
    codes = {code["id"]: code for code in draft.codes}
    coders = {coder["id"]: coder["name"] for coder in draft.study.get("coders") or ()}
    # A coding is of the study's class, whatever words it is about.
    classes = {
        row["message_id"]: highest_class({study.class_, row.get("class", study.class_)}) for row in draft.messages
    }
    items = []
    for row in draft.codings:
        when = _moment(row, ledger)
        items.append(
            {
                "id": _name(study, "coding", coding_id(row)),
                "type": "Annotation",
                "motivation": "classifying",
                "creator": {
                    "id": _name(study, "coder", row["coder"]),
                    "type": "Person",
                    "name": coders.get(row["coder"], row["coder"]),
                },
                **({"created": when} if when else {}),
                "class": classes[row["message_id"]],
                "body": _bodies(study, row, codes.get(row["code_id"], {})),
                "target": _target(study, row, texts[row["message_id"]]),
            }
        )
    collection = {
        "@context": [CONTEXT, _OWN_TERMS],
        "id": _name(study, "collection", ""),
        "type": "AnnotationCollection",
        "label": f"Codings of: {study.title}",
        "class": study.class_,
        "generator": {"id": f"{TERMS}lepanalysis", "type": "Software", "name": "lepanalysis"},
        "total": len(items),
        "first": {"id": _name(study, "page", "1"), "type": "AnnotationPage", "startIndex": 0, "items": items},
    }
    places.write_whole(target, (json.dumps(collection, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode())
    _count(draft, ledger)
    return ledger.report({"codings": len(items)} if items else None)


def _bodies(study: Study, row: Mapping[str, Any], code: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what a coding says: the code, and where there are any its value and the note on it."""
    named = {"id": _name(study, "code", row["code_id"]), **_body(str(code.get("name", row["code_id"])), "classifying")}
    found = [named]
    if "value" in row:
        found.append(_body(row["value"], "assessing"))
    if "memo" in row:
        found.append(_body(row["memo"], "commenting"))
    return found


def _body(value: str, purpose: str) -> dict[str, str]:
    """Return one body of an annotation."""
    return {"type": "TextualBody", "purpose": purpose, "value": value, "format": "text/plain"}


def _target(study: Study, row: Mapping[str, Any], text: str) -> dict[str, Any] | str:
    """Return what was coded: the message, or words in it, told by themselves and by their place."""
    source = _name(study, "message", row["message_id"])
    if "start" not in row:
        return source
    start, end = row["start"], row["end"]
    quote = {"type": "TextQuoteSelector", "exact": text[start:end]}
    around = {"prefix": text[max(0, start - _AROUND) : start], "suffix": text[end : end + _AROUND]}
    quote |= {name: words for name, words in around.items() if words}
    position = {"type": "TextPositionSelector", "start": start, "end": end}
    return {"type": "SpecificResource", "source": source, "selector": [quote, position]}


def _moment(row: Mapping[str, Any], ledger: Ledger) -> str:
    """Return when a coding was made, in UTC as the model asks; a time without zone cannot be told so."""
    import datetime as dt

    if "created_at" not in row:
        return ""
    when = zoned_moment(row["created_at"])
    if when is None or when.tzinfo is None:
        ledger.changed("codings", coding_id(row), "its time names no zone and is left out")
        return ""
    try:
        return when.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    except OverflowError:
        ledger.changed("codings", coding_id(row), "its time cannot be written in UTC and is left out")
        return ""


def _count(draft: Draft, ledger: Ledger) -> None:
    """Count what came; what is no part of a coding is left out."""
    used = {"coders": {row["coder"] for row in draft.codings}, "codes": {row["code_id"] for row in draft.codings}}
    ids = {"coders": draft.study.get("coders") or (), "codes": draft.codes}
    for kind, count in draft.counts().items():
        if not count:
            continue
        ledger.came(kind, count)
        if kind in used:
            for one in ids[kind]:
                if one["id"] in used[kind]:
                    ledger.changed(kind, one["id"], "its id and name are kept")
                else:
                    ledger.dropped(kind, one["id"], "no coding names it")
        elif kind != "codings":
            for place in range(count):
                ledger.dropped(kind, f"number {place + 1}", _NOT_HERE)


def _name(study: Study, kind: str, name: str) -> str:
    """Return the address of a thing: the same for the same thing of the same study, every time."""
    own = f"{study.title}\n{name}"
    return f"urn:uuid:{guid(kind, own)}"
