// A registration as it comes over the wire, read into a goal; what the engine does not support is refused by name.
import type { Alias as AliasMessage } from "@pulumi/pulumi/proto/alias_pb.js";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { Timeouts } from "../state/checkpoint.ts";
import { isMap, signatureOf, some } from "../state/propertyValues.ts";
import type { Alias, Goal } from "./goal.ts";
import { fromStruct } from "./rpc.ts";

const assetSignatures = new Set(["c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"]);

const hasText = (value: string): boolean => value !== "";

/** Options whose loss would change what happens; they are refused by name. */
function unsupportedOptions(request: RegisterResourceRequest): string[] {
    const hooks = request.getHooks();
    const found: Readonly<Record<string, boolean>> = {
        "remote components": request.getRemote(),
        import: hasText(request.getImportid()),
        deletedWith: hasText(request.getDeletedwith()),
        replaceWith: request.getReplaceWithList().length > 0,
        replacementTrigger: request.hasReplacementTrigger() && !request.getReplacementTrigger()?.hasNullValue(),
        transforms: request.getTransformsList().length > 0,
        hooks: hooks !== undefined && Object.values(hooks.toObject()).some((names) => names.length > 0),
        stateMigrations: request.getStateMigrationsList().length > 0,
        envVarMappings: request.getEnvvarmappingsMap().getLength() > 0,
        "parameterized packages": hasText(request.getPackageref()),
        pluginDownloadURL: hasText(request.getPlugindownloadurl()),
        pluginChecksums: request.getPluginchecksumsMap().getLength() > 0,
        hideDiffs: request.getHidediffsList().length > 0,
        snippets: hasText(request.getSnippetid()),
        "assets and archives": some(
            fromStruct(request.getObject()),
            (value) => isMap(value) && assetSignatures.has(signatureOf(value) ?? ""),
        ),
    };
    return Object.keys(found).filter((name) => found[name]);
}

/** Go's notation of durations, as resource options have it: 1h30m, 90s, 500ms. */
export function parseDuration(text: string): number {
    const seconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };
    if (!/^(\d+(\.\d+)?(h|ms|m|s|us|ns))+$/.test(text)) {
        throw new Error(`custom timeout ${JSON.stringify(text)} is not a duration like "30m" or "1h30m"`);
    }
    const parts = text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|ns)/g);
    return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (seconds[unit ?? ""] ?? 0), 0);
}

function timeoutsOf(request: RegisterResourceRequest): Timeouts {
    const { create = "", update = "", pb_delete = "", read = "" } = request.getCustomtimeouts()?.toObject() ?? {};
    const texts = Object.entries({ create, update, delete: pb_delete, read }).filter(([, text]) => hasText(text));
    return Object.fromEntries(texts.map(([name, text]) => [name, parseDuration(text)]));
}

function aliasOf(message: AliasMessage): Alias {
    const spec = message.getSpec();
    return spec === undefined
        ? { urn: message.getUrn() }
        : {
              name: spec.getName(),
              type: spec.getType(),
              stack: spec.getStack(),
              project: spec.getProject(),
              parent: spec.getParenturn(),
              noParent: spec.getNoparent(),
          };
}

/** Throws when the request asks for more than the engine can do. */
export function goalOf(request: RegisterResourceRequest): Goal {
    const unsupported = unsupportedOptions(request);
    if (unsupported.length > 0) {
        throw new Error(`the embedded engine does not support: ${unsupported.join(", ")}; use the Pulumi CLI`);
    }
    const inputs = fromStruct(request.getObject());
    const dependencies = request.getDependenciesList();
    const byProperty = request.getPropertydependenciesMap();
    const listed = [...byProperty.entries()].map(([key, value]) => [key, value.getUrnsList()] as const);
    const all = Object.keys(inputs).map((key) => [key, dependencies] as const);
    const decided = request.getDeletebeforereplacedefined() || request.getDeletebeforereplace();
    return {
        type: request.getType(),
        name: request.getName(),
        custom: request.getCustom(),
        parent: request.getParent(),
        inputs,
        protect: request.hasProtect() ? request.getProtect() : undefined,
        retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
        dependencies,
        propertyDependencies: Object.fromEntries(listed.length > 0 ? listed : all),
        provider: request.getProvider(),
        providers: Object.fromEntries(request.getProvidersMap().entries()),
        version: request.getVersion(),
        deleteBeforeReplace: decided ? request.getDeletebeforereplace() : undefined,
        ignoreChanges: request.getIgnorechangesList(),
        replaceOnChanges: request.getReplaceonchangesList(),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
        aliases: [...request.getAliasurnsList().map((urn) => ({ urn })), ...request.getAliasesList().map(aliasOf)],
        customTimeouts: timeoutsOf(request),
    };
}
