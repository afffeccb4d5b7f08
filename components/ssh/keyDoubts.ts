// What is doubtful about a deploy key that can be used: it works in the pod, and may not elsewhere or with every server.
import { readFileSync } from "node:fs";
import sshpk from "sshpk";
import { mendKey } from "../../pipeline/revision/keyFile.ts";

export interface KeyDoubt {
    readonly message: string;
    readonly suggestion: string;
}

export interface KeyReport {
    /** Such as `ed25519` or `rsa 4096`. */
    readonly kind: string;
    readonly doubts: readonly KeyDoubt[];
}

/** Of a file that `readDeployKey` accepts. */
export function inspectDeployKey(file: string): KeyReport {
    const text = readFileSync(file, "utf8");
    const { type, size } = sshpk.parsePrivateKey(mendKey(text), "auto", { filename: file });
    return {
        kind: type === "ed25519" ? type : `${type} ${size}`,
        doubts: [...doubtForm(file, text), ...doubtKind(file, type, size)],
    };
}

/** GitHub and the defaults of current distributions refuse shorter ones. */
const minRsaBits = 2048;

function doubtKind(file: string, type: string, size: number): KeyDoubt[] {
    const suggestion = "make one, and register it there: ssh-keygen -t ed25519 -N '' -f NEW_FILE";
    if (type === "dsa") {
        return [{ message: `${file} is a dsa key, which most servers refuse`, suggestion }];
    }
    if (type === "rsa" && size < minRsaBits) {
        const message = `${file} is an rsa key of ${size} bits; many servers refuse less than ${minRsaBits}`;
        return [{ message, suggestion }];
    }
    return [];
}

interface Fault {
    readonly what: string;
    readonly found: RegExp;
    /** Perl code that mends a line. */
    readonly cure: string;
}

const faults: readonly Fault[] = [
    { what: "starts with a byte-order mark", found: /^\uFEFF/, cure: String.raw`s/^\xEF\xBB\xBF//` },
    { what: "has Windows line endings", found: /\r/, cure: String.raw`s/\r//` },
    {
        what: "has blanks around its lines",
        found: /^\uFEFF?[ \t\r\n]|[ \t]\r?\n/,
        cure: String.raw`s/^\s+//; s/[ \t]+$//`,
    },
];

/** Only OpenSSH's own format is read so strictly. */
function doubtForm(file: string, text: string): KeyDoubt[] {
    const key = /^.*-----END OPENSSH PRIVATE KEY-----[ \t]*\r?\n?/s.exec(text)?.[0];
    if (key === undefined) {
        return [];
    }
    const found = faults.filter((fault) => fault.found.test(key));
    const lacksNewline = !key.endsWith("\n");
    if (found.length === 0 && !lacksNewline) {
        return [];
    }
    const what = [...found.map((fault) => fault.what), ...(lacksNewline ? ["lacks the newline at its end"] : [])];
    const cures = [
        ...(found.length > 0 ? [`perl -pi -e '${found.map(({ cure }) => cure).join("; ")}' ${file}`] : []),
        ...(lacksNewline ? [`echo >> ${file}`] : []),
    ];
    return [
        {
            message: `${file} ${what.join(" and ")}: it is mended for the pod, but ssh on this machine cannot read it`,
            suggestion: cures.join(" && "),
        },
    ];
}
