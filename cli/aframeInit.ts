// The program behind bin/aframe-init.
import { initCommand } from "./init/command.ts";
import { runProgram } from "./program.ts";

await runProgram((args) => ({ command: initCommand, args }));
