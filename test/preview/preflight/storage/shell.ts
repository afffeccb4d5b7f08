// The variables of the shell, as the AWS SDK reads them.
import type { TestContext } from "node:test";

/** Sets them, or removes those that are undefined, until the test ends. */
export function setVariables(test: TestContext, values: Readonly<Record<string, string | undefined>>): void {
    const before = Object.keys(values).map((name) => [name, process.env[name]] as const);
    set(Object.entries(values));
    test.after(() => {
        set(before);
    });
}

function set(values: readonly (readonly [string, string | undefined])[]): void {
    for (const [name, value] of values) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
    }
}
