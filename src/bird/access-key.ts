// A Bird access key that cannot be printed by accident.
import { hash, randomBytes } from "node:crypto";
import { inspect } from "node:util";

const salt = randomBytes(16).toString("base64");

/** 1 to 512 visible ASCII characters: what can stand in a header without changing its meaning (RFC 9110, 5.5). */
const FORM = /^[\x21-\x7e]{1,512}$/;

/**
 * An access key on its way from the caller to Bird. Logging, concatenating or serializing it yields a placeholder;
 * the key itself leaves only through `authorization()`.
 */
export class AccessKey {
  readonly #key: string;
  #id: string | undefined;

  private constructor(key: string) {
    this.#key = key;
  }

  /** @returns null for anything that is not 1 to 512 visible ASCII characters */
  static parse(text: string): AccessKey | null {
    return FORM.test(text) ? new AccessKey(text) : null;
  }

  /** The value of the `Authorization` header, as Bird's "API Access" page asks for it. */
  authorization(): string {
    return `AccessKey ${this.#key}`;
  }

  /** Tells keys apart, in this process only, for those who must not hold the key itself. */
  id(): string {
    this.#id ??= hash("sha256", salt + this.#key, "base64");
    return this.#id;
  }

  toString(): string {
    return "[access key]";
  }

  toJSON(): string {
    return "[access key]";
  }

  [inspect.custom](): string {
    return "[access key]";
  }
}
