import csv
import dataclasses
import io
import re
import unicodedata

import pytest
from exchange_studies import drafts
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from studies import write_study

from lepanalysis.exchange.draft import Draft, draft_of, plain, write_draft
from lepanalysis.exchange.importing import KEY
from lepanalysis.exchange.losses import Ledger
from lepanalysis.exchange.pseudonymise import _texts, apply, cleared
from lepanalysis.exchange.pseudonymise_codes import CODE_NAMES
from lepanalysis.exchange.storable import storable
from lepanalysis.faults import UsageError
from lepanalysis.study import open_study
from lepanalysis.tables import sha256_of

STUDY = {"title": "Ann's wishes", "class": "restricted", "source": "a forum", "licence": "none"}
TEXT = "Ann Bee, @dee and Zoë: ask ann@example.org"
SMALL = Draft(
    study={**STUDY, "coders": [{"id": "Ann", "name": "Ann Bee"}, {"id": "B", "name": "Ben"}]},
    messages=(
        {"message_id": "ann-1", "thread_id": "t-ann", "participant_id": "ann_b", "text": TEXT, "position": 1},
        {"message_id": "2", "thread_id": "t-ann", "participant_id": "dee", "text": "Yes.", "reply_to": "ann-1"},
    ),
    threads=({"thread_id": "t-ann", "title": "For ANN", "category": "Space"},),
    participants=(
        {"participant_id": "ann_b", "code_name": "Ann Bee", "email": "ann@example.org", "job": "friend of Zoe\u0308"},
        {"participant_id": "dee", "code_name": "dee"},
    ),
    codes=({"id": "c-ann", "name": "About Ann", "definition": "Ann"}, {"id": "c2", "name": "Other", "definition": "x"}),
    codings=(
        {"coder": "Ann", "message_id": "ann-1", "code_id": "c-ann", "start": 0, "end": 7, "quote": "Ann Bee"},
        {"coder": "Ann", "message_id": "ann-1", "code_id": "c2", "start": 18, "end": 26, "quote": "Zoë: ask"},
        {"coder": "Ann", "message_id": "ann-1", "code_id": "c2", "start": 19, "end": 26, "quote": "oë: ask"},
        {"coder": "B", "message_id": "2", "code_id": "c2"},
    ),
    assignments=(
        {"coder": "Ann", "message_id": "ann-1", "status": "read", "text_sha256": sha256_of(TEXT.encode())},
        {"coder": "B", "message_id": "2", "status": "read"},
    ),
    memos=({"memo_id": "n1", "about": "coding", "about_id": "Ann/ann-1/c2/19/26", "text": "Zoë again"},),
    quotations=({"quotation_id": "q1", "message_id": "ann-1", "text": "Ann Bee (...)", "attributed_to": "Ann Bee"},),
    agreed=({"id": "th", "name": "Zoë", "codes": ("c2",), "named_in": ("ann-1",)},),
    external_ids=(
        {"kind": "participant", "id": "dee", "program": "Forum", "external_id": "77"},
        {"kind": "message", "id": "2", "program": "Forum", "external_id": "https://example.org/2"},
        {"kind": "code", "id": "c2", "program": "Other", "external_id": "x9"},
    ),
)


def names_file(tmp_path, *names):
    (tmp_path / "names.txt").write_text("\n".join(names), encoding="utf-8")
    return tmp_path / "names.txt"


def key_of(report):
    rows = csv.DictReader(io.StringIO(dict(report.files)[KEY], newline=""))
    return {(row["kind"], row["was"]): row["now"] for row in rows}


def folded(text):
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def standing(names, draft):
    """Return the names that stand in some text of a study as whole words; escapes of YAML are read."""
    whole = plain(draft)
    texts = [folded(text) for one in dataclasses.fields(whole) for text in _texts(getattr(whole, one.name))]
    patterns = {name: re.compile(rf"(?<![^\W_]){re.escape(folded(name))}(?![^\W_])") for name in names}
    return [name for name, pattern in patterns.items() if any(map(pattern.search, texts))]


def test_names_leave_every_file_and_codings_cover_the_same_words(tmp_path):
    listed = ("Ann", "Ann Bee", "Zoë = Kim Ono")
    draft, report = apply(SMALL, {"names": names_file(tmp_path, *listed)})
    assert standing(("Ann", "Ann Bee", "Zoë"), draft) == []
    key = key_of(report)
    bee, dee = key["participant", "Ann Bee"], key["participant", "dee"]
    assert {bee, dee} <= set(CODE_NAMES)
    assert draft.messages[0]["text"] == f"{bee}, @dee and Kim Ono: ask {key['name', 'Ann'].lower()}@example.org"
    text = draft.messages[0]["text"]
    assert [(text[row["start"] : row["end"]], row["quote"]) for row in draft.codings[:2]] == [
        (bee, bee),
        ("Kim Ono: ask", "Kim Ono: ask"),
    ]
    # Two codings that differed inside a name only are one now, and what was said of the second is said of it.
    assert len(draft.codings) == 3
    assert report.tally("codings").dropped == 1
    assert draft.quotations[0]["attributed_to"] == bee
    assert draft.participants[0] == {"participant_id": "p1", "code_name": bee, "job": "friend of Kim Ono"}
    assert draft.assignments[0]["text_sha256"] == sha256_of(text.encode())
    assert [row["external_id"] for row in draft.external_ids] == ["x9"]
    assert key["external id of participant", "77"] == "dee"
    assert key["attribute email", "ann@example.org"] == "ann_b"
    write_draft(storable(draft, "x")[0], tmp_path / "study")
    assert len(open_study(tmp_path / "study").messages) == 2


def test_the_report_has_counts_and_no_names(tmp_path):
    _, report = apply(SMALL, {"names": names_file(tmp_path, "Ann", "Ann Bee", "Zoë", "Nobody Here")})
    words = report.as_text() + str(report.as_record())
    assert [name for name in ("Ann", "Zoë", "Bee", "dee", "Nobody") if re.search(rf"(?i)\b{name}\b", words)] == []
    assert report.tally("listed names").changed == 3
    assert "1 of 4 listed names stand nowhere in the study." in report.notes
    assert report.tally("participants").changed == 2
    assert report.tally("external ids").dropped == 2
    assert report.tally("mentions").kept == 1
    assert report.tally("attributes of participants").dropped == 1


def test_addresses_and_user_names_are_replaced_by_option():
    draft, report = apply(SMALL, {"addresses": "replace", "people": "replace"})
    key = key_of(report)
    bee, dee = key["participant", "Ann Bee"], key["participant", "dee"]
    assert draft.messages[0]["text"] == f"{bee}, @{dee} and Zoë: ask [mail address]"
    assert report.tally("mail addresses").changed == 1


def test_code_names_are_no_words_of_the_study_and_the_seed_decides_them():
    said = " ".join(name for name in CODE_NAMES if name != "Zorin")
    draft = Draft(
        study=STUDY,
        messages=({"message_id": "1", "thread_id": "t", "participant_id": "a", "text": said + " P1 p02s"},),
        participants=tuple({"participant_id": name, "code_name": name} for name in ("a", "b", "c")),
    )
    made, _ = apply(draft, {})
    assert [row["code_name"] for row in made.participants] == ["Zorin", "P01", "P03"]
    numbered, _ = apply(draft, {"style": "numbers"})
    assert [row["code_name"] for row in numbered.participants] == ["P01", "P03", "P04"]
    assert apply(SMALL, {"seed": "1"})[0] == apply(SMALL, {"seed": "1"})[0]
    assert apply(SMALL, {"seed": "1"})[0] != apply(SMALL, {"seed": "2"})[0]


def test_the_report_of_the_reader_is_cleared(tmp_path):
    ledger = Ledger("ann.json", "a forum")
    ledger.came("messages")
    ledger.changed("messages", "Ann Bee", "it was long")
    ledger.note("Zoe.txt: read by dee.")
    _, part = apply(SMALL, {"names": names_file(tmp_path, "Ann", "Zoe = Kim")})
    report = cleared(ledger.report().with_file("map.yaml", "column: Ann"), part)
    assert report.losses[0].examples == ()
    key = key_of(part)
    assert report.source == f"{key['name', 'Ann'].lower()}.json"
    assert report.notes == (f"Kim.txt: read by {key['participant', 'dee'].lower()}.",)
    assert report.files == (("map.yaml", f"column: {key['name', 'Ann']}"),)


def test_a_study_with_a_ledger_or_claims_is_refused():
    for draft in (Draft(study={**STUDY, "ledger": "x"}, messages=()), Draft(study=STUDY, messages=(), claims="x")):
        with pytest.raises(UsageError, match="is not pseudonymised"):
            apply(draft, {})


def test_the_small_study_stays_sound(tmp_path):
    draft = draft_of(open_study(write_study(tmp_path / "small")))
    made, report = apply(draft, {"names": names_file(tmp_path, "Robin", "room", "Ada", "T1")})
    write_draft(storable(made, "x")[0], tmp_path / "study")
    assert standing(("Robin", "room", "Ada"), made) == []
    assert report.tally("codings").came == 7


# None is a word of the format itself, as a key of study.yaml is: those stay.
LISTED = st.sets(st.sampled_from(["room", "shared", "We", "é", "need a", "007"]), min_size=1)


def holds(folder, draft, listed):
    """Assert what pseudonymisation promises of any study."""
    given_ = plain(dataclasses.replace(draft, claims=None))
    made, report = apply(given_, {"names": names_file(folder, *listed)})
    assert standing(listed, made) == []
    assert report.tally("messages").came == len(given_.messages)
    texts = {row["message_id"]: row["text"] for row in made.messages}
    for row in made.codings:
        if "quote" in row and "start" in row:
            assert row["quote"] == texts[row["message_id"]][row["start"] : row["end"]]
    write_draft(storable(made, "x")[0], folder / "study")


LAW = settings(suppress_health_check=list(HealthCheck), deadline=None, phases=[Phase.generate])


@settings(LAW, max_examples=12)
@given(drafts(), LISTED)
def test_whatever_the_study_no_listed_name_stays_and_it_is_sound(tmp_path_factory, draft, listed):
    holds(tmp_path_factory.mktemp("law"), draft, listed)


@pytest.mark.long
@settings(LAW, max_examples=300)
@given(drafts(odd_ids=True), LISTED)
def test_whatever_the_study_no_listed_name_stays_in_many_studies(tmp_path_factory, draft, listed):
    holds(tmp_path_factory.mktemp("law"), draft, listed)


def test_a_quotation_that_cuts_a_word_so_that_a_name_is_left_is_left_out(tmp_path):
    draft = Draft(
        study={**STUDY, "coders": [{"id": "B", "name": "Ben"}]},
        messages=({"message_id": "1", "thread_id": "t", "participant_id": "p1", "text": "Hanna came"},),
        participants=({"participant_id": "p1", "code_name": "One"},),
        codes=({"id": "c", "name": "Other", "definition": "x"},),
        codings=({"coder": "B", "message_id": "1", "code_id": "c", "start": 1, "end": 5, "quote": "anna"},),
    )
    made, report = apply(draft, {"names": names_file(tmp_path, "Anna")})
    assert made.codings == ({"coder": "B", "message_id": "1", "code_id": "c", "start": 1, "end": 5},)
    assert report.tally("codings").changed == 1
