// What an operation tells while it runs; the command line draws its progress from these.

/** What a step does to a resource: Pulumi's own step names. */
export type StepOp =
    | "same"
    | "create"
    | "update"
    | "delete"
    | "replace"
    | "create-replacement"
    | "delete-replaced"
    | "read"
    | "refresh";

export type Severity = "debug" | "info" | "warning" | "error";

/** How one property differs; secret values are masked before they get here. */
export interface PropertyDiff {
    readonly path: string;
    readonly kind: "add" | "delete" | "update";
    /** Whether this property makes the resource be replaced. */
    readonly replaces: boolean;
    readonly before?: unknown;
    readonly after?: unknown;
}

/** One resource's step. */
export interface Step {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** URN of the parent, empty for the root stack. */
    readonly parent: string;
    readonly op: StepOp;
    /** Whether a provider is behind it; components have none. */
    readonly custom: boolean;
    readonly diffs: readonly PropertyDiff[];
}

export type EngineEvent =
    | { readonly kind: "step-started"; readonly step: Step }
    /** A step that began as "refresh" ends as what it found: "same", "update" or "delete". */
    | { readonly kind: "step-finished"; readonly step: Step; readonly seconds: number }
    | { readonly kind: "step-failed"; readonly step: Step; readonly seconds: number; readonly message: string }
    /** A diagnostic of the program or a provider; `urn` is empty when it is of no resource. */
    | {
          readonly kind: "diagnostic";
          readonly severity: Severity;
          readonly urn: string;
          readonly message: string;
          /** True for a passing status line that only a live display shows. */
          readonly ephemeral: boolean;
      };

export type ChangeCounts = Readonly<Partial<Record<StepOp, number>>>;

/** How an operation ended. */
export interface OperationResult {
    readonly outcome: "succeeded" | "failed" | "cancelled";
    readonly changes: ChangeCounts;
    readonly seconds: number;
    /** The stack's outputs, secrets masked unless asked for. */
    readonly outputs: Readonly<Record<string, unknown>>;
}
