// A request for a connection: who wants it, and whether it has to be a new one.
import type { Operation } from "../../operation/operation.ts";
import type { UpstreamRequest } from "../call.ts";

export type ConnectionRequest = {
  workspaceId: string;
  credentialId: string;
  /** Whether Bird has not accepted the credential in this workspace yet. */
  isStranger: boolean;
  /** Whether it needs a connection that has carried nothing yet: a retry must not get another dead one. */
  fresh: boolean;
  /** A write needs a connection whose last response was no error: see `Pooled.lastWasError`. */
  effect: UpstreamRequest["effect"];
  operation: Operation;
};
