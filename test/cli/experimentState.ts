// The state of an experiment with a remote training, as an operation leaves it, and a Pulumi CLI that exports it.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ResourceState, Snapshot } from "../../embedded/state/checkpoint.ts";
import { formatCheckpoint } from "../../embedded/state/checkpointWriter.ts";
import { type PropertyMap, reveal, secret } from "../../embedded/state/propertyValues.ts";
import { newCrypter } from "../../embedded/state/secrets.ts";
import type { TrainingTarget } from "../../pipeline/training/report.ts";
import type { PrefixContentsState } from "../../pipeline/transfer/prefixContents.ts";
import type { TestCheckout } from "./checkout.ts";

export const passphrase = "for the test";
const crypter = await newCrypter(passphrase);

function resource(type: string, name: string, inputs: object, outputs: object): ResourceState {
    const urn = `urn:pulumi:exp::aframe::${type}::${name}`;
    return { urn, custom: true, id: name, type, inputs: inputs as PropertyMap, outputs: outputs as PropertyMap };
}

export function stage(name: string, outputs: object): ResourceState {
    const inputs = { stage: name, s3: {} };
    return resource("pulumi-nodejs:dynamic/aframe:Stage", `exp-${name}`, inputs, { stage: name, ...outputs });
}

/** What lies under a prefix on S3, with the keys to it sealed. */
export function prefixContents(name: string, state: PrefixContentsState): ResourceState {
    const outputs = { ...state, s3: secret((state.s3 ?? {}) as unknown as PropertyMap) };
    return resource("pulumi-nodejs:dynamic/aframe:PrefixContents", name, outputs, outputs);
}

export function trainingRun(target: TrainingTarget): ResourceState {
    const inputs = { ...target, s3: secret((target.s3 ?? {}) as PropertyMap) };
    return resource("pulumi-nodejs:dynamic/aframe:TrainingRun", "exp", inputs, inputs);
}

export function trainingJob({ jobName, jobUid, trainingDigest, runDir }: TrainingTarget): ResourceState {
    const metadata = { name: jobName, annotations: { "aframe/training-digest": trainingDigest } };
    const env = [{ name: "AFRAME_RUN_URI", value: runDir.uri }];
    const inputs = { metadata, spec: { template: { spec: { containers: [{ name: "train", env }] } } } };
    return resource("kubernetes:batch/v1:Job", "exp", inputs, { ...inputs, metadata: { ...metadata, uid: jobUid } });
}

export function kubernetesProvider({ kubernetes }: TrainingTarget): ResourceState {
    return resource("pulumi:providers:kubernetes", "exp", kubernetes, kubernetes);
}

/** Writes it as the embedded engine does. */
export function writeState(checkout: TestCheckout, snapshot: Partial<Snapshot>): void {
    const file = path.join(checkout.checkout, ".pulumi/stacks/aframe/exp.json");
    const whole = { resources: [], pendingOperations: [], ...snapshot };
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, formatCheckpoint("organization/aframe/exp", whole, crypter, "3.0.0"));
}

/** A `pulumi` that knows only `version` and `stack export`; the environment that puts it on PATH. */
export function installPulumi(checkout: TestCheckout, snapshot: Snapshot | undefined): Record<string, string> {
    const bin = checkout.path("bin");
    mkdirSync(bin, { recursive: true });
    for (const [name, clear] of [
        ["sealed", false],
        ["clear", true],
    ] as const) {
        writeFileSync(path.join(bin, `${name}.json`), snapshot ? exported(snapshot, clear) : "");
    }
    const refuse = `echo "error: no stack named 'exp' found" >&2; exit 255`;
    writeFileSync(
        path.join(bin, "pulumi"),
        `#!/bin/sh
case "$*" in
version) echo v3.260.0 ;;
"stack export --show-secrets --stack exp "*) ${snapshot ? `cat ${bin}/clear.json` : refuse} ;;
"stack export --stack exp "*) ${snapshot ? `cat ${bin}/sealed.json` : refuse} ;;
*) exit 9 ;;
esac
`,
    );
    chmodSync(path.join(bin, "pulumi"), 0o755);
    return { PATH: `${bin}:${process.env.PATH ?? ""}` };
}

/** As `pulumi stack export` has it; with --show-secrets, each secret is a text of JSON. */
function exported(snapshot: Snapshot, clear: boolean): string {
    const { checkpoint } = JSON.parse(formatCheckpoint("exp", snapshot, crypter, "3.0.0")) as {
        checkpoint: { latest: object };
    };
    const text = JSON.stringify({ version: 3, deployment: checkpoint.latest });
    if (!clear) return text;
    return text.replaceAll(/"ciphertext":"([^"]+)"/g, (_, sealed: string) => {
        const plain = JSON.stringify(reveal(JSON.parse(crypter.decrypt(sealed)) as PropertyMap));
        return `"plaintext":${JSON.stringify(plain)}`;
    });
}
