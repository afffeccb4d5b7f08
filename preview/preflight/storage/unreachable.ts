// Why nothing that speaks S3 answers at an address, in words that say what to change.
import type { IncomingMessage } from "node:http";
import { insideNautilus } from "../../../config/endpoint.ts";
import { didYouMean } from "../../../config/similar.ts";
import { hostOf, isInsideCluster } from "./hosts.ts";

/** The level is that of the finding: a server that is merely slow or overloaded may be well in a minute. */
export class Unreachable extends Error {
    override readonly name = "Unreachable";
    readonly suggestion: string;
    readonly level: "error" | "warning";

    constructor(message: string, suggestion: string, level: "error" | "warning" = "error") {
        super(message);
        this.suggestion = suggestion;
        this.level = level;
    }
}

const untrusted = new Set([
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "CERT_UNTRUSTED",
]);

/** `cause` is what the connection failed with: an error of Node, with its code. */
export function noConnection(address: string, cause: Error & { readonly code?: string }): Unreachable {
    const { code = "", message } = cause;
    const host = hostOf(address);
    const certificate = `the certificate of ${host}`;
    if (untrusted.has(code)) {
        const advice = "name the file of its authority in NODE_EXTRA_CA_CERTS; pods have to trust it too";
        return new Unreachable(`${certificate} is signed by nobody that this machine trusts`, advice);
    }
    if (/^HPE_/.test(code)) {
        return new Unreachable(
            `${address} does not speak HTTP`,
            "correct the port, or write https:// if it speaks that",
        );
    }
    switch (code) {
        case "ECONNREFUSED":
            return new Unreachable(`nothing listens at ${address}`, "correct host and port, or start the server");
        case "ENOTFOUND":
            return unknownHost(host);
        case "EAI_AGAIN":
            return new Unreachable(`${host} cannot be looked up now`, "is this machine on the network?", "warning");
        case "EHOSTUNREACH":
        case "ENETUNREACH":
            return new Unreachable(`there is no way to ${host} from here`, "does it need a VPN?");
        case "ECONNRESET":
        case "EPIPE":
            return new Unreachable(`${address} closes the connection`, "correct the port, or http:// and https://");
        case "CERT_HAS_EXPIRED":
            return new Unreachable(`${certificate} has expired`, "tell those who run it, or set this machine's clock");
        case "CERT_NOT_YET_VALID":
            return new Unreachable(`${certificate} is not valid yet`, "set this machine's clock");
        case "ERR_TLS_CERT_ALTNAME_INVALID":
            return new Unreachable(`${certificate} is for another name`, "write the name that it is for");
        case "EPROTO":
        case "ERR_SSL_WRONG_VERSION_NUMBER":
        case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
            return new Unreachable(`${address} does not speak https`, `write ${withScheme(address, "http")}`);
        default:
            return new Unreachable(`${address} cannot be reached: ${message}`, "is it the address of the S3 server?");
    }
}

export function noAnswer(address: string, limitMs: number): Unreachable {
    const advice = "is the port right, and open to this machine?";
    return new Unreachable(`${address} does not answer within ${limitMs / 1000} s`, advice, "warning");
}

/** Something answers, but not as an S3 server does; `body` is the start of what it says. */
export function noS3(address: string, answer: IncomingMessage, body: string): Unreachable {
    const { statusCode: status = 0, headers } = answer;
    const target = headers.location;
    const type = headers["content-type"]?.split(";")[0] ?? "";
    if (status >= 300 && status < 400 && target !== undefined && URL.canParse(target, address)) {
        const { origin } = new URL(target, address);
        return new Unreachable(`${address} sends everyone on to ${origin}`, `write ${origin}`);
    }
    if (/http request .*https (port|server)/i.test(body)) {
        return new Unreachable(`${address} speaks https`, `write ${withScheme(address, "https")}`);
    }
    if (status >= 500) {
        return new Unreachable(
            `${address} answers HTTP ${status}`,
            "it may be overloaded or down; try later",
            "warning",
        );
    }
    const what = type === "text/html" ? "a web page" : `HTTP ${status}${type && ` and ${type}`}`;
    const advice = "write the address of its S3 service, not of its web site or console";
    return new Unreachable(`${address} is no S3 server: it answers with ${what}`, advice);
}

/** A pod is given the inside address of a pool by the program; users who give it here mean well. */
function unknownHost(host: string): Unreachable {
    if (!isInsideCluster(host)) {
        const advice =
            didYouMean(host, Object.keys(insideNautilus)) ?? "check its spelling, and this machine's network";
        return new Unreachable(`there is no host ${host}`, advice);
    }
    const name = host.replace(/\.svc(\.cluster\.local)?$/, "");
    const outside = Object.entries(insideNautilus).find(([, inside]) => hostOf(inside) === name)?.[0];
    return new Unreachable(
        `${host} is the address for pods, unknown here, and local stages need the one from outside`,
        outside === undefined
            ? "write the address by which this machine reaches the server"
            : `write https://${outside}; pods get the one inside by themselves`,
    );
}

function withScheme(address: string, scheme: "http" | "https"): string {
    return address.replace(/^https?/, scheme);
}
