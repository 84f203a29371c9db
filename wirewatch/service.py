"""Wiring, schedule, signals."""
