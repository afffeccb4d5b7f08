// Text into HTML: whatever is put into a template is escaped, but what is HTML already.

export class Html {
    readonly text: string;

    constructor(text: string) {
        this.text = text;
    }

    toString(): string {
        return this.text;
    }
}

export type Content = Html | string | number | false | undefined | readonly Content[];

/** html`<p>${name}</p>`; lists are joined, undefined and false are nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
    return new Html(strings.map((part, index) => part + render(values[index])).join(""));
}

function render(value: Content): string {
    if (value === undefined || value === false) return "";
    if (value instanceof Html) return value.text;
    if (Array.isArray(value)) return value.map(render).join("");
    return escapeText(String(value));
}

const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
};

/** Control characters, which a log may hold, are no characters of a page. */
export function escapeText(text: string): string {
    return text.replaceAll(/[&<>"']/g, (one) => entities[one] ?? one).replaceAll(/[^\P{Cc}\t\n]/gu, "�");
}

/** JSON that ends no script element, whatever it holds. */
export function embeddedJson(value: unknown): Html {
    return new Html(JSON.stringify(value).replaceAll("<", "\\u003c"));
}
