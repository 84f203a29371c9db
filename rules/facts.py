"""What an article says happened: people killed and injured, places, date, weapons, who says so."""

from __future__ import annotations

from wirewatch.model import Article, Facts


def read_facts(article: Article) -> Facts:  # noqa: ARG001 - the reader of facts lands beside this
    """Return what title and lead state."""
    return Facts()
