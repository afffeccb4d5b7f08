// Many processes here end by a signal and not by themselves; Node then loses what it has compiled.
import { flushCompileCache } from "node:module";

/** At SIGTERM, leaves in NODE_COMPILE_CACHE what was compiled, for the next operation, and ends by the signal. */
export function keepCompiled(): void {
    process.once("SIGTERM", () => {
        flushCompileCache();
        // With nobody listening any more, the signal does what it always does.
        process.kill(process.pid, "SIGTERM");
    });
}
