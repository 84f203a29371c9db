"""Hand the rule book to the rules room, and give back all it has to say."""

from __future__ import annotations

from dataclasses import replace

from rules import Program, compile_rules
from wirewatch.config.assemble import Assembled
from wirewatch.config.yaml import DataPath
from wirewatch.errors import Problem, RuleErrors
from wirewatch.model import RuleBook


def compile_book(assembled: Assembled) -> tuple[Program | None, list[Problem]]:
    """Compile, and run the rules' own tests.

    Rules that don't compile are left out and the rest is compiled once more, so that tests
    that fail are reported beside mistakes of language. Where a list is broken, tests say
    nothing and are not run.
    """
    book, problems = assembled.book, list[Problem]()
    try:
        program = compile_rules(book, shipped=assembled.shipped)
    except RuleErrors as error:
        problems += error.problems
        rest = _without(book, [problem.path for problem in error.problems])
        if rest is None or not assembled.complete:
            return None, problems
        try:
            program = compile_rules(rest, shipped=assembled.shipped)
        except RuleErrors:
            return None, problems
    if assembled.complete:
        problems += program.failing_tests()
    return program, problems


def _without(book: RuleBook, wrong: list[DataPath]) -> RuleBook | None:
    """Return the book without the rules that are wrong, or None when the fault lies elsewhere."""
    ids = {
        id(each)
        for each in book.rules
        if any(path[: len(each.path)] == each.path for path in wrong)
    }
    covered = [any(path[: len(each.path)] == each.path for each in book.rules) for path in wrong]
    if not all(covered):
        return None
    return replace(book, rules=tuple(each for each in book.rules if id(each) not in ids))
