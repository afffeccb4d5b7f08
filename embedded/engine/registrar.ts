// Takes registrations of the program: which resource of the old state is meant, and what it is to be like.
import type { ResourceState } from "../state/checkpoint.ts";
import {
    containsUnknowns,
    equal,
    isMap,
    isSecret,
    mapValues,
    own,
    type PropertyMap,
    unknownValue,
} from "../state/propertyValues.ts";
import type { StackConfig } from "../state/stackFile.ts";
import { Bystanders } from "./bystanders.ts";
import { defaultProviderGoal } from "./defaultProviders.ts";
import { formerUrns, type Goal } from "./goal.ts";
import { inherit } from "./inheritance.ts";
import { type Operation, Stopped } from "./operation.ts";
import { bringAbout, type Registrations } from "./transitions.ts";
import { formatReference, isProviderType, makeUrn, packageOf, rootStackType } from "./urn.ts";

export interface RegistrarOptions {
    readonly operation: Operation;
    readonly stack: string;
    readonly project: string;
    readonly config: StackConfig;
}

export class Registrar implements Registrations {
    readonly states = new Map<string, ResourceState>();
    readonly operation: Operation;
    readonly olds = new Map<string, ResourceState>();
    readonly claimed = new Set<string>();
    readonly condemned = new Map<string, Promise<void>>();
    private readonly options: RegistrarOptions;
    private readonly goals = new Map<string, Goal>();
    private readonly former = new Map<string, string>();
    private readonly defaults = new Map<string, Promise<string>>();
    private readonly bystanders: Bystanders;
    private stackOutputs: PropertyMap | undefined;

    constructor(options: RegistrarOptions) {
        this.options = options;
        this.operation = options.operation;
        for (const state of this.operation.journal.base.resources) {
            if (!state.delete) {
                this.olds.set(state.urn, state);
            }
        }
        this.bystanders = new Bystanders(this.operation, this.olds);
    }

    /** Whether a registered resource does not exist, because nobody named it among those to be made. */
    isSkipped(urn: string): boolean {
        return this.bystanders.isSkipped(urn);
    }

    async register(request: Goal): Promise<ResourceState> {
        if (this.operation.stopped) {
            throw new Stopped();
        }
        const goal = inherit(request, this.goals, this.states.get(request.parent)?.provider ?? "");
        const { stack, project } = this.options;
        const urn = makeUrn(stack, project, goal.parent, goal.type, goal.name);
        if (this.states.has(urn)) {
            throw new Error(`duplicate resource URN ${urn}; give the resource another name`);
        }
        if (goal.parent !== "" && !this.states.has(goal.parent)) {
            throw new Error(`the parent ${goal.parent} has not been registered`);
        }
        const former = this.findOld(urn, goal);
        const old = former === undefined ? undefined : this.olds.get(former);
        const state = this.stateOf(urn, goal, old);
        this.states.set(urn, state);
        this.goals.set(urn, goal);
        if (goal.custom && !isProviderType(goal.type)) {
            state.provider =
                goal.provider || (await this.defaultProvider(packageOf(goal.type), goal.version, goal.type));
        }
        // What a replacement takes along is made again, whether somebody named it or not.
        const isCondemned = former !== undefined && this.condemned.has(former);
        if (!this.operation.selection.includes(state) && !isCondemned) {
            const left = await this.bystanders.leave(state, old, this.states);
            this.states.set(left.urn, left);
            this.goals.set(left.urn, goal);
            return left;
        }
        this.bystanders.check(state, former ?? urn);
        if (former !== undefined && former !== urn) {
            this.former.set(urn, former);
            this.operation.journal.rename(former, urn);
        }
        await bringAbout(this, goal, state, old);
        return state;
    }

    /** The URN that the resource had before: its own, or that of an alias. */
    private findOld(urn: string, goal: Goal): string | undefined {
        const { stack, project } = this.options;
        for (const candidate of [urn, ...formerUrns(goal, { stack, project, former: this.former })]) {
            if (!this.olds.has(candidate)) {
                continue;
            }
            if (this.claimed.has(candidate) || (candidate !== urn && this.states.has(candidate))) {
                throw new Error(`${candidate} is claimed by more than one resource, as its URN or as an alias`);
            }
            this.claimed.add(candidate);
            return candidate;
        }
        return undefined;
    }

    private stateOf(urn: string, goal: Goal, old: ResourceState | undefined): ResourceState {
        const { type, custom, inputs, parent, dependencies, propertyDependencies } = goal;
        const { ignoreChanges, replaceOnChanges, additionalSecretOutputs, customTimeouts } = goal;
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
            ...(old?.created === undefined ? {} : { created: old.created }),
            ...(old?.modified === undefined ? {} : { modified: old.modified }),
        };
    }

    /** The provider of a package where the program names none; made when first needed. */
    defaultProvider(pkg: string, version: string, type: string): Promise<string> {
        const key = `${pkg} ${version}`;
        const known = this.defaults.get(key);
        if (known) {
            return known;
        }
        const made = this.register(defaultProviderGoal(pkg, version, type, this.options.config));
        const reference = made.then(({ urn, id }) => formatReference({ urn, id: id || unknownValue }));
        this.defaults.set(key, reference);
        return reference;
    }

    /** Takes the outputs of a component; those of the stack are settled at the end, see finishStack. */
    async registerOutputs(urn: string, outputs: PropertyMap): Promise<void> {
        if (this.operation.stopped) {
            throw new Stopped();
        }
        const state = this.states.get(urn);
        if (state === undefined) {
            throw new Error(`${urn} has registered outputs, but has not been registered itself`);
        }
        if (state.type === rootStackType) {
            this.stackOutputs = outputs;
        } else if (!this.bystanders.has(urn) && !equal(state.outputs, outputs)) {
            state.outputs = outputs;
            await this.operation.journal.flush();
        }
    }

    /**
     * After a failure, a missing output may only not have been reached: then the old ones stay. So do they where
     * nobody knows the new ones, as what they come from was not to be made.
     */
    finishStack(complete: boolean): void {
        const stack = [...this.states.values()].find((state) => state.type === rootStackType);
        if (stack && this.stackOutputs) {
            const known = this.operation.preview ? this.stackOutputs : whereKnown(this.stackOutputs, stack.outputs);
            stack.outputs = complete ? known : { ...stack.outputs, ...known };
        }
    }
}

/** What is not known is what it was before, or left out. */
function whereKnown(outputs: PropertyMap, before: PropertyMap): PropertyMap {
    return mapValues(outputs, (value, key) => {
        const old = own(before, key);
        if (!containsUnknowns(value)) return value;
        return isMap(value) && !isSecret(value) ? whereKnown(value, isMap(old) ? old : {}) : old;
    });
}
