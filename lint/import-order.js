// A lint rule: imports stand in the order of their distance, from Node's modules to the file's own folder.

const order = "Node's modules, packages, ../ and ./";

/** @param {string} specifier */
function distanceOf(specifier) {
  if (specifier.startsWith("node:")) return 0;
  if (specifier.startsWith("./")) return 3;
  return specifier.startsWith("../") ? 2 : 1;
}

/** @type {import("eslint").Rule.RuleModule} */
const rule = {
  meta: {
    type: "layout",
    fixable: "code",
    schema: [],
    messages: { order: `Import in this order: ${order}.` },
  },
  create: (context) => ({
    Program: (program) => {
      const imports = program.body.filter((node) => node.type === "ImportDeclaration");
      const distances = imports.map((node) => distanceOf(String(node.source.value)));
      const first = distances.findIndex((distance, index) => distance < (distances[index - 1] ?? 0));
      const wrong = imports[first];
      if (wrong === undefined) return;
      const sorted = imports.toSorted(
        (a, b) => distanceOf(String(a.source.value)) - distanceOf(String(b.source.value)),
      );
      context.report({
        node: wrong,
        messageId: "order",
        fix: (fixer) =>
          imports.map((node, index) => fixer.replaceText(node, context.sourceCode.getText(sorted[index]))),
      });
    },
  }),
};

export const importOrder = {
  plugins: { house: { rules: { "import-order": rule } } },
  rules: /** @type {const} */ ({ "house/import-order": "error" }),
};
