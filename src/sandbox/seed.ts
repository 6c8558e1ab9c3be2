// What every sandbox starts with: the examples of Bird's documents, and made-up people.
import type { SandboxConversation, SandboxParticipant } from "./conversation.ts";

const workspaceId = "a1405560-c8d3-4b1a-877d-3f449ad95352";

const customers: readonly SandboxParticipant[] = [
  {
    id: "05bdb924-6c7b-4be3-a0bf-a1f3e76b694e",
    type: "contact",
    status: "pending",
    displayName: "Ada Okafor",
    avatarUrl: "https://example.com/avatars/ada-okafor.png",
    contact: {
      identifierKey: "emailaddress",
      identifierValue: "ada.okafor+orders@example.com",
      platformAddress: "ada.okafor+orders@example.com",
    },
  },
  {
    id: "010fc633-c78b-4820-963d-939a17ea2991",
    type: "contact",
    status: "invited",
    displayName: "Mila de Vries",
    // As recorded answers of Bird have it: no avatar, and a selector.
    contact: {
      identifierKey: "phonenumber",
      identifierValue: "+31612345678",
      platformAddress: "+31612345678",
      platformAddressSelector: "identifiers.phonenumber",
    },
  },
  {
    id: "c7919196-4fda-4398-8c9a-932d008c381f",
    type: "contact",
    status: "active",
    displayName: "Tomás Rivera",
    avatarUrl: "https://example.com/avatars/tomas-rivera.png",
    contact: {
      identifierKey: "facebookid-164849000012345",
      identifierValue: "720197540012345",
      platformAddress: "720197540012345",
    },
  },
  {
    id: "504491ae-761f-4489-bf59-856a725359c0",
    type: "contact",
    displayName: "Yuki Tanaka",
    avatarUrl: "",
    contact: {
      identifierKey: "applebc-c72f4be3-2773-4ad4-86cf-6a6b4b3cb837",
      identifierValue: "urn:mbid:c29tZSByYW5kb20gYmFzZTY0IGNvbnRlbnQ=",
      platformAddress: "urn:mbid:c29tZSByYW5kb20gYmFzZTY0IGNvbnRlbnQ=",
    },
  },
];

const colleagues: readonly SandboxParticipant[] = [
  {
    id: "03502114-cbee-4882-947d-f17966413bfb",
    type: "user",
    status: "active",
    displayName: "Sam Lindqvist",
    avatarUrl: "https://example.com/avatars/sam-lindqvist.png",
    contact: { identifierKey: "emailaddress", identifierValue: "sam.lindqvist@example.com" },
  },
  {
    id: "36ed1927-7e05-4ab0-8c04-cfe3f197d069",
    type: "agent",
    status: "invited",
    displayName: "Noor Haddad",
    avatarUrl: "https://example.com/avatars/noor-haddad.png",
    contact: { identifierKey: "emailaddress", identifierValue: "noor.haddad@example.com" },
  },
];

/** These have no identifier, so they can only be read by id. */
const systems: readonly SandboxParticipant[] = [
  { id: "e90bf72b-9b3a-4044-8d81-1a35da8fc348", type: "bot", status: "active", displayName: "Order Bot" },
  { id: "5e209f1a-d78a-40a9-9236-702b715025d5", type: "flow", displayName: "Welcome Flow" },
  { id: "93382d70-5d3b-4c93-8d3e-7a20f2ba7939", type: "accessKey" },
];

/** The participant behind every fault spec that is used as an identifier. */
const slowParticipant: SandboxParticipant = {
  id: "2d07faa7-3eb5-47dd-8e58-f137910cbd67",
  type: "contact",
  status: "pending",
  displayName: "Slow Participant",
  avatarUrl: "",
  contact: { identifierKey: "sandbox-fault", identifierValue: "latency=1000" },
};

/** The conversations of the two documents, under the documents' own ids. */
export const seed: readonly SandboxConversation[] = [
  {
    workspaceId,
    conversationId: "02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418",
    participants: [
      johnDoe({ id: "8f0b5377-2edc-4116-a8e8-6a475f245a04", status: "active", displayName: "John Doe" }),
      ...customers,
      ...colleagues,
      ...systems,
      slowParticipant,
    ],
  },
  {
    workspaceId,
    conversationId: "c9c60caa-eaf5-4628-9687-91de4d452bfa",
    // Pending, so that the update to active in Bird's document changes something.
    participants: [
      johnDoe({ id: "3954d22c-96f7-4bc3-817b-67b4d903ed90", status: "pending", displayName: "" }),
    ],
  },
];

/** The documents' participant, in the documents' order of properties. */
function johnDoe({ id, status, displayName }: { id: string; status: string; displayName: string }) {
  return {
    id,
    type: "contact",
    status,
    displayName,
    avatarUrl: "",
    contact: {
      identifierKey: "emailaddress",
      identifierValue: "john.doe@bird.com",
      platformAddress: "john.doe@bird.com",
    },
  };
}
