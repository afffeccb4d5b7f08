// The node: containerd with runc and a bridge for its pods, and kubelet.
import { mkdir, writeFile } from "node:fs/promises";
import { stringify } from "yaml";
import type { Binaries } from "./binaries.ts";
import { kubeletKubeconfig } from "./controlPlane.ts";
import { type DaemonCommand, flags } from "./daemon.ts";
import { containerdSocket, inState, network, nodeName } from "./paths.ts";

export const pauseImage = "aframe.test/pause:1";

const containerdConfig = inState("containerd.toml");
const kubeletConfig = inState("kubelet.yaml");

export async function prepareNode(): Promise<void> {
    await mkdir(inState("cni"), { recursive: true });
    await writeFile(inState("cni/10-bridge.conflist"), JSON.stringify(bridgeNetwork, undefined, 2));
    await writeFile(containerdConfig, containerdToml);
    await writeFile(kubeletConfig, stringify(kubeletSettings));
}

export function nodeCommands(binaries: Binaries): DaemonCommand[] {
    return [
        { name: "containerd", command: "containerd", args: ["--config", containerdConfig] },
        {
            name: "kubelet",
            command: binaries.kubelet,
            args: flags({
                config: kubeletConfig,
                kubeconfig: kubeletKubeconfig,
                "hostname-override": nodeName,
                "node-ip": network.hostAddress,
                "root-dir": inState("kubelet"),
                "cert-dir": inState("kubelet-certificates"),
            }),
        },
    ];
}

/** Pods get an address and reach this machine at the bridge's own; nothing leads further. */
const bridgeNetwork = {
    cniVersion: "0.4.0",
    name: "aframe",
    plugins: [
        {
            type: "bridge",
            bridge: network.bridge,
            isGateway: true,
            ipMasq: false,
            ipam: { type: "host-local", ranges: [[{ subnet: network.subnet }]], dataDir: inState("cni-addresses") },
        },
    ],
};

const containerdToml = `version = 2
root = "${inState("containerd")}"
state = "${inState("containerd-state")}"
[grpc]
  address = "${containerdSocket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  disable_apparmor = true
  # Without CAP_SYS_RESOURCE nobody may lower an OOM score, and every pod would fail.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${inState("cni")}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
`;

const kubeletSettings = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: network.hostAddress,
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
    // Containers and CI machines often have cgroups of version 1, with none of systemd's in them.
    failCgroupV1: false,
    cgroupDriver: "cgroupfs",
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failSwapOn: false,
    nodeStatusUpdateFrequency: "2s",
    // The disk is shared with all else on this machine, which is none of the cluster's business.
    evictionHard: { "memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%" },
    imageGCHighThresholdPercent: 100,
};
