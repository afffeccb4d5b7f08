// A table without lines between its cells.
import Table from "cli-table3";

/** Lines of the table, with line breaks; cells may be coloured. */
export function renderPlainTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
    const table = new Table({
        head: [...head],
        style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
        chars: { ...noBorders, middle: "  " },
    });
    table.push(...rows.map((row) => [...row]));
    const lines = table.toString().split("\n");
    return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

const noBorders = Object.fromEntries(
    ["top", "bottom", "left", "right"]
        .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
        .concat("mid", "mid-mid")
        .map((name) => [name, ""]),
);
