// The program of every stack: reads the stack's config, declares one experiment, exports what it gives.
import { homedir } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import { Experiment } from "./components/experiment.ts";
import { findWandbKey } from "./components/wandbKey.ts";
import { ConfigError, describeProblem } from "./config/errors.ts";
import { loadExperiment } from "./config/experiment.ts";
import { renderLawConfig } from "./config/lawConfig.ts";
import { parseStackSettings, stackConfigKeys } from "./config/stack.ts";
import { examine, examinedVariable, knownHostsFiles } from "./preview/examine.ts";
import { describeForecast } from "./preview/forecast/forecast.ts";

// The SDK would read a source map for the stack trace of every resource; Node strips types in place and needs none.
Reflect.deleteProperty(Error, "prepareStackTrace");

const stack = pulumi.getStack();
const config = new pulumi.Config();
const source = `stacks/Pulumi.${stack}.yaml`;

const secretNames = stackConfigKeys.filter((key) => "secret" in key).map((key) => key.name);

/** The stack's config without its secrets, which never become part of the settings. */
function plainConfig(): Record<string, unknown> {
    const secrets = new Set<string>(secretNames);
    const prefix = `${config.name}:`;
    const keys = Object.keys(pulumi.runtime.allConfig()).filter((key) => key.startsWith(prefix));
    const names = keys.map((key) => key.slice(prefix.length)).filter((name) => !secrets.has(name));
    return Object.fromEntries(names.map((name) => [name, decode(config.require(name))]));
}

/** Maps and lists arrive as JSON, everything else as it was written. */
function decode(text: string): unknown {
    return /^\s*[[{]/.test(text) ? JSON.parse(text) : text;
}

/** In clear, for questions to the services they are for; what is declared gets them as secrets. */
function clearSecrets(): Record<string, string> {
    const all = pulumi.runtime.allConfig();
    const given = secretNames.map((name) => [name, all[`${config.name}:${name}`]] as const);
    return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as Record<string, string>;
}

/** Says all that is wrong or doubtful, and in a preview what would be done; throws when the experiment cannot work. */
async function lookAhead(): Promise<void> {
    const isExamined = process.env[examinedVariable] === stack;
    const found = await examine({
        stack,
        config: plainConfig(),
        source,
        secrets: clearSecrets(),
        environment: process.env,
        home: homedir(),
        ...(isExamined && { preflight: false }),
    });
    for (const warning of isExamined ? [] : found.warnings) {
        void pulumi.log.warn(describeProblem(warning));
    }
    const problems = [...found.mistakes, ...found.obstacles];
    if (problems.length > 0) {
        throw new ConfigError(problems);
    }
    if (pulumi.runtime.isDryRun() && found.forecast) {
        void pulumi.log.info(describeForecast(found.forecast).join("\n"));
    }
}

function declare(): Experiment {
    const settings = loadExperiment(parseStackSettings(stack, plainConfig(), source));
    const wandbApiKey = config.getSecret("wandbApiKey");
    const s3AccessKeyId = config.getSecret("s3AccessKeyId");
    const s3SecretAccessKey = config.getSecret("s3SecretAccessKey");
    const ambientWandbApiKey = findWandbKey(process.env, homedir());
    return new Experiment(stack, {
        settings,
        lawConfig: renderLawConfig(settings),
        secrets: {
            ...(wandbApiKey && { wandbApiKey }),
            ...(s3AccessKeyId && { s3AccessKeyId }),
            ...(s3SecretAccessKey && { s3SecretAccessKey }),
            ...(ambientWandbApiKey && { ambientWandbApiKey: pulumi.secret(ambientWandbApiKey) }),
        },
        knownHostsFiles: knownHostsFiles(homedir()),
    });
}

/** A RunError is shown without a stack: the configuration is wrong, not the program. */
async function declareOrExplain(): Promise<Experiment> {
    try {
        await lookAhead();
        return declare();
    } catch (error) {
        throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
    }
}

const experiment = await declareOrExplain();

// A default export, as named ones cannot be left out: an all-local experiment has no commit and no Job.
export default experiment.outputs;
