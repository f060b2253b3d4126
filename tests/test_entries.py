import pandas as pd
from ledgers import write_ledger

from lepanalysis.article import open_article
from lepanalysis.entries import KINDS, digest_of, entries_of, id_of


def entries(folder, *changes):
    return {entry.id: entry for entry in entries_of(open_article(write_ledger(folder, *changes)))}


def test_everything_that_a_ledger_asserts_is_an_entry(tmp_path):
    found = entries(tmp_path / "article")
    assert list(found) == [
        "q-1", "lq-1", "participants", "themes", "theme-workshop", "m-workshop-closeness",
        "M1", "C1", "C2", "c1", "c2", "low1999",
    ]  # fmt: skip
    assert list(dict.fromkeys(entry.kind for entry in found.values())) == list(KINDS)


def test_an_entry_says_where_it_stands_what_it_says_and_what_a_check_would_need(tmp_path):
    entry = entries(tmp_path / "article")["m-workshop-closeness"]
    assert (entry.section, entry.paragraph, entry.sentence) == ("3", 1, 1)
    assert entry.statement == "workshop, closeness: familiarity"
    assert (entry.check, entry.needs) == ("transcription", ("printed text", "external source"))
    assert entry.where == "mapping.csv, m-workshop-closeness"


def test_the_digest_of_an_entry_changes_with_any_cell_of_it_and_with_no_other(tmp_path):
    before = entries(tmp_path / "one")
    after = entries(tmp_path / "two", ("claims.csv", "Four people", "Five people"))
    assert [name for name, entry in before.items() if entry.digest != after[name].digest] == ["C1"]


def test_the_digest_of_a_reference_covers_its_record(tmp_path):
    before = entries(tmp_path / "one")
    after = entries(tmp_path / "two", ("references.json", "York", "Hull"))
    assert [name for name, entry in before.items() if entry.digest != after[name].digest] == ["low1999"]


def test_a_digest_does_not_depend_on_the_order_of_cells_nor_on_how_pandas_holds_a_number():
    frame = pd.DataFrame({"paragraph": [3, 4], "threshold": [0.5, float("nan")]})
    assert [digest_of(row) for row in frame.to_dict("records")] == [
        digest_of({"threshold": 0.5, "paragraph": 3}),
        digest_of({"paragraph": 4.0, "threshold": None}),
    ]


def test_ids_are_made_where_a_table_has_none_of_its_own():
    assert id_of("themes", {"theme_id": "workshop"}) == "theme-workshop"
    assert id_of("mapping", {"theme_id": "workshop", "dimension": "kind of place"}) == "m-workshop-kind-of-place"
    assert id_of("references", {"reference_id": "low1999"}) == "low1999"
