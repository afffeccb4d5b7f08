// What manages a resource: what it is asked, and what it answers.
import type { PropertyMap } from "../state/propertyValues.ts";
import type { DiffResult } from "./diff.ts";

export interface CheckFailure {
    readonly property: string;
    readonly reason: string;
}

export interface Checked {
    readonly inputs: PropertyMap;
    readonly failures: readonly CheckFailure[];
}

export interface DiffRequest {
    readonly urn: string;
    readonly id: string;
    readonly oldInputs: PropertyMap;
    readonly oldOutputs: PropertyMap;
    readonly newInputs: PropertyMap;
    readonly ignoreChanges: readonly string[];
}

/** What is known of a resource after a create, update or read; with reasons, when it exists but is not ready. */
export interface Applied {
    readonly id: string;
    readonly outputs: PropertyMap;
    readonly inputs?: PropertyMap | undefined;
    readonly initErrors?: readonly string[] | undefined;
}

export interface Deletion {
    readonly urn: string;
    readonly id: string;
    readonly inputs: PropertyMap;
    readonly outputs: PropertyMap;
    readonly timeout: number;
}

/** The provider's process ended before it answered: what it was asked may be done, or half done, or not. */
export class ProviderLost extends Error {}

/** What manages a resource. Real plugins do, and the registry does for the providers themselves. */
export interface Custodian {
    check(urn: string, olds: PropertyMap | undefined, news: PropertyMap): Promise<Checked>;
    /** Undefined when the provider leaves the comparison to the engine. */
    diff(request: DiffRequest): Promise<DiffResult | undefined>;
    create(urn: string, inputs: PropertyMap, timeout: number): Promise<Applied>;
    update(request: DiffRequest, timeout: number): Promise<Applied>;
    delete(deletion: Deletion): Promise<void>;
}
