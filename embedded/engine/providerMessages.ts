// Messages of the provider protocol in the engine's terms: who is meant, what was checked, what differs.
import providerProto, {
    type CheckResponse,
    type CreateResponse,
    type DiffResponse,
    type ReadResponse,
    type UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb.js";
import { type PropertyMap, propertiesFor } from "../state/propertyValues.ts";
import type { CheckFailure } from "./custodian.ts";
import type { Difference, DiffResult } from "./diff.ts";
import { toStruct } from "./rpc.ts";
import { parseUrn } from "./urn.ts";

export type AppliedResponse = CreateResponse | ReadResponse | UpdateResponse;

interface Identified<Request> {
    setUrn(value: string): Request;
    setName(value: string): Request;
    setType(value: string): Request;
}

export function identified<Request extends Identified<Request>>(request: Request, urn: string): Request {
    const { name, type } = parseUrn(urn);
    return request.setUrn(urn).setName(name).setType(type);
}

/** Providers take their own configuration in the clear. */
export function configStruct(properties: PropertyMap) {
    return toStruct(propertiesFor(properties, { secrets: false, resources: false, unknowns: true }));
}

export const failuresOf = (response: CheckResponse): CheckFailure[] =>
    response.getFailuresList().map((failure) => failure.toObject());

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
