// Tenants and strangers of one gateway: the real process in production mode, and a Bird that counts in a process of its own.
import { randomUUID } from "node:crypto";
import { Pool } from "undici";
import { conversationId } from "../support/bird.ts";
import {
  startCountingBird,
  type CountedCall,
  type CountingBird,
  type Rule,
} from "../support/counting-bird.ts";
import { startProcess, type GatewayProcess } from "../support/process.ts";

/** The fields of a result that these tests check. */
export type Result = {
  __typename: string;
  code?: string;
  message?: string;
  retryAfterSeconds?: number | null;
  fieldErrors?: { path: string }[];
};

const selection = `{ __typename
  ... on BirdError { code message } ... on RateLimitedError { retryAfterSeconds } ... on ValidationError { fieldErrors { path } } }`;

/** The quota in reads per second: small, so that a few dozen operations exceed it even on a busy machine. */
export const QUOTA = 10;
const CONNECTIONS = 100;

export class Tenancy {
  readonly bird: CountingBird;
  /** The workspace of calls that name none. A new workspace has all of its quota. */
  home: string = randomUUID();
  readonly #gateway: GatewayProcess;
  readonly #pool: Pool;
  /** The operations that have no answer yet. */
  readonly #underway = new Set<Promise<unknown>>();
  #reads = 0;

  constructor(bird: CountingBird, gateway: GatewayProcess) {
    this.bird = bird;
    this.#gateway = gateway;
    this.#pool = new Pool(gateway.url, { connections: CONNECTIONS });
  }

  /**
   * One operation that reads a participant, each time another one, in each of these workspaces.
   *
   * @param key an access key, or the whole `Authorization` header
   */
  async readIn(key: string, workspaceIds: string[]): Promise<Result[]> {
    const field = (id: string, index: number) =>
      `a${index}: conversationParticipant(workspaceId: "${id}", conversationId: "${conversationId}", ` +
      `key: "emailaddress", value: "n${this.#reads++}@example.com") ${selection}`;
    return this.#send(key, `{ ${workspaceIds.map(field).join(" ")} }`);
  }

  /** One operation that reads one participant, each time another one. */
  async read(key: string, inWorkspace = this.home): Promise<Result> {
    const [result] = await this.readIn(key, [inWorkspace]);
    if (result === undefined) throw new Error("no result");
    return result;
  }

  /** Sends this many operations at once, all with one key or each with its own. */
  async reads(count: number, key: string | ((index: number) => string)): Promise<Result[]> {
    const keyOf = typeof key === "string" ? () => key : key;
    return Promise.all(Array.from({ length: count }, (_, index) => this.read(keyOf(index))));
  }

  async update(key: string, inWorkspace = this.home): Promise<Result> {
    const input =
      `{ workspaceId: "${inWorkspace}", conversationId: "${conversationId}", ` +
      `key: "emailaddress", value: "n${this.#reads++}@example.com", status: ACTIVE }`;
    const [result] = await this.#send(
      key,
      `mutation { u: updateParticipantStatus(input: ${input}) ${selection} }`,
    );
    if (result === undefined) throw new Error("no result");
    return result;
  }

  /**
   * Changes to a new workspace, where Bird answers every key and has accepted these. Operations that a failed test has
   * left behind end first.
   */
  async moveOn(...keys: string[]): Promise<void> {
    await Promise.allSettled(this.#underway);
    this.home = randomUUID();
    await this.bird.setRules([]);
    await this.accept(keys);
  }

  /** Makes Bird accept keys, and does not count the calls for it. */
  async accept(keys: string[], inWorkspace = this.home): Promise<void> {
    for (const key of keys) await this.read(key, inWorkspace);
    await this.bird.takeCalls();
  }

  /** The calls for the present workspace since it was entered. Late calls for others do not count. */
  async calls(): Promise<CountedCall[]> {
    return (await this.bird.calls()).filter(({ workspaceId }) => workspaceId === this.home);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
    await this.#gateway.stop("SIGKILL");
    await this.bird.close();
  }

  #send(key: string, query: string): Promise<Result[]> {
    const results = this.#execute(key, query).finally(() => this.#underway.delete(results));
    this.#underway.add(results);
    return results;
  }

  async #execute(key: string, query: string, attempts = 8): Promise<Result[]> {
    const { body } = await this.#pool.request({
      method: "POST",
      path: "/graphql",
      headers: {
        "content-type": "application/json",
        authorization: key.includes(" ") ? key : `AccessKey ${key}`,
      },
      body: JSON.stringify({ query }),
    });
    const text = await body.text();
    // On a busy machine the event loop is delayed. The gateway then answers 503 and executes nothing.
    if (text.includes("OVERLOADED") && attempts > 1) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return this.#execute(key, query, attempts - 1);
    }
    const { data } = JSON.parse(text) as { data?: Record<string, Result> };
    if (data === undefined) throw new Error(`not executed: ${text}`);
    return Object.values(data);
  }
}

export async function startTenancy(
  rules: Rule[] = [],
  environment: Record<string, string> = {},
): Promise<Tenancy> {
  const bird = await startCountingBird(rules);
  const gateway = await startProcess({
    NODE_ENV: "production",
    BIRD_API_URL: bird.url,
    BIRD_READS_PER_SECOND: String(QUOTA),
    ...environment,
  });
  return new Tenancy(bird, gateway);
}

export const inventWorkspaces = (count: number): string[] =>
  Array.from({ length: count }, () => randomUUID());

export const served = (results: Result[]): number =>
  results.filter(({ __typename }) => __typename === "ConversationParticipant").length;

/** The number of these calls whose keys begin with this prefix. */
export const callsOf = (calls: CountedCall[], key: string): number =>
  calls.filter((call) => call.key.startsWith(key)).length;
