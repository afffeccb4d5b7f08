// Whether the key for the git server can be used, here and in the pod, and whether the server's own keys are known.
import { inspectDeployKey } from "../../../components/ssh/keyDoubts.ts";
import { collect, type Problem } from "../../../config/errors.ts";
import type { SshRepository } from "../../../pipeline/revision/repository.ts";
import { placeOfValue } from "../../places.ts";
import type { CheckResult } from "../check.ts";
import type { Code } from "./code.ts";

export function checkSshKey({ settings, ssh }: Code, repository: SshRepository): Promise<CheckResult> {
    const { file } = settings.ssh;
    const problems: Problem[] = [];
    const identity = collect(problems, {}, ssh);
    if (identity === undefined) {
        const findings = problems.map((problem) => ({ level: "error", problem }) as const);
        return Promise.resolve({ summary: file, findings });
    }
    const { kind, doubts } = inspectDeployKey(file);
    const hostKeys = identity.hostKeys === undefined ? "not checked" : `in ${identity.hostKeys.file}`;
    const place = placeOfValue(settings, "luigi_ssh", "ssh_file");
    return Promise.resolve({
        summary: `${kind} key ${file}, host key of ${repository.knownHostsName} ${hostKeys}`,
        findings: doubts.map((doubt) => ({ level: "warning", problem: { ...place, ...doubt } })),
    });
}
