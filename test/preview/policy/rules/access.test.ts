import { podWith, testRule, train } from "../fixture.ts";

const baseline = "Kubernetes: https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline";

function secured(securityContext: object) {
    return podWith({ containers: [train({ securityContext })] });
}

testRule("host-access", baseline, [
    { when: "a confined container", spec: secured({ privileged: false, capabilities: { drop: ["ALL"] } }) },
    { when: "a harmless capability", spec: secured({ capabilities: { add: ["CHOWN"] } }) },
    { when: "a port of the pod", spec: podWith({ containers: [train({ ports: [{ containerPort: 80 }] })] }) },
    ...["hostNetwork", "hostPID", "hostIPC"].map((flag) => ({
        when: flag,
        spec: podWith({ [flag]: true }),
        says: [`${flag} is on, and a user's pod must not reach its node`],
    })),
    {
        when: "a folder of the node",
        spec: podWith({ volumes: [{ name: "logs", hostPath: { path: "/var/log" } }] }),
        says: ["volume logs is the node's /var/log, and a user's pod must not reach its node"],
    },
    {
        when: "a privileged container",
        spec: secured({ privileged: true }),
        says: ["container train is privileged, and a user's pod must not reach its node"],
    },
    {
        when: "a capability over the node",
        spec: secured({ capabilities: { add: ["SYS_ADMIN"] } }),
        says: ["container train has the capability SYS_ADMIN, and a user's pod must not reach its node"],
    },
    {
        when: "a port of the node",
        spec: podWith({ containers: [train({ ports: [{ containerPort: 80, hostPort: 8080 }] })] }),
        says: ["container train takes the node's port 8080, and a user's pod must not reach its node"],
    },
]);

function running(...images: string[]) {
    return podWith({ containers: images.map((image, number) => train({ name: `c${number}`, image })) });
}

testRule("image-tags", "Kubernetes: https://kubernetes.io/docs/concepts/containers/images/#image-names", [
    { when: "a version", spec: running("ghcr.io/ml4gw/aframe/train:v0.2") },
    { when: "a branch", spec: running("ghcr.io/ml4gw/aframe/train:main") },
    { when: "a digest", spec: running(`ghcr.io/a/b:latest@sha256:${"0".repeat(64)}`) },
    { when: "a port that is no tag", spec: running("host:5000/latest") },
    {
        when: "the latest image, once",
        spec: running("ghcr.io/a/b:latest", "ghcr.io/a/b:latest"),
        says: ["ghcr.io/a/b:latest may be another image at each start (name a version or a digest)"],
    },
]);
