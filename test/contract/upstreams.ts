// The upstreams of the contract tests: always the sandbox, and the real Bird when its address and key are given.
import type { AddressInput } from "../../src/bird/address.ts";
import { startSandbox, type SandboxConversation } from "../../src/sandbox/sandbox.ts";
import { john, workspaceId } from "../support/bird.ts";

export type Upstream = {
  readonly name: string;
  readonly accessKey: string;
  /** An existing participant, whose status the suite may change and restore. */
  readonly address: AddressInput;
  readonly start: () => Promise<{ url: URL; close: () => Promise<void> }>;
};

/** A conversation that only this suite's sandbox has: its people's identifiers are hard to carry in a URL. */
export const awkwardPlace = { workspaceId, conversationId: "5bf7bbd0-94a5-4a3c-9d0f-0c1de8fb7a0d" };
export const awkwardKey = "custom/key?#%";
export const awkwardValues = [
  "a/b",
  "/",
  "a?b=c",
  "a#b",
  "100%",
  "%2F",
  "a b",
  " a ",
  "a+b",
  "a&b;c=d",
  "...",
  "'\"<>\\`{|}^",
  "é",
  "日本語",
  "🐦",
];

const awkwardConversation: SandboxConversation = {
  ...awkwardPlace,
  participants: awkwardValues.map((identifierValue, index) => ({
    id: `awkward-${index}`,
    type: "contact",
    contact: { identifierKey: awkwardKey, identifierValue },
  })),
};

export const sandbox: Upstream = {
  name: "the sandbox",
  accessKey: "sandbox",
  address: john,
  start: async () => {
    const running = await startSandbox({
      readsPerSecond: Infinity,
      writesPerSecond: Infinity,
      conversations: [awkwardConversation],
    });
    return { url: new URL(running.url), close: () => running.close() };
  },
};

/** @returns the real Bird as the only item, or nothing where no access key is given; an empty value is none */
export function toRealBird(environment: Environment): Upstream[] {
  const accessKey = given(environment, "ACCESS_KEY");
  if (accessKey === undefined) return [];
  const address = {
    workspaceId: required(environment, "WORKSPACE_ID"),
    conversationId: required(environment, "CONVERSATION_ID"),
    key: required(environment, "KEY"),
    value: required(environment, "VALUE"),
  };
  const url = new URL(given(environment, "API_URL") ?? "https://api.bird.com");
  const start = () => Promise.resolve({ url, close: () => Promise.resolve() });
  return [{ name: "the real Bird", accessKey, address, start }];
}

type Environment = Readonly<Record<string, string | undefined>>;

function given(environment: Environment, name: string): string | undefined {
  const value = environment[`BIRD_CONTRACT_${name}`];
  return value === "" ? undefined : value;
}

function required(environment: Environment, name: string): string {
  const value = given(environment, name);
  if (value === undefined) {
    throw new Error(`With BIRD_CONTRACT_ACCESS_KEY, BIRD_CONTRACT_${name} must be set, too.`);
  }
  return value;
}
