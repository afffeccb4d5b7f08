"""Answers how the real law reads cfg files: one JSON case a line on stdin, one JSON answer a line on stdout.

A case is {"files": {name: text in base64}, "main": name, "environment": {name: value}}. The answer holds the values of
all sections that the files make: those of luigi_… sections as a task gets them from luigi's own parser, the others as
law has them before ("synced": after) it copies luigi's values back over its own.

Or it is {"parameter": name, "texts": [text]}: the answer holds what luigi's parameter of that name makes of each text.
"""

import base64
import json
import math
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager, redirect_stdout

import luigi
from law.config import Config
from law.util import no_value
from luigi.configuration import LuigiConfigParser

KEPT = {"PATH": os.environ["PATH"]}
# law's own values of other sections say nothing about how files are read, and filling them in takes most of the time.
Config._default_config = {"core": Config._default_config["core"]}


@contextmanager
def written(folder, files):
    """The files of a case are in the folder; its own folders stay, as making them takes longer than all else."""
    paths = {os.path.join(folder, name): content for name, content in files.items()}
    for path, content in paths.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(content))
    try:
        yield
    finally:
        for path in paths:
            os.remove(path)


def values_of(config, section):
    values = {key: config.get_expanded(section, key) for key in config.options(section)}
    return {key: "<no value>" if value is no_value else value for key, value in values.items()}


def load(case, folder):
    os.environ.clear()
    os.environ.update({**KEPT, **case["environment"]})
    LuigiConfigParser._instance = None
    main = os.path.join(folder, case["main"])
    config = Config(main, skip_fallbacks=True, skip_luigi_sync=not case.get("synced"))
    sections = [section for section in config.sections() if section != "core"]
    answer = {section: values_of(config, section) for section in sections}
    if not case.get("synced"):
        config.sync_luigi_config()
    for section in filter(lambda section: section.startswith("luigi_"), sections):
        answer[section] = dict(LuigiConfigParser.instance().items(section[len("luigi_") :]))
    return answer


def parse(parameter, text):
    try:
        value = getattr(luigi, parameter)().parse(text)
        finite = not isinstance(value, float) or math.isfinite(value)
        return {"value": value if finite else repr(value)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def answer(case, folder):
    if "parameter" in case:
        return {"values": [parse(case["parameter"], text) for text in case["texts"]]}
    try:
        # law says there what it thinks of old names.
        with written(folder, case["files"]), redirect_stdout(sys.stderr):
            return {"sections": load(case, folder)}
    except RecursionError:
        return {"error": "RecursionError"}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    root = tempfile.mkdtemp(prefix="law-loader-")
    os.chdir(root)
    folder = os.path.join(root, "case")
    try:
        for line in sys.stdin:
            print(json.dumps(answer(json.loads(line), folder), default=repr), flush=True)
    finally:
        os.chdir("/")
        shutil.rmtree(root)


main()
