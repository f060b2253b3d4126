"""The figures, one function each, from the frames of the analysis to a `Drawing`.

Each returns the figure, exactly the data it draws, and alternative text with numbers; `claims` returns as many as it
takes pages. None of them saves: the register of exhibits stamps a figure with its provenance and writes it.
"""

from lepanalysis.figures_claims import claims
from lepanalysis.figures_coding import agreement, code_frequencies, cooccurrence, saturation
from lepanalysis.figures_corpus import activity, threads, timeline
from lepanalysis.figures_crosswalk import crosswalk
from lepanalysis.figures_mapping import mapping
from lepanalysis.figures_style import Drawing
from lepanalysis.figures_themes import theme_months, theme_overlap, theme_participants

__all__ = [
    "Drawing",
    "activity",
    "agreement",
    "claims",
    "code_frequencies",
    "cooccurrence",
    "crosswalk",
    "mapping",
    "saturation",
    "theme_months",
    "theme_overlap",
    "theme_participants",
    "threads",
    "timeline",
]
