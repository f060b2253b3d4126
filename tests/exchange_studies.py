"""Generated studies for the tests of exchange: all that a study's format can hold, drawn by hypothesis."""

from __future__ import annotations

import datetime as dt
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from lepanalysis.exchange.draft import Draft, plain, write_draft
from lepanalysis.study import Study, open_study
from lepanalysis.tables import LARGEST_CELL

if TYPE_CHECKING:
    from collections.abc import Iterator

assert LARGEST_CELL > 10**6
# What programs stumble over: beyond U+FFFF, joined emoji, combining marks, right to left with its marks, other spaces
# and line separators, what CSV, XML and YAML take for their own, what a spreadsheet takes for a formula.
PIECES = (
    "room",
    "We need a shared room.",
    " and ",
    "\n",
    "\n\n",
    "😀",
    "👩\u200d👩\u200d👧",
    "e\u0301",
    "é",
    "שלום",
    "\u200fمرحبا\u200e",  # noqa: RUF001 - Arabic is meant
    "नमस्ते",
    "這是一個測試",
    "\u2028",
    "\x85",
    "\u00a0",
    "\t",
    "\ufeff",
    "\ufffd",
    '"',
    "'",
    ",",
    ";",
    "<b>&amp;</b>",
    "]]>",
    ": #",
    "- ",
    "=1+1",
    "@x",
    "null",
    "007",
    "\U00020000",
    "\U0001d538",
    "%s {x}",
)
LONG = "A very long message. " * 5000


@st.composite
def texts(draw: st.DrawFn, *, lines: bool = True) -> str:
    """Draw a text with something to read in it, such as a message; without line ends where `lines` is false."""
    pieces = draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12))
    text = "".join(pieces)
    if not lines:
        text = "".join(character if character.isprintable() else " " for character in text)
    return text if text.strip() else text + "x"


NAMES = texts(lines=False).map(lambda text: " ".join(text.split())[:40].strip() or "x")


def _ids(draw: st.DrawFn, prefix: str, count: int, *, odd: bool) -> list[str]:
    """Draw ids of one kind: plain, or such as somebody types."""
    if not odd:
        return [f"{prefix}{number + 1}" for number in range(count)]
    sound = st.text("aZ9-_. éЖ中😀", min_size=1, max_size=6).filter(lambda name: name == name.strip())
    names = draw(st.lists(sound, min_size=count, max_size=count, unique_by=lambda name: name.casefold()))
    return [f"{prefix}{name}" for name in names]


def _some(draw: st.DrawFn, row: dict[str, Any], **cells: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Return a row with some further cells."""
    chosen = draw(st.sets(st.sampled_from(sorted(cells)))) if cells else set()
    return row | {name: draw(cells[name]) for name in cells if name in chosen}


_DAYS = st.dates(min_value=dt.date(2013, 9, 1), max_value=dt.date(2014, 1, 31))


@st.composite
def drafts(draw: st.DrawFn, *, odd_ids: bool = False, most: int = 6) -> Draft:
    """Draw a study that has no faults, in its plain form.

    Parameters
    ----------
    draw : callable
    odd_ids : bool
        Whether ids may hold spaces and letters of any script.
    most : int
        How many messages and codes there may be.
    """
    coders = _ids(draw, "C", draw(st.integers(0, 4)), odd=odd_ids)
    study = {
        "title": draw(NAMES),
        "class": draw(st.sampled_from(["open", "restricted", "stand-in"])),
        "source": draw(texts()),
        "licence": "CC0-1.0",
        "coders": [{"id": coder, "name": draw(NAMES)} for coder in coders],
    }
    study = _some(
        draw,
        study,
        language=st.sampled_from(["en-GB", "he", "no"]),
        approach=st.sampled_from(["reflexive", "codebook", "coding-reliability"]),
        notes=texts(),
        period=st.just({"from": "2013-09-01", "to": "2014-01-31"}),
    )
    participants = _participants(draw, odd=odd_ids)
    messages = _messages(draw, [row["participant_id"] for row in participants], most, odd=odd_ids)
    codes = _codes(draw, coders, most, odd=odd_ids)
    codings = _codings(draw, coders, messages, codes)
    candidate, agreed = _themes(draw, coders, codes)
    draft = Draft(
        study=study,
        messages=tuple(messages),
        threads=_threads(draw, messages),
        participants=tuple(participants),
        codings=codings,
        assignments=_assignments(draw, coders, messages, codings),
        decisions=_decisions(draw, coders, codes),
        quotations=_quotations(draw, messages, agreed),
        codes=codes,
        candidate=candidate,
        agreed=agreed,
        claims=_claims(draw, codes),
    )
    return plain(_with_notes(draw, draft, coders))


def _participants(draw: st.DrawFn, *, odd: bool) -> list[dict[str, Any]]:
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=lambda name: " ".join(name.split()).casefold()))
    ids = _ids(draw, "P", len(names), odd=odd)
    attributes = draw(st.sampled_from([(), ("profession",), ("age group", "Ort")]))
    return [
        {"participant_id": name_id, "code_name": name, **{one: draw(st.one_of(st.none(), NAMES)) for one in attributes}}
        for name_id, name in zip(ids, names, strict=True)
    ]


def _messages(draw: st.DrawFn, people: list[str], most: int, *, odd: bool) -> list[dict[str, Any]]:
    ids = _ids(draw, "m", draw(st.integers(1, most)), odd=odd)
    dated, placed = draw(st.booleans()), draw(st.booleans())
    zone = draw(st.sampled_from(["", "+01:00", "Z"]))
    messages: list[dict[str, Any]] = []
    for number, name in enumerate(ids):
        row = {
            "message_id": name,
            "thread_id": draw(st.sampled_from(["T1", "T2"])),
            "participant_id": draw(st.sampled_from(people)),
            "text": draw(st.one_of(texts(), texts(), st.just(LONG))),
        }
        if placed:
            row["position"] = number + 1
            earlier = [other["message_id"] for other in messages if other["thread_id"] == row["thread_id"]]
            row["reply_to"] = draw(st.sampled_from([None, *earlier]))
        if dated:
            row["posted_at"] = f"2013-10-{number + 1:02}T10:00:00{zone}"
        messages.append(row)
    return messages


def _threads(draw: st.DrawFn, messages: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    if not draw(st.booleans()):
        return ()
    names = dict.fromkeys(row["thread_id"] for row in messages)
    return tuple(_some(draw, {"thread_id": name}, title=NAMES, category=NAMES) for name in names)


def _codes(draw: st.DrawFn, coders: list[str], most: int, *, odd: bool) -> tuple[dict[str, Any], ...]:
    codes: list[dict[str, Any]] = []
    seen = set()
    for name_id in _ids(draw, "c", draw(st.integers(0, most)), odd=odd):
        coder = draw(st.sampled_from([None, *coders]))
        mine = [code for code in codes if code.get("coder") in {None, coder}]
        parent = draw(st.sampled_from([None, *(code["id"] for code in mine)]))
        # Few names, so that many are equal under different parents.
        name = draw(st.one_of(st.sampled_from(["Room", "Train", "Other"]), NAMES))
        while (coder, parent, name.casefold()) in seen:
            name += "'"
        seen.add((coder, parent, name.casefold()))
        code = {"id": name_id, "name": name, "definition": draw(texts()), "coder": coder, "parent": parent}
        scale = draw(st.sampled_from([None, None, "nominal", "ordinal", "ratio"]))
        if scale is not None:
            code["scale"] = scale
            code["values"] = {"nominal": ("a", "no", "1"), "ordinal": ("low", "high"), "ratio": ("0", "1.50", "2")}[
                scale
            ]
        code = _some(
            draw,
            code,
            include=texts(),
            exclude=texts(),
            example=texts(),
            status=st.sampled_from(["open", "agreed", "retired"]),
            colour=st.sampled_from(["#4477aa", "#FFF"]),
        )
        codes.append(code)
    return tuple(codes)


def _codings(
    draw: st.DrawFn, coders: list[str], messages: list[dict[str, Any]], codes: tuple[dict[str, Any], ...]
) -> tuple[dict[str, Any], ...]:
    if not coders or not codes:
        return ()
    named = draw(st.booleans())
    codings: list[dict[str, Any]] = []
    seen = set()
    for number in range(draw(st.sampled_from([0, 1, 4, 8, 12]))):
        coder = draw(st.sampled_from(coders))
        theirs = [code for code in codes if code.get("coder") in {None, coder}]
        if not theirs:
            continue
        code, message = draw(st.sampled_from(theirs)), draw(st.sampled_from(messages))
        text = message["text"]
        start = draw(st.integers(0, min(len(text), 50) - 1))
        end = draw(st.integers(start + 1, len(text)))
        whole = draw(st.booleans()) and draw(st.booleans())
        key = (coder, message["message_id"], code["id"], *((0, len(text)) if whole else (start, end)))
        if key in seen:
            continue
        seen.add(key)
        row = {"coder": coder, "message_id": message["message_id"], "code_id": code["id"]}
        if named:
            row["coding_id"] = f"{coder}-{number + 1}"
        if not whole:
            row |= {"start": start, "end": end}
            row = _some(draw, row, quote=st.just(text[start:end]).filter(str.strip))
        if code.get("scale"):
            row["value"] = draw(st.sampled_from([None, *code["values"]]))
        codings.append(_some(draw, row, memo=texts(), created_at=st.just("2014-02-01T10:00:00")))
    return tuple(codings)


def _assignments(
    draw: st.DrawFn, coders: list[str], messages: list[dict[str, Any]], codings: tuple[dict[str, Any], ...]
) -> tuple[dict[str, Any], ...]:
    if not draw(st.booleans()):
        return ()
    coded = {(row["coder"], row["message_id"]) for row in codings}
    rows = []
    for coder in coders:
        for message in messages:
            pair = (coder, message["message_id"])
            status = "read" if pair in coded else draw(st.sampled_from(["assigned", "read", "nothing_to_code"]))
            rows.append({"coder": coder, "message_id": message["message_id"], "status": status})
    return tuple(rows)


def _themes(
    draw: st.DrawFn, coders: list[str], codes: tuple[dict[str, Any], ...]
) -> tuple[dict[str, tuple[dict[str, Any], ...]], tuple[dict[str, Any], ...]]:
    shared = [code["id"] for code in codes if not code.get("coder")]
    candidate = {}
    for number, coder in enumerate(coders):
        theirs = [code["id"] for code in codes if code.get("coder") in {None, coder}]
        count = draw(st.integers(0, 2))
        candidate[coder] = tuple(_theme(draw, f"ct-{number}-{place}", theirs) for place in range(count))
    agreed = []
    for place in range(draw(st.integers(0, 3))):
        theme = _theme(draw, f"at-{place}", shared)
        agreed.append(_some(draw, theme, x=st.sampled_from(["0.5", "1"]), y=st.sampled_from(["0.25", "0"])))
    return candidate, tuple(agreed)


def _theme(draw: st.DrawFn, name: str, codes: list[str]) -> dict[str, Any]:
    chosen = draw(st.lists(st.sampled_from(codes), unique=True, max_size=3)) if codes else []
    return _some(draw, {"id": name, "name": draw(NAMES), "codes": tuple(chosen)}, definition=texts())


def _decisions(draw: st.DrawFn, coders: list[str], codes: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    if not coders or draw(st.integers(0, 2)) == 0:
        return ()
    rows = []
    for number, code in enumerate(codes):
        outcome = draw(st.sampled_from([None, "rename", "reject"]))
        if outcome is None:
            continue
        row = {"decision_id": f"d{number}", "decided_at": "2014-03-01", "kind": "code", "subjects": code["id"]}
        row |= {"outcome": outcome, "by": ";".join(coders), "target": "new name" if outcome == "rename" else None}
        rows.append(_some(draw, row, reason=texts(), present=st.just(coders[0])))
    return tuple(rows)


def _quotations(
    draw: st.DrawFn, messages: list[dict[str, Any]], agreed: tuple[dict[str, Any], ...]
) -> tuple[dict[str, Any], ...]:
    if not draw(st.booleans()):
        return ()
    message = draw(st.sampled_from(messages))
    row = {"quotation_id": "q1", "message_id": message["message_id"], "text": message["text"][:200].strip() or "x"}
    themes = [theme["id"] for theme in agreed]
    return (_some(draw, row, form=st.just("block"), **({"theme_id": st.sampled_from(themes)} if themes else {})),)


def _with_notes(draw: st.DrawFn, draft: Draft, coders: list[str]) -> Draft:
    """Return a draft with memos and foreign ids."""
    from dataclasses import replace

    themes = [theme["id"] for themes in (*draft.candidate.values(), draft.agreed) for theme in themes]
    known = {
        "message": [row["message_id"] for row in draft.messages],
        "code": [code["id"] for code in draft.codes],
        "coding": [row["coding_id"] for row in draft.codings if "coding_id" in row],
        "theme": themes,
    }
    known = {kind: ids for kind, ids in known.items() if ids}
    memos = []
    for number in range(draw(st.integers(0, 3))):
        about = draw(st.sampled_from([None, *known]))
        row = {"memo_id": f"memo-{number + 1}", "text": draw(texts()), "about": about}
        row["about_id"] = draw(st.sampled_from(known[about])) if about else None
        row["coder"] = draw(st.sampled_from([None, *coders]))
        row["kind"] = draw(st.sampled_from([None, "analytic", "reflexive", "negative case"]))
        memos.append(_some(draw, row, at=_DAYS.map(str)))
    foreign = []
    for kind in ("message", "code"):
        for name in known.get(kind, ())[: draw(st.integers(0, 2))]:
            guid = str(draw(st.uuids()))
            foreign.append({"kind": kind, "id": name, "program": "REFI-QDA", "external_id": guid})
    return replace(draft, memos=tuple(memos), external_ids=tuple(foreign))


def _claims(draw: st.DrawFn, codes: tuple[dict[str, Any], ...]) -> str | None:
    shared = [code["id"] for code in codes if not code.get("coder")]
    if not shared:
        return draw(st.sampled_from([None, "claims: []\n"]))
    test = "check: share, unit: message, threshold: 0.5, range: [0.2, 0.8]"
    own = f"- {{id: own-1, statement: So., {test}, codes: ['%s']}}  # ours\n"
    return draw(st.sampled_from([None, "claims:\n" + own % draw(st.sampled_from(shared))]))


@contextmanager
def opened(draft: Draft) -> Iterator[Study]:
    """Give a draft as an opened study, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        write_draft(draft, Path(folder) / "study")
        yield open_study(Path(folder) / "study")
