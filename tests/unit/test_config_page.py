"""The words of config.yaml, all on one page: a desk's whole configuration loads as it stands."""

from __future__ import annotations

from wirewatch.config import load

PAGE = """\
version: 1
contact: desk@example.org
database: wirewatch.db
alerts: {instant: high, wait: 60s, cooldown: 4h}
system: {channels: [ops]}
feeds:
  - {name: BBC World, url: https://feeds.bbci.co.uk/news/world/rss.xml, tags: [world], tier: 1}
lists:
  air-attack:
    - airstrike~
    - air strike
    - strike NEAR/4 (jet* | warplane* | F-16)
  militias:
    - {name: Kata'ib Hezbollah, also: [Kataib Hizbullah, =KH], ar: [كتائب حزب الله]}
    - militia*
use: [middle-east]
rules:
  - id: drone-attack
    title: Drone attacks in Iraq and Syria
    severity: high
    match:
      attack: [$drone-attack]
      place: [$iraq, $syria]
    exclude: [$not-the-real-thing]
    near: {groups: [attack, place], within: 40 words}
    when: {sources: 3, within: 6h}
    alert: {cooldown: 4h, per: story, channels: [desk]}
    tests:
      match: ["Drone attack on US base near Erbil, Iraq"]
      no_match: ["Drone photography club visits Syria exhibition"]
channels:
  desk: {type: email, to: [desk@example.org], from: wirewatch@example.org, server: smtps://mail.example.org, user: desk, password: "${SMTP_PASSWORD}"}
  ops:  {type: webhook, url: "${OPS_HOOK}", secret: "${OPS_HOOK_SECRET}"}
digests:
  - {name: morning, at: "07:00", timezone: Asia/Baghdad, channels: [desk]}
"""
SECRET = "whsec_bWFkZS11cC1rZXktbWFkZS11cC1rZXktbWFkZS11cC0="


def test_a_whole_desk_fits_on_a_page(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(PAGE)
    environ = {
        "SMTP_PASSWORD": "made-up",
        "OPS_HOOK": "https://hook.example/x",
        "OPS_HOOK_SECRET": SECRET,
    }
    loaded = load(path, environ=environ)
    assert loaded.warnings == ()
    assert [rule.id for rule in loaded.program.rules] == ["drone-attack"]
    assert {channel.name for channel in loaded.config.channels} == {"desk", "ops"}
    assert loaded.secrets >= {"made-up", SECRET}
