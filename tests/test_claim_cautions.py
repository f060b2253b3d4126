import dataclasses

import numpy as np
import pytest
from projects import ROOT
from studies import replaced

from lepanalysis import consensus
from lepanalysis.claim_cautions import reach, turned
from lepanalysis.claim_tests import Claim, Counts
from lepanalysis.claim_units import Materials, material_of, materials_of, stated_coders
from lepanalysis.claims import outcome_of
from lepanalysis.entries import entries_of
from lepanalysis.own_claims import Evidence
from lepanalysis.study import open_study

TRAVEL = Claim("K1", "at-least", "message", 2, 1, 4, Evidence("K1", codes=("travel",)))


def share(value, check="share", *, people=20):
    """Return a claim with the range 0.4 to 0.6 around 0.5, and the counts of a test with so large a share."""
    rows = np.column_stack(
        [np.repeat([1, 0], [round(value * people), people - round(value * people)]), np.ones(people)]
    )
    claim = Claim("K1", check, "participant", 0.5, 0.4, 0.6, Evidence("K1", codes=("space",)))
    return claim, Counts(rows.astype(int), "share", by_participant=True, n=people, population="people")


@pytest.mark.parametrize(
    ("value", "interval", "words"),
    [
        (0.8, (0.6, 0.95), ""),
        (0.8, (0.55, 0.95), "the interval reaches below the upper end of its range"),
        (0.8, (0.45, 0.95), "the interval reaches below the threshold"),
        (0.8, (0.35, 0.95), "the interval reaches below the threshold and the whole range"),
        (0.55, (0.52, 0.58), ""),
        (0.55, (0.45, 0.58), "the interval reaches below the threshold"),
        (0.45, (0.35, 0.65), "the interval reaches below the whole range, and above the threshold and the whole range"),
        (0.2, (0.1, 0.3), ""),
        (0.2, (0.1, 0.4), "the interval reaches above the lower end of its range"),
        (0.2, (0.1, 0.5), "the interval reaches above the threshold"),
    ],
)
def test_over_which_limits_an_interval_reaches(value, interval, words):
    assert reach(*share(value), interval) == words


def test_of_a_share_that_is_to_stay_small_the_interval_reaches_the_other_way():
    assert reach(*share(0.2, "at-most"), (0.1, 0.45)) == "the interval reaches above the lower end of its range"
    assert reach(*share(0.2, "at-most"), (0.1, 0.55)) == "the interval reaches above the threshold"


def test_an_interval_that_is_too_narrow_says_so():
    assert reach(*share(1.0, people=19), (1.0, 1.0)) == "the interval, drawn from 19 participants, is too narrow"
    assert reach(*share(1.0), (1.0, 1.0)) == "the interval, with nearly all draws of one value, is too narrow"
    assert reach(*share(0.8, people=10), (0.45, 1.0)) == (
        "the interval reaches below the threshold; drawn from 10 participants, it is too narrow"
    )


def test_where_there_is_no_interval_that_is_said():
    claim, counts = share(0.8)
    assert reach(claim, counts, None) == "no interval could be made"
    of_threads = dataclasses.replace(counts, by_participant=False)
    assert reach(claim, of_threads, None) == "over threads no interval is made"


def turns(study, claim):
    return turned(claim, materials_of(study), stated_coders(study), study)


def test_other_codings_and_units_that_would_turn_a_claim_are_named(study):
    # Two messages, by two people, in two threads; B and both coders have travel in one message alone.
    three = dataclasses.replace(TRAVEL, first=2, last=3)
    assert turns(study, three) == (
        "it would hold nowhere in its range with the codings of Ben and with what both coders applied"
    )
    one = dataclasses.replace(TRAVEL, threshold=1, first=1, last=2)
    assert turns(study, one) == (
        "it would hold over a part of its range with the codings of Ben and with what both coders applied"
    )


def test_what_nothing_would_turn_says_that(study):
    assert turns(study, TRAVEL) == "other codings or units would not turn it"


def test_what_only_both_together_would_turn_is_not_said_to_be_firm(study):
    # Two of three people, two of four messages, both threads; of B's codings one of three people, and one message.
    claim = Claim("K1", "share", "participant", 0.3, 0.3, 0.32, Evidence("K1", codes=("travel",)))
    assert turns(study, claim) == "other codings or units would not turn it alone, but could together"
    lower = dataclasses.replace(claim, threshold=0.2, first=0.2, last=0.25)
    assert turns(study, lower) == "other codings or units would not turn it"


def test_units_are_named_too(study):
    # Two of three people, two of four messages, one of two threads.
    claim = Claim("K1", "share", "participant", 0.6, 0.6, 0.65, Evidence("K1", codes=("space",)))
    assert turns(study, claim) == "it would hold nowhere in its range by message and by thread"


def test_of_several_coders_none_is_either(opened):
    text = replaced("study.yaml", "- {id: B, name: Ben}", "- {id: B, name: Ben}\n  - {id: C, name: Cleo}")
    study = opened(study_yaml=text, without=("assignments.csv",))
    assert turns(study, TRAVEL) == (
        "it would hold nowhere in its range with the codings of Cleo and with what all coders applied"
    )


def test_the_consensus_is_worked_out_once_and_every_test_is_told_what_it_rests_on(opened, monkeypatch):
    calls = []
    real = consensus.consensus
    monkeypatch.setattr(consensus, "consensus", lambda study: calls.append(study) or real(study))
    test = "check: at-least, unit: message, threshold: 2, range: [1, 4], codes: [travel]"
    claims = "".join(f"  - {{id: K{place}, statement: s, {test}}}\n" for place in range(3))
    study = opened(claims_yaml=f"claims:\n{claims}")
    materials = Materials(study)
    heard = []
    for entry in entries_of(None, study.own_claims.claims):
        reads = set()
        outcome_of(entry, dataclasses.replace(study, on_read=reads.add), None, materials=materials)
        heard.append(reads)
    assert len(calls) == 1
    assert heard == [{"own_claims", "evidence", "codebook", "codings", "decisions", "messages", "assignments"}] * 3


@pytest.mark.parametrize("without", [(), ("assignments.csv",), ("decisions.csv", "quotations.csv")])
def test_made_together_the_materials_are_what_each_is_alone(opened, without):
    study = opened(without=without)
    together = materials_of(study)
    assert list(together) == ["A", "B", "any", "all", *([] if "decisions.csv" in without else ["consensus"])]
    for who, material in together.items():
        alone = material_of(study, who)
        assert material.table.tolist() == alone.table.tolist()
        assert (material.person.tolist(), material.thread.tolist()) == (alone.person.tolist(), alone.thread.tolist())
        assert (material.column, material.unread) == (alone.column, alone.unread)


def test_over_the_stand_in_too():
    study = open_study(ROOT / "data" / "standin")
    for who, material in materials_of(study).items():
        assert (material.table == material_of(study, who).table).all(), who
