// A provider's answer to a diff request, in the engine's terms.
import providerProto, { type DiffResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import type { Difference, DiffResult } from "./diff.ts";

const { DiffChanges } = providerProto.DiffResponse;
const { Kind } = providerProto.PropertyDiff;

const differenceKinds: Readonly<Record<number, Pick<Difference, "kind" | "replaces">>> = {
    [Kind.ADD]: { kind: "add", replaces: false },
    [Kind.ADD_REPLACE]: { kind: "add", replaces: true },
    [Kind.DELETE]: { kind: "delete", replaces: false },
    [Kind.DELETE_REPLACE]: { kind: "delete", replaces: true },
    [Kind.UPDATE]: { kind: "update", replaces: false },
    [Kind.UPDATE_REPLACE]: { kind: "update", replaces: true },
};

/** Undefined when the provider leaves the comparison to the engine. */
export function readDiff(response: DiffResponse): DiffResult | undefined {
    const detailed: Record<string, Difference> = {};
    for (const [path, entry] of response.getDetaileddiffMap().entries()) {
        const kind = differenceKinds[entry.getKind()] ?? { kind: "update", replaces: false };
        detailed[path] = { ...kind, inputs: entry.getInputdiff() };
    }
    const changes = response.getChanges();
    const diff: DiffResult = {
        changes: changes === DiffChanges.DIFF_SOME,
        replaceKeys: response.getReplacesList(),
        changedKeys: response.getDiffsList(),
        detailed: response.getHasdetaileddiff() ? detailed : {},
        deleteBeforeReplace: response.getDeletebeforereplace(),
    };
    return changes === DiffChanges.DIFF_UNKNOWN ? undefined : diff;
}
