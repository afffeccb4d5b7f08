// All that can be known about an experiment before anything runs: what is wrong with it, all at once, and what it costs.
//
// Clients of services and the SDK are loaded only when they are needed: most previews change and ask nothing.
import { collect, describeProblem, type Problem } from "../config/errors.ts";
import { surveyExperiment } from "../config/experiment.ts";
import type { ExperimentSettings } from "../config/settings.ts";
import { surveyStack } from "../config/stack.ts";
import { type Forecast, forecastExperiment } from "./forecast/forecast.ts";
import type { Finding, Subject } from "./preflight/check.ts";
import type { Report } from "./preflight/run.ts";
import type { ClearSecrets } from "./secrets.ts";

export interface ExamineRequest {
    /** Name of the stack. */
    readonly stack: string;
    /** Its config without namespace and secrets, values decoded. */
    readonly config: Readonly<Record<string, unknown>>;
    /** What holds that, for messages: `stacks/Pulumi.my-run.yaml`. */
    readonly source: string;
    readonly secrets: ClearSecrets;
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly home: string;
    /** Ask cluster, S3, git server and this machine. @default what aframe:preflight says */
    readonly preflight?: boolean;
    /** Called as each check ends. */
    readonly onReport?: (report: Report) => void;
    readonly signal?: AbortSignal;
}

export interface Examination {
    /** Wrong in the configuration itself, whatever the world is like. */
    readonly mistakes: readonly Problem[];
    /** Else in the way of the experiment. */
    readonly obstacles: readonly Problem[];
    readonly warnings: readonly Problem[];
    /** One for each question that was asked. */
    readonly reports: readonly Report[];
    /** Absent when the configuration cannot be read far enough. */
    readonly forecast?: Forecast;
}

/** Names the stack whose operation has been examined already by whoever started it, so that it is not done twice. */
export const examinedVariable = "AFRAME_EXAMINED";

/** Where the host keys of git servers are found, besides the file beside the SSH key. */
export function knownHostsFiles(home: string): string[] {
    return [`${home}/.ssh/known_hosts`, "/etc/ssh/ssh_known_hosts"];
}

export async function examine(request: ExamineRequest): Promise<Examination> {
    const stack = surveyStack(request.stack, request.config, request.source);
    const survey = surveyExperiment(stack.settings);
    const mistakes = [...stack.problems, ...survey.problems];
    const { settings } = survey;
    if (settings === undefined) {
        return { mistakes: distinct(mistakes), obstacles: [], warnings: survey.warnings, reports: [] };
    }
    const forecast = await forecastExperiment(settings);
    const training = await judgeTraining(settings, forecast, request.home);
    mistakes.push(...training.mistakes);
    const reports = (request.preflight ?? settings.stack.preflight) ? await ask(settings, forecast, request) : [];
    const found = (level: Finding["level"]) =>
        reports.flatMap(({ findings }) => findings.filter((one) => one.level === level).map(({ problem }) => problem));
    const isStrict = settings.stack.policy === "strict";
    return {
        mistakes: distinct([...mistakes, ...(isStrict ? training.breaches : [])]),
        obstacles: distinct(found("error"), mistakes),
        warnings: distinct([...survey.warnings, ...(isStrict ? [] : training.breaches), ...found("warning")]),
        reports,
        forecast,
    };
}

interface JudgedTraining {
    readonly mistakes: readonly Problem[];
    /** Rules of the cluster that the training pod breaks. */
    readonly breaches: readonly Problem[];
}

/** What a remote training needs from this machine, and the rules of its cluster. */
async function judgeTraining(
    settings: ExperimentSettings,
    { dataBytes }: Forecast,
    home: string,
): Promise<JudgedTraining> {
    const mistakes: Problem[] = [];
    if (settings.training.where === "local") {
        return { mistakes, breaches: [] };
    }
    const { planTraining } = await import("../components/trainingPlan.ts");
    const plan = collect(mistakes, {}, () => planTraining(settings, knownHostsFiles(home)));
    if (plan === undefined || settings.stack.policy === "off") {
        return { mistakes, breaches: [] };
    }
    const { lintPolicy } = await import("./policy/lint.ts");
    // A profile that cannot be read is a mistake, whatever breaking its rules is.
    return { mistakes, breaches: collect(mistakes, {}, () => lintPolicy(plan, dataBytes)) ?? [] };
}

async function ask(
    settings: ExperimentSettings,
    { dataBytes }: Forecast,
    { secrets, environment, home, onReport, signal }: ExamineRequest,
): Promise<Report[]> {
    const [{ clearConnection, clearWandbKey }, { checksOf }, { runChecks }] = await Promise.all([
        import("./secrets.ts"),
        import("./preflight/checks.ts"),
        import("./preflight/run.ts"),
    ]);
    const wandbApiKey = clearWandbKey(settings, secrets, environment, home);
    const subject: Subject = {
        settings,
        s3: clearConnection(settings, secrets),
        ...(wandbApiKey !== undefined && { wandbApiKey }),
        dataBytes,
        knownHostsFiles: knownHostsFiles(home),
        home,
        environment,
    };
    return runChecks(checksOf(subject), { ...(onReport && { onReport }), ...(signal && { signal }) });
}

/** Without those that are said already: two checks may come upon one cause. */
function distinct(problems: readonly Problem[], said: readonly Problem[] = []): Problem[] {
    const before = new Set(said.map(describeProblem));
    const byText = new Map(problems.map((problem) => [describeProblem(problem), problem]));
    return [...byText].filter(([text]) => !before.has(text)).map(([, problem]) => problem);
}
