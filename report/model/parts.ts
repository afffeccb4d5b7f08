// The parts of a page that change while its experiment goes on; a live page is sent them.
import type { Chart } from "./chart.ts";

export interface Parts {
    readonly title: string;
    /** ISO 8601. */
    readonly made: string;
    /** Id → HTML of the section. */
    readonly sections: Readonly<Record<string, string>>;
    /** HTML of the list of links to them. */
    readonly nav: string;
    readonly charts: readonly Chart[];
}
