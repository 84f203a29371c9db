"""What holds for every test: properties without a stopwatch, the same examples on every machine."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

# Each COMMIT waits for the disk, and tests make thousands of them: a third of their time. What fsync
# promises is the disk's to keep; that it is asked for stands in the store's pragmas.
MEMORY = Path("/dev/shm")  # Linux: a file system in memory
if (
    "TMPDIR" not in os.environ
    and os.access(MEMORY, os.W_OK)
    and shutil.disk_usage(MEMORY).free > 1_000_000_000
):
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None

settings.register_profile(
    "wirewatch",
    deadline=None,
    max_examples=200 if os.environ.get("WIREWATCH_LONG") else 30,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("wirewatch")
