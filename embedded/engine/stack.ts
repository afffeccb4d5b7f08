// A stack as it is before an operation: project, configuration, state, and the keys to its secrets.
import { FileBackend } from "../state/backend.ts";
import { parseCheckpoint, type SealedCheckpoint, type Snapshot } from "../state/checkpoint.ts";
import { CheckpointWriter } from "../state/checkpointWriter.ts";
import { type Crypter, newCrypter, openCrypter } from "../state/secrets.ts";
import { readStackFile, type StackConfig, type StackFile, writeSalt } from "../state/stackFile.ts";
import { type Project, readProject, sdkVersion } from "./program.ts";

export interface StackLocation {
    readonly projectDirectory: string;
    readonly stack: string;
    readonly stackFile: string;
    readonly backend: string;
    readonly passphrase: string;
}

const noState: SealedCheckpoint = {
    salt: undefined,
    hasSecrets: false,
    packages: [],
    open: () => ({ resources: [], pendingOperations: [] }),
};

export class Stack {
    readonly name: string;
    readonly project: Project;
    readonly backend: FileBackend;
    readonly file: StackFile;
    readonly exists: boolean;
    private readonly sealed: SealedCheckpoint;
    private readonly passphrase: string;
    private crypter: Promise<Crypter> | undefined;

    private constructor(
        name: string,
        passphrase: string,
        project: Project,
        backend: FileBackend,
        file: StackFile,
        text?: string,
    ) {
        this.name = name;
        this.passphrase = passphrase;
        this.project = project;
        this.backend = backend;
        this.file = file;
        this.exists = text !== undefined;
        this.sealed = text === undefined ? noState : parseCheckpoint(text, backend.stateFile);
    }

    static async open(location: StackLocation): Promise<Stack> {
        return Stack.load(location, (backend) => backend.read());
    }

    /** For a new state in the place of the one that is there, which may not be readable. */
    static async blank(location: StackLocation): Promise<Stack> {
        return Stack.load(location, () => Promise.resolve(undefined));
    }

    private static async load(
        location: StackLocation,
        read: (backend: FileBackend) => Promise<string | undefined>,
    ): Promise<Stack> {
        const [project, file] = await Promise.all([
            readProject(location.projectDirectory),
            readStackFile(location.stackFile),
        ]);
        const backend = new FileBackend(location.backend, project.name, location.stack);
        return new Stack(location.stack, location.passphrase, project, backend, file, await read(backend));
    }

    /** The packages whose providers hold resources of the stack. */
    get packages(): readonly string[] {
        return this.sealed.packages;
    }

    /** Deriving the key takes a good part of a second of a processor, so it is begun early and awaited late. */
    unlock(): Promise<Crypter> {
        const salt = this.file.salt ?? this.sealed.salt;
        this.crypter ??= salt === undefined ? newCrypter(this.passphrase) : openCrypter(this.passphrase, salt);
        return this.crypter;
    }

    async config(): Promise<StackConfig> {
        return this.file.config(this.file.hasSecrets ? await this.unlock() : undefined);
    }

    get hasSecrets(): boolean {
        return this.sealed.hasSecrets;
    }

    snapshot(): Promise<Snapshot> {
        return this.snapshotOf(this.sealed);
    }

    /** What a state holds, which may be sealed with another salt than that of the stack file. */
    async snapshotOf(sealed: SealedCheckpoint): Promise<Snapshot> {
        return sealed.open(sealed.hasSecrets ? await this.crypterOf(sealed) : undefined);
    }

    /** Opens the secrets of the state. */
    stateCrypter(): Promise<Crypter> {
        return this.crypterOf(this.sealed);
    }

    private async crypterOf({ salt }: SealedCheckpoint): Promise<Crypter> {
        const own = await this.unlock();
        return salt === undefined || salt === own.salt ? own : openCrypter(this.passphrase, salt);
    }

    /** Makes sure that the stack file has the salt of what is about to be sealed. */
    async keepSalt(): Promise<void> {
        const { salt } = await this.unlock();
        if (this.file.salt === undefined) {
            await writeSalt(this.file.path, salt);
        }
    }

    /** For saving again and again: each state as it is at the moment of the call. */
    async writer(): Promise<(snapshot: Snapshot) => Promise<void>> {
        const qualified = `organization/${this.project.name}/${this.name}`;
        const writer = new CheckpointWriter(qualified, await this.unlock(), sdkVersion);
        return (snapshot) => this.backend.write(writer.format(snapshot));
    }

    async save(snapshot: Snapshot): Promise<void> {
        const write = await this.writer();
        await write(snapshot);
    }
}
