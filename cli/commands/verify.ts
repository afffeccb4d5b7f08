// `aframe verify`: whether what an experiment made, and what it trained on, is all there and unchanged.
import { createLogUpdate } from "log-update";
import { readExperiment } from "../../config/experiment.ts";
import type { ExperimentSettings } from "../../config/settings.ts";
import { parseStackSettings } from "../../config/stack.ts";
import { describeProgress, Meter } from "../../pipeline/transfer/progress.ts";
import { isWrong } from "../../pipeline/verification/copy.ts";
import type { Verification, VerifyRequest } from "../../pipeline/verification/verify.ts";
import { type Context, defineCommand } from "../commandLine.ts";
import { colorsFor } from "../display/display.ts";
import { renderVerification, type Verified, verificationAsJson } from "../display/verification.ts";
import { chooseEngine, type EngineChoice, engineOption } from "../engine/choose.ts";
import { readDeployment } from "../engine/deployment.ts";
import { exitCodes } from "../errors.ts";
import { findStack, type Stack } from "../project.ts";
import { StackFile } from "../stackFile.ts";
import { stackOption } from "./operation.ts";

export const command = defineCommand({
    name: "aframe verify",
    summary: "tell whether what was made and trained on is all there, unchanged",
    details: `
Compares what is on S3 and on this machine with the manifests and records, those with the state, and of each stage and
of the model what it was made from with what is there now. By default an object's size and the SHA-256 it was sent with
must do, and a file's size and time; a file written to since is read. --deep reads every byte: what is on S3 travels
here, and nothing of it is kept. Changes nothing, takes no lock, and works beside a running up and after a destroy.
Exit codes: 0 all is right, or not made yet; 1 something is damaged, outdated or cannot be looked at; 2 wrong use.
docs/json.md tells the form of --json.`,
    positionals: [],
    options: {
        stack: stackOption,
        deep: { type: "boolean", description: "read every byte, here and on S3" },
        json: { type: "boolean", short: "j", description: "as JSON" },
        engine: engineOption,
    },
    run: async (options, _positionals, context) => {
        // Nothing here is worth ending in order.
        process.once("SIGINT", () => process.exit(exitCodes.interrupted));
        const stack = await findStack(options.stack, context);
        const engine = await chooseEngine(options.engine, context);
        const found = await verifyStack(stack, engine, options.deep, context);
        context.stdout.write(options.json ? verificationAsJson(found) : renderVerification(found, colorsFor(context)));
        return found.copies.some(isWrong) ? exitCodes.failed : exitCodes.done;
    },
});

async function verifyStack(stack: Stack, engine: EngineChoice, deep: boolean, context: Context): Promise<Verified> {
    const [{ expectedArtefacts }, { verifyArtefacts }] = await Promise.all([
        import("../engine/artefacts.ts"),
        import("../../pipeline/verification/verify.ts"),
    ]);
    const file = await StackFile.read(stack.file);
    const { settings } = readExperiment(parseStackSettings(stack.name, file.config, stack.file));
    const expect = async () => expectedArtefacts(settings, await readDeployment(stack, engine, context));
    const expected = await expect();
    const usesS3 = expected.subjects.some(({ location }) => location !== undefined);
    const progress = showProgress(context);
    try {
        const found = await verifyArtefacts({
            ...expected,
            directory: settings.stack.directory,
            s3: usesS3 ? await connectionOf(settings, stack, file, engine, context) : {},
            deep,
            recognise: recogniserFor(settings),
            ...progress,
        });
        const isRight = !found.copies.some(isWrong);
        const { copies, unlisted } = isRight ? found : withoutChanged(found, expected, await expect());
        return { stack: stack.name, directory: settings.stack.directory, deep, copies, unlisted };
    } finally {
        progress.end();
    }
}

type Expected = Pick<VerifyRequest, "subjects">;

/** What an operation has begun or ended meanwhile was looked at while it changed. */
function withoutChanged(found: Verification, before: Expected, now: Expected): Verification {
    const facts = ({ subjects }: Expected) => new Map(subjects.map((one) => [one.stage, JSON.stringify(one)]));
    const [old, fresh] = [facts(before), facts(now)];
    const copies = found.copies.map((copy) =>
        old.get(copy.stage) === fresh.get(copy.stage) ? copy : { ...copy, state: "started" as const, findings: [] },
    );
    return { ...found, copies };
}

async function connectionOf(
    settings: ExperimentSettings,
    stack: Stack,
    file: StackFile,
    engine: EngineChoice,
    context: Context,
) {
    const [{ clearConnection }, { readClearSecrets }] = await Promise.all([
        import("../../preview/secrets.ts"),
        import("../engine/clearSecrets.ts"),
    ]);
    return clearConnection(settings, await readClearSecrets(stack, file, engine, context));
}

function recogniserFor(settings: ExperimentSettings): NonNullable<VerifyRequest["recognise"]> {
    return async (manifest, data) => {
        const { judgeTraining } = await import("../../preview/forecast/training.ts");
        const there = Object.entries(data).map(([stage, digest]) => [stage, { kind: "there", digest }] as const);
        const record = { manifest, root: "", seconds: 0, mtimes: {} };
        return judgeTraining(settings, record, new Map(there)).kind === "up to date";
    };
}

/** A live line on a terminal, else a line each ten seconds; on standard error, since the report is on the other. */
function showProgress({ stderr, environment }: Context): Pick<VerifyRequest, "onPlan" | "transfer"> & { end(): void } {
    const isLive = stderr.isTTY && environment.TERM !== "dumb";
    const live = createLogUpdate(stderr);
    const say = (line: string): void => {
        if (isLive) live(line);
        else stderr.write(`${line}\n`);
    };
    const meter = new Meter();
    let timer: NodeJS.Timeout | undefined;
    return {
        onPlan: (bytes) => {
            meter.plan(bytes);
            timer = setInterval(
                () => {
                    say(`read ${describeProgress(meter.snapshot())}`);
                },
                isLive ? 250 : 10_000,
            );
        },
        transfer: { onBytes: meter.add, onRetry: say, retries: 3 },
        end: () => {
            clearInterval(timer);
            if (isLive) live.clear();
        },
    };
}
