"""Brings the training data into the pod: exactly the files of the manifests, each with the size and SHA-256 listed.

Files that an earlier pod left on the volume are kept when they are right, and removed when they are not listed:
training takes every file it finds.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import botocore.exceptions

import objects
from kept_log import KeptLog

TRANSFERS = 8
TRIES = 5


def read_manifests(data: objects.Prefix, digests: dict[str, str]) -> list[dict]:
    """The artefacts of all stages; what this experiment made, and nothing that was put there since."""
    artefacts = []
    for stage, digest in digests.items():
        manifest = data.read_manifest(stage)
        if manifest is None:
            objects.fail(objects.DATA_REFUSED, f"{data.uri} has no manifest of {stage}")
        if objects.manifest_digest(manifest) != digest:
            objects.fail(objects.DATA_DAMAGED, f"the manifest of {stage} in {data.uri} is of other data")
        artefacts.extend(manifest["artefacts"])
    return artefacts


def remove_unlisted(directory: Path, artefacts: list[dict]) -> None:
    listed = {objects.file_of(directory, artefact["name"]) for artefact in artefacts}
    for file in directory.rglob("*"):
        if file.is_file() and file not in listed:
            file.unlink()


def present(file: Path, artefact: dict) -> bool:
    return (
        file.is_file()
        and file.stat().st_size == artefact["size"]
        and objects.sha256_of(file) == artefact["sha256"]
    )


def fetch(data: objects.Prefix, artefact: dict, directory: Path) -> int:
    """Returns the bytes downloaded. Interrupted or damaged transfers are repeated, refused ones are not."""
    file = objects.file_of(directory, artefact["name"])
    if present(file, artefact):
        return 0
    for attempt in range(1, TRIES + 1):
        try:
            data.download(artefact, file)
            return artefact["size"]
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError, objects.Damaged, OSError) as error:
            missing = objects.error_code(error) in ("NoSuchKey", "404")
            if attempt == TRIES or objects.refused(error) or missing:
                raise
            print(f"{artefact['name']}: {error}; trying again", file=sys.stderr, flush=True)
            # A server that answers needs no pause, however wrong its answer was.
            if not isinstance(error, objects.Damaged):
                time.sleep(2**attempt / 4)
    raise AssertionError("unreachable")


def fetch_all(data: objects.Prefix, artefacts: list[dict], directory: Path) -> int:
    total = sum(artefact["size"] for artefact in artefacts)
    fetched = done = 0
    with ThreadPoolExecutor(TRANSFERS) as pool:
        futures = {pool.submit(fetch, data, artefact, directory): artefact for artefact in artefacts}
        for count, future in enumerate(as_completed(futures), 1):
            try:
                fetched += future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            done += futures[future]["size"]
            print(f"{count}/{len(artefacts)} files, {done / 1e6:.1f} of {total / 1e6:.1f} MB", flush=True)
    return fetched


def main(run: objects.Prefix) -> None:
    data = objects.Prefix(objects.setting("AFRAME_DATA_URI"))
    directory = Path(objects.setting("AFRAME_DATA_DIR"))
    digests = json.loads(objects.setting("AFRAME_MANIFESTS"))
    try:
        if objects.finished(run, objects.setting("AFRAME_TRAINING_DIGEST")):
            print(f"this training has finished before, its model is in {run.uri}: no data are needed")
            return
        artefacts = read_manifests(data, digests)
        remove_unlisted(directory, artefacts)
        fetched = fetch_all(data, artefacts, directory)
    except objects.Damaged as error:
        objects.fail(objects.DATA_DAMAGED, str(error))
    except botocore.exceptions.ClientError as error:
        if objects.error_code(error) in ("NoSuchKey", "404"):
            objects.fail(objects.DATA_DAMAGED, f"an object that a manifest in {data.uri} lists is gone: {error}")
        objects.fail(objects.DATA_REFUSED if objects.refused(error) else 1, f"{data.uri}: {error}")
    except botocore.exceptions.BotoCoreError as error:
        objects.fail(objects.DATA_REFUSED if objects.refused(error) else 1, f"{data.uri}: {error}")
    print(f"all {len(artefacts)} files are complete, {fetched / 1e6:.1f} MB were downloaded")


if __name__ == "__main__":
    run_prefix = objects.Prefix(objects.setting("AFRAME_RUN_URI"))
    with KeptLog(run_prefix, "fetch-data"):
        main(run_prefix)
