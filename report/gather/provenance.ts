// Exactly what an experiment was made with: code, image, data, programs.
import type { ExperimentSettings } from "../../config/settings.ts";
import { repositoryName } from "../../pipeline/revision/repository.ts";
import type { Job } from "../../pipeline/training/clusterObjects.ts";
import type { Provenance } from "../model/report.ts";
import type { FoundRunFile } from "./runFile.ts";
import type { GatheredStage } from "./stages.ts";
import type { Subject } from "./subject.ts";
import type { GatheredTraining } from "./training.ts";

export function provenanceOf(
    { settings, state, versions }: Subject,
    stages: readonly GatheredStage[],
    training: GatheredTraining | undefined,
    runFile: FoundRunFile | undefined,
): Provenance {
    const { git, image } = placedCode(settings);
    const run = runFile?.run;
    const commit =
        training?.manifest?.commit ?? annotation(state.job, "aframe/commit") ?? state.commit ?? run?.code?.commit;
    const url = commit === undefined || git === undefined ? undefined : commitUrl(git.url, commit);
    const container = training?.pod?.status?.containerStatuses?.find(({ name }) => name === "train");
    const imageDigest = /sha256:[0-9a-f]{64}$/.exec(container?.imageID ?? "")?.[0] ?? run?.training.imageDigest;
    const ofJob = state.job?.spec?.template.spec?.containers.find(({ name }) => name === "train")?.image;
    const declared = ofJob ?? run?.training.image ?? image;
    const trainingDigest =
        training?.manifest?.settingsDigest ?? annotation(state.job, "aframe/training-digest") ?? run?.training.digest;
    const packages = training?.manifest?.packages ?? run?.training.packages;
    const digests = stages.flatMap(({ name, digest }) => (digest === undefined ? [] : [[name, digest] as const]));
    const tools = [...new Set(stages.flatMap(({ tool = [] }) => tool))];
    return {
        ...(commit !== undefined && { commit: { id: commit, ...(url !== undefined && { url }) } }),
        ...(git && { gitUrl: withoutLogin(git.url), gitRef: git.ref }),
        ...(run?.code?.checkout !== undefined && {
            checkout: { path: run.code.checkout, modified: run.code.modified ?? false },
        }),
        ...(declared !== undefined && { image: declared }),
        ...(imageDigest !== undefined && { imageDigest }),
        ...(trainingDigest !== undefined && { trainingDigest }),
        manifests: Object.fromEntries(digests),
        ...(packages && { packages }),
        // Of the run itself, where that is known, rather than of who looks at it.
        versions: { ...versions, ...run?.versions, ...(tools.length > 0 && { "stages made by": tools.join(", ") }) },
        ...(runFile && { runFile: runFile.place }),
    };
}

function placedCode(settings: ExperimentSettings | undefined) {
    const training = settings?.training;
    return training?.where === "remote" ? { git: training.git, image: training.image } : {};
}

function annotation(job: Job | undefined, name: string): string | undefined {
    return job?.metadata?.annotations?.[name];
}

/** Where well-known web hosts show a commit; `*.ligo.org` and its like are GitLab. */
const commitPaths: readonly (readonly [RegExp, string])[] = [
    [/^github\.com$/, "commit"],
    [/^(gitlab\.com|git\.ligo\.org|gitlab\..+)$/, "-/commit"],
    [/^bitbucket\.org$/, "commits"],
    [/^(codeberg\.org|gitea\.com)$/, "commit"],
];

/** Undefined for a host that is not known, whose pages nobody can guess. */
export function commitUrl(gitUrl: string, commit: string): string | undefined {
    const [host = "", ...rest] = (repositoryName(gitUrl) ?? "").split("/");
    const folder = commitPaths.find(([pattern]) => pattern.test(host))?.[1];
    return folder === undefined
        ? undefined
        : `https://${host}/${rest.join("/")}/${folder}/${encodeURIComponent(commit)}`;
}

/** A token may stand in the address of a repository. */
function withoutLogin(gitUrl: string): string {
    return gitUrl.replace(/^([a-z]+:\/\/)[^@/]*@/i, "$1");
}
