// What is wrong with a value, in the words of this program; the messages of schemas say what is allowed.
import type { BaseIssue } from "valibot";
import type { Problem } from "../../config/errors.ts";
import { show } from "../../config/stackOverrides.ts";

export function describeIssue(issue: BaseIssue<unknown>): Pick<Problem, "message" | "suggestion"> {
    const { type, received, message, input } = issue;
    const isObject = type === "object" || type === "strict_object";
    if (isObject && received === "undefined") {
        return { message: "is not set" };
    }
    const given = input === null ? "is empty" : `${show(input)} is not right`;
    return { message: given, suggestion: isObject ? "keys and values" : message };
}
