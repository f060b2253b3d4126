"""A folder of interviews, a file each: files become threads, turns become messages, speakers become participants."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.forum_json import files_in
from lepanalysis.exchange.forum_options import chosen, stated_study, zone_of
from lepanalysis.exchange.forum_posts import Person, Post, Topic, draft_of_posts
from lepanalysis.exchange.interviews_text import SUFFIXES, transcript_of
from lepanalysis.exchange.interviews_turns import INTERVIEWERS, MOST_SINGLE, WAYS, slips_of, turns_of
from lepanalysis.exchange.losses import Ledger
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from pathlib import Path

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.interviews_text import Transcript
    from lepanalysis.exchange.interviews_turns import Reading
    from lepanalysis.exchange.losses import LossReport

AUTO, NONE = "auto", "none"
# Files that lie in many folders and hold no interview.
_ABOUT_THE_FOLDER = re.compile(
    r"(?:readme(?![a-z])|(?:licen[cs]e|attribution|copying|contributing|changelog|code.of.conduct)$)", re.IGNORECASE
)
# So many files that were read alike are named one by one in the report.
_FEW = 8
SEPARATE, SHARED = "separate", "shared"


def read(path: Path, options: Mapping[str, Any]) -> tuple[Draft, LossReport]:
    """Read interviews.

    Parameters
    ----------
    path : Path
        A file, or a folder of files (``.txt``, ``.md``, ``.docx``, ``.odt``, ``.pdf``); folders in it are categories.
    options : mapping
        ``turns``: ``auto``, ``none``, or the way in which all files mark them: ``time-name`` (``[00:01:02] Anna:``),
        ``name-time`` (``Anna 00:01:02``), ``name`` (``Anna:``), ``tab``; ``speakers``: ``separate`` (a name in two
        files is two people) or ``shared``; ``encoding``: that of plain text.

    Returns
    -------
    draft : Draft
    report : LossReport
    """
    way = chosen(options, "turns", (AUTO, NONE, *WAYS))
    shared = chosen(options, "speakers", (SEPARATE, SHARED)) == SHARED
    ledger = Ledger(path.name, "interviews")
    posts: list[Post] = []
    people: dict[Hashable, Person] = {}
    topics: dict[Hashable, Topic] = {}
    readings: dict[str, Reading] = {}
    places: dict[str, str] = {}
    wrapped: list[str] = []
    for file in _readable(path, ledger):
        transcript = transcript_of(file, str(options.get("encoding") or ""))
        reading = turns_of(transcript, "" if way == AUTO else way)
        # Two files that differ in their ending only are two threads.
        thread = file.relative_to(path).as_posix() if path.is_dir() else file.name
        category = file.relative_to(path).parent.as_posix() if path.is_dir() else "."
        topics[thread] = Topic(file.stem, "" if category == "." else category, file.stem, thread)
        readings[thread] = reading
        places[thread] = "" if shared else f" ({file.stem})"
        wrapped += [thread] * transcript.is_wrapped
        _count(thread, transcript, reading, ledger)
        ledger.came("messages", len(reading.turns))
        for place, turn in enumerate(reading.turns, 1):
            name = turn.speaker or file.stem
            author: Hashable = ("speaker", name.casefold() if turn.speaker else thread, "" if shared else thread)
            if not turn.speaker:
                author = ("file", thread)
            role = "interviewer" if name.casefold() in INTERVIEWERS else "participant"
            shown = name + places[thread] if turn.speaker else name
            people.setdefault(author, Person(shown, "", {"role": role}, is_id=shared))
            posts.append(Post((thread, place), thread, author, turn.text, None, None, (place,)))
    if not posts:
        raise LepanalysisError(f"{path.name} holds no interview that is read ({', '.join(SUFFIXES)})")
    _note(readings, wrapped, ledger)
    for thread, reading in readings.items():
        _note_slips(thread, reading, places[thread], ledger)
    study = stated_study(options, path.stem, f"interviews ({path.name})")
    draft = draft_of_posts(posts, people, topics, ledger, study=study, zone=zone_of(options), program="file")
    return draft, ledger.report({"messages": len(draft.messages)})


def _readable(path: Path, ledger: Ledger) -> list[Path]:
    """Return the files that are read; the others are counted."""
    found = []
    for file in files_in(path, ()):
        ledger.came("files")
        name = file.relative_to(path).as_posix() if path.is_dir() else file.name
        if file.suffix.lower() not in SUFFIXES:
            ledger.dropped("files", name, f"they end in none of {', '.join(SUFFIXES)}")
        elif path.is_dir() and _ABOUT_THE_FOLDER.match(file.stem):
            ledger.dropped("files", name, "they say what is in the folder or who may use it, and are no interviews")
        else:
            found.append(file)
    return found


def _count(thread: str, transcript: Transcript, reading: Reading, ledger: Ledger) -> None:
    """Count what of a file is no message."""
    for sentence in transcript.notes:
        ledger.note(sentence)
    left_out = {
        **transcript.left_out,
        "lines above the first turn": reading.above,
        "headings": reading.headings,
        "marks of time": reading.times,
    }
    for kind, count in left_out.items():
        if count:
            ledger.came(kind, count)
            why = "nobody says them" if kind != "marks of time" else "a message has no time inside a recording"
            for place in range(count):
                ledger.dropped(kind, (thread, place + 1), why)


def _note(readings: Mapping[str, Reading], wrapped: list[str], ledger: Ledger) -> None:
    """Say how the files were read: each by itself where they are few, else those together that were read alike."""
    ways: dict[str, list[str]] = defaultdict(list)
    for thread, reading in readings.items():
        ways[reading.way].append(thread)
    for way, threads in ways.items():
        if len(threads) <= _FEW:
            for thread in threads:
                ledger.note(_how_read(thread, readings[thread]))
            continue
        found = [readings[thread] for thread in threads]
        worst = min(threads, key=lambda thread: readings[thread].margin)
        shares = f"{min(one.share for one in found):.0%} to {max(one.share for one in found):.0%} of their paragraphs"
        if way == NONE:
            ledger.note(f"{len(threads)} files have no turns, each is one message ({shares} look like one).")
        else:
            turns = sum(len(one.turns) for one in found)
            ledger.note(
                f"{len(threads)} files: {turns:,} turns, marked as “{way}”; {shares} begin one "
                f"(the least margin, {readings[worst].margin:.0%}, in {worst})."
            )
    if wrapped:
        files = wrapped[0] if len(wrapped) == 1 else f"{len(wrapped)} PDF files"
        ledger.note(
            f"{files}: lines of print are joined by spaces, and joined letters are parted; words divided at the ends "
            "of lines stay divided."
        )


def _note_slips(thread: str, reading: Reading, place: str, ledger: Ledger) -> None:
    """Say which speakers may be one, mistyped; nothing is merged. They are named as in the study, or not at all."""
    counts = Counter(turn.speaker for turn in reading.turns if turn.speaker)
    often = {name.casefold(): name for name, count in counts.items() if count > 1}
    once = [name for name, count in counts.items() if count == 1]
    for name in once if max(len(once), len(often)) <= MOST_SINGLE else ():
        for other in slips_of(name.casefold(), often):
            times = counts[often[other]]
            ledger.note(
                f"{thread}: {name}{place} (once) and {often[other]}{place} ({times} times) have almost the same name: "
                "one person? They were left apart."
            )


def _how_read(thread: str, reading: Reading) -> str:
    if reading.way == NONE:
        return f"{thread}: no turns, one message ({reading.share:.0%} of its paragraphs look like one)."
    speakers = len({turn.speaker.casefold() for turn in reading.turns})
    return (
        f"{thread}: {len(reading.turns)} turns of {speakers} speakers, marked as “{reading.way}”; "
        f"{reading.share:.0%} of its paragraphs begin one (margin {reading.margin:.0%})."
    )
