// Loaded into every Node process that the engine starts: listens on the lifeline that is its standard input.
//
// When the other end closes, the engine is gone, however it ended, and so is this process. A line "cancel" says that
// the user wants to stop. The SDK's plugin for dynamic resources drops the protocol's own call for that, so whoever
// listens for SIGINT hears of it here; where nobody listens, running operations come to their normal end.
import type { Socket } from "node:net";
import { keepCompiled } from "./keepCompiled.ts";

const input = process.stdin as unknown as Socket;
input.on("data", () => {
    if (process.listenerCount("SIGINT") > 0) {
        process.emit("SIGINT");
    }
});
input.on("error", () => undefined);
input.on("close", () => process.kill(process.pid, "SIGTERM"));
// The watch alone must not keep the process alive.
input.unref();

keepCompiled();
