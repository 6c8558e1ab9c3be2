// Compares the quick validation with graphql-js on many texts.
import { OperationTypeNode, parse, specifiedRules, validate, Kind } from "graphql";
import { createRandom } from "../../../../bench/worst-text/hunt.js";
import { measure } from "../../../../src/graphql/admission/measure.ts";
import { limits } from "../../../../src/graphql/admission/limits.ts";
import { createSchema } from "../../../../src/graphql/schema.ts";
import { QuickValidation } from "../../../../src/graphql/validation/quick-validation.ts";
import { createMutant } from "./mutants.ts";
import { createOverlappingText } from "./overlapping-texts.ts";

const schema = createSchema();
const quick = new QuickValidation(schema);

type Comparison = { valid: number; invalid: number; differences: string[] };

/** Compares the verdicts on texts within the limits. In production others are rejected before. */
export function compare({ seed, texts }: { seed: number; texts: number }): Comparison {
  const random = createRandom(seed);
  const comparison: Comparison = { valid: 0, invalid: 0, differences: [] };
  for (let number = 0; number < texts; number++) {
    const text = number % 2 === 0 ? createMutant(random) : createOverlappingText(random);
    const document = parseOrNull(text);
    if (document === null) continue;
    const measured = measure(document);
    if (typeof measured === "string" || measured.introspects) continue;
    const isSubscription = document.definitions.some(
      (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.SUBSCRIPTION,
    );
    if (isSubscription) continue;
    const errors = validate(schema, document, specifiedRules, { maxErrors: 1 });
    const mistake = quick.findMistake(document);
    if (errors.length === 0) comparison.valid += 1;
    else comparison.invalid += 1;
    if ((mistake === null) !== (errors.length === 0))
      comparison.differences.push(`${mistake?.kind ?? errors[0]?.message ?? ""}:\n${text}`);
  }
  return comparison;
}

function parseOrNull(text: string) {
  try {
    return parse(text, { maxLexicalTokens: limits.tokens });
  } catch {
    return null;
  }
}
