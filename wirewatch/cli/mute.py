"""`wirewatch mute`: a timed silence over a rule, a story or words, with its author and reason."""

from __future__ import annotations

import getpass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from wirewatch.cli.common import (
    check_rule,
    json_option,
    lasting,
    legible,
    print_rows,
    reading,
    say,
    writing,
)
from wirewatch.errors import UsageError

if TYPE_CHECKING:
    from wirewatch.config.load import Legible
    from wirewatch.model import Mute
    from wirewatch.store import Store

_LONGEST = timedelta(days=365)


@click.command()
@click.argument("what", metavar="[RULE|STORY|WORDS|list]", default="list")
@click.option("--for", "length", default="6h", show_default=True, help="90m, 6h, 2d, 1w.")
@click.option("--because", default="", help="Why; shown with everything it holds back.")
@click.option(
    "--by", "author", default="", help="Who asks (default: the name you are logged in as)."
)
@click.option("--undo", is_flag=True, help="End it now; WHAT is then the mute's number.")
@click.option("--all", "everything", is_flag=True, help="With list: those that have ended, too.")
@json_option
def mute(
    *,
    what: str,
    length: str,
    because: str,
    author: str,
    undo: bool,
    everything: bool,
    as_json: bool,
) -> None:
    r"""Silence a rule, a story or words for a while; what is held back goes to the next digest.

    \b
    wirewatch mute drone-attack --for 6h --because "exercise"     a rule
    wirewatch mute story:41 --for 1d                              a story
    wirewatch mute "port strike" --for 1w                         words, as they stand in the text
    wirewatch mute list                                           what is muted now
    wirewatch mute 3 --undo                                       end mute number 3

    A running service takes it up at once. `rule:` and `words:` before WHAT say which is meant.
    """
    from wirewatch.clock import SystemClock

    read = legible()
    config = read.config
    now = SystemClock().now()
    if what == "list" and not undo:
        with reading(config) as store:
            mutes = store.silences.mutes(None if everything else now)
        if not print_rows(map(_row, mutes), columns=_COLUMNS, as_json=as_json):
            say("nothing is muted")
        return
    with writing(config) as store, store.transaction():
        if undo:
            _undo(store, what, now)
            return
        made = _mute(read, store, what, now=now, ends_at=now + parse_length(length))
        made = _signed(made, author or login(), because)
        number = store.silences.mute(made)
    say(
        f"muted {made.kind} {made.value!r} for {lasting(made.ends_at - now)}; "
        f"`wirewatch mute {number} --undo` ends it"
    )


_COLUMNS = ("id", "kind", "value", "ends_at", "author", "because")


def parse_length(text: str) -> timedelta:
    """Return a length of time: `90m`, `6h`, `2d`, `1w`, also `1d 12h`.

    Raises:
        UsageError: It is none, or longer than a year.
    """
    units = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    total = timedelta()
    for part in text.lower().split():
        number, unit = part[:-1], units.get(part[-1:])
        if unit is None or not number.replace(".", "", 1).isdigit():
            raise UsageError(f"{text!r} is no length of time; write 90m, 6h, 2d or 1w")
        total += min(timedelta(**{unit: float(number[:9])}), 2 * _LONGEST)
    if not timedelta() < total <= _LONGEST:
        raise UsageError(f"a mute lasts up to a year, not {text!r}")
    return total


def _mute(read: Legible, store: Store, what: str, *, now: datetime, ends_at: datetime) -> Mute:
    from wirewatch.model import Mute

    kind, _, value = what.partition(":")
    rules = [rule.id for rule in read.config.rules.rules]
    if kind not in {"rule", "story", "words"} or not value.strip():
        kind, value = ("rule" if what in rules else "story" if what.isdigit() else "words"), what
        if kind == "words" and read.mistakes:
            raise UsageError(
                f"the configuration has mistakes: say which it is, rule:{what} or words:{what}"
            )
    value = value.strip()
    if kind == "rule":
        check_rule(read, value)
    if kind == "story":
        value = str(known_story(store, value))
    if kind == "words":
        from wirewatch.text import words

        if not words(value):
            raise UsageError(f"there is no word in {value!r}")
    return Mute(0, kind, value, now, ends_at, "", "")


def known_story(store: Store, text: str) -> int:
    """Return the id of a story, the one it has become after merges.

    Raises:
        UsageError: There is none.
    """
    number = text.removeprefix("story:").strip()
    if not number.isdigit() or len(number) > 15 or not store.stories.views([int(number)]):
        raise UsageError(f"there is no story {number}; `wirewatch stories` lists them")
    return store.stories.resolve(int(number))


def _signed(mute: Mute, author: str, because: str) -> Mute:
    from dataclasses import replace

    from wirewatch.text import clean_line

    return replace(mute, author=clean_line(author, 60), because=clean_line(because, 200))


def _undo(store: Store, what: str, now: datetime) -> None:
    if not what.isdigit() or len(what) > 15 or not store.silences.unmute(int(what), now):
        raise UsageError(f"no mute {what!r} is in force; `wirewatch mute list` lists them")
    say(f"mute {what} ended")


def login() -> str:
    """Return the name someone is logged in as, "" where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""  # a user id without a name


def _row(mute: Mute) -> dict[str, object]:
    return {
        "id": mute.id,
        "kind": mute.kind,
        "value": mute.value,
        "starts_at": mute.starts_at,
        "ends_at": mute.ends_at,
        "author": mute.author,
        "because": mute.because,
    }
