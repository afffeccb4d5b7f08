// A plot as data: what the page embeds, and the script in it draws.

export interface Chart {
    readonly id: string;
    readonly title: string;
    /** Plots of a group have the same lines, and one legend that hides them in all. @default a legend of its own */
    readonly group?: string;
    readonly x: Axis;
    readonly y: Axis;
    /** What the bands around the lines are. @default there are none */
    readonly band?: string;
    /** A value at which a line across is drawn. */
    readonly mark?: number;
    readonly series: readonly Series[];
}

export interface Axis {
    readonly label: string;
    readonly scale: "linear" | "log";
    /** The axis begins at 0. */
    readonly fromZero?: true;
}

export interface Series {
    readonly name: string;
    /** Number of its colour: what has a line in several plots has the same one in all. */
    readonly colour: number;
    /** x, y, and half the height of the band. */
    readonly points: readonly (readonly [x: number, y: number, band?: number])[];
}
