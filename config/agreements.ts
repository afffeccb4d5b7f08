// Values that must be the same in two places: two names of one key, and one quantity in the sections of two stages.
import { knownSections } from "./defaults.ts";
import type { Problem } from "./errors.ts";
import { describeOrigin, placeOf } from "./origin.ts";
import type { Resolution } from "./resolve.ts";
import type { ResolvedValues } from "./resolvedValues.ts";
import { isSameText } from "./values.ts";

export interface Agreement {
    readonly keys: readonly string[];
    readonly sections: readonly [string, string];
}

/** Keys that two stages must agree on. Upstream's pipeline forces them; stages run one by one read their own section. */
export const agreements: readonly Agreement[] = [
    { sections: ["luigi_Train", "luigi_FetchTrain"], keys: ["ifos", "sample_rate"] },
    {
        sections: ["luigi_Train", "luigi_ExportLocal"],
        keys: ["ifos", "sample_rate", "kernel_length", "fduration", "fftlength", "highpass", "lowpass", "q"],
    },
    {
        sections: ["luigi_ExportLocal", "luigi_SandboxInfer"],
        keys: ["ifos", "batch_size", "psd_length", "fduration", "inference_sampling_rate", "streams_per_gpu"],
    },
    { sections: ["luigi_TestingWaveforms", "luigi_FetchTest"], keys: ["ifos", "sample_rate", "start", "end"] },
    { sections: ["luigi_TestingWaveforms", "luigi_SandboxInfer"], keys: ["ifos", "shifts"] },
    { sections: ["luigi_Train", "luigi_ValidationWaveforms"], keys: ["ifos", "sample_rate", "highpass", "lowpass"] },
    { sections: ["luigi_Train", "luigi_TrainingWaveforms"], keys: ["sample_rate"] },
    { sections: ["luigi_Train", "luigi_TestingWaveforms"], keys: ["ifos", "sample_rate"] },
];

/** Two names of one key, such as use_init_containers and use_init_container, must not say different things. */
export function checkAliases(values: ResolvedValues): Problem[] {
    const aliased = knownSections.flatMap(({ name, keys }) =>
        keys.flatMap((key) => (key.aliases ?? []).map((alias) => ({ section: name, key, alias }))),
    );
    return aliased.flatMap(({ section, key, alias }) => {
        const [one, other] = [values.findExactly(section, key.key), values.findExactly(section, alias)];
        return one && other && !isSameText(one.value, other.value)
            ? [differs(section, alias, other, `${key.key} = ${one.value}`, one, "keep one of the two")]
            : [];
    });
}

export function checkAgreements(values: ResolvedValues): Problem[] {
    return agreements.flatMap(({ sections: [first, second], keys }) =>
        keys.flatMap((key) => {
            const [one, other] = [values.find(first, key) ?? absent, values.find(second, key) ?? absent];
            return isSameText(one.value, other.value)
                ? []
                : [
                      differs(
                          second,
                          key,
                          other,
                          `[${first}] ${key} = ${one.value}`,
                          one,
                          "set it once, in [luigi_base]",
                      ),
                  ];
        }),
    );
}

/** A key that is not given has no value, in both sections alike. */
const absent: Written = { value: "", origin: { kind: "default" } };

type Written = Pick<Resolution, "value" | "origin">;

function differs(
    section: string,
    key: string,
    given: Written,
    wanted: string,
    other: Written,
    suggestion: string,
): Problem {
    const message = `${given.value === "" ? "empty" : given.value} differs from ${wanted} at ${describeOrigin(other.origin)}`;
    return { ...placeOf(given.origin), section, key, message, suggestion };
}
