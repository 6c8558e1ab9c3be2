// A Bird in a process of its own, which counts the calls that arrive and answers by rules. See bench/programs/counting-bird.js.
import { startProcess } from "./process.ts";

/** What happens to calls that fit: to those whose key begins with `key`, of this workspace, of this method. */
export type Rule = {
  key?: string;
  workspaceId?: string;
  method?: "GET" | "PATCH";
  /** 200 where it is not given; 0 hangs, -1 closes the connection. */
  status?: number;
  /** From and to; answered at once where it is not given. */
  latencyMs?: [number, number];
  headers?: Record<string, string>;
};

export type CountedCall = {
  /** The machine's clock, in milliseconds: see `nowMs`. */
  atMs: number;
  workspaceId: string;
  key: string;
  method: string;
  status: number;
};

/** The clock of `CountedCall.atMs`, which all processes of the machine share. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

/**
 * How many calls a quota allows between a moment and the last of these calls: n at once, and n in each second that
 * follows. A busy machine makes calls come later, and never more of them.
 *
 * @param beginMs by `nowMs`, before the first call can have begun
 * @param perSecond the quota
 */
export function allowedSince(beginMs: number, calls: readonly CountedCall[], perSecond: number): number {
  const endMs = Math.max(...calls.map(({ atMs }) => atMs));
  return perSecond * (Math.ceil((endMs - beginMs) / 1000) + 1);
}

export type CountingBird = {
  url: string;
  /** From now on these rules count; the first that fits. */
  setRules: (rules: Rule[]) => Promise<void>;
  /** The calls since `takeCalls` was used. */
  calls: () => Promise<CountedCall[]>;
  /** The same, and begins to count anew. */
  takeCalls: () => Promise<CountedCall[]>;
  close: () => Promise<void>;
};

export async function startCountingBird(rules: Rule[] = []): Promise<CountingBird> {
  const bird = await startProcess({}, "node", ["bench/programs/counting-bird.js"]);
  const setRules = async (next: Rule[]) => {
    await fetch(`${bird.url}/rules`, { method: "PUT", body: JSON.stringify(next) });
  };
  await setRules(rules);
  const askForCalls = async (method: "GET" | "DELETE") => {
    const response = await fetch(`${bird.url}/calls`, { method });
    return (await response.json()) as CountedCall[];
  };
  return {
    url: bird.url,
    setRules,
    calls: () => askForCalls("GET"),
    takeCalls: () => askForCalls("DELETE"),
    close: async () => {
      await bird.stop("SIGKILL");
    },
  };
}
