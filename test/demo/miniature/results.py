"""Runs one file of Python tests and writes a JSON line per finished test: name, and detail when it failed."""

import json
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Lines(unittest.TestResult):
    def report(self, test: unittest.TestCase, detail: str | None = None) -> None:
        name = getattr(test, "_testMethodName", str(test)).removeprefix("test_").replace("_", " ")
        print(json.dumps({"name": name, "detail": detail}), flush=True)

    def addSuccess(self, test):
        self.report(test)

    def addSubTest(self, test, subtest, outcome):
        super().addSubTest(test, subtest, outcome)
        if outcome is not None:
            self.report(test, f"{subtest}\n{self._exc_info_to_string(outcome, test)}")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.report(test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.report(test, self.errors[-1][1])


def main(name: str) -> int:
    sys.path[:0] = [str(HERE), str(HERE.parents[2] / "demo" / "miniature")]
    suite = unittest.defaultTestLoader.loadTestsFromName(name)
    return 0 if suite.run(Lines()).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
