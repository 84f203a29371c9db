"""What holds for every test: properties without a stopwatch, the same examples on every machine."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "wirewatch",
    deadline=None,
    max_examples=200 if os.environ.get("WIREWATCH_LONG") else 30,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("wirewatch")
