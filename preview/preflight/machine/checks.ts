// The checks of what the local stages need of this machine, and of the key that training logs with.
import type { Check, Subject } from "../check.ts";
import { dependent } from "../dependent.ts";
import { type AskedLaw, askLaw } from "./askLaw.ts";
import { checkContainers } from "./containers.ts";
import { checkDiskSpace } from "./disk.ts";
import { checkLaw, checkLawTasks } from "./law.ts";
import { checkWandbKey } from "./wandb.ts";

export function machineChecks(subject: Subject): Check[] {
    const { settings } = subject;
    const group = "this machine";
    let law: Promise<AskedLaw> | undefined;
    const ask = (signal: AbortSignal) => (law ??= askLaw(subject, signal));
    const afterLaw = (name: string, check: (asked: Promise<AskedLaw>) => ReturnType<Check["run"]>): Check => ({
        group,
        name,
        run: (signal) => dependent(signal, "law did not answer in time", check(ask(signal))),
    });
    return [
        { group, name: "law", run: (signal) => checkLaw(ask(signal)) },
        afterLaw("law tasks", (asked) => checkLawTasks(settings, asked)),
        afterLaw("containers", (asked) => checkContainers(settings, asked)),
        { group, name: "disk space", run: (signal) => checkDiskSpace(subject, signal) },
        ...(settings.training.useWandb
            ? [{ group, name: "W&B key", run: () => Promise.resolve(checkWandbKey(subject)) } satisfies Check]
            : []),
    ];
}
