// A Ceph cluster of one monitor and one OSD in memory, and the S3 gateway in front of it: the users' own server.
import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { freePort } from "../../demo/s3Server.ts";
import type { Certificate } from "./certificate.ts";
import type { Step } from "./keeper.ts";

export interface Listening {
    readonly folder: string;
    readonly port: number;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    /** For https; without it the server speaks http. */
    readonly certificate?: Certificate;
}

export async function cephSteps(listening: Listening): Promise<Step[]> {
    const { folder, accessKeyId, secretAccessKey } = listening;
    const [fsid, osd] = [randomUUID(), randomUUID()];
    const monitor = `127.0.0.1:${await freePort()}`;
    const conf = path.join(folder, "ceph.conf");
    for (const name of ["mon", "osd", "rgw"]) {
        mkdirSync(path.join(folder, name));
    }
    writeFileSync(path.join(folder, "keyring"), "");
    writeFileSync(conf, settings(listening, fsid, monitor));
    const monmap = path.join(folder, "monmap");
    // As root they would become the user `ceph`, who may not write here.
    const user = process.getuid?.() === 0 ? ["--setuser", "root", "--setgroup", "root"] : [];
    const server = ["--conf", conf, ...user];
    const admin = ["--conf", conf, "--connect-timeout", "30"];
    const keys = ["--access-key", accessKeyId, "--secret-key", secretAccessKey];
    return [
        { command: "monmaptool", args: ["--create", "--fsid", fsid, "--addv", "a", `[v1:${monitor}/0]`, monmap] },
        { command: "ceph-mon", args: [...server, "--mkfs", "-i", "a", "--monmap", monmap] },
        { command: "ceph-mon", args: [...server, "-f", "-i", "a"], stays: true },
        { command: "ceph", args: [...admin, "osd", "new", osd, "0"] },
        { command: "ceph", args: [...admin, "osd", "crush", "add", "osd.0", "1", "root=default", "host=localhost"] },
        { command: "ceph-osd", args: [...server, "--mkfs", "-i", "0", "--osd-uuid", osd] },
        { command: "ceph-osd", args: [...server, "-f", "-i", "0"], stays: true },
        {
            command: "radosgw-admin",
            args: ["--conf", conf, "user", "create", "--uid=test", "--display-name=test", ...keys],
        },
        { command: "radosgw", args: [...server, "-f", "-n", "client.rgw"], stays: true },
    ];
}

function settings({ folder, port, certificate }: Listening, fsid: string, monitor: string): string {
    const endpoint = certificate
        ? `ssl_endpoint=127.0.0.1:${port} ssl_certificate=${certificate.file} ssl_private_key=${certificate.keyFile}`
        : `endpoint=127.0.0.1:${port}`;
    return `[global]
fsid = ${fsid}
mon host = [v1:${monitor}/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
run dir = ${folder}
keyring = ${folder}/keyring
admin socket =
pid file =
log file =
log to stderr = true
err to stderr = true
mon data = ${folder}/mon
mon allow pool size one = true
# Pools are made one after the other, each at the cost of this wait.
paxos propose interval = 0.1
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
# It would ask the monitor before it knows the cluster's id, and be refused.
osd class update on start = false
osd crush update on start = false
rgw data = ${folder}/rgw
rgw frontends = beast ${endpoint}
`;
}
