// Parses, measures and validates the texts of operations, and caches the result. Apollo Server uses the cached documents.
import type { ApolloServerOptions, BaseContext } from "@apollo/server";
import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
} from "graphql";
import { LRUCache } from "lru-cache";
import { fail, succeed, type Result } from "../result.ts";
import { limits, type Limit } from "./admission/limits.ts";
import { sha256 } from "./admission/manifest.ts";
import { measure, type Measured } from "./admission/measure.ts";
import { rejection, rejectionOf, type Rejection } from "./rejection.ts";
import { QuickValidation } from "./validation/quick-validation.ts";

type DocumentStore = NonNullable<ApolloServerOptions<BaseContext>["documentStore"]>;

/** The size of the cache, in bytes of heap. */
export const REMEMBERED_BYTES = 32 * 1024 * 1024;
/** The largest number of errors that are reported. */
const MAX_ERRORS = 5;

/** A text that is valid and within all limits. */
type ReadText = { document: DocumentNode; measured: Measured };

/** The result for a text: its document, or the rejection. */
type Read = Result<ReadText, Rejection>;

export class Documents {
  readonly #schema: GraphQLSchema;
  readonly #production: boolean;
  readonly #quickValidation: QuickValidation;
  /** By the SHA-256 of the text. For a rejected text only the rejection is kept. */
  readonly #reads = new LRUCache<string, Read>({ maxSize: REMEMBERED_BYTES });

  /** @param production turns off introspection, and messages that reveal the schema or quote the text */
  constructor(schema: GraphQLSchema, { production }: { production: boolean }) {
    this.#schema = schema;
    this.#production = production;
    this.#quickValidation = new QuickValidation(schema);
  }

  /** Parses, measures and validates a text, once for as long as its result is in the cache. */
  read(text: string): Read {
    // A lone surrogate has no UTF-8, so the hash would be that of another text. The parser rejects it.
    if (!text.isWellFormed()) return this.#readAnew(text);
    const hash = sha256(text);
    const known = this.#reads.get(hash);
    if (known !== undefined) return known;
    const read = this.#readAnew(text);
    const size = read.ok ? heapBytesOf(text, read.value.document) : heapBytesOfRejection(read.failure);
    this.#reads.set(hash, read, { size });
    return read;
  }

  /** The document store of Apollo Server, which looks a document up by a prefix for the schema and the text's hash. */
  readonly store: DocumentStore = {
    get: (key) => {
      const read = this.#reads.get(key.slice(key.indexOf(":") + 1));
      return Promise.resolve(read?.ok === true ? read.value.document : undefined);
    },
    // Apollo Server only parses a text itself when it was just evicted here, so it is not stored again.
    set: () => Promise.resolve(),
    delete: () => Promise.resolve(),
  };

  #readAnew(text: string): Read {
    const parsed = this.#parse(text);
    if (!parsed.ok) return parsed;
    const document = parsed.value;
    const measured = measure(document);
    if (typeof measured === "string") return fail(tooLarge(measured));
    if (document.definitions.some(isSubscription)) return fail(noSubscriptions);
    if (measured.introspects && this.#production) return fail(noIntrospection);
    // Outside production, graphql-js finds all mistakes, because its messages are better.
    const mistake = this.#production ? this.#quickValidation.findMistake(document) : null;
    if (mistake !== null) return fail(this.#toRejection("GRAPHQL_VALIDATION_FAILED", [toMistake(mistake)]));
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
      // The parser is recursive: a text that is nested too deeply overflows the stack.
      if (error instanceof RangeError) return fail(nestedTooDeeply);
      throw error;
    }
  }

  /** In production only the location is reported, because the messages of graphql-js name the schema and quote the text. */
  #toRejection(
    code: "GRAPHQL_PARSE_FAILED" | "GRAPHQL_VALIDATION_FAILED",
    errors: readonly Pick<GraphQLError, "message" | "locations">[],
  ): Rejection {
    const found = errors.slice(0, MAX_ERRORS).map(({ message, locations }) => ({
      message: this.#production ? genericMessages[code] : message.slice(0, MAX_MESSAGE_CHARACTERS),
      locations,
    }));
    return rejectionOf(code, found);
  }
}

/** A mistake without a message. GraphQLError would count the lines of the text again. */
function toMistake({ loc }: ASTNode): Pick<GraphQLError, "message" | "locations"> {
  const token = loc?.startToken;
  return { message: "", locations: token && [{ line: token.line, column: token.column }] };
}

function isSubscription(definition: DefinitionNode): boolean {
  return (
    definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.SUBSCRIPTION
  );
}

/** The rejection of an operation that exceeds a limit. */
export function tooLarge(limit: Limit): Rejection {
  return rejection("OPERATION_TOO_LARGE", `The operation exceeds the limit ${limit}: ${limits[limit]}.`);
}

const nestedTooDeeply = rejection("GRAPHQL_PARSE_FAILED", "The operation is nested too deeply to be parsed.");
const noIntrospection = rejection("INTROSPECTION_DISABLED", "Introspection is off here.");
const noSubscriptions = rejection(
  "OPERATION_NOT_SUPPORTED",
  "There are no subscriptions here: send a query or a mutation.",
);
const genericMessages = {
  GRAPHQL_PARSE_FAILED: "The text is no GraphQL here, or is too long.",
  GRAPHQL_VALIDATION_FAILED: "The operation does not fit the schema here.",
};
/** The longest message: it may quote a name, which may be as long as the text. */
const MAX_MESSAGE_CHARACTERS = 500;

/** Measured with `node --expose-gc` on every kind of text; a text that consists of fields takes most for each token. */
const BYTES_PER_TOKEN = 420;
const BYTES_PER_TOKEN_OR_COMMENT = 100;
const BYTES_PER_ENTRY = 2000;

/** An upper bound for the heap of a text, its document, and the tokens that its locations reference, comments included. */
function heapBytesOf(text: string, { loc, tokenCount = 0 }: DocumentNode): number {
  let tokens = 0;
  for (let token = loc?.startToken; token; token = token.next ?? undefined) tokens += 1;
  const ofTokens = BYTES_PER_TOKEN * tokenCount + BYTES_PER_TOKEN_OR_COMMENT * tokens;
  return BYTES_PER_ENTRY + 2 * text.length + ofTokens;
}

function heapBytesOfRejection({ errors }: Rejection): number {
  return BYTES_PER_ENTRY + errors.reduce((bytes, { message }) => bytes + 300 + 2 * message.length, 0);
}
