// Which rights an experiment needs, and how those are told that it lacks.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeDenied, type Right, rightsNeeded } from "../../../../preview/preflight/cluster/rights.ts";
import { subjectOf, toldBy } from "./asked.ts";

describe("the rights of an experiment", () => {
    const resources = async (stack: object) => {
        const rights = await rightsNeeded(subjectOf({ stack }).settings);
        return [...new Set(rights.map(({ resource, group }) => [resource, group].filter(Boolean).join(".")))];
    };

    it("are those of the published Role", async () => {
        const volume = { storageClassName: "fast", size: "1Gi" };
        assert.deepEqual(await resources({ volume }), [
            "jobs.batch",
            "configmaps",
            "persistentvolumeclaims",
            "secrets",
            "pods",
            "pods/log",
            "events",
        ]);
    });

    it("leave out those to claims when there is none", async () => {
        assert.ok(!(await resources({})).includes("persistentvolumeclaims"));
    });
});

describe("a right that is missing", () => {
    const right = (text: string): Right => {
        const [verb = "", resource = "", group = ""] = text.split(" ");
        return { verb, resource, group };
    };
    const place = { file: "stacks/Pulumi.test.yaml", key: "aframe:kubernetes.namespace" };
    const told = (...rights: string[]) =>
        toldBy({
            summary: "",
            findings: describeDenied(rights.map(right), { namespace: "physics", user: "ada", place }),
        }).map((text) => text.replace("stacks/Pulumi.test.yaml: aframe:kubernetes.namespace: ", ""));

    const rows: readonly [string, readonly string[], readonly string[]][] = [
        [
            "names verb and resource, and says what to ask for",
            ["create jobs batch"],
            [
                "error: you may not create jobs in the namespace physics (ask for the verb create on jobs.batch for ada, see docs/role.yaml)",
            ],
        ],
        [
            "comes with the others to that resource, and apart from those to another",
            ["create jobs batch", "delete jobs batch", "watch jobs batch", "get secrets"],
            [
                "error: you may not create, delete or watch jobs in the namespace physics (ask for the verbs create, delete and watch on jobs.batch for ada, see docs/role.yaml)",
                "error: you may not get secrets in the namespace physics (ask for the verb get on secrets for ada, see docs/role.yaml)",
            ],
        ],
        [
            "without which training runs all the same is a warning, with what is missed",
            ["list events", "get pods/log", "watch pods"],
            [
                "warning: you may not list events in the namespace physics, so why no pod is made may stay untold (ask for the verb list on events for ada, see docs/role.yaml)",
                "warning: you may not get pods/log in the namespace physics, so nobody sees here what training prints (ask for the verb get on pods/log for ada, see docs/role.yaml)",
                "warning: you may not watch pods in the namespace physics, so news of the training comes late (ask for the verb watch on pods for ada, see docs/role.yaml)",
            ],
        ],
    ];
    for (const [name, rights, texts] of rows) {
        it(name, () => {
            assert.deepEqual(told(...rights), texts);
        });
    }
});
