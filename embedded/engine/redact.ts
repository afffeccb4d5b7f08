// Takes secrets out of what people read: messages of programs and providers may quote them.

const shortest = 4;

/** Replaces every occurrence of the given texts; very short ones would hide ordinary words. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
    const telling = secrets
        .filter((secret) => secret.length >= shortest)
        .sort((one, other) => other.length - one.length);
    return (text) => telling.reduce((result, secret) => result.replaceAll(secret, "[secret]"), text);
}
