"""Reads one article: which rules match, and what it says happened. No I/O, no clock."""
