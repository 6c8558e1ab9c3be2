// One conversation and its participants, with the statuses that updates have given them.

/** Under this identifier key every value is a fault spec, in a conversation that has a participant with this key. */
export const FAULT_KEY = "sandbox-fault";

/** A participant as the API sends it. Type and status are any text, so that a test can use values that Bird has not documented. */
export type SandboxParticipant = {
  readonly id: string;
  readonly type: string;
  readonly status?: string;
  readonly displayName?: string;
  readonly avatarUrl?: string;
  readonly contact?: SandboxContact;
};

/** How a participant can be reached. */
type SandboxContact = {
  readonly identifierKey?: string;
  readonly identifierValue?: string;
  readonly platformAddress?: string;
  readonly platformAddressSelector?: string;
};

/** A conversation to start with. */
export type SandboxConversation = {
  readonly workspaceId: string;
  readonly conversationId: string;
  readonly participants: readonly SandboxParticipant[];
};

/** The two ways to name a participant of a conversation. */
export type ParticipantAddress =
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "identifier"; readonly key: string; readonly value: string };

/** One participant; an update replaces `current`. */
export type ParticipantRecord = { current: SandboxParticipant };

/** The participants of one conversation. */
export class Conversation {
  readonly id: string;
  /** In the order in which they were added. */
  readonly records: readonly ParticipantRecord[];
  readonly #byId: ReadonlyMap<string, ParticipantRecord>;
  readonly #byIdentifier: ReadonlyMap<string, ParticipantRecord>;
  readonly #faulty: ParticipantRecord | null;

  /** @throws Error when two participants share an id or an identifier */
  constructor({ conversationId, participants }: SandboxConversation) {
    this.id = conversationId;
    this.records = participants.map((participant) => ({ current: participant }));
    this.#byId = indexBy(this.records, ({ id }) => id);
    this.#byIdentifier = indexBy(this.records, ({ contact }) =>
      contact?.identifierKey === undefined || contact.identifierValue === undefined
        ? null
        : toIndexKey(contact.identifierKey, contact.identifierValue),
    );
    this.#faulty = this.records.find(({ current }) => current.contact?.identifierKey === FAULT_KEY) ?? null;
  }

  find(address: ParticipantAddress): ParticipantRecord | null {
    if (address.kind === "id") return this.#byId.get(address.id) ?? null;
    if (address.key === FAULT_KEY) return this.#faulty;
    return this.#byIdentifier.get(toIndexKey(address.key, address.value)) ?? null;
  }
}

function indexBy(
  records: readonly ParticipantRecord[],
  toKey: (participant: SandboxParticipant) => string | null,
): ReadonlyMap<string, ParticipantRecord> {
  const index = new Map<string, ParticipantRecord>();
  for (const record of records) {
    const key = toKey(record.current);
    if (key === null) continue;
    if (index.has(key)) throw new Error(`Two participants of one conversation share ${key}.`);
    index.set(key, record);
  }
  return index;
}

/** JSON keeps the two apart whatever characters they contain. */
function toIndexKey(key: string, value: string): string {
  return JSON.stringify([key, value]);
}
