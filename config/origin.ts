// Where a value was written, in words and as the place of a problem.
import { isAbsolute, relative } from "node:path";
import type { Problem } from "./errors.ts";
import type { Origin } from "./settings.ts";

/** `base.cfg:12`, `stack config aframe:settings.luigi_Train.request_gpus`, `AFRAME_TRAIN_RUN_DIR` or `default`. */
export function describeOrigin(origin: Origin): string {
    switch (origin.kind) {
        case "file":
            return `${origin.file}:${origin.line}`;
        case "stack":
            return `stack config ${origin.key}`;
        case "environment":
            return `stack config aframe:environment.${origin.name}`;
        case "default":
            return "default";
    }
}

/** The file and line of a problem with a value from there. */
export function placeOf(origin: Origin): Pick<Problem, "file" | "line"> {
    switch (origin.kind) {
        case "file":
            return { file: origin.file, line: origin.line };
        case "stack":
        case "environment":
            return { file: describeOrigin(origin) };
        case "default":
            return {};
    }
}

/** How a file is named in messages: short when it is in the experiment's folder, in full elsewhere. */
export function nameOf(file: string, folder: string): string {
    const name = relative(folder, file);
    return name.startsWith("..") || isAbsolute(name) ? file : name;
}
