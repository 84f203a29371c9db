"""Logs: one event a line on stderr, text on a terminal, JSON lines elsewhere; never a secret."""
