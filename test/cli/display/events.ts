// Events as the engine sends them, in short.
import type { EngineEvent, PropertyDiff, Step, StepOp } from "../../../embedded/engine/events.ts";

const prefix = "urn:pulumi:exp::aframe::";

export function urnOf(name: string): string {
    return `${prefix}${name}::${name}`;
}

export interface StepOptions {
    readonly parent?: string;
    readonly component?: boolean;
    readonly type?: string;
    readonly diffs?: readonly PropertyDiff[];
}

export function step(op: StepOp, name: string, options: StepOptions = {}): Step {
    const { parent, component = false, diffs = [] } = options;
    return {
        urn: urnOf(name),
        type: options.type ?? (component ? "aframe:index:Experiment" : "pulumi-nodejs:dynamic/aframe:Stage"),
        name,
        parent: parent === undefined ? "" : urnOf(parent),
        op,
        custom: !component,
        diffs,
    };
}

export function started(...args: Parameters<typeof step>): EngineEvent {
    return { kind: "step-started", step: step(...args) };
}

export function finished(seconds: number, ...args: Parameters<typeof step>): EngineEvent {
    return { kind: "step-finished", step: step(...args), seconds };
}

export function failed(seconds: number, message: string, ...args: Parameters<typeof step>): EngineEvent {
    return { kind: "step-failed", step: step(...args), seconds, message };
}

export function says(name: string, message: string, ephemeral = false): EngineEvent {
    return { kind: "diagnostic", severity: "info", urn: name === "" ? "" : urnOf(name), message, ephemeral };
}
