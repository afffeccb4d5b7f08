// What the training's watcher asks of the cluster, through the user's own kubeconfig.
import {
    ApiException,
    BatchV1Api,
    CoreV1Api,
    type CoreV1Event,
    KubeConfig,
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

export class TrainingCluster {
    private readonly batch: BatchV1Api;
    private readonly core: CoreV1Api;
    private readonly watch: Watch;

    private readonly job: JobReference;

    constructor(config: KubeConfig, job: JobReference) {
        this.batch = config.makeApiClient(BatchV1Api);
        this.core = config.makeApiClient(CoreV1Api);
        this.watch = new Watch(config);
        this.job = job;
    }

    async snapshot(): Promise<Snapshot> {
        const { namespace, name, uid } = this.job;
        const [jobs, pods, events] = await Promise.all([
            this.batch.listNamespacedJob({ namespace, fieldSelector: `metadata.name=${name}` }),
            this.core.listNamespacedPod({ namespace, labelSelector: this.podSelector() }),
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
            return (await this.core.listNamespacedEvent({ namespace, fieldSelector })).items;
        } catch (error) {
            if (error instanceof ApiException && error.code === 403) {
                return [];
            }
            throw error;
        }
    }

    /** Resolves at the first change after `versions`, when a watch ends, or after `longestMs`. */
    async changed({ jobs, pods }: Snapshot["versions"], longestMs: number): Promise<void> {
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
        const timer = setTimeout(wake, longestMs);
        const open = watched.map(([path, query]) => this.watch.watch(path, query, wake, wake));
        // One that cannot be opened is no reason to stop: the next snapshot comes in time, and says what is wrong.
        const controllers = Promise.allSettled(open);
        await promise;
        clearTimeout(timer);
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
            return await this.core.readNamespacedPodLog({ namespace, name: pod, container, tailLines: lines });
        } catch {
            return undefined;
        }
    }

    private podSelector(): string {
        return `batch.kubernetes.io/job-name=${this.job.name}`;
    }
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
