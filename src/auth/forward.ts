// Authentication in forward mode: the access key of the `Authorization` header is passed on to Bird.
import { AccessKey } from "../bird/access-key.ts";
import { unauthenticated } from "../bird/failures.ts";
import { fail, succeed } from "../result.ts";
import type { Caller, KeyResult } from "./caller.ts";

/** `AccessKey <key>`; a scheme's name is case-insensitive and may be followed by several spaces (RFC 9110, 11.1). */
const SCHEME = /^AccessKey +(.*)$/i;

/** The caller's own key is used for every workspace and scope, because Bird checks its permissions. */
export function readCaller(authorization: string | undefined): Caller {
  const key = readKey(authorization);
  return { accessKeyFor: () => key };
}

function readKey(authorization: string | undefined): KeyResult {
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
