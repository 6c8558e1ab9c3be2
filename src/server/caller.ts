// Who calls: the access key out of the `Authorization` header.
import { AccessKey } from "../bird/access-key.ts";
import { unauthenticated } from "../bird/failures.ts";
import { fail, succeed } from "../bird/result.ts";
import type { Caller } from "../graphql/context.ts";

/** `AccessKey <key>`; a scheme's name is case-insensitive and may be followed by several spaces (RFC 9110, 11.1). */
const SCHEME = /^AccessKey +(.*)$/i;

/** Reads the caller's access key, to be passed on to Bird as it came. Nothing is sent for a caller without one. */
export function readCaller(authorization: string | undefined): Caller {
  if (authorization === undefined) {
    return fail(unauthenticated("Send an access key: Authorization: AccessKey <key>."));
  }
  const key = AccessKey.parse(SCHEME.exec(authorization)?.[1] ?? "");
  return key === null
    ? fail(
        unauthenticated(
          "The Authorization header is not AccessKey and a key of 1 to 512 visible ASCII characters.",
        ),
      )
    : succeed(key);
}
