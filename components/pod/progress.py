"""One line each ten seconds on how far the data have come."""

from __future__ import annotations

import threading
import time

EVERY_SECONDS = 10.0


class Progress:
    """Bytes of a whole that are there already (found), or have come since (received); any thread may add some."""

    def __init__(self, total: int) -> None:
        self.total, self.found, self.received = total, 0, 0
        self.lock = threading.Lock()
        self.start = self.said_at = time.monotonic()

    def add(self, found: int = 0, received: int = 0) -> None:
        """Negative when what was counted turns out to be wrong."""
        with self.lock:
            self.found += found
            self.received += received

    @property
    def done(self) -> int:
        return self.found + self.received

    def due_in(self) -> float:
        return max(0.0, self.said_at + EVERY_SECONDS - time.monotonic())

    def say(self) -> None:
        """What is found is read much quicker than the rest comes, so the time that is left is by that alone."""
        self.said_at = time.monotonic()
        rate = max(0.0, self.received / (self.said_at - self.start))
        left = duration((self.total - self.done) / rate) if rate > 0 else "?"
        share = 100 * self.done // self.total if self.total else 100
        amounts = f"{amount(self.done)} of {amount(self.total)} ({share} %)"
        print(f"fetched {amounts}, {amount(rate)}/s, {left} left", flush=True)


def amount(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"


def duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
