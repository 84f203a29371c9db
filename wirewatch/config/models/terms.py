"""Terms: phrases, and named things with their aliases."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from wirewatch.config import words
from wirewatch.config.models.base import Many, Model, Reads, Truth, Words
from wirewatch.config.words import Wrong

# ISO 639-1, and the languages of the region that have only three letters.
_LANGUAGES = frozenset((
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg",
    "bh", "bi", "bm", "bn", "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv",
    "cy", "da", "de", "dv", "dz", "ee", "el", "en", "eo", "es", "et", "eu", "fa", "ff", "fi",
    "fj", "fo", "fr", "fy", "ga", "gd", "gl", "gn", "gu", "gv", "ha", "he", "hi", "ho", "hr",
    "ht", "hu", "hy", "hz", "ia", "id", "ie", "ig", "ii", "ik", "io", "is", "it", "iu", "ja",
    "jv", "ka", "kg", "ki", "kj", "kk", "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw",
    "ky", "la", "lb", "lg", "li", "ln", "lo", "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml",
    "mn", "mr", "ms", "mt", "my", "na", "nb", "nd", "ne", "ng", "nl", "nn", "no", "nr", "nv",
    "ny", "oc", "oj", "om", "or", "os", "pa", "pi", "pl", "ps", "pt", "qu", "rm", "rn", "ro",
    "ru", "rw", "sa", "sc", "sd", "se", "sg", "si", "sk", "sl", "sm", "sn", "so", "sq", "sr",
    "ss", "st", "su", "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tl", "tn", "to", "tr",
    "ts", "tt", "tw", "ty", "ug", "uk", "ur", "uz", "ve", "vi", "vo", "wa", "wo", "xh", "yi",
    "yo", "za", "zh", "zu", "ckb", "kmr", "lrc", "prs", "syr", "aii", "arc",
))  # fmt: skip


def _phrase(text: str) -> str:
    if not text.strip():
        raise Wrong("is an empty phrase", "delete it, or quote what it should be")
    if "\n" in text.strip():
        raise Wrong("is one phrase over several lines", "begin each phrase with '- '")
    return text


def _country(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", text.strip()):
        raise Wrong(f'"{text}" is no country code', "write ISO 3166 letters: IQ, SY")
    code = text.strip().upper()
    return {"UK": "GB", "EL": "GR"}.get(code, code)  # as the European Union writes them


TEXT: dict[str, Any] = {"type": ["string", "number", "boolean"]}
Phrase = Annotated[str, Reads(_phrase, schema=TEXT, references=False)]
Country = Annotated[str, Reads(_country, schema={"type": "string"}, references=False)]


class EntityModel(Model):
    """A named thing with aliases; a language code (`ar:`, `fa:`, `ru:` …) gives its names in that language."""

    # Only language codes may be added: `_codes` refuses the rest.
    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Annotated[list[Phrase], Many]]

    name: Phrase = Field(description="The name, as reports show it.")
    also: Annotated[list[Phrase], Many] = Field(
        default=[], description="Further names, in phrase syntax (`=KH`)."
    )
    ambiguous: Truth = Field(
        default=False,
        description="The name needs context (Badr, HTS): it counts only near a word of conflict.",
    )
    country: Country | None = Field(default=None, description="ISO 3166 letters.")
    kind: Words | None = Field(
        default=None, description="What it is: group, place, base, force, platform …"
    )
    transliterate: Truth = Field(
        default=False,
        description="Expand the usual spellings of Arabic names (al/el, q/k, ee/i …).",
    )

    @model_validator(mode="after")
    def _only_languages(self) -> Self:
        for key in self.forms():
            if not is_language(key):
                known = [*type(self).model_fields, "ar", "fa", "he", "ru"]
                hint = words.did_you_mean(key, known)
                raise Wrong(
                    f'unknown key "{key}"',
                    hint or "names in another language stand under its code: ar, fa, he, ru",
                    key=key,
                )
        return self

    def forms(self) -> dict[str, list[str]]:
        """Names by language code."""
        return self.__pydantic_extra__ or {}


def is_language(key: str) -> bool:
    """Whether a key of an entity can be a language code."""
    return key.partition("-")[0] in _LANGUAGES


def _term_type(value: object) -> str | None:
    if isinstance(value, str):
        return "<phrase>"
    return "<entity>" if isinstance(value, dict) else None


Term = Annotated[
    Annotated[Phrase, Tag("<phrase>")] | Annotated[EntityModel, Tag("<entity>")],
    Discriminator(_term_type),
]
Terms = Annotated[list[Term], Many]
