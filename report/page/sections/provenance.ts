// Exactly what an experiment was made with, for those who want to make it again.
import type { Provenance, Setting } from "../../model/report.ts";
import { type Content, type Html, html } from "../html.ts";
import { code, facts, table } from "../parts.ts";

export function provenance(facts_: Provenance, settings: readonly Setting[]): Html {
    const { gitUrl, gitRef, image, imageDigest, trainingDigest, manifests, versions } = facts_;
    const digests = Object.entries(manifests).map(([stage, digest]) => [stage, code(digest)]);
    return html`${facts([
        ["Commit", commitOf(facts_)],
        ["Repository", gitUrl],
        ["Ref", code(gitRef)],
        ["Image", code(image)],
        [
            "Image digest",
            image === undefined ? undefined : (code(imageDigest) ?? "known only while its pod is on the cluster"),
        ],
        ["Training digest", code(trainingDigest)],
        ...Object.entries(versions),
    ])}
${digests.length > 0 && html`<h3>Manifests</h3>${table("Digests of manifests", ["Stage", "SHA-256 of what it made"], digests)}`}
${settings.length > 0 && html`<h3>Settings</h3>${settingsTable(settings)}`}`;
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
    return html`<p><label><input type="checkbox" class="only-differing" checked> Only the ${count} of ${settings.length} that differ from their defaults</label></p>
<div class="settings">${table("All settings", ["Setting", "Value", "Default", "From"], rows)}</div>`;
}
