// Known keys of the sections for services and tools: S3, SSH, W&B, folders, law and luigi themselves.
import type { KnownKey, KnownSection } from "./known.ts";

const log = (key: string): KnownKey => ({ key, type: "string", default: "INFO", meaning: "log level" });

const credentials: readonly KnownSection[] = [
    {
        name: "luigi_ssh",
        meaning: "The key that git-sync clones the code with.",
        keys: [
            {
                key: "ssh_file",
                type: "path",
                default: "~/.ssh/id_rsa",
                meaning: "private key; must have no passphrase",
            },
            {
                key: "check_host_key",
                type: "bool",
                default: "true",
                own: true,
                meaning: "verify the git server against known_hosts",
            },
        ],
    },
    {
        name: "luigi_s3",
        meaning: "The S3 server of data and run directories.",
        keys: [
            {
                key: "endpoint_url",
                type: "endpoint",
                default: "",
                environment: "AWS_ENDPOINT_URL",
                meaning: "address of the S3 server; empty for AWS",
            },
            { key: "aws_access_key_id", type: "string", secret: true, meaning: "better: aframe:s3AccessKeyId" },
            { key: "aws_secret_access_key", type: "string", secret: true, meaning: "better: aframe:s3SecretAccessKey" },
        ],
    },
    {
        name: "luigi_wandb",
        meaning: "Weights & Biases, when use_wandb is on.",
        keys: [
            { key: "api_key", type: "string", secret: true, meaning: "better: aframe:wandbApiKey" },
            { key: "entity", type: "string", default: "", environment: "WANDB_ENTITY", meaning: "team or user" },
            { key: "project", type: "string", default: "aframe", environment: "WANDB_PROJECT", meaning: "project" },
            { key: "group", type: "string", default: "", environment: "WANDB_RUN_GROUP", meaning: "group of runs" },
            { key: "name", type: "string", default: "", environment: "WANDB_NAME", meaning: "name of the run" },
            { key: "tags", type: "csv", default: "", environment: "WANDB_TAGS", meaning: "tags, with commas between" },
            { key: "username", type: "string", environment: "WANDB_USERNAME", meaning: "user name, for tuning" },
        ],
    },
];

const directory = (key: string, variable: string): KnownKey => ({
    key,
    type: "path",
    decidedBy: variable,
    meaning: `the directory ${variable}`,
});

/** Upstream's section for the directories; here they come from the stack's environment. */
export const pathsSection = {
    name: "luigi_paths",
    meaning: "The directories of run.sh.",
    keys: [
        directory("train_datadir", "AFRAME_TRAIN_DATA_DIR"),
        directory("test_datadir", "AFRAME_TEST_DATA_DIR"),
        directory("train_rundir", "AFRAME_TRAIN_RUN_DIR"),
        directory("condor_dir", "AFRAME_CONDOR_DIR"),
        directory("results_dir", "AFRAME_RESULTS_DIR"),
        directory("tmp_dir", "AFRAME_TMPDIR"),
    ],
} satisfies KnownSection;

const tools: readonly KnownSection[] = [
    {
        name: "core",
        meaning: "How law reads this file.",
        open: true,
        keys: [
            { key: "inherit", type: "csv", meaning: "files that are read before this one" },
            { key: "extend", type: "csv", meaning: "files that are read after this one" },
        ],
    },
    {
        name: "luigi_core",
        meaning: "luigi itself.",
        open: true,
        keys: [
            { key: "local_scheduler", type: "bool", default: "true", meaning: "no central scheduler" },
            { key: "module", type: "string", default: "aframe", meaning: "Python module of the tasks" },
            { key: "log_level", type: "string", default: "INFO", meaning: "log level" },
        ],
    },
    {
        name: "logging",
        meaning: "Log levels by logger.",
        open: true,
        keys: ["law", "law.sandbox.base", "law.patches", "luigi-interface", "law.workflow.base"].map(log),
    },
    {
        name: "luigi_ray_worker",
        meaning: "Workers of remote tuning; not part of a sandbox experiment.",
        optional: true,
        keys: [
            { key: "replicas", type: "int", default: "1", min: 1, meaning: "number of workers" },
            { key: "gpus_per_replica", type: "int", default: "2", min: 1, meaning: "GPUs of each worker" },
            { key: "cpus_per_gpu", type: "int", default: "12", min: 1, meaning: "CPUs for each GPU" },
            {
                key: "memory_per_gpu",
                type: "float",
                unit: "GB",
                default: "70",
                above: 0,
                meaning: "memory for each GPU",
            },
            { key: "min_gpu_memory", type: "int", unit: "MB", default: "15000", min: 0, meaning: "memory of the GPUs" },
        ],
    },
    {
        name: "luigi_ray_head",
        meaning: "Head of remote tuning; not part of a sandbox experiment.",
        optional: true,
        keys: [
            { key: "cpus", type: "int", default: "32", min: 1, meaning: "CPUs" },
            { key: "memory", type: "string", default: "32G", meaning: "memory" },
        ],
    },
    {
        name: "luigi_kubernetes",
        meaning: "Without effect: the stack's `kubernetes` says where training runs.",
        optional: true,
        keys: [
            { key: "auth_method", type: "string", default: "kubeconfig", meaning: "kind of log-in" },
            { key: "kubeconfig_path", type: "path", default: "~/.kube/config", meaning: "kubeconfig" },
            { key: "max_retrials", type: "int", default: "0", min: 0, meaning: "retries" },
            { key: "kubernetes_namespace", type: "string", meaning: "namespace" },
        ],
    },
];

/** Sections of law and luigi whose keys are not listed here. */
export const openSections: readonly string[] = [
    ...["modules", "task", "target", "local_fs", "job", "notifications"],
    ...["bash_sandbox", "bash_sandbox_env", "venv_sandbox", "venv_sandbox_env"],
    ...["singularity_sandbox", "singularity_sandbox_env", "singularity_sandbox_volumes"],
    ...["luigi_worker", "luigi_scheduler", "luigi_resources", "luigi_retcode", "luigi_execution_summary"],
    ...["luigi_Query", "luigi_DeployValidationWaveforms", "luigi_DeployTestingWaveforms", "luigi_DeployInferLocal"],
    ...["luigi_DeployTrainingWaveforms", "luigi_TuneLocal", "luigi_TuneRemote", "luigi_Sandbox", "luigi_Tune"],
];

export const serviceSections: readonly KnownSection[] = [...credentials, pathsSection, ...tools];
