"""How fast rules are: every engine on the same articles and rules, in one run.

    python -m tests.bench.rules [--sizes 10,1000,10000] [--articles 2000] [--corpus FILE.jsonl.gz ...]

`--corpus` takes real articles instead (and makes rules of their words); files that are not there are
left out. All engines fold text with our normaliser and decide near, case, fields and exclusions; results must be
the same. Costs are CPU seconds, so that a shared machine distorts less; ratios are what counts.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from pathlib import Path

from ahocorasick_rs import BytesAhoCorasick

from rules import Program, compile_rules
from rules.engine import ask
from rules.nodes import listed
from rules.page import Page
from tests.bench.corpus import articles_of
from tests.bench.invented import PlainRule, articles, book, plain_rules
from tests.oracle import judge
from wirewatch.config import load
from wirewatch.model import Appearance, Article, RuleBook
from wirewatch.pipeline.backtest import backtest
from wirewatch.pipeline.samples import from_store
from wirewatch.store import Store
from wirewatch.text.tokens import normalise

HERE = Appearance("Example", "example.org")
Engine = Callable[[Article], list[str]]
BOUNDS, BLANKS = r"\b(?:%s)\b", "(?<= )(?:%s)(?= )"


def say(text: str) -> None:
    """Print at once: a run takes minutes."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Print the figures; status 1 when engines disagree."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="10,1000,10000")
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--corpus", type=Path, nargs="+", default=[])
    parser.add_argument("--only", choices=("engines", "loading", "backtests"))
    options = parser.parse_args()
    files = [path for path in options.corpus if path.is_file()]
    if options.corpus and not files:
        say("none of these files is there: skipped")
        return 0
    corpus = articles_of(files, options.articles) if files else articles(options.articles)
    length = sum(len(f"{a.title} {a.summary} {a.body}") for a in corpus) / len(corpus)
    say(f"{len(corpus)} articles of {length:.0f} characters on average")
    costs: dict[int, float] = {}
    right = True
    for size in map(int, options.sizes.split(",") if options.only in (None, "engines") else ()):
        rules = plain_rules(size, corpus)
        costs[size], agreed = _compare(size, rules, corpus)
        right &= agreed
    if 10 in costs and 1000 in costs:
        say(f"10 → 1,000 rules costs {costs[1000] / costs[10]:.1f} × (wanted: 2.3 at most)")
    if options.only in (None, "loading"):
        _loading(corpus)
    if options.only in (None, "backtests"):
        _backtests(corpus)
    return int(not right)


def _compare(size: int, rules: list[PlainRule], corpus: list[Article]) -> tuple[float, bool]:
    spec = book(rules)
    before = _resident()
    program, seconds = _timed(lambda: compile_rules(spec))
    say(f"\n{size} rules, {len(program.patterns)} patterns: compiled in {seconds:.2f} s")
    if before:
        say(f"  memory {(_resident() - before) / 2**20:.0f} MB (10,000 rules: 60 wanted)")
    ours = _cost(lambda a: program.matching(a, HERE), corpus)
    scan = _scan_cost(program, corpus)
    say(f"  ours: {1 / ours:.0f} articles/s, {ours * 1e6:.0f} µs each; bare automaton {scan * 1e6:.0f} µs, "
          f"so {scan / ours:.0%} of it (1,000 rules: 30 % wanted)")  # fmt: skip
    right = True
    for name, make, sample in _engines(size):
        try:
            engine = make(program, spec)
        except ImportError as error:
            say(f"  {name}: not installed ({error.name})")
            continue
        few = corpus[:sample]
        cost = _cost(engine, few)
        mine = _cost(lambda a: program.matching(a, HERE), corpus[: max(sample, 300)])
        same = all(sorted(engine(a)) == sorted(program.matching(a, HERE)) for a in few)
        right &= same
        verdict = "same results" if same else "DIFFERENT results"
        say(
            f"  {name}: {1 / cost:.1f} articles/s; ours is {cost / mine:.1f} × faster; {verdict} on {len(few)}"
        )
    if size <= 1000:
        right &= _oracle_agrees(spec, program, corpus)
    return ours, right


def _oracle_agrees(spec: RuleBook, program: Program, corpus: list[Article]) -> bool:
    few = RuleBook(spec.rules[:100])
    kept = {rule.id for rule in few.rules}
    same = all(
        [r for r in program.matching(a, HERE) if r in kept] == list(judge(few, a).matched)
        for a in corpus[:20]
    )
    say(
        f"  naive evaluator: {'same results' if same else 'DIFFERENT results'} on 20 articles, 100 rules"
    )
    return same


def _engines(size: int) -> Iterable[tuple[str, Callable[[Program, RuleBook], Engine], int]]:
    few = max(3, min(40, 20_000 // size))
    yield "one `re` a group", partial(with_re, bounds=BOUNDS), few
    yield "the same, knowing that blanks bound folded words", partial(with_re, bounds=BLANKS), few
    yield "pyahocorasick", with_pyahocorasick, 500
    yield "google-re2 Set", with_re2_set, 300


def with_re(program: Program, spec: RuleBook, *, bounds: str) -> Engine:
    """One expression a group, on the folded words with their case kept; each rule by itself.

    Args:
        program: The same rules, compiled.
        spec: The rules.
        bounds: What makes whole words of a phrase. `\\b` is how it is written; that on folded text a
            blank says as much, in half the time, nobody would know who has no such text.
    """
    compiled = []
    for rule in spec.rules:
        by_name = {group.name: group for group in program.rule(rule.id).groups}
        groups = [_expression(program, by_name[g.name].node, bounds) for g in rule.match]
        excluded = _expression(program, program.rule(rule.id).exclusions[0].node, bounds)
        compiled.append((rule, groups, excluded))

    def run(article: Article) -> list[str]:
        page = Page(article)
        text = page.cased.decode()
        title = text[: text.index("\x1e")]
        found = []
        for rule, groups, excluded in compiled:
            where = title if rule.fields else text
            if all(group.search(where) for group in groups) and not excluded.search(text):
                if rule.near and not _is_near(text, groups[0], groups[1], rule.near[0].within):
                    continue
                found.append(rule.id)
        return found

    return run


def _expression(program: Program, node: object, bounds: str) -> re.Pattern[str]:
    plain = []
    for number, entries in node.entries.items():
        text = program.patterns[number].decode().strip()
        for entry in listed(entries):
            if entry.cased:
                words = text.split()
                at = [len(" ".join(words[:n]).encode()) + 1 for n in range(len(words))]
                at[0] = 1
                cased = {offset: re.escape(piece.decode()) for offset, piece in entry.cased}
                plain.append(
                    " ".join(
                        f"(?-i:{cased[offset]})" if offset in cased else re.escape(word)
                        for offset, word in zip(at, words, strict=True)
                    )
                )
            else:
                plain.append(re.escape(text))
    return re.compile(bounds % "|".join(plain), re.IGNORECASE)


def _is_near(text: str, one: re.Pattern[str], other: re.Pattern[str], words: int) -> bool:
    def places(pattern: re.Pattern[str]) -> list[tuple[int, int]]:
        # The look-ahead finds overlapping ones too, the longest of those that begin together.
        found = []
        for match in re.finditer(f"(?=({pattern.pattern}))", text, re.IGNORECASE):
            start = text.count(" ", 0, match.start())
            found.append((start, start + match[1].count(" ") + 1))
        return found

    fields = [m.start() for m in re.finditer("\x1e", text)]
    bounds = [text.count(" ", 0, at) for at in fields]
    return any(
        max(b, d) - min(a, c) <= words and not any(min(a, c) <= at < max(b, d) for at in bounds)
        for a, b in places(one)
        for c, d in places(other)
    )


def with_pyahocorasick(program: Program, spec: RuleBook) -> Engine:
    """The usual way: find every phrase, count the groups of every rule, decide those that are full."""
    automaton = import_module("ahocorasick").Automaton()
    for number, pattern in enumerate(program.patterns):
        automaton.add_word(pattern.decode("latin-1"), (number, len(pattern)))
    automaton.make_automaton()

    def search(page: Page) -> None:
        line = page.line.decode("latin-1")  # one character a byte: places stay what they are
        page.take([(n, end + 1 - size, end + 1) for end, (n, size) in automaton.iter(line)])

    return _counting(program, spec, search)


def with_re2_set(program: Program, spec: RuleBook) -> Engine:
    """The same with RE2's set of patterns; it gives no places, so those who need them look again."""
    re2 = import_module("re2")
    options = re2.Options()
    options.max_mem = 512 << 20
    options.log_errors = False
    patterns = re2.Set.SearchSet(options)
    for pattern in program.patterns:
        patterns.Add(re2.escape(pattern.decode()))
    patterns.Compile()

    def search(page: Page) -> None:
        page.take(
            [
                (number, at.start(), at.end())
                for number in patterns.Match(page.line.decode()) or ()
                for at in re.finditer(re.escape(program.patterns[number]), page.line)
            ]
        )

    return _counting(program, spec, search)


def _counting(program: Program, spec: RuleBook, search: Callable[[Page], None]) -> Engine:
    owners: dict[int, list[tuple[int, int]]] = {}
    rules = [program.rule(rule.id) for rule in spec.rules]
    for n, rule in enumerate(rules):
        for m, group in enumerate(rule.groups):
            for number in group.needs or ():
                owners.setdefault(number, []).append((n, m))

    def run(article: Article) -> list[str]:
        page = Page(article)
        search(page)
        present: dict[int, set[int]] = {}
        for number in page.numbers:
            for n, m in owners.get(number, ()):
                present.setdefault(n, set()).add(m)
        full = [n for n, groups in present.items() if len(groups) == len(rules[n].groups)]
        return [rules[n].id for n in full if ask(rules[n], page).matches]

    return run


def _loading(corpus: list[Article]) -> None:
    """From YAML on disk to a program: 1,000 rules in 0.5 s and 10,000 in 5 s are wanted."""
    say("")
    for size in (1_000, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "config.yaml"
            path.write_text(_yaml(plain_rules(size, corpus)), encoding="utf-8")
            _, seconds = _timed(lambda path=path: load(path))
        say(f"load, validate and compile {size} rules: {seconds:.2f} s (wanted: {size / 2000:g})")


def _yaml(rules: list[PlainRule]) -> str:
    lines = ["version: 1", "feeds: [{name: A, url: 'https://a.example/rss'}]", "rules:"]
    for n, rule in enumerate(rules):
        lines.append(f"  - id: rule-{n}\n    match:")
        for m, group in enumerate(rule.groups):
            lines.append(f"      g{m}: [{', '.join(repr(_line(p)) for p in group)}]")
        lines.append(f"    exclude_anywhere: [{', '.join(repr(_line(p)) for p in rule.excluded)}]")
        if rule.near:
            lines.append(f"    near: {{groups: [g0, g1], within: {rule.near} words}}")
    return "\n".join(lines) + "\n"


def _line(phrase: object) -> str:
    text = phrase.text.replace("'", "’")
    return f'="{text}"' if phrase.exact else text


def _backtests(corpus: list[Article]) -> None:
    """Over articles stored in a file; times are given for 100,000."""
    spec = book(plain_rules(1_000, corpus))
    program = compile_rules(spec)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(_yaml(plain_rules(1, corpus)), encoding="utf-8")
        config = load(path).config
        store = Store.open(Path(folder) / "bench.db")
        with store.transaction():
            for article in corpus:
                store.articles.add(article)
        for name, tried, wanted in (
            ("one rule", program.only({"rule-7"}), 10),
            ("1,000 rules", program, 60),
        ):
            _, seconds = _timed(
                lambda tried=tried: backtest(from_store(store, config, since=None), tried)
            )
            scaled = seconds / len(corpus) * 100_000
            say(
                f"backtest of {name} over 100,000 stored articles: {scaled:.0f} s (wanted: {wanted})"
            )
        store.close()


def _scan_cost(program: Program, corpus: list[Article]) -> float:
    lines = [program.page(article).line for article in corpus[:500]]
    automaton = BytesAhoCorasick(program.patterns)
    return min(
        _timed(
            lambda: [automaton.find_matches_as_indexes(line, overlapping=True) for line in lines]
        )[1]
        for _ in range(3)
    ) / len(lines)


def _cost(engine: Engine, corpus: list[Article]) -> float:
    normalise("warm up")
    engine(corpus[0])
    rounds = 2 if len(corpus) >= 300 else 1
    return min(
        _timed(lambda: [engine(article) for article in corpus])[1] for _ in range(rounds)
    ) / len(corpus)


def _timed(work: Callable[[], object]) -> tuple[object, float]:
    started = time.process_time()
    result = work()
    return result, time.process_time() - started


def _resident() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
    except OSError:
        return 0


if __name__ == "__main__":
    sys.exit(main())
