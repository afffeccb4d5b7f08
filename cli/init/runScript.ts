// run.sh: the experiment's directories as environment variables, and the command that runs it.
import path from "node:path";
import { quoteForShell } from "../../config/shell.ts";
import type { directoryVariables } from "../environment.ts";

/** The values of the variables that run.sh exports: training data and run dir on S3 when a bucket is given. */
export function directoriesOf(
    directory: string,
    bucket: string | undefined,
): Record<(typeof directoryVariables)[number], string> {
    const base = bucket ?? directory;
    return {
        AFRAME_TRAIN_DATA_DIR: `${base}/data/train`,
        AFRAME_TEST_DATA_DIR: `${directory}/data/test`,
        AFRAME_TRAIN_RUN_DIR: `${base}/training`,
        AFRAME_CONDOR_DIR: `${directory}/condor`,
        AFRAME_RESULTS_DIR: `${directory}/results`,
        AFRAME_TMPDIR: `${directory}/tmp/`,
    };
}

export interface RunScript {
    readonly directory: string;
    readonly variables: Readonly<Record<string, string>>;
    readonly checkout: string;
    readonly stack: string;
    /** @default 5 */
    readonly workers?: number;
    /** @default "0" */
    readonly gpus?: string;
    /** @default false */
    readonly dev?: boolean;
}

export function renderRunScript(script: RunScript): string {
    const { directory, variables, checkout, stack, workers = 5, gpus = "0", dev = false } = script;
    const flags = `--workers ${workers} --gpus ${quoteForShell(gpus)}${dev ? " --dev" : ""}`;
    const config = quoteForShell(path.join(directory, "sandbox.cfg"));
    const aframe = quoteForShell(path.join(checkout, "bin", "aframe"));
    return `#!/bin/bash
set -euo pipefail

# Export environment variables
${Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoteForShell(value)}`)
    .join("\n")}

# launch pipeline; modify the gpus, workers etc. to suit your needs
# note that if you've made local code changes not in the containers
# you'll need to add the --dev flag!
LAW_CONFIG_FILE=${config} ${aframe} up --stack ${stack} ${flags}
`;
}
