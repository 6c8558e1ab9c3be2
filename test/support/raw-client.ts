// A client that speaks bytes: what no HTTP library would send, and all that comes back.
import { connect } from "node:net";

export type RawAnswer = {
  /** The three digits. */
  status: number;
  /** Names in lower case. */
  headers: Headers;
  body: string;
  /** Everything that came, further answers included. */
  all: string;
};

/**
 * Sends bytes to a server, whole, and reads what comes until the server closes the connection.
 *
 * @param url of the server
 */
export function sendBytes(url: string, ...parts: readonly (string | Uint8Array)[]): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let all = "";
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => (all += text));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      resolve(toAnswer(all));
    });
    for (const part of parts) socket.write(part);
  });
}

function toAnswer(all: string): RawAnswer {
  const [head = "", body = ""] = all.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = new Headers(
    lines.map((line): [string, string] => [line.split(":", 1)[0] ?? "", line.slice(line.indexOf(":") + 1)]),
  );
  return { status: Number(statusLine.split(" ")[1]), headers, body, all };
}
