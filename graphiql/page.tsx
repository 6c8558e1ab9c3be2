// The page: GraphiQL over this gateway, and a line that says what it is connected to.
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { GraphiQL } from "graphiql";
import { buildSchema } from "graphql";
import { useEffect, useRef, useState } from "react";
import sdl from "../client/schema.graphql?raw";
import { examples } from "./examples.ts";
import { EXPLORER_PLUGIN } from "./explorer.tsx";
import { TabRequest } from "./fetcher.ts";
import { focusEditor, installKeyboard } from "./keyboard.ts";
import { Notice } from "./notice.tsx";
import { createStorage } from "./storage.ts";
import type { Upstream } from "./upstream.ts";

/** Built in, because production answers no introspection. The page and the gateway come from the same build. */
const schema = buildSchema(sdl);
const plugins = [HISTORY_PLUGIN, EXPLORER_PLUGIN];

export function Page({ upstream }: { upstream: Upstream }) {
  const [storage] = useState(() => createStorage(localStorage, upstream.headers));
  const [request] = useState(() => new TabRequest());
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => (page.current === null ? undefined : installKeyboard(page.current)), []);
  const clear = () => {
    storage.clear();
    location.reload();
  };
  return (
    <div ref={page} className="page">
      <button type="button" className="skip" onClick={focusEditor}>
        Skip to the query editor
      </button>
      <GraphiQL
        fetcher={request.fetcher}
        onTabChange={request.onTabChange}
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
      <Notice upstream={upstream} onClear={clear} />
    </div>
  );
}
