// `aframe destroy`: delete an experiment's resources; data and models stay unless aframe:artifacts is delete.
import { defineCommand } from "../commandLine.ts";
import { engineOption } from "../engine/choose.ts";
import { diffOption, operate, stackOption, yesOption } from "./operation.ts";
import { scopeOf, scopeOptions } from "./selection.ts";

export const command = defineCommand({
    name: "aframe destroy",
    summary: "delete an experiment's resources; data and models stay unless aframe:artifacts is delete",
    details: `
On a terminal, destroy tells what it deletes and what stays, with the number and size of the objects and files, and
asks; elsewhere it wants --yes. What happens to data and models is what aframe:artifacts was at the last up.`,
    positionals: [],
    options: {
        stack: stackOption,
        preview: { type: "boolean", description: "tell what it would delete and what stays, and do nothing" },
        yes: yesOption,
        diff: diffOption,
        ...scopeOptions,
        engine: engineOption,
    },
    run: (options, _positionals, context) => operate({ verb: "destroy", ...options, scope: scopeOf(options) }, context),
});
