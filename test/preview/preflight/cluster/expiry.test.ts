// Until when credentials are good.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { certificateOf, judgeCredential, tokenOf } from "../../../../preview/preflight/cluster/expiry.ts";
import { toldBy } from "./asked.ts";
import { hour, makeCertificate, tokenUntil } from "./kubeconfigs.ts";

const now = new Date("2026-11-25T12:00:00Z");
const inHours = (hours: number) => new Date(now.getTime() + hours * hour);

describe("a credential", () => {
    const again = "(log in again, or get a new kubeconfig)";
    const rows: readonly [string, number, number | undefined, readonly string[]][] = [
        ["that is good for a working day says nothing", 5, undefined, []],
        [
            "that has run out says when",
            -3,
            undefined,
            [`error: config: the token of the user ada expired 3 hours ago, at 2026-11-25T09:00:00.000Z ${again}`],
        ],
        [
            "that runs out soon is a warning",
            2,
            undefined,
            [`warning: config: the token of the user ada expires in 2 hours, at 2026-11-25T14:00:00.000Z ${again}`],
        ],
        [
            "that is not good yet says since when, and what time it is here",
            9,
            1,
            [
                `error: config: the token of the user ada is good only from 2026-11-25T13:00:00.000Z; it is 2026-11-25T12:00:00.000Z here ${again}`,
            ],
        ],
    ];
    for (const [name, until, from, texts] of rows) {
        it(name, () => {
            const dates = { until: inHours(until), ...(from !== undefined && { from: inHours(from) }) };
            const findings = judgeCredential({ kind: "token", user: "ada", ...dates }, now, "config");
            assert.deepEqual(toldBy({ summary: "", findings }), texts);
        });
    }
});

describe("the time of a token", () => {
    const token = tokenUntil(now);
    const oidc = (config: object) => ({ name: "ada", authProvider: { name: "oidc", config } });
    const rows: readonly [string, Parameters<typeof tokenOf>[0], Date | undefined][] = [
        ["is read from a JSON web token", { name: "ada", token }, now],
        ["is unknown of any other token", { name: "ada", token: "opaque" }, undefined],
        ["is unknown of a user without one", { name: "ada" }, undefined],
        ["is read from the auth-provider oidc", oidc({ "id-token": token }), now],
        ["is nobody's matter when it can be renewed", oidc({ "id-token": token, "refresh-token": "x" }), undefined],
    ];
    for (const [name, user, until] of rows) {
        it(name, () => {
            assert.deepEqual(tokenOf(user)?.until, until);
        });
    }
});

it("the time of a certificate is read from it", async () => {
    const { cert } = await makeCertificate(inHours(-1), inHours(1));
    assert.deepEqual(certificateOf("ada", cert), {
        kind: "certificate",
        user: "ada",
        from: inHours(-1),
        until: inHours(1),
    });
});
