// Which hosts an address can mean: this machine, one inside a cluster, or one out in the network.
import { BlockList, isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";

const onlyHere = new BlockList();
onlyHere.addSubnet("127.0.0.0", 8);
onlyHere.addAddress("0.0.0.0");
onlyHere.addSubnet("169.254.0.0", 16);
onlyHere.addAddress("::1", "ipv6");
onlyHere.addAddress("::", "ipv6");
onlyHere.addSubnet("fe80::", 10, "ipv6");

/** Of a URL, an IPv6 address without its brackets. */
export function hostOf(address: string): string {
    return new URL(address).hostname.replace(/^\[|\]$/g, "");
}

/** Whether it means another machine to everyone who uses it, as localhost and link-local addresses do. */
export function isOnlyHere(host: string): boolean {
    const version = isIP(host);
    return version === 0
        ? host === "localhost" || host.endsWith(".localhost")
        : onlyHere.check(host, version === 6 ? "ipv6" : "ipv4");
}

/** Whether what is sent there stays on this machine. */
export function isThisMachine(host: string): boolean {
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    return isOnlyHere(host) || host === hostname() || own.some(({ address }) => address === host);
}

/** Whether it is a name that only the pods of a cluster know. */
export function isInsideCluster(host: string): boolean {
    return /\.svc$|\.cluster\.local$|^rook-ceph-rgw-/.test(host);
}

/** Whether it is a name that only the network here knows. */
export function isLocalName(host: string): boolean {
    return isIP(host) === 0 && !isInsideCluster(host) && (!host.includes(".") || host.endsWith(".local"));
}
