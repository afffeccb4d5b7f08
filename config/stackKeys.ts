// The keys of a stack's config (`stacks/Pulumi.<name>.yaml`, namespace `aframe`), for reading it and for the help.

export interface StackConfigKey {
    readonly name: string;
    readonly type: string;
    /** In words; absent when the key is required. */
    readonly default?: string;
    readonly meaning: string;
    /** Set with `aframe config set --secret`; never part of StackSettings. */
    readonly secret?: true;
}

export const stackConfigKeys = [
    { name: "directory", type: "path", meaning: "the experiment directory that aframe-init made" },
    { name: "config", type: "file name", default: "sandbox.cfg", meaning: "the cfg in that directory" },
    {
        name: "environment",
        type: "map",
        default: "empty",
        meaning: "the AFRAME_* variables of run.sh, as copied by `aframe up`",
    },
    { name: "settings", type: "section: key: value", default: "empty", meaning: "overrides of cfg values" },
    {
        name: "law",
        type: "list of texts",
        default: "from the Aframe checkout's lock file, else law on PATH",
        meaning: "the command that runs law",
    },
    { name: "workers", type: "whole number", default: "5", meaning: "local stages at a time, and law's --workers" },
    { name: "gpus", type: "ids with commas between", default: '"0"', meaning: "GPUs of local stages; empty for none" },
    { name: "dev", type: "true or false", default: "false", meaning: "run the checkout's code in the containers" },
    {
        name: "kubernetes",
        type: "{context, namespace}",
        default: "none; written by aframe-init from the current kubeconfig",
        meaning: "where remote training runs",
    },
    {
        name: "volume",
        type: "{storageClassName, size}",
        default: "none",
        meaning: "a PVC for data and checkpoints instead of scratch",
    },
    { name: "podTemplatePatch", type: "object", default: "none", meaning: "merged by name into the pod template" },
    {
        name: "artifacts",
        type: "retain or delete",
        default: "retain",
        meaning: "what destroy does with data and trained models",
    },
    {
        name: "createBucket",
        type: "true or false",
        default: "false",
        meaning: "make the S3 bucket, which must not exist yet; destroy leaves it",
    },
    { name: "wait", type: "true or false", default: "true", meaning: "whether up stays until training ends" },
    {
        name: "adoptExisting",
        type: "true or false",
        default: "false",
        meaning: "take over outputs that law made before",
    },
    {
        name: "preflight",
        type: "true or false",
        default: "true",
        meaning: "ask cluster, S3 and git server, before anything runs, whether the experiment can work",
    },
    { name: "policy", type: "off, warn or strict", default: "warn", meaning: "what breaking the cluster's rules is" },
    {
        name: "policyProfile",
        type: "name or absolute path",
        default: "nautilus",
        meaning: "whose rules: a profile in preview/policy, or a file of that form",
    },
    { name: "wandbApiKey", type: "text", default: "the cfg's, then the usual chain", meaning: "W&B key", secret: true },
    {
        name: "s3AccessKeyId",
        type: "text",
        default: "the cfg's, then the usual AWS chain",
        meaning: "S3 access key id",
        secret: true,
    },
    {
        name: "s3SecretAccessKey",
        type: "text",
        default: "the cfg's, then the usual AWS chain",
        meaning: "S3 secret access key",
        secret: true,
    },
] as const satisfies readonly StackConfigKey[];

export type StackConfigName = (typeof stackConfigKeys)[number]["name"];
