"""Command line of ``python -m train fit``."""

import sys

from train.settings import UsageError, parse


def main(arguments: list[str]) -> int:
    """Run and return the exit code: 0 done, 2 wrong option or unusable data."""
    if arguments[:1] != ["fit"]:
        print("usage: python -m train fit --config train.yaml [--data.<option>=<value> …]", file=sys.stderr)
        return 2
    try:
        settings = parse(arguments[1:])
        from train.fit import fit

        fit(settings)
    except (UsageError, ValueError, OSError) as error:
        print(f"train: error: {error}", file=sys.stderr)
        return 2
    return 0
