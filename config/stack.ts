// The stack's config -> StackSettings; every problem is reported at once.
import { ConfigError, type Problem, quote } from "./errors.ts";
import type { StackSettings } from "./settings.ts";
import { type RawConfig, StackReader } from "./stackReader.ts";

export { type StackConfigKey, stackConfigKeys } from "./stackKeys.ts";

const nameShape = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}$/;

export interface StackSurvey {
    /** With the default in the place of each wrong value. */
    readonly settings: StackSettings;
    /** All that is wrong. */
    readonly problems: readonly Problem[];
}

/**
 * Reads the config of the stack `name`; `raw` holds it without namespace, values decoded, secrets left out.
 * `source` names it in problems, such as `stacks/Pulumi.my-run.yaml`. Throws a ConfigError with every problem.
 */
export function parseStackSettings(name: string, raw: RawConfig, source: string): StackSettings {
    const { settings, problems } = surveyStack(name, raw, source);
    if (problems.length > 0) {
        throw new ConfigError(problems);
    }
    return settings;
}

/** As `parseStackSettings`, for those who want to go on when something is wrong: it is told, not thrown. */
export function surveyStack(name: string, raw: RawConfig, source: string): StackSurvey {
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
        // https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/, but for parts of a byte
        size: /^(?=.*[1-9])\d+(\.\d+)?(k|[MGTPE]|[KMGTPE]i)?$/,
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
        preflight: reader.boolean("preflight", true),
        policy: reader.choice("policy", ["warn", "off", "strict"]),
        policyProfile: reader.text(
            "policyProfile",
            /^([a-z][a-z0-9-]*|\/.+)$/,
            "nautilus",
            "the name of a profile, or an absolute path",
        ),
    };
    const { problems, replaced } = reader;
    return { settings: replaced.length > 0 ? { ...settings, replaced } : settings, problems };
}
