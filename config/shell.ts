// Words for a POSIX shell.

/** A word that the shell reads back as exactly this text. */
export function quoteForShell(text: string): string {
    return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
