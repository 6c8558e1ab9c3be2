import { expect, test } from "@jest/globals";
import { openAccessKeys } from "../../../src/auth/access-keys.ts";
import { createTokenAuthentication } from "../../../src/auth/jwt.ts";
import { Operation } from "../../../src/operation/operation.ts";
import { workspaceId } from "../../support/bird.ts";
import { audience, startIssuer } from "../../support/issuer.ts";
import { writeTemporary } from "../../support/temporary.ts";

test("a token whose issuer hangs is undecided when its operation expires", async () => {
  const issuer = await startIssuer([workspaceId]);
  const rules = { jwksUrl: new URL(issuer.url), issuer: "https://issuer.example.com", audience };
  const accessKeys = openAccessKeys(writeTemporary({ [workspaceId]: "key" }));
  const { authenticate, close } = createTokenAuthentication(rules, accessKeys);
  const release = issuer.hold();
  let isReleased = false;
  const hasty = new Operation({ deadlineMs: 50 });
  const patient = new Operation({ deadlineMs: 60_000 });
  const token = `Bearer ${await issuer.token()}`;
  const undecided = Promise.resolve(authenticate(token, hasty)).then((caller) => ({ caller, isReleased }));
  const decided = authenticate(token, patient);
  expect((await undecided).isReleased).toBe(false);
  const { caller } = await undecided;
  expect(caller.accessKeyFor(workspaceId, "participant:read")).toMatchObject({
    failure: { code: "Unavailable" },
  });
  isReleased = true;
  release();
  expect((await decided).accessKeyFor(workspaceId, "participant:read").ok).toBe(true);
  patient.close();
  close();
  await issuer.close();
});
