// `aframe destroy`: delete an experiment's resources; data and models stay unless aframe:artifacts is delete.
import { defineCommand } from "../commandLine.ts";
import { engineOption } from "../engine/choose.ts";
import { diffOption, operate, stackOption, yesOption } from "./operation.ts";

export const command = defineCommand({
    name: "aframe destroy",
    summary: "delete an experiment's resources; data and models stay unless aframe:artifacts is delete",
    positionals: [],
    options: { stack: stackOption, yes: yesOption, diff: diffOption, engine: engineOption },
    run: (options, _positionals, context) => operate({ verb: "destroy", ...options }, context),
});
