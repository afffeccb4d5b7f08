// One operation of the embedded engine in a process of its own, which then tells what that process took.
//   node operation.ts <project directory> <up|preview|destroy>
import path from "node:path";
import { destroy, preview, up } from "../../embedded/engine/index.ts";

const [directory = "", verb = "up"] = process.argv.slice(2);
const verbs = { up, preview, destroy };
const plugin = path.join(import.meta.dirname, "../../test/embedded/fixtures/notes/main.ts");
const { outcome, changes, seconds } = await verbs[verb as keyof typeof verbs]({
    projectDirectory: directory,
    stack: "bench",
    stackFile: path.join(directory, "Pulumi.bench.yaml"),
    backend: directory,
    passphrase: "bench",
    providers: { notes: [process.execPath, plugin] },
    onEvent(event) {
        if (event.kind === "step-failed") console.error(event.message);
    },
});
const { user, system } = process.cpuUsage();
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ outcome, changes, seconds, cpuSeconds: (user + system) / 1e6, megabytes }));
