// What life cycles are given in a preview for a value that only the update will tell.

/** Pulumi's stand-in for a value that is not known before the update. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
