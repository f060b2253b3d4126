import dataclasses
import io
import json
import signal
import subprocess
import sys
import textwrap
import time
import types
import zipfile

import pytest
from click.testing import CliRunner
from projects import ROOT
from studies import SMALL, write_study

from lepanalysis.cli import main
from lepanalysis.exchange import importing, kinds
from lepanalysis.exchange.draft import Draft, draft_of, write_draft
from lepanalysis.exchange.exporting import export_study
from lepanalysis.exchange.importing import import_study
from lepanalysis.exchange.losses import Ledger
from lepanalysis.faults import LepanalysisError, StudyFaultsError, UsageError
from lepanalysis.places import write_whole
from lepanalysis.study import open_study

DRAFT = Draft(
    study={"coders": [{"id": "A", "name": "Ada"}]},
    messages=(
        {"message_id": "m1", "thread_id": "T", "participant_id": "P", "text": "We need\r\na room."},
        {"message_id": "m2", "thread_id": "T", "participant_id": "P", "text": "Yes.", "reply_to": "m1"},
    ),
    participants=({"participant_id": "P", "code_name": "Robin"},),
    codes=({"id": "c", "name": "Room", "definition": "a room"},),
    codings=({"coder": "A", "message_id": "m1", "code_id": "c", "start": 9, "end": 15, "quote": "a room"},),
)
SMALL_TABLES = ("messages", "participants", "codes", "codings")


def changed(**changes):
    return dataclasses.replace(DRAFT, **changes)


def book(draft=DRAFT):
    ledger = Ledger("talks.txt", "interviews")
    for kind in SMALL_TABLES:
        ledger.came(kind, draft.counts()[kind])
    return ledger.report()


@pytest.fixture
def talks(tmp_path, monkeypatch):
    """Give a file of interviews, and a function that says what its reader and the writer of deposits do."""
    (tmp_path / "talks.txt").write_text("A: We need a room.\n")
    fake = types.ModuleType("lepanalysis.exchange.fake")
    monkeypatch.setitem(sys.modules, fake.__name__, fake)
    for kind, side in (("interviews", "reader"), ("deposit", "writer")):
        monkeypatch.setitem(kinds.KINDS, kind, dataclasses.replace(kinds.KINDS[kind], **{side: f"fake:{side}"}))
    source, seen = tmp_path / "talks.txt", []

    def reads(result=(DRAFT, None)):
        def reader(path, options):
            seen.append((path, dict(options)))
            if isinstance(result, type) and issubclass(result, BaseException):
                raise result
            draft, report = result
            return draft, report or book(draft)

        fake.reader = reader
        return source

    def writes(text="x", error=None):
        def writer(study, target, options):
            seen.append((study, dict(options)))
            write_whole(target, text.encode())
            if error:
                raise error
            ledger = Ledger(target.name, "deposit")
            ledger.came("codings", len(study.codings) if study.has("codings") else 0)
            return ledger.report()

        fake.writer = writer

    reads()
    writes()
    return types.SimpleNamespace(reads=reads, writes=writes, seen=seen, source=source)


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_import_makes_a_study_with_its_report(tmp_path, talks):
    report = import_study(talks.source, tmp_path / "ours")
    study = open_study(tmp_path / "ours")
    assert study.record.class_ == "restricted"
    assert (study.title, study.record.licence) == ("talks", "not stated")
    assert study.record.source == "talks.txt (interviews)"
    assert (tmp_path / "ours" / "import" / "report.txt").read_text(encoding="utf-8") == report.as_text()
    assert json.loads((tmp_path / "ours" / "import" / "report.json").read_text()) == report.as_record()
    assert dict(report.result) == {"messages": 2, "participants": 1, "codings": 1, "coders": 1, "codes": 1}
    assert names(tmp_path) == ["ours", "talks.txt"]


def test_line_ends_become_lf_and_the_segments_move_with_them(tmp_path, talks):
    report = import_study(talks.source, tmp_path / "ours")
    draft = draft_of(open_study(tmp_path / "ours"))
    assert draft.messages[0]["text"] == "We need\na room."
    assert (draft.codings[0]["start"], draft.codings[0]["end"]) == (8, 14)
    assert report.parts[0].losses[0].why == "line ends are now LF, offsets moved accordingly"


def test_what_the_user_states_goes_before_what_the_file_says(tmp_path, talks):
    talks.reads((changed(study={"title": "Theirs", "class": "open"}, codings=()), None))
    import_study(talks.source, tmp_path / "a")
    import_study(talks.source, tmp_path / "b", options={"title": "Ours", "class": "stand-in", "licence": "CC0-1.0"})
    records = [open_study(tmp_path / name).record for name in "ab"]
    assert [(one.title, one.class_, one.licence) for one in records] == [
        ("Theirs", "open", "not stated"),
        ("Ours", "stand-in", "CC0-1.0"),
    ]


def test_what_a_study_cannot_hold_is_mended_and_reported(tmp_path, talks):
    messages = (
        {**DRAFT.messages[0], "text": " \n"},
        {**DRAFT.messages[1], "text": "Yes\0 half \ud800."},
    )
    memos = ({"memo_id": "n1", "about": "message", "about_id": "m1", "text": "x"}, {"memo_id": "n2", "text": "y"})
    draft = changed(messages=messages, codings=({**DRAFT.codings[0], "start": 0, "end": 1, "quote": ""},), memos=memos)
    talks.reads((draft, None))
    report = import_study(talks.source, tmp_path / "ours")
    found = draft_of(open_study(tmp_path / "ours"))
    assert [row["text"] for row in found.messages] == ["Yes\ufffd half \ufffd."]
    assert "reply_to" not in found.messages[0]
    assert (found.codings, [row["memo_id"] for row in found.memos]) == ((), ["n2"])
    mended = report.parts[0]
    assert [(one.kind, one.came, one.changed, one.dropped) for one in mended.tallies] == [
        ("messages", 2, 1, 1),
        ("codings", 1, 0, 1),
        ("memos", 2, 0, 1),
    ]


def test_a_coding_that_was_made_twice_is_one(tmp_path, talks):
    coding = {**DRAFT.codings[0], "coding_id": "k1", "memo": "first"}
    whole = {"coder": "A", "message_id": "m2", "code_id": "c", "coding_id": "k3"}
    codings = (
        coding,
        {**coding, "coding_id": "k2", "memo": "second", "start": "9"},
        whole,
        {**whole, "start": 0, "end": 4, "coding_id": "k4"},
    )
    memos = ({"memo_id": "n", "about": "coding", "about_id": "k2", "text": "x"},)
    foreign = tuple({"kind": "coding", "id": f"k{n}", "program": "P", "external_id": f"g{n}"} for n in (1, 2))
    talks.reads((changed(codings=codings, memos=memos, external_ids=foreign), None))
    report = import_study(talks.source, tmp_path / "ours")
    draft = draft_of(open_study(tmp_path / "ours"))
    assert [(row["coding_id"], row.get("memo")) for row in draft.codings] == [("k1", "first\n\nsecond"), ("k3", None)]
    assert draft.memos[0]["about_id"] == "k1"
    assert [row["external_id"] for row in draft.external_ids] == ["g1"]
    assert (report.parts[0].tally("codings").changed, report.parts[0].tally("codings").dropped) == (1, 2)


def test_names_that_a_study_cannot_tell_apart_get_numbers(tmp_path, talks):
    names_ = ("Room", "room", "ROOM (2)", "Room ")
    codes = tuple({"id": f"c{number or ''}", "name": name, "definition": "x"} for number, name in enumerate(names_))
    people = tuple({"participant_id": f"P{n or ''}", "code_name": name} for n, name in enumerate(["Robin", "robin"]))
    talks.reads((changed(codes=codes, participants=people), None))
    report = import_study(talks.source, tmp_path / "ours")
    draft = draft_of(open_study(tmp_path / "ours"))
    assert [code["name"] for code in draft.codes] == ["Room", "room (3)", "ROOM (2)", "Room "]
    assert [row["code_name"] for row in draft.participants] == ["Robin", "robin (2)"]
    assert report.parts[0].tally("codes").changed == 1


@pytest.mark.parametrize("error", [LepanalysisError, KeyboardInterrupt, MemoryError])
def test_an_import_whose_reader_fails_leaves_nothing_behind(tmp_path, talks, error):
    talks.reads(error)
    with pytest.raises(error):
        import_study(talks.source, tmp_path / "new" / "ours")
    assert names(tmp_path) == ["talks.txt"]


def test_an_import_that_makes_no_sound_study_leaves_nothing_behind(tmp_path, talks):
    talks.reads((changed(codes=()), None))
    with pytest.raises(StudyFaultsError, match=r"codings\.csv:2: code_id: there is no code 'c'"):
        import_study(talks.source, tmp_path / "new" / "ours")
    assert names(tmp_path) == ["talks.txt"]


def test_faults_of_what_was_read_are_shown_as_far_as_somebody_reads_them(tmp_path, talks):
    codings = tuple({**DRAFT.codings[0], "start": number, "code_id": f"c{number}"} for number in range(9))
    messages = tuple({**DRAFT.messages[0], "message_id": f"m{number}", "class": "secret"} for number in range(90))
    talks.reads((changed(messages=messages, codings=codings), None))
    done = run("import", talks.source, tmp_path / "ours")
    lines = done.output.splitlines()
    assert lines[0] == "what was read of talks.txt makes no sound study, so none was written:"
    assert (len(lines), lines[-1].startswith("… and ")) == (22, True)
    assert done.exit_code == 1


def test_what_is_nested_too_deeply_is_refused_in_a_sentence(tmp_path, talks):
    talks.reads(RecursionError)
    done = run("import", talks.source, tmp_path / "ours")
    assert (done.exit_code, done.output) == (1, "talks.txt is refused: what is in it is nested too deeply\n")


def test_a_report_that_says_more_was_kept_than_there_is_stops_the_import(tmp_path, talks):
    talks.reads((changed(codings=()), book()))
    with pytest.raises(AssertionError, match="codings: the report says 1 were kept, the result holds 0"):
        import_study(talks.source, tmp_path / "ours")
    assert names(tmp_path) == ["talks.txt"]


def test_files_that_a_reader_hands_over_lie_beside_the_report(tmp_path, talks):
    report = book().with_file("mapping.yaml", "shape: long\n").with_file("../../evil.txt", "x")
    talks.reads((DRAFT, report))
    import_study(talks.source, tmp_path / "ours")
    assert names(tmp_path / "ours" / "import") == ["evil.txt", "mapping.yaml", "report.json", "report.txt"]
    assert names(tmp_path) == ["ours", "talks.txt"]


@pytest.fixture
def pseudonyms(monkeypatch):
    """Stand for pseudonymisation with one that takes the text away and hands over a key."""
    fake = types.ModuleType("lepanalysis.exchange.pseudonymise")
    fake.cleared = lambda report, _part: report

    def apply(draft, _options):
        people = tuple({**row, "code_name": "Person 1"} for row in draft.participants)
        ledger = Ledger("talks.txt", "pseudonymisation")
        ledger.came("participants", 1)
        ledger.changed("participants", "P", "a code name")
        part = ledger.report({"participants": 1}).with_file(importing.KEY, "code_name,name\nPerson 1,Robin\n")
        return dataclasses.replace(draft, participants=people), part

    fake.apply = apply
    monkeypatch.setitem(sys.modules, fake.__name__, fake)


@pytest.mark.usefixtures("pseudonyms")
def test_the_key_to_code_names_is_kept_outside_the_study_for_its_owner_only(tmp_path, talks):
    report = import_study(talks.source, tmp_path / "ours", options={"pseudonymise": True})
    key = tmp_path / "ours.key.csv"
    assert key.read_text() == "code_name,name\nPerson 1,Robin\n"
    assert key.stat().st_mode & 0o777 == 0o600
    assert names(tmp_path / "ours" / "import") == ["report.json", "report.txt"]
    everything = b"".join(path.read_bytes() for path in (tmp_path / "ours").rglob("*") if path.is_file())
    assert b"Robin" not in everything
    assert "The key to the code names lies outside the study; keep it apart." in report.as_text()


@pytest.mark.usefixtures("pseudonyms")
def test_a_key_is_neither_put_into_the_study_nor_over_another_nor_left_without_a_study(tmp_path, talks):
    with pytest.raises(UsageError, match="lies in the study's folder"):
        import_study(talks.source, tmp_path / "ours", options={"pseudonymise": True, "key": tmp_path / "ours/key.csv"})
    (tmp_path / "ours.key.csv").write_text("earlier")
    with pytest.raises(UsageError, match="is there already"):
        import_study(talks.source, tmp_path / "ours", options={"pseudonymise": True})
    talks.reads((changed(codes=()), None))
    with pytest.raises(StudyFaultsError):
        import_study(talks.source, tmp_path / "ours", options={"pseudonymise": True, "key": tmp_path / "k.csv"})
    assert names(tmp_path) == ["ours.key.csv", "talks.txt"]


def test_names_without_pseudonymisation_are_wrong_usage(tmp_path, talks):
    with pytest.raises(UsageError, match="--names and --key go with --pseudonymise"):
        import_study(talks.source, tmp_path / "ours", options={"names": tmp_path / "names.txt"})


def test_a_reader_that_is_not_there_says_so(monkeypatch, tmp_path, talks):
    for place, match in (("no_such:read", "has nothing for this yet: interviews"), ("losses:read", "nothing for this")):
        monkeypatch.setitem(kinds.KINDS, "interviews", dataclasses.replace(kinds.KINDS["interviews"], reader=place))
        with pytest.raises(LepanalysisError, match=match):
            import_study(talks.source, tmp_path / "ours")


def test_every_reader_and_writer_of_the_register_is_there():
    for kind in kinds.KINDS.values():
        for place in filter(None, (kind.reader, kind.writer)):
            assert callable(importing.loaded(place, kind.words))


def test_the_command_imports_and_says_in_short_what_it_did(tmp_path, talks):
    done = run("import", talks.source, tmp_path / "ours", "--title", "Ours")
    assert done.exit_code == 0
    assert done.output.startswith("talks.txt: interviews\n")
    assert f"{tmp_path / 'ours' / 'import' / 'report.txt'}" in done.output
    assert talks.seen[0][1] == {"title": "Ours", "kind": "interviews"}


def test_the_command_prints_the_report_as_json(tmp_path, talks):
    done = run("import", talks.source, tmp_path / "ours", "--json", "--offsets", "utf16", "--class", "open")
    assert json.loads(done.stdout)["result"]["messages"] == 2
    assert talks.seen[0][1] == {"offsets": "utf16", "class": "open", "kind": "interviews"}
    done = run("export", tmp_path / "ours", tmp_path / "ours.zip", "--json")
    assert json.loads(done.stdout)["source"] == "ours.zip"


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("missing.txt", "ours"), 2, "there is no file or folder"),
        (("talks.txt", "talks.txt"), 2, "is a file; name a folder"),
        (("talks.txt", "ours", "--kind", "nvivo"), 2, "--kind nvivo is no kind of file that is read"),
        (("talks.txt", "ours", "--class", "secret"), 2, "--class secret is not known"),
        (("talks.txt", "ours", "--class", "published"), 1, "ledger"),
        (("talks.txt", "ours", "--kind", "qdpx"), 1, "--kind says qdpx"),
        (("talks.txt",), 2, "Missing argument 'STUDY'"),
    ],
)
def test_the_status_of_the_command_says_whose_fault_it_is(talks, monkeypatch, arguments, status, sentence):
    monkeypatch.chdir(talks.source.parent)
    done = run("import", *arguments)
    assert (done.exit_code, sentence in done.output) == (status, True), done.output
    assert names(talks.source.parent) == ["talks.txt"]
    assert talks.source.read_text() == "A: We need a room.\n"


def archive_of(*members, flags=0):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    data = bytearray(buffer.getvalue())
    data[data.index(b"PK\x01\x02") + 8] |= flags
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.qdpx", archive_of(("project.qde", bytes(20 << 20))), "as in a ZIP bomb"),
        ("a.qdpx", archive_of(("project.qde", b"<a/>"), ("../../evil.txt", b"x")), "leads out of the archive"),
        ("a.qdpx", archive_of(("project.qde", b"<a/>"), flags=1), "it is encrypted"),
        ("a.qdpx", archive_of(("project.qde", b"<a/>"))[:-30], "no whole ZIP archive"),
        ("a.qdc", b"<a>" * 1_000_000, "more than 200 deep"),
        ("a.qdc", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><CodeBook>&b;</CodeBook>', "DTD"),
        ("a.sqlite3", b"SQLite format 3\x00" + b"\xff" * 4096, "SQLite file"),
        ("a.xlsx", b"unit,code\n1,x\n", "its name ends in .xlsx"),
    ],
)
def test_a_hostile_file_is_refused_in_one_sentence_and_leaves_nothing(tmp_path, name, data, sentence):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(data)
    started = time.monotonic()
    done = run("import", tmp_path / "in" / name, tmp_path / "out" / "ours")
    assert (done.exit_code, sentence in done.output) == (1, True), done.output
    assert len(done.output.splitlines()) == 1
    assert time.monotonic() - started < 10
    assert names(tmp_path) == ["in"]
    assert names(tmp_path / "in") == [name]


def test_a_place_that_cannot_be_written_is_said_in_a_sentence(tmp_path, talks, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lepanalysis.exchange.folder.tempfile.mkdtemp", full)
    done = run("import", talks.source, tmp_path / "new" / "ours")
    assert (done.exit_code, "cannot be written (No space left on device)" in done.output) == (1, True)
    assert names(tmp_path) == ["talks.txt"]


def test_an_import_over_a_study_is_refused_before_anything_is_read(tmp_path, talks):
    write_study(tmp_path / "ours")
    done = run("import", talks.source, tmp_path / "ours")
    assert done.exit_code == 2
    assert "holds a study already; name a new folder, or say --replace" in done.output
    assert talks.seen == []
    assert run("import", talks.source, tmp_path / "ours", "--replace").exit_code == 0
    assert names(tmp_path / "ours") == [
        "codebook.yaml",
        "codings.csv",
        "import",
        "messages.csv",
        "participants.csv",
        "study.yaml",
    ]


def test_a_long_report_is_printed_in_short(tmp_path, talks):
    report = book()
    talks.reads((DRAFT, report.with_notes(*(f"Note {number}." for number in range(60)))))
    done = run("import", talks.source, tmp_path / "ours")
    assert len(done.output.splitlines()) == 21
    assert "more lines and the same as JSON" in done.output


def test_an_export_is_whole_with_its_report_beside_it(tmp_path, talks):
    study = write_study(tmp_path / "study")
    done = run("export", study, tmp_path / "out.zip")
    assert done.exit_code == 0, done.output
    assert names(tmp_path) == ["out.zip", "out.zip.report.json", "out.zip.report.txt", "study", "talks.txt"]
    assert (tmp_path / "out.zip").read_text() == "x"
    assert talks.seen[0][1] == {"kind": "deposit"}


def test_an_earlier_export_is_replaced_and_nothing_else_is(tmp_path, talks):
    study = write_study(tmp_path / "study")
    assert run("export", study, tmp_path / "out.zip").exit_code == 0
    talks.writes("y")
    assert run("export", study, tmp_path / "out.zip").exit_code == 0
    assert (tmp_path / "out.zip").read_text() == "y"
    (tmp_path / "thesis.zip").write_text("years of work")
    done = run("export", study, tmp_path / "thesis.zip")
    assert (done.exit_code, "is no earlier export" in done.output) == (2, True)
    assert (tmp_path / "thesis.zip").read_text() == "years of work"


@pytest.mark.parametrize("error", [LepanalysisError("no"), KeyboardInterrupt()])
def test_an_export_that_fails_leaves_what_was_there(tmp_path, talks, error):
    study = write_study(tmp_path / "study")
    export_study(study, tmp_path / "out.zip")
    before = names(tmp_path)
    talks.writes("y", error)
    with pytest.raises(type(error)):
        export_study(study, tmp_path / "out.zip")
    with pytest.raises(type(error)):
        export_study(study, tmp_path / "new.zip")
    assert names(tmp_path) == before
    assert (tmp_path / "out.zip").read_text() == "x"


@pytest.mark.usefixtures("talks")
def test_an_export_into_the_study_or_nowhere_is_wrong_usage(tmp_path):
    study = write_study(tmp_path / "study")
    for target, sentence in ((study / "out.zip", "lies in the study's folder"), (tmp_path / "no/out.zip", "no folder")):
        done = run("export", study, target)
        assert (done.exit_code, sentence in done.output) == (2, True), done.output


@pytest.mark.usefixtures("talks")
def test_the_work_of_one_coder_can_be_exported_alone(tmp_path):
    study = write_study(tmp_path / "study")
    done = run("export", study, tmp_path / "out.zip", "--coder", "B")
    assert done.exit_code == 0, done.output
    record = json.loads((tmp_path / "out.zip.report.json").read_text())
    part = {one["kind"]: (one["came"], one["kept"], one["dropped"]) for one in record["parts"][0]["tallies"]}
    assert part == {
        "codings": (7, 3, 4),
        "assignments": (8, 4, 4),
        "codes": (6, 4, 2),
        "candidate themes": (3, 1, 2),
        "decisions": (6, 0, 6),
        "memos": (0, 0, 0),
        "external ids": (0, 0, 0),
    }
    done = run("export", study, tmp_path / "out.zip", "--coder", "Z")
    assert (done.exit_code, "--coder Z: the study's coders are A, B" in done.output) == (2, True)


@pytest.mark.usefixtures("talks")
def test_the_work_of_one_coder_needs_no_ledger(tmp_path):
    done = run("export", ROOT / "data" / "standin", tmp_path / "out.zip", "--coder", "A")
    assert done.exit_code == 0, done.output


@pytest.mark.usefixtures("talks")
def test_what_is_written_of_a_study_that_is_not_open_says_its_class(tmp_path):
    restricted = dataclasses.replace(draft_of(open_study(write_study(tmp_path / "a"))))
    study = {**restricted.study, "class": "restricted"}
    write_draft(dataclasses.replace(restricted, study=study), tmp_path / "b")
    assert (
        "of class restricted, and so is what was written" in export_study(tmp_path / "b", tmp_path / "b.zip").as_text()
    )
    assert "class" not in export_study(tmp_path / "a", tmp_path / "a.zip").as_text()


WAITING = """
import signal, sys, time
from lepanalysis.exchange import folder
import lepanalysis.cli
# A shell starts what runs in the background with this signal ignored, and with it these tests.
signal.signal(signal.SIGINT, signal.default_int_handler)
def slow(new):
    print("there", flush=True)
    time.sleep(60)
folder._refuse_faults = slow
lepanalysis.cli.main(["import", sys.argv[1], sys.argv[2]])
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_import_that_is_ended_from_outside_tidies_up(tmp_path, number):
    (tmp_path / "talks.csv").write_text("unit,text,coder,code\n1,We need a room.,A,Room\n2,Yes.,A,Yes\n")
    command = [sys.executable, "-c", WAITING, str(tmp_path / "talks.csv"), str(tmp_path / "new" / "ours")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        assert line == "there\n", process.stderr.read()
        assert (tmp_path / "new").is_dir()
        process.send_signal(number)
        started = time.monotonic()
        process.communicate(timeout=20)
        assert time.monotonic() - started < 10
    assert process.returncode != 0
    assert names(tmp_path) == ["talks.csv"]


@pytest.mark.parametrize("name", ["o.qdpx", "o.sqlite3"])
def test_what_was_invented_stays_invented_wherever_it_goes(tmp_path, name):
    yaml = textwrap.dedent(SMALL["study.yaml"]).replace("class: open", "class: stand-in")
    folder = write_study(tmp_path / "study", study_yaml=yaml)
    export_study(folder, tmp_path / name)
    import_study(tmp_path / name, tmp_path / "back")
    assert open_study(tmp_path / "back").class_ == "stand-in"
    with pytest.raises(UsageError, match="its class stays stand-in"):
        import_study(tmp_path / name, tmp_path / "other", options={"class": "open"})
    assert not (tmp_path / "other").exists()


def test_codes_without_any_text_become_a_study_and_nothing_at_all_is_refused(tmp_path, talks):
    blank = tuple({**row, "text": " "} for row in DRAFT.messages)
    report = import_study(talks.reads((changed(messages=blank), None)), tmp_path / "ours")
    study = open_study(tmp_path / "ours")
    assert study.messages.frame["text"].tolist() == [
        "This study was made from a file without texts and has no messages yet; put them in the place of this one."
    ]
    assert study.participants.frame["code_name"].tolist() == ["Robin", "nobody yet"]
    assert "No text is left that could be a message" in report.as_text()
    assert dict(report.result)["messages"] == 1
    with pytest.raises(LepanalysisError, match="holds no text that could be a message"):
        import_study(talks.reads((changed(messages=blank, codes=(), codings=()), None)), tmp_path / "none")
    assert names(tmp_path) == ["ours", "talks.txt"]
