"""The parts of which questions to the coded text are built; `lepanalysis.queries` answers them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Expression:
    """A question, or a part of one; ``&``, ``|`` and ``~`` join them.

    Examples
    --------
    >>> from lepanalysis.queries import find
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> find(study, Code("S01") & ~Code("S02")).counts["messages"]
    15
    """

    def __and__(self, other: Expression) -> And:
        """Return the messages that both find."""
        return And(self, other)

    def __or__(self, other: Expression) -> Or:
        """Return the messages that one of the two finds, or both."""
        return Or(self, other)

    def __invert__(self) -> Not:
        """Return the messages that were read and that this does not find."""
        return Not(self)


@dataclass(frozen=True)
class Code(Expression):
    """Segments under a shared code.

    Examples
    --------
    >>> from lepanalysis.queries import find
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> find(study, Code("S01")).counts["messages"]
    16
    """

    code_id: str


@dataclass(frozen=True)
class Theme(Expression):
    """Segments under any code of an agreed theme.

    Examples
    --------
    >>> from lepanalysis.queries import find
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> theme = study.agreed_themes.frame["theme_id"].iloc[0]
    >>> find(study, Theme(theme)).counts["messages"]
    40
    """

    theme_id: str


@dataclass(frozen=True)
class Coder(Expression):
    """Segments that a coder coded, under whatever code; in a consensus those that the coder had a part in.

    Examples
    --------
    >>> from lepanalysis.queries import find
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> find(study, Coder("A")).counts["messages"]
    127
    """

    coder: str


@dataclass(frozen=True)
class Attribute(Expression):
    """Messages by participants with one of these values in a column of participants.csv; it finds no segments.

    Examples
    --------
    >>> from lepanalysis.queries import find
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> find(study, Attribute("profession", "")).counts["participants"]
    7
    """

    name: str
    values: str | tuple[str, ...]


@dataclass(frozen=True)
class And(Expression):
    """Messages that both find, with the segments of both in them.

    Examples
    --------
    >>> from lepanalysis.queries import find
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> find(study, Code("S01") & Code("S02")).counts["messages"]
    1
    """

    first: Expression
    second: Expression


@dataclass(frozen=True)
class Or(Expression):
    """Messages that one of the two finds, with the segments of both.

    Examples
    --------
    >>> from lepanalysis.queries import find
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> find(study, Code("S01") | Code("S02")).counts["messages"]
    26
    """

    first: Expression
    second: Expression


@dataclass(frozen=True)
class Not(Expression):
    """Messages that were read and that the other does not find; it finds no segments.

    Examples
    --------
    >>> from lepanalysis.queries import find
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> find(study, ~Code("S01")).counts["messages"]
    115
    """

    other: Expression


@dataclass(frozen=True)
class By(Expression):
    """What an expression finds where only this coder's own codings are looked at, in messages that they read.

    Examples
    --------
    >>> from lepanalysis.queries import find
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> find(study, By("A", Code("S01"))).counts["messages"]
    14
    """

    coder: str
    other: Expression


@dataclass(frozen=True)
class Overlapping(Expression):
    """Segments of the one that have a character in common with one of the other, both of them.

    Examples
    --------
    >>> from lepanalysis.queries import find
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> find(study, Overlapping(Code("S01"), Code("S02"))).counts["messages"]
    1
    """

    first: Expression
    second: Expression


@dataclass(frozen=True)
class Near(Expression):
    """Segments of the one that stand near one of the other, both of them.

    Parameters
    ----------
    first, second : Expression
    characters : int, optional
        In one message, with no more than so many characters between them (0: they touch or overlap).
    messages : int, optional
        In one thread, in messages whose places differ by no more than this (0: in one message).

    Examples
    --------
    >>> from lepanalysis.queries import find
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> find(study, Near(Code("S01"), Code("S02"), characters=50)).counts["messages"]
    1
    """

    first: Expression
    second: Expression
    characters: int | None = field(default=None, kw_only=True)
    messages: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class FollowedBy(Expression):
    """Segments of the one, and those of the other that begin in the thread where it ends or later.

    Parameters
    ----------
    first, second : Expression
    characters : int, optional
        In the same message, with no more than so many characters between them.
    messages : int, optional
        No more than so many messages later (0: in the same message); anywhere later when neither is given.

    Examples
    --------
    >>> from lepanalysis.queries import find
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> find(study, FollowedBy(Code("S01"), Code("S02"), messages=2)).counts["messages"]
    7
    """

    first: Expression
    second: Expression
    characters: int | None = field(default=None, kw_only=True)
    messages: int | None = field(default=None, kw_only=True)
