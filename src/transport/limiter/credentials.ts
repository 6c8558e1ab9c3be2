// Which credentials Bird has accepted in which workspace. All others are strangers there.
import { LRUCache } from "lru-cache";
import type { CallResult, UpstreamRequest } from "../call.ts";

const MAX_ACCEPTED = 100_000;

type Holder = Pick<UpstreamRequest, "workspaceId" | "credentialId">;

export class Credentials {
  readonly #accepted = new LRUCache<string, true>({ max: MAX_ACCEPTED });
  readonly #onAccepted: (holder: Holder) => void;

  /** @param onAccepted told of every call that Bird answered as it answers an accepted key */
  constructor(onAccepted: (holder: Holder) => void) {
    this.#onAccepted = onAccepted;
  }

  isAccepted({ workspaceId, credentialId }: Holder): boolean {
    return this.#accepted.has(`${workspaceId} ${credentialId}`);
  }

  /** Learns from the end of a call what Bird thinks of its credential. */
  learn({ workspaceId, credentialId }: Holder, result: CallResult): void {
    if (result.kind !== "response") return;
    const name = `${workspaceId} ${credentialId}`;
    if (result.status === 401) this.#accepted.delete(name);
    else if (isAcceptance(result.status)) {
      this.#accepted.set(name, true);
      this.#onAccepted({ workspaceId, credentialId });
    }
  }
}

/** Bird has looked at the request itself, so it has accepted the key. */
function isAcceptance(status: number): boolean {
  return status < 500 && status !== 401 && status !== 403 && status !== 429;
}
