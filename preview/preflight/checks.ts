// Which checks an experiment needs: those of what it uses, and no others.
import type { Check, Subject } from "./check.ts";
import { clusterChecks } from "./cluster/checks.ts";
import { codeChecks } from "./code/checks.ts";
import { machineChecks } from "./machine/checks.ts";
import { storageChecks } from "./storage/checks.ts";

export function checksOf(subject: Subject): Check[] {
    return [clusterChecks, storageChecks, codeChecks, machineChecks].flatMap((checks) => checks(subject));
}
