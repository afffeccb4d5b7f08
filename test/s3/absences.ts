// What an S3 server says of buckets, objects and uploads that are not there.
import {
    AbortMultipartUploadCommand,
    GetObjectCommand,
    HeadBucketCommand,
    HeadObjectCommand,
    ListObjectsV2Command,
    ListPartsCommand,
    PutObjectCommand,
    UploadPartCommand,
} from "@aws-sdk/client-s3";
import { type Behaviour, outcomeOf } from "./outcome.ts";

const absent = { Bucket: "data", Key: "absent", UploadId: "absent" } as const;
export const absences: readonly Behaviour[] = [
    {
        name: "reading a missing object",
        ask: (client) => outcomeOf(client.send(new GetObjectCommand(absent))),
        answer: "NoSuchKey 404",
    },
    {
        name: "looking at a missing object",
        ask: (client) => outcomeOf(client.send(new HeadObjectCommand(absent))),
        answer: "NotFound 404",
    },
    {
        name: "looking at a missing bucket",
        ask: (client) => outcomeOf(client.send(new HeadBucketCommand({ Bucket: "absent" }))),
        answer: "NotFound 404",
    },
    {
        name: "listing a missing bucket",
        ask: (client) => outcomeOf(client.send(new ListObjectsV2Command({ Bucket: "absent" }))),
        answer: "NoSuchBucket 404",
    },
    {
        name: "writing to a missing bucket",
        ask: (client) => outcomeOf(client.send(new PutObjectCommand({ ...absent, Bucket: "absent", Body: "x" }))),
        answer: "NoSuchBucket 404",
    },
    {
        name: "listing the parts of a missing upload",
        ask: (client) => outcomeOf(client.send(new ListPartsCommand(absent))),
        answer: "NoSuchUpload 404",
        differs: { ceph: "NoSuchKey 404" },
    },
    {
        name: "aborting a missing upload",
        ask: (client) => outcomeOf(client.send(new AbortMultipartUploadCommand(absent))),
        answer: "NoSuchUpload 404",
    },
    {
        name: "sending a part of a missing upload",
        ask: (client) => outcomeOf(client.send(new UploadPartCommand({ ...absent, PartNumber: 1, Body: "x" }))),
        answer: "NoSuchUpload 404",
        differs: { moto: "Error 500" },
    },
];
