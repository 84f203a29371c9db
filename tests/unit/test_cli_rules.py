"""`rules`, `label`, `why` and `check --diff` over a small archive and over files."""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.render import Renderer
from tests.builders import NOON
from wirewatch.cli import status_of
from wirewatch.clock import ManualClock
from wirewatch.config import load
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.lines import Line
from wirewatch.pipeline.rehearse import EPOCH, rehearse
from wirewatch.store import Store

CONFIG = """\
version: 1
feeds:
  - {name: Courier, url: https://courier.example/rss}
lists:
  places: [Iraq, Erbil | Irbil, Syria]
rules:
  - id: strikes
    severity: high
    match: {attack: [airstrike~, drone NEAR/3 attack~], place: [$places]}
    exclude: [video game]
    tests: {match: [Airstrike in Iraq], no_match: [Airstrike in Peru]}
  - id: militia
    match: {who: [militia~], what: [kill~], place: [$places]}
    where: {feed: [Courier]}
"""
ARTICLES = [
    ("Airstrike hits depot near Irbil", "One building burned."),
    ("Drone attack on convoy in Irak, officials say", ""),
    ("Militiamen killed by airstrike in Syria", "Two were hurt."),
    ("New video game has airstrike in Iraq", ""),
    ("Militia parades in Erbil", "No shots."),
    ("Choir wins prize", ""),
]
ALWAYS = ["--since", "20000d"]


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG)
    loaded = load(path)
    store = Store.open(tmp_path / "wirewatch.db")
    desk = Desk(loaded.config, loaded.program, Renderer(None), ManualClock(EPOCH))
    lines = [
        Line(
            id=str(n),
            title=title,
            summary=summary,
            url=f"https://courier.example/{n}",
            feed="Courier",
            published=NOON + timedelta(days=n),
        )
        for n, (title, summary) in enumerate(ARTICLES, 1)
    ]
    list(rehearse(lines, desk, store))
    store.close()
    return str(path)


@pytest.fixture
def labelled(tmp_path):
    path = tmp_path / "labelled.jsonl.gz"
    rows = [
        {"id": str(n), "title": title, "summary": summary, "feed": "Courier", "labels": labels}
        for n, ((title, summary), labels) in enumerate(
            zip(ARTICLES, [["strikes"], ["strikes"], ["militia"], [], [], []], strict=True)
        )
    ]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("\n".join(map(json.dumps, rows)))
    return str(path)


def rows(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_tests_in_the_file_are_counted(config, capsys) -> None:
    assert status_of(["rules", "test", "--config", config]) == 0
    out = capsys.readouterr()
    assert out.out.splitlines() == ["strikes\t1\t1\t2", "militia\t0\t0\t0"]
    assert "without any test: militia" in out.err


def test_a_failing_test_in_the_file_is_a_mistake_with_its_place(config, tmp_path, capsys) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(CONFIG.replace("Airstrike in Peru", "Airstrike in Syria"))
    assert status_of(["rules", "test", "--config", str(broken)]) == 2
    assert "broken.yaml:" in capsys.readouterr().err


def test_labels_give_precision_recall_and_their_intervals(config, labelled, capsys) -> None:
    assert status_of(["rules", "test", "--articles", labelled, "--config", config, "--json"]) == 0
    strikes, militia = rows(capsys)
    assert (strikes["true_positive"], strikes["false_positive"], strikes["false_negative"]) == (
        1,
        1,
        1,
    )
    assert strikes["precision"] == strikes["recall"] == 0.5
    assert strikes["precision_95"][0] < 0.5 < strikes["precision_95"][1]
    assert militia["f1"] == 1.0
    assert status_of(["rules", "test", "--articles", labelled, "--config", config]) == 0
    assert "all rules" in capsys.readouterr().out


def test_a_line_that_is_no_article_is_named_and_ends_with_1(config, tmp_path, capsys) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "1", "title": "x", "labels": ["nowhere"]}\nnonsense\n')
    assert status_of(["rules", "test", "--articles", str(path), "--config", config, "--json"]) == 1
    captured = capsys.readouterr()
    assert "bad.jsonl:2: not JSON" in captured.err
    assert json.loads(captured.out.splitlines()[-1])["rule"] == "nowhere"


def test_show_lists_every_form(config, capsys) -> None:
    assert status_of(["rules", "show", "strikes", "--config", config]) == 0
    assert "airstrike | air strike | airstrikes | air strikes" in capsys.readouterr().out
    assert status_of(["rules", "show", "$places", "--config", config, "--json"]) == 0
    assert rows(capsys)[0]["$places"]["Erbil | Irbil"] == ["erbil", "irbil"]
    assert status_of(["rules", "show", "strike", "--config", config]) == 2
    assert 'did you mean "strikes"' in capsys.readouterr().err
    assert status_of(["rules", "show", "$place", "--config", config]) == 2


def test_near_misses_name_the_group_and_what_came_closest(config, capsys) -> None:
    args = ["rules", "near-misses", *ALWAYS, "--config", config]
    assert status_of([*args, "--json"]) == 0
    found = {(row["rule"], row["missing"], row["closest"]) for row in rows(capsys)}
    assert ("strikes", "place", '"Irak" (title 26-30), one letter from "iraq"') in found
    assert ("militia", "what", "") in found
    assert status_of([*args, "--rule", "militia", "--limit", "1"]) == 0
    assert capsys.readouterr().out.startswith("militia\twhat")


def test_near_misses_know_a_slip_in_the_rarest_group_too(config, tmp_path, capsys) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"id": "1", "title": "Arstrike in Syria"}\n{"id": "2", "title": "Syria"}\n')
    args = ["rules", "near-misses", "--articles", str(file), "--rule", "strikes", "--json"]
    assert status_of([*args, "--config", config]) == 0
    (row,) = rows(capsys)
    assert (row["article"], row["closest"]) == (
        "1",
        '"Arstrike" (title 0-8), one letter from "airstrike"',
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl.gz", b"no gzip", "is no gzip file"),
        ("a.parquet", b"no parquet", "arquet"),  # without pyarrow: what to install
    ],
)
def test_files_that_are_not_what_they_are_called(config, tmp_path, capsys, name, content, said):
    (tmp_path / name).write_bytes(content)
    args = ["rules", "backtest", "--articles", str(tmp_path / name), "--config", config]
    assert status_of(args) == 2
    assert said in capsys.readouterr().err


def test_a_report_needs_a_folder_before_the_work_begins(config, capsys) -> None:
    args = ["rules", "backtest", "--html", "/nowhere/at/all.html", "--config", config]
    assert status_of(args) == 2
    assert "there is no folder /nowhere/at" in capsys.readouterr().err


def test_labels_are_read_as_people_write_them(config, tmp_path, capsys) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(
        '\ufeff{"id": "1", "title": "Airstrike in Syria", "labels": "strikes"}\n'
        '{"id": "2", "title": "Airstrike in Iraq", "labels": ["strkes"]}\n'
        '{"id": "3", "title": "Choir"}\n'
    )
    assert status_of(["rules", "test", "--articles", str(file), "--json", "--config", config]) == 0
    out, err = capsys.readouterr()
    strikes = json.loads(out.splitlines()[0])
    assert (strikes["true_positive"], strikes["false_positive"]) == (1, 1)
    assert 'no rule is called "strkes"; did you mean "strikes"?' in err
    assert "articles without labels: 1" in err


def test_show_names_the_filters_that_apply(config, capsys) -> None:
    filters = "filters:\n  - {name: games, exclude: [chess], applies_to: [strikes]}\n"
    Path(config).write_text(CONFIG + filters)
    assert status_of(["rules", "show", "strikes", "--config", config, "--json"]) == 0
    assert rows(capsys)[0]["filter games"] == {"chess": ["chess"]}
    assert status_of(["rules", "show", "militia", "--config", config, "--json"]) == 0
    assert "filter games" not in rows(capsys)[0]


def test_backtest_counts_days_stories_and_what_another_version_would_find(
    config, tmp_path, capsys
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(CONFIG.replace("    exclude: [video game]\n", "").replace("airstrike~, ", ""))
    other.write_text(other.read_text().replace("Airstrike in Iraq", "Drone attack in Iraq"))
    report = tmp_path / "report.html"
    args = ["rules", "backtest", *ALWAYS, "--config", config, "--against", str(other)]
    assert status_of([*args, "--json", "--html", str(report)]) == 0
    strikes, militia = rows(capsys)
    assert (strikes["articles"], strikes["stories"], strikes["gained"], strikes["lost"]) == (
        2,
        2,
        2,
        0,
    )
    assert strikes["gained_examples"][0] == "1  2026-03-10  Airstrike hits depot near Irbil"
    assert sum(strikes["days"].values()) == strikes["articles"]
    assert militia["articles"] == 1
    assert militia["overlap"] == "strikes 100%"
    assert "<svg" in report.read_text()
    assert "Newly matched" in report.read_text()
    assert status_of([*args, "--rule", "strikes"]) == 0
    assert "+ strikes: 1  2026-03-10  Airstrike hits depot near Irbil" in capsys.readouterr().out


def test_labels_estimate_precision(config, capsys) -> None:
    assert status_of(["label", "1", "strikes", "good", "--config", config]) == 0
    address = "https://courier.example/3"
    assert status_of(["label", address, "strikes", "bad", "--config", config]) == 0
    capsys.readouterr()
    assert (
        status_of(["rules", "backtest", *ALWAYS, "--rule", "strikes", "--config", config, "--json"])
        == 0
    )
    (row,) = rows(capsys)
    assert row["labelled"] == 2
    assert row["precision"].startswith("0.50 [")
    assert status_of(["label", "1", "strikes", "none", "--config", config]) == 0
    assert status_of(["label", "1", "strikes", "none", "--config", config]) == 2
    assert status_of(["label", "99", "strikes", "good", "--config", config]) == 2
    assert status_of(["label", "1", "strkes", "good", "--config", config]) == 2


def test_lint_says_what_is_probably_not_meant(config, tmp_path, labelled, capsys) -> None:
    assert status_of(["rules", "lint", *ALWAYS, "--config", config]) == 0
    assert "nothing to say, over 6 articles" in capsys.readouterr().err
    doubtful = tmp_path / "doubtful.yaml"
    doubtful.write_text(
        CONFIG.replace("[Iraq, ", "[Iraq, iraq, US, 'Mosul, Basra', ") + "\n    fields: title\n"
    )
    assert (
        status_of(["rules", "lint", "--articles", labelled, "--config", str(doubtful), "--json"])
        == 1
    )
    found = rows(capsys)
    places = {row["problem"]: row["place"] for row in found}
    assert places['"iraq" is the same as "Iraq" in $places'] == f"{doubtful}:5:18"
    problems = " / ".join(row["problem"] for row in found)
    assert '"iraq" is the same as "Iraq"' in problems
    assert '"US" is also a plain word' in problems
    assert '"Mosul, Basra" in $places is one phrase' in problems
    assert "reads titles only" in problems


def test_why_walks_the_whole_road(config, capsys) -> None:
    assert status_of(["why", "https://courier.example/3", "--config", config]) == 0
    out = capsys.readouterr().out
    for said in (
        "article 3: Militiamen killed by airstrike in Syria",
        "listed by Courier",
        "in story",
        "strikes matched (high)",
        'attack: "airstrike" (title 21-30) by airstrike~',
        "to be told at once: first report",
    ):
        assert said in out
    assert status_of(["why", "3", "--config", config, "--json"]) == 0
    assert "first_sight" in [row["reason"] for row in rows(capsys)]


def test_why_not_shows_what_came_closest_and_what_excluded(config, capsys) -> None:
    assert status_of(["why", "2", "--rule", "strikes", "--config", config]) == 0
    assert 'place: missing; closest: "Irak"' in capsys.readouterr().out
    assert status_of(["why", "4", "--config", config, "--json"]) == 0
    said = [row["says"] for row in rows(capsys)]
    assert "strikes: does not match: video game excludes it" in said
    assert status_of(["why", "6", "--config", config]) == 0
    assert "--all-rules shows them" in capsys.readouterr().out
    assert status_of(["why", "6", "--all-rules", "--config", config]) == 0
    assert "does not match: attack and place are missing" in capsys.readouterr().out


@pytest.mark.parametrize(
    "address",
    ["http://www.courier.example/3", "https://courier.example/3/?utm_source=mail#top"],
)
def test_why_knows_an_address_as_a_browser_has_it(config, capsys, address: str) -> None:
    assert status_of(["why", address, "--config", config]) == 0
    assert "article 3: Militiamen killed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("article", "said"),
    [("999", "there is no article 999"), ("Airstrike", '"Airstrike" is no address')],
)
def test_why_says_what_an_article_is_asked_for_by(config, capsys, article, said) -> None:
    assert status_of(["why", article, "--config", config]) == 1
    assert said in capsys.readouterr().out


def test_why_of_an_unknown_article_or_rule(config, capsys) -> None:
    assert status_of(["why", "https://elsewhere.example/", "--config", config]) == 1
    assert "Courier has never been read" in capsys.readouterr().out
    assert status_of(["why", "1", "--rule", "nothing", "--config", config]) == 2


UNCHANGED = """\
version: 1
alerts: {wait: 0s}
feeds:
  - {name: Courier, url: https://courier.example/rss, tags: [war], tier: 1}
rules:
  - id: strikes
    severity: high
    match: [airstrike~]
    where: {tag: [war], tier: "1"}
    exclude: ["category:film"]
"""


def test_check_diff_of_what_was_not_changed_finds_nothing(tmp_path, capsys) -> None:
    """Neither edits, nor tags, tiers and categories, nor what came with one poll look like a change."""
    (tmp_path / "config.yaml").write_text(UNCHANGED)
    loaded = load(tmp_path / "config.yaml")
    first = Line("a", "Talks go on", guid="1", feed="Courier", published=NOON)
    lines = [
        first,
        Line("b", "Airstrike on film", guid="2", feed="Courier", categories=("Film",), published=NOON),
        Line("c", "Airstrike on depot", guid="3", feed="Courier", published=NOON),
        Line("d", "Airstrike on the depot again", guid="4", feed="Courier", published=NOON),
        replace(first, id="e", title="Airstrike ends talks", published=NOON + timedelta(hours=1)),
    ]  # fmt: skip
    with closing(Store.open(tmp_path / "wirewatch.db")) as store:
        desk = Desk(loaded.config, loaded.program, Renderer(None), ManualClock(EPOCH))
        found = list(rehearse(lines, desk, store))
        assert [len(each.reading.matches) for each in found] == [0, 0, 1, 1, 1]
        assert any(each.alerts for each in found)
    args = ["check", "--diff", "--since", "20000d", "--config", str(tmp_path / "config.yaml")]
    assert status_of(args) == 0
    assert "changed nothing in the last 20000d (4 articles)" in capsys.readouterr().out


def test_check_diff_says_what_an_edit_changes(config, tmp_path, capsys) -> None:
    Path(config).write_text(CONFIG + "  - {id: choir, severity: high, match: choir}\n")
    args = ["check", "--config", config, "--diff", "--since", "20000d"]
    assert status_of(args) == 0
    out = capsys.readouterr().out
    assert "1 more and 0 fewer alerts in the last 20000d (6 articles)" in out
    assert "+ Choir wins prize" in out
    former = tmp_path / "former.yaml"
    former.write_text(CONFIG)
    assert status_of([*args, "--against", str(former), "--json"]) == 0
    (change,) = [row for row in rows(capsys) if "rule_id" in row]
    assert (change["rule_id"], change["alerts_after"], change["more_count"]) == ("choir", 1, 1)
    assert status_of([*args, "--against", config]) == 0
    assert "changed nothing" in capsys.readouterr().out
    assert status_of(["check", "--config", config, "--diff", "--since", "1s"]) == 0
    assert "nothing to try this edit on" in capsys.readouterr().out
