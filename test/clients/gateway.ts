// A gateway over a Bird whose conversations and failures a test decides, and a `fetch` that counts what a client sends.
import { startTestGateway } from "../support/gateway.ts";
import { aParticipant, conversationId, john as johnInFirst, updateConversationId } from "../support/bird.ts";
import { startUpstream, type UpstreamRequest } from "../support/scripted-upstream.ts";
import { choose, json } from "../support/steps.ts";

export { workspaceId } from "../support/bird.ts";
export const firstConversation = conversationId;
export const secondConversation = updateConversationId;
export const john = { key: johnInFirst.key, value: johnInFirst.value };

export const inFirst = johnInFirst;
export const inSecond = { ...inFirst, conversationId: secondConversation };

/** More requests than any correct client makes in a test: a client in a request loop is stopped here. */
const MAX_REQUESTS = 40;

export type ClientTest = {
  url: string;
  /** John's status, by conversation. He is the same contact in both, so Bird gives him one id. */
  statuses: Map<string, string>;
  /** While it is set, Bird's answer to every request, or to those whose path contains `path`. */
  failure: { status: number; body?: unknown; headers?: Record<string, string>; path?: string } | null;
  /** Sends a request and counts it. */
  fetch: typeof fetch;
  /** The requests that clients have sent. */
  sent: Request[];
  /** Resolves when no request is under way and no client begins another. */
  settled: () => Promise<void>;
  close: () => Promise<void>;
};

export async function startClientTest(environment: Record<string, string> = {}): Promise<ClientTest> {
  const statuses = new Map([
    [firstConversation, "active"],
    [secondConversation, "pending"],
  ]);
  const bird = await startUpstream(
    choose((request) => {
      const { failure } = test;
      if (failure !== null && request.path.includes(failure.path ?? ""))
        return json(failure.status, failure.body ?? {}, failure.headers);
      return json(200, answerOf(request, statuses));
    }),
  );
  const gateway = await startTestGateway(bird.url, environment);
  let underWay = 0;
  const test: ClientTest = {
    url: `${gateway.url}/graphql`,
    statuses,
    failure: null,
    sent: [],
    fetch: async (input, init) => {
      const request = new Request(input, init);
      test.sent.push(request.clone());
      if (test.sent.length > MAX_REQUESTS) throw new Error("The client asks in a circle");
      underWay += 1;
      try {
        return await fetch(request);
      } finally {
        underWay -= 1;
      }
    },
    settled: async () => {
      // A client begins its next request within a few timers after an answer.
      for (let quiet = 0; quiet < 30; quiet += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (underWay > 0) quiet = 0;
      }
    },
    close: async () => {
      await gateway.close();
      await bird.close();
    },
  };
  return test;
}

/** The participant as it is after the request: Bird finds it by its identifier, or lists it. */
function answerOf({ method, path, body }: UpstreamRequest, statuses: Map<string, string>): unknown {
  const conversationId = /conversations\/([^/]+)/.exec(path)?.[1] ?? "";
  if (method === "PATCH") {
    const { status } = JSON.parse(body) as { status: string };
    statuses.set(conversationId, status);
  }
  const participant = { ...aParticipant, status: statuses.get(conversationId) };
  if (path.includes("?limit=")) return { results: [participant], nextPageToken: null };
  const value = decodeURIComponent(path.split("/").at(-1) ?? "");
  return value === john.value ? participant : { ...participant, id: value, displayName: value };
}
