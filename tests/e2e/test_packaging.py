"""What is in the wheel and the sdist, and that the wheel works far from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Wheel and sdist, built without the network: hatchling is a test dependency."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(out)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = out.glob("*.whl")
    (sdist,) = out.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """The wheel, unpacked as an installer would, and an empty folder to work in."""
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(built[0]) as wheel:
        wheel.extractall(site)
    return site, tmp_path_factory.mktemp("empty")


def wirewatch(installed, *arguments, code="from wirewatch.cli import main; main()"):
    site, folder = installed
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_the_program_and_nothing_else(built):
    names = zipfile.ZipFile(built[0]).namelist()
    tops = {name.split("/")[0] for name in names}
    (meta,) = (top for top in tops if top.endswith(".dist-info"))
    assert tops == {"alerts", "ingest", "rules", "wirewatch", meta}
    assert not any(name.startswith("tests/") or "__pycache__" in name for name in names)


def test_the_wheel_holds_everything_that_is_no_code(built):
    names = zipfile.ZipFile(built[0]).namelist()
    for folder, suffix in (
        ("templates", ".j2"),
        ("rules/lists", ".yaml"),
        ("wirewatch/demo/world", ".yaml"),
    ):
        ours = {p.name for p in (ROOT / folder).rglob(f"*{suffix}")}
        assert ours
        assert ours <= {name.rpartition("/")[2] for name in names}
    for name in (
        "starter/config.yaml",
        "starter/config.schema.json",
        "demo/config.yaml",
        "py.typed",
    ):
        assert f"wirewatch/{name}" in names


def test_the_sdist_holds_what_a_checkout_needs(built):
    with tarfile.open(built[1]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {
        "run",
        "config.yaml",
        "constraints.txt",
        "README.md",
        "LICENSE",
        "pyproject.toml",
    } <= names
    assert not any(name.startswith((".venv", "dist", "wirewatch-demo", "out/")) for name in names)


def test_the_installed_program_is_the_one_that_runs(installed):
    shown = wirewatch(
        installed,
        code="import alerts, ingest, rules, wirewatch; print(*(m.__file__ for m in (alerts, ingest, rules, wirewatch)))",
    )
    assert shown.stdout.count(str(installed[0])) == 4


def test_the_shipped_configuration_is_valid_from_an_empty_folder(installed):
    site, folder = installed
    (folder / "config.yaml").write_bytes((site / "wirewatch/starter/config.yaml").read_bytes())
    checked = wirewatch(installed, "check")
    assert checked.returncode == 0, checked.stderr
    assert "warning" not in checked.stderr


@pytest.mark.skipif(Path("/etc/wirewatch/config.yaml").exists(), reason="this machine has one")
def test_an_empty_folder_is_told_where_to_begin(installed, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("WIREWATCH_CONFIG", raising=False)
    told = wirewatch((installed[0], tmp_path), "check")
    assert told.returncode == 2
    assert "wirewatch init" in told.stderr
