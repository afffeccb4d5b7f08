// The world outside of the engine: what really exists, who was asked to do what, and what must never happen in it.

export interface Thing {
    readonly urn: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

/** Every id that some value holds; ids are told from other texts by their form. */
function idsIn(value: unknown): string[] {
    if (typeof value === "string") return /^thing-\d+$/.test(value) ? [value] : [];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(idsIn) : [];
}

/** Those whose change replaces a thing. What only has to be updated may be left for a while with what is gone. */
const hardInputs = (inputs: Thing["inputs"]): Thing["inputs"] =>
    Object.fromEntries(Object.entries(inputs).filter(([key]) => key.startsWith("kind")));

export class World {
    readonly things = new Map<string, Thing>();
    /** What was really done, in order: `create a`, `update a`, `delete a`. */
    readonly deeds: string[] = [];
    /** What no order of steps may ever do. */
    readonly violations: string[] = [];
    /** Things of which the engine cannot know all, after a failure in the middle of a call. */
    readonly uncertain = new Set<string>();
    /** Whatever was to be updated has been, so nothing may lose what it uses. */
    sweeping = false;
    /**
     * Texts set by a call of which the provider said that it had not done it: the state does not hear that one of them is
     * secret, and a refresh, which runs no program, finds it as it finds any other text. Pulumi's does the same.
     */
    readonly spilled = new Set<string>();
    /** Whether a user, by URN, has had its reference taken out of the program: it may lose what it used before its own step. */
    isFreed: (user: string, used: string) => boolean = () => false;
    /** Things that stay when the state drops them, because it says so. */
    readonly retained = new Set<string>();
    private count = 0;

    create(urn: string, inputs: Thing["inputs"]): string {
        for (const [id, thing] of this.things) {
            if (inputs.slot !== undefined && thing.inputs.slot === inputs.slot && !this.isLoose(id)) {
                this.violations.push(`${urn} made while ${thing.urn} has its slot`);
            }
        }
        for (const id of idsIn(inputs)) this.expect(id, urn);
        const id = `thing-${++this.count}`;
        this.things.set(id, { urn, inputs });
        this.deeds.push(`create ${nameOf(urn)}`);
        return id;
    }

    update(id: string, urn: string, inputs: Thing["inputs"]): void {
        for (const other of idsIn(inputs)) this.expect(other, urn);
        this.things.set(id, { urn, inputs });
        this.deeds.push(`update ${nameOf(urn)}`);
    }

    delete(id: string): void {
        const thing = this.things.get(id);
        if (thing === undefined) return;
        for (const [other, { urn, inputs }] of this.things) {
            const isUsed = idsIn(this.sweeping ? inputs : hardInputs(inputs)).includes(id);
            const isExcused = !this.sweeping && this.isFreed(urn, thing.urn);
            if (other !== id && isUsed && !isExcused && !this.isLoose(other)) {
                this.violations.push(`${thing.urn} deleted while ${urn} uses it`);
            }
        }
        this.things.delete(id);
        this.deeds.push(`delete ${nameOf(thing.urn)}`);
    }

    /** A thing whose step was "same" may have got another name by it. */
    rename(id: string, urn: string): void {
        const thing = this.things.get(id);
        if (thing) this.things.set(id, { ...thing, urn });
    }

    /** Of these the engine does not know, or need not care, what they use. */
    private isLoose(id: string): boolean {
        return this.uncertain.has(id) || this.retained.has(id);
    }

    private expect(id: string, user: string): void {
        if (!this.things.has(id) && !this.uncertain.has(id)) {
            this.violations.push(`${user} is given ${id}, which does not exist`);
        }
    }
}

export const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);
