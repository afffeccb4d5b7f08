// Known keys of the sections for services and tools: S3, SSH, W&B, folders, law and luigi themselves.
import { type KnownKey, type KnownSection, withoutEffect } from "./known.ts";

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
                meaning: "private key; must have no passphrase and be readable by you alone",
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
            {
                key: "aws_access_key_id",
                type: "string",
                secret: true,
                taskDefault: "the usual AWS chain",
                meaning: "access key id; better encrypted in the stack, as s3AccessKeyId",
            },
            {
                key: "aws_secret_access_key",
                type: "string",
                secret: true,
                taskDefault: "the usual AWS chain",
                meaning: "secret access key; better encrypted in the stack, as s3SecretAccessKey",
            },
        ],
    },
    {
        name: "luigi_wandb",
        meaning: "Weights & Biases, when use_wandb is on.",
        keys: [
            {
                key: "api_key",
                type: "string",
                secret: true,
                taskDefault: "WANDB_API_KEY, or the login of wandb",
                meaning: "API key; better encrypted in the stack, as wandbApiKey",
            },
            {
                key: "entity",
                type: "string",
                default: "",
                environment: "WANDB_ENTITY",
                meaning: "team or user that owns the runs",
            },
            {
                key: "project",
                type: "string",
                default: "aframe",
                environment: "WANDB_PROJECT",
                meaning: "project of the runs",
            },
            { key: "group", type: "string", default: "", environment: "WANDB_RUN_GROUP", meaning: "group of runs" },
            { key: "name", type: "string", default: "", environment: "WANDB_NAME", meaning: "name of the run" },
            { key: "tags", type: "csv", default: "", environment: "WANDB_TAGS", meaning: "tags of the run" },
            {
                key: "username",
                type: "string",
                meaning: "user name",
                noEffect: "only tuning reads it, which is not part of a sandbox experiment",
                instead: "remove it",
            },
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
        {
            ...directory("train_datadir", "AFRAME_TRAIN_DATA_DIR"),
            aliases: ["train_background_dir", "train_waveforms_dir"],
        },
        {
            ...directory("test_datadir", "AFRAME_TEST_DATA_DIR"),
            aliases: ["test_background_dir", "test_waveforms_dir"],
        },
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
            { key: "inherit", type: "csv", meaning: "files that are read before this one, which beats them" },
            { key: "extend", type: "csv", meaning: "files that are read after this one, and beat it" },
            {
                key: "sync_env",
                type: "string",
                own: true,
                taskDefault: "true",
                meaning: "variables LAW__section__key of the stack's environment beat the files",
            },
        ],
    },
    {
        name: "luigi_core",
        meaning: "luigi itself.",
        open: true,
        keys: [
            { key: "local_scheduler", type: "bool", default: "true", meaning: "run without luigi's central scheduler" },
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
        name: "luigi_kubernetes",
        meaning: "Without effect: the stack's `kubernetes` says where training runs.",
        optional: true,
        keys: withoutEffect(
            [
                { key: "auth_method", type: "string", meaning: "kind of log-in, such as kubeconfig" },
                { key: "kubeconfig_path", type: "path", meaning: "kubeconfig" },
                { key: "max_retrials", type: "int", min: 0, meaning: "retries" },
                { key: "kubernetes_namespace", type: "string", meaning: "namespace" },
            ],
            "the stack says where training runs",
            "set aframe:kubernetes",
        ),
    },
];

/** Sections of law and luigi whose keys are not listed here. */
export const openSections: readonly string[] = [
    ...["modules", "task", "target", "local_fs", "job", "notifications"],
    ...["bash_sandbox", "bash_sandbox_env", "venv_sandbox", "venv_sandbox_env"],
    ...["singularity_sandbox", "singularity_sandbox_env", "singularity_sandbox_volumes"],
    ...["luigi_worker", "luigi_scheduler", "luigi_resources", "luigi_retcode", "luigi_execution_summary"],
    ...["luigi_Query", "luigi_DeployValidationWaveforms", "luigi_DeployTestingWaveforms", "luigi_DeployInferLocal"],
    ...["luigi_DeployTrainingWaveforms", "luigi_Sandbox", "luigi_Tune"],
];

export const serviceSections: readonly KnownSection[] = [...credentials, pathsSection, ...tools];
