"""Which failures of S3 are worth another attempt, how often, and what is said of the others.

`pipeline/transfer/retry.ts` judges the same failures for the stages.
"""

from __future__ import annotations

import os
import random
import socket
import sys
import threading
from typing import Callable, TypeVar

import botocore.exceptions
import botocore.parsers
import urllib3.exceptions

# Failures in a row, each without any progress, before one is given up: about three minutes.
TRIES = 10
# Hours of training hang on the upload of its model: about ten minutes.
PATIENT_TRIES = 30
# What is sent again anyway.
HASTY_TRIES = 3
LONGEST_PAUSE_SECONDS = 30.0

TRANSIENT_CODES = {
    "RequestTimeout",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "InternalError",
    "ServiceUnavailable",
    "OperationAborted",
    # What arrived was not what had been announced: it changed, or was cut, on its way.
    "BadDigest",
    "IncompleteBody",
    "XAmzContentSHA256Mismatch",
}
EXPIRED_CODES = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}

T = TypeVar("T")


class Damaged(Exception):
    """What arrived is not what is expected; `final` says that it is the same whenever one asks."""

    def __init__(self, message: str, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class Stopped(Exception):
    """Somebody has asked for the end."""


class Failed(Exception):
    """A request that was given up; the text names what was done, and why it failed."""

    def __init__(self, what: str, cause: Exception) -> None:
        super().__init__(f"{what}: {reason(cause)}")
        self.cause = cause

    @property
    def refused(self) -> bool:
        """Whether S3 gave an answer that will stay the same, such as wrong credentials."""
        if isinstance(self.cause, botocore.exceptions.NoCredentialsError):
            return True
        code = error_code(self.cause)
        return http_status(self.cause) in (401, 403) or code == "NoSuchBucket" or code in EXPIRED_CODES

    @property
    def damaged(self) -> bool:
        """Whether what was asked for is gone, or is something else."""
        return isinstance(self.cause, Damaged) or (is_missing(self.cause) and not self.refused)


# Those of the network come from several layers, of which not each version of botocore hides the lower ones.
FAILURES = (
    Damaged,
    botocore.exceptions.BotoCoreError,
    botocore.exceptions.ClientError,
    botocore.parsers.ResponseParserError,
    urllib3.exceptions.HTTPError,
    ConnectionError,
    TimeoutError,
    socket.timeout,
)
NETWORK_FAILURES = (
    botocore.exceptions.HTTPClientError,
    botocore.exceptions.ConnectionError,
    botocore.exceptions.IncompleteReadError,
    *FAILURES[3:],
)


def answer_of(error: Exception) -> dict:
    """Empty when no whole answer came."""
    return getattr(error, "response", None) or {}


def error_code(error: Exception) -> str:
    return str(answer_of(error).get("Error", {}).get("Code", ""))


def http_status(error: Exception) -> int:
    """0 without an answer."""
    return int(answer_of(error).get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)


def is_missing(error: Exception) -> bool:
    return error_code(error) in ("NoSuchKey", "NotFound", "NoSuchUpload") or http_status(error) == 404


def is_transient(error: Exception) -> bool:
    if isinstance(error, Damaged):
        return not error.final
    code, status = error_code(error), http_status(error)
    if code in EXPIRED_CODES:
        return False
    # To a HEAD a server can give no reason, and a timeout is a 400 too.
    if code in TRANSIENT_CODES or status >= 500 or status == 429 or (status == 400 and code in ("", "400")):
        return True
    return isinstance(error, NETWORK_FAILURES) and "CERTIFICATE_VERIFY_FAILED" not in str(error)


def reason(error: Exception) -> str:
    code, status = error_code(error), http_status(error)
    if code in EXPIRED_CODES:
        return f"{code}: the S3 credentials of this pod have expired; aframe up gives it new ones"
    if code == "RequestTimeTooSkewed":
        return f"{code}: the clock of this pod's node differs too much from the server's"
    named = "" if code.isdigit() or not code else f"{code}: "
    if status in (401, 403):
        return f"{named}the server refused the credentials, or they may not do this (HTTP {status})"
    if status == 404:
        return f"{named}not there (HTTP 404)"
    if status:
        said = str(answer_of(error).get("Error", {}).get("Message", "")).strip()
        return f"{code or 'error'} (HTTP {status})" + (f": {said}" if said and said != code else "")
    return " ".join(str(error).split()) or type(error).__name__


def attempt(
    what: str,
    action: Callable[[], T],
    tries: int = TRIES,
    progressed: Callable[[], bool] = lambda: False,
    stop: threading.Event | None = None,
) -> T:
    """Runs `action`, again after failures that may pass. Raises `Failed`, or `Stopped` when `stop` is set in a pause.

    `progressed` says whether the last attempt came further than all before; such a failure does not count.
    """
    stop = stop or threading.Event()
    failures = 0
    while True:
        try:
            return action()
        except FAILURES as error:
            failures = 0 if progressed() else failures + 1
            if failures >= tries or not is_transient(error):
                raise Failed(what, error) from error
            pause = pause_after(failures)
            print(f"{what}: {reason(error)}; trying again in {pause:.0f} s", file=sys.stderr, flush=True)
        if stop.wait(pause):
            raise Stopped


def pause_after(failures: int) -> float:
    """Seconds; spread, so that what failed together does not come again together."""
    first = float(os.environ.get("AFRAME_RETRY_SECONDS", "0.5"))
    return min(LONGEST_PAUSE_SECONDS, first * 2 ** min(failures, 16)) * random.uniform(0.5, 1)
