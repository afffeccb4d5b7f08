"""Keeps on S3 what a container prints: the cluster forgets it together with the pod."""

from __future__ import annotations

import os
import select
import sys
import tempfile
import threading
import time
import traceback

import objects
import retry

# What is kept of a longer log is its end.
KEPT_BYTES = 64 * 1024**2
# S3 cannot append, so a log is sent whole each time, a long one less often: about this much per second.
BYTES_PER_SECOND = 512 * 1024
CHUNK_BYTES = 64 * 1024
END_SECONDS = 10.0


class KeptLog:
    """Inside of `with`, all that this process and its children print goes to the container's output and into a file.

    The file is brought to `logs/<pod>/<container>.log` of the run directory by `update`, and at the end in every case.
    That is never worth failing for.
    """

    def __init__(self, run: objects.Prefix, container: str) -> None:
        self.run = run
        # A pod whose Job was made by an older version does not know its name.
        pod = os.environ.get("AFRAME_POD_NAME")
        self.name = f"logs/{pod}/{container}.log" if pod else None
        self.file = tempfile.TemporaryFile(buffering=0)
        self.copied, self.copied_at = 0, 0.0

    def __enter__(self) -> KeptLog:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            stream.reconfigure(line_buffering=True)
        self.outputs = {number: os.dup(number) for number in (1, 2)}
        self.reader, writer = os.pipe()
        self.end_reader, self.end_writer = os.pipe()
        # One pipe for both, so that what is printed stays in order.
        for number in self.outputs:
            os.dup2(writer, number)
        os.close(writer)
        self.thread = threading.Thread(target=self._pump, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, kind, error, trace) -> None:
        unexpected = error is not None and not isinstance(error, SystemExit)
        if unexpected:
            traceback.print_exception(kind, error, trace)
        sys.stdout.flush()
        sys.stderr.flush()
        for number, output in self.outputs.items():
            os.dup2(output, number)
        # A process that outlives its parent may hold the pipe open, so its end is not waited for.
        os.close(self.end_writer)
        self.thread.join(END_SECONDS)
        self._copy()
        if unexpected:
            sys.exit(1)

    def update(self) -> None:
        """Copies what is new, unless that would be too soon for a log of this size."""
        if time.monotonic() - self.copied_at >= min(self._size(), KEPT_BYTES) / BYTES_PER_SECOND:
            self._copy()

    def _copy(self) -> None:
        size = self._size()
        if self.name is None or size == self.copied:
            return
        try:
            start = max(0, size - KEPT_BYTES)
            note = f"[the first {start} bytes are not kept]\n".encode() if start else b""
            text = note + os.pread(self.file.fileno(), size - start, start)
            self.run.write(self.name, text, "text/plain; charset=utf-8", retry.HASTY_TRIES)
            self.copied, self.copied_at = size, time.monotonic()
        except (retry.Failed, OSError) as error:
            print(f"{self.name} could not be copied to {self.run.uri}: {error}", file=sys.stderr, flush=True)

    def _size(self) -> int:
        return os.fstat(self.file.fileno()).st_size

    def _pump(self) -> None:
        """Passes on what comes as it comes, until the end has been asked for and all that was printed is out."""
        while True:
            ready, _, _ = select.select([self.reader, self.end_reader], [], [])
            chunk = os.read(self.reader, CHUNK_BYTES) if self.reader in ready else b""
            if not chunk:
                return
            # Whoever prints must not be stopped by a full disk or by an output that nobody reads.
            for target in (self.outputs[1], self.file.fileno()):
                try:
                    write_all(target, chunk)
                except OSError:
                    pass


def write_all(target: int, data: bytes) -> None:
    while data:
        data = data[os.write(target, data) :]
