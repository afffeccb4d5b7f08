// The provider's settings as @pulumi/aws sends them, and the S3 server they mean.
import { S3Client, type S3ClientConfig, S3ServiceException } from "@aws-sdk/client-s3";
import type { PropertyMap, PropertyValue } from "../../state/propertyValues.ts";
import { type Failure, isList, text, unsupported } from "../provider.ts";

const settings = ["region", "accessKey", "secretKey", "token", "profile", "endpoints", "s3UsePathStyle", "maxRetries"];
/** They ask to leave out calls that are never made here. */
const skips = ["CredentialsValidation", "MetadataApiCheck", "RegionValidation", "RequestingAccountId"];

export function checkConnection(config: PropertyMap): readonly Failure[] {
    const known = [...settings, ...skips.map((call) => `skip${call}`), "version"];
    const pair = ["accessKey", "secretKey"].filter((property) => text(config, property) === "");
    const half = pair.length === 1 ? [{ property: pair[0] ?? "", reason: "accessKey and secretKey go together" }] : [];
    return [...unsupported(config, known, "the embedded aws provider"), ...half];
}

export class Connection {
    readonly region: string;
    /** Where requests go, for messages. */
    readonly place: string;
    readonly client: S3Client;

    constructor(config: PropertyMap) {
        this.region = text(config, "region");
        if (this.region === "") throw new Error("the aws provider has no region; for S3 on Ceph set us-east-1");
        const endpoint = endpointOf(config);
        this.place = endpoint ?? `AWS ${this.region}`;
        this.client = new S3Client({
            ...credentialsOf(config),
            ...(endpoint !== undefined && { endpoint }),
            region: this.region,
            maxAttempts: 1 + Number(parsed(config.maxRetries) ?? 4),
            forcePathStyle: parsed(config.s3UsePathStyle) === true,
            // Older gateways refuse the default checksums, or store them as content.
            requestChecksumCalculation: "WHEN_REQUIRED",
            responseChecksumValidation: "WHEN_REQUIRED",
        });
    }

    /** Sends a request; what fails says what was tried and where. */
    async send<T>(attempt: string, request: (client: S3Client) => Promise<T>): Promise<T> {
        try {
            return await request(this.client);
        } catch (error) {
            throw new Error(`could not ${attempt} at ${this.place}: ${explain(error)}`, { cause: error });
        }
    }

    /** The same, but undefined when the server does not have what was asked for. */
    async find<T>(attempt: string, request: (client: S3Client) => Promise<T>): Promise<T | undefined> {
        return await this.send(attempt, async (client) => {
            try {
                return await request(client);
            } catch (error) {
                if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
                throw error;
            }
        });
    }
}

/** Without any, the usual AWS chain decides. */
function credentialsOf(config: PropertyMap): Pick<S3ClientConfig, "credentials" | "profile"> {
    const [accessKeyId, secretAccessKey] = [text(config, "accessKey"), text(config, "secretKey")];
    const [sessionToken, profile] = [text(config, "token"), text(config, "profile")];
    if (accessKeyId === "") return profile === "" ? {} : { profile };
    return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== "" && { sessionToken }) } };
}

function endpointOf(config: PropertyMap): string | undefined {
    const endpoints = parsed(config.endpoints);
    const url = isList(endpoints) ? endpoints.map((entry) => text(entry, "s3")).find(Boolean) : undefined;
    if (url !== undefined && !URL.canParse(url)) {
        throw new Error(`the S3 endpoint "${url}" is not a URL such as https://s3.example.org`);
    }
    return url;
}

/** Settings that are no text arrive as JSON in a text. */
function parsed(value: PropertyValue | undefined): PropertyValue | undefined {
    return typeof value === "string" ? (JSON.parse(value) as PropertyValue) : value;
}

function explain(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    const code = "code" in error && typeof error.code === "string" ? `${error.code} ` : "";
    if (!(error instanceof S3ServiceException)) return code + (error.message || error.name);
    if (error.$metadata.httpStatusCode === 403) return `these credentials may not do that (${error.name})`;
    return error.name === "NoSuchBucket" ? "the bucket does not exist" : `${error.name}: ${error.message}`;
}
