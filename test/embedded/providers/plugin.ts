// Starts a provider plugin as an engine does, and drives it over gRPC in plain values.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient, ResourceProviderService as service } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { fromStruct, toStruct } from "../../../embedded/engine/rpc.ts";
import type { PropertyMap } from "../../../embedded/state/propertyValues.ts";

export class Plugin {
    readonly process: ChildProcess;
    readonly #client: ResourceProviderClient;

    constructor(process: ChildProcess, port: string) {
        this.process = process;
        this.#client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    }

    /** `command` is the argument list that starts it. */
    static async start(
        command: readonly string[],
        environment: Readonly<Record<string, string>> = {},
    ): Promise<Plugin> {
        const [file = "", ...args] = command;
        const child = spawn(file, [...args, "127.0.0.1:1"], {
            stdio: ["pipe", "pipe", "inherit"],
            env: { ...process.env, ...environment },
        });
        const failed = once(child, "exit").then(([code]) => {
            throw new Error(`${command.join(" ")} ended with ${String(code)} before it printed a port`);
        });
        failed.catch(() => undefined);
        const [port] = (await Promise.race([once(createInterface(child.stdout), "line"), failed])) as [string];
        return new Plugin(child, port);
    }

    async stop(): Promise<void> {
        this.#client.close();
        if (this.process.exitCode !== null || this.process.signalCode !== null) return;
        this.process.stdin?.end();
        await once(this.process, "exit");
    }

    async send<Request, Response>(
        method: grpc.MethodDefinition<Request, Response>,
        request: Request,
    ): Promise<Response> {
        return await new Promise((resolve, reject) => {
            const { path, requestSerialize, responseDeserialize } = method;
            this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) => {
                if (error !== null) reject(error);
                else resolve(response as Response);
            });
        });
    }

    async checkConfig(config: PropertyMap): Promise<readonly string[]> {
        const response = await this.send(service.checkConfig, new proto.CheckRequest().setNews(toStruct(config)));
        return response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    }

    async diffConfig(olds: PropertyMap, news: PropertyMap): Promise<proto.DiffResponse.AsObject> {
        const request = new proto.DiffRequest().setOldInputs(toStruct(olds)).setNews(toStruct(news));
        return (await this.send(service.diffConfig, request)).toObject();
    }

    async configure(config: PropertyMap): Promise<void> {
        await this.send(
            service.configure,
            new proto.ConfigureRequest().setArgs(toStruct(config)).setAcceptsecrets(true),
        );
    }

    async check(type: string, news: PropertyMap, olds: PropertyMap = {}) {
        const request = new proto.CheckRequest().setUrn(urn(type)).setNews(toStruct(news)).setOlds(toStruct(olds));
        const response = await this.send(service.check, request);
        const failures = response
            .getFailuresList()
            .map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
        return { inputs: fromStruct(response.getInputs()), failures };
    }

    async diff(type: string, inputs: PropertyMap, news: PropertyMap, state: PropertyMap = {}) {
        const request = new proto.DiffRequest()
            .setUrn(urn(type))
            .setOlds(toStruct(state))
            .setOldInputs(toStruct(inputs));
        return (await this.send(service.diff, request.setNews(toStruct(news)))).toObject();
    }

    async create(type: string, inputs: PropertyMap, preview = false) {
        const request = new proto.CreateRequest().setUrn(urn(type)).setProperties(toStruct(inputs));
        const response = await this.send(service.create, request.setPreview(preview));
        return { id: response.getId(), state: fromStruct(response.getProperties()) };
    }

    async read(type: string, id: string, state: PropertyMap = {}, inputs: PropertyMap = {}) {
        const request = new proto.ReadRequest().setUrn(urn(type)).setId(id).setProperties(toStruct(state));
        const response = await this.send(service.read, request.setInputs(toStruct(inputs)));
        return {
            id: response.getId(),
            state: fromStruct(response.getProperties()),
            inputs: fromStruct(response.getInputs()),
        };
    }

    async update(type: string, id: string, state: PropertyMap, inputs: PropertyMap, preview = false) {
        const request = new proto.UpdateRequest()
            .setUrn(urn(type))
            .setId(id)
            .setOlds(toStruct(state))
            .setPreview(preview);
        const response = await this.send(service.update, request.setNews(toStruct(inputs)));
        return fromStruct(response.getProperties());
    }

    async delete(type: string, id: string, state: PropertyMap): Promise<void> {
        const request = new proto.DeleteRequest().setUrn(urn(type)).setId(id).setProperties(toStruct(state));
        await this.send(service.delete, request);
    }

    async invoke(token: string, args: PropertyMap): Promise<PropertyMap> {
        const response = await this.send(
            service.invoke,
            new proto.InvokeRequest().setTok(token).setArgs(toStruct(args)),
        );
        return fromStruct(response.getReturn());
    }
}

function urn(type: string): string {
    return `urn:pulumi:test::aframe::aframe:index:Experiment$${type}::thing`;
}
