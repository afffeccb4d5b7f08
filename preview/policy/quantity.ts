// Kubernetes quantities: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/

export interface Quantity {
    /** As it was written: `50Gi`. */
    readonly text: string;
    readonly value: number;
}

const shape = /^\+?(\d+\.?\d*|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;
const decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** Undefined when it is none, or negative. */
export function parseQuantity(given: string | number): Quantity | undefined {
    const text = String(given);
    const [matched, digits = "", unit = "", exponent = "0"] = shape.exec(text) ?? [];
    if (matched === undefined) {
        return undefined;
    }
    const factor = unit.endsWith("i") ? 1024 ** binary.indexOf(unit) : 1000 ** (decimal.indexOf(unit) - 3);
    return { text, value: Number(digits) * factor * 10 ** Number(exponent) };
}

/** An estimate in the unit that the pod's memory is asked in: `66G`. */
export function gigabytes(value: number): string {
    return `${Math.round(value / 1e9)}G`;
}

export function percent(share: number): string {
    return `${Math.round(share * 100)}%`;
}
