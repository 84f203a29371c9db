"""wirewatch: the frame of the house; floor (model, text, clock, http) and roof (store, service, cli)."""

__version__ = "0.1.0"
