// Sends typed operations over HTTP, as a frontend does.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";

type GraphqlError = {
  message: string;
  path?: (string | number)[];
  extensions?: Record<string, unknown>;
};
export type Answer<Data> = {
  status: number;
  headers: Headers;
  data: Data | null | undefined;
  errors: GraphqlError[] | undefined;
};

/** Runs one operation with the sandbox's key, unless other headers say otherwise. */
export async function execute<Data, Variables>(
  url: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  headers: Record<string, string> = { authorization: "AccessKey sandbox" },
): Promise<Answer<Data>> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const body = (await response.json()) as { data?: Data | null; errors?: GraphqlError[] };
  return { status: response.status, headers: response.headers, data: body.data, errors: body.errors };
}

/** The data of an operation that must succeed. */
export async function executeForData<Data, Variables>(
  url: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  headers?: Record<string, string>,
): Promise<Data> {
  const answer = await execute(url, document, variables, headers);
  if (answer.errors !== undefined || answer.data === null || answer.data === undefined) {
    throw new Error(`the operation failed: ${JSON.stringify(answer.errors)}`);
  }
  return answer.data;
}
