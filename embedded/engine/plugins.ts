// Provider plugins as processes: each prints the port it listens on, and gets the engine's address as argument.
import { setTimeout as sleep } from "node:timers/promises";
import grpc from "@grpc/grpc-js";
import providerGrpc, { type ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { ProviderLost } from "./custodian.ts";
import { Child, type Exit } from "./processes.ts";
import { dynamicProviderCommand } from "./program.ts";
import { channelOptions, isServiceError } from "./rpc.ts";

export const dynamicPackage = "pulumi-nodejs";

/** A plugin that answers. */
export interface Plugin {
    readonly client: ResourceProviderClient;
    /** Beside the protocol's own call, which the SDK's plugin does not pass on. */
    cancel(): void;
    /** What an error of a call comes from: the end of the process, or what the call says itself. */
    reasonFor(error: unknown): Promise<unknown>;
    close(): Promise<void>;
}

export interface PluginHostOptions {
    readonly directory: string;
    readonly project: string;
    readonly address: string;
    readonly providers: Readonly<Record<string, readonly string[]>>;
    readonly onOutput: (line: string) => void;
}

const startSeconds = 60;
const rememberedLines = 20;
const exitNoticeMilliseconds = 1000;

const howOf = ({ code, signal }: Exit): string => (code === null ? `signal ${String(signal)}` : `code ${code}`);

/** The SDK's plugin writes the stack of every error that it also answers with; the message alone is enough. */
const stackFrame = /^\s+at .*:\d+:\d+\)?$/;

export class PluginHost {
    private readonly options: PluginHostOptions;
    private readonly running = new Set<Promise<Plugin>>();
    private readonly warm = new Map<string, Promise<Plugin>>();

    constructor(options: PluginHostOptions) {
        this.options = options;
    }

    /** Starts a plugin that will likely be needed, so that it is there when it is. */
    prepare(pkg: string): void {
        if (!this.warm.has(pkg) && this.commandOf(pkg) !== undefined) {
            const plugin = this.start(pkg);
            plugin.catch(() => undefined);
            this.warm.set(pkg, plugin);
        }
    }

    /** A plugin process of its own for one provider. */
    load(pkg: string): Promise<Plugin> {
        const prepared = this.warm.get(pkg);
        this.warm.delete(pkg);
        return prepared ?? this.start(pkg);
    }

    async close(): Promise<void> {
        await Promise.allSettled([...this.running].map(async (plugin) => (await plugin).close()));
    }

    private commandOf(pkg: string): readonly string[] | undefined {
        return pkg === dynamicPackage ? dynamicProviderCommand : this.options.providers[pkg];
    }

    private start(pkg: string): Promise<Plugin> {
        const plugin = this.launch(pkg);
        this.running.add(plugin);
        plugin.catch(() => this.running.delete(plugin));
        return plugin;
    }

    private async launch(pkg: string): Promise<Plugin> {
        const { directory, project, address, providers, onOutput } = this.options;
        const command = this.commandOf(pkg);
        if (command === undefined) {
            const known = [dynamicPackage, ...Object.keys(providers)].join(", ");
            throw new Error(`no provider for package "${pkg}": the embedded engine has ${known}`);
        }
        let reportPort: ((line: string) => void) | undefined;
        const lastLines: string[] = [];
        const port = new Promise<string>((resolve) => {
            reportPort = resolve;
        });
        const child = new Child({
            command: [...command, address],
            directory,
            environment: { PULUMI_PROJECT: project, PULUMI_NODEJS_PROJECT: project },
            onOutput(line) {
                if (reportPort) {
                    reportPort(line);
                    reportPort = undefined;
                } else {
                    onOutput(line);
                }
            },
            onErrorOutput(line) {
                // Until it is ready, what it says is told with the error, if there is one.
                if (reportPort) {
                    lastLines.push(line);
                    lastLines.splice(0, lastLines.length - rememberedLines);
                } else if (!stackFrame.test(line)) {
                    onOutput(line);
                }
            },
        });
        const timer = setTimeout(() => void child.stop(), startSeconds * 1000);
        const ended = child.exited.then((exit) => {
            const start = [`the provider for "${pkg}" ended with ${howOf(exit)} before it was ready`, ...lastLines];
            throw new Error(start.join("\n"));
        });
        ended.catch(() => undefined);
        try {
            const line = (await Promise.race([port, ended])).trim();
            if (!/^\d+$/.test(line)) {
                await child.stop();
                throw new Error(`the provider for "${pkg}" printed ${JSON.stringify(line)} instead of its port`);
            }
            const client = new providerGrpc.ResourceProviderClient(
                `127.0.0.1:${line}`,
                grpc.credentials.createInsecure(),
                channelOptions,
            );
            return {
                client,
                cancel() {
                    if (pkg === dynamicPackage) {
                        child.cancel();
                    }
                },
                async reasonFor(error) {
                    if (!isServiceError(error) || error.code !== grpc.status.UNAVAILABLE) {
                        return error;
                    }
                    // The connection may break a little before the process is known to have ended.
                    const exit = await Promise.race([
                        child.exited,
                        sleep(exitNoticeMilliseconds, undefined, { ref: false }),
                    ]);
                    return exit
                        ? new ProviderLost(`the provider for "${pkg}" ended with ${howOf(exit)} while it was asked`)
                        : error;
                },
                async close() {
                    client.close();
                    await child.stop();
                },
            };
        } finally {
            clearTimeout(timer);
        }
    }
}
