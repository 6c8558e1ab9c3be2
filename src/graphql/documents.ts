// Texts of operations, read once: parsed, measured and validated. Apollo Server finds the documents here by their hash.
import type { ApolloServerOptions, BaseContext } from "@apollo/server";
import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from "graphql";
import { LRUCache } from "lru-cache";
import { fail, succeed, type Result } from "../result.ts";
import { limits, type Limit } from "./admission/limits.ts";
import { sha256 } from "./admission/manifest.ts";
import { measure, type Measured } from "./admission/measure.ts";
import { rejection, rejectionOf, type Rejection } from "./rejection.ts";

type DocumentStore = NonNullable<ApolloServerOptions<BaseContext>["documentStore"]>;

/** Texts of up to this many characters together are remembered, so that clients' few operations are read once. */
const REMEMBERED_CHARACTERS = 1_000_000;
/** A request that is wrong in a hundred places is not worth a hundred errors. */
const MAX_ERRORS = 5;

/** A text that is valid and within all limits. */
export type ReadText = { document: DocumentNode; measured: Measured };

/** What was found out about a text: its document, or why it is never executed. */
type Read = Result<ReadText, Rejection>;

export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #production: boolean;
  /** By the SHA-256 of the text. */
  readonly #reads = new LRUCache<string, Read>({ maxSize: REMEMBERED_CHARACTERS });

  /** @param production whether introspection and suggestions are off */
  constructor(schema: GraphQLSchema, { production }: { production: boolean }) {
    this.#schema = schema;
    this.#production = production;
  }

  read(text: string): Read {
    const hash = sha256(text);
    const known = this.#reads.get(hash);
    if (known !== undefined) return known;
    const read = this.#readAnew(text);
    this.#reads.set(hash, read, { size: text.length });
    return read;
  }

  /** Where Apollo Server looks for the document of a text: under its hash, behind a prefix that stands for the schema. */
  readonly store: DocumentStore = {
    get: (key) => {
      const read = this.#reads.get(key.slice(key.indexOf(":") + 1));
      return Promise.resolve(read?.ok === true ? read.value.document : undefined);
    },
    // What Apollo Server reads itself was forgotten a moment ago, for want of room.
    set: () => Promise.resolve(),
    delete: () => Promise.resolve(),
  };

  #readAnew(text: string): Read {
    const parsed = parseText(text);
    if (!parsed.ok) return parsed;
    const document = parsed.value;
    const measured = measure(document);
    if (typeof measured === "string") return fail(tooLarge(measured));
    const rules = this.#production ? [...specifiedRules, NoSchemaIntrospectionCustomRule] : specifiedRules;
    const options = { maxErrors: MAX_ERRORS, hideSuggestions: this.#production };
    const errors = validate(this.#schema, document, rules, options);
    return errors.length === 0
      ? succeed({ document, measured })
      : fail(rejectionOf("GRAPHQL_VALIDATION_FAILED", errors.slice(0, MAX_ERRORS)));
  }
}

/** What an operation beyond a limit is answered. */
export function tooLarge(limit: Limit): Rejection {
  return rejection("OPERATION_TOO_LARGE", `The operation exceeds the limit ${limit}: ${limits[limit]}.`);
}

function parseText(text: string): Result<DocumentNode, Rejection> {
  try {
    return succeed(parse(text, { maxLexicalTokens: limits.tokens }));
  } catch (error) {
    if (error instanceof GraphQLError) return fail(rejectionOf("GRAPHQL_PARSE_FAILED", [error]));
    // The parser calls itself for each level of nesting.
    if (error instanceof RangeError)
      return fail(rejection("GRAPHQL_PARSE_FAILED", "The operation is nested too deeply to be parsed."));
    throw error;
  }
}
