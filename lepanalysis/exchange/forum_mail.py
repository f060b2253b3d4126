"""One mail as text: its parts, its characters, what it quotes and how it is signed; nothing in it can be a fault."""

from __future__ import annotations

import codecs
import datetime as dt
import email
import email.errors
import email.header
import email.policy
import email.utils
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepanalysis.exchange.forum_html import text_of_html
from lepanalysis.exchange.forum_posts import sound

if TYPE_CHECKING:
    from email.message import Message

# Headers are cut here before anything looks at them.
_LONGEST_HEADER, _LONGEST_REFERENCES = 2000, 20_000
_MOST_REFERENCES = 60
# More parts than this, or parts deeper in each other, are no mail that somebody wrote.
_MOST_PARTS = 200
_MOST_HEADERS = 1 << 20
# Encodings of texts. Python knows more, among them some that take quadratic time.
_CHARSET = re.compile(
    r"(?:utf|iso|cp|windows|koi8|mac|gb|big5|shift|sjis|euc|ascii|us-ascii|latin|tis|hz|johab|ks_c|l\d|unicode-1-1-utf-7)",
    re.IGNORECASE,
)
_ANGLED = re.compile(r"<([^<>\s]{1,300})>")
_ADDRESS = re.compile(r"[^\s<>()\"',;:@]{1,100}(?:@| at )[\w.-]{1,200}")
_COMMENT = re.compile(r"\(([^()]{1,200})\)\s*$")
_QUOTED = re.compile(r"^\s{0,3}(?:[A-Z]{0,4}>)")
_ORIGINAL = re.compile(
    r"^-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine|forwarded message)\b.*$", re.IGNORECASE
)
# What Mailman's archives say in the place of an attachment, or of words of which the mail named no encoding.
_SCRUBBED = re.compile(
    r"^(?:-{10,} next part -{10,}\n)?An? [^\n]{1,60} was scrubbed\.\.\.\n"
    r"(?:(?:Name|Type|Size|Desc|From|To|Subject|Date|URL|Url) ?:[^\n]{0,1000}(?:\n|\Z)){1,8}",
    re.MULTILINE,
)
_ELSEWHERE = "the archive keeps its words apart, as an attachment; what it says in their place stands here"
_SIGNATURE = re.compile(r"^-- ?$")
_FOOTER = re.compile(r"^_{20,}$")
# The line above a quotation that says whose words these are.
_ATTRIBUTION = re.compile(
    r"(?:wrote|writes|said|schrieb|schreibt|écrit|scrisse|ha scritto|escribió|skrev|schreef)\b.{0,80}:\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Mail:
    """What a mail says.

    Parameters
    ----------
    id : str
        Message-ID without angle brackets; empty where there is none.
    refers : tuple of str
        Message-IDs that it refers to, the one it answers last.
    subject, name, address, list : str
    when : datetime.datetime or None
    text : str
    changes : tuple of str
        In which ways its words are not as they were sent.
    attachments, quoted : int
        How many parts, and how many lines that quote other mails, were left out.
    is_signed : bool
        Whether a signature was left out.
    """

    id: str
    refers: tuple[str, ...]
    subject: str
    name: str
    address: str
    list: str
    when: dt.datetime | None
    text: str
    changes: tuple[str, ...] = ()
    attachments: int = 0
    quoted: int = 0
    is_signed: bool = False


def mail_of(raw: bytes, *, drop_quoted: bool, drop_signatures: bool) -> tuple[Mail | None, str]:
    """Return a mail, or None and why it cannot be read.

    Parameters
    ----------
    raw : bytes
        With LF line ends.
    drop_quoted, drop_signatures : bool
    """
    if raw.count(b"boundary=") > _MOST_PARTS:
        return None, f"it has more than {_MOST_PARTS} parts in parts"
    if len(raw.partition(b"\n\n")[0]) > _MOST_HEADERS:
        return None, "its headers have more than 1 MB"
    try:
        message = email.message_from_bytes(raw, policy=email.policy.compat32)
        body = _body(message, drop_quoted=drop_quoted, drop_signatures=drop_signatures)
    except RecursionError:
        return None, "its parts lie too deep in each other"
    except (ValueError, LookupError, TypeError, AttributeError, email.errors.MessageError):
        # What Python's library stumbles over differs from version to version.
        return None, "its form is broken"
    who, address = _author(_decoded(_header(message, "From")))
    key = next(iter(_ANGLED.findall(_header(message, "Message-ID"))), "")
    subject = " ".join(_decoded(_header(message, "Subject")).split())
    if not who and not address and not subject and not key:
        return None, "it has no headers of a mail"
    listed = _list(_decoded(_header(message, "List-Id")))
    when = _date(_header(message, "Date"))
    return Mail(key, _refers(message), subject, who, address, listed, when, *body), ""


def _header(message: Message, name: str, longest: int = _LONGEST_HEADER, *, last: bool = False) -> str:
    """Return a header as it stands, cut to a bounded length."""
    value = message.get(name)
    text = "" if value is None else str(value)
    return text[-longest:] if last else text[:longest]


def _refers(message: Message) -> tuple[str, ...]:
    """Return what a mail refers to, the mail that it answers last."""
    references = _ANGLED.findall(_header(message, "References", _LONGEST_REFERENCES, last=True))
    answered = _ANGLED.findall(_header(message, "In-Reply-To"))[:1]
    # Where both are there, References end with the mail that is answered; old programs write the one only.
    found = [*[one for one in answered if one not in references], *references]
    return tuple(dict.fromkeys(found[-_MOST_REFERENCES:]))


def _decoded(value: str) -> str:
    """Return a header with its encoded words read."""
    if "=?" not in value:
        # Bytes beyond ASCII that no header may have; most of them are UTF-8.
        return _as_text(value.encode("utf-8", "surrogateescape"), "utf-8")[0]
    try:
        parts = email.header.decode_header(value)
    except (ValueError, LookupError, email.errors.MessageError):
        return value
    found = []
    for part, charset in parts:
        found.append(part if isinstance(part, str) else _as_text(part, charset or "utf-8")[0])
    return "".join(found)


def _as_text(data: bytes, charset: str) -> tuple[str, str]:
    """Return bytes as text, and what was wrong with the encoding that they are said to have."""
    charset = charset.strip().strip("\"'").lower()
    known = _charset(charset)
    if known:
        try:
            return data.decode(known), ""
        except UnicodeError:
            pass
    problem = "its characters are not in the encoding that it names; they were read as well as could be"
    try:
        return data.decode("utf-8"), "" if charset in {"us-ascii", "ascii"} else problem
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), problem


def _charset(name: str) -> str:
    """Return the encoding of that name; empty where it is none that texts have."""
    try:
        found = codecs.lookup(name).name if _CHARSET.match(name) else ""
    except (LookupError, ValueError):
        return ""
    # What calls itself Latin-1 mostly is what Windows calls Western.
    return {"iso8859-1": "cp1252"}.get(found, found)


def _author(value: str) -> tuple[str, str]:
    """Return name and address of whoever wrote; Mailman's archives write ``user at example.org (Name)``."""
    angled = _ANGLED.search(value)
    plain = _ADDRESS.search(value)
    if angled and ("@" in angled[1] or plain is None):
        address, name = angled[1], value[: angled.start()]
    elif plain:
        comment = _COMMENT.search(value)
        address, name = plain[0], comment[1] if comment else value[: plain.start()]
    else:
        address, name = "", value
    name = " ".join(name.strip().strip("\"'<>").replace('\\"', '"').split())
    if _ADDRESS.fullmatch(name) and ("@" in name or "." in name.rpartition(" at ")[2]):
        # Where no name was given, archives write the address in its place.
        name = ""
    return name, address.replace(" at ", "@").strip().lower()


def _list(value: str) -> str:
    """Return the name of a list."""
    angled = _ANGLED.search(value)
    name = " ".join(value[: angled.start()].strip().strip('"').split()) if angled else value.strip()
    return (name or (angled[1] if angled else ""))[:200]


def _date(value: str) -> dt.datetime | None:
    """Return the date of a mail."""
    try:
        when = email.utils.parsedate_to_datetime(value)
        return sound(when if when.tzinfo is not None else when.replace(tzinfo=dt.UTC))
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None


def _body(message: Message, *, drop_quoted: bool, drop_signatures: bool) -> tuple[str, tuple[str, ...], int, int, bool]:
    """Return the words of a mail, how they were changed, and what was left out: parts, quoted lines, signature."""
    found: list[str] = []
    marks: list[str] = []
    changes: dict[str, None] = {}
    attachments = quoted = 0
    signed = False
    for part, is_text in _parts(message):
        if is_text:
            text, changed = _words(part)
            marks += [mark[0].strip("\n") for mark in _SCRUBBED.finditer(text)]
            found.append(_SCRUBBED.sub("", text).strip("\n"))
            changes |= dict.fromkeys(changed)
        else:
            attachments += 1
    if marks and not "".join(found).strip():
        # Its words were kept apart too. That there was a mail, and what it answers, is worth more than no message.
        found, marks = marks, []
        changes[_ELSEWHERE] = None
    attachments += len(marks)
    lines = "\n\n".join(filter(None, found)).split("\n")
    if drop_signatures:
        lines, signed = _unsigned(lines)
    if drop_quoted:
        lines, quoted = _unquoted(lines)
    return "\n".join(lines).strip("\n"), tuple(changes), attachments, quoted, signed


def _parts(message: Message) -> list[tuple[Message, bool]]:
    """Return the parts of a mail in their order, and which of them are its words."""
    found: list[tuple[Message, bool]] = []
    waiting = [message]
    while waiting and len(found) < _MOST_PARTS:
        part = waiting.pop()
        _shorten(part)
        kind = part.get_content_type()
        # Only of parts in parts: of text, Python would read the characters in whatever encoding the mail names.
        if part.is_multipart() and kind != "message/rfc822":
            inner = [one for one in part.get_payload() if not isinstance(one, str)]
            waiting.extend(reversed(_alternative(inner) if kind == "multipart/alternative" else inner))
            continue
        attached = str(part.get("Content-Disposition") or "").strip().lower().startswith("attachment")
        is_text = kind in {"text/plain", "text/html"} and not attached and not part.get_filename()
        found.append((part, is_text))
    return found


def _shorten(part: Message) -> None:
    """Cut the headers that say what a part is: their parameters are read again and again."""
    for name in ("Content-Type", "Content-Disposition"):
        if len(str(part.get(name) or "")) > _LONGEST_HEADER:
            part.replace_header(name, str(part[name])[:_LONGEST_HEADER])


def _alternative(parts: list[Message]) -> list[Message]:
    """Return the one of several forms of the same words that is nearest to plain text."""
    for wanted in ("text/plain", "multipart/", "text/html"):
        for part in parts:
            if part.get_content_type().startswith(wanted):
                return [part]
    return parts[:1]


def _words(part: Message) -> tuple[str, list[str]]:
    """Return the words of a part that is text, and how they were changed."""
    data = part.get_payload(decode=True)
    text, problem = _as_text(data if isinstance(data, bytes) else b"", str(part.get_content_charset() or "us-ascii"))
    changes = [problem] if problem else []
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.get_content_type() == "text/html":
        return text_of_html(text).text, [*changes, "it was written in HTML; its words are kept"]
    if str(part.get_param("format", "")).lower() == "flowed":
        text = _unfolded(text, joined=str(part.get_param("delsp", "")).lower() == "yes")
    # mbox puts a mark before lines of text that begin like the line between two mails.
    return re.sub(r"^>(>*From )", r"\1", text, flags=re.MULTILINE), changes


def _unfolded(text: str, *, joined: bool) -> str:
    """Return text with the lines joined that a mail program broke (RFC 3676)."""
    lines: list[str] = []
    before = ""
    open_ = False
    for line in text.split("\n"):
        mark = line[: len(line) - len(line.lstrip(">"))]
        words = line[len(mark) :].removeprefix(" ")
        if open_ and mark == before and words != "-- ":
            lines[-1] = (lines[-1][:-1] if joined else lines[-1]) + words
        else:
            lines.append(f"{mark} {words}" if mark else words)
        open_ = words.endswith(" ") and words != "-- "
        before = mark
    return "\n".join(line if line == "-- " else line.rstrip() for line in lines)


def _unsigned(lines: list[str]) -> tuple[list[str], bool]:
    """Return lines without the signature and the foot of a list, and whether there was one."""
    for place in range(len(lines) - 1, max(-1, len(lines) - 40), -1):
        # A signature has words above it; a mail that is nothing else is kept.
        if (_SIGNATURE.match(lines[place]) or _FOOTER.match(lines[place])) and any(map(str.strip, lines[:place])):
            first = place
            while first > 0 and not lines[first - 1].strip():
                first -= 1
            rest, _ = _unsigned(lines[:first]) if _FOOTER.match(lines[place]) else (lines[:first], True)
            return rest, True
    return lines, False


def _unquoted(lines: list[str]) -> tuple[list[str], int]:
    """Return lines without what is quoted of other mails, and how many that were."""
    kept: list[str] = []
    dropped = 0
    for place, line in enumerate(lines):
        if _ORIGINAL.match(line):
            return kept, dropped + len(lines) - place
        if not _QUOTED.match(line):
            kept.append(line)
            continue
        dropped += 1
        # The line above, or the two above, that say whose words these are.
        while kept and not kept[-1].strip():
            kept.pop()
        count = _attribution(kept)
        if count:
            dropped += count
            del kept[-count:]
    return kept, dropped


def _attribution(lines: list[str]) -> int:
    """Return how many of the last lines say whose words follow: none, one, or two where a program broke the line."""
    if not lines:
        return 0
    two = " ".join(line.strip()[-300:] for line in lines[-2:] if line.strip())
    found = _ATTRIBUTION.search(two)
    if found is None:
        return 0
    own = len(lines[-1].strip()[-300:])
    # A line that has only the verb, or not even that, goes with the one above it.
    broken = len(lines) > 1 and lines[-2].strip() and found.start() <= len(two) - own
    return 2 if broken else 1
