import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from studies import replaced, write_study

from lepanalysis.disagreements import disagreements
from lepanalysis.exhibits import (
    CLASS_SENTENCES,
    ExhibitError,
    Quotation,
    class_of,
    open_evidence,
    open_register,
    read_evidence,
)
from lepanalysis.faults import StudyFaultsError
from lepanalysis.figures import Drawing
from lepanalysis.marked import MarkedTable, disagreements_html
from lepanalysis.tables import Table, sha256_of

DATA = Path(__file__).resolve().parent.parent / "data"
ONE = {"origin": "addition", "caption": "A caption."}


def table(class_, name="facts", owner="ledger", **columns):
    return Table(owner, name, f"{name}.csv", sha256_of(b""), class_, pd.DataFrame(columns or {"value": ["131"]}))


@pytest.fixture
def folder(tmp_path):
    return write_study(tmp_path / "study")


@pytest.fixture
def book(folder):
    return open_register(folder, notebook="01-corpus")


@pytest.fixture
def standin(tmp_path):
    """A copy of the stand-in beside its ledger, and where a build of it goes."""
    for name in ("article", "standin"):
        shutil.copytree(DATA / name, tmp_path / "data" / name)
    study = tmp_path / "data" / "standin"
    text = (study / "study.yaml").read_text(encoding="utf-8")
    (study / "study.yaml").write_text(text.replace("template: ../../paper/article.md\n", ""), encoding="utf-8")
    return study


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (["published", "open", "stand-in", "restricted"], "restricted"),
        (["published", "open", "stand-in"], "stand-in"),
        (["derived", "open"], "open"),
        (["published", "derived"], "derived"),
        (["published"], "published"),
    ],
)
def test_the_class_is_the_one_that_binds_most(classes, expected):
    tables = [table(class_) for class_ in classes]
    assert class_of("131", {"text": "131"}, tables[:1] if len(classes) == 1 else tables) == expected


FACTS = {"fact_id": ["messages", "threads"], "value": ["131", "36"], "section": ["3", "3"], "position": [1, 2]}
ONE_FACT = {"fact_id": ["messages"], "value": ["131"], "section": ["3"], "position": [1]}


@pytest.mark.parametrize(
    ("value", "columns", "expected"),
    [
        ("131", ONE_FACT, "published"),
        (131, ONE_FACT, "published"),
        (262, ONE_FACT, "derived"),
        (3, ONE_FACT, "derived"),  # the number of its section
        (1, ONE_FACT, "derived"),  # its position
        (131, FACTS, "derived"),  # which of the two records it is cannot be told
        (pd.DataFrame({"Fact": ["messages"], "Value": ["131"]}), FACTS, "published"),
        (pd.DataFrame({"value": ["131", ""], "section": ["3", "3"]}), FACTS, "published"),
        (pd.DataFrame({"fact_id": ["messages"], "n": [3]}), FACTS, "derived"),
        (pd.DataFrame({"fact_id": ["messages"], "n": [1]}), FACTS, "derived"),
        (pd.DataFrame({"fact_id": ["messages"], "position": [1]}), FACTS, "published"),
        (pd.DataFrame({"value": [167]}), FACTS, "derived"),
    ],
)
def test_what_is_carried_over_is_published_and_what_is_computed_is_derived(value, columns, expected):
    shown = {"text": str(value)}
    assert class_of(value, shown, [table("published", **columns)]) == expected


def test_a_quotation_is_published_to_the_letter():
    quotations = table("published", "quotations", text=["We need a room."])
    assert class_of(Quotation("We need a room.", "1", "Tom"), {}, [quotations]) == "published"
    assert class_of(Quotation("We need a room", "1", "Tom"), {}, [quotations]) == "derived"


def test_lists_are_compared_item_by_item():
    mapping = table("published", "mapping", source_keys=[("a2000", "b2001")])
    assert class_of(pd.DataFrame({"Sources": [("b2001",)]}), {}, [mapping]) == "published"
    assert class_of(pd.DataFrame({"Sources": [("c2002",)]}), {}, [mapping]) == "derived"


def test_a_drawing_is_never_carried_over():
    assert class_of(Drawing(Figure(), pd.DataFrame(), "alt"), {}, [table("published")]) == "derived"


def test_a_published_text_in_an_invented_thread(standin):
    book = open_register(standin, notebook="05-quotations")
    messages = book.study.messages
    one = messages.select(messages.frame["message_id"] == "98")
    text = one.frame["text"].iloc[0]
    words = Quotation(text, "98", "Tim")
    assert book.register("q-98", words, from_=[one.select(columns=["message_id", "text"])], **ONE).class_ == "published"
    assert book.register("q-98-in-thread", words, from_=[one], **ONE).class_ == "stand-in"


def test_a_register_counts_what_it_reads(book):
    s = book.study
    exhibit = book.register("n-messages", len(s.messages), from_=[s.messages], **ONE)
    assert (exhibit.kind, exhibit.class_, exhibit.shown) == ("number", "open", {"text": "4", "value": 4})
    book.close()
    assert book.article is None


def test_what_was_read_and_is_named_by_no_exhibit_is_an_error(standin):
    book = open_register(standin, notebook="01-corpus")
    book.register("n-messages", len(book.study.messages), from_=[book.study.messages], **ONE)
    _ = book.study.threads, book.article.fact("messages")
    with pytest.raises(ExhibitError, match="01-corpus read facts of the ledger, threads of the study, and no exhibit"):
        book.close()
    book.register("n-2", 1, from_=[book.study.threads, book.article.facts], **ONE)
    book.close()


def test_asking_whether_a_table_is_there_needs_no_exhibit(book):
    assert book.study.has("codings")
    book.close()


@pytest.mark.parametrize("id_", ["", "N-messages", "n messages", "n--x", "-n", "n_x", "../x"])
def test_an_id_that_is_none(book, id_):
    with pytest.raises(ExhibitError, match="is no id of an exhibit"):
        book.register(id_, 1, from_=[book.study.messages], **ONE)


def test_an_id_is_taken_once(book):
    book.register("n-1", 1, from_=[book.study.messages], **ONE)
    with pytest.raises(ExhibitError, match="'n-1' is registered twice in 01-corpus"):
        book.register("n-1", 2, from_=[book.study.messages], **ONE)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "is not a number"),
        (np.float64("nan"), "is not a number"),
        (float("-inf"), "is not a number"),
        (True, "is a bool"),
        (np.True_, "is a bool"),
        (None, "is a NoneType"),
        (pd.NA, "is a NAType"),
        (pd.Series([1]), "is a Series"),
    ],
)
def test_a_value_that_cannot_be_shown(book, value, words):
    with pytest.raises(ExhibitError, match=words):
        book.register("n-1", value, from_=[book.study.messages], **ONE)
    assert book.exhibits == ()


def test_a_number_out_of_a_frame_is_a_number_like_any_other(book):
    exhibit = book.register("n-1", np.int64(12345), from_=[book.study.messages], **ONE)
    assert exhibit.shown == {"text": "12,345", "value": 12345}
    assert type(exhibit.shown["value"]) is int
    assert book.register("n-2", 0.256, from_=[book.study.messages], format=".0%", **ONE).shown["text"] == "26%"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"from_": []}, "names nothing it rests on"),
        ({"from_": [pd.DataFrame()]}, "names nothing it rests on"),
        ({"origin": "ours"}, "has the origin 'ours'"),
        ({"caption": " "}, "has no caption"),
    ],
)
def test_an_exhibit_says_what_it_rests_on(book, change, words):
    with pytest.raises(ExhibitError, match=words):
        book.register("n-1", 1, **({"from_": [book.study.messages]} | ONE | change))


def figure():
    drawn = Figure(figsize=(3, 2))
    drawn.add_subplot().plot([1, 2], [1, 3])
    return drawn


def test_the_register_writes_what_it_shows(folder, tmp_path):
    out = tmp_path / "build"
    book = open_register(folder, out, notebook="01-corpus")
    book.banner()
    s = book.study
    frame = s.threads.frame[["thread_id", "title"]]
    book.register("tbl-threads", frame, from_=[s.threads, s.messages], note="A note.", labels={"title": "T"}, **ONE)
    book.register("fig-line", Drawing(figure(), frame, "a line"), from_=[s.messages], **ONE)
    book.register("q-1", Quotation("We need", "1", "Robin"), from_=[s.messages, s.messages], **ONE)
    book.close()
    written = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert written == [
        "exhibits/01-corpus.json",
        "figures/fig-line.csv",
        "figures/fig-line.png",
        "figures/fig-line.svg",
        "tables/tbl-threads.csv",
    ]
    first = (out / "exhibits" / "01-corpus.json").read_bytes()
    record = json.loads(first)
    assert record["notebook"] == "01-corpus"
    tbl, fig, quotation = record["exhibits"]
    assert tbl == {
        "id": "tbl-threads",
        "kind": "table",
        "class": "open",
        "origin": "addition",
        "caption": "A caption.",
        "note": "A note.",
        "inputs": [
            {
                "owner": "study",
                "table": name,
                "file": f"{name}.csv",
                "sha256": s.digests[f"{name}.csv"],
                "class": "open",
                "records": count,
            }
            for name, count in (("messages", 4), ("threads", 2))
        ],
        "shown": {
            "columns": [
                {"name": "thread_id", "label": "Thread id", "align": "left"},
                {"name": "title", "label": "T", "align": "left"},
            ],
            "rows": [["T1", "A room"], ["T2", "Trains"]],
        },
        "files": {"csv": "tables/tbl-threads.csv"},
    }
    assert fig["shown"] == {"alt": "a line"}
    assert len(quotation["inputs"]) == 1
    assert quotation["shown"]["code_name"] == "Robin"
    assert (out / "tables/tbl-threads.csv").read_text().splitlines()[0] == "thread_id,title,provenance_class"
    book.close()
    assert (out / "exhibits" / "01-corpus.json").read_bytes() == first


@pytest.mark.parametrize("class_", ["stand-in", "open"])
def test_a_table_of_disagreements_has_a_page_of_marked_text(tmp_path, class_):
    folder = write_study(tmp_path / "s", study_yaml=replaced("study.yaml", "class: open", f"class: {class_}"))
    written = []
    for out in (tmp_path / "one", tmp_path / "two"):
        book = open_register(folder, out, notebook="03-agreement")
        s = book.study
        value = MarkedTable(disagreements(s), html=disagreements_html(s, level=2))
        rests_on = [s.table(name) for name in ("codings", "codebook", "decisions", "assignments", "messages")]
        rests_on.append(s.table("agreed_themes"))
        exhibit = book.register("tbl-apart", value, from_=rests_on, **ONE)
        book.close()
        written.append({file: (out / file).read_bytes() for file in exhibit.files.values()})
    assert (exhibit.kind, exhibit.class_) == ("table", class_)
    assert exhibit.files == {"csv": "tables/tbl-apart.csv", "html": "tables/tbl-apart.html"}
    page = written[0]["tables/tbl-apart.html"].decode()
    assert f"<p>{CLASS_SENTENCES[class_]} It holds the words of messages" in page
    assert page.count("<article") == len(value.data)
    assert "<title>A caption. · A small study</title>" in page
    assert written[0] == written[1]
    assert (
        json.loads((tmp_path / "one/exhibits/03-agreement.json").read_text())["exhibits"][0]["files"] == exhibit.files
    )


def test_what_was_marked_is_not_called_carried_over():
    published = table("published", text=["A room."])
    value = MarkedTable(pd.DataFrame({"text": ["A room."]}), "<mark>A room.</mark>")
    assert class_of(value, {}, [published]) == "derived"
    assert class_of(value.data, {}, [published]) == "published"


@pytest.mark.parametrize(("class_", "stamped"), [("stand-in", True), ("restricted", True), ("open", False)])
def test_a_picture_says_what_it_is(tmp_path, class_, stamped):
    folder = write_study(tmp_path / "s", study_yaml=replaced("study.yaml", "class: open", f"class: {class_}"))
    book = open_register(folder, tmp_path / "out", notebook="01-corpus")
    drawing = Drawing(figure(), pd.DataFrame({"a": [1]}), "a line")
    book.register("fig-line", drawing, from_=[book.study.messages], **ONE)
    svg = (tmp_path / "out/figures/fig-line.svg").read_text()
    assert (f"<!-- {CLASS_SENTENCES[class_]} -->" in svg) is stamped
    assert f"<dc:description>{CLASS_SENTENCES[class_]}</dc:description>" in svg
    assert (tmp_path / "out/figures/fig-line.csv").read_text() == f"a,provenance_class\n1,{class_}\n"


def test_without_a_folder_nothing_is_written(book, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    book.register("tbl-1", pd.DataFrame({"a": [1]}), from_=[book.study.messages], **ONE)
    book.close()
    assert sorted(tmp_path.rglob("*")) == before


def test_a_study_at_fault_has_no_register(tmp_path):
    folder = write_study(tmp_path / "s", messages_csv=replaced("messages.csv", "4,T2,P3", "4,T2,P9"))
    with pytest.raises(StudyFaultsError, match="there is no participant 'P9'"):
        open_register(folder, notebook="01-corpus")


def test_faults_of_the_ledger_are_those_of_the_study(standin):
    (standin.parent / "article" / "facts.csv").unlink()
    study, article, (fault,) = read_evidence(standin)
    assert study is not None
    assert article is not None
    assert article.unread == ("facts",)
    assert fault.problem == "the file is missing"
    with pytest.raises(StudyFaultsError, match=r"facts\.csv"):
        open_evidence(standin)


def test_a_published_message_is_held_against_the_ledger(standin):
    text = (standin / "messages.csv").read_text(encoding="utf-8")
    (standin / "messages.csv").write_text(text.replace("proactive", "active", 1), encoding="utf-8")
    # Whoever read the message read other words then.
    (standin / "assignments.csv").unlink()
    (standin / "codings.csv").unlink()
    (standin / "decisions.csv").unlink()
    (standin / "memos.csv").unlink()
    _, _, faults = read_evidence(standin)
    assert {Path(fault.file).name for fault in faults} == {"messages.csv"}
    assert {fault.column for fault in faults} == {"text"}


def test_faults_of_study_ledger_and_publication_come_at_once(standin):
    def plant(path, old, new):
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    plant(standin / "messages.csv", 'share ideas",', 'share ideas. And a bar.",')
    plant(standin / "messages.csv", "2013-11-20T08:15:00,4,", "2013-11-20T08:15:00,fourth,")
    plant(standin / "participants.csv", "P06,Tom,published,,", "P06,Tom,published,designer,")
    plant(standin.parent / "article" / "claims.csv", "figure,,,participants,", "figure,,,,")
    _, _, faults = read_evidence(standin)
    assert faults == sorted(faults)
    assert [(Path(fault.file).name, fault.line, fault.column) for fault in faults] == [
        ("claims.csv", 2, "fact_ids"),
        ("assignments.csv", 22, "text_sha256"),
        ("assignments.csv", 153, "text_sha256"),
        ("messages.csv", 38, "text"),
        ("messages.csv", 171, "position"),
        ("participants.csv", 7, "profession"),
    ]


def test_a_notebook_shows_its_exhibits(book, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.get_ipython", object)
    monkeypatch.setattr("IPython.display.publish_display_data", lambda data, metadata: shown.append((data, metadata)))
    book.banner()
    book.register("tbl-1", pd.DataFrame({"a": ["<b>"]}), from_=[book.study.messages], **ONE)
    drawing = Drawing(figure(), pd.DataFrame({"a": [1]}), 'a "line"')
    book.register("fig-1", drawing, from_=[book.study.messages], **ONE)
    value = MarkedTable(pd.DataFrame({"a": ["x"]}), html="<p>all</p>", excerpt="<p>the first</p>")
    book.register("tbl-2", value, from_=[book.study.messages], **ONE)
    banner, tbl, fig, marked = shown
    assert "<td>x</td></tr></tbody></table><p>the first</p>" in marked[0]["text/html"]
    assert "<p>all</p>" not in marked[0]["text/html"]
    assert banner[1] == {"lepanalysis": {"banner": "open"}}
    assert "<td>&lt;b&gt;</td>" in tbl[0]["text/html"]
    assert tbl[1]["lepanalysis"] == {"exhibit": "tbl-1", "class": "open", "origin": "addition"}
    assert CLASS_SENTENCES["open"] in tbl[0]["text/plain"]
    assert 'aria-label="a &quot;line&quot;"><svg' in fig[0]["text/html"]
