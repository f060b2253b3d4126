"""Pseudonymisation on the way in: code names for people, listed names out of every text, and a key that is kept apart.

What was coded stays coded: offsets move with the words. What is reported is reported by counts, never by names. It is
no anonymisation: what people say of themselves without a name stays, and who has the source can look it up.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.draft import plain
from lepanalysis.exchange.forum_options import chosen
from lepanalysis.exchange.importing import KEY
from lepanalysis.exchange.losses import Ledger
from lepanalysis.exchange.pseudonymise_codes import NAMES, NUMBERS, code_names, taken_words
from lepanalysis.exchange.pseudonymise_list import MAIL, MENTION, WEB, Listed, listed_names
from lepanalysis.exchange.pseudonymise_names import Names, bare_name, edited, folded
from lepanalysis.exchange.pseudonymise_plan import Plan, edits_of
from lepanalysis.exchange.pseudonymise_rows import kinds_of_ids, rewritten, with_stated_codings, without_numbers
from lepanalysis.exchange.twins import without_twins
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.losses import LossReport

REPORT, REPLACE = "report", "replace"
# Attributes that say who somebody is.
_WHO = frozenset(
    {
        *("name", "full name", "real name", "first name", "last name", "surname", "user name", "username", "login"),
        *("email", "e-mail", "mail", "address", "phone", "telephone", "url", "website", "birthday", "date of birth"),
    }
)
# Foreign ids by which anybody finds the person or the post.
_TRACEABLE = frozenset({"participant", "message", "thread"})
# An id of a participant that tells nothing.
_NEUTRAL = re.compile(r"[pP]\d{1,6}")
# A user name that is shorter is too likely a word.
_SHORTEST_USER = 3


def apply(draft: Draft, options: Mapping[str, Any]) -> tuple[Draft, LossReport]:
    """Return a draft without the names of people, and a report that carries the key.

    Parameters
    ----------
    draft : Draft
    options : mapping
        ``names``: a file of names to be replaced (see `lepanalysis.exchange.pseudonymise_list.listed_names`); ``seed``:
        decides who gets which code name; ``style``: ``names`` or ``numbers``; ``case``: ``any`` or ``exact``;
        ``people``: whether the participants' own names in texts are only counted (``report``) or replaced
        (``replace``); ``addresses``: the same for mail addresses, mentions (@) and web addresses with user names.

    Returns
    -------
    draft : Draft
    report : LossReport
        Its file ``key.csv`` says what each name was; whoever calls this keeps it outside the study.

    Raises
    ------
    UsageError
        When the study rests on a ledger or has claims: these would go on to hold the names.
    """
    if draft.claims or draft.study.get("ledger"):
        raise UsageError("a study with a ledger or with claims.yaml is not pseudonymised; leave them out first")
    style = chosen(options, "style", (NAMES, NUMBERS))
    any_case = chosen(options, "case", ("any", "exact")) == "any"
    people = chosen(options, "people", (REPORT, REPLACE))
    addresses = chosen(options, "addresses", (REPORT, REPLACE))
    listed = listed_names(Path(options["names"])) if options.get("names") else ()
    draft, numbers = with_stated_codings(plain(draft))
    ledger = Ledger("the study", "pseudonymisation")
    key: list[tuple[str, str, str, str]] = []
    draft = _without_traces(draft, ledger, key)
    codes, named = _code_names(draft, listed, str(options.get("seed") or ""), style)
    users = _users(draft, codes, {folded(one.name) for one in listed})
    replaced = [*zip((one.name for one in listed), named, strict=True), *(users.items() if people == REPLACE else ())]
    names = Names((name for name, _ in replaced), any_case=any_case)
    ids = _new_ids(draft, names)
    plan = Plan(
        names,
        tuple(new for _, new in replaced),
        codes,
        ids,
        {folded(user): new.replace(" ", "-") for user, new in users.items()},
        _placeholders(names),
        replaces_addresses=addresses == REPLACE,
    )
    counts: Counter[object] = Counter()
    foreign = Names(() if people == REPLACE else users)
    made, changed = rewritten(draft, plan, counts, foreign)
    for kind, keys in changed.items():
        for name, why in keys:
            ledger.changed(kind, name, why)
    made = without_numbers(without_twins(made, ledger), numbers)
    key += _key_of(draft, made, ids, listed, named)
    _count(ledger, draft, counts, plan, listed)
    ledger.note("Pseudonymised, not anonymised: what people say of themselves without a name stays in the texts.")
    stand = {kind: count for kind, count in made.counts().items() if count}
    return made, ledger.report(stand).with_file(KEY, _csv(key))


def cleared(report: LossReport, part: LossReport) -> LossReport:
    """Return the report of a reader without the names that the pseudonymisation after it replaced.

    A reader gives examples as the source names them, and sentences may name files: the examples go, and in sentences
    and mappings names become what they became in the study.

    Parameters
    ----------
    report : LossReport
    part : LossReport
        As `apply` returns it, with its key.
    """
    rows = list(csv.DictReader(io.StringIO(dict(part.files)[KEY], newline="")))
    pairs: dict[str, tuple[str, str]] = {}
    for row in rows:
        name = bare_name(row["was"])
        if row["kind"] in {"name", "participant", "participant id"} and len(name) >= _SHORTEST_USER:
            pairs.setdefault(folded(name), (name, row["now"]))
    names = Names(name for name, _ in pairs.values())
    new = tuple(now for _, now in pairs.values())

    def clean(text: str) -> str:
        return edited(text, edits_of(text, names, new)).text

    return dataclasses.replace(
        report,
        source=clean(report.source),
        losses=tuple(dataclasses.replace(loss, examples=()) for loss in report.losses),
        notes=tuple(map(clean, report.notes)),
        files=tuple((clean(name), clean(text)) for name, text in report.files),
        parts=tuple(one if one is part else cleared(one, part) for one in report.parts),
    )


def _without_traces(draft: Draft, ledger: Ledger, key: list[tuple[str, str, str, str]]) -> Draft:
    """Return a draft without the foreign ids and attributes by which anybody finds a person; they go to the key."""
    kept = []
    if draft.external_ids:
        ledger.came("external ids", len(draft.external_ids))
    for place, row in enumerate(draft.external_ids):
        if row["kind"] in _TRACEABLE:
            ledger.dropped("external ids", f"row {place + 1}", "it leads to a person or to what they wrote")
            key.append((f"external id of {row['kind']}", row["id"], row["external_id"], row["program"]))
        else:
            kept.append(row)
    people = []
    for place, row in enumerate(draft.participants):
        own = {name for name in row if " ".join(name.replace("_", " ").split()).casefold() in _WHO}
        for name in sorted(own):
            ledger.came("attributes of participants")
            ledger.dropped("attributes of participants", (f"row {place + 1}", name), "it says who somebody is")
            key.append((f"attribute {name}", row["participant_id"], row[name], ""))
        people.append({name: cell for name, cell in row.items() if name not in own})
    return dataclasses.replace(draft, external_ids=tuple(kept), participants=tuple(people))


def _texts(value: object) -> Iterator[str]:
    """Yield every text of a draft or a part of one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
    elif hasattr(value, "items"):
        for name, one in value.items():
            yield str(name)
            yield from _texts(one)


def _code_names(draft: Draft, listed: tuple[Listed, ...], seed: str, style: str) -> tuple[dict[str, str], list[str]]:
    """Return the code name of each participant by id, and what stands in the place of each listed name."""
    parts = [getattr(draft, one.name) for one in dataclasses.fields(draft)]
    taken = taken_words(text for part in (*parts, [(one.name, one.new) for one in listed]) for text in _texts(part))
    fresh = code_names(taken, seed=seed, style=style, width=max(2, len(str(len(draft.participants)))))
    wanted = {folded(one.name): one.new for one in listed}
    given: set[str] = set()
    codes: dict[str, str] = {}
    of_person: dict[str, str] = {}
    for row in draft.participants:
        own = [folded(bare_name(row[name])) for name in ("code_name", "participant_id")]
        new = next((wanted[one] for one in own if wanted.get(one) and wanted[one].casefold() not in given), "")
        codes[row["participant_id"]] = new or next(fresh)
        given.add(codes[row["participant_id"]].casefold())
        for one in own:
            of_person.setdefault(one, codes[row["participant_id"]])
    named = [one.new or of_person.get(folded(one.name)) or next(fresh) for one in listed]
    return codes, named


def _users(draft: Draft, codes: Mapping[str, str], listed: set[str]) -> dict[str, str]:
    """Return the code name for each name that a participant has in the source, those that are listed left out."""
    found: dict[str, tuple[str, str]] = {}
    for row in draft.participants:
        for column in ("code_name", "participant_id"):
            name = bare_name(row[column])
            if len(name) >= _SHORTEST_USER and not _NEUTRAL.fullmatch(name) and folded(name) not in listed:
                found.setdefault(folded(name), (name, codes[row["participant_id"]]))
    return dict(found.values())


def _new_ids(draft: Draft, names: Names) -> dict[str, dict[str, str]]:
    """Return new ids for those that hold names, and for all participants whose id may be one."""
    from lepanalysis.exchange.ids import Ids

    compact = {part for name in names.names if len(part := "".join(filter(str.isalnum, folded(name)))) > _SHORTEST_USER}
    lengths = sorted({len(name) for name in compact})

    def holds(text: str) -> bool:
        if names.find(re.sub(r"[\W\d_]+", " ", text)) or names.find(text):
            return True
        short = "".join(filter(str.isalnum, folded(text)))
        return any(short[at : at + length] in compact for at in range(len(short)) for length in lengths)

    found: dict[str, dict[str, str]] = {}
    for kind, known in kinds_of_ids(draft).items():
        old = dict.fromkeys(known)
        ids = Ids({"coding": "k", "coder": "coder", "code": "code"}.get(kind, kind[0]), taken=old)
        is_person = kind == "participant"
        found[kind] = {
            one: ids.of(one)
            for one in old
            if (is_person and not _NEUTRAL.fullmatch(one)) or (names.names and holds(one))
        }
    return found


def _placeholders(names: Names) -> dict[str, str]:
    """Return what stands in the place of addresses: words in brackets, or none where somebody is called so."""
    found = {}
    for kind, words in ((MAIL, "[mail address]"), (MENTION, "[somebody]"), (WEB, "[web address]")):
        found[kind] = "[…]" if names.find(words) else words
    return found


def _key_of(
    draft: Draft, made: Draft, ids: Mapping[str, Mapping[str, str]], listed: tuple[Listed, ...], named: list[str]
) -> list[tuple[str, str, str, str]]:
    """Return the rows of the key: what it is, what it is called now, and what it was."""
    rows = [
        ("participant", new["code_name"], old["code_name"], "")
        for old, new in zip(draft.participants, made.participants, strict=True)
    ]
    rows += [(f"{kind} id", new, old, "") for kind, known in ids.items() for old, new in known.items()]
    return rows + [("name", new, one.name, "") for one, new in zip(listed, named, strict=True)]


def _csv(rows: list[tuple[str, str, str, str]]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("kind", "now", "was", "program"))
    writer.writerows(rows)
    return buffer.getvalue()


def _count(ledger: Ledger, draft: Draft, counts: Counter[object], plan: Plan, listed: tuple[Listed, ...]) -> None:
    """Count what was replaced and what was only found."""
    for kind, count in draft.counts().items():
        if count and kind != "external ids":
            ledger.came(kind, count)
    for place in range(len(draft.participants)):
        ledger.changed("participants", f"row {place + 1}", "a code name stands in the place of the name")
    _count_names(ledger, counts, listed)
    if counts["users"]:
        ledger.note(
            f"Names of participants stand in the texts in {counts['users']} places and were left; people=replace "
            "replaces them."
        )
    for kind in (MAIL, MENTION, WEB):
        if not counts[kind]:
            continue
        ledger.came(kind, counts[kind])
        for place in range(counts[kind] if plan.replaces_addresses else 0):
            ledger.changed(kind, f"number {place + 1}", "replaced")
        if not plan.replaces_addresses:
            ledger.note(f"{counts[kind]} {kind} were left in the texts; addresses=replace replaces them.")


def _count_names(ledger: Ledger, counts: Counter[object], listed: tuple[Listed, ...]) -> None:
    """Count which of the listed names were found, and in how many places names were replaced."""
    if listed:
        ledger.came("listed names", len(listed))
    for number, one in enumerate(listed):
        if counts["name", number]:
            ledger.changed("listed names", f"line {one.line}", "found and replaced")
    silent = sum(not counts["name", number] for number in range(len(listed)))
    if silent:
        ledger.note(f"{silent} of {len(listed)} listed names stand nowhere in the study.")
    total = sum(count for what, count in counts.items() if isinstance(what, tuple))
    if total:
        ledger.note(f"Names were replaced in {total} places.")
