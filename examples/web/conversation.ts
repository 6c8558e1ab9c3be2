// The conversation that the page shows: participants of the sandbox, some of whom cannot be read.

const workspaceId = "a1405560-c8d3-4b1a-877d-3f449ad95352";
const conversationId = "02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418";

/** For the identifier key `sandbox-fault`, the sandbox fails as the value says. */
const identifiers = [
  { key: "emailaddress", value: "john.doe@bird.com" },
  { key: "emailaddress", value: "ada.okafor+orders@example.com" },
  { key: "phonenumber", value: "+31612345678" },
  { key: "emailaddress", value: "noor.haddad@example.com" },
  { key: "emailaddress", value: "nobody@example.com" },
  { key: "sandbox-fault", value: "status=401" },
  { key: "sandbox-fault", value: "status=403" },
  { key: "sandbox-fault", value: "status=422" },
  { key: "sandbox-fault", value: "status=429" },
  { key: "sandbox-fault", value: "status=503" },
];

export const conversation = { workspaceId, conversationId, identifiers };
