// Files of a stage that still runs go to S3 one by one, ahead of the manifest that will list them.
import type { S3Client } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import type { S3Location } from "../../config/settings.ts";
import type { Artefact, Manifest } from "../stage/manifest.ts";
import { fetchManifest } from "./manifestObject.ts";
import type { TransferOptions } from "./options.ts";
import { tracked } from "./tracked.ts";
import { noteUnlisted, withdrawManifest } from "./unlisted.ts";
import { uploadFile } from "./upload.ts";
import { isOnS3 } from "./verify.ts";

type AheadOptions = TransferOptions & { readonly notes: string };

export class UploadAhead {
    readonly #client: S3Client;
    readonly #root: string;
    readonly #location: S3Location;
    readonly #stage: string;
    readonly #turn = pLimit(1);
    /** What the stage made before, while it is still all there. @default not asked for yet */
    #published: { readonly manifest: Manifest; readonly listed: ReadonlyMap<string, Artefact> } | "none" | undefined;

    constructor(client: S3Client, root: string, location: S3Location, stage: string) {
        this.#client = client;
        this.#root = root;
        this.#location = location;
        this.#stage = stage;
    }

    /** Notes what is going to be sent, before it is: all that is ready at one time, since each note is a file written. */
    async announce(names: readonly string[], notes: string): Promise<void> {
        await this.#turn(() => noteUnlisted(notes, this.#location, names));
    }

    /** @returns the bytes that were sent; undefined when the object was there */
    async send(artefact: Artefact, options: AheadOptions): Promise<number | undefined> {
        if (await isOnS3(this.#client, this.#location, artefact, options)) {
            return undefined;
        }
        await this.#turn(() => this.#withdraw(artefact, options));
        return tracked(artefact, options, (followed) =>
            uploadFile(this.#client, this.#root, this.#location, artefact, followed),
        );
    }

    /** From the first object on that is replaced by another one, the manifest would describe what is not there. */
    async #withdraw({ name, size, sha256 }: Artefact, options: AheadOptions): Promise<void> {
        this.#published ??= await this.#fetchPublished(options);
        if (this.#published === "none") {
            return;
        }
        const listed = this.#published.listed.get(name);
        if (listed && (listed.sha256 !== sha256 || listed.size !== size)) {
            await withdrawManifest(this.#client, this.#location, this.#published.manifest, options);
            this.#published = "none";
        }
    }

    async #fetchPublished(options: AheadOptions) {
        const manifest = await fetchManifest(this.#client, this.#location, this.#stage, options);
        return manifest
            ? { manifest, listed: new Map(manifest.artefacts.map((artefact) => [artefact.name, artefact])) }
            : "none";
    }
}
