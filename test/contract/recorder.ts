// A reverse proxy over real HTTP that changes nothing and keeps every exchange, without the access key.
import { once } from "node:events";
import {
  createServer,
  request as requestOverHttp,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { request as requestOverHttps } from "node:https";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { listen } from "../support/listen.ts";

/** One request and its answer, as they went over the wire; only the access key is masked. */
export type Exchange = {
  readonly request: {
    readonly method: string;
    /** Raw, with the query. */
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    /** As text, unpacked where it came compressed. */
    readonly body: string;
  };
};

export type Recorder = {
  readonly url: string;
  /** In the order of the answers. An exchange is in here before its answer goes out. */
  readonly exchanges: readonly Exchange[];
  /** Forgets what was recorded. */
  readonly rewind: () => void;
  readonly close: () => Promise<void>;
};

/** @param upstream the base URL of the API; its path, if any, is put before each request's */
export async function startRecorder(upstream: URL): Promise<Recorder> {
  const exchanges: Exchange[] = [];
  const server = createServer((incoming, outgoing) => {
    // When the upstream gives no answer, the recorder gives none, and records nothing.
    record(upstream, incoming, outgoing, exchanges).catch(() => outgoing.destroy());
  });
  const { url, close } = await listen(server);
  return {
    url,
    exchanges,
    rewind: () => {
      exchanges.length = 0;
    },
    close,
  };
}

async function record(
  upstream: URL,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  exchanges: Exchange[],
): Promise<void> {
  const { method = "", url: path = "", headers } = incoming;
  const body = await buffer(incoming);
  const answer = await forward(upstream, { method, path, headers, body });
  exchanges.push({
    request: { method, path, headers: withMaskedKey(headers), body: body.toString() },
    response: { status: answer.status, headers: answer.headers, body: toText(answer) },
  });
  outgoing.writeHead(answer.status, endToEnd(answer.headers)).end(answer.body);
}

type Message = { headers: IncomingHttpHeaders; body: Buffer };

async function forward(
  { protocol, hostname, port, pathname }: URL,
  { method, path, headers, body }: Message & { method: string; path: string },
): Promise<Message & { status: number }> {
  const send = protocol === "https:" ? requestOverHttps : requestOverHttp;
  const request = send({
    hostname,
    port,
    method,
    // The path stays text: a URL parser would normalise it, and the validator needs the raw path.
    path: pathname.replace(/\/+$/, "") + path,
    headers: endToEnd(headers),
    agent: false,
  });
  request.end(body);
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) };
}

/** Removes the headers of one connection (RFC 9110, 7.6.1), since each side of the proxy has its own. */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const ofOneConnection = ["host", "connection", "keep-alive", "transfer-encoding"];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofOneConnection.includes(name)));
}

/** Keeps the scheme and the fact that a key follows it, for the validator, and drops the key. */
function withMaskedKey({ authorization, ...others }: IncomingHttpHeaders): IncomingHttpHeaders {
  if (authorization === undefined) return others;
  const [scheme, key, ...rest] = authorization.split(" ");
  const isSchemeAndKey = key !== undefined && key !== "" && rest.length === 0;
  return { ...others, authorization: isSchemeAndKey ? `${scheme} ***` : "***" };
}

function toText({ headers, body }: Message): string {
  const encoding = headers["content-encoding"];
  if (encoding === "gzip") return gunzipSync(body).toString();
  if (encoding === "deflate") return inflateSync(body).toString();
  if (encoding === "br") return brotliDecompressSync(body).toString();
  return body.toString();
}
