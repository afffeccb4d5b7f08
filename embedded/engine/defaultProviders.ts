// Default providers: what stands in where a program names no provider. Made once for each package and version.
import { secret } from "../state/propertyValues.ts";
import type { StackConfig } from "../state/stackFile.ts";
import type { Goal } from "./goal.ts";
import { dynamicPackage } from "./plugins.ts";
import { providerType } from "./urn.ts";

const disablingKey = "pulumi:disable-default-providers";

function refuseIfDisabled(pkg: string, type: string, text: string): void {
    let disabled: unknown;
    try {
        disabled = JSON.parse(text);
    } catch {
        // Told below.
    }
    if (!Array.isArray(disabled)) {
        throw new Error(`${disablingKey} must be a list of packages, not ${text}`);
    }
    if (disabled.includes("*") || disabled.includes(pkg)) {
        throw new Error(`the default provider of ${pkg} is disabled; ${type} must name a provider of its own`);
    }
}

/** The registration of a default provider, which the engine makes in the program's place. */
export function defaultProviderGoal(pkg: string, version: string, type: string, config: StackConfig): Goal {
    const { values, secretKeys } = config;
    refuseIfDisabled(pkg, type, values[disablingKey] ?? "[]");
    // Dynamic resources see the whole configuration, other packages their own part of it.
    const own = Object.entries(values).filter(([key]) => pkg === dynamicPackage || key.startsWith(`${pkg}:`));
    const inputs = own.map(([key, value]) => [
        pkg === dynamicPackage ? key : key.slice(pkg.length + 1),
        secretKeys.includes(key) ? secret(value) : value,
    ]);
    return {
        type: providerType(pkg),
        name: version === "" ? "default" : `default_${version.replaceAll(/[.+-]/g, "_")}`,
        custom: true,
        parent: "",
        inputs: Object.fromEntries(inputs) as Goal["inputs"],
        dependencies: [],
        propertyDependencies: {},
        provider: "",
        providers: {},
        version,
        ignoreChanges: [],
        replaceOnChanges: [],
        additionalSecretOutputs: [],
        aliases: [],
        customTimeouts: {},
    };
}
