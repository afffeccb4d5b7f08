// The client library's objects as plain data: nothing here needs their classes, and tests write them as literals.
import type {
    CoreV1Event,
    V1ContainerStateTerminated,
    V1ContainerStatus,
    V1Job,
    V1JobCondition,
    V1Pod,
    V1PodCondition,
    V1PodStatus,
} from "@kubernetes/client-node";

export type Plain<T> = T extends Date | string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer Item)[]
      ? Plain<Item>[]
      : { [Key in keyof T]: Plain<T[Key]> };

export type Job = Plain<V1Job>;
export type JobCondition = Plain<V1JobCondition>;
export type Pod = Plain<V1Pod>;
export type PodStatus = Plain<V1PodStatus>;
export type PodCondition = Plain<V1PodCondition>;
export type ContainerStatus = Plain<V1ContainerStatus>;
export type Terminated = Plain<V1ContainerStateTerminated>;
export type ClusterEvent = Plain<CoreV1Event>;
