// Several operations that wait for the same read, as one operation. It ends when all of them are over.
import { Operation, type OperationEnd } from "./operation.ts";

/** Its time is that of the member with the most time left. Each call is taken from any member that has calls left. */
export class JointOperation extends Operation {
  readonly #members = new Map<Operation, (end: OperationEnd) => void>();

  /** The member that the last call was taken from. */
  #payer: Operation | null = null;

  /** @param first an operation that is not over */
  constructor(first: Operation) {
    super({ deadlineMs: Infinity, owner: first.owner });
    this.join(first);
  }

  /** @param member an operation that is not over */
  join(member: Operation): void {
    if (this.#members.has(member)) return;
    const onOver = (end: OperationEnd) => {
      this.#members.delete(member);
      if (this.#members.size === 0) this.endAs(end);
    };
    this.#members.set(member, onOver);
    member.listen(onOver);
  }

  override remainingMs(): number {
    let longest = 0;
    for (const member of this.#members.keys()) longest = Math.max(longest, member.remainingMs());
    return longest;
  }

  override takeCall(): boolean {
    for (const member of this.#members.keys()) {
      if (!member.takeCall()) continue;
      this.#payer = member;
      return true;
    }
    return false;
  }

  override giveBackCall(): void {
    this.#payer?.giveBackCall();
    this.#payer = null;
  }

  override callsLeft(): number {
    let most = 0;
    for (const member of this.#members.keys()) most = Math.max(most, member.callsLeft());
    return most;
  }

  override close(): void {
    super.close();
    for (const [member, onOver] of this.#members) member.unlisten(onOver);
    this.#members.clear();
  }
}
