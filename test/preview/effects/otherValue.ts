// For every known key another value than the one it has, and with it the keys that have to agree.
import { agreements } from "../../../config/agreements.ts";
import type { KnownKey } from "../../../config/defaults.ts";
import type { ExperimentSettings } from "../../../config/settings.ts";
import { type CfgValues, mergeValues, otherServer, sshKeys } from "./liveExperiment.ts";

/** Where a type's own other value would not do. */
const particular: Readonly<Record<string, string>> = {
    ...{ config: "other.yaml", export_config: "other.yaml", ssh_file: sshKeys[1] ?? "" },
    ...{ channels: '["A", "B"]', lowpass: "900", precompute_train_waveforms: "false", zero_lag: "false" },
};

export function otherValue({ key, choices, type, min = 0, above = 0 }: KnownKey, current: string): string {
    const choice = choices?.find((one) => one !== current);
    return particular[key] ?? choice ?? byType[type](current, Math.max(min, above));
}

function more(current: string, least: number): string {
    return String(current === "" ? least + 1 : Number(current.replaceAll("_", "")) + 1);
}

const byType: Readonly<Record<KnownKey["type"], (current: string, least: number) => string>> = {
    int: more,
    float: more,
    optionalFloat: more,
    bool: (current) => (current.toLowerCase() === "true" ? "false" : "true"),
    string: () => "another",
    path: () => "/another/place",
    csv: () => "one,two",
    endpoint: () => "https://s3.example.org",
    gitUrl: () => `git@${otherServer}:somebody/aframe.git`,
    gitRef: () => "another-branch",
    image: () => "ghcr.io/ml4gw/aframe/train:another",
    stringList: () => '["H1", "V1"]',
    numberList: () => "[0, 2]",
    pairList: () => "[[30, 30]]",
};

/** The value that the experiment has now; empty when it has none. */
export function currentValue({ values }: ExperimentSettings, section: string, key: string): string {
    return values.find((one) => one.section === section && one.key === key)?.value ?? "";
}

/** The value with all that must agree with it: the same quantity in the sections of other stages. */
export function consistently(section: string, key: string, value: string): CfgValues {
    const sections = new Set([section]);
    for (const one of section === "luigi_base" ? [] : sections) {
        for (const agreement of agreements) {
            if (agreement.sections.includes(one) && agreement.keys.includes(key)) {
                for (const partner of agreement.sections) sections.add(partner);
            }
        }
    }
    return mergeValues([...sections].map((name) => ({ [name]: { [key]: value } })));
}
