// Diagnostics of the program, of providers and of failed steps, as lines of a log.
import type { EngineEvent } from "../../embedded/engine/events.ts";
import { type Colors, cleanText, shortType } from "./format.ts";

/** A diagnostic with the resource it is of; undefined when it is not for a log of lines. */
export function renderDiagnostic(event: EngineEvent, colors: Colors): string[] {
    if (event.kind === "step-failed") {
        const { type, name } = event.step;
        return indentAfterFirst(colors.red(`error: ${shortType(type)} ${name}:`), cleanText(event.message));
    }
    if (event.kind !== "diagnostic" || event.ephemeral || event.severity === "debug") return [];
    const name = event.urn === "" ? "" : colors.dim(`${event.urn.slice(event.urn.lastIndexOf("::") + 2)}: `);
    const level = { info: "", warning: colors.yellow("warning: "), error: colors.red("error: ") }[event.severity];
    return cleanText(event.message)
        .replace(/\n+$/, "")
        .split("\n")
        .map((line) => `${level}${name}${line}`);
}

function indentAfterFirst(head: string, text: string): string[] {
    const [first = "", ...rest] = text.trimEnd().split("\n");
    return [`${head} ${first}`, ...rest.map((line) => `    ${line}`)];
}
