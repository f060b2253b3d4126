"""Studies that have nothing in common with the stand-in: other language, other people, other parts."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Contributions of a German town on its market place: nobody dated them, nobody made themes of them, three people coded.
_TEXTS = (
    ("F1", "P1", "Der Brunnen ist seit Jahren kaputt, bitte endlich reparieren."),
    ("F1", "P2", "Mehr Bänke im Schatten wären schön."),
    ("F1", "P3", "Am Markttag ist es zu laut für die Anwohner."),
    ("F2", "P1", "Wo sollen die Räder stehen? Es fehlen Bügel."),
    ("F2", "P4", "Lieferwagen versperren jeden Morgen den Durchgang."),
    ("F2", "P2", "Alles gut so, wie es ist."),
    ("F3", "P3", "Bäume statt Parkplätze, und zwar bald!"),
    ("F3", "P4", "Der Platz ist abends dunkel und wirkt unsicher."),
)
# Each coder's value of the ordinal code, contribution by contribution; a point where none was given.
_VALUES = {"ab": "hmmhhghh", "bc": "hgmhhgmh", "zs": "mgghh.mm"}
_NAMES = {"h": "hoch", "m": "mittel", "g": "gering"}
_NOISE = {"ab": (3,), "bc": (3, 5), "zs": ()}
_MARKET: dict[str, str] = {
    "study.yaml": """\
        title: Der Marktplatz in Rede und Gegenrede
        class: restricted
        source: Beteiligung der Stadt Ückendorf
        licence: nicht zur Weitergabe
        language: de
        coders:
          - {id: ab, name: Anke Brandt}
          - {id: bc, name: Bülent Çelik}
          - {id: zs, name: Zoë Šimek}
        """,
    "messages.csv": "message_id,thread_id,participant_id,text\n"
    + "".join(f'B{place},{thread},{person},"{text}"\n' for place, (thread, person, text) in enumerate(_TEXTS, 1)),
    "threads.csv": """\
        thread_id,title,category
        F1,Aufenthalt,Platz
        F2,Verkehr,Wege
        F3,Gestaltung,Platz
        """,
    "participants.csv": """\
        participant_id,code_name,Stadtteil
        P1,Birke,Nord
        P2,Linde,Süd
        P3,Ahorn,Nord
        P4,Esche,Süd
        """,
    "codebook.yaml": """\
        codes:
          - {id: eile, name: Dringlichkeit, definition: wie eilig, scale: ordinal, values: [gering, mittel, hoch]}
          - {id: laut, name: Lärm, definition: es ist zu laut}
        """,
    "codings.csv": "coder,message_id,code_id,value\n"
    + "".join(
        f"{coder},B{place},eile,{_NAMES[value]}\n"
        for coder, values in _VALUES.items()
        for place, value in enumerate(values, 1)
        if value != "."
    )
    + "".join(f"{coder},B{place},laut,\n" for coder, places in _NOISE.items() for place in places),
}
# Talks with gardeners: one coder, themes, dates, a quotation, one thread a talk and one message a thread.
_GARDEN: dict[str, str] = {
    "study.yaml": """\
        title: Gespräche im Schrebergarten
        class: open
        source: eigene Gespräche
        licence: CC0-1.0
        language: de
        period: {from: 2021-05-01, to: 2021-06-30}
        coders: [{id: k, name: Käthe Örtel}]
        """,
    "messages.csv": """\
        message_id,thread_id,participant_id,text,posted_at
        G1,T1,P1,Ohne die Nachbarn hätte ich aufgegeben.,2021-05-03
        G2,T2,P2,Der Boden ist das Wichtigste am ganzen Garten.,2021-05-20
        G3,T3,P3,Die Nachbarn gießen und ich jäte.,2021-06-02
        """,
    "participants.csv": """\
        participant_id,code_name
        P1,Kohlrabi
        P2,Möhre
        P3,Zwiebel
        """,
    "codebook.yaml": """\
        codes:
          - {id: hilfe, name: Nachbarschaftshilfe, definition: wer wem hilft}
          - {id: erde, name: Erde, definition: vom Boden}
        """,
    "codings.csv": """\
        coder,message_id,code_id,start,end
        k,G1,hilfe,0,17
        k,G2,erde,0,9
        k,G3,hilfe,,
        """,
    "themes.yaml": """\
        agreed:
          - {id: mit, name: Miteinander, definition: was man einander gibt, codes: [hilfe]}
          - {id: boden, name: Was wächst, definition: der Boden, codes: [erde]}
        """,
    "quotations.csv": """\
        quotation_id,message_id,text,attributed_to,theme_id,form
        z1,G1,Ohne die Nachbarn hätte ich aufgegeben.,Kohlrabi,mit,block
        """,
}
# Texts and nothing else, of a person alone.
_BARE: dict[str, str] = {
    "study.yaml": """\
        title: Tagebuch einer Wanderung
        class: open
        source: eigenes Tagebuch
        licence: CC0-1.0
        """,
    "messages.csv": """\
        message_id,thread_id,participant_id,text
        W1,T1,ich,Heute nur Regen.
        W2,T2,ich,Über den Pass.
        """,
    "participants.csv": """\
        participant_id,code_name
        ich,Wanderin
        """,
}
STUDIES = {"market": _MARKET, "garden": _GARDEN, "bare": _BARE}


def write_foreign(folder: Path, name: str, **changes: str) -> Path:
    """Write one of the foreign studies; `changes` are further files, by name with an underscore for the point."""
    folder.mkdir(parents=True)
    files = STUDIES[name] | {".".join(key.rsplit("_", 1)): text for key, text in changes.items()}
    for file, text in files.items():
        (folder / file).write_text(textwrap.dedent(text), encoding="utf-8", newline="\n")
    return folder
