"""One normaliser for articles and phrases, in every script; offsets into the original are kept."""

from wirewatch.text.clean import clean, clean_line, sendable
from wirewatch.text.tokens import Token, fold, tokens, words

__all__ = ["Token", "clean", "clean_line", "fold", "sendable", "tokens", "words"]
