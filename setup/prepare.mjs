#!/usr/bin/env node
// Makes a checkout ready to run: node_modules by `npm ci`, a Python venv by pip. Does nothing when both are current.
// Plain JavaScript for Node 20 and no dependency: it runs before node_modules, and the Node in it, exist.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.dirname(import.meta.dirname);
const venv = path.join(root, ".venv");
const oldestPython = [3, 10];

/** Digest of the files a set-up step is made from; the step is current while its stamp holds the same digest. */
function digestOf(files) {
    const hash = createHash("sha256");
    for (const file of files) hash.update(readFileSync(path.join(root, file)));
    return hash.digest("hex");
}

function isCurrent(stamp, digest) {
    return existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
}

function run(command, args, what) {
    const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    if (error || status !== 0) {
        console.error(`setup: ${what} failed${error ? `: ${error.message}` : ` with exit code ${status}`}`);
        process.exit(1);
    }
}

function step(stamp, sources, message, work) {
    const digest = digestOf(sources);
    if (isCurrent(stamp, digest)) return;
    console.error(`setup: ${message}`);
    const start = Date.now();
    work();
    mkdirSync(path.dirname(stamp), { recursive: true });
    writeFileSync(stamp, digest);
    console.error(`setup: done in ${((Date.now() - start) / 1000).toFixed(0)} s`);
}

/** The first Python on PATH that is new enough and can make a venv. */
function findPython() {
    const names = [process.env.PYTHON, "python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
    const seen = [];
    for (const name of names.filter(Boolean)) {
        const probe = spawnSync(name, ["-c", "import sys, venv, ensurepip; print(*sys.version_info[:2])"], {
            encoding: "utf8",
        });
        if (probe.status !== 0) {
            if (!probe.error) seen.push(`${name} (no venv module; on Debian: apt-get install python3-venv)`);
            continue;
        }
        const [major, minor] = probe.stdout.trim().split(" ").map(Number);
        if (major === oldestPython[0] && minor >= oldestPython[1]) return name;
        seen.push(`${name} (${major}.${minor})`);
    }
    console.error(`setup: needs Python >= ${oldestPython.join(".")}; found ${seen.join(", ") || "none"}`);
    return process.exit(1);
}

const [nodeMajor] = process.versions.node.split(".").map(Number);
if (nodeMajor < 20) {
    console.error(`setup: needs Node >= 20 to start; this is ${process.version}`);
    process.exit(1);
}

step(path.join(root, "node_modules/.aframe-setup"), ["package-lock.json"], "installing npm packages", () =>
    run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], "npm ci"),
);

step(path.join(venv, ".aframe-setup"), ["demo/requirements.txt"], "making the Python environment in .venv", () => {
    rmSync(venv, { recursive: true, force: true });
    run(findPython(), ["-m", "venv", venv], "python -m venv");
    const pip = [path.join(venv, "bin/python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"];
    run(pip[0], [...pip.slice(1), "--quiet", "--requirement", path.join(root, "demo/requirements.txt")], "pip install");
});
