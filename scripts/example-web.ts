// `npm run example:web`: starts the gateway on a sandbox, and serves the page on an origin that CORS_ORIGINS allows.
import { URL } from "node:url";
import { parseArgs } from "node:util";
import { readConfig } from "../src/config/config.ts";
import { startGateway, type Gateway } from "../src/gateway.ts";
import { startSandbox } from "../src/sandbox/sandbox.ts";
import { config, createServer } from "../examples/web/vite.config.js";

const { values } = parseArgs({
  options: { port: { type: "string", default: "5173" }, "gateway-port": { type: "string", default: "4000" } },
});

let gateway: Gateway | null = null;

/** The page learns from its HTML where the gateway is: both may have taken free ports. */
const tellGateway = {
  name: "tell-gateway",
  transformIndexHtml: () => [
    { tag: "meta", attrs: { name: "gateway", content: `${gateway?.url ?? ""}/graphql` } },
  ],
};

const port = Number(values.port);
const page = await createServer({
  ...config,
  plugins: [...config.plugins, tellGateway],
  // Port 0 is none that Vite would take for free.
  server: {
    host: "127.0.0.1",
    ...(port === 0 ? { port: 20_000, strictPort: false } : { port, strictPort: true }),
  },
});
await page.listen();
const origin = new URL(page.resolvedUrls?.local[0] ?? "").origin;
const sandbox = await startSandbox();
const environment = { PORT: values["gateway-port"], BIRD_API_URL: sandbox.url, CORS_ORIGINS: origin };
gateway = await startGateway(readConfig(environment));
process.stdout.write(
  `sandbox at ${sandbox.url}\ngateway at ${gateway.url}\nexample listening on ${origin}\n`,
);

const stop = async () => {
  await page.close();
  await gateway.close();
  await sandbox.close();
};
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void stop());
