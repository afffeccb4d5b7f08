// One configured provider: Pulumi's provider protocol in the engine's own terms.
import providerProto, {
    type DiffRequest as DiffProto,
    type UpdateRequest as UpdateProto,
} from "@pulumi/pulumi/proto/provider_pb.js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import { annotateSecrets, containsUnknowns, type PropertyMap, propertiesFor, reveal } from "../state/propertyValues.ts";
import type { Applied, Checked, Custodian, Deletion, DiffRequest } from "./custodian.ts";
import { type DiffResult, noDiff } from "./diff.ts";
import type { Plugin } from "./plugins.ts";
import { type AppliedResponse, configStruct, failuresOf, identified, readDiff } from "./providerMessages.ts";
import { call, fromStruct, ifImplemented, initFailureOf, toStruct } from "./rpc.ts";
import { packageOf, parseUrn } from "./urn.ts";

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
        request.setEngineAddress(engineAddress).setConfigureWithUrn(true).setInvokeWithPreview(true);
        const response = await ifImplemented(call(plugin.client, "handshake", request));
        if (response) {
            const [secrets, resources] = [response.getAcceptSecrets(), response.getAcceptResources()];
            provider.accepts = { secrets, resources, preview: true };
            provider.negotiated = true;
        }
        return provider;
    }

    async checkConfig(urn: string, olds: PropertyMap, news: PropertyMap): Promise<Checked> {
        const request = identified(new providerProto.CheckRequest(), urn);
        request.setOlds(configStruct(olds)).setNews(configStruct(news));
        const response = await ifImplemented(call(this.plugin.client, "checkConfig", request));
        if (response === undefined) return { inputs: news, failures: [] };
        return { inputs: annotateSecrets(fromStruct(response.getInputs()), news), failures: failuresOf(response) };
    }

    /** Undefined when the plugin leaves the comparison to the engine. */
    async diffConfig(urn: string, oldInputs: PropertyMap, oldOutputs: PropertyMap, newInputs: PropertyMap) {
        const request = identified(new providerProto.DiffRequest(), urn).setOldInputs(configStruct(oldInputs));
        request.setOlds(configStruct(oldOutputs)).setNews(configStruct(newInputs));
        const response = await ifImplemented(call(this.plugin.client, "diffConfig", request));
        return response && readDiff(response);
    }

    async configure(urn: string, id: string, inputs: PropertyMap): Promise<void> {
        this.known = !containsUnknowns(inputs);
        if (!this.known) return;
        const request = new providerProto.ConfigureRequest().setAcceptsecrets(true).setAcceptresources(true);
        request.setSendsOldInputs(true).setSendsOldInputsToDelete(true);
        identified(request, urn).setId(id).setArgs(toStruct(inputs));
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

    async check(urn: string, olds: PropertyMap | undefined, news: PropertyMap): Promise<Checked> {
        if (!this.known) return { inputs: news, failures: [] };
        const request = identified(new providerProto.CheckRequest(), urn);
        request.setOlds(this.struct(olds ?? {})).setNews(this.struct(news));
        request.setRandomseed(crypto.getRandomValues(new Uint8Array(32)));
        const response = await this.answer(call(this.plugin.client, "check", request));
        return { inputs: this.annotated(fromStruct(response.getInputs()), news), failures: failuresOf(response) };
    }

    async diff(diff: DiffRequest): Promise<DiffResult | undefined> {
        if (!this.known) return { ...noDiff, changes: true };
        const request = this.comparing(new providerProto.DiffRequest(), diff);
        // A replacement of what a resource depends on is tried with unknowns outside of previews too.
        request.setNews(this.struct(diff.newInputs, true));
        return readDiff(await this.answer(call(this.plugin.client, "diff", request)));
    }

    async create(urn: string, inputs: PropertyMap, timeout: number): Promise<Applied> {
        if (this.preview && !(this.known && this.accepts.preview)) {
            return { id: "", outputs: this.known ? inputs : {} };
        }
        const request = identified(new providerProto.CreateRequest(), urn).setProperties(this.struct(inputs));
        request.setTimeout(timeout).setPreview(this.preview);
        const applied = await this.settle("", inputs, call(this.plugin.client, "create", request));
        if (applied.id === "" && !this.preview) {
            throw new Error("the provider returned no id for the new resource");
        }
        return applied;
    }

    async update(update: DiffRequest, timeout: number): Promise<Applied> {
        const { id, newInputs } = update;
        if (this.preview && !(this.known && this.accepts.preview)) {
            return { id, outputs: this.known ? newInputs : {} };
        }
        const request = this.comparing(new providerProto.UpdateRequest(), update).setNews(this.struct(newInputs));
        request.setTimeout(timeout).setPreview(this.preview);
        return { ...(await this.settle(id, newInputs, call(this.plugin.client, "update", request))), id };
    }

    /** The state of the real resource; an empty id when it is gone. */
    async read(urn: string, id: string, inputs: PropertyMap, outputs: PropertyMap, timeout: number): Promise<Applied> {
        const request = identified(new providerProto.ReadRequest(), urn).setId(id).setTimeout(timeout);
        request.setInputs(this.struct(inputs)).setProperties(this.struct(outputs));
        const applied = await this.settle(id, outputs, call(this.plugin.client, "read", request));
        return { ...applied, inputs: applied.inputs && this.annotated(applied.inputs, inputs) };
    }

    async delete(deletion: Deletion): Promise<void> {
        const request = identified(new providerProto.DeleteRequest(), deletion.urn).setId(deletion.id);
        request.setProperties(this.struct(deletion.outputs)).setOldInputs(this.struct(deletion.inputs));
        await this.answer(call(this.plugin.client, "delete", request.setTimeout(deletion.timeout)));
    }

    /** Undefined when the configuration is not known yet. */
    async invoke(token: string, args: PropertyMap) {
        if (!this.known) return undefined;
        const request = new providerProto.InvokeRequest().setTok(token).setArgs(this.struct(args));
        return this.answer(call(this.plugin.client, "invoke", request.setPreview(this.preview)));
    }

    /** Tells the plugin that the user wants to stop; it may cut running operations short. */
    async cancel(): Promise<void> {
        this.plugin.cancel();
        await call(this.plugin.client, "cancel", new emptyProto.Empty()).catch(() => undefined);
    }

    close(): Promise<void> {
        return this.plugin.close();
    }

    private struct(properties: PropertyMap, unknowns = this.preview) {
        const { secrets, resources } = this.accepts;
        return toStruct(propertiesFor(properties, { secrets, resources, unknowns }));
    }

    private comparing<Request extends DiffProto | UpdateProto>(request: Request, diff: DiffRequest): Request {
        const { urn, id, oldInputs, oldOutputs, ignoreChanges } = diff;
        const { name, type } = parseUrn(urn);
        request
            .setUrn(urn)
            .setName(name)
            .setType(type)
            .setId(id)
            .setIgnorechangesList([...ignoreChanges]);
        request.setOldInputs(this.struct(oldInputs)).setOlds(this.struct(oldOutputs));
        return request;
    }

    /** Keeps properties secret that were, for a provider that was sent them in the clear. */
    private annotated(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
        return this.accepts.secrets ? outputs : annotateSecrets(outputs, inputs);
    }

    private async answer<Response>(response: Promise<Response>): Promise<Response> {
        try {
            return await response;
        } catch (error) {
            throw await this.plugin.reasonFor(error);
        }
    }

    /** Takes a resource that exists but is not ready as a result, not as an error. */
    private async settle(id: string, sent: PropertyMap, answer: Promise<AppliedResponse>): Promise<Applied> {
        try {
            const response = await this.answer(answer);
            const inputs = "hasInputs" in response && response.hasInputs() ? response.getInputs() : undefined;
            return {
                id: "getId" in response ? response.getId() : id,
                outputs: this.annotated(fromStruct(response.getProperties()), sent),
                inputs: inputs && fromStruct(inputs),
            };
        } catch (error) {
            const failure = initFailureOf(error);
            if (failure === undefined) throw error;
            const outputs = this.annotated(failure.outputs, sent);
            return { id: failure.id || id, outputs, inputs: failure.inputs, initErrors: failure.reasons };
        }
    }
}
