// The program of every stack: reads the stack's config, declares one experiment, exports what it gives.
import { homedir } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import { Experiment } from "./components/experiment.ts";
import { findWandbKey } from "./components/wandbKey.ts";
import { ConfigError, describeProblem } from "./config/errors.ts";
import { readExperiment } from "./config/experiment.ts";
import { renderLawConfig } from "./config/lawConfig.ts";
import { parseStackSettings, stackConfigKeys } from "./config/stack.ts";

const stack = pulumi.getStack();
const config = new pulumi.Config();

/** The stack's config without its secrets, which never become part of the settings. */
function plainConfig(): Record<string, unknown> {
    const secrets = new Set<string>(stackConfigKeys.filter((key) => "secret" in key).map((key) => key.name));
    const prefix = `${config.name}:`;
    const keys = Object.keys(pulumi.runtime.allConfig()).filter((key) => key.startsWith(prefix));
    const names = keys.map((key) => key.slice(prefix.length)).filter((name) => !secrets.has(name));
    return Object.fromEntries(names.map((name) => [name, decode(config.require(name))]));
}

/** Maps and lists arrive as JSON, everything else as it was written. */
function decode(text: string): unknown {
    return /^\s*[[{]/.test(text) ? JSON.parse(text) : text;
}

function declare(): Experiment {
    const parsed = parseStackSettings(stack, plainConfig(), `stacks/Pulumi.${stack}.yaml`);
    const { settings, warnings } = readExperiment(parsed);
    for (const warning of warnings) {
        void pulumi.log.warn(describeProblem(warning));
    }
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
        knownHostsFiles: [`${homedir()}/.ssh/known_hosts`, "/etc/ssh/ssh_known_hosts"],
    });
}

/** A RunError is shown without a stack: the configuration is wrong, not the program. */
function declareOrExplain(): Experiment {
    try {
        return declare();
    } catch (error) {
        throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
    }
}

// A default export, as named ones cannot be left out: an all-local experiment has no commit and no Job.
export default declareOrExplain().outputs;
