// The standing rules by which requests go wrong before anything looks at them, as under an outage or a bad proxy.

import { z } from "zod";
import { InvalidFault, parseFault } from "./fault-spec.ts";
import type { Fault } from "./fault-spec.ts";

/** Which requests are to go wrong, and how. */
export type FaultRule = {
  /** A fault spec, such as `status=503;retry-after=1`. */
  fault: string;
  /** Only requests with this method. */
  method?: "GET" | "PATCH";
  /** Only requests whose raw path and query contain this. */
  path?: string;
  /** For so many requests; without it until the rules are forgotten. */
  times?: number;
};

/** The rules in force; the first that matches a request wins. */
export type FaultRules = {
  /** Checks and adds a rule. Throws InvalidFault. */
  readonly add: (rule: unknown) => void;
  readonly clear: () => void;
  /** The fault for this request, if any; it counts against the rule's `times`. */
  readonly take: (method: string, rawPath: string) => Fault | null;
};

const ruleSchema = z.strictObject({
  fault: z.string().transform(parseFault),
  method: z.enum(["GET", "PATCH"]).optional(),
  path: z.string().min(1).optional(),
  times: z.int().min(1).default(Infinity),
});

/** An empty list of rules. */
export function createFaultRules(): FaultRules {
  let rules: z.infer<typeof ruleSchema>[] = [];
  return {
    add: (rule) => {
      const checked = ruleSchema.safeParse(rule);
      if (!checked.success) throw new InvalidFault(toMessage(checked.error.issues));
      rules.push(checked.data);
    },
    clear: () => {
      rules = [];
    },
    take: (method, rawPath) => {
      const rule = rules.find(
        (candidate) =>
          (candidate.method ?? method) === method &&
          (candidate.path === undefined || rawPath.includes(candidate.path)),
      );
      if (rule === undefined) return null;
      rule.times -= 1;
      if (rule.times === 0) rules = rules.filter((other) => other !== rule);
      return rule.fault;
    },
  };
}

function toMessage(issues: readonly z.core.$ZodIssue[]): string {
  const problems = issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join(".")}: ${message}` : message,
  );
  return `The rule does not fit. ${problems.join(". ")}.`;
}
