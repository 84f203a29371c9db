"""The article this product was first asked for: in through a feed, out as an alert by mail and webhook, and in the digest."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from standardwebhooks import Webhook

from tests.newsstand import Newsstand, an_rss
from tests.servers import SmtpSink, WebhookReceiver
from wirewatch.clock import ManualClock
from wirewatch.config import load
from wirewatch.service import Service
from wirewatch.store import Store

ROOT = Path(__file__).parents[2]
SECRET = "whsec_c2VlZC1zZWVkLXNlZWQtc2VlZC1zZWVkLXNlZWQ="
MONDAY = datetime(2021, 6, 28, 2, 0, tzinfo=UTC)  # five in Baghdad, two hours before the digest
HARVEST = ("Wheat harvest falls short in Nineveh", "The grain board will buy abroad.")
# The same kind of facts as in the article, retold, for where that is not at hand.
INVENTED = """Coalition hits pro-Tehran militias in Iraq, Syria

Coalition warplanes struck Iranian-backed militias on the Iraqi-Syrian border on Sunday, killing at least five people, in answer to a rise in drone attacks on coalition bases in Iraq.

"Our forces carried out precise, defensive airstrikes on facilities used by these militias," a spokesman said.

The strikes hit operations rooms and arms depots at two places in Syria and one in Iraq. At least five fighters were killed and several others injured, the Orontes Monitor said. The state agency said that one child was killed and at least three people injured.

An airstrike in eastern Syria had killed more than 20 fighters in February."""


def article() -> tuple[str, str]:
    """Headline and text: the real one where it is at hand, else the invented one."""
    seeds = (p / "shared" / "corpora" / "seed" / "seed-article.txt" for p in Path(__file__).parents)
    found = next((p for p in seeds if p.is_file()), None)
    title, _, text = (found.read_text(encoding="utf-8") if found else INVENTED).partition("\n")
    return title, text.strip()


def written(folder: Path, *, feed: str, mail: int, hook: str) -> Path:
    """The shipped configuration; only its feeds, channels and database are others."""
    raw = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    mailbox = {"to": ["desk@example.org"], "from": "wirewatch@example.org"}
    raw |= {
        "feeds": [{"name": "Gazette", "url": feed}],
        "fetch": {"allow_private": ["127.0.0.1"], "host_spacing": "0s"},
        "channels": {
            "desk": {"type": "email", "server": f"smtp://127.0.0.1:{mail}", "security": "none"}
            | mailbox,
            "ops": {"type": "webhook", "url": hook, "secret": SECRET},
        },
        "digests": [
            {
                "name": "morning",
                "at": "07:00",
                "timezone": "Asia/Baghdad",
                "channels": ["desk", "ops"],
            }
        ],
        "system": {"channels": ["ops"]},
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


class Morning:
    """What a morning brought: mails, webhooks, and what is in the database."""

    def __init__(self, folder: Path) -> None:
        clock = ManualClock(MONDAY)
        with Newsstand(rss=an_rss(HARVEST)) as stand, SmtpSink() as sink, WebhookReceiver() as hook:
            loaded = load(written(folder, feed=stand.url("rss"), mail=sink.port, hook=hook.url))
            for minutes in (
                0,
                20,
                22,
                121,
            ):  # baseline, the news, the alert's wait is over, seven o'clock
                clock.move_to(MONDAY + timedelta(minutes=minutes))
                asyncio.run(Service(loaded, clock=clock).once())
                stand.pages["/rss"] = an_rss(article(), HARVEST)
        self.alerts = [m for m in sink.mails if "digest" not in text_of(m).splitlines()[0]]
        self.digests = [m for m in sink.mails if "digest" in text_of(m).splitlines()[0]]
        self.posted = hook.taken
        self.events = [json.loads(each.body) for each in hook.taken]
        store = Store.read(loaded.config.database)
        self.rules = {match.rule_id for _, _, match, _ in store.matches.latest(limit=100)}
        store.close()


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def marked(mail) -> set[str]:
    """What is set off as a match in the HTML part."""
    html = mail.get_body(("html",)).get_content()
    return set(re.findall(r"<b\b[^>]*>([^<]*)</b>", html))


@pytest.fixture(scope="module")
def morning(tmp_path_factory):
    return Morning(tmp_path_factory.mktemp("seed"))


def test_it_matches_the_rules_it_is_about(morning):
    assert {"airstrike", "militia"} <= morning.rules


def test_it_goes_out_at_once_by_mail_with_the_matching_words_marked(morning):
    assert morning.alerts
    subjects = " ".join(str(m["Subject"]) for m in morning.alerts)
    assert article()[0][:20] in subjects
    words = {word.lower() for mail in morning.alerts for word in marked(mail)}
    assert words & {"airstrikes", "strikes", "struck", "warplanes"}
    assert any("militias" in word for word in words)


def test_the_alert_says_how_many_died_and_where(morning):
    text = text_of(morning.alerts[0])
    assert re.search(r"Killed:\s+at least 5", text)
    assert "Iraq" in text
    assert "Syria" in text


def test_no_figure_of_an_earlier_event_is_taken_for_this_one(morning):
    card = [
        line
        for line in text_of(morning.alerts[0]).splitlines()
        if line.startswith(("Killed", "Injured"))
    ]
    assert not re.search(r"\b(20|21|40|41|2,?500)\b", " ".join(card))


def test_it_goes_out_at_once_by_a_signed_webhook(morning):
    alerts = [
        p for p, e in zip(morning.posted, morning.events, strict=True) if "alert" in e["type"]
    ]
    assert {json.loads(p.body)["data"]["rule"]["id"] for p in alerts} <= morning.rules
    assert alerts
    for post in alerts:
        key = Webhook(SECRET)
        # The reference library would look at the wall clock, which is years ahead of this morning.
        stamp = datetime.fromtimestamp(int(post.headers["webhook-timestamp"]), UTC)
        signature = key.sign(post.headers["webhook-id"], stamp, post.body.decode())
        assert signature in post.headers["webhook-signature"].split()


def test_it_stands_in_the_daily_digest_once_with_its_words_marked(morning):
    (digest,) = morning.digests
    assert text_of(digest).count(article()[0]) >= 1
    assert any("militias" in word.lower() for word in marked(digest))
    assert [e["type"] for e in morning.events if "digest" in e["type"]]


def test_the_harvest_is_nobodys_alert(morning):
    assert not any(HARVEST[0] in text_of(mail) for mail in (*morning.alerts, *morning.digests))


def test_nothing_comes_twice(morning):
    identities = [str(m["Message-ID"]) for m in (*morning.alerts, *morning.digests)]
    identities += [p.headers["webhook-id"] for p in morning.posted]
    assert len(identities) == len(set(identities))
