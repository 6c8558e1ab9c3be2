import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Kind, parse, print } from "graphql";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import { blocksOf, readDocument, tableOf } from "../support/markdown.ts";
import { readSubgraphSdl } from "../federation/entities.ts";
import { readSubgraph, type Subgraph } from "./subgraphs.ts";
import { composers } from "./supergraph.ts";

let gateway: SandboxedGateway;
let participants: Subgraph;
const neighbours = [readSubgraph("conversations"), readSubgraph("messages")];

beforeAll(async () => {
  gateway = await startSandboxedGateway();
  participants = { name: "participants", url: gateway.url, sdl: await readSubgraphSdl(gateway.url) };
});
afterAll(() => gateway.close());

describe.each(Object.entries(composers))("%s", (_name, compose) => {
  test("composes the gateway with its neighbours, without errors", () => {
    const { supergraph, errors } = compose([participants, ...neighbours]);
    expect(errors).toEqual([]);
    expect(supergraph).toContain("union ConversationParticipantResult");
  });

  test("lets another subgraph have the same error types", () => {
    const other = (shareable: string) => ({
      name: "other",
      url: "http://other.example.com",
      sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@shareable"])
        type Query { other: NotFoundError }
        scalar JSON
        interface BirdError { code: String! message: String! details: JSON }
        type NotFoundError implements BirdError ${shareable} { code: String! message: String! details: JSON }`,
    });
    expect(compose([participants, ...neighbours, other("@shareable")]).errors).toEqual([]);
    expect(compose([participants, ...neighbours, other("")]).errors).not.toEqual([]);
  });

  test("keeps the tags of personal fields, for contracts that leave them out", () => {
    const { supergraph } = compose([participants, ...neighbours]);
    expect(fieldsWith(supergraph, '@tag(name: "pii")')).toEqual([
      "ConversationParticipant.avatarUrl",
      "ConversationParticipant.displayName",
      "ParticipantContact.identifierValue",
      "ParticipantContact.platformAddress",
      "ParticipantContact.platformAddressSelector",
    ]);
  });

  test("keeps the costs, for demand control", () => {
    const { supergraph } = compose([participants, ...neighbours]);
    expect(fieldsWith(supergraph, "@cost(weight: 10)")).toEqual([
      "Conversation.participant",
      "Conversation.participantsByIdentifier",
      "Mutation.updateParticipantStatus",
      "Query.conversationParticipant",
      "Query.conversationParticipants",
    ]);
    expect(fieldsWith(supergraph, "@listSize(assumedSize: 100)")).toEqual([
      "Conversation.participantsByIdentifier",
      "Query.conversationParticipants",
    ]);
  });

  test("composes with the referring subgraph that docs/federation.md shows", () => {
    const [example] = blocksOf(readDocument("docs/federation.md")).filter(
      ({ language }) => language === "graphql",
    );
    const referrer = {
      name: "referrer",
      url: "http://referrer.example.com",
      sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
        type Query { author: ConversationParticipant } ${example?.text ?? ""}`,
    };
    const { supergraph, errors } = compose([participants, ...neighbours, referrer]);
    expect(errors).toEqual([]);
    expect(supergraph).toContain("author: ConversationParticipant");
  });

  describe("when names collide, as in docs/federation.md", () => {
    const columns = ["another subgraph has", "the composer says", "what composes"] as const;
    const rows = tableOf(readDocument("docs/federation.md"), ...columns);
    const codesIn = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);
    const composeWith = (types: string) => {
      const link =
        'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])';
      // Every type is reachable, so that the composers look at it.
      const names = [...types.matchAll(/(?:type|scalar) (\w+)/g)].map(([, name = ""]) => name);
      const query = `type Query { ${names.map((name, index) => `other${index}: ${name}`).join(" ")} }`;
      const sdl = `${link} ${query} ${types}`;
      return compose([participants, { name: "other", url: "http://other.example.com", sdl }]).errors.join(
        "\n",
      );
    };

    test.each(rows.map((row) => [row[columns[0]] ?? "", row[columns[1]] ?? "", row[columns[2]] ?? ""]))(
      "reports %s as the page says, and takes its remedy",
      (collision, report, remedy) => {
        const [, message = "no message"] = /^`\w+`: (.*)$/.exec(report) ?? [];
        expect(composeWith(codesIn(collision)[0] ?? "")).toContain(message);
        expect(composeWith(codesIn(remedy)[0] ?? "")).toBe("");
      },
    );
  });

  test("does not let the schema price a list by its length: see decision 0007", () => {
    const sdl = participants.sdl.replaceAll(
      "@listSize(assumedSize: 100)",
      '@listSize(slicingArguments: ["identifiers"])',
    );
    expect(sdl).not.toBe(participants.sdl);
    const { errors } = compose([{ ...participants, sdl }, ...neighbours]);
    expect(errors.join("\n")).toMatch(/identifiers.* (?:must be Int|is not an integer)/);
  });

  test("reports subgraphs that do not fit", () => {
    const sdl = `type Query { x: ParticipantStatus } type ParticipantStatus { x: Int }`;
    const misfit = { name: "misfit", url: "http://misfit.example.com", sdl };
    expect(compose([participants, ...neighbours, misfit]).errors).not.toEqual([]);
  });
});

test("@apollo/composition hints at nothing but the value type that a referrer by identifier declares in part", () => {
  const compose = composers["@apollo/composition"];
  const { hints } = compose([participants, ...neighbours]);
  const partly = "INCONSISTENT_OBJECT_VALUE_TYPE_FIELD ParticipantContact";
  expect(hints).toEqual([partly, partly]);
});

/** The coordinates of the fields that carry a directive. */
function fieldsWith(supergraph: string, directive: string): string[] {
  const coordinates = parse(supergraph).definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION
      ? (definition.fields ?? [])
          .filter((field) => (field.directives ?? []).some((one) => print(one) === directive))
          .map((field) => `${definition.name.value}.${field.name.value}`)
      : [],
  );
  return coordinates.toSorted();
}
