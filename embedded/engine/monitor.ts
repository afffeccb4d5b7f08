// The two gRPC services that a program talks to: ResourceMonitor and Engine.
import grpc, { type handleUnaryCall, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import type { Alias as AliasMessage } from "@pulumi/pulumi/proto/alias_pb.js";
import engineGrpc, { type IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineProto, { type LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import resourceGrpc, { type IResourceMonitorServer } from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourceProto, { type RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import emptyProto, { type Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import type { Timeouts } from "../state/checkpoint.ts";
import { isMap, isUnknown, propertiesFor, signatureOf, some } from "../state/propertyValues.ts";
import type { StackConfig } from "../state/stackFile.ts";
import type { EngineEvent, Severity } from "./events.ts";
import type { Alias, Goal } from "./goal.ts";
import { type Operation, Stopped } from "./operation.ts";
import type { Registrar } from "./registrar.ts";
import { channelOptions, fromStruct, messageOf, toStruct } from "./rpc.ts";
import { makeUrn, packageOf } from "./urn.ts";

/** What the services need once the state has been read. */
export interface Session {
    readonly operation: Operation;
    readonly registrar: Registrar;
    readonly config: StackConfig;
}

export interface MonitorOptions {
    readonly project: string;
    readonly stack: string;
    readonly preview: boolean;
    readonly parallel: number;
    readonly session: Promise<Session>;
    onEvent(event: EngineEvent): void;
}

const { ResourceMonitorFeature: Feature } = resourceProto;

const features = [
    Feature.RESOURCE_MONITOR_FEATURE_SECRETS,
    Feature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    Feature.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    Feature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
];

/** What the SDK logs at level debug is left out: it holds properties, secret ones too, in the clear. */
const severities: Readonly<Record<number, Severity>> = {
    [engineProto.LogSeverity.INFO]: "info",
    [engineProto.LogSeverity.WARNING]: "warning",
    [engineProto.LogSeverity.ERROR]: "error",
};

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

function goalOf(request: RegisterResourceRequest): Goal {
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

/** A method as a promise: when the operation has been stopped, the program hears that the monitor is gone. */
function handler<Request, Response>(
    answer: (request: Request) => Promise<Response>,
): handleUnaryCall<Request, Response> {
    return ({ request }: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
        answer(request).then(
            (response) => {
                callback(null, response);
            },
            (error: unknown) => {
                const code = error instanceof Stopped ? grpc.status.UNAVAILABLE : grpc.status.UNKNOWN;
                callback({ code, details: messageOf(error) });
            },
        );
    };
}

const toProgram = { secrets: true, resources: true, unknowns: true };
const empty = (): Empty => new emptyProto.Empty();

export class Monitor {
    private readonly options: MonitorOptions;
    private readonly server = new grpc.Server(channelOptions);
    private rootResource = "";

    constructor(options: MonitorOptions) {
        this.options = options;
        const monitor: Partial<IResourceMonitorServer> = {
            getDeploymentInfo: handler(() => this.deploymentInfo()),
            supportsFeature: handler((request) => {
                const name = `RESOURCE_MONITOR_FEATURE_${request.getId().replaceAll(/[A-Z]/g, "_$&").toUpperCase()}`;
                const response = new resourceProto.SupportsFeatureResponse();
                response.setHassupport(features.some((feature) => Feature[name as keyof typeof Feature] === feature));
                return Promise.resolve(response);
            }),
            registerResource: handler((request) => this.registerResource(request)),
            registerResourceOutputs: handler(async (request) => {
                const { registrar } = await this.options.session;
                await registrar.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
                return empty();
            }),
            invoke: handler((request) => this.invoke(request)),
            readResource: handler((request) => this.refuse("reading existing resources", request.getType())),
            call: handler((request) => this.refuse("calling methods of resources", request.getTok())),
            registerStackTransform: handler(() => this.refuse("stack transforms")),
            registerStackInvokeTransform: handler(() => this.refuse("invoke transforms")),
            registerResourceHook: handler(() => this.refuse("resource hooks")),
            registerErrorHook: handler(() => this.refuse("error hooks")),
            registerPackage: handler((request) => this.refuse("parameterized packages", request.getName())),
            // Deletions need nothing of the program, so it may end at once.
            signalAndWaitForShutdown: handler(() => Promise.resolve(empty())),
        };
        const engine: Partial<IEngineServer> = {
            log: handler((request: LogRequest) => {
                const severity = severities[request.getSeverity()];
                if (severity === undefined) {
                    return Promise.resolve(empty());
                }
                this.options.onEvent({
                    kind: "diagnostic",
                    severity,
                    urn: request.getUrn(),
                    message: request.getMessage(),
                    ephemeral: request.getEphemeral(),
                });
                return Promise.resolve(empty());
            }),
            getRootResource: handler(() => {
                const response = new engineProto.GetRootResourceResponse();
                response.setUrn(this.rootResource);
                return Promise.resolve(response);
            }),
            setRootResource: handler((request) => {
                this.rootResource = request.getUrn();
                return Promise.resolve(new engineProto.SetRootResourceResponse());
            }),
        };
        this.server.addService(resourceGrpc.ResourceMonitorService, monitor as IResourceMonitorServer);
        this.server.addService(engineGrpc.EngineService, engine as IEngineServer);
    }

    /** Listens on this machine only; returns the address. */
    async listen(): Promise<string> {
        const port = await new Promise<number>((resolve, reject) => {
            this.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
                if (error) {
                    reject(error);
                } else {
                    resolve(bound);
                }
            });
        });
        return `127.0.0.1:${port}`;
    }

    close(): void {
        this.server.forceShutdown();
    }

    private async deploymentInfo() {
        const { project, stack, preview, parallel, session } = this.options;
        const { config } = await session;
        const info = new resourceProto.DeploymentInfo();
        info.setProject(project);
        info.setStack(stack);
        info.setOrganization("organization");
        info.setDryrun(preview);
        info.setParallel(parallel);
        info.setSupportedfeaturesList(features);
        info.setConfigsecretkeysList([...config.secretKeys]);
        for (const [key, value] of Object.entries(config.values)) {
            info.getConfigMap().set(key, value);
        }
        return info;
    }

    private async registerResource(request: RegisterResourceRequest) {
        const { operation, registrar } = await this.options.session;
        try {
            const unsupported = unsupportedOptions(request);
            if (unsupported.length > 0) {
                throw new Error(`the embedded engine does not support: ${unsupported.join(", ")}; use the Pulumi CLI`);
            }
            const state = await registrar.register(goalOf(request));
            const response = new resourceProto.RegisterResourceResponse();
            response.setUrn(state.urn);
            response.setId(isUnknown(state.id) ? "" : (state.id ?? ""));
            response.setObject(toStruct(propertiesFor(state.outputs, toProgram)));
            return response;
        } catch (error) {
            const { project, stack } = this.options;
            const urn = makeUrn(stack, project, request.getParent(), request.getType(), request.getName());
            throw this.stopFor(operation, urn, error);
        }
    }

    private async invoke(request: resourceProto.ResourceInvokeRequest) {
        const { operation, registrar } = await this.options.session;
        const token = request.getTok();
        try {
            const named = request.getProvider();
            const reference = named || (await registrar.defaultProvider(packageOf(token), request.getVersion(), token));
            const provider = await operation.provider(reference);
            const result = await provider.invoke(token, fromStruct(request.getArgs()));
            const response = new resourceProto.ResourceInvokeResponse();
            if (result === undefined) {
                response.setUnknown(true);
            } else {
                response.setReturn(result.getReturn());
                response.setFailuresList(result.getFailuresList());
            }
            return response;
        } catch (error) {
            throw this.stopFor(operation, "", error);
        }
    }

    /** Tells the first error; what comes after it is only its consequence. */
    private stopFor(operation: Operation, urn: string, error: unknown): Stopped {
        if (!operation.stopped) {
            operation.fail(urn, messageOf(error));
        }
        return new Stopped();
    }

    private async refuse(feature: string, what = ""): Promise<never> {
        const { operation } = await this.options.session;
        const subject = what === "" ? "" : ` (${what})`;
        throw this.stopFor(operation, "", new Error(`the embedded engine does not support ${feature}${subject}`));
    }
}
