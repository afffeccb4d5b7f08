"""Starts law with the miniature's packages importable, from any current folder and with nothing installed.

Use it as the law executable: ``<venv>/bin/python demo/miniature/law_command.py run <module>.<Task> …``.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main() -> None:
    # subprocesses (`python -m train`) find the same packages
    os.environ["PYTHONPATH"] = os.pathsep.join([HERE, *filter(None, [os.environ.get("PYTHONPATH")])])
    # the sums of a BLAS depend on its number of threads: one thread makes re-runs identical to the byte
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if sys.path[0] != HERE:
        sys.path.insert(0, HERE)
    from law.cli.cli import run

    sys.argv[0] = "law"
    sys.exit(run())


if __name__ == "__main__":
    main()
