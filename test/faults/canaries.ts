// Canaries: secrets and personal data that must never appear in logs, metrics or another caller's response.

export const key = "canary-key-5f1c";
export const canaries = {
  key,
  email: "canary.mail@example.com",
  phone: "+31699999999",
  name: "Canary Person",
};

export const participant = {
  id: "8f0b5377-2edc-4116-a8e8-6a475f245a04",
  type: "contact",
  status: "active",
  displayName: canaries.name,
  avatarUrl: "",
  contact: {
    identifierKey: "emailaddress",
    identifierValue: canaries.email,
    platformAddress: canaries.phone,
  },
};

/** The names of the canaries that occur in a text. */
export function canariesIn(text: string): string[] {
  return Object.entries(canaries)
    .filter(([, canary]) => text.includes(canary) || text.includes(encodeURIComponent(canary)))
    .map(([name]) => name);
}
