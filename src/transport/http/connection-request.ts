// What an attempt needs a connection for.
import type { Operation } from "../../operation/operation.ts";

export type ConnectionRequest = {
  workspaceId: string;
  credentialId: string;
  /** Bird has not accepted the credential in this workspace yet. */
  isStranger: boolean;
  /** Only a connection that has carried nothing yet will do: a retry must not meet the next dead one. */
  fresh: boolean;
  operation: Operation;
};
