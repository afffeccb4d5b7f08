"""Answers how the real law reads cfg files: one JSON case a line on stdin, one JSON answer a line on stdout.

A case is {"files": {name: text in base64}, "main": name, "environment": {name: value}}. The answer holds the values of
all sections that the files make: those of luigi_… sections as a task gets them from luigi's own parser, the others as
law has them before ("synced": after) it copies luigi's values back over its own.
"""

import base64
import json
import os
import shutil
import sys
import tempfile

from law.config import Config
from law.util import no_value
from luigi.configuration import LuigiConfigParser

KEPT = {"PATH": os.environ["PATH"]}
# law's own values of other sections say nothing about how files are read, and filling them in takes most of the time.
Config._default_config = {"core": Config._default_config["core"]}


def write_files(folder, files):
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(content))


def values_of(config, section):
    values = {key: config.get_expanded(section, key) for key in config.options(section)}
    return {key: "<no value>" if value is no_value else value for key, value in values.items()}


def load(case, folder):
    write_files(folder, case["files"])
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


def main():
    root = tempfile.mkdtemp(prefix="law-loader-")
    os.chdir(root)
    folder = os.path.join(root, "case")
    try:
        for line in sys.stdin:
            os.makedirs(folder)
            try:
                answer = {"sections": load(json.loads(line), folder)}
            except RecursionError:
                answer = {"error": "RecursionError"}
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            shutil.rmtree(folder)
            print(json.dumps(answer), flush=True)
    finally:
        os.chdir("/")
        shutil.rmtree(root)


main()
