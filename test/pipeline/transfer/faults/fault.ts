// What can go wrong with one request between a client and an S3 server, and how often it does in the searches.
import fc from "fast-check";

export type Fault =
    /** The server answers with an error instead of doing it. */
    | { readonly type: "refuse"; readonly status: number; readonly code: string }
    /** An answer that is no XML, as of a load balancer. */
    | { readonly type: "gateway"; readonly status: number }
    /** The server finds this machine's clock wrong. */
    | { readonly type: "skew" }
    /** 200, and an error where the result should be. */
    | { readonly type: "errorIn200" }
    /** The connection ends after this share of the request. */
    | { readonly type: "resetRequest"; readonly at: number }
    /** The request is done, and the connection ends after this share of the answer; at 0 before its status. */
    | { readonly type: "resetAnswer"; readonly at: number }
    /** The connection stays, and nothing comes any more. */
    | { readonly type: "stall"; readonly at: number }
    /** 200 or 206, with a body that is too short and says so nowhere. */
    | { readonly type: "truncate"; readonly at: number }
    /** One bit of the body that is sent arrives changed. */
    | { readonly type: "flipRequest"; readonly at: number }
    /** One bit of an object's contents arrives changed. */
    | { readonly type: "flipAnswer"; readonly at: number }
    /** The answer comes in pieces. */
    | { readonly type: "slow" };

const at = fc.double({ min: 0, max: 1, noNaN: true });

const fault = fc.oneof(
    {
        weight: 4,
        arbitrary: fc.constantFrom<Fault>(
            { type: "refuse", status: 500, code: "InternalError" },
            { type: "refuse", status: 503, code: "SlowDown" },
            { type: "refuse", status: 503, code: "ServiceUnavailable" },
            { type: "refuse", status: 429, code: "TooManyRequests" },
            { type: "refuse", status: 400, code: "RequestTimeout" },
            { type: "gateway", status: 502 },
            { type: "gateway", status: 504 },
            { type: "slow" },
        ),
    },
    {
        weight: 1,
        arbitrary: fc.constantFrom<Fault>(
            { type: "refuse", status: 403, code: "AccessDenied" },
            { type: "refuse", status: 400, code: "ExpiredToken" },
            { type: "refuse", status: 403, code: "ExpiredToken" },
            { type: "skew" },
            { type: "errorIn200" },
        ),
    },
    {
        weight: 6,
        arbitrary: fc.record({
            type: fc.constantFrom("resetRequest", "resetAnswer", "truncate", "flipRequest", "flipAnswer"),
            at,
        }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("stall" as const), at }) },
);

/** One entry for each request in turn; requests after the last pass. Faults come singly and in bursts. */
export const plans: fc.Arbitrary<readonly (Fault | undefined)[]> = fc
    .array(
        fc.oneof(
            { weight: 5, arbitrary: fc.array(fc.constant(undefined), { maxLength: 6 }) },
            { weight: 3, arbitrary: fault.map((one) => [one]) },
            {
                weight: 1,
                arbitrary: fc
                    .tuple(fault, fc.integer({ min: 2, max: 5 }))
                    .map(([one, times]) => Array<Fault>(times).fill(one)),
            },
        ),
        { maxLength: 8, size: "max" },
    )
    .map((pieces) => pieces.flat());
