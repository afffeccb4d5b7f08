// What is asked of an S3 server, what S3 answers, and what the servers at hand answer instead.
import {
    AbortMultipartUploadCommand,
    CompleteMultipartUploadCommand,
    CreateMultipartUploadCommand,
    DeleteObjectsCommand,
    GetObjectCommand,
    HeadObjectCommand,
    ListMultipartUploadsCommand,
    ListObjectsV2Command,
    ListPartsCommand,
    PutObjectCommand,
    type S3Client,
    UploadPartCommand,
} from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { keys } from "../pipeline/fixtures/s3.ts";
import { absences } from "./absences.ts";
import { type Behaviour, bytes, MiB, outcomeOf, sha256 } from "./outcome.ts";

const Bucket = "data";
const awkwardNames = ["a b", "a+b", "100%", "a%2Fb", "wäve/ünï’code", ".hidden/..dots", "a&b=c?d#e", "q'\"<>"];

async function put(client: S3Client, Key: string, Body: string | Uint8Array, Metadata?: Record<string, string>) {
    return client.send(new PutObjectCommand({ Bucket, Key, Body, ...(Metadata && { Metadata }) }));
}

async function get(client: S3Client, Key: string, Range?: string): Promise<Buffer> {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...(Range && { Range }) }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function begin(client: S3Client, Key: string): Promise<{ Bucket: string; Key: string; UploadId: string }> {
    const create = new CreateMultipartUploadCommand({ Bucket, Key, Metadata: { sha256: "abc" } });
    const { UploadId = "" } = await client.send(create);
    return { Bucket, Key, UploadId };
}

async function unfinished(client: S3Client, Prefix: string): Promise<string> {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
    return Uploads.map(({ Key }) => Key).join(" ");
}

const objects: readonly Behaviour[] = [
    {
        name: "an object comes back as it was sent, with its size and metadata",
        ask: async (client) => {
            const content = bytes(100_000);
            await put(client, "objects/plain", content, { sha256: sha256(content) });
            const head = await client.send(new HeadObjectCommand({ Bucket, Key: "objects/plain" }));
            const same = content.equals(await get(client, "objects/plain"));
            return `${same} ${head.ContentLength} ${head.Metadata?.sha256 === sha256(content)}`;
        },
        answer: "true 100000 true",
    },
    ...awkwardNames.map((name) => ({
        name: `an object may be named ${name}`,
        ask: async (client: S3Client) => {
            await put(client, `names/${name}`, name);
            const listed = (await keys(client, `names/${name}`)).join(" ");
            return `${(await get(client, `names/${name}`)).toString() === name} ${listed === `names/${name}`}`;
        },
        answer: "true true",
    })),
    {
        name: "a range of bytes can be read, up to the end too",
        ask: async (client) => {
            await put(client, "objects/range", "0123456789");
            const middle = await get(client, "objects/range", "bytes=2-4");
            return `${middle.toString()} ${(await get(client, "objects/range", "bytes=7-")).toString()}`;
        },
        answer: "234 789",
    },
    {
        name: "a range behind the end is refused",
        ask: async (client) => {
            await put(client, "objects/short", "0123456789");
            return outcomeOf(get(client, "objects/short", "bytes=10-"));
        },
        answer: "InvalidRange 416",
    },
    {
        name: "contents other than the SHA-256 in the signature are refused",
        ask: async (client) => {
            const command = new PutObjectCommand({ Bucket, Key: "objects/wrong", Body: "other" });
            command.middlewareStack.add(
                (next) => (args) => {
                    const { headers } = args.request as { headers: Record<string, string> };
                    headers["x-amz-content-sha256"] = sha256(Buffer.from("announced"));
                    return next(args);
                },
                { step: "build", name: "announceOtherContents" },
            );
            return outcomeOf(client.send(command));
        },
        answer: "XAmzContentSHA256Mismatch 400",
        differs: { moto: "ok", rclone: "ok" },
    },
    {
        name: "a wrong secret key is refused",
        ask: async (client) => {
            const command = new PutObjectCommand({ Bucket, Key: "objects/forged", Body: "x" });
            command.middlewareStack.add(
                (next) => (args) => {
                    const { headers } = args.request as { headers: Record<string, string> };
                    headers.authorization = (headers.authorization ?? "").replace(
                        /Signature=.*/,
                        `Signature=${"0".repeat(64)}`,
                    );
                    return next(args);
                },
                { step: "finalizeRequest", name: "forge", priority: "low" },
            );
            return outcomeOf(client.send(command));
        },
        answer: "SignatureDoesNotMatch 403",
        differs: { moto: "ok" },
    },
    {
        name: "more than 1000 objects are listed page by page, and a batch deletes 1000",
        ask: async (client) => {
            const all = Array.from({ length: 1003 }, (_, index) => `many/${String(index).padStart(4, "0")}`);
            await pLimit(16).map(all, (key) => put(client, key, "x"));
            const first = await client.send(new ListObjectsV2Command({ Bucket, Prefix: "many/" }));
            const listed = await keys(client, "many/");
            const Objects = all.slice(0, 1000).map((Key) => ({ Key }));
            await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
            const left = await keys(client, "many/");
            return `${first.KeyCount} ${first.IsTruncated} ${listed.length} ${left.length}`;
        },
        answer: "1000 true 1003 3",
    },
    {
        name: "a listing tells when an object was written",
        ask: async (client) => {
            for (const name of ["1", "2", "3"]) {
                await put(client, `times/${name}`, "x");
            }
            const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: "times/" }));
            const finer = Contents.some(({ LastModified }) => LastModified?.getMilliseconds() !== 0);
            return `to the ${finer ? "millisecond" : "second"}`;
        },
        answer: "to the second",
        differs: { ceph: "to the millisecond", rclone: "to the millisecond" },
    },
];

const uploads: readonly Behaviour[] = [
    {
        name: "an object sent in parts keeps its contents and metadata",
        ask: async (client) => {
            const upload = await begin(client, "uploads/whole");
            const parts = [bytes(5 * MiB), bytes(7)];
            const Parts = [];
            for (const [index, Body] of parts.entries()) {
                const PartNumber = index + 1;
                const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
                Parts.push({ PartNumber, ETag });
            }
            await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
            const head = await client.send(new HeadObjectCommand({ Bucket, Key: upload.Key }));
            return `${Buffer.concat(parts).equals(await get(client, upload.Key))} ${head.Metadata?.sha256}`;
        },
        answer: "true abc",
    },
    {
        name: "the parts that were sent are listed with size and MD5",
        ask: async (client) => {
            const upload = await begin(client, "uploads/parts");
            const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber: 2, Body: "hello" }));
            const { Parts = [] } = await client.send(new ListPartsCommand(upload));
            return `${Parts.map((part) => `${part.PartNumber} ${part.Size} ${part.ETag === ETag}`).join()} ${ETag}`;
        },
        answer: '2 5 true "5d41402abc4b2a76b9719d911017c592"',
    },
    {
        name: "an unfinished upload is listed until it is aborted",
        ask: async (client) => {
            const upload = await begin(client, "aborted/a b");
            const before = await unfinished(client, "aborted/");
            await client.send(new AbortMultipartUploadCommand(upload));
            return `${before}|${await unfinished(client, "aborted/")}`;
        },
        answer: "aborted/a b|",
    },
    {
        name: "the list of unfinished uploads says whether more follow",
        ask: async (client) => {
            await begin(client, "uploads/more");
            const { IsTruncated } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "uploads/" }));
            return String(IsTruncated);
        },
        answer: "false",
        differs: { rclone: "undefined" },
    },
    {
        name: "a part but the last of less than 5 MiB is refused",
        ask: async (client) => {
            const upload = await begin(client, "uploads/small");
            const one = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "a" }));
            const two = await client.send(new UploadPartCommand({ ...upload, PartNumber: 2, Body: "b" }));
            const Parts = [one, two].map(({ ETag }, index) => ({ PartNumber: index + 1, ETag }));
            return outcomeOf(
                client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } })),
            );
        },
        answer: "EntityTooSmall 400",
        differs: { rclone: "ok" },
    },
];

export const behaviours = [...objects, ...uploads, ...absences];
