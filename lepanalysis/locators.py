"""How a sentence of an article is found again: its normal form, its digest, and the sentences of a paragraph.

A ledger holds no sentence of its article's own, only where one stands and the digest of its normal form. The
rules are steps 3 to 5 of ``docs/ledger-format.md``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_STRAIGHT = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})
_SPACE = re.compile(r"\s+")
# What may end a sentence, in a text whose runs of white space are single spaces. What follows is looked at by hand,
# since "capital" means that of any alphabet.
_END = re.compile(r"[.?!][\"')\]]* (?=([\"'(\[]*)(\w))")


def normalised(text: str) -> str:
    r"""Return a text in the form that its digest is taken of.

    Unicode NFKC; curly quotation marks and apostrophes made straight; each run of white space made one space;
    none at either end.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> normalised(" the  “shared”\noffice ")
    'the "shared" office'
    """
    straight = unicodedata.normalize("NFKC", text).translate(_STRAIGHT)
    return _SPACE.sub(" ", straight).strip(" ")


def digest_of_sentence(text: str) -> str:
    """Return the SHA-256 of a sentence's normal form, as 64 lower-case hexadecimal digits.

    Parameters
    ----------
    text : str
        The sentence, the heading or the whole block quotation, normalised or not.
    """
    return hashlib.sha256(normalised(text).encode("utf-8", "surrogatepass")).hexdigest()


def begins_block(before: str) -> bool:
    """Whether the paragraph after `before` is a block quotation: one that a colon leads to.

    Parameters
    ----------
    before : str
        The paragraph that stands before; empty where none does.
    """
    return normalised(before).endswith(":")


def sentences_of(paragraph: str, *, block: bool = False) -> list[str]:
    """Return the sentences of a paragraph, normalised, in their order.

    A sentence ends after ``.``, ``?`` or ``!``, with any of ``" ' ) ]`` directly behind, where white space and
    then a capital letter follow (``" ' ( [`` may stand before the capital). It does not end at a full stop behind
    a capital letter that stands alone, as in an initial.

    Parameters
    ----------
    paragraph : str
    block : bool
        Whether it is a block quotation, which counts as one sentence whatever stops it contains.

    Returns
    -------
    list of str
        Empty where the paragraph is.

    Examples
    --------
    >>> sentences_of("A. Reader asked (twice). Nobody knew, e.g., why.")
    ['A. Reader asked (twice).', 'Nobody knew, e.g., why.']
    """
    text = normalised(paragraph)
    if not text:
        return []
    if block:
        return [text]
    found, begin = [], 0
    for end in _END.finditer(text):
        if _is_capital(end[2]) and not _is_initial(text, end.start()):
            found.append(text[begin : end.end() - 1])
            begin = end.end()
    return [*found, text[begin:]]


def _is_capital(letter: str) -> bool:
    """Whether it is a capital letter of any alphabet, those of title case included."""
    return unicodedata.category(letter) in {"Lu", "Lt"}


def _is_initial(text: str, stop: int) -> bool:
    """Whether the mark at `stop` is a full stop behind a capital letter that stands alone."""
    if text[stop] != "." or stop == 0 or not _is_capital(text[stop - 1]):
        return False
    return stop == 1 or not (text[stop - 2].isalnum() or text[stop - 2] == "_")
