"""Facts of one article: who was killed or injured, where, when, who says so. No I/O, no clock."""

from rules.facts.read import read_facts

__all__ = ["read_facts"]
