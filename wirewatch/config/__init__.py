"""The configuration: the only reader of YAML, the only user of pydantic."""

from wirewatch.config.load import Loaded, load, locate

__all__ = ["Loaded", "load", "locate"]
