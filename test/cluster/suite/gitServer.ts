// A private git repository behind a real sshd, at an address that pods reach.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { makeKey, publicKeyOf, Sshd } from "../../pipeline/fixtures/sshd.ts";
import { copyMiniature } from "../images/provide.ts";
import { atEnd } from "./atEnd.ts";
import { hostAddress } from "./namespace.ts";

export class GitServer {
    readonly directory = mkdtempSync(path.join(tmpdir(), "aframe-git-server-"));
    /** Private keys that may log in. */
    readonly keys = { ed25519: path.join(this.directory, "id_ed25519"), rsa: path.join(this.directory, "id_rsa") };
    #sshd: Sshd | undefined;

    /** Stopped after the tests of the file. */
    static async start(): Promise<GitServer> {
        const server = await GitServer.open();
        atEnd(() => {
            server.stop();
        });
        return server;
    }

    static async open(): Promise<GitServer> {
        const server = new GitServer();
        makeKey(server.keys.ed25519, "ed25519");
        makeKey(server.keys.rsa, "rsa");
        server.#sshd = await server.#listen("first");
        writeFileSync(server.knownHostsFile, server.sshd.knownHosts);
        return server;
    }

    stop(): void {
        this.sshd.stop();
        rmSync(this.directory, { recursive: true, force: true });
    }

    #listen(name: string, port?: number): Promise<Sshd> {
        const users = Object.values(this.keys).map(publicKeyOf);
        return Sshd.start(path.join(this.directory, name), hostAddress, users, port);
    }

    /** The file beside the keys, where host keys are looked for first. */
    get knownHostsFile(): string {
        return path.join(this.directory, "known_hosts");
    }

    get sshd(): Sshd {
        if (this.#sshd === undefined) throw new Error("the git server does not run");
        return this.#sshd;
    }

    /** Another server takes its place at the same address, with another host key. */
    async replace(name: string): Promise<void> {
        const { port } = this.sshd;
        this.sshd.stop();
        this.#sshd = await this.#listen(name, port);
    }

    url(repository: string): string {
        const { username } = userInfo();
        return `ssh://${username}@${hostAddress}:${this.sshd.port}${path.join(this.directory, repository)}.git`;
    }

    /** A repository of one's own, with a branch `main`. */
    makeRepository(name: string): Repository {
        const bare = path.join(this.directory, `${name}.git`);
        execFileSync("git", ["init", "--quiet", "--bare", "-b", "main", bare]);
        return new Repository(path.join(this.directory, `${name}-work`), bare);
    }
}

export class Repository {
    readonly work: string;
    readonly bare: string;

    constructor(work: string, bare: string) {
        this.work = work;
        this.bare = bare;
        execFileSync("git", ["init", "--quiet", "-b", "main", work]);
    }

    git(...args: string[]): string {
        const identity = [
            "-c",
            "user.name=test",
            "-c",
            "user.email=test@example.org",
            "-c",
            "protocol.file.allow=always",
        ];
        return execFileSync("git", ["-C", this.work, ...identity, ...args], { encoding: "utf8" }).trim();
    }

    write(name: string, text: string): void {
        mkdirSync(path.dirname(path.join(this.work, name)), { recursive: true });
        writeFileSync(path.join(this.work, name), text);
    }

    /** Commits all there is to a branch and pushes it; returns the commit. */
    publish(branch = "main"): string {
        this.git("checkout", "--quiet", "-B", branch);
        this.git("add", "--all");
        this.git("commit", "--quiet", "--allow-empty", "-m", "a change");
        this.git("push", "--quiet", "--force", this.bare, branch);
        return this.git("rev-parse", "HEAD");
    }

    /** The miniature's own training. */
    async useMiniature(): Promise<void> {
        await copyMiniature(this.work);
    }

    /** A training that is a few lines of Python; `run` is its run directory, and it leaves a model when it ends well. */
    useScript(lines: readonly string[]): void {
        this.write("projects/train/train/__init__.py", "");
        this.write(
            "projects/train/train/__main__.py",
            [
                "import os, pathlib, sys, time",
                'flag = "--trainer.logger.save_dir="',
                "run = pathlib.Path(next(a.removeprefix(flag) for a in sys.argv if a.startswith(flag)))",
                ...lines,
                'for name in ("model.pt", "best.ckpt", "batch.h5"):',
                "    (run / name).write_text(f\"made by {os.environ.get('AFRAME_COMMIT')}\\n\")",
                "",
            ].join("\n"),
        );
    }
}
