import { expect, test } from "@jest/globals";
import { Credentials } from "../../../src/transport/limiter/credentials.ts";
import { Strangers } from "../../../src/transport/strangers.ts";
import { Workspaces } from "../../../src/transport/workspaces.ts";

const strangers = new Strangers();
const credentials = new Credentials({ areHeld: false, strangers });
const workspaces = new Workspaces(credentials, strangers);
const at = (workspaceId: string, credentialId: string) => ({ workspaceId, credentialId });
for (const credentialId of ["one", "other"]) credentials.learn(at("w", credentialId), 200, 0);

test("the accepted keys of a workspace have one circuit and one retry share", () => {
  expect(workspaces.of(at("w", "one"))).toBe(workspaces.of(at("w", "other")));
});

test("each stranger has its own, in each workspace", () => {
  const known = workspaces.of(at("w", "one"));
  const stranger = workspaces.of(at("w", "stranger"));
  expect(stranger.circuit).not.toBe(known.circuit);
  expect(workspaces.of(at("v", "stranger")).circuit).not.toBe(stranger.circuit);
  expect(workspaces.of(at("w", "stranger")).circuit).toBe(stranger.circuit);
});

test("a stranger that is accepted shares those of the workspace from then on", () => {
  workspaces.of(at("w", "new"));
  credentials.learn(at("w", "new"), 200, 0);
  expect(workspaces.of(at("w", "new"))).toBe(workspaces.of(at("w", "one")));
});

test("strangers in 20,000 workspaces evict nothing that tenants use", () => {
  const known = workspaces.of(at("w", "one"));
  for (let index = 0; index < 20_000; index++) workspaces.of(at(`v${index}`, "junk"));
  expect(workspaces.of(at("w", "one"))).toBe(known);
});

test("of more than 10,000 workspaces, those that were used longest ago are forgotten", () => {
  const everywhere = new Workspaces({ isAccepted: () => true }, strangers);
  const first = everywhere.of(at("w0", "key"));
  const second = everywhere.of(at("w1", "key"));
  for (let index = 2; index < 10_000; index++) everywhere.of(at(`w${index}`, "key"));
  expect(everywhere.of(at("w0", "key"))).toBe(first);
  everywhere.of(at("w10000", "key"));
  expect(everywhere.of(at("w0", "key"))).toBe(first);
  expect(everywhere.of(at("w1", "key"))).not.toBe(second);
});
