"""What a test of a claim takes: its unit, its threshold with the stated range, what of a study speaks for the claim.

Declarations, and the rules that a ledger's claims.csv and a study's claims.yaml share. `lepanalysis.claim_tests` and
`lepanalysis.claim_records` work the tests out; docs/claims.md says why thresholds and ranges are what they are.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

UNITS = ("message", "participant", "thread")
KINDS = ("figure", "method", "theme", "quotation", "frequency", "judgement")
PARAMETERS = ("unit", "threshold", "threshold_from", "threshold_to", "beside", "stated")
# A test of no study: the claim has none.
NO_CHECK = "none"


@dataclass(frozen=True)
class Rule:
    """What one test takes.

    Parameters
    ----------
    name : str
        As it stands in the column or key `check`.
    scale : str
        What the threshold is: ``share`` (of the units), ``count`` (of units), or empty where the test has none.
    needs : tuple of str
        What of a study has to be bound to the claim: ``codes``, ``against``, ``with``, ``facts``.
    beside : str
        What the claim named in `beside` is: ``base`` (its units are those that are counted over), ``contrast`` (its
        units are left out), or empty where none may be named.
    beside_required : bool
        Whether one has to be named.
    own : bool
        Whether a study's own claim may use it: it needs no article.
    at_most : bool
        Whether the claim holds below the threshold, not above.
    sentence : str
        What is tested, in a sentence, for a claim that brings none of its own; {units} stands for its units.
    stated : str
        What a figure that somebody stated looks like, which the study is held against: ``count`` (478), ``counts``
        (478, 265, 306), ``number`` (0.379), ``range`` (0.329 to 0.430); empty where the test takes none.
    """

    name: str
    scale: str = ""
    needs: tuple[str, ...] = ()
    beside: str = ""
    beside_required: bool = False
    own: bool = False
    at_most: bool = False
    sentence: str = ""
    stated: str = ""


# The tests over codes: which units bear the codes that a study binds to the claim.
OVER_CODES = (
    Rule("share", "share", ("codes",), own=True, sentence="the share of the {units} that bear one of the codes"),
    Rule(
        "share-beside",
        "share",
        ("codes",),
        "base",
        beside_required=True,
        own=True,
        sentence="of the {units} that bear a code of the claim beside it, the share that bear one of these as well",
    ),
    Rule("at-least", "count", ("codes",), own=True, sentence="how many {units} bear one of the codes"),
    Rule(
        "beyond",
        "count",
        ("codes",),
        "contrast",
        beside_required=True,
        own=True,
        sentence="how many {units} bear one of the codes, and none of the claim beside it",
    ),
    Rule(
        "majority",
        "share",
        ("codes", "against"),
        own=True,
        sentence="the {units} that bear a code for the claim, as a share of those for and those against it",
    ),
    Rule(
        "at-most",
        "share",
        ("codes",),
        "base",
        own=True,
        at_most=True,
        sentence="the share of the {units} that bear one of the codes",
    ),
    Rule(
        "each-code",
        "count",
        ("codes",),
        own=True,
        sentence="in how many {units} each of the codes stands, the rarest of them",
    ),
    Rule(
        "together",
        "count",
        ("codes", "with"),
        own=True,
        sentence="in how many {units} a code of the one group meets a code of the other in one message",
    ),
)
# The tests over other records of a study.
OVER_RECORDS = (
    Rule("count"),
    Rule("period"),
    Rule("quotations"),
    Rule("theme-names"),
    Rule("attributes", needs=("facts",), sentence="each fact named is true of a participant at least, by an attribute"),
    Rule(
        "coded-before-meeting",
        own=True,
        sentence="every coder has codings, and each of them is dated earlier than the first decision on record",
    ),
    Rule(
        "same-patterns",
        "share",
        own=True,
        sentence="of the messages that one of two coders put under an agreed theme, by way of their candidate themes, "
        "the share that both did; that of the theme on which they are furthest apart",
    ),
)
OF_METHOD = (
    Rule("all-read", sentence="every coder is on record as having read every message"),
    Rule("each-coded", sentence="every coder has codings, and memos"),
    Rule("each-sorted", sentence="every coder has a candidate theme with a code that the coder used"),
    Rule("met", sentence="a decision is on record at which all coders were present"),
    Rule("agreed-wording", sentence="of every agreed theme a decision on its name, taken by all coders, is on record"),
)
# The tests that hold a figure that somebody stated of a study's data against those data, to its last digit.
OF_FIGURES = (
    Rule("units", own=True, stated="count", sentence="the number of messages"),
    Rule("threads", own=True, stated="count", sentence="the number of threads that hold a message"),
    Rule("categories", own=True, stated="count", sentence="the number of categories under which threads are filed"),
    Rule("coders", own=True, stated="count", sentence="the number of coders who coded something"),
    *(
        Rule(
            f"alpha-{level}",
            needs=("codes",),
            own=True,
            stated="number",
            sentence=f"Krippendorff's alpha of the values of the code, taken as {level}",
        )
        for level in ("nominal", "ordinal", "interval", "ratio")
    ),
    Rule(
        "kappa-range",
        needs=("codes",),
        own=True,
        stated="range",
        sentence="Cohen's kappa of each two coders on the values of the code, the lowest and the highest",
    ),
    Rule(
        "all-agree",
        needs=("codes",),
        own=True,
        stated="count",
        sentence="the messages to which all coders gave one and the same value of the code",
    ),
    Rule(
        "agreeing",
        needs=("codes",),
        own=True,
        stated="counts",
        sentence="the messages by how many coders gave them one and the same value of the code, from all of them down",
    ),
)
_STATED = {
    "count": (r"\d+", "a whole number, such as 478"),
    "counts": (r"\d+(, *\d+)*", "whole numbers with commas between, such as 478, 265"),
    "number": (r"[-+]?\d*\.?\d+", "a number as it was stated, such as 0.379"),
    "range": (r"[-+]?\d*\.?\d+ to [-+]?\d*\.?\d+", "two numbers as they were stated, such as 0.329 to 0.430"),
}
RULES: dict[str, Rule] = {rule.name: rule for rule in (*OVER_CODES, *OVER_RECORDS, *OF_METHOD, *OF_FIGURES)}
CLAIM_CHECKS = tuple(rule.name for rule in (*OVER_CODES, *OVER_RECORDS))
METHOD_CHECKS = tuple(rule.name for rule in OF_METHOD)
OWN_CHECKS = (*(rule.name for rule in (*OVER_CODES, *OVER_RECORDS, *OF_FIGURES) if rule.own), NO_CHECK)


def number(cell: str) -> float | None:
    """Return the finite number in a cell, or None where there is none."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def wrong_parameters(check: str, cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with the unit, the threshold, its range and the claim beside a claim.

    Parameters
    ----------
    check : str
        The name of the test; one that is unknown has its own fault elsewhere and yields nothing.
    cells : mapping of str to str
        The cells of `PARAMETERS` as written, empty where nothing is.

    Yields
    ------
    tuple of str
        Column, what is wrong, what to do.
    """
    rule = RULES.get(check)
    if rule is None and check != NO_CHECK:
        return
    yield from _wrong_unit(check, rule, cells)
    yield from _wrong_figure(check, rule, cells.get("stated", ""))
    beside = cells.get("beside", "")
    if beside and not (rule and rule.beside):
        yield "beside", f"the check {check!r} sets no other claim beside this one", "leave it empty"
    elif rule and rule.beside_required and not beside:
        yield "beside", f"the check {check!r} needs another claim beside this one", "name the claim"
    if rule is None or not rule.scale:
        for name in ("threshold", "threshold_from", "threshold_to"):
            if cells.get(name, ""):
                yield name, f"the check {check!r} has no threshold", "leave it empty"
    else:
        yield from _wrong_thresholds(rule, cells)


def _wrong_unit(check: str, rule: Rule | None, cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield a unit that is missing, or that the test does not take."""
    over_units = rule in OVER_CODES
    unit = cells.get("unit", "")
    if unit and not over_units:
        yield "unit", f"the check {check!r} counts no units", "leave it empty"
    elif over_units and not unit:
        yield "unit", f"the check {check!r} needs to know what it counts", f"use one of {', '.join(UNITS)}"


def _wrong_figure(check: str, rule: Rule | None, stated: str) -> Iterator[tuple[str, str, str]]:
    """Yield a published figure that is missing, that the test does not take, or that does not look like one."""
    if rule is None or not rule.stated:
        if stated:
            yield "stated", f"the check {check!r} takes no stated figure", "leave it empty"
        return
    pattern, remedy = _STATED[rule.stated]
    if not stated:
        yield "stated", f"the check {check!r} needs the figure that is stated", f"write {remedy}"
    elif not re.fullmatch(pattern, stated, re.ASCII):
        yield "stated", f"{stated} is no figure that the check {check!r} can take", f"write {remedy}"


def _wrong_thresholds(rule: Rule, cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield thresholds that are missing, no share or count, or not inside a range in order, which has a width."""
    names = ("threshold", "threshold_from", "threshold_to")
    remedy = "write a share, such as 0.5" if rule.scale == "share" else "write a number of units, such as 2"
    values: dict[str, float] = {}
    for name in names:
        cell = cells.get(name, "")
        value = number(cell)
        if not cell:
            yield name, f"the check {rule.name!r} needs a threshold with the range in which it is stated", remedy
        elif value is None:
            continue  # what is no number has its fault for that
        elif wrong := _no_threshold(rule, value):
            yield name, f"{cell} {wrong}", remedy
        else:
            values[name] = value
    if len(values) == len(names):
        stated, first, last = (values[name] for name in names)
        if first > last:
            yield "threshold_from", "the range ends below its beginning", "exchange its two ends"
        elif first == last:
            problem = "the range begins where it ends, so that nothing could hang on the threshold"
            yield "threshold_from", problem, "state the thresholds that one could as well have chosen"
        elif not first <= stated <= last:
            yield "threshold", f"{cells['threshold']} lies outside its stated range", "widen the range, or move it"


def _no_threshold(rule: Rule, value: float) -> str:
    """Return why a number cannot be a threshold of a test; empty where it can."""
    if rule.scale == "count":
        return "" if value >= 1 and value.is_integer() else "is not a number of units, from 1"
    if not 0 <= value <= 1:
        return "is not a share between 0 and 1"
    if rule.at_most and value == 1:
        return "is a threshold that no share can exceed"
    if not rule.at_most and value == 0:
        return "is a threshold that every share reaches"
    return ""
