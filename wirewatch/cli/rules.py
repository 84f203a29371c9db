"""`wirewatch rules`: know what a rule does before it is live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wirewatch.cli.common import (
    configuration,
    json_option,
    load_config,
    print_json,
    print_rows,
    progress,
    reading,
    say,
)
from wirewatch.errors import UsageError

if TYPE_CHECKING:
    from rules import Program
    from rules.measure import Measured, Share
    from wirewatch.config import Loaded
    from wirewatch.pipeline.backtest import Backtest, Sample

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)


@click.group()
def rules() -> None:
    """Test, backtest, show and lint rules."""


@rules.command("test")
@json_option
@click.option("--articles", "file", type=_FILE, help="Labelled articles, JSON Lines.")
@click.pass_context
def test_(ctx: click.Context, *, as_json: bool, file: Path | None) -> None:
    """Run the tests in the rule file; with --articles, measure rules against labels.

    A line of the file is an article as in `replay`, with "labels": the ids of the rules that
    should match. Prints precision, recall and F1 of each rule with 95 % Wilson intervals.
    """
    loaded = configuration(ctx)  # failing tests are mistakes of the configuration: they end it
    if file is None:
        _print_tests(loaded, as_json=as_json)
        return
    from rules.measure import measure, together

    complaints: list[str] = []
    unlabelled = 0

    def judged() -> Iterator[tuple[list[str], frozenset[str]]]:
        nonlocal unlabelled
        for each in progress(_lines(file, loaded, complaints), label="measuring"):
            unlabelled += each.labels is None
            yield (
                loaded.program.matching(each.article, each.appearance),
                each.labels or frozenset(),
            )

    known = [rule.id for rule in loaded.program.rules]
    found = measure(judged(), known)
    for each in found:
        if each.rule_id not in known:
            say(f"label: {_no_such(each.rule_id, known)}")
    if unlabelled:
        say(f"articles without labels: {unlabelled}; no rule should match them")
    if as_json:
        for each in found:
            print_json(_measured(each))
    else:
        rows = [_measured_row(each) for each in (*found, together(found))]
        columns = ("rule", "hits", "precision", "recall", "f1")
        print_rows(rows, columns=columns, as_json=False)
    ctx.exit(int(bool(complaints)))


def _print_tests(loaded: Loaded, *, as_json: bool) -> None:
    rows = []
    for rule in (*loaded.program.rules, *loaded.program.disabled):
        tests = rule.spec.tests
        rows.append(
            {
                "rule": rule.id,
                "match": len(tests.match),
                "no_match": len(tests.no_match),
                "passed": len(tests.match) + len(tests.no_match),
            }
        )
    print_rows(rows, columns=("rule", "match", "no_match", "passed"), as_json=as_json)
    untested = [row["rule"] for row in rows if not row["passed"]]
    if untested and not as_json:
        say(f"without any test: {', '.join(map(str, untested))}")


def _measured(each: Measured) -> dict[str, Any]:
    row: dict[str, Any] = {
        "rule": each.rule_id,
        "true_positive": each.true_positive,
        "false_positive": each.false_positive,
        "false_negative": each.false_negative,
    }
    for name, share in (("precision", each.precision), ("recall", each.recall), ("f1", each.f1)):
        row[name] = None if share is None else round(share.value, 4)
        row[f"{name}_95"] = None if share is None else [round(share.low, 4), round(share.high, 4)]
    return row


def _measured_row(each: Measured) -> dict[str, Any]:
    return {
        "rule": each.rule_id,
        "hits": each.true_positive + each.false_positive,
        "precision": _share(each.precision),
        "recall": _share(each.recall),
        "f1": _share(each.f1),
    }


def _share(share: Share | None) -> str:
    return "-" if share is None else f"{share.value:.3f} [{share.low:.3f}, {share.high:.3f}]"


@rules.command()
@click.argument("name")
@json_option
@click.pass_context
def show(ctx: click.Context, *, name: str, as_json: bool) -> None:
    """Print all that RULE or $LIST looks for, every form of every phrase."""
    from rules.show import show_list, show_rule

    loaded = configuration(ctx)
    if name.startswith("$"):
        known = loaded.program.lists
        if name[1:] not in known:
            raise UsageError(_no_such(name, [f"${each}" for each in known]))
        shown = show_list(known[name[1:]])
    else:
        _check_rules([name], loaded.program)
        shown = show_rule(loaded.program, name, loaded.config.rules.filters)
    if as_json:
        print_json(shown)
        return
    for heading, terms in shown.items():
        click.echo(f"{heading}:")
        for term, forms in terms.items():
            click.echo(f"  {term}")
            if list(forms) != [term]:
                click.echo("    " + " | ".join(forms))


@rules.command()
@json_option
@click.option("--articles", "file", type=_FILE, help="Count in these instead of in the archive.")
@click.option("--since", default="90d", show_default=True, help="How far back in the archive.")
@click.pass_context
def lint(ctx: click.Context, *, as_json: bool, file: Path | None, since: str) -> None:
    """Name what is allowed but probably not meant, with the reason.

    Too common or never seen, shadowed by another rule, the same after folding, exclusions that
    can't count, risky acronyms, patterns without a word in them. Ends with status 1 when there is
    anything to say.
    """
    from rules.lint import Census, lint_counts
    from rules.lint import lint as lint_book
    from wirewatch.config import locate

    loaded = configuration(ctx)
    found = lint_book(loaded.program, loaded.config.rules)
    census, days = Census(), 1.0
    first: datetime | None = None
    with _samples(loaded, file, since, missing_is_fine=True) as samples:
        for each in progress(samples, label="counting"):
            first = first or each.at
            days = max((each.at - first).total_seconds() / 86_400, 1.0)
            page = loaded.program.page(each.article)
            census.add(page, loaded.program.matching_on(page, each.appearance))
    if census.articles:
        found += lint_counts(loaded.program, census, days=days)
    rows = [
        {
            "place": f"{each.file}:{each.line}:{each.column}",
            "path": each.problem.dotted(),
            "problem": each.problem.problem,
            "hint": each.problem.hint,
        }
        for each in locate(loaded.config.path, found)
    ]
    print_rows(rows, columns=("place", "problem", "hint"), as_json=as_json)
    if not rows:
        say(f"nothing to say, over {census.articles} articles")
    ctx.exit(int(bool(rows)))


@rules.command("near-misses")
@json_option
@click.option("--rule", help="Only this rule.")
@click.option("--articles", "file", type=_FILE, help="In these instead of in the archive.")
@click.option("--since", default="7d", show_default=True, help="How far back in the archive.")
@click.option("--limit", "-n", default=50, show_default=True, type=click.IntRange(1, 1_000_000))
@click.pass_context
def near_misses(
    ctx: click.Context,
    *,
    as_json: bool,
    rule: str | None,
    file: Path | None,
    since: str,
    limit: int,
) -> None:
    """List articles that lack just one group of a rule, with what came closest to it."""
    from rules.explain import nearly

    loaded = configuration(ctx)
    _check_rules([rule] if rule else [], loaded.program)
    asked = [loaded.program.rule(rule)] if rule else loaded.program.rules
    rows: list[dict[str, Any]] = []
    with _samples(loaded, file, since) as samples:
        for each in progress(samples, label="looking"):
            page = loaded.program.page(each.article)
            for one in asked:
                missed = nearly(loaded.program, one, page, each.appearance)
                if missed is not None:
                    rows.append(
                        {
                            "rule": one.id,
                            "missing": missed[0],
                            "closest": missed[1].removeprefix("closest: "),
                            "article": each.name,
                            "title": each.article.title,
                        }
                    )
    rows = rows[-limit:][::-1]
    columns = ("rule", "missing", "closest", "article", "title")
    if not print_rows(rows, columns=columns, as_json=as_json):
        say("no near misses")


@rules.command()
@json_option
@click.option("--rule", "only", multiple=True, help="Only this rule; may be repeated.")
@click.option("--since", default="90d", show_default=True, help="How far back in the archive.")
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Another version of the configuration: show what only one of them matches.",
)
@click.option("--articles", "file", type=_FILE, help="JSON Lines or Parquet, not the archive.")
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a report here."
)
@click.pass_context
def backtest(
    ctx: click.Context,
    *,
    as_json: bool,
    only: tuple[str, ...],
    since: str,
    against: Path | None,
    file: Path | None,
    html: Path | None,
) -> None:
    """Show what rules would have found: in the archive, or in a file.

    Matches a day and a story, with a small chart; examples; overlap with other rules; precision
    estimated from labels (`wirewatch label`, or "labels" in the file).
    """
    from wirewatch.pipeline.backtest import backtest as run

    if html is not None and not html.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {html.absolute().parent} for the report")
    loaded = configuration(ctx)
    other = load_config(against).program if against else None
    _check_rules(only, loaded.program, other)
    program = loaded.program.only(only) if only else loaded.program
    if only and other is not None:
        other = other.only(only)
    labels = {} if file else _labels(loaded)
    with _samples(loaded, file, since) as samples:
        result = run(progress(samples, label="backtesting"), program, against=other, labels=labels)
    if html is not None:
        from wirewatch.cli.backtest_report import report

        titles = {rule.id: rule.title for each in (other, program) if each for rule in each.rules}
        of, former = loaded.config.path.name, against.name if against else ""
        page = report(result, of=of, against=former, titles=titles)
        html.write_text(page, encoding="utf-8")
        say(f"report written to {html}")
    _print_backtest(result, as_json=as_json, examples=bool(only))


def _print_backtest(result: Backtest, *, as_json: bool, examples: bool) -> None:
    from wirewatch.cli.backtest_report import example, summary

    if not as_json:
        days = f"{result.days:.0f}"
        click.echo(f"{result.articles} articles over {days} day{'' if days == '1' else 's'}")
    rows = [summary(result, run) for run in result.runs.values()]
    columns = ["rule", "articles", "stories", "a_day", "chart", "precision", "overlap"]
    if result.compared:
        columns[3:3] = ["gained", "lost"]
    print_rows(rows, columns=columns, as_json=as_json)
    if not as_json and result.compared:
        for run in result.runs.values():
            for sign, found in (("+", run.gained_examples), ("-", run.lost_examples)):
                for each in found:
                    click.echo(f"{sign} {run.rule_id}: {example(each)}")
    elif not as_json and examples:
        for run in result.runs.values():
            for each in run.examples:
                click.echo(f"{run.rule_id}: {example(each)}")


def _labels(loaded: Loaded) -> dict[str, dict[str, bool]]:
    if not loaded.config.database.exists():
        return {}
    with reading(loaded.config) as store:
        return {
            rule: {str(article): good for article, good in found.items()}
            for rule, found in store.labels.by_rule().items()
        }


@contextmanager
def _samples(
    loaded: Loaded, file: Path | None, since: str, *, missing_is_fine: bool = False
) -> Iterator[Iterable[Sample]]:
    from wirewatch.cli.matches import ago
    from wirewatch.pipeline.samples import from_store

    if file is not None:
        yield _lines(file, loaded, [])
    elif missing_is_fine and not loaded.config.database.exists():
        yield ()
    else:
        with reading(loaded.config) as store:
            yield from_store(store, loaded.config, since=ago(since))


def _lines(file: Path, loaded: Loaded, complaints: list[str]) -> Iterator[Sample]:
    from wirewatch.pipeline.samples import from_file

    def complain(text: str) -> None:
        complaints.append(text)
        say(text)

    return from_file(file, loaded.config, complain=complain, remark=say)


def _check_rules(ids: Iterable[str], *programs: Program | None) -> None:
    known = [
        rule.id for each in programs if each is not None for rule in (*each.rules, *each.disabled)
    ]
    for rule_id in ids:
        if rule_id not in known:
            raise UsageError(_no_such(rule_id, known))


def _no_such(name: str, known: list[str]) -> str:
    from wirewatch.config.words import did_you_mean

    hint = did_you_mean(name, known)
    what = "list" if name.startswith("$") else "rule"
    return f'no {what} is called "{name}"{"; " + hint if hint else ""}'
