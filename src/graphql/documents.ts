// Texts of operations, read once: parsed, measured and validated. Apollo Server finds the documents here by their hash.
import type { ApolloServerOptions, BaseContext } from "@apollo/server";
import {
  GraphQLError,
  parse,
  specifiedRules,
  validate,
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
} from "graphql";
import { LRUCache } from "lru-cache";
import { fail, succeed, type Result } from "../result.ts";
import { limits, type Limit } from "./admission/limits.ts";
import { sha256 } from "./admission/manifest.ts";
import { measure, type Measured } from "./admission/measure.ts";
import { findUnknownName } from "./admission/unknown-names.ts";
import { rejection, rejectionOf, type Rejection } from "./rejection.ts";

type DocumentStore = NonNullable<ApolloServerOptions<BaseContext>["documentStore"]>;

/** Bytes of heap that everything remembered of texts may take, so that clients' few operations are read once. */
export const REMEMBERED_BYTES = 32 * 1024 * 1024;
/** A request that is wrong in a hundred places is not worth a hundred errors. */
const MAX_ERRORS = 5;

/** A text that is valid and within all limits. */
export type ReadText = { document: DocumentNode; measured: Measured };

/** What was found out about a text: its document, or why it is never executed. */
type Read = Result<ReadText, Rejection>;

export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #production: boolean;
  /** By the SHA-256 of the text. Of a text that is rejected nothing but the rejection is kept. */
  readonly #reads = new LRUCache<string, Read>({ maxSize: REMEMBERED_BYTES });

  /** @param production turns introspection off, and words that tell the schema or repeat the text */
  constructor(schema: GraphQLSchema, { production }: { production: boolean }) {
    this.#schema = schema;
    this.#production = production;
  }

  read(text: string): Read {
    const hash = sha256(text);
    const known = this.#reads.get(hash);
    if (known !== undefined) return known;
    const read = this.#readAnew(text);
    const size = read.ok ? heapBytesOf(text, read.value.document) : heapBytesOfRejection(read.failure);
    this.#reads.set(hash, read, { size });
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
    const parsed = this.#parse(text);
    if (!parsed.ok) return parsed;
    const document = parsed.value;
    const measured = measure(document);
    if (typeof measured === "string") return fail(tooLarge(measured));
    if (measured.introspects && this.#production) return fail(noIntrospection);
    // Outside production, validation finds the same and has better words for it.
    const unknown = this.#production ? findUnknownName(this.#schema, document) : null;
    if (unknown !== null) return fail(this.#toRejection("GRAPHQL_VALIDATION_FAILED", [toError(unknown)]));
    const options = { maxErrors: MAX_ERRORS, hideSuggestions: this.#production };
    const errors = validate(this.#schema, document, specifiedRules, options);
    return errors.length === 0
      ? succeed({ document, measured })
      : fail(this.#toRejection("GRAPHQL_VALIDATION_FAILED", errors));
  }

  #parse(text: string): Result<DocumentNode, Rejection> {
    try {
      return succeed(parse(text, { maxLexicalTokens: limits.tokens }));
    } catch (error) {
      if (error instanceof GraphQLError) return fail(this.#toRejection("GRAPHQL_PARSE_FAILED", [error]));
      // The parser calls itself for each level of nesting.
      if (error instanceof RangeError) return fail(nestedTooDeeply);
      throw error;
    }
  }

  /** graphql-js names types and arguments, and repeats what stands in the text: in production a place has to do. */
  #toRejection(
    code: "GRAPHQL_PARSE_FAILED" | "GRAPHQL_VALIDATION_FAILED",
    errors: readonly GraphQLError[],
  ): Rejection {
    const found = errors.slice(0, MAX_ERRORS).map(({ message, locations }) => ({
      message: this.#production ? genericMessages[code] : message.slice(0, MAX_MESSAGE_CHARACTERS),
      locations,
    }));
    return rejectionOf(code, found);
  }
}

function toError(node: ASTNode): GraphQLError {
  return new GraphQLError("", { nodes: node });
}

/** What an operation beyond a limit is answered. */
export function tooLarge(limit: Limit): Rejection {
  return rejection("OPERATION_TOO_LARGE", `The operation exceeds the limit ${limit}: ${limits[limit]}.`);
}

const nestedTooDeeply = rejection("GRAPHQL_PARSE_FAILED", "The operation is nested too deeply to be parsed.");
const noIntrospection = rejection("INTROSPECTION_DISABLED", "Introspection is off here.");
const genericMessages = {
  GRAPHQL_PARSE_FAILED: "The text is no GraphQL here, or is too long.",
  GRAPHQL_VALIDATION_FAILED: "The operation does not fit the schema here.",
};
/** A name in a text may be as long as the text. */
const MAX_MESSAGE_CHARACTERS = 500;

/** Measured with node --expose-gc on every kind of text; a text of nothing but fields takes most for a token. */
const BYTES_PER_TOKEN = 420;
const BYTES_PER_TOKEN_OR_COMMENT = 100;
const BYTES_PER_ENTRY = 2000;

/** At most so many bytes of heap: of the text, its document, and the tokens that its locations hold, comments included. */
function heapBytesOf(text: string, { loc, tokenCount = 0 }: DocumentNode): number {
  let tokens = 0;
  for (let token = loc?.startToken; token; token = token.next ?? undefined) tokens += 1;
  const ofTokens = BYTES_PER_TOKEN * tokenCount + BYTES_PER_TOKEN_OR_COMMENT * tokens;
  return BYTES_PER_ENTRY + 2 * text.length + ofTokens;
}

function heapBytesOfRejection({ errors }: Rejection): number {
  return BYTES_PER_ENTRY + errors.reduce((bytes, { message }) => bytes + 300 + 2 * message.length, 0);
}
