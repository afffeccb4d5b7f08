// The forms of image references that a cluster can pull by.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseImage } from "../../config/image.ts";

const digest = "0123456789abcdef".repeat(4);

const right = [
    "train",
    "train:main",
    "ghcr.io/ml4gw/aframe/train:main",
    "ghcr.io/ML4GW".toLowerCase(),
    "localhost:5000/train_image__2/a-b.c:V1.0-rc.1_x",
    "[::1]:5000/train",
    `ghcr.io/ml4gw/aframe/train@sha256:${digest}`,
    `ghcr.io/ml4gw/aframe/train:main@sha512:${digest}${digest}`,
    `train:${"t".repeat(128)}`,
];

const wrong = [
    "",
    "Train",
    "ghcr.io/ml4gw//train",
    "ghcr.io/ml4gw/./train",
    "ghcr.io/ml4gw/a..b",
    "ghcr.io/ml4gw/train-",
    "ghcr.io/ml4gw/train:",
    "ghcr.io/ml4gw/train:-rm",
    "train main",
    "--privileged",
    "https://ghcr.io/ml4gw/train",
    "train@sha256:0123",
    `train:${"t".repeat(129)}`,
    `${"a/".repeat(150)}train`,
];

for (const text of right) {
    test(`${text.slice(0, 60)} is an image`, () => {
        assert.equal(parseImage(text), text);
    });
}

for (const text of wrong) {
    test(`${JSON.stringify(text.slice(0, 60))} is no image`, () => {
        assert.throws(() => parseImage(text), /is not a container image such as ghcr\.io\/ml4gw\/aframe\/train:main/);
    });
}
