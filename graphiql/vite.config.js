// Builds the page into dist/graphiql/ with everything it needs, so that it loads nothing from another host.
import { fileURLToPath, URL } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** @param {string} path */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  base: "/graphiql/",
  plugins: [react()],
  build: {
    outDir: here("../dist/graphiql"),
    emptyOutDir: true,
    // Monaco is large. Browsers load it once, since the file names change only with the content.
    chunkSizeWarningLimit: 10_000,
    reportCompressedSize: false,
  },
  logLevel: "error",
});
