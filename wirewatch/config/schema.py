"""The JSON Schema of config.yaml, made of the models."""

from __future__ import annotations

import json
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from wirewatch.config import words
from wirewatch.config.models import RootModel


class _Schema(GenerateJsonSchema):
    """Writes defaults as people write them in the file."""

    def encode_default(self, dft: Any) -> Any:  # noqa: ANN401 - pydantic's signature
        if isinstance(dft, BaseModel):
            return {}
        return (
            as_written(dft)
            if isinstance(dft, (timedelta, time, Path, list))
            else super().encode_default(dft)
        )


def schema() -> dict[str, Any]:
    """Return the schema (2020-12), keys as in the file."""
    made = RootModel.model_json_schema(by_alias=True, schema_generator=_Schema)
    made["title"] = "wirewatch configuration"
    return {"$schema": GenerateJsonSchema.schema_dialect, **made}


def schema_text() -> str:
    """Return the schema as the file that ships."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def as_written(value: object) -> object:
    """Return a default as it would be written: `15m`, `07:00`."""
    match value:
        case timedelta():
            return words.spell(value)
        case time():
            return value.strftime("%H:%M")
        case Path():
            return str(value)
        case list():
            return [as_written(each) for each in value]
        case _:
            return value
