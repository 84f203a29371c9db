"""Make plain rules of the models: every phrase with the path it stands at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wirewatch.config.models.rules import (
    FilterModel,
    NearModel,
    RuleAlertModel,
    RuleModel,
    TestsModel,
    WhenModel,
    WhereModel,
)
from wirewatch.config.models.terms import EntityModel
from wirewatch.config.yaml import DataPath, Tree
from wirewatch.model import (
    AlertSpec,
    EntitySpec,
    FilterSpec,
    GroupSpec,
    ListSpec,
    NearSpec,
    PhraseSpec,
    RuleSpec,
    RuleTests,
    ScoreSpec,
    Term,
    WhenSpec,
    WhereSpec,
)

_WHERE_LISTS = ("feed", "source", "tag", "author", "category", "language")
_CONDITIONS = ("killed", "injured", "country", "place", "actor", "platform", "status")
_ONE_GROUP = "text"


def rule(model: RuleModel, path: DataPath, raw: Tree = None) -> RuleSpec:
    """Return a rule.

    Args:
        model: As validated.
        path: Where it stands.
        raw: As written: where a list was shortened to its only member, paths end at the key.
    """
    written = raw if isinstance(raw, Mapping) else {}
    at = _Writer(path, written)
    return RuleSpec(
        id=model.id,
        path=path,
        match=_groups(model, at),
        title=model.title or model.id,
        severity=model.severity,
        enabled=model.enabled,
        fields=tuple(field.value for field in model.fields),
        condition=model.condition,
        score=_score(model, path),
        exclude=at.terms("exclude", model.exclude),
        exclude_anywhere=at.terms("exclude_anywhere", model.exclude_anywhere),
        unless=at.terms("unless", model.unless),
        near=_nears(model, at),
        where=_where(model.where, (*path, "where")) if model.where else None,
        when=_when(model.when, (*path, "when")) if model.when else None,
        alert=_alert(model.alert, (*path, "alert")) if model.alert else AlertSpec(),
        tags=tuple(model.tags),
        owner=model.owner,
        note=model.note,
        tests=_tests(model.tests, (*path, "tests"), written.get("tests")),
    )


def filter_spec(model: FilterModel, path: DataPath, raw: Tree = None) -> FilterSpec:
    """Return a filter."""
    at = _Writer(path, raw if isinstance(raw, Mapping) else {})
    return FilterSpec(
        name=model.name,
        path=path,
        exclude=at.terms("exclude", model.exclude),
        unless=at.terms("unless", model.unless),
        applies_to=tuple(model.applies_to),
        anywhere=model.anywhere,
    )


def list_spec(
    name: str,
    terms: Sequence[str | EntityModel],
    path: DataPath,
    raw: Tree = None,
    *,
    shipped: bool = False,
) -> ListSpec:
    """Return a list."""
    return ListSpec(name=name, path=path, terms=_terms(terms, path, raw), shipped=shipped)


class _Writer:
    """Knows where a mapping stands and how it was written."""

    def __init__(self, path: DataPath, written: Mapping[str, Tree]) -> None:
        self.path, self.written = path, written

    def terms(self, key: str, terms: Sequence[str | EntityModel]) -> tuple[Term, ...]:
        return _terms(terms, (*self.path, key), self.written.get(key)) if terms else ()


def _groups(model: RuleModel, at: _Writer) -> tuple[GroupSpec, ...]:
    path, raw = (*at.path, "match"), at.written.get("match")
    if not isinstance(raw, Mapping):
        return (GroupSpec(_ONE_GROUP, path, _terms(model.match[_ONE_GROUP], path, raw)),)
    return tuple(
        GroupSpec(name, (*path, name), _terms(terms, (*path, name), raw.get(name)))
        for name, terms in model.match.items()
    )


def _terms(terms: Iterable[str | EntityModel], path: DataPath, raw: Tree) -> tuple[Term, ...]:
    if isinstance(raw, str):
        return tuple(PhraseSpec(term, path) for term in terms if isinstance(term, str))
    return tuple(
        PhraseSpec(term, path, n)
        if isinstance(term, str)
        else _entity(term, (*path, n), raw[n] if isinstance(raw, list) else None)
        for n, term in enumerate(terms)
    )


def _entity(model: EntityModel, path: DataPath, raw: Tree) -> EntitySpec:
    written = raw if isinstance(raw, Mapping) else {}

    def phrases(key: str, texts: Sequence[str]) -> tuple[PhraseSpec, ...]:
        beside = (*path, key)
        if isinstance(written.get(key), str):
            return tuple(PhraseSpec(text, beside) for text in texts)
        return tuple(PhraseSpec(text, beside, n) for n, text in enumerate(texts))

    return EntitySpec(
        name=model.name,
        path=path,
        also=phrases("also", model.also),
        forms=tuple((code, phrases(code, texts)) for code, texts in model.forms().items()),
        ambiguous=model.ambiguous,
        country=model.country,
        kind=model.kind,
        transliterate=model.transliterate,
    )


def _score(model: RuleModel, path: DataPath) -> ScoreSpec | None:
    if model.score is None:
        return None
    return ScoreSpec(tuple(model.score.weights.items()), model.score.minimum, (*path, "score"))


def _nears(model: RuleModel, at: _Writer) -> tuple[NearSpec, ...]:
    path = (*at.path, "near")
    single = isinstance(at.written.get("near"), Mapping)
    # Groups that need not be there can't all be near each other.
    everything = () if model.condition or model.score else tuple(model.match)
    return tuple(
        _near(near, path if single else (*path, n), everything) for n, near in enumerate(model.near)
    )


def _near(model: NearModel, path: DataPath, everything: tuple[str, ...]) -> NearSpec:
    number, unit = model.within
    return NearSpec(
        groups=tuple(model.groups) or everything,
        within=number,
        path=path,
        unit=unit,
        ordered=model.ordered,
    )


def _where(model: WhereModel, path: DataPath) -> WhereSpec:
    conditions = []
    for name in _CONDITIONS:
        value = getattr(model, name)
        if value:
            conditions.append((name, value if isinstance(value, str) else ",".join(value)))
    return WhereSpec(
        path=path,
        tier=model.tier,
        conditions=tuple(conditions),
        **{name: tuple(getattr(model, name)) for name in _WHERE_LISTS},
    )


def _when(model: WhenModel, path: DataPath) -> WhenSpec:
    return WhenSpec(
        path=path,
        within=model.within,
        articles=model.articles,
        sources=model.sources,
        spike=model.spike,
        first_mention=model.first_mention,
        absent=model.absent,
        per=model.per,
    )


def _alert(model: RuleAlertModel, path: DataPath) -> AlertSpec:
    return AlertSpec(
        path=path,
        cooldown=model.cooldown,
        per=model.per,
        channels=None if model.channels is None else tuple(model.channels),
        wait=model.wait,
        instant=model.instant,
        max_per_day=model.max_per_day,
        more_sources=model.more_sources,
    )


def _tests(model: TestsModel | None, path: DataPath, raw: Tree) -> RuleTests:
    if model is None:
        return RuleTests()
    written = raw if isinstance(raw, Mapping) else {}

    def texts(key: str, values: Sequence[str]) -> tuple[tuple[str, DataPath], ...]:
        if isinstance(written.get(key), str):
            return tuple((value, (*path, key)) for value in values)
        return tuple((value, (*path, key, n)) for n, value in enumerate(values))

    return RuleTests(texts("match", model.match), texts("no_match", model.no_match))
