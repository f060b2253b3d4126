import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from studies import replaced, write_study

from lepanalysis.exhibits import read_evidence
from lepanalysis.publication import check_published
from lepanalysis.study import read_study

DATA = Path(__file__).resolve().parent.parent / "data"
WITHOUT = ("codings.csv", "assignments.csv", "decisions.csv", "quotations.csv", "themes.yaml")


def told(faults):
    return [(Path(fault.file).name, fault.line, fault.column) for fault in faults]


def ledger(*rows):
    frame = pd.DataFrame(rows, columns=["message_id", "attributed_to", "text"]).astype("str")
    return SimpleNamespace(quotations=SimpleNamespace(frame=frame))


@pytest.fixture
def small(tmp_path):
    """Read a small study of some class whose messages and participants have these rows."""

    def read(class_, messages, participants="P1,Robin,,\nP2,Sam,,\nP3,Alex,,\n"):
        folder = write_study(
            tmp_path / "s",
            without=WITHOUT,
            study_yaml=replaced("study.yaml", "class: open", f"class: {class_}"),
            messages_csv=f"message_id,thread_id,participant_id,text,class,context_class\n{messages}",
            participants_csv=f"participant_id,code_name,class,profession\n{participants}",
        )
        study, faults = read_study(folder)
        assert faults == []
        return study

    return read


@pytest.fixture
def planted(tmp_path):
    """Plant something in a copy of the stand-in beside its ledger, and return the faults."""
    for name in ("article", "standin"):
        shutil.copytree(DATA / name, tmp_path / "data" / name)
    folder = tmp_path / "data" / "standin"
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    (folder / "study.yaml").write_text(text.replace("template: ../../paper/article.md\n", ""), encoding="utf-8")

    def plant(*changes):
        for file, old, new in changes:
            text = (folder / file).read_text(encoding="utf-8")
            assert text.count(old) == 1, (file, old)
            (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        return read_evidence(folder)[2]

    return plant


THREE = (
    '1,T1,P1,"We need a shared room.\n\nAnd faster trains.",published,open\n'
    "2,T1,P2,A room would help us meet.,published,open\n"
    "3,T1,P1,Thank you.,published,open\n"
    "4,T2,P3,Trains are slow here.,,\n"
)


def test_published_words_are_those_that_the_article_prints(small):
    article = ledger(
        ("1", "Robin", "[So] We need a shared room. (...) And faster trains. [...]."),
        ("2", "Sam", "A room would help us meet."),
        ("3", "Robin", "Thank you."),
    )
    assert check_published(small("open", THREE), article) == []


def test_published_words_that_the_article_does_not_print_are_faults(small):
    article = ledger(("1", "Robin", "We need a shared room."), ("2", "Alex", "A room would help us meet."))
    faults = check_published(small("open", THREE), article)
    assert told(faults) == [
        ("messages.csv", 2, "text"),
        ("messages.csv", 5, "participant_id"),
        ("messages.csv", 6, "class"),
    ]
    assert faults[0].problem == "it is not, word for word, what the article prints, which lacks 'And faster trains.'"
    assert faults[1].problem == "the article attributes it to Alex, not to Sam"
    assert faults[2].problem == "the article prints no quotation of message '3'"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We need a room.", 0),
        ("We need  a room.", 0),
        ("We need a room. [So do all of us.]", 1),
        ("We (...) need a room.", 1),
        ("We need a room", 1),
        ("we need a room.", 1),
        ("We need rooms.", 1),
        ("Nothing of the kind", 1),
    ],
)
def test_no_mark_hides_what_is_added_to_published_words(small, text, count):
    study = small("open", f"1,T1,P1,{text},published,open\n4,T2,P3,Trains.,,\n")
    article = ledger(("1", "Robin", "We need a room. [...]"))
    assert told(check_published(study, article)) == [("messages.csv", 2, "text")] * count


def test_a_quotation_without_words_vouches_for_none(small):
    study = small("open", "1,T1,P1,We need a room.,published,open\n4,T2,P3,Trains.,,\n")
    assert told(check_published(study, ledger(("1", "Robin", "[...]")))) == [("messages.csv", 2, "text")]


def test_nothing_published_is_nothing_to_check(small):
    study = small("open", "1,T1,P1,We need a room.,,\n4,T2,P3,Trains.,,\n")
    assert check_published(study, None) == check_published(study, ledger()) == []


@pytest.mark.parametrize(
    ("class_", "messages", "people", "expected"),
    [
        ("open", "1,T1,P1,Hello.,published,open\n2,T2,P1,No.,,\n", "P1,Robin,,\n", [("study.yaml", 1, "ledger")]),
        ("open", "1,T1,P1,Hello.,,\n2,T2,P1,No.,,\n", "P1,Robin,published,\n", [("study.yaml", 1, "ledger")]),
        ("published", "1,T1,P1,Hello.,,\n2,T2,P1,No.,published,\n", "P1,Robin,,\n", [("study.yaml", 2, "class")]),
    ],
)
def test_what_is_published_needs_a_ledger_that_prints_it(small, class_, messages, people, expected):
    assert told(check_published(small(class_, messages, people), None)) == expected


def test_in_a_published_study_everything_is_held_against_the_ledger(small):
    study = small("published", "1,T1,P1,Hello.,,\n4,T2,P3,Trains.,,\n", "P1,Robin,,designer\nP3,Alex,,\n")
    assert told(check_published(study, ledger(("1", "Robin", "Hello.")))) == [
        ("messages.csv", 3, "class"),
        ("participants.csv", 2, "profession"),
        ("participants.csv", 3, "class"),
    ]


@pytest.mark.parametrize("class_", ["restricted", "open"])
def test_the_real_people_may_have_attributes_and_say_more(small, class_):
    messages = f"1,T1,P1,Hello.,published,{class_}\n2,T1,P1,And more.,,\n4,T2,P3,Trains.,,\n"
    study = small(class_, messages, "P1,Robin,,designer\nP3,Alex,,\n")
    assert check_published(study, ledger(("1", "Robin", "Hello."))) == []


@pytest.mark.parametrize("class_", ["restricted", "open"])
def test_a_published_record_of_a_person_is_a_name_that_the_ledger_prints(small, class_):
    messages = "1,T1,P1,Hello.,,\n4,T2,P3,Trains.,,\n"
    study = small(class_, messages, "P1,Robin,published,designer\nP3,Alex,published,\n")
    assert told(check_published(study, ledger(("1", "Robin", "Hello.")))) == [
        ("participants.csv", 2, "profession"),
        ("participants.csv", 3, "class"),
    ]


def test_a_file_with_other_faults_is_held_against_the_ledger_all_the_same(tmp_path):
    folder = write_study(
        tmp_path / "s",
        messages_csv=(
            "message_id,thread_id,participant_id,text,posted_at,class,context_class\n"
            "1,T1,P1,Hello.,yesterday,published,open\n2,T2,P3\n"
        ),
        participants_csv='participant_id,code_name\n"P1,Robin\n',
    )
    study, _ = read_study(folder)
    assert not {"messages", "participants"} & set(study.tables)
    # Who wrote the message is not known here, and that is no fault of the message.
    assert check_published(study, ledger(("1", "Robin", "Hello."))) == []
    assert told(check_published(study, ledger(("1", "Robin", "Hello you.")))) == [("messages.csv", 2, "text")]
    (folder / "messages.csv").unlink()
    assert check_published(study, ledger(("1", "Robin", "Hello."))) == []


def test_the_stand_in_has_no_fault(planted):
    assert planted() == []


LEDGER = ("study.yaml", "ledger: ../article\n", "")
PEOPLE = "participants.csv"
TOM = "P06,Tom,published,,,"
HELEN = "P01,Helen,stand-in,public sector,public body,2013-09-02"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([LEDGER], [("claims.yaml", 14, "evidence"), ("study.yaml", 1, "ledger")]),
        ([(PEOPLE, TOM, "P06,Tom,published,designer,,")], [(PEOPLE, 7, "profession")]),
        (
            [(PEOPLE, TOM, "P06,Tom,published,,2-9,2013-09-10")],
            [(PEOPLE, 7, c) for c in ("joined", "organisation_size")],
        ),
        ([(PEOPLE, TOM, "P06,Tom,stand-in,,,")], [(PEOPLE, 7, "class")]),
        ([(PEOPLE, TOM, "P06,Tom,,,,")], [(PEOPLE, 7, "class")]),
        ([(PEOPLE, HELEN, "P01,Helen,published,,,")], [(PEOPLE, 2, "class")]),
        ([(PEOPLE, "P52,Hazel", "Tom,Hazel")], [(PEOPLE, 53, "participant_id")]),
    ],
)
def test_people_of_the_stand_in(planted, changes, expected):
    assert told(planted(*changes)) == expected


MESSAGES = "messages.csv"


def test_helen_cannot_be_called_tom(planted):
    faults = planted((PEOPLE, HELEN, HELEN.replace("Helen", "Tom")))
    of_people = [fault for fault in told(faults) if fault[0] == PEOPLE]
    columns = [(2, "class"), (2, "joined"), (2, "organisation_size"), (2, "profession"), (7, "code_name")]
    assert of_people == [(PEOPLE, *place) for place in columns]
    assert {(file, column) for file, _, column in told(faults)} - {(PEOPLE, column) for _, column in columns} == {
        (MESSAGES, "participant_id")
    }
    problems = [fault.problem for fault in faults if fault.file.endswith(MESSAGES)]
    assert problems[0] == "the article prints no message '1' by Tom"
    assert len(problems) == 11


def test_white_space_and_case_make_no_other_name(planted):
    places = told(planted((PEOPLE, HELEN, HELEN.replace("Helen", "t\u00adOM "))))
    assert (PEOPLE, 2, "class") in places
    assert (MESSAGES, 2, "participant_id") in places


SITE = "128,T34,P02,Broadband. Developers. Otherwise ok.,2014-01-13T09:50:00,2,127,stand-in,stand-in"
LAST = 'more prosperity",2013-09-18T10:27:00,5,11,published,stand-in'


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (SITE, SITE.replace("P02", "P06"), [(199, "participant_id", "the article prints no message '128' by Tom")]),
        (
            SITE,
            SITE.replace("P02", "P06").replace("stand-in,", "published,"),
            [(199, "class", "the article prints no quotation of message '128'")],
        ),
        (
            LAST,
            LAST.replace("published", "stand-in"),
            [(28, "class", "the article prints message '15' by Tom, and this one is not published")],
        ),
        (LAST, LAST.replace("stand-in", "published"), [(28, "context_class", "no ledger of an article prints")]),
        (LAST, LAST.replace("stand-in", ""), [(28, "context_class", "the text is published, and its thread")]),
        ("15,T04,P06", "15,T04,P05", [(28, "participant_id", "the article attributes it to Tom, not to Derek")]),
    ],
)
def test_messages_of_the_stand_in(planted, old, new, expected):
    faults = planted(("messages.csv", old, new))
    assert told(faults) == [("messages.csv", line, column) for line, column, _ in expected]
    assert all(fault.problem.startswith(words) for fault, (_, _, words) in zip(faults, expected, strict=True))


def test_a_sentence_added_to_published_words_is_told_beside_the_digests(planted):
    faults = planted(("messages.csv", LAST, LAST.replace('prosperity"', 'prosperity. And a bar"')))
    assert told(faults) == [
        ("assignments.csv", 16, "text_sha256"),
        ("assignments.csv", 147, "text_sha256"),
        ("messages.csv", 28, "text"),
    ]
    assert faults[2].problem.endswith("which lacks '. And a bar'")


def test_a_study_that_calls_everything_published_needs_a_ledger(planted):
    study_yaml = [("study.yaml", "class: stand-in", "class: published"), LEDGER]
    faults = planted(*study_yaml)
    assert [fault for fault in told(faults) if fault[0] == "study.yaml"] == [("study.yaml", 2, "class")]
