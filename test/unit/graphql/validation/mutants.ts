// Makes documents by changing valid ones: a part is left out, repeated, moved, or has another name.
import { Kind, parse, print, visit, type ASTNode, type DocumentNode, type NameNode } from "graphql";
import { largestLegalText, randomShape, toText } from "../../../../bench/worst-text/grammar.js";
import { mistakes } from "../../../../bench/worst-text/mistakes.js";

const place = `workspaceId: "w", conversationId: $c`;

/** Valid documents that together use everything that a document of this gateway can have. */
const valid = [
  `query A($c: ID!, $k: String = "emailaddress", $v: String!, $if: Boolean! = true) {
    a: conversationParticipant(${place}, key: "k", value: $v) @include(if: $if) {
      __typename
      ...P
      ... on BirdError @skip(if: false) { code a: message details }
      ... on ValidationError { fieldErrors { path messages } b: code }
      ... on RateLimitedError { retryAfterSeconds b: message }
    }
    b: conversationParticipant(${place}, key: $k, value: $v) { ...P ...E }
  }
  query B($c: ID!) { conversationParticipants(${place}, identifiers: [{ key: "a", value: "b" }]) { ...E } }
  fragment P on ConversationParticipant { id status contact { ...C } conversation { id
    participant(key: "k", value: "v") { ... on ConversationParticipant { id contact { identifierValue } } } } }
  fragment C on ParticipantContact { identifierKey x: identifierValue }
  fragment E on BirdError { __typename code ... on UpstreamError { upstreamReason retryable outcome } }`,
  `query ($c: ID!, $list: [ParticipantIdentifierInput!]!, $one: ParticipantIdentifierInput!, $key: String!) {
    a: conversationParticipants(${place}, identifiers: $list) { ... on ConversationParticipant { type } }
    b: conversationParticipants(${place}, identifiers: [$one, { key: $key, value: """b""" }]) { __typename }
    c: conversationParticipants(${place}, identifiers: { key: "a", value: "b" }) { __typename }
    ... { ... on Query { __typename } }
    a: conversationParticipants(identifiers: $list, ${place.replace(", conversationId: $c", "")}, conversationId: $c) {
      ... on ConversationParticipant { conversation { participantsByIdentifier(identifiers: $list) { __typename } } }
      ... on NotFoundError { conversation: code } }
  }`,
  `mutation M($input: UpdateParticipantStatusInput!, $status: SettableParticipantStatus = ACTIVE, $c: ID!) {
    updateParticipantStatus(input: $input) { ... on ConflictError { message } ... on ConversationParticipant { a: id } }
    b: updateParticipantStatus(input: { ${place}, key: "k", value: "v", status: $status }) { __typename }
    c: updateParticipantStatus(input: { ${place}, key: "k", value: "v", status: PENDING }) { ... on BirdError { code } }
    d: updateParticipantStatus(input: { ${place}, key: "k", value: "v", status: null }) { ... on BirdError { code } }
  }`,
  `query E($any: _Any!, $list: [_Any!]!, $id: ID) {
    _entities(representations: [$any, { __typename: "Conversation", id: $id, a: [1, 2.5, true, E, null] }]) {
      ... on Conversation { id participantsByIdentifier(identifiers: []) { ...F } }
      ... on ConversationParticipant { id status contact { platformAddress } }
    }
    all: _entities(representations: $list) { __typename }
    _service { sdl }
  }
  fragment F on ConversationParticipantResult { __typename ... on BirdError { details } ...G }
  fragment G on ConversationParticipant { displayName avatarUrl }`,
  `query I($deprecated: Boolean = false) { __schema { types { ...T } queryType { name } }
    __type(name: "Query") { name fields(includeDeprecated: $deprecated) { name args { name defaultValue } } } }
  fragment T on __Type { kind name ofType { name } }`,
  largestLegalText().slice(0, largestLegalText().indexOf("a2:")) + "}",
].map((text) => parse(text, { noLocation: true }));

const seeds = [...valid, ...mistakes.map(([, , text]) => parse(text, { noLocation: true }))];

type List = { kind: string; items: ASTNode[] };

/** The lists of a document: of selections, arguments, directives, and so on. */
function listsOf(document: DocumentNode): List[] {
  const lists: List[] = [];
  visit(document, {
    enter: (node) => {
      for (const [kind, value] of Object.entries(node))
        if (Array.isArray(value)) lists.push({ kind, items: value as ASTNode[] });
    },
  });
  return lists;
}

function namesOf(document: DocumentNode): { kind: string; name: NameNode }[] {
  const names: { kind: string; name: NameNode }[] = [];
  visit(document, {
    Name: (name, key, parent) => {
      if (parent && "kind" in parent) names.push({ kind: `${parent.kind}.${key ?? ""}`, name });
    },
  });
  return names;
}

const parts = seeds.flatMap(listsOf);
const names = seeds.flatMap(namesOf);

/** @param random gives numbers from 0 to 1 @returns a text, which need not be valid */
export function createMutant(random: () => number): string {
  if (random() < 0.1) return toText({ ...randomShape(random), strings: 0, ignored: 0 });
  const document = structuredClone(pick(random() < 0.8 ? valid : seeds, random));
  for (let times = Math.floor(random() * 4); times >= 0; times--) change(document, random);
  return print(document);
}

function change(document: DocumentNode, random: () => number): void {
  if (random() < 0.35) {
    const { kind, name } = pick(namesOf(document), random);
    const others = names.filter((other) => other.kind === kind);
    Object.assign(name, { value: pick(others, random).name.value });
    return;
  }
  const lists = listsOf(document).filter(({ items }) => items.length > 0 || random() < 0.2);
  const { kind, items } = pick(lists, random);
  const at = Math.floor(random() * (items.length + 1));
  const sources = random() < 0.5 ? listsOf(document) : parts;
  const donors = sources.filter((list) => list.kind === kind && list.items.length > 0);
  const removed = random() < 0.6 ? 1 : 0;
  const adds = random() < 0.6 && donors.length > 0;
  const added = adds ? [structuredClone(pick(pick(donors, random).items, random))] : [];
  items.splice(at, removed, ...added);
  if (items.length > 0) return;
  if (kind === "selections") items.push(typename);
  if (kind === "definitions") items.push(...structuredClone(pick(valid, random)).definitions);
}

const typename: ASTNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: "__typename" } };

function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("There is nothing to pick.");
  return item;
}
