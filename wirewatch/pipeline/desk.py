"""What every decision of the pipeline needs: the configuration in force, its rules, its templates."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.render import Renderer
from rules import Program
from wirewatch.clock import Clock
from wirewatch.model import Config


@dataclass(frozen=True, slots=True)
class Desk:
    """One version of the configuration, ready to work with; a reload makes another one."""

    config: Config
    program: Program
    renderer: Renderer
    clock: Clock
