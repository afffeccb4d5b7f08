// "Did you mean …": the known name closest to what was typed.
import { closest, distance } from "fastest-levenshtein";

/** The suggestion for an unknown name, or undefined when no known one is near. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
    if (known.length === 0) {
        return undefined;
    }
    const best = closest(
        name.toLowerCase(),
        known.map((other) => other.toLowerCase()),
    );
    const match = known.find((other) => other.toLowerCase() === best);
    const near = distance(name.toLowerCase(), best) <= slips(name);
    return near && match !== undefined ? `did you mean ${match}?` : undefined;
}

/** Letters that may be wrong for a name to be taken for another: of a short one hardly any. */
function slips({ length }: string): number {
    return length < 4 ? Math.min(1, length - 1) : Math.max(2, Math.floor(length / 3));
}
