"""A study cannot be without messages; one made of codes alone has a sentence in their place."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from lepanalysis.exchange.ids import Ids

if TYPE_CHECKING:
    from lepanalysis.exchange.draft import Draft

_NOBODY = "nobody yet"


def with_placeholder(draft: Draft, what: str) -> Draft:
    """Return a draft with a message that says that there is none.

    Parameters
    ----------
    draft : Draft
        Without messages.
    what : str
        What the study was made from.
    """
    thread, person = (
        Ids(kind[0], [row[f"{kind}_id"] for row in rows]).of("placeholder")
        for kind, rows in (("thread", draft.threads), ("participant", draft.participants))
    )
    text = f"This study was made from a {what} and has no messages yet; put them in the place of this one."
    row = {"message_id": "m1", "thread_id": thread, "participant_id": person, "text": text}
    taken = {str(one.get("code_name")).casefold() for one in draft.participants}
    nobody = {"participant_id": person, "code_name": f"{_NOBODY} ({person})" if _NOBODY in taken else _NOBODY}
    threads = (*draft.threads, {"thread_id": thread}) if draft.threads else ()
    return dataclasses.replace(draft, messages=(row,), participants=(*draft.participants, nobody), threads=threads)
