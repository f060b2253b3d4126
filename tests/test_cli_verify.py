import json
import textwrap

import pytest
from click.testing import CliRunner
from ledgers import example, write_ledger
from studies import SMALL, replaced, write_study
from test_verdicts import OWN
from test_verdicts_accepted import old_file

from lepanalysis.cli import main

YAML = textwrap.dedent(SMALL["study.yaml"]) + "ledger: ../article\n"


def run(*arguments):
    return CliRunner().invoke(main, ["verify", *(str(argument) for argument in arguments)])


@pytest.fixture
def folder(tmp_path):
    """Return a study with the ledger of an article, whose text lies beside it."""
    write_ledger(tmp_path / "article")
    (tmp_path / "article.txt").write_text(example()["article.txt"], encoding="utf-8")
    return write_study(tmp_path / "study", study_yaml=YAML)


def test_one_line_for_each_entry_and_a_summary(folder):
    done = run(folder)
    lines = done.stdout.splitlines()
    assert len(lines) == 13
    assert lines[7] == "C1              2  Four people belong to the forum: CONFIRMED (its test holds: 4)"
    assert lines[-1] == "12 entries: 2 confirmed, 10 not reproducible from public material"
    assert "no verdicts over this study are accepted" in done.stderr
    assert done.exit_code == 0


def test_with_the_articles_text_what_equals_it_is_attested(folder):
    done = run(folder, "--article", folder.parent / "article.txt")
    assert done.stdout.splitlines()[-1] == (
        "12 entries: 8 transcribed, 1 reproduced, 2 confirmed, 1 not reproducible from public material"
    )
    assert "attested anew what equals the article's text" in done.stderr
    # From now on it holds without the text.
    assert run(folder).stdout.splitlines()[-1] == done.stdout.splitlines()[-1]


def test_a_text_that_differs_in_a_letter(folder):
    text = folder.parent / "article.txt"
    text.write_text(example()["article.txt"].replace("meet as equals", "meet as equal"), encoding="utf-8")
    done = run(folder, "--article", text)
    assert done.exit_code == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("lq-1")]
    assert "meet as equals: CONTRADICTED" in line
    assert "meet as [-equals-] {+equal+}" in line


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "the file holds no text"),
        (
            b"A poem\n\nAbout something else, at some length, and with no section of the kind.\n",
            "this is not the text of “A workshop for the valley”",
        ),
        (b"\x89PNG\r\n\x1a\n", "article.txt"),
    ],
)
def test_a_text_that_is_none_is_named_and_the_rest_is_verified(folder, data, told):
    text = folder.parent / "article.txt"
    text.write_bytes(data)
    done = run(folder, "--article", text)
    assert done.exit_code == 1
    assert told in done.stderr
    assert done.stdout.splitlines()[-1].startswith("12 entries: ")


def test_faults_of_the_ledger_are_named_and_the_rest_is_verified(folder):
    path = folder.parent / "article" / "claims.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",corpus,count,", ",corpus,tally,"), encoding="utf-8")
    done = run(folder)
    assert done.exit_code == 1
    assert "claims.csv:2: check: 'tally' is not known here" in done.stderr
    assert done.stdout.splitlines()[-1].startswith("11 entries: ")


def test_half_an_article_contradicts_nothing_and_attests_nothing(folder):
    text = folder.parent / "article.txt"
    run(folder, "--article", text)
    before = (folder.parent / "article" / "attestation.json").read_bytes()
    text.write_text(example()["article.txt"].partition("3 | Shared workshop")[0], encoding="utf-8")
    done = run(folder, "--article", text)
    assert done.exit_code == 1
    assert "the text has no section 3, references; 6 entries were not compared" in done.stderr
    assert "CONTRADICTED" not in done.stdout
    assert (folder.parent / "article" / "attestation.json").read_bytes() == before


def test_a_file_that_changed_since_it_was_attested_is_named(folder):
    text, record = folder.parent / "article.txt", folder.parent / "article" / "article.yaml"
    assert run(folder, "--article", text).exit_code == 0
    record.write_text(record.read_text(encoding="utf-8").replace("Weaver", "Weever"), encoding="utf-8")
    for options in ([], ["--changes"]):
        done = run(folder, *options)
        assert done.exit_code == 1
        assert "article.yaml: changed since it was attested; hold the ledger against the article anew" in done.stderr
        assert "not checked" not in done.stdout
    assert json.loads(run(folder, "--json").stdout)["summary"]["files_changed"] == ["article.yaml"]
    # That the verdicts are accepted says nothing of what is no entry; the article's text does.
    assert run(folder, "--accept", "--reason", "x").exit_code == 0
    assert run(folder).exit_code == 1
    assert run(folder, "--article", text).exit_code == 0
    assert run(folder).exit_code == 0


def test_a_fact_at_fault_takes_no_verdict_with_it(folder):
    path = folder.parent / "article" / "facts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("published,2,1,1,", "published,2,x,1,"), encoding="utf-8")
    done = run(folder)
    assert done.exit_code == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("C1 ")]
    assert "a fact that it rests on is at fault" in line


def test_accepted_verdicts_are_held_against_those_of_now(folder):
    assert run(folder, "--accept", "--reason", "read one by one").exit_code == 0
    assert run(folder, "--strict").exit_code == 0
    (folder / "participants.csv").write_text(
        textwrap.dedent(replaced("participants.csv", "P4,Kim,consultant\n", "")), encoding="utf-8"
    )
    done = run(folder, "--changes")
    assert done.exit_code == 1
    assert "C1: the verdict was 'confirmed' and is 'contradicted'; what was found was '4' and is '3'" in done.stderr
    assert "1 differ from those accepted" in done.stderr


def test_a_contradiction_that_was_accepted_fails_the_command_and_not_the_paper(folder):
    (folder / "participants.csv").write_text(
        textwrap.dedent(replaced("participants.csv", "P4,Kim,consultant\n", "")), encoding="utf-8"
    )
    run(folder, "--accept", "--reason", "one left")
    assert run(folder).exit_code == 1
    assert run(folder, "--changes", "--strict").exit_code == 0


def test_strict_wants_accepted_verdicts(folder):
    assert run(folder, "--changes").exit_code == 0
    assert run(folder, "--changes", "--strict").exit_code == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--accept"], "--accept takes a --reason"),
        (["--reason", "because"], "--reason belongs to --accept"),
    ],
)
def test_a_reason_and_accepting_belong_together(folder, options, told):
    done = run(folder, *options)
    assert done.exit_code == 2
    assert told in done.stderr
    assert not (folder.parent / "article" / "verdicts.csv").exists()


def test_accepting_as_json_prints_what_was_accepted(folder):
    done = run(folder, "--accept", "--reason", "read", "--json")
    record = json.loads(done.stdout)
    assert (done.exit_code, len(record["summary"]["accepted_anew"])) == (0, 12)
    assert record["summary"]["accepted"] is True
    again = json.loads(run(folder, "--accept", "--reason", "read", "--json").stdout)
    assert (again["summary"]["accepted_anew"], again["summary"]["changes"]) == ([], [])
    assert json.loads(run(folder, "--json").stdout)["summary"]["accepted_anew"] == []


def hand_on(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_attestation_that_was_changed_by_hand_attests_nothing_until_it_is_made_anew(folder):
    text, path = folder.parent / "article.txt", folder.parent / "article" / "attestation.json"
    run(folder, "--article", text)
    digest = json.loads(path.read_text(encoding="utf-8"))["article_sha256"]
    hand_on(path, digest, "0" * 64)
    done = run(folder)
    assert done.exit_code == 1
    assert "seal: changed by hand: the seal does not fit the rest" in done.stderr
    assert "lepanalysis verify STUDY --article FILE" in done.stderr
    assert "TRANSCRIBED" not in done.stdout
    assert "000000000000" not in done.stdout
    again = run(folder, "--article", text)
    assert (again.exit_code, "changed by hand" in again.stderr) == (0, False)
    assert run(folder).exit_code == 0


def test_an_accepted_reason_that_was_changed_by_hand_is_told_with_its_line(folder):
    path = folder.parent / "article" / "verdicts.csv"
    run(folder, "--accept", "--reason", "read one by one")
    hand_on(path, "read one by one", "read twice")
    for options in ([], ["--changes", "--strict"]):
        done = run(folder, *options)
        assert done.exit_code == 1
        assert "verdicts.csv:2: row_sha256: changed by hand; only --accept --reason writes it" in done.stderr
    assert "12 entries" in run(folder).stdout
    # What stood there is not known to be what was accepted: the row, and no other, takes the new reason.
    assert json.loads(run(folder, "--accept", "--reason", "again", "--json").stdout)["summary"]["accepted_anew"] == [
        "q-1"
    ]
    assert run(folder, "--changes", "--strict").exit_code == 0
    assert "read twice" not in path.read_text(encoding="utf-8")


def test_accepted_verdicts_of_an_earlier_version_are_to_be_sealed(folder):
    path = folder.parent / "article" / "verdicts.csv"
    run(folder, "--accept", "--reason", "read")
    old_file(path)
    done = run(folder, "--changes")
    assert done.exit_code == 1
    assert "verdicts.csv: written by an earlier version, whose rows have no seal" in done.stderr
    assert json.loads(run(folder, "--json").stdout)["summary"]["accepted_sealed"] is False
    run(folder, "--accept", "--reason", "anew")
    assert run(folder, "--changes", "--strict").exit_code == 0
    assert "anew" not in path.read_text(encoding="utf-8")


def test_nothing_is_accepted_over_faults(folder):
    (folder / "codings.csv").write_text("coder\nA\n", encoding="utf-8")
    assert run(folder, "--accept", "--reason", "x").exit_code == 1
    # A program that asked for an object gets one, with the faults.
    done = run(folder, "--accept", "--reason", "x", "--json")
    assert (done.exit_code, json.loads(done.stdout)["faults"][0]["line"]) == (1, 1)
    assert not (folder.parent / "article" / "verdicts.csv").exists()


def test_slips_and_notes_of_style_stand_under_heads_of_their_own(folder):
    for name, old, new in (
        ("citations.csv", "Low,1999,p. 4,low1999", "Low,1999,,low1999"),
        ("citations.csv", "c2,bracketed,Low,1999,,low1999", "c2,bracketed,Low,1998,,"),
        ("mapping.csv", "low1999,printed text;external source", ",printed text"),
        ("literature.csv", "Low,1999,p. 4,c1", "Low,1999,,c1"),
    ):
        path = folder.parent / "article" / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    lines = run(folder).stdout.splitlines()
    at = lines.index("slips of print (2):")
    assert [line.partition(":")[0] for line in lines[at:-1]] == [
        "slips of print (2)",
        "  cited, not listed",
        "  near match",
        "notes of style (1)",
        "  quotation without a page",
    ]


def test_as_json(folder):
    for name, old, new in (
        ("citations.csv", "Low,1999,,low1999", "Low,1998,,"),
        ("mapping.csv", "low1999,printed text;external source", ",printed text"),
    ):
        path = folder.parent / "article" / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    done = run(folder, "--article", folder.parent / "article.txt", "--json")
    record = json.loads(done.stdout)
    assert list(record) == ["entries", "findings", "summary", "faults"]
    keys = ["id", "kind", "section", "statement", "verdict", "reason", "value", "low", "high", "n", "class", "evidence"]
    assert list(record["entries"][0]) == keys
    assert record["summary"]["verdicts"]["transcribed"] == 7
    assert record["summary"]["class"] == "open"
    assert {"kind", "text", "where"} == set(record["findings"][0])


def test_a_study_with_claims_of_its_own_needs_no_article(tmp_path):
    done = run(write_study(tmp_path / "study", claims_yaml=OWN))
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].startswith("K1  -  Most ask for a space: CONFIRMED (0.6667; [0, 1]")


def test_a_study_that_claims_nothing_is_shown_the_way(tmp_path):
    folder = write_study(tmp_path / "study")
    done = run(folder)
    assert done.exit_code == 0
    assert "--template` writes a claims.yaml from its themes" in done.stdout
    assert run(folder, "--template").exit_code == 0
    # What was written opens without a fault, and asserts nothing until somebody says so.
    assert CliRunner().invoke(main, ["check", str(folder)]).exit_code == 0
    again = run(folder, "--template")
    assert again.exit_code == 2
    assert "is there already, and is left as it is" in again.stderr


def test_an_articles_text_without_a_ledger(tmp_path):
    done = run(write_study(tmp_path / "study"), "--article", tmp_path / "article.txt")
    assert done.exit_code == 2
    assert "names no ledger of an article" in done.stderr
