// The course of an operation, from the state as it was read to the state as it is left; processes are run.ts's affair.
import { deleteAll, deleteLeftovers } from "./deletions.ts";
import type { Session } from "./monitor.ts";
import type { Operation } from "./operation.ts";
import type { Exit } from "./processes.ts";
import { exitAfterLoggedError } from "./program.ts";
import { refreshAll } from "./refresh.ts";
import { messageOf } from "./rpc.ts";

export type Kind = "up" | "preview" | "refresh" | "destroy";

/**
 * Does what the operation is for, and saves where it ends.
 * @param program - the end of the program, for operations that run it
 */
export async function follow(
    kind: Kind,
    { operation, registrar }: Pick<Session, "operation" | "registrar">,
    program: Promise<Exit> | undefined,
): Promise<void> {
    const { journal, selection } = operation;
    const { resources } = journal.base;
    const urns = resources.map(({ urn }) => urn);
    try {
        warnOfInterrupted(operation);
        if (kind === "refresh") {
            selection.refuseUnknown(urns);
            await refreshAll(operation);
            if (!operation.stopped) {
                journal.forgetInterrupted((resource) => selection.includes(resource));
            }
        } else if (kind === "destroy") {
            selection.refuseUnknown(urns);
            await deleteAll(operation, selection.deletable(resources, resources));
        } else if (await succeeds(operation, program)) {
            selection.refuseUnknown([...urns, ...registrar.states.keys()]);
            await deleteLeftovers(operation, new Set(registrar.states.keys()));
        }
    } catch (error) {
        if (!operation.stopped) {
            operation.fail("", messageOf(error));
        }
    }
    await operation.settle();
    registrar.finishStack(!operation.failed && !operation.stopped);
    if (!operation.preview) {
        await operation.journal.flush();
    }
}

async function succeeds(operation: Operation, program: Promise<Exit> | undefined): Promise<boolean> {
    const exit = await program;
    await operation.settle();
    if (operation.stopped || exit === undefined) {
        return false;
    }
    if (exit.code !== 0) {
        if (exit.code !== exitAfterLoggedError) {
            const how = exit.code === null ? `signal ${String(exit.signal)}` : `code ${exit.code}`;
            operation.diagnostic("error", "", `the program ended with ${how}`);
        }
        operation.failed = true;
        operation.stop();
    }
    return exit.code === 0;
}

function warnOfInterrupted(operation: Operation): void {
    for (const { resource, type } of operation.journal.base.pendingOperations) {
        const unsure = "whether it exists is unknown, and a refresh forgets about it";
        const message =
            `the last operation was interrupted while it was ${type} this resource` +
            (type === "creating" ? `: ${unsure}` : "");
        operation.diagnostic("warning", resource.urn, message);
    }
}
