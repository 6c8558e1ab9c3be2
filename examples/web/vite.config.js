// The example as a page of its own; in a project of yours the kit is an installed package, without an alias.
import { fileURLToPath, URL } from "node:url";
import react from "@vitejs/plugin-react";

export { createServer } from "vite";

/** @param {string} path */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** @satisfies {import("vite").InlineConfig} */
export const config = {
  configFile: false,
  root: here("."),
  cacheDir: here("../../dist/example-web"),
  plugins: [react()],
  resolve: { alias: { "bird-conversations-client": here("../../client/index.ts") } },
  // What is not named here Vite finds only while it serves, and reloads the page for.
  optimizeDeps: {
    include: [
      "@apollo/client",
      "@apollo/client/react",
      "graphql",
      "react",
      "react-dom/client",
      "react/jsx-dev-runtime",
    ],
  },
};
