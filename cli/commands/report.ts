// `aframe report`: an experiment as a page to look at, or several side by side; once, or live while it runs.
import path from "node:path";
import { replaceFile } from "../../files/replaceFile.ts";
import type { Report } from "../../report/model/report.ts";
import { type Context, defineCommand } from "../commandLine.ts";
import { chooseEngine, type EngineChoice, engineOption } from "../engine/choose.ts";
import { exitCodes, FailedError, UsageError } from "../errors.ts";
import { findStack, type Stack } from "../project.ts";

/** More cannot be told apart on one plot. */
const mostExperiments = 20;

export const command = defineCommand({
    name: "aframe report",
    summary: "make a page that shows an experiment, or compares several",
    details: `
Without --stack it is the only experiment there is, or that of AFRAME_STACK. With several, up to ${mostExperiments}, the page compares
them: settings that differ, training curves, sensitive volume against that of the first, costs. The page is one file
without links to anything it needs: it can be mailed, and opened without a network. It is written to report.html in the
experiment's directory, when it compares to aframe-report.html here; an earlier one is replaced.

Works while the experiment runs, after it has failed, and after a destroy that kept data and models; it changes nothing.
What cannot be looked at, such as a cluster that does not answer, is said on the page. --serve shows a page that follows
the experiment until Ctrl-C, to browsers of this machine alone.`,
    positionals: [],
    options: {
        stack: {
            type: "list",
            hint: "NAME",
            description: "an experiment; may be given several times (default: AFRAME_STACK, or the only one there is)",
            completes: "stacks",
        },
        output: {
            type: "string",
            short: "o",
            hint: "FILE",
            description: "where the page is written (default: see below)",
            completes: "files",
        },
        open: { type: "boolean", description: "show the page in the browser" },
        serve: { type: "boolean", description: "serve a page that follows the experiment, until Ctrl-C" },
        port: {
            type: "string",
            hint: "PORT",
            description: "where --serve listens on 127.0.0.1 (default: any that is free)",
        },
        json: { type: "boolean", short: "j", description: "print what the page holds, as JSON" },
        engine: engineOption,
    },
    run: async (options, _positionals, context) => {
        checkTogether(options);
        const stacks = await findStacks(options.stack, context);
        const engine = await chooseEngine(options.engine, context);
        const gather = () => gatherReport(stacks, engine, context);
        if (options.serve) return serve(gather, engine, options, context);
        // Nothing here is worth ending in order.
        process.once("SIGINT", () => process.exit(exitCodes.interrupted));
        const report = await gather();
        if (options.json) {
            context.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
            return exitCodes.done;
        }
        const file = path.resolve(context.currentDirectory, options.output ?? defaultFile(report));
        const { renderPage } = await import("../../report/page/page.ts");
        await replaceFile(file, await renderPage(report)).catch((error: unknown) => {
            throw new FailedError(
                `the page cannot be written: ${error instanceof Error ? error.message : String(error)}; --output says where else`,
            );
        });
        context.stdout.write(`${file}\n`);
        if (options.open) await show(file, context);
        return exitCodes.done;
    },
});

interface Chosen {
    readonly output: string | undefined;
    readonly open: boolean;
    readonly serve: boolean;
    readonly port: string | undefined;
    readonly json: boolean;
}

function checkTogether({ output, open, serve, port, json }: Chosen): void {
    if (json && (serve || open))
        throw new UsageError(`--json makes no page, so there is none to ${serve ? "serve" : "open"}`);
    if (json && output !== undefined) throw new UsageError("--json prints; give --output without it, or redirect");
    if (serve && output !== undefined) throw new UsageError("--serve writes no file; leave --output out");
    if (port !== undefined && !serve) throw new UsageError("--port is for --serve");
    if (port !== undefined && !/^([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/.test(port))
        throw new UsageError(`--port is "${port}"; allowed: 1 to 65535`);
}

async function findStacks(given: readonly string[], context: Context): Promise<Stack[]> {
    const names = [...new Set(given)];
    if (names.length === 0) return [await findStack(undefined, context)];
    if (names.length > mostExperiments)
        throw new UsageError(`--stack names ${names.length} experiments; a page compares at most ${mostExperiments}`);
    return Promise.all(names.map((name) => findStack(name, context)));
}

async function gatherReport(stacks: readonly Stack[], engine: EngineChoice, context: Context): Promise<Report> {
    const [{ readSubject }, gather] = await Promise.all([
        import("../engine/reportSubject.ts"),
        import("../../report/gather/gather.ts"),
    ]);
    return gather.gatherReport(await Promise.all(stacks.map((stack) => readSubject(stack, engine, context))));
}

/** Beside what it shows, unless that is nowhere or in several places. */
function defaultFile({ experiments }: Report): string {
    const [only, ...others] = experiments;
    return only?.directory !== undefined && others.length === 0
        ? path.join(only.directory, "report.html")
        : "aframe-report.html";
}

/** In ms: the CLI takes its time to read a state. */
const pauses = { embedded: 5_000, pulumi: 20_000 } as const;

async function serve(
    gather: () => Promise<Report>,
    engine: EngineChoice,
    { port, open }: Chosen,
    context: Context,
): Promise<number> {
    const { serveReport } = await import("../../report/serve/serve.ts");
    const interrupted = new Promise<void>((resolve) => {
        process.once("SIGINT", () => {
            resolve();
        });
    });
    const server = await serveReport({
        gather,
        ...(port !== undefined && { port: Number(port) }),
        pause: pauses[engine.kind],
        say: (line) => void context.stderr.write(`aframe: ${line}\n`),
    });
    context.stdout.write(`${server.url}\n`);
    context.stderr.write("aframe: the page follows the experiment; Ctrl-C ends it\n");
    if (open) await show(server.url, context);
    await interrupted;
    await server.close();
    return exitCodes.interrupted;
}

/** A machine without a browser is no failure: the place of the page has been printed. */
async function show(target: string, { stderr }: Context): Promise<void> {
    const { default: open } = await import("open");
    try {
        const child = await open(target);
        child.once("error", (error) => stderr.write(`warning: no browser could be started: ${error.message}\n`));
    } catch (error) {
        stderr.write(
            `warning: no browser could be started: ${error instanceof Error ? error.message : String(error)}\n`,
        );
    }
}
