import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { findBreaking } from "../../scripts/breaking-changes.ts";
import { readDocument } from "../support/markdown.ts";
import { startSandboxedGateway } from "../support/gateway.ts";
import { runProcess } from "../support/process.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { readSubgraphSdl } from "./entities.ts";

/** The committed schema, with which routers are composed. */
const published = readDocument("schema/published/subgraph.graphql");

const folder = temporaryFolder();

/** Prints the schema over an older one, in which one text differs from the current schema. */
async function printOver(today: string, yesterday: string, ...options: string[]) {
  const file = join(folder, "subgraph.graphql");
  expect(published).toContain(today);
  await writeFile(file, published.replace(today, yesterday));
  const { code, stderr } = await runProcess({}, "node_modules/.bin/tsx", [
    "scripts/print-schema.ts",
    file,
    ...options,
  ]);
  return { code, stderr, isWritten: (await readFile(file, "utf8")) === published };
}

test("the published schema is what the gateway answers to _service { sdl }: else run npm run schema:print", async () => {
  const gateway = await startSandboxedGateway();
  expect(`${await readSubgraphSdl(gateway.url)}\n`).toBe(published);
  await gateway.close();
});

describe("a breaking change", () => {
  test.each([
    [
      "a field that is gone",
      "  conversation: Conversation!\n",
      "  conversation: Conversation!\n  gone: Int\n",
      "Field 'gone' was removed",
    ],
    [
      "a field that may be null now",
      "  avatarUrl: String ",
      "  avatarUrl: String! ",
      "'ConversationParticipant.avatarUrl' changed type from 'String!' to 'String'",
    ],
    [
      "an argument that is required now",
      "    value: String!\n",
      "    value: String\n",
      "Type for argument 'value'",
    ],
    ["an enum value that is gone", "  INVITED\n", "  INVITED\n\n  GONE\n", "Enum value 'GONE' was removed"],
    [
      "a union member that is gone",
      " | RateLimitedError",
      " | RateLimitedError | FieldError",
      "Member 'FieldError' was removed",
    ],
    [
      "a key that is gone",
      '  @key(fields: "workspaceId id")\n',
      '  @key(fields: "workspaceId id")\n  @key(fields: "id")\n',
      '@key(fields: "id") of Conversation was removed',
    ],
    [
      "a type that is not shareable any more",
      "type Conversation\n",
      "type Conversation @shareable\n",
      "@shareable of Conversation was removed",
    ],
    [
      "a field that does not count as personal any more",
      "  status: ParticipantStatus!\n",
      '  status: ParticipantStatus! @tag(name: "pii")\n',
      "of ConversationParticipant.status was removed",
    ],
  ])("is %s", async (_what, today, yesterday, problem) => {
    expect(published).toContain(today);
    const found = await findBreaking(published.replace(today, yesterday), published);
    expect(found.join("\n")).toContain(problem);
  });
});

describe("npm run schema:print", () => {
  test("writes a schema that only has additions", async () => {
    const { code, isWritten } = await printOver(
      '  """The conversation that the participant is a member of."""\n  conversation: Conversation!\n',
      "",
    );
    expect({ code, isWritten }).toEqual({ code: 0, isWritten: true });
  });

  test("rejects a breaking change", async () => {
    const { code, stderr, isWritten } = await printOver("  INVITED\n", "  INVITED\n\n  GONE\n");
    expect(stderr).toContain("Enum value 'GONE' was removed");
    expect({ code, isWritten }).toEqual({ code: 1, isWritten: false });
  });

  test("writes a breaking change when told to", async () => {
    const { code, isWritten } = await printOver("  INVITED\n", "  INVITED\n\n  GONE\n", "--accept-breaking");
    expect({ code, isWritten }).toEqual({ code: 0, isWritten: true });
  });
});
