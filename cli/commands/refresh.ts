// `aframe refresh`: take into the state what the real resources are like.
import { defineCommand } from "../commandLine.ts";
import { engineOption } from "../engine/choose.ts";
import { diffOption, operate, stackOption, yesOption } from "./operation.ts";
import { scopeOf, scopeOptions } from "./selection.ts";

export const command = defineCommand({
    name: "aframe refresh",
    summary: "take into the state what the real resources are like",
    positionals: [],
    options: { stack: stackOption, yes: yesOption, diff: diffOption, ...scopeOptions, engine: engineOption },
    run: (options, _positionals, context) => operate({ verb: "refresh", ...options, scope: scopeOf(options) }, context),
});
