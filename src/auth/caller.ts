// The caller of an operation: which access keys it may use, for which workspace and scope.
import type { AccessKey } from "../bird/access-key.ts";
import type { AccessDeniedFailure, UpstreamFailure } from "../bird/failures.ts";
import type { Operation } from "../operation/operation.ts";
import type { Result } from "../result.ts";

/** What a caller may be allowed to do in a workspace. */
export type Scope = "participant:read" | "participant:write";

/** The access key to send to Bird, or the failure. */
export type KeyResult = Result<AccessKey, AccessDeniedFailure | UpstreamFailure>;

/** Why a token is denied. Only operators see it; callers are told that the token is not valid. */
export type DenialReason =
  | "missing"
  | "malformed"
  | "algorithm"
  | "unknown_key"
  | "signature"
  | "issuer"
  | "audience"
  | "expired"
  | "not_yet"
  | "claims";

/** Resolvers and reference resolvers ask the caller for its key before they look anything up. */
export interface Caller {
  /** The key for calls in a workspace, whose id is in lower case, or why the caller gets none. */
  accessKeyFor(workspaceId: string, scope: Scope): KeyResult;
  /** Why its token was denied, if it was. */
  readonly denialReason?: DenialReason;
}

/**
 * Authenticates a caller by the `Authorization` header. A caller without rights gets a failure, and no call is made.
 * It may wait until the operation expires, and no longer.
 */
export type Authenticate = (
  authorization: string | undefined,
  operation: Operation,
) => Caller | Promise<Caller>;
