// What must hold between values: things that would otherwise show up hours later, or never.
import { checkAgreements, checkAliases } from "./agreements.ts";
import type { Problem } from "./errors.ts";
import { placeOf } from "./origin.ts";
import type { ResolvedValues } from "./resolvedValues.ts";

/** All that is wrong between the values. */
export function checkValues(values: ResolvedValues): Problem[] {
    return [
        ...checkAliases(values),
        ...checkAgreements(values),
        ...checkPeriods(values),
        ...checkDetectors(values),
        ...checkFrequencies(values),
        ...checkPod(values),
        ...checkCredentials(values),
    ];
}

function checkPeriods(values: ResolvedValues): Problem[] {
    return ["luigi_FetchTrain", "luigi_FetchTest", "luigi_TestingWaveforms"].flatMap((section) => {
        const [start, end] = [values.read(section, "start", "float"), values.read(section, "end", "float")];
        const given = values.find(section, "end");
        if (given === undefined || start === undefined || end === undefined) {
            return [];
        }
        const place = { ...placeOf(given.origin), section, key: "end" };
        const shortest = values.read(section, "min_duration", "float") ?? 0;
        if (end <= start) {
            return [{ ...place, message: `${end} is not after the start ${start}` }];
        }
        const message = `${start} to ${end} is shorter than min_duration, ${shortest} s, so that no strain is left`;
        return end - start < shortest ? [{ ...place, message }] : [];
    });
}

function checkDetectors(values: ResolvedValues): Problem[] {
    const problems: Problem[] = [];
    const ifos = values.read("luigi_Train", "ifos", "stringList");
    const given = values.find("luigi_Train", "ifos");
    if (ifos && given) {
        const place = { ...placeOf(given.origin), section: given.section, key: given.key };
        const wrong = ifos.find((ifo) => !/^[A-Z]\d$/.test(ifo));
        if (ifos.length === 0 || new Set(ifos).size !== ifos.length) {
            problems.push({ ...place, message: "must name each detector once", suggestion: '["H1", "L1"]' });
        } else if (wrong !== undefined) {
            problems.push({ ...place, message: `${wrong} is not a detector`, suggestion: "such as H1, L1, V1" });
        }
        for (const [section, key, type] of perDetector) {
            const list = values.read(section, key, type);
            const found = values.find(section, key);
            if (list && found && list.length !== ifos.length) {
                const message = `has ${list.length} entries for ${ifos.length} detectors`;
                problems.push({ ...placeOf(found.origin), section: found.section, key: found.key, message });
            }
        }
    }
    return problems;
}

const perDetector = [
    ["luigi_TestingWaveforms", "shifts", "numberList"],
    ["luigi_SandboxInfer", "shifts", "numberList"],
    ["luigi_FetchTrain", "channels", "stringList"],
    ["luigi_FetchTest", "channels", "stringList"],
] as const;

function checkFrequencies(values: ResolvedValues): Problem[] {
    const section = "luigi_Train";
    const sampleRate = values.read(section, "sample_rate", "float");
    const highpass = values.read(section, "highpass", "float");
    const lowpass = values.read(section, "lowpass", "optionalFloat");
    const nyquist = (sampleRate ?? Number.POSITIVE_INFINITY) / 2;
    const wrong = (key: string, message: string): Problem => {
        const { origin, section: at = section, key: name = key } = values.find(section, key) ?? {};
        return { ...(origin === undefined ? {} : placeOf(origin)), section: at, key: name, message };
    };
    const problems: Problem[] = [];
    if (highpass !== undefined && highpass >= nyquist) {
        problems.push(wrong("highpass", `${highpass} Hz is not below half the sample rate, ${nyquist} Hz`));
    }
    if (lowpass !== undefined && lowpass > nyquist) {
        problems.push(wrong("lowpass", `${lowpass} Hz is above half the sample rate, ${nyquist} Hz`));
    }
    if (lowpass !== undefined && highpass !== undefined && lowpass <= highpass) {
        problems.push(wrong("lowpass", `${lowpass} Hz is not above highpass, ${highpass} Hz`));
    }
    return problems;
}

/** Memory of a whole pod that no node has; a slip of the unit. */
const mostMemoryGb = 16_000;

function checkPod(values: ResolvedValues): Problem[] {
    const section = "luigi_Train";
    const gpus = values.read(section, "request_gpus", "int") ?? 0;
    const cpus = values.read(section, "cpus_per_gpu", "int") ?? 0;
    const memory = values.read(section, "memory_per_cpu", "float") ?? 0;
    const total = gpus * cpus * memory;
    const given = values.find(section, "memory_per_cpu");
    if (given === undefined || total <= mostMemoryGb) {
        return [];
    }
    const message = `${gpus} GPUs x ${cpus} CPUs x ${memory} GB make ${total} GB, more than ${mostMemoryGb} GB`;
    return [{ ...placeOf(given.origin), section, key: "memory_per_cpu", message }];
}

function checkCredentials(values: ResolvedValues): Problem[] {
    const section = "luigi_s3";
    const keys = ["aws_access_key_id", "aws_secret_access_key"];
    const [given, missing] = [true, false].map((wanted) =>
        keys.find((key) => Boolean(values.find(section, key)?.value) === wanted),
    );
    const origin = given === undefined ? undefined : values.find(section, given)?.origin;
    return given === undefined || missing === undefined || origin === undefined
        ? []
        : [{ ...placeOf(origin), section, key: given, message: `is given without ${missing}` }];
}
