// The banner that is printed when the gateway is ready. Scripts wait for the line that says `listening`.
import type { Config } from "../config/config.ts";
import type { Gateway } from "../gateway.ts";

/** Renders the lines for people: where the gateway listens, what its upstream is and, on the sandbox, a command to try. */
export function renderBanner({ url, adminUrl }: Gateway, config: Config): string {
  const { bird, browsers, listen } = config;
  const local = toLocal(url);
  const upstream =
    bird.url === null ? "the embedded sandbox: nothing reaches Bird." : `the Bird API at ${bird.url.origin}`;
  const lines = [
    `bird-conversations-gateway listening on ${local}`,
    ...(everyAddress.includes(listen.host)
      ? [`HOST is ${listen.host}: it listens on every address of this machine.`]
      : []),
    ...(adminUrl === null ? [] : [`Admin port: metrics and probes at ${toLocal(adminUrl)}`]),
    `GraphQL at ${local}/graphql, on ${upstream}`,
    ...(browsers.graphiql ? [`GraphiQL at ${local}/graphiql`] : []),
    ...(bird.url === null ? ["Try it:", "", renderCurl(local, config), ""] : []),
  ];
  return `${lines.join("\n")}\n`;
}

const everyAddress = ["0.0.0.0", "::"];

/** A URL that a browser can open: it cannot open the wildcard address. */
function toLocal(url: string): string {
  return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}

const query = `{ conversationParticipant(workspaceId: \\"a1405560-c8d3-4b1a-877d-3f449ad95352\\", conversationId: \\"02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418\\", key: \\"emailaddress\\", value: \\"john.doe@bird.com\\") { __typename ... on ConversationParticipant { displayName status } ... on BirdError { code message } } }`;

/** A command to paste. Placeholders for a token or an operation's id are in angle brackets. */
function renderCurl(url: string, { auth, operations }: Config): string {
  const credential = auth.mode === "jwt" ? "Bearer <token>" : "AccessKey sandbox";
  const body =
    operations.persisted.mode === "enforce"
      ? `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"<id in the manifest>"}},"variables":{}}`
      : `{"query":"${query}"}`;
  return `curl ${url}/graphql -H 'Authorization: ${credential}' -H 'Content-Type: application/json' -d '${body}'`;
}
