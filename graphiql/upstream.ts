// Whom the gateway behind this page talks to, and what that means for who plays here.

export type Upstream = {
  /** What the headers editor holds at first. */
  headers: string;
  /** What a person must know before running anything. */
  notice: string;
  /** Whether a mutation reaches real conversations. */
  real: boolean;
};

/** @param name what the gateway wrote into the page: `the Bird sandbox`, or the API's origin */
export function toUpstream(name: string): Upstream {
  const real = /^https?:/.test(name);
  return real
    ? {
        headers: toHeaders("<your Bird access key>"),
        notice: `Connected to ${name}. Mutations are real: they change real conversations. Put your access key into Headers.`,
        real,
      }
    : {
        headers: toHeaders("sandbox"),
        notice: "Connected to the embedded sandbox: nothing you run here reaches Bird.",
        real,
      };
}

function toHeaders(key: string): string {
  return JSON.stringify({ Authorization: `AccessKey ${key}` }, null, 2);
}
