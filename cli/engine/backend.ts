// Where a stack's state is kept, seen from each engine.
import { access } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Context } from "../commandLine.ts";
import { UsageError } from "../errors.ts";
import { projectName } from "../project.ts";

/** The folder that holds `.pulumi/` for the embedded engine: that of PULUMI_BACKEND_URL, else the checkout. */
export function embeddedBackend({ environment, checkout, home, currentDirectory }: Context): string {
    const url = environment.PULUMI_BACKEND_URL;
    if (!url) return checkout;
    if (!url.startsWith("file://")) {
        throw new UsageError(
            `PULUMI_BACKEND_URL is ${url}, but the embedded engine keeps state in files only; ` +
                "set it to file://DIRECTORY, unset it, or install pulumi",
        );
    }
    // Pulumi's own readings: file://~ is the home directory, file://./x is relative to the current one.
    const place = url.slice("file://".length);
    if (place === "~" || place.startsWith("~/")) return path.join(home, place.slice(1));
    return place.startsWith("/") ? fileURLToPath(url) : path.resolve(currentDirectory, place);
}

/** PULUMI_BACKEND_URL for the real CLI, when the state that the embedded engine wrote is to be found. */
export async function backendForPulumi(stack: string, { environment, checkout }: Context): Promise<string | undefined> {
    if (environment.PULUMI_BACKEND_URL) return undefined;
    const state = path.join(checkout, ".pulumi", "stacks", projectName, `${stack}.json`);
    try {
        await access(state);
        return pathToFileURL(checkout).href;
    } catch {
        return undefined;
    }
}
