"""`wirewatch install-service`: a systemd unit with this machine's paths."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

import wirewatch
from wirewatch.cli.common import say
from wirewatch.errors import StoreError, UsageError

SYSTEM = Path("/etc/systemd/system/wirewatch.service")
ETC_CONFIG = Path("/etc/wirewatch/config.yaml")
# What a user's own service manager can't do, or would break a program in the home folder.
_NOT_FOR_USERS = (
    "#",
    "DynamicUser=",
    "StateDirectory=",
    "ConfigurationDirectory=",
    "ProtectHome=",
    "PrivateUsers=",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "ProtectClock=",
    "ProtectKernelLogs=",
    "ProtectKernelModules=",
    "PrivateDevices=",
    "DevicePolicy=",
    "IPAddressDeny=",
    "After=network-online",
    "Wants=network-online",
    "ProcSubset=",
    "ProtectProc=",
    "PrivateIPC=",
)


@click.command("install-service")
@click.option("--user", "for_user", is_flag=True, help="For your own account, without root.")
@click.option("--config", type=click.Path(path_type=Path), help="The configuration it runs on.")
@click.option("--print", "only_print", is_flag=True, help="Print the unit instead of writing it.")
@click.option("--force", is_flag=True, help="Replace a unit that is there.")
def install_service(*, for_user: bool, config: Path | None, only_print: bool, force: bool) -> None:
    """Write a systemd unit that runs this wirewatch, and say how to start it.

    The system unit runs under an account of its own that can write nowhere but to
    /var/lib/wirewatch, and reads /etc/wirewatch/config.yaml. With --user it runs as you do, on
    ~/.config/wirewatch/config.yaml, with the database beside it.
    """
    if for_user and config is None:
        config = _user_home() / "wirewatch" / "config.yaml"
    text = unit(template(), program=program(), config=config, for_user=for_user)
    if only_print:
        click.echo(text, nl=False)
        return
    path = _user_path() if for_user else SYSTEM
    if path.exists() and not force:
        raise UsageError(f"{path} is there already; --force replaces it, --print shows the new one")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        hint = "" if for_user else "; run it as root, or take --user"
        raise StoreError(f"can't write {path}: {error.strerror}{hint}") from error
    systemctl = "systemctl --user" if for_user else "systemctl"
    say(f"wrote {path}")
    runs_on = config or ETC_CONFIG
    if not runs_on.exists():
        say(f"first:     wirewatch init {runs_on}")
    say(f"start it:  {systemctl} daemon-reload && {systemctl} enable --now wirewatch")
    if for_user:
        say("keep it running when you log out:  loginctl enable-linger")


def template() -> str:
    """Return the unit that ships: packaged, or in the checkout.

    Raises:
        StoreError: This installation lacks it.
    """
    package = Path(wirewatch.__file__).parent
    for folder in (package / "starter", package.parent / "deploy"):
        path = folder / "wirewatch.service"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise StoreError("this installation lacks its wirewatch.service; install wirewatch again")


def program() -> str:
    """Return the command that runs this very installation."""
    script = Path(sys.argv[0])
    if script.name == "wirewatch" and script.exists():
        return str(script.absolute())
    return shutil.which("wirewatch") or f"{sys.executable} -m wirewatch"


def unit(text: str, *, program: str, config: Path | None = None, for_user: bool = False) -> str:
    """Return the unit for a program, a configuration and a kind of service manager.

    A user's unit needs `config`: its folder is where the database goes.
    """
    lines = []
    for line in text.splitlines():
        if for_user and line.startswith(_NOT_FOR_USERS):
            continue
        match line.partition("=")[0]:
            case "ExecStart":
                where = (
                    str(config.absolute()) if config else "${CONFIGURATION_DIRECTORY}/config.yaml"
                )
                lines.append(f"ExecStart={program} run --config {_quoted(where)}")
            case "WorkingDirectory" if for_user and config:
                folder = config.absolute().parent
                lines.append("WorkingDirectory=" + str(folder).replace("%", "%%"))
                lines.append(f"ReadWritePaths={_quoted(str(folder))}")
            case "WantedBy" if for_user:
                lines.append("WantedBy=default.target")
            case _:
                lines.append(line)
    return "\n".join(lines).lstrip() + "\n"


def _quoted(path: str) -> str:
    """Quote where needed; the variable must stay bare to be replaced."""
    path = path.replace("%", "%%")
    return f'"{path}"' if " " in path else path


def _user_home() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def _user_path() -> Path:
    return _user_home() / "systemd" / "user" / "wirewatch.service"
