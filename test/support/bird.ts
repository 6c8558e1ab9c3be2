// The conversations and participants of the sandbox that many tests use.

export const workspaceId = "a1405560-c8d3-4b1a-877d-3f449ad95352";
export const conversationId = "02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418";
/** The conversation of the update document, where john.doe@bird.com is yet to be approved. */
export const updateConversationId = "c9c60caa-eaf5-4628-9687-91de4d452bfa";

export const john = { workspaceId, conversationId, key: "emailaddress", value: "john.doe@bird.com" };
export const pendingJohn = { ...john, conversationId: updateConversationId };

/** John Doe as Bird's documents show him. */
export const aParticipant = {
  id: "8f0b5377-2edc-4116-a8e8-6a475f245a04",
  type: "contact",
  status: "active",
  displayName: "John Doe",
  avatarUrl: "",
  contact: {
    identifierKey: "emailaddress",
    identifierValue: "john.doe@bird.com",
    platformAddress: "john.doe@bird.com",
  },
};

/** The address at which the sandbox misbehaves as the fault says, such as `status=503`. */
export const misbehaving = (fault: string) => ({ ...john, key: "sandbox-fault", value: fault });
