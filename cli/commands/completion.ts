// `aframe completion`: prints what makes a shell complete our commands.
import path from "node:path";
import { defineCommand } from "../commandLine.ts";
import { scripts, shells } from "../completion/scripts.ts";
import { exitCodes } from "../errors.ts";

export const command = defineCommand({
    name: "aframe completion",
    summary: "print what makes a shell complete commands, options and names of experiments",
    details: `
Once and for all, for aframe and aframe-init alike:

  bash:  echo 'source <(bin/aframe completion bash)' >> ~/.bashrc
  zsh:   bin/aframe completion zsh > a folder of $fpath/_aframe, or: source <(bin/aframe completion zsh) after compinit
  fish:  bin/aframe completion fish > ~/.config/fish/completions/aframe.fish

with the full path of bin/aframe. A path before the name of the program makes no difference to bash, zsh and fish.`,
    positionals: [{ name: "SHELL", description: shells.join(", "), required: true, choices: shells }],
    options: {},
    run: (_options, [given], { checkout, stdout }) => {
        const shell = shells.find((name) => name === given) ?? "bash";
        stdout.write(scripts[shell](path.join(checkout, "bin", "aframe")));
        return Promise.resolve(exitCodes.done);
    },
});
