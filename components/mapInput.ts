// Builders of what is declared, for values known now as well as for those known only later.
import * as pulumi from "@pulumi/pulumi";

/**
 * Applies `change` to the value. What is known stays plain, so that a spec built from plain values can be read at once;
 * an Output or a promise becomes an Output.
 */
export function mapInput<T, U>(input: pulumi.Input<T>, change: (value: T) => pulumi.Input<U>): pulumi.Input<U> {
    if (pulumi.Output.isInstance(input) || input instanceof Promise) {
        return pulumi.output(input).apply((value) => change(value as T)) as pulumi.Output<U>;
    }
    return change(input);
}
