// Puts a server further away: what is sent through here arrives half a round trip later, whatever its size.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Passes on what `source` sends, in order, each piece `delayMs` after it came. */
function forward(source: Socket, target: Socket, delayMs: number): void {
    const later = (act: () => void) => setTimeout(act, delayMs);
    source.on("data", (piece) => later(() => target.write(piece)));
    source.once("end", () => later(() => target.end()));
    source.once("close", () => later(() => target.destroy()));
    source.on("error", () => undefined);
}

/** @returns where to reach the server of `endpoint` as one that is `roundTripMs` away; for as long as this process lives */
export async function fromAfar(endpoint: string, roundTripMs: number): Promise<string> {
    const { hostname, port, protocol } = new URL(endpoint);
    const server = createServer((near) => {
        const far = connect(Number(port), hostname);
        for (const socket of [near, far]) socket.setNoDelay(true);
        forward(near, far, roundTripMs / 2);
        forward(far, near, roundTripMs / 2);
    });
    server.listen(0, hostname).unref();
    await once(server, "listening");
    return `${protocol}//${hostname}:${(server.address() as AddressInfo).port}`;
}
