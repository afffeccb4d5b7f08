import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { findWandbKey } from "../../components/wandbKey.ts";
import { temporaryDirectory } from "./fixture.ts";

function homeWith(netrc: string): string {
    const home = temporaryDirectory();
    writeFileSync(path.join(home, ".netrc"), netrc);
    return home;
}

const entry = "machine api.wandb.ai\n  login user\n  password key1\n";

describe("findWandbKey", () => {
    it("prefers the environment, as W&B does", () => {
        assert.equal(findWandbKey({ WANDB_API_KEY: "key2" }, homeWith(entry)), "key2");
    });

    it("finds what `wandb login` wrote, among other machines", () => {
        const others = "machine a.org login me password pw\n";
        assert.equal(findWandbKey({}, homeWith(`${others}${entry}${others}`)), "key1");
        assert.equal(findWandbKey({}, homeWith("machine api.wandb.ai password key1 login user")), "key1");
    });

    it("never takes another machine's password", () => {
        assert.equal(
            findWandbKey({}, homeWith("machine api.wandb.ai login user\nmachine a.org password pw\n")),
            undefined,
        );
        assert.equal(findWandbKey({}, homeWith("machine api.wandb.ai.evil.org password pw\n")), undefined);
        assert.equal(findWandbKey({}, temporaryDirectory()), undefined);
    });
});
