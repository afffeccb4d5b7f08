// `npm run cluster -- start|stop`: a real Kubernetes on this machine, for tests and the demo.
import { once } from "node:events";
import pc from "picocolors";
import { trainImage } from "./images/provide.ts";
import { isRunning, startCluster, stopCluster } from "./machine/cluster.ts";
import { adminKubeconfig, network, userKubeconfig } from "./machine/paths.ts";

const help = `Usage: npm run cluster -- start|stop|status|describe|git

  start     starts a Kubernetes cluster of one node on this machine, as root on Linux. The first time it builds
            Kubernetes (about 10 minutes) and the images; both are cached outside the checkout.
  stop      stops it and removes all that it left, but the cache
  status    tells whether it runs, and how to reach it
  describe  prints what an experiment has to know of it, as JSON
  git       serves a private repository with the miniature's code over SSH to its pods; prints its URL and a key as
            JSON, and ends when its standard input does
`;

function say(line: string): void {
    console.error(`cluster: ${line}`);
}

function tell(): void {
    console.log(`KUBECONFIG=${userKubeconfig}   # the rights of docs/role.yaml, in one namespace`);
    console.log(`KUBECONFIG=${adminKubeconfig}   # all rights`);
}

async function serveGit(): Promise<void> {
    const { GitServer } = await import("./suite/gitServer.ts");
    const server = await GitServer.open();
    try {
        const repository = server.makeRepository("aframe");
        await repository.useMiniature();
        repository.publish("my-feature");
        console.log(JSON.stringify({ url: server.url("aframe"), ref: "my-feature", key: server.keys.ed25519 }));
        await once(process.stdin.resume(), "end");
    } finally {
        server.stop();
    }
}

async function main(verb: string | undefined): Promise<number> {
    switch (verb) {
        case "start":
            await startCluster(say);
            tell();
            return 0;
        case "stop":
            await stopCluster();
            say("stopped");
            return 0;
        case "status":
            console.log(isRunning() ? "running" : "stopped");
            if (isRunning()) {
                tell();
            }
            return isRunning() ? 0 : 1;
        case "describe":
            console.log(JSON.stringify({ kubeconfig: userKubeconfig, host: network.hostAddress, image: trainImage }));
            return 0;
        case "git":
            await serveGit();
            return 0;
        case "--help":
            console.log(help);
            return 0;
        default:
            console.error(help);
            return 2;
    }
}

try {
    process.exitCode = await main(process.argv[2]);
} catch (error) {
    console.error(pc.red(`cluster: ${error instanceof Error ? error.message : String(error)}`));
    process.exitCode = 1;
}
