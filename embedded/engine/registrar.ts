// From what the program registers to the steps that bring it about: the heart of the engine.
import type { ResourceState } from "../state/checkpoint.ts";
import { equal, type PropertyMap, secret, unknownValue } from "../state/propertyValues.ts";
import type { StackConfig } from "../state/stackFile.ts";
import {
    type DiffResult,
    describeDiff,
    diffInputs,
    ignoreChanges,
    noDiff,
    replaceOnChanges,
    replaces,
} from "./diff.ts";
import type { PropertyDiff } from "./events.ts";
import { formerUrns, type Goal } from "./goal.ts";
import { type Operation, Stopped } from "./operation.ts";
import { dynamicPackage } from "./plugins.ts";
import type { Custodian } from "./provider.ts";
import { withVersion } from "./registry.ts";
import * as steps from "./steps.ts";
import {
    formatReference,
    isProviderType,
    makeUrn,
    packageOf,
    parseReference,
    providerType,
    rootStackType,
} from "./urn.ts";

export interface RegistrarOptions {
    readonly operation: Operation;
    readonly stack: string;
    readonly project: string;
    readonly config: StackConfig;
}

export class Registrar {
    /** Every URN that the program has registered, and the state it leads to. */
    readonly states = new Map<string, ResourceState>();
    private readonly operation: Operation;
    private readonly options: RegistrarOptions;
    private readonly goals = new Map<string, Goal>();
    private readonly former = new Map<string, string>();
    private readonly olds = new Map<string, ResourceState>();
    private readonly claimed = new Set<string>();
    private readonly defaults = new Map<string, Promise<string>>();
    /** Deletions of resources that a replacement takes with it, until they are registered again. */
    private readonly condemned = new Map<string, Promise<void>>();

    constructor(options: RegistrarOptions) {
        this.options = options;
        this.operation = options.operation;
        for (const state of this.operation.journal.base.resources) {
            if (!state.delete) {
                this.olds.set(state.urn, state);
            }
        }
    }

    async register(request: Goal): Promise<ResourceState> {
        if (this.operation.stopped) {
            throw new Stopped();
        }
        const goal = this.inherit(request);
        const { stack, project } = this.options;
        const urn = makeUrn(stack, project, goal.parent, goal.type, goal.name);
        if (this.states.has(urn)) {
            throw new Error(`duplicate resource URN ${urn}; give the resource another name`);
        }
        if (goal.parent !== "" && !this.states.has(goal.parent)) {
            throw new Error(`the parent ${goal.parent} has not been registered`);
        }
        const old = this.findOld(urn, goal);
        const state = this.stateOf(urn, goal, old);
        this.states.set(urn, state);
        this.goals.set(urn, goal);
        if (goal.custom && !isProviderType(goal.type)) {
            state.provider =
                goal.provider || (await this.defaultProvider(packageOf(goal.type), goal.version, goal.type));
        }
        await this.bringAbout(goal, state, old);
        return state;
    }

    /** Options that children take over from their parents. */
    private inherit(goal: Goal): Goal {
        const parent = this.goals.get(goal.parent);
        const pkg = packageOf(goal.type);
        let { provider } = goal;
        if (goal.custom && !isProviderType(goal.type) && provider === "") {
            provider = goal.providers[pkg] ?? "";
            const ofParent = this.states.get(goal.parent)?.provider ?? "";
            if (
                provider === "" &&
                ofParent !== "" &&
                parseReference(ofParent).urn.includes(`::${providerType(pkg)}::`)
            ) {
                provider = ofParent;
            }
            for (let next = parent; provider === "" && next; next = this.goals.get(next.parent)) {
                provider = next.providers[pkg] ?? "";
            }
        }
        const inputs = isProviderType(goal.type) ? withVersion(goal.inputs, goal.version) : goal.inputs;
        return {
            ...goal,
            inputs,
            provider,
            protect: goal.protect ?? parent?.protect,
            retainOnDelete: goal.retainOnDelete ?? parent?.retainOnDelete,
        };
    }

    private findOld(urn: string, goal: Goal): ResourceState | undefined {
        const { stack, project } = this.options;
        for (const candidate of [urn, ...formerUrns(goal, { stack, project, former: this.former })]) {
            const old = this.olds.get(candidate);
            if (old === undefined) {
                continue;
            }
            if (this.claimed.has(candidate) || (candidate !== urn && this.states.has(candidate))) {
                throw new Error(`${candidate} is claimed by more than one resource, as its URN or as an alias`);
            }
            this.claimed.add(candidate);
            if (candidate !== urn) {
                this.former.set(urn, candidate);
                this.operation.journal.rename(candidate, urn);
            }
            return old;
        }
        return undefined;
    }

    private stateOf(urn: string, goal: Goal, old: ResourceState | undefined): ResourceState {
        const { type, custom, inputs, parent, dependencies, propertyDependencies } = goal;
        const { ignoreChanges, replaceOnChanges, additionalSecretOutputs, customTimeouts } = goal;
        const former = this.former.get(urn);
        return {
            urn,
            custom,
            type,
            inputs,
            outputs: {},
            parent,
            protect: goal.protect ?? false,
            retainOnDelete: goal.retainOnDelete ?? false,
            dependencies,
            propertyDependencies,
            additionalSecretOutputs,
            customTimeouts,
            ignoreChanges,
            replaceOnChanges,
            aliases: former === undefined ? [] : [former],
            ...(old?.created === undefined ? {} : { created: old.created }),
            ...(old?.modified === undefined ? {} : { modified: old.modified }),
        };
    }

    /** The provider of a package that the program does not name; made when first needed. */
    defaultProvider(pkg: string, version: string, type: string): Promise<string> {
        const { values, secretKeys } = this.options.config;
        const disabled = JSON.parse(values["pulumi:disable-default-providers"] ?? "[]") as string[];
        if (disabled.includes("*") || disabled.includes(pkg)) {
            throw new Error(`the default provider of ${pkg} is disabled; ${type} must name a provider of its own`);
        }
        const name = version === "" ? "default" : `default_${version.replaceAll(/[.+-]/g, "_")}`;
        const key = `${pkg} ${name}`;
        const known = this.defaults.get(key);
        if (known) {
            return known;
        }
        // Dynamic resources see the whole configuration, other packages their own part of it.
        const own = Object.entries(values).filter(([name]) => pkg === dynamicPackage || name.startsWith(`${pkg}:`));
        const inputs = Object.fromEntries(
            own.map(([name, value]) => [
                pkg === dynamicPackage ? name : name.slice(pkg.length + 1),
                secretKeys.includes(name) ? secret(value) : value,
            ]),
        );
        const made = this.register({
            type: providerType(pkg),
            name,
            custom: true,
            parent: "",
            inputs,
            dependencies: [],
            propertyDependencies: {},
            provider: "",
            providers: {},
            version,
            ignoreChanges: [],
            replaceOnChanges: [],
            additionalSecretOutputs: [],
            aliases: [],
            customTimeouts: {},
        }).then((state) => formatReference({ urn: state.urn, id: state.id || unknownValue }));
        this.defaults.set(key, made);
        return made;
    }

    private async bringAbout(goal: Goal, state: ResourceState, old: ResourceState | undefined): Promise<void> {
        const custodian = await this.operation.custodian(state);
        const deletion = old && this.condemned.get(old.urn);
        await deletion;
        if (old && !deletion) {
            state.inputs = ignoreChanges(state.inputs, old.inputs, goal.ignoreChanges);
        }
        await this.check(state, deletion ? undefined : old?.inputs, custodian);
        if (old === undefined) {
            await steps.create(this.operation, state, custodian);
        } else if (deletion) {
            this.condemned.delete(old.urn);
            await steps.replace(this.operation, state, []);
            await steps.create(this.operation, state, custodian, { old, diffs: [] });
        } else {
            await this.change(goal, old, state, custodian);
        }
    }

    private async check(state: ResourceState, olds: PropertyMap | undefined, custodian: Custodian | undefined) {
        if (custodian === undefined) {
            return;
        }
        const { inputs, failures } = await custodian.check(state.urn, olds, state.inputs);
        if (failures.length > 0) {
            const reasons = failures.map(({ property, reason }) => (property ? `${property}: ${reason}` : reason));
            throw new Error(reasons.join("\n"));
        }
        state.inputs = inputs;
    }

    private async change(goal: Goal, old: ResourceState, state: ResourceState, custodian: Custodian | undefined) {
        const unhealthy = (old.initErrors?.length ?? 0) > 0;
        const plain = await this.diff(old, state, custodian);
        const diff = replaceOnChanges(plain, goal.replaceOnChanges, unhealthy);
        const diffs = describeDiff(diff, old, state.inputs);
        if (old.pendingReplacement || (diff.changes && replaces(diff))) {
            await this.replace(goal, old, state, custodian, diff, diffs);
        } else if (diff.changes || unhealthy) {
            await steps.update(this.operation, old, state, custodian, diff.changes ? diffs : []);
        } else {
            if (isProviderType(state.type)) {
                await this.operation.registry.same(old, state.urn);
            }
            await steps.same(this.operation, old, state);
        }
    }

    private async diff(
        old: ResourceState,
        state: ResourceState,
        custodian: Custodian | undefined,
    ): Promise<DiffResult> {
        if (await this.changesProvider(old, state)) {
            return { ...noDiff, changes: true, replaceKeys: ["provider"] };
        }
        if (custodian === undefined) {
            return equal(old.inputs, state.inputs) ? noDiff : diffInputs(old.inputs, state.inputs);
        }
        return this.ask(custodian, old, state.urn, state.inputs, state.ignoreChanges ?? []);
    }

    /** Asks the provider; where it leaves the comparison to the engine, inputs are compared. */
    private async ask(
        custodian: Custodian,
        old: ResourceState,
        urn: string,
        newInputs: PropertyMap,
        ignored: readonly string[],
    ): Promise<DiffResult> {
        const { id = "", inputs: oldInputs, outputs: oldOutputs } = old;
        const request = { urn, id, oldInputs, oldOutputs, newInputs, ignoreChanges: ignored };
        const diff = await custodian.diff(request);
        return diff ?? diffInputs(oldInputs, ignoreChanges(newInputs, oldInputs, ignored));
    }

    private async changesProvider(old: ResourceState, state: ResourceState): Promise<boolean> {
        const [before, after] = [old.provider ?? "", state.provider ?? ""];
        if (before === after) {
            return false;
        }
        if (before === "" || after === "") {
            return true;
        }
        const [oldUrn, newUrn] = [parseReference(before).urn, parseReference(after).urn];
        if (this.operation.journal.nameOf(oldUrn) === newUrn && oldUrn !== newUrn) {
            return false;
        }
        const [oldProvider, newProvider] = [this.olds.get(oldUrn), this.states.get(newUrn)];
        if (oldProvider === undefined || newProvider === undefined) {
            return true;
        }
        return this.operation.registry.mustReplace(after, oldProvider, newProvider);
    }

    private async replace(
        goal: Goal,
        old: ResourceState,
        state: ResourceState,
        custodian: Custodian | undefined,
        diff: DiffResult,
        diffs: readonly PropertyDiff[],
    ): Promise<void> {
        const { operation } = this;
        if (state.protect && old.protect) {
            throw new Error("the resource is protected and cannot be replaced: take away its `protect` option first");
        }
        // Defaults that were carried over from the old resource are not those of a new one.
        state.inputs = goal.inputs;
        await this.check(state, undefined, custodian);
        if (!(goal.deleteBeforeReplace ?? diff.deleteBeforeReplace)) {
            await steps.create(operation, state, custodian, { old, diffs });
            await steps.replace(operation, state, diffs);
            return;
        }
        await this.deleteDependents(old);
        if (!old.pendingReplacement) {
            await steps.remove(operation, old, { replaced: true, keep: true });
        }
        await steps.replace(operation, state, diffs);
        await steps.create(operation, state, custodian, { old, diffs });
    }

    /** Deletes what cannot outlive a resource that is deleted first; the program will register it again. */
    private async deleteDependents(root: ResourceState): Promise<void> {
        const gone = new Set([root.urn]);
        const dependents: ResourceState[] = [];
        for (const candidate of this.operation.journal.base.resources) {
            if (
                !this.isRegistered(candidate.urn) &&
                (await this.goesWith(candidate, gone)) &&
                !this.isRegistered(candidate.urn)
            ) {
                gone.add(candidate.urn);
                dependents.push(candidate);
            }
        }
        let previous = Promise.resolve();
        for (const dependent of dependents.reverse()) {
            if (dependent.protect) {
                throw new Error(`${dependent.urn} depends on ${root.urn}, which is to be replaced, but is protected`);
            }
            previous = previous.then(() =>
                steps.remove(this.operation, dependent, { replaced: true, keep: !dependent.delete }),
            );
            previous.catch(() => undefined);
            this.condemned.set(dependent.urn, previous);
        }
        await previous;
    }

    private isRegistered(urn: string): boolean {
        return this.states.has(urn) || this.claimed.has(urn) || this.condemned.has(urn);
    }

    /** Whether a resource would have to be replaced if those it depends on were. */
    private async goesWith(candidate: ResourceState, gone: ReadonlySet<string>): Promise<boolean> {
        if (!candidate.custom || candidate.pendingReplacement) {
            return false;
        }
        if (candidate.provider && gone.has(parseReference(candidate.provider).urn)) {
            return true;
        }
        const depends = (key: string): boolean =>
            candidate.propertyDependencies?.[key]?.some((urn) => gone.has(urn)) ?? false;
        const keys = Object.keys(candidate.inputs);
        if (!keys.some(depends)) {
            return false;
        }
        const unsure = keys.map((key) => [key, depends(key) ? unknownValue : candidate.inputs[key]]);
        if (isProviderType(candidate.type)) {
            await this.operation.registry.ensure(candidate);
        }
        const custodian = await this.operation.custodian(candidate);
        if (custodian === undefined) {
            return false;
        }
        const inputs = Object.fromEntries(unsure) as PropertyMap;
        const diff = await this.ask(custodian, candidate, candidate.urn, inputs, candidate.ignoreChanges ?? []);
        return replaces(replaceOnChanges(diff, candidate.replaceOnChanges ?? [], false));
    }

    /** Takes the outputs of a component; those of the stack are settled at the end, see finishStack. */
    async registerOutputs(urn: string, outputs: PropertyMap): Promise<void> {
        const state = this.states.get(urn);
        if (state === undefined) {
            throw new Error(`${urn} has registered outputs, but has not been registered itself`);
        }
        if (state.type === rootStackType) {
            this.stackOutputs = outputs;
        } else if (!equal(state.outputs, outputs)) {
            state.outputs = outputs;
            await this.operation.journal.flush();
        }
    }

    private stackOutputs: PropertyMap | undefined;

    /** After a failure, a missing output may only not have been reached: then the old ones stay. */
    finishStack(complete: boolean): void {
        const stack = [...this.states.values()].find((state) => state.type === rootStackType);
        if (stack && this.stackOutputs) {
            stack.outputs = complete ? this.stackOutputs : { ...stack.outputs, ...this.stackOutputs };
        }
    }
}
