// A real S3 server with a certificate that it has signed itself.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../../demo/s3Server.ts";
import { until } from "../../../pipeline/fixtures/until.ts";

const server = fileURLToPath(import.meta.resolve("../../../../.venv/bin/moto_server"));

/** Its address; it ends after the tests of the file. */
export async function startTlsS3(): Promise<string> {
    const port = await freePort();
    const moto = spawn(server, ["-H", "127.0.0.1", "-p", String(port), "--ssl"], { stdio: "ignore" });
    after(() => moto.kill("SIGKILL"));
    await until("the S3 server", async () => {
        const socket = connect(port, "127.0.0.1");
        try {
            await once(socket, "connect");
            return true;
        } catch {
            return undefined;
        } finally {
            socket.destroy();
        }
    });
    return `https://127.0.0.1:${port}`;
}
