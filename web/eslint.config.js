import js from "@eslint/js";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import checkFile from "eslint-plugin-check-file";
import importX from "eslint-plugin-import-x";
import reactHooks from "eslint-plugin-react-hooks";
import { readdirSync } from "node:fs";
import tseslint from "typescript-eslint";

const features = readdirSync(new URL("./src/features", import.meta.url));

/** Rooms from the top down: app, features, charts and tables, components, lib, types. None imports a room above it. */
const zones = [
  ...features.map((name) => ({
    target: `./src/features/${name}`,
    from: "./src/features",
    except: [`./${name}`],
    message: "Features do not know each other: compose them in src/app.",
  })),
  { target: "./src/features", from: "./src/app", message: "A feature never asks the application above it." },
  {
    target: "./src/charts",
    from: ["./src/app", "./src/features", "./src/tables"],
    message: "Charts take plain data.",
  },
  {
    target: "./src/tables",
    from: ["./src/app", "./src/features", "./src/charts"],
    message: "Tables take plain data.",
  },
  { target: "./src/components", from: ["./src/app", "./src/features", "./src/charts", "./src/tables"] },
  {
    target: "./src/lib",
    from: ["./src/app", "./src/features", "./src/charts", "./src/tables", "./src/components"],
  },
  {
    target: [
      "./src/app",
      "./src/charts",
      "./src/components",
      "./src/tables",
      "./src/features/*/components",
      "./src/features/*/hooks",
    ],
    from: ["./src/lib/api-client.ts", "./src/lib/run-files.ts"],
    message: "Only features/*/api call the server.",
  },
];

export default tseslint.config(
  { ignores: ["node_modules", "src/types/api.d.ts", "dist"] },
  js.configs.recommended,
  {
    files: ["scripts/**/*.mjs"],
    languageOptions: { globals: { console: false, process: false, URL: false } },
  },
  { files: ["eslint.config.js"], languageOptions: { globals: { URL: false } } },
  {
    files: ["src/**/*.{ts,tsx}", "vite.config.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "import-x": importX, "check-file": checkFile, "react-hooks": reactHooks },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver({ project: "./tsconfig.json" })] },
    rules: {
      ...reactHooks.configs.recommended.rules,
      // TanStack's table and virtualizer return functions on purpose; this page does not use the React compiler.
      "react-hooks/incompatible-library": "off",
      "import-x/no-restricted-paths": ["error", { zones }],
      "import-x/no-cycle": "error",
      "import-x/order": [
        "error",
        { groups: ["builtin", "external", "internal", ["parent", "sibling"]], "newlines-between": "always" },
      ],
      "check-file/filename-naming-convention": [
        "error",
        { "src/**/*.{ts,tsx,css}": "KEBAB_CASE" },
        { ignoreMiddleExtensions: true },
      ],
      "max-lines": ["error", { max: 250, skipBlankLines: false, skipComments: false }],
      complexity: ["error", 12],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["src/**/*.test.{ts,tsx}", "src/testing/**"],
    rules: { "max-lines": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
