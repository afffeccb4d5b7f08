// Directories: local paths and S3 addresses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { joinLocation, overlaps, parseBucketUrl, parseLocation } from "../../config/location.ts";
import { linesOf } from "./sample.ts";

const s3 = (bucket: string, prefix: string, uri: string) => ({ kind: "s3", bucket, prefix, uri });

test("an S3 address has a bucket and a prefix; doubled and trailing slashes are dropped", () => {
    const expected = s3("my-bucket", "run/data/train", "s3://my-bucket/run/data/train");
    assert.deepEqual(parseLocation("s3://my-bucket/run/data/train"), expected);
    assert.deepEqual(parseLocation("s3://my-bucket//run/data//train//"), expected);
});

test("a local directory is absolute; trailing slashes and dots are dropped", () => {
    assert.deepEqual(parseLocation("/home/me/run/tmp/"), { kind: "local", path: "/home/me/run/tmp" });
    assert.deepEqual(parseLocation("/home/me//run/./x/../tmp"), { kind: "local", path: "/home/me/run/tmp" });
    assert.deepEqual(parseLocation("/home/albert einstein/run"), { kind: "local", path: "/home/albert einstein/run" });
});

test("a bucket alone is right only where a prefix is optional", () => {
    for (const text of ["s3://my-bucket", "s3://my-bucket/", "s3://my-bucket//"]) {
        assert.deepEqual(parseBucketUrl(text, { prefix: "optional" }), s3("my-bucket", "", "s3://my-bucket"));
        assert.deepEqual(
            linesOf(() => parseBucketUrl(text)),
            [`"${text}" names a whole bucket (add a prefix: s3://my-bucket/my-experiment)`],
        );
    }
});

test("locations are joined in their own way", () => {
    const bucket = parseBucketUrl("s3://my-bucket", { prefix: "optional" });
    assert.deepEqual(joinLocation(bucket, "data/train"), s3("my-bucket", "data/train", "s3://my-bucket/data/train"));
    assert.equal(joinLocation(joinLocation(bucket, "a"), "b", "/c/").uri, "s3://my-bucket/a/b/c");
    assert.deepEqual(joinLocation({ kind: "local", path: "/a" }, "b", "c/"), { kind: "local", path: "/a/b/c/" });
});

test("a directory overlaps what lies inside it, not what only starts with its name", () => {
    const of = (text: string) => parseLocation(text);
    assert.ok(overlaps(of("s3://bucket/run"), of("s3://bucket/run/data")));
    assert.ok(overlaps(of("/run/data"), of("/run")));
    assert.ok(!overlaps(of("s3://bucket/run"), of("s3://bucket/run2")));
    assert.ok(!overlaps(of("s3://bucket/run"), of("/bucket/run")));
});

const wrong: readonly (readonly [text: string, message: string])[] = [
    ["s3://", '"s3://" has no bucket (s3://bucket/prefix)'],
    ["s3:///run", '"s3:///run" has no bucket (s3://bucket/prefix)'],
    ["S3://bucket/run", '"S3://bucket/run" is not an S3 address (s3://bucket/prefix)'],
    ["s3:/bucket/run", '"s3:/bucket/run" is not an S3 address (s3://bucket/prefix)'],
    [
        "s3://My-Bucket/run",
        '"s3://My-Bucket/run": bucket name "My-Bucket" has uppercase letters (bucket names are lowercase)',
    ],
    [
        "s3://my_bucket/run",
        '"s3://my_bucket/run": bucket name "my_bucket" holds "_" (lowercase letters, digits, - and .)',
    ],
    ["s3://ab/run", '"s3://ab/run": bucket name "ab" has 2 characters (3 to 63)'],
    [
        "s3://-bucket/run",
        '"s3://-bucket/run": bucket name "-bucket" is not legal ' +
            "(start and end with a letter or digit, no two dots in a row)",
    ],
    [
        "s3://my..bucket/run",
        '"s3://my..bucket/run": bucket name "my..bucket" is not legal ' +
            "(start and end with a letter or digit, no two dots in a row)",
    ],
    ["s3://10.0.0.1/run", '"s3://10.0.0.1/run": bucket name "10.0.0.1" looks like an IP address'],
    ["s3://bucket/../run", '"s3://bucket/../run" holds ".." as a part of the prefix'],
    ["s3://bucket/run/.", '"s3://bucket/run/." holds "." as a part of the prefix'],
    ["s3://bucket/run ", '"s3://bucket/run " starts or ends with a blank'],
    ["s3://bucket/a\nb", '"s3://bucket/a\\nb" holds a control character'],
    [
        "s3://bucket/run:/local",
        '"s3://bucket/run:/local" holds ":" in the prefix (letters, digits, / - _ . and the like)',
    ],
    [
        `s3://bucket/${"x".repeat(801)}`,
        `"s3://bucket/${"x".repeat(64)}…" has a prefix of more than 800 bytes (object keys below it would be too long)`,
    ],
    ["data/train", '"data/train" is not an absolute path (an absolute path or s3://bucket/prefix)'],
    ["~/data", '"~/data" is not an absolute path (an absolute path or s3://bucket/prefix)'],
    ["", '"" is not an absolute path (an absolute path or s3://bucket/prefix)'],
    ["/", '"/" is the root of the file system (name a folder of the experiment)'],
    ["/run/../", '"/run/../" is the root of the file system (name a folder of the experiment)'],
    ["gs://bucket/run", '"gs://bucket/run" is not a directory: gs:// is not supported (an absolute path or s3://…)'],
    ["/run\u0000x", '"/run\\u0000x" holds a control character'],
];

for (const [text, message] of wrong) {
    test(`refused: ${message.slice(0, 90)}`, () => {
        assert.deepEqual(
            linesOf(() => parseLocation(text)),
            [message],
        );
    });
}
