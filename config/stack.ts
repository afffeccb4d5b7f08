// The stack's config -> StackSettings; every problem is reported at once.
import { ConfigError, quote } from "./errors.ts";
import type { StackSettings } from "./settings.ts";
import { type RawConfig, StackReader } from "./stackReader.ts";

export { type StackConfigKey, stackConfigKeys } from "./stackKeys.ts";

const nameShape = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}$/;

/**
 * Reads the config of the stack `name`; `raw` holds it without namespace, values decoded, secrets left out.
 * `source` names it in problems, such as `stacks/Pulumi.my-run.yaml`.
 */
export function parseStackSettings(name: string, raw: RawConfig, source: string): StackSettings {
    const reader = new StackReader(raw, source);
    if (!nameShape.test(name)) {
        reader.report(
            undefined,
            `${quote(name)} is not a stack name`,
            "letters, digits, _ . - and at most 100 of them",
        );
    }
    reader.reportUnknown();
    const kubernetes = reader.texts("kubernetes", {
        context: /^\S.*$/,
        namespace: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    });
    const volume = reader.texts("volume", {
        storageClassName: /^[a-z0-9][a-z0-9.-]*$/,
        size: /^\d+(\.\d+)?([KMGTPE]i?)?$/,
    });
    const podTemplatePatch = reader.object("podTemplatePatch");
    const law = reader.command();
    const settings: StackSettings = {
        name,
        directory: reader.directory(),
        config: reader.text("config", /^(?!\.\.?$)[^/\0]+$/, "sandbox.cfg", "a file name, without a folder"),
        environment: reader.environment(),
        settings: reader.overrides(),
        ...(law === undefined ? {} : { law }),
        workers: reader.count("workers", 5, 256),
        gpus: reader.text("gpus", /^([\w-]+(,[\w-]+)*)?$/, "0", 'GPU ids with commas between, such as "0,1"'),
        dev: reader.boolean("dev", false),
        ...(kubernetes === undefined ? {} : { kubernetes }),
        ...(volume === undefined ? {} : { volume }),
        ...(podTemplatePatch === undefined ? {} : { podTemplatePatch }),
        artifacts: reader.choice("artifacts", ["retain", "delete"]),
        wait: reader.boolean("wait", true),
        createBucket: reader.boolean("createBucket", false),
        adoptExisting: reader.boolean("adoptExisting", false),
        policy: reader.choice("policy", ["warn", "off", "strict"]),
    };
    if (reader.problems.length > 0) {
        throw new ConfigError(reader.problems);
    }
    return settings;
}
