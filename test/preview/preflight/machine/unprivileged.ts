// Looks at the disks as a user who is not root, whom alone the system refuses anything.
//   node unprivileged.ts <file with the subject as JSON>
import { readFileSync } from "node:fs";
import type { Subject } from "../../../../preview/preflight/check.ts";
import { checkDiskSpace } from "../../../../preview/preflight/machine/disk.ts";

const [file = ""] = process.argv.slice(2);
const subject = JSON.parse(readFileSync(file, "utf8")) as Subject;
if (process.getuid?.() === 0) {
    process.setgid?.(65534);
    process.setuid?.(65534);
}
console.log(JSON.stringify(await checkDiskSpace(subject, AbortSignal.timeout(60_000))));
