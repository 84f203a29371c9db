"""Decides what to tell whom and when, renders it, and delivers it. No SQL, no feeds."""
