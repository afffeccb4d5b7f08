// What has to be undone at the end: of the test or file under node's test runner, or when a program says so itself.
import { after } from "node:test";

type Work = () => Promise<void> | void;

let collected: Work[] | undefined;

export function atEnd(work: Work): void {
    if (collected === undefined) {
        after(work);
    } else {
        collected.push(work);
    }
}

/** For a program that is no test: from now on work is collected; what this returns does it, the latest first. */
export function collectEnds(): () => Promise<void> {
    const works: Work[] = [];
    collected = works;
    return async () => {
        for (const work of works.reverse()) {
            await work();
        }
    };
}
