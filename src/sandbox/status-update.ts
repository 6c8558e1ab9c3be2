// What a PATCH of a participant may contain, and what it does.
import type { ParticipantRecord } from "./conversation.ts";
import type { Problems } from "./reply.ts";

/** A valid PATCH body. */
export type StatusUpdate = { readonly status: Status | null };

type Status = (typeof statuses)[number];

const statuses = ["pending", "invited", "active"] as const;

/** The update, or what is wrong with it. */
export type CheckedUpdate =
  { readonly ok: true; readonly update: StatusUpdate } | { readonly ok: false; readonly problems: Problems };

/** Checks a PATCH body. */
export function checkUpdate(body: unknown): CheckedUpdate {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { ok: false, problems: { ".": ["must be an object"] } };
  }
  const unsupported = Object.keys(body).filter((property) => property !== "status");
  const status: unknown = "status" in body ? body.status : undefined;
  if (unsupported.length === 0 && isStatus(status)) return { ok: true, update: { status } };
  const problems = {
    ...(unsupported.length > 0 && { ".": unsupported.map((name) => `property "${name}" is unsupported`) }),
    ...(status !== undefined &&
      !isStatus(status) && { ".status": [`must be one of ${statuses.join(", ")}`] }),
  };
  return {
    ok: false,
    problems: Object.keys(problems).length > 0 ? problems : { ".": ["must not be empty"] },
  };
}

function isStatus(value: unknown): value is Status | null {
  return value === null || statuses.some((status) => status === value);
}

/** Whether the participant's status forbids the update: an active participant cannot be invited. */
export function isConflict({ current }: ParticipantRecord, { status }: StatusUpdate): boolean {
  // A participant without a status is active: that is the documented default.
  return status === "invited" && (current.status ?? "active") === "active";
}

/** Carries the update out. Bird does not document what null does: here the status stays as it is. */
export function applyUpdate(record: ParticipantRecord, { status }: StatusUpdate): void {
  if (status !== null) record.current = { ...record.current, status };
}
