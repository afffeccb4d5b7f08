// The protocol's messages from and to plain values: secrets, diffs, and errors that carry a half-made resource.
import * as grpc from "@grpc/grpc-js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import protobuf, { type Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { type DiffResult, diffInputs } from "../engine/diff.ts";
import { parsePath } from "../engine/propertyPath.ts";
import { fromStruct, toStruct } from "../engine/rpc.ts";
import { annotateSecrets, isSecret, type PropertyMap, type PropertyValue, reveal } from "../state/propertyValues.ts";
import { InitFailed, type Resource } from "./provider.ts";

const { Kind } = proto.PropertyDiff;
const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

/** The properties of a message with every secret in the open. */
export function opened(message: Struct | undefined): PropertyMap {
    return reveal(fromStruct(message)) as PropertyMap;
}

/** A message in which every property is secret that was so in one of `sources`, or in the inputs kept beside it. */
export function sealed(values: PropertyMap, ...sources: readonly (Struct | undefined)[]): Struct {
    const known = sources.map(fromStruct).map((source) => ({ __inputs: source, ...source }));
    return toStruct(known.reduce<PropertyMap>(annotateSecrets, values));
}

export function diffResponse(resource: Resource, olds: PropertyMap, news: PropertyMap): proto.DiffResponse {
    const diff = diffInputs(olds, news);
    const response = withChanges(diff).setHasdetaileddiff(true);
    for (const [path, { kind }] of Object.entries(diff.detailed)) {
        const replaces = resource.replaces(parsePath(path) ?? [], news);
        const property = new proto.PropertyDiff().setKind(kinds[kind][replaces ? 1 : 0]).setInputdiff(true);
        response.getDetaileddiffMap().set(path, property);
        if (replaces) response.addReplaces(path);
    }
    const replaced = response.getReplacesList().length > 0;
    return response.setDeletebeforereplace(replaced && resource.deleteBeforeReplace(olds, news));
}

export function diffConfigResponse(
    olds: PropertyMap,
    news: PropertyMap,
    replaces: readonly string[],
): proto.DiffResponse {
    return withChanges(diffInputs(olds, news)).setReplacesList([...replaces]);
}

function withChanges({ changes, changedKeys }: DiffResult): proto.DiffResponse {
    const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
    return new proto.DiffResponse().setChanges(changes ? DIFF_SOME : DIFF_NONE).setDiffsList([...changedKeys]);
}

/** The error as gRPC sends it, without a secret of the request: servers quote what they refuse. */
export function toStatus(error: unknown, request: unknown): grpc.ServerErrorResponse {
    const structs = structsOf(request);
    const said = error instanceof Error ? error.message : String(error);
    const secrets = structs.flatMap((struct) => secretTexts(fromStruct(struct)));
    const message = secrets.reduce((masked, text) => masked.replaceAll(text, "[secret]"), said);
    const metadata = new grpc.Metadata();
    if (error instanceof InitFailed) {
        const { id, state } = error.created;
        const failure = new proto.ErrorResourceInitFailed().setId(id).setReasonsList([message]);
        const detail = new any.Any();
        const carried = failure.setProperties(sealed(state, ...structs)).serializeBinary();
        detail.pack(carried, "pulumirpc.ErrorResourceInitFailed");
        const whole = new status.Status().setCode(grpc.status.UNKNOWN).setMessage(message);
        // Not in one chain: it returns the detail.
        whole.addDetails(detail);
        // The field in which gRPC libraries look for details.
        metadata.add("grpc-status-details-bin", Buffer.from(whole.serializeBinary()));
    }
    return { name: "Error", message, code: grpc.status.UNKNOWN, details: message, metadata };
}

function structsOf(request: unknown): Struct[] {
    const getters = ["getProperties", "getNews", "getOlds", "getInputs", "getArgs"];
    return getters.flatMap((name) => {
        const getter = (request as Readonly<Record<string, unknown>>)[name];
        const value: unknown = typeof getter === "function" ? getter.call(request) : undefined;
        return value instanceof protobuf.Struct ? [value] : [];
    });
}

function secretTexts(value: PropertyValue, inSecret = false): string[] {
    if (isSecret(value)) return secretTexts(value.value, true);
    if (typeof value === "object" && value !== null) {
        return Object.values(value as PropertyMap).flatMap((part) => secretTexts(part, inSecret));
    }
    // Anything shorter would mask ordinary words, and is no secret.
    return inSecret && typeof value === "string" && value.length >= 6 ? [value] : [];
}
