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
    /** What the stage made before, while it is still all there. */
    #published: Manifest | undefined;
    #isKnown = false;

    constructor(client: S3Client, root: string, location: S3Location, stage: string) {
        this.#client = client;
        this.#root = root;
        this.#location = location;
        this.#stage = stage;
    }

    /** @returns the bytes that were sent; undefined when the object was there */
    async send(artefact: Artefact, options: AheadOptions): Promise<number | undefined> {
        await this.#turn(() => noteUnlisted(options.notes, this.#location, [artefact.name]));
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
        if (!this.#isKnown) {
            this.#published = await fetchManifest(this.#client, this.#location, this.#stage, options);
            this.#isKnown = true;
        }
        const listed = this.#published?.artefacts.find((other) => other.name === name);
        if (this.#published && listed && (listed.sha256 !== sha256 || listed.size !== size)) {
            await withdrawManifest(this.#client, this.#location, this.#published, options);
            this.#published = undefined;
        }
    }
}
