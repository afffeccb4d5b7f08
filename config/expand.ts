// law's expansion of `~`, `$NAME` and `${NAME}`, from a given environment instead of the process's own.

/** Names and values that `$NAME` may stand for; HOME is also what `~` stands for. */
export type Environment = Readonly<Record<string, string>>;

export interface Expansion {
    readonly text: string;
    /** Variables that have no value; they stay in the text as typed, as in law. */
    readonly unset: readonly string[];
}

// An escaped `$` right after a name belongs to the name for law, so that `$A\$B` is not expanded.
const plainVariable = /\\\$|\$((?:\w|\\\$)+)/g;
const anyVariable = /\\\$|\$((?:\w|\\\$)+|\{[^}]*\})/g;

/** Expands a value; `\~` and `\$` stand for the characters themselves. */
export function expand(text: string, environment: Environment): Expansion {
    if (!/[~$]/.test(text)) {
        return { text, unset: [] };
    }
    const unset: string[] = [];
    const home = environment.HOME?.replace(/\/+$/, "");
    const withHome = text.replace(/\\~|^~(?=\/|$)/g, (token) => (token === "~" ? (home ?? token) : "~"));
    const rooted = withHome === "" && text !== "" ? "/" : withHome;
    const replace = (token: string, name: string | undefined) => {
        if (name === undefined) {
            return "$";
        }
        const variable = name.startsWith("{") ? name.slice(1, -1) : name;
        if (Object.hasOwn(environment, variable)) {
            return environment[variable] ?? "";
        }
        unset.push(variable);
        return token.replaceAll("\\$", "$");
    };
    // After the last brace none can be closed, which is said here so that no `${` looks for one in vain.
    const closed = rooted.lastIndexOf("}") + 1;
    const [head, tail] = [rooted.slice(0, closed), rooted.slice(closed)];
    return { text: head.replace(anyVariable, replace) + tail.replace(plainVariable, replace), unset };
}

/** Text that law expands to exactly `text`. */
export function escapeExpansion(text: string): string {
    return text.replaceAll("~", "\\~").replaceAll("$", "\\$");
}

/** law's comma list with braces: `a.cfg, b{1,2}.cfg` names a.cfg, b1.cfg and b2.cfg. */
export function expandList(text: string): string[] {
    const parts = text.match(/(?:\{[^{}]*\}|[^,])+/g) ?? [];
    return parts.flatMap((part) => expandBraces(part.trim())).filter((name) => name !== "");
}

function expandBraces(text: string): string[] {
    const match = /^([^{]*)\{([^{}]*)\}(.*)$/s.exec(text);
    if (match === null) {
        return [text];
    }
    const [, before = "", choices = "", after = ""] = match;
    const tails = expandBraces(after);
    return choices.split(",").flatMap((choice) => tails.map((tail) => before + choice + tail));
}
