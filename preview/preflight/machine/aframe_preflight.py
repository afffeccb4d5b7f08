"""Tells whether law can find the tasks of an experiment, run by law itself:

    law run aframe_preflight.Tasks aframe.tasks.data.fetch.FetchTrain …

law imports this module to look for a task `Tasks` in it. The answer is given right then, so that no task is run, no
index of tasks is written, and it is law's own Python with all that it would import that answers.
"""

import importlib
import inspect
import json
import os
import sys
import traceback

import law


def look_for(name):
    module, _, task = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), task, None)
    except ModuleNotFoundError as error:
        return {"missing": error.name}
    except Exception as error:
        return {"failure": f"{type(error).__name__}: {error}", "at": origin_of(error)}
    if not (inspect.isclass(found) and issubclass(found, law.Task)):
        return {"others": tasks_of(module)}
    return {"container": container_of(found)}


def origin_of(error):
    """Where in the imported code it was raised."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"


def tasks_of(module):
    tasks = inspect.getmembers(sys.modules[module], inspect.isclass)
    return [name for name, found in tasks if issubclass(found, law.Task)]


def container_of(task):
    """Name of the image that the task runs in; empty when it tells none, None when it runs without a container."""
    if not issubclass(task, law.SandboxTask):
        return None
    image = inspect.getattr_static(task, "default_image", "")
    try:
        return str(image.fget(None) if isinstance(image, property) else image)
    except Exception:
        # It takes a made task to tell, and making one asks for the image.
        return ""


answer = {
    "law": law.__version__,
    "python": ".".join(map(str, sys.version_info[:3])),
    "executable": sys.executable,
    "tasks": {name: look_for(name) for name in sys.argv[3:]},
}
sys.stdout.write(f"\naframe_preflight {json.dumps(answer)}\n")
sys.stdout.flush()
os._exit(0)
