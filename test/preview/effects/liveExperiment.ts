// Experiments as aframe-init makes them, which use all they can, read and declared by the real code with some edits.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { directoriesOf } from "../../../cli/init/runScript.ts";
import { renderConfigFiles } from "../../../cli/init/templates.ts";
import { Experiment } from "../../../components/experiment.ts";
import { readExperiment } from "../../../config/experiment.ts";
import { renderLawConfig } from "../../../config/lawConfig.ts";
import type { ExperimentSettings } from "../../../config/settings.ts";
import { parseStackSettings } from "../../../config/stack.ts";
import { settingsDigest } from "../../../pipeline/stage/digest.ts";
import type { StageInputs } from "../../../pipeline/stage/state.ts";
import type { Where } from "../../../preview/effects/effect.ts";
import { type Declared, record, reveal, standardOutputs } from "../../helpers/mocks.ts";

/** Section, key, value. */
export type CfgValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** All of them, later ones before earlier ones. */
export function mergeValues(all: readonly CfgValues[]): CfgValues {
    const merged: Record<string, Record<string, string>> = {};
    for (const [section, values] of all.flatMap((one) => Object.entries(one))) {
        merged[section] = { ...merged[section], ...values };
    }
    return merged;
}

/** What is different from the experiment as it is up. */
export interface Edit {
    readonly cfg?: CfgValues;
    /** Keys of the stack's config. */
    readonly stack?: Readonly<Record<string, unknown>>;
    readonly secrets?: Readonly<Record<string, string>>;
}

/** Whether what a stage makes is always the same, or differs whenever the stage has run again. */
export type Making = "same" | "other";

const folder = mkdtempSync(path.join(tmpdir(), "aframe-effects-"));
after(() => {
    rmSync(folder, { recursive: true });
});

/** Two experiment directories with the same files, so that `aframe:directory` can change too. */
export const directories = [path.join(folder, "first"), path.join(folder, "moved")] as const;
export const sshKeys = directories.map((directory) => path.join(directory, "id_ed25519"));
const knownHosts = path.join(folder, "known_hosts");
export const knownHostsFiles = [knownHosts];

/** A git server besides GitHub whose host key is known. */
export const otherServer = "git.example.org";

export async function makeFiles(): Promise<void> {
    for (const directory of directories) {
        mkdirSync(directory);
        const files = await renderConfigFiles(directory);
        const sandbox = files["sandbox.cfg"];
        const written = {
            ...files,
            "other.yaml": files["train.yaml"].replace(/max_epochs: \d+/, "max_epochs: 3"),
            "more.cfg": "[luigi_base]\n",
            "copy.cfg": sandbox,
            "inherit.cfg": sandbox.replace(/^inherit = .*$/m, "$&, more.cfg"),
            "extend.cfg": sandbox.replace(/^inherit = .*$/m, "$&\nextend = more.cfg"),
        };
        for (const [name, text] of Object.entries(written)) {
            writeFileSync(path.join(directory, name), text);
        }
        execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(directory, "id_ed25519")]);
    }
    const publicKey = readFileSync(path.join(directories[0], "id_ed25519.pub"), "utf8");
    writeFileSync(knownHosts, `${otherServer} ${publicKey}`);
}

/** Credentials are given and everything that can be switched on is. */
const base: CfgValues = {
    luigi_Train: { use_init_containers: "true", git_url: "git@github.com:albert.einstein/aframev2.git" },
    luigi_ssh: { ssh_file: sshKeys[0] ?? "" },
    luigi_s3: { endpoint_url: "https://s3-west.nrp-nautilus.io", aws_access_key_id: "A", aws_secret_access_key: "B" },
    luigi_wandb: { api_key: "C" },
};

function stackOf(where: Where): Record<string, unknown> {
    return {
        directory: directories[0],
        environment: directoriesOf(folder, where === "remote" ? "s3://my-bucket/first" : undefined),
        kubernetes: { context: "nautilus", namespace: "physics" },
        volume: { storageClassName: "rook-cephfs", size: "200Gi" },
        law: ["law"],
    };
}

/** The settings that an edit leaves behind; throws the ConfigError that a user would see. */
export function edited(where: Where, { cfg = {}, stack = {} }: Edit): ExperimentSettings {
    const raw: Record<string, unknown> = { ...stackOf(where), settings: mergeValues([base, cfg]), ...stack };
    const given = Object.entries(raw).filter(([, value]) => value !== undefined);
    return readExperiment(parseStackSettings("test", Object.fromEntries(given), "stack"), {
        home: folder,
        user: "somebody",
    }).settings;
}

/** A part of the stack's config with something else in it. */
export function withPart(where: Where, key: string, part: string, value: unknown): Record<string, unknown> {
    return { [key]: { ...(stackOf(where)[key] as object), [part]: value } };
}

export async function declare(where: Where, edit: Edit, making: Making = "same"): Promise<Declared[]> {
    const settings = edited(where, edit);
    const { declared } = await record(
        () => {
            const given = Object.entries(edit.secrets ?? {}).map(([name, text]) => [name, pulumi.secret(text)]);
            return new Experiment("test", {
                settings,
                lawConfig: renderLawConfig(settings),
                secrets: Object.fromEntries(given) as Record<string, pulumi.Output<string>>,
                knownHostsFiles,
            });
        },
        { outputs: (resource) => ({ ...standardOutputs(resource), ...made(resource, making) }) },
    );
    return declared.map((one) => ({ ...one, inputs: reveal(one.inputs) as Declared["inputs"] }));
}

/** Digests as the resources themselves would give them. */
function made({ type, inputs }: Declared, making: Making): Record<string, unknown> {
    if (type.endsWith(":GitRevision")) {
        return { commit: digestOf([inputs.url, inputs.ref]).slice(0, 40) };
    }
    if (making === "same") {
        return {};
    }
    if (type.endsWith(":Stage")) {
        const stage = inputs as unknown as StageInputs;
        return { manifestDigest: digestOf([settingsDigest(stage), stage.inputs, stage.root, stage.directory]) };
    }
    return type.endsWith(":TrainingRun") ? { manifestDigest: digestOf([inputs.trainingDigest, inputs.runDir]) } : {};
}

function digestOf(value: unknown): string {
    return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
