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
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FEED = b"""<rss version="2.0"><channel><title>G</title><item><title>Airstrike kills two in Mosul, Iraq</title>
<link>https://gazette.example/1</link></item></channel></rss>"""

# Lines of the README that install something, and a command that goes on for ever.
INSTALLS = ("uv tool install", "python3 -m venv", ".venv/bin/pip install", "make")
SERVICES = ("start",)
OURS = {"./run", "wirewatch", ".venv/bin/wirewatch"}
OTHERS_YAML = ("scrape_configs:", "services:")


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


def in_readme() -> list[str]:
    lines = [line for page, line in commands() if page == "README.md"]
    return [line for line in lines if not line.startswith(INSTALLS)]


def in_pages() -> list[tuple[str, str]]:
    """Every call of ours in the other pages, `cp a b && wirewatch check` taken apart."""
    parts = [(page, part.strip()) for page, line in commands() for part in re.split(r"&&|\|", line)]
    calls = [(page, part) for page, part in parts if part and part.split()[0] in OURS]
    return [(page, part) for page, part in calls if page != "README.md"]


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


@pytest.mark.parametrize("line", in_readme())
def test_every_command_of_the_readme_runs(desk, line, monkeypatch, capsys):
    called, *words = shlex.split(line, comments=True)
    assert called in OURS
    if words in (["demo"], ["test"], ["run"]):  # test_demo.py; this; what `./run start` does
        return
    if words[0] == "init":
        words = [*words, "elsewhere.yaml", "--no-try"]  # trying would ask the shipped feeds
    if words[0] == "doctor":
        words = [*words, "--offline"] if "--offline" in help_of("doctor", capsys) else words
    if words[0] in SERVICES:
        status, output = start_and_stop(desk)
    else:
        monkeypatch.chdir(desk)
        status, output = status_of(words), capsys.readouterr().err
    assert status == 0, output


def help_of(command: str, capsys) -> str:
    assert status_of([*command.split(), "--help"]) == 0, f"there is no command {command}"
    return capsys.readouterr().out


@pytest.mark.parametrize(("page", "line"), sorted(set(in_pages())))
def test_every_call_in_the_pages_names_a_command_and_options_that_exist(page, line, capsys):
    _, *words = shlex.split(line, comments=True)
    if words[0] in {"setup", "test", "start"}:  # those of ./run
        return
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    name = words[0]
    text = help_of(name, capsys)
    if "COMMAND [ARGS]" in text:
        name = " ".join(words[:2])
        text = help_of(name, capsys)
    assert {option for option in options if option not in text} == set()


def what_stands_for(name: str) -> str:
    """A value for an environment variable that an example names."""
    if "SECRET" in name:
        return "whsec_c2VlZC1zZWVkLXNlZWQtc2VlZC1zZWVkLXNlZWQ="
    return "https://hook.example/" if "HOOK" in name or "URL" in name else "x"


@pytest.mark.parametrize(("page", "text"), blocks("yaml"))
def test_every_piece_of_configuration_is_valid(tmp_path, page, text):
    if text.startswith(OTHERS_YAML):
        return
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


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links to them, as GitHub makes it."""
    titles = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page):
    nowhere = []
    for path, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = page.parent / path if path else page
        if "://" not in path and not (
            target.exists() and (not anchor or anchor in anchors(target))
        ):
            nowhere.append(f"{path}#{anchor}")
    assert nowhere == []


def test_run_says_what_it_can_do():
    done = subprocess.run(["sh", str(ROOT / "run")], capture_output=True, text=True, check=True)
    for word in ("./run demo", "./run start", "./run test", "./run setup"):
        assert word in done.stdout
