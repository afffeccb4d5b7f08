// What real stages made and brought to a real S3 server, ready to be verified.
import type { TestContext } from "node:test";
import { create } from "../../../pipeline/stage/lifecycle.ts";
import type { S3Connection } from "../../../pipeline/transfer/connection.ts";
import type { Copy, Subject } from "../../../pipeline/verification/copy.ts";
import { type Verification, type VerifyRequest, verifyArtefacts } from "../../../pipeline/verification/verify.ts";
import { both, Experiment } from "../fixtures/experiment.ts";
import { prefix } from "../fixtures/s3.ts";

export interface Made {
    readonly experiment: Experiment;
    readonly subjects: readonly Subject[];
    readonly s3: S3Connection;
}

/** `Fetch` makes two files, `Waveforms` one of them, and both are on S3 with a mirror here. */
export async function makeStages(t: TestContext, name: string, s3: S3Connection): Promise<Made> {
    const experiment = await Experiment.make(t);
    const location = prefix(name);
    const common = { target: location, s3 };
    const fetch = await create(experiment.stage(both, common));
    const waveforms = await create(
        experiment.stage(["make:val.hdf5=v"], {
            ...common,
            stage: "Waveforms",
            produces: ["val.hdf5"],
            inputs: { Fetch: fetch.outs.manifestDigest },
            sources: [{ stage: "Fetch", root: experiment.root, location }],
        }),
    );
    const subject = (stage: string, expected: string): Subject => ({
        stage,
        root: experiment.root,
        location,
        expected,
        isStarted: false,
    });
    return {
        s3,
        experiment,
        subjects: [subject("Fetch", fetch.outs.manifestDigest), subject("Waveforms", waveforms.outs.manifestDigest)],
    };
}

export function verify({ experiment, subjects, s3 }: Made, rest: Partial<VerifyRequest> = {}): Promise<Verification> {
    const { directory } = experiment;
    return verifyArtefacts({ subjects, trainingData: [], directory, s3, deep: false, ...rest });
}

export const messages = ({ findings }: Copy) => findings.map(({ message }) => message);

export const states = (copies: readonly Copy[]) =>
    copies.map(({ stage, kind, state }) => [stage, kind, state].join(" "));

/** Of what `makeStages` gives. */
export const allRight = [
    ...["Fetch s3 right", "Fetch mirror right"],
    ...["Waveforms s3 right", "Waveforms mirror right"],
];
