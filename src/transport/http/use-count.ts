// Counts the connections in use by workspace, credential and caller's address.
import type { ConnectionRequest } from "./connection-request.ts";
import { Counts } from "./counts.ts";

export class UseCount {
  readonly #workspaces = new Counts();
  readonly #strangers = new Counts();
  readonly #strangersAddresses = new Counts();
  #ofStrangers = 0;

  add(request: ConnectionRequest): void {
    this.#change(request, 1);
  }

  remove(request: ConnectionRequest): void {
    this.#change(request, -1);
  }

  /** The connections in use by accepted credentials in a workspace. */
  ofWorkspace(workspaceId: string): number {
    return this.#workspaces.get(workspaceId);
  }

  /** The connections in use by one stranger's credential. */
  ofStranger(credentialId: string): number {
    return this.#strangers.get(credentialId);
  }

  /** The connections in use by strangers from one socket address. */
  ofStrangersAddress(address: string | null): number {
    return address === null ? 0 : this.#strangersAddresses.get(address);
  }

  /** The connections in use by all strangers together. */
  ofStrangers(): number {
    return this.#ofStrangers;
  }

  #change({ isStranger, workspaceId, credentialId, operation }: ConnectionRequest, by: 1 | -1): void {
    if (!isStranger) {
      this.#workspaces.change(workspaceId, by);
      return;
    }
    this.#ofStrangers += by;
    this.#strangers.change(credentialId, by);
    const { callerAddress } = operation;
    if (callerAddress !== null) this.#strangersAddresses.change(callerAddress, by);
  }
}
