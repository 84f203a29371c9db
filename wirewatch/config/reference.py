"""docs/configuration.md, made of the models: `make docs` writes it, a test keeps it true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wirewatch.config.schema import schema

Schema = Mapping[str, Any]

_HEAD = """\
# Configuration

Made of the models by `make docs`; don't edit it by hand.

A minimal file has `version`, `feeds` and `rules`; a rule has an `id` and a `match`:

```yaml
version: 1
feeds:
  - {name: BBC World, url: "https://feeds.bbci.co.uk/news/world/rss.xml"}
rules:
  - {id: strikes, match: [airstrike~, air raid~]}
```

* Words are words: `no`, `12:30` and `007` stay what they are (YAML 1.2). Truth values are `true` and `false`.
* Durations are written `60s`, `15m`, `4h`, `1h30m`, `90d`, `2w`.
* `${NAME}` is taken from the environment, `${NAME:-text}` with a default. Secrets can also stand in a file
  (`file:/run/secrets/x`) or be a systemd credential (`credential:x`). Phrases and rules are left as they are.
* Wherever a list is expected, its only member will do: `tags: world`.
* Unknown keys, repeated keys and names that lead nowhere are errors. `wirewatch check` shows all of them at once as
  `file:line:column: path: problem; hint`, the tests of your rules that fail included.
* A running service takes a changed file over by itself. A wrong one is refused, the last good one stays in force,
  and the system channels are told.
* The first line `# yaml-language-server: $schema=./config.schema.json` makes editors complete keys and mark mistakes;
  `wirewatch schema` prints that schema.

Paths are relative to the file; the database and the folders of channels to `$STATE_DIRECTORY` where systemd sets it, and
to `/var/lib/NAME` for a file in `/etc/NAME`.
The rules' language (`~`, `*`, `=`, `NEAR/4`, `condition`) is in [rules.md](rules.md).
"""
# In reading order; what is not named here follows by name.
_ORDER = (
    "FeedModel", "AuthModel", "RuleModel", "EntityModel", "NearModel", "WhereModel", "WhenModel", "ScoreModel",
    "RuleAlertModel", "TestsModel", "FilterModel", "AlertsModel", "RouteModel", "EmailModel", "WebhookModel",
    "FileModel", "FeedOutModel", "AppriseModel", "QuietModel", "DigestModel", "SystemModel", "FetchModel",
    "ServiceModel", "RetentionModel",
)  # fmt: skip
_TITLES = {
    "FeedModel": "A feed, under `feeds:`",
    "AuthModel": "`auth:` of a feed",
    "RuleModel": "A rule, under `rules:`",
    "EntityModel": "A named thing, as a term of a list or group",
    "NearModel": "`near:` of a rule",
    "WhereModel": "`where:` of a rule",
    "WhenModel": "`when:` of a rule",
    "ScoreModel": "`score:` of a rule",
    "RuleAlertModel": "`alert:` of a rule",
    "TestsModel": "`tests:` of a rule",
    "FilterModel": "A filter, under `filters:`",
    "AlertsModel": "`alerts:`",
    "RouteModel": "A route, under `alerts: routes:`",
    "EmailModel": "A channel of type `email`",
    "WebhookModel": "A channel of type `webhook`",
    "FileModel": "A channel of type `file`",
    "FeedOutModel": "A channel of type `feed`",
    "AppriseModel": "A channel of type `apprise`",
    "QuietModel": "`quiet_hours:` of a channel",
    "DigestModel": "A digest, under `digests:`",
    "SystemModel": "`system:`",
    "FetchModel": "`fetch:`",
    "ServiceModel": "`service:`",
    "RetentionModel": "`retention:`",
}


def markdown() -> str:
    """Return the whole page."""
    whole = schema()
    defs = whole["$defs"]
    parts = [_HEAD, "## The file", "\n".join(_table(whole, defs))]
    names = [name for name, each in defs.items() if "properties" in each]
    for name in sorted(names, key=lambda n: (_ORDER.index(n) if n in _ORDER else len(_ORDER), n)):
        parts += [f"## {_TITLES.get(name, name)}", defs[name].get("description", "")]
        parts.append("\n".join(_table(defs[name], defs)))
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _table(model: Schema, defs: Schema) -> Iterator[str]:
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    required = model.get("required", ())
    for key, prop in model["properties"].items():
        default = "required" if key in required else _default(prop.get("default"))
        cells = (f"`{key}`", _kind(prop, defs), default, _meaning(prop, defs))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _meaning(prop: Schema, defs: Schema) -> str:
    """A key's own words; pydantic leaves them out where they are those of what it leads to."""
    target = defs.get(prop.get("$ref", "").rpartition("/")[2], {})
    return str(prop.get("description") or target.get("description", ""))


def _default(value: object) -> str:
    match value:
        case None | "" | [] | {}:
            return ""
        case bool():
            return f"`{str(value).lower()}`"
        case list():
            return f"`[{', '.join(map(str, value))}]`"
        case dict():
            return ""
        case _:
            return f"`{value}`"


def _kind(prop: Schema, defs: Schema) -> str:
    """Say in words what may be written."""
    if "$ref" in prop:
        return _named(prop["$ref"].rpartition("/")[2], defs)
    if "const" in prop:
        return f"`{prop['const']}`"
    if "enum" in prop:
        return " or ".join(f"`{each}`" for each in prop["enum"])
    if "anyOf" in prop or "oneOf" in prop:
        return _either(prop.get("anyOf") or prop.get("oneOf") or (), defs)
    match prop.get("type"):
        case "array" | ["array", "null"]:
            return f"list of {_kind(prop['items'], defs)}"
        case "object" | ["object", "null"]:
            return f"mapping of names to {_kind(prop['additionalProperties'], defs)}"
        case "boolean":
            return "`true` or `false`"
        case "integer" | "number":
            return f"number, {prop['minimum']:g} to {prop['maximum']:g}"
        case "string":
            return _text(prop)
        case _:
            return "text"


def _text(prop: Schema) -> str:
    examples = prop.get("examples", [])
    if "format" in prop:
        return {"uri": "URL", "secret": "secret"}[prop["format"]]
    if examples == ["60s", "4h", "90d"]:
        return "duration"
    return "such as " + ", ".join(f"`{each}`" for each in examples) if examples else "text"


def _either(choices: Any, defs: Schema) -> str:  # noqa: ANN401 - a list of schemas
    kinds = [
        _kind(each, defs)
        for each in choices
        # "Or nothing" and "or a reference" hold everywhere; the page says so once.
        if each.get("type") != "null" and not str(each.get("pattern", "")).startswith(r"\$\{")
    ]
    # A list that may be written as its only member is a list.
    kept = [
        kind for kind in kinds if not any(other != kind and other.endswith(kind) for other in kinds)
    ]
    return " or ".join(dict.fromkeys(kept))


def _named(name: str, defs: Schema) -> str:
    target = defs[name]
    if "enum" in target:
        return " or ".join(f"`{each}`" for each in target["enum"])
    title = _TITLES.get(name, name)
    anchor = "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c in "-_")
    return f"[{title.partition(',')[0].lower()}](#{anchor})"
