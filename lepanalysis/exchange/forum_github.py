"""Issues, pull requests and discussions of GitHub: lists of its REST interface, pages of GraphQL, output of ``gh``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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

PROGRAM = "GitHub"
# The name under which GitHub shows what is left of an account that was closed.
GHOST = "ghost"
_THREAD_OF = re.compile(r"/(?:issues|pull|pulls|discussions)/(\d{1,12})(?:\D|$)")
_REPOSITORY = re.compile(r"(?:github\.com|/repos)/([\w.-]{1,100}/[\w.-]{1,100})/")
# What wraps threads in a page of GraphQL.
_AROUND = ("data", "repository", "organization", "search", "node", "nodes", "edges", "items")
_LISTS = {
    "discussions": "discussion",
    "issues": "issue",
    "pullRequests": "pull request",
    "pull_requests": "pull request",
    "pulls": "pull request",
}
# How deep replies to replies are followed.
_DEEPEST = 8


@dataclass
class _Found:
    """Threads and posts as they are met."""

    threads: dict[str, dict[str, Any]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    posts: dict[Hashable, tuple[dict[str, Any], str, Hashable | None]] = field(default_factory=dict)
    skipped: int = 0


def read(path: Path, options: Mapping[str, Any]) -> tuple[Draft, LossReport]:
    """Read issues, pull requests and discussions.

    Parameters
    ----------
    path : Path
        A file or a folder of files: lists of issues and of comments from REST, pages of GraphQL with ``discussions``,
        ``issues`` or ``pullRequests``, output of ``gh issue list --json``; several values a file.
    options : mapping
        ``bots``: ``drop`` or ``keep`` what programs wrote; ``hidden``: ``drop`` or ``keep`` what was minimised;
        ``zone``: the zone in whose time messages are dated.

    Returns
    -------
    draft : Draft
    report : LossReport
    """
    drop_bots = chosen(options, "bots", (DROP, KEEP)) == DROP
    drop_hidden = chosen(options, "hidden", (DROP, KEEP)) == DROP
    zone = zone_of(options)
    ledger = Ledger(path.name, "GitHub discussions or issues in JSON")
    found = _Found()
    for file in files_in(path, (".json", ".jsonl", ".ndjson")):
        for value in values_of(file):
            _take(value, found, ledger)
    if not found.posts:
        raise LepanalysisError(f"{path.name} holds no issue, discussion or comment of GitHub; export them as JSON")
    posts: list[Post] = []
    people: dict[Hashable, Person] = {}
    for key, (record, thread, answers) in found.posts.items():
        author = _author(record)
        if drop_bots and _is_bot(record):
            ledger.dropped("messages", key, "a program wrote it (bot)")
            continue
        if drop_hidden and record.get("isMinimized") is True:
            ledger.dropped(
                "messages", key, f"it was hidden ({text_in(record, 'minimizedReason').lower() or 'minimised'})"
            )
            continue
        when = moment_of(record.get("created_at") or record.get("createdAt"))
        if when is None:
            ledger.changed("messages", key, "it has no time that can be read")
        text, address = text_in(record, "body", "bodyText"), text_in(record, "html_url", "url", "node_id", "id")
        posts.append(Post(key, thread, author, text, when, answers, (), _id_of(record, thread, key), address))
        people.setdefault(author, Person(author, "", _attributes(record)))
    topics = {thread: _topic(thread, found, ledger) for thread in dict.fromkeys(str(post.thread) for post in posts)}
    without = sum(thread not in found.threads for thread in topics)
    if without:
        ledger.note(f"{without} threads are there by their comments only; their titles are in none of the files.")
    ledger.note("Reactions, labels, assignees, votes and the history of edits are not taken over.")
    study = stated_study(options, path.stem, f"GitHub ({_repository(found) or path.name})")
    draft = draft_of_posts(posts, people, topics, ledger, study=study, zone=zone, program=PROGRAM)
    return draft, ledger.report({"messages": len(draft.messages)})


def _take(value: object, found: _Found, ledger: Ledger) -> None:
    """Gather threads and posts from a value, whichever of the forms it has."""
    waiting: list[tuple[object, str]] = [(value, "")]
    while waiting:
        one, kind = waiting.pop()
        if isinstance(one, list):
            waiting.extend((inner, kind) for inner in reversed(one))
        elif isinstance(one, dict):
            lists = [(one[name], words) for name, words in _LISTS.items() if isinstance(one.get(name), dict | list)]
            around = [(one[name], kind) for name in _AROUND if isinstance(one.get(name), dict | list)]
            if "number" in one and ("title" in one or "body" in one):
                _take_thread(one, kind, found, ledger)
            elif "body" in one and (thread := _thread_of(one)):
                _take_post(one, thread, _asked(one), found, ledger)
            else:
                waiting.extend(reversed([*lists, *around]))


def _take_thread(record: dict[str, Any], kind: str, found: _Found, ledger: Ledger) -> None:
    """Take an issue or a discussion: its opening, and the comments inside it."""
    number = str(whole_in(record, "number"))
    if "pull_request" in record or "/pull/" in text_in(record, "html_url", "url"):
        kind = "pull request"
    elif not kind:
        kind = "discussion" if "/discussions/" in text_in(record, "html_url", "url") else "issue"
    found.threads.setdefault(number, record)
    found.kinds.setdefault(number, kind)
    if any(name in record for name in ("body", "bodyText")):
        _take_post(record, number, None, found, ledger, key=("opening", number))
    _take_comments(records_in(record.get("comments")), number, found, ledger)
    for review in records_in(record.get("reviews")):
        if text_in(review, "body", "bodyText"):
            _take_post(review, number, None, found, ledger)
        # What is said in a review is its author's, whether or not each remark says so.
        remarks = [{"author": _author(review), **one} for one in records_in(review.get("comments"))]
        _take_comments(remarks, number, found, ledger)
    for thread in records_in(record.get("reviewThreads")):
        _take_comments(records_in(thread.get("comments")), number, found, ledger)


def _take_comments(comments: list[dict[str, Any]], number: str, found: _Found, ledger: Ledger) -> None:
    """Take comments, and the replies to each."""
    waiting: list[tuple[dict[str, Any], Hashable | None, int]] = [(one, None, 1) for one in reversed(comments)]
    while waiting:
        comment, above, depth = waiting.pop()
        key = _take_post(comment, number, above or _asked(comment), found, ledger)
        if depth < _DEEPEST:
            waiting += [(reply, key, depth + 1) for reply in reversed(records_in(comment.get("replies")))]


def _take_post(
    record: dict[str, Any],
    thread: str,
    answers: Hashable | None,
    found: _Found,
    ledger: Ledger,
    *,
    key: Hashable | None = None,
) -> Hashable:
    """Take a post once, however many files hold it, and return its key."""
    ledger.came("messages")
    name = text_in(record, "id", "node_id", "html_url", "url")
    key = key or (("comment", name) if name else ("comment", thread, f"number {len(found.posts) + 1}"))
    if key in found.posts:
        found.skipped += 1
        again = (*key, f"skipped {found.skipped}") if isinstance(key, tuple) else key
        ledger.dropped("messages", again, "the same post stands above already")
    else:
        found.posts[key] = (record, thread, answers)
    return key


def _thread_of(record: dict[str, Any]) -> str:
    """Return the number of the thread that a comment by itself belongs to."""
    for name in ("issue_url", "pull_request_url", "discussion_url", "html_url", "url"):
        at = _THREAD_OF.search(text_in(record, name))
        if at:
            return at[1]
    return ""


def _asked(record: dict[str, Any]) -> Hashable | None:
    """Return the key of the comment that a comment answers."""
    name = text_in(record, "in_reply_to_id") or text_in(entry_in(record, "replyTo"), "id")
    return ("comment", name) if name else None


def _author(record: dict[str, Any]) -> str:
    """Return the login of who wrote a post; some exports write it by itself."""
    named = [record[name] for name in ("user", "author") if name in record]
    logins = [one if isinstance(one, str) else text_in(one, "login") for one in named]
    return next(filter(None, logins), GHOST if named else NOBODY)


def _is_bot(record: dict[str, Any]) -> bool:
    """Whether a program wrote a post."""
    user = record.get("user") or record.get("author") or {}
    marks = (entry_in(user, "type"), entry_in(user, "__typename"))
    return "Bot" in marks or entry_in(user, "is_bot") is True or _author(record).endswith("[bot]")


def _attributes(record: dict[str, Any]) -> dict[str, str]:
    """Return how an author stands to the repository."""
    role = text_in(record, "author_association", "authorAssociation").lower()
    return {"association": "" if role == "none" else role}


def _id_of(record: dict[str, Any], thread: str, key: Hashable) -> str:
    """Return the id that a message should have if it can: short enough to be typed."""
    if isinstance(key, tuple) and key[0] == "opening":
        return thread
    name = text_in(record, "id")
    return f"{thread}-{name}" if name.isdecimal() else ""


def _topic(number: str, found: _Found, ledger: Ledger) -> Topic:
    """Return a thread with its kind or category."""
    record = found.threads.get(number, {})
    category = text_in(record.get("category"), "name") or found.kinds.get(number, "")
    listed = record.get("labels")
    labels = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    labels = labels or records_in(listed)
    if labels:
        ledger.came("labels", len(labels))
        for label in range(len(labels)):
            ledger.dropped("labels", (number, label + 1), "a thread has a category and no labels")
    return Topic(text_in(record, "title"), category, number, text_in(record, "html_url", "url", "node_id"))


def _repository(found: _Found) -> str:
    """Return the repository, where all posts are of one."""
    names = {
        name[1]
        for record, *_ in found.posts.values()
        if (name := _REPOSITORY.search(text_in(record, "html_url", "url")))
    }
    return names.pop() if len(names) == 1 else ""
