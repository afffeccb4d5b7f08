// Shows the log of a training's container once: from the cluster, else from S3 where the pod has kept it.
import type { Readable } from "node:stream";
import { connect, type Snapshot, type TrainingCluster } from "./cluster.ts";
import { describeClusterError } from "./clusterError.ts";
import { begun, chooseContainer } from "./containers.ts";
import { type KeptLog, keptLogUri, listKeptLogs, openKeptLog } from "./keptLogs.ts";
import { LogLines } from "./logLines.ts";
import type { LogPiece, LogSink } from "./logSink.ts";
import { byAge } from "./pods.ts";
import { impatient, type TrainingTarget } from "./report.ts";

export interface LogRequest {
    readonly target: TrainingTarget;
    /** @default the one that runs, else the one that failed, else train */
    readonly container?: string;
    /** Gets the log alone. */
    readonly sink: LogSink;
    /** Told whose log it is, and of all that is not as asked. */
    readonly say: (line: string) => void;
}

/** Throws an error that names the containers that have logs when the one asked for has none. */
export async function showLog(request: LogRequest): Promise<void> {
    const found = await look(request);
    if (!(found && (await showFromCluster(found.cluster, found.snapshot, request)))) {
        await showFromStorage(request, found?.snapshot);
    }
}

export interface Look {
    readonly cluster: TrainingCluster;
    readonly snapshot: Snapshot;
}

/** Undefined, and said, when the cluster cannot be looked at. */
export async function look({ target, say }: LogRequest): Promise<Look | undefined> {
    const { context, namespace } = target.kubernetes;
    try {
        const cluster = connect(context, { namespace, name: target.jobName, uid: target.jobUid });
        return { cluster, snapshot: await cluster.snapshot() };
    } catch (error) {
        const reason = describeClusterError(error);
        say(`the cluster (context ${context}) cannot be looked at: ${reason}; what follows was kept on S3`);
        return undefined;
    }
}

/** False when the cluster has no such log. */
async function showFromCluster(cluster: TrainingCluster, { pods }: Snapshot, request: LogRequest): Promise<boolean> {
    for (const pod of byAge(pods)) {
        const name = pod.metadata?.name ?? "";
        const container = chooseContainer(pod, request.container)?.name;
        if (container === undefined) {
            continue;
        }
        const log = await cluster.openLog(name, container, { follow: false }).catch((error: unknown) => {
            request.say(
                `the cluster has no log of ${container} of pod ${name} to give: ${describeClusterError(error)}`,
            );
            return undefined;
        });
        if (log !== undefined) {
            request.say(`${container} of pod ${name}`);
            await request.sink.begin({ pod: name, container });
            const lines = new LogLines();
            await pass(log, request.sink, (chunk) => lines.take(chunk));
            return true;
        }
    }
    return false;
}

/** Of the pod that wrote last. */
export async function showFromStorage(request: LogRequest, snapshot: Snapshot | undefined): Promise<void> {
    const { target, container: wanted, sink, say } = request;
    const { s3, runDir, s3Problem } = target;
    const kept = s3Problem === undefined ? await listKeptLogs(s3, runDir, impatient) : [];
    const pod = kept.find(({ container }) => wanted === undefined || container === wanted)?.pod;
    const ofPod = kept.filter((log) => log.pod === pod);
    const log = ofPod.find(({ container }) => container === (wanted ?? "train")) ?? (wanted ? undefined : ofPod[0]);
    if (log === undefined) {
        throw new Error(describeNone(request, kept, snapshot));
    }
    say(`${log.container} of pod ${log.pod}, from ${keptLogUri(runDir, log)}`);
    await sink.begin({ pod: log.pod, container: log.container });
    await pass((await openKeptLog(s3, runDir, log, impatient)).setEncoding("utf8"), sink, (text) => [{ text }]);
}

function describeNone({ target, container }: LogRequest, kept: readonly KeptLog[], snapshot: Snapshot | undefined) {
    const there = (snapshot?.pods ?? []).flatMap(begun).map(({ name }) => name);
    const names = [...new Set([...there, ...kept.map((log) => log.container)])];
    const where = target.s3Problem === undefined ? `on the cluster or in ${target.runDir.uri}/logs` : "on the cluster";
    const problem = target.s3Problem === undefined ? "" : `; ${target.s3Problem}`;
    const wanted = container === undefined ? "" : ` of ${container}`;
    const others = names.length === 0 || container === undefined ? "" : `; there are logs of ${names.join(", ")}`;
    return `there is no log${wanted} ${where} yet${others}${problem}`;
}

/** Writes a log as it comes; throws when it breaks off. */
export async function pass(log: Readable, sink: LogSink, cut: (chunk: string) => LogPiece[]): Promise<void> {
    try {
        for await (const chunk of log) {
            await sink.write(cut(chunk as string));
        }
    } catch (error) {
        throw new Error(`the log has broken off: ${describeClusterError(error)}`, { cause: error });
    }
}
