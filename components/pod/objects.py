"""S3 for the scripts of the training pod: objects with their SHA-256, and the manifests that list them.

Needs only botocore, which Aframe's images have. `pipeline/stage/manifest.ts` writes and reads the same manifests.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path, PurePosixPath
from typing import NoReturn

import botocore.exceptions
import botocore.session
from botocore.config import Config

# Exit codes that tell Kubernetes that trying again cannot help; podLayout.ts has the same list.
DATA_DAMAGED = 81
DATA_REFUSED = 82
WRONG_CODE = 83
WRONG_SETUP = 84

# Gateways before S3 often refuse large parts, so most files travel in one piece.
MULTIPART_BYTES = 1024**3
PART_BYTES = 256 * 1024**2
CHUNK_BYTES = 1024**2


class Damaged(Exception):
    """What arrived is not what the manifest lists."""


def fail(code: int, message: str) -> NoReturn:
    print(f"error: {message}", file=sys.stderr, flush=True)
    sys.exit(code)


def setting(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        fail(WRONG_SETUP, f"the variable {name} is not set in this pod")
    return value


def refused(error: Exception) -> bool:
    """Whether S3 gave an answer that will stay the same, such as wrong credentials."""
    if isinstance(error, botocore.exceptions.NoCredentialsError):
        return True
    status = getattr(error, "response", {}).get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status in (401, 403) or error_code(error) == "NoSuchBucket"


def error_code(error: Exception) -> str:
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))


def sha256_of(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def manifest_digest(manifest: dict) -> str:
    """Covers names, sizes and contents alone."""
    digest = hashlib.sha256()
    for artefact in sorted(manifest["artefacts"], key=lambda item: item["name"]):
        digest.update(f"{artefact['name']}\t{artefact['size']}\t{artefact['sha256']}\n".encode())
    return digest.hexdigest()


def file_of(root: Path, name: str) -> Path:
    """The local file of an artefact; names come from S3, so one that would leave the root is refused."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or str(path) != name or "\0" in name:
        raise Damaged(f"the name {name!r} does not stay inside its directory")
    return root.joinpath(*path.parts)


class Prefix:
    """The objects below an `s3://bucket/prefix`."""

    def __init__(self, uri: str) -> None:
        self.uri = uri.rstrip("/")
        self.bucket, _, prefix = self.uri.removeprefix("s3://").partition("/")
        if not uri.startswith("s3://") or not self.bucket or not prefix:
            fail(WRONG_SETUP, f"{uri!r} is not of the form s3://bucket/prefix")
        self.prefix = prefix
        self.client = botocore.session.get_session().create_client(
            "s3",
            endpoint_url=os.environ.get("AWS_ENDPOINT_URL"),
            config=Config(
                s3={"addressing_style": "path"},
                retries={"mode": "standard", "max_attempts": 8},
                max_pool_connections=16,
                connect_timeout=20,
                read_timeout=60,
            ),
        )

    def _address(self, name: str) -> dict:
        return {"Bucket": self.bucket, "Key": f"{self.prefix}/{name}"}

    def read_manifest(self, stage: str) -> dict | None:
        try:
            response = self.client.get_object(**self._address(f".aframe/{stage}.manifest.json"))
        except botocore.exceptions.ClientError as error:
            if error_code(error) in ("NoSuchKey", "404"):
                return None
            raise
        return json.loads(response["Body"].read())

    def write_manifest(self, manifest: dict) -> None:
        body = json.dumps(manifest, indent=1).encode() + b"\n"
        address = self._address(f".aframe/{manifest['stage']}.manifest.json")
        self.client.put_object(**address, Body=body, ContentType="application/json")

    def delete_manifest(self, stage: str) -> None:
        self.client.delete_object(**self._address(f".aframe/{stage}.manifest.json"))

    def size(self, name: str) -> int | None:
        """Size of an object, None when there is none."""
        try:
            return self.client.head_object(**self._address(name))["ContentLength"]
        except botocore.exceptions.ClientError as error:
            if error_code(error) in ("404", "NoSuchKey", "NotFound"):
                return None
            raise

    def download(self, artefact: dict, file: Path) -> None:
        """Writes the object to `file`, which appears only when it is complete and right."""
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.part")
        body = self.client.get_object(**self._address(artefact["name"]))["Body"]
        digest, size = hashlib.sha256(), 0
        with part.open("wb") as stream:
            for chunk in body.iter_chunks(CHUNK_BYTES):
                stream.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        if size != artefact["size"] or digest.hexdigest() != artefact["sha256"]:
            part.unlink()
            raise Damaged(f"{self.uri}/{artefact['name']} differs from its manifest")
        part.replace(file)

    def write(self, name: str, text: bytes) -> None:
        """Sends a text that no manifest lists."""
        self.client.put_object(**self._address(name), Body=text, ContentType="text/plain; charset=utf-8")

    def upload(self, name: str, file: Path) -> dict:
        """Sends a file and returns its entry for a manifest."""
        size, sha256 = file.stat().st_size, sha256_of(file)
        address, metadata = self._address(name), {"sha256": sha256}
        if size < MULTIPART_BYTES:
            with file.open("rb") as stream:
                self.client.put_object(**address, Body=stream, Metadata=metadata)
        else:
            self._upload_in_parts(address, metadata, file)
        return {"name": name, "size": size, "sha256": sha256}

    def _upload_in_parts(self, address: dict, metadata: dict, file: Path) -> None:
        upload = self.client.create_multipart_upload(**address, Metadata=metadata)["UploadId"]
        parts = []
        try:
            with file.open("rb") as stream:
                while chunk := stream.read(PART_BYTES):
                    number = len(parts) + 1
                    part = self.client.upload_part(**address, UploadId=upload, PartNumber=number, Body=chunk)
                    parts.append({"PartNumber": number, "ETag": part["ETag"]})
            self.client.complete_multipart_upload(**address, UploadId=upload, MultipartUpload={"Parts": parts})
        except BaseException:
            self.client.abort_multipart_upload(**address, UploadId=upload)
            raise


def finished(run: Prefix, training_digest: str) -> bool:
    """Whether a training with these very settings, code and data has left its whole model on S3."""
    manifest = run.read_manifest("Train")
    if manifest is None or manifest.get("settingsDigest") != training_digest:
        return False
    return all(run.size(artefact["name"]) == artefact["size"] for artefact in manifest["artefacts"])
