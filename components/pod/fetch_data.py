"""Brings the training data into the pod: exactly the files of the manifests, each with the size and SHA-256 listed.

What an earlier pod left on the volume is kept when it is right or a right beginning, and removed when it is not
listed: training takes every file it finds.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from pathlib import Path

import disk
import objects
import retry
from arrival import Arrival, partial_file
from kept_log import KeptLog
from progress import Progress, amount

TRANSFERS = 8
# As a shell says of a process that was told to end.
TERMINATED = 143


def read_manifests(data: objects.Prefix, digests: dict[str, str]) -> list[dict]:
    """The artefacts of all stages; what this experiment made, and nothing that was put there since."""
    artefacts: dict[str, dict] = {}
    for stage, digest in digests.items():
        manifest = data.read_manifest(stage)
        if manifest is None:
            objects.fail(objects.DATA_REFUSED, f"{data.uri} has no manifest of {stage}")
        if objects.manifest_digest(manifest) != digest:
            objects.fail(objects.DATA_DAMAGED, f"the manifest of {stage} in {data.uri} is of other data")
        for artefact in manifest["artefacts"]:
            before = artefacts.setdefault(artefact["name"], artefact)
            if before["sha256"] != artefact["sha256"]:
                objects.fail(objects.DATA_DAMAGED, f"{data.uri} lists {artefact['name']} twice, with other contents")
    return list(artefacts.values())


def remove_unlisted(directory: Path, files: dict[Path, dict]) -> None:
    """Of what is still arriving, beginnings of these very contents stay."""
    kept = {*files, *(partial_file(file, artefact["sha256"]) for file, artefact in files.items())}
    for folder, folders, names in os.walk(directory, topdown=False):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for file in (Path(folder, name) for name in [*names, *links]):
            if file not in kept or file.is_symlink():
                with disk.on_disk("removed", file):
                    file.unlink()
        if Path(folder) != directory and not os.listdir(folder):
            with disk.on_disk("removed", Path(folder)):
                os.rmdir(folder)


def present(file: Path, artefact: dict, progress: Progress, stop: threading.Event) -> bool:
    if not file.is_file() or file.stat().st_size != artefact["size"]:
        return False
    if disk.hash_file(file, lambda count: progress.add(found=count), stop).hexdigest() == artefact["sha256"]:
        return True
    progress.add(found=-artefact["size"])
    # Its bytes are of no use, and the disk may have no room for both.
    file.unlink()
    return False


def fetch(data: objects.Prefix, artefact: dict, file: Path, progress: Progress, stop: threading.Event) -> None:
    if present(file, artefact, progress, stop):
        return
    what = f"fetching {data.uri}/{artefact['name']}"
    with Arrival(artefact, file, progress, stop) as arrival:
        retry.attempt(what, lambda: arrival.receive(data), progressed=arrival.progressed, stop=stop)
        arrival.finish()


def fetch_all(data: objects.Prefix, files: dict[Path, dict], progress: Progress, stop: threading.Event) -> None:
    """Raises the first failure at once: transfers that still run end with the process, and harm nothing by that."""
    tasks: queue.SimpleQueue = queue.SimpleQueue()
    ended: queue.SimpleQueue = queue.SimpleQueue()
    for task in files.items():
        tasks.put(task)

    def work() -> None:
        while not stop.is_set():
            try:
                file, artefact = tasks.get_nowait()
            except queue.Empty:
                return
            try:
                fetch(data, artefact, file, progress, stop)
                ended.put(None)
            except BaseException as error:  # noqa: BLE001 the other thread raises it
                ended.put(error)

    for _ in range(min(TRANSFERS, len(files))):
        threading.Thread(target=work, daemon=True).start()
    left = len(files)
    while left > 0:
        try:
            error = ended.get(timeout=progress.due_in())
        except queue.Empty:
            progress.say()
            continue
        if error is not None:
            raise error
        left -= 1


def check_room(directory: Path, files: dict[Path, dict]) -> None:
    """Fails before hours of downloading for nothing. What lies there already takes no more room."""
    free = disk.free_bytes(directory)
    missing = sum(max(0, artefact["size"] - size_there(file, artefact)) for file, artefact in files.items())
    if free is not None and free < missing:
        objects.fail(1, f"{directory} has no room for the data: {amount(free)} are free. {room_needed(directory, files)}")


def size_there(file: Path, artefact: dict) -> int:
    for place in (file, partial_file(file, artefact["sha256"])):
        if place.is_file():
            return place.stat().st_size
    return 0


def room_needed(directory: Path, files: dict[Path, dict]) -> str:
    total = sum(artefact["size"] for artefact in files.values())
    there = sum(min(artefact["size"], size_there(file, artefact)) for file, artefact in files.items())
    return (
        f"All {len(files)} files are {amount(total)}, of which {amount(there)} are there. A claim of aframe:volume"
        " needs a larger size; scratch space (ephemeral-storage) is on the node's disk, and is lost with the pod"
    )


def bring(data: objects.Prefix, directory: Path, digests: dict[str, str], stop: threading.Event) -> None:
    artefacts = read_manifests(data, digests)
    files = {objects.file_of(directory, artefact["name"]): artefact for artefact in artefacts}
    remove_unlisted(directory, files)
    check_room(directory, files)
    progress = Progress(sum(artefact["size"] for artefact in artefacts))
    try:
        fetch_all(data, files, progress, stop)
    except disk.DiskFailed as error:
        objects.fail(1, f"{error}. {room_needed(directory, files)}" if error.full else str(error))
    print(f"all {len(files)} files are complete, {progress.received / 1e6:.1f} MB were downloaded")


def main(run: objects.Prefix) -> None:
    data = objects.Prefix(objects.setting("AFRAME_DATA_URI"))
    directory = Path(objects.setting("AFRAME_DATA_DIR"))
    digests = json.loads(objects.setting("AFRAME_MANIFESTS"))
    stop = threading.Event()
    try:
        if objects.finished(run, objects.setting("AFRAME_TRAINING_DIGEST")):
            print(f"this training has finished before, its model is in {run.uri}: no data are needed")
            return
        bring(data, directory, digests, stop)
    except retry.Failed as error:
        final = objects.DATA_DAMAGED if error.damaged else objects.DATA_REFUSED if error.refused else 1
        objects.fail(final, str(error))
    except disk.DiskFailed as error:
        objects.fail(1, str(error))
    finally:
        stop.set()


def terminate(*_signal) -> None:
    """The first process of a container is not ended by the signal alone."""
    # Not print: what the signal has interrupted may be just that.
    os.write(2, b"stopped; the next pod on this volume goes on from here\n")
    sys.exit(TERMINATED)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, terminate)
    run_prefix = objects.Prefix(objects.setting("AFRAME_RUN_URI"))
    with KeptLog(run_prefix, "fetch-data"):
        main(run_prefix)
