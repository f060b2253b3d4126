"""An invented article as an extraction gives it and as a PDF, and the ledger of what it prints."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from pathlib import Path

import pandas as pd
import typst

from lepanalysis.article import Article
from lepanalysis.entries import id_of
from lepanalysis.locators import digest_of_sentence
from lepanalysis.pandoc import typst_string
from lepanalysis.tables import Table

TITLE = "Benches and menders: How a forum keeps its tools"
TEXT = """

RESEARCH ARTICLE

Benches and menders: How a forum keeps its tools

Ada Reader  | Ben Writer

Department of Mending, Northtown,
Northtown, NN

Correspondence

Ada Reader, Department of Mending,
Northtown.
Email: a.reader@mending.example

This paper asks how menders share tools. Shared benches and tool lending play an important role.

1 | INTRODUCTION

Towns mend what they own (Dale & Hill, 2004; Low, 1999). A shed is "a roof over a bench" (Low, 1999, p. 7), and what is

This is an open access article under the terms of the Creative Commons Attribution License, which permits use.

Copyright © 2019 The Authors. Journal of Mending published by Nobody & Sons Ltd.

mended there stays. Low (1999) counts sheds.

Hill (2001, p. 12) lists what a shed holds:

benches, vices (...) and a lamp. All of it is shared.

2 | METHODS

The forum of the Northtown Menders had 24 members. From March 2015 to June 2015 they wrote 310 messages in 41 threads.

Each author read all posts. The two authors agreed on two themes.

3 | FINDINGS

Two themes are taken from the posts: shared benches and tool lending.

3.1 | Shared benches

There was widespread agreement that a bench makes social closeness, as Ann says:

I would sit there all day. Give me a vice, a well-known

lamp and (...) tea (Message 7).

Others agreed, and Ben called it "the best of rooms" (Message 12). Indeed it is.

3.2 | Tool lending

Lending was a common wish, for “norms” that make institutional closeness.

4 | DISCUSSION

Menders need a form of room (e.g., shared benches), and also a form of rota (e.g., tool lending).

ORCID

Ada Reader  <http://orcid.org/0000-0000-0000-0000>

REFERENCES

- Dale, A., & Hill, B. (2004). *Sheds of the north*. York: Mill.
- Hill, B. (2001). What a shed holds. *Journal of Mending*, 3(2), 10–14.
- Low, C. (1999). *Roofs*. York: Mill. <https://doi.org/10.9999/roofs>

How to cite this article: Reader A, Writer B. Benches and menders. *J Mend.* 2019;1–3."""

SECTIONS = (
    ("abstract", "(no heading printed)"),
    ("1", "INTRODUCTION"),
    ("2", "METHODS"),
    ("3", "FINDINGS"),
    ("3.1", "Shared benches"),
    ("3.2", "Tool lending"),
    ("4", "DISCUSSION"),
    ("references", "REFERENCES"),
)
BLOCK = "I would sit there all day. Give me a vice, a well-known lamp and (...) tea"
ROOF = 'A shed is "a roof over a bench" (Low, 1999, p. 7), and what is mended there stays.'
PERIOD = "From March 2015 to June 2015 they wrote 310 messages in 41 threads."
# The sentences that the ledger locates, by a name for the test.
SENTENCES = {
    "towns": ("1", 1, 1, "Towns mend what they own (Dale & Hill, 2004; Low, 1999)."),
    "roof": ("1", 1, 2, ROOF),
    "counts": ("1", 1, 3, "Low (1999) counts sheds."),
    "holds": ("1", 3, 1, "benches, vices (...) and a lamp. All of it is shared."),
    "members": ("2", 1, 1, "The forum of the Northtown Menders had 24 members."),
    "period": ("2", 1, 2, PERIOD),
    "read": ("2", 2, 1, "Each author read all posts."),
    "two": ("2", 2, 2, "The two authors agreed on two themes."),
    "benches": ("3.1", 0, 1, "Shared benches"),
    "closeness": ("3.1", 1, 1, "There was widespread agreement that a bench makes social closeness, as Ann says:"),
    "lamp": ("3.1", 2, 1, f"{BLOCK} (Message 7)."),
    "rooms": ("3.1", 3, 1, 'Others agreed, and Ben called it "the best of rooms" (Message 12).'),
    "lending": ("3.2", 0, 1, "Tool lending"),
    "wish": ("3.2", 1, 1, 'Lending was a common wish, for "norms" that make institutional closeness.'),
    "forms": (
        *("4", 1, 1),
        "Menders need a form of room (e.g., shared benches), and also a form of rota (e.g., tool lending).",
    ),
    "dale": ("references", 1, 1, "Dale, A., & Hill, B. (2004). Sheds of the north. York: Mill."),
    "hill": ("references", 2, 1, "Hill, B. (2001). What a shed holds. Journal of Mending, 3(2), 10–14."),
    "low": ("references", 3, 1, "Low, C. (1999). Roofs. York: Mill. https://doi.org/10.9999/roofs"),
}
# The ledger; the last column names the sentence.
TABLES = {
    "quotations": f"""\
        quotation_id,message_id,attributed_to,theme_id,form,in_quotation_marks,text,printed_after,also_in,place
        q-7,7,Ann,benches,block,no,"{BLOCK}",(Message 7).,,lamp
        q-12,12,Ben,benches,inline,yes,the best of rooms,\""" (Message 12).",,rooms
        """,
    "literature": """\
        quotation_id,text,cited_as,year,pages,form,printed_after,also_in,place
        lq-1,a roof over a bench,Low,1999,p. 7,inline,,,roof
        lq-2,"benches, vices (...) and a lamp. All of it is shared.",Hill,2001,p. 12,block,,,holds
        """,
    "facts": """\
        fact_id,name,value,unit,also_in,place
        members,Members,24,members,,members
        period-from,Start,2015-03,month,,period
        period-to,End,2015-06,month,,period
        messages,Messages,310,messages,,period
        themes,Themes,2,themes,3,two
        group,Group,Northtown Menders,,,members
        """,
    "themes": """\
        theme_id,name,position,also_in,place
        benches,Shared benches,1,abstract;3;4,benches
        lending,Tool lending,2,abstract;3;4,lending
        """,
    "mapping": """\
        theme_id,dimension,term,also_in,place
        benches,closeness,social,,closeness
        benches,form,form of room,,forms
        lending,form,form of rota,,forms
        """,
    "method": """\
        step_id,step,who,also_in,place
        M1,Reads all,each author,,read
        M2,Words the themes,the two authors,,two
        M3,Reads all again,each author,,read
        """,
    "claims": """\
        claim_id,statement,quantifier,also_in,place
        C1,Most agree,widespread,,closeness
        C2,Many wish to lend,common,4,wish
        """,
    "citations": """\
        citation_id,form,cited_as,year,pages,also_in,place
        c1,bracketed,Dale & Hill,2004,,,towns
        c2,bracketed,Low,1999,,,towns
        c3,bracketed,Low,1999,p. 7,,roof
        c4,narrative,Low,1999,,,counts
        """,
    "references": """\
        reference_id,position,check,also_in,place
        dale2004,1,rendering,,dale
        hill2001,2,rendering,,hill
        low1999,3,rendering,,low
        """,
}


def _work(id_, type_, year, authors, title, **more):
    names = [{"family": family, "given": given} for family, given in authors]
    issued = {"date-parts": [[year]]}
    return {"id": id_, "type": type_, "author": names, "issued": issued, "title": title, **more}


_MILL = {"publisher": "Mill", "publisher-place": "York"}
REFERENCES = (
    _work("dale2004", "book", 2004, [("Dale", "A."), ("Hill", "B.")], "Sheds of the north", **_MILL),
    _work(
        *("hill2001", "article-journal", 2001, [("Hill", "B.")], "What a shed holds"),
        **{"container-title": "Journal of Mending", "volume": "3", "issue": "2", "page": "10–14"},
    ),
    _work("low1999", "book", 1999, [("Low", "C.")], "Roofs", **_MILL, URL="https://doi.org/10.9999/roofs"),
)


def ledger(changes=None, folder="ledger"):
    """Return the ledger of the article, with cells changed: ``{"q-7": {"text": "..."}}``, by the id of the entry."""
    tables = {}
    for name, text in TABLES.items():
        rows: list[dict[str, object]] = list(csv.DictReader(io.StringIO(textwrap.dedent(text))))
        for row in rows:
            where = dict(zip(("section", "paragraph", "sentence"), SENTENCES[row["place"]], strict=False))
            row.update(where, sentence_sha256=digest_of_sentence(SENTENCES[row.pop("place")][3]))
            row.update({"position": int(row["position"])} if "position" in row else {})
            row.update((changes or {}).get(id_of(name, row), {}))
        tables[name] = Table("ledger", name, f"{name}.csv", "0" * 64, "published", pd.DataFrame(rows))
    record = {"title": TITLE, "sections": [{"id": id_, "name": name} for id_, name in SECTIONS]}
    digests = dict.fromkeys((f"{name}.csv" for name in tables), "0" * 64)
    return Article(Path(folder), record, tables, REFERENCES, digests)


def write(folder, text=TEXT, name="article.txt"):
    """Write a text and return its path."""
    path = Path(folder) / name
    path.write_text(text, encoding="utf-8")
    return path


# Two columns. The foot of the first page stands inside a sentence, and a page breaks inside a quotation.
PAGE = """\
#set page(width: 130mm, height: 110mm, margin: 12mm, columns: 2,
  header: context { let n = counter(page).get().first(); if n > 1 [READER AND WRITER #h(1fr) #n] })
#set text(font: "Libertinus Serif", size: 8pt, lang: "en", hyphenate: false)
#set par(justify: true, spacing: 0.6em, first-line-indent: 1em)
"""
FOOT = """
#v(1fr)
#text(size: 6pt, [This is an open access article under the terms of the Creative Commons
Attribution License, which permits use. #linebreak() © 2019 The Authors. Journal of Mending published by Nobody & Sons
Ltd.])
#colbreak()
"""


def source(text=TEXT, hyphenate="false"):
    """Return an article as Typst sets it; the end of a line in a block is one in print too."""
    made = [PAGE.replace("hyphenate: false", f"hyphenate: {hyphenate}")]
    for block in text.strip().split("\n\n"):
        if block.startswith("This is an open"):
            made.append(FOOT)
        elif not block.startswith("Copyright"):
            bare = re.sub(r"[*<>]|^- ", "", block, flags=re.MULTILINE)
            made += ["#pagebreak()"] if block.startswith(("lamp", "REFERENCES")) else []
            made.append(" #linebreak() ".join(f"#{typst_string(line)};" for line in bare.split("\n")))
    return "\n\n".join(made)


def pdf(text):
    return typst.compile(text.encode())
