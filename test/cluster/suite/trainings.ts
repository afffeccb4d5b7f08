// Trainings of a few lines of Python, each a branch of one private repository, for tests of how they end.
import assert from "node:assert/strict";
import { mergePodTemplate } from "../../../components/podTemplatePatch.ts";
import { Experiment, noPulling, type Running, startS3 } from "./experiment.ts";
import { GitServer, type Repository } from "./gitServer.ts";
import { Namespace } from "./namespace.ts";

export interface TrainingOptions {
    readonly config?: Readonly<Record<string, unknown>>;
    /** Limits of the container `train`, besides or instead of what the experiment asks for. */
    readonly limits?: Readonly<Record<string, string>>;
    /** More of the pod's spec. */
    readonly podSpec?: Readonly<Record<string, unknown>>;
    /** @default the one of all trainings */
    readonly git?: GitServer;
}

/** A claim that keeps the run directory for the next pod. */
export const claim = { "aframe:volume": { storageClassName: "aframe-local", size: "1Gi" } };

/** Python that goes on until the test calls `letGo`. */
export const untilLetGo = 'while not (run / "go").exists(): time.sleep(0.1)';

/** More than any of these takes, also beside others on a small machine. */
const longestMs = 240_000;

export class Trainings {
    readonly namespace: Namespace;
    readonly s3: Awaited<ReturnType<typeof startS3>>;
    readonly git: GitServer;
    #repositories = new Map<GitServer, Repository>();

    private constructor(namespace: Namespace, s3: Awaited<ReturnType<typeof startS3>>, git: GitServer) {
        this.namespace = namespace;
        this.s3 = s3;
        this.git = git;
    }

    /** Everything that a test file shares; it goes after the file's tests. */
    static async prepare(name: string): Promise<Trainings> {
        const [namespace, s3, git] = await Promise.all([Namespace.make(name), startS3(), GitServer.start()]);
        return new Trainings(namespace, s3, git);
    }

    /** The same servers, and a namespace of one's own. */
    async inNamespace(name: string): Promise<Trainings> {
        const trainings = new Trainings(await Namespace.make(name), this.s3, this.git);
        trainings.#repositories = this.#repositories;
        return trainings;
    }

    async make(stack: string, script: readonly string[], options: TrainingOptions = {}): Promise<Experiment> {
        const { git = this.git, limits, podSpec, config } = options;
        const repository = this.#repositories.get(git) ?? git.makeRepository("code");
        this.#repositories.set(git, repository);
        repository.useScript(script);
        repository.publish(stack);
        const train = limits && { name: "train", resources: { limits, requests: limits } };
        const patch = { spec: { ...podSpec, ...(train && { containers: [train] }) } };
        return Experiment.make(stack, this.s3, {
            namespace: this.namespace,
            settings: {
                luigi_Train: { use_init_containers: "true", git_url: git.url("code"), git_ref: stack },
                luigi_ssh: { ssh_file: git.keys.ed25519 },
            },
            config: { "aframe:podTemplatePatch": mergePodTemplate(noPulling, patch), ...config },
        });
    }

    /** Ends the waiting of `untilLetGo`. */
    async letGo(pod: string): Promise<void> {
        // The run directory is emptied before training begins.
        const wait = "until [ -f .aframe/training ]; do sleep 0.1; done";
        const command = ["timeout", "60", "sh", "-c", `cd /aframe/run; ${wait}; touch go`];
        await this.namespace.kubectl(["exec", pod, "-c", "train", "--", ...command]);
    }

    /** As a drained node does. */
    async evict(pod: string): Promise<void> {
        const { name: namespace } = this.namespace;
        const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: pod, namespace } };
        const path = `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`;
        await this.namespace.kubectl(["create", "--raw", path, "-f", "-"], eviction);
    }

    /** What a command has printed in all, once it has ended with this code; one that hangs is stopped. */
    async end(running: Running, code: number): Promise<string> {
        let hangs = false;
        const timer = setTimeout(() => {
            hangs = true;
            running.interrupt();
            // The second time it does not wait for what is under way.
            setTimeout(() => {
                running.interrupt();
            }, 10_000);
        }, longestMs);
        const finished = await running.finished;
        clearTimeout(timer);
        const text = finished.stdout + finished.stderr;
        assert.ok(!hangs, `not done after ${longestMs / 1000} s:\n${text}\n${await this.events()}`);
        assert.equal(finished.code, code, text);
        return text;
    }

    /** Waits until a command has printed it. */
    async untilSaid(running: Running, pattern: RegExp): Promise<void> {
        await this.namespace
            .until(`${pattern} in the output of the command`, () => Promise.resolve(pattern.test(running.output)))
            .catch((error: unknown) => {
                throw new Error(running.output, { cause: error });
            });
    }

    private events(): Promise<string> {
        return this.namespace.kubectl(["get", "jobs,pods,events"]);
    }

    /** Waits for the first pod of an experiment, and tells its name. */
    untilPod(stack: string, ...known: readonly string[]): Promise<string> {
        return this.namespace.until(`another pod of ${stack}`, async () =>
            (await this.podNames(stack)).find((name) => !known.includes(name)),
        );
    }

    log(pod: string, container: string): Promise<string> {
        return this.namespace.kubectl(["logs", pod, "-c", container]);
    }

    /** Names of an experiment's pods that are there, the oldest first. */
    async podNames(stack: string): Promise<string[]> {
        const pods = await this.namespace.pods(stack);
        const age = ({ metadata }: (typeof pods)[number]) => new Date(metadata?.creationTimestamp ?? 0).getTime();
        return pods.sort((a, b) => age(a) - age(b)).map(({ metadata }) => metadata?.name ?? "");
    }

    /** Waits for a pod besides those that are known whose training runs. */
    async untilTraining(stack: string, ...known: readonly string[]): Promise<string> {
        return this.namespace.until(`another pod of ${stack} that trains`, async () => {
            const pods = await this.namespace.pods(stack);
            const found = pods.find(
                ({ metadata, status }) =>
                    !known.includes(metadata?.name ?? "") &&
                    status?.containerStatuses?.some(({ state }) => state?.running !== undefined),
            );
            return found?.metadata?.name;
        });
    }
}
