"""Planted faults: each changes one thing in a throw-away copy of the project, and a command has to catch it.

A fault is a function over the copy's folder, under a name that says what it does; `planted` says which command catches
it and the words that its message has to hold, among them the place: `<messages.csv 15>` stands for the file and the
line at which the record of that key begins.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import nbformat
from projects import CORPUS, ROOT, TEMPLATE, notebook

from lepanalysis import committed
from lepanalysis.reviewer_material import REVIEW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

LEDGER = "data/article"
STANDIN = "data/standin"
BUILT = "build/standin"
_PLACE = re.compile(r"<(\S+) ([^>]+)>")


@dataclass(frozen=True)
class Planted:
    """One fault, the command that has to catch it, and the words that its message has to hold."""

    plant: Callable[[Path], None]
    command: str
    says: tuple[str, ...]
    status: int = 1

    @property
    def name(self) -> str:
        """The fault in words."""
        return self.plant.__name__.replace("_", " ")

    @property
    def words(self) -> list[str]:
        """What the message has to hold, with the lines of the records that are named."""
        return [_PLACE.sub(lambda found: line_of(found[1], *found[2].split()), words) for words in self.says]


def line_of(name: str, *key: str) -> str:
    """Return the file and the line at which the record whose first cells are `key` begins in the project's own data."""
    (path,) = (ROOT / folder / name for folder in (LEDGER, STANDIN) if (ROOT / folder / name).is_file())
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        begins = 1
        for record in reader:
            if tuple(record[: len(key)]) == key:
                return f"{name}:{begins}"
            begins = reader.line_num + 1
    raise KeyError(key)


PLANTED: list[Planted] = []


def planted(command: str, *says: str, status: int = 1) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """Enter a fault into the list."""

    def enter(plant: Callable[[Path], None]) -> Callable[[Path], None]:
        PLANTED.append(Planted(plant, command, says, status))
        return plant

    return enter


def write_copy(root: Path) -> Path:
    """Copy what `check` and `verify` read: the ledger, the stand-in, and the templates that it names."""
    for folder in (LEDGER, STANDIN, "paper"):
        shutil.copytree(ROOT / folder, root / folder)
    return root


def write_build(root: Path) -> Path:
    """Put the committed exhibits beside a build that made just these."""
    exhibits = []
    for folder in ("figures", "tables"):
        shutil.copytree(ROOT / folder, root / folder)
        shutil.copytree(ROOT / folder, root / BUILT / folder)
        for path in sorted((ROOT / folder).glob("*.csv")):
            files = {file.suffix[1:]: f"{folder}/{file.name}" for file in path.parent.glob(f"{path.stem}.*")}
            exhibits.append({"id": path.stem, "class": "stand-in", "files": files})
    (root / BUILT / "manifest.json").write_text(json.dumps({"exhibits": exhibits}), encoding="utf-8")
    shutil.copytree(ROOT / committed.DOCUMENTS, root / committed.DOCUMENTS)
    shutil.copytree(ROOT / committed.DOCUMENTS, root / BUILT / REVIEW)
    for place in (root, root / BUILT / REVIEW):
        shutil.copyfile(ROOT / committed.AT_ROOT, place / committed.AT_ROOT)
    readme = (ROOT / committed.README).read_text(encoding="utf-8")
    (root / committed.README).write_text(readme, encoding="utf-8")
    listed = readme.partition(f"{committed.BEGIN}\n")[2].partition(committed.END)[0].strip("\n")
    (root / BUILT / REVIEW / committed.IN_README).write_text(f"{listed}\n", encoding="utf-8")
    return root


# How a record of a CSV file or a passage of any other is changed.
def read_records(path: Path) -> list[dict[str, str]]:
    """Return the records of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_records(path: Path, records: Sequence[dict[str, str]]) -> None:
    """Write records as the project's files are written."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    path.write_text(stream.getvalue(), encoding="utf-8", newline="\n")


def change(path: Path, *key: str, **cells: str | Callable[[str], str]) -> None:
    """Change cells of the one record whose first cells are `key`."""
    records = read_records(path)
    (record,) = (record for record in records if tuple(record.values())[: len(key)] == key)
    for name, new in cells.items():
        value = new if isinstance(new, str) else new(record[name])
        if value == record[name]:
            message = f"{name} of {key} is {value!r} already"
            raise ValueError(message)
        record[name] = value
    write_records(path, records)


def drop(path: Path, wanted: Callable[[dict[str, str]], bool]) -> None:
    """Drop the records that are wanted gone."""
    records = read_records(path)
    kept = [record for record in records if not wanted(record)]
    if len(kept) == len(records):
        message = f"nothing of {path.name} was dropped"
        raise ValueError(message)
    write_records(path, kept)


def exchange(path: Path, one: tuple[str, ...], other: tuple[str, ...], column: str) -> None:
    """Exchange the cells of two records in a column."""
    cells = {
        key: record[column]
        for key in (one, other)
        for record in read_records(path)
        if tuple(record.values())[: len(key)] == key
    }
    change(path, *one, **{column: cells[other]})
    change(path, *other, **{column: cells[one]})


def replace(path: Path, old: str, new: str) -> None:
    """Replace a passage that stands in a file once."""
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        message = f"{old!r} stands {text.count(old)} times in {path.name}"
        raise ValueError(message)
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def _with(old: str, new: str) -> Callable[[str], str]:
    """Return a change of a cell: a passage that stands in it replaced."""
    return lambda cell: cell.replace(old, new, 1)


# The participants' quotations.
@planted("check", "<messages.csv 15>: text: it is not, word for word, what the article prints")
def a_letter_of_a_quotation_is_changed_in_the_ledger(root: Path) -> None:
    change(root / LEDGER / "quotations.csv", "q-15", text=_with("Googlers go", "Googlers do"))


@planted("check", "<messages.csv 15>: text: it is not, word for word, what the article prints")
def a_letter_of_a_quotation_is_changed_in_the_study(root: Path) -> None:
    change(root / STANDIN / "messages.csv", "15", text=_with("Googlers go", "Googlers do"))


@planted("check", "<messages.csv 98>: text: it is not, word for word, what the article prints")
def a_sentence_is_added_to_a_quoted_message(root: Path) -> None:
    change(root / STANDIN / "messages.csv", "98", text=lambda cell: f"{cell} I am quite sure.")


@planted("check", "<messages.csv 21>: text: it is not, word for word, what the article prints")
def a_word_of_a_quotation_inside_a_sentence_is_changed_in_the_ledger(root: Path) -> None:
    change(root / LEDGER / "quotations.csv", "q-21", text=_with("coworking", "co-working"))


@planted("check", "<messages.csv 98>: participant_id: the article attributes it to Briony, not to Tim")
def a_quotation_stands_under_another_name_in_the_ledger(root: Path) -> None:
    change(root / LEDGER / "quotations.csv", "q-98", attributed_to="Briony")


@planted("check", "<messages.csv 98>: participant_id: the article attributes it to Tim, not to Ed")
def a_quotation_stands_under_another_name_in_the_study(root: Path) -> None:
    exchange(root / STANDIN / "messages.csv", ("98",), ("103",), "participant_id")


@planted("check", "<messages.csv 98>: class: the article prints no quotation of message '98'")
def a_quotation_stands_under_another_message_in_the_ledger(root: Path) -> None:
    change(root / LEDGER / "quotations.csv", "q-98", message_id="99", printed_after="(Message 99)")


@planted("check", "<quotations.csv q-98>: message_id: '99', where message 98 is printed behind it")
def a_quotation_stands_under_another_message_than_is_printed_behind_it(root: Path) -> None:
    change(root / LEDGER / "quotations.csv", "q-98", message_id="99")


@planted(
    "check",
    "<quotations.csv q-98>: theme_id: 'resources', where section 4.3 is that of 'internationalisation'",
)
def a_quotation_stands_under_another_theme(root: Path) -> None:
    change(root / LEDGER / "quotations.csv", "q-98", theme_id="resources")


@planted("check", "<quotations.csv q-51>: check: a block quotation is put together from its record")
def a_block_quotation_is_checked_less_than_it_can_be(root: Path) -> None:
    change(root / LEDGER / "quotations.csv", "q-51", check="transcription")


@planted("check", "<quotations.csv q-15>: sentence: paragraph 3 of section 4.1 is a block quotation")
def a_block_quotation_is_the_second_sentence_of_its_paragraph(root: Path) -> None:
    change(root / LEDGER / "quotations.csv", "q-15", sentence="2")


@planted("check", "<quotations.csv q-105>: check: a paragraph is put together from a block quotation alone")
def a_block_quotation_is_called_inline(root: Path) -> None:
    change(root / LEDGER / "quotations.csv", "q-105", form="inline")


@planted("verify", "q-105:", "the verdict was 'transcribed' and is 'contradicted'")
def the_mark_behind_a_quotation_is_lost(root: Path) -> None:
    change(root / LEDGER / "quotations.csv", "q-105", printed_after="(Message 105)")


@planted("verify", "q-51:", "the ledger has no such entry any more")
def a_quotation_is_dropped_from_the_ledger_and_called_invented_in_the_study(root: Path) -> None:
    drop(root / LEDGER / "quotations.csv", lambda record: record["quotation_id"] == "q-51")
    change(root / STANDIN / "messages.csv", "51", **{"class": "stand-in"})
    change(root / STANDIN / "participants.csv", "P24", **{"class": "stand-in"})


# The quotations from the literature.
@planted("verify", "lq-01:", "changed since its verdict was accepted")
def a_word_of_a_quotation_from_the_literature_is_lost(root: Path) -> None:
    change(root / LEDGER / "literature.csv", "lq-01", text=_with("joint local", "joint"))


@planted("check", "<slips.csv S10>: kind: two wordings of one quotation: the records show no such slip")
def two_wordings_of_a_quotation_from_the_literature_are_made_one(root: Path) -> None:
    change(root / LEDGER / "literature.csv", "lq-03", text=_with("these new ideas", "these ideas"))


@planted("check", "<literature.csv lq-14>: citation_id: <citations.csv c082> credits it")
def a_quotation_from_the_literature_loses_its_citation(root: Path) -> None:
    change(root / LEDGER / "literature.csv", "lq-14", citation_id="")


@planted("check", "<literature.csv lq-03>: citation_id: <citations.csv c023> stands neither in its sentence")
def a_quotation_from_the_literature_is_credited_by_a_citation_elsewhere(root: Path) -> None:
    change(root / LEDGER / "literature.csv", "lq-03", citation_id="c023")


@planted("check", "<literature.csv lq-03>: year: '2011', where <citations.csv c017> has '2001'")
def a_quotation_from_the_literature_gets_another_year_than_its_citation(root: Path) -> None:
    change(root / LEDGER / "literature.csv", "lq-03", year="2011")


# The figures.
@planted("verify", "messages:", "C03:", "not reproducible from public material", "132")
def the_number_of_messages_is_off_by_one(root: Path) -> None:
    change(root / LEDGER / "facts.csv", "messages", value="132")


@planted("verify", "themes:", "the verdict was 'reproduced' and is 'contradicted'", "C08:")
def the_number_of_themes_is_off_by_one(root: Path) -> None:
    change(root / LEDGER / "facts.csv", "themes", value="4")


@planted("verify", "period-to:", "C04:", "not reproducible from public material")
def the_period_ends_a_month_earlier(root: Path) -> None:
    change(root / LEDGER / "facts.csv", "period-to", value="2013-12")


@planted("verify", "researchers:", "changed since its verdict was accepted")
def the_number_of_researchers_is_off_by_one(root: Path) -> None:
    change(root / LEDGER / "facts.csv", "researchers", value="3")


@planted("verify", "threads:", "changed since its verdict was accepted")
def the_unit_of_a_figure_is_changed(root: Path) -> None:
    change(root / LEDGER / "facts.csv", "threads", unit="messages")


@planted("check", "<claims.csv C04>: fact_ids: the check 'period' cannot rest on")
def a_month_is_written_in_words(root: Path) -> None:
    change(root / LEDGER / "facts.csv", "period-to", value="January 2014")


# The mapping and the themes.
@planted("verify", "m-workspaces-proximity:", "m-resources-proximity:")
def two_cells_of_the_mapping_are_exchanged(root: Path) -> None:
    one, other = ("workspaces", "proximity"), ("resources", "proximity")
    exchange(root / LEDGER / "mapping.csv", one, other, "term")


@planted("check", "<mapping.csv workspaces>: source_keys: there is no 'cohen1991' in references.csv")
def a_cell_of_the_mapping_names_a_work_that_is_not_listed(root: Path) -> None:
    change(
        root / LEDGER / "mapping.csv", "workspaces", "knowledge capacity", source_keys=_with("cohen1990", "cohen1991")
    )


@planted(
    "check", "<mapping.csv resources proximity>: source_keys: 'cohen1990' is not cited in section 4.2, paragraph 9"
)
def a_cell_of_the_mapping_names_a_work_that_is_not_cited_there(root: Path) -> None:
    change(root / LEDGER / "mapping.csv", "resources", "proximity", source_keys="cohen1990")


@planted("check", "<mapping.csv workspaces>: source_keys: 'mattes2012' is not cited in section 5 or 2.2")
def a_cell_of_the_mapping_names_a_work_that_is_cited_in_none_of_its_sections(root: Path) -> None:
    change(root / LEDGER / "mapping.csv", "workspaces", "knowledge capacity", source_keys="mattes2012")


@planted("check", "mapping.csv:4: checkable: 'external source' is there, and source_keys names no works")
def a_cell_of_the_mapping_needs_a_source_that_it_does_not_name(root: Path) -> None:
    key = ("workspaces", "operational form")
    change(root / LEDGER / "mapping.csv", *key, checkable="printed text;external source")


@planted("check", "<themes.csv workspaces>: name: 'Collaborative workplaces', where article.yaml has")
def a_theme_is_renamed_in_the_ledger(root: Path) -> None:
    change(root / LEDGER / "themes.csv", "workspaces", name="Collaborative workplaces")


@planted("verify", "theme-workspaces:", "the verdict was 'transcribed' and is 'contradicted'")
def a_theme_is_renamed_in_the_ledger_and_in_its_sections(root: Path) -> None:
    change(root / LEDGER / "themes.csv", "workspaces", name="Collaborative workplaces")
    replace(root / LEDGER / "article.yaml", "Collaborative workspaces", "Collaborative workplaces")


@planted("verify", "themes.yaml:118: named_in: message '106' does not hold the words 'Business networks'")
def a_theme_is_renamed_in_the_study(root: Path) -> None:
    replace(root / STANDIN / "themes.yaml", "name: Business network resources", "name: Business networks")


@planted("check", "<themes.csv workspaces>: position: position 2, where 1 comes next")
def two_themes_have_one_position(root: Path) -> None:
    change(root / LEDGER / "themes.csv", "workspaces", position="2")


# The claims.
@planted("check", "<claims.csv C13>: threshold: 0.9 lies outside its stated range")
def the_threshold_of_a_claim_is_moved_out_of_its_range(root: Path) -> None:
    change(root / LEDGER / "claims.csv", "C13", threshold="0.9")


@planted("verify", "C13:", "changed since its verdict was accepted")
def the_threshold_of_a_claim_is_moved_within_its_range(root: Path) -> None:
    change(root / LEDGER / "claims.csv", "C13", threshold="0.3")


@planted("check", "<claims.csv C17>: check: 'most' is not known here")
def a_claim_has_a_test_that_nobody_knows(root: Path) -> None:
    change(root / LEDGER / "claims.csv", "C17", check="most")


@planted("check", "<claims.csv C13>:")
def the_test_of_a_claim_is_exchanged_for_one_that_counts(root: Path) -> None:
    change(root / LEDGER / "claims.csv", "C13", check="at-least")


@planted("verify", "C17:", "C19:", "changed since its verdict was accepted")
def the_tests_of_two_claims_are_exchanged(root: Path) -> None:
    exchange(root / LEDGER / "claims.csv", ("C17",), ("C19",), "test")


@planted("verify", "C03:", "'none'")
def the_test_of_a_claim_is_taken_away(root: Path) -> None:
    change(root / LEDGER / "claims.csv", "C03", check="none")


@planted("verify", "C20:", "the ledger has no such entry any more")
def a_claim_is_dropped(root: Path) -> None:
    drop(root / LEDGER / "claims.csv", lambda record: record["claim_id"] == "C20")


@planted("verify", "C19:", "changed since its verdict was accepted")
def a_quantifier_is_made_stronger(root: Path) -> None:
    change(root / LEDGER / "claims.csv", "C19", quantifier="very frequent")


@planted("verify", "C19:", "its evidence was 'codes S11' and is 'codes S12'")
def a_claim_is_bound_to_another_code(root: Path) -> None:
    replace(root / STANDIN / "claims.yaml", "  C19: {codes: [S11],", "  C19: {codes: [S12],")


@planted("check", "<claims.csv C13>: threshold_from:")
def a_range_of_thresholds_loses_its_width(root: Path) -> None:
    change(root / LEDGER / "claims.csv", "C13", threshold="0.25", threshold_to="0.25")


# The references, the citations and the locators.
@planted("check", "<citations.csv c001>: reference_id: there is no 'bocquet2015' in references.csv")
def a_reference_is_dropped(root: Path) -> None:
    drop(root / LEDGER / "references.csv", lambda record: record["reference_id"] == "bocquet2015")


@planted("check", "references.csv:9: reference_id: 100 works, where references.json has 101")
def a_reference_that_nothing_cites_is_dropped_from_one_of_the_two_lists(root: Path) -> None:
    records = read_records(root / LEDGER / "references.csv")
    del records[7]
    for position, record in enumerate(records, start=1):
        record["position"] = str(position)
    write_records(root / LEDGER / "references.csv", records)


@planted("verify", "ahuja2000:", "'contradicted'")
def the_year_of_a_reference_is_changed(root: Path) -> None:
    change_work(root, "ahuja2000", lambda work: work["issued"].update({"date-parts": [[2001]]}))


@planted("verify", "ahuja2000:", "'contradicted'")
def a_letter_of_an_author_is_changed(root: Path) -> None:
    change_work(root, "ahuja2000", lambda work: work["author"][0].update(family="Ahujo"))


@planted("verify", "ahuja2000:", "'contradicted'")
def the_dash_of_a_page_range_becomes_a_hyphen(root: Path) -> None:
    change_work(root, "ahuja2000", lambda work: work.update(page=work["page"].replace("–", "-")))


def change_work(root: Path, name: str, changed: Callable[[dict], object]) -> None:
    """Change one work of references.json."""
    path = root / LEDGER / "references.json"
    works = json.loads(path.read_text(encoding="utf-8"))
    changed(next(work for work in works if work["id"] == name))
    path.write_text(json.dumps(works, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")


@planted("check", "<citations.csv c001>: reference_id: 'Bocquet & Mothe, 2015' is credited to 'jardon2015', and names")
def a_citation_is_credited_to_another_work(root: Path) -> None:
    change(root / LEDGER / "citations.csv", "c001", reference_id="jardon2015")


@planted(
    "check", "<citations.csv c126>: reference_id: 'Weick, 2006' is credited to 'weck2006', and names no listed work"
)
def a_citation_is_credited_to_a_work_of_nearly_that_name(root: Path) -> None:
    change(root / LEDGER / "citations.csv", "c126", reference_id="weck2006")


@planted("check", "<citations.csv c001>: cited_as:", '"Bocquet & Mothe (2015)" has "&" outside brackets')
def a_citation_in_brackets_is_called_one_in_the_sentence(root: Path) -> None:
    change(root / LEDGER / "citations.csv", "c001", form="narrative")


@planted("check", "<citations.csv c002>: form: 'in brackets' is not known here")
def a_citation_has_a_form_that_nobody_knows(root: Path) -> None:
    change(root / LEDGER / "citations.csv", "c002", form="in brackets")


@planted("check", "<citations.csv c002>: reference_id: 'Jardon, 2016' is credited to 'jardon2015', and names")
def the_year_of_a_citation_is_changed(root: Path) -> None:
    change(root / LEDGER / "citations.csv", "c002", year="2016")


@planted("check", "<citations.csv c003>:", "has this digest for section 1, paragraph 1, sentence 1")
def a_digit_of_a_locator_is_changed(root: Path) -> None:
    change(root / LEDGER / "citations.csv", "c003", paragraph="99")


@planted("check", "<citations.csv c003>: sentence_sha256: not the digest that")
def a_digit_of_a_digest_is_changed(root: Path) -> None:
    change(root / LEDGER / "citations.csv", "c003", sentence_sha256=_with("85f0", "85f1"))


@planted("check", "<facts.csv participants>: sentence_sha256:")
def a_digest_is_truncated(root: Path) -> None:
    change(root / LEDGER / "facts.csv", "participants", sentence_sha256=lambda cell: cell[:-1])


@planted("check", "<quotations.csv q-15>: section: article.yaml has no section '4.4'")
def a_quotation_stands_in_a_section_that_the_article_has_not(root: Path) -> None:
    change(root / LEDGER / "quotations.csv", "q-15", section="4.4")


@planted("check", "<references.csv allee2003>: paragraph: paragraph 3, where its position is 2")
def an_entry_of_the_list_has_the_number_of_the_next(root: Path) -> None:
    change(root / LEDGER / "references.csv", "allee2003", paragraph="3")


@planted("check", "references.json:2: type: ahuja2000: 'journal-article' is no type of CSL")
def a_work_has_a_type_that_nobody_knows(root: Path) -> None:
    change_work(root, "ahuja2000", lambda work: work.update(type="journal-article"))


# The slips of print, and what the article is.
@planted("check", "<citations.csv c126>: cited_as: cited, not listed:", "slips.csv has no such slip for section 6")
def a_slip_is_dropped(root: Path) -> None:
    drop(root / LEDGER / "slips.csv", lambda record: record["slip_id"] == "S01")


@planted("check", "<citations.csv c048>: cited_as:", '"Garud and Nayyar, 1994" has "and" in brackets')
def one_of_two_slips_in_a_sentence_is_dropped(root: Path) -> None:
    drop(root / LEDGER / "slips.csv", lambda record: record["slip_id"] == "S07")


@planted("check", "<references.csv larty2016>: reference_id: incomplete entry: larty2016 has no volume and no issue")
def an_incomplete_entry_is_called_complete(root: Path) -> None:
    drop(root / LEDGER / "slips.csv", lambda record: record["slip_id"] == "S13")


@planted("check", "<slips.csv S28>: kind: order of the list: the records show no such slip at section references")
def a_slip_stands_at_another_entry(root: Path) -> None:
    (there,) = (row for row in read_records(root / LEDGER / "references.csv") if row["paragraph"] == "51")
    place = {"paragraph": "51", "sentence_sha256": there["sentence_sha256"]}
    change(root / LEDGER / "slips.csv", "S28", **place)


@planted("verify", "article/slips.csv: changed since it was attested")
def a_slip_that_a_reader_alone_can_see_is_dropped(root: Path) -> None:
    drop(root / LEDGER / "slips.csv", lambda record: record["slip_id"] == "S12")


@planted("verify", "article/article.yaml: changed since it was attested")
def the_article_gets_another_title(root: Path) -> None:
    replace(root / LEDGER / "article.yaml", "regional knowledge networks", "regional networks of knowledge")


@planted("check", "article.yaml:18: url: 'https://doi.org/10.1002/kpm.1547' is not the address of 10.1002/kpm.1546")
def the_address_of_the_article_is_that_of_another(root: Path) -> None:
    replace(root / LEDGER / "article.yaml", "doi.org/10.1002/kpm.1546", "doi.org/10.1002/kpm.1547")


@planted("check", "article.yaml:8: orcid: '0000-0003-3906-5905' is no ORCID")
def a_digit_of_an_authors_number_is_changed(root: Path) -> None:
    replace(root / LEDGER / "article.yaml", "0000-0003-3906-5904", "0000-0003-3906-5905")


# The attestation and the accepted verdicts.
@planted(
    "verify", "attestation.json:", "article_sha256: not a SHA-256", "q-15:", "not checked against the article's text"
)
def the_digest_of_the_article_is_truncated_in_the_attestation(root: Path) -> None:
    path = root / LEDGER / "attestation.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["article_sha256"] = record["article_sha256"][:12]
    path.write_text(json.dumps(record), encoding="utf-8")


SEAL_BROKEN = ("attestation.json:", "seal: changed by hand", "q-15:", "not checked against the article's text")


@planted("verify", *SEAL_BROKEN)
def the_digest_of_the_article_is_typed_into_the_attestation(root: Path) -> None:
    path = root / LEDGER / "attestation.json"
    digest = json.loads(path.read_text(encoding="utf-8"))["article_sha256"]
    replace(path, digest, "0" * 64)


@planted("verify", *SEAL_BROKEN)
def the_digest_of_an_entry_is_stale_in_the_attestation(root: Path) -> None:
    path = root / LEDGER / "attestation.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["entries"]["q-15"] = "0" * 64
    path.write_text(json.dumps(record), encoding="utf-8")


@planted("verify", "attestation.json:", "seal: written by an earlier version, without a seal", "q-15:", "'transcribed'")
def the_seal_is_taken_off_the_attestation(root: Path) -> None:
    path = root / LEDGER / "attestation.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    del record["seal"]
    path.write_text(json.dumps(record), encoding="utf-8")


@planted("verify", "q-15:", "lq-03:", "'transcribed'", "not checked against the article's text")
def the_attestation_is_gone(root: Path) -> None:
    (root / LEDGER / "attestation.json").unlink()


def change_verdict(root: Path, entry: str, **cells: str) -> None:
    """Change the accepted verdict on an entry."""
    change(root / LEDGER / "verdicts.csv", "stand-in", entry, **cells)


@planted("verify", "C03:", "the verdict was 'confirmed' and is 'by construction'")
def an_accepted_verdict_is_made_better_by_hand(root: Path) -> None:
    change_verdict(root, "C03", verdict="confirmed")


@planted("verify", "<verdicts.csv stand-in C03>: row_sha256: changed by hand; only --accept --reason writes it")
def the_reason_why_a_verdict_was_accepted_is_changed_by_hand(root: Path) -> None:
    change_verdict(root, "C03", accepted_because="Everybody agreed")


@planted("verify", "verdicts.csv: written by an earlier version, whose rows have no seal")
def the_seals_are_taken_off_the_accepted_verdicts(root: Path) -> None:
    path = root / LEDGER / "verdicts.csv"
    write_records(path, [{n: cell for n, cell in row.items() if n != "row_sha256"} for row in read_records(path)])


@planted("verify", "C03:", "and no verdict on it was accepted")
def an_accepted_verdict_is_dropped(root: Path) -> None:
    drop(root / LEDGER / "verdicts.csv", lambda record: record["entry_id"] == "C03")


@planted("verify", "C999:", "the ledger has no such entry any more")
def a_verdict_is_accepted_on_nothing(root: Path) -> None:
    change_verdict(root, "C03", entry_id="C999")


@planted("verify", "verdicts.csv", "verdict: 'proven' is not known here")
def an_accepted_verdict_is_in_a_word_that_nobody_knows(root: Path) -> None:
    change_verdict(root, "C03", verdict="proven")


# The stand-in.
@planted("check", "<messages.csv 1>: class: the article prints no quotation of message '1'")
def an_invented_message_is_called_published(root: Path) -> None:
    change(root / STANDIN / "messages.csv", "1", **{"class": "published"})


@planted("check", "<messages.csv 15>: context_class: no ledger of an article prints the thread and the time")
def the_context_of_a_quoted_message_is_called_published(root: Path) -> None:
    change(root / STANDIN / "messages.csv", "15", context_class="published")


@planted("check", "<participants.csv P01>: class: the article attributes nothing to 'Helen'")
def an_invented_person_is_called_published(root: Path) -> None:
    change(root / STANDIN / "participants.csv", "P01", **{"class": "published"})


@planted("check", "<threads.csv T01>: class: no ledger of an article prints what stands in threads.csv")
def an_invented_thread_is_called_published(root: Path) -> None:
    change(root / STANDIN / "threads.csv", "T01", **{"class": "published"})


@planted("check", "<messages.csv 1>: class: a study of class open holds no stand-in record")
def the_stand_in_is_called_open(root: Path) -> None:
    replace(root / STANDIN / "study.yaml", "class: stand-in", "class: open")


@planted("check", "study.yaml:1: ledger: records of class published, and no ledger")
def the_study_names_its_ledger_no_more(root: Path) -> None:
    replace(root / STANDIN / "study.yaml", "ledger: ../article\n", "")


@planted("check", "<participants.csv P02>: code_name: 'Helen' is the code name of the person in line 2 too")
def the_code_name_of_a_participant_is_given_to_another(root: Path) -> None:
    change(root / STANDIN / "participants.csv", "P02", code_name="Helen")


@planted("check", "<participants.csv P06>: profession: the article's quotations tell nothing of Tom but the name")
def a_profession_is_invented_for_a_quoted_person(root: Path) -> None:
    change(root / STANDIN / "participants.csv", "P06", profession="designer")


@planted("check", "<messages.csv 1>: posted_at: 2014-03-01T09:02:00 is outside the study's period")
def a_message_is_dated_out_of_the_period(root: Path) -> None:
    change(root / STANDIN / "messages.csv", "1", posted_at="2014-03-01T09:02:00")


@planted("verify", "C04:", "the verdict was 'by construction' and is 'not reproducible from public material'")
def a_message_is_dated_out_of_the_printed_period_and_the_period_widened(root: Path) -> None:
    replace(root / STANDIN / "study.yaml", "to: 2014-01-31", "to: 2014-02-28")
    change(root / STANDIN / "messages.csv", "131", posted_at="2014-02-01T09:02:00")


@planted("verify", "C03:", "130")
def a_message_is_dropped(root: Path) -> None:
    drop(root / STANDIN / "messages.csv", lambda record: record["message_id"] == "84")
    drop(root / STANDIN / "assignments.csv", lambda record: record["message_id"] == "84")


@planted("check", "codings.csv", "there is no message '2'")
def a_coded_message_is_dropped(root: Path) -> None:
    drop(root / STANDIN / "messages.csv", lambda record: record["message_id"] == "2")


@planted("verify", "C02:", "35")
def two_threads_are_merged(root: Path) -> None:
    drop(root / STANDIN / "threads.csv", lambda record: record["thread_id"] == "T36")
    change(root / STANDIN / "messages.csv", "131", thread_id="T35", position="2")


@planted("verify", "C01:", "51")
def a_participant_who_never_posted_is_dropped(root: Path) -> None:
    drop(root / STANDIN / "participants.csv", lambda record: record["participant_id"] == "P52")


@planted("check", "decisions.csv", "subjects: there is no coding 'B-")
def the_codings_of_one_coder_are_dropped(root: Path) -> None:
    drop(root / STANDIN / "codings.csv", lambda record: record["coder"] == "B")


@planted("verify", "codings.csv:269: message_id: the coder coded a message that assignments.csv gives as not assigned")
def the_readings_of_one_coder_are_dropped(root: Path) -> None:
    drop(root / STANDIN / "assignments.csv", lambda record: record["coder"] == "B")


@planted("check", "<codings.csv A 1>: quote:")
def the_beginning_of_a_coding_is_moved_by_one(root: Path) -> None:
    change(root / STANDIN / "codings.csv", "A", "1", "A28", start="163")


@planted("check", "<codings.csv A 1>: start: offsets 162 to 99999 do not lie in order")
def a_coding_ends_beyond_its_message(root: Path) -> None:
    change(root / STANDIN / "codings.csv", "A", "1", "A28", end="99999")


@planted("check", "<codings.csv A 1>: code_id: 'B01' is a code of coder B")
def a_coder_uses_the_code_of_another(root: Path) -> None:
    change(root / STANDIN / "codings.csv", "A", "1", "A28", code_id="B01")


@planted("check", "<assignments.csv A 1>: text_sha256:")
def a_message_is_changed_after_it_was_read(root: Path) -> None:
    change(root / STANDIN / "messages.csv", "1", text=lambda cell: f"{cell} And thank you.")


@planted("check", "<decisions.csv D001>: subjects: there is no code 'A99'")
def a_decision_is_on_a_code_that_is_not_there(root: Path) -> None:
    change(root / STANDIN / "decisions.csv", "D001", subjects="A99")


@planted("check", "<decisions.csv D001>: target: there is no code 'S99'")
def a_decision_leads_to_a_code_that_is_not_there(root: Path) -> None:
    change(root / STANDIN / "decisions.csv", "D001", target="S99")


@planted("check", "<decisions.csv D090>: supersedes: there is no earlier decision 'D999'")
def a_decision_supersedes_one_that_is_not_there(root: Path) -> None:
    change(root / STANDIN / "decisions.csv", "D090", supersedes="D999")


@planted("check", "<decisions.csv D090>: subjects:", "is decided in line 59 as well")
def two_decisions_on_one_coding_are_in_force(root: Path) -> None:
    change(root / STANDIN / "decisions.csv", "D090", supersedes="")


@planted("check", "themes.yaml", "named_in")
def a_theme_is_named_in_a_message_that_is_not_there(root: Path) -> None:
    replace(root / STANDIN / "themes.yaml", "  - '129'\n", "  - '1290'\n")


@planted("check", "themes.yaml", "there is no code 'S99'")
def a_theme_holds_a_code_that_is_not_there(root: Path) -> None:
    replace(root / STANDIN / "themes.yaml", "  - S14\n  named_in:", "  - S99\n  named_in:")


@planted("check", "claims.yaml", "there is no code")
def the_evidence_of_a_claim_is_a_code_that_is_not_there(root: Path) -> None:
    replace(root / STANDIN / "claims.yaml", "C13: {codes: [S01", "C13: {codes: [S99")


@planted("verify", "C13:", "what was found")
def the_evidence_of_a_claim_is_another_code(root: Path) -> None:
    replace(root / STANDIN / "claims.yaml", "C13: {codes: [S01", "C13: {codes: [S19")


# The committed exhibits.
@planted("compare", "tables/tbl-corpus.csv: line 5 is")
def a_cell_of_a_committed_table_is_changed(root: Path) -> None:
    path = root / "tables" / "tbl-corpus.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("131", "132"), encoding="utf-8")


@planted("compare", "tables/tbl-agreement.csv: line 2 is")
def a_committed_table_is_given_a_better_class(root: Path) -> None:
    path = root / "tables" / "tbl-agreement.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("stand-in", "open"), encoding="utf-8")


@planted("compare", "figures/fig-timeline.png:", "pixels as committed")
def a_committed_picture_is_exchanged_for_another(root: Path) -> None:
    shutil.copyfile(root / "figures" / "fig-threads.png", root / "figures" / "fig-timeline.png")


@planted("compare", "figures/fig-timeline.svg: the drawings hold different elements")
def a_word_of_a_committed_drawing_is_changed(root: Path) -> None:
    path = root / "figures" / "fig-timeline.svg"
    path.write_text(path.read_text(encoding="utf-8").replace("invented", "observed"), encoding="utf-8")


@planted("compare", "tables/tbl-meeting.csv: the build makes it and it is not committed")
def a_committed_table_is_deleted(root: Path) -> None:
    (root / "tables" / "tbl-meeting.csv").unlink()


@planted("compare", "tables/tbl-results.csv: it is committed and the build does not make it")
def a_table_is_committed_that_no_notebook_makes(root: Path) -> None:
    shutil.copyfile(root / "tables" / "tbl-meeting.csv", root / "tables" / "tbl-results.csv")


@planted("compare", "docs/review/srqr.md: line ")
def an_answer_to_a_checklist_is_changed_in_the_committed_document(root: Path) -> None:
    path = root / "docs" / "review" / "srqr.md"
    path.write_text(path.read_text(encoding="utf-8").replace("not found", "in the article"), encoding="utf-8")


@planted("compare", "README.md: line ")
def an_exhibit_is_given_a_better_class_in_the_readme(root: Path) -> None:
    path = root / "README.md"
    head, mark, rest = path.read_text(encoding="utf-8").partition(committed.BEGIN)
    path.write_text(head + mark + rest.replace("stand-in", "open", 1), encoding="utf-8")


@planted("compare", "holds the build of data/restricted", status=2)
def the_exhibits_of_another_study_are_compared(root: Path) -> None:
    (root / BUILT / "run.json").write_text('{"study": "data/restricted"}', encoding="utf-8")


# A build of a small project of two notebooks.
def change_template(root: Path, old: str, new: str) -> None:
    """Change a passage of the small project's template."""
    (root / "paper" / "generic.md").write_text(TEMPLATE.replace(old, new), encoding="utf-8")


@planted("build", "generic.md:7: column 11: a number is typed: '4'")
def a_number_is_typed_into_the_template(root: Path) -> None:
    change_template(root, "There are {{", "There are 4 {{")


@planted("build", "generic.md:7: column 2: words of message 2 stand in the prose: 'a room would help us meet'")
def a_quotation_is_typed_into_the_template(root: Path) -> None:
    change_template(root, "There are {{", "“A room would help us meet.” There are {{")


@planted("build", "generic.md:7: n-message: no notebook of this build makes it")
def the_template_names_an_exhibit_that_nobody_makes(root: Path) -> None:
    change_template(root, 'number("n-messages")', 'number("n-message")')


@planted("build", "tbl-threads: notebook 01-corpus makes this table and the paper does not use it")
def an_exhibit_is_left_out_of_the_paper(root: Path) -> None:
    change_template(root, ' {{ table("tbl-threads") }}', "")


def change_notebook(root: Path, *sources: str) -> None:
    """Write the first notebook of the small project anew."""
    nbformat.write(notebook("01-corpus", *sources), root / "notebooks" / "01-corpus.ipynb")


@planted("build", "notebooks/01-corpus.ipynb, cell 3 (cell-3) failed", "unexpected keyword argument 'class_'")
def the_class_of_an_exhibit_is_typed_into_a_notebook(root: Path) -> None:
    change_notebook(root, CORPUS[0].replace("from_=", 'class_="published", from_='), CORPUS[1])


@planted("build", "01-corpus read participants of the study, and no exhibit names it")
def a_notebook_reads_a_table_that_no_exhibit_names(root: Path) -> None:
    change_notebook(root, *CORPUS, "book.study.participants.frame.shape")


@planted("build", "exhibit 'n-messages' has the origin 'result'")
def an_exhibit_is_passed_off_as_something_else(root: Path) -> None:
    change_notebook(root, CORPUS[0].replace('"addition"', '"result"'), CORPUS[1])


# A build that was changed by hand: nobody has to be told, since the notebook runs again.
def change_built(root: Path, file: str, old: str, new: str) -> None:
    """Change a passage of a file of the small project's build."""
    path = root / "build" / "small" / file
    text = path.read_text(encoding="utf-8")
    if old not in text:
        message = f"{old!r} does not stand in {file}"
        raise ValueError(message)
    path.write_text(text.replace(old, new), encoding="utf-8")


@planted("build", "running: 01-corpus\n", "3 open", status=0)
def the_class_of_an_exhibit_is_typed_into_a_build(root: Path) -> None:
    change_built(root, "exhibits/01-corpus.json", '"class": "open"', '"class": "published"')


@planted("build", "running: 01-corpus\n", status=0)
def a_cell_of_a_table_is_changed_in_a_build(root: Path) -> None:
    change_built(root, "tables/tbl-threads.csv", "T2", "T3")


@planted("build", "running: 02-coding\n", status=0)
def a_digest_is_changed_in_the_manifest_of_a_build(root: Path) -> None:
    path = root / "build" / "small" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["notebooks"]["02-coding"]["outputs"]["exhibits/02-coding.json"] = "0" * 64
    path.write_text(json.dumps(manifest), encoding="utf-8")
