// A result: a value, or one named failure. Functions in bird/ and loaders/ return failures and do not throw them.

/** A value, or the failure in its place. */
export type Result<Value, Failure> = { ok: true; value: Value } | { ok: false; failure: Failure };

export function succeed<Value>(value: Value): { ok: true; value: Value } {
  return { ok: true, value };
}

export function fail<Failure>(failure: Failure): { ok: false; failure: Failure } {
  return { ok: false, failure };
}
