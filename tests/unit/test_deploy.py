"""What stands in deploy/: hardened, and about metrics that exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
METRIC = re.compile(r"\bwirewatch_[a-z_]+")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_the_unit_is_hardened(tmp_path):
    """Exposure at most 1.5 of 10; the lines above the figure say what is left."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(DEPLOY / "wirewatch.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"exposure level for wirewatch\.service: ([0-9.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= 1.5


def documented() -> set[str]:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    return set(METRIC.findall(text))


@pytest.mark.parametrize("name", ["alerts.yaml", "grafana.json"])
def test_rules_and_dashboard_ask_for_metrics_that_exist(name):
    used = set(METRIC.findall((DEPLOY / name).read_text(encoding="utf-8")))
    known = documented() | {f"{each}_bucket" for each in documented()}
    assert used
    assert used - known == set()


def test_yaml_and_json_can_be_read():
    yaml = YAML(typ="safe")
    assert yaml.load(DEPLOY / "alerts.yaml")["groups"][0]["rules"]
    compose = yaml.load(DEPLOY / "compose.yaml")["services"]["wirewatch"]
    assert compose["read_only"] is True
    assert compose["user"] == "10001:10001"
    assert len(json.loads((DEPLOY / "grafana.json").read_text())["panels"]) >= 10


def test_the_image_copies_what_the_wheel_is_built_of():
    """Every path of hatchling's force-include is in the build stage."""
    text = (DEPLOY / "Dockerfile").read_text()
    project = (ROOT / "pyproject.toml").read_text()
    table = project.partition("[tool.hatch.build.targets.wheel.force-include]")[2].partition("[")[0]
    for path in re.findall(r'^"([^"]+)" =', table, re.MULTILINE):
        top = path.split("/")[0]
        assert re.search(rf"^COPY .*\b{re.escape(top)}\b", text, re.MULTILINE), path


def test_the_image_is_built_of_what_is_copied_and_nothing_else():
    """Else .venv, .git and a database with what was read would go to the build, too."""
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = re.findall(
        r"^COPY (?!--from)(.*) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE
    )
    assert "*" in ignored
    assert let_in == {path for line in copied for path in line.split()}
