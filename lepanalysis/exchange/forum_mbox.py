"""Mailing lists as mbox files: threads by what mails refer to, text without attachments and signatures."""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.forum_json import files_in
from lepanalysis.exchange.forum_mail import Mail, mail_of
from lepanalysis.exchange.forum_options import DROP, KEEP, chosen, stated_study, zone_of
from lepanalysis.exchange.forum_posts import NOBODY, Person, Post, Topic, draft_of_posts
from lepanalysis.exchange.guard import LIMITS, read_bounded
from lepanalysis.exchange.limits import MEGABYTE
from lepanalysis.exchange.losses import Ledger
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping
    from pathlib import Path

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.losses import LossReport

PROGRAM = "mail"
_SUFFIXES = (".mbox", ".mbx", ".eml", ".txt", ".gz", "")
# A line that parts mails: after an empty line, and with a time of day and a year. Other lines that begin so are text.
_FROM_LINE = re.compile(rb"From \S.{0,300}\d\d?:\d\d.{0,60}\d{4}[^\n]{0,40}$")
_REPLY = re.compile(r"^\s*(?:(?:re|aw|antw|sv|vs|rv|ref|réf|fw|fwd|wg|tr)(?:\[\d{1,3}\])?\s{0,3}:\s*)", re.IGNORECASE)
_LIST_MARK = re.compile(r"^\s*\[[^\]\n]{1,60}\]\s*")
_MOST_MAIL = 64 * MEGABYTE
# Two mails of one Message-ID, author and time are one mail where so large a share of their words is the same.
_LEAST_ALIKE = 0.75
_LIMITS = replace(LIMITS, member_bytes=1024 * MEGABYTE)


@dataclass(frozen=True)
class _Placed:
    """A mail with the key that no other has."""

    key: str
    mail: Mail


def read(path: Path, options: Mapping[str, Any]) -> tuple[Draft, LossReport]:
    """Read mails.

    Parameters
    ----------
    path : Path
        An mbox file, also packed with gzip as Mailman keeps them, or a folder of such and of ``.eml`` files.
    options : mapping
        ``quoted``: ``keep`` or ``drop`` what is quoted of other mails; ``signatures``: ``drop`` or ``keep``; ``zone``:
        the zone in whose time messages are dated.

    Returns
    -------
    draft : Draft
    report : LossReport
    """
    drop_quoted = chosen(options, "quoted", (KEEP, DROP)) == DROP
    drop_signatures = chosen(options, "signatures", (DROP, KEEP)) == DROP
    zone = zone_of(options)
    ledger = Ledger(path.name, "mails (mbox)")
    placed = list(_mails(path, ledger, drop_quoted=drop_quoted, drop_signatures=drop_signatures))
    if not placed:
        raise LepanalysisError(f"{path.name} holds no mail that could be read; an mbox file begins with “From ”")
    threads, answers, by_subject = _threads(placed)
    posts, people, topics = [], {}, {}
    for one in placed:
        mail, thread = one.mail, threads[one.key]
        author: Hashable = mail.address or ("name", mail.name.casefold())
        if mail.when is None:
            ledger.changed("messages", one.key, "it has no date that can be read")
        if one.key in by_subject:
            ledger.changed("messages", one.key, "it refers to no other mail; its subject put it into a thread")
        posts.append(Post(one.key, thread, author, mail.text, mail.when, answers.get(one.key), (), "", mail.id))
        shown = mail.name or mail.address.partition("@")[0] or NOBODY
        people.setdefault(author, Person(shown, mail.address, is_id=False))
        topics.setdefault(thread, Topic(bare_subject(mail.subject) or "(no subject)", mail.list))
    ledger.note("Who a mail was sent to, and other headers, are not taken over.")
    study = stated_study(options, path.stem, f"mails ({path.name})")
    draft = draft_of_posts(posts, people, topics, ledger, study=study, zone=zone, program=PROGRAM)
    return draft, ledger.report({"messages": len(draft.messages)})


def bare_subject(subject: str) -> str:
    """Return a subject without the marks of replies and of the list.

    Parameters
    ----------
    subject : str
    """
    before = None
    while subject != before:
        before = subject
        subject = _LIST_MARK.sub("", _REPLY.sub("", subject))
    return " ".join(subject.split())


def _mails(path: Path, ledger: Ledger, *, drop_quoted: bool, drop_signatures: bool) -> Iterator[_Placed]:
    """Yield the mails of all files, each once and under a key of its own."""
    seen: dict[str, Mail] = {}
    number = 0
    for file in files_in(path, _SUFFIXES):
        data = _unpacked(read_bounded(file, _LIMITS), file.name)
        for raw in _parted(data, file):
            number += 1
            ledger.came("messages")
            name = f"mail {number}"
            if len(raw) > _MOST_MAIL:
                ledger.dropped("messages", name, f"it has more than {_MOST_MAIL // MEGABYTE} MB")
                continue
            mail, problem = mail_of(raw, drop_quoted=drop_quoted, drop_signatures=drop_signatures)
            if mail is None:
                ledger.dropped("messages", name, problem)
                continue
            key = mail.id or name
            if key in seen and (same := _same(seen[key], mail)):
                ledger.dropped("messages", name, same)
                continue
            if key in seen:
                key = f"{key} ({name})"
                ledger.changed("messages", key, "another mail has its Message-ID; answers count as answers to that one")
            seen[key] = mail
            _count(mail, key, ledger)
            yield _Placed(key, mail)


def _same(one: Mail, other: Mail) -> str:
    """Return why a mail is one that stands above already, of two with one Message-ID; empty where it is not.

    Archives that were made anew hold mails twice, with other characters here and there.
    """
    if (one.address, one.subject, one.text) == (other.address, other.subject, other.text):
        return "the same mail stands above already"
    if one.when is None or (one.address, one.subject, one.when) != (other.address, other.subject, other.when):
        return ""
    words, others = Counter(one.text.split()), Counter(other.text.split())
    alike = (words & others).total() >= _LEAST_ALIKE * max(words.total(), others.total())
    return "a mail of the same author, time and almost the same words stands above already" if alike else ""


def _count(mail: Mail, key: str, ledger: Ledger) -> None:
    """Count what was left out of a mail."""
    for change in mail.changes:
        ledger.changed("messages", key, change)
    left_out = (
        ("attachments", mail.attachments, "a message is text"),
        ("signatures", int(mail.is_signed), "what stands below “-- ”, or the foot that a list adds"),
        ("quoted lines", mail.quoted, "left out, as was asked"),
    )
    for kind, count, why in left_out:
        if count:
            ledger.came(kind, count)
            for place in range(count):
                ledger.dropped(kind, (key, place + 1), why)


def _unpacked(data: bytes, name: str) -> bytes:
    """Return what gzip packed, within bounds; other data as it is."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    packed = zlib.decompressobj(wbits=31)
    try:
        found = packed.decompress(data, _LIMITS.member_bytes)
    except zlib.error as error:
        raise LepanalysisError(f"{name} is damaged ({error}); fetch it again") from None
    if packed.unconsumed_tail:
        raise LepanalysisError(f"{name} is refused: unpacked it has more than {_LIMITS.member_bytes // MEGABYTE:,} MB")
    if not packed.eof:
        raise LepanalysisError(f"{name} is cut short; fetch it again")
    return found


def _parted(data: bytes, file: Path) -> Iterator[bytes]:
    """Yield the mails of a file; a file of one mail (``.eml``) begins with no such line."""
    if b"\r\n" in data[:10_000]:
        data = data.replace(b"\r\n", b"\n")
    if not data.startswith(b"From "):
        if file.suffix.lower() == ".eml":
            yield data
        return
    begin = data.find(b"\n") + 1
    at = begin
    while begin > 0:
        at = data.find(b"\nFrom ", at - 1 if at else 0)
        if at < 0:
            yield data[begin:]
            return
        end = data.find(b"\n", at + 1)
        line = data[at + 1 : end if end >= 0 else len(data)]
        if (at == 0 or data[at - 1 : at] == b"\n") and len(line) < 500 and _FROM_LINE.match(line):
            yield data[begin : at + 1]
            if end < 0:
                return
            begin = at = end + 1
        else:
            at += 2


class _Joined:
    """Names that belong together, by way of others (a union of sets)."""

    def __init__(self) -> None:
        """Begin with every name by itself."""
        self._above: dict[str, str] = {}

    def root(self, name: str) -> str:
        """Return the name that stands for all that a name is joined with."""
        above = self._above
        while above.setdefault(name, name) != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    def join(self, one: str, other: str) -> bool:
        """Join two names and say whether they were apart."""
        first, second = self.root(one), self.root(other)
        self._above[first] = second
        return first != second


def _threads(placed: list[_Placed]) -> tuple[dict[str, str], dict[str, str], set[str]]:
    """Return the thread of each mail, what it answers, and which were put there by their subject alone."""
    joined = _Joined()
    known = {one.key for one in placed}
    answers: dict[str, str] = {}
    for one in placed:
        # Mails that are not here still hold those together that refer to them.
        for name in one.mail.refers:
            joined.join(one.key, name)
        asked = next((name for name in reversed(one.mail.refers) if name in known and name != one.key), None)
        if asked is not None:
            answers[one.key] = asked
    by_subject = _joined_by_subject(placed, joined)
    members: dict[str, list[str]] = defaultdict(list)
    for one in placed:
        members[joined.root(one.key)].append(one.key)
    return {name: names[0] for names in members.values() for name in names}, answers, by_subject


def _joined_by_subject(placed: list[_Placed], joined: _Joined) -> set[str]:
    """Join answers that refer to nothing with the first mail of their subject; return which they are."""
    first: dict[str, str] = {}
    found: set[str] = set()
    for one in placed:
        subject = bare_subject(one.mail.subject).casefold()
        if subject in first and not one.mail.refers and _is_reply(one.mail.subject):
            if joined.join(one.key, first[subject]):
                found.add(one.key)
        elif subject:
            first.setdefault(subject, one.key)
    return found


def _is_reply(subject: str) -> bool:
    return bool(_REPLY.match(_LIST_MARK.sub("", subject)))
