// What nothing that the gateway emits may hold: the keys, tokens and people of all the tests.

/** Every test uses these people and keys, so every test looks for them. */
const personal = [
  "canary",
  "john.doe@bird.com",
  "John Doe",
  "@example.com",
  "+316",
  "AccessKey sandbox",
  "AccessKey any",
  "AccessKey Its.Own",
  "eyJ",
];

/** The encodings in which a text may hide. */
function spellings(text: string): string[] {
  const encoded = encodeURIComponent(text);
  return [
    text,
    text.toLowerCase(),
    encoded,
    encoded.toLowerCase(),
    Buffer.from(text).toString("base64").replace(/=+$/, ""),
  ];
}

/** What of a text is a secret or personal. */
export function findPersonal(text: string, wanted: readonly string[] = personal): string[] {
  const lower = text.toLowerCase();
  return wanted.filter((what) =>
    spellings(what).some((spelling) => text.includes(spelling) || lower.includes(spelling)),
  );
}

/** @throws when log lines, metrics or other output hold what they must not */
export function expectNothingPersonal(emitted: string): void {
  const found = findPersonal(emitted);
  if (found.length > 0) throw new Error(`what the gateway emitted holds ${found.join(", ")}`);
}
