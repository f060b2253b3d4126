"""Posts of any forum become messages, threads and participants of a draft, in an order in which replies follow."""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.draft import Draft
from lepanalysis.exchange.ids import Ids
from lepanalysis.exchange.positions import normal_text
from lepanalysis.tables import LARGEST_CELL

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from lepanalysis.exchange.losses import Ledger

# What the authors are called whom the forum does not name.
NOBODY = "unknown"
# Clocks that were never set say 1970.
_FIRST_YEAR, _LAST_YEAR = 1971, 9000


@dataclass(frozen=True)
class Post:
    """One post as a reader found it.

    Parameters
    ----------
    key : hashable
        What it is known by where it comes from.
    thread : hashable
    author : hashable
        What tells its author from others.
    text : str
    when : datetime.datetime, optional
        With its zone.
    answers : hashable, optional
        The key of the post that it answers.
    order : tuple
        Its place in the thread where the forum gives one; else the time decides.
    name : str
        The id it should have if it can.
    address : str
        A foreign id for external_ids.csv; empty where `name` is one already.
    """

    key: Hashable
    thread: Hashable
    author: Hashable
    text: str
    when: dt.datetime | None = None
    answers: Hashable | None = None
    order: tuple[int, ...] = ()
    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class Person:
    """An author.

    Parameters
    ----------
    shown : str
        The name to show, and the id where it can be one.
    address : str
        A foreign id for external_ids.csv, such as a mail address.
    attributes : mapping
    is_id : bool
        Whether `shown` may become the id.
    """

    shown: str
    address: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_id: bool = True


@dataclass(frozen=True)
class Topic:
    """A thread: title, category, the id it should have if it can, and a foreign id."""

    title: str = ""
    category: str = ""
    name: str = ""
    address: str = ""


def moment_of(value: object) -> dt.datetime | None:
    """Return an ISO 8601 time with its zone (UTC where it names none); None where it is not one.

    Parameters
    ----------
    value : object
    """
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        when = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return sound(when)


def sound(when: dt.datetime | None) -> dt.datetime | None:
    """Return a time with its zone, or None for one that no forum can have known.

    Parameters
    ----------
    when : datetime.datetime or None
    """
    if when is None or not _FIRST_YEAR <= when.year <= _LAST_YEAR:
        return None
    return when if when.tzinfo is not None else when.replace(tzinfo=dt.UTC)


def draft_of_posts(
    posts: Sequence[Post],
    people: Mapping[Hashable, Person],
    topics: Mapping[Hashable, Topic],
    ledger: Ledger,
    *,
    study: Mapping[str, Any],
    zone: dt.tzinfo,
    program: str,
) -> Draft:
    """Return a draft of posts; what has no text is dropped, what cannot be true of a reply is mended and counted.

    The reader has counted every post as having come; what is dropped or changed here is counted under the post's key.

    Parameters
    ----------
    posts : sequence of Post
    people, topics : mapping
        By the keys that posts name.
    ledger : Ledger
    study : mapping
        study.yaml.
    zone : datetime.tzinfo
        Times are written in it.
    program : str
        What gave the foreign ids.
    """
    kept = [replace(post, text=normal_text(post.text)) for post in posts]
    kept = [post for post in kept if not _without_text(post, ledger)]
    threads: dict[Hashable, list[Post]] = defaultdict(list)
    for post in kept:
        threads[post.thread].append(post)
    message_ids, thread_ids, person_ids = Ids("m"), Ids("t"), Ids("p")
    # All wanted names are given out first, so that no numbered id takes one of them.
    for post in sorted(kept, key=lambda one: not one.name):
        message_ids.of(post.key, post.name)
    for key in sorted(threads, key=lambda key: not topics[key].name):
        thread_ids.of(key, topics[key].name)
    authors = list(dict.fromkeys(post.author for post in kept))
    for key in authors:
        person_ids.of(key, people[key].shown if people[key].is_id else "")
    messages: list[dict[str, Any]] = []
    for posted in threads.values():
        for position, post in enumerate(_sound_replies(_in_order(posted, ledger), ledger), 1):
            messages.append(
                {
                    "message_id": message_ids.of(post.key),
                    "thread_id": thread_ids.of(post.thread),
                    "participant_id": person_ids.of(post.author),
                    "text": post.text,
                    "posted_at": _written(post.when, zone),
                    "position": position,
                    "reply_to": message_ids.of(post.answers) if post.answers is not None else None,
                }
            )
    foreign = [("message", message_ids.of(post.key), post.address) for post in kept]
    foreign += [("thread", thread_ids.of(key), topics[key].address) for key in threads]
    foreign += [("participant", person_ids.of(key), people[key].address) for key in authors]
    return Draft(
        study=study,
        messages=tuple(messages),
        threads=tuple(
            {
                "thread_id": thread_ids.of(key),
                "title": " ".join(topics[key].title.split()),
                "category": " ".join(topics[key].category.split()),
            }
            for key in threads
        ),
        participants=tuple(_participants(authors, people, person_ids)),
        external_ids=tuple(
            {"kind": kind, "id": name, "program": program, "external_id": address}
            for kind, name, address in foreign
            if address and address != name
        ),
    )


def _without_text(post: Post, ledger: Ledger) -> bool:
    """Whether a post cannot be a message; counted."""
    if not post.text.strip():
        ledger.dropped("messages", post.key, "there is no text in it")
    elif len(post.text) > LARGEST_CELL:
        ledger.dropped("messages", post.key, f"it is longer than {LARGEST_CELL:,} characters")
    else:
        return False
    return True


def _participants(authors: Iterable[Hashable], people: Mapping[Hashable, Person], ids: Ids) -> Iterable[dict[str, Any]]:
    """Yield the authors; two of one name are told apart by a number."""
    taken: set[str] = set()
    for key in authors:
        person = people[key]
        shown = " ".join("".join(one if one.isprintable() else " " for one in person.shown).split())[:200] or NOBODY
        name, number = shown, 1
        while name.casefold() in taken:
            number += 1
            name = f"{shown} ({number})"
        taken.add(name.casefold())
        yield {"participant_id": ids.of(key), "code_name": name, **person.attributes}


def _written(when: dt.datetime | None, zone: dt.tzinfo) -> str | None:
    """Return a time as it is written in a study: to the second, in one zone for all."""
    if when is None:
        return None
    try:
        return when.astimezone(zone).isoformat(timespec="seconds")
    except (OverflowError, ValueError):
        return None


def _in_order(posts: list[Post], ledger: Ledger) -> list[Post]:
    """Return a thread's posts: as the forum numbers them, else by time, but never an answer before its question."""
    known = {post.key for post in posts}
    for place, post in enumerate(posts):
        if post.answers is not None and (post.answers not in known or post.answers == post.key):
            ledger.changed("messages", post.key, "what it answers is not among the messages of its thread")
            posts[place] = replace(post, answers=None)
    if all(post.order for post in posts):
        return sorted(posts, key=lambda post: post.order)
    ranked = _ranked(posts)
    return _after_what_they_answer(ranked, ledger)


def _ranked(posts: list[Post]) -> list[Post]:
    """Return posts by time; one without a time follows the one that stands before it in the source."""
    latest = dt.datetime.min.replace(tzinfo=dt.UTC)
    keyed = []
    for place, post in enumerate(posts):
        latest = post.when or latest
        keyed.append((latest, place, post))
    return [post for _, _, post in sorted(keyed, key=lambda one: one[:2])]


def _after_what_they_answer(ranked: list[Post], ledger: Ledger) -> list[Post]:
    """Return posts in the order given, but each after the one that it answers; circles are cut."""
    place_of = {post.key: place for place, post in enumerate(ranked)}
    answers: dict[int, list[int]] = defaultdict(list)
    ready = []
    for place, post in enumerate(ranked):
        if post.answers is None:
            ready.append(place)
        else:
            answers[place_of[post.answers]].append(place)
    heapq.heapify(ready)
    done: list[Post] = []
    seen: set[int] = set()
    first = 0
    while len(done) < len(ranked):
        while first in seen:
            first += 1
        if not ready:
            # Only circles are left, and what hangs on them: the earliest post of one answers nothing.
            place = _on_circle(first, ranked, place_of)
            ledger.changed("messages", ranked[place].key, "it answers a message that answers it")
            ranked[place] = replace(ranked[place], answers=None)
            ready.append(place)
        place = heapq.heappop(ready)
        if place in seen:
            continue
        seen.add(place)
        done.append(ranked[place])
        for other in answers[place]:
            if other not in seen:
                heapq.heappush(ready, other)
    return done


def _on_circle(place: int, ranked: list[Post], place_of: Mapping[Hashable, int]) -> int:
    """Return the earliest place of the circle to which answers lead from a place."""
    passed: dict[int, None] = {}
    while place not in passed:
        passed[place] = None
        place = place_of[ranked[place].answers]
    way = list(passed)
    return min(way[way.index(place) :])


def _sound_replies(posts: list[Post], ledger: Ledger) -> list[Post]:
    """Return posts whose answers follow what they answer, by place and by time; the rest is mended and counted."""
    found: dict[Hashable, Post] = {}
    for post in posts:
        mended = post
        if post.answers is not None and post.answers not in found:
            ledger.changed("messages", post.key, "what it answers stands below it")
            mended = replace(post, answers=None)
        elif post.answers is not None:
            asked = found[post.answers].when
            if (
                asked is not None
                and post.when is not None
                and post.when.replace(microsecond=0) < asked.replace(microsecond=0)
            ):
                ledger.changed("messages", post.key, "it is dated before what it answers; its time is left out")
                mended = replace(post, when=None)
        found[post.key] = mended
    return list(found.values())
