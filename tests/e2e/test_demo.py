"""`wirewatch demo` as a newcomer meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from email import message_from_bytes, policy

import pytest

from wirewatch.config import load
from wirewatch.store import Store

pytestmark = pytest.mark.timeout(150)  # half a minute alone, more beside other tests


def run_demo(folder, *arguments):
    command = [sys.executable, "-m", "wirewatch", "demo", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=140, check=False
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    folder = tmp_path_factory.mktemp("newcomer")
    done = run_demo(folder)
    return done, folder / "wirewatch-demo"


def test_it_ends_well_and_says_so(played):
    done, _ = played
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything arrived that should" in done.stdout
    assert done.stderr == ""


def test_it_names_the_files_it_left_and_they_are_there(played):
    done, folder = played
    for suffix in (".html", ".txt", ".eml"):
        (digest,) = (folder / "out").glob(f"*digest*{suffix}")
        assert digest.name in done.stdout
    assert (folder / "wirewatch.db").is_file()
    events = [json.loads(path.read_text("utf-8")) for path in (folder / "webhooks").glob("*.json")]
    assert {"alert", "digest", "system"} <= {word for e in events for word in e["type"].split(".")}


def test_it_shows_what_happens(played):
    done, _ = played
    for word in (
        "Old Quay Bulletin: ",
        "Gulf Ledger: ",
        "edited",
        "a text we know",
        "the toll rose: ",
    ):
        assert word in done.stdout


def test_an_alert_names_its_outlets_and_marks_its_words(played):
    _, folder = played
    mails = [
        message_from_bytes(p.read_bytes(), policy=policy.default)
        for p in sorted((folder / "mail").iterdir())
    ]
    first = next(m for m in mails if "Coalition jets hit militia depots" in m["Subject"])
    text = first.get_body(("plain",)).get_content()
    for word in ("*warplanes*", "*Iraq*", "northgatewire.example"):
        assert word in text


def test_the_digest_counts_a_copied_text_once(played):
    _, folder = played
    (digest,) = (folder / "out").glob("*digest*.txt")
    assert "harbourtimes.example (copy)" in digest.read_text("utf-8")


def test_what_it_leaves_can_be_looked_at_with_the_usual_commands(played):
    _, folder = played
    store = Store.read(load(folder / "config.yaml").config.database)
    assert len(store.articles.latest(limit=200)) == 83
    store.close()


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path):
    kept = tmp_path / "novel.txt"
    kept.write_text("Chapter one")
    done = run_demo(tmp_path, "--folder", str(tmp_path))
    assert done.returncode == 2
    assert "something else" in done.stderr
    assert list(tmp_path.iterdir()) == [kept]
