// Mistakes that make a text invalid: at least one for each rule of graphql-js.

const place = `workspaceId: "a1405560-c8d3-4b1a-877d-3f449ad95352", conversationId: "02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418"`;
const lookup = `conversationParticipant(${place}, key: "k", value: "v")`;
const lookups = `conversationParticipants(${place}, identifiers: `;

/** Two fields with one name, in objects that exclude each other. @param {string} error @param {string} contact */
function excluding(error, contact) {
  return `_entities(representations: []) {
    ... on Conversation { a: participant(key: "k", value: "v") { ... on BirdError {${error}} } }
    ... on ConversationParticipant { a: contact {${contact}} } }`;
}

/**
 * Definitions that have the mistake of a rule and no other one.
 *
 * @type {readonly [rule: string, what: string, definitions: string][]}
 */
export const mistakes = [
  ["ExecutableDefinitionsRule", "a definition of a type", "type T { a: Int }"],
  [
    "UniqueOperationNamesRule",
    "a repeated name of an operation",
    "query M { __typename } query M { __typename }",
  ],
  ["LoneAnonymousOperationRule", "operations without names", "query { __typename } mutation { __typename }"],
  ["KnownTypeNamesRule", "an unknown type of a fragment", "query M { ... on Nope { a } }"],
  [
    "KnownTypeNamesRule",
    "an unknown type of a variable",
    "query M($m: Nope) { __typename @include(if: $m) }",
  ],
  [
    "FragmentsOnCompositeTypesRule",
    "an inline fragment on a scalar",
    "query M { ... on String { __typename } }",
  ],
  [
    "FragmentsOnCompositeTypesRule",
    "a fragment on an input type",
    "query M { ...M } fragment M on ParticipantIdentifierInput { __typename }",
  ],
  [
    "VariablesAreInputTypesRule",
    "a variable that is an output type",
    "query M($m: Query) { _entities(representations: [{ a: $m }]) { __typename } }",
  ],
  ["ScalarLeafsRule", "fields below a scalar", "query M { __typename { a } }"],
  [
    "ScalarLeafsRule",
    "no fields below an object",
    `query M { ${lookup} { ... on ConversationParticipant { contact } } }`,
  ],
  ["FieldsOnCorrectTypeRule", "an unknown field", "query M { nope }"],
  ["FieldsOnCorrectTypeRule", "a field of a member beside it", `query M { ${lookup} { id } }`],
  [
    "UniqueFragmentNamesRule",
    "a repeated name of a fragment",
    "query M { ...M } fragment M on Query { __typename } fragment M on Query { __typename }",
  ],
  ["KnownFragmentNamesRule", "an unknown fragment", "query M { ...Nope }"],
  [
    "NoUnusedFragmentsRule",
    "an unused fragment",
    "query M { __typename } fragment M on Query { __typename }",
  ],
  [
    "PossibleFragmentSpreadsRule",
    "an inline fragment that fits nothing",
    "query M { ... on Mutation { __typename } }",
  ],
  [
    "PossibleFragmentSpreadsRule",
    "a fragment that fits nothing",
    `query M { ${lookup} { ...M } } fragment M on ConflictError { __typename }`,
  ],
  [
    "NoFragmentCyclesRule",
    "a fragment within itself",
    "query M { ...M } fragment M on Query { __typename ...M }",
  ],
  [
    "NoFragmentCyclesRule",
    "fragments within each other",
    "query M { ...M } fragment M on Query { ...N } fragment N on Query { __typename ...M }",
  ],
  [
    "UniqueVariableNamesRule",
    "a repeated variable",
    "query M($m: Boolean!, $m: Boolean!) { __typename @include(if: $m) }",
  ],
  ["NoUndefinedVariablesRule", "an undefined variable", "query M { __typename @include(if: $m) }"],
  [
    "NoUndefinedVariablesRule",
    "an undefined variable in a fragment",
    "query M { ...M } fragment M on Query { __typename @skip(if: $m) }",
  ],
  ["NoUnusedVariablesRule", "an unused variable", "query M($m: Boolean) { __typename }"],
  ["KnownDirectivesRule", "an unknown directive", "query M { __typename @nope }"],
  ["KnownDirectivesRule", "a directive at an operation", "query M @include(if: true) { __typename }"],
  ["KnownDirectivesRule", "a directive of the schema", 'query M { __typename @tag(name: "a") }'],
  [
    "KnownDirectivesRule",
    "a directive at a variable",
    "query M($m: Boolean! @skip(if: true)) { __typename @include(if: $m) }",
  ],
  [
    "UniqueDirectivesPerLocationRule",
    "a repeated directive",
    "query M { __typename @include(if: true) @include(if: true) }",
  ],
  ["KnownArgumentNamesRule", "an unknown argument", "query M { __typename(a: 1) }"],
  [
    "KnownArgumentNamesRule",
    "an unknown argument of a directive",
    "query M { __typename @skip(if: true, a: 1) }",
  ],
  [
    "UniqueArgumentNamesRule",
    "a repeated argument",
    `query M { conversationParticipant(${place}, key: "k", key: "k", value: "v") { __typename } }`,
  ],
  [
    "UniqueArgumentNamesRule",
    "a repeated argument of a directive",
    "query M { __typename @skip(if: true, if: true) }",
  ],
  [
    "ValuesOfCorrectTypeRule",
    "a number for a text",
    `query M { conversationParticipant(${place}, key: 1, value: "v") { __typename } }`,
  ],
  [
    "ValuesOfCorrectTypeRule",
    "null for a text",
    `query M { conversationParticipant(${place}, key: null, value: "v") { __typename } }`,
  ],
  [
    "ValuesOfCorrectTypeRule",
    "an object without a field",
    `query M { ${lookups}[{ key: "k" }]) { __typename } }`,
  ],
  [
    "ValuesOfCorrectTypeRule",
    "an object with an unknown field",
    `query M { ${lookups}[{ key: "k", value: "v", a: 1 }]) { __typename } }`,
  ],
  [
    "ValuesOfCorrectTypeRule",
    "an unknown value of an enumeration",
    `mutation M { updateParticipantStatus(input: { ${place}, key: "k", value: "v", status: NOPE }) { __typename } }`,
  ],
  [
    "ValuesOfCorrectTypeRule",
    "a default of another type",
    "query M($m: Boolean! = 1) { __typename @include(if: $m) }",
  ],
  [
    "ProvidedRequiredArgumentsRule",
    "no required argument",
    `query M { conversationParticipant(${place}, key: "k") { __typename } }`,
  ],
  ["ProvidedRequiredArgumentsRule", "no argument of a directive", "query M { __typename @include }"],
  [
    "VariablesInAllowedPositionRule",
    "a variable that may be null",
    "query M($m: Boolean) { __typename @include(if: $m) }",
  ],
  [
    "VariablesInAllowedPositionRule",
    "a variable of another type in a list",
    `query M($m: String!) { ${lookups}[$m]) { __typename } }`,
  ],
  [
    "OverlappingFieldsCanBeMergedRule",
    "different fields with one name",
    `query M { ${lookup} { ... on BirdError { a: code a: message } } }`,
  ],
  [
    "OverlappingFieldsCanBeMergedRule",
    "one field with different arguments",
    `query M { ${lookup} { __typename } conversationParticipant(${place}, key: "k", value: "w") { __typename } }`,
  ],
  [
    "OverlappingFieldsCanBeMergedRule",
    "different types in objects that exclude each other",
    `query M { ${lookup} { ... on ConversationParticipant { a: id } ... on NotFoundError { a: details } } }`,
  ],
  [
    "OverlappingFieldsCanBeMergedRule",
    "different fields in a fragment and beside it",
    `query M { ${lookup} { ...M ... on BirdError { a: code } } } fragment M on NotFoundError { a: message }`,
  ],
  [
    "OverlappingFieldsCanBeMergedRule",
    "different fields below fields that are merged",
    `query M { a: ${lookup} { ...M } a: ${lookup} { ...N } }
      fragment M on ConversationParticipant { contact { a: identifierKey } }
      fragment N on ConversationParticipant { contact { a: identifierValue } }`,
  ],
  [
    "OverlappingFieldsCanBeMergedRule",
    "a field of an interface beside others in two of its objects",
    `query M { ${lookup} { ... on NotFoundError { a: message } ... on ValidationError { a: message } ... on BirdError { a: code } } }`,
  ],
  [
    "OverlappingFieldsCanBeMergedRule",
    "different types below objects that exclude each other",
    `query M { ${excluding(" a: details ", " a: identifierKey ")} }`,
  ],
  [
    "OverlappingFieldsCanBeMergedRule",
    "different fields below one of two objects that exclude each other",
    `query M { ${excluding(" b: code b: message ", " a: identifierKey ")} }`,
  ],
  [
    "OverlappingFieldsCanBeMergedRule",
    "different fields of two fragments below one of two objects that exclude each other",
    `query M { ${excluding(" ...M ...N ", " a: identifierKey ")} }
      fragment M on BirdError { b: code } fragment N on BirdError { b: message }`,
  ],
  [
    "UniqueInputFieldNamesRule",
    "a repeated field of an object",
    `query M { ${lookups}[{ key: "k", key: "k", value: "v" }]) { __typename } }`,
  ],
  [
    "UniqueInputFieldNamesRule",
    "a repeated field of any object",
    "query M { _entities(representations: [{ a: 1, a: 1 }]) { __typename } }",
  ],
];
