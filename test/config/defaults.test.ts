// The table of known keys says nothing that cannot be.
import assert from "node:assert/strict";
import { test } from "node:test";
import { findKey, knownSections, sectionNames } from "../../config/defaults.ts";
import { fillDefaults } from "../../config/layers.ts";
import type { CfgSections } from "../../config/resolve.ts";
import { ResolvedValues } from "../../config/resolvedValues.ts";

test("all defaults resolve and are right values of their types", () => {
    const sections: CfgSections = new Map();
    for (const { name } of knownSections) {
        sections.set(name, new Map());
    }
    fillDefaults(sections, { HOME: "/home/somebody" });
    const values = new ResolvedValues(sections, { HOME: "/home/somebody" });
    assert.deepEqual(values.problems, []);
    const withDefault = knownSections.flatMap(({ keys }) => keys.filter((key) => key.default !== undefined));
    assert.equal(values.all.length, withDefault.length);
});

test("names are unique, and each key says what it means", () => {
    assert.equal(new Set(sectionNames).size, sectionNames.length);
    for (const { name, keys, meaning } of knownSections) {
        assert.ok(meaning.endsWith("."), `[${name}]`);
        const names = keys.flatMap((key) => [key.key, ...(key.aliases ?? [])]);
        assert.equal(new Set(names).size, names.length, `[${name}]`);
        for (const key of keys) {
            assert.match(key.meaning, /^\S.*[^.\s]$/, `[${name}] ${key.key}`);
        }
    }
});

test("credentials have no default and are marked secret", () => {
    const names = knownSections.flatMap(({ name, keys }) => keys.map((key) => [name, key] as const));
    const secrets = names.filter(([, key]) => key.secret === true);
    assert.deepEqual(
        secrets.map(([section, key]) => `${section}.${key.key}`),
        ["luigi_s3.aws_access_key_id", "luigi_s3.aws_secret_access_key", "luigi_wandb.api_key"],
    );
    assert.ok(secrets.every(([, key]) => key.default === undefined && key.environment === undefined));
});

test("keys are found by all their names", () => {
    assert.equal(findKey("luigi_Train", "use_init_container")?.key, "use_init_containers");
    assert.equal(findKey("luigi_Train", "train_config")?.key, "config");
    assert.equal(findKey("luigi_Train", "none"), undefined);
    assert.equal(findKey("none", "config"), undefined);
});

const waveforms =
    "sample_rate waveform_duration minimum_frequency reference_frequency waveform_approximant right_pad coalescence_time prior";
const jobs = "workflow request_memory request_disk request_cpus";
const container = "image container_root dev gpus";
const training =
    "train_config config ifos seed use_wandb kernel_length sample_rate highpass fduration lowpass fftlength q run_dir data_dir " +
    "background_dir waveforms_dir precompute_train_waveforms";
const pod =
    "remote_image min_gpu_memory request_gpus cpus_per_gpu memory_per_cpu use_init_container use_init_containers git_url git_ref";

/** Section → all keys that Aframe's own files, tasks and config classes have in it, in any version. */
const upstream: Readonly<Record<string, string>> = {
    luigi_base:
        "ifos train_start train_stop test_stop max_duration Tb flag channels shifts seed streams_per_gpu kernel_length " +
        "batch_size fftlength fduration highpass lowpass inference_psd_length inference_sampling_rate inference_batch_size " +
        waveforms,
    luigi_core: "local_scheduler module log_level",
    core: "inherit",
    luigi_FetchTrain: `start end sample_rate max_duration flag ifos channels min_duration prefix data_dir ${jobs} ${container}`,
    luigi_FetchTest: `start end sample_rate max_duration flag ifos channels min_duration prefix data_dir ${jobs} ${container}`,
    luigi_TrainingWaveforms: `num_signals num_jobs ${waveforms} ${jobs} ${container}`,
    luigi_ValidationWaveforms: `num_jobs num_signals ifos highpass lowpass snr_threshold max_num_samples ${waveforms} ${jobs}`,
    luigi_TestingWaveforms:
        `num_signals spacing buffer snr_threshold shifts seed ifos start end psd_length highpass lowpass jitter ` +
        `max_num_samples background_dir ${waveforms} ${jobs}`,
    luigi_ExportLocal:
        "fduration kernel_length inference_sampling_rate sample_rate ifos highpass streams_per_gpu batch_size psd_length " +
        `export_config fftlength q lowpass platform aframe_instances preproc_instances clean ${container}`,
    luigi_SandboxInfer:
        "fduration ifos inference_sampling_rate Tb shifts streams_per_gpu batch_size psd_length cluster_window_length " +
        "integration_window_length rate_per_gpu model_name model_version triton_image sequence_id zero_lag " +
        `return_timeseries remove_tmpdir ${jobs} ${container}`,
    luigi_SandboxSV: `mass_combos ifos source_prior dt output_dir ${container}`,
    logging: "law law.sandbox.base law.patches luigi-interface law.workflow.base",
    luigi_Train: `${training} ${pod} ${container}`,
    luigi_TrainLocal: `${training} ${container}`,
    luigi_TrainRemote: `${training} ${pod}`,
    luigi_TuneTask: "train_config tune_config git_url git_ref",
    luigi_TuneLocal: "train_config tune_config",
    luigi_TuneRemote: "container image_pull_policy name git_url git_ref kubeconfig namespace",
    luigi_ssh: "ssh_file",
    luigi_s3: "endpoint_url aws_access_key_id aws_secret_access_key",
    luigi_wandb: "api_key entity name tags username project group",
    luigi_ray_worker: "replicas gpus_per_replica cpus_per_gpu memory_per_gpu min_gpu_memory",
    luigi_ray_head: "cpus memory",
    luigi_paths:
        "train_background_dir train_waveforms_dir test_background_dir test_waveforms_dir train_datadir test_datadir " +
        "train_rundir results_dir condor_dir tmp_dir",
    luigi_kubernetes: "auth_method kubeconfig_path max_retrials kubernetes_namespace",
};

for (const [section, keys] of Object.entries(upstream)) {
    test(`all that Aframe knows of [${section}] is known`, () => {
        const unknown = keys.split(" ").filter((key) => findKey(section, key) === undefined);
        assert.deepEqual(unknown, []);
    });
}
