// Is what each stage made, and what a training used, all there and unchanged? Looks only; nothing is written.
import type { S3Location } from "../../config/settings.ts";
import { totalBytes } from "../stage/manifest.ts";
import { clientFor } from "../transfer/client.ts";
import type { S3Connection } from "../transfer/connection.ts";
import type { TransferOptions } from "../transfer/options.ts";
import { readCopies } from "./bytes.ts";
import { judgeOrigin, manifestsThatCount, type Origin, type Recogniser } from "./chain.ts";
import type { Copy, CopyState, Finding, Look, Subject } from "./copy.ts";
import { findRecord, lookAtFiles } from "./files.ts";
import { type Listing, listPrefix, lookAtObjects } from "./objects.ts";
import { findUnlisted, type Unlisted } from "./unlisted.ts";

export interface VerifyRequest {
    /** Each after those it builds on. */
    readonly subjects: readonly Subject[];
    /** The stages whose artefacts a training on the cluster fetches. */
    readonly trainingData: readonly string[];
    /** The experiment directory; records are in it. */
    readonly directory: string;
    /** Used only when an artefact should be on S3. */
    readonly s3: S3Connection;
    /** Read every byte; else sizes, times and the SHA-256 that objects were sent with must do. */
    readonly deep: boolean;
    /** For a model without a Job in the state. @default it is not told what such a model trained on */
    readonly recognise?: Recogniser;
    /** Called with the number of bytes that are to be read, before any is. */
    readonly onPlan?: (bytes: number) => void;
    readonly transfer?: TransferOptions;
}

export interface Verification {
    /** In the order of the subjects; a mirror follows what it is of. */
    readonly copies: readonly Copy[];
    readonly unlisted: readonly Unlisted[];
}

/** What cannot be looked at is a finding, not an error. */
export async function verifyArtefacts(request: VerifyRequest): Promise<Verification> {
    const { subjects, trainingData, recognise, onPlan, transfer = {} } = request;
    const prefixes = await listPrefixes(request);
    const looks = (await Promise.all(subjects.map((subject) => lookAt(subject, prefixes, request)))).flat();
    onPlan?.(looks.reduce((sum, { unread }) => sum + totalBytes({ artefacts: unread }), 0));
    const found = await readCopies(looks, transfer);
    const counting = manifestsThatCount(looks);
    const origins = new Map<string, Origin>();
    for (const subject of subjects) {
        origins.set(subject.stage, await judgeOrigin(subject, counting, trainingData, recognise));
    }
    return {
        copies: looks.map((look, index) => copyOf(look, found[index] ?? [], origins.get(look.stage))),
        unlisted: [...prefixes.values()].flatMap(([location, listing]) => findUnlisted(location, listing, looks) ?? []),
    };
}

/** By URI. */
type Prefixes = ReadonlyMap<string, readonly [S3Location, Listing]>;

async function listPrefixes({ subjects, s3, transfer = {} }: VerifyRequest): Promise<Prefixes> {
    const locations = new Map(subjects.flatMap(({ location }) => (location ? [[location.uri, location]] : [])));
    return new Map(
        await Promise.all(
            [...locations].map(
                async ([uri, location]) =>
                    [uri, [location, await listPrefix(clientFor(s3), location, transfer)]] as const,
            ),
        ),
    );
}

/** The copy that counts, and its mirror. */
async function lookAt(
    subject: Subject,
    prefixes: Prefixes,
    { directory, s3, deep, transfer: options = {} }: VerifyRequest,
): Promise<Look[]> {
    const record = await findRecord(subject, directory);
    const [location, listing] = prefixes.get(subject.location?.uri ?? "") ?? [];
    const remote =
        location && listing
            ? await lookAtObjects({ client: clientFor(s3), subject, location, listing, record, deep, options })
            : undefined;
    const local = await lookAtFiles({ subject, directory, record, original: remote?.manifest, deep });
    return [remote, local].filter((look) => look !== undefined);
}

/** Where it comes from is told of the copy that counts. */
function copyOf(look: Look, read: readonly Finding[], origin: Origin | undefined): Copy {
    const { stage, kind, where, state, manifest } = look;
    const { findings: others, notes } = (kind === "mirror" ? undefined : origin) ?? { findings: [], notes: [] };
    const findings = [...look.findings, ...read, ...others];
    return {
        stage,
        kind,
        where,
        files: manifest?.artefacts.length ?? 0,
        bytes: manifest ? totalBytes(manifest) : 0,
        state: stateFrom(findings) ?? state ?? "right",
        findings,
        notes: [...look.notes, ...notes],
    };
}

function stateFrom(findings: readonly Finding[]): CopyState | undefined {
    const has = (...kinds: readonly Finding["kind"][]) => findings.some(({ kind }) => kinds.includes(kind));
    if (has("missing", "changed", "manifest")) {
        return "damaged";
    }
    if (has("unknown")) {
        return "unknown";
    }
    return has("inputs") ? "outdated" : undefined;
}
