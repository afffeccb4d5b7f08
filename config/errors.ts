// How wrong configuration is reported: every problem with its place, all of them in one error.

/** One thing that is wrong, or doubtful, in the configuration. */
export interface Problem {
    readonly file?: string;
    /** Counted from 1. */
    readonly line?: number;
    readonly section?: string;
    readonly key?: string;
    /** What was given and what is allowed. Never holds the value of a secret. */
    readonly message: string;
    /** What to do about it. */
    readonly suggestion?: string;
}

/** All problems of a stack's configuration; its message has one line for each. */
export class ConfigError extends Error {
    readonly problems: readonly Problem[];

    constructor(problems: readonly Problem[]) {
        super(problems.map(describeProblem).join("\n"));
        this.name = "ConfigError";
        this.problems = problems;
    }
}

/** `sandbox.cfg:12: [luigi_Train] request_gpus: "four" is not a whole number (write 4)`. */
export function describeProblem(problem: Problem): string {
    const { file, line, section, key, message, suggestion } = problem;
    const place = file === undefined ? "" : `${line === undefined ? file : `${file}:${line}`}: `;
    const name = [section === undefined ? "" : `[${section}]`, key ?? ""].filter(Boolean).join(" ");
    const advice = suggestion === undefined ? "" : ` (${suggestion})`;
    return `${place}${name === "" ? "" : `${name}: `}${message}${advice}`;
}

/** Text of the configuration as it may be shown in a message: quoted, on one line, cut when long. */
export function quote(text: string): string {
    const shown = JSON.stringify(text);
    return shown.length <= 80 ? shown : `${shown.slice(0, 77)}…"`;
}

/** Runs `read`; the problems of a ConfigError it throws go to `problems`, put at `place`, and undefined is returned. */
export function collect<T>(problems: Problem[], place: Omit<Problem, "message">, read: () => T): T | undefined {
    try {
        return read();
    } catch (error) {
        if (!(error instanceof ConfigError)) {
            throw error;
        }
        problems.push(...error.problems.map((problem) => ({ ...place, ...problem })));
        return undefined;
    }
}
