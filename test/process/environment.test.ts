// The environment as it reaches the real process.
import { afterEach, describe, expect, test } from "@jest/globals";
import { john } from "../support/bird.ts";
import { execute } from "../support/execute.ts";
import { startIssuer, trusting } from "../support/issuer.ts";
import { describeInNamespaces, inNamespaces, inNetworkOf } from "../support/namespaces.ts";
import { runProcess, startProcess, type GatewayProcess } from "../support/process.ts";
import { writeTemporary } from "../support/temporary.ts";
import { ReadParticipantDocument } from "../support/__generated__/operations.ts";

let gateway: GatewayProcess | undefined;

afterEach(async () => {
  await gateway?.stop("SIGKILL");
  gateway = undefined;
});

describe("the process", () => {
  test("is in production although a line end follows the word", async () => {
    gateway = await startProcess({ NODE_ENV: "production\r", BIRD_API_URL: "sandbox\r\n" });
    const response = await fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ __schema { queryType { name } } }" }),
    });
    expect(await response.json()).not.toHaveProperty("data.__schema");
    expect((await fetch(`${gateway.url}/graphiql`)).status).toBe(404);
  });

  test("knows its issuer although its name came with a line end, and reads files that begin with a byte order mark", async () => {
    const issuer = await startIssuer([john.workspaceId]);
    const file = writeTemporary(`\ufeff${JSON.stringify({ [john.workspaceId]: "sandbox" })}`);
    const environment = Object.entries(trusting(issuer, file)).map(([name, value]) => [name, `${value}\n`]);
    gateway = await startProcess(Object.fromEntries(environment) as Record<string, string>);
    const authorization = `Bearer ${await issuer.token()}`;
    const { data } = await execute(gateway.url, ReadParticipantDocument, john, { authorization });
    expect(data?.conversationParticipant?.__typename).toBe("ConversationParticipant");
    await issuer.close();
  });

  test("takes a port that Kubernetes has set for a Service as unset", async () => {
    gateway = await startProcess({ ADMIN_PORT: "tcp://10.96.0.1:9464" });
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(200);
  });

  test.each<[string, Record<string, string>]>([
    ["PERSISTED_OPERATIONS_FILE", { PERSISTED_OPERATIONS_FILE: writeTemporary({}) }],
    ["JWT_ISSUER", { JWT_ISSUER: "https://issuer.example.com" }],
    ["JWT_AUDIENCE", { JWT_AUDIENCE: '"conversations"', AUTH_MODE: "jwt" }],
  ])("does not start open in silence: %s is named", async (name, environment) => {
    const { code, stdout, stderr } = await runProcess({ PORT: "0", ...environment });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(new RegExp(`^${name} `, "m"));
  });
});

describeInNamespaces("on a machine without IPv4", () => {
  test("the gateway and its sandbox work on the loopback that there is", async () => {
    const withoutIpv4 = "ip link set lo up && ip address delete 127.0.0.1/8 dev lo && exec node dist/main.js";
    const args = inNamespaces(["--net"], ["sh", "-c", withoutIpv4]);
    gateway = await startProcess({ HOST: "::1" }, "unshare", args);
    expect(gateway.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    const [curl = ""] = /^curl .*$/m.exec(gateway.stdout()) ?? [];
    const ask = inNetworkOf(gateway.pid, ["sh", "-c", `${curl} --silent --fail`]);
    const { code, stdout } = await runProcess({}, "nsenter", ask);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { data: { conversationParticipant: { displayName: "John Doe" } } },
    ]);
  });
});
