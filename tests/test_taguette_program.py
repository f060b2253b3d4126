"""The way to Taguette and back with Taguette itself, served on this machine alone (`make taguette` installs it)."""

import http.cookiejar
import json
import os
import random
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from contextlib import contextmanager

import pytest
from projects import ROOT
from studies import SMALL, replaced, write_study
from test_taguette import held, quotes, read, segments

from lepanalysis.exchange.draft import draft_of, plain, write_draft
from lepanalysis.exchange.importing import import_study
from lepanalysis.exchange.taguette_csv import read_csv, write_codebook
from lepanalysis.exchange.taguette_text import document_text
from lepanalysis.exchange.taguette_write import write_sqlite
from lepanalysis.faults import UsageError
from lepanalysis.study import open_study

pytestmark = pytest.mark.long

PYTHON = ROOT / "build" / "taguette" / "bin" / "python"
# Taguette asks its makers for news when it starts; nothing here leaves the machine.
SERVE = """
import sys
from taguette.web import base
base.Application.check_messages = lambda self: None
from taguette.main import main
main()
"""
EXTRACT = """
import json, sys
from bs4 import BeautifulSoup
from taguette.extract import extract
from taguette.convert import get_html_body, html_to_plaintext, is_html_safe
for line in sys.stdin:
    contents, cuts = json.loads(line)
    contents = get_html_body(contents)
    text = BeautifulSoup(contents, "html5lib").get_text()
    snippets = [extract(contents, *cut) for cut in cuts if cut[1] <= len(text.encode())]
    texts = [BeautifulSoup(one, "html5lib").get_text() for one in snippets]
    print(json.dumps([contents, text, snippets, texts, is_html_safe(contents)]))
"""
LONG_TEXT = "Å bygge 👩\u200d👧 <et> hus & <b>rom</b>, e\u0301n gang til. \U0001d538"


@pytest.fixture(scope="module")
def python():
    if not PYTHON.is_file():
        pytest.skip("Taguette is not installed here: `make taguette` puts it into build/taguette")
    return str(PYTHON)


class Served:
    """Taguette, as its one user sees it."""

    def __init__(self, address):
        self.address, _, token = address.partition("/?token=")
        self.cookies = http.cookiejar.CookieJar()
        # No proxy: the address is this machine.
        handlers = (urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener = urllib.request.build_opener(*handlers)
        self.get(f"/?token={token}")
        self.get("/project/new")

    def get(self, path):
        with self.opener.open(self.address + path, timeout=20) as answer:
            return answer.read()

    def post(self, path, data, kind):
        token = next(cookie.value for cookie in self.cookies if cookie.name == "_xsrf")
        request = urllib.request.Request(  # noqa: S310 - the address is ours
            self.address + path, data, {"Content-Type": kind, "X-XSRFToken": token}
        )
        try:
            with self.opener.open(request, timeout=20) as answer:
                return answer.geturl(), answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read()[:500]}") from None

    def json(self, path, /, **record):
        return json.loads(self.post(path, json.dumps(record).encode(), "application/json")[1] or "{}")

    def form(self, path, /, **cells):
        return self.post(path, urllib.parse.urlencode(cells).encode(), "application/x-www-form-urlencoded")

    def upload(self, path, file, data, /, **cells):
        edge = uuid.UUID(int=7).hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{cell}\r\n' for key, cell in cells.items()
        ]
        parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{file}"\r\n')
        body = "".join(parts).encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data
        return self.post(path, body + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}")[1]


@contextmanager
def served(python, database):
    """Serve a database on a port of this machine, and end the server that was started here."""
    home = database.parent / "home"
    home.mkdir(exist_ok=True)
    port = random.SystemRandom().randint(20_000, 60_000)
    options = ["--no-browser", "--bind", "127.0.0.1", "--port", str(port), "--database", str(database)]
    environment = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home), "PYTHONWARNINGS": "ignore"}
    log = database.parent / "server.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [python, "-c", SERVE, *options], stdout=output, stderr=subprocess.STDOUT, env=environment
        )
    try:
        for _ in range(300):
            found = re.search(r"http://localhost:\d+(/\?token=\w+)", log.read_text(errors="replace"))
            if found or process.poll() is not None:
                break
            time.sleep(0.1)
        assert found, log.read_text(errors="replace")[-2000:]
        yield Served(f"http://127.0.0.1:{port}{found[1]}")
    finally:
        process.terminate()
        process.wait(20)


def our_study(tmp_path):
    """Return the small study with a difficult text, times and a code that both coders use."""
    codings = "".join(
        line + (",2020-03-01T10:00:00" if number else ",created_at") + "\n"
        for number, line in enumerate(SMALL["codings.csv"].replace("        ", "").strip().split("\n"))
    )
    codings += "A,3,space,A-9,0,5,,2020-03-02T11:12:13\nB,3,space,B-9,0,5,,\n"
    text = f'"{LONG_TEXT}\n\nThank you."'
    messages = SMALL["messages.csv"].replace("        ", "").replace("Thank you.", text)
    assignments = SMALL["assignments.csv"].replace("nothing_to_code", "read")
    changes = {"messages_csv": messages, "codings_csv": codings, "assignments_csv": assignments}
    without = ("themes.yaml", "decisions.csv", "quotations.csv")
    return open_study(write_study(tmp_path / "study", without=without, **changes))


def test_taguette_counts_as_we_say(python):
    draw = random.Random(7)  # noqa: S311
    words = [
        "one",
        "två",
        "😀",
        "e\u0301",
        "&amp;",
        "&lt;x&gt;",
        "&nbsp;",
        " ",
        "\n",
        "\n  ",
        "עברית",
        "&eacute;",
        "<3",
    ]
    blocks = ["p", "li", "h1", "td", "blockquote", "em", "b", "div", "pre", "ul", "table", "tr", "span"]

    def piece(depth):
        if depth == 0 or draw.random() < 0.4:
            return "".join(draw.choices(words, k=draw.randint(1, 4)))
        name = draw.choice(blocks)
        inner = "".join(piece(depth - 1) for _ in range(draw.randint(1, 3)))
        return f"<{name}>{inner}</{name}>" + draw.choice(["", "\n", "<br>"])

    lines = []
    for _ in range(300):
        contents = "".join(piece(3) for _ in range(3))
        cuts = [sorted(draw.sample(range(40), 2)) for _ in range(4)]
        lines.append(json.dumps([contents, cuts]))
    done = subprocess.run(
        [python, "-W", "ignore", "-c", EXTRACT], input="\n".join(lines), capture_output=True, text=True, check=True
    )
    checked = 0
    for line, given in zip(done.stdout.splitlines(), lines, strict=True):
        contents, text, snippets, texts, _ = json.loads(line)
        document = document_text(contents)
        assert document.counted == text, contents
        cuts = [cut for cut in json.loads(given)[1] if cut[1] <= len(text.encode())]
        for (start, end), snippet, kept in zip(cuts, snippets, texts, strict=True):
            (first,), (last,) = (document.characters([offset])[0] for offset in (start, end))
            assert document.counted[first:last].split() == kept.split(), (contents, start, end)
            assert document_text(snippet).counted.split() == kept.split()
            checked += 1
    assert checked > 500


def test_our_export_goes_through_taguettes_import_and_export(python, tmp_path):
    study = our_study(tmp_path)
    write_sqlite(study, tmp_path / "ours.sqlite3", {})
    with served(python, tmp_path / "taguette.sqlite3") as taguette:
        data = (tmp_path / "ours.sqlite3").read_bytes()
        assert json.loads(taguette.upload("/api/import", "ours.sqlite3", data)) == {
            "projects": [{"id": 1, "name": "A small study"}]
        }
        number = json.loads(taguette.upload("/api/import", "ours.sqlite3", data, project_id=1))["project_id"]
        (tmp_path / "theirs.sqlite3").write_bytes(taguette.get(f"/project/{number}/export/project.sqlite3"))
    back, report = read(tmp_path / "theirs.sqlite3")
    wanted, found = held(draft_of(study)), held(back)
    # Taguette's import puts its own user in the place of all: what was coded with shared codes is admin's now.
    shared = {code["id"] for code in draft_of(study).codes if "coder" not in code}
    assert len(wanted["codings"]) == 9
    wanted["codings"] = sorted(("admin" if row[2] in shared else row[0], *row[1:]) for row in wanted["codings"])
    # Two coders gave the same words the same code; under one name that is one coding, the first.
    twice = [row for row in wanted["codings"] if row[0] == "admin"]
    wanted["codings"].remove(min(twice, key=lambda row: row[5]))
    wanted["study"]["coders"] = (*wanted["study"]["coders"], {"id": "admin", "name": "admin"})
    assert found == wanted
    assert any("the log names admin only" in note for note in report.notes)
    assert any("9 of 9 highlights hold the words" in note for note in report.notes)
    write_draft(back, tmp_path / "back")


def test_what_was_invented_says_so_when_taguette_took_it_in(python, tmp_path):
    study = open_study(
        write_study(tmp_path / "study", study_yaml=replaced("study.yaml", "class: open", "class: stand-in"))
    )
    write_sqlite(study, tmp_path / "ours.sqlite3", {})
    with served(python, tmp_path / "taguette.sqlite3") as taguette:
        data = (tmp_path / "ours.sqlite3").read_bytes()
        number = json.loads(taguette.upload("/api/import", "ours.sqlite3", data, project_id=1))["project_id"]
        (tmp_path / "theirs.sqlite3").write_bytes(taguette.get(f"/project/{number}/export/project.sqlite3"))
        (tmp_path / "book.csv").write_bytes(taguette.get(f"/project/{number}/export/codebook.csv"))
    for name in ("theirs.sqlite3", "book.csv"):
        with pytest.raises(UsageError, match="its class stays stand-in"):
            import_study(tmp_path / name, tmp_path / "back", options={"class": "open"})
        import_study(tmp_path / name, tmp_path / f"back of {name}")
        assert open_study(tmp_path / f"back of {name}").class_ == "stand-in"


def test_taguette_works_in_our_export_and_keeps_the_coders(python, tmp_path):
    study = our_study(tmp_path)
    write_sqlite(study, tmp_path / "work.sqlite3", {})
    with served(python, tmp_path / "work.sqlite3") as taguette:
        page = json.loads(taguette.get("/api/project/1/document/3/contents"))
        assert (
            "".join(document_text(chunk["contents"]).counted for chunk in page["contents"])
            == draft_of(study).messages[2]["text"]
        )
        tag = taguette.json("/api/project/1/tag/new", path="new.tag", description="made there")["id"]
        taguette.json("/api/project/1/document/1/highlight/new", start_offset=8, end_offset=21, tags=[tag])
    shutil.copy(tmp_path / "work.sqlite3", tmp_path / "copy.sqlite3")
    back, _ = read(tmp_path / "copy.sqlite3")
    mine = [row for row in segments(back) if row[0] != "admin"]
    assert mine == segments(draft_of(study))
    assert [(row["quote"], row["code_id"]) for row in back.codings if row["coder"] == "admin"] == [
        ("a shared room", "new.tag")
    ]
    assert [code["name"] for code in back.codes if code["id"] in {"new", "new.tag"}] == ["new", "tag"]
    write_draft(back, tmp_path / "back")


def test_a_project_made_in_taguette_comes_in(python, tmp_path):
    study = our_study(tmp_path)
    write_codebook(study, tmp_path / "codebook.csv", {})
    # Without this Taguette guesses the encoding, and guesses wrong.
    contents = (
        '<html><head><meta charset="utf-8"></head><body><h1>Café 😀</h1>'
        "<p>We need a <b>shared</b> room &amp; e\u0301n more.</p><ul><li>one</li><li>two</li></ul>"
    )
    text = "Café 😀We need a shared room & e\u0301n more.onetwo"
    with served(python, tmp_path / "taguette.sqlite3") as taguette:
        where, _ = taguette.form("/project/new", name="Talks", description="About talks.")
        project = f"/project/{where.rsplit('/', 1)[1]}"
        answer = taguette.upload(
            f"/api{project}/document/new", "talk.html", contents.encode(), name="Talk", description="A talk."
        )
        document = json.loads(answer)["created"]
        book = (tmp_path / "codebook.csv").read_bytes()
        page = taguette.upload(f"{project}/import_codebook", "codebook.csv", book).decode()
        codes = draft_of(study).codes
        assert all(f'value="{code["name"]}"' in page for code in codes)
        cells = {}
        for place, code in enumerate(codes):
            cells |= {
                f"tag{place}-path": code["name"],
                f"tag{place}-description": code["definition"],
                f"tag{place}-import": "1",
            }
        taguette.form(f"{project}/import_codebook", **cells)
        added = []
        for words in ("Café", "😀", "shared room & e\u0301n", "two", "é 😀We"):
            start = len(text[: text.index(words)].encode())
            ends = {"start_offset": start, "end_offset": start + len(words.encode())}
            # Tag 1 is there in every new project; those of the codebook follow.
            added.append(
                (words, taguette.json(f"/api{project}/document/{document}/highlight/new", **ends, tags=[1, 2])["id"])
            )
        (tmp_path / "theirs.sqlite3").write_bytes(taguette.get(f"{project}/export/project.sqlite3"))
        (tmp_path / "highlights.csv").write_bytes(taguette.get(f"{project}/export/highlights/.csv"))
        (tmp_path / "book.csv").write_bytes(taguette.get(f"{project}/export/codebook.csv"))
    draft, _ = read(tmp_path / "theirs.sqlite3")
    whole = "Café 😀\nWe need a shared room & e\u0301n more.\none\ntwo"
    assert [row["text"] for row in draft.messages] == [whole]
    assert sorted(set(quotes(draft))) == sorted(words.replace("😀We", "😀\nWe") for words, _ in added)
    assert {code["name"] for code in draft.codes} == {"interesting", *(code["name"] for code in codes)}
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "Talk.html").write_text(contents, encoding="utf-8")
    found, _ = read_csv(
        tmp_path / "highlights.csv", {"documents": tmp_path / "documents", "codebook": tmp_path / "book.csv"}
    )
    places = {(row["start"], row["end"], row["code_id"]) for row in plain(found).codings}
    assert places == {(row["start"], row["end"], row["code_id"]) for row in draft.codings}
    assert [code["id"] for code in plain(found).codes] == [code["id"] for code in draft.codes]
    write_draft(draft, tmp_path / "from-sqlite")
    write_draft(found, tmp_path / "from-csv")
