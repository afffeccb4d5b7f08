// Errors meant for the person at the terminal, and the exit codes of every command.

export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Wrong use or wrong input: printed without a stack, exit code 2. */
export class UsageError extends Error {
    override readonly name = "UsageError";
}

/** The operation could not be done for a reason outside this program: printed without a stack, exit code 1. */
export class FailedError extends Error {
    override readonly name = "FailedError";
}

/** The file system's own errors (no such file, permission denied, no space), which name their path. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
    return error instanceof Error && "syscall" in error && "code" in error;
}
