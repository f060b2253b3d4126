import textwrap

import pytest
from studies import SMALL, replaced, write_study

from lepanalysis.known import on_circles
from lepanalysis.study import read_study
from lepanalysis.tables import sha256_of

WITH_VALUES = "coder,message_id,code_id,coding_id,value\nA,1,a1,A-1,{}\nA,1,a2,A-2,\n"
SCALED = "{id: a1, name: Place, definition: a place to meet, coder: A, "
PLAIN = "{id: a1, name: Place, definition: a place to meet, coder: A"
MEMOS = "memo_id,about,about_id,text\nn1,{},some words\n"
EXTERNAL = "kind,id,program,external_id\n{},x9,Some program,77\n"
DIGESTS = "coder,message_id,status,text_sha256\nA,1,read,{}\nA,2,read,\nA,4,read,\nB,1,read,\nB,2,read,\nB,4,read,\n"
NO_TIMES = "message_id,thread_id,participant_id,text,reply_to\n1,T1,P1,We need a shared room. And faster trains.,2\n"


def faults_of(folder):
    """Return the faults of a study as (file, line, column, problem), the file without its folder."""
    _, faults = read_study(folder)
    return [(fault.file.rsplit("/", 1)[1], fault.line, fault.column, fault.problem) for fault in faults]


def test_the_small_study_has_no_fault(tmp_path):
    assert faults_of(write_study(tmp_path / "s")) == []


# file, what stands there, what is planted, line, column and words of the one fault that comes of it
PLANTED = [
    # study.yaml
    ("study.yaml", "title: A small study", "title: ' '", 1, "title", "the cell is empty"),
    ("study.yaml", "title: A small study\n", "", 1, "title", "the key is missing or empty"),
    ("study.yaml", "class: open", "class: public", 2, "class", "'public' is not known here"),
    ("study.yaml", "licence: CC0-1.0", "licence: [CC0]", 4, "licence", "one value belongs here"),
    ("study.yaml", "licence: CC0-1.0", "licence: CC0-1.0\nrights: all", 5, "rights", "not a key of this file"),
    ("study.yaml", "licence: CC0-1.0", "licence: CC0-1.0\napproach: free", 5, "approach", "'free' is not known here"),
    ("study.yaml", "licence: CC0-1.0", "licence: CC0-1.0\nledger: ../no", 5, "ledger", "there is no folder '../no'"),
    ("study.yaml", "licence: CC0-1.0", "licence: CC0-1.0\ntemplate: no.md", 5, "template", "there is no file 'no.md'"),
    ("study.yaml", "{from: 2020-01-01, to: 2020-03-31}", "2020", 5, "period", "not a mapping"),
    ("study.yaml", "from: 2020-01-01", "from: 2020-01", 5, "period", "'2020-01' is not a date"),
    ("study.yaml", "from: 2020-01-01", "from: spring", 5, "period", "'spring' is not a date"),
    ("study.yaml", "from: 2020-01-01", "from: 2020-02-30", 5, "period", "'2020-02-30' is not a date"),
    ("study.yaml", "from: 2020-01-01", "from: 2020-04-01", 5, "period", "it ends before it begins"),
    ("study.yaml", "from: 2020-01-01", "begin: 2020-01-01", 5, "period", "'begin' is not known here"),
    ("study.yaml", "- {id: B, name: Ben}", "- {id: B}", 8, "name", "the key is missing or empty"),
    (
        "study.yaml",
        "- {id: B, name: Ben}",
        "- {id: B, name: Ben}\n  - {id: A, name: A}",
        9,
        "id",
        "coder 'A' stands twice",
    ),
    (
        "study.yaml",
        "- {id: B, name: Ben}",
        "- {id: B, name: B}\n  - {id: all, name: C}",
        9,
        "id",
        "'all' is no id for a coder",
    ),
    ("study.yaml", "- {id: B, name: Ben}", "- {id: B, name: B}\n  - Cleo", 9, "", "not a list of keys and values"),
    # messages.csv
    ("messages.csv", "3,T1,P1,Thank you.", "3,T1,P1,", 4, "text", "the cell is empty"),
    ("messages.csv", "3,T1,P1", "1,T1,P2,Hear.,,,\n3,T1,P1", 4, "message_id", "'1' stands already in line 2"),
    ("messages.csv", "4,T2,P3", ",T2,P3", 5, "message_id", "the cell is empty"),
    ("messages.csv", "4,T2,P3", "4,T9,P3", 5, "thread_id", "there is no thread 'T9'"),
    ("messages.csv", "4,T2,P3", "4,T2,P9", 5, "participant_id", "there is no participant 'P9'"),
    ("messages.csv", "09:30:00,1,", "09:30:00,1,9", 5, "reply_to", "there is no message '9'"),
    ("messages.csv", "09:30:00,1,", "09:30:00,1,2", 5, "reply_to", "it answers a message of another thread"),
    ("messages.csv", "09:30:00,1,", "09:30:00,1,4", 5, "reply_to", "message '4' does not precede this one"),
    ("messages.csv", "09:00:00,3,2", "09:00:00,2,1", 4, "position", "position 2 of the thread is taken by line 3"),
    ("messages.csv", "09:00:00,3,2", "09:00:00,02,1", 4, "position", "position 2 of the thread is taken by line 3"),
    ("messages.csv", "09:00:00,3,2", "09:00:00,-3,", 4, "position", "position -3 is below zero"),
    ("messages.csv", "09:00:00,3,2", "09:00:00,third,2", 4, "position", "'third' is not a whole number"),
    ("messages.csv", "2020-02-01T09:00:00", "2020-01-06T10:00:00", 4, "reply_to", "'2' does not precede this one"),
    (
        "messages.csv",
        "2020-02-01T09:00:00",
        "2020-04-01T00:00:00",
        4,
        "posted_at",
        "outside the study's period 2020-01-01",
    ),
    (
        "messages.csv",
        "2020-02-01T09:00:00",
        "2020-02-01T09:00:00Z",
        4,
        "posted_at",
        "names a zone, unlike the times above",
    ),
    ("messages.csv", "2020-02-01T09:00:00", "1 February", 4, "posted_at", "'1 February' is not a date"),
    # codebook.yaml
    (
        "codebook.yaml",
        "  - {id: b1",
        "  - {id: a1, name: Spot, definition: x}\n  - {id: b1",
        4,
        "id",
        "'a1' stands already in line 2",
    ),
    (
        "codebook.yaml",
        "{id: a2, name: Travel",
        "{id: a2, name: PLACE",
        3,
        "name",
        "has a sibling of that name in line 2",
    ),
    ("codebook.yaml", "{id: b2, name: Train, ", "{id: b2, ", 5, "name", "the key is missing or empty"),
    ("codebook.yaml", "getting there, coder: A", "getting there, coder: [A]", 3, "coder", "one value belongs here"),
    ("codebook.yaml", PLAIN, SCALED + "parent: z", 2, "parent", "there is no code 'z'"),
    ("codebook.yaml", PLAIN, SCALED + "parent: a1", 2, "parent", "it leads back to the code itself"),
    ("codebook.yaml", PLAIN, SCALED + "merged_into: z", 2, "merged_into", "there is no code 'z'"),
    ("codebook.yaml", PLAIN, SCALED + "merged_into: a1", 2, "merged_into", "it leads back to the code itself"),
    ("codebook.yaml", PLAIN, SCALED + "status: done", 2, "status", "'done' is not known here"),
    ("codebook.yaml", PLAIN, SCALED + "scale: nominal, values: low", 2, "values", "not a list"),
    ("codebook.yaml", PLAIN, SCALED + "scale: nominal, values: [[1]]", 2, "values", "one value belongs here"),
    ("codebook.yaml", PLAIN, SCALED + "scale: ordinal", 2, "values", "an ordinal code names no values"),
    ("codebook.yaml", PLAIN, SCALED + "scale: ratio, values: [1, two]", 2, "values", "'two' is not a number"),
    ("codebook.yaml", PLAIN, SCALED + "colour: red", 2, "colour", "is not a colour"),
    ("codebook.yaml", PLAIN, SCALED + "color: red", 2, "color", "not a key of this file"),
    # codings.csv
    ("codings.csv", "B,4,b2,B-3,0", "B,4,b9,B-3,0", 8, "code_id", "there is no code 'b9'"),
    ("codings.csv", "B,4,b2,B-3,0", "B,4,a2,B-3,0", 8, "code_id", "'a2' is a code of coder A"),
    ("codings.csv", "B,4,b2,B-3,0", "C,4,travel,B-3,0", 8, "coder", "there is no coder 'C'"),
    ("codings.csv", "B,4,b2,B-3,0", "B,9,b2,B-3,0", 8, "message_id", "there is no message '9'"),
    ("codings.csv", "B,4,b2,B-3,0", "B,4,b2,B-2,0", 8, "coding_id", "'B-2' stands already in line 7"),
    ("codings.csv", "B,4,b2,B-3,0", "B,4,b2,B-3,", 8, "start", "one offset of two"),
    ("codings.csv", "B,4,b2,B-3,0,6", "B,4,b2,B-3,0,", 8, "end", "one offset of two"),
    ("codings.csv", "B,4,b2,B-3,0,6", "B,4,b2,B-3,6,6", 8, "start", "offsets 6 to 6 do not lie in order"),
    ("codings.csv", "B,4,b2,B-3,0,6", "B,4,b2,B-3,-1,6", 8, "start", "offsets -1 to 6 do not lie in order"),
    ("codings.csv", "B,4,b2,B-3,0,6", "B,4,b2,B-3,0,22", 8, "start", "inside the text of 21 characters"),
    ("codings.csv", "B,4,b2,B-3,0,6", "B,4,b2,B-3,0,²", 8, "end", "'²' is not a whole number"),
    ("codings.csv", "B,4,b2,B-3,0,6", "B,4,b2,B-3,--0,6", 8, "start", "'--0' is not a whole number"),
    ("codings.csv", "B,4,b2,B-3,0,6", "B,4,b2,B-3,0," + "9" * 5000, 8, "end", "is not a whole number"),
    ("codings.csv", "B,4,b2,B-3,0,6", "B,4,b2,B-3,0,7", 8, "quote", "the text reads 'Trains ' between the offsets"),
    ("codings.csv", "A,2,a1,A-3,,,", "A,2,a1,A-3,,,A room", 4, "quote", "it is not the text of the message"),
    ("codings.csv", "A,2,a1,A-3,,,", "A,1,a1,A-3,00,22,", 4, "code_id", "the same coding stands in line 2"),
    (
        "codings.csv",
        "A,2,a1,A-3,,,",
        "A,2,a1,,,,\nA,1,space,A/2/a1,,,",
        5,
        "coding_id",
        "'A/2/a1' is the id of line 4 too",
    ),
    ("codings.csv", "A,2,a1,A-3,,,", "A,3,a1,A-3,,,", 4, "message_id", "gives as nothing to code"),
    # assignments.csv
    ("assignments.csv", "B,4,read", "B,4,assigned", 8, "message_id", "gives as assigned"),
    ("assignments.csv", "B,4,read\n", "", 8, "message_id", "gives as not assigned"),
    ("assignments.csv", "B,4,read", "B,4,seen", 9, "status", "'seen' is not known here"),
    ("assignments.csv", "B,4,read", "B,4,read\nB,4,read", 10, "message_id", "'B' '4' stands already in line 9"),
    ("assignments.csv", "B,4,read", "B,4,read\nC,4,read", 10, "coder", "there is no coder 'C'"),
    # themes.yaml
    (
        "themes.yaml",
        "    - {id: ca2",
        "    - {id: ca1, name: Spots}\n    - {id: ca2",
        4,
        "id",
        "'ca1' stands already in line 3",
    ),
    ("themes.yaml", "codes: [space]", "codes: [gone]", 8, "codes", "there is no code 'gone'"),
    ("themes.yaml", "codes: [space]", "codes: [a1]", 8, "codes", "'a1' is a code of coder A"),
    ("themes.yaml", "codes: [a1]", "codes: [b1]", 3, "codes", "'b1' is a code of coder B"),
    ("themes.yaml", "codes: [a1]", "codes: [a1, a1]", 3, "codes", "'a1' stands twice"),
    ("themes.yaml", "codes: [a1]", "codes: a1", 3, "codes", "not a list"),
    ("themes.yaml", "codes: [a1]", "codes: [[a1]]", 3, "codes", "one value belongs here"),
    ("themes.yaml", "  B:\n", "  C:\n", 6, "coder", "there is no coder 'C'"),
    ("themes.yaml", 'named_in: ["1"]', 'named_in: ["9"]', 8, "named_in", "there is no message '9'"),
    (
        "themes.yaml",
        'named_in: ["1"]',
        "named_in: [2]",
        8,
        "named_in",
        "message '2' does not hold the words 'Shared room'",
    ),
    ("themes.yaml", "named_in: []", "x: left", 9, "x", "'left' is not a number"),
    # decisions.csv
    (
        "decisions.csv",
        "d3,2020-04-01,coding,A-2,accept",
        "d3,2020-04-01,coding,A-2,map",
        4,
        "outcome",
        "cannot be 'map'",
    ),
    ("decisions.csv", "coding,A-2,accept", "coding,A-9,accept", 4, "subjects", "there is no coding 'A-9'"),
    ("decisions.csv", "candidate,ca1,map", "candidate,ca9,map", 5, "subjects", "there is no candidate theme 'ca9'"),
    ("decisions.csv", "code,a2;b2,map", "code,a2;b9,map", 3, "subjects", "there is no code 'b9'"),
    ("decisions.csv", "code,a2;b2,map", "code,a2;a1,map", 3, "subjects", "code 'a1' is decided in line 2 as well"),
    ("decisions.csv", "code,a2;b2,map,travel", "code,a2;b2,map,", 3, "target", "map without a target"),
    ("decisions.csv", "code,a2;b2,map,travel", "code,a2;b2,map,gone", 3, "target", "there is no code 'gone'"),
    ("decisions.csv", "code,a2;b2,map,travel", "code,a2;b2,map,a1", 3, "target", "'a1' is one coder's own code"),
    ("decisions.csv", "code,a2;b2,map,travel", "code,a2;b2,map,travel;space", 3, "target", "map leads to one target"),
    ("decisions.csv", "map,t-travel", "map,t-gone", 6, "target", "there is no agreed theme 't-gone'"),
    ("decisions.csv", "A-2,accept,,A;B", "A-2,accept,,A;C", 4, "by", "there is no coder 'C'"),
    ("decisions.csv", "A-2,accept,,A;B", "A-2,accept,,", 4, "by", "the cell is empty"),
    ("decisions.csv", "d3,2020-04-01", "d3,in April", 4, "decided_at", "'in April' is not a date"),
    # quotations.csv
    ("quotations.csv", "(...),Robin", "(...),Sam", 2, "attributed_to", "message '1' is by Robin, not by Sam"),
    ("quotations.csv", "t-space,block", "t-gone,block", 2, "theme_id", "there is no agreed theme 't-gone'"),
    ("quotations.csv", "q1,1,We", "q1,9,We", 2, "message_id", "there is no message '9'"),
]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted[0]}: {planted[5]}")
def test_one_thing_planted_is_one_fault(tmp_path, planted):
    file, old, new, line, column, words = planted
    folder = write_study(tmp_path / "s", **{file.replace(".", "_"): replaced(file, old, new)})
    found = faults_of(folder)
    assert [fault[1:3] for fault in found] == [(line, column)], found
    assert words in found[0][3]
    own = {"assignments.csv": {"assignments.csv", "codings.csv"}}
    assert found[0][0] in own.get(file, {file})


DECISION = "decision_id,decided_at,kind,subjects,outcome,message_id,start,end,code_id,target,by,supersedes\n"

# files that the small study has not, or not in this form
WRITTEN = [
    ("memos.csv", MEMOS.format("message,9"), 2, "about_id", "there is no message '9'"),
    ("memos.csv", MEMOS.format("coding,A-9"), 2, "about_id", "there is no coding 'A-9'"),
    ("memos.csv", MEMOS.format("code,z"), 2, "about_id", "there is no code 'z'"),
    ("memos.csv", MEMOS.format("theme,z"), 2, "about_id", "there is no theme 'z'"),
    ("memos.csv", MEMOS.format("message,"), 2, "about_id", "about and about_id go together"),
    ("memos.csv", MEMOS.format("weather,9"), 2, "about", "'weather' is not known here"),
    ("external_ids.csv", EXTERNAL.format("code"), 2, "id", "there is no code 'x9'"),
    ("external_ids.csv", EXTERNAL.format("theme"), 2, "id", "there is no theme 'x9'"),
    ("assignments.csv", DIGESTS.format("ab" * 32), 2, "text_sha256", "the coder read another text"),
    ("assignments.csv", DIGESTS.format("abc"), 2, "text_sha256", "is not a SHA-256"),
    ("decisions.csv", DECISION + "d1,2020-04-01,coding,A-1,assign,1,,,,,A,\n", 2, "code_id", "assign without a code"),
    (
        "decisions.csv",
        DECISION + "d1,2020-04-01,coding,A-1,assign,1,,,a1,,A,\n",
        2,
        "code_id",
        "'a1' is one coder's own",
    ),
    ("decisions.csv", DECISION + "d1,2020-04-01,coding,A-1,redraw,1,,,,,A,\n", 2, "start", "redraw without offsets"),
    ("decisions.csv", DECISION + "d1,2020-04-01,coding,A-1,redraw,1,0,,,,A,\n", 2, "end", "one offset of two"),
    ("decisions.csv", DECISION + "d1,2020-04-01,coding,A-1,redraw,1,0,99,,,A,\n", 2, "start", "offsets 0 to 99"),
    ("decisions.csv", DECISION + "d1,2020-04-01,coding,A-1,redraw,,0,9,,,A,\n", 2, "message_id", "without a message"),
    (
        "decisions.csv",
        DECISION + "d1,2020-04-01,coding,A-1,accept,2,,,,,A,\n",
        2,
        "message_id",
        "'A-1' is of message '1'",
    ),
    (
        "decisions.csv",
        DECISION + "d1,2020-04-01,coding,A-1,accept,,,,,,A,d1\n",
        2,
        "supersedes",
        "no earlier decision 'd1'",
    ),
    (
        "decisions.csv",
        DECISION + "d1,2020-04-01,theme,t-space,rename,,,,,,A,\n",
        2,
        "target",
        "rename without a target",
    ),
    ("decisions.csv", DECISION + "d1,2020-04-01,topic,t-space,map,,,,,z,A,\n", 2, "kind", "'topic' is not known here"),
    ("messages.csv", SMALL["messages.csv"].split("\n")[0].strip() + "\n", 1, "", "there is no message"),
]


@pytest.mark.parametrize("written", WRITTEN, ids=lambda written: f"{written[0]}: {written[4]}")
def test_one_fault_in_a_file_of_its_own(tmp_path, written):
    file, text, line, column, words = written
    folder = write_study(tmp_path / "s", **{file.replace(".", "_"): text})
    found = [fault for fault in faults_of(folder) if fault[0] == file]
    assert [fault[1:3] for fault in found] == [(line, column)], found
    assert words in found[0][3]


@pytest.mark.parametrize(
    ("codebook", "value", "words"),
    [
        (PLAIN, "high", "the code has no scale"),
        (SCALED + "scale: ordinal, values: [low, high]", "middle", "'middle' is not a value of the code"),
        (SCALED + "scale: ratio", "much", "'much' is not a number"),
        (SCALED + "scale: ordinal, values: [low, high]", "high", ""),
        (SCALED + "scale: interval", "-1.5", ""),
    ],
)
def test_a_value_goes_with_the_scale_of_its_code(tmp_path, codebook, value, words):
    folder = write_study(
        tmp_path / "s",
        codings_csv=WITH_VALUES.format(value),
        codebook_yaml=replaced("codebook.yaml", PLAIN, codebook),
    )
    found = faults_of(folder)
    assert [fault[:3] for fault in found] == ([("codings.csv", 2, "value")] if words else [])
    assert not words or words in found[0][3]


def test_codes_under_one_another_in_a_circle_are_all_told(tmp_path):
    text = """\
        codes:
          - {id: a, name: A, definition: a, parent: b}
          - {id: b, name: B, definition: b, parent: c}
          - {id: c, name: C, definition: c, parent: b}
        """
    rest = ("codings.csv", "themes.yaml", "decisions.csv")
    found = faults_of(write_study(tmp_path / "s", without=rest, codebook_yaml=text))
    assert [fault[:3] for fault in found if fault[0] == "codebook.yaml"] == [
        ("codebook.yaml", 3, "parent"),
        ("codebook.yaml", 4, "parent"),
    ]


def test_replies_in_a_circle_are_told_also_without_times_and_positions(tmp_path):
    text = NO_TIMES + "2,T1,P2,A room would help us meet.,1\n3,T1,P1,Thank you.,2\n4,T2,P3,Trains are slow here.,\n"
    found = faults_of(write_study(tmp_path / "s", messages_csv=text))
    assert [fault[:3] for fault in found] == [("messages.csv", 2, "reply_to"), ("messages.csv", 3, "reply_to")]


@pytest.mark.parametrize(
    ("first", "second", "well"),
    [
        ("2020-01-05T23:30:00+01:00", "2020-01-05T22:45:00+00:00", True),
        ("2020-01-05T23:30:00+01:00", "2020-01-05T22:15:00+00:00", False),
        ("2020-01-06T12:00:00", "2020-01-06", True),
        ("2020-01-07", "2020-01-06T11:00:00", False),
        ("2020-01-06", "2020-01-06", True),
    ],
)
def test_a_reply_is_no_earlier_than_what_it_answers(tmp_path, first, second, well):
    head = "message_id,thread_id,participant_id,text,posted_at,reply_to\n"
    text = f"{head}1,T1,P1,a shared room,{first},\n2,T1,P2,b,{second},1\n"
    rest = ("codings.csv", "assignments.csv", "decisions.csv", "quotations.csv")
    found = faults_of(write_study(tmp_path / "s", without=rest, messages_csv=text))
    assert [fault[:3] for fault in found] == ([] if well else [("messages.csv", 3, "reply_to")])


def test_positions_may_be_counted_from_zero(tmp_path):
    text = replaced("messages.csv", "10:00:00,1,", "10:00:00,0,")
    assert faults_of(write_study(tmp_path / "s", messages_csv=text)) == []


@pytest.mark.parametrize("period", ["{from: '2020-01-01', to: 2020-03-31T12:00:00}", "{to: 2020-02-03}", "{}"])
def test_a_period_may_be_dates_or_text_and_open(tmp_path, period):
    text = replaced("study.yaml", "{from: 2020-01-01, to: 2020-03-31}", period)
    assert faults_of(write_study(tmp_path / "s", study_yaml=text)) == []


def test_a_period_with_an_open_end_says_so(tmp_path):
    text = replaced("study.yaml", "{from: 2020-01-01, to: 2020-03-31}", "{to: 2020-02-02}")
    ((_, _, _, problem),) = faults_of(write_study(tmp_path / "s", study_yaml=text))
    assert problem == "2020-02-03T09:30:00 is outside the study's period … to 2020-02-02"


@pytest.mark.parametrize(
    ("class_", "record", "words"),
    [
        ("open", "published", "no ledger of an article prints what stands in threads.csv"),
        ("open", "open", ""),
        ("open", "", ""),
        ("open", "restricted", "a study of class open holds no restricted record"),
        ("stand-in", "open", "a study of class stand-in holds no open record"),
    ],
)
def test_a_thread_has_the_class_of_its_study(tmp_path, class_, record, words):
    folder = write_study(
        tmp_path / "s",
        study_yaml=replaced("study.yaml", "class: open", f"class: {class_}"),
        threads_csv=f"thread_id,title,class\nT1,A room,{record}\nT2,Trains,\n",
    )
    found = faults_of(folder)
    assert [fault[:3] for fault in found] == ([("threads.csv", 2, "class")] if words else [])
    assert not words or found[0][3] == words


def test_words_and_code_names_may_be_published(tmp_path):
    folder = write_study(
        tmp_path / "s",
        messages_csv=with_classes("published,open", ",", "open,open", ",open"),
        participants_csv=replaced("participants.csv", "profession\nP1,Robin,designer", "class\nP1,Robin,published"),
    )
    # The other people's profession stands in the column of the class now.
    assert {fault[:3] for fault in faults_of(folder)} == {("participants.csv", line, "class") for line in (3, 4, 5)}


def with_classes(*pairs):
    """Return messages.csv with a class and a context_class for each of the four messages."""
    rows = textwrap.dedent(SMALL["messages.csv"]).splitlines()
    return "".join(f"{row},{pair}\n" for row, pair in zip(rows, ("class,context_class", *pairs), strict=True))


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("published,open", ""),
        ("published,", "the text is published, and its thread, its time and what it answers are not"),
        ("published,published", "no ledger of an article prints the thread and the time"),
        (",published", "no ledger of an article prints the thread and the time"),
        ("published,derived", "a study of class open holds no derived record"),
        ("published,public", "'public' is not known here"),
    ],
)
def test_a_context_is_never_published(tmp_path, pair, words):
    found = faults_of(write_study(tmp_path / "s", messages_csv=with_classes(",", pair, ",", ",")))
    assert [fault[:3] for fault in found] == ([("messages.csv", 3, "context_class")] if words else [])
    assert not words or found[0][3].startswith(words)


def test_a_published_text_needs_the_column_of_its_context(tmp_path):
    text = with_classes(",", "published,", ",", ",").replace(",context_class", "").replace(",\n", "\n")
    found = faults_of(write_study(tmp_path / "s", messages_csv=text))
    assert [fault[:3] for fault in found] == [("messages.csv", 3, "context_class")]


@pytest.mark.parametrize(("context", "count"), [("", 0), ("published", 1)])
def test_in_a_published_study_no_context_says_that_it_is(tmp_path, context, count):
    folder = write_study(
        tmp_path / "s",
        study_yaml=replaced("study.yaml", "class: open", "class: published"),
        messages_csv=with_classes(f",{context}", ",", ",", ","),
    )
    assert [fault[:3] for fault in faults_of(folder)] == [("messages.csv", 2, "context_class")] * count


@pytest.mark.parametrize("name", ["Robin", "robin", "Robin "])
def test_a_code_name_is_one_persons(tmp_path, name):
    folder = write_study(tmp_path / "s", participants_csv=replaced("participants.csv", "P4,Kim", f"P4,{name}"))
    assert faults_of(folder) == [
        ("participants.csv", 5, "code_name", f"{name!r} is the code name of the person in line 2 too")
    ]


def test_a_later_decision_supersedes_an_earlier_one(tmp_path):
    rows = "d1,2020-04-01,coding,A-2,accept,,,,,,A,\nd2,2020-04-02,coding,A-2,reject,,,,,,A,d1\n"
    assert faults_of(write_study(tmp_path / "s", decisions_csv=DECISION + rows)) == []


def test_a_text_read_as_it_stands_has_the_right_digest(tmp_path):
    digest = sha256_of(b"We need a shared room. And faster trains.")
    assert faults_of(write_study(tmp_path / "s", assignments_csv=DIGESTS.format(digest))) == []


def test_a_wrong_quote_that_stands_elsewhere_says_where(tmp_path):
    folder = write_study(tmp_path / "s", codings_csv=replaced("codings.csv", "0,6,Trains", "1,6,slow"))
    _, (fault,) = read_study(folder)
    assert fault.remedy == "the words stand at 11 to 15"


def test_several_faults_of_one_file_are_told_in_the_order_of_its_lines(tmp_path):
    text = textwrap.dedent(SMALL["codings.csv"])
    for old, new in (("A,1,a1", "C,1,space"), ("A,2,a1", "A,2,b1"), ("2,6,room", "2,7,room"), ("0,6,Trains", "0,,")):
        text = text.replace(old, new)
    found = faults_of(write_study(tmp_path / "s", codings_csv=text))
    assert [fault[1:3] for fault in found] == [(2, "coder"), (4, "code_id"), (7, "quote"), (8, "end")]


@pytest.mark.parametrize(
    ("links", "circles"),
    [
        ({}, set()),
        ({"a": "b", "b": "c"}, set()),
        ({"a": "a"}, {"a"}),
        ({"a": "b", "b": "c", "c": "b", "d": "a"}, {"b", "c"}),
        ({"b": "c", "c": "b", "a": "b"}, {"b", "c"}),
    ],
)
def test_circles(links, circles):
    assert on_circles(links) == circles
