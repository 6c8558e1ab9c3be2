// Reads raw values from the environment, and handles the quirks of shells, `.env` files, secrets and Kubernetes.

export type Environment = Readonly<Record<string, string | undefined>>;

/** Kubernetes sets `ADMIN_PORT=tcp://10.0.0.1:80` in every pod beside a Service called `admin`. */
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\/[\w.:[\]-]+$/;

/** Matches control characters and other invisible characters, such as a zero-width space. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const QUOTE = /^["'`“”‘’]|["'`“”‘’]$/;

/**
 * The values of these variables, trimmed (this includes a byte order mark). A value that is empty, or was set by Kubernetes
 * for a Service of the same name, counts as unset.
 */
export function readGiven(environment: Environment, names: readonly string[]): Environment {
  const given: Record<string, string> = {};
  for (const name of names) {
    const text = environment[name]?.trim() ?? "";
    const isServiceAddress = name.endsWith("PORT") && SERVICE_ADDRESS.test(text);
    if (text !== "" && !isServiceAddress) given[name] = text;
  }
  return given;
}

/** Whether a value, or an item of a list, has the quotes of a shell around it, which Docker's `--env-file` keeps. */
export function isQuoted(text: string): boolean {
  return text.split(",").some((item) => QUOTE.test(item.trim()));
}

/** Whether a value holds an invisible character, such as a line end. */
export function hasInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}

/** A value for a message: on one line, with invisible characters spelled out. */
export function spellOut(text: string): string {
  return JSON.stringify(text).replace(
    /[\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
