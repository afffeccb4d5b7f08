"""The miniature's law command, with a switch: `<switch file>` holds `<Task> fail` or `<Task> hang`."""

import os
import runpy
import sys
import time
from pathlib import Path

here = Path(__file__).resolve().parent
task = sys.argv[2].rsplit(".", 1)[-1]
switch = Path(os.environ["LAW_CONFIG_FILE"]).parent.parent / "switch"
if switch.is_file():
    wanted, _, action = switch.read_text().strip().partition(" ")
    if wanted == task and action == "fail":
        print("the detector is on fire", file=sys.stderr)
        sys.exit(7)
    if wanted == task and action == "hang":
        switch.with_name("hanging").write_text(str(os.getpid()))
        time.sleep(600)

starter = here.parent.parent / "demo" / "miniature" / "law_command.py"
sys.argv[0] = str(starter)
runpy.run_path(str(starter), run_name="__main__")
