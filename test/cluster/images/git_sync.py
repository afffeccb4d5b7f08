#!/usr/bin/python3
"""A double of git-sync 4 for tests: the flags that are used here, real git and real ssh behind them.

It keeps git-sync's contract: the tree appears at `<root>/<link>`, a link to `.worktrees/<commit>`; failures are counted
and tried again each period until there are too many; log lines are JSON; it exits with 0 when synced, 1 when it gave
up, 2 for flags it does not know.
"""

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path


def log(message: str, **values: object) -> None:
    stamp = datetime.datetime.now().isoformat()
    print(json.dumps({"logger": "", "ts": stamp, "level": 0, "msg": message, **values}), file=sys.stderr, flush=True)


def duration(text: str) -> float:
    """Seconds of a Go duration such as 1m30s or 500ms."""
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    if not re.fullmatch(r"(\d+(\.\d+)?(ms|[hms]))+", text):
        raise argparse.ArgumentTypeError(f"invalid duration {text!r}")
    return sum(float(number) * units[unit] for number, _, unit in re.findall(r"(\d+(\.\d+)?)(ms|[hms])", text))


def boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise argparse.ArgumentTypeError(f"invalid boolean {text!r}")
    return text == "true"


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="git-sync", allow_abbrev=False)
    for name, kind, default in (
        ("repo", str, None),
        ("ref", str, "HEAD"),
        ("root", Path, None),
        ("link", str, None),
        ("depth", int, 1),
        ("submodules", str, "recursive"),
        ("sync-timeout", duration, 120.0),
        ("max-failures", int, 0),
        ("period", duration, 10.0),
        ("ssh-key-file", str, "/etc/git-secret/ssh"),
        ("ssh-known-hosts-file", str, "/etc/git-secret/known_hosts"),
    ):
        parser.add_argument(f"--{name}", type=kind, default=default, required=default is None)
    for name, default in (("one-time", False), ("ssh-known-hosts", True)):
        parser.add_argument(f"--{name}", type=boolean, nargs="?", const=True, default=default)
    flags = parser.parse_args(arguments)
    if not flags.one_time:
        parser.error("this double only knows --one-time")
    return flags


class Repository:
    def __init__(self, flags: argparse.Namespace) -> None:
        self.flags = flags
        self.deadline = 0.0

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        command = ["git", "-C", str(folder or self.flags.root), *arguments]
        left = max(self.deadline - time.monotonic(), 0.01)
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=left)
        if done.returncode != 0:
            raise RuntimeError(f"Run({' '.join(command)}): exit status {done.returncode}: {done.stderr.strip()}")
        return done.stdout.strip()

    def sync(self) -> str:
        """Returns the commit that is published."""
        flags = self.flags
        self.deadline = time.monotonic() + flags.sync_timeout
        self.git("init", "-b", "git-sync")
        depth = ["--depth", str(flags.depth)] if flags.depth > 0 else []
        self.git("fetch", flags.repo, flags.ref, "--no-progress", "--prune", "--no-auto-gc", *depth)
        commit = self.git("rev-parse", "FETCH_HEAD^{}")
        tree = flags.root / ".worktrees" / commit
        if tree.exists():
            self.git("worktree", "remove", "--force", str(tree))
        self.git("worktree", "add", "--force", "--detach", str(tree), commit, "--no-checkout")
        # As git-sync does, so that the tree may be mounted elsewhere.
        (tree / ".git").write_text(f"gitdir: ../../.git/worktrees/{commit}\n")
        self.git("reset", "--hard", commit, "--", folder=tree)
        if flags.submodules != "off":
            recursive = ["--recursive"] if flags.submodules == "recursive" else []
            self.git("submodule", "update", "--init", *recursive, *depth, folder=tree)
        part = flags.root / f".{flags.link}.new"
        part.unlink(missing_ok=True)
        part.symlink_to(os.path.relpath(tree, flags.root))
        part.replace(flags.root / flags.link)
        return commit


def main() -> int:
    flags = parse(sys.argv[1:])
    check = "yes" if flags.ssh_known_hosts else "no"
    known = flags.ssh_known_hosts_file if flags.ssh_known_hosts else "/dev/null"
    os.environ["GIT_SSH_COMMAND"] = (
        f"ssh -o StrictHostKeyChecking={check} -o UserKnownHostsFile={known} -o IdentitiesOnly=yes -i {flags.ssh_key_file}"
    )
    # As git-sync's own settings do: the volume belongs to root, and git would not touch what another user owns.
    os.environ.update(GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0="*")
    repository = Repository(flags)
    failures = 0
    while True:
        try:
            commit = repository.sync()
            log("updated successfully", ref=flags.ref, remote=commit, syncCount=1)
            return 0
        except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
            failures += 1
            if 0 <= flags.max_failures <= failures:
                log("too many failures, aborting", error=str(error), failCount=failures)
                return 1
            log("error syncing repo, will retry", error=str(error), failCount=failures)
            time.sleep(flags.period)


if __name__ == "__main__":
    sys.exit(main())
