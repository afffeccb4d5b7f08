// Rules about what a pod may reach of its node, and which images it may run.
import * as v from "valibot";
import { containersOf } from "../pod.ts";
import { podRule, source, text } from "../rule.ts";

const parameters = v.strictObject({ ...source, capabilities: v.array(text, "a list of capabilities") });

export const hostAccess = podRule(parameters, (pod, { capabilities }) => {
    const flags = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((flag) => pod[flag]);
    const paths = pod.volumes.filter(({ hostPath }) => hostPath).map(({ name, hostPath }) => ({ name, ...hostPath }));
    const found = [
        ...flags.map((flag) => `${flag} is on`),
        ...paths.map(({ name, path = "" }) => `volume ${name} is the node's ${path}`),
        ...containersOf(pod).flatMap(({ name, ports, securityContext }) => [
            ...(securityContext.privileged ? [`container ${name} is privileged`] : []),
            ...securityContext.capabilities.add
                .filter((capability) => !capabilities.includes(capability))
                .map((capability) => `container ${name} has the capability ${capability}`),
            ...ports.flatMap(({ hostPort }) =>
                hostPort ? [`container ${name} takes the node's port ${hostPort}`] : [],
            ),
        ]),
    ];
    return found.map((what) => ({ message: `${what}, and a user's pod must not reach its node` }));
});

export const imageTags = podRule(
    v.strictObject({ ...source, refused: v.array(text, "a list of tags") }),
    (pod, { refused }) => {
        const images = [...new Set(containersOf(pod).map(({ image }) => image))];
        return images
            .filter((image) => refused.includes(tagOf(image)))
            .map((image) => ({
                message: `${image} may be another image at each start`,
                suggestion: "name a version or a digest",
            }));
    },
);

/** Empty when the image has none, or a digest, which beats it. */
function tagOf(image: string): string {
    return /:([\w.-]+)$/.exec(image.includes("@") ? "" : image)?.[1] ?? "";
}
