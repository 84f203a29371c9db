"""What the documentation says is so: every command runs, every piece of configuration is valid, every link leads somewhere."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

from wirewatch.cli import status_of
from wirewatch.config import load
from wirewatch.demo.loopback import Answer, serving

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
FEED = b"""<rss version="2.0"><channel><title>G</title><item><title>Airstrike kills two in Mosul, Iraq</title>
<link>https://gazette.example/1</link></item></channel></rss>"""

# Commands that install something or go on for ever, and what stands for them here.
INSTALLS = ("uv tool install", "python3 -m venv", ".venv/bin/pip install", "pipx install", "make")
SERVICES = ("start", "run")


def blocks(language: str) -> list[tuple[str, str]]:
    return [
        (page.relative_to(ROOT).as_posix(), text)
        for page in PAGES
        for kind, text in BLOCK.findall(page.read_text(encoding="utf-8"))
        if kind == language
    ]


def commands() -> list[tuple[str, str]]:
    lines = [(page, line) for page, text in blocks("sh") for line in text.splitlines()]
    return [(page, line) for page, line in lines if line.strip() and not line.startswith("#")]


def arguments(line: str) -> list[str] | None:
    """What `wirewatch` is asked for; None for lines that install."""
    if line.startswith(INSTALLS):
        return None
    words = shlex.split(line, comments=True)
    assert words[0] in {"./run", "wirewatch", ".venv/bin/wirewatch"}, f"what is {words[0]}?"
    return words[1:]


@contextlib.contextmanager
def a_desk(folder: Path, port: int):
    """A folder with the shipped configuration, whose feeds are one feed on loopback."""
    raw = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    raw["feeds"] = [{"name": "Gazette", "url": f"http://127.0.0.1:{port}/rss.xml"}]
    raw["fetch"] = {"allow_private": ["127.0.0.1"]}
    (folder / "config.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    yield folder


def start_and_stop(folder: Path) -> tuple[int, str]:
    """Run the service until it says that it has started, then ask it to stop."""
    command = [sys.executable, "-u", "-m", "wirewatch", "run"]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as service:
        watchdog = threading.Timer(40, service.kill)
        watchdog.start()
        lines = []
        for line in service.stdout:
            lines.append(line)
            if "started feeds=" in line:
                service.send_signal(signal.SIGTERM)
        watchdog.cancel()
        return service.wait(20), "".join(lines)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """The desk's folder, with its feed being served while the tests run."""
    started, loop, stop = threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    ports = []

    async def serve() -> None:
        async with serving(lambda _: Answer(200, FEED, {"Content-Type": "text/xml"})) as port:
            ports.append(port)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    started.wait(10)
    with a_desk(tmp_path_factory.mktemp("desk"), ports[0]) as folder:
        with contextlib.chdir(folder):
            assert status_of(["once"]) == 0  # what the lists list
        yield folder
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


@pytest.mark.parametrize(("page", "line"), commands())
def test_every_command_of_the_documentation_runs(desk, page, line, monkeypatch, capsys):
    words = arguments(line)
    if words is None or words == ["demo"]:  # test_demo.py runs it, and looks at what it leaves
        return
    if words[0] == "test":
        return  # this is it
    if words[0] in SERVICES:
        status, output = start_and_stop(desk)
    else:
        monkeypatch.chdir(desk)
        status, output = status_of(words), capsys.readouterr().err
    assert status == 0, output


def what_stands_for(name: str) -> str:
    """A value for an environment variable that an example names."""
    if "SECRET" in name:
        return "whsec_c2VlZC1zZWVkLXNlZWQtc2VlZC1zZWVkLXNlZWQ="
    return "https://hook.example/" if "HOOK" in name or "URL" in name else "x"


@pytest.mark.parametrize(("page", "text"), blocks("yaml"))
def test_every_piece_of_configuration_is_valid(tmp_path, page, text):
    whole = {"version": 1, "contact": "a@example.org"}
    whole |= {"feeds": [{"name": "G", "url": "https://gazette.example/rss"}]}
    whole |= {"rules": [{"id": "r", "match": ["strike"]}], "channels": {"desk": {"type": "file"}}}
    given = yaml.safe_load(text)
    whole["channels"] |= given.pop("channels", {})
    whole |= given
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False), encoding="utf-8")
    secrets = {name: what_stands_for(name) for name in re.findall(r"\$\{(\w+)", text)}
    load(path, environ={**os.environ, **secrets})


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page):
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


def test_run_says_what_it_can_do():
    done = subprocess.run(["sh", str(ROOT / "run")], capture_output=True, text=True, check=True)
    for word in ("./run demo", "./run start", "./run test", "./run setup"):
        assert word in done.stdout
