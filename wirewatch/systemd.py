"""Tell systemd how it is: READY, STATUS, RELOADING, STOPPING, WATCHDOG. Nothing happens elsewhere.

The protocol is sd_notify(3): datagrams of KEY=VALUE lines to the socket named by $NOTIFY_SOCKET.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Self


class Notifier:
    """Sends to the service manager; a failure to do so is no failure of the service."""

    def __init__(self, address: str | None, watchdog: timedelta | None = None) -> None:
        """Bind to a socket's address; `watchdog` is how long systemd waits for a sign of life."""
        self._address, self.watchdog = address, watchdog

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Return the manager that started this process, or one that hears nothing."""
        microseconds = environ.get("WATCHDOG_USEC", "")
        mine = environ.get("WATCHDOG_PID") in {None, "", str(os.getpid())}
        watchdog = timedelta(microseconds=int(microseconds)) if microseconds.isdigit() else None
        return cls(environ.get("NOTIFY_SOCKET") or None, watchdog if mine else None)

    @property
    def hears(self) -> bool:
        """Whether anybody listens."""
        return self._address is not None

    def ready(self) -> None:
        """Start-up (or a reload) is done."""
        self._send("READY=1")

    def reloading(self, monotonic: float) -> None:
        """A reload begins; `ready` ends it.

        Args:
            monotonic: Seconds on CLOCK_MONOTONIC, which Type=notify-reload compares.
        """
        self._send(f"RELOADING=1\nMONOTONIC_USEC={round(monotonic * 1_000_000)}")

    def stopping(self) -> None:
        """The end has begun."""
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        """Say in one line how it is; `systemctl status` shows it."""
        self._send("STATUS=" + " ".join(text.split()))

    def alive(self) -> None:
        """Feed the watchdog: to be called only where work was really done, such as after a commit."""
        self._send("WATCHDOG=1")

    def _send(self, text: str) -> None:
        if self._address is None or not hasattr(socket, "AF_UNIX"):
            return
        # A leading @ stands for the NUL of Linux' abstract namespace.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.sendto(text.encode(), address)
