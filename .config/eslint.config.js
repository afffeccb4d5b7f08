// Type-aware rules and the folder rule; Biome keeps everything that needs no types.
import tseslint from "typescript-eslint";

/** What each folder may import of ours; a folder that is not named here may import anything but tests. */
const folders = [
    "files",
    "components",
    "config",
    "pipeline",
    "preview",
    "report",
    "cli",
    "embedded",
    "demo",
    "docs",
    "test",
    "bench",
];
const mayImport = {
    files: [],
    config: [],
    pipeline: ["config", "files"],
    components: ["config", "pipeline"],
    preview: ["config", "pipeline", "components"],
    report: ["config", "pipeline", "components", "preview"],
    embedded: ["files"],
    cli: ["components", "config", "files", "pipeline", "preview", "report", "embedded"],
    demo: ["components", "config", "pipeline", "preview", "report", "cli", "embedded"],
    docs: ["config", "pipeline", "components", "preview"],
};

const folderRules = Object.entries(mayImport).map(([folder, allowed]) => {
    const forbidden = folders.filter((other) => other !== folder && !allowed.includes(other));
    return {
        files: [`${folder}/**/*.ts`],
        rules: {
            "no-restricted-imports": [
                "error",
                {
                    patterns: [
                        {
                            regex: `^(\\.\\./)+(${forbidden.join("|")})/`,
                            message: `${folder}/ may import ${allowed.length ? allowed.join(", ") : "none of our folders"}.`,
                        },
                    ],
                },
            ],
        },
    };
});

export default tseslint.config(
    { ignores: ["node_modules", ".venv", ".cache", ".demo", "**/*.js", "**/*.mjs"] },
    {
        files: ["**/*.ts"],
        extends: [tseslint.configs.strictTypeCheckedOnly],
        languageOptions: {
            parserOptions: {
                project: ["./tsconfig.json", "./report/browser/tsconfig.json"],
                tsconfigRootDir: `${import.meta.dirname}/..`,
            },
        },
        rules: {
            "@typescript-eslint/no-floating-promises": [
                "error",
                {
                    allowForKnownSafeCalls: [
                        { from: "package", package: "node:test", name: ["describe", "it", "test", "suite"] },
                    ],
                },
            ],
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
        },
    },
    ...folderRules,
    {
        files: ["index.ts"],
        rules: {
            "no-restricted-imports": ["error", { patterns: [{ regex: "^\\./(embedded|test|demo|bench)/" }] }],
        },
    },
);
