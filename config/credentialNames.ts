// Names by which a credential is recognised that no table of keys knows.

/** Whether a variable or key of this name probably holds a secret, in capitals or not. */
export function namesCredential(name: string): boolean {
    return /SECRET|TOKEN|PASSWORD|PASSPHRASE|API_KEY|ACCESS_KEY/i.test(name);
}
