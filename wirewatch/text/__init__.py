"""One normaliser for articles and phrases, in every script; offsets into the original are kept."""

from wirewatch.text.clean import clean, clean_line
from wirewatch.text.tokens import Token, fold, tokens, words

__all__ = ["Token", "clean", "clean_line", "fold", "tokens", "words"]
