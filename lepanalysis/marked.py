"""Text with the coders' segments marked in it, as HTML: side by side, escaped, and legible without colour.

A segment begins with its code's name in brackets and ends with a bracket, as text, so that a printer in grey, a screen
reader and a copy on the clipboard all keep it; each coder's line below the words has a style of its own as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from lepanalysis.disagreements import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from lepanalysis.disagreements import Segment
    from lepanalysis.study import Study

# How the words of the first coder, the second, ... are underlined; with a fifth coder the styles begin again.
LINES = ("solid", "dashed", "dotted", "double")
# Colours go with the lines and never alone; black on each has a contrast above 7 : 1.
TINTS = ("#fff3c4", "#d9ecff", "#e3f5e1", "#f6e3f3")
# How much of a long message is shown before and after the words in question.
CONTEXT = 240
WORDS = "It holds the words of messages and goes where they may go."
# What * after the number of a message says: it is published, but whoever coded it is not the article.
PRINTED = "*: the words are printed; their coding is none of the article's."
STYLE = (
    ".lep-marked{font-family:inherit;color:#111;background:#fff;line-height:1.7}"
    ".lep-marked article{border-top:1px solid #555;padding:.6em 0;margin:0}"
    ".lep-marked .head{font-size:1em;margin:.2em 0}"
    ".lep-marked .sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(18em,1fr));gap:0 1.6em}"
    ".lep-marked .who{font-size:.9em;margin:.4em 0 .1em}"
    ".lep-marked .side p{margin:.1em 0;white-space:pre-wrap;overflow-wrap:anywhere}"
    ".lep-marked mark{color:#111;text-decoration-line:underline;text-decoration-thickness:2px;"
    "text-underline-offset:.25em}"
    + "".join(
        f".lep-marked .coder-{place} mark{{background:{tint};text-decoration-style:{line}}}"
        for place, (tint, line) in enumerate(zip(TINTS, LINES, strict=True))
    )
    + ".lep-marked .edge{font-size:.8em;font-weight:600}.lep-marked .asked{font-weight:700}"
    "@media print{.lep-marked article{break-inside:avoid}}"
)


@dataclass(frozen=True, eq=False)
class MarkedTable:
    """A table that has a page of marked text beside it: the same rows with their words, as HTML.

    Parameters
    ----------
    data : pandas.DataFrame
        The table.
    html : str
        All of it as a fragment, escaped, such as `disagreements_html` gives.
    excerpt : str
        What of it a notebook shows below the table.

    Examples
    --------
    >>> import pandas as pd
    >>> MarkedTable(pd.DataFrame({"message": ["1"]}), html="<p>A room &amp; more</p>").excerpt
    ''
    """

    data: pd.DataFrame
    html: str
    excerpt: str = ""


def marked_text(
    text: str, segments: Iterable[Segment], *, asked: str = "", start: int = 0, end: int | None = None
) -> str:
    """Return a text as HTML with segments marked in it.

    Parameters
    ----------
    text : str
    segments : iterable of Segment
        Of one coder; they may overlap.
    asked : str
        Id of the code in question, whose name is set bolder.
    start, end : int
        Show only this part of the text; what is left out is an ellipsis.

    Returns
    -------
    str
        The words with ``<mark>`` around those that are covered; where a segment begins stands its code's name in
        brackets, where it ends a closing bracket. Everything of the text and the names is escaped.

    Examples
    --------
    >>> from lepanalysis.disagreements import Segment
    >>> marked_text("A room & more", [Segment("S1", "Place", 2, 6, "c1", "room")])
    'A <mark><span class="edge">[Place: </span>room<span class="edge">]</span></mark> &amp; more'
    """
    last = len(text) if end is None else min(end, len(text))
    shown = sorted(
        (one for one in segments if one.start < last and one.end > start), key=lambda one: (one.start, -one.end)
    )
    cuts = sorted({start, last, *(min(max(place, start), last) for one in shown for place in (one.start, one.end))})
    parts = ["…"] if start > 0 else []
    for begin, until in pairwise(cuts):
        words = escape(text[begin:until])
        over = [one for one in shown if one.start <= begin and until <= one.end]
        if not over:
            parts.append(words)
            continue
        # A segment that began before the part shown is named where the part begins.
        opened = "".join(_opening(one, asked) for one in over if max(one.start, start) == begin)
        closed = "".join('<span class="edge">]</span>' for one in over if one.end == until)
        parts.append(f"<mark>{opened}{words}{closed}</mark>")
    parts += ["…"] if last < len(text) else []
    return "".join(parts)


def _opening(segment: Segment, asked: str) -> str:
    """Return the bracket and the name at which a segment begins."""
    kind = "edge asked" if segment.code_id == asked else "edge"
    return f'<span class="{kind}">[{escape(segment.code)}: </span>'


def disagreements_html(
    study: Study,
    *,
    order: str = "themes",
    boundaries: str = "apart",
    kinds: Sequence[str] = (),
    statuses: Sequence[str] = (),
    limit: int | None = None,
    context: int = CONTEXT,
    level: int = 3,
) -> str:
    """Return the disagreements as a fragment of HTML, the coders' segmentations of the same words side by side.

    Parameters
    ----------
    study : Study
    order, boundaries : str
        See `lepanalysis.disagreements.disagreements`.
    kinds, statuses : sequence of str
        Show only these; all when empty.
    limit : int, optional
        Show only so many; a sentence says how many there are in all.
    context : int
        Characters that are shown around the words in question.
    level : int
        Of the headings: 3 below a section of a notebook, 2 in a page of its own.

    Returns
    -------
    str
        With its own style, whose rules hold inside the fragment alone; no script, nothing from elsewhere.

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> disagreements_html(study, statuses=["open"]).count("<article")
    5
    """
    frame = side_by_side(study, order, boundaries)
    if kinds:
        frame = frame[frame["kind"].isin(list(kinds))]
    if statuses:
        frame = frame[frame["status"].isin(list(statuses))]
    total = len(frame)
    plain = frame if limit is None else frame.head(limit)
    shown = starred(study, plain)
    coders = [(coder.id, coder.name) for coder in study.coders]
    articles = [
        _article(number, row, coders, context, level) for number, row in enumerate(shown.to_dict("records"), start=1)
    ]
    count = f"{total} disagreement{'' if total == 1 else 's'}"
    head = f"{count}, {len(shown)} of them shown." if len(shown) < total else f"{count}."
    lines = ", ".join(f"{name}: {LINES[place % len(LINES)]} line" for place, (_, name) in enumerate(coders))
    key = f"A segment begins with [the name of its code: and ends with ]. {lines}." if coders else ""
    key += f" {PRINTED}" if (shown["message_id"] != plain["message_id"]).any() else ""
    return (
        f'<section class="lep-marked" lang="{escape(study.record.language, quote=True)}" aria-label="Disagreements">'
        f"<style>{STYLE}</style><p>{head} {escape(key)}</p>{''.join(articles)}</section>"
    )


def starred(study: Study, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with * after the ids of messages that are published (see `PRINTED`).

    Examples
    --------
    >>> from lepanalysis.disagreements import disagreements
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> int(starred(study, disagreements(study))["message_id"].str.endswith("*").sum())
    5
    """
    printed = set(study.messages.frame["message_id"][study.messages.record_classes == "published"])
    ids = frame["message_id"]
    return frame.assign(message_id=ids.where(~ids.isin(printed), ids + "*"))


def _article(number: int, row: dict[str, object], coders: list[tuple[str, str]], context: int, level: int) -> str:
    """Return one disagreement with a text for each coder."""
    text, code = str(row["message"]), str(row["code_id"])
    segments = {coder: row[f"segments_{coder}"] for coder, _ in coders}
    places = [(one.start, one.end) for found in segments.values() for one in found or () if one.code_id == code]  # type: ignore[attr-defined]
    start = max(min(first for first, _ in places) - context, 0)
    end = min(max(last for _, last in places) + context, len(text))
    other = f"; instead: {row['other_codes']}" if row["other_codes"] else ""
    recurs = f"; in {row['recurs']} messages" if row["recurs"] != 1 else ""
    about = [f"{row['kind']}{other}{recurs}", str(row["status"])]
    about += [f"theme: {row['theme']}"] if row["theme"] else []
    about += [f"decision {row['decision_id']}: {row['reason']}".rstrip(": ")] if row["decision_id"] else []
    sides = []
    for place, (coder, name) in enumerate(coders):
        mine = segments[coder]
        if mine is None:
            body = "<em>has not read this message</em>"
        else:
            nothing = "" if mine else "<em>marked nothing here: </em>"
            body = nothing + marked_text(text, mine, asked=code, start=start, end=end)  # type: ignore[arg-type]
        head = f'<h{level + 1} class="who">{escape(name)}</h{level + 1}>'
        sides.append(f'<div class="side coder-{place % len(LINES)}">{head}<p>{body}</p></div>')
    title = escape(f"{number}. {row['code']}, message {row['message_id']}", quote=True)
    return (
        f'<article aria-label="{title}"><h{level} class="head">{title}</h{level}><p>{escape(" · ".join(about))}</p>'
        f'<div class="sides">{"".join(sides)}</div></article>'
    )


def page(study: Study, fragment: str, title: str = "Disagreements", about: str = "") -> str:
    """Return a fragment as a whole page that says whose data it shows.

    Parameters
    ----------
    study : Study
    fragment : str
        Such as `disagreements_html` gives.
    title : str
    about : str
        What the fragment rests on; without it, the class of the study.

    Returns
    -------
    str
        The same each time; with nothing from elsewhere and no script, which the page forbids as well.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> page(open_study("data/standin"), "<p>Nothing.</p>").count("Class of the study: stand-in.")
    1
    """
    heading = escape(f"{title} · {study.title}")
    class_ = escape(f"{about or f'Class of the study: {study.class_}.'} {WORDS}")
    language = escape(study.record.language, quote=True)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{heading}</title></head><body><main><h1>{heading}</h1><p>{class_}</p>{fragment}</main></body></html>\n"
    )
