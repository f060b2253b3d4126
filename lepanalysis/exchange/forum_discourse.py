"""Topics of a Discourse forum, as its JSON gives them: one file or many, with or without a list of categories."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.forum_html import text_of_html
from lepanalysis.exchange.forum_json import entry_in, files_in, records_in, text_in, values_of, whole_in
from lepanalysis.exchange.forum_options import DROP, KEEP, chosen, stated_study, zone_of
from lepanalysis.exchange.forum_posts import NOBODY, Person, Post, Topic, draft_of_posts, moment_of
from lepanalysis.exchange.losses import Ledger
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from pathlib import Path

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.losses import LossReport

PROGRAM = "Discourse"
_MODERATOR, _SMALL_ACTION, _WHISPER = 2, 3, 4
_OPENING = re.compile(r"\[quote(?:=(?:\"([^\"\]\n]{0,200})\"|([^\]\n]{0,200})))?\]", re.IGNORECASE)
_QUOTE_TAG = re.compile(r"\[quote(?:=[^\]\n]{0,200})?\]|\[/quote\]", re.IGNORECASE)
_DEEPEST_MARK = 8


@dataclass(frozen=True)
class _Found:
    """What the files hold: records by their key, the first of each."""

    posts: dict[Hashable, dict[str, Any]] = field(default_factory=dict)
    topics: dict[int, dict[str, Any]] = field(default_factory=dict)
    categories: dict[int, dict[str, Any]] = field(default_factory=dict)
    listed: dict[int, int] = field(default_factory=dict)
    skipped: list[Hashable] = field(default_factory=list)


def read(path: Path, options: Mapping[str, Any]) -> tuple[Draft, LossReport]:
    """Read topics of a Discourse forum.

    Parameters
    ----------
    path : Path
        A file or a folder of files: topics (``/t/….json``, also several in a list), further posts of a topic
        (``/t/…/posts.json``), lists of topics and of categories.
    options : mapping
        ``quoted``: ``keep`` (quotations of other posts are marked with ``> ``) or ``drop``; ``hidden``: ``drop`` or
        ``keep`` posts that were hidden or deleted; ``zone``: the zone in whose time messages are dated.

    Returns
    -------
    draft : Draft
    report : LossReport
    """
    quoted = chosen(options, "quoted", (KEEP, DROP))
    hidden = chosen(options, "hidden", (DROP, KEEP))
    zone = zone_of(options)
    ledger = Ledger(path.name, "Discourse topics in JSON")
    found = _Found()
    for file in files_in(path, (".json",)):
        for value in values_of(file):
            _take(value, found, ledger)
    if not found.posts:
        raise LepanalysisError(f"{path.name} holds no post of a Discourse forum; export its topics as JSON")
    there = Counter(post["topic_id"] for post in found.posts.values())
    for topic, listed in found.listed.items():
        missing = listed - there[topic]
        if missing > 0:
            ledger.note(f"Topic {topic}: {missing} of its {listed} posts are in none of the files.")
    posts, people = [], {}
    for key, post in found.posts.items():
        made = _post(key, post, ledger, drop_quotes=quoted == DROP, drop_hidden=hidden == DROP)
        if made is not None:
            posts.append(made)
            people.setdefault(made.author, _person(post))
    topics = {thread: _topic(thread, found, ledger) for thread in dict.fromkeys(post.thread for post in posts)}
    ledger.note("Likes, views, badges, flags and the history of edits are not taken over.")
    study = stated_study(options, path.stem, f"a Discourse forum ({path.name})")
    draft = draft_of_posts(_linked(posts, found), people, topics, ledger, study=study, zone=zone, program=PROGRAM)
    return draft, ledger.report({"messages": len(draft.messages)})


def _take(value: object, found: _Found, ledger: Ledger) -> None:
    """Gather posts, topics and categories from a value, whichever of the forms it has."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(reversed(one))
            continue
        if not isinstance(one, dict):
            continue
        for category in (*records_in(one.get("categories")), *records_in(entry_in(one, "category_list", "categories"))):
            _take_category(category, found)
        for topic in records_in(entry_in(one, "topic_list", "topics")):
            if (number := whole_in(topic, "id")) is not None:
                found.topics[number] = {**topic, **found.topics.get(number, {})}
        waiting.extend(reversed(records_in(one.get("topics")) + records_in(one.get("latest_posts"))))
        stream = one.get("post_stream")
        if isinstance(stream, dict):
            _take_topic(one, stream, found, ledger)
        elif "post_number" in one and ("cooked" in one or "raw" in one):
            _take_post(one, whole_in(one, "topic_id"), found, ledger)


def _take_category(category: dict[str, Any], found: _Found) -> None:
    number = whole_in(category, "id")
    if number is not None:
        found.categories.setdefault(number, category)
    for inner in records_in(category.get("subcategory_list")):
        if (below := whole_in(inner, "id")) is not None:
            found.categories.setdefault(below, {"parent_category_id": number, **inner})


def _take_topic(topic: dict[str, Any], stream: dict[str, Any], found: _Found, ledger: Ledger) -> None:
    posts = records_in(stream.get("posts"))
    number = whole_in(topic, "id")
    if number is None:
        number = next((known for post in posts if (known := whole_in(post, "topic_id")) is not None), None)
    if number is not None:
        known = found.topics.get(number, {})
        found.topics[number] = {**known, **{key: one for key, one in topic.items() if key != "post_stream"}}
        if isinstance(stream.get("stream"), list):
            found.listed[number] = max(found.listed.get(number, 0), len(stream["stream"]))
    for post in posts:
        _take_post(post, number, found, ledger)


def _take_post(post: dict[str, Any], topic: int | None, found: _Found, ledger: Ledger) -> None:
    """Take a post once, however many files hold it."""
    topic = whole_in(post, "topic_id") if topic is None else topic
    number, name = whole_in(post, "post_number"), whole_in(post, "id")
    key = ("post", name) if name is not None else (topic, number)
    ledger.came("messages")
    if key not in found.posts and topic is not None and number is not None:
        found.posts[key] = {**post, "topic_id": topic}
        # Lists of the latest posts say of each what its topic is called.
        said = {"title": post.get("topic_title"), "category_id": post.get("category_id")}
        found.topics[topic] = {**{name: one for name, one in said.items() if one}, **found.topics.get(topic, {})}
        return
    found.skipped.append(key)
    again = key in found.posts
    why = "the same post stands above already" if again else "it does not say its topic and its place there"
    ledger.dropped("messages", (*key, f"skipped {len(found.skipped)}"), why)


def _post(key: Hashable, post: dict[str, Any], ledger: Ledger, *, drop_quotes: bool, drop_hidden: bool) -> Post | None:
    """Return a post, or None for one that is not taken over; counted."""
    if post.get("post_type") == _SMALL_ACTION or (post.get("post_type") == _MODERATOR and post.get("action_code")):
        why = "the forum's software wrote it (a topic closed, moved, split)"
    elif whole_in(post, "user_id") in {-1, -2} or text_in(post, "username") in {"system", "discobot"}:
        why = "the forum's software wrote it (system, discobot)"
    elif drop_hidden and (post.get("deleted_at") or post.get("user_deleted")):
        why = "it was deleted"
    elif drop_hidden and post.get("hidden"):
        why = "it was hidden"
    elif drop_hidden and post.get("post_type") == _WHISPER:
        why = "it is a whisper, which only staff could read"
    else:
        why = ""
    if why:
        ledger.dropped("messages", key, why)
        return None
    topic, number = post["topic_id"], whole_in(post, "post_number")
    when = moment_of(post.get("created_at"))
    if when is None:
        ledger.changed("messages", key, "it has no time that can be read")
    return Post(
        key,
        topic,
        text_in(post, "user_id", "username") or NOBODY,
        _text(key, post, ledger, drop_quotes=drop_quotes),
        when,
        (topic, asked) if (asked := whole_in(post, "reply_to_post_number")) else None,
        (number or 0,),
        text_in(post, "id"),
    )


def _linked(posts: list[Post], found: _Found) -> list[Post]:
    """Return posts that name what they answer by its key and not by its number in the topic."""
    numbers = {(post["topic_id"], whole_in(post, "post_number")): key for key, post in found.posts.items()}
    return [
        post if post.answers is None else replace(post, answers=numbers.get(post.answers, ("none", post.answers)))  # type: ignore[call-overload]
        for post in posts
    ]


def _person(post: dict[str, Any]) -> Person:
    """Return the author of a post."""
    roles = [name for name in ("admin", "moderator", "staff") if post.get(name) is True]
    name = text_in(post, "username") or NOBODY
    attributes = {"role": roles[0] if roles else "", "title": text_in(post, "user_title")}
    return Person(name, text_in(post, "user_id"), attributes)


def _topic(number: Hashable, found: _Found, ledger: Ledger) -> Topic:
    """Return a topic with the name of its category."""
    topic = found.topics.get(number, {})  # type: ignore[call-overload]
    category = whole_in(topic, "category_id")
    names: list[str] = []
    while category is not None and len(names) < 4:
        known = found.categories.get(category)
        names.insert(0, text_in(known, "name") or str(category))
        category = whole_in(known, "parent_category_id")
    tags = topic.get("tags") or ()
    if isinstance(tags, list) and tags:
        ledger.came("tags", len(tags))
        for place in range(len(tags)):
            ledger.dropped("tags", (number, place + 1), "a thread has a category and no tags")
    return Topic(text_in(topic, "title", "fancy_title"), " / ".join(names), str(number))


def _text(key: Hashable, post: dict[str, Any], ledger: Ledger, *, drop_quotes: bool) -> str:
    """Return the words of a post: as they were typed where the export has that, else out of the HTML."""
    raw = text_in(post, "raw")
    if raw:
        text, quotes = _of_raw(raw, drop_quotes=drop_quotes)
        images = links = 0
    else:
        made = text_of_html(text_in(post, "cooked"), drop_quotes=drop_quotes)
        text, quotes, images, links = made.text, made.quotes, made.images, made.links
    fate = "dropped" if drop_quotes else "changed"
    for kind, count, done, why in (
        ("quotations of other posts", quotes, fate, "left out, as was asked" if drop_quotes else "marked with >"),
        ("pictures", images, "dropped", "a message is text"),
        ("links", links, "changed", "the words are kept and the address is not"),
    ):
        if count:
            ledger.came(kind, count)
            for place in range(count):
                (ledger.dropped if done == "dropped" else ledger.changed)(kind, (*_parts(key), place + 1), why)
    return text


def _parts(key: Hashable) -> tuple[Hashable, ...]:
    return key if isinstance(key, tuple) else (key,)


def _of_raw(raw: str, *, drop_quotes: bool) -> tuple[str, int]:
    """Return Markdown with ``[quote]`` as lines that begin with ``> ``, or without, and how many there were."""
    if not _QUOTE_TAG.search(raw):
        return raw, 0
    lines: list[str] = []
    depth = quotes = place = 0

    def add(part: str) -> None:
        if depth and drop_quotes:
            return
        mark = "> " * min(depth, _DEEPEST_MARK)
        lines.extend((mark + line).rstrip() for line in part.strip("\n").split("\n") if part.strip())

    for tag in _QUOTE_TAG.finditer(raw):
        add(raw[place : tag.start()])
        place = tag.end()
        if tag[0].startswith("[/"):
            depth = max(0, depth - 1)
            if not depth and not drop_quotes:
                lines.append("")
            continue
        quotes += 1
        depth += 1
        opening = _OPENING.match(tag[0])
        who = (opening[1] or opening[2] or "").split(",")[0].strip() if opening else ""
        if who:
            add(f"{who}:")
    depth = 0
    add(raw[place:])
    return "\n".join(lines).strip("\n"), quotes
