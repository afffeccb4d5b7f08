// Serves a provider as a Pulumi resource plugin: prints its port, answers over gRPC, ends with the process that began it.
import { createHash, randomBytes } from "node:crypto";
import { fstatSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { keepCompiled } from "../engine/keepCompiled.ts";
import { answering, channelOptions, listen } from "../engine/rpc.ts";
import { diffConfigResponse, diffResponse, opened, sealed, toStatus } from "./messages.ts";
import type { Call, Failure, Provider, Resource, UniqueName } from "./provider.ts";

export async function serve(provider: Provider): Promise<void> {
    const server = new grpc.Server(channelOptions);
    server.addService(ResourceProviderService, methodsOf(provider, process.argv[2]));
    keepCompiled();
    process.stdout.write(`${await listen(server)}\n`);
    endWhenAsked(server);
    endWithParent();
}

function endWhenAsked(server: grpc.Server): void {
    // Pulumi's way to end a plugin: SIGINT, and SIGKILL when that has not helped for five seconds. It is no Ctrl-C of
    // the terminal, since engines give every plugin a process group of its own.
    process.on("SIGINT", () => {
        server.tryShutdown(() => process.exit());
    });
}

function endWithParent(): void {
    const parent = process.ppid;
    setInterval(() => {
        if (process.ppid !== parent) process.exit();
    }, 1000).unref();
    const input = fstatSync(0);
    if (input.isFIFO() || input.isSocket()) process.stdin.on("end", () => process.exit()).resume();
}

interface ResourceRequest {
    getUrn(): string;
    getTimeout?(): number;
    getPreview?(): boolean;
}

function methodsOf(provider: Provider, engineAddress: string | undefined): grpc.UntypedServiceImplementation {
    const stop = new AbortController();
    let log = logTo(engineAddress);

    const target = (request: ResourceRequest): [Resource, Call] => {
        const urn = request.getUrn();
        const [, , qualified = ""] = urn.split("::");
        const type = qualified.slice(qualified.lastIndexOf("$") + 1);
        const resource = provider.resource(type);
        if (resource === undefined) throw new Error(`the embedded ${provider.name} provider has no ${type}`);
        const timeoutSeconds = request.getTimeout?.() ?? 0;
        const call: Call = {
            type,
            preview: request.getPreview?.() ?? false,
            ...(timeoutSeconds > 0 && { timeoutSeconds }),
            signal: stop.signal,
            log: (severity, message) => {
                log(urn, severity, message);
            },
        };
        return [resource, call];
    };

    return {
        handshake: unary((request: proto.ProviderHandshakeRequest) => {
            log = logTo(request.getEngineAddress());
            const response = new proto.ProviderHandshakeResponse().setAcceptSecrets(true);
            return response.setSupportsAutonamingConfiguration(true);
        }),
        getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(provider.version)),
        getSchema: unary(() => {
            const schema = { name: provider.name, version: provider.version };
            return new proto.GetSchemaResponse().setSchema(JSON.stringify(schema));
        }),
        checkConfig: unary((request: proto.CheckRequest) => {
            const failures = provider.checkConfig(opened(request.getNews()));
            return new proto.CheckResponse().setInputs(request.getNews()).setFailuresList(failures.map(toFailure));
        }),
        diffConfig: unary(async (request: proto.DiffRequest) => {
            const [olds, news] = [opened(request.getOldInputs() ?? request.getOlds()), opened(request.getNews())];
            return diffConfigResponse(olds, news, await provider.replacingConfig(olds, news));
        }),
        configure: unary((request: proto.ConfigureRequest) => {
            provider.configure(opened(request.getArgs()));
            const response = new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
            return response.setSupportsAutonamingConfiguration(true);
        }),
        check: unary(async (request: proto.CheckRequest) => {
            const [resource, call] = target(request);
            const [news, olds] = [opened(request.getNews()), opened(request.getOlds())];
            const { inputs, failures } = await resource.check(call, news, olds, uniqueName(request));
            const response = new proto.CheckResponse().setInputs(sealed(inputs, request.getNews()));
            return response.setFailuresList(failures.map(toFailure));
        }),
        diff: unary((request: proto.DiffRequest) => {
            const olds = opened(request.getOldInputs() ?? request.getOlds());
            return diffResponse(target(request)[0], olds, opened(request.getNews()));
        }),
        create: unary(async (request: proto.CreateRequest) => {
            const [resource, call] = target(request);
            const { id, state } = await resource.create(call, opened(request.getProperties()));
            const response = new proto.CreateResponse().setId(call.preview ? "" : id);
            return response.setProperties(sealed(state, request.getProperties()));
        }),
        read: unary(async (request: proto.ReadRequest) => {
            const [resource, call] = target(request);
            const [state, inputs] = [opened(request.getProperties()), opened(request.getInputs())];
            const found = await resource.read(call, request.getId(), state, inputs);
            if (found === undefined) return new proto.ReadResponse();
            const response = new proto.ReadResponse().setId(found.id ?? request.getId());
            response.setInputs(sealed(found.inputs, request.getInputs()));
            return response.setProperties(sealed(found.state, request.getProperties(), request.getInputs()));
        }),
        update: unary(async (request: proto.UpdateRequest) => {
            const [resource, call] = target(request);
            const [olds, news] = [opened(request.getOlds()), opened(request.getNews())];
            const state = await resource.update(call, request.getId(), olds, news);
            return new proto.UpdateResponse().setProperties(sealed(state, request.getNews()));
        }),
        delete: unary(async (request: proto.DeleteRequest) => {
            const [resource, call] = target(request);
            await resource.delete(call, request.getId(), opened(request.getProperties()));
            return new empty.Empty();
        }),
        invoke: unary(async (request: proto.InvokeRequest) => {
            const run = provider.functions[request.getTok()];
            if (run === undefined) throw new Error(`the embedded ${provider.name} provider has no ${request.getTok()}`);
            return new proto.InvokeResponse().setReturn(sealed(await run(opened(request.getArgs()))));
        }),
        cancel: unary(() => {
            stop.abort();
            return new empty.Empty();
        }),
    };
}

function unary<Request, Response>(answer: (request: Request) => Response | Promise<Response>) {
    return answering(answer, toStatus);
}

function toFailure({ property, reason }: Failure): proto.CheckFailure {
    return new proto.CheckFailure().setProperty(property).setReason(reason);
}

/** With the engine's seed a preview finds the name that the update then takes. */
function uniqueName(request: proto.CheckRequest): UniqueName {
    const [seed, options] = [request.getRandomseed_asU8(), request.getAutonaming()];
    const name = request.getUrn().split("::").slice(3).join("::");
    const digest = createHash("sha256").update(seed.length > 0 ? seed : randomBytes(32));
    return (digits) => {
        if (options?.getMode() === proto.CheckRequest.AutonamingOptions.Mode.DISABLE) {
            throw new Error(`automatic naming is disabled: "${name}" needs a name`);
        }
        return options?.getProposedName() || `${name}-${digest.digest("hex").slice(0, digits)}`;
    };
}

function logTo(address: string | undefined): (urn: string, severity: "warning" | "status", message: string) => void {
    if (!address) return () => undefined;
    const client = new EngineClient(address, grpc.credentials.createInsecure());
    return (urn, severity, message) => {
        const level = severity === "warning" ? engine.LogSeverity.WARNING : engine.LogSeverity.INFO;
        const request = new engine.LogRequest().setUrn(urn).setMessage(message).setSeverity(level);
        // An engine that takes no messages is no reason to fail the step.
        client.log(request.setEphemeral(severity === "status"), () => undefined);
    };
}
