// Small bridges to gRPC and protobuf: calls as promises, property structs, and what an error carries.
import grpc, { type CallOptions, type ClientUnaryCall, type Metadata, type ServiceError } from "@grpc/grpc-js";
import providerProto from "@pulumi/pulumi/proto/provider_pb.js";
import statusProto from "@pulumi/pulumi/proto/status_pb.js";
import structProto, { type JavaScriptValue, type Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { normalize, type PropertyMap } from "../state/propertyValues.ts";

/** Serialised providers and manifests are larger than gRPC's default of 4 MB. */
export const channelOptions = { "grpc.max_receive_message_length": 400 * 1024 * 1024 };

type UnaryMethod<Client, Request, Response> = (
    this: Client,
    request: Request,
    metadata: Metadata,
    options: Partial<CallOptions>,
    callback: (error: ServiceError | null, response: Response) => void,
) => ClientUnaryCall;

/** Calls a method of a client that answers once. */
export function call<Client, Request, Response>(
    client: Client,
    method: UnaryMethod<Client, Request, Response>,
    request: Request,
): Promise<Response> {
    return new Promise((resolve, reject) => {
        method.call(client, request, new grpc.Metadata(), {}, (error, response) => {
            if (error) {
                reject(error);
            } else {
                resolve(response);
            }
        });
    });
}

export function toStruct(properties: PropertyMap): Struct {
    return structProto.Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

export function fromStruct(struct: Struct | undefined): PropertyMap {
    return normalize((struct?.toJavaScript() ?? {}) as PropertyMap) as PropertyMap;
}

export function isServiceError(error: unknown): error is ServiceError {
    return error instanceof Error && "code" in error && "details" in error;
}

export const isUnimplemented = (error: unknown): boolean =>
    isServiceError(error) && error.code === grpc.status.UNIMPLEMENTED;

/** What went wrong, without gRPC's own prefix. */
export function messageOf(error: unknown): string {
    if (isServiceError(error)) {
        return error.details || error.message;
    }
    return error instanceof Error ? error.message : String(error);
}

/** A resource that exists, but did not become ready. */
export interface InitFailure {
    readonly id: string;
    readonly outputs: PropertyMap;
    readonly inputs: PropertyMap | undefined;
    readonly reasons: readonly string[];
}

/** Finds in an error the half-made resource that a provider reports with it. */
export function initFailureOf(error: unknown): InitFailure | undefined {
    const [packed] = isServiceError(error) ? error.metadata.get("grpc-status-details-bin") : [];
    if (!(packed instanceof Buffer)) {
        return undefined;
    }
    for (const detail of statusProto.Status.deserializeBinary(packed).getDetailsList()) {
        const failure = detail.unpack(
            (bytes) => providerProto.ErrorResourceInitFailed.deserializeBinary(bytes),
            "pulumirpc.ErrorResourceInitFailed",
        );
        if (failure) {
            return {
                id: failure.getId(),
                outputs: fromStruct(failure.getProperties()),
                inputs: failure.hasInputs() ? fromStruct(failure.getInputs()) : undefined,
                reasons: failure.getReasonsList(),
            };
        }
    }
    return undefined;
}
