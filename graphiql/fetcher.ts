// Sends GraphiQL's operations to the gateway, one at a time, so that each can be stopped.
import type { Fetcher, FetcherOpts, FetcherParams, Unsubscribable } from "@graphiql/toolkit";
import { Kind, parse } from "graphql";

type Observer = { next: (answer: object) => void; complete: () => void };
type ActiveTab = { tabs: readonly { id: string }[]; activeTabIndex: number };

/** The request of the open tab. Its answer must not appear in another one. */
export class TabRequest {
  #tabId: string | undefined;
  #stop: (() => void) | null = null;

  /**
   * An observable, because GraphiQL cannot stop a promise. GraphiQL unsubscribes when the user presses Stop, changes the
   * tab or closes it.
   */
  readonly fetcher: Fetcher = (params, options) => ({
    subscribe: (observer) => this.#send(toObserver(observer), params, options),
  });

  /** Stops the request when another tab opens. GraphiQL does not unsubscribe when a tab is added. */
  readonly onTabChange = ({ tabs, activeTabIndex }: ActiveTab): void => {
    const tabId = tabs[activeTabIndex]?.id;
    if (tabId !== this.#tabId) this.#stop?.();
    this.#tabId = tabId;
  };

  #send(observer: Observer, params: FetcherParams, options?: FetcherOpts): Unsubscribable {
    const controller = new AbortController();
    const end = () => {
      this.#stop = null;
      observer.complete();
    };
    const unsubscribe = () => {
      this.#stop = null;
      controller.abort();
    };
    this.#stop = () => {
      controller.abort();
      end();
    };
    void execute(params, options, controller.signal).then((answer) => {
      if (controller.signal.aborted) return;
      observer.next(answer);
      end();
    });
    return { unsubscribe };
  }
}

/** GraphiQL passes an object. The other form is part of the type. */
function toObserver(observer: Observer | Observer["next"] | undefined): Observer {
  if (typeof observer === "object") return observer;
  return { next: observer ?? (() => undefined), complete: () => undefined };
}

/** @returns the gateway's answer, or one in the same form that says why there is none */
async function execute(
  params: FetcherParams,
  options: FetcherOpts | undefined,
  signal: AbortSignal,
): Promise<object> {
  let headers: Headers;
  try {
    headers = toHeaders(options?.headers);
  } catch {
    return toErrors("Request not sent. The headers contain a name or a value that HTTP does not allow.");
  }
  try {
    const body = JSON.stringify(withoutStaleName(params));
    const response = await fetch("/graphql", { method: "POST", credentials: "omit", headers, body, signal });
    return toAnswer(response, await response.text());
  } catch {
    return toErrors(`The gateway at ${location.origin} cannot be reached. Is it running?`);
  }
}

function toHeaders(given: Record<string, unknown> = {}): Headers {
  const headers = new Headers({
    accept: "application/graphql-response+json, application/json",
    "content-type": "application/json",
  });
  for (const [name, value] of Object.entries(given)) headers.set(name, String(value));
  return headers;
}

/** GraphiQL reads the operation's name 100 ms after an edit, and until then sends the previous name. */
function withoutStaleName({ operationName, ...params }: FetcherParams): object {
  return hasOperation(params.query, operationName) ? { ...params, operationName } : params;
}

function hasOperation(query: string, name: string | null | undefined): boolean {
  try {
    return parse(query).definitions.some(
      (definition) => definition.kind === Kind.OPERATION_DEFINITION && definition.name?.value === name,
    );
  } catch {
    // The gateway reports the syntax error.
    return false;
  }
}

function toAnswer({ status, statusText, headers }: Response, text: string): object {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer === "object" && answer !== null) return answer;
  } catch {
    // The error is reported below, with the status of the response.
  }
  const type = headers.get("content-type") ?? "no content type";
  const line = [status, statusText, `(${type})`].filter((part) => part !== "").join(" ");
  return toErrors(
    `What answered is not a GraphQL server: ${line}. A proxy in front of the gateway may have sent it.`,
  );
}

function toErrors(message: string): object {
  return { errors: [{ message }] };
}
