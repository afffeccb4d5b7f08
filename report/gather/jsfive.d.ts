// The part of jsfive that is used; the library brings no types.
declare module "jsfive" {
    export interface Dataset {
        readonly value: ArrayLike<number>;
    }
    export interface Group {
        readonly keys: readonly string[];
        get(name: string): Group | Dataset;
    }
    export const File: new (buffer: ArrayBuffer, name: string) => Group;
}
