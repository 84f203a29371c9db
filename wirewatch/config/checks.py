"""Follow the names that one part of a configuration uses for another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rules.query import LIST_NAME
from wirewatch.config.assemble import Assembled
from wirewatch.config.models.channels import EmailModel
from wirewatch.config.models.root import RootModel
from wirewatch.config.places import Places
from wirewatch.config.problems import Found
from wirewatch.config.secret import is_reference
from wirewatch.config.words import did_you_mean, spell
from wirewatch.config.yaml import DataPath, Tree
from wirewatch.errors import Problem

_SECRET_KEYS = ("password", "secret", "secrets", "urls")
# What the rules' own reading of a text may add to a rule's tags.
_TEXT_TAGS = frozenset({"denied", "claimed", "aftermath", "confirmed", "historic"})


@dataclass(slots=True)
class Checked:
    """What the names lead to."""

    errors: list[Found] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def wrong(self, path: DataPath, problem: str, hint: str = "", *, key: bool = False) -> None:
        """Note an error."""
        self.errors.append(Found(Problem(path, problem, hint), key=key))

    def doubtful(self, path: DataPath, problem: str, hint: str = "") -> None:
        """Note a warning."""
        self.warnings.append(Problem(path, problem, hint))


def check(assembled: Assembled, places: Places) -> Checked:
    """Return all errors and warnings about names, repeats and what contradicts itself."""
    checked = Checked([Found(problem) for problem in assembled.problems])
    _repeats(assembled, places, checked)
    _list_names(assembled, checked)
    _channel_names(assembled, checked)
    _rule_names(assembled, checked)
    _feed_names(assembled, checked)
    _nothing_watched(assembled, checked)
    _unserved(assembled, checked)
    _fallbacks(assembled.root.model, checked)
    _plain_secrets(assembled, checked)
    _bounds(assembled.root.model, checked)
    return checked


def _repeats(assembled: Assembled, places: Places, checked: Checked) -> None:
    book = assembled.book
    named: dict[str, Iterable[tuple[str, DataPath]]] = {
        "feed": ((each.model.name, (*each.path, "name")) for each in assembled.feeds),
        "rule": ((each.id, (*each.path, "id")) for each in book.rules),
        "list": ((each.name, each.path) for each in book.lists),
        "filter": ((each.name, (*each.path, "name")) for each in book.filters),
        "digest": _digest_names(assembled),
    }
    for what, pairs in named.items():
        seen: dict[str, DataPath] = {}
        for name, path in pairs:
            if name in seen:
                hint = f"the first is at {places.spot(seen[name])}"
                checked.wrong(path, f'a second {what} is called "{name}"', hint, key=what == "list")
            seen.setdefault(name, path)
    urls: dict[str, DataPath] = {}
    for each in assembled.feeds:
        if each.model.url in urls:
            hint = f"the first is at {places.spot(urls[each.model.url])}"
            checked.doubtful((*each.path, "url"), "a second feed has this URL", hint)
        urls.setdefault(each.model.url, (*each.path, "url"))


def _list_names(assembled: Assembled, checked: Checked) -> None:
    for each in assembled.book.lists:
        if not LIST_NAME.fullmatch(each.name):
            hint = f"no rule could say ${each.name}: use letters, digits, - and _, a letter first"
            checked.wrong(each.path, f'"{each.name}" can\'t be a name', hint, key=True)


def _digest_names(assembled: Assembled) -> Iterator[tuple[str, DataPath]]:
    for n, digest in enumerate(assembled.root.model.digests):
        yield digest.name, (*assembled.root.path("digests", n), "name")


def _channel_names(assembled: Assembled, checked: Checked) -> None:
    root: RootModel = assembled.root.model
    broken = {name for what, name in assembled.missing if what == "channels"}
    known = {*root.channels, *broken}
    for path, name in _channels_named(assembled):
        if name not in known:
            hint = did_you_mean(name, known) or "channels: says where messages go, by name"
            checked.wrong(path, f'unknown channel "{name}"', hint)


def _channels_named(assembled: Assembled) -> Iterator[tuple[DataPath, str]]:
    """Every name of a channel, with the path it stands at."""
    main, root = assembled.root, assembled.root.model
    yield from _members(
        main.raw("alerts", "channels"), ("alerts", "channels"), root.alerts.channels
    )
    yield from _members(
        main.raw("system", "channels"), ("system", "channels"), root.system.channels
    )
    for n, route in enumerate(root.alerts.routes):
        path: DataPath = ("alerts", "routes", n, "channels")
        yield from _members(main.raw(*path), path, route.channels)
    for n, digest in enumerate(root.digests):
        path = (*main.path("digests", n), "channels")
        yield from _members(main.raw(*path), path, digest.channels)
    for name, channel in root.channels.items():
        if channel.fallback:
            yield ("channels", name, "fallback"), channel.fallback
    for rule in assembled.book.rules:
        for n, name in enumerate(rule.alert.channels or ()):
            yield (*rule.alert.path, "channels", n), name


def _rule_names(assembled: Assembled, checked: Checked) -> None:
    rules = {rule.id for rule in assembled.book.rules}
    rules |= {name for what, name in assembled.missing if what == "rules"}
    tags = {tag for rule in assembled.book.rules for tag in rule.tags} | _TEXT_TAGS
    named, tagged = list[tuple[DataPath, str]](), list[tuple[DataPath, str]]()
    main, root = assembled.root, assembled.root.model
    for path, model in (
        *((main.path("digests", n), each) for n, each in enumerate(root.digests)),
        *((("alerts", "routes", n), each) for n, each in enumerate(root.alerts.routes)),
    ):
        named += _members(main.raw(*path, "rules"), (*path, "rules"), model.rules)
        tagged += _members(main.raw(*path, "tags"), (*path, "tags"), model.tags)
    for each in assembled.book.filters:
        for n, name in enumerate(each.applies_to):
            place = (*each.path, "applies_to", n)
            if name.startswith("tag:"):
                tagged.append((place, name.removeprefix("tag:")))
            else:
                named.append((place, name))
    for path, name in named:
        if name not in rules:
            checked.wrong(
                path,
                f'unknown rule "{name}"',
                did_you_mean(name, rules) or "rules are named by their id",
            )
    for path, tag in tagged:
        if tag not in tags:
            checked.doubtful(path, f'no rule has the tag "{tag}"', did_you_mean(tag, tags))


def _feed_names(assembled: Assembled, checked: Checked) -> None:
    feeds = {each.model.name.casefold(): each.model.name for each in assembled.feeds}
    tags = {tag.casefold() for each in assembled.feeds for tag in each.model.tags}
    for rule in assembled.book.rules:
        if rule.where is None:
            continue
        for n, name in enumerate(rule.where.feed):
            if name.casefold() not in feeds:
                hint = did_you_mean(name, list(feeds.values()))
                checked.doubtful((*rule.where.path, "feed", n), f'there is no feed "{name}"', hint)
        for n, tag in enumerate(rule.where.tag):
            if tag.casefold() not in tags:
                hint = did_you_mean(tag, tags)
                checked.doubtful((*rule.where.path, "tag", n), f'no feed has the tag "{tag}"', hint)


def _nothing_watched(assembled: Assembled, checked: Checked) -> None:
    if not any(rule.enabled for rule in assembled.book.rules):
        hint = "add one under rules: (`docs/rules.md`)"
        checked.doubtful((), "there is no rule: nothing will ever match", hint)


def _unserved(assembled: Assembled, checked: Checked) -> None:
    """What is held back goes to the next digest: a channel without one would lose it."""
    root: RootModel = assembled.root.model
    if not root.channels:
        if not assembled.missing:
            checked.doubtful((), "there is no channel: matches are stored, nobody is told")
        return
    served = {name for digest in root.digests for name in digest.channels}
    served |= {name for what, name in assembled.missing if what == "digests"}
    told = {name for route in root.alerts.routes for name in route.channels}
    told |= {name for rule in assembled.book.rules for name in rule.alert.channels or ()}
    told |= set(root.alerts.channels or set(root.channels) - set(root.system.channels))
    for name in root.channels:
        if name in told and name not in served:
            checked.doubtful(
                ("channels", name),
                f'no digest serves the channel "{name}": what is held back from it has nowhere to go',
                f"add it to the channels of a digest: digests: [{{name: daily, channels: [{name}]}}]",
            )


def _fallbacks(root: RootModel, checked: Checked) -> None:
    for name in root.channels:
        seen, at = [name], root.channels[name].fallback
        while at in root.channels and at not in seen:
            seen.append(at)
            at = root.channels[at].fallback
        if at == name:
            chain = " → ".join([*seen, name])
            checked.wrong(("channels", name, "fallback"), f"falls back on itself: {chain}")


def _plain_secrets(assembled: Assembled, checked: Checked) -> None:
    main = assembled.root
    readable = _readable_by_others(assembled.file)
    for path in _secret_paths(assembled):
        value = main.raw(*path)
        if isinstance(value, str) and not is_reference(value):
            hint = "write ${NAME}, file:PATH or credential:NAME"
            checked.doubtful(path, f"a secret stands in the file{readable}", hint)
    for name, channel in main.model.channels.items():
        if isinstance(channel, EmailModel) and channel.security == "none" and channel.password:
            checked.doubtful(
                ("channels", name, "security"), "the password crosses the network unencrypted"
            )


def _secret_paths(assembled: Assembled) -> Iterator[DataPath]:
    main = assembled.root
    for name in main.model.channels:
        for key in _SECRET_KEYS:
            value = main.raw("channels", name, key)
            if isinstance(value, list):
                yield from (("channels", name, key, n) for n in range(len(value)))
            elif value is not None:
                yield ("channels", name, key)
    for each in assembled.feeds:
        if each.path[0] == "feeds" and each.model.auth:
            yield (*each.path, "auth", "password")


def _readable_by_others(path: Path) -> str:
    try:
        shared = bool(path.stat().st_mode & 0o004)
    except OSError:
        return ""
    return f", and every user of this machine can read it (chmod o-r {path})" if shared else ""


def _bounds(root: RootModel, checked: Checked) -> None:
    """The ends of the adaptive interval, where both were written down."""
    fetch, given = root.fetch, root.fetch.model_fields_set
    pairs = (
        ("min_interval", "interval"),
        ("interval", "max_interval"),
        ("min_interval", "max_interval"),
    )
    for low, high in pairs:
        if {low, high} <= given and getattr(fetch, low) > getattr(fetch, high):
            checked.wrong(
                ("fetch", low),
                f"{low} ({spell(getattr(fetch, low))}) is longer than {high} ({spell(getattr(fetch, high))})",
            )
            return


def _members(raw: Tree, path: DataPath, names: Iterable[str]) -> list[tuple[DataPath, str]]:
    """Pair names with their paths; one that was written without a list stands at the key."""
    if isinstance(raw, list):
        return [((*path, n), name) for n, name in enumerate(names)]
    return [(path, name) for name in names]
