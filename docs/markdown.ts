// The little Markdown that the generated pages need.

/** A table without padding, so that a longer cell does not rewrite every row. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
    const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export function code(text: string): string {
    return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

export function codes(names: readonly string[]): string {
    return names.map(code).join(", ");
}

/** Puts each text between the comments `begin NAME` and `end NAME` of a page; throws when a page lacks them. */
export function fillIn(page: string, texts: Readonly<Record<string, string>>): string {
    return Object.entries(texts).reduce((filled, [name, text]) => {
        const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
        const [before, rest, ...more] = filled.split(begin);
        const after = rest?.split(end)[1];
        if (before === undefined || after === undefined || more.length > 0) {
            throw new Error(`the page needs "${begin}" and "${end}", each once`);
        }
        return `${before}${begin}\n\n${text}\n\n${end}${after}`;
    }, page);
}
