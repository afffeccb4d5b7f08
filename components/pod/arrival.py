"""One object arrives: from where an earlier attempt or pod had come to, and under its name only when it is right.

`pipeline/transfer/fetchObject.ts` does the same for the stages, with partial files of the same names.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import retry
from disk import CHUNK_BYTES, hash_file, on_disk
from objects import Prefix
from progress import Progress

PARTIAL_SUFFIX = ".aframe-part"


def partial_file(file: Path, sha256: str) -> Path:
    """Where contents arrive before they take their name; what lies there belongs to these contents and no others."""
    return file.with_name(f"{file.name}.{sha256[:16]}{PARTIAL_SUFFIX}")


class Arrival:
    """The bytes of one object that have arrived: in the partial file in order, and in the hash."""

    def __init__(self, artefact: dict, file: Path, progress: Progress, stop: threading.Event) -> None:
        self.artefact, self.file, self.progress, self.stop = artefact, file, progress, stop
        self.partial = partial_file(file, artefact["sha256"])
        self.etag: str | None = None
        self.answers: set[object] = set()

    def __enter__(self) -> Arrival:
        with on_disk("written", self.partial):
            self.partial.parent.mkdir(parents=True, exist_ok=True)
            self.partial.touch()
        self.digest = hash_file(self.partial, lambda count: self.progress.add(found=count), self.stop)
        with on_disk("written", self.partial):
            self.stream = self.partial.open("r+b", buffering=0)
            self.received = self.found = self.furthest = self.stream.seek(0, os.SEEK_END)
        if self.received > self.artefact["size"]:
            self.start_over()
        return self

    def __exit__(self, *_error) -> None:
        self.stream.close()
        if self.received == 0 and self.artefact["size"] > 0:
            self.partial.unlink(missing_ok=True)

    def progressed(self) -> bool:
        """Whether more has arrived than at any failure before."""
        further = self.received > self.furthest
        self.furthest = max(self.furthest, self.received)
        return further

    def receive(self, data: Prefix) -> None:
        """One request for all that is still missing."""
        if self.received < self.artefact["size"] or self.received == 0:
            body = self._ask(data)
            try:
                while chunk := body.read(CHUNK_BYTES):
                    self._write(chunk)
            finally:
                body.close()
        self._verify()

    def finish(self) -> None:
        """Gives the file its name."""
        with on_disk("written", self.partial):
            os.fsync(self.stream.fileno())
            self.partial.replace(self.file)

    def _ask(self, data: Prefix):
        try:
            answer = data.open(self.artefact["name"], self.received, self.etag)
        except retry.FAILURES as error:
            if retry.http_status(error) not in (412, 416):
                raise
            place = self.received
            self.start_over()
            raise self._other(f"HTTP {retry.http_status(error)} at {place}") from error
        if self.received and not answer.get("ContentRange", "").startswith(f"bytes {self.received}-"):
            # This server answers with the whole object whatever it is asked for.
            self.start_over()
        self.etag = answer.get("ETag")
        return answer["Body"]

    def _write(self, chunk: bytes) -> None:
        if self.stop.is_set():
            raise retry.Stopped
        if self.received + len(chunk) > self.artefact["size"]:
            self.start_over()
            raise self._other("more bytes than are listed")
        with on_disk("written", self.partial):
            rest = memoryview(chunk)
            while rest:
                rest = rest[self.stream.write(rest) :]
        self.digest.update(chunk)
        self.received += len(chunk)
        self.progress.add(received=len(chunk))

    def _verify(self) -> None:
        size, sha256 = self.received, self.digest.hexdigest()
        if size == self.artefact["size"] and sha256 == self.artefact["sha256"]:
            return
        if size < self.artefact["size"]:
            raise retry.Damaged(f"got {size} bytes of {self.artefact['size']}")
        self.start_over()
        raise self._other(sha256)

    def _other(self, what: str) -> retry.Damaged:
        """Faults on the way differ each time; whoever gives the same wrong answer twice has nothing else."""
        known = what in self.answers
        self.answers.add(what)
        return retry.Damaged(f"{self.artefact['name']} differs from its manifest", final=known)

    def start_over(self) -> None:
        self.progress.add(found=-self.found, received=self.found - self.received)
        self.received = self.found = 0
        self.etag = None
        with on_disk("written", self.partial):
            self.stream.seek(0)
            self.stream.truncate()
        self.digest = hash_file(self.partial)
