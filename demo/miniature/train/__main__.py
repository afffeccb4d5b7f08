"""Entry point of ``python -m train``."""

import os
import sys

# see law_command.py: one thread makes re-runs identical to the byte; set before numpy is loaded
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from train.cli import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
