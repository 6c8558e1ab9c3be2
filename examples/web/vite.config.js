// Serves the example as a page. Your project installs the client kit as a package, and needs no alias.
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
  // Vite finds packages that are not listed here only while it serves, and then reloads the page.
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
