"""S3 for the scripts of the training pod: objects below a prefix, and the manifests that list them.

Needs only botocore, which Aframe's images have. `pipeline/stage/manifest.ts` writes and reads the same manifests.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
from pathlib import Path, PurePosixPath
from typing import NoReturn

import botocore.exceptions
import botocore.session
from botocore.config import Config

import retry

# Exit codes that tell Kubernetes that trying again cannot help; podLayout.ts has the same list.
DATA_DAMAGED = 81
DATA_REFUSED = 82
WRONG_CODE = 83
WRONG_SETUP = 84


def fail(code: int, message: str) -> NoReturn:
    print(f"error: {message}", file=sys.stderr, flush=True)
    sys.exit(code)


def setting(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        fail(WRONG_SETUP, f"the variable {name} is not set in this pod")
    return value


def manifest_digest(manifest: dict) -> str:
    """Covers names, sizes and contents alone."""
    digest = hashlib.sha256()
    for artefact in sorted(manifest["artefacts"], key=lambda item: item["name"]):
        digest.update(f"{artefact['name']}\t{artefact['size']}\t{artefact['sha256']}\n".encode())
    return digest.hexdigest()


def file_of(root: Path, name: str) -> Path:
    """The local file of an artefact; names come from S3, so one that would leave the root is refused."""
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts or str(path) != name or "\0" in name:
        fail(DATA_DAMAGED, f"the name {name!r} does not stay inside its directory")
    return root.joinpath(*path.parts)


@functools.lru_cache(maxsize=None)
def client_of_pod():
    return botocore.session.get_session().create_client(
        "s3",
        endpoint_url=os.environ.get("AWS_ENDPOINT_URL"),
        config=Config(
            s3={"addressing_style": "path"},
            # Bodies are streams, which only we can go on with; see retry.py.
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=16,
            connect_timeout=20,
            read_timeout=float(os.environ.get("AFRAME_STALL_SECONDS", "60")),
        ),
    )


class Prefix:
    """The objects below an `s3://bucket/prefix`. Requests that do not succeed raise `retry.Failed`."""

    def __init__(self, uri: str) -> None:
        self.uri = uri.rstrip("/")
        self.bucket, _, prefix = self.uri.removeprefix("s3://").partition("/")
        if not uri.startswith("s3://") or not self.bucket or not prefix:
            fail(WRONG_SETUP, f"{uri!r} is not of the form s3://bucket/prefix")
        self.prefix = prefix
        self.client = client_of_pod()

    def address(self, name: str) -> dict:
        return {"Bucket": self.bucket, "Key": f"{self.prefix}/{name}"}

    def open(self, name: str, start: int, etag: str | None) -> dict:
        """S3's answer with the object's bytes from `start` on, of the version `etag` if given; makes one attempt."""
        rest = {"Range": f"bytes={start}-"} if start else {}
        version = {"IfMatch": etag} if start and etag else {}
        return self.client.get_object(**self.address(name), **rest, **version)

    def read_manifest(self, stage: str) -> dict | None:
        """None when there is none."""
        name = f".aframe/{stage}.manifest.json"

        def read() -> dict | None:
            try:
                return json.loads(self.client.get_object(**self.address(name))["Body"].read())
            except botocore.exceptions.ClientError as error:
                if retry.error_code(error) in ("NoSuchKey", "404"):
                    return None
                raise
            except ValueError as error:
                raise retry.Damaged("it is no JSON, or was cut") from error

        return retry.attempt(f"reading {self.uri}/{name}", read)

    def write_manifest(self, manifest: dict) -> None:
        body = json.dumps(manifest, indent=1).encode() + b"\n"
        name = f".aframe/{manifest['stage']}.manifest.json"
        self.write(name, body, "application/json", retry.PATIENT_TRIES)

    def delete_manifest(self, stage: str) -> None:
        name = f".aframe/{stage}.manifest.json"
        retry.attempt(f"deleting {self.uri}/{name}", lambda: self.client.delete_object(**self.address(name)))

    def size(self, name: str) -> int | None:
        """Size of an object, None when there is none."""

        def look() -> int | None:
            try:
                return self.client.head_object(**self.address(name))["ContentLength"]
            except botocore.exceptions.ClientError as error:
                if retry.is_missing(error):
                    return None
                raise

        return retry.attempt(f"looking at {self.uri}/{name}", look)

    def write(self, name: str, body: bytes, content_type: str, tries: int) -> None:
        """Sends a text that no manifest lists."""
        place = {**self.address(name), "Body": body, "ContentType": content_type}
        retry.attempt(f"writing {self.uri}/{name}", lambda: self.client.put_object(**place), tries)


def finished(run: Prefix, training_digest: str) -> bool:
    """Whether a training with these very settings, code and data has left its whole model on S3."""
    manifest = run.read_manifest("Train")
    if manifest is None or manifest.get("settingsDigest") != training_digest:
        return False
    return all(run.size(artefact["name"]) == artefact["size"] for artefact in manifest["artefacts"])
