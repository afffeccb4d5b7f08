// Whether the storage class of aframe:volume is there.
import { StorageV1Api } from "@kubernetes/client-node";
import { didYouMean } from "../../../config/similar.ts";
import { placeOfStackKey } from "../../places.ts";
import type { CheckResult, Subject } from "../check.ts";
import { nameFirst } from "../nameFirst.ts";
import { type Connection, hidden, look, until } from "./connection.ts";

export async function checkStorageClass(
    connection: Connection,
    { settings }: Subject,
    signal: AbortSignal,
): Promise<CheckResult> {
    const name = settings.stack.volume?.storageClassName ?? "";
    const api = connection.api(StorageV1Api);
    const found = await look(api.readStorageClass({ name }, until(signal)));
    if (found === "forbidden") {
        return hidden("get storageclasses", `whether there is a storage class ${name}`);
    }
    if (found !== "absent") {
        return { summary: `${name} by ${found.provisioner}` };
    }
    const all = await look(api.listStorageClass({}, until(signal)));
    const names = typeof all === "string" ? [] : all.items.map(({ metadata }) => metadata?.name ?? "").sort();
    const message = `there is no storage class ${name}${names.length > 0 ? `; there is ${nameFirst(names, 10)}` : ""}`;
    const suggestion = didYouMean(name, names);
    const problem = {
        ...placeOfStackKey(settings.stack, "volume.storageClassName"),
        message,
        ...(suggestion !== undefined && { suggestion }),
    };
    return { summary: `there is no storage class ${name}`, findings: [{ level: "error", problem }] };
}
