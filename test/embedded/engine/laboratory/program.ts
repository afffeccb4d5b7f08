// A program that declares resources as an SDK does: side by side, each when what it needs is there.
import aliasProto from "@pulumi/pulumi/proto/alias_pb.js";
import resourceProto, { type RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb.js";
import structProto from "google-protobuf/google/protobuf/struct_pb.js";
import type { Monitor } from "../../../../embedded/engine/monitor.ts";
import {
    type PropertyMap,
    type PropertyValue,
    secret,
    unknownValue,
} from "../../../../embedded/state/propertyValues.ts";

/** A value of a property: plain, secret, or the output of another resource. */
export type Input = PropertyValue | { readonly of: string; readonly output: string } | { readonly hidden: string };

export interface Declaration {
    readonly name: string;
    readonly is?: "thing" | "component" | "provider";
    readonly inputs?: Readonly<Record<string, Input>>;
    readonly parent?: string;
    readonly provider?: string;
    readonly dependsOn?: readonly string[];
    readonly protect?: boolean;
    readonly retainOnDelete?: boolean;
    readonly deleteBeforeReplace?: boolean;
    readonly ignoreChanges?: readonly string[];
    readonly replaceOnChanges?: readonly string[];
    readonly additionalSecretOutputs?: readonly string[];
    /** Former URNs. */
    readonly aliases?: readonly string[];
    readonly timeouts?: { readonly create?: string; readonly update?: string; readonly delete?: string };

    /** Outputs of a component. */
    readonly outputs?: PropertyMap;
}

export const types = {
    thing: "lab:index:Thing",
    component: "lab:index:Box",
    provider: "pulumi:providers:lab",
    stack: "pulumi:pulumi:Stack",
} as const;

interface Registered {
    readonly urn: string;
    readonly id: string;
    readonly outputs: PropertyMap;
}

function registeredOf(response: RegisterResourceResponse): Registered {
    const outputs: PropertyMap = response.getObject()?.toJavaScript() ?? {};
    return { urn: response.getUrn(), id: response.getId(), outputs };
}

function isReference(input: Input): input is { of: string; output: string } {
    return typeof input === "object" && input !== null && "of" in input;
}

export class Program {
    readonly made = new Map<string, Promise<Registered>>();
    private readonly monitor: Monitor;
    private readonly declarations: readonly Declaration[];

    constructor(monitor: Monitor, declarations: readonly Declaration[]) {
        this.monitor = monitor;
        this.declarations = declarations;
    }

    /** Runs to the end; fails with the first registration that does. */
    async run(): Promise<void> {
        const stack = this.register({ type: types.stack, name: "lab-test", custom: false });
        await stack;
        for (const declaration of this.declarations) {
            this.made.set(declaration.name, this.declare(declaration, stack));
        }
        for (const made of this.made.values()) made.catch(() => undefined);
        await Promise.all(this.made.values());
        const names = [...this.made.keys()];
        await this.registerOutputs((await stack).urn, { names });
    }

    private async register(options: {
        readonly type: string;
        readonly name: string;
        readonly custom: boolean;
        fill?(request: resourceProto.RegisterResourceRequest): void;
    }): Promise<Registered> {
        const request = new resourceProto.RegisterResourceRequest();
        request.setType(options.type);
        request.setName(options.name);
        request.setCustom(options.custom);
        request.setAcceptsecrets(true);
        request.setAcceptresources(true);
        request.setSupportspartialvalues(true);
        request.setAliasspecs(true);
        options.fill?.(request);
        return registeredOf(await this.monitor.registerResource(request));
    }

    private async registerOutputs(urn: string, outputs: PropertyMap): Promise<void> {
        const request = new resourceProto.RegisterResourceOutputsRequest();
        request.setUrn(urn);
        request.setOutputs(structProto.Struct.fromJavaScript(outputs));
        await this.monitor.registerOutputs(request);
    }

    private other(name: string): Promise<Registered> {
        const made = this.made.get(name);
        if (made === undefined) throw new Error(`the program uses ${name} before it declares it`);
        return made;
    }

    private async declare(declaration: Declaration, stack: Promise<Registered>): Promise<Registered> {
        const { is = "thing", inputs = {}, dependsOn = [], provider, parent } = declaration;
        const ofParent = await (parent === undefined ? stack : this.other(parent));
        const chosen = provider === undefined ? undefined : await this.other(provider);
        const before = await Promise.all(dependsOn.map((name) => this.other(name)));
        const values: Record<string, PropertyValue> = {};
        const byProperty = new Map<string, string>();
        for (const [key, input] of Object.entries(inputs)) {
            if (isReference(input)) {
                const source = await this.other(input.of);
                values[key] = source.outputs[input.output] ?? unknownValue;
                byProperty.set(key, source.urn);
            } else {
                const hidden = typeof input === "object" && input !== null && "hidden" in input;
                values[key] = hidden ? secret((input as { hidden: string }).hidden) : input;
            }
        }
        const registered = await this.register({
            type: types[is],
            name: declaration.name,
            custom: is !== "component",
            fill(request) {
                request.setObject(structProto.Struct.fromJavaScript(values));
                request.setParent(ofParent.urn);
                if (chosen) request.setProvider(`${chosen.urn}::${chosen.id || unknownValue}`);
                request.setDependenciesList([...new Set([...before.map(({ urn }) => urn), ...byProperty.values()])]);
                for (const [key, urn] of byProperty) {
                    const dependencies = new resourceProto.RegisterResourceRequest.PropertyDependencies();
                    dependencies.setUrnsList([urn]);
                    request.getPropertydependenciesMap().set(key, dependencies);
                }
                setOptions(request, declaration);
            },
        });
        if (declaration.outputs) await this.registerOutputs(registered.urn, declaration.outputs);
        return registered;
    }
}

function setOptions(request: resourceProto.RegisterResourceRequest, declaration: Declaration): void {
    const { protect, retainOnDelete, deleteBeforeReplace, timeouts } = declaration;
    if (protect !== undefined) request.setProtect(protect);
    if (retainOnDelete !== undefined) request.setRetainondelete(retainOnDelete);
    if (deleteBeforeReplace !== undefined) {
        request.setDeletebeforereplace(deleteBeforeReplace);
        request.setDeletebeforereplacedefined(true);
    }
    request.setIgnorechangesList([...(declaration.ignoreChanges ?? [])]);
    request.setReplaceonchangesList([...(declaration.replaceOnChanges ?? [])]);
    request.setAdditionalsecretoutputsList([...(declaration.additionalSecretOutputs ?? [])]);
    request.setAliasesList(
        (declaration.aliases ?? []).map((urn) => {
            const alias = new aliasProto.Alias();
            alias.setUrn(urn);
            return alias;
        }),
    );
    if (timeouts) {
        const message = new resourceProto.RegisterResourceRequest.CustomTimeouts();
        message.setCreate(timeouts.create ?? "");
        message.setUpdate(timeouts.update ?? "");
        message.setDelete(timeouts.delete ?? "");
        request.setCustomtimeouts(message);
    }
}
