// The training run as configured: what it needs anywhere, and the pod's resources and code when it is remote.
import type { ResolvedValues } from "./resolvedValues.ts";
import type { Directories, GitSettings, LocalTraining, RemoteTraining, TrainingParameters } from "./settings.ts";

const section = "luigi_Train";

/** Training is remote when the run directory is on S3. */
export function trainingSettings(
    values: ResolvedValues,
    directories: Directories,
    trainConfig: string,
): LocalTraining | RemoteTraining {
    const parameters = trainingParameters(values, trainConfig);
    if (directories.run.kind === "local") {
        return { where: "local", ...parameters };
    }
    const useGit = values.require(section, "use_init_containers", "bool");
    return {
        where: "remote",
        ...parameters,
        image: values.require(section, "remote_image", "image"),
        resources: {
            gpus: values.require(section, "request_gpus", "int"),
            cpusPerGpu: values.require(section, "cpus_per_gpu", "int"),
            memoryPerCpuGb: values.require(section, "memory_per_cpu", "float"),
            minGpuMemoryMb: values.require(section, "min_gpu_memory", "int"),
        },
        ...(useGit ? { git: gitSettings(values) } : {}),
    };
}

function trainingParameters(values: ResolvedValues, trainConfig: string): TrainingParameters {
    const optional = <K extends string>(key: string, name: K) => {
        const value = values.read(section, key, "optionalFloat");
        return (value === undefined ? {} : { [name]: value }) as { readonly [_ in K]?: number };
    };
    return {
        ifos: values.require(section, "ifos", "stringList"),
        seed: values.require(section, "seed", "int"),
        kernelLengthSeconds: values.require(section, "kernel_length", "float"),
        sampleRateHz: values.require(section, "sample_rate", "float"),
        fdurationSeconds: values.require(section, "fduration", "float"),
        highpassHz: values.require(section, "highpass", "float"),
        ...optional("lowpass", "lowpassHz"),
        ...optional("fftlength", "fftlengthSeconds"),
        ...optional("q", "q"),
        useWandb: values.require(section, "use_wandb", "bool"),
        trainConfig,
    };
}

function gitSettings(values: ResolvedValues): GitSettings {
    return {
        url: values.require(section, "git_url", "gitUrl"),
        ref: values.require(section, "git_ref", "gitRef"),
        checkHostKey: values.require("luigi_ssh", "check_host_key", "bool"),
    };
}
