// Exactly what an experiment was made with, for those who want to make it again.
import { quoteForShell } from "../../../config/shell.ts";
import type { Provenance, Setting } from "../../model/report.ts";
import { type Content, type Html, html } from "../html.ts";
import { code, facts, table } from "../parts.ts";

export function provenance(made: Provenance, settings: readonly Setting[]): Html {
    const { gitUrl, gitRef, checkout, image, imageDigest, trainingDigest, manifests, packages, versions } = made;
    const digests = Object.entries(manifests).map(([stage, digest]) => [stage, code(digest)]);
    return html`${facts([
        ["Commit", commitOf(made)],
        [
            "Checkout",
            checkout && [code(checkout.path), checkout.modified ? ", with changes that are in no commit" : ""],
        ],
        ["Repository", gitUrl],
        ["Ref", code(gitRef)],
        ["Image", code(image)],
        ["Image digest", image === undefined ? undefined : (code(imageDigest) ?? "not known without its pod")],
        ["Training digest", code(trainingDigest)],
        ...Object.entries(versions),
        ["To do it again", made.runFile === undefined ? undefined : repeatCommand(made.runFile)],
    ])}
${digests.length > 0 && html`<h3>Manifests</h3>${table("Digests of manifests", ["Stage", "SHA-256 of what it made"], digests)}`}
${packages && packageTable(packages)}
${settings.length > 0 && html`<h3>Settings</h3>${settingsTable(settings)}`}`;
}

function repeatCommand(runFile: string): Html {
    return html`<code>aframe init-from ${quoteForShell(runFile)} --directory DIRECTORY</code>`;
}

function packageTable(packages: Readonly<Record<string, string>>): Html {
    const rows = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, "en"));
    return html`<details><summary>Packages of the training (${rows.length})</summary>${table("Packages of the training", ["Package", "Version"], rows)}</details>`;
}

/** @param digits - shows no more of it. @default all */
export function commitOf({ commit }: Provenance, digits?: number): Content {
    if (commit === undefined) return undefined;
    const id = code(commit.id.slice(0, digits));
    return commit.url === undefined ? id : html`<a href="${commit.url}" rel="noreferrer">${id}</a>`;
}

function settingsTable(settings: readonly Setting[]): Html {
    const count = settings.filter(({ differs }) => differs).length;
    const rows = settings.map(({ section, key, value, default: usual, differs, origin }) => [
        html`<span${differs && html` class="differs"`}>[${section}] ${key}</span>`,
        differs ? html`<mark>${value}</mark>` : value,
        usual ?? "",
        origin,
    ]);
    const choice =
        count === 0
            ? html`<p>None of them differs from its default.</p>`
            : html`<p><label><input type="checkbox" class="only-differing" checked> Only the ${count} of ${settings.length} that differ from their defaults</label></p>`;
    return html`${choice}
<div class="settings">${table("All settings", ["Setting", "Value", "Default", "From"], rows)}</div>`;
}
