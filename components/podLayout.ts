// Where things are in the training pod, and the names its parts call each other by.

/** Names of the containers; a patch of the pod template addresses them by these. */
export const containers = { gitSync: "git-sync", fetchData: "fetch-data", train: "train" } as const;

/** Everything of ours is below one directory, so that nothing of the image is hidden. */
export const podPaths = {
    data: "/aframe/data",
    run: "/aframe/run",
    scripts: "/aframe/bin",
    /** Where the image keeps the repository's code; git-sync's tree takes its place, and /opt/env beside it stays. */
    code: "/opt/aframe",
    /** The volume git-sync writes, for the check of the commit. */
    gitRoot: "/git",
    gitSecret: "/etc/git-secret",
} as const;

export const volumes = {
    storage: "storage",
    scripts: "scripts",
    sharedMemory: "dshm",
    code: "code",
    gitSecret: "git-secret",
    gitTmp: "git-tmp",
} as const;

/** The group git-sync's image runs as; it may read the key, see https://github.com/kubernetes/git-sync/blob/v4.2.1/docs/ssh.md */
export const gitSyncUser = 65533;

/**
 * Exit codes of the pod's scripts that say "trying again cannot help"; the Job fails at once on them.
 * They repeat the constants at the top of pod/fetch_data.py and pod/start_training.py.
 */
export const finalExitCodes = {
    /** The data on S3 differ from their manifest, or from the data this experiment made. */
    dataDamaged: 81,
    /** S3 refused the credentials, or the bucket or a manifest does not exist. */
    dataRefused: 82,
    /** The code in the pod is not the commit that was asked for. */
    wrongCode: 83,
    /** The pod was started without what the scripts need. */
    wrongSetup: 84,
} as const;
