// An upstream that does what a test says, over real HTTP.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export type Upstream = {
  url: string;
  /** Every request that arrived: its method, raw path, headers and body. */
  requests: UpstreamRequest[];
  close: () => Promise<void>;
};

export type UpstreamRequest = {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
};

type Handler = (request: UpstreamRequest, response: ServerResponse) => void;

export async function startUpstream(handler: Handler): Promise<Upstream> {
  const requests: UpstreamRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url = "", headers } = incoming;
      const request = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      handler(request, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Answers with a status and a JSON body. */
export function answerJson(status: number, body: unknown, headers: Record<string, string> = {}): Handler {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
}

export const aParticipant = {
  id: "8f0b5377-2edc-4116-a8e8-6a475f245a04",
  type: "contact",
  status: "active",
  displayName: "John Doe",
  avatarUrl: "",
  contact: {
    identifierKey: "emailaddress",
    identifierValue: "john.doe@bird.com",
    platformAddress: "john.doe@bird.com",
  },
};
