// How long stages take together, when those that need nothing of each other run side by side.

export interface Task {
    readonly name: string;
    readonly needs: readonly string[];
    readonly seconds: number;
    /** Takes the place of a worker; a training on the cluster takes none. */
    readonly local: boolean;
}

/** Seconds until all have ended, each begun in the given order once those of them that it needs have ended. */
export function secondsTogether(tasks: readonly Task[], workers: number): number {
    const open = new Set(tasks.map(({ name }) => name));
    let waiting = tasks;
    let running: { readonly task: Task; readonly end: number }[] = [];
    let now = 0;
    while (open.size > 0) {
        const ready = waiting.filter(({ needs }) => !needs.some((name) => open.has(name)));
        const free = Math.max(1, workers) - running.filter(({ task }) => task.local).length;
        const begun = [...ready.filter(({ local }) => !local), ...ready.filter(({ local }) => local).slice(0, free)];
        waiting = waiting.filter((task) => !begun.includes(task));
        running = [...running, ...begun.map((task) => ({ task, end: now + task.seconds }))];
        if (running.length === 0) {
            throw new Error(`these stages need each other: ${[...open].join(", ")}`);
        }
        now = Math.min(...running.map(({ end }) => end));
        for (const { task, end } of running) {
            if (end <= now) open.delete(task.name);
        }
        running = running.filter(({ end }) => end > now);
    }
    return now;
}
