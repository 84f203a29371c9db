"""Hand the rule book to the rules room, and give back all it has to say."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from rules import Program, compile_rules
from wirewatch.config.assemble import Assembled
from wirewatch.config.yaml import DataPath
from wirewatch.errors import Problem, RuleErrors
from wirewatch.model import RuleBook


def compile_book(assembled: Assembled) -> tuple[Program | None, list[Problem]]:
    """Compile, and run the rules' own tests.

    Rules that are wrong are left out and the rest is compiled once more, so that tests that fail
    are reported beside mistakes of language. Where a list is broken, tests say nothing and are
    not run.
    """
    book, problems = assembled.book, list[Problem]()
    wrong = set(assembled.salvaged)
    program: Program | None = None
    try:
        program = compile_rules(book, shipped=assembled.shipped, source_of=assembled.source_of)
    except RuleErrors as error:
        problems += error.problems
        wrong |= {problem.path for problem in error.problems}
    if wrong:
        program = _compiled_rest(assembled, wrong)
    if program is not None and assembled.complete:
        problems += program.failing_tests()
    return program, problems


def _compiled_rest(assembled: Assembled, wrong: Collection[DataPath]) -> Program | None:
    rest = _without(assembled.book, wrong)
    if rest is None or not assembled.complete:
        return None
    try:
        return compile_rules(rest, shipped=assembled.shipped)
    except RuleErrors:
        return None


def _without(book: RuleBook, wrong: Collection[DataPath]) -> RuleBook | None:
    """Return the book without the rules that are wrong, or None when the fault lies elsewhere."""
    faulty = {path[:n] for path in wrong for n in range(1, len(path) + 1)}
    rules = {each.path for each in book.rules}
    if not all(any(path[:n] in rules for n in range(1, len(path) + 1)) for path in wrong):
        return None
    return replace(book, rules=tuple(each for each in book.rules if each.path not in faulty))
