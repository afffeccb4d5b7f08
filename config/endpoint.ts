// S3 endpoints: their form, and the inside addresses of the pools of the Nautilus cluster.
import { ConfigError, quote } from "./errors.ts";

/** Outside host -> address for pods. The inside address of the west pool has been unreliable, so it is not used. */
export const insideNautilus: Readonly<Record<string, string>> = {
    "s3-west.nrp-nautilus.io": "https://s3-west.nrp-nautilus.io",
    "s3-central.nrp-nautilus.io": "http://rook-ceph-rgw-centrals3.rook-central",
    "s3-east.nrp-nautilus.io": "http://rook-ceph-rgw-easts3.rook-east",
};

/** The address as the S3 clients take it: scheme, host and port, no trailing slash. */
export function parseEndpoint(text: string): string {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
        throw wrong(`${quote(text)} is not the address of an S3 server`);
    }
    if (url.username !== "" || url.password !== "") {
        throw wrong("the address holds credentials");
    }
    if (url.search !== "" || url.hash !== "") {
        throw wrong(`${quote(text)} has more than a host and a path`);
    }
    return url.href.replace(/\/+$/, "");
}

/** The address of the same server for a pod. */
export function endpointForPods(endpoint: string): string {
    const url = new URL(endpoint);
    const known = url.protocol === "https:" && url.port === "" && url.pathname === "/";
    return (known ? insideNautilus[url.hostname] : undefined) ?? endpoint;
}

function wrong(message: string): ConfigError {
    return new ConfigError([{ message, suggestion: "such as https://s3-west.nrp-nautilus.io" }]);
}
