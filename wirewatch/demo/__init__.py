"""The demo: a small invented world on loopback, watched by the same service as the real one.

`world/` is the data (outlets, articles, what must match), `world.py` reads it, `dialects.py`
prints its feeds, `loopback.py` and `mailbox.py` are the servers, `verdict.py` compares what
arrived with what the world should cause, `narrate.py` tells what happens, `play.py` runs it all, `command.py` is `wirewatch demo`.
"""
