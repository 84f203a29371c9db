"""Reads one article: which rules match, on what evidence, and what it says happened."""

from rules.compile import compile_rules
from rules.engine import CompiledRule, Program

__all__ = ["CompiledRule", "Program", "compile_rules"]
