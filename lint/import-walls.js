// Who may import whom in src/: the walls of docs/architecture.md.

/**
 * The request's way through `src/`, outermost first: a folder may import only what stands to its right.
 * `observability/` may be imported by all and imports none; `sandbox/` shares nothing with the rest.
 */
const journey = ["server", "graphql", "auth", "loaders", "bird", "transport", "operation"];
const outsideTheJourney = ["main", "process", "persist", "gateway", "config", "sandbox"];
const aboveTransport = [...journey.slice(0, journey.indexOf("transport")), ...outsideTheJourney];

/** @type {Record<string, string[]>} */
const packageOwners = {
  graphql: ["server", "graphql"],
  axios: ["transport/http"],
  undici: ["transport/http"],
};

const observabilityDoor = {
  regex: "/observability/(?!events\\.ts$)",
  message: "src/observability/events.ts is the only door to the log and the metrics.",
};

/**
 * @param {string} folder
 * @param {string[]} forbiddenFolders
 */
function wallsOf(folder, forbiddenFolders) {
  const foreignPackages = Object.entries(packageOwners)
    .filter(([, owners]) => !owners.includes(folder))
    .map(([name]) => name);
  return restrict(`src/${folder}/**/*.ts`, [
    observabilityDoor,
    {
      regex: `^(\\.\\./)+(${forbiddenFolders.join("|")})(/|\\.ts$)`,
      message: `src/${folder}/ may not know this: see "Who imports whom" in docs/architecture.md.`,
    },
    {
      regex: `^(${foreignPackages.join("|")})(/|$)`,
      message: `Only ${JSON.stringify(packageOwners)} may use this package: see docs/architecture.md.`,
    },
  ]);
}

/**
 * @param {string} files
 * @param {{ regex: string, message: string }[]} patterns
 * @returns {import("eslint").Linter.Config}
 */
function restrict(files, patterns) {
  return { files: [files], rules: { "no-restricted-imports": ["error", { patterns }] } };
}

export const importWalls = [
  restrict("src/*.ts", [observabilityDoor]),
  ...journey.map((folder, depth) => wallsOf(folder, [...journey.slice(0, depth), ...outsideTheJourney])),
  wallsOf("transport/http", aboveTransport),
  wallsOf("config", [...journey, "main", "process", "persist", "gateway", "sandbox"]),
  wallsOf("observability", [...journey, ...outsideTheJourney]),
  wallsOf("sandbox", [...journey, "main", "process", "persist", "gateway", "config", "observability"]),
];
