// The providers of one operation: resources themselves (`pulumi:providers:<package>`), managed here.
import { randomUUID } from "node:crypto";
import type { ResourceState } from "../state/checkpoint.ts";
import { equal, type PropertyMap, unknownValue } from "../state/propertyValues.ts";
import type { Applied, Checked, Custodian, Deletion, DiffRequest } from "./custodian.ts";
import { type DiffResult, noDiff, replaces } from "./diff.ts";
import type { PluginHost } from "./plugins.ts";
import { Provider } from "./provider.ts";
import { formatReference, packageOf, parseReference, parseUrn } from "./urn.ts";

/** Where the engine keeps what is of no concern to the plugin. */
const internalKey = "__internal";

function configuration(inputs: PropertyMap): PropertyMap {
    return Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== internalKey));
}

/** The inputs of a provider resource with the version of its plugin, as Pulumi writes it. */
export function withVersion(inputs: PropertyMap, version: string): PropertyMap {
    return version === "" ? inputs : { ...inputs, [internalKey]: {}, version };
}

export class ProviderRegistry implements Custodian {
    private readonly host: Pick<PluginHost, "load">;
    private readonly address: string;
    private readonly preview: boolean;
    /** Checked, but not configured: until the step tells with which id. */
    private readonly checked = new Map<string, Provider>();
    private readonly configured = new Map<string, Promise<Provider>>();

    constructor(host: Pick<PluginHost, "load">, address: string, preview: boolean) {
        this.host = host;
        this.address = address;
        this.preview = preview;
    }

    /** The configured provider that a reference names. */
    async get(reference: string): Promise<Provider> {
        const provider = this.configured.get(reference);
        if (provider === undefined) {
            throw new Error(`provider ${reference} is not known in this operation`);
        }
        return provider;
    }

    has(reference: string): boolean {
        return this.configured.has(reference);
    }

    /** Makes a provider of the old state available, with its old configuration. */
    ensure(state: ResourceState): Promise<Provider> {
        const reference = formatReference({ urn: state.urn, id: state.id ?? "" });
        const existing = this.configured.get(reference);
        return existing ?? this.configure(state.urn, state.id ?? "", state.inputs, this.open(state.urn));
    }

    async check(urn: string, olds: PropertyMap | undefined, news: PropertyMap): Promise<Checked> {
        const provider = await this.open(urn);
        const result = await provider.checkConfig(urn, configuration(olds ?? {}), configuration(news));
        if (result.failures.length > 0) {
            await provider.close();
            return result;
        }
        await this.checked.get(urn)?.close();
        this.checked.set(urn, provider);
        const kept = [internalKey, "version"].flatMap((key) => (news[key] === undefined ? [] : [[key, news[key]]]));
        return { ...result, inputs: { ...result.inputs, ...(Object.fromEntries(kept) as PropertyMap) } };
    }

    async diff(request: DiffRequest): Promise<DiffResult> {
        const provider =
            this.checked.get(request.urn) ?? (await this.get(formatReference({ urn: request.urn, id: request.id })));
        const [oldInputs, newInputs] = [configuration(request.oldInputs), configuration(request.newInputs)];
        const diff = await provider.diffConfig(request.urn, oldInputs, request.oldOutputs, newInputs);
        return diff ?? { ...noDiff, changes: !equal(request.oldOutputs, newInputs) };
    }

    /** Whether moving a resource from one provider to another makes a new resource of it. */
    async mustReplace(reference: string, old: ResourceState, current: ResourceState): Promise<boolean> {
        const provider = await this.get(reference);
        const [oldInputs, newInputs] = [configuration(old.inputs), configuration(current.inputs)];
        const diff = await provider.diffConfig(parseReference(reference).urn, oldInputs, old.outputs, newInputs);
        return diff !== undefined && replaces(diff);
    }

    async create(urn: string, inputs: PropertyMap): Promise<Applied> {
        const id = this.preview ? unknownValue : randomUUID();
        await this.configure(urn, id, inputs, this.take(urn));
        return { id, outputs: configuration(inputs) };
    }

    async update(request: DiffRequest): Promise<Applied> {
        await this.configure(request.urn, request.id, request.newInputs, this.take(request.urn));
        return { id: request.id, outputs: configuration(request.newInputs) };
    }

    /** The provider stays as it was; old inputs, so that what its plugin calls no difference stays none. */
    async same(old: ResourceState, urn: string): Promise<void> {
        const id = old.id ?? "";
        if (!this.configured.has(formatReference({ urn, id }))) {
            await this.configure(urn, id, old.inputs, this.take(urn));
        }
    }

    async delete(deletion: Deletion): Promise<void> {
        const reference = formatReference(deletion);
        const provider = await this.configured.get(reference);
        this.configured.delete(reference);
        await provider?.close();
    }

    async cancel(): Promise<void> {
        await Promise.allSettled([...this.configured.values()].map(async (provider) => (await provider).cancel()));
    }

    private async open(urn: string): Promise<Provider> {
        const plugin = await this.host.load(packageOf(parseUrn(urn).type));
        return Provider.open(plugin, this.address, this.preview);
    }

    /** The provider that `check` has opened, or another one of its kind. */
    private async take(urn: string): Promise<Provider> {
        const provider = this.checked.get(urn);
        this.checked.delete(urn);
        return provider ?? this.open(urn);
    }

    private configure(urn: string, id: string, inputs: PropertyMap, opened: Promise<Provider>): Promise<Provider> {
        const configured = opened.then(async (provider) => {
            await provider.configure(urn, id, configuration(inputs));
            return provider;
        });
        this.configured.set(formatReference({ urn, id }), configured);
        return configured;
    }
}
