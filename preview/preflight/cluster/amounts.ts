// Amounts of several resources at once, in bytes, cores or pieces.
import { parseQuantity } from "../../policy/quantity.ts";

/** Resource → amount. */
export type Amounts = ReadonlyMap<string, number>;

/** As the API server gives them, so each is a quantity. */
export function parseAmounts(quantities: Readonly<Record<string, string>> | undefined): Amounts {
    return new Map(Object.entries(quantities ?? {}).map(([resource, text]) => [resource, parseAmount(text)]));
}

/** Nothing for what is no quantity, which is told elsewhere. */
export function parseAmount(text: string): number {
    return parseQuantity(text)?.value ?? 0;
}

export function sum(all: readonly Amounts[]): Amounts {
    return combine(all, (a, b) => a + b);
}

/** Of each resource the largest amount. */
export function larger(all: readonly Amounts[]): Amounts {
    return combine(all, Math.max);
}

function combine(all: readonly Amounts[], join: (a: number, b: number) => number): Amounts {
    const total = new Map<string, number>();
    for (const [resource, amount] of all.flatMap((amounts) => [...amounts])) {
        total.set(resource, join(total.get(resource) ?? 0, amount));
    }
    return total;
}
