// What the state of a stack holds, read without its lock: a look at it must work while an operation runs.
import { execa } from "execa";
import type { PropertyMap } from "../../embedded/state/propertyValues.ts";
import type { Context } from "../commandLine.ts";
import { FailedError } from "../errors.ts";
import { projectName, type Stack } from "../project.ts";
import { embeddedBackend } from "./backend.ts";
import type { EngineChoice } from "./choose.ts";
import { engineSettings } from "./embedded.ts";
import { pulumiEnvironment } from "./pulumi.ts";

export interface StateResource {
    readonly urn: string;
    readonly type: string;
    /** It has been replaced, and is still to be deleted. */
    readonly delete?: boolean;
    readonly inputs?: PropertyMap;
    readonly outputs?: PropertyMap;
}

export interface Deployment {
    readonly resources: readonly StateResource[];
    /** What an operation had begun and not ended when the state was written: it runs, or was interrupted. */
    readonly pending: readonly StateResource[];
    /** When it was written, ISO 8601. */
    readonly time?: string;
}

/** Of a stack that has been destroyed a state is left that holds nothing. */
export function isEmpty({ resources, pending }: Deployment): boolean {
    return resources.length === 0 && pending.length === 0;
}

/** As a checkpoint of a file backend and an export both have it. */
interface RawDeployment {
    readonly manifest?: { readonly time?: string };
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: readonly { readonly resource: StateResource }[];
}

/** Undefined for a stack without a state. Secrets are still sealed. */
export async function readDeployment(
    stack: Stack,
    engine: EngineChoice,
    context: Context,
): Promise<Deployment | undefined> {
    if (engine.kind === "pulumi") {
        const raw = await exportStack(engine.executable, [], stack, context);
        return raw && deploymentOf(raw);
    }
    const { FileBackend } = await import("../../embedded/state/backend.ts");
    const text = await new FileBackend(embeddedBackend(context), projectName, stack.name).read();
    if (text === undefined) return undefined;
    const state = JSON.parse(text) as { checkpoint?: { latest?: RawDeployment | null } };
    return deploymentOf(state.checkpoint?.latest ?? {});
}

/** With all secrets in clear, for this process alone. Throws without the passphrase or what else protects them. */
export async function openDeployment(stack: Stack, engine: EngineChoice, context: Context): Promise<Deployment> {
    const [{ reveal }, { decodeProperties }] = await Promise.all([
        import("../../embedded/state/propertyValues.ts"),
        import("../../embedded/state/sealing.ts"),
    ]);
    if (engine.kind === "embedded") {
        const { Stack: StoredStack } = await import("../../embedded/engine/stack.ts");
        const stored = await StoredStack.open(await engineSettings(stack, context, false));
        const { resources, pendingOperations } = await stored.snapshot();
        const clear = (properties: PropertyMap) => reveal(properties) as PropertyMap;
        return changed({ resources, pending: pendingOperations.map(({ resource }) => resource) }, clear);
    }
    const raw = await exportStack(engine.executable, ["--show-secrets"], stack, context);
    const refuse = () => {
        throw new FailedError("pulumi stack export --show-secrets has left a secret encrypted");
    };
    return changed(
        deploymentOf(raw ?? {}),
        (properties) => reveal(decodeProperties(properties, refuse)) as PropertyMap,
    );
}

async function exportStack(
    executable: string,
    flags: readonly string[],
    stack: Stack,
    context: Context,
): Promise<RawDeployment | undefined> {
    const args = ["stack", "export", ...flags, "--stack", stack.name, "--cwd", context.checkout];
    const result = await execa(executable, args, {
        env: await pulumiEnvironment(stack, context),
        reject: false,
        stdin: "ignore",
    });
    if (result.failed) {
        if (/no stack named/.test(result.stderr)) return undefined;
        throw new FailedError(`pulumi stack export failed: ${result.stderr.trim() || (result.shortMessage ?? "")}`);
    }
    return (JSON.parse(result.stdout) as { deployment?: RawDeployment | null }).deployment ?? {};
}

function deploymentOf({ resources = [], pending_operations = [], manifest }: RawDeployment): Deployment {
    return {
        ...(manifest?.time !== undefined && { time: manifest.time }),
        resources: resources.filter((resource) => resource.delete !== true),
        pending: pending_operations.map(({ resource }) => resource),
    };
}

function changed({ resources, pending }: Deployment, change: (properties: PropertyMap) => PropertyMap): Deployment {
    const one = (resource: StateResource): StateResource => ({
        ...resource,
        inputs: change(resource.inputs ?? {}),
        outputs: change(resource.outputs ?? {}),
    });
    return { resources: resources.map(one), pending: pending.map(one) };
}
