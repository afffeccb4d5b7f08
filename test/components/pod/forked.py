"""Runs the pod's scripts again and again, each time as a process of its own that need not load botocore anew.

A line of input is a JSON object: `environment`, `code` to run, `output` file, and `kill` seconds or null. The answer
is a line with its exit code, or minus the signal that ended it.
"""

import json
import os
import signal
import sys
import threading

sys.path.insert(0, sys.argv[1])
import fetch_data  # noqa: E402, F401
import start_training  # noqa: E402, F401


def child(request: dict) -> None:
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.clear()
    os.environ.update(request["environment"])
    exec(compile(request["code"], "request", "exec"), {"__name__": "request"})


for line in sys.stdin:
    asked = json.loads(line)
    process = os.fork()
    if process == 0:
        try:
            child(asked)
        except SystemExit as end:
            sys.stdout.flush()
            os._exit(end.code or 0)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        sys.stdout.flush()
        os._exit(0)
    if asked["kill"] is not None:
        threading.Timer(asked["kill"], os.kill, (process, signal.SIGKILL)).start()
    _, status = os.waitpid(process, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
