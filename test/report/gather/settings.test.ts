// Which settings a report shows, and which of them differ from their defaults.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settingsOf } from "../../../report/gather/settings.ts";
import { directory, readSample } from "../../config/sample.ts";

const cfg = `[luigi_base]
sample_rate = 2048.0
highpass = 30
channels = ["H1", "L1"]
[luigi_Train]
config = ${directory}/train.yaml
[luigi_s3]
aws_access_key_id = id
aws_secret_access_key = canary
[mine]
key = \${HOME}/x
copy = &::luigi_s3::aws_secret_access_key
`;
const settings = settingsOf(readSample({ cfg }).settings);
const find = (section: string, key: string) => settings.find((one) => one.section === section && one.key === key);

describe("the settings of a report", () => {
    it("differ from their defaults by what they mean, not by how it is written", () => {
        const { differs, value, default: usual, origin } = find("luigi_base", "highpass") ?? {};
        assert.deepEqual([differs, value, usual], [true, "30", "32"]);
        assert.match(origin ?? "", /sandbox\.cfg:3$/);
        assert.equal(find("luigi_base", "sample_rate")?.differs, false);
    });

    it("do not differ where a default refers to another value, or names a file that is named in full", () => {
        assert.equal(find("luigi_base", "channels")?.differs, false);
        assert.equal(find("luigi_Train", "config")?.differs, false);
    });

    it("are all there are but the secrets, however they are reached", () => {
        assert.equal(find("mine", "key")?.value, "/home/somebody/x");
        assert.doesNotMatch(JSON.stringify(settings), /canary|aws_secret_access_key/);
    });
});
