// A stack as it is before an operation: project, configuration, state, and the keys to its secrets.
import { FileBackend } from "../state/backend.ts";
import { formatCheckpoint, parseCheckpoint, type SealedCheckpoint, type Snapshot } from "../state/checkpoint.ts";
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
        const [project, file] = await Promise.all([
            readProject(location.projectDirectory),
            readStackFile(location.stackFile),
        ]);
        const backend = new FileBackend(location.backend, project.name, location.stack);
        return new Stack(location.stack, location.passphrase, project, backend, file, await backend.read());
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

    async snapshot(): Promise<Snapshot> {
        if (!this.sealed.hasSecrets) {
            return this.sealed.open(undefined);
        }
        const own = await this.unlock();
        const { salt } = this.sealed;
        const same = salt === undefined || salt === own.salt;
        return this.sealed.open(same ? own : await openCrypter(this.passphrase, salt));
    }

    /** Makes sure that the stack file has the salt of what is about to be sealed. */
    async keepSalt(): Promise<void> {
        const { salt } = await this.unlock();
        if (this.file.salt === undefined) {
            await writeSalt(this.file.path, salt);
        }
    }

    async save(snapshot: Snapshot): Promise<void> {
        const qualified = `organization/${this.project.name}/${this.name}`;
        await this.backend.write(formatCheckpoint(qualified, snapshot, await this.unlock(), sdkVersion));
    }
}
