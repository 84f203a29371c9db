"""The tests that stand in the rule file: run at start, at reload and by `rules test`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rules.engine import CompiledRule, Verdict, ask
from rules.facts import read_facts
from rules.where import facts_hold
from wirewatch.errors import Problem
from wirewatch.model import Article

if TYPE_CHECKING:
    from rules.engine import Program

# A test text has no date of its own; weekdays in it are read from here.
_WHEN = datetime(2026, 1, 1, 12, tzinfo=UTC)
_SHOWN = 60


def failing_tests(program: Program) -> tuple[Problem, ...]:
    """Return a problem for each test text that does not come out as it says, in order."""
    problems = []
    for rule in (*program.rules, *program.disabled):
        for text, path in rule.spec.tests.match:
            verdict = _ask(program, rule, text)
            if not verdict.matches:
                problem = f"{rule.id} should match {_short(text)} but {why_not(verdict)}"
                problems.append(Problem(path, problem, "mend the rule, or correct the test"))
        for text, path in rule.spec.tests.no_match:
            verdict = _ask(program, rule, text)
            if verdict.matches:
                found = ", ".join(
                    f'{name} by "{hits[0].term}"' for name, hits in verdict.hits.items() if hits
                )
                problem = f"{rule.id} should not match {_short(text)} but does: {found}"
                problems.append(Problem(path, problem, "mend the rule, or correct the test"))
    return tuple(problems)


def article_from(text: str) -> Article:
    """Return an article of a test text: its first line is the title, the rest the body."""
    title, _, body = text.strip().partition("\n")
    return Article(
        feed="test",
        source="test",
        title=title.strip(),
        summary="",
        body=body.strip(),
        url="",
        guid_key="test",
        link_key=None,
        first_seen_at=_WHEN,
        content_hash="",
    )


def _ask(program: Program, rule: CompiledRule, text: str) -> Verdict:
    """Ask one rule; of its `where`, a text without a feed can only answer for facts."""
    page = program.page(article_from(text))
    verdict = ask(rule, page)
    where = rule.where
    asks = verdict.matches and where is not None and where.needs_facts
    if asks and where is not None and not facts_hold(where, read_facts(page.article)):
        return Verdict(verdict.hits, failed="where")
    return verdict


def why_not(verdict: Verdict) -> str:
    """Say in a few words why a rule does not match."""
    if verdict.missing:
        names = " and ".join(f'"{name}"' for name in verdict.missing)
        return f"{names} {'is' if len(verdict.missing) == 1 else 'are'} missing"
    if verdict.excluded:
        return f'"{verdict.excluded[0]}" excludes it'
    return {
        "near": "its groups don't stand near each other",
        "score": f"its score is only {verdict.score or 0:g}",
        "condition": "its condition does not hold",
        "where": "the facts it asks for are not there",
    }[verdict.failed]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f'"{line if len(line) <= _SHOWN else line[: _SHOWN - 1].rstrip() + "…"}"'
