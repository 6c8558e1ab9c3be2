// Why an operation is not executed: what is wrong with it, for its caller, and the HTTP status that says so.
import type { GraphQLError, GraphQLFormattedError } from "graphql";

/** Holds nothing of the operation's document, so that it can be remembered in its place. */
export type Rejection = {
  /** One of the gateway's own words, for programs, log lines and metrics. */
  code: string;
  status: number;
  /** The status where the answer is `application/json`, if it is another there. */
  statusInJson?: number;
  headers?: ReadonlyMap<string, string>;
  errors: readonly GraphQLFormattedError[];
};

/** @param message for the developer; it repeats nothing of the request */
export function rejection(
  code: string,
  message: string,
  http: Omit<Rejection, "code" | "errors"> = { status: 400 },
): Rejection {
  return { code, ...http, errors: [{ message, extensions: { code } }] };
}

/** @param found what is wrong and where, in any number of places */
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
