// A failure, for the user: what happened, and what to do now.
import { matchResult } from "bird-conversations-client";
import { useEffect, useState } from "react";
import type { ParticipantsQuery, SetStatusMutation } from "./__generated__/graphql.ts";

type Read = NonNullable<ParticipantsQuery["conversationParticipants"]>[number];
type Update = NonNullable<SetStatusMutation["updateParticipantStatus"]>;
export type Shown = Extract<Read, { __typename: "ConversationParticipant" }>;
export type Failure = Exclude<Read | Update, Shown>;

type Advice = {
  text: string;
  /** The label of the button, where one helps. */
  action?: "Try again" | "Reload";
  /** Seconds until the button may be pressed. Null where that is unknown. */
  wait?: number | null;
};

export function toAdvice(failure: Failure): Advice {
  return matchResult(failure, {
    NotFoundError: (): Advice => ({ text: "This person is no longer part of the conversation." }),
    ConflictError: (): Advice => ({
      text: "This change is not possible as things stand now. Reload to see how they stand.",
      action: "Reload",
    }),
    ValidationError: ({ fieldErrors }): Advice => ({
      text: ["This does not work as it is.", ...fieldErrors.flatMap(({ messages }) => messages)].join(" "),
    }),
    AccessDeniedError: ({ accessDeniedReason }): Advice => ({
      text:
        accessDeniedReason === "FORBIDDEN"
          ? "You have no access. Ask an administrator of the workspace."
          : "You are not logged in any more. Please log in again.",
    }),
    RateLimitedError: ({ retryAfterSeconds }): Advice => ({
      text: "Too much is going on at once.",
      action: "Try again",
      wait: retryAfterSeconds && Math.ceil(retryAfterSeconds),
    }),
    UpstreamError: ({ retryable, outcome }): Advice =>
      outcome === "UNKNOWN"
        ? { text: "We cannot tell whether the change was made.", action: "Reload" }
        : { text: "Bird does not answer.", ...(retryable && { action: "Try again" }) },
  });
}

type NoteProps = { failure: Failure; onReload: () => void; onRetry: () => void };

export function FailureNote({ failure, onReload, onRetry }: NoteProps) {
  const { text, action, wait = 0 } = toAdvice(failure);
  const [presses, setPresses] = useState(0);
  const [left, setLeft] = useCountdown(wait ?? 1);
  const act = () => {
    // If it fails in the same way again, the wait begins anew. Where its length is unknown, it doubles.
    setPresses(presses + 1);
    setLeft(wait ?? 2 ** (presses + 1));
    if (action === "Reload") onReload();
    else onRetry();
  };
  return (
    <span role="alert">
      {text}{" "}
      {action !== undefined && (
        <button type="button" disabled={left > 0} onClick={act}>
          {left > 0 ? `${action} in ${left} s` : action}
        </button>
      )}
    </span>
  );
}

function useCountdown(seconds: number) {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => {
      setLeft(left - 1);
    }, 1000);
    return () => {
      clearTimeout(timer);
    };
  }, [left]);
  return [left, setLeft] as const;
}
