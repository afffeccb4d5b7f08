"""Brings files to S3: a big one in parts, of which only what failed is sent again. Nothing is held in memory whole."""

from __future__ import annotations

import base64
import hashlib
import io
import sys
from pathlib import Path

import retry
from disk import CHUNK_BYTES, hash_file, on_disk
from objects import Prefix

# Gateways before S3 often refuse large parts, so most files travel in one piece.
MULTIPART_BYTES = 1024**3
PART_BYTES = 256 * 1024**2
MOST_PARTS = 10_000
# What may still be written to while it is sent, such as metrics, is sent as it was at one moment.
MOMENT_BYTES = 8 * 1024**2


class Section(io.RawIOBase):
    """A part of a file, as a body that can be sent more than once; what is appended meanwhile is not in it."""

    def __init__(self, file: Path, start: int, length: int) -> None:
        self.file, self.start, self.length = file, start, length
        self.stream = file.open("rb", buffering=0)
        self.seek(0)

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self.length}[whence]
        return self.stream.seek(self.start + base + offset) - self.start

    def tell(self) -> int:
        return self.stream.tell() - self.start

    def readinto(self, buffer) -> int:
        rest = max(0, self.length - self.tell())
        with on_disk("read", self.file):
            return self.stream.readinto(memoryview(buffer)[:rest])

    def close(self) -> None:
        self.stream.close()
        super().close()

    def md5(self) -> str:
        """As the header that lets the server refuse a body that has changed on its way."""
        # Not every hardened Python has an MD5 that does not say that it is no protection.
        digest = hashlib.md5(usedforsecurity=False)
        self.seek(0)
        while chunk := self.read(CHUNK_BYTES):
            digest.update(chunk)
        self.seek(0)
        return base64.b64encode(digest.digest()).decode()


def upload(run: Prefix, name: str, file: Path, tries: int) -> dict:
    """Sends a file and returns its entry for a manifest. Raises `retry.Failed` and `disk.DiskFailed`."""
    with on_disk("read", file):
        size = file.stat().st_size
        moment = file.read_bytes() if size <= MOMENT_BYTES else None
    sha256 = hashlib.sha256(moment).hexdigest() if moment is not None else hash_file(file).hexdigest()
    entry = {"name": name, "size": size if moment is None else len(moment), "sha256": sha256}
    place = {**run.address(name), "Metadata": {"sha256": sha256}}
    what = f"uploading {run.uri}/{name}"
    if moment is not None:
        retry.attempt(what, lambda: run.client.put_object(**place, Body=moment), tries)
    elif size < MULTIPART_BYTES:
        retry.attempt(what, lambda: send(run.client.put_object, place, Section(file, 0, size)), tries)
    else:
        upload_in_parts(run, what, place, file, size, tries)
    return entry


def send(request, place: dict, section: Section) -> dict:
    with section:
        return request(**place, Body=section, ContentMD5=section.md5())


def upload_in_parts(run: Prefix, what: str, place: dict, file: Path, size: int, tries: int) -> None:
    address = {name: place[name] for name in ("Bucket", "Key")}
    abort_abandoned(run, address)
    begin = retry.attempt(what, lambda: run.client.create_multipart_upload(**place), tries)
    upload_id = begin["UploadId"]
    try:
        parts = [
            send_part(run, f"{what}, part {number}", {**address, "UploadId": upload_id}, number, section, tries)
            for number, section in enumerate(sections(file, size), 1)
        ]
        complete(run, what, place, upload_id, parts, tries)
    except BaseException:
        abort(run, address, upload_id)
        raise


def sections(file: Path, size: int):
    """Start and length of each part."""
    length = max(PART_BYTES, -(-size // MOST_PARTS))
    return ((file, start, min(length, size - start)) for start in range(0, size, length))


def send_part(run: Prefix, what: str, place: dict, number: int, section: tuple[Path, int, int], tries: int) -> dict:
    numbered = {**place, "PartNumber": number}
    answer = retry.attempt(what, lambda: send(run.client.upload_part, numbered, Section(*section)), tries)
    return {"PartNumber": number, "ETag": answer["ETag"]}


def complete(run: Prefix, what: str, place: dict, upload_id: str, parts: list[dict], tries: int) -> None:
    """A server may have done it although its answer was lost, and then does not know the upload any more."""
    address = {name: place[name] for name in ("Bucket", "Key")}

    def ask() -> None:
        try:
            answer = run.client.complete_multipart_upload(
                **address, UploadId=upload_id, MultipartUpload={"Parts": parts}
            )
        except retry.FAILURES as error:
            if not retry.is_missing(error):
                raise
            answer = run.client.head_object(**address)
            if answer.get("Metadata", {}).get("sha256") != place["Metadata"]["sha256"]:
                raise
        if "ETag" not in answer:
            raise retry.Damaged("the answer is empty or was cut")

    retry.attempt(what, ask, tries)


def abort_abandoned(run: Prefix, address: dict) -> None:
    """What a pod has left that was killed in the middle; whoever may not list uploads does without."""
    try:
        where = {"Bucket": address["Bucket"], "Prefix": address["Key"]}
        found = run.client.list_multipart_uploads(**where).get("Uploads", [])
    except retry.FAILURES:
        return
    for one in found:
        if one["Key"] == address["Key"]:
            abort(run, address, one["UploadId"])


def abort(run: Prefix, address: dict, upload_id: str) -> None:
    """Frees the parts. What went wrong before matters more than that this may fail too."""
    key = f"s3://{address['Bucket']}/{address['Key']}"
    request = lambda: run.client.abort_multipart_upload(**address, UploadId=upload_id)  # noqa: E731
    try:
        retry.attempt(f"aborting an unfinished upload of {key}", request, retry.HASTY_TRIES)
    except retry.Failed as error:
        if not retry.is_missing(error.cause):
            print(f"parts of it may be left: {error}", file=sys.stderr, flush=True)
