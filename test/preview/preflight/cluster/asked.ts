// Remote experiments, and what the checks of Kubernetes say about them.
import { describeProblem } from "../../../../config/errors.ts";
import type { CheckResult, Subject } from "../../../../preview/preflight/check.ts";
import { clusterChecks } from "../../../../preview/preflight/cluster/checks.ts";
import { type Pods, trainingPods } from "../../../../preview/preflight/cluster/trainingPod.ts";
import { type Report, runChecks } from "../../../../preview/preflight/run.ts";
import { experimentSettings, type Recipe, remoteRecipe } from "../../../components/fixture.ts";

export interface Experiment extends Recipe {
    /** Value of KUBECONFIG. @default none */
    readonly kubeconfig?: string;
    /** @default the experiment's directory */
    readonly home?: string;
    /** Of the training data. @default 0 */
    readonly dataBytes?: number;
}

export function subjectOf({ kubeconfig, home, dataBytes = 0, ...recipe }: Experiment): Subject {
    const cfg = `${remoteRecipe.cfg}${recipe.cfg ?? ""}`;
    const settings = experimentSettings({ ...remoteRecipe, ...recipe, cfg });
    return {
        settings,
        s3: {},
        dataBytes,
        knownHostsFiles: [],
        home: home ?? settings.stack.directory,
        environment: { PATH: process.env.PATH, ...(kubeconfig !== undefined && { KUBECONFIG: kubeconfig }) },
    };
}

/** An experiment's settings, and the pod that it would train in. */
export function podsOf(experiment: Experiment): [Subject["settings"], Pods] {
    const subject = subjectOf(experiment);
    return [subject.settings, trainingPods(subject)];
}

/** What a check says: its status and summary, then each finding. */
export type Said = readonly string[];

/** By the check's name. */
export async function ask(experiment: Experiment): Promise<Map<string, Said>> {
    const reports = await runChecks(clusterChecks(subjectOf(experiment)));
    return new Map(reports.map((report) => [report.name, said(report)]));
}

function said({ status, summary, findings }: Report): Said {
    return [`${status}: ${summary}`, ...toldBy({ summary, findings })];
}

/** The findings alone. */
export function toldBy({ findings = [] }: CheckResult): Said {
    return findings.map(({ level, problem }) => `${level}: ${describeProblem(problem)}`);
}
