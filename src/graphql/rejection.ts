// The rejection of an operation: its errors for the caller, and its HTTP status.
import type { GraphQLError, GraphQLFormattedError } from "graphql";

/** It references nothing of the operation's document, so that a cache can keep it without the document. */
export type Rejection = {
  /** A code from the gateway's closed list, for programs, log lines and metrics. */
  code: string;
  status: number;
  /** The status of an `application/json` response, where it differs. */
  statusInJson?: number;
  headers?: ReadonlyMap<string, string>;
  errors: readonly GraphQLFormattedError[];
};

/** Creates a rejection with one error. @param message for the developer; it must not contain anything of the request */
export function rejection(
  code: string,
  message: string,
  http: Omit<Rejection, "code" | "errors"> = { status: 400 },
): Rejection {
  return { code, ...http, errors: [{ message, extensions: { code } }] };
}

/** Creates a rejection with several errors, with status 400. @param found the problems and their locations */
export function rejectionOf(
  code: string,
  found: readonly Pick<GraphQLError, "message" | "locations">[],
): Rejection {
  const errors = found.map(({ message, locations }) => ({
    message,
    ...(locations && { locations }),
    extensions: { code },
  }));
  return { code, status: 400, errors };
}
