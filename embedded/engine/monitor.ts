// The two gRPC services that a program talks to: ResourceMonitor and Engine.
import grpc from "@grpc/grpc-js";
import engineGrpc, { type IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineProto, { type LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";
import resourceGrpc, { type IResourceMonitorServer } from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourceProto, {
    type RegisterResourceOutputsRequest,
    type RegisterResourceRequest,
    type RegisterResourceResponse,
} from "@pulumi/pulumi/proto/resource_pb.js";
import emptyProto, { type Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { isUnknown, propertiesFor } from "../state/propertyValues.ts";
import type { StackConfig } from "../state/stackFile.ts";
import type { EngineEvent, Severity } from "./events.ts";
import { type Operation, Stopped } from "./operation.ts";
import type { Registrar } from "./registrar.ts";
import { goalOf } from "./request.ts";
import { answering, channelOptions, fromStruct, listen, messageOf, toStruct } from "./rpc.ts";
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

/** When the operation has been stopped, the program hears that the monitor is gone. */
function handler<Request, Response>(answer: (request: Request) => Response | Promise<Response>) {
    return answering(answer, (error) => ({
        code: error instanceof Stopped ? grpc.status.UNAVAILABLE : grpc.status.UNKNOWN,
        details: messageOf(error),
    }));
}

const empty = (): Empty => new emptyProto.Empty();

export class Monitor {
    private readonly options: MonitorOptions;
    private server: grpc.Server | undefined;
    private rootResource = "";

    constructor(options: MonitorOptions) {
        this.options = options;
    }

    /** Listens on this machine only; returns the address. */
    async listen(): Promise<string> {
        const server = new grpc.Server(channelOptions);
        server.addService(resourceGrpc.ResourceMonitorService, this.monitorService() as IResourceMonitorServer);
        server.addService(engineGrpc.EngineService, this.engineService() as IEngineServer);
        this.server = server;
        return `127.0.0.1:${await listen(server)}`;
    }

    close(): void {
        this.server?.forceShutdown();
    }

    private monitorService(): Partial<IResourceMonitorServer> {
        return {
            getDeploymentInfo: handler(() => this.deploymentInfo()),
            supportsFeature: handler((request) => {
                const name = `RESOURCE_MONITOR_FEATURE_${request.getId().replaceAll(/[A-Z]/g, "_$&").toUpperCase()}`;
                const supported = features.some((feature) => Feature[name as keyof typeof Feature] === feature);
                return new resourceProto.SupportsFeatureResponse().setHassupport(supported);
            }),
            registerResource: handler((request) => this.registerResource(request)),
            registerResourceOutputs: handler((request) => this.registerOutputs(request)),
            invoke: handler((request) => this.invoke(request)),
            readResource: handler((request) => this.refuse("reading existing resources", request.getType())),
            existsResource: handler((request) => this.refuse("asking whether a resource exists", request.getType())),
            call: handler((request) => this.refuse("calling methods of resources", request.getTok())),
            registerStackTransform: handler(() => this.refuse("stack transforms")),
            registerStackInvokeTransform: handler(() => this.refuse("invoke transforms")),
            registerResourceHook: handler(() => this.refuse("resource hooks")),
            registerErrorHook: handler(() => this.refuse("error hooks")),
            registerPackage: handler((request) => this.refuse("parameterized packages", request.getName())),
            // Deletions need nothing of the program, so it may end at once.
            signalAndWaitForShutdown: handler(empty),
        };
    }

    private engineService(): Partial<IEngineServer> {
        return {
            log: handler((request: LogRequest) => {
                const severity = severities[request.getSeverity()];
                if (severity !== undefined) {
                    const [urn, message] = [request.getUrn(), request.getMessage()];
                    const ephemeral = request.getEphemeral();
                    this.options.onEvent({ kind: "diagnostic", severity, urn, message, ephemeral });
                }
                return empty();
            }),
            getRootResource: handler(() => new engineProto.GetRootResourceResponse().setUrn(this.rootResource)),
            startDebugging: handler(() => this.refuse("debugging")),
            requirePulumiVersion: handler(() => this.refuse("requirePulumiVersion")),
            setRootResource: handler((request) => {
                this.rootResource = request.getUrn();
                return new engineProto.SetRootResourceResponse();
            }),
        };
    }

    private async deploymentInfo() {
        const { project, stack, preview, parallel, session } = this.options;
        const { config } = await session;
        const info = new resourceProto.DeploymentInfo();
        info.setProject(project).setStack(stack).setOrganization("organization").setDryrun(preview);
        info.setParallel(parallel).setSupportedfeaturesList(features);
        info.setConfigsecretkeysList([...config.secretKeys]);
        for (const [key, value] of Object.entries(config.values)) {
            info.getConfigMap().set(key, value);
        }
        return info;
    }

    /** One registration, from the program's message to the answer that it waits for. */
    async registerResource(request: RegisterResourceRequest): Promise<RegisterResourceResponse> {
        const { operation, registrar } = await this.options.session;
        try {
            const state = await registrar.register(goalOf(request));
            const response = new resourceProto.RegisterResourceResponse().setUrn(state.urn);
            response.setId(isUnknown(state.id) ? "" : (state.id ?? ""));
            const accepted = {
                secrets: request.getAcceptsecrets(),
                resources: request.getAcceptresources(),
                unknowns: request.getSupportspartialvalues(),
            };
            response.setObject(toStruct(propertiesFor(state.outputs, accepted)));
            return response.setUnknown(registrar.isSkipped(state.urn));
        } catch (error) {
            const { project, stack } = this.options;
            const urn = makeUrn(stack, project, request.getParent(), request.getType(), request.getName());
            throw this.stopFor(operation, urn, error);
        }
    }

    async registerOutputs(request: RegisterResourceOutputsRequest): Promise<Empty> {
        const { registrar } = await this.options.session;
        await registrar.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
        return empty();
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
            if (result === undefined) return response.setUnknown(true);
            return response.setReturn(result.getReturn()).setFailuresList(result.getFailuresList());
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
