"""Whose a file is that root makes: the account's whose folder it is.

`sudo wirewatch db restore` beside a service that runs under an account of its own must not leave
a database, or a lock, that the service may not open.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def hand_over(path: Path) -> None:
    """Give a file or folder to the owner of the folder it is in, if root made it; else nothing."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    owner = path.parent.stat()
    with suppress(PermissionError):  # a root that may not: a container's, or over NFS
        os.chown(path, owner.st_uid, owner.st_gid)
