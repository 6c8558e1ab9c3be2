// The text of `--help`: how to start the gateway, and its variables.
import { groups, rows, type Variable } from "./variables.ts";

const usage = `Usage: bird-conversations-gateway [option]

Serves GraphQL for the participants of Bird conversations. It is configured by variables of the environment.

Options:
      --check    reads the configuration, says ok or what is wrong with it, and exits
  -h, --help     prints this and exits
  -v, --version  prints the version and exits
`;

/** Renders the usage, the options and every variable as plain text. */
export function renderHelp(): string {
  const sections = groups.map((group) => {
    const variables = rows.filter(([, variable]) => variable.group === group);
    return `${group}:\n${variables.map(renderVariable).join("")}`;
  });
  return [usage, ...sections].join("\n");
}

function renderVariable([name, variable]: readonly [string, Variable]): string {
  const { help, type } = variable;
  const lines = [
    help.replaceAll("`", ""),
    `Allowed: ${type.allowed}`,
    `Default: ${describeDefault(variable)}`,
  ];
  return `  ${name}\n${lines.map((line) => `      ${line}\n`).join("")}`;
}

function describeDefault({ default: usual = "unset", productionDefault }: Variable): string {
  if (productionDefault === undefined) return usual;
  return productionDefault === null
    ? `${usual}; in production it has to be set`
    : `${usual}; in production ${productionDefault}`;
}
