// Previews a stack of a program that declares nothing: what the engine itself takes.
//   node emptyStack.ts <project directory>
import path from "node:path";
import { preview } from "../../embedded/engine/index.ts";

const [directory = ""] = process.argv.slice(2);
const { outcome } = await preview({
    projectDirectory: directory,
    stack: "empty",
    stackFile: path.join(directory, "Pulumi.empty.yaml"),
    backend: directory,
    passphrase: "empty",
    providers: {},
    onEvent: () => undefined,
});
process.exitCode = outcome === "succeeded" ? 0 : 1;
