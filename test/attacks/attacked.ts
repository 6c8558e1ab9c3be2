// Starts the target of the attacks: the real process in production mode, over an upstream that records every call.
import { startProcess, type GatewayProcess } from "../support/process.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { asked } from "../support/steps.ts";

export type Attacked = {
  url: string;
  bird: ScriptedUpstream;
  process: GatewayProcess;
  close: () => Promise<void>;
};

export type Answer = {
  status: number;
  headers: Headers;
  text: string;
  body: { data?: unknown; errors?: { message: string; extensions?: { code?: string } }[] };
};

export async function startAttacked(
  environment: Record<string, string> = {},
  bird?: ScriptedUpstream,
): Promise<Attacked> {
  const upstream = bird ?? (await startUpstream(asked));
  const gateway = await startProcess({
    NODE_ENV: "production",
    BIRD_API_URL: upstream.url,
    // The tests make more calls than the default quota allows.
    BIRD_READS_PER_SECOND: "1000000",
    BIRD_WRITES_PER_SECOND: "1000000",
    ...environment,
  });
  return {
    url: gateway.url,
    bird: upstream,
    process: gateway,
    close: async () => {
      await gateway.stop("SIGKILL");
      await upstream.close();
    },
  };
}

export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

/** Posts an operation with an access key. */
export function post(
  { url }: { url: string },
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "AccessKey any", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

export function codesOf({ body }: Answer): (string | undefined)[] {
  return (body.errors ?? []).map((error) => error.extensions?.code);
}

function parse(text: string): Answer["body"] {
  try {
    return JSON.parse(text) as Answer["body"];
  } catch {
    return {};
  }
}

const place = `workspaceId: "a1405560-c8d3-4b1a-877d-3f449ad95352", conversationId: "02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418"`;

/** The text of a lookup, with a different value for each number. */
export function lookup(selection = "{ __typename }", number = 0): string {
  return `conversationParticipant(${place}, key: "emailaddress", value: "n${number}@example.com") ${selection}`;
}

export function lookups(count: number, selection?: string): string {
  return Array.from({ length: count }, (_, index) => `a${index}: ${lookup(selection, index)}`).join("\n");
}

export const listPlace = place;
