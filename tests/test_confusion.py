import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from studies import replaced
from test_disagreements import CODINGS as ROWS
from test_disagreements import HEAD, REST, TREE, opened_with, records

from lepanalysis.coding import messages_by_codes
from lepanalysis.confusion import NOTHING, confused_pairs, confusion, pair_table
from lepanalysis.faults import UsageError

CODINGS = (
    HEAD + "A,1,room,A-1,0,22\nB,1,desk,B-1,8,21\nA,2,desk,A-2,0,6\nB,2,room,B-2,0,6\n"
    "A,3,train,A-3,,\nB,3,train,B-3,,\nA,4,train,A-4,,\nB,4,place,B-4,0,2\nB,4,train,B-5,,\n"
)


@pytest.fixture
def coded(opened):
    return opened(codebook_yaml=TREE, codings_csv=CODINGS, without=REST)


def test_the_matrix_of_codes_by_codes(coded):
    frame = confusion(coded)
    codes = ["place", "room", "desk", "train", NOTHING]
    assert (frame.index.name, frame.columns.name) == ("A", "B")
    assert list(frame.index) == list(frame.columns) == codes
    assert frame.to_numpy().tolist() == [
        [0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 0, 0, 2, 0],
        [1, 0, 0, 0, 0],
    ]
    assert confusion(coded, "B", "A").to_numpy().tolist() == frame.to_numpy().T.tolist()


def test_the_table_of_a_pair_adds_up_to_the_messages_that_both_read(coded, opened):
    table = pair_table(coded, "room", "desk")
    assert table.loc["only first", "only second"] == table.loc["only second", "only first"] == 1
    assert table.to_numpy().sum() == 4
    reading = "coder,message_id,status\n" + "".join(f"{c},{m},read\n" for c in "AB" for m in "1234")
    study = opened(codebook_yaml=TREE, codings_csv=HEAD, without=REST[1:], assignments_csv=reading[:-9])
    assert pair_table(study, "room", "desk").to_numpy().sum() == 3


def test_pairs_that_recur_come_first(coded):
    assert records(confused_pairs(coded), "code_id", "other_id", "relation", "messages", "ways") == [
        ("room", "desk", "sibling code", 2, "A desk, B room: 1; A room, B desk: 1"),
    ]


def test_who_agrees_confuses_nothing(opened):
    study = opened(codebook_yaml=TREE, codings_csv=HEAD + "A,1,room,A-1,,\nB,1,room,B-1,,\n", without=REST)
    assert len(confused_pairs(study)) == 0
    table = confusion(study).to_numpy()
    assert table.sum() == table.trace() == 1


@pytest.mark.parametrize("pair", [("A", "A"), ("A", "C")])
def test_two_different_coders_are_needed(coded, pair):
    with pytest.raises(UsageError):
        confusion(coded, *pair)


def test_an_only_coder_confuses_nothing_with_anybody(opened):
    study = opened(
        study_yaml=replaced("study.yaml", "  - {id: B, name: Ben}\n", ""),
        codebook_yaml=TREE,
        codings_csv=HEAD + "A,1,room,A-1,,\n",
        without=REST,
    )
    with pytest.raises(UsageError, match="name two different ones"):
        confusion(study)
    assert len(confused_pairs(study)) == 0


def test_a_table_is_of_two_shared_codes(coded):
    for codes in (("room", "room"), ("room", "other")):
        with pytest.raises(UsageError, match="name two different shared codes"):
            pair_table(coded, *codes)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_a_row_adds_up_to_what_was_applied_or_to_more(tmp_path_factory, rows):
    study = opened_with(tmp_path_factory.mktemp("s"), rows)
    table = confusion(study).to_numpy()
    for coder, counts in (("A", table), ("B", table.T)):
        applied = messages_by_codes(study, coder).to_numpy().sum(axis=0)
        assert (counts[:-1].sum(axis=1) >= applied).all()
        assert (counts.diagonal()[:-1] + counts[:-1, -1] <= applied).all()
    # Codes one instead of the other are the same in the list of pairs as in the matrix, both ways round.
    codes = list(confusion(study).index[:-1])
    both = {(codes[i], codes[j]) for i, j in zip(*np.nonzero(table[:-1, :-1]), strict=True) if i != j}
    listed = {(row.code_id, row.other_id) for row in confused_pairs(study).itertuples()}
    assert listed == {tuple(sorted(pair, key=codes.index)) for pair in both}
    assert pair_table(study, "room", "desk").to_numpy().sum() == 4
