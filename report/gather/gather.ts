// Gathers all that a report tells of experiments: from their state, records and logs, from S3 and the cluster.
import { tool } from "../../pipeline/stage/manifest.ts";
import { costsOf, transfersOf } from "../model/amounts.ts";
import { headlineOf } from "../model/headline.ts";
import type { ExperimentReport, Report } from "../model/report.ts";
import { readLocalCurves } from "./localCurves.ts";
import { findVolume, localRunDir, runDirOnS3 } from "./places.ts";
import { provenanceOf } from "./provenance.ts";
import { withoutSecrets } from "./redact.ts";
import { gatherResources } from "./resources.ts";
import { findRunFile } from "./runFile.ts";
import { settingsOf } from "./settings.ts";
import { stageSpan, uploadSpans } from "./stageSpans.ts";
import { type GatheredStage, gatherStages, reportOf, stagesOfState, withTraining } from "./stages.ts";
import type { Subject } from "./subject.ts";
import { type GatheredTraining, gatherKeptTraining, gatherTraining } from "./training.ts";

/** Changes nothing anywhere. What cannot be looked at is a sentence among the problems, never an error. */
export async function gatherReport(subjects: readonly Subject[]): Promise<Report> {
    const experiments = await Promise.all(subjects.map(gatherExperiment));
    return { version: 1, made: new Date().toISOString(), tool, experiments };
}

async function gatherExperiment(subject: Subject): Promise<ExperimentReport> {
    const { name, settings, mistakes, secrets } = subject;
    const look = new Look();
    const [local, training, volume] = await Promise.all([
        look.at("the stages", () => stagesOf(subject), stagesOfState(subject.state)),
        look.at("the training", () => trainingOf(subject), undefined),
        look.at("the sensitive volume", () => findVolume(settings), undefined),
    ]);
    const stages = withTraining(local, training);
    const [uploads, curves, resources, runFile] = await Promise.all([
        look.at("S3", () => uploadSpans(subject, stages), []),
        training?.curves ?? look.at("the metrics", () => localCurves(subject, stages), []),
        look.at("the resources", () => resourcesOf(subject, training), undefined),
        look.at("run.json", () => findRunFile(subject, stages), undefined),
    ]);
    const spans = [...stages.flatMap(stageSpan), ...uploads, ...(training?.spans ?? [])];
    const problems = [...new Set([...look.problems, ...(training?.problems ?? [])])];
    const { isDestroyed } = subject.state;
    const facts = { name, stages, mistakes, isDestroyed, isBlind: problems.length > 0 };
    const report: ExperimentReport = {
        name,
        ...(settings && { directory: settings.stack.directory }),
        headline: headlineOf({ ...facts, ...(training && { training: training.report }) }),
        stages: stages.map(reportOf),
        spans,
        ...(training && { training: training.report }),
        curves,
        ...(volume && { volume }),
        transfers: transfersOf(stages, spans),
        ...(resources && { resources }),
        costs: costsOf(stages, spans, gpusOf(subject, training), training?.seconds),
        failures: [...stages.flatMap(({ failure = [] }) => failure), ...(training?.failures ?? [])],
        provenance: provenanceOf(subject, stages, training, runFile),
        settings: settings ? settingsOf(settings) : [],
        problems: [...mistakes, ...problems],
    };
    return withoutSecrets(report, secrets);
}

/** One thing that cannot be looked at must not hide the others. */
class Look {
    readonly problems: string[] = [];

    async at<T>(what: string, look: () => Promise<T>, instead: T): Promise<T> {
        try {
            return await look();
        } catch (error) {
            this.problems.push(
                `${what} cannot be looked at: ${error instanceof Error ? error.message : String(error)}`,
            );
            return instead;
        }
    }
}

async function stagesOf({ settings, state }: Subject): Promise<GatheredStage[]> {
    return settings ? gatherStages(settings, state) : stagesOfState(state);
}

/** Undefined for a training on this machine, and where nothing tells that there is one. */
async function trainingOf({ settings, state, s3, s3Problem }: Subject): Promise<GatheredTraining | undefined> {
    if (state.training) return gatherTraining(state.training);
    const runDir = settings && runDirOnS3(settings);
    if (runDir === undefined) return undefined;
    if (s3 === undefined) throw new Error(s3Problem ?? "there are no keys for S3");
    return gatherKeptTraining(runDir, s3);
}

async function localCurves({ settings }: Subject, stages: readonly GatheredStage[]) {
    const train = stages.find(({ name }) => name === "TrainLocal");
    return settings && train ? readLocalCurves(localRunDir(settings), train.began) : [];
}

async function resourcesOf({ state }: Subject, training: GatheredTraining | undefined) {
    return state.training && training ? gatherResources(state.training, state.job, training.pod) : undefined;
}

/** As configured; a pod's own number is the truth. */
function gpusOf({ settings }: Subject, training: GatheredTraining | undefined): number {
    if (settings === undefined) return training?.report.pod?.gpus ?? 0;
    const { stack } = settings;
    return settings.training.where === "remote"
        ? (training?.report.pod?.gpus ?? settings.training.resources.gpus)
        : stack.gpus.split(",").filter((id) => id.trim() !== "").length;
}
