// Help texts, made from the commands' own declarations.
import type { Command } from "./commandLine.ts";

export function renderHelp(command: Command): string {
    const operands = command.positionals.map(({ name, required }) => (required ? name : `[${name}]`));
    const rows: [string, string][] = command.positionals.map(({ name, description }) => [name, description]);
    for (const [name, option] of Object.entries(command.options)) {
        const hint = option.type !== "boolean" ? ` ${option.choices?.join("|") ?? option.hint ?? "VALUE"}` : "";
        rows.push([`${option.short ? `-${option.short}, ` : ""}--${name}${hint}`, option.description]);
    }
    rows.push(["-h, --help", "show this text"]);
    return [
        `${command.name}: ${command.summary}`,
        "",
        `Usage: ${[command.name, ...operands, "[options]"].join(" ")}`,
        "",
        ...columns(rows),
        ...(command.details ? ["", command.details.trim()] : []),
        "",
    ].join("\n");
}

export function renderOverview(commands: readonly Command[], version: string): string {
    return [
        `aframe ${version}: remote-training experiments as Pulumi stacks`,
        "",
        "Usage: aframe COMMAND [options]",
        "",
        ...columns(commands.map(({ name, summary }) => [name.replace(/^aframe /, ""), summary])),
        "",
        "`aframe COMMAND --help` tells a command's options. An experiment is made by `aframe-init`.",
        "Exit codes: 0 done, 1 failed, 2 wrong use or input, 130 stopped by Ctrl-C.",
        "",
    ].join("\n");
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
    const width = Math.max(...rows.map(([left]) => left.length));
    return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
