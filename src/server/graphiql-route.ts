// Serves GraphiQL at /graphiql: the page that Vite built, with a Content-Security-Policy that allows no other origin.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";

export type GraphiqlRouteOptions = {
  graphiql: {
    /** The origin of the Bird API, to show on the page; null for the sandbox. */
    upstream: string | null;
  } | null;
};

/** The relative path is the same from dist/server/ and from src/server/. */
const directory = new URL("../../dist/graphiql/", import.meta.url);

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  // Monaco positions its lines with inline styles.
  "style-src 'self' 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

const contentTypes: Record<string, string> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  ttf: "font/ttf",
};

/** Registers the page and its assets, where it is on. @throws when the page has not been built */
export function registerGraphiqlRoute(app: FastifyInstance, { graphiql }: GraphiqlRouteOptions): void {
  if (graphiql === null) return;
  const page = readPage(graphiql.upstream);
  const assets = readAssets();
  app.get("/", (_request, reply) => reply.redirect("/graphiql"));
  app.get("/graphiql", (_request, reply) =>
    reply.headers(headers).header("cache-control", "no-store").type("text/html; charset=utf-8").send(page),
  );
  app.get<{ Params: { name: string } }>("/graphiql/assets/:name", (request, reply) => {
    const asset = assets.get(request.params.name);
    if (asset === undefined) {
      reply.callNotFound();
      return reply;
    }
    // The name contains a hash of the content, so the file never changes.
    const immutable = "public, max-age=31536000, immutable";
    return reply.headers(headers).header("cache-control", immutable).type(asset.type).send(asset.body);
  });
}

/** @throws when the page has not been built */
function readPage(upstream: string | null): string {
  const file = new URL("index.html", directory);
  if (!existsSync(file)) throw new Error("dist/graphiql/ is missing: run npm run build, or set GRAPHIQL=off");
  const name = upstream === null ? "the Bird sandbox" : escapeHtml(upstream);
  return readFileSync(file, "utf8").replaceAll("__UPSTREAM__", () => name);
}

/** Reads all assets into memory, so that no name from a request reaches the file system. */
function readAssets(): Map<string, { type: string; body: Buffer }> {
  const folder = new URL("assets/", directory);
  return new Map(
    readdirSync(folder).map((name) => {
      const type = contentTypes[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
      return [name, { type, body: readFileSync(new URL(name, folder)) }];
    }),
  );
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
