// One configured provider: Pulumi's provider protocol in the engine's own terms.
import providerProto from "@pulumi/pulumi/proto/provider_pb.js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import {
    type Acceptance,
    annotateSecrets,
    containsUnknowns,
    type PropertyMap,
    propertiesFor,
    reveal,
} from "../state/propertyValues.ts";
import type { Applied, Checked, Custodian, Deletion, DiffRequest } from "./custodian.ts";
import { type DiffResult, noDiff } from "./diff.ts";
import type { Plugin } from "./plugins.ts";
import { readDiff } from "./providerDiff.ts";
import { call, fromStruct, initFailureOf, isUnimplemented, toStruct } from "./rpc.ts";
import { packageOf, parseUrn } from "./urn.ts";

interface Identified {
    setUrn(value: string): unknown;
    setName(value: string): unknown;
    setType(value: string): unknown;
}

function identified<Request extends Identified>(request: Request, urn: string): Request {
    const { name, type } = parseUrn(urn);
    request.setUrn(urn);
    request.setName(name);
    request.setType(type);
    return request;
}

export class Provider implements Custodian {
    private readonly plugin: Plugin;
    private readonly preview: boolean;
    private accepts = { secrets: false, resources: false, preview: false };
    /** False while some configuration is only known after an update: then the plugin cannot be asked. */
    private known = true;
    /** Whether the handshake has settled what the plugin accepts; older ones tell when they are configured. */
    private negotiated = false;

    private constructor(plugin: Plugin, preview: boolean) {
        this.plugin = plugin;
        this.preview = preview;
    }

    static async open(plugin: Plugin, engineAddress: string, preview: boolean): Promise<Provider> {
        const provider = new Provider(plugin, preview);
        const request = new providerProto.ProviderHandshakeRequest();
        request.setEngineAddress(engineAddress);
        request.setConfigureWithUrn(true);
        request.setInvokeWithPreview(true);
        try {
            const response = await call(plugin.client, "handshake", request);
            const [secrets, resources] = [response.getAcceptSecrets(), response.getAcceptResources()];
            provider.accepts = { secrets, resources, preview: true };
            provider.negotiated = true;
        } catch (error) {
            if (!isUnimplemented(error)) {
                throw error;
            }
        }
        return provider;
    }

    async checkConfig(urn: string, olds: PropertyMap, news: PropertyMap): Promise<Checked> {
        const plain: Acceptance = { secrets: false, resources: false, unknowns: true };
        const request = identified(new providerProto.CheckRequest(), urn);
        request.setOlds(toStruct(propertiesFor(olds, plain)));
        request.setNews(toStruct(propertiesFor(news, plain)));
        try {
            const response = await call(this.plugin.client, "checkConfig", request);
            return {
                inputs: annotateSecrets(fromStruct(response.getInputs()), news),
                failures: response.getFailuresList().map((failure) => failure.toObject()),
            };
        } catch (error) {
            if (isUnimplemented(error)) {
                return { inputs: news, failures: [] };
            }
            throw error;
        }
    }

    async diffConfig(urn: string, oldInputs: PropertyMap, oldOutputs: PropertyMap, newInputs: PropertyMap) {
        const plain: Acceptance = { secrets: false, resources: false, unknowns: true };
        const request = identified(new providerProto.DiffRequest(), urn);
        request.setOldInputs(toStruct(propertiesFor(oldInputs, plain)));
        request.setOlds(toStruct(propertiesFor(oldOutputs, plain)));
        request.setNews(toStruct(propertiesFor(newInputs, plain)));
        try {
            return readDiff(await call(this.plugin.client, "diffConfig", request));
        } catch (error) {
            if (isUnimplemented(error)) {
                return undefined;
            }
            throw error;
        }
    }

    async configure(urn: string, id: string, inputs: PropertyMap): Promise<void> {
        this.known = !containsUnknowns(inputs);
        if (!this.known) {
            return;
        }
        const request = identified(new providerProto.ConfigureRequest(), urn);
        request.setId(id);
        request.setAcceptsecrets(true);
        request.setAcceptresources(true);
        request.setSendsOldInputs(true);
        request.setSendsOldInputsToDelete(true);
        request.setArgs(toStruct(inputs));
        for (const [key, value] of Object.entries(inputs)) {
            const plain = reveal(value);
            const text = typeof plain === "string" ? plain : JSON.stringify(plain);
            if (key !== "version") {
                request.getVariablesMap().set(`${packageOf(parseUrn(urn).type)}:config:${key}`, text);
            }
        }
        const response = await call(this.plugin.client, "configure", request);
        if (!this.negotiated) {
            const [secrets, resources] = [response.getAcceptsecrets(), response.getAcceptresources()];
            this.accepts = { secrets, resources, preview: response.getSupportspreview() };
        }
    }

    private struct(properties: PropertyMap, unknowns = this.preview) {
        const { secrets, resources } = this.accepts;
        return toStruct(propertiesFor(properties, { secrets, resources, unknowns }));
    }

    /** Keeps properties secret that were, for a provider that was sent them in the clear. */
    private annotated(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
        return this.accepts.secrets ? outputs : annotateSecrets(outputs, inputs);
    }

    async check(urn: string, olds: PropertyMap | undefined, news: PropertyMap): Promise<Checked> {
        if (!this.known) {
            return { inputs: news, failures: [] };
        }
        const request = identified(new providerProto.CheckRequest(), urn);
        request.setOlds(this.struct(olds ?? {}));
        request.setNews(this.struct(news));
        request.setRandomseed(crypto.getRandomValues(new Uint8Array(32)));
        const response = await this.answer(call(this.plugin.client, "check", request));
        return {
            inputs: this.annotated(fromStruct(response.getInputs()), news),
            failures: response.getFailuresList().map((failure) => failure.toObject()),
        };
    }

    async diff(diff: DiffRequest): Promise<DiffResult | undefined> {
        if (!this.known) {
            return { ...noDiff, changes: true };
        }
        const request = identified(new providerProto.DiffRequest(), diff.urn);
        request.setId(diff.id);
        request.setOldInputs(this.struct(diff.oldInputs));
        request.setOlds(this.struct(diff.oldOutputs));
        // A replacement of what a resource depends on is tried with unknowns outside of previews too.
        request.setNews(this.struct(diff.newInputs, true));
        request.setIgnorechangesList([...diff.ignoreChanges]);
        return readDiff(await this.answer(call(this.plugin.client, "diff", request)));
    }

    async create(urn: string, inputs: PropertyMap, timeout: number): Promise<Applied> {
        if (this.preview && !(this.known && this.accepts.preview)) {
            return { id: "", outputs: this.known ? inputs : {} };
        }
        const request = identified(new providerProto.CreateRequest(), urn);
        request.setProperties(this.struct(inputs));
        request.setTimeout(timeout);
        request.setPreview(this.preview);
        const applied = await this.settle("", async () => {
            const response = await this.answer(call(this.plugin.client, "create", request));
            return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
        });
        if (applied.id === "" && !this.preview) {
            throw new Error("the provider returned no id for the new resource");
        }
        return { ...applied, outputs: this.annotated(applied.outputs, inputs) };
    }

    async update(update: DiffRequest, timeout: number): Promise<Applied> {
        if (this.preview && !(this.known && this.accepts.preview)) {
            return { id: update.id, outputs: this.known ? update.newInputs : {} };
        }
        const request = identified(new providerProto.UpdateRequest(), update.urn);
        request.setId(update.id);
        request.setOldInputs(this.struct(update.oldInputs));
        request.setOlds(this.struct(update.oldOutputs));
        request.setNews(this.struct(update.newInputs));
        request.setIgnorechangesList([...update.ignoreChanges]);
        request.setTimeout(timeout);
        request.setPreview(this.preview);
        const applied = await this.settle(update.id, async () => {
            const response = await this.answer(call(this.plugin.client, "update", request));
            return { id: update.id, outputs: fromStruct(response.getProperties()) };
        });
        return { ...applied, id: update.id, outputs: this.annotated(applied.outputs, update.newInputs) };
    }

    /** The state of the real resource; an empty id when it is gone. */
    async read(urn: string, id: string, inputs: PropertyMap, outputs: PropertyMap, timeout: number): Promise<Applied> {
        const request = identified(new providerProto.ReadRequest(), urn);
        request.setId(id);
        request.setInputs(this.struct(inputs));
        request.setProperties(this.struct(outputs));
        request.setTimeout(timeout);
        const applied = await this.settle(id, async () => {
            const response = await this.answer(call(this.plugin.client, "read", request));
            const live = response.hasInputs() ? fromStruct(response.getInputs()) : undefined;
            return { id: response.getId(), outputs: fromStruct(response.getProperties()), inputs: live };
        });
        return {
            ...applied,
            outputs: this.annotated(applied.outputs, outputs),
            inputs: applied.inputs === undefined ? undefined : this.annotated(applied.inputs, inputs),
        };
    }

    async delete(deletion: Deletion): Promise<void> {
        const request = identified(new providerProto.DeleteRequest(), deletion.urn);
        request.setId(deletion.id);
        request.setProperties(this.struct(deletion.outputs));
        request.setOldInputs(this.struct(deletion.inputs));
        request.setTimeout(deletion.timeout);
        await this.answer(call(this.plugin.client, "delete", request));
    }

    /** Undefined when the configuration is not known yet. */
    async invoke(token: string, args: PropertyMap) {
        if (!this.known) {
            return undefined;
        }
        const request = new providerProto.InvokeRequest();
        request.setTok(token);
        request.setArgs(this.struct(args));
        request.setPreview(this.preview);
        return this.answer(call(this.plugin.client, "invoke", request));
    }

    /** Tells the plugin that the user wants to stop; it may cut running operations short. */
    async cancel(): Promise<void> {
        this.plugin.cancel();
        await call(this.plugin.client, "cancel", new emptyProto.Empty()).catch(() => undefined);
    }

    close(): Promise<void> {
        return this.plugin.close();
    }

    private async answer<Response>(response: Promise<Response>): Promise<Response> {
        try {
            return await response;
        } catch (error) {
            throw await this.plugin.reasonFor(error);
        }
    }

    /** Takes a resource that exists but is not ready as a result, not as an error. */
    private async settle(id: string, operation: () => Promise<Applied>): Promise<Applied> {
        try {
            return await operation();
        } catch (error) {
            const failure = initFailureOf(error);
            if (failure === undefined) {
                throw error;
            }
            const { outputs, inputs, reasons } = failure;
            return { id: failure.id || id, outputs, inputs, initErrors: reasons };
        }
    }
}
