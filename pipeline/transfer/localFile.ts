// Failures of this machine's disk, told with the file and what helps; none of them is worth another attempt.

/** A file on this machine could not be read or written. */
export class LocalFileError extends Error {
    override readonly name = "LocalFileError";
}

const causes: Readonly<Record<string, string>> = {
    ENOSPC: "no space is left on its disk; free some, and the next run goes on from here",
    EDQUOT: "your quota of its disk is used up; free some, and the next run goes on from here",
    EROFS: "its file system is mounted read-only",
    EACCES: "you may not, by its permissions or those of its folder",
    EPERM: "you may not, by its permissions or those of its folder",
    ENOENT: "it is not there",
    ENOTDIR: "a file lies where one of its folders should be",
    EEXIST: "a file lies where one of its folders should be",
    EISDIR: "a folder lies in its place",
    ENAMETOOLONG: "its name is too long for the file system",
    EIO: "its disk failed",
};

/** Runs one step on a file; its error says what could not be done with which file, and why. */
export async function onDisk<T>(doing: "read" | "write", file: string, step: () => Promise<T>): Promise<T> {
    try {
        return await step();
    } catch (error) {
        throw describeLocal(doing, file, error);
    }
}

/** The same for an error that was caught already; one that is not the file system's is handed back as it is. */
export function describeLocal(doing: "read" | "write", file: string, error: unknown): unknown {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined || error instanceof LocalFileError) {
        return error;
    }
    const cause = causes[code];
    return new LocalFileError(`cannot ${doing} ${file}: ${cause ? `${cause} (${code})` : code}`, { cause: error });
}
