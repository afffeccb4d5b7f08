// References of container images: https://github.com/distribution/reference/blob/main/reference.go
import { ConfigError, quote } from "./errors.ts";

const hostPart = "(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])";
const host = `(?:${hostPart}(?:\\.${hostPart})*|\\[[0-9A-Fa-f:]+\\])(?::\\d+)?`;
const pathPart = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
const digest = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}";
const form = new RegExp(`^(?<name>(?:${host}/)?${pathPart}(?:/${pathPart})*)(?::${tag})?(?:@${digest})?$`);

const longestName = 255;

/** Checks `remote_image`: registry and path, with tag or digest if there is one. */
export function parseImage(text: string): string {
    const name = form.exec(text)?.groups?.name;
    if (name === undefined || name.length > longestName) {
        const message = `${quote(text)} is not a container image such as ghcr.io/ml4gw/aframe/train:main`;
        throw new ConfigError([{ message }]);
    }
    return text;
}
