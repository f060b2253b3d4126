"""Coding, agreement, themes, quotations and exhibits of a qualitative study, from coded text to a checked paper."""

__version__ = "0.1.0"
