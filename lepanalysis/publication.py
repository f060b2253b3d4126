"""What a study calls published, held against the ledger of the article that is said to print it.

Words of class published are printed in the article under that message and that code name, and so is the name of a
person of class published; the ledger says nothing else of a person. In a stand-in study, where everything else is
invented, nothing else may be said of the people whose names the article prints, nor put into their mouths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepanalysis.applications import joined
from lepanalysis.faults import Fault
from lepanalysis.quotations import printed_segments
from lepanalysis.schema import MESSAGES, PARTICIPANTS
from lepanalysis.tables import read_rows, read_utf8
from lepanalysis.typography import plain
from lepanalysis.wording import nearest
from lepanalysis.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lepanalysis.article import Article
    from lepanalysis.schema import TableSchema
    from lepanalysis.study import Study
    from lepanalysis.tables import Row

# The quotations of a ledger: for each message, pairs of code name and text as printed.
_Printed = dict[str, list[tuple[str, str]]]


def check_published(study: Study, article: Article | None) -> list[Fault]:
    """Return what is wrong with records that claim to be published in an article.

    The files are read anew where it takes that, so that nothing hides behind another fault of theirs.

    Parameters
    ----------
    study : Study
        Perhaps with faults, and without the tables that these are in.
    article : Article, optional
        None where the study names no ledger, or one that cannot be read; only in the first case is that a fault of
        what claims to be published.

    Returns
    -------
    list of Fault
        In messages.csv and participants.csv, with the line at which the record begins; where there is no ledger, in
        study.yaml.
    """
    if article is None and _claims_nothing(study):
        return []
    messages, participants = (_rows(study.folder, schema) for schema in (MESSAGES, PARTICIPANTS))
    if article is None:
        return [] if study.record.ledger else _without_ledger(study, [*messages, *participants])
    printed: _Printed = {}
    columns = ("message_id", "attributed_to", "text")
    for message_id, name, text in zip(*(article.quotations.frame[column] for column in columns), strict=True):
        printed.setdefault(message_id, []).append((name, text))
    names = {row.cells.get("participant_id", ""): row.cells.get("code_name", "") for row in participants}
    return [*_of_messages(study, messages, names, printed), *_of_participants(study, participants, printed)]


def _claims_nothing(study: Study) -> bool:
    """Whether the tables could be read and show that no record is called published: then no file is read again."""
    tables = [study.tables.get(schema.name) for schema in (MESSAGES, PARTICIPANTS)]
    return study.class_ != "published" and all(
        table is not None and "published" not in set(table.record_classes) for table in tables
    )


def _rows(folder: Path, schema: TableSchema) -> list[Row]:
    """Return the records of a file that can be read, whatever else is wrong with it."""
    path = folder / schema.file
    if not path.is_file():
        return []
    text, _ = read_utf8(path, str(path))
    return read_rows(text, schema, str(path))[0]


def _without_ledger(study: Study, rows: list[Row]) -> list[Fault]:
    """Return the fault of a study that calls records published and names no ledger that shows it."""
    path = study.folder / "study.yaml"
    if study.class_ == "published":
        document, _ = read_yaml(read_utf8(path, str(path))[0], str(path))
        line, column = document.line(("class",)), "class"
        problem = "a study of class published, and no ledger of the article that prints its messages"
        remedy = "name the ledger's folder, or give the study another class"
    elif any(row.cells.get("class") == "published" for row in rows):
        line, column = 1, "ledger"
        problem = "records of class published, and no ledger of the article that prints them"
        remedy = "name the ledger's folder, or do not call them published"
    else:
        return []
    return [Fault(str(path), line, column, problem, remedy)]


def _of_messages(study: Study, rows: list[Row], names: dict[str, str], printed: _Printed) -> Iterator[Fault]:
    """Published words are those that the ledger quotes; a stand-in adds none to those of the people it quotes."""
    path = str(study.folder / MESSAGES.file)
    people = _people(printed)
    for row in rows:
        message_id, text = row.cells.get("message_id", ""), row.cells.get("text", "")
        author = names.get(row.cells.get("participant_id", ""), "")
        quoted = printed.get(message_id, [])
        if (row.cells.get("class") or study.class_) == "published":
            wrong = _of_words(message_id, text, author, quoted)
            remedy = "restore what the article prints, or do not call the message published"
        elif study.class_ == "stand-in" and _key(author) in people:
            said = people[_key(author)]
            if said in {name for name, _ in quoted}:
                wrong = "class", f"the article prints message {message_id!r} by {said}, and this one is not published"
                remedy = "write what the article prints and call it published"
            else:
                wrong = "participant_id", f"the article prints no message {message_id!r} by {said}"
                remedy = "let someone say it whom the article does not quote"
        else:
            continue
        if wrong is not None:
            yield Fault(path, row.line, wrong[0], wrong[1], remedy)


def _of_words(message_id: str, text: str, author: str, quoted: list[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the column and what is wrong with a message of class published; the author is "" where unknown."""
    if not quoted:
        return "class", f"the article prints no quotation of message {message_id!r}"
    own = [words for name, words in quoted if author in {"", name}]
    if not own:
        said = joined(dict.fromkeys(name for name, _ in quoted))
        return "participant_id", f"the article attributes it to {said}, not to {author}"
    # An omission in the message itself would be a mark of the quoting author, and a word in brackets their word: the
    # marks come out of the quotation alone.
    given = plain(text).text.strip()
    if not given or any(given in {_words(words), plain(words).text.strip()} for words in own):
        return None  # a text that is empty has its fault for that
    words = _words(own[0])
    before, _, after = given.partition(words) if words else ("", "", "")
    if before or after:
        more = joined(repr(part.strip()) for part in (before, after) if part.strip())
        shown = f", which lacks {more}"
    else:
        _, difference = nearest(words, text)
        shown = f": {difference}" if difference else ""
    return "text", f"it is not, word for word, what the article prints{shown}"


def _of_participants(study: Study, rows: list[Row], printed: _Printed) -> Iterator[Fault]:
    """A published person is a code name that the ledger prints; a stand-in calls such a person nothing else."""
    path = str(study.folder / PARTICIPANTS.file)
    people = _people(printed)
    for row in rows:
        id_, name = row.cells.get("participant_id", ""), row.cells.get("code_name", "")
        published = (row.cells.get("class") or study.class_) == "published"
        said = people.get(_key(name), "")
        if published and name and name != said:
            remedy = "restore the name that the article prints, or do not call the person published"
            yield Fault(path, row.line, "class", f"the article attributes nothing to {name!r}", remedy)
        if study.class_ == "stand-in" and said and not published:
            problem = f"the article prints the code name {said}, and this person is not published"
            yield Fault(path, row.line, "class", problem, "call the person published, or choose another code name")
        if study.class_ == "stand-in" and _key(id_) in people and _key(id_) != _key(name):
            problem = f"the article prints {people[_key(id_)]} as the code name of another"
            yield Fault(path, row.line, "participant_id", problem, "choose another id")
        if said and (published or study.class_ == "stand-in"):
            for column, cell in row.cells.items():
                if cell and PARTICIPANTS.column(column) is None:
                    problem = f"the article's quotations tell nothing of {said} but the name"
                    yield Fault(path, row.line, column, problem, "leave the cell empty")


def _people(printed: _Printed) -> dict[str, str]:
    """Return the code names that the ledger prints, by what tells them from others."""
    return {_key(name): name for quoted in printed.values() for name, _ in quoted}


def _key(name: str) -> str:
    """Return what tells a name from others: not its case, nor its white space."""
    return " ".join(plain(name).text.split()).casefold()


def _words(text: str) -> str:
    """Return the words of a quotation in plain typography, without editorial marks."""
    return plain(" ".join(printed_segments(text))).text.strip()
