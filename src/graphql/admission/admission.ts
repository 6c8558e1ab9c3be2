// Decides whether an operation is executed, from its text, its variables and whether the request comes from a router.
import {
  getOperationAST,
  OperationTypeNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { fail, succeed, type Result } from "../../result.ts";
import { tooLarge, type Documents } from "../documents.ts";
import { rejection, type Rejection } from "../rejection.ts";
import { findExcessInLists } from "./measure.ts";
import { checkRouterRequest, type RouterRules } from "./router-requests.ts";
import { dropUndefined, readVariables, type VariableRules } from "./variables.ts";

export type AdmissionRequest = {
  text: string;
  operationName: string | undefined;
  /** Those that the operation does not define are removed when it is admitted. */
  variables: Record<string, unknown>;
  /** Whether only queries may be executed: a GET must change nothing (RFC 9110, 9.2.1). */
  queriesOnly: boolean;
  /** Whether the request carries the secret of a router. */
  fromRouter: boolean;
};

/** Admits or rejects an operation whose text is known. It executes nothing and makes no call. */
export class Admission {
  readonly #schema: GraphQLSchema;
  readonly #documents: Documents;
  readonly #rules: RouterRules & VariableRules;

  constructor(schema: GraphQLSchema, documents: Documents, rules: RouterRules & VariableRules) {
    this.#schema = schema;
    this.#documents = documents;
    this.#rules = rules;
  }

  admit(request: AdmissionRequest): Result<OperationDefinitionNode, Rejection> {
    const { text, operationName, variables, queriesOnly, fromRouter } = request;
    const read = this.#documents.read(text);
    if (!read.ok) return read;
    const { document, measured } = read.value;
    const excess = findExcessInLists(document, measured, variables);
    if (excess !== null) return fail(tooLarge(excess));
    const operation = getOperationAST(document, operationName);
    if (!operation) return fail(noOperation);
    if (queriesOnly && operation.operation !== OperationTypeNode.QUERY) return fail(notWithGet);
    const coerced = readVariables(this.#schema, operation, variables, this.#rules);
    if (!coerced.ok) return coerced;
    const check = { schema: this.#schema, document, operation, variables: coerced.value, fromRouter };
    const wrong = checkRouterRequest(check, this.#rules);
    if (wrong !== null) return fail(wrong);
    dropUndefined(operation, variables);
    return succeed(operation);
  }
}

const noOperation = rejection(
  "OPERATION_RESOLUTION_FAILURE",
  "The request does not say which operation of its text to execute: operationName names none, or is missing.",
);
const notWithGet = rejection(
  "METHOD_NOT_ALLOWED",
  "GET executes queries only. Send this operation with POST.",
  {
    status: 405,
    headers: new Map([["allow", "POST"]]),
  },
);
