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

export type CountedCall = { atMs: number; workspaceId: string; key: string; method: string; status: number };

export type CountingBird = {
  url: string;
  /** From now on these rules count; the first that fits. */
  setRules: (rules: Rule[]) => Promise<void>;
  /** The calls since the last time this was asked. */
  takeCalls: () => Promise<CountedCall[]>;
  close: () => Promise<void>;
};

export async function startCountingBird(rules: Rule[] = []): Promise<CountingBird> {
  const bird = await startProcess({}, "node", ["bench/programs/counting-bird.js"]);
  const setRules = async (next: Rule[]) => {
    await fetch(`${bird.url}/rules`, { method: "PUT", body: JSON.stringify(next) });
  };
  await setRules(rules);
  return {
    url: bird.url,
    setRules,
    takeCalls: async () => {
      const response = await fetch(`${bird.url}/calls`, { method: "DELETE" });
      return (await response.json()) as CountedCall[];
    },
    close: async () => {
      await bird.stop("SIGKILL");
    },
  };
}
