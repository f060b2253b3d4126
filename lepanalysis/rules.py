"""What the files of a study must hold between each other: references, offsets, order; one function a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepanalysis import clean, schema
from lepanalysis.decision_rules import faults_of_decisions
from lepanalysis.known import REMEDIES, coding_id_of, faults_of_segment, known_of, on_circles
from lepanalysis.own_claims_rules import faults_of_claims
from lepanalysis.schema import STUDY_TABLES
from lepanalysis.tables import is_number, sha256_of, split_ids, whole_number, zoned_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lepanalysis.faults import Fault
    from lepanalysis.known import Files, Known
    from lepanalysis.records import Placed
    from lepanalysis.rows import Row
    from lepanalysis.schema import Column

# A date without a time is this long.
_DAY = len("2013-09-30")
_DIGEST = 64
# Where a record may be published although the study is not: an article prints words and code names.
_PUBLISHED = {("messages", "class"), ("participants", "class")}


def faults_between(files: Files) -> list[Fault]:
    """Return every fault that shows only when the files are held against each other.

    Parameters
    ----------
    files : Files
    """
    known = known_of(files)
    return [
        *_references(files, known),
        *_classes(files),
        *_contexts(files),
        *_code_names(files),
        *_messages(files, known),
        *_codebook(files, known),
        *_codings(files, known),
        *_assignments(files, known),
        *_memos(files, known),
        *_themes(files, known),
        *faults_of_decisions(files, known),
        *_quotations(files, known),
        *_external_ids(files, known),
        *faults_of_claims(files, known),
    ]


def _references(files: Files, known: Known) -> Iterator[Fault]:
    """Ids that refer to nothing; where there is nothing at all to refer to, the first stands for all."""
    for name, rows in files.rows.items():
        for column in STUDY_TABLES[name].columns:
            # A quotation may be filed under a theme of the article's ledger, which the folder does not hold.
            if not column.refers or (column.refers == "agreed theme" and not files.agreed):
                continue
            cells = rows.column(column.name)
            missing = {cell: lacking for cell in cells.distinct if (lacking := _lacking(cell, column, known))}
            nothing = "" if known.ids[column.refers] else ", nor any other"
            for place in cells.where(missing).tolist() if missing else ():
                row = rows[place]
                for part in missing[row.cells[column.name]]:
                    problem = f"there is no {column.refers} {part!r}{nothing}"
                    yield files.fault(name, row, column.name, problem, REMEDIES[column.refers])
                if nothing:
                    break


def _lacking(cell: str, column: Column, known: Known) -> list[str]:
    """Return the ids of a cell that refer to nothing."""
    parts = split_ids(cell) if column.kind == "ids" else [cell] if cell else []
    return [part for part in parts if known.lacks(column.refers, part)]


def _classes(files: Files) -> Iterator[Fault]:
    """Records whose class does not go with that of the study."""
    if not files.record.class_:
        return
    for name, rows in files.rows.items():
        for column in ("class", "context_class"):
            if STUDY_TABLES[name].column(column) is None:
                continue
            allowed = {files.record.class_}
            if (name, column) in _PUBLISHED:
                allowed.add("published")
            cells = rows.column(column)
            # A context that calls itself published is a fault of its own.
            tolerated = {"published"} if column == "context_class" else set()
            wrong = set(cells.distinct).intersection(schema.CLASSES) - allowed - tolerated
            for place in cells.where(wrong).tolist() if wrong else ():
                row = rows[place]
                problem = f"a study of class {files.record.class_} holds no {row.cells[column]} record"
                if row.cells[column] == "published":
                    problem = f"no ledger of an article prints what stands in {STUDY_TABLES[name].file}"
                yield files.fault(name, row, column, problem, f"use {' or '.join(sorted(allowed))}")


def _contexts(files: Files) -> Iterator[Fault]:
    """Thread, time and reply are in no ledger: they are never published, and say so beside a text that is."""
    class_ = files.record.class_
    for row in files.rows.get("messages", []):
        context = row.cells.get("context_class", "")
        remedy = f"write {class_}" if class_ not in {"", "published"} else "leave it empty"
        if context == "published":
            problem = "no ledger of an article prints the thread and the time of a message and what it answers"
        elif row.cells.get("class") == "published" and class_ not in {"", "published"} and not context:
            problem = "the text is published, and its thread, its time and what it answers are not"
        else:
            continue
        yield files.fault("messages", row, "context_class", problem, remedy)


def _code_names(files: Files) -> Iterator[Fault]:
    """Two people of one code name could not be told apart where the paper attributes words to them."""
    seen: dict[str, int] = {}
    for row in files.rows.get("participants", []):
        name = row.cells.get("code_name", "")
        key = " ".join(name.split()).casefold()
        if key and key in seen:
            problem = f"{name!r} is the code name of the person in line {seen[key]} too"
            yield files.fault("participants", row, "code_name", problem, "give each person a code name of their own")
        seen.setdefault(key, row.line)


def _messages(files: Files, known: Known) -> Iterator[Fault]:
    """Positions that are taken, dates out of the period, times that cannot be compared, replies that go wrong."""
    if not clean.positions_in_order(files):
        yield from _positions(files)
    if not clean.times_in_order(files):
        yield from _times(files, clean.table_of(files, "messages"))
    if not clean.replies_in_order(files, known):
        yield from _replies(files, known, clean.table_of(files, "messages"))


def _positions(files: Files) -> Iterator[Fault]:
    """Positions are whole numbers from 0, each taken once in a thread."""
    places: dict[tuple[str, int], int] = {}
    for row in files.rows.get("messages", []):
        position = whole_number(row.cells.get("position", ""))
        if position is None:
            continue
        place = (row.cells.get("thread_id", ""), position)
        if position < 0:
            problem = f"position {position} is below zero"
        elif place in places:
            problem = f"position {position} of the thread is taken by line {places[place]}"
        else:
            places[place] = row.line
            continue
        yield files.fault("messages", row, "position", problem, "number the messages of a thread one by one")


def _times(files: Files, rows: Sequence[Row]) -> Iterator[Fault]:
    """Times lie in the period; either all of them name their zone or none does."""
    first, last = files.record.period_from, files.record.period_to
    zoned: bool | None = None
    for row in rows:
        cell = row.cells.get("posted_at", "")
        when = zoned_moment(cell)
        if when is None:
            continue
        if (first and when.date() < first) or (last and when.date() > last):
            period = f"{first or '…'} to {last or '…'}"
            problem = f"{cell} is outside the study's period {period}"
            yield files.fault("messages", row, "posted_at", problem, "mend the date, or the period in study.yaml")
        has_zone = when.tzinfo is not None
        if zoned is not None and has_zone != zoned and len(cell) > _DAY:
            problem = f"{cell} {'names' if has_zone else 'lacks'} a zone, unlike the times above"
            yield files.fault("messages", row, "posted_at", problem, "write all times with their zone, or none")
        elif len(cell) > _DAY:
            zoned = has_zone


def _replies(files: Files, known: Known, rows: Sequence[Row]) -> Iterator[Fault]:
    """A reply answers an earlier message of its own thread."""
    circles = on_circles({row.cells.get("message_id", ""): row.cells.get("reply_to", "") for row in rows})
    for row in rows:
        target = known.messages.get(row.cells.get("reply_to", ""))
        if target is None:
            continue
        if target.cells.get("thread_id") != row.cells.get("thread_id"):
            problem, remedy = "it answers a message of another thread", "answer one of the same thread"
        elif row.cells.get("message_id") in circles or not _precedes(target, row):
            problem = f"message {row.cells['reply_to']!r} does not precede this one"
            remedy = "answer an earlier message, or mend position and posted_at"
        else:
            continue
        yield files.fault("messages", row, "reply_to", problem, remedy)


def _precedes(one: Row, other: Row) -> bool:
    """Whether nothing speaks against the one message standing before the other."""
    places = [whole_number(row.cells.get("position", "")) for row in (one, other)]
    if None not in places and places[0] >= places[1]:  # type: ignore[operator]
        return False
    cells = [row.cells.get("posted_at", "") for row in (one, other)]
    earlier, later = (zoned_moment(cell) for cell in cells)
    if earlier is None or later is None:
        return True
    if min(map(len, cells)) == _DAY:
        return earlier.date() <= later.date()
    if earlier.tzinfo is None or later.tzinfo is None:
        return earlier.replace(tzinfo=None) <= later.replace(tzinfo=None)
    return earlier <= later


def _codebook(files: Files, known: Known) -> Iterator[Fault]:
    """Ids of their own; names that are unique under one parent; coders, parents and mergers that exist."""
    seen: dict[object, int] = {}
    circles = {
        key: on_circles({name: code.value.get(key, "") for name, code in known.codes.items()})
        for key in ("parent", "merged_into")
    }
    for code in files.codes:
        value = code.value
        name = (value.get("coder", ""), value.get("parent", ""), value.get("name", "").casefold())
        for key, column, what in ((value["id"], "id", "stands already"), (name, "name", "has a sibling of that name")):
            if key in seen and value.get(column):
                problem = f"{value[column]!r} {what} in line {seen[key]}"
                yield files.yaml_fault("codebook.yaml", code, column, problem, "choose another")
            seen.setdefault(key, code.line)
        for key, what in (("coder", "coder"), ("parent", "code"), ("merged_into", "code")):
            named = value.get(key, "")
            if named and known.lacks(what, named):
                problem = f"there is no {what} {named!r}"
                yield files.yaml_fault("codebook.yaml", code, key, problem, REMEDIES[what])
            elif value["id"] in circles.get(key, ()):
                problem = "it leads back to the code itself"
                yield files.yaml_fault("codebook.yaml", code, key, problem, "break the circle")
        yield from _scale(files, code)


def _scale(files: Files, code: Placed) -> Iterator[Fault]:
    """The values of a scaled code go with its scale."""
    scale, values = code.value.get("scale", ""), code.value["values"]
    if scale == "ordinal" and not values:
        problem, remedy = "an ordinal code names no values", "list them from low to high"
        yield files.yaml_fault("codebook.yaml", code, "values", problem, remedy)
    for given in values:
        if scale in {"interval", "ratio"} and not is_number(given):
            problem, remedy = f"{given!r} is not a number", f"the values of a scale of kind {scale} are numbers"
            yield files.yaml_fault("codebook.yaml", code, "values", problem, remedy)


def _codings(files: Files, known: Known) -> Iterator[Fault]:
    """Nothing coded twice, ids of their own, codes that are the coder's, offsets inside the text."""
    if not clean.codings_are_single(files, known):
        yield from _coded_twice(files, known)
    rows = clean.table_of(files, "codings")
    for place in clean.doubtful_codings(files, known):
        row = rows[place]
        code = known.codes.get(row.cells.get("code_id", ""))
        if code is not None:
            yield from _code_of_coding(files, known, row, code)
        message = known.messages.get(row.cells.get("message_id", ""))
        if message is not None:
            yield from faults_of_segment(files, "codings", row, message.cells.get("text", ""))


def _coded_twice(files: Files, known: Known) -> Iterator[Fault]:
    """Nothing is coded twice, and each coding has an id of its own."""
    seen: dict[tuple[object, ...], int] = {}
    ids: dict[str, Row] = {}
    for row in files.rows.get("codings", []):
        cells = row.cells
        offsets = (whole_number(cells.get(name, "")) for name in ("start", "end"))
        message = known.messages.get(cells.get("message_id", ""))
        # Empty offsets are the whole message, and so are those of its beginning and end.
        whole = (0, len(message.cells.get("text", ""))) if message is not None else (None, None)
        offsets = tuple(default if offset is None else offset for offset, default in zip(offsets, whole, strict=True))
        twin = (*(cells.get(name, "") for name in ("coder", "message_id", "code_id")), *offsets)
        name = coding_id_of(cells)
        other = ids.get(name)
        if twin in seen:
            problem = f"the same coding stands in line {seen[twin]}"
            yield files.fault("codings", row, "code_id", problem, "keep one of the two")
        elif other is not None and not (cells.get("coding_id") and other.cells.get("coding_id")):
            # Two ids that are both given are held against each other where the key of the file is.
            problem = f"{name!r} is the id of line {other.line} too"
            yield files.fault("codings", row, "coding_id", problem, "give both codings an id of their own")
        seen.setdefault(twin, row.line)
        ids.setdefault(name, row)


def _code_of_coding(files: Files, known: Known, row: Row, code: Placed) -> Iterator[Fault]:
    """A coder uses shared codes and their own; a value goes with the code's scale."""
    owner = code.value.get("coder", "")
    if owner and owner != row.cells.get("coder") and not known.lacks("coder", owner):
        yield files.fault(
            "codings",
            row,
            "code_id",
            f"{code.value['id']!r} is a code of coder {owner}",
            "use a code of this coder or a shared one",
        )
    value = row.cells.get("value", "")
    scale, values = code.value.get("scale", ""), code.value["values"]
    if value and not scale:
        yield files.fault("codings", row, "value", "the code has no scale", "state scale and values in codebook.yaml")
    elif value and values and value not in values:
        yield files.fault("codings", row, "value", f"{value!r} is not a value of the code", f"use {', '.join(values)}")
    elif value and scale in {"interval", "ratio"} and not is_number(value):
        yield files.fault("codings", row, "value", f"{value!r} is not a number", "write it in digits")


def _assignments(files: Files, known: Known) -> Iterator[Fault]:
    """What was read is what stands there; who coded has read."""
    rows = files.rows.get("assignments")
    if rows is None:
        return
    digests: dict[str, str] = {}
    for place in clean.doubtful_digests(files):
        row = rows[place]
        message = known.messages.get(row.cells.get("message_id", ""))
        digest = row.cells.get("text_sha256", "")
        if message is not None and len(digest) == _DIGEST:
            name = row.cells["message_id"]
            if name not in digests:
                digests[name] = sha256_of(message.cells.get("text", "").encode())
            if digest.lower() != digests[name]:
                yield files.fault(
                    "assignments",
                    row,
                    "text_sha256",
                    "the coder read another text than the one that stands in messages.csv",
                    "restore the text, or have the message read again",
                )
    yield from _coded_and_read(files, known, rows)


def _coded_and_read(files: Files, known: Known, rows: Sequence[Row]) -> Iterator[Fault]:
    """Who coded a message has read it."""
    doubtful = clean.unread_codings(files)
    if not doubtful:
        return
    status = {(row.cells.get("coder", ""), row.cells.get("message_id", "")): row.cells.get("status") for row in rows}
    codings = clean.table_of(files, "codings")
    for place in doubtful:
        row = codings[place]
        coder, message = row.cells.get("coder", ""), row.cells.get("message_id", "")
        if known.lacks("coder", coder) or known.lacks("message", message) or "assignments.csv" in files.unsure:
            continue
        state = status.get((coder, message), "not assigned")
        if state in {"assigned", "not assigned", "nothing_to_code"}:
            problem = f"the coder coded a message that assignments.csv gives as {state.replace('_', ' ')}"
            yield files.fault("codings", row, "message_id", problem, "set its status to read")


def _memos(files: Files, known: Known) -> Iterator[Fault]:
    """A memo is about something that exists."""
    for row in files.rows.get("memos", []):
        about, about_id = row.cells.get("about", ""), row.cells.get("about_id", "")
        if bool(about) != bool(about_id):
            yield files.fault("memos", row, "about_id", "about and about_id go together", "fill in both or neither")
        elif about in REMEDIES and known.lacks(about, about_id):
            yield files.fault("memos", row, "about_id", f"there is no {about} {about_id!r}", REMEDIES[about])


def _themes(files: Files, known: Known) -> Iterator[Fault]:
    """Themes with ids of their own, of codes that exist, named where they say."""
    file = "themes.yaml"
    seen: dict[str, int] = {}
    for theme in [*files.candidates, *files.agreed]:
        name = theme.value.get("id", "")
        if name and name in seen:
            yield files.yaml_fault(file, theme, "id", f"{name!r} stands already in line {seen[name]}", "choose another")
        seen.setdefault(name, theme.line)
        coder = theme.value.get("coder")
        if coder is not None and known.lacks("coder", coder):
            yield files.yaml_fault(file, theme, "coder", f"there is no coder {coder!r}", REMEDIES["coder"])
        yield from _codes_of_theme(files, known, theme)
        yield from _named_in(files, known, theme)


def _codes_of_theme(files: Files, known: Known, theme: Placed) -> Iterator[Fault]:
    """A candidate theme is made of its coder's codes and shared ones, an agreed theme of shared ones."""
    coder = theme.value.get("coder")
    for code in theme.value["codes"]:
        placed = known.codes.get(code)
        owner = placed.value.get("coder") if placed else None
        if known.lacks("code", code):
            problem, remedy = f"there is no code {code!r}", REMEDIES["code"]
        elif owner and owner != coder and not known.lacks("coder", owner) and not known.lacks("coder", coder or owner):
            problem = f"{code!r} is a code of coder {owner}"
            remedy = "use the coder's own codes or shared ones" if coder else "use shared codes"
        else:
            continue
        yield files.yaml_fault("themes.yaml", theme, "codes", problem, remedy)


def _named_in(files: Files, known: Known, theme: Placed) -> Iterator[Fault]:
    """The words of a theme's name stand in the messages that it is said to be named in."""
    words = theme.value.get("name", "")
    for name in theme.value.get("named_in", ()):
        row = known.messages.get(name)
        if known.lacks("message", name):
            problem, remedy = f"there is no message {name!r}", REMEDIES["message"]
        elif row is not None and words.casefold() not in row.cells.get("text", "").casefold():
            problem, remedy = f"message {name!r} does not hold the words {words!r}", "name a message that does"
        else:
            continue
        yield files.yaml_fault("themes.yaml", theme, "named_in", problem, remedy)


def _quotations(files: Files, known: Known) -> Iterator[Fault]:
    """A quotation is attributed to the person who wrote the message."""
    quoted = files.rows.get("quotations", [])
    people = {row.cells.get("participant_id", ""): row for row in files.rows.get("participants", []) if quoted}
    for row in quoted:
        message = known.messages.get(row.cells.get("message_id", ""))
        named = row.cells.get("attributed_to", "")
        person = people.get(message.cells.get("participant_id", "")) if message else None
        if person is None or not named:
            continue
        code_name = person.cells.get("code_name", "")
        if named not in {person.cells.get("participant_id", ""), code_name}:
            problem = f"message {row.cells['message_id']!r} is by {code_name}, not by {named}"
            yield files.fault("quotations", row, "attributed_to", problem, "name its author")


def _external_ids(files: Files, known: Known) -> Iterator[Fault]:
    """Foreign ids belong to records that exist."""
    for row in files.rows.get("external_ids", []):
        kind, name = row.cells.get("kind", ""), row.cells.get("id", "")
        if kind in REMEDIES and known.lacks(kind, name):
            yield files.fault("external_ids", row, "id", f"there is no {kind} {name!r}", REMEDIES[kind])


def sorted_faults(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults in the order of file and line, each once."""
    return sorted(set(faults))
