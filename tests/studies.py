"""Small studies for the tests, written to a folder file by file."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SMALL: dict[str, str] = {
    "study.yaml": """\
        title: A small study
        class: open
        source: written for the tests
        licence: CC0-1.0
        period: {from: 2020-01-01, to: 2020-03-31}
        coders:
          - {id: A, name: Ada}
          - {id: B, name: Ben}
        """,
    "messages.csv": """\
        message_id,thread_id,participant_id,text,posted_at,position,reply_to
        1,T1,P1,We need a shared room. And faster trains.,2020-01-05T10:00:00,1,
        2,T1,P2,A room would help us meet.,2020-01-06T11:00:00,2,1
        3,T1,P1,Thank you.,2020-02-01T09:00:00,3,2
        4,T2,P3,Trains are slow here.,2020-02-03T09:30:00,1,
        """,
    "threads.csv": """\
        thread_id,title,category
        T1,A room,Space
        T2,Trains,Transport
        """,
    "participants.csv": """\
        participant_id,code_name,profession
        P1,Robin,designer
        P2,Sam,consultant
        P3,Alex,designer
        P4,Kim,consultant
        """,
    "codebook.yaml": """\
        codes:
          - {id: a1, name: Place, definition: a place to meet, coder: A}
          - {id: a2, name: Travel, definition: getting there, coder: A}
          - {id: b1, name: Room, definition: a shared room, coder: B}
          - {id: b2, name: Train, definition: trains, coder: B}
          - {id: space, name: Shared space, definition: a wish for a place, status: agreed}
          - {id: travel, name: Transport, definition: getting about, status: agreed}
        """,
    "codings.csv": """\
        coder,message_id,code_id,coding_id,start,end,quote
        A,1,a1,A-1,0,22,We need a shared room.
        A,1,a2,A-2,23,41,And faster trains.
        A,2,a1,A-3,,,
        A,4,a2,A-4,0,21,Trains are slow here.
        B,1,b1,B-1,8,21,a shared room
        B,2,b1,B-2,2,6,room
        B,4,b2,B-3,0,6,Trains
        """,
    "assignments.csv": """\
        coder,message_id,status
        A,1,read
        A,2,read
        A,3,nothing_to_code
        A,4,read
        B,1,read
        B,2,read
        B,3,nothing_to_code
        B,4,read
        """,
    "themes.yaml": """\
        candidate:
          A:
            - {id: ca1, name: Places, codes: [a1]}
            - {id: ca2, name: Journeys, codes: [a2]}
          B:
            - {id: cb1, name: All, codes: [b1, b2]}
        agreed:
          - {id: t-space, name: Shared room, definition: a room, codes: [space], named_in: ["1"]}
          - {id: t-travel, name: Getting about, definition: travel, codes: [travel], named_in: []}
        """,
    "decisions.csv": """\
        decision_id,decided_at,kind,subjects,outcome,target,by,reason
        d1,2020-04-01,code,a1;b1,map,space,A;B,same idea
        d2,2020-04-01,code,a2;b2,map,travel,A;B,same idea
        d3,2020-04-01,coding,A-2,accept,,A;B,said in so many words
        d4,2020-04-02,candidate,ca1,map,t-space,A;B,
        d5,2020-04-02,candidate,ca2,map,t-travel,A;B,
        d6,2020-04-02,candidate,cb1,split,t-space;t-travel,A;B,two things
        """,
    "quotations.csv": """\
        quotation_id,message_id,text,attributed_to,theme_id,form
        q1,1,We need a shared room. (...),Robin,t-space,block
        """,
}


def write_study(folder: Path, *, without: tuple[str, ...] = (), **changes: str) -> Path:
    """Write the small study into `folder` and return it.

    Parameters
    ----------
    folder : Path
    without : tuple of str
        Files to leave out.
    **changes : str
        New text of a file, by its name with an underscore for the point (``messages_csv=...``).
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        **SMALL,
        **{name.replace("_yaml", ".yaml").replace("_csv", ".csv"): text for name, text in changes.items()},
    }
    for name, text in files.items():
        if name not in without:
            (folder / name).write_text(textwrap.dedent(text), encoding="utf-8", newline="\n")
    return folder


def replaced(file: str, old: str, new: str) -> str:
    """Return the text of a file of the small study with `old`, which stands in it once, replaced."""
    text = textwrap.dedent(SMALL[file])
    if text.count(old) != 1:
        message = f"{old!r} stands {text.count(old)} times in {file}"
        raise ValueError(message)
    return text.replace(old, new)
