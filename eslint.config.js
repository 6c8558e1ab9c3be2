// How the code is linted. The rules of this project's own stand in lint/.
import { existsSync } from "node:fs";
import eslint from "@eslint/js";
import tseslint from "typescript-eslint";
import { importOrder } from "./lint/import-order.js";
import { importWalls } from "./lint/import-walls.js";
import { schemaRules } from "./lint/schema-rules.js";

export default tseslint.config(
  { ignores: ["**/dist/", "**/__generated__/", "coverage/"] },
  // The types of these folders come from packages of their own. Without the packages nearly every line would be an error,
  // so they are linted once `npm run test:clients` and the like have installed the packages.
  {
    ignores: ["examples/web", "test/clients", "test/routers"].filter(
      (folder) => !existsSync(`${folder}/node_modules`),
    ),
  },
  // The rules for JavaScript do not apply to GraphQL.
  { ignores: ["**/*.graphql"], ...eslint.configs.recommended },
  schemaRules,
  {
    files: ["**/*.{js,ts,tsx}"],
    plugins: importOrder.plugins,
    rules: { ...importOrder.rules, "max-params": ["error", { max: 4 }] },
  },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "src/config/config.ts is the only reader of the environment.",
        },
      ],
    },
  },
  { files: ["src/config/config.ts"], rules: { "no-restricted-properties": "off" } },
  {
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: { "no-restricted-properties": "off", "max-lines-per-function": "off" },
  },
  { files: ["bench/**/*.ts"], rules: { "no-console": "off" } },
  { files: ["**/*.js"], languageOptions: { globals: { process: "readonly", console: "readonly" } } },
  ...importWalls,
);
