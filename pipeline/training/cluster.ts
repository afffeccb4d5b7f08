// What the training's watcher asks of the cluster, through the user's own kubeconfig.
import { PassThrough, type Readable } from "node:stream";
import {
    ApiException,
    BatchV1Api,
    type ConfigurationOptions,
    CoreV1Api,
    type CoreV1Event,
    CustomObjectsApi,
    KubeConfig,
    Log,
    Observable,
    type V1Job,
    type V1Pod,
    Watch,
} from "@kubernetes/client-node";
import type { TrainingObjects } from "./classify.ts";

export interface JobReference {
    readonly namespace: string;
    readonly name: string;
    /** Another Job of the same name is not ours. */
    readonly uid: string;
}

export interface Snapshot extends TrainingObjects {
    /** From which changes are watched. */
    readonly versions: { readonly jobs: string; readonly pods: string };
}

export interface LogOptions {
    /** Stay until the container ends. */
    readonly follow: boolean;
    /** The server's own timestamp of a line, from whose second on the log is wanted. @default its beginning */
    readonly since?: string;
}

interface PodMetrics {
    readonly containers?: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[];
}

/** The library itself waits for minutes. */
const longestRequestMs = 30_000;

/** In milliseconds. */
interface Pauses {
    /** Longest time between two looks. */
    readonly relist: number;
    /** Shortest time between two looks when something fails. */
    readonly backoff: number;
}

export class TrainingCluster {
    private readonly batch: BatchV1Api;
    private readonly core: CoreV1Api;
    private readonly custom: CustomObjectsApi;
    private readonly watch: Watch;
    private readonly log: Log;

    private readonly job: JobReference;

    constructor(config: KubeConfig, job: JobReference) {
        this.batch = config.makeApiClient(BatchV1Api);
        this.core = config.makeApiClient(CoreV1Api);
        this.custom = config.makeApiClient(CustomObjectsApi);
        this.watch = new Watch(config);
        this.log = new Log(config);
        this.job = job;
    }

    async snapshot(): Promise<Snapshot> {
        const { namespace, name, uid } = this.job;
        const [jobs, pods, events] = await Promise.all([
            this.batch.listNamespacedJob({ namespace, fieldSelector: `metadata.name=${name}` }, bounded()),
            this.core.listNamespacedPod({ namespace, labelSelector: this.podSelector() }, bounded()),
            this.listEvents(),
        ]);
        const job = jobs.items.find((item: V1Job) => item.metadata?.uid === uid);
        return {
            ...(job && { job }),
            pods: pods.items.filter((pod: V1Pod) => pod.metadata?.ownerReferences?.some((owner) => owner.uid === uid)),
            events,
            versions: { jobs: jobs.metadata?.resourceVersion ?? "", pods: pods.metadata?.resourceVersion ?? "" },
        };
    }

    /** They only explain, so a user who may not list them goes without. */
    private async listEvents(): Promise<CoreV1Event[]> {
        const { namespace, name, uid } = this.job;
        const fieldSelector = `involvedObject.kind=Job,involvedObject.name=${name},involvedObject.uid=${uid}`;
        try {
            return (await this.core.listNamespacedEvent({ namespace, fieldSelector }, bounded())).items;
        } catch (error) {
            if (error instanceof ApiException && error.code === 403) {
                return [];
            }
            throw error;
        }
    }

    /**
     * Resolves at the first change after `versions`, when a watch ends, or after `relist` milliseconds. A watch that
     * fails, such as one that the user may not open, makes for a look a little later: at once would be without end.
     */
    async changed({ jobs, pods }: Snapshot["versions"], { relist, backoff }: Pauses): Promise<void> {
        const { namespace, name } = this.job;
        const watched: readonly (readonly [string, Record<string, string>])[] = [
            [
                `/apis/batch/v1/namespaces/${namespace}/jobs`,
                { fieldSelector: `metadata.name=${name}`, resourceVersion: jobs },
            ],
            [`/api/v1/namespaces/${namespace}/pods`, { labelSelector: this.podSelector(), resourceVersion: pods }],
        ];
        const { promise, resolve } = Promise.withResolvers<undefined>();
        const wake = () => {
            resolve(undefined);
        };
        const timer = setTimeout(wake, relist);
        let retry: NodeJS.Timeout | undefined;
        const ended = (error: unknown) => {
            if (error === null || error === undefined) {
                wake();
            } else {
                retry ??= setTimeout(wake, Math.min(relist, 5 * backoff));
            }
        };
        const open = watched.map(([path, query]) => this.watch.watch(path, query, wake, ended));
        // One that cannot be opened is no reason to stop: the next snapshot comes in time, and says what is wrong.
        const controllers = Promise.allSettled(open);
        await promise;
        clearTimeout(timer);
        clearTimeout(retry);
        for (const result of await controllers) {
            if (result.status === "fulfilled") {
                result.value.abort();
            }
        }
    }

    /** The last lines a container wrote; undefined when there is nothing to be had. */
    async lastLines(pod: string, container: string, lines: number): Promise<string | undefined> {
        try {
            const { namespace } = this.job;
            const request = { namespace, name: pod, container, tailLines: lines };
            // The log comes from the pod's node, which may be lost.
            return await this.core.readNamespacedPodLog(request, bounded());
        } catch {
            return undefined;
        }
    }

    /**
     * What a container writes, each line behind a timestamp of the server's; destroying the stream ends the request.
     * Throws an ApiException, of code 500 also when the server cannot be reached.
     */
    async openLog(pod: string, container: string, { follow, since }: LogOptions): Promise<Readable> {
        const stream = new PassThrough();
        // The library leaves errors of a log under way to nobody, which would end this process.
        stream.once("pipe", (source: Readable) => {
            source.on("error", (error) => stream.destroy(error));
        });
        const options = { follow, timestamps: true, ...(since !== undefined && { sinceTime: since }) };
        const { namespace } = this.job;
        const request = await this.log.log(namespace, pod, container, stream, options).catch(async (error: unknown) => {
            if (error instanceof ApiException && error.code === 403) {
                // The library keeps the server's words to itself; asked in another way it says which right is missing.
                await this.core.readNamespacedPodLog({ namespace, name: pod, container, limitBytes: 1 }, bounded());
            }
            throw error;
        });
        stream.once("close", () => {
            request.abort();
        });
        return stream.setEncoding("utf8");
    }

    /** Undefined for a node that is gone, or that the user may not read. */
    async nodeLabels(name: string): Promise<Readonly<Record<string, string>> | undefined> {
        try {
            return (await this.core.readNode({ name }, bounded())).metadata?.labels ?? {};
        } catch (error) {
            if (error instanceof ApiException && (error.code === 403 || error.code === 404)) {
                return undefined;
            }
            throw error;
        }
    }

    /** Container → what it uses now; throws where metrics-server is missing, knows nothing yet, or may not be asked. */
    async podUsage(name: string): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
        const kind = { group: "metrics.k8s.io", version: "v1beta1", plural: "pods" };
        const request = { ...kind, namespace: this.job.namespace, name };
        const { containers = [] } = (await this.custom.getNamespacedCustomObject(request, bounded())) as PodMetrics;
        return new Map(containers.map(({ name, usage }) => [name, usage]));
    }

    private podSelector(): string {
        return `batch.kubernetes.io/job-name=${this.job.name}`;
    }
}

function bounded(): ConfigurationOptions {
    return {
        middleware: [
            {
                pre: (request) => {
                    request.setSignal(AbortSignal.timeout(longestRequestMs));
                    return new Observable(Promise.resolve(request));
                },
                post: (response) => new Observable(Promise.resolve(response)),
            },
        ],
        middlewareMergeStrategy: "append",
    };
}

/** Opens the context by name; throws an error that names the ones there are. */
export function connect(context: string, job: JobReference): TrainingCluster {
    const config = new KubeConfig();
    config.loadFromDefault();
    if (config.getContextObject(context) === null) {
        const names = config.getContexts().map((known) => known.name);
        throw new Error(`the kubeconfig has no context ${context}; it has ${names.join(", ") || "none"}`);
    }
    config.setCurrentContext(context);
    return new TrainingCluster(config, job);
}
