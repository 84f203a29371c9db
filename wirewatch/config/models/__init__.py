"""The configuration's models, a file per subject: what each key is called, means, and may hold."""

from wirewatch.config.models.root import PartModel, RootModel, ShippedModel

__all__ = ["PartModel", "RootModel", "ShippedModel"]
