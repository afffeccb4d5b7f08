// Addresses that reach other programs: S3 endpoints, git repositories, git refs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { endpointForPods, parseEndpoint } from "../../config/endpoint.ts";
import { parseGitRef, parseGitUrl } from "../../config/git.ts";
import { linesOf } from "./sample.ts";

const endpoints: readonly (readonly [configured: string, inPods: string])[] = [
    ["https://s3-west.nrp-nautilus.io", "https://s3-west.nrp-nautilus.io"],
    ["https://s3-central.nrp-nautilus.io", "http://rook-ceph-rgw-centrals3.rook-central"],
    ["https://s3-central.nrp-nautilus.io/", "http://rook-ceph-rgw-centrals3.rook-central"],
    ["https://S3-East.nrp-nautilus.io", "http://rook-ceph-rgw-easts3.rook-east"],
    ["http://s3-east.nrp-nautilus.io", "http://s3-east.nrp-nautilus.io"],
    ["https://s3-east.nrp-nautilus.io:8443", "https://s3-east.nrp-nautilus.io:8443"],
    ["https://minio.example.org/base/", "https://minio.example.org/base"],
];

for (const [configured, inPods] of endpoints) {
    test(`a pod reaches ${configured} at ${inPods}`, () => {
        assert.equal(endpointForPods(parseEndpoint(configured)), inPods);
    });
}

const wrongEndpoints: readonly (readonly [text: string, reason: string])[] = [
    ["s3-west.nrp-nautilus.io", '"s3-west.nrp-nautilus.io" is not the address of an S3 server'],
    ["ftp://host", '"ftp://host" is not the address of an S3 server'],
    ["https://host/?a=b", '"https://host/?a=b" has more than a host and a path'],
    ["https://key:secret@host", "the address holds credentials"],
];

for (const [text, reason] of wrongEndpoints) {
    test(`refused: ${reason}`, () => {
        assert.deepEqual(
            linesOf(() => parseEndpoint(text)),
            [`${reason} (such as https://s3-west.nrp-nautilus.io)`],
        );
    });
}

const repositories = [
    "git@github.com:albert.einstein/aframev2.git",
    "github.com:ML4GW/aframe",
    "git@host:/srv/git/aframe.git",
    "ssh://git@host:2222/srv/git/aframe.git",
    "https://github.com/ML4GW/aframe.git",
    "http://127.0.0.1:8080/aframe.git",
];

for (const url of repositories) {
    test(`a pod can clone ${url}`, () => {
        assert.equal(parseGitUrl(url), url);
    });
}

const notRepositories = [
    ...["--upload-pack=touch /tmp/x", "-oProxyCommand=x:y", "ext::sh -c touch% /tmp/x", "git@-oProxyCommand=x:y"],
    ...[
        "ssh://-oProxyCommand=x/y",
        "ssh://git@-host/y",
        "host:--upload-pack=x",
        "file:///srv/git",
        "/srv/git",
        "../aframe",
    ],
    ...["git@host:a b", "https://host", "", "git@host:", "https://host/a\nb", "c:\\aframe\tx"],
];

for (const url of notRepositories) {
    test(`no address of a git repository: ${JSON.stringify(url)}`, () => {
        assert.deepEqual(
            linesOf(() => parseGitUrl(url)),
            [
                `${JSON.stringify(url)} is not a git address that a pod can clone ` +
                    "(git@host:owner/name.git, ssh://git@host/owner/name.git or https://host/owner/name.git)",
            ],
        );
    });
}

test("a password in a git address is refused without being shown", () => {
    assert.deepEqual(
        linesOf(() => parseGitUrl("https://me:token123@github.com/a/b")),
        ["the address holds credentials (use git@host:owner/name.git and an SSH key)"],
    );
});

const refs = [
    "main",
    "my-feature",
    "feature/x_1.2",
    "v1.0",
    "0123456789abcdef0123456789abcdef01234567",
    "refs/heads/main",
    "a@b",
];

for (const ref of refs) {
    test(`a git ref: ${ref}`, () => {
        assert.equal(parseGitRef(ref), ref);
    });
}

const wrongRefs: readonly (readonly [ref: string, reason: string])[] = [
    ["", "no name"],
    ["@", "no name"],
    ["-f", "it starts with -"],
    ["--upload-pack=x", "it starts with -"],
    ["my feature", 'it holds " "'],
    ["a..b", 'it holds ".."'],
    ["a~1", 'it holds "~"'],
    ["a^", 'it holds "^"'],
    ["a:b", 'it holds ":"'],
    ["a*", 'it holds "*"'],
    ["a\\b", 'it holds "\\\\"'],
    ["a@{1}", 'it holds "@{"'],
    ["a//b", 'it holds "//"'],
    ["/a", "no part of it may be empty, start with a dot or end with .lock"],
    ["a/", "no part of it may be empty, start with a dot or end with .lock"],
    ["a/.b", "no part of it may be empty, start with a dot or end with .lock"],
    ["a.lock/b", "no part of it may be empty, start with a dot or end with .lock"],
    ["a.", "no part of it may be empty, start with a dot or end with .lock"],
];

for (const [ref, reason] of wrongRefs) {
    test(`no git ref: ${JSON.stringify(ref)}`, () => {
        assert.deepEqual(
            linesOf(() => parseGitRef(ref)),
            [`${JSON.stringify(ref)} is not a branch, tag or commit: ${reason} (such as main or a full commit id)`],
        );
    });
}
