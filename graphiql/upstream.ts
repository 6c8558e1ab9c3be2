// What the gateway behind this page is connected to, and what that means for the user.

export type Upstream = {
  /** The first content of the headers editor. */
  headers: string;
  /** What the user must know before running anything. */
  notice: string;
  /** Whether a mutation changes real conversations. */
  isReal: boolean;
};

/** @param name what the gateway wrote into the page: `the Bird sandbox`, or the API's origin */
export function toUpstream(name: string): Upstream {
  const isReal = /^https?:/.test(name);
  return isReal
    ? {
        headers: toHeaders("<your Bird access key>"),
        notice: `${name}: mutations change real conversations. Put your access key into Headers.`,
        isReal,
      }
    : {
        headers: toHeaders("sandbox"),
        notice: "Sandbox: nothing here reaches Bird.",
        isReal,
      };
}

function toHeaders(key: string): string {
  return JSON.stringify({ Authorization: `AccessKey ${key}` }, null, 2);
}
