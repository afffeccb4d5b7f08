// Builds the spec of the training pod. Pure: it declares nothing, and what is known only later stays an Output leaf,
// so that a preview shows the rest.
import type { core } from "@pulumi/kubernetes/types/input.js";
import type { Input } from "@pulumi/pulumi";
import type { RemoteTraining, S3Location } from "../config/settings.ts";
import { confined, type GitSync } from "./gitSync.ts";
import { containers, gitSyncUser, podPaths, volumes } from "./podLayout.ts";
import { podSizes } from "./podResources.ts";

export interface PodSpecArgs {
    readonly training: RemoteTraining;
    /** Arguments of `python -m train`. */
    readonly trainArguments: readonly string[];
    readonly experiment: string;
    readonly trainData: S3Location;
    readonly runDir: S3Location;
    /** The endpoint as pods reach it. @default AWS's own */
    readonly podEndpoint?: string;
    readonly region: string;
    readonly jobName: string;
    readonly runtimeSecretName: string;
    readonly scriptsName: string;
    /** The volume for data and run directory: scratch or a claim. */
    readonly storage: core.v1.Volume;
    /** What the pod may use of the node's disk. */
    readonly ephemeralStorage: Input<string>;
    /** Upstream stage → digest of the manifest its data must have, as JSON. */
    readonly manifests: Input<string>;
    /** Names this very training: its settings, code and data. */
    readonly trainingDigest: Input<string>;
    /** @default the code in the image */
    readonly git?: { readonly sync: GitSync; readonly commit: Input<string> };
}

export function buildPodSpec(args: PodSpecArgs): core.v1.PodSpec {
    return {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        // The training's script passes the signal on and uploads what there is.
        terminationGracePeriodSeconds: 120,
        ...(args.git && {
            securityContext: { fsGroup: gitSyncUser, fsGroupChangePolicy: "OnRootMismatch" },
        }),
        affinity: gpuMemoryAffinity(args.training.resources.minGpuMemoryMb),
        initContainers: [...(args.git ? [args.git.sync.initContainer] : []), fetchContainer(args)],
        containers: [trainContainer(args)],
        volumes: [
            args.storage,
            { name: volumes.scripts, configMap: { name: args.scriptsName } },
            {
                name: volumes.sharedMemory,
                emptyDir: { medium: "Memory", sizeLimit: podSizes(args.training.resources).sharedMemory },
            },
            ...(args.git?.sync.volumes ?? []),
        ],
    };
}

/** `Gt` compares whole numbers and is strict. */
function gpuMemoryAffinity(minGpuMemoryMb: number): core.v1.Affinity {
    const expression = { key: "nvidia.com/gpu.memory", operator: "Gt", values: [String(minGpuMemoryMb)] };
    return {
        nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [expression] }] },
        },
    };
}

function fetchContainer(args: PodSpecArgs): core.v1.Container {
    const limits = { cpu: "2", memory: "4G", "ephemeral-storage": "1Gi" };
    return {
        name: containers.fetchData,
        image: args.training.image,
        imagePullPolicy: "Always",
        command: ["python", `${podPaths.scripts}/fetch_data.py`],
        env: [
            ...commonEnv(args),
            { name: "AFRAME_MANIFESTS", value: args.manifests },
            secretEnv("AWS_ACCESS_KEY_ID", args.runtimeSecretName),
            secretEnv("AWS_SECRET_ACCESS_KEY", args.runtimeSecretName),
            secretEnv("AWS_SESSION_TOKEN", args.runtimeSecretName, true),
            // The image asks for every GPU of the node, and this container was given none.
            { name: "NVIDIA_VISIBLE_DEVICES", value: "void" },
        ],
        volumeMounts: [...storageMounts, scriptsMount],
        resources: { requests: limits, limits },
        securityContext: confined,
    };
}

function trainContainer(args: PodSpecArgs): core.v1.Container {
    const sizes = podSizes(args.training.resources);
    const limits = {
        cpu: String(sizes.cpus),
        memory: sizes.memory,
        "nvidia.com/gpu": String(sizes.gpus),
        "ephemeral-storage": args.ephemeralStorage,
    };
    const commit = args.git ? [{ name: "AFRAME_COMMIT", value: args.git.commit }] : [];
    return {
        name: containers.train,
        image: args.training.image,
        imagePullPolicy: "Always",
        command: ["python", `${podPaths.scripts}/start_training.py`],
        args: [...args.trainArguments],
        workingDir: "/tmp",
        env: [
            ...commonEnv(args),
            // Yaml files of newer versions of Aframe name the data by these.
            { name: "AFRAME_TRAIN_BACKGROUND_DIR", value: podPaths.data },
            { name: "AFRAME_TRAIN_WAVEFORMS_DIR", value: podPaths.data },
            ...commit,
        ],
        envFrom: [{ secretRef: { name: args.runtimeSecretName } }],
        volumeMounts: [
            ...storageMounts,
            scriptsMount,
            { name: volumes.sharedMemory, mountPath: "/dev/shm" },
            ...(args.git?.sync.mounts ?? []),
        ],
        resources: { requests: limits, limits },
        securityContext: confined,
    };
}

/** Nothing secret: whoever may list pods reads these. */
function commonEnv(args: PodSpecArgs): core.v1.EnvVar[] {
    const endpoint = args.podEndpoint === undefined ? [] : [{ name: "AWS_ENDPOINT_URL", value: args.podEndpoint }];
    return [
        ...endpoint,
        { name: "AWS_DEFAULT_REGION", value: args.region },
        // Newer SDKs add checksums that older Ceph gateways misread; the manifests hold SHA-256 sums instead.
        { name: "AWS_REQUEST_CHECKSUM_CALCULATION", value: "when_required" },
        { name: "AWS_RESPONSE_CHECKSUM_VALIDATION", value: "when_required" },
        { name: "AFRAME_EXPERIMENT", value: args.experiment },
        { name: "AFRAME_DATA_URI", value: args.trainData.uri },
        { name: "AFRAME_RUN_URI", value: args.runDir.uri },
        { name: "AFRAME_DATA_DIR", value: podPaths.data },
        { name: "AFRAME_RUN_DIR", value: podPaths.run },
        { name: "AFRAME_TRAINING_DIGEST", value: args.trainingDigest },
        { name: "AFRAME_JOB_NAME", value: args.jobName },
        {
            name: "AFRAME_JOB_UID",
            valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']" } },
        },
        // The scripts keep their logs by it.
        { name: "AFRAME_POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "PYTHONUNBUFFERED", value: "1" },
        { name: "PYTHONDONTWRITEBYTECODE", value: "1" },
    ];
}

function secretEnv(key: string, secretName: string, optional = false): core.v1.EnvVar {
    return { name: key, valueFrom: { secretKeyRef: { name: secretName, key, ...(optional && { optional }) } } };
}

const storageMounts: core.v1.VolumeMount[] = [
    { name: volumes.storage, mountPath: podPaths.data, subPath: "data" },
    { name: volumes.storage, mountPath: podPaths.run, subPath: "run" },
];

const scriptsMount: core.v1.VolumeMount = { name: volumes.scripts, mountPath: podPaths.scripts, readOnly: true };
