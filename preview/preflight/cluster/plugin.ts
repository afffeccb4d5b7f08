// The program that a kubeconfig names to log in with: run once, for a bounded time, and without a terminal.
import path from "node:path";
import { execa } from "execa";
import { onExit } from "signal-exit";
import type { Problem } from "../../../config/errors.ts";
import type { Finding } from "../check.ts";

/** `users[].user.exec`: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
export interface ExecPlugin {
    readonly command?: string;
    readonly args?: readonly string[] | null;
    readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
    readonly apiVersion?: string;
    readonly installHint?: string;
    readonly interactiveMode?: string;
}

/** Secret. */
export interface PluginCredential {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
}

export interface PluginRequest {
    readonly plugin: ExecPlugin;
    readonly environment: Readonly<Record<string, string | undefined>>;
    /** The kubeconfig, for messages. */
    readonly file: string;
    readonly context: string;
    readonly signal: AbortSignal;
}

export async function askPlugin(request: PluginRequest): Promise<PluginCredential | Finding> {
    const { plugin, file, context } = request;
    const name = nameOf(plugin);
    const find = (level: Finding["level"], message: string, suggestion?: string): Finding => {
        const problem: Problem = { file, message: `the plugin ${name} ${message}` };
        return { level, problem: suggestion === undefined ? problem : { ...problem, suggestion } };
    };
    const logIn = `log in once: kubectl --context ${context} get pods`;
    if (plugin.interactiveMode === "Always") {
        return find("warning", "wants a terminal, so the cluster was not asked");
    }
    const result = await run(request);
    if (request.signal.aborted) {
        const want = wantsBrowser(plugin) ? "may want to log you in with a browser" : "may be waiting for you";
        return find("warning", `did not answer in time; it ${want}`, logIn);
    }
    if (result.code === "ENOENT") {
        return find("error", "is not on PATH", plugin.installHint?.trim().split("\n", 1).join(""));
    }
    if (result.failed) {
        const said = result.stderr.trim().split("\n").at(-1)?.slice(0, 200);
        return find("error", `failed: ${said || (result.shortMessage ?? "it said nothing")}`, logIn);
    }
    return (
        parseCredential(result.stdout) ?? find("error", "gave neither a token nor a certificate", plugin.installHint)
    );
}

/** In a session of its own: it cannot ask on the user's terminal, and ends with all that it has started. */
async function run({ plugin, environment, signal }: PluginRequest) {
    const { command = "", args, env, apiVersion } = plugin;
    // As kubectl says it to plugins when nobody is there to answer them.
    const info = { apiVersion, kind: "ExecCredential", spec: { interactive: false } };
    const child = execa(command, [...(args ?? [])], {
        detached: true,
        stdin: "ignore",
        reject: false,
        extendEnv: false,
        env: {
            ...environment,
            KUBERNETES_EXEC_INFO: JSON.stringify(info),
            ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
        },
    });
    const end = () => {
        try {
            if (child.pid !== undefined) {
                process.kill(-child.pid, "SIGKILL");
            }
        } catch {
            // It has ended meanwhile.
        }
    };
    signal.addEventListener("abort", end);
    const forget = onExit(end);
    try {
        return await child;
    } finally {
        signal.removeEventListener("abort", end);
        forget();
    }
}

function parseCredential(stdout: string): PluginCredential | undefined {
    try {
        const { status } = JSON.parse(stdout) as { status?: PluginCredential };
        return status?.token || status?.clientCertificateData ? status : undefined;
    } catch {
        return undefined;
    }
}

/** The command and what it is told to do; what follows are options, which may hold a secret. */
function nameOf({ command = "", args }: ExecPlugin): string {
    const words = args ?? [];
    const options = words.findIndex((word) => word.startsWith("-"));
    return [path.basename(command), ...words.slice(0, options === -1 ? words.length : options)].join(" ");
}

/** Those known to open one when they have no token left, such as the one that Nautilus uses. */
export function wantsBrowser({ command = "", args }: ExecPlugin): boolean {
    return /oidc[-_]login|kubelogin|pinniped|okta|\bsso\b|\btsh\b/i.test([command, ...(args ?? [])].join(" "));
}
