import eslint from "@eslint/js";
import { existsSync } from "node:fs";
import tseslint from "typescript-eslint";
import { schemaRules } from "./eslint-schema.config.js";

/**
 * The request's way through `src/`, outermost first: a folder may import only what stands to its right.
 * `observability/` may be imported by all and imports none; `sandbox/` shares nothing with the rest.
 */
const journey = ["server", "graphql", "auth", "loaders", "bird", "transport", "operation"];
const outsideTheJourney = ["main", "persist", "gateway", "config", "sandbox"];
const packageOwners = {
  graphql: ["server", "graphql"],
  axios: ["transport/http"],
  undici: ["transport/http"],
};

function importRules(folder, forbiddenFolders) {
  const foreignPackages = Object.entries(packageOwners)
    .filter(([, owners]) => !owners.includes(folder))
    .map(([name]) => name);
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "/observability/(?!events\\.ts$)",
              message: "src/observability/events.ts is the only door to the log and the metrics.",
            },
            {
              regex: `^(\\.\\./)+(${forbiddenFolders.join("|")})(/|\\.ts$)`,
              message: `src/${folder}/ may not know this: see "Who imports whom" in docs/architecture.md.`,
            },
            {
              regex: `^(${foreignPackages.join("|")})(/|$)`,
              message: `Only ${JSON.stringify(packageOwners)} may use this package: see docs/architecture.md.`,
            },
          ],
        },
      ],
    },
  };
}

const aboveTransport = [...journey.slice(0, journey.indexOf("transport")), ...outsideTheJourney];

export const importWalls = [
  ...journey.map((folder, depth) => importRules(folder, [...journey.slice(0, depth), ...outsideTheJourney])),
  importRules("transport/http", aboveTransport),
  importRules("observability", [...journey, ...outsideTheJourney]),
  importRules("sandbox", [...journey, "main", "gateway", "config", "observability"]),
];

export default tseslint.config(
  { ignores: ["dist/", "**/__generated__/", "coverage/"] },
  // Its types come from packages that `npm run test:clients` installs; without them every line of it looks wrong.
  { ignores: existsSync("test/clients/node_modules") ? [] : ["test/clients/"] },
  // The rules for JavaScript make no sense of GraphQL.
  { ignores: ["**/*.graphql"], ...eslint.configs.recommended },
  schemaRules,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/consistent-type-definitions": "off",
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
