// Small bridges to gRPC and protobuf: calls as promises, property structs, and what an error carries.
import { promisify } from "node:util";
import grpc, {
    type CallOptions,
    type ClientUnaryCall,
    type handleUnaryCall,
    type Metadata,
    type ServiceError,
    type sendUnaryData,
} from "@grpc/grpc-js";
import providerProto from "@pulumi/pulumi/proto/provider_pb.js";
import statusProto from "@pulumi/pulumi/proto/status_pb.js";
import structProto, { type Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { isMap, normalize, type PropertyMap, some } from "../state/propertyValues.ts";

/** Serialised providers and manifests are larger than gRPC's default of 4 MB. */
export const channelOptions = { "grpc.max_receive_message_length": 400 * 1024 * 1024 };

type Unary<Request, Response> = (
    request: Request,
    metadata: Metadata,
    options: Partial<CallOptions>,
    callback: (error: ServiceError | null, response: Response) => void,
) => ClientUnaryCall;
type RequestOf<Method> = Method extends Unary<infer Request, infer _Response> ? Request : never;
type ResponseOf<Method> = Method extends Unary<infer _Request, infer Response> ? Response : never;

/** Calls a method that answers once. */
export function call<Client, Name extends keyof Client>(
    client: Client,
    name: Name,
    request: RequestOf<Client[Name]>,
): Promise<ResponseOf<Client[Name]>> {
    return new Promise((resolve, reject) => {
        const method = client[name] as Unary<RequestOf<Client[Name]>, ResponseOf<Client[Name]>>;
        method.call(client, request, new grpc.Metadata(), {}, (error, response) => {
            if (error) {
                reject(error);
            } else {
                resolve(response);
            }
        });
    });
}

type Refusal = NonNullable<Parameters<sendUnaryData<unknown>>[0]>;

/** A method of a server that answers once; `refusalOf` says what its error is to the caller. */
export function answering<Request, Response>(
    answer: (request: Request) => Response | Promise<Response>,
    refusalOf: (error: unknown, request: Request) => Refusal,
): handleUnaryCall<Request, Response> {
    return ({ request }, callback) => {
        const answered = async (): Promise<Response> => await answer(request);
        answered().then(
            (response) => {
                callback(null, response);
            },
            (error: unknown) => {
                callback(refusalOf(error, request));
            },
        );
    };
}

/**
 * Properties as a message.
 *
 * @throws where a property is named `__proto__`: protobuf's maps in JavaScript would lose it without a word
 */
export function toStruct(properties: PropertyMap): Struct {
    if (some(properties, (value) => isMap(value) && Object.hasOwn(value, "__proto__"))) {
        throw new Error('a property named "__proto__" cannot be sent, as protobuf for JavaScript drops it: rename it');
    }
    return structProto.Struct.fromJavaScript(properties);
}

export function fromStruct(struct: Struct | undefined): PropertyMap {
    return normalize(struct?.toJavaScript() ?? {}) as PropertyMap;
}

export function isServiceError(error: unknown): error is ServiceError {
    return error instanceof Error && "code" in error && "details" in error;
}

/** What a method answers; undefined when the other side does not have it. */
export async function ifImplemented<Response>(answer: Promise<Response>): Promise<Response | undefined> {
    try {
        return await answer;
    } catch (error) {
        if (isServiceError(error) && error.code === grpc.status.UNIMPLEMENTED) return undefined;
        throw error;
    }
}

/** Listens on this machine only, at a port that is free. */
export function listen(server: grpc.Server): Promise<number> {
    return promisify<string, grpc.ServerCredentials, number>(server.bindAsync.bind(server))(
        "127.0.0.1:0",
        grpc.ServerCredentials.createInsecure(),
    );
}

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
