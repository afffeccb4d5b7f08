// Keeps known secrets out of what is shown and logged.

/** Shorter values would blot out ordinary words. */
const minLength = 4;

/** Replaces each secret, also where it is written as JSON, in a URL or in base64. */
export function redactor(secrets: readonly string[]): (text: string) => string {
    const forms = secrets
        .filter((secret) => secret.length >= minLength)
        .flatMap((secret) => [
            secret,
            JSON.stringify(secret).slice(1, -1),
            encodeURIComponent(secret),
            Buffer.from(secret).toString("base64").replace(/=+$/, ""),
        ]);
    // Longest first, so that a secret that holds another one goes as a whole.
    const ordered = [...new Set(forms)].sort((a, b) => b.length - a.length);
    return (text) => ordered.reduce((rest, form) => rest.replaceAll(form, "[secret]"), text);
}
