// Which resources an operation is about, and how many steps run at a time.
import type { Choice } from "../../embedded/engine/selection.ts";

export interface Scope extends Choice {
    readonly parallel?: number;
}

/** As options of the Pulumi CLI. */
export function scopeArguments(scope: Scope): string[] {
    const named = (option: string, texts: readonly string[] = []) => texts.flatMap((text) => [option, text]);
    return [
        ...named("--target", scope.targets),
        ...(scope.targetDependents ? ["--target-dependents"] : []),
        ...named("--exclude", scope.excludes),
        ...(scope.excludeDependents ? ["--exclude-dependents"] : []),
        ...named("--replace", scope.replaces),
        ...(scope.parallel === undefined ? [] : ["--parallel", String(scope.parallel)]),
    ];
}
