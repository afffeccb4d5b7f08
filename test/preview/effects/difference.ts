// What an update would do to each resource of an experiment, by the rules of those who update them: the dynamic
// providers' own `diff`, and Pulumi's Kubernetes provider.
import { diffInputs, parsePath } from "../../../embedded/engine/diff.ts";
import { inNamespace } from "../../../embedded/providers/kubernetes/inputs.ts";
import { replaces } from "../../../embedded/providers/kubernetes/replace.ts";
import { replacingSettings } from "../../../embedded/providers/kubernetes/settings.ts";
import type { PropertyMap } from "../../../embedded/state/propertyValues.ts";
import * as revision from "../../../pipeline/revision/lifecycle.ts";
import * as configFile from "../../../pipeline/stage/configFile.ts";
import { settingsDigest } from "../../../pipeline/stage/digest.ts";
import * as stages from "../../../pipeline/stage/lifecycle.ts";
import type { StageInputs, StageOutputs } from "../../../pipeline/stage/state.ts";
import * as training from "../../../pipeline/training/lifecycle.ts";
import type { TrainingRunOutputs } from "../../../pipeline/training/state.ts";
import * as prefixClaim from "../../../pipeline/transfer/prefixClaim.ts";
import * as prefixContents from "../../../pipeline/transfer/prefixContents.ts";
import { type Effect, merge, nothing, type Part } from "../../../preview/effects/effect.ts";
import type { Declared } from "../../helpers/mocks.ts";

type Inputs = Declared["inputs"];

/** One resource before and after; absent where it is not declared. */
interface Pair {
    readonly type: string;
    readonly name: string;
    readonly before?: Inputs;
    readonly after?: Inputs;
}

/** The effect of an update from one declaration of an experiment, all of it up and done, to another one. */
export async function differenceOf(before: readonly Declared[], after: readonly Declared[]): Promise<Effect> {
    const pairs = pair(before, after);
    const cluster = await clusterOf(pairs);
    return merge(pairs.map((one) => differenceOfOne(one, cluster)));
}

/** With its names in alphabetical order, as theirs means nothing. */
export function sorted(effect: Effect): Effect {
    const entries = Object.entries(effect) as [keyof Effect, readonly string[]][];
    return Object.fromEntries(entries.map(([kind, names]) => [kind, names.toSorted()])) as unknown as Effect;
}

function pair(before: readonly Declared[], after: readonly Declared[]): Pair[] {
    // What run.json says follows from the training and its place, whose changes are told.
    const isTold = (type: string) => type.startsWith("aframe:") || type.endsWith("aframe:RunFile");
    const resources = [...before, ...after].filter(({ type }) => !isTold(type));
    const inputsOf = (declared: readonly Declared[], type: string, name: string) =>
        declared.find((one) => one.type === type && one.name === name)?.inputs;
    return [...new Map(resources.map(({ type, name }) => [`${type} ${name}`, { type, name }])).values()].map(
        ({ type, name }) => {
            const [olds, news] = [inputsOf(before, type, name), inputsOf(after, type, name)];
            return { type, name, ...(olds && { before: olds }), ...(news && { after: news }) };
        },
    );
}

interface Cluster {
    readonly effect: Effect;
    readonly isAnother: boolean;
    readonly namespaces: readonly [before: string, after: string];
}

/** The objects of another cluster are other objects, and a provider's namespace is theirs. */
async function clusterOf(pairs: readonly Pair[]): Promise<Cluster> {
    const { before, after } = pairs.find(({ type }) => type === "pulumi:providers:kubernetes") ?? {};
    if (before === undefined || after === undefined) {
        return { effect: nothing, isAnother: false, namespaces: ["", ""] };
    }
    const replacing = await replacingSettings(before as PropertyMap, after as PropertyMap);
    return {
        effect: change("cluster connection", !same(before, after), replacing.length > 0),
        isAnother: replacing.length > 0,
        namespaces: [String(before.namespace), String(after.namespace)],
    };
}

function differenceOfOne(resource: Pair, cluster: Cluster): Effect {
    const { type, before, after } = resource;
    if (type === "pulumi:providers:kubernetes") {
        return cluster.effect;
    }
    if (type.endsWith("aframe:Stage")) {
        return stageDifference(before as StageInputs | undefined, after as StageInputs | undefined);
    }
    const part = partOf(resource);
    if (before === undefined || after === undefined) {
        return part === undefined ? nothing : { ...nothing, toggles: [part] };
    }
    if (part === undefined) {
        return trainingDifference(before as unknown as TrainingRunOutputs, after as unknown as TrainingRunOutputs);
    }
    const kind = type.split("/").at(-1) ?? type;
    return type.startsWith("kubernetes:")
        ? change(part, ...objectDifference(before, after, cluster))
        : change(part, ...(differences[kind] ?? noRule(type))(before as never, after as never));
}

function change(part: Part, isChanged: boolean, isReplaced: boolean): Effect {
    const parts = [part];
    return isReplaced ? { ...nothing, replaces: parts } : { ...nothing, updates: isChanged ? parts : [] };
}

/** A stage that comes is run; one that goes would be run if it came back. */
function stageDifference(before: StageInputs | undefined, after: StageInputs | undefined): Effect {
    const name = (after ?? before)?.stage ?? "";
    if (before === undefined || after === undefined) {
        return { ...nothing, runs: [name] };
    }
    const done: StageOutputs = {
        ...before,
        ...{ settingsDigest: settingsDigest(before), manifestDigest: "its digest", seconds: 1, files: 1, bytes: 1 },
    };
    if (!stages.diff(done, after).changes) {
        return nothing;
    }
    if (!stages.needsRun(done, after)) {
        return { ...nothing, notes: [name] };
    }
    const { target } = after;
    const isOnlyMoved = target !== undefined && !stages.needsRun({ ...done, target }, after);
    return isOnlyMoved ? { ...nothing, sends: [name] } : { ...nothing, runs: [name] };
}

function trainingDifference(before: TrainingRunOutputs, after: TrainingRunOutputs): Effect {
    const done = { ...before, state: "succeeded" } as const;
    if (!training.diff(done, after).changes) {
        return nothing;
    }
    const isSame = before.trainingDigest === after.trainingDigest && same(before.runDir, after.runDir);
    return isSame ? { ...nothing, notes: ["Train"] } : { ...nothing, runs: ["Train"] };
}

/** Whether it changes, and whether it has to be made anew. */
type Difference = readonly [isChanged: boolean, isReplaced: boolean];

function objectDifference(before: Inputs, after: Inputs, { isAnother, namespaces }: Cluster): Difference {
    const [olds, news] = [before, after].map((inputs, index) =>
        inNamespace(inputs as PropertyMap, namespaces[index] ?? ""),
    ) as [PropertyMap, PropertyMap];
    const paths = Object.keys(diffInputs(olds, news).detailed).map((text) => parsePath(text) ?? [text]);
    const mutable = { secret: true, configMap: true };
    return [paths.length > 0, isAnother || paths.some((path) => replaces(path, news, mutable))];
}

const differences: Readonly<Record<string, (before: never, after: never) => Difference>> = {
    "aframe:ResolvedConfig": (before, after) => [configFile.diff(before, after).changes, false],
    "aframe:GitRevision": (before, after) => [revision.diff(before, after).changes, false],
    "aframe:PrefixClaim": (before, after) => byProvider(prefixClaim.diff(before, after)),
    "aframe:PrefixContents": (before, after) => byProvider(prefixContents.diff(before, after)),
    "bucketObjectv2:BucketObjectv2": (before: Inputs, after: Inputs) => [
        !same(before, after),
        before.bucket !== after.bucket || before.key !== after.key,
    ],
    "pulumi:providers:aws": (before, after) => [!same(before, after), false],
};

function byProvider({ changes, replaces: keys }: { changes: boolean; replaces: readonly string[] }): Difference {
    return [changes, keys.length > 0];
}

function noRule(type: string): never {
    throw new Error(`no rule for ${type}`);
}

/** Undefined for what is a stage of its own. */
function partOf({ type, name }: Pair): Part | undefined {
    const found = parts.find(([pattern]) => pattern.test(`${type} ${name}`));
    if (found === undefined && !type.endsWith("aframe:TrainingRun")) {
        noRule(type);
    }
    return found?.[1];
}

const parts: readonly (readonly [RegExp, Part])[] = [
    [/:ResolvedConfig /, "resolved.cfg"],
    [/:(PrefixClaim|PrefixContents|BucketObjectv2) /, "S3 prefixes"],
    [/^pulumi:providers:aws /, "S3 connection"],
    [/:Bucket /, "bucket"],
    [/:Job /, "training Job"],
    [/:Secret .*-env$/, "credentials Secret"],
    [/:Secret .*-ssh$/, "SSH Secret"],
    [/:ConfigMap /, "ConfigMap"],
    [/:PersistentVolumeClaim /, "volume claim"],
    [/:GitRevision /, "pinned commit"],
];

function same(one: unknown, other: unknown): boolean {
    return JSON.stringify(one) === JSON.stringify(other);
}
