"""What the configuration's models have in common: strictness, references, words.

Values arrive as texts (see `wirewatch.config.yaml`): each type here says how its text is read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic_core import core_schema

from wirewatch.config import words
from wirewatch.config.secret import References
from wirewatch.config.words import Wrong

Schema = dict[str, Any]


class Model(BaseModel):
    """A mapping of the file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Reads:
    """Says how a text becomes a value, and what editors are told of it."""

    def __init__(
        self,
        parse: Callable[[str], object] = str,
        *,
        schema: Schema,
        references: bool = True,
        secret: bool = False,
    ) -> None:
        """Read texts by `parse`, which raises Wrong.

        Args:
            parse: From text to value.
            schema: JSON Schema of what may be written.
            references: `${NAME}` is replaced first.
            secret: `file:` and `credential:` lead somewhere, too.
        """
        self.parse, self.schema, self.references, self.secret = parse, schema, references, secret

    def __get_pydantic_core_schema__(
        self, source: type, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Run before pydantic's own validation of the type."""
        return core_schema.with_info_before_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(self, _core: object, _handler: GetJsonSchemaHandler) -> Schema:
        """Return what editors are told."""
        return dict(self.schema)

    def _read(self, value: object, info: core_schema.ValidationInfo) -> object:
        if not isinstance(value, str):
            return _refuse(value)
        where = info.context
        if isinstance(where, References) and (self.references or self.secret):
            value = where.secret(value) if self.secret else where.text(value)
        return self.parse(value)


def _refuse(value: object) -> object:
    match value:
        case None:
            raise Wrong("has no value", "give it one, or leave the key out; quote the word null")
        case dict():
            raise Wrong(
                "expects one value, not a mapping", "put quotes around a text with ': ' in it"
            )
        case list():
            raise Wrong("expects one value, not a list", "leave out the brackets or the '- '")
        case _:
            return value


class Shorthand:
    """Lets something be written in another form than it has; editors are told of both."""

    def __init__(
        self, expand: Callable[[object], object], *, describe: Callable[[Schema], Schema]
    ) -> None:
        """Give the function that makes the long form, and the JSON Schema of both from the long one's."""
        self.expand, self.describe = expand, describe

    def __get_pydantic_core_schema__(
        self, source: type, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Run before pydantic's own validation."""
        return core_schema.no_info_before_validator_function(self.expand, handler(source))

    def __get_pydantic_json_schema__(
        self, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> Schema:
        """Return either form."""
        return self.describe(handler(core))


def _many(value: object) -> object:
    match value:
        case None:
            raise Wrong("is an empty list", "give it a value, or leave the key out")
        case str():
            return [value]
        case _:
            return value


def _filled(text: str) -> str:
    text = text.strip()
    if not text:
        raise Wrong("is empty")
    return text


SECRET: Schema = {"type": "string", "format": "secret"}
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_DURATION: Schema = {"type": "string", "examples": ["60s", "4h", "90d"]}


def _or_reference(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "string", "pattern": r"\$\{.+\}"}]}


def whole(low: int, high: int) -> Reads:
    """A whole number in [low, high]."""

    def parse(text: str) -> int:
        number = words.whole(text)
        if not low <= number <= high:
            raise Wrong(f"{number} is out of range", f"{low} to {high} is allowed")
        return number

    schema = {"type": "integer", "minimum": low, "maximum": high}
    return Reads(parse, schema=_or_reference(schema))


def real(low: float, high: float) -> Reads:
    """A number in [low, high]."""

    def parse(text: str) -> float:
        number = words.real(text)
        if not low <= number <= high:
            raise Wrong(f"{text} is out of range", f"{low:g} to {high:g} is allowed")
        return number

    schema = {"type": "number", "minimum": low, "maximum": high}
    return Reads(parse, schema=_or_reference(schema))


def lasting(low: str, high: str, *, never: str | None = None) -> Reads:
    """A duration in [low, high]; the word `never` stands for None."""
    least, most = words.duration(low), words.duration(high)

    def parse(text: str) -> timedelta | None:
        if text.strip() == never:
            return None
        delta = words.duration(text)
        if not least <= delta <= most:
            raise Wrong(f"{text} is out of range", f"{low} to {high} is allowed")
        return delta

    return Reads(parse, schema=_DURATION)


Text = Annotated[str, Reads(_filled, schema=_TEXT)]
"""A text in which `${NAME}` is replaced."""
Words = Annotated[str, Reads(schema=_TEXT, references=False)]
"""A text that stays what it is, dollars and all."""
Secret = Annotated[str, Reads(schema=SECRET, secret=True)]
"""`${NAME}`, `file:PATH`, `credential:NAME`, or (with a warning) the thing itself."""
Truth = Annotated[bool, Reads(words.truth, schema=_or_reference({"type": "boolean"}))]
Duration = Annotated[timedelta, Reads(words.duration, schema=_DURATION)]
Clock = Annotated[time, Reads(words.clock, schema={"type": "string", "examples": ["07:00"]})]
Zone = Annotated[str, Reads(words.zone, schema={"type": "string", "examples": ["Asia/Baghdad"]})]


def or_one(long: Schema) -> Schema:
    """A list, or its only member."""
    return {"anyOf": [long["items"], long]}


def or_nothing(long: Schema) -> Schema:
    """A list or mapping, or a key with nothing under it."""
    return long | {"type": [long["type"], "null"]}


Many = Shorthand(_many, describe=or_one)
"""For lists that may be written as their only member."""
