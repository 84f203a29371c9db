"""wirewatch: the frame of the house; floor (model, text, clock, http) and roof (store, service, cli)."""

import sys

__version__ = "0.1.0"

# `import httpx` brings its command line along wherever Rich is installed: a tenth of a second and
# four megabytes of Rich and Pygments for nothing. It does without when this import fails.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type] # None is how an import is refused
