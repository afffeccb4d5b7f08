// A provider that keeps things in a world of its own, and fails, hangs or half-succeeds on demand.
//
// It stands where a plugin's gRPC client stands, and speaks the protocol's own messages. A change of an input whose name
// begins with "kind" replaces a thing; one with a "slot" is deleted before its replacement is made.
import { createHash } from "node:crypto";
import grpc, { type ServiceError } from "@grpc/grpc-js";
import type { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerProto from "@pulumi/pulumi/proto/provider_pb.js";
import statusProto from "@pulumi/pulumi/proto/status_pb.js";
import anyProto from "google-protobuf/google/protobuf/any_pb.js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import structProto, { type Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { ProviderLost } from "../../../../embedded/engine/custodian.ts";
import type { Plugin } from "../../../../embedded/engine/plugins.ts";
import {
    equal,
    isMap,
    type PropertyMap,
    type PropertyValue,
    reveal,
    unknownValue,
} from "../../../../embedded/state/propertyValues.ts";
import { nameOf, type World } from "./world.ts";

export type Method = "check" | "diff" | "create" | "update" | "delete" | "read" | "invoke";

/**
 * `refuse`: nothing is done, and the call fails. `spoil`: it is done, and the call fails. `half`: it is done, but the
 * thing is not ready. `lose` and `loseAfter`: the provider dies before or after it is done.
 */
export type Fault = "refuse" | "spoil" | "half" | "lose" | "loseAfter";

export interface ProviderCall {
    readonly method: Method;
    readonly name: string;
    readonly timeout: number;
    readonly preview: boolean;
}

export interface ProviderHooks {
    /** Called before something is done and after it; while it waits, the call hangs. */
    moment(): Promise<void>;
    faultOf(call: ProviderCall): Fault | undefined;
}

const lost = grpc.status.UNAVAILABLE;

function serviceError(code: grpc.status, details: string, metadata = new grpc.Metadata()): ServiceError {
    return Object.assign(new Error(`${code}: ${details}`), { code, details, metadata });
}

function initError(id: string, outputs: PropertyMap, reason: string): ServiceError {
    const failure = new providerProto.ErrorResourceInitFailed();
    failure.setId(id);
    failure.setProperties(struct(outputs));
    failure.setReasonsList([reason]);
    const detail = new anyProto.Any();
    detail.pack(failure.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new statusProto.Status();
    status.addDetails(detail);
    const metadata = new grpc.Metadata();
    metadata.set("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
    return serviceError(grpc.status.UNKNOWN, reason, metadata);
}

const struct = (properties: PropertyMap): Struct => structProto.Struct.fromJavaScript(properties);
const properties = (message: Struct | undefined): PropertyMap => message?.toJavaScript() ?? {};

function changedKeys(before: PropertyMap, after: PropertyMap): string[] {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].filter((key) => !equal(reveal(before[key] ?? null), reveal(after[key] ?? null)));
}

function holdsUnknown(value: PropertyValue): boolean {
    if (value === unknownValue) return true;
    return (isMap(value) || Array.isArray(value)) && (Object.values(value) as PropertyValue[]).some(holdsUnknown);
}

function textsIn(value: PropertyValue): string[] {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Outputs repeat the inputs, and add what only the provider knows. */
function outputsOf(inputs: PropertyMap, id: string): PropertyMap {
    const text = JSON.stringify(reveal(inputs));
    return { ...inputs, digest: createHash("sha256").update(text).digest("hex").slice(0, 8), serial: id };
}

type Callback<Response> = (error: ServiceError | null, response?: Response) => void;
const answering =
    <Request, Response>(answer: (request: Request) => Promise<Response>) =>
    (request: Request, _metadata: unknown, _options: unknown, callback: Callback<Response>): void => {
        answer(request).then(
            (response) => {
                callback(null, response);
            },
            (error: unknown) => {
                callback(error as ServiceError);
            },
        );
    };

export class LaboratoryProvider implements Plugin {
    readonly client: ResourceProviderClient;
    readonly calls: ProviderCall[] = [];
    private readonly world: World;
    private readonly hooks: ProviderHooks;

    constructor(world: World, hooks: ProviderHooks) {
        this.world = world;
        this.hooks = hooks;
        const methods = {
            handshake: () => Promise.resolve(new providerProto.ProviderHandshakeResponse()),
            checkConfig: (request: providerProto.CheckRequest) => this.checked(request),
            diffConfig: (request: providerProto.DiffRequest) => Promise.resolve(this.difference(request)),
            configure: () => Promise.resolve(new providerProto.ConfigureResponse()),
            check: async (request: providerProto.CheckRequest) => {
                await this.begin("check", request.getUrn(), 0, false);
                return this.checked(request);
            },
            diff: async (request: providerProto.DiffRequest) => {
                await this.begin("diff", request.getUrn(), 0, false);
                return this.difference(request);
            },
            create: (request: providerProto.CreateRequest) => this.create(request),
            update: (request: providerProto.UpdateRequest) => this.update(request),
            read: (request: providerProto.ReadRequest) => this.read(request),
            delete: (request: providerProto.DeleteRequest) => this.delete(request),
            invoke: async (request: providerProto.InvokeRequest) => {
                await this.begin("invoke", request.getTok(), 0, request.getPreview());
                const response = new providerProto.InvokeResponse();
                response.setReturn(request.getArgs());
                return response;
            },
            cancel: () => Promise.resolve(new emptyProto.Empty()),
        };
        const entries = Object.entries(methods).map(([name, method]) => [name, answering(method as never)]);
        this.client = Object.fromEntries(entries) as ResourceProviderClient;
    }

    cancel(): void {
        // Whoever hangs is released by the test.
    }

    close(): Promise<void> {
        return Promise.resolve();
    }

    reasonFor(error: unknown): Promise<unknown> {
        const { code, details } = error as ServiceError;
        return Promise.resolve(code === lost ? new ProviderLost(details) : error);
    }

    /** Tells the call, and fails it where nothing is to be done. */
    private async begin(method: Method, urn: string, timeout: number, preview: boolean): Promise<Fault | undefined> {
        const call = { method, name: nameOf(urn), timeout, preview };
        this.calls.push(call);
        const fault = preview ? undefined : this.hooks.faultOf(call);
        await this.hooks.moment();
        if (fault === "lose") throw serviceError(lost, `the provider died before ${method} of ${call.name}`);
        if (fault === "refuse") throw serviceError(grpc.status.UNKNOWN, `told to refuse ${method} of ${call.name}`);
        return fault;
    }

    /** What has been done is told, or lost. */
    private async end(fault: Fault | undefined, id: string, outputs: PropertyMap | undefined): Promise<void> {
        if (fault !== undefined && (fault !== "half" || outputs === undefined)) this.world.uncertain.add(id);
        if (fault === "spoil") for (const text of textsIn(outputs ?? {})) this.world.spilled.add(text);
        await this.hooks.moment();
        if (fault === "loseAfter") throw serviceError(lost, "the provider died afterwards");
        if (fault === "half" && outputs) throw initError(id, outputs, "told to stay half done");
        if (fault !== undefined) throw serviceError(grpc.status.UNKNOWN, "told to fail afterwards");
    }

    private checked(request: providerProto.CheckRequest): Promise<providerProto.CheckResponse> {
        const response = new providerProto.CheckResponse();
        response.setInputs(request.getNews());
        return Promise.resolve(response);
    }

    private difference(request: providerProto.DiffRequest): providerProto.DiffResponse {
        const [olds, news] = [properties(request.getOldInputs()), properties(request.getNews())];
        const ignored = new Set(request.getIgnorechangesList());
        const changed = changedKeys(olds, news).filter((key) => !ignored.has(key));
        const response = new providerProto.DiffResponse();
        const { DIFF_NONE, DIFF_SOME } = providerProto.DiffResponse.DiffChanges;
        response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
        response.setDiffsList(changed);
        response.setReplacesList(changed.filter((key) => key.startsWith("kind")));
        response.setDeletebeforereplace(olds.slot !== undefined);
        return response;
    }

    private async create(request: providerProto.CreateRequest): Promise<providerProto.CreateResponse> {
        const urn = request.getUrn();
        const preview = request.getPreview();
        const inputs = properties(request.getProperties());
        const fault = await this.begin("create", urn, request.getTimeout(), preview);
        const response = new providerProto.CreateResponse();
        if (preview) {
            response.setProperties(struct({ ...inputs, digest: unknownValue, serial: unknownValue }));
            return response;
        }
        this.refuseUnknown(inputs, urn);
        const id = this.world.create(urn, reveal(inputs) as PropertyMap);
        const outputs = outputsOf(inputs, id);
        await this.end(fault, id, outputs);
        response.setId(id);
        response.setProperties(struct(outputs));
        return response;
    }

    private async update(request: providerProto.UpdateRequest): Promise<providerProto.UpdateResponse> {
        const [urn, id, preview] = [request.getUrn(), request.getId(), request.getPreview()];
        const inputs = properties(request.getNews());
        const fault = await this.begin("update", urn, request.getTimeout(), preview);
        const response = new providerProto.UpdateResponse();
        if (preview) {
            response.setProperties(struct({ ...inputs, digest: unknownValue, serial: id }));
            return response;
        }
        this.refuseUnknown(inputs, urn);
        if (!this.world.things.has(id)) throw serviceError(grpc.status.NOT_FOUND, `${id} is gone`);
        this.world.update(id, urn, reveal(inputs) as PropertyMap);
        const outputs = outputsOf(inputs, id);
        await this.end(fault, id, outputs);
        response.setProperties(struct(outputs));
        return response;
    }

    private async read(request: providerProto.ReadRequest): Promise<providerProto.ReadResponse> {
        const urn = request.getUrn();
        const inputs = properties(request.getInputs());
        const fault = await this.begin("read", urn, request.getTimeout(), false);
        if (fault !== undefined) throw serviceError(grpc.status.UNKNOWN, `told to refuse read of ${nameOf(urn)}`);
        const response = new providerProto.ReadResponse();
        const id = request.getId() || this.find(urn, inputs);
        const thing = this.world.things.get(id);
        if (thing !== undefined) {
            const live = thing.inputs as PropertyMap;
            response.setId(id);
            response.setInputs(struct(live));
            response.setProperties(struct(outputsOf(live, id)));
        }
        return response;
    }

    private async delete(request: providerProto.DeleteRequest): Promise<emptyProto.Empty> {
        const fault = await this.begin("delete", request.getUrn(), request.getTimeout(), false);
        this.world.delete(request.getId());
        await this.end(fault, request.getId(), undefined);
        return new emptyProto.Empty();
    }

    /** A thing that was made, but of which nobody has heard. */
    private find(urn: string, inputs: PropertyMap): string {
        const wanted = reveal(inputs);
        for (const [id, thing] of this.world.things) {
            if (thing.urn === urn && equal(thing.inputs as PropertyMap, wanted)) return id;
        }
        return "";
    }

    private refuseUnknown(inputs: PropertyMap, urn: string): void {
        if (holdsUnknown(inputs)) this.world.violations.push(`${urn} is given an unknown value`);
    }
}
