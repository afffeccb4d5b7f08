// Directories as text -> local or S3 locations, with the rules of bucket names and object keys.
import { isAbsolute, join, normalize } from "node:path";
import { ConfigError, quote } from "./errors.ts";
import type { LocalLocation, Location, S3Location } from "./settings.ts";

export interface BucketUrlOptions {
    /** Whether `s3://bucket` alone is right too; its prefix is then empty. @default "required" */
    readonly prefix?: "required" | "optional";
}

/** An absolute path or `s3://bucket/prefix`; throws a ConfigError that says what is wrong with it. */
export function parseLocation(text: string): Location {
    return /^s3:/i.test(text) ? parseBucketUrl(text) : parseLocalPath(text);
}

export function parseLocalPath(text: string): LocalLocation {
    const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1];
    if (scheme !== undefined) {
        throw wrong(`${quote(text)} is not a directory: ${scheme}:// is not supported`, "an absolute path or s3://…");
    }
    checkCharacters(text);
    if (!isAbsolute(text)) {
        throw wrong(`${quote(text)} is not an absolute path`, "an absolute path or s3://bucket/prefix");
    }
    const path = normalize(text).replace(/(?<=.)\/+$/, "");
    if (Buffer.byteLength(path) > 3000) {
        throw wrong(`${quote(text)} has more than 3000 bytes`, "paths below it would be too long");
    }
    if (path === "/") {
        throw wrong(`${quote(text)} is the root of the file system`, "name a folder of the experiment");
    }
    return { kind: "local", path };
}

/** `s3://bucket/prefix`; doubled and trailing slashes are dropped, as upstream does. */
export function parseBucketUrl(text: string, options: BucketUrlOptions = {}): S3Location {
    const match = /^s3:\/\/([^/]*)(.*)$/s.exec(text);
    if (match === null) {
        throw wrong(`${quote(text)} is not an S3 address`, "s3://bucket/prefix");
    }
    const [, bucket = "", path = ""] = match;
    checkCharacters(text);
    checkBucket(text, bucket);
    const parts = path.split("/").filter((part) => part !== "");
    checkPrefix(text, parts);
    if (parts.length === 0 && options.prefix !== "optional") {
        throw wrong(`${quote(text)} names a whole bucket`, `add a prefix: s3://${bucket}/my-experiment`);
    }
    return s3Location(bucket, parts.join("/"));
}

/** The location below `location`; `parts` may hold slashes. */
export function joinLocation<T extends Location>(location: T, ...parts: readonly string[]): T;
export function joinLocation(location: Location, ...parts: readonly string[]): Location {
    if (location.kind === "local") {
        return { kind: "local", path: join(location.path, ...parts) };
    }
    const below = parts.flatMap((part) => part.split("/")).filter((part) => part !== "");
    return s3Location(location.bucket, [location.prefix, ...below].filter((part) => part !== "").join("/"));
}

/** The text that parses to `location`. */
export function formatLocation(location: Location): string {
    return location.kind === "local" ? location.path : location.uri;
}

/** Whether one location is the other or lies inside it. */
export function overlaps(a: Location, b: Location): boolean {
    if (a.kind !== b.kind) {
        return false;
    }
    const [one, other] = [`${formatLocation(a)}/`, `${formatLocation(b)}/`];
    return one.startsWith(other) || other.startsWith(one);
}

function s3Location(bucket: string, prefix: string): S3Location {
    return { kind: "s3", bucket, prefix, uri: prefix === "" ? `s3://${bucket}` : `s3://${bucket}/${prefix}` };
}

function checkCharacters(text: string): void {
    if (text.trim() !== text) {
        throw wrong(`${quote(text)} starts or ends with a blank`);
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
    if (/[\u0000-\u001F\u007F]/.test(text)) {
        throw wrong(`${quote(text)} holds a control character`);
    }
}

/** The rules of Amazon S3, which Ceph and the other servers accept as well. */
function checkBucket(text: string, bucket: string): void {
    const name = `${quote(text)}: bucket name ${quote(bucket)}`;
    if (bucket === "") {
        throw wrong(`${quote(text)} has no bucket`, "s3://bucket/prefix");
    }
    if (/[A-Z]/.test(bucket)) {
        throw wrong(`${name} has uppercase letters`, "bucket names are lowercase");
    }
    const bad = /[^a-z0-9.-]/.exec(bucket)?.[0];
    if (bad !== undefined) {
        throw wrong(`${name} holds ${quote(bad)}`, "lowercase letters, digits, - and .");
    }
    if (bucket.length < 3 || bucket.length > 63) {
        throw wrong(`${name} has ${bucket.length} characters`, "3 to 63");
    }
    if (!/^[a-z0-9].*[a-z0-9]$/.test(bucket) || bucket.includes("..")) {
        throw wrong(`${name} is not legal`, "start and end with a letter or digit, no two dots in a row");
    }
    if (/^\d+\.\d+\.\d+\.\d+$/.test(bucket)) {
        throw wrong(`${name} looks like an IP address`);
    }
}

function checkPrefix(text: string, parts: readonly string[]): void {
    const dots = parts.find((part) => part === "." || part === "..");
    if (dots !== undefined) {
        throw wrong(`${quote(text)} holds ${quote(dots)} as a part of the prefix`);
    }
    const bad = /[\\:?#]/.exec(parts.join("/"))?.[0];
    if (bad !== undefined) {
        // The training code would take what follows a colon for a folder to download to.
        throw wrong(`${quote(text)} holds ${quote(bad)} in the prefix`, "letters, digits, / - _ . and the like");
    }
    if (Buffer.byteLength(parts.join("/")) > 800) {
        throw wrong(`${quote(text)} has a prefix of more than 800 bytes`, "object keys below it would be too long");
    }
}

function wrong(message: string, suggestion?: string): ConfigError {
    return new ConfigError([{ message, ...(suggestion === undefined ? {} : { suggestion }) }]);
}
