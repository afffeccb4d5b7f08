// Loaded into every Node process that the engine starts: ends it when the engine is gone, however the engine ended.
//
// The engine holds the other end of the standard input. Nothing is ever written to it; that it closes is the message.
import type { Socket } from "node:net";

const input = process.stdin as unknown as Socket;
input.on("error", () => undefined);
input.on("close", () => process.kill(process.pid, "SIGTERM"));
input.resume();
// The watch alone must not keep the process alive.
input.unref();
