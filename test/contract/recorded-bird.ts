// An upstream behind a recorder. After every test, at least one exchange was recorded, and all fit the document.
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "@jest/globals";
import { AccessKey } from "../../src/bird/access-key.ts";
import {
  decodeAddress,
  decodeIdAddress,
  type AddressInput,
  type ParticipantAddress,
  type ParticipantIdAddress,
} from "../../src/bird/address.ts";
import { createBirdClient, type Bird, type ReadResult, type UpdateResult } from "../../src/bird/client.ts";
import type { SettableStatus } from "../../src/bird/participant.ts";
import { Operation } from "../../src/operation/operation.ts";
import { createTransport, type Transport } from "../../src/transport/transport.ts";
import { startRecorder, type Recorder } from "./recorder.ts";
import type { Upstream } from "./upstreams.ts";
import { validateExchange } from "./validate.ts";

export type RecordedBird = {
  /** Calls with the project's own client; the access key is the upstream's unless another is given. */
  readonly read: (address: AddressInput, accessKey?: string) => Promise<ReadResult>;
  readonly readById: (address: IdAddressInput, accessKey?: string) => Promise<ReadResult>;
  readonly update: (
    address: AddressInput,
    status: SettableStatus | null,
    accessKey?: string,
  ) => Promise<UpdateResult>;
  /** Calls without the client, for requests that the client does not send. */
  readonly send: (request: DirectRequest) => Promise<DirectAnswer>;
  /** Declares that this test violates the document on purpose: its exchanges have exactly these problems. */
  readonly expectProblems: (...problems: readonly string[]) => void;
};

type IdAddressInput = { workspaceId: string; conversationId: string; id: string };

export type DirectRequest = {
  method?: "GET" | "PATCH" | "POST";
  path: string;
  /** As it is to be sent, with the content type of JSON. */
  body?: string;
  headers?: Record<string, string>;
};
type DirectAnswer = { status: number; body: unknown };

type Call<Value> = (bird: Bird) => Promise<Value>;

const ENOUGH_MS = 10_000;

/** Registers the hooks that start and stop everything for the tests of this `describe`. */
export function recordBird(upstream: Upstream): RecordedBird {
  let running: Awaited<ReturnType<Upstream["start"]>>;
  let recorder: Recorder;
  let transport: Transport;
  let expectedProblems: readonly string[];

  beforeAll(async () => {
    running = await upstream.start();
    recorder = await startRecorder(running.url);
    transport = createTransport({
      holdsKeys: false,
      attemptTimeoutMs: 3000,
      maxConnections: 64,
      quotas: { readsPerSecond: 1000, writesPerSecond: 1000 },
      baseUrl: new URL(recorder.url),
    });
  });
  afterAll(async () => {
    await transport.close();
    await recorder.close();
    await running.close();
  });
  beforeEach(() => {
    recorder.rewind();
    expectedProblems = [];
  });
  afterEach(() => {
    expect(recorder.exchanges).not.toHaveLength(0);
    const problems = recorder.exchanges.flatMap((exchange) => validateExchange(exchange).problems);
    expect(problems).toEqual(expectedProblems);
  });

  /** What the client sends is this operation on this participant and nothing else, however odd the identifier. */
  const callAs = async <Value>(
    operationId: string,
    address: ParticipantAddress | ParticipantIdAddress,
    key: AccessKey,
    call: Call<Value>,
  ): Promise<Value> => {
    const before = recorder.exchanges.length;
    const operation = new Operation({ deadlineMs: ENOUGH_MS });
    const result = await call(createBirdClient(transport).for(key, operation));
    operation.close();
    for (const exchange of recorder.exchanges.slice(before)) {
      expect(validateExchange(exchange)).toMatchObject({ operationId, parameters: toParameters(address) });
    }
    return result;
  };

  return {
    read: (input, keyText = upstream.accessKey) => {
      const address = toAddress(input);
      return callAs("getConversationParticipantByContact", address, toAccessKey(keyText), (bird) =>
        bird.getParticipant(address),
      );
    },
    readById: (input, keyText = upstream.accessKey) => {
      const address = toIdAddress(input);
      return callAs("getConversationParticipantById", address, toAccessKey(keyText), (bird) =>
        bird.getParticipantById(address),
      );
    },
    update: (input, status, keyText = upstream.accessKey) => {
      const address = toAddress(input);
      return callAs("updateConversationParticipantByContact", address, toAccessKey(keyText), (bird) =>
        bird.updateParticipant(address, status),
      );
    },
    send: async ({ method = "GET", path, body, headers }) => {
      const response = await fetch(recorder.url + path, {
        method,
        headers: {
          accept: "application/json",
          authorization: `AccessKey ${upstream.accessKey}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
      });
      const answer: unknown = await response.json();
      return { status: response.status, body: answer };
    },
    expectProblems: (...problems) => {
      expectedProblems = problems;
    },
  };
}

function toAddress(input: AddressInput): ParticipantAddress {
  const address = decodeAddress(input);
  if (!address.ok) throw new Error("the client would not send this address");
  return address.value;
}

function toIdAddress(input: IdAddressInput): ParticipantIdAddress {
  const address = decodeIdAddress(input);
  if (!address.ok) throw new Error("the client would not send this address");
  return address.value;
}

function toParameters(address: ParticipantAddress | ParticipantIdAddress) {
  const { workspaceId, conversationId } = address;
  if ("id" in address) return { workspaceId, conversationId, participantId: address.id };
  return { workspaceId, conversationId, identifierKey: address.key, identifierValue: address.value };
}

function toAccessKey(text: string): AccessKey {
  const key = AccessKey.parse(text);
  if (key === null) throw new Error("the client would not send this access key");
  return key;
}
