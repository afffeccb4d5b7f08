import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { Experiment } from "../../components/experiment.ts";
import { containers, finalExitCodes } from "../../components/podLayout.ts";
import type { Job } from "../../pipeline/training/clusterObjects.ts";
import { containerNames } from "../../pipeline/training/containers.ts";
import { collecting, type Declared, findPlain, type Option, only, record, reveal } from "../helpers/mocks.ts";
import { canaries, experimentSettings, type Recipe, remoteRecipe, temporaryDirectory } from "./fixture.ts";

type PodSpec = NonNullable<NonNullable<Job["spec"]>["template"]["spec"]>;
type Container = PodSpec["containers"][number];

const commit = "0123456789abcdef0123456789abcdef01234567";

function makeKey(): { file: string; text: string } {
    const file = path.join(temporaryDirectory(), "id_ed25519");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
    return { file, text: readFileSync(file, "utf8") };
}

function withGit(keyFile: string, url = "git@github.com:albert.einstein/aframev2.git"): Recipe {
    const git = `\nuse_init_containers = True\ngit_url = ${url}\ngit_ref = my-feature\n`;
    return { ...remoteRecipe, cfg: `${git}${remoteRecipe.cfg}\n[luigi_ssh]\nssh_file = ${keyFile}\n` };
}

function declare(recipe: Recipe, options: Option[] = []) {
    const settings = experimentSettings(recipe);
    const knownHostsFiles = ["/nonexistent/known_hosts"];
    const args = { settings, lawConfig: "", secrets: {}, knownHostsFiles };
    return record(() => new Experiment("test", args, collecting(options)));
}

function jobOf(declared: readonly Declared[]): Job {
    return only(declared, "batch/v1:Job").inputs;
}

function podOf(declared: readonly Declared[]): PodSpec {
    return jobOf(declared).spec?.template.spec ?? assert.fail("no pod");
}

function container(pod: PodSpec, name: string): Container {
    const all = [...(pod.initContainers ?? []), ...pod.containers];
    return all.find((one) => one.name === name) ?? assert.fail(`no container ${name}`);
}

describe("the Job", () => {
    it("is content once the cluster has taken it, and is never left to a timeout or a time-to-live", async () => {
        const { declared } = await declare(remoteRecipe);
        const { metadata, spec } = jobOf(declared);
        assert.equal(metadata?.annotations?.["pulumi.com/waitFor"], "jsonpath={.status.startTime}");
        assert.equal(metadata.annotations["pulumi.com/skipAwait"], undefined);
        assert.equal(spec?.ttlSecondsAfterFinished, undefined);
        assert.equal(spec?.activeDeadlineSeconds, undefined);
        assert.deepEqual([spec?.backoffLimit, spec?.parallelism, spec?.completions], [3, 1, 1]);
    });

    it("is deleted before another takes its place, also for the fields only Kubernetes knows to be fixed", async () => {
        const options: Option[] = [];
        await declare(remoteRecipe, options);
        const { opts } = options.find(({ type }) => type === "kubernetes:batch/v1:Job") ?? assert.fail();
        assert.equal(opts.deleteBeforeReplace, true);
        assert.ok(opts.replaceOnChanges?.includes("spec.podFailurePolicy"));
    });

    it("ends at once on the exit codes that trying again cannot heal, and ignores disruptions", async () => {
        const { declared } = await declare(remoteRecipe);
        const rules = jobOf(declared).spec?.podFailurePolicy?.rules ?? [];
        assert.deepEqual(rules[0], {
            action: "Ignore",
            onPodConditions: [{ type: "DisruptionTarget", status: "True" }],
        });
        const codes = rules
            .slice(1)
            .map(({ action, onExitCodes }) => [action, onExitCodes?.containerName, onExitCodes?.values]);
        assert.deepEqual(codes, [
            ["FailJob", "fetch-data", [81, 82, 84]],
            ["FailJob", "train", [83, 84]],
        ]);
    });

    it("knows the same exit codes as the pod's scripts", () => {
        const script = readFileSync(new URL("../../components/pod/objects.py", import.meta.url), "utf8");
        const inScript = [...script.matchAll(/^([A-Z_]+) = (8\d)$/gm)].map(([, name, code]) => [name, Number(code)]);
        const here = Object.entries(finalExitCodes).map(([name, code]) => [
            name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
            code,
        ]);
        assert.deepEqual(inScript, here);
    });

    it("stays the same when only credentials change", async () => {
        const { declared } = await declare(remoteRecipe);
        const rotated = await declare({ ...remoteRecipe, cfg: remoteRecipe.cfg.replaceAll("CANARY", "ROTATED") });
        assert.deepEqual(jobOf(rotated.declared), jobOf(declared));
        const data = only(rotated.declared, ":Secret", "test-env").inputs.stringData;
        assert.match(JSON.stringify(reveal(data)), /ROTATEDACCESSKEYID/);
    });

    it("gets another training digest for other data or another yaml, and the same for more memory", async () => {
        const digest = (declared: readonly Declared[]) => only(declared, ":TrainingRun").inputs.trainingDigest;
        const { declared } = await declare(remoteRecipe);
        const memory = { settings: { luigi_Train: { memory_per_cpu: "2" } } };
        assert.equal(digest((await declare({ ...remoteRecipe, stack: memory })).declared), digest(declared));
        const gpus = { settings: { luigi_Train: { request_gpus: "2" } } };
        assert.notEqual(digest((await declare({ ...remoteRecipe, stack: gpus })).declared), digest(declared));
        const settings = experimentSettings(remoteRecipe);
        writeFileSync(settings.training.trainConfig, "trainer:\n  max_epochs: 3\n");
        const edited = await record(() => new Experiment("test", { settings, lawConfig: "", secrets: {} }));
        assert.notEqual(digest(edited.declared), digest(declared));
    });

    it("keeps the training digest when only comments or layout of the yaml change", async () => {
        const settings = experimentSettings(remoteRecipe);
        const digest = async (text: string) => {
            writeFileSync(settings.training.trainConfig, text);
            const { declared } = await record(() => new Experiment("test", { settings, lawConfig: "", secrets: {} }));
            return only(declared, ":TrainingRun").inputs.trainingDigest;
        };
        assert.equal(
            await digest("# longer\ntrainer: { max_epochs: 3 }\n"),
            await digest("trainer:\n  max_epochs: 3\n"),
        );
    });

    it("takes the user's patch into its template", async () => {
        const podTemplatePatch = { spec: { containers: [{ name: "train", imagePullPolicy: "IfNotPresent" }] } };
        const { declared } = await declare({ ...remoteRecipe, stack: { podTemplatePatch } });
        assert.equal(container(podOf(declared), "train").imagePullPolicy, "IfNotPresent");
    });
});

describe("the pod", () => {
    it("may not talk to the cluster, and no container may gain rights", async () => {
        const { declared } = await declare(withGit(makeKey().file));
        const pod = podOf(declared);
        assert.equal(pod.automountServiceAccountToken, false);
        assert.equal(pod.restartPolicy, "Never");
        for (const name of ["git-sync", "fetch-data", "train"]) {
            const context = container(pod, name).securityContext;
            assert.equal(context?.allowPrivilegeEscalation, false, name);
            assert.deepEqual(context.capabilities, { drop: ["ALL"] }, name);
            assert.deepEqual(context.seccompProfile, { type: "RuntimeDefault" }, name);
        }
    });

    it("asks for exactly what it is limited to, and for GPUs only to train", async () => {
        const { declared } = await declare(withGit(makeKey().file));
        const pod = podOf(declared);
        for (const name of ["git-sync", "fetch-data", "train"]) {
            const { requests, limits } = container(pod, name).resources ?? {};
            assert.deepEqual(requests, limits, name);
            assert.equal(limits?.["nvidia.com/gpu"], name === "train" ? "4" : undefined, name);
        }
        assert.deepEqual(container(pod, "train").resources?.limits, {
            cpu: "48",
            memory: "80G",
            "nvidia.com/gpu": "4",
            "ephemeral-storage": "25Gi",
        });
    });

    it("takes credentials by reference only", async () => {
        const { declared } = await declare(remoteRecipe);
        const pod = podOf(declared);
        const train = container(pod, "train");
        const { name: secretName } = only(declared, ":Secret", "test-env").inputs.metadata as { name: string };
        assert.deepEqual(train.envFrom, [{ secretRef: { name: secretName } }]);
        const fetchEnv = container(pod, "fetch-data").env ?? [];
        for (const key of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
            const { valueFrom } = fetchEnv.find(({ name }) => name === key) ?? {};
            assert.deepEqual(valueFrom, { secretKeyRef: { name: secretName, key } });
        }
        assert.ok(!fetchEnv.some(({ name }) => name === "WANDB_API_KEY"));
    });

    it("reaches S3 by the inside address and without checksums that old gateways misread", async () => {
        const { declared } = await declare(remoteRecipe);
        for (const name of ["fetch-data", "train"]) {
            const env = new Map(container(podOf(declared), name).env?.map((one) => [one.name, one.value]));
            assert.equal(env.get("AWS_ENDPOINT_URL"), "http://rook-ceph-rgw-centrals3.rook-central");
            assert.equal(env.get("AWS_REQUEST_CHECKSUM_CALCULATION"), "when_required");
            assert.equal(env.get("AWS_RESPONSE_CHECKSUM_VALIDATION"), "when_required");
        }
    });

    it("tells its scripts its own name, which their logs are kept by", async () => {
        const { declared } = await declare(remoteRecipe);
        for (const name of ["fetch-data", "train"]) {
            const variable = container(podOf(declared), name).env?.find((one) => one.name === "AFRAME_POD_NAME");
            assert.deepEqual(variable?.valueFrom, { fieldRef: { fieldPath: "metadata.name" } });
        }
        const data = only(declared, ":ConfigMap").inputs.data as Record<string, string>;
        assert.ok("kept_log.py" in data);
        assert.deepEqual(containerNames, Object.values(containers));
    });

    it("fetches exactly the data this experiment made", async () => {
        const { declared } = await declare(remoteRecipe);
        const env = container(podOf(declared), "fetch-data").env ?? [];
        assert.deepEqual(JSON.parse(env.find(({ name }) => name === "AFRAME_MANIFESTS")?.value ?? ""), {
            FetchTrain: "digest of FetchTrain",
            TrainingWaveforms: "digest of TrainingWaveforms",
            ValidationWaveforms: "digest of ValidationWaveforms",
        });
    });

    it("needs GPUs with strictly more memory than the least", async () => {
        const { declared } = await declare(remoteRecipe);
        const terms = podOf(declared).affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
        assert.deepEqual(terms?.nodeSelectorTerms, [
            { matchExpressions: [{ key: "nvidia.com/gpu.memory", operator: "Gt", values: ["15000"] }] },
        ]);
    });

    it("keeps data and checkpoints on the claim when there is one", async () => {
        const volume = { storageClassName: "rook-cephfs", size: "200Gi" };
        const { declared } = await declare({ ...remoteRecipe, stack: { volume } });
        const pod = podOf(declared);
        const name = (only(declared, "PersistentVolumeClaim").inputs.metadata as { name: string }).name;
        const storage = pod.volumes?.find((one) => one.name === "storage");
        assert.deepEqual(storage, { name: "storage", persistentVolumeClaim: { claimName: name } });
        assert.equal(container(pod, "train").resources?.limits?.["ephemeral-storage"], "5Gi");
    });

    it("gives claims of another class another name, so that the pod which holds the old one goes first", async () => {
        const nameOf = async (storageClassName: string) => {
            const volume = { storageClassName, size: "1Gi" };
            const { declared } = await declare({ ...remoteRecipe, stack: { volume } });
            return (only(declared, "PersistentVolumeClaim").inputs.metadata as { name: string }).name;
        };
        assert.notEqual(await nameOf("rook-cephfs"), await nameOf("rook-cephfs-east"));
    });
});

describe("code from git", () => {
    it("is the pinned commit in every place", async () => {
        const { declared } = await declare(withGit(makeKey().file));
        const job = jobOf(declared);
        const pod = podOf(declared);
        assert.ok(container(pod, "git-sync").args?.includes(`--ref=${commit}`));
        assert.deepEqual(
            container(pod, "train").env?.find(({ name }) => name === "AFRAME_COMMIT"),
            { name: "AFRAME_COMMIT", value: commit },
        );
        assert.equal(job.metadata?.annotations?.["aframe/commit"], commit);
        assert.equal(job.spec?.template.metadata?.annotations?.["aframe/commit"], commit);
    });

    it("comes by flags of git-sync 4.2.1, with checked host keys", async () => {
        const { declared } = await declare(withGit(makeKey().file));
        const { args, image, env } = container(podOf(declared), "git-sync");
        assert.equal(image, "registry.k8s.io/git-sync/git-sync:v4.2.1");
        assert.deepEqual(args, [
            "--repo=git@github.com:albert.einstein/aframev2.git",
            `--ref=${commit}`,
            "--root=/git",
            "--link=aframe",
            "--one-time",
            "--depth=1",
            "--submodules=recursive",
            "--sync-timeout=360s",
            "--max-failures=5",
            "--period=15s",
            "--ssh-key-file=/etc/git-secret/ssh",
            "--ssh-known-hosts=true",
            "--ssh-known-hosts-file=/etc/git-secret/known_hosts",
        ]);
        assert.deepEqual(env, [{ name: "HOME", value: "/tmp" }]);
    });

    it("is readable for git-sync's group alone, and the key is nowhere but in its container", async () => {
        const { declared } = await declare(withGit(makeKey().file));
        const pod = podOf(declared);
        assert.deepEqual(pod.securityContext, { fsGroup: 65533, fsGroupChangePolicy: "OnRootMismatch" });
        const secret = pod.volumes?.find(({ name }) => name === "git-secret")?.secret;
        assert.equal(secret?.defaultMode, 0o400);
        const mounting = [...(pod.initContainers ?? []), ...pod.containers].filter(({ volumeMounts }) =>
            volumeMounts?.some(({ name }) => name === "git-secret"),
        );
        assert.deepEqual(
            mounting.map(({ name }) => name),
            ["git-sync"],
        );
        const context = container(pod, "git-sync").securityContext;
        assert.deepEqual(
            [context?.runAsUser, context?.runAsNonRoot, context?.readOnlyRootFilesystem],
            [65533, true, true],
        );
    });

    it("takes the place of the image's code and hides nothing else", async () => {
        const { declared } = await declare(withGit(makeKey().file));
        const mounts = container(podOf(declared), "train").volumeMounts?.filter(({ name }) => name === "code");
        assert.deepEqual(mounts, [
            { name: "code", mountPath: "/opt/aframe", subPath: "aframe", readOnly: true },
            { name: "code", mountPath: "/git", readOnly: true },
        ]);
    });

    it("keeps the key secret, with GitHub's published host keys beside it", async () => {
        const key = makeKey();
        const { declared } = await declare(withGit(key.file));
        const line = key.text.split("\n")[2] ?? assert.fail();
        const plain = declared.flatMap(({ name, inputs }) => findPlain(inputs, line, name));
        assert.deepEqual(plain, []);
        const data = reveal(only(declared, ":Secret", "test-ssh").inputs.stringData) as Record<string, string>;
        assert.equal(data.ssh, key.text);
        assert.match(data.known_hosts ?? "", /^github\.com ssh-ed25519 /);
    });

    it("is declared without key or Secret for a repository that anyone may read", async () => {
        const { declared } = await declare(withGit("/nonexistent", "https://github.com/ML4GW/aframe.git"));
        assert.ok(!declared.some(({ type, name }) => type.endsWith(":Secret") && name === "test-ssh"));
        const pod = podOf(declared);
        assert.ok(!container(pod, "git-sync").args?.some((flag) => flag.startsWith("--ssh")));
        assert.ok(!pod.volumes?.some(({ name }) => name === "git-secret"));
    });

    it("is refused with the place in the cfg when the key is missing or the server unknown", () => {
        const declareWith = (recipe: Recipe) => () => {
            const settings = experimentSettings(recipe);
            return new Experiment("test", { settings, lawConfig: "", secrets: {} });
        };
        assert.throws(declareWith(withGit("/nonexistent/id_rsa")), {
            name: "ConfigError",
            message: /sandbox\.cfg:\d+: \[luigi_ssh\] ssh_file: \/nonexistent\/id_rsa does not exist/,
        });
        assert.throws(declareWith(withGit(makeKey().file, "git@git.example.org:a/b.git")), {
            name: "ConfigError",
            message:
                /\[luigi_Train\] git_url: the host key of git\.example\.org is in none of .*ssh-keyscan git\.example\.org/,
        });
    });

    it("never shows a credential in an argument or a name", async () => {
        const { declared } = await declare(withGit(makeKey().file));
        for (const canary of Object.values(canaries)) {
            assert.ok(!JSON.stringify(jobOf(declared)).includes(canary));
        }
    });
});
