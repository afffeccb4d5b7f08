// What the tables of known cfg keys are made of.

export type ValueType =
    | "int"
    | "float"
    | "optionalFloat"
    | "bool"
    | "string"
    | "path"
    /** Text with commas between the parts. */
    | "csv"
    /** Address of an S3 server; empty for AWS. */
    | "endpoint"
    | "gitUrl"
    | "gitRef"
    /** Container image. */
    | "image"
    /** JSON lists. */
    | "stringList"
    | "numberList"
    | "pairList";

/** One key of a section as law's tasks know it. */
export interface KnownKey {
    readonly key: string;
    readonly type: ValueType;
    /** Text as it would stand in the file; may be a reference. Absent: nothing is written when the files are silent. */
    readonly default?: string;
    /** Where there is no `default`: what the task itself takes when nothing is written. */
    readonly taskDefault?: string;
    readonly unit?: string;
    readonly meaning: string;
    /** A credential: never shown, logged or written to a file we make. */
    readonly secret?: true;
    /** Other names for the same key, from other versions. */
    readonly aliases?: readonly string[];
    /** The tasks accept it and it changes nothing there, and why; giving it another value than its default is reported. */
    readonly noEffect?: string;
    /** What to do instead of setting a key that has no effect. */
    readonly instead?: string;
    /** Read by this program only; law is not given it. */
    readonly own?: true;
    /** The variable of the stack's environment that stands in for an absent value. */
    readonly environment?: string;
    /** The `AFRAME_*` variable that decides this; the key itself is refused. */
    readonly decidedBy?: string;
    /** The default is left out when this other key is given here or in `[luigi_base]`. */
    readonly unless?: string;
    /** The only texts that are allowed. */
    readonly choices?: readonly string[];
    readonly min?: number;
    /** Exclusive lower limit. */
    readonly above?: number;
    readonly max?: number;
}

/** The same keys where they change nothing: without defaults, so that only what the files name is there to be reported. */
export function withoutEffect(keys: readonly KnownKey[], noEffect: string, instead: string): readonly KnownKey[] {
    return keys.map(({ default: _, taskDefault: __, ...key }) => ({ ...key, noEffect, instead }));
}

export interface KnownSection {
    readonly name: string;
    readonly meaning: string;
    readonly keys: readonly KnownKey[];
    /** Any other key may stand here too; or only one that a value somewhere refers to. */
    readonly open?: true | "by reference";
    /** Only when the files have this section are its defaults filled in. */
    readonly optional?: true;
}
