// The page: GraphiQL over this gateway, below a line that says what is at stake.
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { GraphiQL } from "graphiql";
import { buildSchema } from "graphql";
import sdl from "../client/schema.graphql?raw";
import { examples } from "./examples.ts";
import { createStorage } from "./storage.ts";
import type { Upstream } from "./upstream.ts";

/** Built in, because production answers no introspection; page and gateway come from the same build. */
const schema = buildSchema(sdl);
const plugins = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

export function Page({ upstream }: { upstream: Upstream }) {
  const storage = createStorage(localStorage, upstream.headers);
  const clear = () => {
    storage.clear();
    location.reload();
  };
  return (
    <>
      <header className={upstream.real ? "notice real" : "notice"}>
        <strong>{upstream.notice}</strong>
        <span>
          Headers stay in memory. What you type into queries and variables stays in this browser, personal
          data too.
        </span>
        <button type="button" onClick={clear}>
          Clear it
        </button>
      </header>
      <GraphiQL
        fetcher={run}
        schema={schema}
        schemaDescription
        storage={storage}
        shouldPersistHeaders={false}
        defaultHeaders={upstream.headers}
        defaultTabs={examples}
        defaultEditorToolsVisibility="headers"
        plugins={plugins}
      >
        <GraphiQL.Logo>Bird</GraphiQL.Logo>
      </GraphiQL>
    </>
  );
}

async function run(operation: object, options?: { headers?: Record<string, unknown> }): Promise<object> {
  const response = await fetch("/graphql", {
    method: "POST",
    credentials: "omit",
    headers: { "content-type": "application/json", ...toHeaders(options?.headers) },
    body: JSON.stringify(operation),
  });
  const answer: unknown = await response.json();
  return typeof answer === "object" && answer !== null ? answer : { status: response.status };
}

function toHeaders(headers: Record<string, unknown> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
