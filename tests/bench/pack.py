"""What the shipped rules and the facts cost: milliseconds of CPU an article.

    python -m tests.bench.pack [--config config.yaml] [--articles 300] [FILE.jsonl.gz ...]

Without a file the articles are invented, and of about 390 words. 2 ms for rules and facts together are
wanted. The least of some rounds counts: a shared machine only ever adds.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from rules import Program
from rules.facts import read_facts
from tests.bench.corpus import articles_of
from tests.bench.invented import articles
from wirewatch.config import load
from wirewatch.model import Appearance, Article

HERE = Appearance("Example", "example.org")
ROUNDS = 5
BATCH = 20


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    parser.add_argument("--articles", type=int, default=300)
    options = parser.parse_args()
    corpus = (
        articles_of(options.files, options.articles)
        if options.files
        else articles(options.articles)
    )
    program = load(options.config, environ={}).program
    words = sum(len(f"{a.title} {a.summary} {a.body}".split()) for a in corpus) / len(corpus)
    sys.stdout.write(f"{len(corpus)} articles of {words:.0f} words\n")
    for name, work in (
        ("rules", _rules(program)),
        ("facts", read_facts),
        ("both", lambda article: program.read(article, HERE)),
    ):
        sys.stdout.write(f"{name}: {_cost(work, corpus):.2f} ms\n")


def _rules(program: Program) -> Callable[[Article], object]:
    def work(article: Article) -> object:
        return deque(program.judge(program.page(article), HERE, None), maxlen=0)

    return work


def _cost(work: Callable[[Article], object], corpus: list[Article]) -> float:
    """Milliseconds an article: of each few articles the best round."""
    batches = [corpus[at : at + BATCH] for at in range(0, len(corpus), BATCH)]
    best = [float("inf")] * len(batches)
    for _ in range(ROUNDS):
        for number, batch in enumerate(batches):
            started = time.process_time()
            for article in batch:
                work(article)
            best[number] = min(best[number], time.process_time() - started)
    return sum(best) / len(corpus) * 1000


if __name__ == "__main__":
    main()
