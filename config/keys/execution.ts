// Known keys that say how and where a task runs, not what it makes.
import type { KnownKey } from "./known.ts";

/** Keys of every task that runs in a container. */
export const containerTask: readonly KnownKey[] = [
    {
        key: "image",
        type: "string",
        taskDefault: "the task's own, in container_root",
        meaning: "absolute path of a container image instead of the task's own",
    },
    {
        key: "container_root",
        type: "path",
        taskDefault: "AFRAME_CONTAINER_ROOT",
        meaning: "folder of the container images",
    },
    {
        key: "dev",
        type: "bool",
        meaning: "run the checkout's code",
        noEffect: "all stages run as the stack says",
        instead: "set aframe:dev",
    },
    {
        key: "gpus",
        type: "csv",
        meaning: "GPU ids",
        noEffect: "all stages run as the stack says",
        instead: "set aframe:gpus",
    },
    { key: "job_log", type: "string", meaning: "name of the log file of a batch job" },
];

/** Keys of every task that can run as a set of HTCondor jobs; values of `request` are that section's defaults. */
export function condorTask(request: { memory?: string; disk?: string; cpus?: string }): readonly KnownKey[] {
    const { memory, disk, cpus } = request;
    return [
        {
            key: "workflow",
            type: "string",
            default: "htcondor",
            choices: ["htcondor", "local"],
            meaning: "where the jobs run",
        },
        {
            key: "request_memory",
            type: "string",
            meaning: "memory of each job",
            ...(memory === undefined ? { taskDefault: "3267 Mb" } : { default: memory }),
        },
        {
            key: "request_disk",
            type: "string",
            meaning: "scratch disk of each job",
            ...(disk === undefined ? { taskDefault: "1024 Kb" } : { default: disk }),
        },
        {
            key: "request_cpus",
            type: "int",
            min: 1,
            meaning: "CPUs of each job",
            ...(cpus === undefined ? { taskDefault: "1" } : { default: cpus }),
        },
        {
            key: "condor_directory",
            type: "path",
            taskDefault: "a folder of the task in AFRAME_CONDOR_DIR",
            meaning: "folder of submit files and job logs",
        },
        { key: "accounting_group", type: "string", taskDefault: "LIGO_GROUP", meaning: "HTCondor accounting group" },
        { key: "accounting_group_user", type: "string", taskDefault: "LIGO_USERNAME", meaning: "HTCondor user" },
        {
            key: "max_memory",
            type: "string",
            meaning: "upper limit of memory for jobs that are retried with more",
            noEffect: "no task retries its jobs with more memory",
            instead: "set request_memory",
        },
        { key: "retries", type: "int", min: 0, taskDefault: "5", meaning: "times a failed job is submitted again" },
        { key: "parallel_jobs", type: "int", taskDefault: "no limit", meaning: "most jobs at a time" },
        {
            key: "poll_interval",
            type: "string",
            taskDefault: "1 minute; 0.2 for inference",
            meaning: "time between two looks at the jobs",
        },
        { key: "walltime", type: "string", meaning: "longest run time of a job" },
        { key: "tasks_per_job", type: "int", min: 1, meaning: "branches that one job works on" },
    ];
}
