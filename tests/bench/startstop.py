"""How long from start to the first poll, and from SIGTERM to the end: `python -m tests.bench.startstop`.

Runs the real program with the shipped rules and 200 feeds on as many loopback addresses, whose
servers take a request and never answer. Prints seconds of wall time, and what the processor was
busy with it meanwhile: a machine with other work makes only the first of the two longer.
"""
# ruff: noqa: T201 - a command that prints, and looks at the machine's clock

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

FEEDS = 200
_WAIT_S = 60.0


class Silence:
    """Servers on 127.0.1.1 and up: they take connections, and answer nothing."""

    def __init__(self, count: int) -> None:
        self.taken_at: list[float] = []
        self.first, self.all = threading.Event(), threading.Event()
        self._selector = selectors.DefaultSelector()
        self._held: list[socket.socket] = []
        self.hosts = [f"127.0.{1 + n // 250}.{1 + n % 250}" for n in range(count)]
        self.port = 0
        for host in self.hosts:
            listener = socket.create_server((host, self.port), backlog=16)
            self.port = listener.getsockname()[1]
            self._selector.register(listener, selectors.EVENT_READ)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                listener = key.fileobj
                assert isinstance(listener, socket.socket)
                self._held.append(listener.accept()[0])
                self.taken_at.append(time.perf_counter())
                self.first.set()
                if len(self.taken_at) == len(self.hosts):
                    self.all.set()


def write(folder: Path, silence: Silence) -> Path:
    """Write the shipped configuration, with other feeds."""
    shipped = Path(__file__).parents[2].joinpath("config.yaml").read_text()
    before, _, rest = shipped.partition("\nfeeds:\n")
    after = rest[rest.index("\n# ──") :]
    rows = [
        f"  - {{name: F{n}, url: 'http://{host}:{silence.port}/'}}"
        for n, host in enumerate(silence.hosts)
    ]
    allowed = ", ".join(silence.hosts)
    path = folder / "config.yaml"
    path.write_text(
        f"{before}\nfetch: {{concurrency: {FEEDS}, allow_private: [{allowed}]}}\nfeeds:\n"
        + "\n".join(rows)
        + after
    )
    return path


def _cpu_s(pid: int) -> float:
    """Return what a running process has used so far; 0.0 where the system doesn't tell."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Take the figures twice: with a new database, and with one that is there."""
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for what in ("a new database", "a database from before"):
            silence = Silence(FEEDS)
            path = write(Path(folder), silence)
            before = os.times()
            started = time.perf_counter()
            program = subprocess.Popen(
                [sys.executable, "-m", "wirewatch", "run", "--config", str(path)],
                stderr=subprocess.DEVNULL,
            )
            assert silence.first.wait(_WAIT_S)
            first, first_cpu = silence.taken_at[0] - started, _cpu_s(program.pid)
            assert silence.all.wait(_WAIT_S)
            all_s = silence.taken_at[-1] - started
            asked = time.perf_counter()
            program.send_signal(signal.SIGTERM)
            status = program.wait(timeout=_WAIT_S)
            ended = time.perf_counter() - asked
            after = os.times()
            cpu = (
                after.children_user
                + after.children_system
                - before.children_user
                - before.children_system
            )
            print(
                f"{what}: first poll after {first:.2f} s ({first_cpu:.2f} s of CPU), {FEEDS} in flight after {all_s:.2f} s, "
                f"ended {ended:.2f} s after SIGTERM with status {status} ({cpu:.2f} s of CPU in all)"
            )
            missed += first > 1.5 or ended > 10 or status != 0
    return min(missed, 1)


if __name__ == "__main__":
    raise SystemExit(main())
