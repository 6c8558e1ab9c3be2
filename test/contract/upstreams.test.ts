import { expect, test } from "@jest/globals";
import { toRealBird } from "./upstreams.ts";

const environment = {
  BIRD_CONTRACT_ACCESS_KEY: "canary",
  BIRD_CONTRACT_WORKSPACE_ID: "w",
  BIRD_CONTRACT_CONVERSATION_ID: "c",
  BIRD_CONTRACT_KEY: "k",
  BIRD_CONTRACT_VALUE: "v",
};
const address = { workspaceId: "w", conversationId: "c", key: "k", value: "v" };

test.each([[{}], [{ ...environment, BIRD_CONTRACT_ACCESS_KEY: "" }]])(
  "without an access key the real Bird is left out",
  (without) => {
    expect(toRealBird(without)).toEqual([]);
  },
);

test("with an access key the real Bird is one of the upstreams", async () => {
  const [bird] = toRealBird(environment);
  expect(bird).toMatchObject({ accessKey: "canary", address });
  expect(await bird?.start()).toMatchObject({ url: new URL("https://api.bird.com") });
});

test("the API may be elsewhere", async () => {
  const [bird] = toRealBird({ ...environment, BIRD_CONTRACT_API_URL: "http://localhost:1" });
  expect(await bird?.start()).toMatchObject({ url: new URL("http://localhost:1") });
});

test.each(["WORKSPACE_ID", "CONVERSATION_ID", "KEY", "VALUE"])(
  "with an access key and without %s the suite stops and names what is missing, not the key",
  (name) => {
    const incomplete = { ...environment, [`BIRD_CONTRACT_${name}`]: "" };
    expect(() => toRealBird(incomplete)).toThrow(
      `With BIRD_CONTRACT_ACCESS_KEY, BIRD_CONTRACT_${name} must be set, too.`,
    );
  },
);
