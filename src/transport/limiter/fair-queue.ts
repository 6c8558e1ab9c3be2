// A fair queue: serves credentials in turn, and the operations of one credential in turn. Each step takes constant time.
import { Link, LinkedList } from "../linked-list.ts";
import { SizeIndex } from "./size-index.ts";

/** The credential and the operation that a ticket is counted for. */
export type Counted = { readonly credentialId: string; readonly operation: object };

/** The tickets of one operation. */
class Line<Ticket> {
  readonly operation: object;
  readonly tickets = new LinkedList<Turn<Ticket>>();
  readonly link = new Link<Line<Ticket>>(this);

  constructor(operation: object) {
    this.operation = operation;
  }
}

/** The operations of one credential. */
class Group<Ticket extends Counted> {
  readonly credentialId: string;
  readonly lines = new LinkedList<Line<Ticket>>();
  readonly byOperation = new Map<object, Line<Ticket>>();
  readonly bySize = new SizeIndex<Line<Ticket>>();
  readonly link = new Link<Group<Ticket>>(this);
  size = 0;

  constructor(credentialId: string) {
    this.credentialId = credentialId;
  }
}

/** The position of a ticket in a queue. */
export class Turn<Ticket> {
  readonly ticket: Ticket;
  readonly link = new Link<Turn<Ticket>>(this);
  readonly #leave: (turn: Turn<Ticket>) => void;

  constructor(ticket: Ticket, leave: (turn: Turn<Ticket>) => void) {
    this.ticket = ticket;
    this.#leave = leave;
  }

  /** Removes the ticket from its queue. */
  leave(): void {
    if (this.link.isListed) this.#leave(this);
  }
}

export class FairQueue<Ticket extends Counted> {
  readonly #groups = new Map<string, Group<Ticket>>();
  /** The credentials in the order of their turns. */
  readonly #turns = new LinkedList<Group<Ticket>>();
  readonly #bySize = new SizeIndex<Group<Ticket>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(ticket: Ticket): Turn<Ticket> {
    const { credentialId, operation } = ticket;
    const group = this.#groups.get(credentialId) ?? this.#addGroup(credentialId);
    const line = group.byOperation.get(operation) ?? addLine(group, operation);
    const turn = new Turn(ticket, (left: Turn<Ticket>) => {
      this.#remove(group, line, left);
    });
    line.tickets.append(turn.link);
    this.#resize(group, line, 1);
    return turn;
  }

  /** The next ticket. */
  get first(): Ticket | undefined {
    return this.#turns.first?.lines.first?.tickets.first?.ticket;
  }

  /** Takes the next ticket. Its operation and its credential go to the end. */
  shift(): Ticket | undefined {
    const group = this.#turns.first;
    const line = group?.lines.first;
    const turn = line?.tickets.first;
    if (group === undefined || line === undefined || turn === undefined) return undefined;
    this.#turns.remove(group.link);
    this.#turns.append(group.link);
    group.lines.remove(line.link);
    group.lines.append(line.link);
    this.#remove(group, line, turn);
    return turn.ticket;
  }

  /** The last ticket of the largest operation of the credential with the most tickets; among equals, the latest. */
  get largest(): Ticket | undefined {
    return this.#bySize.largest?.bySize.largest?.tickets.last?.ticket;
  }

  /** The number of this operation's tickets that wait. */
  sizeOf({ credentialId, operation }: Counted): number {
    return this.#groups.get(credentialId)?.byOperation.get(operation)?.tickets.size ?? 0;
  }

  /** After how many turns the operation's last ticket is served at the latest, if no new ticket arrives. */
  turnsOf({ credentialId, operation }: Counted): number {
    const group = this.#groups.get(credentialId);
    const own = group?.byOperation.get(operation)?.tickets.size;
    if (group === undefined || own === undefined) return 0;
    return Math.min(this.#size, Math.min(group.size, own * group.lines.size) * this.#turns.size);
  }

  /** All tickets of a credential. */
  ticketsOf(credentialId: string): Ticket[] {
    const group = this.#groups.get(credentialId);
    return group === undefined ? [] : [...ticketsOf(group)];
  }

  *[Symbol.iterator](): Generator<Ticket> {
    for (const group of this.#turns) yield* ticketsOf(group);
  }

  #remove(group: Group<Ticket>, line: Line<Ticket>, turn: Turn<Ticket>): void {
    line.tickets.remove(turn.link);
    this.#resize(group, line, -1);
    if (line.tickets.size === 0) {
      group.lines.remove(line.link);
      group.byOperation.delete(line.operation);
    }
    if (group.size > 0) return;
    this.#groups.delete(group.credentialId);
    this.#turns.remove(group.link);
  }

  #addGroup(credentialId: string): Group<Ticket> {
    const group = new Group<Ticket>(credentialId);
    this.#groups.set(credentialId, group);
    this.#turns.append(group.link);
    return group;
  }

  #resize(group: Group<Ticket>, line: Line<Ticket>, by: 1 | -1): void {
    const { size } = line.tickets;
    group.bySize.resize(line, size - by, size);
    this.#bySize.resize(group, group.size, group.size + by);
    group.size += by;
    this.#size += by;
  }
}

function* ticketsOf<Ticket extends Counted>(group: Group<Ticket>): Generator<Ticket> {
  for (const line of group.lines) for (const turn of line.tickets) yield turn.ticket;
}

function addLine<Ticket extends Counted>(group: Group<Ticket>, operation: object): Line<Ticket> {
  const line = new Line<Ticket>(operation);
  group.byOperation.set(operation, line);
  group.lines.append(line.link);
  return line;
}
