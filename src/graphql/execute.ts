// The door of the GraphQL layer: executes one operation, from its request to its response.
import type { ApolloServer } from "@apollo/server";
import { OperationTypeNode } from "graphql";
import type { Authenticate, Caller } from "../auth/caller.ts";
import { createParticipantLoader, type LoaderParts } from "../loaders/participant-loader.ts";
import * as events from "../observability/events.ts";
import { Operation } from "../operation/operation.ts";
import { fail, succeed, type Result } from "../result.ts";
import type { Admission } from "./admission/admission.ts";
import {
  findText,
  type OperationSource,
  type PersistedOperations,
} from "./admission/persisted-operations.ts";
import { toAnswerText } from "./answer-text.ts";
import type { Context } from "./context.ts";
import { rejection, type Rejection } from "./rejection.ts";

/** The parameters of a request, as in GraphQL over HTTP. */
export type GraphqlRequest = OperationSource & {
  operationName?: string | undefined;
  /** Those that the operation does not define are removed from the object when it is admitted. */
  variables?: Record<string, unknown> | undefined;
};

/** One request, as the door takes it. */
export type ExecuteInput = {
  request: GraphqlRequest;
  /** Header names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  requestId: string;
  /** The socket address of the caller. */
  callerAddress?: string | null;
  /** Whether the response is `application/json`, and not `application/graphql-response+json`. */
  answersJson?: boolean;
  /** Whether only queries may be executed: a GET must change nothing (RFC 9110, 9.2.1). */
  queriesOnly: boolean;
  /** Registers a function to call when the caller leaves before the response is written. */
  onLeave: (left: () => void) => void;
};

/** The HTTP response, without its media type. */
export type Answer = { status: number; headers: ReadonlyMap<string, string>; body: string };

/** Never rejects: an error that is thrown inside is a bug, which is reported, and the response says so. */
export type Execute = (input: ExecuteInput) => Promise<Answer>;

/** What the door hands an operation to, and the limits of every operation. */
export type ExecuteParts = {
  apollo: ApolloServer<Context>;
  admission: Admission;
  persisted: PersistedOperations;
  authenticate: Authenticate;
  /** Whether a request carries the secret of a router. */
  isRouter: (routerAuthorization: string | undefined) => boolean;
  loaderParts: LoaderParts;
  /** Milliseconds that one operation may take, all its calls to Bird included. */
  deadlineMs: number;
  /** Calls to Bird that one operation may cause, retries included. */
  callsPerOperation: number;
};

/** Creates the door of a process. */
export function createExecute(parts: ExecuteParts): Execute {
  return async (input) => {
    const begin = performance.now();
    const { requestId, callerAddress = null } = input;
    const { deadlineMs, callsPerOperation: maxCalls } = parts;
    const operation = new Operation({ deadlineMs, maxCalls, callerAddress });
    // Apollo Server cannot be cancelled, but the calls that it waits for can.
    input.onLeave(() => {
      operation.leave();
    });
    const line: RequestLine = { status: 500, results: {} };
    try {
      const admitted = await admit(parts, input, line, operation);
      const answer = admitted.ok
        ? await run(parts, input, { operation, results: line.results, ...admitted.value })
        : reject(admitted.failure, input);
      line.status = answer.status;
      return answer;
    } catch (error) {
      events.bug({ requestId, error });
      return toBugAnswer(requestId);
    } finally {
      operation.close();
      const durationMs = Math.round(performance.now() - begin);
      events.requestAnswered({ requestId, ...line, durationMs });
    }
  };
}

/** The fields of the request's log line, as far as they are known. */
type RequestLine = { status: number; results: Context["results"]; denied?: Caller["denialReason"] };

type Admitted = { text: string; caller: Context["caller"]; isMutation: boolean };

/** Checks an operation, cheap checks first. The caller is authenticated before the text is parsed. */
async function admit(
  { persisted, authenticate, isRouter, admission }: ExecuteParts,
  { request, headers, requestId, queriesOnly }: ExecuteInput,
  line: RequestLine,
  operation: Operation,
): Promise<Result<Admitted, Rejection>> {
  const fromRouter = isRouter(single(headers["router-authorization"]));
  const found = findText(request, persisted, { requestId, fromRouter });
  if (!found.ok) return found;
  const caller = await authenticate(single(headers["authorization"]), operation);
  line.denied = caller.denialReason;
  const { operationName, variables = {} } = request;
  const text = found.value;
  const admitted = admission.admit({ text, operationName, variables, queriesOnly, fromRouter });
  if (!admitted.ok) return fail(admitted.failure);
  return succeed({ text, caller, isMutation: admitted.value.operation === OperationTypeNode.MUTATION });
}

/** Executes an admitted operation. */
async function run(
  { apollo, loaderParts }: ExecuteParts,
  input: ExecuteInput,
  {
    text,
    caller,
    isMutation,
    operation,
    results,
  }: Admitted & { operation: Operation; results: Context["results"] },
): Promise<Answer> {
  const { request, requestId } = input;
  const { operationName, variables } = request;
  const participants = createParticipantLoader(loaderParts, operation);
  const { http, body } = await apollo.executeOperation(
    { query: text, ...(operationName !== undefined && { operationName }), ...(variables && { variables }) },
    { contextValue: { requestId, caller, participants, results } },
  );
  if (body.kind === "incremental") throw new Error("graphql-js 16 has no incremental delivery");
  const { errors, data, extensions } = body.singleResult;
  // `errors` first, as the GraphQL specification recommends.
  const answer = toAnswerText({ errors, data, extensions });
  if (answer === null) return reject(isMutation ? updatesTooLarge : tooLarge, input);
  return { status: http.status ?? 200, headers: http.headers, body: answer };
}

const tooLarge = rejection(
  "ANSWER_TOO_LARGE",
  "The answer would be larger than 4 MB: ask for less in one operation.",
);
const updatesTooLarge = rejection(
  "ANSWER_TOO_LARGE",
  "The answer would be larger than 4 MB. The updates of the operation were sent to Bird: to see what they changed, read the participants, with fewer fields.",
);

/** Creates the response for an operation that is rejected, or whose result is too large to send. */
function reject(why: Rejection, { requestId, answersJson = true }: ExecuteInput): Answer {
  const { code, status, statusInJson = status, headers = noHeaders, errors } = why;
  events.operationRejected({ requestId, code });
  return { status: answersJson ? statusInJson : status, headers, body: JSON.stringify({ errors }) };
}

function toBugAnswer(requestId: string): Answer {
  const extensions = { code: "INTERNAL_SERVER_ERROR", requestId };
  const errors = [{ message: "Internal server error", extensions }];
  return { status: 500, headers: noHeaders, body: JSON.stringify({ errors }) };
}

const noHeaders: ReadonlyMap<string, string> = new Map();

/** Takes a header that may be a list: Node.js joins most repeated headers, but not all. */
function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
