"""Templates of the user's: overridden one by one, replaced by ours when they go wrong."""

from __future__ import annotations

import pytest

from alerts.render import Renderer
from tests.digest_builders import a_digest_story, a_digest_view, a_full_digest, an_alert

PLAIN = Renderer()

HOSTILE = {
    "raises": "{{ alert.nonsense.more }}",
    "syntax": "{% for %}",
    "is not there": "{% include 'nowhere.j2' %}",
    "loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "loops over data": "{% for a in causes %}{% for b in range(99999) %}{% for c in range(99999) %}{% if false %}x{% endif %}"
    "{% endfor %}{% endfor %}{% endfor %}",
    "filters without end": "{% for a in range(99999) %}{{ range(99999) | sum }}{% endfor %}",
    "prints without end": "{% for a in range(9999) %}" + "x" * 999 + "{% endfor %}",
    "calls itself": "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
    "calls itself, wide": "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
    "includes itself": "{% include 'alert.html.j2' %}",
    "extends itself": "{% extends 'alert.html.j2' %}",
    "makes much of little": "{{ 'x' * 999999999 }}",
    "makes a long list": "{{ ([1] * 999999999) | length }}",
    "makes a large number": "{{ 9 ** 9 ** 9 }}",
    "multiplies numbers": "{% set n = namespace(v=99) %}{% for i in range(99) %}{% set n.v = n.v * n.v %}{% endfor %}{{ n.v }}",
    "doubles": "{% set n = namespace(v='x') %}{% for i in range(60) %}{% set n.v = n.v + n.v %}{% endfor %}",
    "joins": "{% set n = namespace(v='x') %}{% for i in range(60) %}{% set n.v = n.v ~ n.v %}{% endfor %}",
    "collects": "{% set n = namespace(v='x') %}{% for i in range(60) %}{% set n.v %}{{ n.v }}{{ n.v }}{% endset %}{% endfor %}",
    "filters join": "{% set n = namespace(v='xx') %}{% for i in range(60) %}{% set n.v = [n.v, n.v] | join(n.v) %}{% endfor %}",
    "separates": "{{ range(99999) | join('x' * 9999) }}",
    "pads": "{{ 'x'.center(999999999) }}",
    "formats": "{{ '{:999999999}'.format(1) }}",
    "formats the old way": "{{ '%999999999d' % 1 }}",
    "fills": "{{ 'x' | center(999999999) }}",
    "makes bytes": "{{ (1).to_bytes(999999999, 'big') }}",
    "escapes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "escapes by attr": "{{ alert | attr('__class__') }}",
    "reads": "{% include '/etc/passwd' %}",
    "climbs": "{% include '../../../etc/passwd' %}",
    "says nothing": "",
    "shows nothing": "{% extends 'base.html.j2' %}{% block content %} <p></p> {% endblock %}",
}


@pytest.mark.parametrize("template", HOSTILE.values(), ids=list(HOSTILE))
def test_a_template_that_goes_wrong_is_replaced_by_ours(tmp_path, template):
    (tmp_path / "alert.html.j2").write_text(template)
    renderer = Renderer(tmp_path)
    assert renderer.alert(an_alert()) == PLAIN.alert(an_alert())
    assert len(renderer.problems) == 1
    assert renderer.problems[0].startswith("template alert: ")


def test_a_template_of_ones_own_replaces_only_its_own(tmp_path):
    (tmp_path / "alert.txt.j2").write_text("{{ alert.rule_title | upper }}: {{ story_title }}\n")
    renderer = Renderer(tmp_path)
    mine, ours = renderer.alert(an_alert()), PLAIN.alert(an_alert())
    assert mine.text.startswith("DRONE ATTACKS IN IRAQ AND SYRIA: Drone attack")
    assert mine.html == ours.html
    assert renderer.problems == []


def test_a_template_may_extend_ours(tmp_path):
    (tmp_path / "alert.html.j2").write_text(
        "{% extends 'base.html.j2' %}{% block content %}<h1>{{ story_title }}</h1>{% endblock %}"
    )
    renderer = Renderer(tmp_path)
    assert "max-width: 640px" in renderer.alert(an_alert()).html
    assert renderer.problems == []


def test_our_own_templates_are_the_same_within_the_bounds(tmp_path):
    """The bounds leave room for everything the built-in templates do, at full size."""
    bounded = Renderer(tmp_path)
    for view in (
        a_full_digest(),
        a_digest_view(*[a_digest_story(n, f"Title {n}") for n in range(900)]),
    ):
        assert bounded.digest(view) == PLAIN.digest(view)
    assert bounded.problems == []


def test_what_a_template_prints_is_escaped_also_when_it_is_joined(tmp_path):
    (tmp_path / "alert.html.j2").write_text("{{ '<i>' ~ '<b>' }}{{ ['<u>'] | join }}")
    html = Renderer(tmp_path).alert(an_alert()).html
    assert "<i>" not in html
    assert "&lt;i&gt;&lt;b&gt;&lt;u&gt;" in html


def test_a_digest_template_too_large_even_without_stories_is_replaced(tmp_path):
    (tmp_path / "digest.html.j2").write_text("<p>" + "words " * 30_000 + "</p>")
    renderer = Renderer(tmp_path)
    assert renderer.digest(a_full_digest()) == PLAIN.digest(a_full_digest())
    assert "more than 90 KiB" in renderer.problems[0]
