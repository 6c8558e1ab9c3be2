// Asks a gateway for entities, as a router does.
import type { Answer } from "../support/execute.ts";

export type Entity = Record<string, unknown> | null;

export const entitiesQuery = `
  query Entities($representations: [_Any!]!) {
    _entities(representations: $representations) {
      __typename
      ... on ConversationParticipant { workspaceId conversationId id displayName contact { identifierValue } }
      ... on Conversation { workspaceId id }
    }
  }`;

export async function askAsRouter<Data = { _entities: Entity[] }>(
  url: string,
  query: string,
  variables: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<Data>> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "AccessKey sandbox", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as Pick<Answer<Data>, "data" | "errors">;
  return { status: response.status, headers: response.headers, data, errors };
}

export function askForEntities(url: string, representations: unknown, headers?: Record<string, string>) {
  return askAsRouter(url, entitiesQuery, { representations }, headers);
}

/** The schema of a running gateway, by the query that composers send. */
export async function readSubgraphSdl(url: string, headers: Record<string, string> = {}): Promise<string> {
  const { data } = await askAsRouter<{ _service: { sdl: string } }>(url, "{ _service { sdl } }", {}, headers);
  if (data === undefined || data === null) throw new Error("the gateway does not show its schema");
  return data._service.sdl;
}
