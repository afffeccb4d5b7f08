// `aframe preview`: tell what up would do, and do nothing.
import { defineCommand } from "../commandLine.ts";
import { engineOption } from "../engine/choose.ts";
import { diffOption, operate, stackOption } from "./operation.ts";
import { replaceOption, scopeOf, scopeOptions } from "./selection.ts";

export const command = defineCommand({
    name: "aframe preview",
    summary: "tell what up would do, and do nothing",
    positionals: [],
    options: { stack: stackOption, diff: diffOption, replace: replaceOption, ...scopeOptions, engine: engineOption },
    run: (options, _positionals, context) =>
        operate({ verb: "preview", ...options, scope: scopeOf(options), yes: true }, context),
});
