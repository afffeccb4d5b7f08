// `aframe preview`: tell what up would do, and do nothing.
import { examinedVariable } from "../../preview/examine.ts";
import { type Context, defineCommand } from "../commandLine.ts";
import { chooseEngine, engineOption } from "../engine/choose.ts";
import { exitCodeOf } from "../engine/embedded.ts";
import type { Plan } from "../engine/plan.ts";
import type { Scope } from "../engine/scope.ts";
import { examineStack, exitCodeFor, tellProblems } from "../examination.ts";
import { findStack } from "../project.ts";
import { StackFile } from "../stackFile.ts";
import { diffOption, operate, stackOption } from "./operation.ts";
import { replaceOption, scopeOf, scopeOptions } from "./selection.ts";

export const command = defineCommand({
    name: "aframe preview",
    summary: "tell what up would do, and do nothing",
    details: `
With --json the answer alone is on standard output, with every changed property; what the program says meanwhile is on
standard error. docs/json.md tells its form.`,
    positionals: [],
    options: {
        stack: stackOption,
        diff: diffOption,
        json: { type: "boolean", short: "j", description: "as JSON" },
        replace: replaceOption,
        ...scopeOptions,
        engine: engineOption,
    },
    run: (options, _positionals, context) => {
        const scope = scopeOf(options);
        return options.json
            ? previewAsJson(options, scope, context)
            : operate({ verb: "preview", ...options, scope, yes: true }, context);
    },
});

interface Given {
    readonly stack: string | undefined;
    readonly engine: string | undefined;
}

async function previewAsJson(given: Given, scope: Scope, context: Context): Promise<number> {
    const stack = await findStack(given.stack, context);
    const engine = await chooseEngine(given.engine, context);
    const found = await examineStack(stack, await StackFile.read(stack.file), engine, context);
    tellProblems(found, context);
    const refused = exitCodeFor(found);
    let plan: Plan | undefined;
    if (refused === undefined) {
        // The program, which looks for itself when Pulumi starts it, need not do it again.
        process.env[examinedVariable] = stack.name;
        const { planUpdate } = await import("../engine/plan.ts");
        plan = await planUpdate(stack, engine, scope, context);
    }
    const { mistakes, obstacles, warnings, reports: checks, forecast } = found;
    const answer = { stack: stack.name, mistakes, obstacles, warnings, checks, forecast, plan };
    context.stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`);
    return plan ? exitCodeOf(plan) : (refused ?? 0);
}
