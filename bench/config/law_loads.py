"""Prints how long law takes to import itself and to read a cfg, the first time and then: one JSON object, milliseconds.

Arguments: the cfg, and how often to read it again.

Reading means what law does when it starts: its defaults, the file with all it inherits, and the exchange with luigi.
"""

import json
import statistics
import sys
from time import perf_counter

start = perf_counter()
import law  # noqa: E402, F401

imported = perf_counter()

from law.config import Config  # noqa: E402
from luigi.configuration import LuigiConfigParser  # noqa: E402


def load():
    LuigiConfigParser._instance = None
    start = perf_counter()
    config = Config(sys.argv[1], skip_fallbacks=True)
    values = {section: dict(config.items(section)) for section in config.sections()}
    assert values["luigi_base"]["train_stop"] == "1241443783"
    return (perf_counter() - start) * 1000


first = load()
warm = statistics.median([load() for _ in range(int(sys.argv[2]))] or [first])
print(json.dumps({"import": (imported - start) * 1000, "first": first, "warm": warm}))
