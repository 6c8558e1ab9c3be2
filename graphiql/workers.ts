// Monaco's workers, bundled with the page, since the Content-Security-Policy allows no other source.
import type {} from "monaco-editor/esm/vs/editor/editor.api.js";
import JsonWorker from "monaco-editor/esm/vs/language/json/json.worker.js?worker";
import EditorWorker from "monaco-editor/esm/vs/editor/editor.worker.js?worker";
import GraphqlWorker from "monaco-graphql/esm/graphql.worker.js?worker";

self.MonacoEnvironment = {
  getWorker: (_moduleId, label) => {
    if (label === "json") return new JsonWorker();
    if (label === "graphql") return new GraphqlWorker();
    return new EditorWorker();
  },
};
