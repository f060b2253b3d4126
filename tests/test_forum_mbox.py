import gzip
import time
from textwrap import dedent

import pytest

from lepanalysis.exchange.draft import plain, write_draft
from lepanalysis.exchange.forum_mbox import bare_subject, read
from lepanalysis.exchange.storable import storable
from lepanalysis.faults import LepanalysisError
from lepanalysis.study import open_study

LINE = "From ann@example.org Sun Jan  5 10:00:00 2020\n"


def mail(text="Words.", **headers):
    named = {
        "From": "Ann Bee <ann@example.org>",
        "Subject": "A room",
        "Date": "Sun, 5 Jan 2020 10:00:00 +0100",
        "Message-ID": "<1@example.org>",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    return (
        LINE
        + "".join(f"{name}: {value}\n" for name, value in named.items() if value is not None)
        + "\n"
        + text
        + "\n\n"
    )


def box(tmp_path, *mails, name="list.mbox"):
    data = b"".join(one if isinstance(one, bytes) else one.encode() for one in mails)
    (tmp_path / name).write_bytes(data)
    return tmp_path / name


def only_text(tmp_path, *mails, **options):
    draft, report = read(box(tmp_path, *mails), options)
    assert len(draft.messages) == 1
    return draft.messages[0]["text"], report


def test_mails_become_messages_and_the_study_can_be_opened(tmp_path):
    second = mail(
        "Yes.\n",
        From='"Dee, Ben" <BEN@example.org>',
        Subject="Re: [plans] A room",
        Date="Mon, 6 Jan 2020 09:00:00 +0000",
        Message_ID="<2@example.org>",
        References="<1@example.org>",
        List_Id="Plans <plans.example.org>",
    )
    draft, report = read(box(tmp_path, mail("We need a room."), second), {})
    assert plain(draft).messages == (
        {
            "message_id": "m1",
            "thread_id": "t1",
            "participant_id": "p1",
            "text": "We need a room.",
            "posted_at": "2020-01-05T09:00:00+00:00",
            "position": 1,
        },
        {
            "message_id": "m2",
            "thread_id": "t1",
            "participant_id": "p2",
            "text": "Yes.",
            "posted_at": "2020-01-06T09:00:00+00:00",
            "position": 2,
            "reply_to": "m1",
        },
    )
    assert [row["code_name"] for row in draft.participants] == ["Ann Bee", "Dee, Ben"]
    assert draft.threads[0]["title"] == "A room"
    assert {(row["kind"], row["external_id"]) for row in draft.external_ids} == {
        ("message", "1@example.org"),
        ("message", "2@example.org"),
        ("participant", "ann@example.org"),
        ("participant", "ben@example.org"),
    }
    assert report.tally("messages").kept == 2
    write_draft(storable(draft, "x")[0], tmp_path / "study")
    assert len(open_study(tmp_path / "study").threads) == 1


def test_threads_hold_together_over_mails_that_are_missing_and_by_subject(tmp_path):
    mails = [
        mail(Message_ID="<a@x>"),
        mail(Message_ID="<c@x>", Subject="Other words", References="<lost@x>"),
        mail(Message_ID="<d@x>", Subject="Other words still", In_Reply_To="<lost@x>"),
        mail(Message_ID="<e@x>", Subject="AW: a  ROOM"),
        mail(Message_ID="<f@x>", Subject="A room"),
    ]
    draft, report = read(box(tmp_path, *mails), {})
    # The second opening with the same subject is no answer: it begins a thread of its own.
    assert [
        [row["message_id"] for row in draft.messages if row["thread_id"] == name] for name in ("t1", "t2", "t3")
    ] == [
        ["m1", "m4"],
        ["m2", "m3"],
        ["m5"],
    ]
    assert {row["reply_to"] for row in draft.messages} == {None}
    assert any("its subject put it" in loss.why for loss in report.losses)


def test_circles_of_answers_and_clocks_that_go_wrong_are_mended(tmp_path):
    mails = [
        mail(Message_ID="<a@x>", References="<b@x>"),
        mail(Message_ID="<b@x>", References="<a@x>"),
        mail(Message_ID="<c@x>", References="<c@x>"),
        mail(Message_ID="<d@x>", References="<b@x>", Date="Wed, 1 Jan 2020 00:00:00 +0000"),
        mail(Message_ID="<e@x>", Date="gestern"),
        mail(Message_ID="<f@x>", Date="Thu, 1 Jan 1970 00:00:00 +0000"),
        mail(Message_ID="<g@x>", Date=None),
    ]
    draft, _ = read(box(tmp_path, *mails), {})
    rows = {row["message_id"]: row for row in draft.messages}
    assert (rows["m1"]["reply_to"], rows["m2"]["reply_to"], rows["m3"]["reply_to"]) == (None, "m1", None)
    assert (rows["m4"]["reply_to"], rows["m4"]["posted_at"]) == ("m2", None)
    assert [rows[name]["posted_at"] for name in ("m5", "m6", "m7")] == [None, None, None]
    write_draft(storable(draft, "x")[0], tmp_path / "study")


def test_a_mail_that_stands_twice_is_dropped_and_one_under_a_taken_id_is_kept(tmp_path):
    draft, report = read(box(tmp_path, mail("One."), mail("One."), mail("Another.")), {})
    assert [row["text"] for row in draft.messages] == ["One.", "Another."]
    assert (report.tally("messages").dropped, report.tally("messages").changed) == (1, 1)


def test_quoted_text_is_kept_or_dropped_with_the_line_above_it(tmp_path):
    text = dedent("""\
        Hello,

        On Sun, 5 Jan 2020 at 10:00, Ann Bee <ann@example.org>
        wrote:

        > We need
        >> a room.

        I agree: fully.
        > (see above)
        """)
    assert only_text(tmp_path, mail(text))[0] == text.strip()
    dropped, report = only_text(tmp_path, mail(text), quoted="drop")
    assert dropped == "Hello,\n\nI agree: fully."
    assert report.tally("quoted lines").dropped == 5
    below = "Yes.\n\n-----Original Message-----\nFrom: Ann\nWe need a room."
    assert only_text(tmp_path, mail(below), quoted="drop")[0] == "Yes."


def test_signatures_and_the_feet_of_lists_are_dropped_unless_kept(tmp_path):
    text = "Yes.\n\n-- \nAnn\nTel. 123\n_______________________________________________\nplans mailing list"
    assert only_text(tmp_path, mail(text))[0] == "Yes."
    assert only_text(tmp_path, mail(text))[1].tally("signatures").dropped == 1
    assert only_text(tmp_path, mail(text), signatures="keep")[0] == text
    assert only_text(tmp_path, mail("-- \nAnn"))[0] == "-- \nAnn"


PARTS = dedent("""\
    --b
    Content-Type: multipart/alternative; boundary=c

    --c
    Content-Type: text/html

    <p>Hello</p>
    --c
    Content-Type: text/plain; charset=iso-8859-1
    Content-Transfer-Encoding: quoted-printable

    H=E9llo =80
    --c--
    --b
    Content-Type: image/png; name=a.png
    Content-Transfer-Encoding: base64

    AAAA
    --b
    Content-Type: text/plain
    Content-Disposition: attachment; filename=a.txt

    no
    --b--
    """)


def test_plain_text_is_preferred_and_attachments_are_counted(tmp_path):
    text, report = only_text(tmp_path, mail(PARTS, Content_Type="multipart/mixed; boundary=b"))
    assert text == "Héllo €"
    assert report.tally("attachments").dropped == 2


def test_html_alone_becomes_text(tmp_path):
    text, report = only_text(tmp_path, mail("<p>One</p><p>two</p>", Content_Type="text/html; charset=utf-8"))
    assert text == "One\n\ntwo"
    assert report.tally("messages").changed == 1


def test_lines_that_a_program_broke_are_joined(tmp_path):
    flowed = "We need \na room.\n> and \n> trains\n\n-- \nAnn"
    text, _ = only_text(tmp_path, mail(flowed, Content_Type="text/plain; format=flowed"))
    assert text == "We need a room.\n> and trains"


@pytest.mark.parametrize(
    "charset", ["utf-8", "no-such", "idna", "punycode", "hex", "unicode_escape", "y" * 5000, "a\0b"]
)
def test_characters_in_another_encoding_than_the_stated_are_read_as_well_as_can_be(tmp_path, charset):
    head, _, body = mail("xxx", Content_Type=f'text/plain; charset="{charset}"').encode().partition(b"xxx")
    text, report = only_text(tmp_path, head + b"caf\xe9 \\u0041" + body)
    assert text == "café \\u0041"
    assert report.tally("messages").changed == 1


def test_encoded_headers_and_addresses_of_archives_are_read(tmp_path):
    encoded = mail(From="=?utf-8?Q?J=C3=BCrgen?= <j@example.org>", Subject="=?utf-8?B?w4RybmVs?=", Message_ID="<1@x>")
    archive = mail(From="dee at example.org (Dee Eff)", Subject="Other", Message_ID="<2@x>")
    bare = mail(From="gee@example.org", Subject=None, Message_ID="<3@x>")
    nobody = mail(From=None, Message_ID="<4@x>", Subject="Nobody")
    draft, _ = read(box(tmp_path, encoded, archive, bare, nobody), {})
    assert [row["code_name"] for row in draft.participants] == ["Jürgen", "Dee Eff", "gee", "unknown"]
    assert [row["title"] for row in draft.threads] == ["Ärnel", "Other", "(no subject)", "Nobody"]
    assert [row["external_id"] for row in draft.external_ids if row["kind"] == "participant"][1] == "dee@example.org"


def test_a_line_of_text_that_begins_with_from_does_not_part_a_mail(tmp_path):
    text = "One\nFrom now on: two.\n\nFrom me to you\n\n>From the archive"
    assert only_text(tmp_path, mail(text))[0] == "One\nFrom now on: two.\n\nFrom me to you\n\nFrom the archive"


def test_archives_packed_with_gzip_and_folders_of_mails_are_read(tmp_path):
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "2020-January.txt.gz").write_bytes(gzip.compress(mail("One.").encode()))
    (folder / "b.eml").write_bytes(mail("Two.", Message_ID="<2@x>").removeprefix(LINE).replace("\n", "\r\n").encode())
    assert [row["text"] for row in read(folder, {})[0].messages] == ["One.", "Two."]


@pytest.mark.parametrize(
    ("subject", "bare"),
    [("Re: AW: [plans] Re[2]: A  room", "A room"), ("Regarding: us", "Regarding: us"), ("", ""), ("Re:", "")],
)
def test_a_subject_is_bared_of_its_marks(subject, bare):
    assert bare_subject(subject) == bare


def nested(depth):
    return "".join(f"Content-Type: message/rfc822\n\nSubject: {place}\n" for place in range(depth))


HOSTILE = {
    "a header of a megabyte": mail(Subject="=?utf-8?q?" * 100_000),
    "a header of two": mail(X_Filler="x" * 2_200_000),
    "an author of a megabyte": mail(From="(" * 500_000 + "<" * 500_000),
    "references of a megabyte": mail(References="<a@x> " * 200_000),
    "a date of a megabyte": mail(Date="Mon, " * 200_000),
    "parts in parts": mail("".join(f"--{n}\nContent-Type: multipart/mixed; boundary={n + 1}\n\n" for n in range(5000))),
    "mails in mails": mail(nested(5000), Content_Type="message/rfc822"),
    "deep quoting": mail((">" * 2000 + " x\n") * 500),
    "subjects": mail(Subject="Re: " * 500_000),
    "a parameter without end": mail(Content_Type='text/plain; charset="' + "a" * 900_000),
    "parameters": mail(Content_Type="text/plain; " + "a=b;" * 200_000),
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_mails_are_read_or_dropped_in_bounded_time(tmp_path, source):
    begin = time.process_time()
    draft, report = read(box(tmp_path, source, mail("Sound.", Message_ID="<sound@x>")), {"quoted": "drop"})
    assert time.process_time() - begin < 10
    assert report.tally("messages").came == 2
    assert "Sound." in [row["text"] for row in draft.messages]


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"no mail", "holds no mail"), (b"\x1f\x8bno", "damaged"), (gzip.compress(b"From x" * 900)[:40], "cut short")],
)
def test_what_is_no_mailbox_is_refused(tmp_path, data, words):
    with pytest.raises(LepanalysisError, match=words):
        read(box(tmp_path, data), {})


def test_an_archive_that_was_made_anew_holds_each_mail_once(tmp_path):
    text = "We should look at the café before the next meeting of the board."
    other = text.replace("café", "caf?")
    draft, report = read(box(tmp_path, mail(text), mail(other), mail(other, Date="Mon, 6 Jan 2020 10:00:00 +0100")), {})
    assert [row["text"] for row in draft.messages] == [text, other]
    assert [(loss.what, loss.count, loss.why) for loss in report.losses] == [
        ("dropped", 1, "a mail of the same author, time and almost the same words stands above already"),
        ("changed", 1, "another mail has its Message-ID; answers count as answers to that one"),
    ]


SCRUBBED = """\
-------------- next part --------------
A non-text attachment was scrubbed...
Name: plan.pdf
Type: application/pdf
Size: 24 bytes
Desc: not available
URL: <http://lists.example.org/attachments/1/plan.pdf>
"""
APART = """\
An embedded and charset-unspecified text was scrubbed...
Name: not available
URL: <http://lists.example.org/attachments/2/attachment.pl>"""


def test_what_an_archive_says_in_the_place_of_attachments_is_no_text(tmp_path):
    text, report = only_text(tmp_path, mail(f"The plan.\n\n{SCRUBBED}"))
    assert text == "The plan."
    assert report.tally("attachments").dropped == 1


def test_a_mail_whose_words_the_archive_keeps_apart_stays_in_its_place(tmp_path):
    answer = mail("Yes.", **{"Message-ID": "<2@example.org>", "In-Reply-To": "<1@example.org>"})
    draft, report = read(box(tmp_path, mail(APART), answer), {})
    assert [row["text"] for row in draft.messages] == [APART, "Yes."]
    assert draft.messages[1]["reply_to"] == draft.messages[0]["message_id"]
    assert report.tally("attachments").came == 0
    assert report.losses[0].why.startswith("the archive keeps its words apart")


@pytest.mark.parametrize(
    ("sender", "shown"),
    [
        ("ann at example.org (Ann Bee)", "Ann Bee"),
        ("ann at example.org (ann at example.org)", "ann"),
        ('"ann@example.org" <ann@example.org>', "ann"),
        ("Ann at Home <ann@example.org>", "Ann at Home"),
    ],
)
def test_an_address_is_no_name(tmp_path, sender, shown):
    draft, _ = read(box(tmp_path, mail(From=sender)), {})
    assert [row["code_name"] for row in draft.participants] == [shown]
