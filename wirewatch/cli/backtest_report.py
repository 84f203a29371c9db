"""What a backtest found, as rows for a terminal and as a page of HTML with charts."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from wirewatch.pipeline.backtest import Backtest, RuleRun, Sample, buckets, chart

_WIDTH, _HEIGHT, _BARS = 600, 80, 60


def summary(result: Backtest, run: RuleRun) -> dict[str, Any]:
    """Return one rule's row."""
    first, last = result.first, result.last
    precision = run.precision
    return {
        "rule": run.rule_id,
        "articles": run.articles,
        "stories": len(run.stories),
        "a_day": round(run.articles / result.days, 2),
        "gained": run.gained,
        "lost": run.lost,
        "chart": chart(run, first.date(), last.date()) if first and last else "",
        "precision": ""
        if precision is None
        else f"{precision.value:.2f} [{precision.low:.2f}, {precision.high:.2f}]",
        "labelled": run.good + run.bad,
        "overlap": ", ".join(
            f"{other} {count / run.articles:.0%}"
            for other, count in result.overlaps(run.rule_id)[:3]
        ),
        "examples": [example(each) for each in run.examples],
        "gained_examples": [example(each) for each in run.gained_examples],
        "lost_examples": [example(each) for each in run.lost_examples],
        "days": {day.isoformat(): count for day, count in sorted(run.days.items())},
    }


def example(sample: Sample) -> str:
    """Return an article as a line."""
    return f"{sample.name}  {sample.at:%Y-%m-%d}  {sample.article.title or sample.article.url}"


def report(result: Backtest, *, of: str, against: str = "", titles: Mapping[str, str]) -> str:
    """Return a page that needs nothing but itself: no script, no style sheet, no font from elsewhere.

    Args:
        result: What was found.
        of: The configuration, as it was named.
        against: The other version, where there is one.
        titles: Of rules, by id.
    """
    days = (
        f", {result.first:%Y-%m-%d} to {result.last:%Y-%m-%d}"
        if result.first and result.last
        else ""
    )
    name = escape(f"{of} against {against}" if against else of)
    rules = "\n".join(
        _section(result, run, titles.get(run.rule_id, "")) for run in result.runs.values()
    )
    rows = "\n".join(_row(result, run) for run in result.runs.values())
    compared = '<th class="n">gained</th><th class="n">lost</th>' if result.compared else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Backtest of {name}</title><style>{_STYLE}</style></head><body>
<h1>Backtest of {name}</h1><p>{result.articles} articles{days}</p>
<table><thead><tr><th>rule</th><th class="n">articles</th><th class="n">stories</th><th class="n">a day</th>
{compared}<th>precision (95 %)</th><th>overlap</th></tr></thead><tbody>
{rows}
</tbody></table>
{rules}
</body></html>
"""


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;"
    "background:#fff}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;"
    "border-bottom:1px solid #ddd}.n{text-align:right}.axis{display:flex;justify-content:space-between;color:#666;font-size:.85rem}svg{width:100%;height:auto}rect{fill:#2a6f97}"
    "ins{color:#0a6b2d;text-decoration:none}del{color:#a01c1c;text-decoration:none}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}th,td{border-color:#444}"
    ".axis{color:#aaa}rect{fill:#7fb7d9}ins{color:#7ddc9b}del{color:#ff9d9d}}"
)


def _row(result: Backtest, run: RuleRun) -> str:
    row = summary(result, run)
    cells = [f'<td><a href="#{escape(run.rule_id)}">{escape(run.rule_id)}</a></td>']
    names = ["articles", "stories", "a_day", *(("gained", "lost") if result.compared else ())]
    cells += [f'<td class="n">{row[name]}</td>' for name in names]
    cells += [f"<td>{escape(str(row[name]))}</td>" for name in ("precision", "overlap")]
    return f"<tr>{''.join(cells)}</tr>"


def _section(result: Backtest, run: RuleRun, title: str) -> str:
    shown = f"{run.rule_id}: {title}" if title and title != run.rule_id else run.rule_id
    parts = [f'<h2 id="{escape(run.rule_id)}">{escape(shown)}</h2>', _chart(result, run)]
    parts += _examples("Matched", run.examples, "span")
    parts += _examples("Newly matched", run.gained_examples, "ins")
    parts += _examples("No longer matched", run.lost_examples, "del")
    return "\n".join(parts)


def _examples(heading: str, samples: list[Sample], tag: str) -> list[str]:
    if not samples:
        return []
    lines = "".join(f"<li><{tag}>{escape(example(each))}</{tag}></li>" for each in samples)
    return [f"<h3>{heading}</h3><ul>{lines}</ul>"]


def _chart(result: Backtest, run: RuleRun) -> str:
    if result.first is None or result.last is None or not run.articles:
        return "<p>No matches.</p>"
    counts = buckets(run, result.first.date(), result.last.date(), width=_BARS)
    most, width = max(counts), _WIDTH / len(counts)
    bars = "".join(
        f'<rect x="{n * width:.1f}" y="{_HEIGHT - count * _HEIGHT / most:.1f}" '
        f'width="{max(width - 1, 1):.1f}" height="{count * _HEIGHT / most:.1f}">'
        f"<title>{count}</title></rect>"
        for n, count in enumerate(counts)
        if count
    )
    label = f"Matches of {escape(run.rule_id)} over time, at most {most} in a bar"
    span = -(-((result.last.date() - result.first.date()).days + 1) // len(counts))
    bar = f"{span} days" if span > 1 else "a day"
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{bars}</svg>'
        f'<div class="axis"><span>{result.first:%Y-%m-%d}</span>'
        f"<span>at most {most} in {bar}</span><span>{result.last:%Y-%m-%d}</span></div>"
    )
