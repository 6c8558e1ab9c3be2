// Makes texts in which many fields have one response name, within fragments too, so that only their merging is in question.

/** What can be selected on a type: fields, with the type below them, and types of fragments. */
const selectable: Record<string, { fields: [string, string?][]; within: string[] }> = {
  Query: {
    fields: [
      ['conversationParticipant(workspaceId: "w", conversationId: "c", key: "k", value: "v")', "Result"],
      ['conversationParticipant(value: "v", workspaceId: "w", conversationId: "c", key: "k")', "Result"],
      ["_entities(representations: [])", "Entity"],
      ["__typename"],
    ],
    within: ["Query"],
  },
  Entity: {
    fields: [["__typename"]],
    within: ["Participant", "Conversation", "Participant", "Conversation"],
  },
  Result: {
    fields: [["__typename"]],
    within: ["Participant", "Participant", "BirdError", "NotFoundError", "ValidationError", "Result"],
  },
  Participant: {
    fields: [
      ["id"],
      ["workspaceId"],
      ["status"],
      ["displayName"],
      ["contact", "Contact"],
      ["conversation", "Conversation"],
    ],
    within: ["Participant", "Result"],
  },
  Contact: { fields: [["identifierKey"], ["identifierValue"], ["__typename"]], within: ["Contact"] },
  Conversation: {
    fields: [
      ["id"],
      ['participant(key: "k", value: "v")', "Result"],
      ['participant(value: "v", key: "k")', "Result"],
      ['participant(key: "k", value: "w")', "Result"],
    ],
    within: ["Conversation"],
  },
  BirdError: {
    fields: [["code"], ["message"], ["details"]],
    within: ["BirdError", "NotFoundError", "ValidationError"],
  },
  NotFoundError: { fields: [["code"], ["message"], ["details"]], within: ["BirdError"] },
  ValidationError: { fields: [["code"], ["message"], ["fieldErrors", "FieldError"]], within: ["BirdError"] },
  FieldError: { fields: [["path"], ["messages"]], within: [] },
};

const typeNames: Record<string, string> = {
  Entity: "_Entity",
  Result: "ConversationParticipantResult",
  Participant: "ConversationParticipant",
  Contact: "ParticipantContact",
};

/** @param random gives numbers from 0 to 1 */
export function createOverlappingText(random: () => number): string {
  const fragments = new Map<string, string>();
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  // Few aliases make few conflicts: a text without any is as interesting as one with some.
  const aliases = pick([[""], ["", "", "", "", "", "a: "], ["", "a: "]]) ?? [];

  const spread = (type: string, level: number): string => {
    const name = `${type}${Math.floor(random() * 3)}_${level}`;
    if (!fragments.has(name)) {
      fragments.set(name, "");
      fragments.set(name, `fragment ${name} on ${typeNames[type] ?? type} ${set(type, level + 1)}`);
    }
    return `...${name}`;
  };
  const set = (type: string, level: number): string => {
    const { fields = [], within = [] } = selectable[type] ?? {};
    const count = 1 + Math.floor(random() * (level < 3 ? 4 : 2));
    const selections = Array.from({ length: count }, () => {
      const inner = random() < 0.45 && level < 7 ? pick(within) : undefined;
      if (inner !== undefined)
        return random() < 0.5
          ? spread(inner, level)
          : `... on ${typeNames[inner] ?? inner} ${set(inner, level + 1)}`;
      const [field, below] = pick(fields) ?? ["__typename"];
      if (below !== undefined && level >= 7) return "__typename";
      return `${pick(aliases) ?? ""}${field} ${below === undefined ? "" : set(below, level + 1)}`;
    });
    return `{ ${selections.join(" ")} }`;
  };
  const operation = `query ${set("Query", 0)}`;
  return [operation, ...fragments.values()].join("\n");
}
