// The passphrase that protects a stack's secrets: the user's own, else one made once and kept in a file.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "../commandLine.ts";
import { isSystemError, UsageError } from "../errors.ts";
import type { StackFile } from "../stackFile.ts";

export interface Passphrase {
    readonly text: string;
    /** The file it is in, for programs that read it themselves; undefined when the environment holds the text. */
    readonly file?: string;
}

/**
 * PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE or `~/.config/aframe/passphrase`.
 * @param keep - make the file when there is none, as something will be sealed; otherwise any passphrase does
 */
export async function findPassphrase(stack: StackFile, context: Context, keep: boolean): Promise<Passphrase> {
    const { environment, home } = context;
    // An empty passphrase is one, as for Pulumi.
    if (environment.PULUMI_CONFIG_PASSPHRASE !== undefined) return { text: environment.PULUMI_CONFIG_PASSPHRASE };
    const named = environment.PULUMI_CONFIG_PASSPHRASE_FILE;
    if (named) {
        const file = path.resolve(context.currentDirectory, named);
        const text = await read(file);
        if (text === undefined) throw new UsageError(`PULUMI_CONFIG_PASSPHRASE_FILE is ${file}, which does not exist`);
        return { text, file };
    }
    const file = path.join(home, ".config", "aframe", "passphrase");
    const text = await read(file);
    if (text !== undefined) return { text, file };
    if (stack.hasPassphraseSalt) {
        throw new UsageError(
            `${stack.path} holds secrets of a passphrase that is not here; ` +
                `set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or put it into ${file}`,
        );
    }
    const made = randomBytes(32).toString("base64url");
    return keep ? { text: await write(file, made, context), file } : { text: made };
}

/** The passphrase that is in the file then: another process may have been faster. */
async function write(file: string, text: string, { stderr }: Context): Promise<string> {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    try {
        await writeFile(file, `${text}\n`, { mode: 0o600, flag: "wx" });
    } catch (error) {
        const made = isSystemError(error) && error.code === "EEXIST" ? await read(file) : undefined;
        if (made === undefined) throw error;
        return made;
    }
    stderr.write(`note: made a passphrase for the secrets of your stacks: ${file}; keep a copy of it\n`);
    return text;
}

/** Without the blanks around it, as Pulumi reads it. */
async function read(file: string): Promise<string | undefined> {
    try {
        return (await readFile(file, "utf8")).trim();
    } catch (error) {
        if (isSystemError(error) && error.code === "ENOENT") return undefined;
        throw error;
    }
}
