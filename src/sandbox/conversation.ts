// One conversation and the participants in it, as they are now.

/** The key under which every value is a fault spec, in a conversation that has a participant with this key. */
export const faultKey = "sandbox-fault";

/** A participant as the API answers it. Plain strings, so that a test can hold values that Bird has not documented. */
export type SandboxParticipant = {
  readonly id: string;
  readonly type: string;
  readonly status?: string;
  readonly displayName?: string;
  readonly avatarUrl?: string;
  readonly contact?: SandboxContact;
};

/** Where a participant can be reached. */
export type SandboxContact = {
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

/** The two ways to point at a participant. */
export type ParticipantAddress =
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "identifier"; readonly key: string; readonly value: string };

/** A participant's place in the conversation; an update puts a new version into it. */
export type ParticipantRecord = { current: SandboxParticipant };

/** The participants of one conversation. */
export type Conversation = {
  readonly id: string;
  /** In the order in which they were added. */
  readonly records: readonly ParticipantRecord[];
  readonly find: (address: ParticipantAddress) => ParticipantRecord | null;
};

/** Builds the indexes of a conversation. Throws when two participants cannot be told apart. */
export function createConversation({ conversationId, participants }: SandboxConversation): Conversation {
  const records = participants.map((participant) => ({ current: participant }));
  const byId = indexBy(records, ({ id }) => id);
  const byIdentifier = indexBy(records, ({ contact }) =>
    contact?.identifierKey === undefined || contact.identifierValue === undefined
      ? null
      : toIndexKey(contact.identifierKey, contact.identifierValue),
  );
  const faulty = records.find(({ current }) => current.contact?.identifierKey === faultKey) ?? null;
  return {
    id: conversationId,
    records,
    find: (address) => {
      if (address.kind === "id") return byId.get(address.id) ?? null;
      if (address.key === faultKey) return faulty;
      return byIdentifier.get(toIndexKey(address.key, address.value)) ?? null;
    },
  };
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

/** Unambiguous whatever characters the two hold. */
function toIndexKey(key: string, value: string): string {
  return JSON.stringify([key, value]);
}
