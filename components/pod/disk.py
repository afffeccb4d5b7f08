"""Failures of the pod's disk, told with the file and what the system calls wrong; none is worth another attempt."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import threading
from pathlib import Path
from typing import Callable, Iterator

from retry import Stopped

# What each of the transfers that run side by side holds in memory.
CHUNK_BYTES = 256 * 1024

CAUSES = {
    errno.ENOSPC: "no space is left on its volume",
    errno.EDQUOT: "the quota of its volume is used up",
    errno.EROFS: "its volume is mounted read-only",
    errno.EIO: "its volume failed",
}


class DiskFailed(Exception):
    """A file of this pod could not be read or written."""

    def __init__(self, doing: str, file: Path, error: OSError) -> None:
        super().__init__(f"{file} could not be {doing}: {CAUSES.get(error.errno, error.strerror or str(error))}")
        self.full = error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def on_disk(doing: str, file: Path) -> Iterator[None]:
    """`doing` is `read` or `written`."""
    try:
        yield
    except OSError as error:
        raise DiskFailed(doing, file, error) from error


def free_bytes(directory: Path) -> int | None:
    """At most this much can be written; None where the file system does not tell."""
    found = os.statvfs(directory)
    return found.f_bfree * found.f_frsize if found.f_blocks else None


def hash_file(
    file: Path,
    on_bytes: Callable[[int], None] = lambda _count: None,
    stop: threading.Event | None = None,
):
    """A SHA-256 that goes on after the file's end. Tells each piece's size; raises `Stopped` when `stop` is set."""
    digest = hashlib.sha256()
    with on_disk("read", file), file.open("rb", buffering=0) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            if stop and stop.is_set():
                raise Stopped
            digest.update(chunk)
            on_bytes(len(chunk))
    return digest
