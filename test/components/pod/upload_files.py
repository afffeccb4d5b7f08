"""Sends files as start_training.py sends those of a run, with limits that make parts of what a test can hold.

From the environment: the folder `SOURCE`, `NAMES` of the files in it with | between, and the sizes from which on a
file is sent as a stream (`MOMENT`), in parts (`MULTIPART`), and of the parts (`PART`).
"""

import os
import pathlib

import objects
import retry
import upload

upload.MOMENT_BYTES, upload.MULTIPART_BYTES, upload.PART_BYTES = (
    int(os.environ[name]) for name in ("MOMENT", "MULTIPART", "PART")
)
run = objects.Prefix(objects.setting("AFRAME_RUN_URI"))
try:
    for name in os.environ["NAMES"].split("|"):
        upload.upload(run, name, pathlib.Path(os.environ["SOURCE"], name), retry.TRIES)
except retry.Failed as error:
    objects.fail(1, str(error))
