// How the schema is linted: graphql-eslint's recommended rules and its stricter ones, and why some are left out.
import graphql from "@graphql-eslint/eslint-plugin";

const { "flat/schema-recommended": recommended, "flat/schema-all": strict } = graphql.configs;

export const schemaRules = /** @type {import("eslint").Linter.Config} */ ({
  files: ["schema/*.graphql"],
  languageOptions: {
    parser: graphql.parser,
    // The printed schema, since it defines the directives of federation. A test keeps it up to date.
    parserOptions: { graphQLConfig: { schema: "schema/published/subgraph.graphql" } },
  },
  plugins: { "@graphql-eslint": graphql },
  rules: {
    ...recommended.rules,
    ...strict.rules,
    "@graphql-eslint/require-description": [
      "error",
      {
        types: true,
        rootField: true,
        DirectiveDefinition: true,
        FieldDefinition: true,
        InputValueDefinition: true,
        EnumValueDefinition: true,
      },
    ],
    "@graphql-eslint/strict-id-in-types": [
      "error",
      // Clients do not cache these by themselves: they are part of the object that contains them.
      { exceptions: { suffixes: ["Error"], types: ["ParticipantContact"] } },
    ],
    // Fields stand in the order of their importance, those that identify an object first.
    "@graphql-eslint/alphabetize": "off",
    // A short description is a string, a long one a block string: prettier keeps both.
    "@graphql-eslint/description-style": "off",
    // It forbids mutations.
    "@graphql-eslint/no-root-type": "off",
    // An update's result is a union with one participant in it, which leads on to its conversation: no need for the root.
    "@graphql-eslint/require-field-of-type-query-in-mutation-result": "off",
  },
});
