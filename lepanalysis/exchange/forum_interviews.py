"""A folder of interviews, a file each: files become threads, turns become messages, speakers become participants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.forum_json import files_in
from lepanalysis.exchange.forum_options import chosen, stated_study, zone_of
from lepanalysis.exchange.forum_posts import Person, Post, Topic, draft_of_posts
from lepanalysis.exchange.interviews_text import SUFFIXES, transcript_of
from lepanalysis.exchange.interviews_turns import INTERVIEWERS, WAYS, turns_of
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
    for file in _readable(path, ledger):
        transcript = transcript_of(file, str(options.get("encoding") or ""))
        reading = turns_of(transcript, "" if way == AUTO else way)
        # Two files that differ in their ending only are two threads.
        thread = file.relative_to(path).as_posix() if path.is_dir() else file.name
        category = file.relative_to(path).parent.as_posix() if path.is_dir() else "."
        topics[thread] = Topic(file.stem, "" if category == "." else category, file.stem, thread)
        _note(thread, transcript, reading, ledger)
        ledger.came("messages", len(reading.turns))
        for place, turn in enumerate(reading.turns, 1):
            name = turn.speaker or file.stem
            author: Hashable = ("speaker", name.casefold() if turn.speaker else thread, "" if shared else thread)
            if not turn.speaker:
                author = ("file", thread)
            role = "interviewer" if name.casefold() in INTERVIEWERS else "participant"
            alone = shared or not turn.speaker
            people.setdefault(
                author, Person(name if alone else f"{name} ({file.stem})", "", {"role": role}, is_id=shared)
            )
            posts.append(Post((thread, place), thread, author, turn.text, None, None, (place,)))
    if not posts:
        raise LepanalysisError(f"{path.name} holds no interview that is read ({', '.join(SUFFIXES)})")
    study = stated_study(options, path.stem, f"interviews ({path.name})")
    draft = draft_of_posts(posts, people, topics, ledger, study=study, zone=zone_of(options), program="file")
    return draft, ledger.report({"messages": len(draft.messages)})


def _readable(path: Path, ledger: Ledger) -> list[Path]:
    """Return the files that are read; the others are counted."""
    found = []
    for file in files_in(path, ()):
        ledger.came("files")
        if file.suffix.lower() in SUFFIXES:
            found.append(file)
        else:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            ledger.dropped("files", name, f"they end in none of {', '.join(SUFFIXES)}")
    return found


def _note(thread: str, transcript: Transcript, reading: Reading, ledger: Ledger) -> None:
    """Say how a file was read, and count what of it is no message."""
    for sentence in transcript.notes:
        ledger.note(sentence)
    if reading.way == NONE:
        ledger.note(f"{thread}: no turns, one message ({reading.share:.0%} of its paragraphs look like one).")
    else:
        speakers = len({turn.speaker.casefold() for turn in reading.turns})
        ledger.note(
            f"{thread}: {len(reading.turns)} turns of {speakers} speakers, marked as “{reading.way}”; "
            f"{reading.share:.0%} of its paragraphs begin one (margin {reading.margin:.0%})."
        )
    left_out = {**transcript.left_out, "lines above the first turn": reading.above, "marks of time": reading.times}
    for kind, count in left_out.items():
        if count:
            ledger.came(kind, count)
            why = "nobody says them" if kind != "marks of time" else "a message has no time inside a recording"
            for place in range(count):
                ledger.dropped(kind, (thread, place + 1), why)
