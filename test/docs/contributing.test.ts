import { describe, expect, test } from "@jest/globals";
import { readDocument } from "../support/markdown.ts";

describe("CONTRIBUTING.md", () => {
  const examples = readDocument("CONTRIBUTING.md").matchAll(/^> (.+)\n\nfrom `([^`]+)`/gm);

  test.each([...examples].map(([, comment = "", file = ""]) => [file, comment]))(
    "quotes a comment of %s as it stands",
    (file, comment) => {
      // Comments wrap, and begin each line with a mark.
      const text = readDocument(file).replace(/\n\s*(?:\*|\/\/) /g, " ");
      expect(text).toContain(comment);
    },
  );
});
