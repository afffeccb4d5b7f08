// What editing one key of the configuration does to an experiment that is up.
import { findKey, knownSections } from "../../config/defaults.ts";
import { isForLaw } from "../../config/lawConfig.ts";
import { allStages } from "../../pipeline/catalog.ts";
import { decides } from "../../pipeline/stageSettings.ts";
import { type Effect, merge, nothing, type Where } from "./effect.ts";
import { remoteEffect } from "./remote.ts";
import { stackEffect } from "./stackKeys.ts";

/** Stands for the keys of the stack's own config, where a section of the cfg is asked for. */
export const stackSection = "aframe";

/**
 * The effect of editing `[section] key`; with the section `aframe`, of a key of the stack's config such as `wait`,
 * `volume.size` or `environment.AFRAME_TMPDIR`. Sections refer to [luigi_base] as they do in the files that aframe-init
 * writes, and the experiment uses all it can: code from git over SSH, W&B, a volume, given credentials, and, when
 * training is remote, S3. What an experiment does not have cannot change. Nothing for a key that does not exist.
 */
export function effectOf(section: string, key: string, where: Where): Effect {
    if (section === stackSection) {
        return stackEffect(key, where, effectOf);
    }
    const known = findKey(section, key);
    return known?.decidedBy === undefined
        ? merge(reach(section, known?.key ?? key).map((place) => effectAt(place.section, place.key, where)))
        : nothing;
}

/** The effect of the value that one section has, wherever it was written. */
function effectAt(section: string, key: string, where: Where): Effect {
    const stages = allStages(where).filter(
        (stage) => decides(stage, section, key) || stage.unlessFalse?.join(".") === `${section}.${key}`,
    );
    return merge([
        { ...nothing, runs: stages.map(({ name }) => name), updates: isForLaw(section, key) ? ["resolved.cfg"] : [] },
        ...(where === "remote" ? [remoteEffect(section, key)] : []),
    ]);
}

interface Place {
    readonly section: string;
    readonly key: string;
}

/** The key and all that refer to it, directly or through others. */
function reach(section: string, key: string): Place[] {
    const found: Place[] = [{ section, key }];
    for (const place of found) {
        found.push(...(referring.get(`${place.section}::${place.key}`) ?? []));
    }
    return found;
}

const referring: ReadonlyMap<string, readonly Place[]> = Map.groupBy(
    knownSections.flatMap(({ name, keys }) => keys.map(({ key }) => ({ section: name, key }))),
    targetOf,
);

/** What the key's default refers to, as `section::key`; empty when it refers to nothing. */
function targetOf({ section, key }: Place): string {
    const [, other = section, target] = /^&::(?:(.+)::)?(.+)$/.exec(findKey(section, key)?.default ?? "") ?? [];
    return target === undefined ? "" : `${other}::${target}`;
}
