"""The items of two published checklists, in words of our own, and what of a compendium can bear on each of them.

- SRQR: O'Brien, B. C., Harris, I. B., Beckman, T. J., Reed, D. A., & Cook, D. A. (2014). Standards for reporting
  qualitative research: A synthesis of recommendations. Academic Medicine, 89(9), 1245-1251.
  https://doi.org/10.1097/ACM.0000000000000388. The topics are theirs, what each asks for is said in other words.
- The fifteen points: Braun, V., & Clarke, V. (2006). Using thematic analysis in psychology. Qualitative Research in
  Psychology, 3(2), 77-101, Table 2. https://doi.org/10.1191/1478088706qp063oa. Said in other words.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """An item of SRQR: the part of an article that it belongs to, its topic, and what it asks for."""

    part: str
    topic: str
    asks: str


@dataclass(frozen=True)
class Point:
    """One of the fifteen points, and what in a compendium can show something of it.

    Parameters
    ----------
    part : str
        The phase of an analysis that it belongs to.
    asks : str
        The point in our own words.
    exhibits : tuple of str
        Ids of exhibits; ``kind:quotation`` stands for all of a kind.
    tables : tuple of str
        Tables of a study.
    ledger : tuple of str
        Tables of a ledger.
    lacks : str
        Why there is nothing public where there is nothing, if nobody has a better reason.
    """

    part: str
    asks: str
    exhibits: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    ledger: tuple[str, ...] = ()
    lacks: str = ""


_TITLE, _INTRODUCTION, _METHODS = "Title and abstract", "Introduction", "Methods"
_RESULTS, _DISCUSSION, _OTHER = "Results", "Discussion", "Other"
SRQR = (
    Item(_TITLE, "Title", "a title that tells the subject and that the study is qualitative, or by which approach"),
    Item(_TITLE, "Abstract", "the study in short, in the form that the journal asks for"),
    Item(_INTRODUCTION, "Problem formulation", "the problem, why it matters, and the theory and studies around it"),
    Item(_INTRODUCTION, "Purpose or research question", "what the study wants to find out"),
    Item(
        _METHODS,
        "Qualitative approach and research paradigm",
        "the approach, the theory and paradigm behind it, and why these were chosen",
    ),
    Item(
        _METHODS,
        "Researcher characteristics and reflexivity",
        "who the researchers are and how that may have shaped question, method and results",
    ),
    Item(_METHODS, "Context", "the setting, what about it matters, and why it was chosen"),
    Item(_METHODS, "Sampling strategy", "how and why people, documents or events were chosen, and when no more were"),
    Item(
        _METHODS,
        "Ethical issues pertaining to human subjects",
        "approval and consent, or why there was none; how people and data are protected",
    ),
    Item(_METHODS, "Data collection methods", "which data were gathered, how, and from when to when"),
    Item(
        _METHODS,
        "Data collection instruments and technologies",
        "guides, questionnaires, devices and programs, and whether they changed on the way",
    ),
    Item(_METHODS, "Units of study", "how many people, documents or events, and what they were like"),
    Item(
        _METHODS,
        "Data processing",
        "what was done with the data before and during analysis: transcription, storage, coding, taking out of names",
    ),
    Item(_METHODS, "Data analysis", "how themes were found and developed, and by whom"),
    Item(_METHODS, "Techniques to enhance trustworthiness", "what was done so that the analysis can be relied on"),
    Item(_RESULTS, "Synthesis and interpretation", "the main findings and what is made of them, theory included"),
    Item(_RESULTS, "Links to empirical data", "quotations, notes or pictures that bear the findings out"),
    Item(
        _DISCUSSION,
        "Integration with prior work, implications, transferability, and contribution(s) to the field",
        "how the findings stand to earlier work, where else they may hold, what they add",
    ),
    Item(_DISCUSSION, "Limitations", "how far the findings can be trusted, and what limits them"),
    Item(_OTHER, "Conflicts of interest", "interests that may have had an influence, and what was done about them"),
    Item(_OTHER, "Funding", "who paid, and what part they had"),
)

_TRANSCRIPTION, _CODING, _ANALYSIS = "Transcription", "Coding", "Analysis"
_OVERALL, _REPORT = "Overall", "Written report"
POINTS = (
    Point(
        _TRANSCRIPTION,
        "The data were written down in as much detail as the analysis needs, and checked against the source.",
        ("tbl-quotations",),
        ("messages",),
        lacks="no public messages are at hand",
    ),
    Point(
        _CODING,
        "Every item of the data had the same attention when it was coded.",
        ("tbl-coding-summary",),
        ("assignments",),
        lacks="no public record of what each coder read is at hand",
    ),
    Point(
        _CODING,
        "Themes come from coding all of the material, thoroughly and widely, not from a few striking examples.",
        ("tbl-codebook", "tbl-code-frequencies", "fig-code-frequencies", "fig-saturation"),
        ("codebook", "codings"),
        ("method",),
        lacks="no public codebook and codings are at hand",
    ),
    Point(
        _CODING,
        "For each theme, all extracts that belong to it were brought together.",
        ("tbl-themes", "tbl-theme-sizes"),
        ("codings", "agreed_themes"),
        lacks="no public codings and themes are at hand",
    ),
    Point(
        _CODING,
        "Themes were held against one another and against the whole of the data.",
        ("tbl-theme-overlap", "tbl-crosswalk", "fig-crosswalk", "tbl-negative-cases"),
        ("decisions", "memos"),
        ("method",),
        lacks="no public record of how themes were made is at hand",
    ),
    Point(
        _CODING,
        "Each theme hangs together, is consistent, and differs from the others.",
        ("tbl-theme-criteria", "tbl-theme-evidence", "tbl-theme-overlap"),
        ("codings", "agreed_themes"),
        ("method",),
        lacks="no public codings and themes are at hand",
    ),
    Point(
        _ANALYSIS,
        "The data are interpreted: sense is made of them, beyond retelling what they say.",
        ("tbl-mapping", "fig-mapping", "tbl-themes"),
        ("memos",),
        ("mapping",),
        lacks="no public record of what was made of the themes is at hand",
    ),
    Point(
        _ANALYSIS,
        "Analysis and data fit: the extracts show what is said of them.",
        ("kind:quotation", "tbl-quotations", "tbl-claims", "tbl-tests"),
        ("quotations",),
        ("quotations", "claims"),
        lacks="no public quotation is at hand",
    ),
    Point(
        _ANALYSIS,
        "The analysis tells of data and subject in a way that is well ordered and convinces.",
        ("tbl-themes",),
        (),
        ("themes",),
        lacks="how well an account convinces is not something that a record can show",
    ),
    Point(
        _ANALYSIS,
        "Between what the analyst says and what is quoted there is a good balance.",
        ("kind:quotation",),
        ("quotations",),
        ("quotations",),
        lacks="no public quotation is at hand",
    ),
    Point(
        _OVERALL,
        "Each phase had the time that it took, and none was rushed or passed over.",
        (),
        ("assignments", "codings", "decisions"),
        lacks="no public record of when coding and meetings took place is at hand",
    ),
    Point(
        _REPORT,
        "The assumptions behind the analysis, and the kind of thematic analysis that was made, are set out.",
        ("tbl-method", "tbl-facts"),
        (),
        ("method", "facts"),
        lacks="no public record of the steps of the analysis is at hand",
    ),
    Point(
        _REPORT,
        "What is said to have been done and what is shown to have been done agree.",
        ("tbl-method", "tbl-steps", "tbl-claims", "tbl-decisions"),
        ("decisions",),
        ("method", "claims"),
        lacks="no public record of the analysis is at hand",
    ),
    Point(
        _REPORT,
        "The report's words and concepts are those of the theory of knowledge that the analysis takes.",
        (),
        (),
        (),
        lacks="it is a matter of reading the report",
    ),
    Point(
        _REPORT,
        "The researcher is shown as somebody who acts; themes do not simply come forth by themselves.",
        ("tbl-meeting", "tbl-decisions", "tbl-disagreements"),
        ("decisions", "memos"),
        ("method",),
        lacks="no public record of the researchers' decisions is at hand",
    ),
)
