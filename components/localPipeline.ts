// The stages of an experiment that run on this machine.
import * as pulumi from "@pulumi/pulumi";
import type { ExperimentSettings } from "../config/settings.ts";
import type { StageDefinition } from "../pipeline/catalog.ts";
import { Stage } from "../pipeline/resources/stage.ts";
import type { StageSource } from "../pipeline/stage/state.ts";
import type { S3Connection } from "../pipeline/transfer/connection.ts";
import { sourceOf, stageInputs } from "./stageInputs.ts";

/** What a stage needs to know of one it builds on. */
export interface Upstream {
    /** Digest of its manifest; changes with its artefacts. */
    readonly digest: pulumi.Output<string>;
    readonly source: StageSource;
}

export interface LocalPipelineArgs {
    readonly settings: ExperimentSettings;
    /** In dependency order. */
    readonly stages: readonly StageDefinition[];
    /** What came before, by stage name. */
    readonly upstream: ReadonlyMap<string, Upstream>;
    /** Only handed out when a stage's files come from or go to S3. */
    readonly s3: pulumi.Input<S3Connection>;
    /** @default law finds its own */
    readonly wandbApiKey?: pulumi.Output<string>;
}

/** Declares one resource per stage; they depend on each other by the digests of what they made. */
export class LocalPipeline extends pulumi.ComponentResource {
    public readonly stages: ReadonlyMap<string, Stage>;
    /** `upstream` and the stages of this part. */
    public readonly upstream: ReadonlyMap<string, Upstream>;
    private readonly roots: ReadonlyMap<string, StageDefinition["root"]>;

    constructor(name: string, args: LocalPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
        super("aframe:index:LocalPipeline", name, {}, opts);
        const stages = new Map<string, Stage>();
        const upstream = new Map(args.upstream);
        for (const definition of args.stages) {
            const stage = new Stage(`${stackOf(args)}-${definition.name}`, stageArgs(definition, args, upstream), {
                parent: this,
            });
            stages.set(definition.name, stage);
            upstream.set(definition.name, {
                digest: stage.manifestDigest,
                source: sourceOf(definition, args.settings),
            });
        }
        this.stages = stages;
        this.roots = new Map(args.stages.map((definition) => [definition.name, definition.root]));
        this.upstream = upstream;
        this.registerOutputs({});
    }

    /** The stages of this part that make something in one of the directories. */
    public stagesIn(root: StageDefinition["root"]): ReadonlyMap<string, Stage> {
        return new Map([...this.stages].filter(([name]) => this.roots.get(name) === root));
    }
}

function stackOf({ settings }: LocalPipelineArgs): string {
    return settings.stack.name;
}

function stageArgs(
    definition: StageDefinition,
    args: LocalPipelineArgs,
    upstream: ReadonlyMap<string, Upstream>,
): ConstructorParameters<typeof Stage>[1] {
    const { settings, s3, wandbApiKey } = args;
    const fixed = stageInputs(definition, settings);
    const needed = definition.needs.map((need) => ({ need, ...found(upstream, need, definition.name) }));
    const usesS3 = fixed.target !== undefined || needed.some(({ source }) => source.location !== undefined);
    const wantsWandb = definition.name === "TrainLocal" && settings.training.useWandb && wandbApiKey !== undefined;
    return {
        ...fixed,
        ...(wantsWandb && { secretEnvironment: pulumi.secret({ WANDB_API_KEY: wandbApiKey }) }),
        inputs: Object.fromEntries(needed.map(({ need, digest }) => [need, digest])),
        sources: needed.map(({ source }) => source),
        ...(usesS3 && { s3 }),
    };
}

function found(upstream: ReadonlyMap<string, Upstream>, need: string, stage: string): Upstream {
    const entry = upstream.get(need);
    if (entry === undefined) {
        throw new Error(`the stage ${stage} needs ${need}, which is not declared before it`);
    }
    return entry;
}

/** As `Upstream` of the stages after it, for a training that runs elsewhere. */
export function trainedElsewhere(settings: ExperimentSettings, digest: pulumi.Output<string>): Upstream {
    return { digest, source: sourceOf({ name: "Train", root: "run" }, settings) };
}

/** The names of the stages that need a model, directly or through others. */
export function stagesAfterTraining(stages: readonly StageDefinition[]): ReadonlySet<string> {
    const after = new Set(["Train", "TrainLocal"]);
    for (const { name, needs } of stages) {
        if (needs.some((need) => after.has(need))) {
            after.add(name);
        }
    }
    return after;
}
