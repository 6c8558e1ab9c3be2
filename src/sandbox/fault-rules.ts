// The standing rules by which requests go wrong before anything looks at them, as in an outage or behind a bad proxy.
import { z } from "zod";
import { InvalidFault, parseFault, type Fault } from "./fault-spec.ts";

/** Which requests go wrong, and how. */
export type FaultRule = {
  /** A fault spec, such as `status=503;retry-after=1`. */
  fault: string;
  /** Only requests with this method. */
  method?: "GET" | "PATCH";
  /** Only requests whose raw path and query contain this text. */
  path?: string;
  /** How many requests go wrong. Default: all until `clear`. */
  times?: number;
};

const ruleSchema = z.strictObject({
  fault: z.string().transform(parseFault),
  method: z.enum(["GET", "PATCH"]).optional(),
  path: z.string().min(1).optional(),
  times: z.int().min(1).default(Infinity),
});

/** The rules in force. The first that matches a request wins. */
export class FaultRules {
  #rules: z.infer<typeof ruleSchema>[] = [];

  /** @throws InvalidFault when the rule does not fit `FaultRule` or its fault spec is invalid */
  add(rule: unknown): void {
    const checked = ruleSchema.safeParse(rule);
    if (!checked.success) throw new InvalidFault(toMessage(checked.error.issues));
    this.#rules.push(checked.data);
  }

  clear(): void {
    this.#rules = [];
  }

  /** The fault for this request, if any. It counts against the rule's `times`. */
  take(method: string, rawPath: string): Fault | null {
    const rule = this.#rules.find(
      (candidate) =>
        (candidate.method ?? method) === method &&
        (candidate.path === undefined || rawPath.includes(candidate.path)),
    );
    if (rule === undefined) return null;
    rule.times -= 1;
    if (rule.times === 0) this.#rules = this.#rules.filter((other) => other !== rule);
    return rule.fault;
  }
}

function toMessage(issues: readonly z.core.$ZodIssue[]): string {
  const problems = issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join(".")}: ${message}` : message,
  );
  return `The rule does not fit. ${problems.join(". ")}.`;
}
