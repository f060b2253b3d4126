import numpy as np
import pytest

from lepanalysis import boundaries, unitising
from lepanalysis.characters import segments, segments_of
from lepanalysis.faults import UsageError
from lepanalysis.unitising_intervals import by_code, of_segments, overall

MESSAGES = "message_id,thread_id,participant_id,text,posted_at,position\n"
BOOK = """\
    codes:
      - {id: x, name: X, definition: x}
      - {id: y, name: Y, definition: y}
    """
REST = ("assignments.csv", "themes.yaml", "decisions.csv", "quotations.csv", "threads.csv")
# What two coders mark in a message of ten characters: code, start, end.
MARKED = [
    ("x 0 4", "x 0 5"),
    ("x 2 6", "x 2 6"),
    ("y 0 4", "x 1 4"),
    ("y 5 9", "y 6 9"),
    ("x 0 3", ""),
    ("y 0 4", "y 0 4"),
]


def texts(opened, times=1):
    """Return a study with these messages so many times, each message a thread of its own."""
    messages, rows = MESSAGES, "coder,message_id,code_id,start,end\n"
    for number, marked in enumerate(MARKED * times, 1):
        messages += f"{number},T{number},P1,abcdefghij,2020-01-05T10:00:00,1\n"
        for coder, said in zip("AB", marked, strict=True):
            rows += f"{coder},{number},{','.join(said.split())}\n" if said else ""
    return opened(messages_csv=messages, codings_csv=rows, codebook_yaml=BOOK, without=REST)


def test_values_are_those_without_intervals(opened):
    study = texts(opened)
    assert overall(study)["value"].to_list() == pytest.approx(unitising.overall(study)["value"][:3].to_list())
    found = by_code(study, tolerance=1)
    alone = unitising.by_code(study)["u_alpha"].to_list()
    assert found.loc[found["measure"] == "u_alpha", "value"].to_list() == pytest.approx(alone)
    pairs = boundaries.by_code(study, tolerance=1)
    for measure in ("precision", "recall", "f1", "jaccard"):
        assert found.loc[found["measure"] == measure, "value"].to_list() == pytest.approx(pairs[measure].to_list())


def test_values_lie_in_their_intervals_and_a_seed_gives_them_again(opened):
    frame = overall(texts(opened, 4), seed=3)
    assert ((frame["low"] < frame["value"]) & (frame["value"] < frame["high"])).all()
    assert frame.equals(overall(texts(opened, 4), seed=3))


def test_more_of_the_same_narrows_the_interval(opened):
    few, many = overall(texts(opened, 2)), overall(texts(opened, 32))
    width = (many["high"] - many["low"]) / (few["high"] - few["low"])
    assert width.to_list() == pytest.approx([0.25] * 3, rel=0.3)


def test_messages_of_one_cluster_go_together(opened):
    study = texts(opened, 3)
    assert overall(study, cluster="thread").equals(overall(study))
    frame = overall(study, cluster="participant")
    assert frame["n_clusters"].to_list() == [1] * 3
    assert frame["low"].isna().all()
    assert frame["reason"].str.contains("fewer than two participants").all()


def test_plain_segments_have_the_intervals_of_a_study_of_them(opened):
    study = texts(opened, 4)
    frame = overall(study, replicates=300, seed=3).set_index("measure")
    for name, found in of_segments(segments_of(study), replicates=300, seed=3).items():
        assert [found.value, found.low, found.high] == frame.loc[name, ["value", "low", "high"]].to_list()
        assert found.method == "percentile bootstrap over messages"


def test_the_bootstrap_of_plain_segments_is_that_of_messages_drawn():
    random = np.random.default_rng(0)
    rows = [
        (coder, message, message % 2, int(start), int(start + 4))
        for message in range(20)
        for coder, start in enumerate(random.integers(0, 3, 2) + message % 3)
    ]
    clusters = [message // 2 for message in range(20)]
    slow = []
    for _ in range(300):
        drawn = [2 * cluster + half for cluster in random.integers(0, 10, 10) for half in (0, 1)]
        text = [(c, place, k, a, b) for place, message in enumerate(drawn) for c, m, k, a, b in rows if m == message]
        slow.append(unitising.unitising(segments(text, [10] * 20)).u.value)
    found = of_segments(segments(rows, [10] * 20), clusters=clusters)["u_alpha"]
    assert found.standard_error == pytest.approx(np.std(slow, ddof=1), rel=0.15)
    assert found.method == "percentile bootstrap over clusters"
    with pytest.raises(ValueError, match="20 messages and 1 clusters"):
        of_segments(segments(rows, [10] * 20), clusters=[1])


def test_perfect_agreement_has_no_interval(opened):
    rows = "coder,message_id,code_id,start,end\n"
    rows += "".join(f"{coder},{message},travel,0,6\n" for coder in "AB" for message in (1, 2))
    frame = overall(
        opened(codings_csv=rows, codebook_yaml="codes:\n  - {id: travel, name: T, definition: t}\n", without=REST)
    )
    assert frame.loc[0, "value"] == 1
    assert frame.loc[0, "reason"].startswith("no interval")
    assert frame.loc[2, "reason"] == "the coefficient cannot be had"


def test_an_unknown_cluster_is_refused(study):
    with pytest.raises(UsageError, match="no cluster of messages"):
        overall(study, cluster="week")
