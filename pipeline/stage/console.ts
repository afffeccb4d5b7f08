// What a stage shows while it runs: the engine passes on what the provider process prints.

// The engine may be gone before us; then nobody reads, and that is no error of the stage.
for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => undefined);
}

export type Say = (line: string) => void;

export function sayAs(stage: string): Say {
    return (line) => process.stdout.write(`[${stage}] ${line}\n`);
}

const progressBar = /\d+%\|/;

/** Thins out progress bars, which repaint one line many times a second on a terminal. */
export function thinned(say: Say, everyMs = 10_000): Say {
    let last = -Infinity;
    return (line) => {
        if (line.trim() === "") {
            return;
        }
        if (progressBar.test(line)) {
            if (performance.now() - last < everyMs) {
                return;
            }
            last = performance.now();
        }
        say(line);
    };
}

export function fileCount(count: number): string {
    return count === 1 ? "1 file" : `${count} files`;
}
