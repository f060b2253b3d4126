"""Code names: neutral ones that nobody in a study has, in an order that a seed decides."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from lepanalysis.exchange.pseudonymise_names import folded, words_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

# Invented, short, said the same in most languages, and of no gender.
_WORDS = """
Abel Ailo Aldin Alvi Amaro Ando Arden Arlo Arvin Asher Avel Azari Balin Banu Bardo Belin Beryn Bexley Bodan Brevin
Brisa Calyn Camber Caro Cavin Cedran Celis Ciaro Corin Cyra Dalin Damaro Darcel Davin Delan Deniro Dorin Drevin Eben
Edlin Elarin Elvan Embry Enaro Eris Esmond Evarin Fabel Falin Farin Fenno Fiorel Galen Garin Gelan Giano Halin Haro
Havel Heron Hollin Idris Ilario Imre Inaro Irvin Isen Jadin Jalen Jorin Jovan Kalin Karo Kelan Kerin Kimaro Korin
Lanis Larin Levan Linnel Lorin Luan Lynden Mairo Malin Marlo Mavin Merin Milan Morin Nairo Navin Nelin Nevan Nolan
Norin Odrin Olin Orlan Osmin Paelin Parin Pelan Perrin Quillan Quorin Rafin Ralin Ravel Relan Rilo Rorin Ruvin Sabin
Salin Savel Selan Serin Silvan Sorin Talin Tarin Tavel Teodar Tevin Torin Ulin Umaro Valin Varin Velan Verin Vilo
Wendel Wilan Wynn Xaro Yaelin Yarin Yorin Zalin Zarin Zelan Zorin
"""
CODE_NAMES = tuple(_WORDS.split())
NAMES, NUMBERS = "names", "numbers"


def code_names(taken: Container[str], *, seed: str, style: str, width: int) -> Iterator[str]:
    """Yield code names without end, each once; none of them, nor its genitive, is a word that is taken.

    Parameters
    ----------
    taken : container of str
        Words, folded.
    seed : str
        Decides the order.
    style : str
        ``names``, or ``numbers`` (P01, P02, …).
    width : int
        How many digits numbers have at least.
    """
    if style == NAMES:
        ordered = sorted(CODE_NAMES, key=lambda name: hashlib.sha256(f"{seed}\n{name}".encode()).digest())
        yield from (name for name in ordered if _is_free(name, taken))
    number = 0
    while True:
        number += 1
        name = f"P{number:0{width}}"
        if _is_free(name, taken):
            yield name


def _is_free(name: str, taken: Container[str]) -> bool:
    return folded(name) not in taken and f"{folded(name)}s" not in taken


def taken_words(texts: Iterator[str]) -> set[str]:
    """Return all words of texts, folded.

    Parameters
    ----------
    texts : iterator of str
    """
    found: set[str] = set()
    for text in texts:
        found |= words_of(text)
    return found
