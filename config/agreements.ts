// Values that must be the same in two places: two names of one key, and one quantity in the sections of two stages.
import { knownSections } from "./defaults.ts";
import type { Problem } from "./errors.ts";
import { describeOrigin, placeOf } from "./origin.ts";
import type { Resolution } from "./resolve.ts";
import type { ResolvedValues } from "./resolvedValues.ts";

/** Keys that two stages must agree on. Upstream's pipeline forces them; stages run one by one read their own section. */
const agreements: readonly { readonly keys: readonly string[]; readonly sections: readonly [string, string] }[] = [
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
        return one && other && !isSame(one, other)
            ? [differs(section, alias, other, `${key.key} = ${one.value}`, one, "keep one of the two")]
            : [];
    });
}

export function checkAgreements(values: ResolvedValues): Problem[] {
    return agreements.flatMap(({ sections: [first, second], keys }) =>
        keys.flatMap((key) => {
            const [one, other] = [values.find(first, key) ?? absent, values.find(second, key) ?? absent];
            return isSame(one, other)
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

/** Same text, or the same value written differently, such as `1`, `1.0` and `500_000`. */
function isSame(one: Written, other: Written): boolean {
    return plain(one.value) === plain(other.value);
}

function plain(text: string): string {
    const number = Number(text.replaceAll("_", ""));
    return text === "" || Number.isNaN(number) ? text.toLowerCase().replaceAll(/\s/g, "") : String(number);
}

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
