"""A desk whose rules need no compiling: what telling asks of one, and no more."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.render import Renderer
from wirewatch.model import Config, RuleSpec


@dataclass(frozen=True)
class ARule:
    spec: RuleSpec
    id: str = "strike"
    title: str = "Strikes"


@dataclass(frozen=True)
class AProgram:
    rules: tuple[ARule, ...]


@dataclass(frozen=True)
class ADesk:
    config: Config
    program: AProgram
    renderer: Renderer
